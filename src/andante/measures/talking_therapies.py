"""The outcome rules of NHS Talking Therapies: caseness, reliable improvement, recovery, on a pair of measures.

Stands in `measures/` above pairs: two measures' pairs of first and last scores come in. With each measure's caseness
threshold and reliable change (NHS Talking Therapies manual; Clark 2018, PMC5942544):

* caseness: at or above the threshold on either measure;
* recovery: caseness at the start, and at the end below the threshold on both;
* reliable improvement: either improves by its reliable change or more and the other does not worsen by its own;
  reliable deterioration is the mirror image; one of each is no reliable change (wording of this rule unconfirmed);
* reliable recovery: both. A client who lacks any of the four scores cannot be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from andante.errors import UsageError
from andante.measures.cells import percent, text_ids, with_empty_cells
from andante.measures.change import direction_of
from andante.measures.intervals import share_interval
from andante.measures.pairs import Pairs
from andante.measures.significance import Marks
from andante.words import LOWER_BETTER

OUTCOMES = ("caseness_at_start", "caseness_at_end", "recovery", "reliable_improvement", "reliable_deterioration", "reliable_recovery")


class Threshold(NamedTuple):
    """A measure's caseness threshold and reliable change, both inclusive."""

    caseness: float
    change: float
    better: str = LOWER_BETTER


@dataclass(frozen=True)
class Outcomes:
    """Each rule for each client, and who has all four scores."""

    pairs: tuple[Pairs, Pairs]
    known: Marks
    marks: dict[str, Marks]

    def table(self) -> pa.Table:
        """One row per client, a column per rule; empty where a score is missing. Recovery is empty without caseness at the start."""
        first = self.pairs[0]
        columns: dict[str, Any] = {"id": text_ids(first.ids)}
        if first.group is not None:
            columns["group"] = pa.array([first.groups[place] for place in first.group], pa.string())
        for name in OUTCOMES:
            unsaid = ~self.known
            if name in ("recovery", "reliable_recovery"):
                unsaid = unsaid | ~self.marks["caseness_at_start"]
            columns[name] = pa.array(self.marks[name], mask=unsaid)
        return pa.table(columns)

    def rates(self, *, confidence: float = 0.95) -> pa.Table:
        """Each rate, per group where groups are given: how many, of how many, percent, Wilson's interval.

        Recovery is of the clients at caseness at the start, change of all with the four scores.
        """
        first, rows = self.pairs[0], []
        groups: list[tuple[str | None, Marks]] = [(None, self.known)]
        if first.group is not None:
            groups = [(label, self.known & (first.group == place)) for place, label in enumerate(first.groups)]
        for group, inside in groups:
            cases = inside & self.marks["caseness_at_start"]
            for name in OUTCOMES:
                base = cases if name in ("recovery", "reliable_recovery") else inside
                count, total = int(np.sum(self.marks[name] & base)), int(base.sum())
                low, high = share_interval(count, total, confidence=confidence) if total else (np.nan, np.nan)
                row: dict[str, Any] = {} if group is None else {"group": group}
                row |= {"outcome": name, "n": count, "of": total, "percent": percent(count, total)}
                row |= {"low": 100 * float(low), "high": 100 * float(high)}
                rows.append(row)
        return with_empty_cells(rows)

    def summary(self) -> dict[str, float]:
        """Counts, and the rates as the service publishes them: recovery of those at caseness at the start, change of all."""
        counts: dict[str, float] = {name: float(np.sum(self.marks[name] & self.known)) for name in OUTCOMES}
        total, cases = float(self.known.sum()), counts["caseness_at_start"]
        rates = {"with_both": total}
        for name, base in (
            ("recovery", cases),
            ("reliable_recovery", cases),
            ("reliable_improvement", total),
            ("reliable_deterioration", total),
        ):
            rates[f"{name}_percent"] = percent(counts[name], base)
        return counts | rates


def assess_outcomes(pairs: Sequence[Pairs], thresholds: Sequence[Threshold]) -> Outcomes:
    """The rules for two measures with the same clients in the same order. Raises UsageError where they differ."""
    if len(pairs) != 2 or len(thresholds) != 2:
        raise UsageError("The rules of NHS Talking Therapies are for a pair of measures: a depression and an anxiety measure.")
    first, second = pairs
    if len(first) != len(second) or not np.array_equal(first.ids, second.ids):
        raise UsageError("The two measures must have the same clients.")
    start, end = (
        np.logical_or(*[_case(s, t) for s, t in zip(scores, thresholds, strict=True)])
        for scores in ((first.pre, second.pre), (first.post, second.post))
    )
    better, worse = zip(*[_moved(p, t) for p, t in zip(pairs, thresholds, strict=True)], strict=True)
    improvement = (better[0] | better[1]) & ~(worse[0] | worse[1])
    deterioration = (worse[0] | worse[1]) & ~(better[0] | better[1])
    recovery = start & ~end
    marks = dict(zip(OUTCOMES, (start, end, recovery, improvement, deterioration, recovery & improvement), strict=True))
    return Outcomes((first, second), first.complete & second.complete, marks)


def _case(scores: np.ndarray[Any, np.dtype[np.float64]], threshold: Threshold) -> Marks:
    return np.asarray(direction_of(threshold.better) * scores <= direction_of(threshold.better) * threshold.caseness)


def _moved(pairs: Pairs, threshold: Threshold) -> tuple[Marks, Marks]:
    gain = direction_of(threshold.better) * (pairs.post - pairs.pre)
    return np.asarray(gain >= threshold.change), np.asarray(gain <= -threshold.change)
