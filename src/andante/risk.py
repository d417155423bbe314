"""Risk, Indicator, Signal: the one interface between a history and the question a risk asks of it.

An indicator is one named piece of evidence. It says how far its threshold is exceeded, session by session, and
nothing about levels: `alerts` alone turns that into `quiet`, `watch` or `act`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante.errors import DefinitionError
from andante.kernels.compiled import compiled
from andante.words import SOURCES

if TYPE_CHECKING:  # events stand above this file; only their name is needed here, for the type of `assess`
    from andante.events import Events
    from andante.history import History
    from andante.usual import Usual

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# How an indicator compares: with what is usual for this client (one answer, or a slow change), with a fixed rule that
# is worth a watch as it stands, with a fixed cut-off whose far side is graded, with an absolute line, or a hard breach.
Kind = Literal["surprise", "drift", "rule", "graded", "line", "breach"]

# The strength of a rule that holds: FAINT where it is common among clients who come to no harm; PLAIN where it is not; ALONE from
# where it is a watch by itself, if it is of that kind (`Indicator.stands`), and told in any case; STRONG in its stronger form (ours).
FAINT, PLAIN, ALONE, STRONG = 0.25, 0.4, 0.5, 0.8
PLAINLY = 0.3  # strength from which an answer is plainly past a fixed threshold: more than faint (ours)
SHOWS = 0.15  # strength from which something shows plainly enough for another rule to rest on it (ours)

SURPRISE_SPEAKS, SURPRISE_FULL = 1.645, 5.0  # normal deviations: one-sided 5 % limit; full strength (ours, uncalibrated)
UNLIKE = (1.0 - SURPRISE_SPEAKS) / (
    SURPRISE_FULL - SURPRISE_SPEAKS
)  # the excess of an answer 1 SD worse than usual: from there its fact crosses (ours)
DRIFT_SPEAKS, DRIFT_FULL = 2.0, 5.0  # SDs of the moving average (evidence: L about 2.5 for short courses; ours)
HALF_AS_FAR, JUST_SHORT = 0.5, 0.02  # short of a rule with a figure: how its excess falls, and from where (ours)
NOT_AT_ALL = -0.5  # the excess of a rule that was judged and does not hold
NEARLY = -0.1  # the excess of what falls short of a rule and speaks for nothing by itself, yet leans that way (`weighing`; ours)

SLOW_FROM = 2  # answers before the one with which a change may be a slow one: three in all (ours)
RETURNED = 0.8  # SDs worse than expected up to which an answer is about as usual, whatever went before (ours)
RETURNING = -0.2  # the most that a slow change counts once an answer is back at what was expected: just short of UNLIKE (ours)
NOT_YET = 7.0  # days until settled that mean "not yet" (session table)
WELL = 1.0  # steps from the best answer of a scale that say nothing is wrong (ours)
ROUNDING = 1e-9  # tolerance for figures computed from whole ones: days brought to a week, points in reliable changes
HALF_A_STEP = 0.5  # steps from what was expected that no person would call a change (ours)
A_STEP = 1.5  # steps from what was expected that are not far: then it reads as one at most, told in whole answers (ours)
CUSUM_SPEAKS, CUSUM_FULL = 3.0, 8.0  # decision interval h about 3 for 8-20 sessions (ours, uncalibrated)


@dataclass(frozen=True)
class Indicator:
    """One named piece of evidence: what it rests on, where it begins to speak, and the words for it.

    `fact` is what it is evidence of: two indicators of one fact vote once. `votes` is False where the fact belongs
    to a risk earlier in the list: it is then shown as context and never makes a level. `columns` is what it reads; an
    answer to them clears it. `enough`: where it can do without some of them, the sets of which any one suffices. `says` may
    use {observed}, {usual}, {name}; `says_not_yet` stands in its place where the answer in days is NOT_YET.
    """

    name: str
    fact: str
    source: str
    kind: Kind
    columns: tuple[str, ...]
    threshold: str
    basis: str
    says: str
    clears: str
    says_not_yet: str = ""
    enough: tuple[tuple[str, ...], ...] = ()
    named: tuple[str, ...] = ()  # what {name} may be; without it a measure
    votes: bool = True
    heat: bool = False  # a rating of the session's own heat: after agreed work it is "settling", at most a watch
    tells_settling: bool = False  # a later answer about how earlier heat settled
    stirred: bool = False  # what agreed work stirs up for a while: at most a watch where that work has settled
    habit: bool = False  # what may be a habit of answering: going on and on it is never more than a watch
    wrong_in_itself: bool = False  # it stands by itself, whatever else there is

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns from which it can speak."""
        return self.enough or (self.columns,)

    @property
    def stands(self) -> bool:
        """Whether it can stand by itself, whatever the evidence of its risk as a whole: what is wrong in itself, and measures."""
        return self.wrong_in_itself or self.source == "measure"

    @property
    def one_answer(self) -> bool:
        """Whether it votes on one answer of the client's, or one score, alone: in two risks that is one thing said."""
        return self.votes and len(self.columns) == 1 and self.source in ("self", "session", "measure")

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise DefinitionError(f"Indicator {self.name}: unknown source {self.source!r}; use one of {', '.join(SOURCES)}.")


