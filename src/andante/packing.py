"""What there is to say of a row becomes numbers: one for the evidence of each risk, two for the reason of the stance.

Between what was found and `telling`, which lays the numbers out by row; `sentences` makes words of them. Packed, a thing
that many rows say is put into words once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from andante import reading
from andante.kernels import flags
from andante.kernels.compiled import compiled
from andante.risk import UNLIKE
from andante.sentences import (
    AGO_SIZE,
    BEFORE_SIZE,
    BESIDE_SIZE,
    CONTEXT,
    JUDGED_SIZE,
    PARTS,
    REASONS,
    SINCE_SIZE,
    WHY_SIZES,
)  # fmt: skip
from andante.words import WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]
Some = TypeVar("Some", bound=np.generic)

# What is said of the indicator that a reason names, as grids: its figures, which name it has, whether it tells settling heat.
OBSERVED, USUAL, WHICH, UNDER, AGO = range(5)  # and how many rows ago it was said
_SINCE, _JUDGED = (np.array([reason[place] for _, reason in sorted(REASONS.items())], np.int64) for place in (1, 2))
_MOST = float(1 << 40)  # a session number that large is not said: it would not fit
_INDICATORS, _OBSERVED, _USUAL, _WHICH = WHY_SIZES


@compiled
def put(grid: NDArray[Some], place: Ints, out: NDArray[Some]) -> None:
    """Each cell of a grid `[T, C]` at its row."""
    for client in range(grid.shape[1]):
        for step in range(grid.shape[0]):
            out[np.uint64(place[step, client])] = grid[step, client]  # without a sign: never counted from the end


@compiled
def put_all(grids: NDArray[Some], place: Ints, out: NDArray[Some]) -> None:
    """The same for several grids, each with rows of its own."""
    for which in range(len(grids)):
        for client in range(grids.shape[2]):  # a client's rows lie together
            for step in range(grids.shape[1]):
                out[which, np.uint64(place[step, client])] = grids[which, step, client]


@compiled
def rank(shown: Bools, level: Codes, excess: Floats, risk_ends: NDArray[np.intp], place: Ints, evidence: Ints) -> None:
    """The standing indicators of each risk, strongest first, as one number a row: its digits, from the lowest, are their places."""
    first = 0
    for risk in range(len(level)):
        base = risk_ends[risk] - first + 1
        order, strengths = np.empty(base, np.intp), np.empty(base)
        for step in range(place.shape[0]):
            for client in range(place.shape[1]):
                count, key = 0, 0
                for own in range(1, base if level[risk, step, client] >= WATCH else 0):
                    if shown[first + own - 1, step, client]:
                        strength = reading.strength_last(excess, first + own - 1, step, client)
                        at = count
                        while at and strengths[at - 1] < strength:
                            order[at], strengths[at] = order[at - 1], strengths[at - 1]
                            at -= 1
                        order[at], strengths[at] = own, strength
                        count += 1
                for at in range(count - 1, -1, -1):
                    key = key * base + order[at]
                if key:  # where nothing stands there is a zero already
                    evidence[risk, place[step, client]] = key
        first = risk_ends[risk]


def cells_naming(named: Ints, places: int) -> Iterator[tuple[int, Ints]]:
    """Each indicator that is named anywhere in the grid (-1: none is), and the cells, counted through, that name it."""
    names = named.reshape(-1).astype(np.int16)  # so short that NumPy sorts them without comparing
    cells, ends = np.argsort(names, kind="stable"), np.cumsum(np.bincount(names + 1, minlength=places + 1)).tolist()
    for place, (first, last) in enumerate(pairwise(ends)):
        if last > first:
            yield place, cells[first:last]


@compiled
def spoke_at(excess: Floats, cells: Ints) -> Ints:
    """The cell in which an indicator spoke last, seen from each of these."""
    out, clients = np.empty_like(cells), excess.shape[1]
    for which in range(len(cells)):
        client = cells[which] % clients
        out[which] = flags.last_at(excess, UNLIKE, cells[which] // clients, client) * clients + client
    return out


@compiled
def reasons(
    why: Codes, indicator: Ints, told: Floats, since: Floats, beside: Codes, judged: Ints, stance: Codes, place: Ints, keys: Ints,
    ends: Ints,
) -> None:  # fmt: skip
    """The reason of each cell's stance as two numbers at its row (`sentences`): what is said, and what is added to it."""
    for step in range(why.shape[0]):
        for client in range(why.shape[1]):
            reason, row = why[step, client], place[step, client]
            which = told[WHICH, step, client]
            name = (0 if np.isnan(which) else np.int64(which) + 1) + CONTEXT * np.int64(told[UNDER, step, client])
            key = np.int64(reason) * _INDICATORS + min(indicator[step, client] + 1, _INDICATORS - 1)
            key = key * _OBSERVED + _parts(_in_tenths(told[OBSERVED, step, client]), _OBSERVED)
            key = key * _USUAL + _parts(_as_told(told[USUAL, step, client], told[OBSERVED, step, client]), _USUAL)
            keys[row] = key * _WHICH + min(name, _WHICH - 1)
            begun = np.int64(since[step, client] + 1) if _SINCE[reason] and since[step, client] < _MOST else 0
            could = judged[step, client] + 1 if _JUDGED[reason] else 0
            before = 0
            if step > 0 and stance[step, client] != stance[step - 1, client]:
                before = stance[step - 1, client] + 1
            end = (begun * SINCE_SIZE + _SINCE[reason]) * JUDGED_SIZE + could
            end = (end * BEFORE_SIZE + before) * BESIDE_SIZE + beside[step, client]
            ago = told[AGO, step, client] if indicator[step, client] >= 0 else 0.0
            ends[row] = end * AGO_SIZE + (min(int(ago), AGO_SIZE - 1) if ago == ago else 0)


@compiled
def _as_told(usual: float, observed: float) -> float:
    """What is usual, whole where it is told so (`sentences.sentence`): so that what is told alike is one number."""
    usually: float = np.rint(usual * PARTS) / PARTS
    whole: float = np.rint(usually)
    return usually if usually < 1 or whole == _in_tenths(observed) else whole


@compiled
def _in_tenths(value: float) -> float:
    """As it is told: below one a measure may need more."""
    tenths: float = np.rint(value * 10) / 10
    return tenths if tenths >= 1 else value


@compiled
def _parts(value: float, size: int) -> int:
    """A figure as a number with `size` values: in hundredths up to half of them, then whole; 0 where there is none, or it is too large."""
    half = size // 2
    whole_from = half // PARTS
    if np.isnan(value) or value - whole_from >= half - 1:
        return 0
    return int(np.rint(max(value, 0.0) * PARTS)) + 1 if value < whole_from else int(np.rint(value)) - whole_from + half
