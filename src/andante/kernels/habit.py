"""Own habits in counts: how often a check-in is answered, on how many days an old way of coping comes.

Beta-binomial: a share learned from the client's own earlier answers and a weak prior; a new count is judged by its
tail under that share, turned into a normal deviation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

FORGETTING = 0.96  # as for ratings (ours, uncalibrated)
ANSWERING = (3.0, 1.0)  # prior of answering a check-in: 3 of 4, worth four check-ins (ours, uncalibrated)
DAYS = (0.9, 5.1)  # prior of a day on the old way of coping: 1 in 7 about, worth six days (ours, uncalibrated)
UNUSUAL = 1.645  # one-sided 5 %: P(X >= x) <= .05
LEAST_UNUSUAL = float(-special.ndtri(1 - 1e-3))  # of a week without such a day
UNUSUAL_WEIGHT = 0.3  # what an unusual week counts toward the client's own habit, so that a crisis does not become one


def silence(answered: Floats) -> tuple[Floats, Floats]:
    """How surprising the current run of unanswered check-ins is, and its length.

    `answered` `[T, C]`: 1 answered, 0 unanswered, NaN neither (declined, not offered). The chance of k in a row is
    (1 - share)^k with the share learned before the run began. NaN where nothing was asked.
    """
    yes, no = np.full(answered.shape[1], ANSWERING[0]), np.full(answered.shape[1], ANSWERING[1])
    run, share = np.zeros(answered.shape[1]), np.full(answered.shape[1], ANSWERING[0] / sum(ANSWERING))
    surprise, length = np.full(answered.shape, np.nan), np.full(answered.shape, np.nan)
    for step, now in enumerate(answered):
        asked, silent = ~np.isnan(now), now == 0
        run = np.where(silent, run + 1, np.where(asked, 0.0, run))
        share = np.where(run == 0, yes / (yes + no), share)
        surprise[step, asked] = -1.0
        here = np.flatnonzero(silent)
        if len(here):
            surprise[step, here] = -special.ndtri((1 - share[here]) ** np.maximum(run[here], 1))
        length[step, asked] = run[asked]
        yes = np.where(asked, FORGETTING * yes + ~silent, yes)
        no = np.where(asked, FORGETTING * no + silent, no)
        share = np.where(run == 0, yes / (yes + no), share)
    return surprise, length


def days_against_own(days: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """How surprising a count of days is against the client's own earlier weeks, and the count that was expected.

    `days` of `asked` days `[T, C]`; NaN where not answered. The first week is judged by the prior.
    """
    yes, no = np.full(days.shape[1], DAYS[0]), np.full(days.shape[1], DAYS[1])
    surprise, expected = np.full(days.shape, np.nan), np.full(days.shape, np.nan)
    for step in range(days.shape[0]):
        here = np.flatnonzero(days[step] >= 0)  # known; most weeks have no such day, so that only the others need a tail
        now, of, own_yes, own_no = days[step, here], asked[step, here], yes[here], no[here]
        found = np.full(len(here), LEAST_UNUSUAL)
        some = np.flatnonzero(now > 0)
        if len(some):
            chance = tail(now[some], of[some], own_yes[some], own_no[some])
            found[some] = -special.ndtri(np.clip(chance, 1e-12, 1 - 1e-3))
        surprise[step, here] = found
        expected[step, here] = of * own_yes / (own_yes + own_no)
        weight = np.where(found >= UNUSUAL, UNUSUAL_WEIGHT, 1.0)
        yes[here] = FORGETTING * own_yes + weight * now
        no[here] = FORGETTING * own_no + weight * (of - now)
    return surprise, expected


_DAY = np.arange(7.0)[:, None]


def tail(count: Floats, of: Floats, yes: Floats, no: Floats) -> Floats:
    """P(X >= count) for a beta-binomial of `of` (at most 7) days with Beta(yes, no); all arrays `[C]`."""
    size = np.floor(of)
    # P(X = 0) is the product of (no + k) / (yes + no + k) over the days; each next one follows from the one before
    none = np.prod(np.where(size > _DAY, (no + _DAY) / (yes + no + _DAY), 1.0), axis=0)
    left = size - _DAY
    factor = np.where(left > 0, left * (yes + _DAY) / ((_DAY + 1) * np.maximum(no + left - 1, 1e-300)), 0.0)
    chances = np.concatenate((none[None], none * np.cumprod(factor, axis=0)))[:7]
    return np.where(np.isnan(count), np.nan, 1 - np.sum(np.where(count > _DAY, chances, 0.0), axis=0))
