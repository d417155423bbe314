"""Sudden gains and losses one by one and person by person: size, share of the whole change, reversal.

Stands in `measures/` after sudden, whose judged intervals come in; Arrow tables go out. The R package suddengains
calls these tables "bysg" and "byperson". Three of its habits are mended here and come back with
`Rules(replicate="suddengains")`: it looks for a reversal only from the second session after the step on; it returns the
biggest loss when asked for the smallest; and it gives an infinite share where nothing changed over the whole treatment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError
from andante.measures.cells import nullable, percent
from andante.measures.sudden import Grid, Rules, Sudden, flags_array, judge

Kind = Literal["gain", "loss"]
KINDS: tuple[Kind, Kind] = ("gain", "loss")
SELECT = ("first", "last", "smallest", "largest")
AROUND = ("before_2", "before_1", "before", "after", "after_1", "after_2")


@dataclass(frozen=True)
class Episodes:
    """Every sudden gain (or loss) of a grid, by client and then session. One entry of each array per episode.

    `client` is the row of the grid, `session` the column index of the score before the step, `count` how many episodes
    that client has. `share` is the step's size over the whole change (start - end), NaN where that cannot be said.
    """

    sudden: Sudden
    kind: Kind
    baseline_first: bool
    client: NDArray[np.intp]
    session: NDArray[np.intp]
    count: NDArray[np.intp]
    around: Grid
    magnitude: Grid
    total_change: Grid
    share: Grid
    reversal_line: Grid
    reversed: NDArray[np.bool_]

    @property
    def number(self) -> NDArray[np.intp]:
        """The session's running number: from 1, or from 0 where the first column is the baseline."""
        return self.session + (0 if self.baseline_first else 1)

    def table(self) -> pa.Table:
        """One row per episode: who, between which sessions, the scores around it, size, share and reversal."""
        labels = np.asarray(self.sudden.labels, dtype=object)
        columns = {
            "id": pa.array(np.asarray(self.sudden.ids, dtype=object)[self.client], pa.string()),
            "kind": pa.array([self.kind] * len(self.client), pa.string()),
            "number": self.number,
            "from": pa.array(labels[self.session], pa.string()),
            "to": pa.array(labels[self.session + 1], pa.string()),
            "count": self.count,
            **{name: nullable(self.around[:, k]) for k, name in enumerate(AROUND)},
            "magnitude": nullable(self.magnitude),
            "total_change": nullable(self.total_change),
            "share_of_total": nullable(self.share),
            "reversal_line": nullable(self.reversal_line),
            "reversed": self.reversed,
        }
        return pa.table(columns)


def list_episodes(
    sudden: Sudden,
    kind: Kind = "gain",
    *,
    start: ArrayLike | None = None,
    end: ArrayLike | None = None,
    baseline_first: bool = False,
) -> Episodes:
    """The gains (or losses) of judged intervals.

    `start` and `end` are each client's scores at the start and the end of treatment (default: first and last column).
    With `baseline_first` the first column is a score before treatment, and sessions are numbered from 0.
    """
    grid = sudden.scores
    criteria = sudden.gains if kind == "gain" else sudden.losses
    client, interval = np.nonzero(criteria.met == 1)
    session = interval + 1
    padded = np.concatenate([grid, np.full((len(grid), 1), np.nan)], axis=1)
    around = np.stack([_at(padded, client, session + offset) for offset in range(-2, 4)], axis=1)
    magnitude = around[:, 2] - around[:, 3]
    first, last = (grid[:, 0] if start is None else start), (grid[:, -1] if end is None else end)
    total = (np.asarray(first, np.float64) - np.asarray(last, np.float64))[client]
    line = around[:, 3] + magnitude / 2
    replicate = sudden.rules.replicate == "suddengains"
    wait = 2 if replicate and not baseline_first else 1
    return Episodes(
        sudden=sudden,
        kind=kind,
        baseline_first=baseline_first,
        client=client,
        session=session,
        count=np.bincount(client, minlength=len(grid))[client],
        around=around,
        magnitude=magnitude,
        total_change=total,
        share=_share(magnitude, total, kind, replicate),
        reversal_line=line,
        reversed=_reversed(grid, client, session + 1 + wait, line, magnitude),
    )


def _at(padded: Grid, client: NDArray[np.intp], session: NDArray[np.intp]) -> Grid:
    """Scores at these sessions; NaN before the first and after the last (the last column of `padded` is empty)."""
    outside = (session < 0) | (session >= padded.shape[1])
    return padded[client, np.where(outside, padded.shape[1] - 1, session)]


def _share(magnitude: Grid, total: Grid, kind: Kind, replicate: bool) -> Grid:
    size = magnitude if kind == "gain" or not replicate else np.abs(magnitude)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = size / total
    unsaid = np.isneginf(share) if replicate else np.isinf(share)
    return np.where(unsaid, np.nan, share)


def _reversed(grid: Grid, client: NDArray[np.intp], since: NDArray[np.intp], line: Grid, magnitude: Grid) -> NDArray[np.bool_]:
    """Whether any score from `since` on lies beyond the line, half of the step given back. Missing scores say nothing."""
    later = np.arange(grid.shape[1]) >= since[:, None]
    beyond = (grid[client] - line[:, None]) * np.sign(magnitude)[:, None] > 0
    return np.asarray((later & beyond).any(axis=1))


