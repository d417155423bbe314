"""The safety path: reads items, never risks, and knows no statistics.

Open at once when a safety item is positive, or when any day of a way of coping that is dangerous in itself is told;
it stays open until it has been reviewed with the client.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
from andante.words import SAFETY_CLEAR, SAFETY_NOT_ASKED, SAFETY_OPEN

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


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
    return _state(new, reviewed, asked | reviewed, history.held)


def opened(history: History, states: NDArray[np.int8]) -> tuple[Floats, Bools]:
    """Of where it is open `[T, C]`: the session in which it was opened, and whether days of the risky way of coping alone keep it so."""
    return _opened(states == SAFETY_OPEN, history.true("safety_flag"), history.session)


@compiled
def _opened(is_open: Bools, flagged: Bools, session: Floats) -> tuple[Floats, Bools]:
    since, days_alone = np.full(is_open.shape, np.nan), np.zeros(is_open.shape, np.bool_)
    for step in range(is_open.shape[0]):
        for client in range(is_open.shape[1]):
            if is_open[step, client]:
                stood = step > 0 and is_open[step - 1, client]
                since[step, client] = since[step - 1, client] if stood else session[step, client]
                days_alone[step, client] = (days_alone[step - 1, client] or not stood) and not flagged[step, client]
    return since, days_alone


@compiled
def _state(new: Bools, reviewed: Bools, told: Bools, held: Bools) -> NDArray[np.int8]:
    out = np.zeros(new.shape, np.int8)
    for client in range(new.shape[1]):
        stands = SAFETY_NOT_ASKED
        for step in range(new.shape[0]):
            if (new[step, client] or stands == SAFETY_OPEN) and not reviewed[step, client]:
                stands = SAFETY_OPEN
            elif told[step, client]:
                stands = SAFETY_CLEAR
            elif held[step, client]:
                stands = SAFETY_NOT_ASKED
            out[step, client] = stands
    return out
