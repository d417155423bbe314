"""Records become a history: order, clients, grids, and what follows from the rows alone."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest
from tests.spec.story import table
from tests.unit.grid import first, history

from andante.clients import Clients, gather
from andante.history import blocks
from andante.order import time_order
from andante.records import session_schema

NO = np.nan


def order_of(**columns: list[object]) -> list[int]:
    names = ["client_id", *(n for n in columns if n != "client_id")]
    ids = columns.get("client_id", ["a"] * len(next(iter(columns.values()))))
    return time_order(pa.table({"client_id": ids, **columns}, schema=session_schema(names))).index.tolist()


# order
def test_clients_go_by_their_bytes_and_rows_by_time() -> None:
    assert order_of(client_id=["b", "Z", "a", "é", "a"], session=[1, 1, 2, 1, 1]) == [1, 4, 2, 0, 3]


def test_the_day_comes_before_the_session_number_and_disagreements_are_counted() -> None:
    found = time_order(table("session 2 1 3\nday 0 7 14"))
    assert found.index.tolist() == [0, 1, 2]
    assert found.disagreements == 1


def test_a_row_without_a_number_hides_no_disagreement() -> None:
    found = time_order(table("session 3 . 2 .\nday 0 7 14 21"))
    assert found.index.tolist() == [0, 1, 2, 3]
    assert found.disagreements == 1


def test_another_clients_numbers_are_no_disagreement() -> None:
    rows = pa.table({"client_id": ["a", "a", "b", "b"], "session": [3, None, None, 2], "day": [0.0, 7.0, 0.0, 7.0]})
    assert time_order(rows).disagreements == 0


def test_days_may_be_negative_and_fractional() -> None:
    assert order_of(day=[0.0, -3.5, 2.25, -3.75]) == [3, 1, 0, 2]


def test_dates_order_rows() -> None:
    dates = [datetime.date(2024, 3, 1), datetime.date(2023, 12, 31), datetime.date(2024, 2, 29)]
    assert order_of(date=dates) == [1, 2, 0]


def test_rows_of_one_day_without_numbers_go_by_their_values_so_that_shuffling_changes_nothing() -> None:
    rows = pa.table(
        {"client_id": ["a"] * 4, "day": [0.0, 0.0, 0.0, 1.0], "before_distress": [5.0, None, 3.0, 1.0], "intensity": [1.0, 2.0, 3.0, 4.0]},
        schema=session_schema(["client_id", "day", "before_distress", "intensity"]),
    )
    found = time_order(rows)
    assert found.index.tolist() == [1, 2, 0, 3]
    assert found.same_day == 2
    for order in ([3, 2, 1, 0], [1, 0, 3, 2]):
        shuffled = rows.take(pa.array(order))
        assert shuffled.take(pa.array(time_order(shuffled).index)).equals(rows.take(pa.array(found.index)))


def test_ties_go_by_the_columns_of_the_contract_measures_where_it_has_them_in_the_order_of_the_catalogue() -> None:
    """From the first column to the last, each says which of two rows is first, and every later one the opposite."""
    columns = ["attendance", "intensity", "overwhelm_line", "phq9", "gad7", "bdi", "mood", "speech_questions", "ending"]
    values = {name: [1.0, 2.0] for name in columns} | {"attendance": ["attended", "late"], "ending": ["completed", "ongoing"]}
    for place, name in enumerate(columns):
        told = {name: values[name], **{later: values[later][::-1] for later in columns[place + 1 :]}}
        rows = {"client_id": ["a"] * 2, "day": [0.0] * 2} | told
        for given in (list(rows), list(rows)[::-1]):
            assert time_order(pa.table({column: rows[column] for column in given})).index.tolist() == [0, 1], name


def test_an_undated_row_takes_its_place_by_its_session_number() -> None:
    assert order_of(session=[1, 3, 2, 4], day=[0.0, 14.0, None, 21.0]) == [0, 2, 1, 3]


# clients and grids
def test_gathering_makes_one_row_a_client() -> None:
    flat = pa.concat_tables([table("session 2 1\nafter_heard 8 9", "b"), table("session 1\nafter_heard 7", "a")])
    assert gather(flat).to_pylist() == [
        {"client_id": "a", "session": [1], "after_heard": [7.0]},
        {"client_id": "b", "session": [1, 2], "after_heard": [9.0, 8.0]},
    ]


def test_a_slice_of_gathered_clients_is_read_as_if_it_were_whole() -> None:
    flat = pa.concat_tables([table(f"session 1 2\nafter_heard {k} {k}", f"c{k}") for k in range(4)])
    block = next(iter(blocks(Clients(gather(flat).slice(2, 1)))))
    assert first(block["after_heard"]) == [2.0, 2.0]


def test_longer_clients_stand_first_and_cells_beyond_a_last_row_are_not_known() -> None:
    own = history("session 1\nafter_heard 7", "session 1 2\nafter_heard 8 9")
    assert own.shape == (2, 2)
    assert own["after_heard"].tolist() == [[8.0, 7.0], [9.0, pytest.approx(NO, nan_ok=True)]]
    assert own.rows.tolist() == [[True, True], [True, False]]


def test_flags_codes_and_absent_columns() -> None:
    own = history("session 1 2 3\nconsent yes no .\nled_by client . therapist")
    assert first(own.true("consent")) == [True, False, False]
    assert first(own.false("consent")) == [False, True, False]
    assert first(own.coded("led_by", "client", "both")) == [True, False, False]
    assert not own.has("after_heard")
    assert np.isnan(own["after_heard"]).all()


def test_columns_cannot_be_written_to() -> None:
    own = history("session 1\nafter_heard 7")
    with pytest.raises(ValueError, match="read-only"):
        own["after_heard"][0, 0] = 0


# what follows from the rows
def test_a_table_without_session_numbers_is_counted_and_a_missing_number_is_never_filled_in() -> None:
    assert first(history("day 0 7 14 21\nafter_heard 9 9 9 9").session) == [1, 2, 3, 4]
    assert first(history("session 3 . . 9\nday 0 7 14 21").session) == pytest.approx([3, NO, NO, 9], nan_ok=True)


@pytest.mark.parametrize(
    ("cells", "attended"),
    [
        ("after_heard 9 9", [True, True]),
        ("attendance attended late", [True, True]),
        ("attendance missed cancelled_by_client", [False, False]),
        ("attendance cancelled_by_service attended", [False, True]),
        ("attendance . .\nafter_heard 9 .", [True, True]),  # the column has told nothing of this client
        ("attendance . attended\nafter_heard . .", [True, True]),  # nor had it yet
        ("attendance attended .\nafter_heard 9 .", [True, False]),
        ("attendance missed .\nbefore_distress 5 5\nintensity . 4", [False, True]),
    ],
)
def test_attended(cells: str, attended: list[bool]) -> None:
    assert first(history("session 1 2\n" + cells).attended) == attended


@pytest.mark.parametrize(
    ("cells", "pending"),
    [
        ("before_distress 5 5\nafter_heard 9 .", [False, True]),
        ("between_peak . 5\nafter_heard 9 .", [False, True]),
        ("planned_intensity 4 4\nintensity 4 .", [False, True]),
        ("before_distress 5 .\nafter_heard 9 .", [False, False]),
        ("before_distress 5 5\nattendance attended attended", [False, False]),
        ("before_distress 5 5\nattendance attended missed", [False, False]),
        ("before_distress 5 5\ncheckin_after answered unanswered", [False, False]),
        ("before_distress 5 5\ncheckin_after answered not_offered\nafter_heard 9 .", [False, True]),
        ("before_distress 5 5\nlate_opening no no", [False, False]),
        ("before_distress 5 5\nresponded no no\nafter_heard 9 .", [False, True]),
    ],
)
def test_pending(cells: str, pending: list[bool]) -> None:
    assert first(history("session 1 2\n" + cells).pending) == pending


def test_gaps_are_since_the_last_attended_session_and_counts_of_days_ask_about_at_most_a_week() -> None:
    own = history("session 1 2 3 4 5\nday 0 7 14 16 16.5\nattendance attended missed attended attended attended")
    assert first(own.gap) == pytest.approx([NO, 7, 14, 2, 0.5], nan_ok=True)
    assert first(own.days_asked) == [7, 7, 7, 2, 1]


def test_without_dates_counts_of_days_ask_about_a_week() -> None:
    assert first(history("session 1 2\nbetween_used 3 3").days_asked) == [7, 7]


# check-ins
def test_a_recorded_check_in_is_taken_at_its_word() -> None:
    own = history("session 1 2 3 4\ncheckin_after answered unanswered declined not_offered\nintensity 4 4 4 4")
    assert first(own.checkin_after) == pytest.approx([1, 0, NO, NO], nan_ok=True)


def test_a_session_that_did_not_take_place_cannot_have_been_left_unanswered() -> None:
    own = history("session 1 2\ncheckin_after answered unanswered\nattendance attended missed")
    assert first(own.checkin_after) == pytest.approx([1, NO], nan_ok=True)


def test_without_the_column_silence_is_told_only_of_who_usually_answers() -> None:
    usually = history("session 1 2 3 4 5\nafter_heard 9 9 9 . .\nintensity 4 4 4 4 4")
    seldom = history("session 1 2 3 4 5\nafter_heard 9 . . . .\nintensity 4 4 4 4 4")
    # one answer in two sessions is not most of them; before two sessions nothing is a habit
    assert first(usually.checkin_after) == pytest.approx([1, 1, 1, 0, 0], nan_ok=True)
    assert first(seldom.checkin_after) == pytest.approx([1, NO, NO, NO, NO], nan_ok=True)


def test_a_column_that_never_told_anything_of_this_client_is_as_if_it_were_not_there_until_it_does() -> None:
    """In a table of many it is there for the sake of others."""
    answers = "after_heard 9 9 9 . . ."
    without = history(f"session 1 2 3 4 5 6\nintensity 4 4 4 4 4 4\n{answers}")
    empty = history(f"session 1 2 3 4 5 6\nintensity 4 4 4 4 4 4\n{answers}\ncheckin_after . . . . . .")
    later = history(f"session 1 2 3 4 5 6\nintensity 4 4 4 4 4 4\n{answers}\ncheckin_after . . . . declined .")
    assert first(without.checkin_after) == pytest.approx([1, 1, 1, 0, 0, 0], nan_ok=True)
    assert first(empty.checkin_after) == pytest.approx([1, 1, 1, 0, 0, 0], nan_ok=True)
    assert first(later.checkin_after) == pytest.approx([1, 1, 1, 0, NO, NO], nan_ok=True)