def select_episode(episodes: Episodes, select: str = "first") -> NDArray[np.intp]:
    """For each client of the grid the index of the chosen episode, -1 where there is none. Ties go to the earlier session."""
    if select not in SELECT:
        raise UsageError(f"Cannot select the {select!r} episode: choose one of {', '.join(SELECT)}.")
    size = episodes.magnitude if episodes.sudden.rules.replicate == "suddengains" else np.abs(episodes.magnitude)
    key = {"first": episodes.session, "last": -episodes.session, "smallest": size, "largest": -size}[select]
    order = np.lexsort((episodes.session, key, episodes.client))
    who, first = np.unique(episodes.client[order], return_index=True)
    chosen = np.full(len(episodes.sudden.scores), -1, dtype=np.intp)
    chosen[who] = order[first]
    return chosen


def tabulate_persons(episodes: Episodes, select: str = "first") -> pa.Table:
    """One row per client of the grid: how many episodes, and the chosen one; empty where there is none."""
    chosen = select_episode(episodes, select)
    table = episodes.table().drop_columns(["id", "kind", "count"])
    none: Any = pa.array(chosen, mask=chosen < 0)  # an empty index takes an empty row
    count = np.bincount(episodes.client, minlength=len(chosen))
    taken = table.take(none)
    head = pa.table({"id": pa.array(list(episodes.sudden.ids), pa.string()), "count": count})
    for name in taken.column_names:
        head = head.append_column(name, taken[name])
    return head


def describe_episodes(episodes: Episodes, select: str | None = None) -> dict[str, float]:
    """Counts and percentages over all episodes, or (with `select`) over persons with their chosen one.

    The percentage of clients with several is of all clients, that of reversals of the clients with any; the mean and SD
    of the size are of the chosen episodes (NaN where there are none, or only one for the SD).
    """
    if select is None:
        rows = np.arange(len(episodes.client))
        totals = {"clients": float(len(np.unique(episodes.client))), "episodes": float(len(rows))}
        several = float(np.sum(episodes.count > 1))
        base, total = len(rows), len(rows)
    else:
        chosen = select_episode(episodes, select)
        rows = chosen[chosen >= 0]
        total, base = len(chosen), len(rows)
        totals = {
            "clients": float(total),
            "episodes": float(len(episodes.client)),
            "with_any": float(base),
            "with_any_percent": percent(base, total),
        }
        several = float(np.sum(episodes.count[rows] > 1))
    back = float(np.sum(episodes.reversed[rows]))
    size = episodes.magnitude[rows]
    return totals | {
        "several": several,
        "several_percent": percent(several, total),
        "reversed": back,
        "reversed_percent": percent(back, base),
        "magnitude_mean": float(size.mean()) if base else np.nan,
        "magnitude_sd": float(size.std(ddof=1)) if base > 1 else np.nan,
    }


def count_intervals(scores: ArrayLike, *, rules: Rules = Rules(cutoff=1.0), baseline_first: bool = False) -> dict[str, int]:  # noqa: B008
    """How many intervals there are, can be tested, and have the scores that all criteria need.

    suddengains counts one more testable interval a person with `baseline_first`, which it never tests:
    `Rules(replicate="suddengains")`.
    """
    grid = np.asarray(scores, dtype=np.float64)
    persons, sessions = grid.shape
    available = int(np.sum(judge(grid, "fall", rules).met >= 0))
    testable = persons * (sessions - 3)
    extra = persons if rules.replicate == "suddengains" and baseline_first else 0
    return {
        "intervals": persons * (sessions - 1),
        "testable": testable + extra,
        "available": available,
        "not_available": testable - available,
    }


_PATTERNS = ("1111", "11101", "10111", "101101")  # the shortest runs in which some interval can be judged


def select_cases(scores: ArrayLike, *, fewest: int | None = None) -> NDArray[np.bool_]:
    """Which clients have enough scores: at least `fewest`, or (default) a run of them that lets an interval be judged."""
    there = ~np.isnan(np.asarray(scores, dtype=np.float64))
    if fewest is not None:
        return np.asarray(there.sum(axis=1) >= fewest)
    found = np.zeros(len(there), dtype=bool)
    for pattern in _PATTERNS:
        need = np.array([sign == "1" for sign in pattern])
        if there.shape[1] >= len(need):
            windows = np.lib.stride_tricks.sliding_window_view(there, len(need), axis=1)
            found |= (windows == need).all(axis=2).any(axis=1)
    return found


def values_around(episodes: Episodes, other: ArrayLike) -> Grid:
    """Another measure's scores around each episode (episodes, 6): columns as in AROUND. `other` has the shape of the grid."""
    grid = np.asarray(other, dtype=np.float64)
    if grid.shape != episodes.sudden.scores.shape:
        raise UsageError(f"The other measure has the shape {grid.shape}; it must have that of the scores, {episodes.sudden.scores.shape}.")
    padded = np.concatenate([grid, np.full((len(grid), 1), np.nan)], axis=1)
    return np.stack([_at(padded, episodes.client, episodes.session + offset) for offset in range(-2, 4)], axis=1)


def check_interval(before: Sequence[float], after: Sequence[float], rules: Rules, kind: Kind = "gain") -> dict[str, bool | None]:
    """One interval by hand: up to three scores before and three after the step; None is "cannot be judged"."""
    if len(before) > 3 or len(after) > 3 or not before or not after:
        raise UsageError("Give one to three scores before the step and one to three after it.")
    row = [np.nan] * (3 - len(before)) + [*before, *after] + [np.nan] * (3 - len(after))
    grid = np.full((1, 6), np.nan)
    grid[0] = row
    found = judge(grid, "fall" if kind == "gain" else "rise", rules)
    names = ("criterion_1", "criterion_2", "criterion_3", "met")
    return {name: flags_array(flags[:, 1:2])[0].as_py() for name, flags in zip(names, found, strict=True)}
