"""Loops over sessions and clients, compiled to machine code the first time they run and kept beside the package.

Written as one would say them, cell by cell, because machine code does not mind; NumPy, told the same in whole arrays, would
read and write each of them a dozen times. Whoever may not write beside the package reads what is there: in an installation that may
only be read, let one `andante read` run before it is made so. A compiled loop lets other threads work, and divides as NumPy does. With
NUMBA_DISABLE_JIT=1 in the environment all of them run as plain Python, slowly: for a debugger.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core import caching
from numba.core.runtime.nrt import rtsys

Loop = TypeVar("Loop", bound=Callable[..., object])
PACKAGE = Path(__file__).resolve().parents[1]


def compiled(loop: Loop) -> Loop:
    """The same loop in machine code. It may use arrays, numbers and other compiled loops, and constants of its module."""
    try:
        made: Any = numba.njit(loop, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:  # nowhere to keep it: neither beside the package nor in the user's own folder may this process write
        made = numba.njit(loop, nogil=True, error_model="numpy")
        made._cache = _only_read(loop)
    cache = getattr(made, "_cache", None)
    kept = getattr(cache, "_cache_file", None)
    if cache is not None and kept is not None:
        # Numba itself looks at the loop's own file alone, but constants and loops of other files are compiled into it
        kept._source_stamp = stamp(PACKAGE)
        cache.save_overload, cache.load_overload = _if_it_can(cache.save_overload), _if_it_can(partial(_load, cache))
    result: Loop = made
    return result


def _only_read(loop: Callable[..., object]) -> Any:
    """What whoever installed the package has compiled beside it. Numba itself looks only where it could also write."""
    cache: Any = _KeptBeside
    try:
        return cache(loop)
    except (RuntimeError, OSError, TypeError):  # a loop without a file, or another Numba
        return caching.NullCache()


class _Beside:
    """The folder beside the loop's own file, as Numba asks for it; nothing can be put there."""

    def __init__(self, loop: Callable[..., object], file: str) -> None:
        self.folder, self.line = Path(file).parent / "__pycache__", loop.__code__.co_firstlineno

    @classmethod
    def from_function(cls, loop: Callable[..., object], file: str) -> _Beside:
        return cls(loop, file)

    def get_cache_path(self) -> str:
        return str(self.folder)

    def get_source_stamp(self) -> object:
        return stamp(PACKAGE)

    def get_disambiguator(self) -> str:
        return str(self.line)

    def ensure_cache_path(self) -> None:
        raise PermissionError


class _Readable(caching.CompileResultCacheImpl):
    _locator_classes = [_Beside]  # noqa: RUF012  # as Numba has it


class _KeptBeside(caching.FunctionCache):
    _impl_class = _Readable


def _load(cache: Any, signature: Any, target: Any) -> Any:
    """Machine code that was kept. Numba's own way here first loads all that it could compile, which this does not need."""
    if not hasattr(cache, "_load_overload"):  # another Numba: its own way
        return type(cache).load_overload(cache, signature, target)
    rtsys.initialize(target)
    return cache._load_overload(signature, target)


def _if_it_can(step: Callable[..., Any]) -> Callable[..., Any]:
    """Keeping machine code only saves time: on a full disk, or with a damaged file, it is made anew each time."""

    def tried(*given: Any) -> Any:
        try:
            return step(*given)
        except (OSError, EOFError):
            return None

    return tried


@cache
def stamp(package: Path) -> tuple[tuple[str, float, int], ...]:
    """Which state of the engine's files machine code was made from: when any of them changes, it is made anew."""
    files = [*package.glob("*.py"), *package.glob("kernels/*.py"), *package.glob("risks/*.py"), *package.glob("measures/trend.py")]
    return tuple((str(file.relative_to(package)), file.stat().st_mtime, file.stat().st_size) for file in sorted(files))
