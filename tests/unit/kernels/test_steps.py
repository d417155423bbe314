"""Looking back along the steps: each function on one small column, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from andante.kernels import steps

NO = np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def listed(array: np.ndarray) -> list[float]:
    return pytest.approx(array[:, 0].tolist(), nan_ok=True)  # type: ignore[no-any-return]


def test_last_known() -> None:
    assert listed(steps.last_known(column(NO, 3, NO, 5, NO))) == [NO, 3, 3, 5, 5]


def test_answers_before() -> None:
    one, two = steps.answers_before(column(1, NO, 2, 3), 2)
    assert listed(one) == [NO, 1, 1, 2]
    assert listed(two) == [NO, NO, NO, 1]


def test_before_takes_the_row_whether_known_or_not() -> None:
    where = np.array([True, True, False, True])[:, None]
    assert listed(steps.before(column(1, NO, 9, 4), where)) == [NO, 1, NO, NO]


def test_earlier() -> None:
    assert listed(steps.earlier(column(1, 2, 3))) == [NO, 1, 2]
    assert listed(steps.earlier(column(1, 2, 3), 7)) == [7, 1, 2]


def test_count_known() -> None:
    assert listed(steps.count_known(column(NO, 3, NO, 5))) == [0, 1, 1, 2]


def test_true_in_last() -> None:
    """Of the last three rows that were judged; not known where this one was not."""
    flags = column(1, 0, NO, 1, 0, 0)
    assert listed(steps.true_in_last(flags == 1, ~np.isnan(flags), 3)) == [1, 1, NO, 2, 1, 1]


def test_latest_takes_this_row_too() -> None:
    where = np.array([False, True, False])[:, None]
    assert listed(steps.latest(column(4, 5, 6), where)) == [NO, 5, 5]


def test_was_looks_at_the_latest_such_row_before() -> None:
    flags, where = np.array([[True], [False], [True], [False]]), np.array([[True], [False], [True], [True]])
    assert steps.was(flags, where)[:, 0].tolist() == [False, True, True, True]


def test_mean_so_far() -> None:
    """Of the values known so far, from the second on."""
    assert listed(steps.mean_so_far(column(1, NO, 4, 7), 2)) == [NO, NO, 2.5, 4]


ALL_KNOWN = np.empty(0, np.uint8)


def test_spread_takes_the_values_of_rows_and_nothing_where_there_is_no_row() -> None:
    found = steps.spread(np.array([3.0, NO, 5.0]), ALL_KNOWN, 0, np.array([[2, 0], [1, -1]]))
    assert found[0].tolist() == [5.0, 3.0]
    assert np.isnan(found[1]).all()


def test_spread_asks_the_bits_of_a_column_that_begins_further_on() -> None:
    """Arrow keeps whether a cell is known as bits, from the lowest on: here the second and the fourth are."""
    values, known = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0b1010], np.uint8)
    found = steps.spread(values, known, 1, np.array([[0, 1, 2, -1]]))
    np.testing.assert_array_equal(found, [[2, NO, 4, NO]])


def test_whole_numbers_become_codes_and_come_back() -> None:
    values, known, codes = np.array([9.0, -2.0, NO, 127.0, 0.0]), np.array([0b11011], np.uint8), np.empty(5, np.int8)
    assert steps.as_codes(values, known, 0, codes)
    assert codes.tolist() == [9, -2, steps.EMPTY, 127, 0]
    found = steps.spread_codes(codes[:, None], np.array([[4, 3, 2, 1, 0, -1]]))
    np.testing.assert_array_equal(found, [[[0, 127, NO, -2, 9, NO]]])


@pytest.mark.parametrize("rows", [1, 1024, 2500])
def test_columns_side_by_side_are_rows_of_a_sheet(rows: int) -> None:
    """Of three columns the first and the last, up to the row before the last one."""
    columns = np.stack([np.arange(rows) % 100, np.arange(rows) % 7, -(np.arange(rows) % 90)]).astype(np.int8)
    sheet = np.full((rows, 2), steps.EMPTY, np.int8)
    steps.side_by_side(columns, np.array([0, 2]), sheet, 0, rows - 1)
    np.testing.assert_array_equal(sheet[:-1], columns[[0, 2], :-1].T)
    assert (sheet[-1] == steps.EMPTY).all()


@pytest.mark.parametrize("number", [0.5, 128.0, -128.0, -129.0, 1e300, NO, float("inf")])
def test_what_is_no_small_whole_number_is_no_code(number: float) -> None:
    assert not steps.as_codes(np.array([1.0, number]), ALL_KNOWN, 0, np.empty(2, np.int8))


def test_weighted_sum_adds_one_grid_after_the_other() -> None:
    stack = np.array([[[1.0, 2.0]], [[10.0, NO]]])
    np.testing.assert_array_equal(steps.weighted_sum(stack, np.array([2.0, 0.5])), [[7.0, NO]])


def test_largest_and_which_it_is() -> None:
    stack = np.array([[NO, 2.0, 1.0, NO], [NO, 1.0, 1.0, -4.0], [NO, NO, 0.0, -5.0]])[:, :, None]
    values, which, waits = steps.largest(stack, 9.0)
    assert not waits.any()
    assert listed(values) == [NO, 2, 1, -4]
    assert which[:, 0].tolist() == [0, 0, 0, 1]


def test_what_one_says_is_not_answered_by_another() -> None:
    """The first says 3 and is not asked again until the last step; the second says 0, then 2, then 0."""
    stack = np.array([[3.0, NO, NO, NO, 0.0], [NO, 0.0, 2.0, 0.0, NO]])[:, :, None]
    values, _, waits = steps.largest(stack, 1.0)
    assert listed(values) == [3, NO, 2, NO, 0]
    assert waits[:, 0].tolist() == [False, True, False, True, False]


def test_nothing_looks_ahead() -> None:
    """What comes later never changes what was."""
    random = np.random.default_rng(8)
    values = np.where(random.random((12, 40)) < 0.4, np.nan, random.integers(0, 2, (12, 40)).astype(float))
    for cut in (1, 5, 11):
        for function in (
            steps.last_known,
            steps.count_known,
            lambda v: steps.true_in_last(v == 1, ~np.isnan(v), 3),
            lambda v: steps.answers_before(v, 2)[1],
        ):
            np.testing.assert_array_equal(function(values[:cut]), function(values)[:cut])
