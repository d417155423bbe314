"""Sudden gains and losses: a large, lasting step between two sessions (Tang & DeRubeis 1999).

Stands in `measures/` beside change: a grid of scores (one row = one client, one column = one session, NaN = not
known) comes in; for every interval it goes out whether each of three criteria is met. For x falling from session n to n+1:

1. x[n] - x[n+1] >= cutoff (use the reliable change of the measure);
2. x[n] - x[n+1] >= share * x[n] (share .25);
3. mean before - mean after > t * pooled SD, over up to three sessions on each side, at least two values on each,
   t from Student's distribution with (values - 2) degrees of freedom: 2.776, 3.182, 4.303 for 0, 1, 2 missing
   (Lutz et al. 2013, 10.1080/10503307.2012.693837; Wiedemann et al. 2020, 10.1371/journal.pone.0230276).
   The pooled SD is not divided by the root of n: this is far stricter than a t test.

With m sessions the m - 3 intervals from 2 to 3 up to m-2 to m-1 can be judged. A rise is the mirror image, criterion 2
included; the R package suddengains compares a rise with +share, which every rise meets: `replicate="suddengains"`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from andante.errors import UsageError
from andante.words import HIGHER_BETTER, LOWER_BETTER

Grid = NDArray[np.float64]
Flags = NDArray[np.int8]  # 1 met, 0 not met, -1 cannot be judged
Direction = Literal["fall", "rise"]

UNKNOWN = np.int8(-1)
# Points of the BDI, and share of the score before: Tang & DeRubeis 1999 (10.1037/0022-006X.67.6.894). Another measure has its own
# cut-off. ALPHA is two-sided, CRITICAL its quantile with three scores on each side (4 degrees of freedom; Lutz et al. 2013).
CUTOFF, SHARE, ALPHA, CRITICAL = 7.0, 0.25, 0.05, 2.776
FEWEST = 4  # sessions needed before any interval can be judged


class Rules(NamedTuple):
    """How an interval is judged. `cutoff`, `share`: None leaves that criterion out; so does `third=False`.

    `adjust` takes the critical value of criterion 3 from Student's t at `alpha`, by the number of values there are;
    otherwise `critical` holds for all. `replicate="suddengains"` keeps that package's criterion 2 for losses.
    """

    cutoff: float | None = CUTOFF
    share: float | None = SHARE
    third: bool = True
    adjust: bool = True
    alpha: float = ALPHA
    critical: float = CRITICAL
    replicate: str | None = None


class Criteria(NamedTuple):
    """The three criteria and all of them together, each (clients, intervals) of 1, 0 and -1 (cannot be judged)."""

    first: Flags
    second: Flags
    third: Flags
    met: Flags


@dataclass(frozen=True)
class Sudden:
    """Every interval of every client judged: row i of a grid is `ids[i]`, interval j runs from `labels[j + 1]` to `labels[j + 2]`."""

    ids: Sequence[str]
    labels: Sequence[str]
    scores: Grid
    gains: Criteria
    losses: Criteria
    rules: Rules
    better: str

    @property
    def magnitude(self) -> Grid:
        """x[n] - x[n+1] of each interval (clients, intervals): positive is a fall."""
        return self.scores[:, 1:-2] - self.scores[:, 2:-1]

    def table(self) -> pa.Table:
        """One row per client and interval. Empty is "cannot be judged". The plain criteria are those of a gain."""
        clients, intervals = self.gains.met.shape
        columns = {
            "id": _repeat(self.ids, intervals),
            "from": _cycle(self.labels[1:-2], clients),
            "to": _cycle(self.labels[2:-1], clients),
            "criterion_1": flags_array(self.gains.first),
            "criterion_2": flags_array(self.gains.second),
            "criterion_3": flags_array(self.gains.third),
            "gain": flags_array(self.gains.met),
            "loss": flags_array(self.losses.met),
            "loss_criterion_1": flags_array(self.losses.first),
            "loss_criterion_2": flags_array(self.losses.second),
            "loss_criterion_3": flags_array(self.losses.third),
            "magnitude": pa.array(self.magnitude.ravel(), from_pandas=True),
        }
        return pa.table(columns)


def find_sudden(
    scores: ArrayLike,
    *,
    ids: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    rules: Rules = Rules(),  # noqa: B008  (an immutable tuple)
    better: str = LOWER_BETTER,
) -> Sudden:
    """Sudden gains and losses in a grid of scores (clients, sessions), NaN where a score is missing.

    Rows are taken as they are: the file readers sort them by id. With `better="higher"` a gain is a rise.
    Raises UsageError for fewer than four sessions, a repeated id, a negative cut-off or no criterion at all.
    """
    if better not in (LOWER_BETTER, HIGHER_BETTER):
        raise UsageError(f"Better is {better!r}: choose lower or higher.")
    grid = np.ascontiguousarray(scores, dtype=np.float64)
    if grid.ndim != 2:
        raise UsageError("Scores must be a grid: one row a client, one column a session.")
    clients, sessions = grid.shape
    names = [str(i) for i in (range(1, clients + 1) if ids is None else ids)]
    columns = [str(i) for i in (range(1, sessions + 1) if labels is None else labels)]
    check_rules(rules, sessions, names)
    windows = _compare_windows(grid, rules)
    falls, rises = judge(grid, "fall", rules, windows), judge(grid, "rise", rules, windows)
    gains, losses = (falls, rises) if better == LOWER_BETTER else (rises, falls)
    return Sudden(names, columns, grid, gains, losses, rules, better)


def check_rules(rules: Rules, sessions: int, ids: Sequence[str]) -> None:
    """UsageError where the request makes no sense; says what to ask instead."""
    if sessions < FEWEST:
        raise UsageError(f"Sudden changes need at least {FEWEST} sessions, and {sessions} were given: name more score columns.")
    if rules.cutoff is not None and not rules.cutoff >= 0:
        raise UsageError(f"The cut-off is {rules.cutoff:g}; give the size of the step as a positive number, for gains and losses alike.")
    if rules.share is not None and not 0 <= rules.share <= 1:
        raise UsageError(f"The share is {rules.share:g}; it lies between 0 and 1 (.25 is usual).")
    if not 0 < rules.alpha < 1:
        raise UsageError(f"alpha is {rules.alpha:g}; it lies between 0 and 1 (.05 is usual).")
    if rules.cutoff is None and rules.share is None and not rules.third:
        raise UsageError("No criterion is left: keep at least one of the three.")
    if not rules.adjust and not rules.critical > 0:
        raise UsageError(f"The critical value is {rules.critical:g}; it must be above 0 (2.776 for three scores on each side).")
    if rules.replicate not in (None, "suddengains"):
        raise UsageError(f"Cannot replicate {rules.replicate!r}: for sudden changes that can be 'suddengains'.")
    if len(set(ids)) != len(ids):
        twice = [name for name, count in Counter(ids).items() if count > 1]
        shown = ", ".join(twice[:5]) + (f" and {len(twice) - 5} more" if len(twice) > 5 else "")
        raise UsageError(f"{len(twice)} ids are repeated ({shown}): each client may have one row.")


def judge(scores: Grid, direction: Direction, rules: Rules, windows: _Windows | None = None) -> Criteria:
    """The three criteria for a fall (or a rise) at each of the sessions - 3 intervals. Comparisons are exact, ties as stated."""
    first, second = judge_step(scores[:, 1:-2], scores[:, 2:-1], direction, rules)
    third = np.full(first.shape, UNKNOWN)
    if rules.third:
        windows = windows or _compare_windows(scores, rules)
        third = _judge_windows(windows, direction)
    used = [c for c, on in ((first, rules.cutoff is not None), (second, rules.share is not None), (third, rules.third)) if on]
    return Criteria(first, second, third, _all(used))


def judge_step(now: Grid, after: Grid, direction: Direction, rules: Rules) -> tuple[Flags, Flags]:
    """The first two criteria, which need nothing but the two scores."""
    step = now - after
    known = ~np.isnan(step)
    first = second = np.full(step.shape, UNKNOWN)
    if rules.cutoff is not None:
        first = _flags(step >= rules.cutoff if direction == "fall" else step <= -rules.cutoff, known)
    if rules.share is not None:
        share = rules.share * now
        # A rise must exceed the share of where it starts; suddengains lets any rise pass (step <= +share).
        rise = share if rules.replicate == "suddengains" else -share
        second = _flags(step >= share if direction == "fall" else step <= rise, known)
    return first, second


def _judge_windows(windows: _Windows, direction: Direction) -> Flags:
    difference = windows.difference if direction == "fall" else -windows.difference
    return _flags(difference > windows.threshold, windows.known)


STATES = ("possible", "confirmed", "not confirmed", "cannot be confirmed")


def find_live(found: Sudden) -> pa.Table:
    """Every step that meets the first two criteria, as seen while therapy goes on: one row each, by client and session.

    Criterion 3 asks for three later sessions: until the client has a score in the third or later, a step is `possible`.
    Then it is `confirmed`, `not confirmed`, or `cannot be confirmed` where scores are missing (always so for the first step).
    """
    grid, rules = found.scores, found.rules
    windows = _compare_windows(grid, rules, edge=2)
    sessions = grid.shape[1]
    last = np.where(np.isnan(grid), -1, np.arange(sessions)).max(axis=1)
    waited = np.arange(sessions - 1) + 3 <= last[:, None]
    rows: list[pa.Table] = []
    directions: tuple[Direction, Direction] = ("fall", "rise") if found.better == LOWER_BETTER else ("rise", "fall")
    for kind, direction in zip(("gain", "loss"), directions, strict=True):
        plain = [c for c in judge_step(grid[:, :-1], grid[:, 1:], direction, rules._replace(replicate=None)) if np.any(c != UNKNOWN)]
        client, step = np.nonzero(np.all([c == 1 for c in plain], axis=0)) if plain else np.nonzero(np.zeros((0, 0)))
        third = _judge_windows(windows, direction) if rules.third else np.ones(waited.shape, np.int8)
        state = np.where(waited, np.array([2, 1, 3])[third], 0)[client, step]
        labels, ids = np.asarray(found.labels, object), np.asarray(found.ids, object)
        columns = {
            "id": pa.array(ids[client], pa.string()),
            "from": pa.array(labels[step], pa.string()),
            "to": pa.array(labels[step + 1], pa.string()),
            "kind": pa.array([kind] * len(client), pa.string()),
            "magnitude": grid[client, step] - grid[client, step + 1],
            "state": pa.array(np.asarray(STATES, object)[state], pa.string()),
            "order": client * sessions + step,
        }
        rows.append(pa.table(columns))
    return pa.concat_tables(rows).sort_by("order").drop_columns(["order"])


def critical_values(rules: Rules) -> NDArray[np.float64]:
    """The critical value of criterion 3 by the number of values in both windows (index 4, 5, 6)."""
    if not rules.adjust:
        return np.full(7, rules.critical)
    freedom = np.arange(7) - 2.0
    return np.where(freedom > 0, -stdtrit(np.maximum(freedom, 1), rules.alpha / 2), np.nan)


class _Windows(NamedTuple):
    """Criterion 3's two sides at each interval: mean before - mean after, the threshold on it, and whether both are known."""

    difference: Grid
    threshold: Grid
    known: NDArray[np.bool_]


