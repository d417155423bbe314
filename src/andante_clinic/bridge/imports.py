"""Total scores from a file: a session table (CSV, Parquet, Arrow) with clients' codes and columns of measures.

Only scores are taken, everything else in the file is left alone; each goes to the session of that number, or of that
day. Checked by the instrument's own reader, so a wrong value is refused with file, row, column and remedy.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.db import transaction

from andante.errors import InputError, Problem
from andante.intake.files import read_sessions
from andante_clinic.bridge import readings
from andante_clinic.journal import sessions
from andante_clinic.journal.models import Session
from andante_clinic.people.models import Client


@transaction.atomic
def scores(path: Path) -> int:
    """Enter every score of the file and compute the readings anew; all or nothing. Returns how many scores were entered.

    Raises InputError with every row whose client or session is not here.
    """
    given = read_sessions(path)
    measures = [measure.name for measure in given.measures]
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in given.table.to_pylist():
        by_code[row["client_id"]].append(row)
    clients = {client.code: client for client in Client.objects.filter(code__in=by_code)}
    problems = [Problem(path.name, None, "client_id", f"no client has the code {code}") for code in by_code if code not in clients]
    found: list[tuple[Session, str, float]] = []
    for code, client in clients.items():
        held = list(client.sessions.all())
        for row in by_code[code]:
            session = next(
                (s for s in held if row.get("session") in (s.number,) or (row.get("session") is None and row.get("date") == s.date)), None
            )
            scored = [(name, row[name]) for name in measures if row.get(name) is not None]
            if session is None and scored:
                place = row.get("session") if row.get("session") is not None else row.get("date")
                problems.append(Problem(path.name, None, "session", f"client {code} has no session {place}"))
            found += [(session, name, total) for name, total in scored if session is not None]
    if problems:
        raise InputError(problems)
    for session, name, total in found:
        sessions.enter_score(session, name, total)
    for client in clients.values():
        readings.recompute(client)
    return len(found)
