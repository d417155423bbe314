"""`andante columns`: the contract of the session table, from the code that checks against it.

The manual's page `docs/session-table.md` is what this prints as Markdown (`make docs`).
"""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from andante.records import Column

Row = tuple[str, ...]
HEAD = ("column", "values", "good end", "unit", "meaning", "question")

STAGES = {
    "id": "Who and when",
    "attendance": "Attendance",
    "before": "Before the session, from the client",
    "between": "Between sessions, from the client (asked at the next check-in)",
    "after": "After the session, from the client",
    "wheel": "The client's own wheel",
    "therapist": "The session, from the therapist",
    "transcript": "From the transcript",
    "ending": "How it ended",
}

INTRODUCTION = """One row for each scheduled session of one client, whether it took place or not. CSV, Parquet or Arrow. Only `client_id`
and one of `session`, `date`, `day` are required; every other column may be missing or empty, and Andante says which risks
it then cannot judge. An empty cell means "not known": never zero, never filled in."""

ENDING = "`ending` is read by `andante norms fit` alone, for the hazard of leaving; the two answers of the exit check-in are evidence."

TRANSCRIPT = (
    "Kept, and not used by any indicator yet. Each of these may have two more columns: its bounds, with `_low` and `_high` behind the name."
)

MEASURES = """Total scores, each named by its id in the catalogue. They come irregularly: nothing is carried forward. A column map can
add a measure or change one (`[measures.NAME]`)."""

READINGS = """One row for each input row, sorted by `client_id` (bytes) and then in time order. The columns with R are there once
for each of the ten risks, in this order: {risks}."""


class Format(StrEnum):
    """What the contract is printed as."""

    text = "text"
    markdown = "markdown"
    csv = "csv"


def columns(form: Annotated[Format, typer.Option("--format", help="What to print it as.")] = Format.text) -> None:
    """Print the session table's contract: every column, its range, its direction, its meaning and its question."""
    printed = {Format.text: as_text, Format.markdown: as_markdown, Format.csv: as_csv}
    typer.echo(printed[form](), nl=False)


def sections() -> Iterator[tuple[str, str, Row, list[Row]]]:
    """The contract as titled tables: title, a few words, headings, rows."""
    from andante.records import COLUMNS

    words = {"id": INTRODUCTION, "transcript": TRANSCRIPT, "ending": ENDING}
    for stage, title in STAGES.items():
        yield title, words.get(stage, ""), HEAD, [_row(c) for c in COLUMNS if c.stage == stage and not _is_bound(c)]
    yield _measures()
    yield _readings()


def _measures() -> tuple[str, str, Row, list[Row]]:
    from andante.measures import columns as measure_columns

    rows = [(*_row(m.as_column())[:4], m.label, _change(m.reliable_change), m.source) for m in measure_columns()]
    return "Measures", MEASURES, (*HEAD[:5], "reliable change", "source"), rows


def _readings() -> tuple[str, str, Row, list[Row]]:
    from andante.records import READING_MEANINGS, reading_schema
    from andante.risks import NAMES

    fields = [*reading_schema(NAMES[:1], "date"), *reading_schema((), "day")]
    types = {field.name.replace(f"{NAMES[0]}_", "R_"): str(field.type) for field in fields}
    rows: list[Row] = [(name, types[name], meaning) for name, meaning in READING_MEANINGS.items()]
    return "The reading table that comes out", READINGS.format(risks=", ".join(NAMES)), ("column", "type", "meaning"), rows


def _is_bound(column: Column) -> bool:
    return column.stage == "transcript" and column.name.endswith(("_low", "_high"))


def _change(points: float | None) -> str:
    return "" if points is None else f"{points:g}"


def ends_in_words(column: Column) -> str:
    """What both ends of a scale mean where neither is the good one: ": -1 slower, 1 faster"; else nothing."""
    if column.better or not all(column.ends):
        return ""
    return f": {column.low:g} {column.ends[0]}, {column.high:g} {column.ends[1]}"


def _row(column: Column) -> Row:
    question = f"{column.question} ({column.ends[0]} .. {column.ends[1]})" if column.question else ""
    meaning = column.meaning + (" (may: asked only where it applies)" if column.may and column.question else "")
    return column.name, column.range_in_words() + ends_in_words(column), column.better or "", column.unit, meaning, question


def as_csv() -> str:
    """One table for programs: every input column with the bounds of the transcript's, the measures, and what comes out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("part", *HEAD))
    for title, _, head, rows in sections():
        for row in rows:
            cells = dict(zip(head, row, strict=True))
            cells.setdefault("values", cells.get("type", ""))
            writer.writerow((title, *(cells.get(name, "") for name in HEAD)))
    return out.getvalue()


def as_text() -> str:
    """For the terminal: one line a column, its question below it."""
    lines = []
    for title, text, head, rows in sections():
        lines += [title, "", *([text.replace("`", ""), ""] if text else [])]
        width = max(len(row[0]) for row in rows) + 2
        for row in rows:
            cells = dict(zip(head, row, strict=True))
            good = f"{cells['good end']} is better" if cells.get("good end") else ""
            facts = ", ".join(part for part in (cells.get("values") or cells.get("type", ""), good) if part)
            lines.append(f"  {row[0]:<{width}}{facts}. {cells['meaning']}")
            if cells.get("question"):
                lines.append(f"  {'':<{width}}{cells['question']}")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def as_markdown() -> str:
    """The page of the manual."""
    parts = ["# The session table", "", "<!-- Made by `make docs` from the code: change src/andante/records.py, not this page. -->", ""]
    for title, text, head, rows in sections():
        parts += [f"## {title}", "", *([text, ""] if text else []), *_markdown_table(head, rows), ""]
    return "\n".join(parts[:-1]) + "\n"


def _markdown_table(head: Row, rows: Sequence[Row]) -> list[str]:
    """A Markdown table without the columns that are empty throughout."""
    kept = [place for place in range(len(head)) if any(row[place] for row in rows)]
    lines = ["| " + " | ".join(head[place] for place in kept) + " |", "|" + "---|" * len(kept)]
    for row in rows:
        cells = [row[place].replace("|", "\\|") for place in kept]
        lines.append("| " + " | ".join([f"`{cells[0]}`", *cells[1:]]) + " |")
    return lines
