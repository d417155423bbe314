"""Looking back along the steps of a grid: last known values, earlier answers, counts.

All functions take arrays `[T, C]` (steps x clients; NaN = not known) and return the same shape. None looks ahead.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Some = TypeVar("Some", bound=np.generic)

FEW = 32  # clients below which a call a step costs more than going client by client


def position_of_last(known: Bools) -> Ints:
    """For each step the latest step, up to and including it, that is known; -1 where there is none yet."""
    position = np.arange(1, known.shape[0] + 1, dtype=np.intp)[:, None] * known
    return running(np.maximum, position) - 1


def earlier(array: NDArray[Some], fill: float | bool = np.nan) -> NDArray[Some]:
    """Each step's predecessor; the first step gets `fill`."""
    out = np.empty_like(array)
    out[0:1] = fill
    out[1:] = array[:-1]
    return out


def filled(array: Floats, value: float = 0.0) -> Floats:
    """The values, and this one where none is known."""
    return np.where(np.isnan(array), value, array)


def take(array: Floats, position: Ints) -> Floats:
    """The values at these steps; NaN where the position is -1."""
    return np.asarray(_above(array).take((position + 1) * array.shape[1] + np.arange(array.shape[1])))


def last_known(array: Floats) -> Floats:
    """The latest known value up to and including each step."""
    return _above(array).take(_cell_of_last(~np.isnan(array))[1:])


def answers_before(array: Floats, how_many: int) -> list[Floats]:
    """The latest known value strictly before each step, the one before that, and so on."""
    cells, values = _cell_of_last(~np.isnan(array)), _above(array)
    before = np.empty_like(cells)
    before[:1], before[1:] = 0, cells[:-1]
    at, found = cells[:-1], []
    for turn in range(how_many):
        at = before.take(at) if turn else at
        found.append(values.take(at))
    return found


def before(array: Floats, where: Bools) -> Floats:
    """The value at the latest step strictly before each one at which `where` holds (whether known or not)."""
    return _above(array).take(_cell_of_last(where)[:-1])


# A look back is one `take` from the grid with an empty row above it: cell numbers grow from step to step, so that the
# latest one is a running maximum, and a client with nothing yet points into the empty row.


def _above(array: Floats) -> Floats:
    """The grid with a row of NaN above it: `[T + 1, C]`."""
    out = np.empty((array.shape[0] + 1, array.shape[1]))
    out[:1], out[1:] = np.nan, array
    return out


def _cell_of_last(known: Bools) -> Ints:
    """The cell, in the grid with an empty row above, of the latest known step: `[T + 1, C]`; in the empty row where none is."""
    out = np.empty((known.shape[0] + 1, known.shape[1]), np.intp)
    out[:1] = 0
    np.multiply(_cells(known.shape[0], known.shape[1]), known, out=out[1:])
    return running(np.maximum, out)


@lru_cache(maxsize=8)
def _cells(steps: int, clients: int) -> Ints:
    return np.arange(clients, (steps + 1) * clients, dtype=np.intp).reshape(steps, clients)


def count_known(array: Floats) -> Floats:
    """How many values are known up to and including each step."""
    return count(~np.isnan(array))


def count(flags: Bools) -> Floats:
    """How often it was so up to and including each step."""
    return running(np.add, flags.astype(np.float64))


def running(combine: np.ufunc, array: NDArray[Some]) -> NDArray[Some]:
    """Each step combined with all steps before it, in place. NumPy's own `accumulate` goes client by client: slow for many."""
    if array.shape[1] < FEW:
        return np.asarray(combine.accumulate(array, axis=0, out=array))
    for step in range(1, array.shape[0]):
        combine(array[step - 1], array[step], out=array[step])
    return array


def true_in_last(flags: Floats, window: int) -> Floats:
    """How many of the last `window` known flags (0/1), this one included, are true; NaN where this one is not known."""
    total = flags.copy()
    for value in answers_before(flags, window - 1):
        total += value == 1
    return total
