"""A measure as sessions go by: reliably worse than at first, than the best so far, than last time.

Arrays `[T, C]` of observed scores (NaN where none), all turned so that a positive figure is worse. Counts are of
observed scores; nothing is carried forward; a score older than 60 days is not "last" (session table contract).
Reliable change: Jacobson & Truax 1991 (the points come with each measure).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.kernels import steps
from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]

FRESH = 60.0  # days


@compiled
def first(worse: Floats) -> Floats:
    """The first observed score, from there on."""
    out = np.empty_like(worse)
    for step in range(worse.shape[0]):
        for client in range(worse.shape[1]):
            before = out[step - 1, client] if step else np.nan
            out[step, client] = before if before == before else worse[step, client]
    return out


@compiled
def since_first(worse: Floats) -> Floats:
    """Points worse than the first observed score; NaN at the first itself."""
    out = np.empty_like(worse)
    start = np.full(worse.shape[1], np.nan)
    for step in range(worse.shape[0]):
        for client in range(worse.shape[1]):
            out[step, client] = worse[step, client] - start[client]
            if np.isnan(start[client]):
                start[client] = worse[step, client]
    return out


def sessions_since_first(scores: Floats, attended_before: Floats) -> Floats:
    """Sessions attended since the first score of a measure; 0 at it, NaN before it and for a second score at one session."""
    known = ~np.isnan(scores)
    seen = steps.count(known)
    attended = np.where(known & (seen == 1), attended_before, 0.0).sum(axis=0)
    since = attended_before - attended
    return np.where((seen > 0) & ((seen == 1) | (since >= 1)), since, np.nan)


@compiled
def since_last(worse: Floats, days: Floats) -> Floats:
    """Points worse than the observed score before; NaN where that is missing or known to be older than 60 days."""
    out = np.empty_like(worse)
    last, when = np.full(worse.shape[1], np.nan), np.full(worse.shape[1], np.nan)
    for step in range(worse.shape[0]):
        for client in range(worse.shape[1]):
            now, day = worse[step, client], days[step, client]
            out[step, client] = np.nan if day - when[client] > FRESH else now - last[client]
            if not np.isnan(now):
                last[client], when[client] = now, day
    return out


@compiled
def given_back(worse: Floats, reliable: float) -> Floats:
    """Points given back of a reliable gain.

    One score is not enough on both sides: either two scores running were reliably better than the first (what is given back counts from
    the worse of them), or one was and the two latest have both lost it (the better of them counts). 0 where neither, NaN where
    there is no score.
    """
    out = np.full(worse.shape, np.nan)
    for client in range(worse.shape[1]):
        start = last = level = best = np.nan
        for step in range(worse.shape[0]):
            now = worse[step, client]
            if np.isnan(now):
                continue
            if np.isnan(start):
                start = now
            else:
                held = now - level if start - level >= reliable else 0.0
                once = min(now, last) - best if start - best >= reliable else 0.0
                out[step, client] = max(held, once) if once >= reliable else held
                both = max(now, last)
                level = both if np.isnan(level) else min(level, both)
                best = last if np.isnan(best) else min(best, last)  # before the two that are compared with it
            last = now
    return out


@compiled
def spike_stays(worse: Floats, rise: float, within: int) -> Floats:
    """Points above the score before a spike that has not come back by half the rise within so many further scores.

    A spike: one score `rise` or more above the one before. 0 where there is none, while it may still come back, and
    once it has; NaN where there is no score. Live form of `spikes.find_spikes` (repo milanwiedemann/symptomspikes).
    """
    out = np.full(worse.shape, np.nan)
    for client in range(worse.shape[1]):
        last = before = peak = np.nan
        since = 0
        for step in range(worse.shape[0]):
            now = worse[step, client]
            if np.isnan(now):
                continue
            since += 1
            if now <= peak - rise / 2:
                peak = np.nan
            elif not np.isnan(peak):
                peak = max(peak, now)
            elif now - last >= rise:
                before, peak, since = last, now, 0
            out[step, client] = now - before if since >= within and not np.isnan(peak) else 0.0
            last = now
    return out


@compiled
def unreturned(worse: Floats, days: Floats, reliable: float, measures: int) -> Floats:
    """Points above the level before a reliable rise, once that many further scores have not come back to within it.

    0 while it has not been that many or it came back; NaN where there is no score. A rise is over the last score, unless that is
    known to be older than FRESH.
    """
    out = np.full(worse.shape, np.nan)
    for client in range(worse.shape[1]):
        last = level = when = np.nan
        since = 0
        for step in range(worse.shape[0]):
            now = worse[step, client]
            if np.isnan(now):
                continue
            if now - level < reliable:
                level, since = np.nan, 0
            elif not np.isnan(level):
                since += 1
            elif now - last >= reliable and not days[step, client] - when > FRESH:
                level, since = last, 0
            out[step, client] = now - level if since >= measures else 0.0
            last, when = now, days[step, client]
    return out
