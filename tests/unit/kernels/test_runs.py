"""Runs of neighboring rows taken together."""

from __future__ import annotations

import numpy as np

from andante.kernels.runs import any_in_runs, largest_in_runs, two_in_runs

STARTS = np.array([0, 2, 3])  # rows 0 and 1; row 2; rows 3 to 5


def flags(*rows: int) -> np.ndarray:
    return np.array(rows, np.bool_)[:, None, None]


def test_any() -> None:
    assert any_in_runs(flags(0, 1, 0, 0, 0, 1), STARTS)[:, 0, 0].tolist() == [True, False, True]


def test_two_or_more() -> None:
    assert two_in_runs(flags(1, 1, 1, 1, 0, 1), STARTS)[:, 0, 0].tolist() == [True, False, True]
    assert two_in_runs(flags(1, 0, 1, 0, 0, 1), STARTS)[:, 0, 0].tolist() == [False, False, False]


def test_the_largest_known() -> None:
    values = np.array([np.nan, 2.0, np.nan, -1.0, np.nan, -3.0])[:, None, None]
    found = largest_in_runs(values, STARTS)[:, 0, 0]
    assert found[0] == 2.0
    assert np.isnan(found[1])
    assert found[2] == -1.0
