"""CSV files at their limits: long rows, long headings, many rows, and where a separator has to be weighed."""

from __future__ import annotations

import re

import pytest

from andante.errors import InputError
from andante.intake.files import read_sessions
from andante.intake.text_tables import read_text_table


def test_a_cell_longer_than_a_block(tmp_path):
    place = tmp_path / "x.csv"
    place.write_text("client_id,session,note\nA,1," + "x" * 3_000_000 + "\nA,2,short\n", encoding="utf-8")
    assert read_sessions(place).table["session"].to_pylist() == [1, 2]


def test_headings_longer_than_the_sample(tmp_path):
    headings = ["client_id", "session", *(f"column number {n} of a very wide export" for n in range(3000))]
    place = tmp_path / "x.csv"
    place.write_text(";".join(headings) + "\n" + ";".join(["A", "1", *["0"] * 3000]) + "\n", encoding="utf-8")
    assert len(",".join(headings)) > 1 << 16
    found = read_sessions(place)
    assert found.table.to_pylist() == [{"client_id": "A", "session": 1}]
    assert len(found.aside) == 3000


def test_rows_keep_their_numbers_over_many_blocks(tmp_path):
    rows = [f"A,{n},7" for n in range(200_000)]
    rows[150_000] = "A,150000,11"
    rows[199_999] = "A,199999,x"
    place = tmp_path / "x.csv"
    place.write_text("client_id,session,after_heard\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 150002, column after_heard: outside") as caught:
        read_sessions(place)
    assert [problem.row for problem in caught.value.problems] == [150_002, 200_001]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("client_id,b;c\nx,2;3\n", ["client_id", "b;c"]),  # as many columns either way, but one of them is ours
        ("a,b;session\nx,2;3\n", ["a,b", "session"]),
        ("a;b\n1,5;2\n1;2,5\n", ["a", "b"]),
        ("a, b\tc\n1\t2\n", ["a, b", "c"]),
        ("only\n1\n", ["only"]),
        ('"a;b",c\n1,2\n', ["a;b", "c"]),
    ],
)
def test_the_separator_is_weighed(text, headings):
    assert read_text_table(text.encode(), "x")[0].schema.names == headings


def test_headings_whose_quotes_are_odd():
    with pytest.raises(InputError, match=r"^x, row 1: a quote is opened here and never closed"):
        read_text_table(b'client_id,"session\nA,1\n', "x")


def test_a_text_that_is_no_table():
    with pytest.raises(InputError, match=r"^x, row 1: a heading of more than 131,072 characters\. To mend it: check that its"):
        read_text_table(b"x" * 200_000, "x")


HEAD = "client_id,session,after_overwhelm,note\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('A,1,2,"says no\nA,2,9,"fine"\nA,3,9,ok\n', "x, row 2: a quote is opened here and closed in the middle of another cell"),
        ('A,1,2,"says no\nA,2,2,ok\nA,3,1,"quoted\nA,4,1,z\n', "x, row 2: a quote is opened here and closed in the middle of another cell"),
        ('A,1,2,"says no\r\nA,2,9,"fine"\r\n', "x, row 2: a quote is opened here and closed in the middle of another cell"),
        ('A,1,2,"says\nyes"\n\nA,2,2,"says no\nA,3,9,""\nA,4,9,"x"\n', "x, row 4: a quote is opened here and closed in the middle"),
        ('"A,1,2,no\n"B",1,2,ok\n', "x, row 2: a quote is opened here and closed in the middle"),
        ('A,1,2,5" wide\nA,2,2,"says no\nA,3,9,"fine"\n', "x, row 3: a quote is opened here and closed in the middle"),
        ('A,1,2,"says no\nA,2,9,ok\n', "x, row 2: a quote is opened here and never closed"),
        ('A,1,2,ok\nA,2,9,"says no', "x, row 3: a quote is opened here and never closed"),
        ('A,1,2,"a\nb"\nA,2\nA,3,9,"says no\nA,4,9,ok\n', "x, row 4: a quote is opened here and never closed"),
    ],
)
def test_a_quote_that_is_not_closed_swallows_no_row(rows, said):
    with pytest.raises(InputError, match=f"^{said}.*To mend it: close it, or double it where it belongs to the text$") as caught:
        read_text_table((HEAD + rows).encode(), "x")
    assert "says" not in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('"two\nlines, and ""more"""', 'two\nlines, and "more"'),
        ('"\n"', "\n"),
        ('"two\nlines" ', "two\nlines "),
        ('""', None),
        ('"""\n"""', '"\n"'),
        ('5" wide', '5" wide'),
        ('"she" said', "she said"),
        ('says "no"', 'says "no"'),
    ],
)
def test_quotes_that_are_closed_and_quotes_within_a_line(cell, read):
    table, _ = read_text_table(f"{HEAD}A,1,2,{cell}\nA,2,3,x\n".encode(), "x")
    assert table["note"].to_pylist() == [read, "x"]
    assert table["session"].to_pylist() == ["1", "2"]


def test_the_row_of_a_foreign_letter_is_counted_in_rows_not_in_lines():
    with pytest.raises(InputError, match=r"^x, row 3: is not UTF-8 text from here on; it looks like Latin-1"):
        read_text_table(f'{HEAD}A,1,2,"two\nlines"\nMüller,1,2,\n'.encode("latin-1"), "x")


@pytest.mark.parametrize(
    ("text", "sign"),
    [("client_id|session\nA|1\n", "|"), ("sep=|\nclient_id|session\nA|1\n", "|"), ("client_id^session\nA^1\n", "^"), ("SEP=#\ra\r", "#")],
)
def test_a_separator_that_is_not_looked_for_is_named(text: str, sign: str):
    said = rf"^x: has its cells separated by {re.escape(sign)}\. To mend it: separate them by commas, semicolons or tabs: nothing else"
    with pytest.raises(InputError, match=said):
        read_text_table(text.encode(), "x")


def test_a_bar_in_a_heading_is_no_separator():
    assert read_text_table(b"client_id,session,a|b\nA,1,x\n", "x")[0].schema.names == ["client_id", "session", "a|b"]


@pytest.mark.parametrize("line", ["sep=;", "sep = ;", '"sep=;"', "Sep=; ", "sep=;;;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_announces_the_separator_may_be_written_in_many_ways(line: str, end: str):
    table, _ = read_text_table(end.join([line, "client_id;a,b", "A;1", ""]).encode(), "x")
    assert table.to_pydict() == {"client_id": ["A"], "a,b": ["1"]}


def test_a_space_before_a_quote_is_in_the_remedy():
    _, findings = read_text_table(b'client_id, session, note\nA, 1, "a,b"\n', "x")
    with pytest.raises(InputError, match=r"put texts that hold a comma in quotes, with no space before them; where numbers"):
        findings.raise_problems()
