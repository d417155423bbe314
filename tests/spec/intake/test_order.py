"""# The order of the rows

By client (bytes), then by date or day, then by session number. Rows that tie are ordered by their values in the order of the
contract, so that shuffling a table changes nothing.
"""

from __future__ import annotations

import datetime
from datetime import date

import pyarrow as pa

import andante


def test_clients_then_dates_then_session_numbers(sessions_from):
    found = sessions_from("""
        client_id | date       | session
        B         | 2024-01-01 | 1
        A         | 2024-01-08 | 3
        A         | 2024-01-08 | 2
        A         | 2024-01-01 | 1
    """)
    assert list(zip(*found.table.to_pydict().values(), strict=True)) == [
        ("A", 1, date(2024, 1, 1)),
        ("A", 2, date(2024, 1, 8)),
        ("A", 3, date(2024, 1, 8)),
        ("B", 1, date(2024, 1, 1)),
    ]
    assert found.notes == []


def test_days_may_be_negative_and_fractional(sessions_from):
    found = sessions_from("""
        client_id | day
        A         | 10
        A         | 0
        A         | -3.5
        A         | 9.25
    """)
    assert found.table["day"].to_pylist() == [-3.5, 0.0, 9.25, 10.0]
    assert found.time == "day"


def test_the_date_wins_over_the_session_number_and_that_is_said(sessions_from):
    found = sessions_from("""
        client_id | session | date
        A         | 1       | 2024-01-15
        A         | 2       | 2024-01-08
        A         | 3       | 2024-01-22
    """)
    assert found.table["session"].to_pylist() == [2, 1, 3]
    assert found.notes == ["session numbers that fall while the time rises in 1 row: ordered by the time"]


def test_two_sessions_on_a_day_without_numbers_are_two_sessions(sessions_from):
    found = sessions_from("""
        client_id | date       | after_heard
        A         | 2024-01-08 | 9
        A         | 2024-01-08 | 4
        A         | 2024-01-15 | 7
        B         | 2024-01-08 | 7
    """)
    assert found.table["after_heard"].to_pylist() == [4, 9, 7, 7]
    assert found.notes == ["1 row on the same day as the row before, with no session number: kept as separate sessions"]


def test_two_sessions_on_a_day_with_numbers_need_no_note(sessions_from):
    found = sessions_from("""
        client_id | date       | session
        A         | 2024-01-08 | 2
        A         | 2024-01-08 | 1
    """)
    assert found.table["session"].to_pylist() == [1, 2]
    assert found.notes == []


def test_without_a_date_the_session_number_orders(sessions_from):
    assert sessions_from("client_id | session\nA | 10\nA | 9\nA | 0").table["session"].to_pylist() == [0, 9, 10]


def test_where_date_and_day_are_given_the_date_orders(sessions_from):
    found = sessions_from("""
        client_id | date       | day
        A         | 2024-01-08 | 1
        A         | 2024-01-01 | 2
    """)
    assert found.table.schema.names == ["client_id", "date"]
    assert found.table["date"].to_pylist() == [date(2024, 1, 1), date(2024, 1, 8)]
    assert (found.time, found.aside) == ("date", ["day"])
    assert found.notes == ["sessions are ordered by date; both were given, day is kept aside"]


def test_a_date_column_that_is_empty_throughout_is_not_given(sessions_from):
    found = sessions_from("""
        client_id | date | day
        A         |      | 7
        A         |      | 0
    """)
    assert found.table.to_pydict() == {"client_id": ["A", "A"], "day": [0.0, 7.0]}
    assert found.notes == ["sessions are ordered by day; date is empty throughout"]


def test_a_date_and_a_day_that_are_empty_throughout_order_nothing(sessions_from):
    found = sessions_from("client_id | session | date | day\nA | 2 | |\nA | 1 | |")
    assert found.table["session"].to_pylist() == [1, 2]
    assert found.notes == ["sessions are ordered by session; date and day are empty throughout"]


def test_a_row_without_a_number_is_the_first_of_its_day_whatever_comes_later():
    """So that a session added to that day changes no earlier reading."""
    one = {"client_id": "a", "date": datetime.date(2024, 1, 8)}
    rows = [{**one, "session": 1, "after_overwhelm": 9.0}, {**one, "session": None, "after_overwhelm": 2.0}]
    more = [*rows, {**one, "session": 2, "after_overwhelm": 5.0}]
    read, again = (andante.read(pa.Table.from_pylist(table)) for table in (rows, more))
    assert read["session"].to_pylist() == [None, 1]
    assert again["session"].to_pylist() == [None, 1, 2]
    assert again.slice(0, 2).equals(read)
