"""Which columns look reversed: their sign against their neighbors, within clients.

Beside `files` in `intake`; `andante check` asks it. It never changes a value: an export that runs the other way is
mended by a map (`[scales.after_heard]` with `from = [10, 0]`), by a person who knows.

The rule. Every rated column with a good end is turned so that higher is worse, and taken as the deviation from the
client's own straight line over the sessions, so that neither differences between clients nor a steady course count. Its
neighbors are the other such columns of its stage (before, between, after; measures belong to before). A pair is judged
where both are known in at least 100 rows of at least 10 clients, and is clear where the pooled correlation is 0.1 or more
in size and more than 3.3 standard errors away from 0 (Fisher's z). Sessions in a row are alike, so n rows count as
n (1 - p q) / (1 + p q), where p and q are the correlations of each column with its own last value (Bartlett 1935). In
courses of m sessions those come out about (2 + 4 p) / m too low, which is added (as in Marriott & Pope 1954, who have
(1 + 3 p) / m for a mean). Each stage is then parted in two sides, such that no column has more clear contradictions within
its own side than with the other. One of two sides runs the other way, and which of them it is the figures cannot say: it
may be the one column that is right. All cut-offs are ours, uncalibrated.
`between_used` is left out: what was learned in therapy may well be used more in bad weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from andante.intake.files import Sessions
from andante.records import COLUMN, Column

FEWEST_ROWS, FEWEST_CLIENTS = 100, 10
CLEAR_CORRELATION, CLEAR_ERRORS = 0.1, 3.3
LINE = 2  # what a straight line takes of each client's degrees of freedom
MOST_ALIKE = 0.99  # of values in a row
ROUNDING = 1e-9  # what is left of a straight line itself
MOST_ROWS = 200_000  # enough to see a sign; whole tables of millions would only take longer
_STAGES = ("before", "between", "after")
_LEFT_OUT = frozenset(("between_used",))

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pairs = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Doubt:
    """Two sides of columns of one stage that contradict each other, and their mean correlation (expected above 0).

    One of them runs the other way; the first is the smaller one.
    """

    side: tuple[str, ...]
    other: tuple[str, ...]
    correlation: float


@dataclass(frozen=True)
class Directions:
    """What can be told of the directions of a table: its doubts, and the rated columns that had too little beside them."""

    doubts: tuple[Doubt, ...]
    unjudged: tuple[str, ...]


def judge_directions(sessions: Sessions) -> Directions:
    """The sides that contradict each other, and the columns of which nothing can be told, in the order of the contract."""
    columns = _rated(sessions)
    table = sessions.table.slice(0, MOST_ROWS)
    clients = np.asarray(table["client_id"].combine_chunks().dictionary_encode().indices).astype(np.int64)
    changes = {name: _changes(column.worse * table[name].to_numpy(), clients) for name, column in columns.items()}
    judged = {
        (one, other): found
        for one, other in combinations(columns, 2)
        if columns[one].stage == columns[other].stage and (found := _correlation(changes[one], changes[other], clients)) is not None
    }
    clear = {pair: correlation for pair, (correlation, is_clear) in judged.items() if is_clear}
    named = {name for pair in judged for name in pair}
    doubts = tuple(doubt for stage in _STAGES for doubt in _doubts([name for name in columns if columns[name].stage == stage], clear))
    return Directions(doubts, tuple(name for name in columns if name not in named))


def _rated(sessions: Sessions) -> dict[str, Column]:
    columns = {measure.name: measure.as_column() for measure in sessions.measures}
    columns |= {name: COLUMN[name] for name in sessions.table.schema.names if name in COLUMN}
    rated = {name: column for name, column in columns.items() if column.stage in _STAGES and column.worse and name not in _LEFT_OUT}
    return {name: rated[name] for name in sessions.table.schema.names if name in rated}


def _changes(values: Floats, clients: Ints) -> Floats:
    """Deviations from the straight line through the client's own values."""
    known = ~np.isnan(values)
    place = np.arange(len(values), dtype=np.float64)  # rows of a client follow each other in time
    counts = np.maximum(np.bincount(clients, known), 1)

    def centered(numbers: Floats) -> Floats:
        means = np.bincount(clients, np.where(known, numbers, 0.0)) / counts
        return np.where(known, numbers - means[clients], 0.0)

    time, level = centered(place), centered(values)
    spread = np.bincount(clients, time**2)
    slope = np.bincount(clients, time * level) / np.where(spread > 0, spread, 1.0)
    left = level - slope[clients] * time
    left[np.abs(left) < ROUNDING * np.maximum(np.abs(level), 1.0)] = 0.0
    return np.where(known, left, np.nan)


