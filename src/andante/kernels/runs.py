"""Runs of neighboring rows taken together: indicators into facts, facts into risks.

`starts` says where each run begins along the first axis. One call a run: NumPy's own `reduceat` walks such arrays cell
by cell, which is some twenty times slower here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


def _spans(starts: Ints, rows: int) -> list[tuple[int, int]]:
    return list(zip(starts.tolist(), [*starts[1:].tolist(), rows], strict=True))


def any_in_runs(flags: Bools, starts: Ints) -> Bools:
    """Whether any row of each run is true."""
    out = np.empty((len(starts), *flags.shape[1:]), np.bool_)
    for place, (first, last) in enumerate(_spans(starts, len(flags))):
        np.logical_or.reduce(flags[first:last], axis=0, out=out[place])
    return out


def bits_in_runs(flags: NDArray[np.uint8], starts: Ints) -> NDArray[np.uint8]:
    """The same for each of the eight flags in a byte."""
    out = np.empty((len(starts), *flags.shape[1:]), np.uint8)
    for place, (first, last) in enumerate(_spans(starts, len(flags))):
        np.bitwise_or.reduce(flags[first:last], axis=0, out=out[place])
    return out


def two_in_runs(flags: Bools, starts: Ints) -> Bools:
    """Whether two rows or more of each run are true."""
    out = np.empty((len(starts), *flags.shape[1:]), np.bool_)
    for place, (first, last) in enumerate(_spans(starts, len(flags))):
        np.greater_equal(np.add.reduce(flags[first:last], axis=0, dtype=np.int8), 2, out=out[place])
    return out


def largest_in_runs(values: Floats, starts: Ints) -> Floats:
    """The largest known value of each run; NaN where none is known."""
    out = np.empty((len(starts), *values.shape[1:]))
    for place, (first, last) in enumerate(_spans(starts, len(values))):
        np.fmax.reduce(values[first:last], axis=0, out=out[place])
    return out