class Signal(NamedTuple):
    """What an indicator finds; every array `[T, C]`.

    `excess`: 0 where the indicator begins to speak, 1 at full strength, below 0 short of the threshold, NaN where it
    cannot be judged in this row. What a person is told: the column of `stream` against its usual band, or `observed`
    and `usual` as given. `which` of `names` (measures) it was in each cell; where `names` is empty, which of the indicator's `named`.
    """

    excess: Floats
    stream: str = ""
    observed: Floats | None = None
    usual: Floats | None = None
    which: NDArray[np.intp] | None = None
    names: tuple[str, ...] = ()
    waits: Bools | None = None  # where a measure that spoke was not asked again: see `Events.worst_of`


Signals = Mapping[str, Signal]
LEAST_RESPONSES = 3  # an alert without a next step is not shown


@dataclass(frozen=True)
class Response:
    """Something the two could do: `kind` is what to say, what to change, or when to take it to supervision.

    `fits` the facts that it answers; empty: whatever raised the risk.
    """

    name: str
    kind: Literal["say", "change", "supervise"]
    text: str
    fits: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)  # a risk is itself: what is worked out from the ten is looked up by them
class Risk:
    """One of the ten harms: its name everywhere, its two wordings, its indicators and what the two could do.

    `questions` are the columns that are this risk's own questions: a `quiet` needs a current, informative answer to
    one of them. `streams` are ratings that are weighed as they lean: its own, and some of other risks that tend to
    move along (they never vote).
    `not_yet` names indicators that are planned and empty so far.
    """

    module: str
    title: str
    client_title: str
    asks: str
    questions: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    responses: tuple[Response, ...]
    assess: Callable[[History, Usual, Events], Signals]
    streams: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [indicator.name for indicator in self.indicators]
        if len(set(names)) != len(names):
            raise DefinitionError(f"Risk {self.name}: two indicators share a name.")
        unknown = {fact for r in self.responses for fact in r.fits} - {i.fact for i in self.indicators}
        if unknown:
            raise DefinitionError(f"Risk {self.name}: no indicator rests on {', '.join(sorted(unknown))}, which a response fits.")
        if not LEAST_RESPONSES <= len(self.responses) <= 5:
            raise DefinitionError(f"Risk {self.name} needs 3 to 5 responses; an alert without a next step is not shown.")

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]

    def fitting(self, facts: Collection[str]) -> list[Response]:
        """What the two could do about these facts: what answers them first, then what always helps. What answers only others is left
        out, unless fewer than LEAST_RESPONSES would remain."""
        answers = [r for r in self.responses if set(r.fits) & set(facts)] + [r for r in self.responses if not r.fits]
        others = [r for r in self.responses if r not in answers]
        return answers if len(answers) >= LEAST_RESPONSES else answers + others

    def can_judge(self, columns: frozenset[str] | set[str]) -> bool:
        """Whether these columns hold one of the risk's own questions, so that it can be more than `unknown`."""
        return any(question in columns for question in self.questions)


def surprise(usual: Usual, column: str, *, only: Bools | None = None) -> Signal:
    """One answer against what is usual for this client; a step off is not far, however steady somebody is."""
    excess = _surprising(usual.surprise(column), *usual.scale_steps(column))
    return Signal(excess if only is None else np.where(only, excess, np.nan), stream=column)


def drift(usual: Usual, column: str, *, only: Bools | None = None) -> Signal:
    """A slow change away from what is usual: the larger of moving average and cumulative sum. While it is no more than a step, however
    steady somebody is, it crosses where it speaks and not before."""
    charts = usual.drift(column), usual.cusum(column), usual.surprise(column), usual.answers(column)
    excess = _drifting(*charts, *usual.scale_steps(column))
    return Signal(excess if only is None else np.where(only, excess, np.nan), stream=column)


