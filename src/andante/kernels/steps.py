"""Looking back along the steps of a grid: last known values, earlier answers, counts.

All functions take arrays `[T, C]` (steps x clients; NaN = not known) and return the same shape. None looks ahead.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Some = TypeVar("Some", bound=np.generic)
EMPTY = -128  # what stands for not known among small whole numbers
_NUMBER = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float64)  # of a code by its bits: looked up, not asked
_NUMBER[EMPTY & 255] = np.nan
_AT_ONCE = 4096  # rows between two looks at whether there was another number
_ROWS_AT_ONCE, _CLIENTS_AT_ONCE = 1024, 32  # how much of a sheet stays in the cache


@compiled
def spread(values: Floats, known: NDArray[np.uint8], first: int, rows: NDArray[np.int64]) -> Floats:
    """The values of these rows, of which the first lies at `first`; NaN where the bit of a value, in the order of Arrow,
    does not say that it is known (without bits all are), and at a row below 0.
    """
    out, bits = np.empty(rows.shape), len(known) > 0
    for step in range(rows.shape[0]):
        for client in range(rows.shape[1]):
            row = rows[step, client]
            here = np.uint64(max(row, 0) + first)  # without a sign: it need not be looked at whether to count from the end
            is_known = row >= 0 and (not bits or (known[here >> np.uint64(3)] >> (here & np.uint64(7))) & 1)
            out[step, client] = values[here] if is_known else np.nan
    return out


@compiled
def spread_all(stack: Floats, place: NDArray[np.int64]) -> Floats:
    """Several columns `[columns, rows]` at these places, NaN at a place beyond their end: `[columns, T, C]`."""
    out = np.empty((len(stack), *place.shape))
    for column in range(len(stack)):
        for step in range(place.shape[0]):
            for client in range(place.shape[1]):
                here = place[step, client]
                out[column, step, client] = stack[column, here] if here < stack.shape[1] else np.nan
    return out


@compiled
def spread_codes(sheet: NDArray[np.int8], rows: NDArray[np.int64]) -> Floats:
    """These rows of a sheet of small whole numbers `[rows, columns]`, where EMPTY stands for not known: `[columns, T, C]`.

    NaN at a row below 0. A few clients at a time: what was fetched of a row, in whatever order, is then used for all columns.
    """
    out = np.empty((sheet.shape[1], *rows.shape))
    for step in range(rows.shape[0]):
        for start in range(0, rows.shape[1], _CLIENTS_AT_ONCE):
            for column in range(sheet.shape[1]):
                for client in range(start, min(start + _CLIENTS_AT_ONCE, rows.shape[1])):
                    row = rows[step, client]
                    code = sheet[np.uint64(max(row, 0)), column]
                    out[column, step, client] = _NUMBER[np.uint8(code)] if row >= 0 else np.nan
    return out


@compiled
def side_by_side(columns: NDArray[np.int8], chosen: NDArray[np.int64], sheet: NDArray[np.int8], first: int, last: int) -> None:
    """Lay the chosen of these columns `[columns, rows]` side by side in `sheet` `[rows, chosen]`, from one row up to another."""
    for start in range(first, last, _ROWS_AT_ONCE):
        for place in range(len(chosen)):
            for row in range(start, min(start + _ROWS_AT_ONCE, last)):
                sheet[row, place] = columns[chosen[place], row]


@compiled
def as_codes(values: Floats, known: NDArray[np.uint8], first: int, out: NDArray[np.int8]) -> bool:
    """Put floats, of which the first lies at `first`, into `out` as small whole numbers, EMPTY where not known; False as soon as
    one is no such number.
    """
    bits = len(known) > 0
    for start in range(0, len(out), _AT_ONCE):
        fits = True
        for row in range(start, min(start + _AT_ONCE, len(out))):
            here = first + row
            is_known = not bits or (known[here >> 3] >> (here & 7)) & 1
            value = values[here] if is_known else 0.0
            small = EMPTY < value <= -(EMPTY + 1)
            code = np.int8(value) if small else np.int8(0)
            fits &= small and code == value
            out[row] = code if is_known else np.int8(EMPTY)
        if not fits:
            return False
    return True


@compiled
def mark_known(array: Floats, found: Bools) -> None:
    """Mark in `found` where a value is known."""
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            found[step, client] |= array[step, client] == array[step, client]


@compiled
def largest(stack: Floats, speaks: float) -> tuple[Floats, NDArray[np.intp], Bools]:
    """The largest known value of a stack of grids, NaN where none is known, and in which grid it is (the first of equal ones).

    Last, where it waits, and is NaN as well: no value of this step `speaks` (is as large), and a grid without one did when it was last
    known. What one says is not answered by another.
    """
    out, which = np.full(stack.shape[1:], np.nan), np.zeros(stack.shape[1:], np.intp)
    spoke, stands = np.zeros((len(stack), stack.shape[2]), np.bool_), np.empty(stack.shape[2], np.bool_)
    waits = np.zeros(out.shape, np.bool_)
    for step in range(stack.shape[1]):
        stands[:] = False
        for place in range(len(stack)):
            for client in range(stack.shape[2]):
                here, best = stack[place, step, client], out[step, client]
                if here != here:
                    stands[client] |= spoke[place, client]
                    continue
                spoke[place, client] = here >= speaks
                if here > best or best != best:
                    out[step, client], which[step, client] = here, place
        for client in range(stack.shape[2]):
            if stands[client] and not out[step, client] >= speaks:
                waits[step, client], out[step, client] = True, np.nan
    return out, which, waits


@compiled
def weighted_sum(stack: Floats, weights: Floats) -> Floats:
    """The sum of a stack of grids, each times its weight, one after the other: a sum whose order hangs on the width of the
    batch would not give one client the same figure alone.
    """
    out = np.zeros((stack.shape[1], stack.shape[2]))
    for place in range(len(stack)):
        for step in range(stack.shape[1]):
            for client in range(stack.shape[2]):
                out[step, client] += weights[place] * stack[place, step, client]
    return out


def earlier(array: NDArray[Some], fill: float | bool = np.nan) -> NDArray[Some]:
    """Each step's predecessor; the first step gets `fill`."""
    out = np.empty_like(array)
    out[0:1] = fill
    out[1:] = array[:-1]
    return out


