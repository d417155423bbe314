"""What is usual for this client, stream by stream.

One kernel for every rating: before each answer it says what was to be expected (from the client's own earlier
answers and the population prior), after it how surprising the answer was, and whether surprises add up. From the
first session it falls back on the prior, so it never takes three points for a baseline.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from andante.history import History
from andante.kernels import charts, normal_gamma, steps, student
from andante.kernels.compiled import compiled
from andante.priors import Norms, Prior
from andante.records import COLUMN, Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Which way is worse; intensity has no worse end and is followed upward.
STREAMS: Mapping[str, int] = {
    "before_distress": 1,
    "before_wellbeing": -1,
    "before_coping": -1,
    "before_ready": -1,
    "before_open": 1,
    "between_peak": 1,
    "between_settle": 1,
    "between_used": -1,
    "between_intrusions": 1,
    "after_overwhelm": 1,
    "after_heard": -1,
    "after_choice": -1,
    "after_helpful": -1,
    "after_sense": -1,
    "after_return": -1,
    "after_present": -1,
    "intensity": 1,
    "topics_open": 1,
    "prepared": -1,
    "suds_end": 1,
    "after_pace": 1,
    "overrun_min": 1,
    "between_old_coping": 1,
}
# What is always the same here (never an overrun, no day of old coping) tells of a life, not of a way of answering.
NO_WAY_OF_ANSWERING = ("prepared", "suds_end", "after_pace", "overrun_min", "between_old_coping")
NO_HURT = ("intensity",)  # harder work is none: however long it goes on, it may become usual
DAYS = ("between_used", "between_old_coping")  # since the last session: brought to a week of seven
ABOUT_THERAPIST = ("after_heard", "after_choice", "after_helpful", "after_return")  # begin anew with a new therapist

LEAST_FOR_UNINFORMATIVE = 6  # answers all at one end before a stream says nothing (risks: ours)


class Usual:
    """The expectations of every stream that the table has; arrays `[T, C]`, NaN where nothing can be said.

    `norms` give the priors, and for who needs them the expected course of measures and the hazard of leaving.
    `surprise`, `drift` and `cusum` are positive where things are worse than usual (more demanding, for intensity).
    """

    def __init__(self, history: History, norms: Norms) -> None:
        self.names = [name for name in STREAMS if history.has(name) and name in norms.priors]
        self._place = {name: i for i, name in enumerate(self.names)}
        self._absent = np.full(history.shape, np.nan)  # not locked, as the stacks are not: a loop is compiled for each kind of array
        self.norms, self._history, self._priors = norms, history, norms.priors
        self._one_end: dict[str, Bools] = {}
        self._best: dict[str, float] = {}
        self._steps: dict[str, tuple[Floats, Floats]] = {}
        self._follow()

    def _follow(self) -> None:
        if not self.names:
            return
        priors = [self._priors[name] for name in self.names]
        mean, within, between, course = np.array([(p.mean, p.within, p.between, p.course) for p in priors]).T.copy()
        self._course = course[:, None, None] * np.log1p(self._history.attended_before)
        deviation = np.empty_like(self._course)
        for name, place in self._place.items():
            np.subtract(self.value(name), self._course[place], out=deviation[place])
        restart = self._restarts()
        sign = np.array([STREAMS[name] for name in self.names], dtype=np.float64)
        worse = np.where([name in NO_HURT for name in self.names], 0.0, sign)
        expected = normal_gamma.expect(deviation, restart, worse, mean, within, between)
        deviation -= expected.mean
        deviation /= expected.scale
        deviation *= sign[:, None, None]
        self._expected = expected
        self._surprise = student.normal_deviation(deviation, expected.answers, expected.degrees)
        self._drift, self._cusum = charts.follow(self._surprise, restart)

    def _restarts(self) -> Bools:
        restart = np.zeros((len(self.names), *self._history.shape), dtype=np.bool_)
        if self._history.has("therapist_id"):
            therapist = steps.last_known(self._history["therapist_id"])
            changed = therapist != steps.earlier(therapist)
            changed &= ~np.isnan(steps.earlier(therapist)) & ~np.isnan(therapist)
            for name in ABOUT_THERAPIST:
                if name in self._place:
                    restart[self._place[name]] = changed
        return restart

    def value(self, name: str) -> Floats:
        """The stream's answers; counts of days brought to a week of seven."""
        raw = self._history[name]
        asked = self._history.days_asked
        return np.minimum(raw, asked) * (7 / asked) if name in DAYS else raw

    def own_unit(self, name: str, figures: Floats) -> Floats:
        """Figures of this stream as the client counts: days of those asked about, not of a week."""
        return figures * (self._history.days_asked / 7) if name in DAYS else figures

    def best(self, name: str) -> float:
        """The best answer there is on a scale of more than three steps; NaN where it has no such end, or is shorter."""
        if name not in self._best:
            self._best[name] = _best(self._history.column(name))
        return self._best[name]

    def worst(self, name: str) -> float:
        """And the worst one; NaN where there is no best."""
        column, best = self._history.column(name), self.best(name)
        if column is None or np.isnan(best) or column.low is None or column.high is None:
            return float("nan")
        return float(column.low + column.high - best)

    def scale_steps(self, name: str) -> tuple[Floats, Floats]:
        """How many steps the answer lies from what was expected, and from the best one, as the client counts: `[T, C]`.

        NaN where there is no answer, and throughout on a scale without a best one.
        """
        if name not in self._steps:
            self._steps[name] = self._scale_steps(name)
        return self._steps[name]

    def _scale_steps(self, name: str) -> tuple[Floats, Floats]:
        best = self.best(name)
        if name not in self._place or np.isnan(best):
            return self._absent, self._absent
        level, course = self._expected.mean[self._place[name]], self._course[self._place[name]]
        return _steps_off(self._history[name], level, course, best, self._history.days_asked, name in DAYS)

    def _of(self, stack: Floats, name: str) -> Floats:
        return stack[self._place[name]] if name in self._place else self._absent

    def surprise(self, name: str) -> Floats:
        """How much worse than expected this answer was, as a normal deviation."""
        return self._of(self._surprise, name) if self.names else self._absent

    def surprises(self, names: tuple[str, ...]) -> tuple[Floats, NDArray[np.intp]]:
        """The surprises of all streams in one stack, and the place in it of each of these (-1: not in the table)."""
        stack = self._surprise if self.names else self._absent[None]
        return stack, np.array([self._place.get(name, -1) for name in names], np.intp)

    def drift(self, name: str) -> Floats:
        """The moving average of surprises, in units of its own SD."""
        return self._of(self._drift, name) if self.names else self._absent

    def cusum(self, name: str) -> Floats:
        """The one-sided cumulative sum of surprises."""
        return self._of(self._cusum, name) if self.names else self._absent

    def answers(self, name: str) -> NDArray[np.intp]:
        """How many answers were given before each row (since a new therapist, where the stream begins anew)."""
        if name not in self._place:
            return np.zeros(self._history.shape, np.intp)
        return np.asarray(self._expected.answers[self._place[name]])

    def expected(self, name: str) -> Floats:
        """What was usual before this answer."""
        if name not in self._place:
            return self._absent
        return np.asarray(self._of(self._expected.mean, name) + self._of(self._course, name))

    def scale(self, name: str) -> Floats:
        """The predictive scale before this answer."""
        return self._of(self._expected.scale, name) if self.names else self._absent

    def band(self, name: str) -> tuple[Floats, Floats]:
        """The client's usual band (80 %) before this answer, inside the scale's ends."""
        times = student.eighty_percent(self._expected.degrees).take(self.answers(name)) if name in self._place else np.nan
        middle, half = self.expected(name), times * self.scale(name)
        column = COLUMN[name]
        return np.maximum(middle - half, column.low or 0.0), np.minimum(middle + half, column.high or np.inf)

    def prior(self, name: str) -> Prior | None:
        return self._priors.get(name)

    def uninformative(self, name: str) -> Bools:
        """Six answers or more, every one at one and the same end of a scale of more than three steps."""
        if name not in self._one_end:
            self._one_end[name] = all_at_one_end(self._history[name], self._history.column(name))
        return self._one_end[name]

    def anything_uninformative(self) -> Bools:
        """Whether any stream, or any measure, says nothing."""
        out = np.zeros(self._history.shape, np.bool_)
        for name in (*self.names, *self._history.measured):
            if name not in NO_WAY_OF_ANSWERING:
                out |= self.uninformative(name)
        return out


