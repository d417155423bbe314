"""The door of `intake`: a file or a frame in, a session table of the contract out, or all its problems at once.

Stands above `history`, which sorts what comes out of here, and below `flow`. Five steps, one file each: the raw table
(`formats`), which heading is which column (`headings`, `column_map`), each column read (`conversion`,
`spellings`), whole rows checked (`validation`), rows put in time order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from andante.intake.column_map import ColumnMap, read_map
from andante.intake.conversion import convert, decoded, settle, simplify
from andante.intake.findings import Findings, count_of
from andante.intake.formats import RawTable, read_file, read_frame
from andante.intake.headings import Headings, match_headings
from andante.intake.spellings import PLAIN, zone_of
from andante.intake.validation import check_rows, choose_time, note_safety
from andante.order import encoded, time_order
from andante.records import MeasureColumn, session_schema

MapSource = ColumnMap | Mapping[str, Any] | str | Path | None


@dataclass(frozen=True)
class Sessions:
    """A sound session table, one row a session.

    `rows` are the sessions as they came, texts perhaps as categories, and `order` says in which order to read them (None: as
    they are); `table` is both together: sorted by `client_id` (bytes) and then in time order. It has the columns that were given, in
    the order of the contract and of the catalogue, with the types of `records.session_schema`; an empty cell is null.
    `measures` are the measures among them. `time` is the column that orders the sessions (`date` where neither was
    given). `notes` are counted remarks for the person; `aside` names the columns that were not read, and `extra` holds
    them, row by row as `table`, where they were asked for.
    """

    rows: pa.Table
    measures: tuple[MeasureColumn, ...]
    time: Literal["date", "day"]
    notes: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    extra: pa.Table | None = None
    order: NDArray[np.int64] | None = None

    @cached_property
    def table(self) -> pa.Table:
        """The rows in their order; made when it is asked for, because the engine itself takes rows and order."""
        spelled = self.rows.cast(session_schema(self.rows.schema.names, self.measures))
        return spelled if self.order is None else spelled.take(self.order)


def read_sessions(path: str | Path, *, column_map: MapSource = None, tz: str = "UTC", keep_aside: bool = False) -> Sessions:
    """Read a CSV, Parquet or Arrow file (also packed with gzip) as a session table.

    `column_map`: a TOML file or its dictionary; `tz`: the zone in whose local dates moments are read; `keep_aside`: also
    return the columns that are no part of the contract. Raises `InputError` with every problem of the file, or of the map.
    """
    mapping, zone = read_map(column_map), zone_of(tz)
    known, mapped = mapping.known, set(mapping.columns.values())

    def wanted(headings: Sequence[str]) -> Sequence[str]:
        return headings if keep_aside else [heading for heading in headings if heading in known or heading in mapped]

    return _check(read_file(path, wanted), mapping, zone, keep_aside)


def check_table(table: object, *, column_map: MapSource = None, tz: str = "UTC", name: str = "table", keep_aside: bool = False) -> Sessions:
    """The same for an Arrow, Polars or pandas table in memory; `name` is what messages call it."""
    return _check(read_frame(table, name), read_map(column_map), zone_of(tz), keep_aside)


def _check(raw: RawTable, mapping: ColumnMap, zone: tzinfo, keep_aside: bool) -> Sessions:
    findings = raw.findings
    headings = match_headings(raw.headings, mapping)
    headings.report(findings)
    table = _read_columns(raw.table, headings, mapping, findings, zone)
    aside = list(headings.aside)
    time = choose_time(table, headings.shown, findings)
    unused = {name: table[name] for name in ("date", "day") if name in headings.columns and name != time}
    table = table.drop_columns(list(unused))
    aside += [headings.theirs[name] for name in unused]
    check_rows(table, headings.shown, findings, unused)
    findings.raise_problems()
    measures = tuple(measure for measure in mapping.all_measures if measure.name in headings.columns)
    note_safety(table, measures, headings.shown, findings)
    extra = _set_aside(raw.table, aside) if keep_aside else None
    index = _order(table, findings)
    if index is not None and extra is not None:
        extra = extra.take(index)
    return Sessions(table, measures, "day" if time == "day" else "date", findings.notes, aside, extra, index)


def _read_columns(table: pa.Table, headings: Headings, mapping: ColumnMap, findings: Findings, zone: tzinfo) -> pa.Table:
    """Our columns in their final types; a column that cannot be read is empty, and reported."""
    ours, columns = _ours(table, headings), list(headings.columns.values())
    mapped = (
        {place: rules for place, column in enumerate(columns) if not (rules := mapping.rules(column.name)).plain} if mapping.changes else {}
    )
    for place, rules in mapped.items():
        values, mapped[place] = simplify(ours.column(place), columns[place], rules)
        ours = ours.set_column(place, columns[place].name, values)
    closely = {place for place, rules in mapped.items() if not rules.plain}
    ours, unsettled = settle(ours, columns, closely)
    for place in unsettled:
        column, rules = columns[place], mapped.get(place, PLAIN)
        read = convert(ours.column(place), column, rules, headings.shown(column.name), findings, zone)
        ours = ours.set_column(place, column.name, read)
    if columns and columns[0].name == "client_id":
        ours = ours.set_column(0, "client_id", encoded(ours.column(0)))
    return ours


def _ours(table: pa.Table, headings: Headings) -> pa.Table:
    """Our columns of a table, under our names and in our order."""
    names, theirs = list(headings.theirs), list(headings.theirs.values())
    given = table.schema.names
    if given != theirs:
        places = {heading: place for place, heading in enumerate(given)}
        table = table.select([places[heading] for heading in theirs])
    return table if names == theirs else table.rename_columns(names)


def _set_aside(table: pa.Table, aside: Sequence[str]) -> pa.Table:
    places = [place for place, name in enumerate(table.schema.names) if name in aside]
    return pa.Table.from_arrays([decoded(table.column(place)) for place in places], [table.schema.names[place] for place in places])


def _order(table: pa.Table, findings: Findings) -> NDArray[np.int64] | None:
    """The rows in time order, None where they already are; what is odd about it becomes counted notes."""
    if not table.num_rows:
        return None
    order = time_order(table)
    if order.same_day:
        findings.note(
            f"{count_of(order.same_day, 'row')} on the same day as the row before, with no session number: kept as separate sessions"
        )
    if order.disagreements:
        findings.note(f"session numbers that fall while the time rises in {count_of(order.disagreements, 'row')}: ordered by the time")
    return None if (order.index[1:] > order.index[:-1]).all() else order.index
