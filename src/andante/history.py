"""Clients become a history: their rows laid out as a read-only grid, and what follows from the rows alone.

`blocks` lays clients of like length out as grids `[T, C]`: T appointments by C clients, NaN where nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from andante.clients import Clients
from andante.kernels import steps
from andante.order import Floats, Ints
from andante.records import COLUMN, COLUMNS, Column, MeasureColumn

Bools = NDArray[np.bool_]

# What can be known before a session, and what only a held session can have: together they tell a pending row.
BEFORE_HAND = (*(c.name for c in COLUMNS if c.stage in ("before", "between")), "planned_intensity")
ONLY_WHEN_HELD = (
    *(c.name for c in COLUMNS if c.stage in ("after", "transcript")),
    "intensity", "led_by", "trauma_work", "limits_touched", "stops_overridden", "overrun_min", "suds_start", "suds_peak", "suds_end",
    "topics_opened", "topics_settled", "topics_open", "topics_resurfaced", "late_opening",
)  # fmt: skip

CHECKED = ("answered", "unanswered", "declined")  # what becomes of the check-in after a session that was held

BLOCK = 1000  # clients a grid: a step of any one stack then fits the cache; no power of two, whose columns would share cache lines


def blocks(clients: Clients) -> Iterator[History]:
    """The clients in grids of like length; who has no rows is in none."""
    lengths = np.diff(clients.offsets)
    order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
    for start in range(0, len(order), BLOCK):
        yield History(clients, order[start : start + BLOCK])


class History:
    """The sessions of some clients as a grid `[T, C]`; read-only.

    `history["after_heard"]` is a float array, NaN where nothing is known: empty cells, absent columns and the
    steps beyond a client's last row alike. Flags are 0/1, codes their place in the contract's list.
    """

    def __init__(self, clients: Clients, chosen: Ints) -> None:
        self._clients = clients
        starts, lengths = clients.offsets[chosen], np.diff(clients.offsets)[chosen]
        step = np.arange(int(lengths.max(initial=0)), dtype=np.int64)[:, None]
        self.rows: Bools = step < lengths
        self.place: Ints = np.where(self.rows, starts + step, clients.rows)
        self._columns = clients.grids(self.place)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.rows.shape[1]

    def has(self, name: str) -> bool:
        """Whether the table has this column at all."""
        return name in self._clients.names

    def __getitem__(self, name: str) -> Floats:
        found = self._columns.get(name)
        return self._nothing if found is None else found

    @cached_property
    def _nothing(self) -> Floats:
        column = np.full(self.shape, np.nan)
        column.flags.writeable = False
        return column

    def measures(self, domain: str) -> tuple[MeasureColumn, ...]:
        """The measures of this domain that the table has, with a change to judge them by."""
        return tuple(m for m in self._clients.measures if m.domain == domain and m.change)

    @property
    def measured(self) -> tuple[str, ...]:
        """The measures that the table has, whether or not a change in them can be judged."""
        return tuple(m.name for m in self._clients.measures)

    def column(self, name: str) -> Column | None:
        """What the catalogue or the contract says of a column; None where neither knows it."""
        return next((m.as_column() for m in self._clients.measures if m.name == name), COLUMN.get(name))

    def coded(self, name: str, *codes: str) -> Bools:
        """Where the column holds one of these codes."""
        values, known = self[name], COLUMN[name].codes
        found: Bools = values == known.index(codes[0])
        for code in codes[1:]:
            found |= values == known.index(code)
        return found

    def true(self, name: str) -> Bools:
        """Where a flag is known to be true."""
        found: Bools = self[name] == 1
        return found

    def false(self, name: str) -> Bools:
        """Where a flag is known to be false (an empty cell is neither)."""
        found: Bools = self[name] == 0
        return found

    @cached_property
    def days(self) -> Floats:
        """When each row was, in days; NaN where no date is known."""
        return self["day"] if self.has("day") else self["date"]

    @cached_property
    def session(self) -> Floats:
        """The session number as given, NaN where it is not known; in a table without numbers the place of the row."""
        if self.has("session"):
            return self["session"]
        out = np.where(self.rows, np.arange(1.0, self.shape[0] + 1)[:, None], np.nan)
        out.flags.writeable = False  # as a given one is: a loop is compiled for each kind of array
        return out

    @cached_property
    def _held_values(self) -> Bools:
        return self._any_of(ONLY_WHEN_HELD)

    def _any_of(self, names: tuple[str, ...]) -> Bools:
        found = np.zeros(self.shape, dtype=np.bool_)
        for name in self._clients.names & names:
            steps.mark_known(self[name], found)
        return found

    @cached_property
    def attended(self) -> Bools:
        """The session took place: recorded so, or not recorded and something is there that only a held session has.

        With no attendance column every row was attended (contract); and so until that column tells anything of this client: what is
        noted later, or of others, changes nothing that was read before.
        """
        if not self.has("attendance"):
            return self.rows
        told = self.coded("attendance", "attended", "late") | (np.isnan(self["attendance"]) & self._held_values & self.rows)
        never = steps.count_known(self["attendance"]) == 0
        return np.where(never, self.rows, told) if never.any() else told

    @cached_property
    def pending(self) -> Bools:
        """Something from before the session, nothing yet that only a held session can have, attendance not recorded.

        The contract speaks of a client's last row; a row like that is read the same way when later rows come, so
        that earlier readings never change.
        """
        checked = self.coded("checkin_after", *CHECKED) if self.has("checkin_after") else False
        return np.asarray(np.isnan(self["attendance"]) & self._any_of(BEFORE_HAND) & ~self._held_values & ~checked, dtype=np.bool_)

    @cached_property
    def held(self) -> Bools:
        """The session took place, as far as is known: attended, and not still ahead."""
        return self.attended & ~self.pending

    @cached_property
    def gap(self) -> Floats:
        """Days since the last attended session; NaN at the first and where dates are not known."""
        return self.days - steps.before(self.days, self.attended)

    @cached_property
    def days_asked(self) -> Floats:
        """How many days a count of days asks about: 7, or the days since the last session if fewer.

        Whole days: a session half an hour earlier in the week than the last one still comes after a week.
        """
        return np.where(np.isnan(self.gap), 7.0, np.clip(np.rint(self.gap), 1.0, 7.0))

    @cached_property
    def attended_before(self) -> Floats:
        """How many sessions were attended before each row."""
        return steps.count(self.attended) - self.attended

    @cached_property
    def checkin_before(self) -> Floats:
        """What became of the check-in before the session: 1 answered, 0 unanswered, NaN neither."""
        return self._checkin("before", ("before", "between"))

    @cached_property
    def checkin_after(self) -> Floats:
        """And of the one after it."""
        return self._checkin("after", ("after",))

    def _checkin(self, which: str, stages: tuple[str, ...]) -> Floats:
        """What became of a check-in.

        Without its column, and where that has never told anything of this client so far (in a table of many there are others of whom it
        does): answered where any of its answers is there; else unanswered only if the client answered it
        in most of the sessions attended so far. Declining is a right and never counts; nor does a pending row, as long as
        it is the last: where attendance is never recorded, the next one tells that it was held and left unanswered.
        """
        held = self.held
        name = f"checkin_{which}"
        if self.has(name):
            told = np.where(self.coded(name, "answered"), 1.0, np.where(self.coded(name, "unanswered"), 0.0, np.nan))
            told = np.where(held | (told == 1), told, np.nan)
            never = steps.count_known(self[name]) == 0
            return np.where(never, self._as_answered(stages), told) if never.any() else told
        return self._as_answered(stages)

    def _as_answered(self, stages: tuple[str, ...]) -> Floats:
        """What became of a check-in as its answers tell."""
        held = self.held
        answered = self._any_of(tuple(c.name for c in COLUMNS if c.stage in stages))
        usually = steps.count(answered & held) - (answered & held) > 0.5 * self.attended_before
        silent = held | (self.attended & self.pending & steps.earlier(self.pending & ~answered, False))
        return np.where(answered, 1.0, np.where(silent & usually & (self.attended_before >= 2), 0.0, np.nan))
