"""Whether the two may be told to go deeper: only where the client wants more, and nothing anywhere speaks against it.

Above `alerts`, and asked by `reading` alone. Nobody is harmed by hearing *go on* instead; so one contrary answer is enough.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import QUIET, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.intp]

MUST_BE_QUIET = ("distress", "trust", "boundaries")
EARLIEST = 4  # session (ours)
LEAST_LEFT = 4  # sessions, where an ending is agreed (ours)
HURT_LASTS = (
    3  # sessions, its own included, in which nobody is told to go deeper after a hard breach or a rupture, though it be answered (ours)
)
TOO_FAST = 1  # of the pace: a little too fast, and more


def may(plan: Layout, level: Codes, excess: Floats, breach: Bools, braked: Bools, history: History, usual: Usual, events: Events) -> Bools:
    """Where a client may be told to go deeper, as far as levels and answers say, `[T, C]`.

    `level` `[R, T, C]`, `excess` `[I, T, C]`; `breach` and `braked` where a hard breach stands and where the brake is on. Safety is
    asked by `reading`, which has it come first.
    """
    must = [risk.name in MUST_BE_QUIET for risk in plan.risks]
    quiet = (level < WATCH).all(axis=0) & (level[must] == QUIET).all(axis=0)
    number = np.where(np.isnan(history.session), history.attended_before + 1, history.session)  # the place, where none was given
    ending = steps.last_known(history["sessions_left"]) < LEAST_LEFT
    vetoed = ending | events.after_break | events.away | events.hard_week
    vetoed |= history.true("safety_flag") | usual.anything_uninformative()
    passed = _passed(excess, _fixed(plan))  # now, or at the session before: an overwhelm of 7 is not over because today is a 6
    vetoed |= passed | steps.was(passed, history.attended) | steps.was(braked, history.attended)
    hurt = steps.true_in_last(breach | events.ruptured, history.attended, HURT_LASTS)
    return np.asarray(_wants_more(history, events) & quiet & (number >= EARLIEST) & ~vetoed & ~(steps.last_known(hurt) >= 1))


def _wants_more(history: History, events: Events) -> Bools:
    """Too slow twice in three or a wish for faster, as last said, and not the contrary beside it."""
    wish, pace = steps.last_known(history["client_wish"]), steps.last_known(history["after_pace"])
    return np.asarray((events.too_slow | (wish == 1)) & ~(wish == -1) & ~(pace >= TOO_FAST))


@lru_cache(maxsize=4)
def _fixed(plan: Layout) -> Ints:
    """The fixed thresholds of what has to be quiet."""
    of = [plan.risks[risk].name in MUST_BE_QUIET for risk in plan.risk_of]
    return np.flatnonzero((plan.rules | plan.graded) & of)


@compiled
def _passed(excess: Floats, places: Ints) -> Bools:
    """Whether any of these is past its threshold in this row, though it make no level."""
    _, rows, clients = excess.shape
    out = np.zeros((rows, clients), np.bool_)
    for place in places:
        for step in range(rows):
            for client in range(clients):
                out[step, client] |= excess[place, step, client] >= 0
    return out
