"""What a service has set in the environment, looked at before Django reads it (`settings.py`): all mistakes at once.

At the bottom of the clinic; imports nothing of it. No value is repeated that may hold a password.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlparse
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url

from andante.errors import UsageError


def check() -> None:
    """Raise UsageError where a variable is set to what the service cannot use."""
    found = [problem for look in (_home, _database, _zone, _mail) if (problem := look(os.environ))]
    if found:
        raise UsageError("\n".join(found))


def _home(environ: Mapping[str, str]) -> str | None:
    home = Path(environ.get("ANDANTE_HOME") or Path.home() / ".andante").expanduser()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return f"ANDANTE_HOME: {home} cannot be made ({error.strerror or error}). To mend it: name a folder that this user may write to"
    return None if os.access(home, os.W_OK) else f"ANDANTE_HOME: {home} cannot be written to. To mend it: look at its permissions"


def _database(environ: Mapping[str, str]) -> str | None:
    try:
        kind = dj_database_url.parse(environ.get("DATABASE_URL") or "sqlite://:memory:").get("ENGINE", "")
    except ValueError:  # as of an unknown scheme, or a port that is no number
        kind = ""
    if not kind.endswith(("sqlite3", "postgresql")):
        return (
            "DATABASE_URL is no address of a database that Andante runs on. To mend it: postgresql://user:password@host/name (signs "
            "such as @ in the password as %40), or leave it empty for SQLite"
        )
    return None


def _zone(environ: Mapping[str, str]) -> str | None:
    name = environ.get("ANDANTE_TZ") or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"ANDANTE_TZ: no time zone is called {name}. To mend it: a name such as Europe/Berlin"
    return None


def _mail(environ: Mapping[str, str]) -> str | None:
    given = environ.get("EMAIL_URL", "")
    try:
        address = urlparse(given)
        usable = address.scheme in ("smtp", "smtps") and address.hostname and (address.port or True)
    except ValueError:
        usable = False
    if not given or usable:
        return None
    return "EMAIL_URL is no address of a mail server. To mend it: smtp://user:password@host:587, or leave it empty"
