"""Things that several risks refer to, found once: strain, rupture, agreed work, a client's own disclosure.

Every attribute is an array `[T, C]`. `last(...)` and `after_*` look at the latest attended session strictly before a row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante.history import History
from andante.kernels import steps
from andante.records import DEFAULT_OVERWHELM_LINE, MeasureColumn
from andante.usual import Usual

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CHALLENGING = 7.0  # intensity from which work counts as challenging (ours)
PREPARED_ENOUGH = 0.6  # share of the readiness list (ours)
DEMANDING = 5.0  # intensity from which agreed work may be what still stirs (ours)
OWN_LEVEL = 3  # answers before one can speak of the client's own level (ours)
LONG_BREAK = 21.0  # days (ours)
HARD_WEEK, HARD_WEEK_POINTS = 2.5, 3.0  # SDs, and points, from which a client comes much worse than usual (ours)
HEARD_WELL = 7.0  # feeling heard below this is too little for anybody (risks; ours)


class Worst(NamedTuple):
    """Of several measures the one that says most at each row `[T, C]`: its figure (NaN: none has one, or one of before waits), which of
    `names` it is, and (`waits`) where a measure that spoke was not asked again, and those that were do not speak."""

    figure: Floats
    which: NDArray[np.intp]
    names: tuple[str, ...]
    waits: Bools


class Events:
    """What happened in these histories, seen from each row backwards."""

    def __init__(self, history: History, usual: Usual) -> None:
        self._h, self._usual = history, usual

    # what kind of work a session was
    @cached_property
    def line(self) -> Floats:
        """The client's own line for overwhelm, as last agreed."""
        return steps.filled(steps.last_known(self._h["overwhelm_line"]), DEFAULT_OVERWHELM_LINE)

    @cached_property
    def challenging(self) -> Bools:
        """Trauma work, or intensity of 7 or more."""
        return self._h.true("trauma_work") | (self._h["intensity"] >= CHALLENGING)

    @cached_property
    def planned(self) -> Bools:
        """The demanding work was planned: a challenging plan, or one of 4 or more that the work went at most one point beyond; where the
        client led to work short of 7, one that it did not go beyond (ours)."""
        plan, done = self._h["planned_intensity"], self._h["intensity"]
        beyond = np.where(self._h.coded("led_by", "client") & ~(done >= CHALLENGING), 1, 2)
        return (plan >= CHALLENGING) | ((plan >= 4) & ~(done - plan >= beyond))

    @cached_property
    def own_disclosure(self) -> Bools:
        """The client led there and it was not planned: nobody pushed."""
        return self._h.coded("led_by", "client") & ~self.planned

    @cached_property
    def agreed(self) -> Bools:
        """Prepared, agreed work: all three essentials, or enough of the list prepared with consent."""
        return self._h.true("essentials") | ((self._h["prepared"] >= PREPARED_ENOUGH) & self._h.true("consent"))

    @cached_property
    def away(self) -> Bools:
        """Missed or cancelled by the client, and not for a practical reason or illness; without a recorded reason it counts as unknown."""
        gone = self._h.coded("attendance", "missed", "cancelled_by_client")
        return gone & ~self._h.coded("absence_reason", "practical", "ill")

    @cached_property
    def hard_week(self) -> Bools:
        """The client comes much worse than usual: distress, wellbeing, or the worst moment since. Once it is no risk; it is asked about."""
        out = np.zeros(self._h.shape, np.bool_)
        for name in ("before_distress", "before_wellbeing", "between_peak"):
            off = np.abs(self._h[name] - self._usual.expected(name))
            out |= (self._usual.surprise(name) >= HARD_WEEK) & (off >= HARD_WEEK_POINTS)
        return out

    # strain
    @cached_property
    def left_hot(self) -> Bools:
        """SUDS at the end 5 or more, at least half of the peak, and 2 or more above the start."""
        start, peak, end = self._h["suds_start"], self._h["suds_peak"], self._h["suds_end"]
        return (end >= 5) & (end >= peak / 2) & (end - start >= 2)

    @cached_property
    def overwhelmed(self) -> Bools:
        """Overwhelm above the client's own line."""
        return self._h["after_overwhelm"] > self.line

    @cached_property
    def pressed(self) -> Bools:
        """The client asked for slower, or a stop was overridden."""
        return (self._h["client_slow"] >= 1) | (self._h["stops_overridden"] >= 1)

    @cached_property
    def too_slow(self) -> Bools:
        """Of the client's last three answers on pace two said too slow; the last answer stands in rows without one."""
        pace = self._h["after_pace"]
        return steps.last_known(steps.true_in_last(pace <= -1, ~np.isnan(pace), 3)) >= 2

    @cached_property
    def fall_in_heard(self) -> Floats:
        """How many SDs below usual the client felt heard; the larger of within- and between-person SD.

        Gumz 2012, BMC Med Res Methodol 12:10. A fall is from the client's own level, so it needs three answers before (of this therapist).
        """
        prior = self._usual.prior("after_heard")
        between = prior.between if prior else 1.0
        fall = self._usual.expected("after_heard") - self._h["after_heard"]
        own = self._usual.answers("after_heard") >= OWN_LEVEL
        return np.where(own, fall / np.maximum(self._usual.scale("after_heard"), between), np.nan)

    @cached_property
    def ruptured(self) -> Bools:
        """Felt heard at or below 4, or a fall of two SDs (the strict rule of Gumz 2012)."""
        return (self._h["after_heard"] <= 4) | (self.fall_in_heard >= 2)

    @cached_property
    def of_another_therapist(self) -> Bools:
        """Whether the client's last word on feeling heard, before this row, was about another therapist than today's."""
        today = steps.last_known(self._h["therapist_id"])
        then = steps.before(today, ~np.isnan(self._h["after_heard"]))
        return np.asarray((today != then) & ~np.isnan(today) & ~np.isnan(then))

    @cached_property
    def heard_well(self) -> Bools:
        """Felt heard at 7 or more, as last answered: below that nothing is called mended, whatever is usual."""
        return steps.last_known(self._h["after_heard"]) >= HEARD_WELL

    @cached_property
    def strained(self) -> Bools:
        """A session with overwhelm, a rupture, or a press."""
        return self.overwhelmed | self.ruptured | self.pressed

    def last(self, what: Bools) -> Bools:
        """Whether the latest attended session before each row was so."""
        return steps.was(what, self._h.attended)

    @cached_property
    def after_strain(self) -> Bools:
        """The latest attended session before that the client rated was strained, or the client has asked for slower since."""
        told = ~np.isnan(self._h["after_overwhelm"]) | ~np.isnan(self._h["after_heard"]) | self.strained
        return steps.was(self.strained, self._h.attended & told) | (self._h["client_slow"] >= 1)

    @cached_property
    def after_trauma_work(self) -> Bools:
        return self.last(self._h.true("trauma_work"))

    @cached_property
    def after_agreed_work(self) -> Bools:
        """The latest attended session before was prepared, agreed, demanding work."""
        return self.last(self.agreed & (self._h.true("trauma_work") | (self._h["intensity"] >= DEMANDING)))

    @cached_property
    def after_break(self) -> Bools:
        """More than 21 days since the last attended session."""
        return self._h.gap > LONG_BREAK

    # measures
    def scores(self, measure: MeasureColumn) -> Floats:
        """A measure's observed scores turned so that more is worse."""
        return self._h[measure.name] * measure.worse

    def each_of(self, domain: str, points: Callable[[Floats, MeasureColumn], Floats]) -> Floats:
        """Some figure for every measure of a domain that the table has, `[M, T, C]`, in units of the change that counts in it."""
        measures = self._h.measures(domain)
        if not measures:
            return np.full((0, *self._h.shape), np.nan)
        return np.stack([points(self.scores(m), m) / (m.change or 1.0) for m in measures])

    def worst_of(self, domain: str, points: Callable[[Floats, MeasureColumn], Floats], speaks: float = 1.0) -> Worst:
        """The largest of these figures at each row; one that `speaks` is not answered by a score of another measure."""
        return self.worst(domain, self.each_of(domain, points), speaks)

    def reliable_change(self, domain: str, which: NDArray[np.intp]) -> Floats:
        """The reliable change of the measure picked at each row (as `worst_of` says which), in its points; NaN where it has none."""
        return np.array([m.reliable_change for m in self._h.measures(domain)] or [np.nan], np.float64)[which]

    def worst(self, domain: str, each: Floats, speaks: float = 1.0) -> Worst:
        """The same of figures that are there already."""
        if not len(each):
            return Worst(np.full(self._h.shape, np.nan), np.zeros(self._h.shape, np.intp), (), np.zeros(self._h.shape, np.bool_))
        largest, which, waits = steps.largest(each, speaks)
        return Worst(largest, which, tuple(m.label or m.name for m in self._h.measures(domain)), waits)
