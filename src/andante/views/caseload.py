"""Tables become a caseload: who needs attention first, and one client's sessions, findings and evidence.

Stands at the top of `views`: terminal, report and the clinic's pages all draw from here, so that they never disagree about order or
evidence. It reads what the river wrote (sessions, readings, details, bands, marks) and computes no level of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.errors import UsageError
from andante.reading import BRAKE, BRAKE_TALKED
from andante.risk import Response, Risk
from andante.risks import RISKS
from andante.sentences import REASONS
from andante.views.ahead import ahead
from andante.words import ASK_ABOUT, BOTH_AVOIDING, TALK_FIRST, WISHES_SLOWER

Row = dict[str, Any]
Marks = dict[str, frozenset[int]]
Array = NDArray[Any]

# Groups of the caseload, neediest first. The words are said by `wording.GROUPS`.
SAFETY, EASE, HOLD, WATCH, QUIET, UNKNOWN = "safety", "ease", "hold", "watch", "quiet", "unknown"
RAISED = ("watch", "act")
BRAKES = (REASONS[BRAKE][0], REASONS[BRAKE_TALKED][0])  # how a reason begins where it is the client's own brake
UNNUMBERED = "–"  # of a session without a number, among others that have theirs
MARKS = ("hurt", "mended", "pending", "after_break", "cap_first", "cap_borne", "cap_none_borne")
HELD = ("attended", "late")


@dataclass(frozen=True)
class Evidence:
    """One raised indicator at one session, as the risk says it.

    `says` is the sentence ("felt heard 6, usually 9"), `clears` what would clear it; `observed`, `usual`, `low`, `high`
    are in the column's own unit, None where there is none. `session` is where it stands, `observed_in` where it was observed.
    """

    risk: str
    indicator: str
    says: str
    clears: str = ""
    fact: str = ""
    source: str = ""
    strength: float = 0.0
    observed: float | None = None
    usual: float | None = None
    low: float | None = None
    high: float | None = None
    session: int | None = None
    since: int | None = None
    observed_in: int | None = None


@dataclass(frozen=True)
class Finding:
    """One risk that is raised at a session: its level, since when, and what it rests on (strongest first).

    `raised`: the session from which it has been raised without a break, at whichever level.
    """

    risk: Risk
    level: str
    since: int | None
    evidence: tuple[Evidence, ...]
    raised: int | None = None

    @cached_property
    def voting(self) -> tuple[Evidence, ...]:
        """What makes the level: without what belongs to an earlier risk and is shown as context."""
        context = {indicator.name for indicator in self.risk.indicators if not indicator.votes}
        return tuple(item for item in self.evidence if item.indicator not in context)

    @property
    def responses(self) -> list[Response]:
        """What the two could do, by what it rests on."""
        named = {item.indicator for item in self.evidence}
        return self.risk.fitting({indicator.fact for indicator in self.risk.indicators if indicator.name in named})


@dataclass(frozen=True)
class Line:
    """One client in the caseload: the rows `start:stop` of the tables and what their last reading says."""

    client_id: str
    start: int
    stop: int
    group: str
    acts: int
    watches: int
    reading: Row
    ahead: bool = False  # the last row is a session still ahead


@dataclass(frozen=True)
class Case:
    """One client's sessions and readings, row by row, with evidence and usual bands by position (0 is the first row)."""

    client_id: str
    group: str
    sessions: Sequence[Row]
    readings: Sequence[Row]
    details: dict[int, tuple[Evidence, ...]] = field(default_factory=dict)
    bands: dict[str, dict[int, tuple[float, float]]] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)  # positions at which something happened, by its name

    @property
    def now(self) -> Row:
        """The last reading."""
        return self.readings[-1]

    @property
    def previous(self) -> Row | None:
        """The reading before the last, if there was one."""
        return self.readings[-2] if len(self.readings) > 1 else None

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {row["session"]: position for position, row in enumerate(self.readings) if row.get("session") is not None}

    @property
    def last(self) -> int:
        """The position of the last row."""
        return len(self.readings) - 1

    @property
    def _pending(self) -> frozenset[int]:
        return self.marks.get("pending", frozenset())

    @property
    def ahead(self) -> bool:
        """Is the last row a session still ahead? Where every row of several looks so, nobody records what was held: it cannot be told."""
        return self.last in self._pending and (self.last == 0 or len(self._pending) <= self.last)

    def ceiling(self, position: int) -> float | None:
        """How far that session could go, said beforehand: by its own row while it was pending, else by the row before it."""
        if position in self._pending:
            return self.readings[position].get("pace_ceiling")
        known = position > 0 and position - 1 not in self._pending  # a pending row speaks of itself alone
        return self.readings[position - 1].get("pace_ceiling") if known else None

    def label(self, position: int) -> str:
        """The number of the session; a dash where it alone has none, its place in the row where none has."""
        number = self.readings[position].get("session")
        return str(number) if number is not None else UNNUMBERED if self._positions else str(position + 1)

    def agreed_line(self, position: int) -> float | None:
        """The client's own line for overwhelm at that row, as last agreed; None where none is."""
        agreed = [row["overwhelm_line"] for row in self.sessions[: position + 1] if row.get("overwhelm_line") is not None]
        return agreed[-1] if agreed else None

    def held(self, position: int) -> bool:
        """Did the session take place? A table without attendance means that all did."""
        attendance = self.sessions[position].get("attendance")
        return attendance is None or attendance in HELD

    def finding(self, risk: Risk, position: int = -1) -> Finding | None:
        """What stands for `risk` at that row; None where it is not raised."""
        position %= len(self.readings)
        reading = self.readings[position]
        level = reading.get(f"{risk.name}_level")
        if level not in RAISED:
            return None
        first = position
        while first and self.readings[first - 1].get(f"{risk.name}_level") in RAISED:
            first -= 1
        evidence = self._evidence(risk.name, position)
        return Finding(risk, level, reading.get(f"{risk.name}_since"), evidence, self.readings[first].get("session"))

    def findings(self, position: int = -1) -> tuple[Finding, ...]:
        """Every raised risk at that row, `act` before `watch`, then in the order of the ten."""
        found = [finding for risk in RISKS if (finding := self.finding(risk, position))]
        return tuple(sorted(found, key=lambda finding: finding.level != "act"))

    def _evidence(self, risk: str, position: int) -> tuple[Evidence, ...]:
        """The evidence that the level rests on. A level that stands without news rests on what was last seen.

        The search goes back no further than the session from which the level stands.
        """
        named = _names(self.readings[position].get(f"{risk}_evidence"))
        since = self.readings[position].get(f"{risk}_since")
        first = self._positions.get(since, 0) if since is not None else 0
        latest: dict[str, Evidence] = {}
        for back in range(position, first - 1, -1):
            here = [item for item in self.details.get(back, ()) if item.risk == risk and item.indicator not in latest]
            latest.update((item.indicator, item) for item in here if not named or item.indicator in named)
            if latest and (not named or len(latest) == len(named)):
                break
        return tuple(sorted(latest.values(), key=lambda item: (-item.strength, item.indicator)))


