"""Any table that is sound reads the same, however it was written: the same rows in every dialect and format."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from andante.intake.files import check_table, read_sessions
from andante.records import COLUMN, Column

RATINGS = ("before_distress", "after_heard", "phq9")
HIGHEST = {"before_distress": 10, "after_heard": 10, "phq9": 27}
CODES = ("attendance", "led_by")
FLAGS = ("consent", "trauma_work")

ids = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=6) | st.sampled_from(
    ["007", "7", "a b", 'q"q', "x;y", "u,v", "ä"]
)


def number(column: str) -> st.SearchStrategy[float | None]:
    """Quarters: whole numbers and fractions that every format holds exactly."""
    return st.none() | st.integers(0, HIGHEST[column] * 4).map(lambda quarters: quarters / 4)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, object]]:
    """Sound rows in the order in which they must come back: client (bytes), then date, which rises with the number."""
    names = draw(st.lists(st.sampled_from([*RATINGS, *CODES, *FLAGS, "therapist_id"]), unique=True))
    rows = []
    for client in sorted(draw(st.lists(ids, unique=True, min_size=1, max_size=4)), key=str.encode):
        days = sorted(draw(st.lists(st.integers(0, 20000), unique=True, min_size=1, max_size=4)))
        for session, day in enumerate(days):
            row: dict[str, object] = {"client_id": client, "session": session, "date": date.fromordinal(719163 + day)}
            rows.append(row | {name: draw(cell(name)) for name in names})
    order = ["client_id", "session", "date", *(name for name in COLUMN if name in names), *(name for name in names if name not in COLUMN)]
    return [{name: row[name] for name in dict.fromkeys(order)} for row in rows]


def cell(name: str) -> st.SearchStrategy[object]:
    if name in RATINGS:
        return number(name)
    if name in FLAGS:
        return st.none() | st.booleans()
    return st.none() | (ids if name == "therapist_id" else st.sampled_from(COLUMN[name].codes))


def written(value: object, draw: st.DrawFn, comma: bool) -> str:
    """One cell in one of its spellings."""
    if value is None:
        return draw(st.sampled_from(["", "", " "]))
    if isinstance(value, bool):
        return draw(st.sampled_from(["true", "T", "Yes", "1"] if value else ["False", "f", "no", "0"]))
    if isinstance(value, float):
        text = draw(st.sampled_from([f"{value:g}", f"{value:.2f}", f" {value:g} "]))
        return text.replace(".", ",") if comma else text
    if isinstance(value, date):
        return draw(st.sampled_from([value.isoformat(), f"{value.isoformat()}T12:30", f"{value:%Y%m%d}"]))
    return str(value)


@st.composite
def dialects(draw: st.DrawFn, rows: list[dict[str, object]]) -> bytes:
    """The rows as a CSV file that somebody might send: separator, quotes, line ends, order of rows and columns, empty lines."""
    separator, comma = draw(st.sampled_from([(",", False), (";", False), (";", True), ("\t", True), ("\t", False)]))
    names = draw(st.permutations(list(rows[0])))
    out = io.StringIO(newline="")
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    writer = csv.writer(out, delimiter=separator, lineterminator=draw(st.sampled_from(["\n", "\r\n"])), quoting=quoting)
    writer.writerow(names)
    for row in draw(st.permutations(rows)):
        if draw(st.booleans()):
            writer.writerow([""] * len(names) if draw(st.booleans()) else [])
        writer.writerow([written(row[name], draw, comma) for name in names])
    content = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + out.getvalue().encode()
    return gzip.compress(content) if draw(st.booleans()) else content


def rows_of(table: pa.Table) -> list[dict[str, object]]:
    return table.to_pylist()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_csv_in_any_dialect_comes_back_as_it_was(data: st.DataObject, tmp_path_factory) -> None:
    rows = data.draw(tables())
    place = tmp_path_factory.mktemp("dialect") / "sessions"
    place.write_bytes(data.draw(dialects(rows)))
    assert rows_of(read_sessions(place).table) == rows


def types_of(name: str) -> list[pa.DataType]:
    """Types in which an export may hold a column of ours."""
    if name in RATINGS:
        return [pa.float64(), pa.float32(), pa.string(), pa.large_string(), pa.decimal128(10, 2)]
    if name in FLAGS:
        return [pa.bool_()]
    if name == "date":
        return [pa.date32(), pa.date64(), pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("s", "UTC")]
    if name == "session":
        return [pa.int64(), pa.int16(), pa.uint32(), pa.float64()]
    return [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_typed_tables_of_every_kind_come_back_as_they_were(data: st.DataObject, tmp_path_factory) -> None:
    rows = data.draw(tables())
    shuffled = data.draw(st.permutations(rows))
    columns = {name: pa.array([row[name] for row in shuffled], _arrow(name)) for name in rows[0]}
    table = pa.table({name: column.cast(data.draw(st.sampled_from(types_of(name)))) for name, column in columns.items()})
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    table = pa.concat_tables([table.slice(a, b - a) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)])
    kind = data.draw(st.sampled_from(["memory", "parquet", "file", "stream", "polars", "pandas"]))
    assert rows_of(_through(kind, table, tmp_path_factory.mktemp("typed") / "sessions").table) == rows


def _arrow(name: str) -> pa.DataType:
    column: Column | None = COLUMN.get(name)
    return pa.float64() if column is None else column.arrow


def _through(kind: str, table: pa.Table, place):  # type: ignore[no-untyped-def]
    if kind == "memory":
        return check_table(table)
    if kind == "polars":
        return check_table(pl.from_arrow(table))
    if kind == "pandas":
        return check_table(pd.DataFrame(table.to_pandas()))
    if kind == "parquet":
        plain = [pa.field(f.name, pa.string() if pa.types.is_string_view(f.type) else f.type) for f in table.schema]
        pq.write_table(table.cast(pa.schema(plain)), place)
    else:
        make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        with pa.OSFile(str(place), "wb") as out, make(out, table.schema) as writer:
            writer.write_table(table)
    return read_sessions(place)
