"""Reliable and clinically significant change of each client between two scores.

Stands in `measures/` above pairs, indices and significance: `Pairs` in, `Change` out. Means and SDs are those of the complete
pairs, all groups together (as in the peers), or a reference given. Improved: the index lies beyond the critical value in the
good direction, strictly; deteriorated likewise; method HA is tested on one side. With a cut-off: recovered is improved and
moved into the functional range, harmed is deteriorated and was not in the clinical range before nor in the functional one after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtri

from andante.errors import UsageError
from andante.measures.cells import labeled, nullable, percent, text_ids, with_empty_cells
from andante.measures.indices import reliable_index
from andante.measures.intervals import share_interval
from andante.measures.pairs import Pairs, check_replicate
from andante.measures.reliability import check_reliability
from andante.measures.significance import Cutoff, Marks, Population, Reference, beyond, find_sides, short_of
from andante.words import HIGHER_BETTER, LOWER_BETTER

Array = NDArray[np.float64]
CLASSES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
RECOVERED, IMPROVED, UNCHANGED, DETERIORATED, HARMED = range(5)
UNKNOWN = -1


@dataclass(frozen=True)
class Change:
    """What became of each client of `pairs`; entry by entry, NaN or -1 where the pair is not complete or gives no index.

    `index` is the reliable change index (or the share of change, or empty), `code` the place in CLASSES, `used` the
    classes this approach has. `improved` and `deteriorated` are the change alone; `clinical_pre` and `functional_post`
    the two sides of the cut-off. `figures` holds what the index was computed with, by name.
    """

    pairs: Pairs
    approach: str
    method: str
    better: str
    index: Array
    code: NDArray[np.int8]
    used: tuple[int, ...]
    improved: Marks
    deteriorated: Marks
    reference: Reference
    critical: float
    figures: dict[str, float]
    cutoff: Cutoff | None = None
    clinical_pre: Marks | None = None
    functional_post: Marks | None = None
    extra: dict[str, Any] | None = None

    @property
    def change(self) -> Array:
        """Post - pre."""
        return self.pairs.post - self.pairs.pre

    def table(self) -> pa.Table:
        """One row per client: id, group, pre, post, change, rci, class; empty where a score is missing, or what follows from it."""
        columns: dict[str, Any] = {"id": text_ids(self.pairs.ids)}
        if self.pairs.group is not None:
            columns["group"] = labeled(self.pairs.group, self.pairs.groups)
        columns |= {"pre": nullable(self.pairs.pre), "post": nullable(self.pairs.post), "change": nullable(self.change)}
        index = np.where(self.code >= 0, self.index, np.nan)
        columns["percent_change" if self.approach == "percentage" else "rci"] = nullable(index)
        columns["class"] = labeled(self.code, CLASSES)
        return pa.table(columns)

    def summary(self, *, confidence: float = 0.95) -> pa.Table:
        """How many clients are in each class, per group where groups are given, with Wilson's interval of the share.

        `percent` is of the group's clients who could be judged, `percent_of_all` of all who could. A share of nobody is empty.
        """
        rows: list[dict[str, Any]] = []
        everyone = int(np.sum(self.code >= 0))
        for group, inside in self.by_group():
            code = self.code[inside]
            total = int(np.sum(code >= 0))
            for place in self.used:
                count = int(np.sum(code == place))
                low, high = share_interval(count, total, confidence=confidence) if total else (np.nan, np.nan)
                row: dict[str, Any] = {} if group is None else {"group": group}
                row |= {"class": CLASSES[place], "n": count, "percent": percent(count, total)}
                row |= {"low": 100 * float(low), "high": 100 * float(high), "percent_of_all": percent(count, everyone)}
                rows.append(row)
        return with_empty_cells(rows)

    def by_group(self) -> list[tuple[str | None, Marks]]:
        """Each group's name and who belongs to it; one of everybody, without a name, where no groups are given."""
        if self.pairs.group is None:
            return [(None, np.ones(len(self.pairs), bool))]
        return [(label, self.pairs.group == place) for place, label in enumerate(self.pairs.groups)]