@dataclass(frozen=True)
class Caseload:
    """Every client of a reading, neediest first, and the tables that one client's page is drawn from."""

    lines: tuple[Line, ...]
    time: str  # "date" or "day": the column that says when
    sessions: pa.Table
    readings: pa.Table
    details: pa.Table | None = None
    bands: pa.Table | None = None
    marks: pa.Table | None = None

    def counts(self) -> dict[str, int]:
        """How many clients stand in each group."""
        return {group: sum(line.group == group for line in self.lines) for group in (SAFETY, EASE, HOLD, WATCH, QUIET, UNKNOWN)}

    @property
    def awake(self) -> int:
        """How many clients need attention: the first so many lines."""
        return sum(line.group not in (QUIET, UNKNOWN) for line in self.lines)

    @property
    def judged(self) -> bool:
        """Could any risk of any client be judged?"""
        return any(line.reading.get("judged") for line in self.lines)

    def often(self) -> tuple[float, float]:
        """Of the sessions of these clients, the shares (0 to 1) in which any risk is raised, and in which any is an act; no sessions: 0."""
        theirs = self.readings.filter(pc.is_in(self.readings["client_id"], pa.array([line.client_id for line in self.lines], pa.string())))
        levels = [theirs[f"{risk.name}_level"] for risk in RISKS]
        found = [reduce(np.logical_or, (_is_in(level, words) for level in levels)) for words in (RAISED, RAISED[-1:])]
        raised, acts = (float(np.mean(rows)) if len(rows) else 0.0 for rows in found)
        return raised, acts

    def find(self, client_id: str) -> Line | None:
        """The line of a client, or None."""
        return next((line for line in self.lines if line.client_id == client_id), None)

    def cases(self, lines: Iterable[Line]) -> list[Case]:
        """The pages of these clients, in the order asked for."""
        wanted = list(lines)
        ids = pa.array([line.client_id for line in wanted], pa.string())
        details = _by_client(self.details, ids)
        bands = _by_client(self.bands, ids)
        marks = _by_client(self.marks, ids)
        return [self._case(line, *(table.get(line.client_id, []) for table in (details, bands, marks))) for line in wanted]

    def _case(self, line: Line, details: list[Row], bands: list[Row], marks: list[Row]) -> Case:
        """One client's page from their rows of each table; `row` says to which of the readings each belongs."""
        sessions = self.sessions.slice(line.start, line.stop - line.start).to_pylist()
        readings = self.readings.slice(line.start, line.stop - line.start).to_pylist()
        evidence: dict[int, list[Evidence]] = {}
        for row in details:
            evidence.setdefault(row["row"] - 1, []).append(_evidence(row))
        usual: dict[str, dict[int, tuple[float, float]]] = {}
        for row in bands:
            if row.get("low") is not None and row.get("high") is not None:
                usual.setdefault(row["column"], {})[row["row"] - 1] = (row["low"], row["high"])
        found = {at: tuple(items) for at, items in evidence.items()}
        happened = {mark: frozenset(row["row"] - 1 for row in marks if row["mark"] == mark) for mark in MARKS}
        return Case(line.client_id, line.group, sessions, readings, found, usual, happened)


