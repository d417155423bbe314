"""# Ids

Ids are text exactly as given: inner spaces, case and leading zeros are kept. Outer spaces are trimmed, and that is said.
A column of whole numbers is read as their digits.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from andante.errors import InputError
from andante.intake.files import check_table

FIRST, SECOND = UUID(int=1), UUID(int=2)
POLARS = (("client_id", pl.Object), ("session", pl.Int64))


def ids(column: object) -> list[str]:
    rows = len(column)  # type: ignore[arg-type]
    return check_table(pa.table({"client_id": column, "session": list(range(rows))})).table["client_id"].to_pylist()


def test_ids_are_kept_as_they_are(sessions_from):
    found = sessions_from("""
        client_id | session
        007       | 1
        7         | 1
        a B       | 1
        A b       | 1
        1.0       | 1
    """)
    assert found.table["client_id"].to_pylist() == ["007", "1.0", "7", "A b", "a B"]
    assert found.notes == []


def test_outer_spaces_are_trimmed_and_that_is_said():
    found = check_table(pa.table({"client_id": [" A", "A ", "A", "B\t"], "session": [1, 2, 3, 1], "therapist_id": [" T", "T", "T", None]}))
    assert found.table["client_id"].to_pylist() == ["A", "A", "A", "B"]
    assert found.table["therapist_id"].to_pylist() == ["T", "T", "T", None]
    assert found.notes == ["client_id: outer spaces trimmed in 3 cells", "therapist_id: outer spaces trimmed in 1 cell"]


def test_ids_that_are_the_same_once_trimmed_are_one_client():
    with pytest.raises(InputError, match=r"row 2, column session: the same client and session number as in row 1"):
        check_table(pa.table({"client_id": ["A ", "A"], "session": [1, 1]}))


def test_an_id_of_spaces_is_no_id():
    with pytest.raises(InputError, match=r"row 1, column client_id: no client_id"):
        check_table(pa.table({"client_id": ["  "], "session": [1]}))


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (pa.array([3, 12]), ["12", "3"]),
        (pa.array([1.0, 20.0]), ["1", "20"]),
        (pa.array([3, 12], pa.uint8()), ["12", "3"]),
        (pa.array(["007", "7"]).dictionary_encode(), ["007", "7"]),
        (pa.array(["007", "7"], pa.large_string()), ["007", "7"]),
        (pa.array([b"007", b"7"]), ["007", "7"]),
        (pa.array([1.5, 2.0]), ["1.5", "2"]),
        (pa.array([Decimal("17.00"), Decimal("1.50")]), ["1.50", "17"]),
        (pa.array([Decimal("-100"), Decimal("20")], pa.decimal128(38, -1)), ["-100", "20"]),
        (pa.array([Decimal("17.00"), None], pa.decimal32(5, 2)).drop_null(), ["17"]),
        (pa.array([b"007", b"7"], pa.binary_view()), ["007", "7"]),
        (pa.array([FIRST.bytes, SECOND.bytes], pa.uuid()), [str(FIRST), str(SECOND)]),
        (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["007", "7"])), ["007", "7"]),
    ],
    ids=[
        "whole",
        "float",
        "small whole",
        "category",
        "large text",
        "bytes",
        "float with a fraction",
        "decimal",
        "decimal of tens",
        "small decimal",
        "view of bytes",
        "UUID",
        "JSON",
    ],
)
def test_ids_of_any_type_are_their_digits_or_their_text(column, read):
    assert ids(column) == read


def test_floats_too_large_to_be_told_apart_are_no_ids():
    with pytest.raises(InputError, match=r"row 2, column client_id: a number too large for an id.*store ids as text"):
        check_table(pa.table({"client_id": [1.0, 2.0**60], "session": [1, 1]}))


@pytest.mark.parametrize(
    "column",
    [pa.array([True, False]), pa.array([0, 1], pa.date32()), pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1], pa.int8()))],
    ids=["flags", "dates", "flags of one byte"],
)
def test_flags_and_dates_are_no_ids(column):
    with pytest.raises(InputError, match=r"column client_id: holds values of the type (bool|date32|extension<arrow.bool8>).*takes text"):
        ids(column)


def test_periods_are_neither_ids_nor_dates():
    periods = pd.period_range("2024-01-01", periods=2, freq="D")
    with pytest.raises(InputError, match=r"column client_id: holds values of the type extension<pandas.period.*client_id takes text"):
        check_table(pd.DataFrame({"client_id": periods, "session": [1, 2]}))
    with pytest.raises(InputError, match=r"column date: holds values of the type extension<pandas.period.*date takes ISO 8601"):
        check_table(pd.DataFrame({"client_id": ["A", "A"], "date": periods}))


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["A", 17.0, "17", 17], ["17", "17", "17", "A"]),
        (["A", Decimal("17.00"), np.float32(17), np.int8(17)], ["17", "17", "17", "A"]),
        (["007", 7.0, 7.5, "7.0"], ["007", "7", "7.0", "7.5"]),
        ([FIRST, FIRST, str(FIRST), "A"], [str(FIRST), str(FIRST), str(FIRST), "A"]),
    ],
    ids=["numbers and texts", "numbers of every make", "leading zeros", "UUIDs"],
)
@pytest.mark.parametrize(
    "make", [pd.DataFrame, lambda data: pl.DataFrame({name: pl.Series(data[name], dtype=kind) for name, kind in POLARS})]
)
def test_one_client_is_one_whatever_the_types_of_its_cells(values, read, make):
    found = check_table(make({"client_id": values, "session": [1, 2, 3, 4]}))
    assert found.table["client_id"].to_pylist() == read


def test_spaces_around_texts_among_numbers_are_trimmed_and_said():
    found = check_table(pd.DataFrame({"client_id": [" A", 17.0], "session": [1, 1]}))
    assert found.table["client_id"].to_pylist() == ["17", "A"]
    assert found.notes == ["client_id: outer spaces trimmed in 1 cell"]


def test_a_missing_float_id_is_missing():
    frame = pd.DataFrame({"client_id": [1.0, None], "session": [1, 2]})
    with pytest.raises(InputError, match=r"row 2, column client_id: no client_id"):
        check_table(frame)


def test_frames_of_every_make_have_the_same_ids():
    data = {"client_id": [10, 9], "session": [1, 1]}
    for frame in (pa.table(data), pl.DataFrame(data), pd.DataFrame(data)):
        assert check_table(frame).table["client_id"].to_pylist() == ["10", "9"]


def test_clients_are_sorted_by_their_bytes():
    assert ids(["é", "z", "Z", "10", "9"]) == ["10", "9", "Z", "z", "é"]


def test_an_id_is_never_shown_unless_it_reads_as_a_number():
    found = pa.table({"client_id": ["Jane", "Jane"], "session": [1, 1]})
    with pytest.raises(InputError, match=r"^table, row 2, column session: the same") as caught:
        check_table(found)
    assert "Jane" not in str(caught.value)