def assess_change(
    pairs: Pairs,
    *,
    reliability: float,
    method: str = "JT",
    better: str = LOWER_BETTER,
    significance: float = 0.05,
    reliability_post: float | None = None,
    functional: Population | None = None,
    cutoff: str | None = None,
    reference: Reference | None = None,
    replicate: str | None = None,
) -> Change:
    """Reliable change by any method but HLM; with a cut-off (or functional population) also clinical significance, combined.

    `reference`: means and SDs from elsewhere; by default those of the complete pairs, all groups together, as in the
    peers. `reliability_post` (NK) is the reliability after treatment, by default the same. Raises UsageError for
    an unknown method, where a mean or SD that it needs is neither given nor can be had from two complete pairs, and where
    HA finds no reliability of the difference above 0.
    """
    sign = direction_of(better)
    check_reliability(reliability)
    if reliability_post is not None:
        check_reliability(reliability_post, "reliability after treatment")
    check_significance(significance)
    known = reference or describe_pairs(pairs)
    _require_figures(known, method, pairs)
    if method == "NK" and reliability_post is None and replicate == "clinicalsignificance" and cutoff is not None:
        raise UsageError("NK combined with a cut-off needs the reliability after treatment, as in clinicalsignificance.")
    index, figures = reliable_index(pairs.pre, pairs.post, known, method, reliability, reliability_post)
    critical = float(ndtri(1 - significance)) if method == "HA" else float(ndtri(1 - significance / 2))
    improved, deteriorated = sign * index > critical, sign * index < -critical
    return finish_change(
        pairs, "reliable", method, better, index, improved, deteriorated, known, critical, figures,
        functional=functional, cutoff=cutoff, reliability=reliability, significance=significance, replicate=replicate,
    )  # fmt: skip


def assess_points(pairs: Pairs, *, points: float, better: str = LOWER_BETTER) -> Change:
    """Reliable change by a number of points given (from a manual): strictly more counts, as in CECPfuns. `index` is change / points."""
    if not points > 0:
        raise UsageError(f"The reliable change is {points:g} points; it must be above 0.")
    sign, index = direction_of(better), (pairs.post - pairs.pre) / points
    return finish_change(
        pairs, "reliable", "points", better, index, sign * index > 1, sign * index < -1, describe_pairs(pairs), 1.0, {"points": points}
    )  # fmt: skip


def assess_anchor(
    pairs: Pairs,
    *,
    improvement: float,
    deterioration: float | None = None,
    better: str = LOWER_BETTER,
    functional: Population | None = None,
    cutoff: str | None = None,
    reference: Reference | None = None,
    replicate: str | None = None,
) -> Change:
    """Change by a smallest difference that matters, in raw points; reaching it counts (unlike the strict index)."""
    sign = direction_of(better)
    worse = improvement if deterioration is None else deterioration
    if not (improvement > 0 and worse > 0):
        raise UsageError("The smallest difference that matters is given as a positive number of points.")
    change = pairs.post - pairs.pre
    return finish_change(
        pairs, "anchor", "anchor", better, np.full(len(pairs), np.nan), sign * change >= improvement, sign * change <= -worse,
        reference or describe_pairs(pairs), np.nan, {"improvement": improvement, "deterioration": worse},
        functional=functional, cutoff=cutoff, reliability=None, replicate=replicate,
    )  # fmt: skip