def answers_before(array: Floats, how_many: int) -> list[Floats]:
    """The latest known value strictly before each step, the one before that, and so on."""
    return list(_answers_before(array, how_many))


@compiled
def lowest_before(array: Floats, how_many: int) -> Floats:
    """The lowest of the latest known values strictly before each step, of so many at most; NaN where there is none."""
    steps, clients = array.shape
    out, latest, seen = np.empty_like(array), np.full((how_many, clients), np.inf), np.zeros(clients, np.intp)
    for step in range(steps):
        for client in range(clients):
            lowest = np.inf
            for place in range(how_many):
                lowest = min(lowest, latest[place, client])
            out[step, client] = lowest if seen[client] else np.nan
            here = array[step, client]
            if here == here:
                latest[seen[client] % how_many, client] = here
                seen[client] += 1
    return out


@compiled
def filled(array: Floats, value: float) -> Floats:
    """The values, and this one where none is known."""
    out = np.empty_like(array)
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            here = array[step, client]
            out[step, client] = here if here == here else value
    return out


@compiled
def last_known(array: Floats) -> Floats:
    """The latest known value up to and including each step."""
    out = np.empty_like(array)
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            here = array[step, client]
            out[step, client] = here if here == here or step == 0 else out[step - 1, client]
    return out


@compiled
def _answers_before(array: Floats, how_many: int) -> Floats:
    out = np.full((how_many, *array.shape), np.nan)
    for step in range(1, array.shape[0]):
        for turn in range(how_many):
            for client in range(array.shape[1]):
                last = array[step - 1, client]
                known = last == last
                if turn:
                    last = out[turn - 1, step - 1, client]
                out[turn, step, client] = last if known else out[turn, step - 1, client]
    return out


@compiled
def before(array: Floats, where: Bools) -> Floats:
    """The value at the latest step strictly before each one at which `where` holds (whether known or not)."""
    out = np.full(array.shape, np.nan)
    for step in range(1, array.shape[0]):
        for client in range(array.shape[1]):
            out[step, client] = array[step - 1, client] if where[step - 1, client] else out[step - 1, client]
    return out


@compiled
def latest(array: Floats, where: Bools) -> Floats:
    """The value at the latest step up to and including each one at which `where` holds (whether known or not)."""
    out = np.full(array.shape, np.nan)
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            if where[step, client]:
                out[step, client] = array[step, client]
            elif step:
                out[step, client] = out[step - 1, client]
    return out


@compiled
def was(flags: Bools, where: Bools) -> Bools:
    """Whether it was so at the latest step strictly before each one at which `where` holds."""
    out = np.zeros(flags.shape, np.bool_)
    for step in range(1, flags.shape[0]):
        for client in range(flags.shape[1]):
            out[step, client] = flags[step - 1, client] if where[step - 1, client] else out[step - 1, client]
    return out


@compiled
def count_known(array: Floats) -> Floats:
    """How many values are known up to and including each step."""
    out = np.empty_like(array)
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            here = array[step, client]
            out[step, client] = (out[step - 1, client] if step else 0.0) + (here == here)
    return out


@compiled
def count(flags: Bools) -> Floats:
    """How often it was so up to and including each step."""
    out = np.empty(flags.shape, np.float64)
    for step in range(flags.shape[0]):
        for client in range(flags.shape[1]):
            out[step, client] = (out[step - 1, client] if step else 0.0) + flags[step, client]
    return out


@compiled
def true_in_last(holds: Bools, judged: Bools, window: int) -> Floats:
    """In how many of the last `window` rows that were judged, this one included, it holds; NaN where this one was not judged."""
    out = np.empty(holds.shape)
    recent = np.zeros(holds.shape[1], np.int64)  # a bit for each judged row, the latest lowest
    for step in range(holds.shape[0]):
        for client in range(holds.shape[1]):
            out[step, client] = np.nan
            if judged[step, client]:
                recent[client] = (recent[client] << 1) & ((1 << window) - 1) | holds[step, client]
                total = 0
                for turn in range(window):
                    total += recent[client] >> turn & 1
                out[step, client] = total
    return out


@compiled
def mean_so_far(array: Floats, least: int) -> Floats:
    """The mean of the values known up to and including each step; NaN while there are fewer than `least`."""
    out = np.empty_like(array)
    count, total = np.zeros(array.shape[1]), np.zeros(array.shape[1])
    for step in range(array.shape[0]):
        for client in range(array.shape[1]):
            here = array[step, client]
            if here == here:
                count[client] += 1
                total[client] += here
            out[step, client] = total[client] / count[client] if count[client] >= least else np.nan
    return out
