"""Every change leads to new readings in the same request, for that client only; any past reading can be reproduced."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import andante
from andante.measures import IDS
from andante_clinic.bridge import readings
from andante_clinic.journal import checkins, sessions
from andante_clinic.journal.models import Reading, SlowDown
from andante_clinic.people.models import Client


@pytest.fixture(autouse=True)
def compute(hold):
    hold.compute = True


def current(client, view="therapist"):
    return list(Reading.objects.filter(client=client, audience=view, current=True).order_by("session"))


def test_a_held_session_has_a_reading_in_both_views(three_sessions):
    for view in ("therapist", "client"):
        assert [(r.session, r.stage) for r in current(three_sessions, view)] == [(1, "after"), (2, "after"), (3, "after")]


def test_the_brake_holds_at_once(upcoming):
    client = upcoming.client
    assert current(client)[-1].reading["stance"] != "hold"
    with readings.changing(client):
        checkins.slow_down(client)
    assert current(client)[-1].reading["stance"] == "hold"
    assert "asked to slow down" in current(client)[-1].reading["stance_why"]


def test_the_brake_holds_at_once_without_an_appointment(three_sessions):
    with readings.changing(three_sessions):
        checkins.slow_down(three_sessions)
    assert current(three_sessions)[-1].reading["stance"] == "hold"


def test_the_brake_lifts_when_both_have_spoken(upcoming):
    client = upcoming.client
    free = current(client)[-1].reading["stance"]
    with readings.changing(client):
        checkins.slow_down(client)
    with readings.changing(client):
        checkins.talked(client)
    assert current(client)[-1].reading["stance"] == "hold"
    with readings.changing(client):
        checkins.settled(client)
    assert current(client)[-1].reading["stance"] == free


def test_the_brake_lifts_after_sessions_in_which_it_stood(upcoming, hold):
    client = upcoming.client
    SlowDown.objects.create(client=client, at=timezone.now() - timedelta(days=1))
    hold(client, 0.5, before={"before_distress": 4, "before_open": 2})
    assert current(client)[-1].reading["stance"] == "hold"
    with readings.changing(client):
        checkins.talked(client)
        checkins.settled(client)
    assert "slow down" not in current(client)[-1].reading["stance_why"]


def test_private_answers_reach_only_the_clients_own_reading(three_sessions, hold):
    private = {"after_heard": checkins.Said(0, "me"), "after_choice": checkins.Said(0, "me")}
    hold(three_sessions, 0, after={"after_overwhelm": 3, "after_pace": 0, **private})
    assert current(three_sessions, "client")[-1].reading["trust_level"] in ("watch", "act")
    assert current(three_sessions)[-1].reading["trust_level"] not in ("watch", "act")
    assert not any("heard" in row["says"] for row in current(three_sessions)[-1].details)
    assert "after_heard" not in current(three_sessions)[-1].row


def test_an_answer_that_comes_late_changes_only_what_follows(three_sessions):
    before = {r.session: r.pk for r in current(three_sessions)}
    second = three_sessions.sessions.get(number=2)
    with readings.changing(three_sessions):
        sessions.enter_score(second, "phq9", 14)
    after = {r.session: r.pk for r in current(three_sessions)}
    assert after[1] == before[1]
    assert after[2] != before[2]
    assert after[3] != before[3]


def test_a_correction_taken_back_brings_the_old_reading_back(three_sessions):
    before = {r.session: r.pk for r in current(three_sessions)}
    session = three_sessions.sessions.get(number=3)
    for intensity in (9, 5):
        with readings.changing(three_sessions):
            sessions.record(session, intensity=intensity)
    assert {r.session: r.pk for r in current(three_sessions)} == before


def test_nothing_new_is_stored_where_nothing_changed(three_sessions):
    count = Reading.objects.count()
    assert readings.recompute(three_sessions) == 0
    assert Reading.objects.count() == count


def test_any_past_reading_can_be_reproduced(three_sessions):
    session = three_sessions.sessions.get(number=2)
    with readings.changing(three_sessions):
        sessions.record(session, intensity=9)
    stored = list(Reading.objects.filter(client=three_sessions))
    assert any(not r.current for r in stored)
    for reading in stored:
        assert readings.reproduce(reading) == reading.reading


def test_a_missing_link_of_the_chain_is_said(three_sessions):
    last = current(three_sessions)[-1]
    Reading.objects.filter(inputs=last.before, audience="therapist").delete()
    with pytest.raises(LookupError, match=f"reading {last.pk}: the row with inputs {last.before[:12]} is missing"):
        readings.reproduce(last)


def test_a_new_engine_version_computes_beside_the_old(three_sessions, monkeypatch):
    old = {r.pk for r in Reading.objects.all()}
    monkeypatch.setattr(readings, "engine", lambda: "9.9.9+test")
    assert readings.recompute(three_sessions) == len(old)
    assert {r.pk for r in Reading.objects.filter(engine="9.9.9+test")}.isdisjoint(old)
    assert Reading.objects.filter(pk__in=old).count() == len(old)


@pytest.mark.parametrize("file", ["priors.json", "weights.json", "measures/catalogue/phq9.json"])
def test_other_figures_are_another_engine(tmp_path, file):
    shipped = Path(andante.__file__).parent
    for source in (path for path in shipped.rglob("*.json") if "lab" not in path.parts):
        place = tmp_path / source.relative_to(shipped)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    assert readings.engine() == f"{andante.__version__}+{readings.fingerprint(tmp_path)}"
    (tmp_path / file).write_text((tmp_path / file).read_text("utf-8").replace("1", "2", 1), "utf-8")
    assert readings.engine() != f"{andante.__version__}+{readings.fingerprint(tmp_path)}"


def test_no_file_of_figures_is_left_out_of_the_fingerprint(tmp_path):
    """What the laboratory alone uses is no part of the engine."""
    shipped = Path(andante.__file__).parent
    known = {"priors.json", "weights.json", *(f"measures/catalogue/{name}.json" for name in IDS)}
    found = {path.relative_to(shipped).as_posix() for path in shipped.rglob("*.json")}
    assert {name for name in found if not name.startswith("lab/")} == known


def test_other_clients_are_left_alone(three_sessions, therapist, hold):
    other = Client.objects.create(name="Otto Other", therapist=therapist)
    hold(other, 3, before={"before_distress": 2})
    before = list(Reading.objects.filter(client=other).values_list("pk", "computed"))
    with readings.changing(three_sessions):
        checkins.slow_down(three_sessions)
    assert list(Reading.objects.filter(client=other).values_list("pk", "computed")) == before


def test_a_failure_changes_neither_journal_nor_readings(three_sessions):
    count = Reading.objects.count()

    def stop_halfway():
        with readings.changing(three_sessions):
            checkins.slow_down(three_sessions)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        stop_halfway()
    assert three_sessions.slow_downs.count() == 0
    assert Reading.objects.count() == count


def test_recomputing_one_client_is_fast(three_sessions, hold):
    hold.compute = False
    for n in range(40):
        hold(three_sessions, 6 - n / 8, before={"before_distress": n % 10}, after={"after_overwhelm": n % 7}, intensity=n % 9)
    began = timezone.now()
    with readings.changing(three_sessions):
        checkins.slow_down(three_sessions)
    assert timezone.now() - began < timedelta(seconds=1)