def assess_percentage(
    pairs: Pairs,
    *,
    improvement: float,
    deterioration: float | None = None,
    better: str = LOWER_BETTER,
    replicate: str | None = None,
) -> Change:
    """Change by its share of the score before (.5 is half of it); reaching it counts.

    From zero any rise is infinite: worse where lower is better, better where higher is. clinicalsignificance counts it as
    improved whatever the direction, and as both where lower is better: `replicate="clinicalsignificance"`.
    """
    sign = direction_of(better)
    worse = improvement if deterioration is None else deterioration
    if better == LOWER_BETTER and improvement > 1:
        raise UsageError(f"The share of change is {improvement:g}: nobody can lose more than the whole score. Write half of it as .5.")
    if not (improvement > 0 and worse > 0):
        raise UsageError("The share of change is given as a positive number: .5 is half of the score before.")
    change = pairs.post - pairs.pre
    with np.errstate(divide="ignore", invalid="ignore"):
        share = change / pairs.pre
    still = change == 0
    improved, deteriorated = (sign * share >= improvement) & ~still, (sign * share <= -worse) & ~still
    if replicate == "clinicalsignificance":
        improved = improved | ((pairs.pre == 0) & (pairs.post > 0))
    else:
        share = np.where(still, 0.0, share)
    return finish_change(
        pairs, "percentage", "percentage", better, share, improved, deteriorated, describe_pairs(pairs), np.nan,
        {"improvement": improvement, "deterioration": worse}, replicate=replicate,
    )  # fmt: skip


def assess_significance(
    pairs: Pairs,
    *,
    functional: Population | None = None,
    cutoff: str = "a",
    method: Literal["JT", "HA"] = "JT",
    reliability: float | None = None,
    better: str = LOWER_BETTER,
    significance: float = 0.05,
    reference: Reference | None = None,
    replicate: str | None = None,
) -> Change:
    """Crossing the cut-off alone ("statistical" approach): improved into, deteriorated out of the functional range.

    A score equal to the cut-off is in neither range and so crosses nothing; clinicalsignificance calls a client who is
    in neither before and not functional after "deteriorated": `replicate="clinicalsignificance"`.
    """
    sign = direction_of(better)
    check_replicate(replicate)
    check_significance(significance)
    known = reference or describe_pairs(pairs)
    if method == "HA" and reliability is None:
        raise UsageError("Hageman and Arrindell's cut-off needs the reliability. To mend it: give it, or use method JT.")
    if method == "HA":
        _require_figures(known, method, pairs)
    true_scores = reliability if method == "HA" else None
    sides = find_sides(pairs, known, functional, cutoff, sign, significance, true_reliability=true_scores, replicate=replicate)
    if method == "HA":
        improved, deteriorated = sides.functional_post, sides.clinical_post
    elif replicate == "clinicalsignificance":
        improved, deteriorated = sides.clinical_pre & sides.functional_post, ~sides.clinical_pre & ~sides.functional_post
    else:
        functional_pre = beyond(pairs.pre, sides.cutoff.value, sign)
        improved, deteriorated = sides.clinical_pre & sides.functional_post, functional_pre & short_of(pairs.post, sides.cutoff.value, sign)
    code = _codes(pairs.complete, [(IMPROVED, improved), (DETERIORATED, deteriorated)])
    return Change(
        pairs, "significance", method, better, np.full(len(pairs), np.nan), code, (IMPROVED, UNCHANGED, DETERIORATED),
        improved, deteriorated, known, sides.critical, {}, sides.cutoff, sides.clinical_pre, sides.functional_post, sides.extra,
    )  # fmt: skip