def _correlation(one: Floats, other: Floats, clients: Ints) -> tuple[float, bool] | None:
    """The correlation within clients and whether it is clear; None where there is too little to tell."""
    both = ~(np.isnan(one) | np.isnan(other))
    rows, people = int(both.sum()), _people(clients[both])
    if rows < FEWEST_ROWS or people < FEWEST_CLIENTS:
        return None
    one, other, clients = one[both], other[both], clients[both]
    spread = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    if spread == 0:
        return None
    correlation = float(np.clip(np.sum(one * other) / spread, -0.999999, 0.999999))
    alike = max(_with_its_last(one, clients), 0.0) * max(_with_its_last(other, clients), 0.0)
    free = (rows - LINE * people) * (1 - alike) / (1 + alike) - 3
    clear = free > 0 and abs(np.arctanh(correlation)) > CLEAR_ERRORS / np.sqrt(free)
    return correlation, bool(clear) and abs(correlation) >= CLEAR_CORRELATION


def _people(clients: Ints) -> int:
    return int(np.count_nonzero(np.bincount(clients)))


def _with_its_last(changes: Floats, clients: Ints) -> float:
    """The correlation of values with the client's last one, without what a short course takes off it."""
    follows = clients[1:] == clients[:-1]
    if not follows.any():
        return 0.0
    found = float(np.sum((changes[1:] * changes[:-1])[follows]) / (np.sum(changes**2) * np.mean(follows)))
    length = len(clients) / _people(clients)
    return min(found + (2 + 4 * max(found, 0.0)) / length, MOST_ALIKE)


def _doubts(names: Sequence[str], clear: Pairs) -> Iterable[Doubt]:
    """For each group of columns that clear correlations hold together, its two sides, where it has two."""
    turned = _turned(names, clear)
    for group in _groups(names, clear):
        sides = tuple(name for name in group if name in turned), tuple(name for name in group if name not in turned)
        if all(sides):
            first, second = sorted(sides, key=len)
            across = [clear.get((one, two), clear.get((two, one))) for one in first for two in second]
            yield Doubt(first, second, float(np.mean([found for found in across if found is not None and found < 0])))


def _turned(names: Sequence[str], clear: Pairs) -> set[str]:
    """Columns to turn round, one after another, until none has more contradictions than agreements."""
    turned: set[str] = set()
    while True:
        surplus = {name: 0 for name in names}
        for pair, correlation in clear.items():
            contradicts = (correlation < 0) != (len(turned.intersection(pair)) == 1)
            for name in surplus.keys() & pair:
                surplus[name] += 1 if contradicts else -1
        worst = max(surplus, key=lambda name: surplus[name], default=None)
        if worst is None or surplus[worst] <= 0:
            return turned
        turned ^= {worst}  # each time there are fewer contradictions, so this comes to an end


def _groups(names: Sequence[str], clear: Pairs) -> list[list[str]]:
    """The columns of a stage in groups that clear correlations hold together."""
    group = {name: {name} for name in names}
    for one, other in clear:
        if one in group:
            merged = group[one] | group[other]
            group.update(dict.fromkeys(merged, merged))
    return [list(filter(group[name].__contains__, names)) for name in names if name == next(filter(group[name].__contains__, names))]
