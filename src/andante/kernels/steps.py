"""Looking back along the steps of a grid: last known values, earlier answers, counts.

All functions take arrays `[T, C]` (steps x clients; NaN = not known) and return the same shape. None looks ahead.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Some = TypeVar("Some", bound=np.generic)


def position_of_last(known: Bools) -> Ints:
    """For each step the latest step, up to and including it, that is known; -1 where there is none yet."""
    steps = np.arange(known.shape[0], dtype=np.intp)[:, None]
    return np.maximum.accumulate(np.where(known, steps, -1), axis=0)


def earlier(array: NDArray[Some], fill: float | bool = np.nan) -> NDArray[Some]:
    """Each step's predecessor; the first step gets `fill`."""
    out = np.empty_like(array)
    out[0:1] = fill
    out[1:] = array[:-1]
    return out


def take(array: Floats, position: Ints) -> Floats:
    """The values at these steps; NaN where the position is -1."""
    out = array[np.maximum(position, 0), np.arange(array.shape[1])]
    return np.where(position >= 0, out, np.nan)


def last_known(array: Floats) -> Floats:
    """The latest known value up to and including each step."""
    return take(array, position_of_last(~np.isnan(array)))


def answers_before(array: Floats, how_many: int) -> list[Floats]:
    """The latest known value strictly before each step, the one before that, and so on."""
    before = _step_back(position_of_last(~np.isnan(array)))
    found, position = [], before
    for _ in range(how_many):
        found.append(take(array, position))
        position = np.where(position >= 0, before[np.maximum(position, 0), np.arange(array.shape[1])], -1)
    return found


def _step_back(position: Ints) -> Ints:
    out = np.full_like(position, -1)
    out[1:] = position[:-1]
    return out


def before(array: Floats, where: Bools) -> Floats:
    """The value at the latest step strictly before each one at which `where` holds (whether known or not)."""
    return take(array, _step_back(position_of_last(where)))


def count_known(array: Floats) -> Floats:
    """How many values are known up to and including each step."""
    return np.cumsum(~np.isnan(array), axis=0, dtype=np.float64)


def true_in_last(flags: Floats, window: int) -> Floats:
    """How many of the last `window` known flags (0/1), this one included, are true; NaN where this one is not known."""
    total = np.where(np.isnan(flags), np.nan, flags)
    for value in answers_before(flags, window - 1):
        total = total + np.nan_to_num(value)
    return total
