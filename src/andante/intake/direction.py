"""Whether a column looks reversed: its sign against its neighbors, within clients.

Beside `files` in `intake`; `andante check` asks it. It never changes a value: an export that runs the other way is
mended by a map (`[scales.after_heard]` with `from = [10, 0]`), by a person who knows.

The rule. Every rated column with a good end is turned so that higher is worse, and taken as the deviation from the
client's own mean, so that only changes within clients count. Its neighbors are the other such columns of its stage
(before, between, after; measures belong to before). A pair is judged where both are known in at least 100 rows of
at least 10 clients: it contradicts where the pooled correlation is -0.1 or lower and more than 3.3 standard
errors below 0 (Fisher's z, with half of the n - clients degrees of freedom, because sessions in a row are
alike), and agrees likewise above 0. A column looks reversed where more neighbors contradict it than agree with
it. Where only two columns contradict each other, both are named: either may be the one. All figures are ours,
uncalibrated. `between_used` is left out: what was learned in therapy may well be used more in bad weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from andante.intake.files import Sessions
from andante.records import COLUMN, Column

FEWEST_ROWS, FEWEST_CLIENTS = 100, 10
CLEAR_CORRELATION, CLEAR_ERRORS = 0.1, 3.3
MOST_ROWS = 200_000  # enough to see a sign; whole tables of millions would only take longer
_STAGES = ("before", "between", "after")
_LEFT_OUT = frozenset(("between_used",))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Doubt:
    """A column that looks reversed, the neighbors that say so, and their mean correlation (expected above 0)."""

    column: str
    against: tuple[str, ...]
    correlation: float


def find_doubts(sessions: Sessions) -> list[Doubt]:
    """The columns that look reversed, in the order of the contract."""
    columns = {measure.name: measure.as_column() for measure in sessions.measures}
    columns |= {name: COLUMN[name] for name in sessions.table.schema.names if name in COLUMN}
    rated = {name: column for name, column in columns.items() if column.stage in _STAGES and column.worse and name not in _LEFT_OUT}
    ordered = {name: rated[name] for name in sessions.table.schema.names if name in rated}
    table = sessions.table.slice(0, MOST_ROWS)
    clients = np.asarray(table["client_id"].combine_chunks().dictionary_encode().indices).astype(np.int64)
    changes = {name: _changes(column.worse * table[name].to_numpy(), clients) for name, column in ordered.items()}
    return _doubts(ordered, _judge_pairs(ordered, changes, clients))


def _changes(values: Floats, clients: NDArray[np.int64]) -> Floats:
    """Deviations from the client's own mean."""
    known = ~np.isnan(values)
    counts = np.bincount(clients, known)
    sums = np.bincount(clients, np.where(known, values, 0.0))
    return np.asarray(values - (sums / np.maximum(counts, 1))[clients], dtype=np.float64)


def _judge_pairs(columns: Mapping[str, Column], changes: Mapping[str, Floats], clients: NDArray[np.int64]) -> dict[tuple[str, str], float]:
    """The clear correlations between neighbors."""
    clear = {}
    for one, other in combinations(columns, 2):
        if columns[one].stage == columns[other].stage:
            correlation = _clear_correlation(changes[one], changes[other], clients)
            if correlation is not None:
                clear[one, other] = correlation
    return clear


def _clear_correlation(one: Floats, other: Floats, clients: NDArray[np.int64]) -> float | None:
    both = ~(np.isnan(one) | np.isnan(other))
    rows, people = int(both.sum()), len(np.unique(clients[both]))
    if rows < FEWEST_ROWS or people < FEWEST_CLIENTS or rows - people < 8:
        return None
    spread = float(np.sqrt(np.sum(one[both] ** 2) * np.sum(other[both] ** 2)))
    if spread == 0:
        return None
    correlation = float(np.clip(np.sum(one[both] * other[both]) / spread, -0.999999, 0.999999))
    error = 1 / np.sqrt((rows - people) / 2 - 3)
    clear = abs(correlation) >= CLEAR_CORRELATION and abs(np.arctanh(correlation)) > CLEAR_ERRORS * error
    return correlation if clear else None


def _doubts(columns: Mapping[str, Column], pairs: Mapping[tuple[str, str], float]) -> list[Doubt]:
    doubts = []
    for name in columns:
        near = {one if other == name else other: correlation for (one, other), correlation in pairs.items() if name in (one, other)}
        against = tuple(neighbor for neighbor, correlation in near.items() if correlation < 0)
        if len(against) > len(near) - len(against):
            doubts.append(Doubt(name, against, float(np.mean([near[neighbor] for neighbor in against]))))
    return doubts
