"""Files as they lie on the disk: which format it is, told from the bytes and not from the name, and its raw table.

First step of `intake`. Knows bytes and headings, nothing of the columns of the contract.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from andante.errors import InputError, Problem, UsageError
from andante.intake.findings import Findings
from andante.intake.names import is_utf8, same, type_of
from andante.intake.spellings import as_text
from andante.intake.text_tables import read_text_table

_PARQUET, _ARROW_FILE, _ARROW_STREAM, _GZIP = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\x1f\x8b"

# Formats that people do send and that we do not read, told by their first bytes.
_FOREIGN = {
    b"PK\x03\x04": ("an Excel workbook or another zip archive", "save the sheet as CSV UTF-8"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV UTF-8"),
    b"%PDF": ("a PDF", "ask for the table as CSV"),
    b"$FL2": ("an SPSS file", "export it as CSV or Parquet"),
    b"<stata_dta>": ("a Stata file", "export it as CSV or Parquet"),
    b"SQLite format 3": ("an SQLite database", "export the table as CSV"),
    b"FEA1": ("a file of the old Feather format", "save it as Arrow (Feather version 2) or Parquet"),
    **dict.fromkeys((b"{", b"[{", b"[\n", b"[\r\n"), ("JSON", "save the table as CSV, Parquet or Arrow")),
}

_PANDAS_INDEX = "__index_level_"  # how Arrow calls a pandas index without a name, which is no column

Choose = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class RawTable:
    """A table as it came: all its headings, the columns that were wanted, and what has been found wrong so far."""

    headings: tuple[str, ...]
    table: pa.Table
    findings: Findings


def unusable(name: str, what: str, remedy: str | None = None) -> InputError:
    """A whole file that cannot be used."""
    return InputError([Problem(name, None, None, what, remedy=remedy)])


def read_file(path: str | Path, choose: Choose) -> RawTable:
    """The raw table of a file; `choose` names those of its headings whose columns are wanted."""
    name = str(path)
    try:
        if not (Path(path).is_file() and is_utf8(name)):  # what comes through a pipe comes once; Arrow opens no other names
            return _read_bytes(Path(path).read_bytes(), name, choose)
        with Path(path).open("rb") as file:
            head = file.read(len(_ARROW_FILE))
        if head.startswith(_PARQUET):
            return _parquet(name, name, choose)
        if head.startswith((_ARROW_FILE, _ARROW_STREAM)):
            with pa.memory_map(name) as mapped:
                return _arrow(mapped, name, choose)
        return _read_bytes(Path(path).read_bytes(), name, choose)
    except FileNotFoundError as error:
        raise unusable(name, "there is no such file", "check its name and folder") from error
    except IsADirectoryError as error:
        raise unusable(name, "is a folder, not a file", "name the file in it") from error
    except PermissionError as error:
        raise unusable(name, "may not be read by you", "ask for the right to read it") from error
    except OSError as error:
        raise unusable(name, f"cannot be opened: {error.strerror or 'unknown reason'}", "check its name and folder") from error


def _read_bytes(content: bytes, name: str, choose: Choose) -> RawTable:
    """A file already in memory: text, or what was packed with gzip."""
    if content.startswith(_GZIP):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise unusable(name, "is packed with gzip, and damaged", "copy or export it again") from error
    if content.startswith(_PARQUET):
        return _parquet(pa.BufferReader(content), name, choose)
    if content.startswith((_ARROW_FILE, _ARROW_STREAM)):
        return _arrow(pa.BufferReader(content), name, choose)
    for start, (what, remedy) in _FOREIGN.items():
        if content.startswith(start):
            raise unusable(name, f"is {what}", remedy)
    table, findings = read_text_table(content, name)
    return _selected(table, choose, findings)


def _selected(table: pa.Table, choose: Choose, findings: Findings) -> RawTable:
    """The wanted columns by their place, so that a name that stands there twice can still be reported."""
    headings = _headings(table.schema)
    wanted = set(choose(headings))
    return RawTable(headings, _only(table, wanted), findings)


def _headings(schema: pa.Schema) -> tuple[str, ...]:
    """The names of the columns, spelled alike whatever the format."""
    return tuple(same(name) for name in schema.names)


def _only(table: pa.Table, wanted: Container[str]) -> pa.Table:
    places = [place for place, heading in enumerate(_headings(table.schema)) if heading in wanted]
    some = table.select(places)
    return some.rename_columns(list(_headings(some.schema)))


def _parquet(source: Any, name: str, choose: Choose) -> RawTable:
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(source)
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        file = pq.ParquetFile(source, read_dictionary=texts)  # each different text once, as it is stored
        wanted = set(choose(_headings(schema)))
        # A name with a point in it would also fetch what is nested: hence select.
        table = _only(file.read(columns=[name for name in dict.fromkeys(schema.names) if same(name) in wanted]), wanted)
        _require_utf8(table)
        return RawTable(_headings(schema), table, Findings(name))
    except (pa.ArrowException, OSError, ValueError, LookupError, MemoryError) as error:
        raise unusable(name, "is a Parquet file that cannot be read: it is damaged or not complete", "copy or export it again") from error


def _require_utf8(table: pa.Table) -> None:
    """Parquet itself does not promise that its texts are UTF-8, nor that the text of every cell is there."""
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            chunks: list[Any] = column.chunks
            for chunk in chunks:
                chunk.validate(full=True)  # a damaged file may also name texts that are not there
                chunk.dictionary.validate(full=True)
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column.validate(full=True)


def _arrow(source: Any, name: str, choose: Choose) -> RawTable:
    try:
        is_file = source.read(len(_ARROW_FILE)) == _ARROW_FILE
        source.seek(0)
        raw = _selected((pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)).read_all(), choose, Findings(name))
        raw.table.validate(full=True)
        return raw
    except (pa.ArrowException, OSError, ValueError, LookupError, MemoryError) as error:
        raise unusable(name, "is an Arrow file that cannot be read: it is damaged or not complete", "copy or export it again") from error


def read_frame(frame: object, name: str) -> RawTable:
    """An Arrow, Polars or pandas table in memory, through the Arrow interface."""
    table = _honest(_arrow_table(frame, name))
    headings = _headings(table.schema)
    if headings != tuple(table.schema.names) or any(heading.startswith(_PANDAS_INDEX) for heading in headings):
        headings = tuple(heading for heading in headings if not heading.startswith(_PANDAS_INDEX))
        table = _only(table, headings)
    return RawTable(headings, table, Findings(name))


def _honest(table: pa.Table) -> pa.Table:
    """Columns of texts that are no UTF-8 as the bytes they are: refused by name where they are wanted, else never looked at."""
    for place, kind in enumerate(table.schema.types):
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            column = table.column(place)
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                table = table.set_column(place, table.schema.names[place], column.cast(pa.large_binary()))
    return table


def _arrow_table(frame: Any, name: str) -> pa.Table:
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if not hasattr(frame, "__arrow_c_stream__"):
        hint = "collect() it first" if hasattr(frame, "collect") else "give a table of Arrow, Polars or pandas"
        raise UsageError(f"{name} is {type_of(frame)}, not a table: {hint}")
    maker = type(frame).__module__.partition(".")[0]
    if isinstance(frame, pa.ChunkedArray) or (maker in ("pandas", "polars") and not hasattr(frame, "columns")):
        raise UsageError(f"{name} is {type_of(frame)}, not a table: give a table of Arrow, Polars or pandas")
    try:
        return _polars_table(frame) if maker == "polars" else pa.table(frame)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, OSError) as error:
        if maker == "pandas":
            return _pandas_table(frame)
        if hasattr(frame, "read_next_batch"):
            raise unusable(name, "broke off while it was read", "look at where it comes from, and give it anew") from error
        raise unusable(name, "has a column that Arrow cannot hold", "give each column one type") from error


_NOT_OF_ARROW = ("Object", "Int128", "UInt128")  # of a column of Python objects Polars would hand over addresses in memory


def _polars_table(frame: Any) -> pa.Table:
    """A Polars frame; columns of a type that Arrow does not have come as texts."""
    odd = [heading for heading, kind in zip(frame.columns, frame.dtypes, strict=True) if str(kind) in _NOT_OF_ARROW]
    if not odd:
        return pa.table(frame)
    plain = pa.table(frame.drop(odd))
    columns = [_texts(frame[heading].to_list()) if heading in odd else plain[heading] for heading in frame.columns]
    return pa.table(columns, names=list(frame.columns))


def _pandas_table(frame: Any) -> pa.Table:
    """A pandas frame with a column of mixed types: that column as text, so that its odd cells can be named."""
    headings = [str(heading) for heading in frame.columns]
    columns = [_pandas_column(frame.iloc[:, place]) for place in range(len(headings))]
    return pa.Table.from_arrays(columns, headings)


def _pandas_column(series: Any) -> pa.Array[Any]:
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        array = _texts([None if empty else value for value, empty in zip(series, series.isna(), strict=True)])
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _texts(values: Sequence[Any]) -> pa.Array[Any]:
    """Python values of several types as texts: 17, 17.0 and "17" are one."""
    plain = [value.item() if isinstance(value, np.number) else value for value in values]
    texts = [value if value is None or isinstance(value, str) else as_text(value) for value in plain]
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:  # half a character is in one of them: its bytes, which are refused where the column is wanted
        return pa.array([None if text is None else text.encode("utf-8", "surrogatepass") for text in texts], pa.large_binary())
