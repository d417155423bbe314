"""Flags that are kept and carried along the steps, each on one small column by hand."""

from __future__ import annotations

import numpy as np

from andante.kernels import flags

NO = np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def told(*values: int) -> np.ndarray:
    return np.array(values, np.bool_)[:, None]


def listed(array: np.ndarray) -> list[int]:
    return array[:, 0].astype(int).tolist()


def test_what_is_added_stays() -> None:
    out = told(1, 0, 0, 0)
    flags.add(out, told(0, 1, 0, 0))
    flags.add_known(out, column(NO, NO, 0, NO))
    assert listed(out) == [1, 1, 1, 0]


def test_bits_are_added_to_bits() -> None:
    out = np.array([1, 1, 0], np.uint8)[:, None]
    flags.add_bits(out, told(1, 0, 1), 6)
    assert listed(out) == [7, 1, 6]


def test_an_indicator_speaks_as_last_judged() -> None:
    out = told(0, 0, 0, 0, 0)
    flags.follow(out, column(NO, 0.0, NO, NO, -0.1), told(0, 1, 0, 1, 1), 0.0)
    assert listed(out) == [0, 1, 1, 0, 0]


def test_flags_are_kept_where_there_is_a_level() -> None:
    out = told(1, 1, 0)
    flags.keep(out, np.array([[0], [2], [3]], np.int8))
    assert listed(out) == [0, 1, 0]


def test_the_last_step_that_said_so_much() -> None:
    values = column(NO, 0.2, -0.1, NO)
    assert [flags.last_at(values, 0.0, step, 0) for step in range(4)] == [0, 1, 1, 1]
    assert [flags.last_at(values, -0.19, step, 0) for step in range(4)] == [0, 1, 2, 2]
    assert flags.all_last_at(values, 0.0, np.array([3, 1]), np.array([0, 0])).tolist() == [1, 1]
