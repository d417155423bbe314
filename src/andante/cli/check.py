"""`andante check`: is this table usable, does each column mean what we think, and what can be judged from it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from andante.cli.columns import ends_in_words
from andante.cli.problems import Errors, Map, Zone, writing_problems
from andante.cli.saving import check_places
from andante.errors import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from andante.intake.column_map import ColumnMap
    from andante.intake.files import Sessions
    from andante.records import Column
    from andante.risk import Risk

NOT_READ_YET = "transcript"  # the stage of the columns of speech: part of the contract, and evidence only in a later version
SessionsFile = Annotated[
    Path, typer.Argument(metavar="SESSIONS", help="The session table: CSV, Parquet or Arrow.", show_default=False, readable=False)
]


def check(sessions: SessionsFile, map_file: Map = None, tz: Zone = "UTC", errors: Errors = None) -> None:
    """Validate a session table and say which risks can be judged from it.

    Every problem is named with its file, row, column, value and remedy, and the exit code is then 2. A table that can be
    read is echoed column by column, with range and direction, because a scale that runs the other way is the one
    mistake that no validation can see.
    """
    from andante.intake.column_map import read_map
    from andante.intake.files import read_sessions

    check_places([("--errors", errors, ())], given={"the input": sessions, "the map": map_file})
    with writing_problems(errors):
        column_map = read_map(map_file)
        found = read_sessions(sessions, column_map=column_map, tz=tz)
    for line in report(sessions.name, found, column_map):
        typer.echo(line)


def report(name: str, sessions: Sessions, column_map: ColumnMap) -> list[str]:
    """All that `check` says about a usable table, line by line."""
    from andante.intake.findings import count_of

    rows, clients = sessions.table.num_rows, len(sessions.table["client_id"].unique())
    lines = [f"{name} can be read: {count_of(rows, 'row')}, {count_of(clients, 'client')}.", "", "Columns"]
    lines += [f"  {line}" for line in _columns(sessions, column_map)]
    if sessions.notes:
        lines += ["", "Notes", *(f"  {note}" for note in sessions.notes)]
    return lines + _doubts(sessions) + _risks(sessions)


def _columns(sessions: Sessions, column_map: ColumnMap) -> list[str]:
    """Each column with its range and direction, how it came to be, and in how many rows it is known."""
    known = column_map.known
    lines = []
    for name in sessions.table.schema.names:
        theirs, scale = column_map.columns.get(name), column_map.scales.get(name)
        line = f"{name}: {in_words(known[name])}"
        line += f" [from {told(theirs)}]" if theirs and theirs != name else ""
        line += f" [their {scale[0]:g} to {scale[1]:g}]" if scale else ""
        line += " [none of the ten reads it yet]" if known[name].stage == NOT_READ_YET else ""
        lines.append(line + _share_known(sessions, name))
    return lines


def _share_known(sessions: Sessions, name: str) -> str:
    rows, empty = sessions.table.num_rows, sessions.table[name].null_count
    return f" (known in {rows - empty:,} of {rows:,} rows)" if empty else ""


def in_words(column: Column) -> str:
    """Range and direction: "0 to 10, higher is better"; the words at both ends where neither is: "-1 to 1: -1 slower, 1 faster"."""
    span = column.range_in_words()
    if column.unit in ("days", "minutes"):
        span = column.unit if span == "number" else f"{span} {column.unit}"
    return ", ".join(part for part in (span + ends_in_words(column), column.direction_in_words()) if part)


def _doubts(sessions: Sessions) -> list[str]:
    """Columns that contradict each other, with the remedy for either side; and those of which that cannot be seen."""
    from andante.intake.direction import judge_directions
    from andante.views.wording import listed

    found = judge_directions(sessions)
    lines = [
        f"  {listed(doubt.side)} against {listed(doubt.other)} (correlation within clients {doubt.correlation:.2f}): one side runs the"
        f" other way; if it is {listed(doubt.side)}, {_remedy(doubt.side)}; if it is {listed(doubt.other)}, {_remedy(doubt.other)}"
        for doubt in found.doubts
    ]
    unseen = f"Too little data to see whether a scale runs the other way: {', '.join(found.unjudged)}"
    return (["", "May be reversed", *lines] if lines else []) + (["", unseen] if found.unjudged else [])


def _remedy(columns: Sequence[str]) -> str:
    from andante.intake.names import section_of
    from andante.views.wording import listed

    whose = "its ends" if len(columns) == 1 else "the ends of each"
    return f"give {whose} under {listed([section_of('scales', name) for name in columns])} of a map file"


def _risks(sessions: Sessions) -> list[str]:
    """Which of the ten can be judged, what each of the others would need, and what may raise it all the same."""
    from andante.risks import RISKS

    table = sessions.table
    filled = {name for name in table.schema.names if table[name].null_count < table.num_rows or not table.num_rows}
    filled |= {f"measure:{measure.domain}" for measure in sessions.measures if measure.name in filled and measure.change}
    judged = [risk for risk in RISKS if risk.can_judge(filled)]
    lines = ["", f"Risks that can be judged from these columns: {len(judged)} of {len(RISKS)}"]
    lines += [f"  {risk.name}: {risk.title} (from {_named(q for q in risk.questions if q in filled)})" for risk in judged]
    others = {risk: _raised_by(risk, filled) for risk in RISKS if risk not in judged}
    raised = [f"  {risk.name}: from {_named(columns)}; to be quiet it needs {_needed(risk)}" for risk, columns in others.items() if columns]
    unknown = [f"  {risk.name}: needs {_needed(risk)}" for risk, columns in others.items() if not columns]
    lines += ["", "Can only be raised, never called quiet", *raised] if raised else []
    return lines + (["", "Cannot be judged", *unknown] if unknown else [])


def _raised_by(risk: Risk, filled: set[str]) -> list[str]:
    """The columns from which a risk may be raised that is otherwise unknown: those of its indicators that have enough of theirs."""
    ways = [way for indicator in risk.indicators if indicator.votes for way in indicator.ways]
    return list(dict.fromkeys(column for way in ways if filled.issuperset(way) for column in way))


def _needed(risk: Risk) -> str:
    return " or ".join(filter(None, (_named(risk.questions[:-1]), _named(risk.questions[-1:]))))


def _named(questions: Iterable[str]) -> str:
    """Questions as people call them: `measure:trauma` is any measure of that kind."""
    return ", ".join(q.replace("measure:", "a measure of kind ") for q in questions)
