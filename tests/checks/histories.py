"""The histories that every check uses: simulated clients of several families, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

import numpy as np
import pyarrow as pa

from andante import flow
from andante.clients import Clients, gather
from andante.history import blocks
from andante.intake.files import check_table
from andante.lab.simulator import simulate
from andante.measures import columns
from andante.priors import shipped
from andante.records import COLUMN, session_schema
from andante.risk import Risk
from andante.risks import NAMES

Found = TypeVar("Found")


def once_a_table(make: Callable[..., Found]) -> Callable[..., Found]:
    """The ten risks meet the same tables: what is made of a table is made once (tables are never changed)."""
    made: dict[tuple[object, ...], tuple[pa.Table, Found]] = {}

    @wraps(make)
    def look_up(table: pa.Table, *more: object) -> Found:
        key = (id(table), *more)
        if key not in made:
            made[key] = (table, make(table, *more))  # the table is kept, so that its id stays its own
        return made[key][1]

    return look_up


@cache
def sample() -> pa.Table:
    """Fifteen clients, half of them with a harm, in time order, with every column that the simulator knows."""
    cohorts = [simulate(5, family=family, seed=7).sessions for family in ("traits", "regimes", "loads")]
    return check_table(pa.concat_tables(cohorts, promote_options="default")).table


@cache
def busiest() -> pa.Table:
    """The client of the sample with the most sessions."""
    ids = sample()["client_id"].to_pylist()
    return only(sample(), max(set(ids), key=ids.count))


@once_a_table
def only(table: pa.Table, client: str) -> pa.Table:
    return table.filter(pa.compute.equal(table["client_id"], client))


@once_a_table
def read(table: pa.Table) -> pa.Table:
    return flow.read(gather(table)).readings


def readings(table: pa.Table, risk: str) -> pa.Table:
    """The columns of one risk in the readings of a table."""
    return read(table).select(["client_id", "session", *(f"{risk}_{part}" for part in ("level", "score", "since", "evidence"))])


def signals(table: pa.Table, risk: Risk) -> dict[str, np.ndarray]:
    """How far each indicator of a risk exceeds its threshold, row by row of a table in time order."""
    return all_signals(table)[NAMES.index(risk.name)]


@once_a_table
def all_signals(table: pa.Table) -> list[dict[str, np.ndarray]]:
    opened = Clients(gather(table, ordered=True), columns())
    out: list[dict[str, np.ndarray]] = [{} for _ in NAMES]
    for block in blocks(opened):
        for own, found in zip(out, flow.find(block, shipped()).signals, strict=True):
            for name, signal in found.items():
                own.setdefault(name, np.full(opened.rows + 1, np.nan))[block.place] = signal.excess
    return [{name: values[:-1] for name, values in own.items()} for own in out]


@once_a_table
def first_rows(table: pa.Table, rows: int) -> pa.Table:
    return table.slice(0, rows)


@once_a_table
def with_values(table: pa.Table, place: float) -> pa.Table:
    """Every rating of the table constant, at a place between its ends (0: lowest, 1: highest)."""
    for name in table.column_names:
        column = COLUMN.get(name)
        if column and column.numeric and column.low is not None and column.high is not None:
            value = float(round(column.low + place * (column.high - column.low)))
            table = _replaced(table, name, [value] * table.num_rows)
    return table


@once_a_table
def all_missing(table: pa.Table) -> pa.Table:
    """Nothing known but who and when."""
    for name in table.column_names:
        if name not in ("client_id", "session", "date", "day"):
            table = _replaced(table, name, [None] * table.num_rows)
    return table


@once_a_table
def with_gaps(table: pa.Table, keep: int) -> pa.Table:
    """The values of every `keep`-th row alone; the other rows know only who and when."""
    for name in table.column_names:
        if name not in ("client_id", "session", "date", "day", "attendance"):
            values = table[name].to_pylist()
            table = _replaced(table, name, [v if k % keep == 0 else None for k, v in enumerate(values)])
    return table


def _replaced(table: pa.Table, name: str, values: list[object]) -> pa.Table:
    field = session_schema(table.column_names, columns()).field(name)
    return table.set_column(table.column_names.index(name), field, pa.array(values, field.type))
