"""Tables in memory as libraries make them: what is not read is never in the way, what cannot be read is named."""

from __future__ import annotations

import warnings

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import andante
from andante.errors import InputError

BROKEN = pa.Array.from_buffers(pa.string(), 1, [None, pa.array([0, 3], pa.int32()).buffers()[1], pa.py_buffer(b"a\xff\xfe")])
HALF = pd.Series(["gr\udcfc\udcdfe"], dtype=object)  # what pandas keeps of bytes that are not UTF-8


def test_a_column_that_arrow_does_not_have_is_in_nobodys_way() -> None:
    frame = pl.DataFrame({"client_id": ["a"], "session": [1], "phq9": [7]})
    plain = andante.read(frame)
    assert andante.read(frame.with_columns(pl.lit(1, dtype=pl.Int128).alias("row_hash"))).equals(plain)
    assert andante.read(frame.with_columns(pl.col("phq9").cast(pl.Int128))).equals(plain)
    assert andante.read(frame.to_pandas().assign(note=HALF)).equals(plain)
    assert andante.read(frame.to_arrow().append_column("note", BROKEN)).equals(plain)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"client_id": ["a"], "session": [1], "attendance": HALF}),
        pa.table({"client_id": ["a"], "session": [1], "attendance": BROKEN}),
    ],
    ids=["pandas", "arrow"],
)
def test_text_that_is_not_utf8_is_refused_where_it_is_read(table: object) -> None:
    with pytest.raises(InputError, match=r"column attendance: holds bytes that are not UTF-8 text. To mend it: store the column as text"):
        andante.read(table)


@pytest.mark.parametrize(
    ("column_map", "says"),
    [
        ({"columns": {1: 2}}, r"columns\.1: there is no column 1"),
        ({1: 2}, "column 1: the map knows no such section"),
    ],
)
def test_keys_of_a_map_that_are_numbers_are_names_like_others(column_map: dict[object, object], says: str) -> None:
    frame = pd.DataFrame({"client_id": ["a"], "session": [1], "phq9": [5]})
    with pytest.raises(InputError, match=says):
        andante.read(frame, column_map=column_map)
    recoded = andante.read(frame, column_map={"codes": {"phq9": {5: 6}}})
    assert recoded.equals(andante.read(frame.assign(phq9=6)))


def test_a_stream_that_breaks_off_is_said_to() -> None:
    def batches():  # type: ignore[no-untyped-def]
        yield pa.record_batch({"client_id": ["a"], "session": [1]})
        raise OSError("the line is down")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("client_id", pa.string()), ("session", pa.int64())]), batches())
    with pytest.raises(InputError, match=r"table: broke off while it was read. To mend it: look at where it comes from"):
        andante.read(reader)


def test_what_is_not_read_is_a_warning_and_a_sound_table_gives_none():
    with pytest.warns(UserWarning, match=r"column phq_9 is not read; did you mean phq9\?"):
        andante.read(pl.DataFrame({"client_id": ["A"], "session": [1], "phq_9": [12]}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        andante.read(pd.DataFrame({"client_id": ["A", "A"], "session": [1, 2], "phq9": [12, None]}))