@compiled
def _surprising(surprise: Floats, off: Floats, short: Floats) -> Floats:
    out = np.empty(surprise.shape)
    for step in range(surprise.shape[0]):
        for client in range(surprise.shape[1]):
            excess = (surprise[step, client] - SURPRISE_SPEAKS) / (SURPRISE_FULL - SURPRISE_SPEAKS)
            near = off[step, client] <= A_STEP + ROUNDING or short[step, client] <= WELL + ROUNDING  # the best answer but one is none
            out[step, client] = np.minimum(excess, RETURNING) if near else excess
    return out


@compiled
def _drifting(average: Floats, total: Floats, surprise: Floats, answers: NDArray[np.intp], off: Floats, short: Floats) -> Floats:
    out = charted(average, total, surprise, answers)
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            steps = off[step, client]
            near = steps <= HALF_A_STEP + ROUNDING or (out[step, client] < 0 and steps <= A_STEP + ROUNDING)
            if near or short[step, client] <= WELL + ROUNDING:  # the best answer but one is no sign of harm
                out[step, client] = np.minimum(out[step, client], RETURNING)
    return out


@compiled
def charted(average: Floats, total: Floats, surprise: Floats, answers: NDArray[np.intp]) -> Floats:
    """The excess of a slow change from the two charts that follow it (`kernels.charts`); `answers` were given before each row.

    It is no more than RETURNING before it can be slow, and after an answer that is back at what was expected, however long
    the charts remember.
    """
    out = np.empty(average.shape)
    for step in range(average.shape[0]):
        for client in range(average.shape[1]):
            fast = (average[step, client] - DRIFT_SPEAKS) / (DRIFT_FULL - DRIFT_SPEAKS)
            slow = (total[step, client] - CUSUM_SPEAKS) / (CUSUM_FULL - CUSUM_SPEAKS)
            excess = np.maximum(fast, slow)
            none = surprise[step, client] <= RETURNED or answers[step, client] < SLOW_FROM
            out[step, client] = np.minimum(excess, RETURNING) if none else excess
    return out


def rule(holds: Bools, judged: Bools, strength: float | Floats = PLAIN, **told: Any) -> Signal:
    """A fixed rule: its strength where it holds, -0.5 where it was judged and does not, NaN elsewhere."""
    if isinstance(strength, float):
        return Signal(_rule(holds, judged, strength), **told)
    return Signal(np.where(judged, np.where(holds, strength, NOT_AT_ALL), np.nan), **told)


@compiled
def _rule(holds: Bools, judged: Bools, strength: float) -> Floats:
    out = np.empty(holds.shape)
    for step in range(holds.shape[0]):
        for client in range(holds.shape[1]):
            out[step, client] = (strength if holds[step, client] else NOT_AT_ALL) if judged[step, client] else np.nan
    return out


def nearly(signal: Signal, near: Bools) -> Signal:
    """The same signal, leaning where a rule that was judged does not hold but is `near`."""
    return signal._replace(excess=np.where(near & (signal.excess < NEARLY), NEARLY, signal.excess))


def beyond(values: Floats, threshold: float | Floats, full: float | Floats, start: float = PLAIN, **told: Any) -> Signal:
    """A rule with a figure: strength `start` from `threshold` on (itself included), full at `full`; either direction."""
    return Signal(_beyond((values - threshold) / (full - threshold), start), **{"observed": values, **told})


@compiled
def _beyond(share: Floats, start: float) -> Floats:
    out = np.empty(share.shape)
    for step in range(share.shape[0]):
        for client in range(share.shape[1]):
            here = share[step, client]
            out[step, client] = start + (1 - start) * here if here >= 0 else np.maximum(HALF_AS_FAR * here - JUST_SHORT, NOT_AT_ALL)
    return out


def graded(values: Floats, speaks: float | Floats, full: float | Floats, **told: Any) -> Signal:
    """A cut-off that begins to speak at `speaks` and is at full strength at `full` (either direction)."""
    return Signal((values - speaks) / (full - speaks), **{"observed": values, **told})


def only_beyond(signal: Signal) -> Signal:
    """The same signal, which short of its threshold leans no further than just short of 1 SD: another one says how far an answer is from
    usual."""
    return signal._replace(excess=np.where(signal.excess < 0, np.minimum(signal.excess, RETURNING), signal.excess))


def of_one_fact(signals: dict[str, Signal]) -> dict[str, Signal]:
    """Signals of several measures that are one fact: where one of them waits, only what speaks judges it."""
    waits = np.logical_or.reduce([signal.waits for signal in signals.values() if signal.waits is not None])
    return {name: s._replace(excess=np.where(waits & ~(s.excess >= 0), np.nan, s.excess)) for name, s in signals.items()}


def known(*arrays: Floats) -> Bools:
    """Where every one of these is known."""
    out: Bools = arrays[0] == arrays[0]
    for array in arrays[1:]:
        out &= array == array
    return out
