"""Whatever bytes or values come in: a sound session table goes out, or an error that says what is wrong. Nothing else."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from andante.errors import InputError
from andante.intake.column_map import ColumnMap, read_map
from andante.intake.files import Sessions, check_table, read_sessions
from andante.records import COLUMN, session_schema

TABLE = pa.table(
    {
        "client_id": ["A", "A", "B ", "007"],
        "session": [1, 2, 1, None],
        "date": [date(2024, 1, 1), None, date(2024, 1, 8), date(2024, 1, 15)],
        "attendance": ["attended", "missed", None, "late"],
        "after_heard": [7.5, None, 0.0, 10.0],
        "phq9": [12.0, 3.0, None, None],
        "consent": [True, False, None, True],
        "room": ["x", None, "y", "z"],
    }
)


def as_csv() -> bytes:
    return pl.from_arrow(TABLE).write_csv().encode()  # type: ignore[union-attr]


def as_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(TABLE, out)
    return out.getvalue()


def as_arrow(make: Any) -> bytes:
    out = pa.BufferOutputStream()
    with make(out, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return out.getvalue().to_pybytes()


FILES = {
    "csv": as_csv(),
    "parquet": as_parquet(),
    "file": as_arrow(pa.ipc.new_file),
    "stream": as_arrow(pa.ipc.new_stream),
    "gzip": gzip.compress(as_csv()),
}
MAGIC = [
    b"",
    b"PAR1",
    b"ARROW1\0\0",
    b"\xff\xff\xff\xff",
    b"\x1f\x8b\x08",
    b"\xef\xbb\xbf",
    b"sep=;\n",
    b"client_id,session\n",
    b'client_id,"',
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "sessions"


def is_sound(sessions: Sessions) -> None:
    """What everything that comes out promises."""
    table = sessions.table
    table.validate(full=True)
    assert table.schema == session_schema(table.schema.names, sessions.measures)
    ids = table["client_id"].to_pylist()
    assert all(name and name == name.strip() for name in ids)
    assert ids == sorted(ids, key=str.encode)
    bounds = {name: (COLUMN[name].low, COLUMN[name].high) for name in table.schema.names if name in COLUMN and COLUMN[name].numeric}
    bounds |= {measure.name: (measure.low, measure.high) for measure in sessions.measures}
    for name, (low, high) in bounds.items():
        for value in table[name].to_pylist():
            assert value is None or (float("-inf") if low is None else low) <= value <= (1e308 if high is None else high)


def outcome(read: Callable[[], Any]) -> Any:
    """What comes out: the result, or the error that says why not. Any other exception is a fault of ours."""
    try:
        return read()
    except InputError as error:
        return error


def reads_or_says_why(name: str, read: Callable[[], Sessions]) -> None:
    found = outcome(read)
    if isinstance(found, InputError):
        assert len(found.problems) >= 1
        assert str(found).startswith(name)
        assert sum(found.kinds().values()) == len(found.problems)
    else:
        is_sound(found)


def file_reads_or_says_why(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    reads_or_says_why(str(place), lambda: read_sessions(place))


@settings(max_examples=400, deadline=None)
@given(start=st.sampled_from(MAGIC), rest=st.binary(max_size=300))
@example(start=b"", rest=b"\r\r\n")
@example(start=b"", rest=b'"')
@example(start=b"", rest=b"client_id,session\n\xc3")
def test_random_bytes(place, start: bytes, rest: bytes) -> None:
    file_reads_or_says_why(place, start + rest)


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(st.sampled_from('client_id,session;\t"\n\r 019.-eEA/é\ufeff'), max_size=120),
    start=st.sampled_from(["", "client_id,session,after_heard\n", "client_id;day;phq9\r\n"]),
)
def test_random_text_below_headings(place, start: str, text: str) -> None:
    file_reads_or_says_why(place, (start + text).encode())


@st.composite
def mutations(draw: st.DrawFn, content: bytes) -> bytes:
    """A file with a few bytes changed, put in or left out, or with its end missing."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        spot = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["change", "insert", "leave out", "cut"]))
        if kind == "change" and data:
            data[spot] = draw(st.integers(0, 255))
        elif kind == "insert":
            data[spot:spot] = draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b'"', b",", b"\n", b"\xff", b"NA", b"1e9", b"\0"]))
        elif kind == "leave out":
            del data[spot : spot + draw(st.integers(1, 20))]
        else:
            del data[spot:]
    return bytes(data)


@pytest.mark.parametrize("kind", FILES)
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_damaged_files(place, kind: str, data: st.DataObject) -> None:
    file_reads_or_says_why(place, data.draw(mutations(FILES[kind])))


values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.text(max_size=8)
    | st.binary(max_size=4)
    | st.sampled_from(["attended", "NA", "7,5", "true", "2024-01-01", "2024-02-30T10:00Z", " A "])
    | st.lists(st.integers(), max_size=2)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-100, max_value=100)
    | st.timedeltas()
    | st.times()
)
headings = st.sampled_from(["client_id", "session", "date", "day", "attendance", "after_heard", "phq9", "consent", "client_slow", "x"])


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_frames_of_any_values(data: st.DataObject) -> None:
    names = data.draw(st.lists(headings, unique=True, max_size=6))
    rows = data.draw(st.integers(0, 3))
    columns = {
        name: data.draw(st.lists(values, min_size=rows, max_size=rows)) for name in {"client_id": 0, "session": 0} | dict.fromkeys(names)
    }
    try:
        frame = data.draw(st.sampled_from([pd.DataFrame, pa.table, lambda columns: pl.DataFrame(columns, strict=False)]))(columns)
    except Exception:
        return  # no such frame can be made: not ours to judge
    reads_or_says_why("table", lambda: check_table(frame, tz="Europe/Berlin"))


keys = st.sampled_from(
    [
        "columns",
        "missing",
        "codes",
        "scales",
        "dates",
        "measures",
        "from",
        "format",
        "unit",
        "range",
        "better",
        "reliable_change",
        "phq9",
        "after_heard",
        "date",
        "mood",
        "attendance",
    ]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["lower", "%d.%m.%Y", "months"])
    | st.dates()
)
maps = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(source=st.dictionaries(keys, maps, max_size=5))
def test_maps_of_any_content(source: dict[str, Any]) -> None:
    found = outcome(lambda: read_map(source))
    if isinstance(found, ColumnMap):
        reads_or_says_why("table", lambda: check_table(TABLE, column_map=found))
    else:
        assert str(found).startswith("the map")
