"""Flags on grids `[T, C]` that are kept, added to and followed along the steps, in place: what `alerts` makes levels from.

Each does one small thing to a whole grid and without branches, so that the machine can do it for many clients at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Says = NDArray[np.uint16]


@compiled
def add(out: Bools, flags: Bools) -> None:
    """True as well where `flags` are."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= flags[step, client]


@compiled
def add_known(out: Bools, values: Floats) -> None:
    """True as well where a value is known."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= values[step, client] == values[step, client]


@compiled
def add_bits(out: Says, flags: Bools, bits: int) -> None:
    """These bits as well where `flags` are true."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= np.uint16(flags[step, client] * bits)


@compiled
def follow(out: Bools, values: Floats, judged: Bools, least: float) -> None:
    """Whether the value was at least so much when it was last judged."""
    out[0] = values[0] >= least
    for step in range(1, out.shape[0]):
        for client in range(out.shape[1]):
            here = judged[step, client]
            out[step, client] = (here & (values[step, client] >= least)) | (out[step - 1, client] & (not here))


@compiled
def keep(out: Bools, levels: NDArray[np.int8]) -> None:
    """False where a level is zero."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] &= levels[step, client] > 0


@compiled
def last_at(values: Floats, least: float, step: int, client: int) -> int:
    """The latest step, up to this one, with a value of at least so much; the first step where there is none."""
    while step > 0 and not values[step, client] >= least:
        step -= 1
    return step


@compiled
def all_last_at(values: Floats, least: float, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same for many cells."""
    out = np.empty(len(steps), np.intp)
    for cell in range(len(out)):
        out[cell] = last_at(values, least, steps[cell], clients[cell])
    return out
