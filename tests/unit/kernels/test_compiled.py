"""Compiled loops: the same as written, and made anew when anything they were made from has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from andante.kernels import steps
from andante.kernels.compiled import PACKAGE, compiled, stamp


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
