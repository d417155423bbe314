"""# One value in many spellings

Programs write one value in several ways: pandas makes 1 a 1.0 where another cell of the column is empty, a European spreadsheet
makes -9 a -9,0, and a typed column has no spelling at all. What a map says of a value holds for all of them; ids and texts are
compared as they are written.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.errors import InputError
from andante.intake.files import check_table, read_sessions


def column(sessions_from, name: str, written: list[str], **options: object) -> list[object]:
    """The values read from cells of one column, in their order."""
    rows = "\n".join(f"A | {place} | {text}" for place, text in enumerate(written))
    return sessions_from(f"client_id | session | {name}\n{rows}", **options).table[name].to_pylist()


CODES = {
    "after_choice": ({"1": 0, "2": 1}, [0, 1, None]),
    "consent": ({"1": True, "2": False}, [True, False, None]),
    "attendance": ({"1": "attended", "2": "missed"}, ["attended", "missed", None]),
}


@pytest.mark.parametrize("named", ["{}", "{}.0", "{},0"])
@pytest.mark.parametrize("written", ["{}", "{}.0", "{}.00", "{},0", "0{}"])
@pytest.mark.parametrize("name", CODES)
def test_a_code_is_a_number_however_it_is_written(sessions_from, name, written, named):
    codes, ours = CODES[name]
    column_map = {"codes": {name: {named.format(theirs): value for theirs, value in codes.items()}}}
    assert column(sessions_from, name, [written.format(1), written.format(2), ""], column_map=column_map) == ours


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.float32(), pa.decimal128(25, 2), pa.string()], ids=str)
@pytest.mark.parametrize("named", ["{}", "{}.0"])
@pytest.mark.parametrize("name", CODES)
def test_a_code_in_a_typed_column_is_the_same(name, named, kind):
    codes, ours = CODES[name]
    table = pa.table({"client_id": ["A"] * 3, "session": [1, 2, 3], name: pa.array([1, 2, None]).cast(kind)})
    column_map = {"codes": {name: {named.format(theirs): value for theirs, value in codes.items()}}}
    assert check_table(table, column_map=column_map).table[name].to_pylist() == ours


@pytest.mark.parametrize("missing", ["-9", "-9.0", "-9,0", -9, -9.0], ids=repr)
@pytest.mark.parametrize("written", ["-9", "-9.0", "-9.00", "-9,0"])
@pytest.mark.parametrize("name", CODES)
def test_what_is_missing_is_a_number_however_it_is_written(sessions_from, name, written, missing):
    ours = {"after_choice": ["1", 1], "consent": ["yes", True], "attendance": ["late", "late"]}[name]
    assert column(sessions_from, name, [ours[0], written], column_map={"missing": [missing]}) == [ours[1], None]


def test_a_code_comes_before_what_is_missing_however_it_is_written(sessions_from):
    column_map = {"missing": ["2.0"], "codes": {"after_choice": {"2": 1}}}
    assert column(sessions_from, "after_choice", ["2.0", "2"], column_map=column_map) == [1, 1]


def test_ids_and_texts_are_compared_as_they_are_written(sessions_from):
    found = sessions_from(
        "client_id | session | therapist_id\n7.0 | 1 | 07\n7 | 1 | 7",
        column_map={"missing": ["7.00"], "codes": {"client_id": {"7": "seven"}, "therapist_id": {"7": "T"}}},
    )
    assert found.table.to_pylist() == [
        {"client_id": "7.0", "session": 1, "therapist_id": "07"},
        {"client_id": "seven", "session": 1, "therapist_id": "T"},
    ]


@pytest.mark.parametrize(("one", "zero"), [("1.00", "0.00"), ("1,0", "0,0"), ("01", "00")])
def test_a_flag_of_one_or_zero_however_it_is_written(sessions_from, one, zero):
    assert column(sessions_from, "consent", [one, zero]) == [True, False]


@pytest.mark.parametrize("written", ["true", "True", "TRUE"])
def test_true_as_a_code_however_it_is_written(sessions_from, written):
    """Polars writes true, pandas True, and a typed column has neither."""
    column_map = {"codes": {"consent": {"true": False, "false": True}}}
    assert column(sessions_from, "consent", [written], column_map=column_map) == [False]
    table = pa.table({"client_id": ["A"], "session": [1], "consent": [True]})
    assert check_table(table, column_map=column_map).table["consent"].to_pylist() == [False]


@pytest.mark.parametrize("column_map", [{"missing": ["."]}, {"codes": {"before_distress": {".": ""}}}, {"missing": ["n.a.", "-9.5", "."]}])
def test_only_numbers_that_count_say_what_a_comma_is(sessions_from, column_map):
    written = ["5,5", "."] if len(column_map.get("missing", "?")) == 1 else ["5,5", "n.a.", "-9.5", "."]
    assert column(sessions_from, "before_distress", written, column_map=column_map) == [5.5] + [None] * (len(written) - 1)


def test_a_point_in_a_word_says_nothing_of_commas(problems_in):
    assert problems_in("client_id | session | before_distress\nA | 1 | 5,5\nA | 2 | n.a.") == [
        "row 3, column before_distress: not a number (value: n.a.)"
    ]


DAYS = [date(2024, 1, 1), date(9999, 12, 31), None]
MOMENTS = [datetime(2024, 1, 1, 10, 30), datetime(9999, 12, 31), None]
TYPED = {
    "date32": pa.array(DAYS, pa.date32()),
    "date64": pa.array(DAYS, pa.date64()),
    "seconds": pa.array(MOMENTS, pa.timestamp("s")),
    "microseconds": pa.array(MOMENTS, pa.timestamp("us")),
    "with a zone": pa.array(
        [datetime(2024, 1, 1, 10, 30, tzinfo=UTC), datetime(9999, 12, 30, 23, tzinfo=UTC), None], pa.timestamp("us", "+01:00")
    ),
    "text": pa.array(["2024-01-01", "9999-12-31", None]),
    "moments as text": pa.array(["2024-01-01 10:30:00", "9999-12-31 00:00:00", None]),
    "without signs": pa.array(["20240101", "99991231", None]),
}
RULES = {
    "missing": ({"missing": ["9999-12-31"]}, None),
    "missing, as a moment": ({"missing": ["9999-12-31 00:00:00"]}, None),
    "missing, without signs": ({"missing": ["99991231"]}, None),
    "a code for not known": ({"codes": {"date": {"9999-12-31": ""}}}, None),
    "a code": ({"missing": ["9999-12-31"], "codes": {"date": {"9999-12-31": "2024-02-01"}}}, date(2024, 2, 1)),
}


@pytest.mark.parametrize("path", ["csv", "parquet", "arrow", "polars", "pandas"])
@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("rule", RULES)
def test_a_date_is_compared_by_its_day(tmp_path, rule, kind, path):
    column_map, ours = RULES[rule]
    table, place = pa.table({"client_id": ["A"] * 3, "session": [1, 2, 3], "date": TYPED[kind]}), tmp_path / "sessions"
    frame = pd.DataFrame(table.to_pandas(types_mapper=pd.ArrowDtype))
    read = {
        "csv": lambda: frame.to_csv(place, index=False) or read_sessions(place, column_map=column_map),
        "parquet": lambda: pq.write_table(table, place) or read_sessions(place, column_map=column_map),
        "arrow": lambda: check_table(table, column_map=column_map),
        "polars": lambda: check_table(pl.from_arrow(table), column_map=column_map),
        "pandas": lambda: check_table(frame, column_map=column_map),
    }[path]
    assert sorted(read().table["date"].to_pylist(), key=str) == sorted([date(2024, 1, 1), ours, None], key=str)


def test_a_date_in_the_form_of_the_map_is_compared_by_its_day(sessions_from):
    form = {"format": "%d.%m.%Y"}
    for missing in ("01.01.1900", "1900-01-01"):
        column_map = {"missing": [missing], "dates": form}
        assert column(sessions_from, "date", ["01.01.1900", "05.03.2024"], column_map=column_map) == [None, date(2024, 3, 5)]
        typed = pa.table({"client_id": ["A", "A"], "session": [0, 1], "date": [date(1900, 1, 1), date(2024, 3, 5)]})
        assert check_table(typed, column_map=column_map).table["date"].to_pylist() == [None, date(2024, 3, 5)]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:00:00+00:00"])
def test_the_ends_of_the_calendar_are_the_same_as_text_and_as_moments(moment, zone):
    given = [pa.array([moment]), pa.array([datetime.fromisoformat(moment)], pa.timestamp("us", "UTC"))]
    found = []
    for dates in given:
        try:
            found.append(check_table(pa.table({"client_id": ["A"], "date": dates}), tz=zone).table["date"].to_pylist())
        except InputError as error:
            found.append([(problem.what, problem.remedy) for problem in error.problems])
    assert found[0] == found[1]
    beyond = (moment[:4], zone) in (("0001", "America/New_York"), ("9999", "Asia/Tokyo"))
    assert (found[0] == [("not a date: outside the years 1 to 9999", "correct the date")]) == beyond
