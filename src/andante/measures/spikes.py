"""Spikes: a rise between two neighboring scores that comes back within a few sessions, or does not.

Stands in `measures/` beside sudden. A spike alone is ambiguous: in exposure-based work it has gone with better and with
worse outcomes (Hayes 2007, 10.1037/0022-006X.75.3.409; COBRA re-analysis, PMID 35025537); one that does not return is what
to look at. The rule is that of the repository milanwiedemann/symptomspikes (work in progress, not a validated
standard): a rise of 10 or more on the PHQ-9, then a drop of 5 or more from the peak within three sessions, nine sessions
between spikes. The amounts for other measures are ours, uncalibrated: the rise is the reliable change or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError

Grid = NDArray[np.float64]
STATES = ("open", "returned", "not returned")
OPEN, RETURNED, NOT_RETURNED = range(3)


@dataclass(frozen=True)
class Spikes:
    """One entry per spike, by client and session: the session before the rise (column index), rise, peak so far, state.

    `open`: the sessions in which it may still return have not all passed; `returned_at` is the column index of the
    return, -1 where there is none.
    """

    client: NDArray[np.intp]
    session: NDArray[np.intp]
    rise: Grid
    peak: Grid
    state: NDArray[np.intp]
    returned_at: NDArray[np.intp]

    def table(self, ids: Sequence[str], labels: Sequence[str]) -> pa.Table:
        """One row per spike."""
        names, who = np.asarray(labels, object), np.asarray(ids, object)
        back = [names[place] if place >= 0 else None for place in self.returned_at]
        return pa.table(
            {
                "id": pa.array(who[self.client], pa.string()),
                "from": pa.array(names[self.session], pa.string()),
                "to": pa.array(names[self.session + 1], pa.string()),
                "rise": self.rise,
                "peak": self.peak,
                "state": pa.array(np.asarray(STATES, object)[self.state], pa.string()),
                "returned_at": pa.array(back, pa.string()),
            }
        )


def find_spikes(scores: ArrayLike, *, rise: float, drop: float | None = None, within: int = 3, apart: int = 9) -> Spikes:
    """Spikes in a grid of scores where higher is worse (clients, sessions), NaN where a score is missing.

    A spike starts where neighboring scores rise by `rise` or more, at least `apart` sessions after the last one started.
    It returns with the first score, in the `within` sessions after the rise, that lies `drop` (default: half the rise)
    or more below the peak so far. It has not returned once a later score than these exists and none of them did.
    """
    grid = np.asarray(scores, dtype=np.float64)
    if grid.ndim != 2 or not rise > 0 or within < 1 or apart < 1:
        raise UsageError("Spikes need a grid of scores, a rise above 0, and whole numbers of sessions from 1 on.")
    starts = _space(np.diff(grid, axis=1) >= rise, apart)
    client, session = np.nonzero(starts)
    size = rise / 2 if drop is None else drop
    sessions = grid.shape[1]
    last = np.where(np.isnan(grid), -1, np.arange(sessions)).max(axis=1)[client]
    peak = grid[client, session + 1]
    returned_at = np.full(len(client), -1, dtype=np.intp)
    for later in range(1, within + 1):
        place = session + 1 + later
        score = np.where(place < sessions, grid[client, np.minimum(place, sessions - 1)], np.nan)
        waiting = returned_at < 0
        returned_at[waiting & (score <= peak - size)] = place[waiting & (score <= peak - size)]
        peak = np.where((returned_at < 0) & (score > peak), score, peak)
    over = last >= session + 1 + within
    state = np.where(returned_at >= 0, RETURNED, np.where(over, NOT_RETURNED, OPEN))
    return Spikes(client, session, grid[client, session + 1] - grid[client, session], peak, state, returned_at)


def _space(candidates: NDArray[np.bool_], apart: int) -> NDArray[np.bool_]:
    """Keep a candidate only where none was kept in the `apart` - 1 sessions before: session by session, all clients at once."""
    kept = np.zeros_like(candidates)
    free = np.zeros(len(candidates), dtype=np.intp)  # the first session in which a new one may start
    for session in range(candidates.shape[1]):
        take = candidates[:, session] & (free <= session)
        kept[take, session] = True
        free[take] = session + apart
    return kept
