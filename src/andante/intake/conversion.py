"""A column as it came becomes a column of the contract: typed, in range, empty where not known.

In the middle of `intake`, by two ways that agree on every value. `settle` looks at whole columns that already have the right type,
with a few NumPy operations for all of them, and lets the sound ones pass; this is all that a clean table
meets. `convert` takes a column that did not pass, reads each different value once (`spellings`), and says row by row
what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.intake.findings import Findings, Values, count_of
from andante.intake.spellings import (
    DECIMAL_COMMA,
    NO_SUCH_YEAR,
    READ_AS_EMPTY,
    Cell,
    Fault,
    Rules,
    as_text,
    has_point,
    may_be_thousands,
    spell,
)
from andante.order import matrix, whole
from andante.records import COLUMNS, LARGEST, Column, showable

Bools = NDArray[np.bool_]
SMALL = 1 << 12  # rows; up to here all columns of numbers are looked at as one matrix
CELLS = 1 << 20  # numbers of that matrix, at most
AT_ONCE = 1 << 15  # numbers of a long column that are looked at together: they stay in the cache
_QUARTER = 15 * 60  # seconds: since 1972 every zone's days begin on a quarter of an hour
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = date.min.toordinal() - _EPOCH, date.max.toordinal() - _EPOCH
_IDS_STAY_APART = "store ids as text: numbers this large cannot be told apart"


def settle(table: pa.Table, columns: Sequence[Column], closely: Collection[int] = ()) -> tuple[pa.Table, list[int]]:
    """The table with its columns in their final type where they are sound; and the places of those that need a closer look.

    `columns` says what each is to be; those at the places `closely` are left to the closer look.
    """
    kinds, unsettled, numbers = table.schema.types, list(closely), []
    for place, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        if place in closely:
            continue
        if column.numeric and kind.id in _NUMBERS:
            numbers.append(place)
            if kind == _HALF:  # Arrow puts no half floats beside other numbers
                table = table.set_column(place, column.name, table.column(place).cast(pa.float32()))
        elif kind != _FLAG or column.kind != "flag":  # a flag is sound whatever it holds
            values = table.column(place)
            found = _settled(column, values, kind)
            if found is None:
                unsettled.append(place)
            elif found is not values:
                table = table.set_column(place, column.name, found)
    if table.num_rows > SMALL:
        numbers = [p for p in numbers if kinds[p] != columns[p].arrow or not _lies_within(columns[p], table.column(p))]
    for place, passes in _sound_numbers(table, columns, numbers):
        if not passes:
            unsettled.append(place)
        elif kinds[place] != columns[place].arrow:
            table = table.set_column(place, columns[place].name, table.column(place).cast(columns[place].arrow))
    return table, sorted(unsettled)


def _settled(column: Column, values: Values, kind: pa.DataType) -> Values | None:
    """A column that holds no numbers in its final type if it is sound as it stands, else None."""
    if pa.types.is_null(kind):
        return values.cast(column.arrow)
    if column.numeric or column.kind == "flag":
        return None
    if pa.types.is_dictionary(kind):
        return values if column.arrow == _STRING == kind.value_type and _sound_categories(column, values) else None
    if column.kind == "date":
        return values if kind == column.arrow and not _outside_calendar(_days(values)).any() else None
    if kind != _STRING:
        if not (pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
            return None
        values = values.cast(_STRING)
    if column.kind == "text":
        return values if _all_trimmed(values) else None
    if len(values) <= SMALL:
        return values if _CODES[column.codes].issuperset(values.to_pylist()) else None
    return values if pc.all(pc.is_in(values, value_set=pa.array(_CODES[column.codes]))).as_py() is not False else None


def _sound_categories(column: Column, values: Values) -> bool:
    """Whether all categories, used or not, could stand in the column as they are."""
    chunks: list[Any] = values.chunks
    for words in (chunk.dictionary for chunk in chunks):
        if words.null_count or len(words.unique()) < len(words):
            return False
        if column.codes and not _CODES[column.codes].issuperset(words.to_pylist()):
            return False
        if not column.codes and not _all_trimmed(words):
            return False
    return True


def _all_trimmed(texts: Any) -> bool:
    """Whether no text is empty or has spaces around it."""
    if len(texts) <= SMALL:
        return all(text is None or (text and text == text.strip()) for text in texts.to_pylist())
    return bool(pc.utf8_trim_whitespace(texts).equals(texts) and pc.min(pc.binary_length(texts)).as_py() != 0)


_STRING, _FLAG, _HALF = pa.string(), pa.bool_(), pa.float16()
_NUMBERS = frozenset(
    kind.id
    for kind in (
        pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(),
        pa.float16(), pa.float32(), pa.float64(),
    )
)  # fmt: skip
_CODES = {column.codes: frozenset((*column.codes, None)) for column in COLUMNS if column.codes}


def _lies_within(column: Column, values: Values) -> bool:
    """A quick yes for a long column, straight from its memory; what lies under an empty cell may turn it into a no."""
    low, high = column.bounds
    for chunk in values.chunks:
        buffer = chunk.buffers()[1]
        if buffer is None or not len(chunk):
            continue
        whole = np.frombuffer(memoryview(buffer), dtype=np.int64 if pa.types.is_integer(chunk.type) else np.float64)
        for start in range(chunk.offset, chunk.offset + len(chunk), AT_ONCE):
            numbers = whole[start : min(start + AT_ONCE, chunk.offset + len(chunk))]
            if not (numbers.min() >= low and numbers.max() <= high):
                return False
            if column.kind == "whole" and not np.array_equal(numbers, np.rint(numbers)):
                return False
    return True


def _sound_numbers(table: pa.Table, columns: Sequence[Column], places: list[int]) -> Iterator[tuple[int, bool]]:
    """For each of these places whether every number is in range, whole where it has to be, and no empty cell hides as NaN."""
    block = max(1, CELLS // max(1, table.num_rows))
    for start in range(0, len(places), block):
        some = places[start : start + block]
        if not table.num_rows:
            yield from ((place, True) for place in some)
            continue
        values = matrix(table.select(some))
        low, high = np.array([columns[place].bounds for place in some]).T
        with np.errstate(invalid="ignore"):
            odd = ((values < low[:, None]) | (values > high[:, None])).any(axis=1)
            of_whole = [columns[place].kind == "whole" for place in some]
            odd[of_whole] |= (np.abs(values[of_whole] - np.rint(values[of_whole])) > 0).any(axis=1)
        empty = np.isnan(values).sum(axis=1).tolist()
        for place, is_odd, nan in zip(some, odd.tolist(), empty, strict=True):
            yield place, not is_odd and nan == (nan and table.column(place).null_count)


def simplify(values: Values, column: Column, rules: Rules) -> tuple[Values, Rules]:
    """Apply to a typed column of numbers what a map says of all its values alike, so that it need not be read one by one."""
    kind = values.type
    if rules.codes or not column.numeric or kind.id not in _NUMBERS:
        return values, rules
    numbers: Any = values.cast(pa.float64(), safe=False)
    missing = pa.array([likeness for likeness in rules.alike if isinstance(likeness, float)], pa.float64())
    if len(missing):
        numbers = pc.if_else(pc.is_in(numbers, value_set=missing), pa.scalar(None, pa.float64()), numbers)
    if rules.days != 1:
        numbers = pc.multiply(numbers, pa.scalar(rules.days))
    return numbers, replace(rules, missing=frozenset(), days=1.0)


def convert(values: Values, column: Column, rules: Rules, heading: str, findings: Findings, zone: tzinfo) -> Values:
    """The column in its final type; problems and notes go to `findings` under `heading`, the name in their file."""
    values = _stored(decoded(values))
    kind = values.type
    if pa.types.is_null(kind):
        return values.cast(column.arrow)
    if any(is_bytes(kind) for is_bytes in _BYTES):
        try:
            values = values.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            return _refused(values, column, heading, "holds bytes that are not UTF-8 text", "store the column as text", findings)
    if column.kind == "date" and (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        return _dates(values, rules, heading, findings, zone)
    odd = pa.types.is_nested(kind) or pa.types.is_temporal(kind) or isinstance(kind, pa.BaseExtensionType)
    if odd or (column.kind == "text" and pa.types.is_boolean(kind)):
        return _refused(
            values, column, heading, f"holds values of the type {kind}", f"{column.name} takes {column.range_in_words()}", findings
        )
    if column.kind == "text":
        return _text(values, rules, heading, findings)
    return _read_each(values, column, rules, heading, findings, zone)


def decoded(values: Values) -> Values:
    """A column of categories as what they stand for (Arrow itself cannot decode the views that Polars makes); any other as it is."""
    if not pa.types.is_dictionary(values.type):
        return values
    kind = values.type.value_type
    plain = pa.string() if pa.types.is_string_view(kind) else kind
    chunks: list[Any] = values.chunks
    return pa.chunked_array([chunk.dictionary.cast(plain).take(chunk.indices) for chunk in chunks], plain)


_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)


def _stored(values: Values) -> Values:
    """What Arrow itself cannot look at, as what it stands for: UUIDs and other extended texts as texts, small decimals as decimals."""
    kind = values.type
    chunks: list[Any] = values.chunks
    if isinstance(kind, pa.UuidType):
        return pa.chunked_array([[None if one is None else str(one) for one in chunk.to_pylist()] for chunk in chunks], pa.string())
    if isinstance(kind, pa.BaseExtensionType) and (pa.types.is_string(kind.storage_type) or pa.types.is_large_string(kind.storage_type)):
        return pa.chunked_array([chunk.storage for chunk in chunks], kind.storage_type)
    if pa.types.is_decimal(kind) and kind.bit_width < 128:
        return values.cast(pa.decimal128(38, kind.scale))
    return values


def _refused(values: Values, column: Column, heading: str, what: str, remedy: str, findings: Findings) -> Values:
    """A whole column that cannot be read."""
    findings.add(what, column=heading, remedy=remedy)
    findings.damage(heading, np.arange(len(values)))
    return pa.chunked_array([pa.array([None] * len(values), column.arrow)])


def _text(values: Values, rules: Rules, heading: str, findings: Findings) -> Values:
    """Ids: exactly as given but for outer spaces; numbers as their digits."""
    kind = values.type
    if pa.types.is_floating(kind):
        values = values.cast(pa.float64())
        large = np.flatnonzero(np.abs(values.to_numpy()) > LARGEST)
        if len(large):
            findings.add_rows(heading, "a number too large for an id", _IDS_STAY_APART, large)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        texts = _uniques(values)
        spelled = pa.array([None if v is None or v != v else as_text(v) for v in texts.dictionary.to_pylist()], pa.string())
        values = pa.chunked_array([spelled.take(texts.indices)])
    values = values.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(values)
    changed = pc.not_equal(trimmed, values).to_pylist().count(True)
    if changed:
        findings.note(f"{heading}: outer spaces trimmed in {count_of(changed, 'cell')}")
    if rules.codes:
        names = pa.array(list(rules.codes), pa.string())
        place = pc.index_in(trimmed, value_set=names)
        coded = pa.array([None if v is None else str(v) for v in rules.codes.values()], pa.string()).take(place)
        trimmed = pc.if_else(pc.is_valid(place), coded, trimmed)
    empty = pc.is_in(trimmed, value_set=pa.array(["", *rules.missing], pa.string()))
    ids: Values = pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)
    return ids


def _uniques(values: Values) -> pa.DictionaryArray[Any, Any]:
    """The different values of a column and, row by row, which of them stands there (null: nothing)."""
    return values.combine_chunks().dictionary_encode()


def _dates(values: Values, rules: Rules, heading: str, findings: Findings, zone: tzinfo) -> Values:
    """Typed dates and moments as dates; those beyond the calendar are problems."""
    empty = np.array(values.is_null())
    days = _local_days(values, zone) if pa.types.is_timestamp(values.type) else _days(values.cast(pa.date32(), safe=False))
    if rules.alike:
        _put_instead(days, empty, _written_days(values), rules)
    beyond = _outside_calendar(days) & ~empty
    findings.add_rows(heading, NO_SUCH_YEAR.what, NO_SUCH_YEAR.remedy, np.flatnonzero(beyond))
    return pa.chunked_array([pa.array(days.astype(np.int32), pa.int32(), mask=empty | beyond).cast(pa.date32())])


def _put_instead(days: NDArray[np.int64], empty: Bools, written: NDArray[np.int64], rules: Rules) -> None:
    """Codes and what stands for an empty cell, found by the day that is written."""
    for day, ours in rules.alike.items():
        if not isinstance(day, date):
            continue
        same = (written == day.toordinal() - _EPOCH) & ~empty
        days[same] = ours.toordinal() - _EPOCH if isinstance(ours, date) else 0
        if ours is None:
            empty |= same


def _written_days(values: Values) -> NDArray[np.int64]:
    """The days that a person would see in the file: of moments with a zone, in their own zone."""
    if not pa.types.is_timestamp(values.type):
        return _days(values.cast(pa.date32(), safe=False))
    as_written: Any = values if values.type.tz is None else pc.local_timestamp(values)
    return _local_days(as_written, UTC)


def _days(values: Values) -> NDArray[np.int64]:
    """Dates as days since 1970; empty ones as 0."""
    days = whole(values).view(pa.int32())
    return np.asarray(days.fill_null(0) if days.null_count else days).astype(np.int64)


def _outside_calendar(days: NDArray[np.int64]) -> Bools:
    return np.asarray((days < _FIRST_DAY) | (days > _LAST_DAY), dtype=np.bool_)


def _local_days(moments: Values, zone: tzinfo) -> NDArray[np.int64]:
    """Moments as days since 1970: with a zone, in the local calendar of `zone`; without one, as they are written."""
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[moments.type.unit]
    counts = np.asarray(moments.cast(pa.int64()).fill_null(pa.scalar(0, pa.int64())))
    if moments.type.tz is None:
        return np.asarray(counts // (per_second * _QUARTER * 96), dtype=np.int64)
    quarters, which = np.unique(counts // (per_second * _QUARTER), return_inverse=True)
    days = [quarter // 96 if _outside_calendar(quarter // 96) else _local_day(quarter, zone) for quarter in quarters]
    return np.array(days, dtype=np.int64)[which]


def _local_day(quarter: int, zone: tzinfo) -> int:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(quarter) * _QUARTER)
    try:
        return moment.astimezone(zone).date().toordinal() - _EPOCH
    except OverflowError:  # a day before the first or after the last one there is
        return _FIRST_DAY - 1 if quarter < 0 else _LAST_DAY + 1


def _read_each(values: Values, column: Column, rules: Rules, heading: str, findings: Findings, zone: tzinfo) -> Values:
    """Read every different value once and lay the results out over the rows."""
    encoded = _uniques(values)
    raw = encoded.dictionary.to_pylist()
    texts = [as_text(value) for value in raw]
    commas = not any(has_point(text) and rules.instead(text, column) is None for text in texts)
    cells = [
        _missing_float if value != value else spell(text, column, rules, commas=commas, zone=zone)
        for value, text in zip(raw, texts, strict=True)
    ]
    if column.numeric and may_be_thousands(texts, column, rules):
        cells = [Cell(fault=_THOUSANDS_OR_DECIMALS) if cell.remark == DECIMAL_COMMA else cell for cell in cells]
    which = np.asarray(encoded.indices.fill_null(len(cells)), dtype=np.int64)
    _report(cells, texts, which, column, heading, findings)
    ours = pa.array([cell.value for cell in cells], column.arrow if column.kind != "whole" else pa.float64())
    return pa.chunked_array([ours.take(encoded.indices).cast(column.arrow)])


_missing_float = Cell(None, remark=READ_AS_EMPTY)
_THOUSANDS_OR_DECIMALS = Fault(
    "a comma before three digits: thousands, or decimals", "write thousands without a comma (1002) and decimals with a point (1.002)"
)


def _report(
    cells: Sequence[Cell], texts: Sequence[str], which: NDArray[np.int64], column: Column, heading: str, findings: Findings
) -> None:
    """Problems kind by kind with all their rows; remarks as counted notes."""
    faults: dict[Fault, list[int]] = {}
    remarks: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if cell.fault is not None:
            faults.setdefault(cell.fault, []).append(place)
        elif cell.remark is not None:
            remarks.setdefault(cell.remark, []).append(place)
    for fault, places in faults.items():
        rank = np.full(len(cells) + 1, -1, dtype=np.int64)
        rank[places] = np.arange(len(places))
        index = np.flatnonzero(rank[which] >= 0)
        findings.add_rows(heading, fault.what, fault.remedy, index, [showable(texts[p], column) for p in places], rank[which[index]])
    for remark, places in remarks.items():
        findings.note(f"{heading}: {remark} in {count_of(int(np.isin(which, places).sum()), 'cell')}")
