"""# Cells

How a cell may be written. What is empty is not known: never zero, never filled in.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import UTC, date, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from andante.errors import InputError, UsageError
from andante.intake.files import check_table


def column(sessions_from, name: str, *written: str) -> list[object]:
    """The values read from cells of one column, in their order."""
    rows = "\n".join(f"A | {place} | {text}" for place, text in enumerate(written))
    return sessions_from(f"client_id | session | {name}\n{rows}").table[name].to_pylist()


def test_numbers(sessions_from):
    written = ("7", " 7.5 ", "+2", "7.", ".5", "1e1", "007")
    assert column(sessions_from, "before_distress", *written) == [7, 7.5, 2, 7, 0.5, 10, 7]


@pytest.mark.parametrize("word", ["NA", "NaN", "nan", "null", "NULL", "Na"])
def test_na_nan_and_null_among_numbers_are_empty_with_a_note(sessions_from, word):
    found = sessions_from(f"client_id | session | after_heard | phq9\nA | 1 | {word} | {word}\nA | 2 | 7 | {word}")
    assert found.table["after_heard"].to_pylist() == [None, 7]
    assert found.table["phq9"].to_pylist() == [None, None]
    assert found.notes == ["after_heard: NA, NaN or null read as empty in 1 cell", "phq9: NA, NaN or null read as empty in 2 cells"]


def test_a_nan_in_a_frame_is_empty_with_a_note():
    found = check_table(pl.DataFrame({"client_id": ["A", "A"], "session": [1, 2], "after_heard": [float("nan"), 3.0]}))
    assert found.table["after_heard"].to_pylist() == [None, 3]
    assert found.notes == ["after_heard: NA, NaN or null read as empty in 1 cell"]


def test_na_elsewhere_is_no_value(problems_in):
    """It might be a code of theirs, or somebody's id; a map says what is missing."""
    table = "client_id | session | attendance\nNA | 1 | NA"
    assert problems_in(table) == [
        "row 2, column attendance: not one of attended, late, cancelled_by_client, cancelled_by_service, missed (value: NA)"
    ]


def test_decimal_commas_are_read_and_that_is_said(sessions_from):
    found = sessions_from("client_id | session | after_heard\nA | 1 | 7,5\nA | 2 | 8\nA | 3 | ,5")
    assert found.table["after_heard"].to_pylist() == [7.5, 8, 0.5]
    assert found.notes == ["after_heard: decimal comma read as such in 2 cells"]


@pytest.mark.parametrize(
    ("name", "written", "wrong"),
    [
        ("day", ["981", "995", "1,002", "1,009"], [3, 4]),  # as decimals they would come before the others
        ("overrun_min", ["5", "1,200", "0"], [2]),
    ],
)
def test_a_comma_before_three_digits_may_be_a_thousands_separator(problems_in, name, written, wrong):
    table = f"client_id | session | {name}\n" + "\n".join(f"A | {place} | {text}" for place, text in enumerate(written, 1))
    what = f"column {name}: a comma before three digits: thousands, or decimals"
    assert problems_in(table) == [f"row {place + 1}, {what} (value: {written[place - 1]})" for place in wrong]


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("overrun_min", ("5", "1,200", "2,5"), [5, 1.2, 2.5]),  # the other one can only be a decimal
        ("overrun_min", ("0,125",), [0.125]),
        ("after_heard", ("7,333", "6,667", "8"), [7.333, 6.667, 8]),  # seven thousand would be no rating
    ],
)
def test_it_is_a_decimal_comma_where_it_cannot_be_one(sessions_from, name, written, read):
    assert column(sessions_from, name, *written) == read


def test_decimal_points_and_commas_in_one_column_are_a_problem(problems_in):
    """`1,234` might be one thousand two hundred and thirty-four."""
    assert problems_in("client_id | session | overrun_min\nA | 1 | 1,234\nA | 2 | 7.5") == [
        "row 2, column overrun_min: a comma in a number, while other numbers of this column have a decimal point (value: 1,234)"
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((word, True) for word in ("true", "TRUE", "True", "t", "T", "yes", "Y", "1", "1.0")),
        *((word, False) for word in ("false", "FALSE", "False", "f", "F", "no", "N", "0", "0.0")),
        ("", None),
    ],
)
def test_flags_in_their_usual_spellings(sessions_from, written, read):
    assert column(sessions_from, "consent", written) == [read]


@pytest.mark.parametrize(
    "values",
    [[True, False, None], [1, 0, None], [1.0, 0.0, None], ["yes", "no", None], ["T", "F", ""]],
    ids=["bool", "int", "float", "words", "letters"],
)
def test_flags_of_any_type(values):
    found = check_table(pa.table({"client_id": ["A"] * 3, "session": [1, 2, 3], "consent": values}))
    assert found.table["consent"].to_pylist() == [True, False, None]


