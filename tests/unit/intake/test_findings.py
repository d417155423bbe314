"""Problems kept by kind come out one by one, in the order of the file, and cost nothing until someone looks."""

from __future__ import annotations

import csv
import pickle

import numpy as np
import pytest

from andante.errors import InputError, Problem
from andante.intake.findings import Findings, Kind, Problems, TableError, count_of, joined, write_problems


@pytest.fixture
def findings() -> Findings:
    found = Findings("x.csv", 2)
    found.add_rows("phq9", "too high", "lower it", np.array([4, 0]), ("28", "30"), np.array([0, 1]))
    found.add("no client_id", remedy="name it")
    found.add_rows("gad7", "too high", None, np.array([2, 0]), ("22",), np.array([0, 0]))
    return found


EXPECTED = [
    Problem("x.csv", None, None, "no client_id", None, "name it"),
    Problem("x.csv", 2, "phq9", "too high", "30", "lower it"),
    Problem("x.csv", 2, "gad7", "too high", "22", None),
    Problem("x.csv", 4, "gad7", "too high", "22", None),
    Problem("x.csv", 6, "phq9", "too high", "28", "lower it"),
]


def test_the_whole_file_first_then_row_by_row(findings):
    problems = Problems(findings.kinds)
    assert list(problems) == EXPECTED
    assert len(problems) == 5


@pytest.mark.parametrize(
    "part", [slice(None, 2), slice(1, 4), slice(None, None, 2), slice(-2, None), slice(None, None, -1), slice(9, None)]
)
def test_slices(findings, part):
    assert Problems(findings.kinds)[part] == tuple(EXPECTED[part])


@pytest.mark.parametrize("place", [0, 3, -1])
def test_single_problems(findings, place):
    assert Problems(findings.kinds)[place] == EXPECTED[place]


def test_beyond_the_last(findings):
    with pytest.raises(IndexError, match="out of range"):
        Problems(findings.kinds)[5]


def test_kinds_are_counted(findings):
    counts = Problems(findings.kinds).kinds()
    assert counts == {("phq9", "too high"): 2, ("gad7", "too high"): 2, ("the file", "no client_id"): 1}


def test_they_are_raised_all_at_once(findings):
    with pytest.raises(
        InputError, match=r"^x\.csv: no client_id\. To mend it: name it\nx\.csv, row 2, column phq9: too high \(value: 30\)"
    ):
        findings.raise_problems()


def test_without_problems_nothing_is_raised():
    found = Findings("x.csv")
    found.note("all is well")
    found.add_rows("phq9", "too high", None, np.array([], dtype=np.int64))
    found.raise_problems()
    assert found.kinds == []
    assert found.notes == ["all is well"]


def test_rows_have_their_own_numbers_where_lines_were_left_out():
    found = Findings("x.csv", np.array([2, 3, 7]))
    found.add_rows(None, "odd", None, np.array([2, 1]))
    assert [problem.row for problem in Problems(found.kinds)] == [3, 7]
    assert found.row(2) == 7


def test_damage_is_remembered_by_column(findings):
    assert sorted(findings.damaged("phq9")) == [0, 4]
    assert len(findings.damaged("pcl5")) == 0


@pytest.mark.parametrize("lazily", [True, False])
def test_all_problems_as_a_file(findings, tmp_path, lazily):
    problems = Problems(findings.kinds)
    write_problems(problems if lazily else tuple(problems), tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["file", "row", "column", "what", "value", "remedy"],
        ["x.csv", "", "", "no client_id", "", "name it"],
        ["x.csv", "2", "phq9", "too high", "30", "lower it"],
        ["x.csv", "2", "gad7", "too high", "22", ""],
        ["x.csv", "4", "gad7", "too high", "22", ""],
        ["x.csv", "6", "phq9", "too high", "28", "lower it"],
    ]


def test_tables_come_in_slices_of_rows(findings):
    tables = list(Problems(findings.kinds).tables(rows=3))
    assert [table["row"].to_pylist() for table in tables] == [[None], [2, 2], [4], [6]]


def test_errors_survive_pickling(findings):
    """They travel between processes."""
    error = TableError(Problems(findings.kinds))
    again = pickle.loads(pickle.dumps(error))
    assert list(again.problems) == EXPECTED
    assert str(again) == str(error)


def test_a_million_problems_are_kept_and_counted_in_a_moment():
    rows = np.arange(1_000_000)
    error = TableError(
        Problems([Kind("x.csv", f"c{n}", "too high", None, rows, ("11",), np.zeros(1_000_000, dtype=np.int64)) for n in range(30)])
    )
    assert len(error.problems) == 30_000_000
    assert "... and 29999900 more:" in str(error)
    assert str(error).splitlines()[101] == "  999997 x c10: too high"  # of each of 30 columns 3 or 4 are among the first hundred


def test_problems_of_several_files_are_one_error_the_whole_files_first(findings):
    other = InputError([Problem("m.toml", None, "dates", "odd"), Problem("n.csv", 5, None, "no text", "x", "save it")])
    both = joined(other, TableError(Problems(findings.kinds)))
    assert list(both.problems) == [other.problems[0], *EXPECTED[:4], other.problems[1], EXPECTED[4]]
    assert len(both.problems) == 7


@pytest.mark.parametrize(("number", "said"), [(0, "0 cells"), (1, "1 cell"), (2, "2 cells"), (7117, "7,117 cells")])
def test_counts_in_words(number, said):
    assert count_of(number, "cell") == said
