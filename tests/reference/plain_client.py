"""One client's rows, one after the other: the foot of the plain reference.

The reference computes a reading with loops over sessions, single numbers and dictionaries; None is "not known". It
shares with the instrument only what the instrument is told: the contract, the definitions of the ten risks (names,
facts, sources, kinds), the shipped priors and weights, the calibrated figures, and the Student tail.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from andante.records import COLUMN, COLUMNS, Column, MeasureColumn

Number = float | None
Numbers = list[Number]

BEFORE_HAND = [c.name for c in COLUMNS if c.stage in ("before", "between")] + ["planned_intensity"]
ONLY_WHEN_HELD = [c.name for c in COLUMNS if c.stage in ("after", "transcript")] + [
    "intensity", "led_by", "trauma_work", "limits_touched", "stops_overridden", "overrun_min", "suds_start", "suds_peak", "suds_end",
    "topics_opened", "topics_settled", "topics_open", "topics_resurfaced", "late_opening",
]  # fmt: skip


def counts(measure: MeasureColumn) -> float | None:
    """The points that count as a change in a measure."""
    if measure.reliable_change or measure.domain != "alliance":
        return measure.reliable_change
    return 0.15 * (measure.high - measure.low)


class Client:
    """The rows of one client in time order, and what follows from them before any risk is asked about."""

    def __init__(self, rows: list[dict[str, Any]], measures: tuple[MeasureColumn, ...]) -> None:
        self.rows, self.columns = rows, set(rows[0])
        self.steps = range(len(rows))
        self._measures = [m for m in measures if m.name in self.columns]
        self.attended = [self._was_attended(t) for t in self.steps]
        self.pending = [self._is_pending(t) for t in self.steps]
        self.held = [a and not p for a, p in zip(self.attended, self.pending, strict=True)]
        self.days = [self._day(t) for t in self.steps]
        self.session = self._sessions()
        self.attended_before = [sum(self.attended[:t]) for t in self.steps]
        self.gap = [self._gap(t) for t in self.steps]
        self.days_asked = [7.0 if g is None else float(min(max(round(g), 1), 7)) for g in self.gap]

    def has(self, name: str) -> bool:
        return name in self.columns

    def number(self, name: str, t: int) -> Number:
        value = self.rows[t].get(name)
        return None if value is None else float(value)

    def numbers(self, name: str) -> Numbers:
        return [self.number(name, t) for t in self.steps]

    def code(self, name: str, t: int) -> str | None:
        return self.rows[t].get(name)

    def true(self, name: str, t: int) -> bool:
        return self.rows[t].get(name) is True

    def false(self, name: str, t: int) -> bool:
        return self.rows[t].get(name) is False

    def known(self, name: str, t: int) -> bool:
        return self.rows[t].get(name) is not None

    def any_of(self, names: list[str], t: int) -> bool:
        return any(self.known(name, t) for name in names)

    @property
    def measured(self) -> list[str]:
        return [m.name for m in self._measures]

    def column(self, name: str) -> Column | None:
        for measure in self._measures:
            if measure.name == name:
                return measure.as_column()
        return COLUMN.get(name)

    def measures(self, domain: str) -> list[MeasureColumn]:
        return [m for m in self._measures if m.domain == domain and counts(m)]

    def away(self, t: int) -> bool:
        """Absent for a reason that is not known to be practical or illness."""
        gone = self.code("attendance", t) in ("missed", "cancelled_by_client")
        return gone and self.code("absence_reason", t) not in ("practical", "ill")

    def _was_attended(self, t: int) -> bool:
        if not any(self.known("attendance", s) for s in range(t + 1)):
            return True  # the column has told nothing yet of this client
        told = self.code("attendance", t)
        return told in ("attended", "late") or (told is None and self.any_of(ONLY_WHEN_HELD, t))

    def _is_pending(self, t: int) -> bool:
        told = self.code("checkin_after", t) in ("answered", "unanswered", "declined")
        held = self.any_of(ONLY_WHEN_HELD, t) or self.known("attendance", t) or told
        return self.any_of(BEFORE_HAND, t) and not held

    def _day(self, t: int) -> Number:
        value = self.rows[t].get("day" if self.has("day") else "date")
        return float(value.toordinal()) if isinstance(value, datetime.date) else value

    def _sessions(self) -> Numbers:
        return [self.number("session", t) if self.has("session") else t + 1.0 for t in self.steps]

    def last_attended(self, t: int) -> int | None:
        """The latest attended row strictly before this one."""
        return next((s for s in range(t - 1, -1, -1) if self.attended[s]), None)

    def _gap(self, t: int) -> Number:
        before = self.last_attended(t)
        if before is None or self.days[before] is None or self.days[t] is None:
            return None
        return self.days[t] - self.days[before]  # type: ignore[operator]

    def checkin(self, which: str) -> Numbers:
        """1 answered, 0 unanswered, None neither."""
        name, out = f"checkin_{which}", []
        stages = ("before", "between") if which == "before" else ("after",)
        asked = [c.name for c in COLUMNS if c.stage in stages]
        answered_so_far = 0
        for t in self.steps:
            if any(self.known(name, s) for s in range(t + 1)):
                told = {"answered": 1.0, "unanswered": 0.0}.get(self.code(name, t) or "")
                out.append(told if self.held[t] or told == 1 else None)
                continue  # from here on the column tells
            answered = self.any_of(asked, t)
            usually = answered_so_far > 0.5 * self.attended_before[t] and self.attended_before[t] >= 2
            the_last_was_left = self.attended[t] and t > 0 and self.pending[t] and self.pending[t - 1]
            the_last_was_left = the_last_was_left and not self.any_of(asked, t - 1)
            out.append(1.0 if answered else 0.0 if (self.held[t] or the_last_was_left) and usually else None)
            answered_so_far += answered and self.held[t]
        return out


# looking back
def last_known(values: Numbers, t: int) -> Number:
    """The latest known value up to and including this row."""
    return next((v for v in reversed(values[: t + 1]) if v is not None), None)


def known_before(values: Numbers, t: int, how_many: int) -> Numbers:
    """The latest known values strictly before this row, the newest first, filled up with None."""
    found = [v for v in reversed(values[:t]) if v is not None][:how_many]
    return found + [None] * (how_many - len(found))


def count_known(values: Numbers, t: int) -> int:
    return sum(v is not None for v in values[: t + 1])


def true_in_last(flags: Numbers, t: int, window: int) -> Number:
    """How many of the last known flags, this one included, are true; None where this one is not known."""
    if flags[t] is None:
        return None
    return flags[t] + sum(v or 0 for v in known_before(flags, t, window - 1))  # type: ignore[operator]


# comparisons in which nothing known is never true
def at_least(value: Number, line: float) -> bool:
    return value is not None and value >= line


def at_most(value: Number, line: float) -> bool:
    return value is not None and value <= line


def above(value: Number, line: Number) -> bool:
    return value is not None and line is not None and value > line


def less(value: Number, other: Number) -> Number:
    return None if value is None or other is None else value - other


def larger(*values: Number) -> Number:
    """The largest of those that are known."""
    found = [v for v in values if v is not None]
    return max(found) if found else None


def by_step(client: Client, find: Callable[[int], Any]) -> list[Any]:
    return [find(t) for t in client.steps]


def split_clients(table: pa.Table) -> list[list[dict[str, Any]]]:
    """The rows of a checked table, client by client."""
    clients: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        clients.setdefault(row["client_id"], []).append(row)
    return list(clients.values())
