"""Duplicates: named one by one with the row they repeat, or counted where the column is no session number at all."""

from __future__ import annotations

import numpy as np
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


@pytest.mark.parametrize("largest", [6, 10**6], ids=["numbers close together", "numbers far apart"])
def test_in_whatever_order_rows_come_a_repeated_one_is_found_and_no_other(largest: int):
    """Twenty clients with six sessions each, shuffled, and then one row once more."""
    rng, rows = np.random.default_rng(0), [(f"c{k}", number) for k in range(20) for number in (*range(1, 6), largest)]
    rng.shuffle(rows)
    check_table(pa.table({"client_id": [c for c, _ in rows], "session": [int(n) for _, n in rows]}))
    rows.append(rows[7])
    with pytest.raises(InputError, match=r"row 121, column session: the same client and session number as in row 8") as caught:
        check_table(pa.table({"client_id": [c for c, _ in rows], "session": [int(n) for _, n in rows]}))
    assert len(caught.value.problems) == 1


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


@pytest.mark.parametrize(
    ("column", "scores", "flags", "said"),
    [
        ("phq9", [24, 12], None, []),  # eight items of three points each
        ("phq9", [25, 12], None, ["phq9 above 24, in 1 row where safety_flag is not true"]),
        ("phq9", [25, 27], [None, False], ["phq9 above 24, in 2 rows where safety_flag is not true"]),
        ("phq9", [25, 27], [True, True], []),
        ("core10", [36, 37], None, ["core10 above 36, in 1 row where safety_flag is not true"]),  # nine items of four
        ("gad7", [21, 21], None, []),  # it has no safety item
    ],
)
def test_a_total_that_takes_a_positive_safety_item_is_noted(
    column: str, scores: list[int], flags: list[bool | None] | None, said: list[str]
):
    cells = {"client_id": ["A", "B"], "session": [1, 1], column: scores} | ({"safety_flag": pa.array(flags, pa.bool_())} if flags else {})
    notes = check_table(pa.table(cells)).notes
    assert [note.partition(":")[0] for note in notes] == said


def test_the_note_of_a_safety_item_names_five_clients_and_counts_the_others():
    (note,) = check_table(pa.table({"client_id": list("ABCDEFG"), "session": [1] * 7, "phq9": [26] * 7})).notes
    assert note.endswith("so high a total takes a safety item that was answered positively, or not at all; ask A, B, C, D, E and 2 more")


def test_the_note_of_a_safety_item_is_the_same_in_any_order_and_shows_ids_safely():
    ids = ["B", "A", "C\x1b[2J", "D" * 80]
    tables = [pa.table({"client_id": given, "session": [1] * 4, "phq9": [26] * 4}) for given in (ids, ids[::-1])]
    (one,), (other,) = (check_table(table).notes for table in tables)
    assert one == other
    assert one.endswith("ask A, B, C\\u001B[2J, text of 80 characters")


@pytest.mark.parametrize(("more", "noted"), [({"range": [0, 100]}, False), ({"better": "higher"}, False), ({"reliable_change": 6}, True)])
def test_a_measure_on_another_scale_says_nothing_of_its_safety_item(more: dict[str, object], noted: bool):
    table = pa.table({"client_id": ["A"], "session": [1], "phq9": [26]})
    assert bool(check_table(table, column_map={"measures": {"phq9": more}}).notes) == noted


def test_the_remedy_for_a_repeated_number_is_one_that_the_table_allows():
    """Without a date or day an empty number would leave the row without a place."""
    rows = {"client_id": ["A", "A"], "session": [1, 1]}
    with pytest.raises(InputError, match=r"or correct the number; if sessions are not numbered, give their date or day instead$"):
        check_table(pa.table(rows))
    with pytest.raises(InputError, match=r"or correct the number; leave it empty if sessions are not numbered$"):
        check_table(pa.table({**rows, "day": [0, 7]}))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"session": [1, None]}, r"no session\. To mend it: every row needs its session, to say in which order the sessions were$"),
        (
            {"session": [1, None], "day": [0.0, None]},
            r"no session or day\. To mend it: every row needs one of them, to say in which order the sessions were$",
        ),
    ],
)
def test_a_row_without_a_place(cells: dict[str, list[object]], said: str):
    with pytest.raises(InputError, match=said):
        check_table(pa.table({"client_id": ["A", "A"], **cells}))
