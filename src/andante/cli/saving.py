"""Tables and pages written to files: aside first, then renamed, so that nobody ever finds half a file.

Stands beside the verbs in `cli`. The ending of the name chooses the format; an ending that is not known is refused before
any work is done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from andante.errors import UsageError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FORMATS = ("csv", "parquet", "arrow", "json")


def check_place(path: Path, endings: tuple[str, ...] = (), *, option: str, never: Path | None = None) -> None:
    """Refuse a file that could not be written: an unknown ending, a folder that is not there, or the input itself.

    `endings`: what the name may end in (empty: anything). Raises UsageError, which says what to ask instead.
    """
    ending = path.suffix.removeprefix(".").lower()
    if endings and ending not in endings:
        found = f"ends in .{ending}" if ending else "has no ending"
        wanted = ", ".join(f".{known}" for known in endings)
        raise UsageError(f"{option} {path} {found}, but the ending chooses the format. To mend it: use one of {wanted}")
    if path.is_dir():
        raise UsageError(f"{option} {path} is a folder. To mend it: name a file in it.")
    if not path.absolute().parent.is_dir():
        raise UsageError(
            f"{option} {path}: the folder {path.absolute().parent} is not there. To mend it: make it first, or write elsewhere."
        )
    if never is not None and path.exists() and never.exists() and path.samefile(never):
        raise UsageError(f"{option} {path} is the input itself. To mend it: write to another file.")


def save_table(table: pa.Table, path: Path) -> None:
    """Write a table in the format its name asks for. In JSON, columns named `..._evidence` become lists."""
    writers: dict[str, Callable[[pa.Table, Path], None]] = {"csv": _csv, "parquet": _parquet, "arrow": _arrow, "json": _json}
    writer = writers[path.suffix.removeprefix(".").lower()]
    _aside(path, lambda place: writer(table, place))


def save_parts(parts: Iterator[pa.Table], path: Path) -> None:
    """Write a table that comes in parts, whose texts are categories; Parquet is written while the next parts are made."""
    from itertools import chain

    import pyarrow as pa

    first = next(parts)
    if path.suffix.lower() == ".parquet":
        _aside(path, lambda place: _parquet_parts(chain((first,), parts), first.schema, place))
    else:
        table = pa.concat_tables([first, *parts])
        save_table(table.cast(pa.schema([(field.name, _spelled(field.type)) for field in table.schema])), path)


def _spelled(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def save_text(text: str, path: Path) -> None:
    """Write a text as UTF-8."""
    _aside(path, lambda place: place.write_text(text, encoding="utf-8"))


def _aside(path: Path, write: Callable[[Path], object]) -> None:
    place = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(place)
        place.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} could not be written ({error.strerror or error}). To mend it: look at the disk and its permissions."
        ) from None
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _csv(table: pa.Table, path: Path) -> None:
    _frame(table).write_csv(path)


def _parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _parquet_parts(parts: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """One row group a part. Categories are stored as such and, without the schema beside them, read back as texts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    repeating = [field.name for field in schema if not pa.types.is_floating(field.type)]
    plain = {field.name for field in schema if field.name.endswith("_score")} | {"pace_confidence"}  # hardly ever the same twice
    packed = {field.name: "none" if field.name in plain else "snappy" for field in schema}
    sought = [name for name in schema.names if name in ("client_id", "session", "date", "day")]  # what someone may look up by range
    options: dict[str, Any] = {"compression": packed, "use_dictionary": repeating, "write_statistics": sought}
    with pq.ParquetWriter(path, schema, store_schema=False, **options) as writer:
        for part in parts:
            writer.write_table(part)


def _arrow(table: pa.Table, path: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _json(table: pa.Table, path: Path) -> None:
    import polars as pl

    names = [name for name in table.column_names if name.endswith("_evidence")]
    lists = [
        pl.when(pl.col(n).is_null()).then(pl.lit([], dtype=pl.List(pl.String))).otherwise(pl.col(n).str.split(";")).alias(n) for n in names
    ]
    _frame(table).with_columns(lists).write_json(path)


def _frame(table: pa.Table) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(pl.from_arrow(table))