@pytest.mark.parametrize(
    "written",
    ["2024-03-05", "20240305", "2024-03-05T23:30", "2024-03-05 23:30:00", "2024-03-05T23:30:00.123", "2024-03-05T23:30Z"],
)
def test_dates(sessions_from, written):
    assert column(sessions_from, "date", written) == [date(2024, 3, 5)]


@pytest.mark.parametrize(
    ("zone", "day"), [("UTC", 5), ("Europe/Berlin", 6), ("America/Los_Angeles", 5), ("Asia/Kolkata", 6), ("Pacific/Honolulu", 5)]
)
def test_a_moment_with_a_zone_is_the_local_date(sessions_from, zone, day):
    """23:30 UTC is already the next day in Berlin."""
    for written in ("2024-03-05T23:30Z", "2024-03-06T00:30+01:00", "2024-03-05T18:30:00-05:00"):
        table = f"client_id | date\nA | {written}"
        assert sessions_from(table, tz=zone).table["date"].to_pylist() == [date(2024, 3, day)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "day"), [("UTC", 5), ("Europe/Berlin", 6), ("America/New_York", 5)])
def test_typed_moments_with_a_zone_too(unit, zone, day):
    moments = pa.array([datetime(2024, 3, 5, 23, 30, tzinfo=UTC), None], pa.timestamp(unit, "America/Lima"))
    table = pa.table({"client_id": ["A", "A"], "session": [1, 2], "date": moments})
    assert check_table(table, tz=zone).table["date"].to_pylist() == [date(2024, 3, day), None]


def test_typed_moments_before_1970_and_across_a_change_of_clocks():
    """Berlin put its clocks forward at 01:00 UTC on 31 March 2024: midnight was at 23:00 UTC before and at 22:00 UTC after."""
    moments = [datetime(1969, 12, 31, 22, 59, tzinfo=UTC), datetime(1969, 12, 31, 23, 0, tzinfo=UTC)]
    moments += [datetime(2024, 3, 30, 22, 59, tzinfo=UTC), datetime(2024, 3, 30, 23, 0, tzinfo=UTC)]
    moments += [datetime(2024, 3, 31, 21, 59, tzinfo=UTC), datetime(2024, 3, 31, 22, 0, tzinfo=UTC)]
    table = pa.table({"client_id": ["A"] * 6, "date": pa.array(moments, pa.timestamp("us", "UTC"))})
    assert [str(day) for day in check_table(table, tz="Europe/Berlin").table["date"].to_pylist()] == [
        *("1969-12-31", "1970-01-01", "2024-03-30", "2024-03-31", "2024-03-31", "2024-04-01")
    ]


def test_moments_without_a_zone_keep_their_date_wherever_one_is():
    frame = pd.DataFrame({"client_id": ["A"], "date": pd.to_datetime(["2024-03-05 23:59"])})
    assert check_table(frame, tz="Asia/Tokyo").table["date"].to_pylist() == [date(2024, 3, 5)]


@pytest.mark.parametrize(
    ("zone", "hint"), [("Europe/Berln", "did you mean Europe/Berlin"), ("Mars", "write it as in Europe/Berlin"), ("Europe", "Europe")]
)
def test_a_zone_that_does_not_exist(zone, hint):
    with pytest.raises(UsageError, match=f"there is no time zone '{zone}'.*{hint}"):
        check_table(pa.table({"client_id": ["A"], "date": ["2024-01-01"]}), tz=zone)


@pytest.mark.parametrize("zone", [None, UTC, ["UTC"]], ids=str)
def test_what_is_no_name_of_a_zone(zone):
    said = rf"^tz is a {type(zone).__name__}, not the name of a time zone: write it as in Europe/Berlin$"
    with pytest.raises(UsageError, match=said):
        check_table(pa.table({"client_id": ["A"], "date": ["2024-01-01"]}), tz=zone)


def test_a_column_of_lists_is_a_problem():
    with pytest.raises(InputError, match=r"column after_heard: holds values of the type list.*after_heard takes 0 to 10"):
        check_table(pa.table({"client_id": ["A"], "session": [1], "after_heard": [[7]]}))


def test_numbers_in_every_type_are_the_same():
    for kind in (pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.decimal128(25, 2), pa.string(), pa.large_string()):
        table = pa.table({"client_id": ["A", "A"], "session": [1, 2], "after_heard": pa.array([7, None]).cast(kind)})
        assert check_table(table).table["after_heard"].to_pylist() == [7.0, None], kind


