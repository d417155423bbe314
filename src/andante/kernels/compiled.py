"""Loops over sessions and clients, compiled to machine code the first time they run and kept beside the package.

Written as one would say them, cell by cell, because machine code does not mind; NumPy, told the same in whole arrays, would
read and write each of them a dozen times. A compiled loop lets other threads work, and divides as NumPy does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """The same loop in machine code. It may use arrays, numbers and other compiled loops, and constants of its module."""
    return cast(Loop, numba.njit(loop, cache=True, nogil=True, error_model="numpy"))
