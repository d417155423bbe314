"""Tables and pages written to files: aside first, then renamed, so that nobody ever finds half a file, or half of several.

Stands beside the verbs in `cli`. The ending of the name chooses the format; an ending that is not known is refused before
any work is done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from shutil import copymode
from typing import TYPE_CHECKING, Any
from zlib import crc32

from andante.cli import process
from andante.errors import UsageError
from andante.intake.names import is_utf8

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FORMATS = ("csv", "parquet", "arrow", "json")


def check_places(asked: Iterable[tuple[str, Path | None, tuple[str, ...]]], *, given: Mapping[str, Path | None] | None = None) -> None:
    """Refuse, before any work, files that could not be written or would overwrite what is read or each other.

    `asked`: the options, their files and what their names may end in (empty: anything); `given`: what is read, in words.
    Raises UsageError, which says what to ask instead.
    """
    taken = {what: place for what, place in (given or {}).items() if place is not None}
    wanted = [(option, place, endings) for option, place, endings in asked if place is not None]
    for option, place, endings in wanted:
        _check_name(option, place, endings)
        for what, other in taken.items():
            if _same(place, other):
                raise UsageError(f"{option} {place} is {what} itself. To mend it: write to another file.")
        taken[f"the file of {option}"] = place
    for option, place, _ in wanted:
        _check_disk(option, place)


def _check_name(option: str, path: Path, endings: tuple[str, ...]) -> None:
    if not is_utf8(str(path)):  # Arrow and Polars write to no other names
        raise UsageError(f"{option} {_seen(path)}: this name is not UTF-8 text. To mend it: use another name, or another folder.")
    ending = path.suffix.removeprefix(".").lower()
    if endings and ending not in endings:
        found = f"ends in .{ending}" if ending else "has no ending"
        wanted = ", ".join(f".{known}" for known in endings)
        raise UsageError(f"{option} {path} {found}, but the ending chooses the format. To mend it: use one of {wanted}")
    folder = path.absolute().parent
    if os.path.isdir(path):
        raise UsageError(f"{option} {path} is a folder. To mend it: name a file in it.")
    if not os.path.isdir(folder):  # unlike Path.is_dir no error where a folder above may not be entered
        raise UsageError(
            f"{option} {path}: the folder {folder} is not there, or may not be entered. To mend it: make it first, or write elsewhere."
        )


def _seen(path: Path) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")


def _same(path: Path, other: Path) -> bool:
    with suppress(OSError):
        return path.samefile(other)
    return os.path.realpath(path) == os.path.realpath(other)


def _check_disk(option: str, path: Path) -> None:
    """Try whether the file can be written, without touching what is there."""
    if _is_stream(path):
        return
    if os.path.exists(path) and not os.access(path, os.W_OK):  # the folder would let it be replaced; whoever locked it meant otherwise
        raise UsageError(f"{option} {path} is there and write-protected. To mend it: write to another file, or make it writable first.")
    place = _beside(path)
    process.write_aside(place)
    try:
        with suppress(FileNotFoundError):
            os.lstat(path)  # says whether the name is too long, which the one aside is not
        place.touch()
    except OSError as error:
        raise _unwritable(f"{option} {path}", error) from None
    finally:
        _clear([place])


def save_table(table: pa.Table, path: Path) -> None:
    """Write a table in the format its name asks for. In JSON, columns named `..._evidence` become lists."""
    writers: dict[str, Callable[[pa.Table, Path], None]] = {"csv": _csv, "parquet": _parquet, "arrow": _arrow, "json": _json}
    writer = writers[path.suffix.removeprefix(".").lower()]
    save(path, lambda place: writer(table, place))


def save_parts(parts: Iterator[pa.Table], path: Path) -> None:
    """Write a table that comes in parts, whose texts are categories; Parquet is written while the next parts are made."""
    from itertools import chain

    import pyarrow as pa

    first = next(parts)
    if path.suffix.lower() == ".parquet":
        save(path, lambda place: _parquet_parts(chain((first,), parts), first.schema, place))
    else:
        table = pa.concat_tables([first, *parts])
        save_table(table.cast(pa.schema([(field.name, _spelled(field.type)) for field in table.schema])), path)


def _spelled(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def save_text(text: str, path: Path) -> None:
    """Write a text as UTF-8."""
    save(path, lambda place: place.write_text(text, encoding="utf-8"))


@contextmanager
def together() -> Iterator[None]:
    """What is saved within is put in its places at the end: where one file cannot be written, none of them is."""
    held: dict[Path, Path] = {}
    token = _held.set(held)
    try:
        try:
            yield
            with process.in_one_piece():
                _put_in_place(held)
        finally:
            _held.reset(token)
            _clear(held)
    finally:
        _clear(held)


def save(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` write a file aside, then put it in its place, or leave that to `together`.

    A link stays one, and a file keeps who may read it.
    """
    held = _held.get()
    if held is None:
        with together():
            save(path, write)
        return
    try:
        if _is_stream(path):
            write(path)
        else:
            _write_aside(path, held, write)
    except OSError as error:
        raise _unwritable(str(path), error) from None


def remove(path: Path) -> None:
    """Take away what an earlier run wrote here; a link stays, and what can only be written to is left alone."""
    try:
        if not _is_stream(path):
            Path(os.path.realpath(path)).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path} of an earlier run could not be removed ({error.strerror or error}). To mend it: look at its permissions."
        ) from None


_held: ContextVar[dict[Path, Path] | None] = ContextVar("held", default=None)  # files written aside, and their places


def _write_aside(path: Path, held: dict[Path, Path], write: Callable[[Path], object]) -> None:
    place, target, done = _beside(path), Path(os.path.realpath(path)), False
    held[place] = target
    process.write_aside(place)
    try:
        try:
            if target.exists():
                place.touch(0o600)  # so that nobody else reads it meanwhile
            write(place)
            done = True
        finally:
            if not done:
                _clear(held)
    finally:  # Polars raises Ctrl-C, and Python then raises it once more: while the first is being dealt with
        if not done:
            _clear(held)


def _put_in_place(held: Mapping[Path, Path]) -> None:
    put: list[Path] = []
    for place, target in held.items():
        try:
            if target.exists():
                copymode(target, place)
            place.replace(target)
        except OSError as error:
            refusal = _unwritable(str(target), error)
            if put:
                refusal.add_note(f"written before that: {', '.join(map(str, put))}")
            raise refusal from None
        process.put_away(place)
        put.append(target)


def _clear(places: Iterable[Path]) -> None:
    for place in places:
        with suppress(OSError):
            place.unlink(missing_ok=True)
            process.put_away(place)


LONGEST = 200  # bytes of a name that the name aside repeats: file systems take 255 in all


def _beside(path: Path) -> Path:
    target = Path(os.path.realpath(path))
    name = os.fsencode(target.name)
    if len(name) > LONGEST:  # two that begin alike are still two
        name = name[:LONGEST].decode(errors="ignore").encode() + b".%08x" % crc32(name)
    return target.with_name(f".{os.fsdecode(name)}.{os.getpid()}.part")


def _is_stream(path: Path) -> bool:
    """Whether it is a device or a pipe (/dev/stderr), which can only be written to."""
    return os.path.exists(path) and not os.path.isfile(path)


def _unwritable(what: str, error: OSError) -> UsageError:
    return UsageError(f"{what} could not be written ({error.strerror or error}). To mend it: look at the disk and its permissions.")


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
