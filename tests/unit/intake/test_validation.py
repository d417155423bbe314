"""Duplicates: named one by one with the row they repeat, or counted where the column is no session number at all."""

from __future__ import annotations

import pyarrow as pa
import pytest

from andante.errors import InputError
from andante.intake.files import check_table


def test_each_repeats_the_row_before_it():
    with pytest.raises(InputError, match=r"row 2, column session: the same") as caught:
        check_table(pa.table({"client_id": ["A", "A", "B", "A"], "session": [2, 2, 2, 2]}))
    assert [(problem.row, problem.what, problem.value) for problem in caught.value.problems] == [
        (2, "the same client and session number as in row 1", "2"),
        (4, "the same client and session number as in row 2", "2"),
    ]


def test_more_than_a_hundred_are_one_kind():
    with pytest.raises(
        InputError, match=r"\.\.\. and 99 more:\n  99 x session: the same client and session number as in a row before"
    ) as caught:
        check_table(pa.table({"client_id": ["A"] * 200, "session": [7] * 200}))
    assert [problem.row for problem in caught.value.problems] == list(range(2, 201))
    assert {problem.value for problem in caught.value.problems} == {"7"}


def test_rows_without_a_number_are_no_duplicates():
    table = pa.table({"client_id": ["A", "A", "A"], "session": [1, None, None], "day": [0, 7, 14]})
    assert check_table(table).table["session"].to_pylist() == [1, None, None]


def test_large_numbers_do_not_run_together():
    """Clients and numbers are told apart however large the numbers are."""
    big = 2**52
    table = pa.table({"client_id": ["A", "B", "A", "B"], "session": [big, big, 0, 1]})
    assert check_table(table).table["session"].to_pylist() == [0, big, 1, big]


def test_rows_without_a_client_are_told_as_that_and_not_as_duplicates():
    with pytest.raises(InputError, match="no client_id") as caught:
        check_table(pa.table({"client_id": ["A", None, None], "session": [1, 1, 1]}))
    assert {problem.what for problem in caught.value.problems} == {"no client_id"}


def test_a_client_id_of_the_wrong_kind_is_one_problem():
    with pytest.raises(InputError, match="holds values of the type bool") as caught:
        check_table(pa.table({"client_id": [True, None], "session": [1, 2]}))
    assert len(caught.value.problems) == 1