def _compare_windows(scores: Grid, rules: Rules, edge: int = 1) -> _Windows:
    """Up to three sessions on each side of each interval: of those that can be judged, or (`edge=2`) of all."""
    clients, sessions = scores.shape
    none = np.full((clients, edge), np.nan)
    padded = np.concatenate([none, scores, none], axis=1)
    width = sessions - 5 + 2 * edge
    slices = [padded[:, k : k + width] for k in range(6)]
    count_before, mean_before, squares_before = _moments(slices[2], slices[1], slices[0])
    count_after, mean_after, squares_after = _moments(slices[3], slices[4], slices[5])
    count = count_before + count_after
    with np.errstate(invalid="ignore", divide="ignore"):
        threshold = critical_values(rules)[count] * np.sqrt((squares_before + squares_after) / (count - 2))
    return _Windows(mean_before - mean_after, threshold, (count_before >= 2) & (count_after >= 2))


def _moments(*window: Grid) -> tuple[NDArray[np.intp], Grid, Grid]:
    """Count, mean and sum of squared deviations over the values that are there.

    Taken from the value nearest the step, so that a constant window has exactly that mean and no spread at all: the
    only place where a rounding error could turn "no change" into a change.
    """
    origin = np.where(np.isnan(window[0]), window[1], window[0])
    offsets = [np.where(np.isnan(values), 0.0, values - origin) for values in window]
    there = [~np.isnan(values) for values in window]
    count = there[0].astype(np.intp) + there[1] + there[2]
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = (offsets[0] + offsets[1] + offsets[2]) / count
        squares = sum(here * (offset - shift) ** 2 for offset, here in zip(offsets, there, strict=True))
    return count, origin + shift, np.asarray(squares)


def _flags(condition: NDArray[np.bool_], known: NDArray[np.bool_]) -> Flags:
    return np.where(known, condition.view(np.int8), UNKNOWN)


def _all(criteria: list[Flags]) -> Flags:
    """Met where all are; cannot be judged where any cannot, even if another fails (as the peers' product of flags)."""
    lowest = np.minimum.reduce(criteria)
    return np.asarray(lowest, dtype=np.int8)


def flags_array(flags: Flags) -> pa.Array[Any]:
    """Flags as an Arrow column of booleans, row by row, empty where they cannot be judged."""
    flat = flags.ravel()
    return pa.array(flat > 0, mask=flat < 0)


def _repeat(values: Sequence[str], times: int) -> pa.Array[Any]:
    index = np.repeat(np.arange(len(values), dtype=np.int32), times)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(values), pa.string()))


def _cycle(values: Sequence[str], times: int) -> pa.Array[Any]:
    index = np.tile(np.arange(len(values), dtype=np.int32), times)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(values), pa.string()))
