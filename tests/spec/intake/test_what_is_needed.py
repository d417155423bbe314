"""# What a table needs

A column of pseudonymous ids, `client_id`, and one of `session`, `date`, `day`. Every other column may be missing or empty.
"""

from __future__ import annotations

import pyarrow as pa
import pytest


def test_an_id_and_a_session_number_are_enough(sessions_from):
    found = sessions_from("""
        client_id | session
        A         | 1
    """)
    assert found.table.to_pydict() == {"client_id": ["A"], "session": [1]}
    assert (found.time, found.notes, found.aside, found.measures) == ("date", [], [], ())


@pytest.mark.parametrize(("heading", "value"), [("session", "1"), ("date", "2024-01-01"), ("day", "0")])
def test_any_of_the_three_places_a_session_in_time(sessions_from, heading, value):
    assert sessions_from(f"client_id | {heading}\nA | {value}").table.num_rows == 1


def test_without_an_id(problems_in):
    assert problems_in("session | after_heard\n1 | 7") == ["there is no column client_id"]


def test_without_a_time(problems_in):
    assert problems_in("client_id | after_heard\nA | 7") == ["there is no column session, date or day"]


def test_both_lacking_are_named_at_once(problems_in):
    assert problems_in("after_heard\n7") == ["there is no column client_id", "there is no column session, date or day"]


def test_headings_alone_are_an_empty_table(sessions_from):
    found = sessions_from("client_id | session | after_heard")
    assert found.table.schema == pa.schema([("client_id", pa.string()), ("session", pa.int64()), ("after_heard", pa.float64())])
    assert found.table.num_rows == 0


def test_an_empty_cell_is_not_known_and_stays_so(sessions_from):
    found = sessions_from("""
        client_id | session | after_heard | attendance | consent | therapist_id
        A         | 1       |             |            |         |
    """)
    assert found.table.to_pylist() == [
        {"client_id": "A", "session": 1, "therapist_id": None, "attendance": None, "after_heard": None, "consent": None}
    ]


def test_a_column_empty_throughout_is_still_there(sessions_from):
    """An absent `attendance` means that all attended; an empty one means that nobody knows."""
    assert sessions_from("client_id | session | attendance\nA | 1 |").table["attendance"].to_pylist() == [None]


def test_columns_come_in_the_order_of_the_contract_and_the_catalogue(sessions_from):
    found = sessions_from("""
        gad7 | after_heard | phq9 | session | client_id
        3    | 7           | 5    | 1       | A
    """)
    assert found.table.schema.names == ["client_id", "session", "after_heard", "phq9", "gad7"]
    assert [measure.name for measure in found.measures] == ["phq9", "gad7"]


def test_columns_that_are_not_ours_are_kept_aside_with_one_note(sessions_from):
    found = sessions_from("""
        client_id | session | room | shoe size
        A         | 1       | 12   | 44
    """)
    assert found.aside == ["room", "shoe size"]
    assert found.notes == ["kept aside, not read: room, shoe size"]
    assert found.extra is None


def test_what_is_kept_aside_can_be_asked_for_row_by_row(sessions_from):
    found = sessions_from(
        """
        client_id | session | left
        A         | 2       | yes
        A         | 1       | no
    """,
        keep_aside=True,
    )
    assert found.table["session"].to_pylist() == [1, 2]
    assert found.extra.to_pydict() == {"left": ["no", "yes"]}