def test_a_frame_with_mixed_types_names_its_odd_cell():
    frame = pd.DataFrame({"client_id": ["A", "A", "A"], "session": [1, 2, 3], "after_heard": [7, "bad", 3.5]})
    with pytest.raises(InputError, match=r"^table, row 2, column after_heard: not a number \(value: bad\)") as caught:
        check_table(frame)
    assert len(caught.value.problems) == 1


def test_frames_bring_what_they_have():
    """A named pandas index is a column, an unnamed one is none; categories of every make are their words."""
    indexed = pd.DataFrame({"session": [1]}, index=pd.Index(["A"], name="client_id"))
    assert check_table(indexed).table.to_pydict() == {"client_id": ["A"], "session": [1]}
    unnamed = check_table(pd.DataFrame({"client_id": ["A"], "session": [1]}, index=[5]))
    assert (unnamed.aside, unnamed.notes) == ([], [])
    for words in (pl.Series(["late"], dtype=pl.Enum(["late"])), pl.Series(["late"], dtype=pl.Categorical)):
        frame = pl.DataFrame({"client_id": ["A"], "session": [1], "attendance": words})
        assert check_table(frame).table["attendance"].to_pylist() == ["late"]


def test_columns_that_are_not_ours_may_hold_anything():
    frame = pd.DataFrame([["A", 1, {"x": 1}, object()]], columns=["client_id", "session", "n", "n"])
    found = check_table(frame)
    assert found.aside == ["n"]
    assert found.table.num_rows == 1


@pytest.mark.parametrize(
    "text",
    [
        "05.03.2024 10:00:00",
        "3/5/2024 2:30 PM",
        "05.03.2024T10:00",
        "05.03.2024, 10:00",
        "5.3.24 9:05",
        "05/03/2024 10:00:00.250",
        "05-03-2024 10:00 +0100",
        "13.03.2024",
        "3/13/2024 2:30:15 pm",
    ],
)
def test_one_of_the_forms_that_are_offered_for_a_date_reads_it(sessions_from, remedies_in, text):
    table = f"client_id | date\nA | {text}"
    (remedy,) = remedies_in(table)
    read = []
    for form in re.findall(r'"([^"]+)"', remedy):
        with suppress(InputError):
            read.append(sessions_from(table, column_map={"dates": {"format": form}}).table["date"].to_pylist())
    assert read
    assert all(found.year == 2024 and found.month in (3, 5) for (found,) in read)


def test_no_form_is_offered_for_a_date_that_none_reads(remedies_in):
    assert remedies_in("client_id | date\nA | 40.40.2024\nB | 1.2.2024 noon") == ["write YYYY-MM-DD", "write YYYY-MM-DD"]


@pytest.mark.parametrize(
    ("column", "text", "remedy"),
    [
        ("prepared", "80%", "write the share itself, without %: 0.8 for 80 %"),
        ("overrun_min", "1'000", "write it without %, spaces or thousands separators, as 80 or 1200.5"),
        ("topics_open", "1'000", "write it without %, spaces or thousands separators, as 80"),
        ("after_heard", "1 0", "write it without %, spaces or thousands separators"),
    ],
)
def test_an_example_of_a_number_is_one_that_the_column_takes(remedies_in, column, text, remedy):
    assert remedies_in(f"client_id | session | {column}\nA | 1 | {text}") == [remedy]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("-9", '; if it stands for an empty cell, write missing = ["-9"] at the head of a map file'),
        ("-99.0", '; if it stands for an empty cell, write missing = ["-99"] at the head of a map file'),
        ("-1", '; if it stands for an empty cell, write "-1" = "" under [codes.phq9] of a map file'),  # elsewhere an answer
        ("99", '; if it stands for an empty cell, write "99" = "" under [codes.phq9] of a map file'),
        ("28", ""),
    ],
)
def test_a_number_that_may_stand_for_an_empty_cell(sessions_from, remedies_in, text, more):
    table = f"client_id | session | phq9\nA | 1 | {text}"
    (remedy,) = remedies_in(table)
    assert remedy == f"correct the value, or give the scale it was asked on under [scales.phq9] of a map file{more}"
    if more:
        line, _, section = more.partition("write ")[2].removesuffix(" of a map file").partition(" under ")
        toml = f"{section}\n{line}" if section else line.removesuffix(" at the head")
        assert sessions_from(table, column_map=tomllib.loads(toml)).table["phq9"].to_pylist() == [None]


def test_a_section_of_a_name_with_a_space_is_written_as_a_map_takes_it(remedies_in):
    own = {"measures": {"my mood": {"range": [1, 7], "better": "higher"}}}
    (remedy,) = remedies_in("client_id | session | my mood\nA | 1 | 12", column_map=own)
    assert remedy == 'correct the value, or give the scale it was asked on under [scales."my mood"] of a map file'
