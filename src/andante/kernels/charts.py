"""Slow changes: a moving average and a one-sided cumulative sum of surprises.

EWMA: Roberts 1959; CUSUM: Page 1954. Smoothing 0.3 and allowance 0.5 for courses of 8-20
sessions: short courses need quick charts (ours, uncalibrated).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SMOOTHING = 0.3
ALLOWANCE = 0.5
QUICK, SLOW = 0.5, 0.15  # smoothing of the two averages of load (ours)
LARGEST_STEP = 3.0  # SDs: one answer, however extreme, is one answer (ours)


def follow(surprise: Floats, restart: Bools) -> tuple[Floats, Floats]:
    """The EWMA in units of its own SD, and the CUSUM, after each step; NaN where that step has no value.

    `surprise` `[S, T, C]`: standardized deviations, positive = worse. A missing value leaves both as they were.
    """
    return _follow(surprise, restart, _deviations(surprise.shape[1]), LARGEST_STEP)


@compiled
def _follow(surprise: Floats, restart: Bools, sd: Floats, largest: float) -> tuple[Floats, Floats]:
    drift, cusum = np.empty_like(surprise), np.empty_like(surprise)
    streams, steps, clients = surprise.shape
    for stream in range(streams):
        average, total, answers = np.zeros(clients), np.zeros(clients), np.zeros(clients, np.intp)
        for step in range(steps):
            for client in range(clients):
                if restart[stream, step, client]:
                    average[client], total[client], answers[client] = 0.0, 0.0, 0
                now = surprise[stream, step, client]
                if np.isnan(now):
                    drift[stream, step, client] = cusum[stream, step, client] = np.nan
                    continue
                now = min(max(now, -largest), largest)
                average[client] += SMOOTHING * (now - average[client])
                total[client] = max(total[client] + now - ALLOWANCE, 0.0)
                drift[stream, step, client] = average[client] / sd[answers[client]]
                cusum[stream, step, client] = total[client]
                answers[client] += 1
    return drift, cusum


@lru_cache(maxsize=64)
def _deviations(most: int) -> Floats:
    """The SD of the moving average after the next answer, for 0, 1, 2, ... answers before it."""
    decay = np.multiply.accumulate(np.full(most, (1 - SMOOTHING) ** 2))
    return np.asarray(np.sqrt(SMOOTHING / (2 - SMOOTHING) * (1 - decay)))


@compiled
def difference_of_averages(values: Floats) -> Floats:
    """A quick moving average less a slow one that does not yet hold the current value: load as a difference.

    Uncoupled and a difference, because a coupled ratio correlates with itself (Windt & Gabbett 2019, Br J Sports Med
    53:988). `values` `[T, C]`; NaN where a step has no value or no earlier one.
    """
    out = np.full(values.shape, np.nan)
    for client in range(values.shape[1]):
        quick = long = np.nan
        for step in range(values.shape[0]):
            now = values[step, client]
            if np.isnan(now):
                continue
            if np.isnan(long):
                quick = long = now
            else:
                quick += QUICK * (now - quick)
                out[step, client] = quick - long
                long += SLOW * (now - long)
    return out
