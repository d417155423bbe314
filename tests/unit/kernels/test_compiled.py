"""Compiled loops: the same as written, and made anew when anything they were made from has changed."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numba.core import caching

import andante
from andante import flow
from andante.clients import gather
from andante.kernels import steps
from andante.kernels.compiled import PACKAGE, compiled, stamp
from andante.lab.simulator import simulate


@compiled
def halves(values: np.ndarray) -> np.ndarray:
    out = np.empty_like(values)
    for place in range(len(values)):
        out[place] = values[place] / 2 if values[place] > 0 else np.nan
    return out


def test_a_compiled_loop_gives_what_it_says() -> None:
    found = halves(np.array([3.0, -1.0]))
    assert found[0] == 1.5
    assert np.isnan(found[1])


def test_division_is_that_of_numpy() -> None:
    @compiled
    def over(one: float, other: float) -> float:
        return one / other

    assert over(1.0, 0.0) == np.inf


def test_machine_code_is_kept_with_the_state_of_all_files_it_may_come_from() -> None:
    """A gate in `risk.py` is compiled into the loops of `alerts.py`."""
    made: Any = steps.count
    assert made._cache._cache_file._source_stamp == stamp(PACKAGE)
    names = {name for name, *_ in stamp(PACKAGE)}
    using = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if "import compiled\n" in file.read_text("utf-8")}
    assert len(using) > 10
    assert {"risk.py", "words.py", *using} <= names


def test_a_changed_file_makes_another_stamp(tmp_path: Path) -> None:
    (tmp_path / "risk.py").write_text("FAINT = 0.25\n", encoding="utf-8")
    before = stamp(tmp_path)
    (tmp_path / "risk.py").write_text("FAINT = 0.255\n", encoding="utf-8")
    stamp.cache_clear()
    assert stamp(tmp_path) != before


def test_where_nothing_may_be_written_a_loop_is_compiled_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that may only be read, run by somebody without a folder of their own."""
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    @compiled
    def twice(value: float) -> float:
        return 2 * value

    assert twice(1.5) == 3.0


READ_ONLY = """
import sys, time
from numba.core import caching
if sys.argv[1] == "read only":
    caching.CacheImpl._locator_classes = []
from andante.kernels import steps
import numpy as np
steps.count(np.ones((3, 2), np.bool_))
print(sum(steps.count.stats.cache_hits.values()), sum(steps.count.stats.cache_misses.values()))
"""


@pytest.mark.parametrize("where", ["as usual", "read only"])
def test_where_nothing_may_be_written_what_was_compiled_beside_the_package_is_read(where: str) -> None:
    subprocess.run([sys.executable, "-c", READ_ONLY, "as usual"], check=True, capture_output=True)
    done = subprocess.run([sys.executable, "-c", READ_ONLY, where], check=True, capture_output=True, text=True)
    assert done.stdout == "1 0\n"


def _kinds() -> int:
    """For how many kinds of arrays the engine's loops have been compiled so far."""
    loops = {
        loop
        for name, module in sys.modules.items()
        if name.startswith("andante")
        for loop in vars(module).values()
        if isinstance(getattr(loop, "signatures", None), list)
    }
    assert len(loops) > 20
    return sum(len(loop.signatures) for loop in loops)


def test_a_table_with_other_columns_waits_for_no_other_machine_code() -> None:
    """Compiled before anyone waits is compiled for all: what a table lacks has the same kind of array as what it has."""
    flow.read(gather(simulate(4, family="thresholds", seed=1).sessions), details=True)
    before = _kinds()
    for columns in (
        {"session": [1, 2, 3], "before_distress": [5.0, 6.0, 5.0]},
        {"day": [0.0, 7.0, 14.0], "phq9": [20.0, 12.0, 19.0]},
        {"day": [0.0, 7.0, 14.0], "attendance": ["attended", "missed", "attended"], "therapist_id": ["a", "a", "b"]},
        {"session": [1, 2, 3], "after_heard": [9.0, 4.0, 4.0], "between_old_coping": [0.0, 5.0, 5.0]},
    ):
        andante.read(pa.table({"client_id": ["c", "c", "c"], **columns}), details=True)
    assert _kinds() == before


def test_kept_machine_code_needs_nothing_of_what_compiling_does() -> None:
    """What Numba loads before it compiles takes longer than the reading of a small table."""
    asked = "import sys; from andante.batch import local; local.get_ready(); print('numba.np.linalg' in sys.modules)"
    said = [subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert said[-1] == "False\n"  # the first may have compiled


def test_a_full_disk_under_the_kept_code_only_costs_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "save", full)
    loop = compiled(_twice)
    assert loop(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]


def _twice(values: np.ndarray) -> np.ndarray:
    return values * 2.0
