"""What one fact says, followed through the rows in which it could be judged: once, twice running, week after week.

Below `alerts`, which asks every fact of a risk and makes levels of what they say together. What is found of a fact in a row
is kept as bits, one for each successive row that it has lasted; what a risk says in a row as well. A row in which the fact
could not be judged changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled
from andante.risk import ALONE, PLAIN, Indicator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Bits = NDArray[np.uint32]

# From which strength an indicator makes a watch by itself, whatever else there is: absolute lines and breaches as they
# stand, a rule that is as strong, a deviation of 4.2 SDs, or of 4.7 in the moving average (ours).
STANDS = {"line": PLAIN, "breach": PLAIN, "rule": ALONE, "surprise": 0.75, "drift": 0.9, "graded": 0.9}

# From which strength an indicator makes an act in two successive rows, unless the risk is calm: 3.7 SDs twice (ours).
TWICE = {"line": PLAIN, "breach": PLAIN, "rule": 0.6, "surprise": 0.6, "drift": 1.1, "graded": 0.5}

# From which strength two facts of a risk are a watch together whatever the gates say: a rule as strong as one that stands by
# itself, 3.3 SDs in an answer, 3.2 in the moving average, any reliable change of a measure. As strong as such a rule, each in two
# successive rows, they are an act (ours).
TOGETHER = {"line": PLAIN, "breach": PLAIN, "rule": ALONE, "surprise": 0.5, "drift": 0.4, "graded": 0.5}
TOGETHER_OF_A_MEASURE, TOGETHER_AGAIN = 0.0, ALONE

# Two facts of a risk are a watch together as well where a fixed cut-off of each, however little, was passed in so many of the last so
# many answers, and is all but passed now (ours).
MOSTLY, MOSTLY_OF, ALL_BUT = 3, 4, -0.2

# A fixed cut-off passed in so many successive answers is a watch whatever is usual and whatever the gates say, and an act
# unless the risk is calm (ours). From which strength it counts: PLAIN for any rule; CHRONIC for a rating of the session that has
# an absolute line. Never more than a watch is what may be a habit (`Indicator.habit`; of answering: from ALONE on), and a graded
# cut-off short of its line.
CHRONIC, CHRONIC_WATCH, CHRONIC_ACT = 0.3, 5, 6

# Where the risk as a whole is calm, below the third gate, what is strong takes so many successive answers instead of two (scores of
# a measure do not, for they lie weeks apart; nor does what is wrong in itself), and a fixed cut-off so many instead of six (ours).
STRONGLY_WHEN_CALM, CHRONIC_WHEN_CALM = 5, 8

# What is found of a fact in one row, and then in two, three and more successive ones in which it could be judged: as bits.
# Speaking plainly is followed for one row (a bit), speaking freely, and more than plainly, for two; speaking strongly, and what
# goes on and on, for as many as make an act. Then a record: in which of the last few rows any fixed cut-off was passed.
_FREELY, _FREELY_AGAIN, _PLAINLY, _MORE, _MORE_AGAIN = (1 << bit for bit in range(5))
_STRONGLY, _CHRONIC = 5, 5 + STRONGLY_WHEN_CALM  # the first bits of the other two
_STRONGLY_AGAIN, _STRONGLY_LONG = 1 << _STRONGLY + 1, 1 << _STRONGLY + STRONGLY_WHEN_CALM - 1
_CHRONIC_WATCH, _CHRONIC_ACT, _CHRONIC_LONG = (1 << _CHRONIC + rows - 1 for rows in (CHRONIC_WATCH, CHRONIC_ACT, CHRONIC_WHEN_CALM))
_LATELY = _CHRONIC + CHRONIC_WHEN_CALM  # the first bit of the record
_RUNS, _OLDEST = (1 << _LATELY) - 1, 1 << _LATELY + MOSTLY_OF - 1
_PASSES, _NEARLY = _OLDEST << 1, _OLDEST << 2
_HOW_MANY = np.array([rows.bit_count() for rows in range(1 << MOSTLY_OF)], np.uint8)
_UP_TO_A_WATCH = _CHRONIC_ACT - 1
_FIRST_ROWS = _FREELY | _PLAINLY | _MORE | 1 << _STRONGLY | 1 << _CHRONIC
_IS_FREE, _IS_MORE = _FREELY | _FREELY_AGAIN, _MORE | _MORE_AGAIN
_IS_STRONG, _IS_CHRONIC = (1 << _CHRONIC) - (1 << _STRONGLY), 2 * _CHRONIC_LONG - (1 << _CHRONIC)
_BOTH_AGAIN = _FREELY_AGAIN | _MORE_AGAIN

# In a count of agreeing facts, one that stands by itself; in a count of those that are plain together, one that is more than that in two
# successive rows. Two of either are an act whatever the gates say (ours).
FIRM = AGAIN = 16

# What a risk says in one row, as bits of a byte.
SPEAKS, STANDS_ALONE, PERSISTS, OFTEN, ACTS, STANDS_UNLESS_CALM, MOSTLY_ONE, MOSTLY_TWO = (1 << bit for bit in range(8))


def alone_from(indicator: Indicator) -> float:
    """From which strength an indicator makes a watch by itself: never by being unlike what is usual, where that may be a habit."""
    return np.inf if indicator.habit and indicator.kind in ("surprise", "drift") else STANDS[indicator.kind]


def twice_from(indicator: Indicator) -> float:
    """From which strength it makes an act in two successive rows: never where it may be a habit."""
    return np.inf if indicator.habit else TWICE[indicator.kind]


def plain_from(indicator: Indicator) -> float:
    """From which strength an indicator is plain, so that two facts of a risk are a watch together."""
    return TOGETHER_OF_A_MEASURE if indicator.source == "measure" else TOGETHER[indicator.kind]


def passed_from(indicator: Indicator) -> float:
    """From which strength a fixed cut-off is passed: what is graded, and what is unlike the usual, has none."""
    return 0.0 if indicator.kind in ("rule", "line") and indicator.source != "measure" else np.inf


def chronic_from(indicator: Indicator, has_line: bool) -> tuple[float, float]:
    """From which strength an indicator counts where it goes on and on: for a watch, and for an act."""
    short_of_a_line = has_line and indicator.source == "session" and indicator.kind in ("rule", "graded", "line")
    from_here = CHRONIC if short_of_a_line else PLAIN if indicator.kind == "rule" else np.inf
    if indicator.habit:
        return PLAIN if indicator.source == "record" else ALONE, np.inf
    return from_here, np.inf if indicator.kind == "graded" else from_here


@compiled
def find(excess: Floats, capped: Bools, least: Floats, found: Bits, alone: Bools, firm: Bools) -> None:
    """What a voting indicator adds to its fact: that it stands alone (`firm`: and may be more than a watch); that it speaks freely,
    plainly, strongly, or where it may go on and on."""
    for step in range(found.shape[0]):
        for client in range(found.shape[1]):
            strength = excess[step, client]
            free = not capped[step, client]
            up_to_a_watch = (strength >= least[2]) * (_IS_CHRONIC if strength >= least[3] else _IS_CHRONIC & _UP_TO_A_WATCH)
            up_to_a_watch |= (strength >= least[4]) * _PLAINLY | (strength >= TOGETHER_AGAIN) * _IS_MORE
            up_to_a_watch |= (strength >= least[5]) * _PASSES
            bits = _IS_FREE | (strength >= least[1]) * _IS_STRONG | up_to_a_watch
            bits = (strength >= 0) * (bits if free else up_to_a_watch) | (strength >= least[5] + ALL_BUT) * _NEARLY
            found[step, client] |= np.uint32(bits)
            alone[step, client] |= strength >= least[0]
            firm[step, client] |= free & (strength >= least[0])


@compiled
def cross(excess: Floats, judged: Bools, says: Bytes) -> None:
    """An absolute line crossed now and at one of the two answers before."""
    for client in range(excess.shape[1]):
        one = two = holds = False
        for step in range(excess.shape[0]):
            if judged[step, client]:
                crossed = excess[step, client] >= 0
                holds = crossed and (one or two)
                one, two = crossed, one
            if holds:
                says[step, client] |= np.uint8(ACTS)


@compiled
def in_a_row(found: Bits, judged: Bools) -> None:
    """The bits above, in place: a row in which the fact could not be judged leaves them as they were."""
    before = np.zeros(found.shape[1], np.uint32)
    for step in range(found.shape[0]):
        for client in range(found.shape[1]):
            here = found[step, client]
            longer = ((before[client] << 1) | _FIRST_ROWS) & here & _RUNS
            lately = (before[client] & _OLDEST - 1 & ~_RUNS) << 1 | ((here & _PASSES) > 0) << _LATELY
            now = np.uint32(longer | lately | (here & _NEARLY))
            before[client] = now if judged[step, client] else before[client]
            found[step, client] = before[client]


@compiled
def conclude(
    found: Bits, alone: Bools, unless_calm: Bools, firm: Bools, twice_is_enough: bool, agreeing: Bytes, together: Bytes, says: Bytes,
) -> None:  # fmt: skip
    """One fact more that speaks freely, one more that is plain, and what it makes its risk say."""
    long = _CHRONIC_LONG | (_STRONGLY_AGAIN if twice_is_enough else _STRONGLY_LONG)
    for step in range(found.shape[0]):
        for client in range(found.shape[1]):
            here = found[step, client]
            here = here if here & _FREELY else here & _UP_TO_A_WATCH  # what is held to a watch now
            bits = ((here & _FREELY_AGAIN) > 0) * PERSISTS | ((here & (_STRONGLY_AGAIN | _CHRONIC_ACT)) > 0) * OFTEN
            bits |= ((here & long) > 0) * ACTS
            bits |= unless_calm[step, client] * STANDS_UNLESS_CALM
            mostly = (_HOW_MANY[found[step, client] >> _LATELY & (1 << MOSTLY_OF) - 1] >= MOSTLY) & ((found[step, client] & _NEARLY) > 0)
            bits |= mostly * (MOSTLY_TWO if says[step, client] & MOSTLY_ONE else MOSTLY_ONE)
            says[step, client] |= np.uint8(bits | (alone[step, client] | ((here & _CHRONIC_WATCH) > 0)) * STANDS_ALONE)
        for client in range(found.shape[1]):
            here = found[step, client]
            agreeing[step, client] += np.uint8((here & _FREELY) + firm[step, client] * FIRM)
            together[step, client] += np.uint8(((here & _PLAINLY) > 0) + ((here & _BOTH_AGAIN) == _BOTH_AGAIN) * AGAIN)
