"""Histories that nobody would think of, as Hypothesis strategies: any columns, any gaps, any order of calm and storm."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from andante.measures import columns
from andante.records import COLUMN, COLUMNS, session_schema

MEASURES = {"phq9": (0, 27), "gad7": (0, 21), "pcl5": (0, 80), "wai_sr": (12, 60)}
NEVER_READ = ("client_id", "session", "date", "day", "ending")
READ = [c.name for c in COLUMNS if c.name not in NEVER_READ and c.stage != "transcript"] + list(MEASURES)
FIRST_DAY = datetime.date(2024, 1, 8)


def values_of(name: str) -> list[Any]:
    """The values of a column worth trying: both ends, the middle, and around the thresholds."""
    if name in MEASURES:
        low, high = MEASURES[name]
        return [float(v) for v in (low, low + 6, (low + high) // 2, (low + high) // 2 + 10, high - 4, high)]
    column = COLUMN[name]
    if name == "therapist_id":
        return ["t1", "t2"]
    if column.kind == "flag":
        return [False, True]
    if column.codes:
        return list(column.codes)
    if name == "prepared":
        return [0.0, 0.5, 0.6, 1.0]
    if column.high is None:
        return [0.0, 1.0, 3.0, 12.0]
    steps = range(int(column.low or 0), int(column.high) + 1)
    return [float(v) for v in steps] + ([2.5] if column.kind == "number" else [])


@st.composite
def cells(draw: DrawFn, name: str, rows: int) -> list[Any]:
    """One column: missing at random, mostly missing, constant, or a level that changes once."""
    value = st.sampled_from(values_of(name))
    shape = draw(st.sampled_from(("any", "any", "rare", "constant", "change")))
    if shape == "constant":
        return [draw(value)] * rows
    if shape == "change":
        at = draw(st.integers(0, rows))
        return [draw(value)] * at + [draw(value)] * (rows - at)
    some = st.one_of(st.none(), value) if shape == "any" else st.one_of(st.none(), st.none(), st.none(), value)
    return draw(st.lists(some, min_size=rows, max_size=rows))


@st.composite
def days(draw: DrawFn, rows: int) -> list[float | None]:
    """Days that rise, some of them twice, some fractional, some not known."""
    gaps = draw(st.lists(st.sampled_from((7.0, 7.0, 7.0, 0.0, 0.5, 2.0, 14.0, 22.0, 70.0)), min_size=rows, max_size=rows))
    start = draw(st.sampled_from((0.0, -3.0, 12.5)))
    out: list[float | None] = [start + sum(gaps[: k + 1]) for k in range(rows)]
    for k in draw(st.lists(st.integers(0, rows - 1), max_size=1)) if draw(st.booleans()) else []:
        out[k] = None
    return out


@st.composite
def client(draw: DrawFn, ident: str, names: list[str], time: str, most: int) -> dict[str, list[Any]]:
    rows = draw(st.integers(1, most))
    out: dict[str, list[Any]] = {"client_id": [ident] * rows}
    if "session" in names:
        out["session"] = list(range(draw(st.sampled_from((0, 1, 5))), 40))[:rows]
    if time != "session":
        when = draw(days(rows))
        dated = [None if d is None else FIRST_DAY + datetime.timedelta(days=int(d)) for d in when]
        out[time] = dated if time == "date" else when
    for name in names:
        if name != "session":
            out[name] = draw(cells(name, rows))
    return out


@st.composite
def tables(draw: DrawFn, most_clients: int = 2, most_rows: int = 12, columns_of: list[str] | None = None) -> pa.Table:
    """A session table of one client or a few."""
    time = draw(st.sampled_from(("session", "day", "day", "date")))
    among = columns_of or READ
    names = draw(st.lists(st.sampled_from(among), min_size=1, max_size=min(len(among), 24), unique=True))
    names = ["session", *names] if time == "session" or draw(st.booleans()) else names
    clients = [draw(client(f"c{k}", names, time, most_rows)) for k in range(draw(st.integers(1, most_clients)))]
    return build([*clients])


def build(clients: list[dict[str, list[Any]]]) -> pa.Table:
    """Clients' columns as one table; an undated row without a session number cannot be ordered and is left out."""
    names = list(clients[0])
    joined = {name: [v for c in clients for v in c[name]] for name in names}
    if "session" not in joined:
        time = "day" if "day" in joined else "date"
        keep = [k for k, v in enumerate(joined[time]) if v is not None]
        joined = {name: [values[k] for k in keep] for name, values in joined.items()}
    schema = session_schema(names, columns())
    return pa.table({name: pa.array(values, schema.field(name).type) for name, values in joined.items()})


def shuffles(table: pa.Table) -> SearchStrategy[pa.Table]:
    """The same rows in any order."""
    return st.permutations(range(table.num_rows)).map(lambda order: table.take(pa.array(order, pa.int64())))
