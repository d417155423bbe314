"""CSV files: their encoding and their separator found by looking, every cell as text.

Beside `formats`, which calls it. A file that would have to be guessed at (another encoding, an open quote, rows of the wrong
length) is refused with the place, because a shifted row puts one client's answers under another's name.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from andante.errors import InputError, Problem
from andante.intake.column_map import NO_MAP
from andante.intake.findings import Findings, count_of

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_SAMPLE, _SAMPLE_ROWS = 1 << 16, 30
_STEP = 1 << 20


def read_text_table(content: bytes, name: str) -> tuple[pa.Table, Findings]:
    """The table with every cell as text (empty: null), and the findings that know its row numbers."""
    start = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    _require_utf8(content, start, name)
    blank = re.compile(rb"(?: *[\r\n])*").match(content, start)
    lines_before = _lines(content[start : blank.end()]) if blank else 0
    start = blank.end() if blank else start
    announced = _announced(content, start)
    separator = announced.group(1).decode() if announced else None
    if announced:
        start = announced.end()  # a spreadsheet does not show that line, and numbers its rows without it
    if not content[start:].strip():
        raise InputError([Problem(name, None, None, "is empty", remedy="the first line has to hold the headings")])
    sample = _sample(content, start).decode("utf-8", errors="ignore")
    separator = separator or _separator(sample, complete=len(content) - start <= _SAMPLE)
    _require_known_separator(sample, separator, name)
    return _parse(content, start, lines_before, separator, sample, name)


def _sample(content: bytes, start: int) -> bytes:
    """The beginning of a file, with at least its first line."""
    sample = content[start : start + _SAMPLE]
    if b"\n" in sample or b"\r" in sample:
        return sample
    end = content.find(b"\n", start)
    return content[start : end + 1] if end >= 0 else content[start:]


def _require_utf8(content: bytes, start: int, name: str) -> None:
    """Refuse what is not UTF-8 text, and say what it is instead."""
    remedy = "save it as CSV UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError([Problem(name, None, None, "is UTF-16 text (Excel calls it Unicode text)", remedy=remedy)])
    if b"\0" in content:
        halves = content[:_SAMPLE].count(b"\0") * 3 > len(content[:_SAMPLE])
        what = "is UTF-16 text (Excel calls it Unicode text)" if halves else "is not text: it holds zero bytes"
        raise InputError([Problem(name, None, None, what, remedy=remedy if halves else "give a CSV, Parquet or Arrow file")])
    decoder = codecs.getincrementaldecoder("utf-8")()
    for place in range(start, len(content), _STEP):
        try:
            decoder.decode(content[place : place + _STEP], final=place + _STEP >= len(content))
        except UnicodeDecodeError as error:
            unseen = _announced(content, start) is not None  # the line `sep=;`, which a spreadsheet does not show
            row = _records(content[start : place + error.start], "".join(SEPARATORS)) + 1 - unseen
            if _CONTROL.search(content[:_SAMPLE]):
                raise InputError([Problem(name, None, None, "is not text", remedy="give a CSV, Parquet or Arrow file")]) from error
            what = "is not UTF-8 text from here on; it looks like Latin-1 (Windows-1252)"
            raise InputError([Problem(name, row, None, what, remedy=remedy)]) from error


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _lines(content: bytes) -> int:
    """How many lines end in these bytes, whichever way lines end."""
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def _announced(content: bytes, start: int) -> re.Match[bytes] | None:
    """A first line `sep=;`, as Excel writes it, with its separator."""
    return _ANNOUNCEMENT.match(content, start)


_ANNOUNCEMENT = re.compile(rb'"?sep *= *([,;\t]) *"?[ ,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_OTHER = re.compile(r'"?sep *= *(?P<announced>[^\s,;"])|[^,;\t]*(?P<used>[|^~])', re.IGNORECASE)  # of a first line


def _require_known_separator(sample: str, separator: str, name: str) -> None:
    """Refuse a table of one column whose first line names or uses a separator that is not looked for."""
    first = re.split(r"[\r\n]", sample, maxsplit=1)[0]
    found = None if separator in first else _OTHER.match(first)
    if found is not None:
        what = f"has its cells separated by {found['announced'] or found['used']}"
        remedy = "separate them by commas, semicolons or tabs: nothing else is looked for"
        raise InputError([Problem(name, None, None, what, remedy=remedy)])


def _separator(sample: str, complete: bool) -> str:
    """The separator that gives headings we know, else rows of one length, else most columns."""
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator, complete))


def _fit(sample: str, separator: str, complete: bool) -> tuple[bool, int, float, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), _SAMPLE_ROWS))
    except csv.Error:
        return False, 0, 0.0, 0
    if not complete and 1 < len(rows) < _SAMPLE_ROWS:
        rows.pop()
    width = len(rows[0])
    known = sum(heading.strip() in NO_MAP.known for heading in rows[0])
    alike = sum(len(row) in (0, width) for row in rows) / len(rows)
    return width > 1, known, alike, width


def _parse(content: bytes, start: int, lines_before: int, separator: str, sample: str, name: str) -> tuple[pa.Table, Findings]:
    """All cells as text; rows of the wrong length are left out and reported with their row."""
    headings_unread = InputError(
        [Problem(name, lines_before + 1, None, "the headings cannot be read", remedy="check the quotes in the first line")]
    )
    if max(map(len, re.split(r"[\r\n]", sample, maxsplit=1)[0].split(separator))) > csv.field_size_limit():
        what = f"a heading of more than {csv.field_size_limit():,} characters"
        raise InputError([Problem(name, lines_before + 1, None, what, remedy="check that its first line holds the headings")])
    width = _width(sample, separator)
    if not width:
        raise headings_unread
    if content.find(b'"', start) >= 0:
        _require_closed_quotes(memoryview(content)[start:], separator, lines_before, name)
    ended = content.endswith((b"\n", b"\r")) or any(sign in sample for sign in "\r\n")
    body = pa.py_buffer(memoryview(content)[start:] if ended else content[start:] + b"\n")  # Arrow wants to see a line end
    odd: list[tuple[int, int]] = []
    try:
        table = _read(body, separator, width)
    except pa.ArrowInvalid:
        table = _read_slowly(body, separator, width, odd, name)
    if table.num_columns != width or not all(pa.types.is_string(kind) for kind in table.schema.types):
        raise headings_unread
    headings = [(table.column(place)[0].as_py() or "").strip() for place in range(width)]
    numbers = np.arange(2, table.num_rows + len(odd) + 1, dtype=np.int64)
    if odd:
        numbers = np.setdiff1d(numbers, [number for number, _ in odd])
    table = table.slice(1).rename_columns(headings)
    filled = _filled(table)
    findings = Findings(name, numbers + lines_before)
    if filled is not None:
        table = table.filter(pa.array(filled))
        findings.numbers = findings.numbers[filled]  # type: ignore[index]
    for cells in sorted({cells for _, cells in odd} - {_BLANK}):
        rows = np.array([number + lines_before for number, count in odd if count == cells], dtype=np.int64)
        remedy = _ODD_REMEDY[separator] if cells > width else _SHORT_REMEDY
        findings.add_lines(f"has {count_of(cells, 'cell')} where the headings are {width}", remedy, rows)
    return table, findings


def _width(sample: str, separator: str) -> int:
    """How many headings there are; 0 where that cannot be told."""
    try:
        return len(next(csv.reader(io.StringIO(sample, newline=""), delimiter=separator)))
    except csv.Error:
        return 0


_BLANK = 0  # cells of a row that holds nothing but spaces
_SHORT_REMEDY = "give the row all its cells, empty ones too; where a line end within a text has split it, put that text in quotes"
_ODD_REMEDY = {
    ",": "put texts that hold a comma in quotes, with no space before them; "
    "where numbers have decimal commas, separate the cells by semicolons",
    ";": "put texts that hold a semicolon in quotes, with no space before them",
    "\t": "put texts that hold a tab in quotes, with no space before them",
}


def _read(body: pa.Buffer, separator: str, width: int, **more: object) -> pa.Table:
    text = {f"f{place}": pa.string() for place in range(width)}
    source: Any = pa.BufferReader(body)
    return pacsv.read_csv(
        source,
        read_options=pacsv.ReadOptions(autogenerate_column_names=True, **more.get("reading", {})),  # type: ignore[arg-type]
        parse_options=pacsv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, **more.get("parsing", {})),  # type: ignore[arg-type]
        convert_options=pacsv.ConvertOptions(column_types=text, strings_can_be_null=True, null_values=[""], check_utf8=False),
    )


def _read_slowly(body: pa.Buffer, separator: str, width: int, odd: list[tuple[int, int]], name: str) -> pa.Table:
    """One thread and one block, which alone knows the row of a line that has too many or too few cells."""

    def skip(row: pacsv.InvalidRow) -> str:
        filled = row.text.replace(separator, "").strip()
        odd.append((row.number or 0, row.actual_columns if filled else _BLANK))
        return "skip"

    try:
        return _read(
            body,
            separator,
            width,
            reading={"use_threads": False, "block_size": min(body.size + 1, 2**31 - 1)},
            parsing={"invalid_row_handler": skip},
        )
    except pa.ArrowInvalid as error:
        raise InputError([Problem(name, None, None, "cannot be read as a table", remedy="check its quotes and separators")]) from error


def _require_closed_quotes(body: memoryview, separator: str, lines_before: int, name: str) -> None:
    """A quote that is never closed swallows the rows up to the next quote, or the rest of the file, into one cell.

    The next quote then stands before the text of another cell. Within one line such a quote may belong to the text.
    """
    if _quotes_pair(body, separator):
        return
    for cell in _quoted_cells(separator).finditer(body):
        inside, closing, behind = cell.groups()
        if not closing or (behind.strip() and (b"\n" in inside or b"\r" in inside)):
            row = lines_before + _records(bytes(body[: cell.start()]), separator) + 1
            what = "a quote is opened here and " + ("closed in the middle of another cell" if closing else "never closed")
            raise InputError([Problem(name, row, None, what, remedy="close it, or double it where it belongs to the text")])


def _quotes_pair(body: memoryview, separator: str) -> bool:
    """Whether quotes stand only around whole cells and, doubled, within them: a quick yes for nearly every file."""
    signs = np.frombuffer(body, dtype=np.uint8)
    places = np.flatnonzero(signs == ord('"'))
    if len(places) % 2:
        return False
    edge = np.isin(np.arange(256), np.frombuffer(f'{separator}"\r\n'.encode(), dtype=np.uint8))
    opening, closing = places[0::2], places[1::2]
    return bool(edge[signs[opening[opening > 0] - 1]].all() and edge[signs[closing[closing + 1 < len(signs)] + 1]].all())


@cache
def _quoted_cells(separators: str) -> re.Pattern[bytes]:
    """A cell that begins with a quote: what is inside, the closing quote, and what stands behind it in the same cell."""
    ends = rf"{separators}\r\n"
    return re.compile(rf'"(?:(?<=[{ends}]")|(?<=\A"))((?:[^"]++|"")*+)("?)([^{ends}]*)'.encode())


def _records(content: bytes, separators: str) -> int:
    """How many rows end in these bytes: line ends within quotes are none."""
    return _lines(_quoted_cells(separators).sub(b"", content))


def _filled(table: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    """Which rows hold anything but spaces (spreadsheets leave empty ones); None: all do."""
    empty = None
    for column in sorted(table.columns, key=lambda column: column.null_count):
        spaces: Any = pc.utf8_is_space(column)
        nulls = np.asarray(spaces.fill_null(True))
        empty = nulls if empty is None else empty & nulls
        if not empty.any():
            return None
    return None if empty is None or not len(empty) else ~empty
