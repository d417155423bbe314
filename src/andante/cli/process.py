"""What is set for a whole process, where the process is Andante's own; where somebody calls the verbs from theirs, nothing is.

`__main__` claims the process; a verb that works long on much settles it first: `andante read` on a million sessions
(`bench/engine.py`) is then a good deal quicker.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

TURN = 0.0005  # seconds after which threads take turns; Python's own are ten times as long
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3  # what mallopt(3) of the GNU C library can set
MUCH, PAD = 1 << 30, 1 << 26  # bytes
ENDS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]  # Ctrl-C, asked to end, terminal closed
SHOW_CURSOR = b"\x1b[?25h"  # a bar of progress hides it
_own: list[bool] = []
_settled: list[bool] = []
_aside: dict[str, None] = {}  # files being written aside, of which nothing may be left
_whole: list[bool] = []  # steps that are not left half done
_asked: list[int] = []


def claim() -> None:
    """Say that this process is Andante's own; asked to end, it then clears away what it was writing and is gone."""
    _own.append(True)
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under `nohup`
            signal.signal(number, _end)


def hand_back() -> None:
    """Ctrl-C as Python has it, for a verb that may ask something at the terminal."""
    if _own and signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: object) -> None:
    """End at once. An exception would be lost where Python cannot pass one on, as in a destructor or a call from C, and would leave
    locks held where a module is just being loaded."""
    if _whole and not _asked:  # it takes a moment; who asks twice does not wait for it
        _asked.append(number)
        return
    for place in list(_aside):
        with suppress(OSError):
            os.unlink(place)
    with suppress(OSError):
        if os.isatty(2):
            os.write(2, SHOW_CURSOR)
    os._exit(128 + number)


@contextmanager
def in_one_piece() -> Iterator[None]:
    """Who asks the process to end meanwhile has that at the end of it."""
    _whole.append(True)
    try:
        yield
    finally:
        _whole.pop()
        if _asked and not _whole:
            _end(_asked[0], None)


def write_aside(place: Path) -> None:
    """Remember a file that nobody may find where the process is ended."""
    _aside[str(place)] = None


def put_away(place: Path) -> None:
    """The file is in its place, or gone."""
    _aside.pop(str(place), None)


def settle() -> None:
    """Threads take turns more often; what one part frees is kept for the next; nothing is collected; Arrow does without pandas."""
    if not _own:
        return
    import ctypes

    sys.setswitchinterval(TURN)
    _settled.append(True)
    gc.disable()  # arrays and tables go when nothing holds them; the collector would look through every loaded module again and again
    # Both before Arrow and NumPy are loaded. Arrow's own pools give pages back, and a new page costs more than what is then put on
    # it; and there are no matrices here for threads to wait for.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with suppress(OSError, TypeError, AttributeError):  # another C library goes without
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((MMAP_THRESHOLD, MUCH), (TRIM_THRESHOLD, MUCH), (TOP_PAD, PAD)):
            mallopt(parameter, value)
    _spare_pandas()


def leave(code: int) -> int:
    """End a settled process at once: taking a million rows and every module apart first takes time, and the system has them anyway."""
    if _settled:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError):
                stream.flush()
        os._exit(code)
    return code


def _spare_pandas() -> None:
    """Arrow looks for pandas when it first makes an array, and loading it takes as long as reading the file."""
    import pyarrow as pa

    finder: Any = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


class _NoPandas:
    """Says, where a module is looked for, that there is no pandas. Without the base class it could have: that takes as long to load as
    all else here."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)