def gather(
    sessions: pa.Table,
    readings: pa.Table,
    details: pa.Table | None = None,
    bands: pa.Table | None = None,
    marks: pa.Table | None = None,
) -> Caseload:
    """The caseload of these tables, neediest first.

    `sessions` and `readings` have one row for each session, in the same order (by client, then time); the others are what
    `flow.read` gives beside the readings. Raises UsageError where they do not belong together. Order: safety open, then
    *ease*, then *hold* because the client asked to slow down (their own brake comes before what was found), then more risks
    at `act`, *hold*, any `watch` or a question to ask, higher scores, id; those of whom too little is known come last.
    """
    if sessions.num_rows != readings.num_rows or not sessions["client_id"].equals(readings["client_id"]):
        raise UsageError(
            "The readings do not belong to these sessions: both need the same clients and rows in the same order. Read the sessions again."
        )
    time = "date" if "date" in readings.column_names else "day"
    return Caseload(tuple(_lines(sessions, readings)), time, sessions, readings, details, bands, marks)


def _lines(sessions: pa.Table, readings: pa.Table) -> list[Line]:
    if readings.num_rows == 0:
        return []
    codes = readings["client_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    stops = np.append(starts[1:], len(codes))
    last = readings.take(stops - 1)
    acts, watches, scores = _tally(last)
    order, waits = _order(last, acts, watches, scores), ahead(sessions, starts, stops)
    rows = last.take(order).to_pylist()
    return [
        Line(
            row["client_id"], int(starts[at]), int(stops[at]), _group(row, int(watches[at])), int(acts[at]), int(watches[at]), row,
            bool(waits[at]),
        )
        for at, row in zip(order, rows, strict=True)
    ]  # fmt: skip


def _order(last: pa.Table, acts: Array, watches: Array, scores: Array) -> Array:
    """The places of these last readings, neediest first (see `gather`)."""
    stance, safety, why = (_words(last, column) for column in ("stance", "safety", "stance_why"))
    free = ~np.array([asked_to_slow(text) for text in why], np.bool_)
    silent = np.isin(stance, ["unknown", ""])
    calm = (watches == 0) & ~np.array([_asks(text) for text in why], np.bool_)
    keys = (np.arange(last.num_rows), -scores, silent, calm, stance != HOLD, -acts, free, stance != EASE, safety != "open")
    return np.lexsort(keys)  # the last key is the first that counts


def _tally(last: pa.Table) -> tuple[Array, Array, Array]:
    """Per client: risks at act, risks at watch, and the sum of the ten scores."""
    acts, watches, scores = (np.zeros(last.num_rows) for _ in range(3))
    for risk in RISKS:
        level = _words(last, f"{risk.name}_level")
        acts += level == "act"
        watches += level == "watch"
        if f"{risk.name}_score" in last.column_names:
            scores += np.nan_to_num(last[f"{risk.name}_score"].to_numpy(zero_copy_only=False).astype(float))
    return acts, watches, scores


def _words(table: pa.Table, column: str) -> Array:
    if column not in table.column_names:
        return np.full(table.num_rows, "", dtype=object)
    return np.asarray([word or "" for word in table[column].to_pylist()], dtype=object)


def _is_in(column: pa.ChunkedArray[Any], words: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.asarray(pc.is_in(column, value_set=pa.array(words, pa.string())).to_numpy(), np.bool_)


def _group(reading: Row, watches: int) -> str:
    if reading.get("safety") == "open":
        return SAFETY
    stance = reading.get("stance")
    if stance in (EASE, HOLD):
        return str(stance)
    if watches or _asks(reading.get("stance_why")):
        return WATCH
    return UNKNOWN if stance in (None, "unknown") else QUIET


def asked_to_slow(why: str | None) -> bool:
    """Whether the stance was taken because of the client's own brake."""
    return (why or "").startswith(BRAKES)


def _asks(why: str | None) -> bool:
    """Whether the reason puts a question to the two, although nothing is raised."""
    return (why or "").startswith((ASK_ABOUT, BOTH_AVOIDING, TALK_FIRST)) or WISHES_SLOWER in (why or "")


def _names(evidence: str | list[str] | None) -> list[str]:
    if not evidence:
        return []
    return [name for name in (evidence.split(";") if isinstance(evidence, str) else evidence) if name]


def _by_client(table: pa.Table | None, ids: pa.StringArray) -> dict[str, list[Row]]:
    if table is None or table.num_rows == 0:
        return {}
    found: dict[str, list[Row]] = {}
    for row in table.filter(pc.is_in(table["client_id"], value_set=ids)).to_pylist():
        found.setdefault(row["client_id"], []).append(row)
    return found


def _evidence(row: Row) -> Evidence:
    known = {name: row[name] for name in Evidence.__dataclass_fields__ if row.get(name) is not None}
    return Evidence(**{"risk": "", "indicator": "", "says": "", **known})
