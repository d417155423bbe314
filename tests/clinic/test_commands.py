"""The clinic's own commands: a first person, the audit trail checked, a key rotated, readings computed anew."""

import io
import os
import re
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from andante_clinic import keys
from andante_clinic.bridge import readings
from andante_clinic.journal.models import Reading
from andante_clinic.people import audit
from andante_clinic.people.audit_model import AuditChain
from andante_clinic.people.models import Client, User


def run(*command, **more):
    out = io.StringIO()
    call_command(*command, stdout=out, **more)
    return out.getvalue()


def test_a_first_manager_can_sign_in(db, client):
    said = run("add_person", "Max@Example.org", "--name", "Max", "--role", "manager")
    password = re.search(r"password (\S+)", said)[1]
    user = User.objects.get(email="max@example.org")
    assert user.check_password(password)
    assert user.is_manager


def test_an_address_twice_is_said(therapist):
    with pytest.raises(CommandError, match="already exists"):
        run("add_person", therapist.email, "--name", "T", "--role", "therapist")


def test_a_fitting_trail_prints_its_fingerprint(db):
    audit.record("AAAAAA", "user:1", "saw")
    assert run("check_audit").strip() == f"Every entry fits. Fingerprint: {audit.fingerprint()}"


def test_an_end_that_is_not_signed_is_said_and_no_error(db):
    for chain in ("AAAAAA", "BBBBBB"):
        audit.record(chain, "user:1", "saw")
    AuditChain.objects.update(signature="")
    audit.record("BBBBBB", "user:1", "saw")
    assert run("check_audit").splitlines() == [
        "Entries may have been cut away here, unless the trail was begun before ends were signed:",
        "chain AAAAAA: its end is not signed; its next entry signs it",
        "chain BBBBBB, entry 2: the end before it was not signed",
        f"Every entry fits. Fingerprint: {audit.fingerprint()}",
    ]


def test_a_broken_trail_is_an_error(db):
    audit.record("AAAAAA", "user:1", "saw")
    AuditChain.objects.update(number=3)
    with pytest.raises(CommandError, match="chain AAAAAA, entry 1: entries at the end are missing"):
        run("check_audit")


@pytest.mark.parametrize("verb", ["check_audit", "rotate_key", "recompute", "import_scores scores.csv"])
def test_where_there_is_no_service_yet_that_is_no_fault_of_ours_and_nothing_is_written(tmp_path, verb):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_URL", "DJANGO_"))}
    command = [sys.executable, "-m", "andante", "manage", *verb.split()]

    def keys_there() -> list[str]:
        return [path.read_text("utf-8") for path in sorted(tmp_path.rglob("vault.key"))]

    subprocess.run(command, env=environment | {"ANDANTE_HOME": str(tmp_path)}, capture_output=True, check=False)
    before = keys_there()
    ran = subprocess.run(command, env=environment | {"ANDANTE_HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "andante: there is no service here yet: its database is empty. To mend it: set ANDANTE_HOME to the data folder of your service "
        "(DATABASE_URL, where it has a database server); or make one: first `andante manage add_person`, then `andante serve`\n"
    )
    assert keys_there() == before


def test_a_rotated_key_seals_everything_anew(client_record, settings, tmp_path):
    settings.KEYS, settings.VAULT_KEYS = tmp_path, keys.vault(tmp_path)
    client_record.name = "Clara Client"
    client_record.save()
    old = settings.VAULT_KEYS[0]
    run("rotate_key")
    fresh = keys.vault(tmp_path)
    assert fresh[1] == old
    settings.VAULT_KEYS = fresh[:1]
    assert Client.objects.get(pk=client_record.pk).name == "Clara Client"


def test_recompute_adds_what_a_new_engine_lacks(three_sessions, monkeypatch):
    assert run("recompute").strip() == "0 new readings."
    monkeypatch.setattr(readings, "engine", lambda: "9.9.9+test")
    assert run("recompute").strip() == "6 new readings."
    assert Reading.objects.filter(client=three_sessions, engine="9.9.9+test").count() == 6


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    (tmp_path / "secret.key").write_text("known")
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(PermissionError, match=r"can be read by others\. To mend it: chmod 600"):
        keys.secret(tmp_path)


def test_keys_are_made_once_with_their_own_mode(tmp_path):
    folder = tmp_path / "keys"
    first = keys.vault(folder)
    assert keys.vault(folder) == first
    Fernet(first[0])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "vault.key").stat().st_mode & 0o777 == 0o600
    assert list(folder.glob("*.partial")) == []


def test_no_reachable_service_without_https(settings):
    from andante_clinic.apps import demo_stays_at_home, hosts_need_https

    assert hosts_need_https() == []
    settings.ALLOWED_HOSTS = ["clinic.example.org"]
    assert [error.id for error in hosts_need_https()] == ["andante.E001"]
    settings.HTTPS = True
    assert hosts_need_https() == []
    settings.DEMO = True
    assert [error.id for error in demo_stays_at_home()] == ["andante.E002"]


def test_scores_are_imported_by_session_or_by_day(three_sessions, tmp_path):
    second = three_sessions.sessions.get(number=2)
    by_number, by_day = tmp_path / "a.csv", tmp_path / "b.csv"
    by_number.write_text(f"client_id,session,phq9,gad7\n{three_sessions.code},1,14,9\n{three_sessions.code},3,,7\n")
    by_day.write_text(f"client_id,date,phq9\n{three_sessions.code},{second.date.isoformat()},12\n")
    assert run("import_scores", by_number).strip() == "3 scores entered."
    assert run("import_scores", by_day).strip() == "1 scores entered."
    rows = [r.row for r in Reading.objects.filter(client=three_sessions, audience="therapist", current=True).order_by("session")]
    assert [(row.get("phq9"), row.get("gad7")) for row in rows] == [(14, 9), (12, None), (None, 7)]


def test_scores_of_strangers_are_refused_whole(three_sessions, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f"client_id,session,phq9\n{three_sessions.code},1,14\nNOBODY,1,3\n{three_sessions.code},9,5\n")
    with pytest.raises(CommandError, match=rf"no client has the code NOBODY(.|\n)*client {three_sessions.code} has no session 9"):
        run("import_scores", file)
    assert not three_sessions.sessions.get(number=1).scores.exists()


def test_a_score_outside_its_range_is_refused_with_its_row(three_sessions, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(f"client_id,session,phq9\n{three_sessions.code},1,99\n")
    with pytest.raises(CommandError, match=r"a\.csv, row 2, column phq9"):
        run("import_scores", file)
