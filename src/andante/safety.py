"""The safety path: reads items, never risks, and knows no statistics.

Open at once when a safety item is positive, or when any day of a way of coping that is dangerous in itself is told;
it stays open until it has been reviewed with the client.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.history import History
from andante.kernels import steps
from andante.words import SAFETY_CLEAR, SAFETY_NOT_ASKED, SAFETY_OPEN

Bools = NDArray[np.bool_]


def raised(history: History) -> Bools:
    """Where something new opens the path in this row."""
    risky = steps.last_known(history["old_coping_risky"]) == 1
    return np.asarray(history.true("safety_flag") | (risky & (history["between_old_coping"] >= 1)))


def state(history: History) -> NDArray[np.int8]:
    """`[T, C]`: open (not yet reviewed), clear (asked, or reviewed), not asked in this row.

    A row without a session, and one not yet held, repeats what stood before.
    """
    new, reviewed = raised(history), history.true("safety_reviewed")
    risky = steps.last_known(history["old_coping_risky"]) == 1
    asked = ~np.isnan(history["safety_flag"]) | (risky & ~np.isnan(history["between_old_coping"]))
    out = np.zeros(history.shape, np.int8)
    stands = np.zeros(history.shape[1], np.int8)
    for step in range(history.shape[0]):
        opened = new[step] | (stands == SAFETY_OPEN)
        told = asked[step] | reviewed[step]
        silent = np.where(history.attended[step] & ~history.pending[step], SAFETY_NOT_ASKED, stands)
        stands = np.where(opened & ~reviewed[step], SAFETY_OPEN, np.where(told, SAFETY_CLEAR, silent)).astype(np.int8)
        out[step] = stands
    return out
