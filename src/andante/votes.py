"""What one fact says, followed through the rows in which it could be judged: once, twice running, week after week.

Below `alerts`, which asks every fact of a risk and makes levels of what they say together. What is found of a fact in a row
is kept as bits, one for each successive row that it has lasted; what a risk says in a row as well. A row in which the fact
could not be judged changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled
from andante.risk import ALONE, PLAIN, PLAINLY, UNLIKE, Indicator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Says = NDArray[np.uint16]
Bits = NDArray[np.uint32]

TWICE = 0.6  # strength from which what stands by itself is an act in two successive rows (ours)

# From which strength an indicator is a watch unless the evidence of its risk is calm: a rule as strong as one that stands by itself,
# an answer 4.2 SDs from what is usual, 4.7 SDs in the moving average (ours).
STRONG_FROM = {"rule": ALONE, "surprise": 0.75, "drift": 0.9, "graded": 0.9}

# What the client says answer after answer, or the record shows session after session, is a watch with so many, whatever is usual: a rating
# of the session short of its absolute line, a fixed rule plainly broken; of settling and of the record, a rule as strong as one that stands
# by itself. With so many an act: what the client says, where it is short of a line or wrong in itself, unless it is graded or may be a
# habit of answering (ours).
CHRONIC, CHRONIC_WATCH, CHRONIC_ACT = 0.3, 5, 6

# What is found of a fact in one row, and then in two and more successive ones in which it could be judged: as bits. Speaking
# freely, strongly, short of a line, past a fixed threshold, and past one and unlike this client as well is followed for two rows, what
# goes on and on for as many as make an act; the last four are as they were when the fact was last judged.
_FREELY, _FREELY_AGAIN, _STANDING, _STANDING_AGAIN, _SHORT, _SHORT_AGAIN = (1 << bit for bit in range(6))
_PAST, _PAST_AGAIN, _BOTH, _BOTH_AGAIN = (1 << bit for bit in range(6, 10))
_CHRONIC = 10  # the first bit of what goes on and on
_CHRONIC_WATCH, _CHRONIC_ACT = (1 << _CHRONIC + rows - 1 for rows in (CHRONIC_WATCH, CHRONIC_ACT))
_CROSSING, _CROSSING_AGAIN = 2 * _CHRONIC_ACT, 4 * _CHRONIC_ACT  # whatever it is held to
_GOES_ON = 8 * _CHRONIC_ACT  # no more of what goes on and on, and not the end of it
_UNLIKE = 16 * _CHRONIC_ACT  # unlike this client in this row
_ALONE, _STRONG, _FIRM, _HELD_BACK, _ALONE_FREELY = (32 * _CHRONIC_ACT << bit for bit in range(5))
_FIRST_ROWS = _FREELY | _STANDING | _SHORT | _PAST | _BOTH | 1 << _CHRONIC | _CROSSING
_FIRST_ROWS |= _ALONE | _STRONG | _FIRM | _HELD_BACK | _ALONE_FREELY
_IS_FREE, _IS_STANDING, _IS_SHORT = _FREELY | _FREELY_AGAIN, _STANDING | _STANDING_AGAIN, _SHORT | _SHORT_AGAIN
_IS_PAST, _IS_BOTH = _PAST | _PAST_AGAIN, _BOTH | _BOTH_AGAIN
_IS_CHRONIC = 2 * _CHRONIC_ACT - (1 << _CHRONIC)
_UP_TO_A_WATCH = _CHRONIC_ACT - 1

FIRM = 16  # in a count of agreeing facts, one that is strong or stands by itself: two of them are an act unless all is calm (ours)
ALONE_FREELY = 16  # in a count of crossing facts, one that stands by itself and is held to nothing: with another firm one it is an act

# Where, among the strengths that `find` is given, those of `crosses_from`, `goes_on_from`, `past_from` and `unlike_from` stand.
CROSSES, GOES_ON_FROM, PAST_FROM, UNLIKE_FROM = range(5, 9)

# What a risk says in one row, as bits.
STANDS_ALONE, PERSISTS, GOES_ON, ACTS, IS_STRONG, HELD_BACK, CROSSES_AGAIN, RENEWED, STILL = (1 << bit for bit in range(9))


def alone_from(indicator: Indicator) -> float:
    """From which strength an indicator makes a watch by itself: lines and breaches as they are, of the rest only what `stands`."""
    return PLAIN if indicator.kind in ("line", "breach") else STRONG_FROM[indicator.kind] if indicator.stands else np.inf


def twice_from(indicator: Indicator) -> float:
    """From which strength it makes an act in two successive rows, whatever else there is: what was done, or a measure says.

    Of what the client says of a session an act is made by the gates, or where it goes on and on. Of a measure it is enough that both
    scores stand by themselves.
    """
    if not indicator.stands or indicator.kind != "rule" or indicator.source == "session":
        return np.inf
    return ALONE if indicator.source == "measure" else TWICE


def chronic_from(indicator: Indicator, has_line: bool) -> tuple[float, float]:
    """From which strength an indicator counts where it goes on and on: for a watch, and for an act."""
    if indicator.source == "record":  # what is done, or comes back, again and again is no habit of answering
        return ALONE if indicator.kind == "rule" else np.inf, np.inf
    if indicator.source not in ("session", "self") or indicator.kind not in ("rule", "graded", "line"):
        return np.inf, np.inf
    if not has_line or indicator.source == "self" or indicator.habit:
        may_act = (has_line or indicator.wrong_in_itself) and not indicator.habit
        least = ALONE if indicator.tells_settling else PLAINLY  # many take three or four days after demanding work, week after week
        return (least, ALONE if may_act else np.inf) if indicator.kind == "rule" else (np.inf, np.inf)
    return CHRONIC, np.inf if indicator.kind == "graded" else CHRONIC


def goes_on_from(indicator: Indicator, has_line: bool) -> float:
    """From which strength an answer, short of counting where it goes on and on, does not end that: felt heard 6 between fives."""
    return 0.0 if indicator.kind == "graded" and np.isfinite(chronic_from(indicator, has_line)[0]) else np.inf


def crosses_from(indicator: Indicator) -> float:
    """From which strength an indicator lets the evidence of its risk cross: what is unlike this client from 1 SD on, what is fixed
    from its threshold on."""
    return UNLIKE if indicator.kind in ("surprise", "drift") else 0.0


def strong_from(indicator: Indicator) -> float:
    """From which strength it is a watch unless the evidence of its risk is calm."""
    return STRONG_FROM.get(indicator.kind, np.inf)


def past_from(indicator: Indicator) -> float:
    """From which strength an answer is past its fixed threshold, so that it takes an act to a watch, and not to quiet.

    Plainly past it: what is faint keeps nothing up.
    """
    return np.inf if indicator.kind in ("surprise", "drift") else PLAINLY


def unlike_from(indicator: Indicator) -> float:
    """From which strength an answer is past the threshold of what is usual for this client."""
    return 0.0 if indicator.kind in ("surprise", "drift") else np.inf


@compiled
def find(excess: Floats, capped: Bools, stirred: Bools, least: Floats, found: Bits) -> None:
    """What a voting indicator adds to its fact: that it stands alone or is strong (firm: either, and may be more than a watch); that
    it speaks freely, twice strongly, past what is fixed or usual, or where it may go on and on; that it crosses, and that it is held to a
    watch as it does (`capped`), or is one where nothing else says more (`stirred`)."""
    for step in range(found.shape[0]):
        for client in range(found.shape[1]):
            strength = excess[step, client]
            alone = stirred[step, client]
            free = not (capped[step, client] or alone)
            chronic = (strength >= least[2]) * (_IS_CHRONIC if strength >= least[3] else _IS_CHRONIC & _UP_TO_A_WATCH)
            chronic |= (strength >= least[3]) * _IS_SHORT
            bits = _IS_FREE | (strength >= least[1]) * _IS_STANDING | chronic
            bits = (strength >= 0) * (bits if free else chronic & _UP_TO_A_WATCH)
            bits |= (strength >= least[PAST_FROM]) * _IS_PAST | (strength >= least[UNLIKE_FROM]) * _UNLIKE
            bits |= (strength >= least[GOES_ON_FROM]) * _GOES_ON
            bits |= (strength >= least[0]) * (_ALONE | free * (_FIRM | _ALONE_FREELY)) | (strength >= least[4]) * (_STRONG | free * _FIRM)
            crossing = _CROSSING if alone else _CROSSING | _CROSSING_AGAIN | (not free) * _HELD_BACK
            bits |= (strength >= least[CROSSES]) * crossing
            found[step, client] |= np.uint32(bits)


@compiled
def cross(excess: Floats, judged: Bools, says: Says) -> None:
    """An absolute line crossed now and at one of the two answers before."""
    for client in range(excess.shape[1]):
        one = two = holds = False
        for step in range(excess.shape[0]):
            if judged[step, client]:
                crossed = excess[step, client] >= 0
                holds = crossed and (one or two)
                one, two = crossed, one
            if holds:
                says[step, client] |= np.uint16(ACTS)


@compiled
def conclude(found: Bits, judged: Bools, agreeing: Bytes, crossing: Bytes, says: Says) -> None:
    """One fact more that crosses or speaks freely, and what it makes its risk say, now and with the rows before.

    A row in which the fact could not be judged leaves what was found of it as it was.
    """
    lasting = np.zeros(found.shape[1], np.uint32)
    for step in range(found.shape[0]):
        for client in range(found.shape[1]):
            here, before = found[step, client], lasting[client]
            here |= np.uint32(((here & _PAST) > 0) * ((here & _UNLIKE) > 0) * _IS_BOTH)
            longer = np.uint32(((before << 1) | _FIRST_ROWS) & here)
            longer |= np.uint32((before & _IS_CHRONIC & _UP_TO_A_WATCH) * ((here & _GOES_ON) > 0))
            here = longer if judged[step, client] else before
            lasting[client] = here
            bits = ((here & _FREELY_AGAIN) > 0) * PERSISTS | ((here & (_STANDING_AGAIN | _CHRONIC_ACT)) > 0) * ACTS
            unasked = ((here & _PAST) > 0) & (not judged[step, client])  # and nothing falls for want of an answer
            bits |= (((here & _SHORT_AGAIN) > 0) | unasked) * GOES_ON | ((here & _PAST_AGAIN) > 0) * STILL
            bits |= ((here & (_ALONE | _CHRONIC_WATCH | _BOTH_AGAIN)) > 0) * STANDS_ALONE
            bits |= ((here & _CROSSING_AGAIN) > 0) * (CROSSES_AGAIN | judged[step, client] * RENEWED)
            says[step, client] |= np.uint16(bits | ((here & _STRONG) > 0) * IS_STRONG | ((here & _HELD_BACK) > 0) * HELD_BACK)
            crossing[step, client] += np.uint8(((here & _CROSSING) > 0) + ((here & _ALONE_FREELY) > 0) * ALONE_FREELY)
            agreeing[step, client] += np.uint8((here & _FREELY) + ((here & _FIRM) > 0) * FIRM)
