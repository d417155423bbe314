"""A measure as sessions go by: reliably worse than at first, than the best so far, than last time.

Arrays `[T, C]` of observed scores (NaN where none), all turned so that a positive figure is worse. Counts are of
observed scores; nothing is carried forward; a score older than 60 days is not "last" (session table contract).
Reliable change: Jacobson & Truax 1991 (the points come with each measure).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels import steps

Floats = NDArray[np.float64]

FRESH = 60.0  # days


def since_first(worse: Floats) -> Floats:
    """Points worse than the first observed score; NaN at the first itself."""
    known = ~np.isnan(worse)
    first = np.where(np.cumsum(known, axis=0) == 1, worse, np.nan)
    first = steps.last_known(np.where(known & (np.cumsum(known, axis=0) == 1), first, np.nan))
    return np.where(np.cumsum(known, axis=0) > 1, worse - first, np.nan)


def since_last(worse: Floats, days: Floats) -> Floats:
    """Points worse than the observed score before; NaN where that is missing or older than 60 days."""
    (before,) = steps.answers_before(worse, 1)
    (when,) = steps.answers_before(np.where(np.isnan(worse), np.nan, days), 1)
    return np.where(days - when > FRESH, np.nan, worse - before)


def best_before(worse: Floats) -> Floats:
    """The best score strictly before each step."""
    return np.asarray(steps.earlier(np.fmin.accumulate(worse, axis=0)), dtype=np.float64)


def given_back(worse: Floats, reliable: float) -> Floats:
    """Points given back of a reliable gain: worse than the best so far, where that best was a reliable improvement."""
    known = ~np.isnan(worse)
    first = steps.last_known(np.where(known & (np.cumsum(known, axis=0) == 1), worse, np.nan))
    best = best_before(worse)
    return np.where(known & ~np.isnan(best), np.where(first - best >= reliable, worse - best, 0.0), np.nan)
