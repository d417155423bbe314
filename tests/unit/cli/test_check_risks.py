"""What `andante check` says of each risk is what `andante read` does: nothing is raised of which it said "cannot be judged"."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import andante
from andante.cli.check import report
from andante.intake.column_map import NO_MAP
from andante.intake.files import check_table
from andante.records import COLUMNS, Column
from andante.risks import NAMES

CLIENTS, SESSIONS = 40, 14
LEFT_OUT = ("client_id", "session", "date", "day", "ending")
ASKED = [column for column in COLUMNS if column.name not in LEFT_OUT and column.stage != "transcript"]


def unjudged(table: pa.Table) -> set[str]:
    """The risks of which `check` says that they cannot be judged."""
    _, _, told = "\n".join(report("a.csv", check_table(table), NO_MAP)).partition("\nCannot be judged\n")
    return {line.strip().partition(":")[0] for line in told.splitlines()}


def raised(table: pa.Table) -> set[str]:
    """The risks that `read` raises for anybody."""
    readings = andante.read(table)
    return {name for name in NAMES if {"watch", "act"} & set(readings[f"{name}_level"].to_pylist())}


def a_table(cells: dict[str, list[object]]) -> pa.Table:
    rows = len(next(iter(cells.values())))
    return pa.table({"client_id": ["A"] * rows, "session": list(range(rows)), **cells})


@pytest.mark.parametrize(
    ("cells", "risk"),
    [
        ({"planned_intensity": [4, 4], "intensity": [4, 9]}, "ethics"),
        ({"client_wish": [0, -1], "planned_intensity": [4, 9]}, "boundaries"),
        ({"client_wish": [0, -1], "intensity": [4, 9]}, "boundaries"),
        ({"end_still": [None, 4]}, "experience"),
        ({"end_again": [None, 0]}, "experience"),
        ({"after_heard": [6, 7] * 4 + [None] * 5}, "disengagement"),
        ({"before_distress": [3, 4] * 4 + [None] * 5, "topics_opened": [1] * 13}, "disengagement"),
        ({"topics_resurfaced": [1, 1, 1]}, "unfinished"),
        ({"safety_flag": [True, None, None], "attendance": ["attended"] * 3}, "ethics"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_a_part_of_what_an_indicator_reads_may_be_enough(cells: dict[str, list[object]], risk: str):
    table = a_table(cells)
    assert risk in raised(table)
    assert risk not in unjudged(table)


def test_a_risk_that_nothing_here_can_raise_cannot_be_judged():
    assert {"trust", "boundaries", "ethics"} <= unjudged(a_table({"before_distress": [3, 4]}))


def some(rng: np.random.Generator, column: Column) -> pa.Array:
    """Values of a column as wild as they come: codes and flags at random, numbers at random, rising, falling or leaping."""
    size = CLIENTS * SESSIONS
    if column.kind == "code":
        return pa.array(rng.choice([*column.codes, None], size).tolist(), pa.string())
    if column.kind == "flag":
        return pa.array(rng.choice(np.array([True, False, None], object), size).tolist(), pa.bool_())
    if column.kind == "text":
        return pa.array([str(number) for number in rng.integers(0, 3, size)])
    low, high = column.low or 0, 20 if column.high is None else column.high
    step, way = np.tile(np.arange(SESSIONS), CLIENTS), np.repeat(rng.integers(0, 4, CLIENTS), SESSIONS)
    share = np.choose(way, [rng.random(size), step / (SESSIONS - 1), 1 - step / (SESSIONS - 1), (step > 8) * 1.0])
    values = np.round(low + (high - low) * share)
    values[rng.random(size) < rng.choice([0, 0.1, 0.5])] = np.nan
    return pa.array(values, from_pandas=True)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_columns_there_are_nothing_is_raised_that_could_not_be_judged(seed: int):
    rng = np.random.default_rng(seed)
    for _ in range(15):
        chosen = rng.choice(len(ASKED), rng.integers(1, 6), replace=False)
        cells = {ASKED[place].name: some(rng, ASKED[place]) for place in chosen}
        rows = {"client_id": np.repeat(np.arange(CLIENTS), SESSIONS), "session": np.tile(np.arange(SESSIONS), CLIENTS)}
        table = pa.table({**rows, **cells})
        assert not raised(table) & unjudged(table), sorted(cells)
