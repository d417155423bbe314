"""Whole groups against a smallest difference that matters: within a group over time, and between groups.

Stands in `measures/` above pairs and intervals. A group's mean difference and its interval fall into one of five
classes, read off where the interval lies against no difference and against the threshold. clinicalsignificance has
no class "not significant" where higher is better, and none where a limit equals the threshold:
`replicate="clinicalsignificance"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from andante.errors import UsageError
from andante.measures.change import direction_of
from andante.measures.intervals import Difference, group_difference, paired_difference
from andante.measures.pairs import Pairs, group_codes
from andante.measures.significance import Marks
from andante.words import LOWER_BETTER

NOT_SIGNIFICANT = "not significant"
NOT_RELEVANT = "significant, too small to matter"
NOT_ABOVE = "not significantly beyond the threshold"
PROBABLE = "probably matters"
LARGE = "matters"
EFFECTS = (NOT_SIGNIFICANT, NOT_RELEVANT, NOT_ABOVE, PROBABLE, LARGE)


class GroupChange(NamedTuple):
    """One group (or comparison): mean difference, its interval, how many clients, and the class (None: none applies)."""

    group: str | None
    reference: str | None
    value: float
    low: float
    high: float
    n: int
    n_reference: int | None
    effect: str | None


def change_within(
    pairs: Pairs, *, threshold: float, better: str = LOWER_BETTER, confidence: float = 0.95, replicate: str | None = None
) -> list[GroupChange]:
    """Mean of post - pre with Student's interval: all clients with both scores, or each group on its own."""
    sign = direction_of(better)
    whole = np.ones(len(pairs), bool)
    if pairs.group is None:
        parts: list[tuple[str | None, Marks]] = [(None, whole)]
    else:
        parts = [(label, pairs.group == place) for place, label in enumerate(pairs.groups)]
    found = []
    for label, inside in parts:
        used = inside & pairs.complete
        mean = paired_difference(pairs.post[used], pairs.pre[used], confidence=confidence)
        found.append(GroupChange(label, None, *mean, int(used.sum()), None, classify_effect(mean, sign * threshold, sign, replicate)))
    return found


def change_between(
    scores: ArrayLike,
    group: ArrayLike,
    *,
    threshold: float,
    groups: Sequence[str] | None = None,
    reference: str | None = None,
    better: str = LOWER_BETTER,
    confidence: float = 0.95,
    replicate: str | None = None,
) -> list[GroupChange]:
    """Each group's mean score minus the reference group's (default: the first), with Welch's interval."""
    sign = direction_of(better)
    values = np.asarray(scores, np.float64)
    codes, labels = group_codes(group, groups)
    if codes is None or len(labels) < 2:
        raise UsageError("A comparison between groups needs at least two groups.")
    base = labels[0] if reference is None else reference
    if base not in labels:
        raise UsageError(f"The reference group {base!r} is not among the groups: {', '.join(labels)}.")
    known = ~np.isnan(values)
    against = values[known & (codes == labels.index(base))]
    found = []
    for place, label in enumerate(labels):
        if label != base:
            own = values[known & (codes == place)]
            mean = group_difference(own, against, confidence=confidence)
            effect = classify_effect(mean, sign * threshold, sign, replicate)
            found.append(GroupChange(label, base, *mean, len(own), len(against), effect))
    return found


def classify_effect(mean: Difference, threshold: float, sign: int, replicate: str | None = None) -> str | None:
    """Where the interval lies. `threshold` is signed; all is turned so that a good difference is positive."""
    near, far = sorted((sign * mean.low, sign * mean.high))
    value = sign * mean.value
    line = sign * threshold
    if np.isnan(near):
        return None
    crosses = np.sign(near) != np.sign(far)
    strict = replicate == "clinicalsignificance"
    if crosses and not (strict and sign > 0):
        return NOT_SIGNIFICANT
    if far < line or (far == line and not strict):
        return None if crosses else NOT_RELEVANT
    if near > line or (near == line and not strict):
        return LARGE
    if not near < line < far or (value == line and strict):
        return None
    return PROBABLE if value >= line else NOT_ABOVE
