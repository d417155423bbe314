"""A Student-t deviation turned into the normal deviation with the same tail.

Within 1e-8 of the exact z for |z| <= 8 (beyond that it is capped): a cubic between the points of a table, one row for
each degree of freedom. The points lie PER_OCTAVE to each doubling of 1 + |t|, so that the place of a value is read from the
bits of that number, without a logarithm.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]

EIGHTY_PERCENT = 1.2815515655446004  # half the 80 % interval of a normal deviation
LARGEST = 8.0  # |z| beyond which a deviation is simply "extreme"
_BITS = 6
PER_OCTAVE = 1 << _BITS
_SHIFT = 52 - _BITS  # bits of a number below those that say its point
_FIRST = 1023 << _BITS  # the point of 1.0


@lru_cache(maxsize=8)
def _table(degrees: tuple[float, ...]) -> tuple[tuple[Floats, ...], int, float]:
    """The four coefficients of each cubic, one after the other for each degree of freedom; cubics of each; largest 1 + |t|."""
    top = 1 - float(special.stdtrit(min(degrees), float(special.ndtr(-LARGEST))))
    cells = int(np.ceil(np.log2(top)) * PER_OCTAVE)
    edges = ((np.arange(cells + 1, dtype=np.int64) + _FIRST) << _SHIFT).view(np.float64)
    width, t = np.diff(edges), edges - 1
    parts: list[list[Floats]] = [[], [], [], []]
    for df in degrees:
        z = -special.ndtri(special.stdtr(df, -t))
        constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df / 2)
        slope = np.exp(constant - (df + 1) / 2 * np.log1p(t**2 / df) + 0.5 * z**2)  # density of t over that of z
        rise = np.diff(z) / width
        cubic = (3 * rise - 2 * slope[:-1] - slope[1:]) / width, (slope[:-1] + slope[1:] - 2 * rise) / width**2
        for part, values in zip(parts, (z[:-1], slope[:-1], *cubic), strict=True):
            part.append(values)
    return tuple(np.concatenate(part) for part in parts), cells, float(np.nextafter(edges[-1], 1.0))


@lru_cache(maxsize=8)
def eighty_percent(degrees: tuple[float, ...]) -> Floats:
    """Half the 80 % interval of Student's t, in scales, for each of these degrees of freedom."""
    return np.asarray(special.stdtrit(degrees, 0.9))


def normal_deviation(t: Floats, index: NDArray[np.intp], degrees: tuple[float, ...]) -> Floats:
    """z for every t; `index` says which of the `degrees` of freedom each belongs to. NaN stays NaN."""
    rows = 1 << int(index.max(initial=0)).bit_length()  # a table no longer than needed, and few different ones
    coefficients, cells, top = _table(degrees[:rows])
    return _follow(t, index, coefficients, cells, top)


@compiled
def _follow(t: Floats, index: NDArray[np.intp], coefficients: tuple[Floats, ...], cells: int, top: float) -> Floats:
    out, size = np.empty_like(t), np.empty(1)
    bits = size.view(np.int64)  # the same eight bytes, read as a whole number
    level, slope, bend, twist = coefficients
    given, found, row = t.reshape(-1), out.reshape(-1), index.reshape(-1)
    for place in range(given.size):
        if np.isnan(given[place]):
            found[place] = np.nan
            continue
        size[0] = min(np.abs(given[place]) + 1, top)
        point = bits[0] >> _SHIFT
        cell = np.uint64(row[place] * cells - _FIRST + point)
        further = size[0]
        bits[0] = point << _SHIFT
        further -= size[0]
        z = ((twist[cell] * further + bend[cell]) * further + slope[cell]) * further + level[cell]
        found[place] = np.copysign(min(z, LARGEST), given[place])
    return out
