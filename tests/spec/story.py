"""Small histories as tables that a clinician can read: one row a column of the contract, one column a session.

    story('''
        session          1   2   3   4
        before_distress  5   6   5   9
        after_heard      9   9   .   5
    ''')

A point is an empty cell. `story` reads the history through the public door and gives the readings back by session.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

import andante
from andante.measures import columns
from andante.records import COLUMN, session_schema
from andante.risks import NAMES


def table(text: str, client: str = "anna") -> pa.Table:
    """The session table of one client."""
    rows = [line.split() for line in text.strip().splitlines() if line.strip() and not line.strip().startswith("#")]
    lengths = {len(row) for row in rows}
    assert len(lengths) == 1, f"every line needs as many cells as the first: {lengths}"
    names = [row[0] for row in rows]
    schema = session_schema(["client_id", *names], columns())
    cells: dict[str, list[Any]] = {"client_id": [client] * (len(rows[0]) - 1)}
    for name, *values in rows:
        cells[name] = [None if v == "." else _cell(name, v) for v in values]
    return pa.table(cells, schema=schema)


def _cell(name: str, value: str) -> Any:
    kind = COLUMN[name].kind if name in COLUMN else "number"
    if kind == "flag":
        return {"yes": True, "no": False}[value]
    if kind in ("code", "text"):
        return value
    return int(value) if name == "session" else float(value)


class Story:
    """The readings of one client, asked by session number."""

    def __init__(self, sessions: pa.Table) -> None:
        reading = andante.read(sessions, details=True)
        self.rows = {row["session"]: row for row in reading.readings.to_pylist()}
        self.details = reading.details.to_pylist()

    def level(self, risk: str, session: int) -> str:
        return self.rows[session][f"{risk}_level"]

    def levels(self, risk: str) -> list[str]:
        return [row[f"{risk}_level"] for row in self.rows.values()]

    def evidence(self, risk: str, session: int) -> list[str]:
        text = self.rows[session][f"{risk}_evidence"]
        return text.split(";") if text else []

    def stance(self, session: int) -> str:
        return self.rows[session]["stance"]

    def stances(self) -> list[str]:
        return [row["stance"] for row in self.rows.values()]

    def why(self, session: int) -> str:
        return self.rows[session]["stance_why"]

    def says(self, risk: str, session: int) -> list[str]:
        return [row["says"] for row in self.details if row["risk"] == risk and row["session"] == session]

    def raised(self, session: int) -> dict[str, str]:
        """The risks at watch or act in a session."""
        return {risk: self.level(risk, session) for risk in NAMES if self.level(risk, session) in ("watch", "act")}


def story(text: str) -> Story:
    """Read a history written as a table."""
    return Story(table(text))
