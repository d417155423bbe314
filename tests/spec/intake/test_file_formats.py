"""# File formats

The format is told from the bytes, not from the name: CSV (UTF-8, with a comma, a semicolon or a tab), Parquet, Arrow, each
also packed with gzip. What would have to be guessed at is refused, with the place.
"""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path
from threading import Thread

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import andante
from andante.errors import InputError, UsageError
from andante.intake.files import check_table, read_sessions

ROWS = [{"client_id": "A", "session": 1, "after_heard": 7.5}, {"client_id": "A", "session": 2, "after_heard": None}]


@pytest.fixture
def read(tmp_path):
    """Read these bytes as a file."""

    def read(content: bytes, name: str = "sessions.csv", **options):
        (tmp_path / name).write_bytes(content)
        return read_sessions(tmp_path / name, **options)

    return read


@pytest.mark.parametrize(
    "text",
    [
        "client_id,session,after_heard\nA,1,7.5\nA,2,\n",
        "client_id,session,after_heard\r\nA,1,7.5\r\nA,2,\r\n",
        "client_id,session,after_heard\rA,1,7.5\rA,2,\r",
        "client_id;session;after_heard\nA;1;7,5\nA;2;\n",
        "client_id\tsession\tafter_heard\nA\t1\t7,5\nA\t2\t",
        '"client_id","session","after_heard"\n"A","1","7.5"\n"A","2",""',
        '"client_id","session","after_heard"\n"A","1","7,5"\n"A","2",""',
        "\n\nclient_id,session,after_heard\n\nA,1,7.5\n,,\nA,2,\n\n\n",
        "  \n\nclient_id,session,after_heard\n   \nA,1,7.5\n  , ,\nA,2,\n , , , ,\n , , ",
        "sep=;\r\nclient_id;session;after_heard\r\nA;1;7,5\r\nA;2;\r\n",
        " client_id , session , after_heard \nA, 1 , 7.5\nA,2, \n",
        "after_heard,client_id,session\n7.5,A,1\n,A,2",
    ],
    ids=[
        "comma",
        "windows",
        "old mac",
        "semicolon",
        "tab",
        "quoted",
        "quoted decimal comma",
        "empty lines",
        "lines of spaces",
        "sep=",
        "spaces",
        "reordered",
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with BOM"])
def test_csv_in_every_dialect(read, text, mark):
    assert read(mark + text.encode()).table.to_pylist() == ROWS


def test_quoted_cells_may_hold_separators_quotes_and_line_ends(read):
    found = read(b'client_id,session,after_heard\n"A ""1"", x\ny",1,7\nB,2,11\n'.replace(b"11", b"10"))
    assert found.table["client_id"].to_pylist() == ['A "1", x\ny', "B"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(read):
    """Empty lines count; a line end within a cell does not."""
    with pytest.raises(InputError, match=r"row 5, column after_heard: outside its range"):
        read(b'client_id,session,after_heard\n"A\nB",1,7\n\n,,\nA,2,11\n')


def test_headings_with_commas_in_a_file_with_semicolons(read):
    found = read(
        b"Felt heard, 0-10;ID;No\n7;A;1\n", column_map={"columns": {"client_id": "ID", "session": "No", "after_heard": "Felt heard, 0-10"}}
    )
    assert found.table.to_pylist() == [{"client_id": "A", "session": 1, "after_heard": 7}]


def test_parquet_and_arrow_by_their_bytes_whatever_the_name(read, tmp_path):
    table = pa.Table.from_pylist(ROWS)
    pq.write_table(table, tmp_path / "parquet.csv")
    pyarrow.feather.write_feather(table, tmp_path / "arrow.csv")
    with pa.OSFile(str(tmp_path / "stream.csv"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    for name in ("parquet.csv", "arrow.csv", "stream.csv"):
        assert read_sessions(tmp_path / name).table.to_pylist() == ROWS
        packed = gzip.compress((tmp_path / name).read_bytes())
        assert read(packed, f"{name}.gz").table.to_pylist() == ROWS
    assert read(gzip.compress(b"client_id,session,after_heard\nA,1,7.5\nA,2,"), "x").table.to_pylist() == ROWS


def test_rows_of_parquet_and_arrow_are_numbered_from_one(tmp_path):
    pq.write_table(pa.table({"client_id": ["A", "A"], "session": [1, 2], "after_heard": [7.0, 11.0]}), tmp_path / "x.parquet")
    with pytest.raises(InputError, match=r"x\.parquet, row 2, column after_heard: outside its range, 0 to 10 \(value: 11\)"):
        read_sessions(tmp_path / "x.parquet")


def test_only_the_columns_that_are_read_are_fetched_from_parquet(tmp_path):
    table = pa.table({"client_id": ["A"], "session": [1], "med": [1], "med.time": [2], "s": [{"session": 9}]})
    pq.write_table(table, tmp_path / "x.parquet")
    found = read_sessions(tmp_path / "x.parquet", column_map={"columns": {"day": "med"}})
    assert found.table.to_pylist() == [{"client_id": "A", "session": 1, "day": 1.0}]
    assert found.aside == ["med.time", "s"]
    assert read_sessions(tmp_path / "x.parquet", keep_aside=True).extra.schema.names == ["med", "med.time", "s"]


def categories(places: list[int | None], words: list[str | None]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(words))


@pytest.mark.parametrize(
    "told",
    [
        categories([0, 1, None], ["attended", "missed"]),
        categories([0, 1, None], ["attended", "missed", "no such thing, and nowhere used"]),
        categories([0, 1, 2], ["attended", "missed", None]),
        pa.array([" attended", "missed ", ""]),
    ],
    ids=["as they are", "one that is not used", "an empty one", "as text, to be read"],
)
def test_categories_are_read_as_what_they_stand_for(told, tmp_path):
    table = pa.table({"client_id": categories([0, 1, 1], ["A", "B"]), "session": [1, 1, 2], "attendance": told})
    pyarrow.feather.write_feather(table, tmp_path / "x.arrow")
    pq.write_table(table.set_column(2, "attendance", pa.array(told.to_pylist())), tmp_path / "x.parquet")
    for found in (check_table(table), read_sessions(tmp_path / "x.arrow"), read_sessions(tmp_path / "x.parquet")):
        assert found.table.schema.field("attendance").type == found.table.schema.field("client_id").type == pa.string()
        assert found.table["client_id"].to_pylist() == ["A", "B", "B"]
        assert found.table["attendance"].to_pylist() == ["attended", "missed", None]


def test_a_wrong_category_is_reported_where_it_is_used(tmp_path):
    table = pa.table({"client_id": ["A", "A"], "session": [1, 2], "attendance": categories([0, 1], ["attended", "mised"])})
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(InputError, match=r"row 2, column attendance: .*\(value: mised\)"):
        read_sessions(tmp_path / "x.parquet")


def test_a_client_who_stands_twice_among_the_categories_is_one_client():
    twice = pa.table({"client_id": categories([0, 1, 2], ["A", "A", "B"]), "session": [1, 2, 1]})
    assert check_table(twice).table["client_id"].to_pylist() == ["A", "A", "B"]
    assert andante.read(twice)["client_id"].to_pylist() == ["A", "A", "B"]
    with pytest.raises(InputError, match="the same client and session number"):
        check_table(twice.set_column(1, "session", pa.array([1, 1, 1])))


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_spaces_around_headings_are_no_part_of_them(tmp_path, ending):
    table, place = pa.table({" client_id": ["A"], "session ": [1], " felt heard ": [7.5]}), tmp_path / f"x.{ending}"
    {"csv": pyarrow.csv.write_csv, "parquet": pq.write_table, "arrow": pyarrow.feather.write_feather}[ending](table, place)
    for found in (read_sessions(place), check_table(table), check_table(table.to_pandas()), check_table(pl.DataFrame(table))):
        assert found.table.to_pylist() == [{"client_id": "A", "session": 1}]
        assert found.aside == ["felt heard"]
    for found in (
        read_sessions(place, column_map={"columns": {"after_heard": "felt heard"}}),
        check_table(table, column_map={"columns": {"after_heard": " felt heard"}}),
    ):
        assert found.table.to_pylist() == ROWS[:1]


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_headings_that_are_the_same_without_their_spaces_are_doubled(tmp_path, ending):
    table, place = pa.table({"client_id": ["A"], "session": [1], " session": [2]}), tmp_path / f"x.{ending}"
    {"csv": pyarrow.csv.write_csv, "parquet": pq.write_table, "arrow": pyarrow.feather.write_feather}[ending](table, place)
    with pytest.raises(InputError, match=r"column session: there are 2 columns of this name"):
        read_sessions(place)
    with pytest.raises(InputError, match=r"column session: there are 2 columns of this name"):
        check_table(table)


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_a_name_that_is_no_text_is_read_as_well(tmp_path, ending):
    table, place = pa.Table.from_pylist(ROWS), tmp_path / "x"
    {"csv": pyarrow.csv.write_csv, "parquet": pq.write_table, "arrow": pyarrow.feather.write_feather}[ending](table, place)
    named = Path(os.fsdecode(os.fsencode(tmp_path) + b"/w\xfc"))
    assert read_sessions(place.rename(named)).table.to_pylist() == ROWS


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "arrow"])
def test_what_comes_through_a_pipe_is_read_once(tmp_path, ending):
    text = b"client_id,session,after_heard\nA,1,7.5\nA,2,\n"
    files = {"csv": text, "csv.gz": gzip.compress(text)}
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "x.parquet")
    pyarrow.feather.write_feather(pa.Table.from_pylist(ROWS), tmp_path / "x.arrow")
    content = files.get(ending) or (tmp_path / f"x.{ending}").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writing = Thread(target=(tmp_path / "pipe").write_bytes, args=[content], daemon=True)
    writing.start()
    assert read_sessions(tmp_path / "pipe").table.to_pylist() == ROWS
    writing.join(timeout=30)


UTF16 = "client_id,session\nA,1\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \r\n", "is empty"),
        (UTF16.encode("utf-16"), "is UTF-16 text (Excel calls it Unicode text)"),
        (UTF16.encode("utf-16-be"), "is UTF-16 text (Excel calls it Unicode text)"),
        (
            "client_id,session\nMüller,1\n".encode("latin-1"),
            ", row 2: is not UTF-8 text from here on; it looks like Latin-1 (Windows-1252)",
        ),
        (b"client_id,session\nA,1\n\x00\x01", "is not text: it holds zero bytes"),
        (b"\x01\x02\xff\xfe\xfd", "is not text"),
        (b"PK\x03\x04....", "is an Excel workbook or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel workbook"),
        (b"$FL2@(#) SPSS", "is an SPSS file"),
        (b'{"client_id": "A"}', "is JSON"),
        (b'[{"client_id": "A"}]', "is JSON"),
        (b'[\n  {"client_id": "A"}\n]', "is JSON"),
        (b"\x1f\x8b\x08\x00broken", "is packed with gzip, and damaged"),
        (b"PAR1 and nothing more", "is a Parquet file that cannot be read: it is damaged or not complete"),
        (b"ARROW1\x00\x00 and nothing more", "is an Arrow file that cannot be read: it is damaged or not complete"),
        (b"\xff\xff\xff\xff\x10\x00\x00\x00", "is an Arrow file that cannot be read: it is damaged or not complete"),
        (b'client_id,session\nA,"1\nB,2\n', ", row 2: a quote is opened here and never closed"),
        (b"client_id,session\nA,1\nB\nC,2,3\n", ", row 3: has 1 cell where the headings are 2"),
        (b"client_id,session,session\nA,1,2\n", ", column session: there are 2 columns of this name"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(read, content, said):
    with pytest.raises(InputError, match=re.escape(said)):
        read(content)


def test_every_row_of_the_wrong_length_is_named(read):
    with pytest.raises(InputError, match=r"row 3: has 1 cell where the headings are 2") as caught:
        read(b"client_id,session\nA,1\nB\n\nC,2,3\nD,x\nE\n")
    assert [(problem.row, problem.what) for problem in caught.value.problems] == [
        (3, "has 1 cell where the headings are 2"),
        (5, "has 3 cells where the headings are 2"),
        (6, "not a number"),
        (7, "has 1 cell where the headings are 2"),
    ]


def test_rows_below_a_line_of_spaces_keep_their_numbers(read):
    with pytest.raises(InputError, match=r"row 6, column after_heard: outside") as caught:
        read(b"client_id,session,after_heard\n  \nA,1,7\n , , , ,\n , , \nA,2,11\n")
    assert len(caught.value.problems) == 1


def test_a_row_of_too_few_cells_has_its_own_remedy(read):
    remedy = "give the row all its cells, empty ones too; where a line end within a text has split it, put that text in quotes"
    with pytest.raises(InputError, match=rf"row 2: has 2 cells where the headings are 3\. To mend it: {remedy}$"):
        read(b"client_id,session,before_distress\nA,1\nB,1,5\n")


def test_unquoted_decimal_commas_between_commas_are_told(read):
    with pytest.raises(InputError, match=r"where numbers have decimal commas, separate the cells by semicolons"):
        read(b"client_id,session,after_heard\nA,1,7,5\n")


@pytest.mark.parametrize(("name", "said"), [("none.csv", "there is no such file"), (".", "is a folder, not a file")])
def test_files_that_are_not_there(tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        read_sessions(tmp_path / name)


def test_what_is_no_table():
    with pytest.raises(UsageError, match=r"table is a list, not a table: give a table of Arrow, Polars or pandas"):
        check_table([1, 2])
    with pytest.raises(UsageError, match=r"caseload is a LazyFrame, not a table: collect\(\) it first"):
        check_table(pl.LazyFrame({"client_id": ["A"]}), name="caseload")


@pytest.mark.parametrize("column", [pd.Series([1]), pl.Series([1]), pa.chunked_array([[1]])], ids=["pandas", "polars", "arrow"])
def test_a_single_column_is_no_table(column):
    said = rf"^table is a {type(column).__name__}, not a table: give a table of Arrow, Polars or pandas$"
    with pytest.raises(UsageError, match=said):
        andante.read(column)


def test_what_is_no_file_of_norms():
    with pytest.raises(UsageError, match=r"^norms is an int, not a file: give the path of a norms file \(`andante norms fit`\)$"):
        andante.read(pa.Table.from_pylist(ROWS), norms=3)


def test_a_record_batch_is_a_table_too():
    assert check_table(pa.RecordBatch.from_pylist(ROWS)).table.to_pylist() == ROWS


def test_the_input_is_left_as_it_was():
    table = pa.table({"client_id": [" A", "A"], "session": [2, 1], "after_heard": ["7", "NA"]})
    before = table.to_pydict()
    check_table(table)
    assert table.to_pydict() == before


def test_rows_below_a_line_that_names_the_separator_are_numbered_as_a_spreadsheet_shows_them(read):
    with pytest.raises(InputError, match=r"row 2, column after_heard: outside"):
        read(b"sep=;\nclient_id;session;after_heard\nA;1;11\n")
    with pytest.raises(InputError, match=r"row 2: is not UTF-8 text from here on"):
        read("sep=;\nclient_id;session\nMüller;1\n".encode("latin-1"))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_headings_alone_are_a_table_without_rows(read, end):
    assert read(b"client_id,session" + end).table.num_rows == 0
