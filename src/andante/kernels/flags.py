"""Flags on grids `[T, C]` that are kept, added to and carried along the steps, in place: what `alerts` makes levels from.

Each does one small thing to a whole grid and without branches, so that the machine can do it for many clients at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


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
def add_bits(out: Bytes, flags: Bools, bits: int) -> None:
    """These bits as well where `flags` are true."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= np.uint8(flags[step, client] * bits)


@compiled
def add_renewed(out: Bools, flags: Bools, judged: Bools) -> None:
    """True as well where `flags` were true in the step before and are judged anew."""
    for step in range(1, out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= flags[step - 1, client] & judged[step, client]


@compiled
def follow(out: Bools, values: Floats, judged: Bools) -> None:
    """Whether the value was zero or more when it was last judged."""
    out[0] = values[0] >= 0
    for step in range(1, out.shape[0]):
        for client in range(out.shape[1]):
            here = judged[step, client]
            out[step, client] = (here & (values[step, client] >= 0)) | (out[step - 1, client] & (not here))


@compiled
def hold(out: Bools, judged: Bools) -> None:
    """The flags as they were when they were last judged; they are true only where they are judged."""
    for step in range(1, out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] |= out[step - 1, client] & (not judged[step, client])


@compiled
def keep(out: Bools, levels: NDArray[np.int8]) -> None:
    """False where a level is zero."""
    for step in range(out.shape[0]):
        for client in range(out.shape[1]):
            out[step, client] &= levels[step, client] > 0


@compiled
def spoke_at(values: Floats, step: int, client: int) -> int:
    """The latest step, up to this one, with a value of zero or more; the first step where there is none."""
    while step > 0 and not values[step, client] >= 0:
        step -= 1
    return step


@compiled
def all_spoke_at(values: Floats, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same for many cells."""
    out = np.empty(len(steps), np.intp)
    for cell in range(len(out)):
        out[cell] = spoke_at(values, steps[cell], clients[cell])
    return out
