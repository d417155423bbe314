"""Slow changes: a moving average and a one-sided cumulative sum of surprises.

EWMA: Roberts 1959; CUSUM: Page 1954. Smoothing 0.3 and allowance 0.5 as chosen for 8-20 sessions in the
run-length tables of the manual (short courses need quick charts; ours, uncalibrated).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SMOOTHING = 0.3
ALLOWANCE = 0.5
LARGEST_STEP = 3.0  # one answer, however extreme, is one answer


def follow(surprise: Floats, restart: Bools) -> tuple[Floats, Floats]:
    """The EWMA in units of its own SD, and the CUSUM, after each step; NaN where that step has no value.

    `surprise` `[S, T, C]`: standardized deviations, positive = worse. A missing value leaves both as they were.
    """
    average, total = np.zeros_like(surprise[:, 0]), np.zeros_like(surprise[:, 0])
    drift, cusum = np.empty_like(surprise), np.empty_like(surprise)
    sd, answers = _deviations(surprise.shape[1]), np.zeros(average.shape, np.intp)
    any_restart = np.asarray(restart.any(axis=(0, 2)))
    part, bounded, hole, known = (np.empty_like(average) for _ in range(4))
    for step in range(surprise.shape[1]):  # in place, so that all of it stays in the cache
        if any_restart[step]:
            anew = restart[:, step]
            average, total = np.where(anew, 0.0, average), np.where(anew, 0.0, total)
            answers[anew] = 0
        value = surprise[:, step]
        here = value == value
        known[...] = here
        np.multiply(value, 0.0, out=hole)
        np.fmax(value, -LARGEST_STEP, out=bounded)
        np.fmin(bounded, LARGEST_STEP, out=bounded)
        np.subtract(bounded, average, out=part)
        part *= SMOOTHING
        part *= known
        average += part
        sd.take(answers, out=part, mode="clip")
        answers += here
        np.divide(average, part, out=part)
        np.add(part, hole, out=drift[:, step])
        np.add(total, bounded, out=part)
        part -= ALLOWANCE
        np.maximum(part, 0.0, out=part)
        part *= known
        total *= np.subtract(1, known, out=known)
        total += part
        np.add(total, hole, out=cusum[:, step])
    return drift, cusum


@lru_cache(maxsize=64)
def _deviations(most: int) -> Floats:
    """The SD of the moving average after the next answer, for 0, 1, 2, ... answers before it."""
    decay = np.multiply.accumulate(np.full(most, (1 - SMOOTHING) ** 2))
    return np.asarray(np.sqrt(SMOOTHING / (2 - SMOOTHING) * (1 - decay)))


def difference_of_averages(values: Floats, fast: float = 0.5, slow: float = 0.15) -> Floats:
    """A quick moving average less a slow one that does not yet hold the current value: load as a difference.

    Uncoupled and a difference, because a coupled ratio correlates with itself (Windt & Gabbett 2019, Br J Sports Med
    53:988). Smoothing 0.5 and 0.15 are ours. `values` `[T, C]`; NaN where a step has no value or no earlier one.
    """
    quick, long = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    out = np.full(values.shape, np.nan)
    for step, now in enumerate(values):
        known, first = ~np.isnan(now), np.isnan(long)
        quick = np.where(known, np.where(first, now, quick + fast * (now - quick)), quick)
        out[step] = np.where(known & ~first, quick - long, np.nan)
        long = np.where(known, np.where(first, now, long + slow * (now - long)), long)
    return out