def finish_change(
    pairs: Pairs,
    approach: str,
    method: str,
    better: str,
    index: Array,
    improved: Marks,
    deteriorated: Marks,
    reference: Reference,
    critical: float,
    figures: dict[str, float],
    *,
    functional: Population | None = None,
    cutoff: str | None = None,
    reliability: float | None = None,
    significance: float = 0.05,
    replicate: str | None = None,
    extra: dict[str, Any] | None = None,
) -> Change:
    """Classes from change alone, or combined with the cut-off: recovered (into the functional range), harmed (out of it).

    A client who lacks a score, or for whom a reliable change index cannot be said (NaN), has no class. Raises UsageError
    as `find_sides` does.
    """
    check_replicate(replicate)
    judged = pairs.complete & ~_without_index(pairs, approach, index)
    kind = cutoff or ("c" if functional is not None else None)
    if kind is None:
        code = _codes(judged, [(IMPROVED, improved), (DETERIORATED, deteriorated)])
        used: tuple[int, ...] = (IMPROVED, UNCHANGED, DETERIORATED)
        return Change(pairs, approach, method, better, index, code, used, improved, deteriorated, reference, critical, figures, extra=extra)
    true_scores = reliability if method == "HA" else None
    sign = direction_of(better)
    sides = find_sides(pairs, reference, functional, kind, sign, significance, true_reliability=true_scores, replicate=replicate)
    recovered = sides.clinical_pre & sides.functional_post & improved
    harmed = ~sides.clinical_pre & ~sides.functional_post & deteriorated
    code = _codes(judged, [(RECOVERED, recovered), (HARMED, harmed), (IMPROVED, improved), (DETERIORATED, deteriorated)])
    return Change(
        pairs, approach, method, better, index, code, (RECOVERED, IMPROVED, UNCHANGED, DETERIORATED, HARMED), improved, deteriorated,
        reference, critical, figures, sides.cutoff, sides.clinical_pre, sides.functional_post, sides.extra | (extra or {}),
    )  # fmt: skip


def _without_index(pairs: Pairs, approach: str, index: Array) -> Marks:
    """Whose reliable change index cannot be said. Where nothing changed and no error is left (0/0), nothing need be: unchanged."""
    return np.asarray(np.isnan(index) & (pairs.pre != pairs.post) & (approach == "reliable"))


def describe_pairs(pairs: Pairs) -> Reference:
    """Means, SDs (n - 1) and correlation of the complete pairs, all groups together; NaN where there are too few of them."""
    used = pairs.complete
    pre, post = pairs.pre[used], pairs.post[used]
    if len(pre) < 2:
        return Reference(np.nan, np.nan, np.nan, np.nan, np.nan)
    spread = float(pre.std(ddof=1)), float(post.std(ddof=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        # A sum, not a dot product: for two short columns BLAS would wake its threads, which costs more than the sum.
        shared = float(np.sum((pre - pre.mean()) * (post - post.mean()))) / (len(pre) - 1)
        together = float(np.float64(shared) / np.float64(spread[0] * spread[1]))
    return Reference(float(pre.mean()), spread[0], float(post.mean()), spread[1], together)


def _require_figures(known: Reference, method: str, pairs: Pairs) -> None:
    """UsageError where the index needs a figure of the clients that too few of them leave unknown."""
    needed = [known.mean_pre, known.sd_pre] + ([known.mean_post] if method in ("HLL", "HA") else [])
    needed += [known.sd_post, known.correlation] if method == "HA" else []
    count = int(pairs.complete.sum())
    if count < 2 and np.isnan(needed).any():
        more = "" if method in ("HLL", "HA") else ", or mean and SD of a reference sample"
        raise UsageError(f"{count} clients have both scores: at least two are needed for their mean and SD{more}.")


def check_significance(significance: float) -> None:
    """UsageError for a level that is none."""
    if not 0 < significance < 1:
        raise UsageError(f"The level of significance is {significance:g}; it lies between 0 and 1 (.05 is usual).")


def direction_of(better: str) -> int:
    """-1 where lower is better, +1 where higher is."""
    if better not in (LOWER_BETTER, HIGHER_BETTER):
        raise UsageError(f"Better is {better!r}: choose lower or higher.")
    return 1 if better == HIGHER_BETTER else -1


def _codes(judged: Marks, classes: Sequence[tuple[int, Marks]]) -> NDArray[np.int8]:
    """The first class that applies, else unchanged; unknown where a client could not be judged."""
    code = np.full(len(judged), UNCHANGED, dtype=np.int8)
    for place, marks in reversed(classes):
        code[marks] = place
    code[~judged] = UNKNOWN
    return code
