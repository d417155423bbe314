"""Small histories as tables that a clinician can read: one row a column of the contract, one column a session.

    story('''
        session          1   2   3   4
        before_distress  5   6   5   9
        after_heard      9   9   .   5
    ''')

A point is an empty cell. `story` reads the history through the public door and gives the readings back by session.
`after_calm` writes only what differs: a calm, weekly therapy goes before (sessions 1 to 6) and around it, and every cell
that the table does not name stays as it was in calm weeks. Where a session was missed, or a check-in not answered, the
calm answers that belong to it are empty.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

import andante
from andante.history import ONLY_WHEN_HELD
from andante.measures import columns
from andante.records import COLUMN, COLUMNS, session_schema
from andante.risks import NAMES

# A calm therapy, week by week; after the twelfth session it begins again.
CALM = """
    before_distress    5  6  5  4  5  5  4  5  5  4  5  4
    before_wellbeing   5  5  6  5  5  6  5  6  5  6  5  6
    before_coping      6  6  5  6  6  6  6  6  7  6  6  7
    before_ready       7  7  8  7  7  7  8  7  7  7  8  7
    before_open        1  0  1  0  0  1  0  0  1  0  0  1
    between_peak       .  6  6  5  6  6  5  6  6  5  6  5
    between_settle     .  1  1  0  1  1  1  0  1  1  0  1
    between_used       .  3  3  4  3  2  3  4  3  3  4  3
    planned_intensity  3  4  5  5  4  5  5  5  4  5  5  4
    intensity          3  4  5  5  4  5  5  5  4  5  5  4
    after_overwhelm    3  2  4  3  3  4  2  3  3  4  3  2
    after_heard        9  8  9  9  8  9  9  8  9  9  8  9
    after_choice       2  2  2  2  2  2  2  2  2  2  2  2
    after_helpful      7  7  8  7  7  8  7  8  7  7  8  7
    after_sense        7  8  7  7  8  7  8  7  8  7  7  8
    after_return       8  9  8  8  9  8  9  8  8  9  8  9
"""
CALM_SESSIONS = 6  # before the story begins
AWAY = ("missed", "cancelled_by_client", "cancelled_by_service")


def table(text: str, client: str = "anna") -> pa.Table:
    """The session table of one client."""
    cells = _rows(text)
    schema = session_schema(["client_id", *cells], columns())
    values = {name: [None if v == "." else _cell(name, v) for v in row] for name, row in cells.items()}
    return pa.table({"client_id": [client] * len(next(iter(cells.values()))), **values}, schema=schema)


def _rows(text: str) -> dict[str, list[str]]:
    rows = [line.split() for line in text.strip().splitlines() if line.strip() and not line.strip().startswith("#")]
    lengths = {len(row) for row in rows}
    assert len(lengths) == 1, f"every line needs as many cells as the first: {lengths}"
    return {name: cells for name, *cells in rows}


def _cell(name: str, value: str) -> Any:
    kind = COLUMN[name].kind if name in COLUMN else "number"
    if kind == "flag":
        return {"yes": True, "no": False}[value]
    if kind in ("code", "text"):
        return value
    return int(value) if name == "session" else float(value)


def calm_table(text: str, *, without: tuple[str, ...] = (), pending: bool = False) -> str:
    """The story's table with the calm weeks before and around it; `pending`: its last session is still ahead."""
    told, calm = _rows(text), _rows(CALM)
    numbers = [int(n) for n in told.pop("session")]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "the sessions of a story follow one another"
    before = list(range(1, CALM_SESSIONS + 1)) if numbers[0] == CALM_SESSIONS + 1 else list(range(1, numbers[0]))
    every = before + numbers
    cells = {name: [row[(n - 1) % len(row)] for n in every] for name, row in calm.items() if name not in without}
    cells["day"] = [str(7 * (n - 1)) for n in every]
    for place, number in enumerate(numbers, start=len(before)):
        for stage in _silent_stages(told, number - numbers[0]):
            for name in cells:
                if stage in (COLUMN[name].stage, "all") and name != "day":
                    cells[name][place] = "."
        if pending and number == numbers[-1]:
            for name in set(ONLY_WHEN_HELD) & set(cells):
                cells[name][place] = "."
    for name, values in told.items():
        cells.setdefault(name, [_as_before(name)] * len(every))
        cells[name] = cells[name][: len(before)] + values
    order = ["session", *(c.name for c in COLUMNS if c.name in cells), *(n for n in cells if n not in COLUMN)]
    cells["session"] = [str(n) for n in every]
    return "\n".join(" ".join([name, *cells[name]]) for name in order)


def _as_before(name: str) -> str:
    """What a column of the story held in the calm weeks before it: attended and answered; else not known."""
    return {"attendance": "attended", "checkin_before": "answered", "checkin_after": "answered"}.get(name, ".")


def _silent_stages(told: dict[str, list[str]], place: int) -> list[str]:
    """Which calm answers are not there in a session of the story."""
    if told.get("attendance", {place: ""})[place] in AWAY:
        return ["all"]
    silent = []
    if told.get("checkin_before", {place: ""})[place] in ("unanswered", "declined"):
        silent += ["before", "between"]
    if told.get("checkin_after", {place: ""})[place] in ("unanswered", "declined"):
        silent += ["after"]
    return silent


TOLD: list[pa.Table] = []  # the stories of the test that is running: afterwards every path must read them alike


class Story:
    """The readings of one client, asked by session number."""

    def __init__(self, sessions: pa.Table) -> None:
        TOLD.append(sessions)
        reading = andante.read(sessions, details=True)
        self.rows = {row["session"]: row for row in reading.readings.to_pylist()}
        self.details = reading.details.to_pylist()

    def level(self, risk: str, session: int) -> str:
        return self.rows[session][f"{risk}_level"]

    def levels(self, risk: str) -> list[str]:
        return [row[f"{risk}_level"] for row in self.rows.values()]

    def from_session(self, risk: str, session: int) -> list[str]:
        """The levels of a risk from a session on."""
        return [row[f"{risk}_level"] for number, row in self.rows.items() if number >= session]

    def evidence(self, risk: str, session: int) -> list[str]:
        text = self.rows[session][f"{risk}_evidence"]
        return text.split(";") if text else []

    def since(self, risk: str, session: int) -> int:
        return self.rows[session][f"{risk}_since"]

    def stance(self, session: int) -> str:
        return self.rows[session]["stance"]

    def stances(self) -> list[str]:
        return [row["stance"] for row in self.rows.values()]

    def why(self, session: int) -> str:
        return self.rows[session]["stance_why"]

    def ceiling(self, session: int) -> float | None:
        return self.rows[session]["pace_ceiling"]

    def safety(self) -> list[str]:
        return [row["safety"] for row in self.rows.values()]

    def says(self, risk: str, session: int) -> list[str]:
        return [row["says"] for row in self.details if row["risk"] == risk and row["session"] == session]

    def raised(self, session: int) -> dict[str, str]:
        """The risks at watch or act in a session."""
        return {risk: self.level(risk, session) for risk in NAMES if self.level(risk, session) in ("watch", "act")}


def story(text: str) -> Story:
    """Read a history written as a table."""
    return Story(table(text))


def after_calm(text: str, *, without: tuple[str, ...] = (), pending: bool = False) -> Story:
    """Read a history of which the table tells only what is not as in calm weeks."""
    return Story(table(calm_table(text, without=without, pending=pending)))