def _best(column: Column | None) -> float:
    if column is None or column.low is None or column.high is None or column.steps <= 3 or not column.worse:
        return float("nan")
    return float(column.low if column.worse > 0 else column.high)


def all_at_one_end(values: Floats, column: Column | None) -> Bools:
    """Whether the answers so far (six or more, scale of more than three steps) all lie at one end, good or bad: `[T, C]`."""
    if column is None or column.low is None or column.high is None or column.steps <= 3:
        return np.zeros(values.shape, np.bool_)
    return _all_at_one_end(values, float(column.low), float(column.high))


@compiled
def _steps_off(values: Floats, level: Floats, course: Floats, best: float, asked: Floats, in_days: bool) -> tuple[Floats, Floats]:
    """Counts of days from a week of seven back to the days asked about: a day is a step."""
    off, short = np.empty(values.shape), np.empty(values.shape)
    for step in range(values.shape[0]):
        for client in range(values.shape[1]):
            now, unit, days = values[step, client], 1.0, asked[step, client]
            if in_days:
                unit = days / 7
                now = np.minimum(now, days) * (7 / days) * unit
            off[step, client] = abs(now - (level[step, client] + course[step, client]) * unit)
            short[step, client] = abs(now - best * unit)
    return off, short


@compiled
def _all_at_one_end(values: Floats, low: float, high: float) -> Bools:
    steps, clients = values.shape
    out, count = np.empty((steps, clients), np.bool_), np.zeros(clients, np.int32)
    at_low, at_high = np.ones(clients, np.bool_), np.ones(clients, np.bool_)
    for step in range(steps):
        for client in range(clients):
            now = values[step, client]
            at_low[client] &= not (now > low or now < low)
            at_high[client] &= not (now > high or now < high)
            count[client] += now == now
            out[step, client] = (count[client] >= LEAST_FOR_UNINFORMATIVE) & (at_low[client] | at_high[client])
    return out
