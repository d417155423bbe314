"""The two ways through `conversion` agree: what passes at a glance is what a close look would have made of it.

And the order of rows and columns in which a table comes changes nothing.
"""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andante.errors import InputError
from andante.intake import conversion
from andante.intake.column_map import NO_MAP
from andante.intake.files import check_table
from andante.intake.findings import Findings
from andante.intake.spellings import PLAIN
from andante.records import COLUMN, COLUMNS, LARGEST, Column

edges = st.sampled_from(
    [0.0, -0.0, 1.0, 9.0, 10.0, 7.0, np.nextafter(10, 11), -5e-324, 0.5, -2.0, 2.0, float(LARGEST), 2.0**53, 1e308, 27.0, 28.0]
)
numbers = st.none() | edges | st.floats(allow_infinity=True, allow_nan=True) | st.integers(-3, 30).map(float)
texts = st.none() | st.text(st.sampled_from("aA \t\x1c\u00a0\u2003é"), max_size=3)
codes = st.none() | st.sampled_from(["attended", "missed", "Missed", "", " late"])
NUMERIC = [
    name for name in ("session", "day", "before_distress", "before_open", "after_helpful", "after_pace", "client_slow", "prepared", "phq9")
]


def column_of(name: str) -> Column:
    return NO_MAP.known[name]


@st.composite
def arrays(draw: st.DrawFn, name: str) -> pa.ChunkedArray:
    column = column_of(name)
    kinds = {"text": (texts, pa.string()), "code": (codes, pa.string()), "flag": (st.none() | st.booleans(), pa.bool_())}
    cells, kind = kinds.get(column.kind, (numbers, pa.float64()))
    chunks = [pa.array(draw(st.lists(cells, max_size=5)), kind) for _ in range(draw(st.integers(1, 3)))]
    whole = pa.chunked_array(chunks, kind)
    start = draw(st.integers(0, len(whole)))
    return whole.slice(start, draw(st.integers(0, len(whole) - start)))


def at_a_glance(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The column if it is sound as it stands, else None."""
    table, unsettled = conversion.settle(pa.table({name: values}), [column_of(name)])
    return None if unsettled else table.column(0)


@pytest.mark.parametrize(
    ("small", "at_once"), [(1 << 12, 1 << 15), (-1, 1 << 15), (-1, 2)], ids=["as a matrix", "whole columns", "by twos"]
)
@pytest.mark.parametrize("name", [*NUMERIC, "client_id", "attendance", "consent"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_glance_and_a_close_look_agree(name: str, small: int, at_once: int, data: st.DataObject) -> None:
    values, column, findings = data.draw(arrays(name)), column_of(name), Findings("table")
    was = conversion.SMALL, conversion.AT_ONCE
    conversion.SMALL, conversion.AT_ONCE = small, at_once
    try:
        settled = at_a_glance(name, values)
    finally:
        conversion.SMALL, conversion.AT_ONCE = was
    looked = conversion.convert(values, column, PLAIN, name, findings, UTC)
    if settled is None:
        assert findings.kinds or findings.notes or looked.to_pylist() != values.to_pylist()
    else:
        assert settled.type == column.arrow
        assert settled.to_pylist() == looked.to_pylist()
        assert not findings.kinds
        assert not findings.notes


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.uint64(), pa.float32()], ids=str)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_other_types_of_numbers_agree_as_well(kind: pa.DataType, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NUMERIC))
    low, high = (0, 2**64 - 1) if kind == pa.uint64() else (-(2**63), 2**63 - 1) if kind == pa.int64() else (-128, 127)
    cells = st.none() | (st.floats(width=32) if kind == pa.float32() else st.integers(low, high) | st.integers(0, 11))
    values, findings = pa.chunked_array([pa.array(data.draw(st.lists(cells, max_size=6)), kind)]), Findings("table")
    settled = at_a_glance(name, values)
    looked = conversion.convert(values, column_of(name), PLAIN, name, findings, UTC)
    if settled is None:
        assert findings.kinds or findings.notes
    else:
        assert settled.to_pylist() == looked.to_pylist()
        assert not findings.kinds


def test_numbers_of_all_types_stand_beside_each_other() -> None:
    kinds = [getattr(pa, f"{sign}int{bits}")() for sign in ("", "u") for bits in (8, 16, 32, 64)]
    kinds += [pa.float16(), pa.float32(), pa.float64()]
    ratings = [column.name for column in COLUMNS if column.kind == "number" and column.low == 0 and (column.high or 0) >= 7]
    cells = [np.float16(2), None, np.float16(7)]
    given = {name: pa.array(cells, pa.float16()).cast(pa.float32()).cast(kind) for name, kind in zip(ratings, kinds, strict=False)}
    table, unsettled = conversion.settle(pa.table(given), list(map(column_of, given)))
    assert len(given) == len(kinds)
    assert not unsettled
    assert all(column.type == pa.float64() and column.to_pylist() == [2.0, None, 7.0] for column in table.columns)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_order_of_rows_and_columns_changes_nothing(data: st.DataObject) -> None:
    """Ties included: same client, same day, no session number."""
    rows = data.draw(st.integers(1, 8))
    columns = {
        "client_id": st.sampled_from(["A", "B"]),
        "day": st.none() | st.integers(0, 2).map(float),
        "session": st.none(),
        "after_heard": st.none() | st.integers(0, 2).map(float),
        "attendance": st.none() | st.sampled_from(COLUMN["attendance"].codes),
        "bdi": st.none() | st.integers(0, 2).map(float),
    }
    drawn = {name: data.draw(st.lists(cells, min_size=rows, max_size=rows)) for name, cells in columns.items()}
    drawn["day"] = [0.0 if day is None else day for day in drawn["day"]]
    table = pa.table(drawn)
    shuffled = table.take(data.draw(st.permutations(range(rows)))).select(data.draw(st.permutations(list(drawn))))
    one, other = check_table(table), check_table(shuffled)
    assert one.table.equals(other.table)
    assert one.notes == other.notes


scales = st.sampled_from([{}, {"after_heard": {"from": [5, 1]}}, {"after_heard": {"from": [0, 27]}}])
maps = st.fixed_dictionaries(
    {
        "missing": st.lists(st.sampled_from(["-9", "007", "NA", "1e1", "3"]), max_size=2),
        "scales": scales,
        "dates": st.sampled_from([{}, {"unit": "months"}]),
        "codes": st.sampled_from([{}, {"after_heard": {"4": 2}}, {"phq9": {"10": ""}}]),
    }
)


@settings(max_examples=150, deadline=None)
@given(column_map=maps, data=st.data())
def test_a_map_does_the_same_to_numbers_and_to_their_texts(column_map: dict[str, object], data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 5))
    values = st.none() | st.integers(-10, 12).map(float) | st.sampled_from([0.5, 99.0])
    drawn = {name: data.draw(st.lists(values, min_size=rows, max_size=rows)) for name in ("after_heard", "phq9", "day")}
    typed = pa.table({"client_id": ["A"] * rows, "session": list(range(rows)), **drawn})
    texts = {name: [None if value is None else f"{value:g}" for value in cells] for name, cells in drawn.items()}
    written = pa.table({"client_id": ["A"] * rows, "session": list(range(rows)), **texts})
    assert _told(typed, column_map) == _told(written, column_map)


def _told(table: pa.Table, column_map: dict[str, object]) -> object:
    """The rows that come out, or the problems."""
    try:
        return check_table(table, column_map=column_map).table.to_pylist()
    except InputError as error:
        return [str(problem) for problem in error.problems]
