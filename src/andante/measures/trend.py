"""A measure as sessions go by: reliably worse than at first, than the best so far, than last time.

Arrays `[T, C]` of observed scores (NaN where none), all turned so that a positive figure is worse. Counts are of
observed scores; nothing is carried forward; a score older than 60 days is not "last" (session table contract).
Reliable change: Jacobson & Truax 1991 (the points come with each measure).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from andante.kernels import steps

Floats = NDArray[np.float64]

FRESH = 60.0  # days


def since_first(worse: Floats) -> Floats:
    """Points worse than the first observed score; NaN at the first itself."""
    return np.where(steps.count_known(worse) > 1, worse - first(worse), np.nan)


def first(worse: Floats) -> Floats:
    """The first observed score, from there on."""
    return steps.last_known(np.where(steps.count_known(worse) == 1, worse, np.nan))


def sessions_since_first(scores: Floats, attended_before: Floats) -> Floats:
    """Sessions attended since the first score of a measure; 0 at it, NaN before it and for a second score at one session."""
    known = ~np.isnan(scores)
    seen = steps.count(known)
    attended = np.where(known & (seen == 1), attended_before, 0.0).sum(axis=0)
    since = attended_before - attended
    return np.where((seen > 0) & ((seen == 1) | (since >= 1)), since, np.nan)


def since_last(worse: Floats, days: Floats) -> Floats:
    """Points worse than the observed score before; NaN where that is missing or known to be older than 60 days."""
    (before,) = steps.answers_before(worse, 1)
    when = steps.before(days, ~np.isnan(worse))
    return np.where(days - when > FRESH, np.nan, worse - before)


def given_back(worse: Floats, reliable: float) -> Floats:
    """Points given back of a reliable gain that had held.

    A gain has held where two scores running were reliably better than the first; the better level is the worse of the
    two (one lucky score is no gain). 0 where there was no such gain, NaN where there is no score.
    """
    known = ~np.isnan(worse)
    (before,) = steps.answers_before(worse, 1)
    held = steps.running(np.fmin, np.where(known, np.maximum(worse, before), np.nan))
    level = steps.earlier(held)
    gained = first(worse) - level >= reliable
    return np.where(known & ~np.isnan(before), np.where(gained, worse - level, 0.0), np.nan)


def spike_stays(worse: Floats, rise: float, within: int = 3) -> Floats:
    """Points above the score before a spike that has not come back by half the rise within so many further scores.

    A spike: one score `rise` or more above the one before. 0 where there is none, while it may still come back, and
    once it has; NaN where there is no score. Live form of `spikes.find_spikes` (repo milanwiedemann/symptomspikes).
    """
    return _where_it_rose(worse, rise, lambda scores: _spike_stays(scores, rise, within))


def _spike_stays(worse: Floats, rise: float, within: int) -> Floats:
    out = np.full(worse.shape, np.nan)
    last, before, peak = (np.full(worse.shape[1], np.nan) for _ in range(3))
    since = np.zeros(worse.shape[1])
    for step in range(worse.shape[0]):
        now = worse[step]
        known = ~np.isnan(now)
        back, rose = known & (now <= peak - rise / 2), known & np.isnan(peak) & (now - last >= rise)
        since = np.where(rose, 0.0, np.where(known, since + 1, since))
        before = np.where(rose, last, before)
        peak = np.where(back, np.nan, np.where(rose, now, np.fmax(peak, np.where(np.isnan(peak), np.nan, now))))
        stays = ~np.isnan(peak) & (since >= within)
        out[step] = np.where(known, np.where(stays, now - before, 0.0), np.nan)
        last = np.where(known, now, last)
    return out


def unreturned(worse: Floats, reliable: float, measures: int) -> Floats:
    """Points above the level before a reliable rise, once that many further scores have not come back to within it.

    0 while it has not been that many or it came back; NaN where there is no score.
    """
    return _where_it_rose(worse, reliable, lambda scores: _unreturned(scores, reliable, measures))


def _where_it_rose(worse: Floats, rise: float, points: Callable[[Floats], Floats]) -> Floats:
    """Points of the clients who have a rise from one score to the next at all: few have. 0 at every score of the others."""
    (before,) = steps.answers_before(worse, 1)
    out = np.abs(worse) * 0.0
    rose = np.flatnonzero((worse - before >= rise).any(axis=0))
    if len(rose):
        out[:, rose] = points(worse[:, rose])
    return out


def _unreturned(worse: Floats, reliable: float, measures: int) -> Floats:
    out = np.full(worse.shape, np.nan)
    last, level = np.full(worse.shape[1], np.nan), np.full(worse.shape[1], np.nan)
    since = np.zeros(worse.shape[1])
    for step in range(worse.shape[0]):
        now = worse[step]
        known = ~np.isnan(now)
        back, rose = known & (now - level < reliable), known & np.isnan(level) & (now - last >= reliable)
        since = np.where(rose | back, 0.0, np.where(known & ~np.isnan(level), since + 1, since))
        level = np.where(back, np.nan, np.where(rose, last, level))
        out[step] = np.where(known, np.where(since >= measures, now - level, 0.0), np.nan)
        last = np.where(known, now, last)
    return out
