"""The answers and scores that a raised risk rests on, session by session: "felt heard less of late" can be looked up here.

Stands beside `evidence` in `views`. Only what was rated, counted or scored is told; a flag or a code is in the sentence itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from andante.measures import columns as measure_columns
from andante.records import COLUMN, Column, MeasureColumn
from andante.views.caseload import UNNUMBERED, Case, Evidence, Finding
from andante.views.wording import sentence
from andante.words import number

SESSIONS, LINES = 8, 3  # of one column so many sessions, of a card so many columns (ours: what is taken in at a glance)
NOT_KNOWN = "–"
RATED = ("points", "steps")
USUAL_SCALE = (0, 10)  # known to everybody who reads a page; another one is said


def series(case: Case, finding: Finding, measures: Sequence[MeasureColumn] = ()) -> tuple[str, ...]:
    """ "Felt heard and respected, sessions 5 to 12: 9, 9, 8, –, 7, 7, 6, 8"; one line for each column, the strongest evidence first.

    `measures` are a service's own, beside the catalogue's.
    """
    catalogue = {measure.name: measure for measure in (*measure_columns(), *measures)}
    columns = {column.name: column for item in finding.voting for column in _columns(item, finding, catalogue.values())}
    lines = (_line(case, column) for column in columns.values())
    return tuple([line for line in lines if line][:LINES])


def _columns(evidence: Evidence, finding: Finding, measures: Iterable[MeasureColumn]) -> Iterator[Column]:
    """What this evidence reads that is rated, counted or scored. A measure is known by the label that its sentence begins with."""
    for indicator in finding.risk.indicators:
        if indicator.name == evidence.indicator:
            for name in indicator.columns:
                if name.startswith("measure:"):
                    yield from (one.as_column() for one in measures if evidence.says.startswith(f"{one.label or one.name}:"))
                elif name in COLUMN and COLUMN[name].numeric and COLUMN[name].unit != "share":
                    yield COLUMN[name]


def _line(case: Case, column: Column) -> str:
    """The last sessions of one column; empty where nothing is known of them. A session still ahead is told where it has been answered."""
    stop = case.last + 1
    if case.ahead and case.sessions[case.last].get(column.name) is None:
        stop -= 1
    places = range(max(0, stop - SESSIONS), stop)
    values = [case.sessions[place].get(column.name) for place in places]
    if all(value is None for value in values):
        return ""
    told = ", ".join(NOT_KNOWN if value is None else number(value) for value in values)
    return f"{sentence(column.meaning).rstrip('.')}{_scale(column)}, {_sessions(case, places)}: {told}"


def _scale(column: Column) -> str:
    """Of a rating the ends of its scale, unless they are 0 and 10; a measure is known by its name."""
    own = column.name in COLUMN and column.unit in RATED and (column.low, column.high) != USUAL_SCALE
    return f" ({column.range_in_words()})" if own else ""


def _sessions(case: Case, places: range) -> str:
    """ "sessions 5 to 12", or how many where they have no numbers."""
    first, last = case.label(places[0]), case.label(places[-1])
    if UNNUMBERED in (first, last):
        return f"the last {len(places)} sessions"
    return f"session {first}" if first == last else f"sessions {first} to {last}"
