"""The chance that a client leaves before the next session: a discrete-time hazard.

On the row of `ceiling`, above `usual` and `events`: reads a history, knows no risk. For each row a logistic model gives
the probability that the client is not seen again although the therapy has not ended. `andante norms fit` fits it to a
cohort's own endings; the shipped coefficients are ours, uncalibrated: a base rate of 19.7 % over about ten sessions (Swift &
Greenberg 2012, 10.1037/a0028226), and directions from studies of missed sessions (Green 2019), ruptures (Eubanks, Muran & Safran)
and alliance (Sharf 2010, 10.1037/a0021175). Groups of clients, never a verdict about one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.priors import FEATURES
from andante.usual import Usual

Floats = NDArray[np.float64]

LEAST_FALL, MOST_FALL = -3.0, 6.0  # SDs of the moving average of surprises that a few answers can tell (ours)


def features(history: History, usual: Usual, events: Events) -> Floats:
    """The features `[F, T, C]`, in the order of FEATURES; all of them known up to and including their row."""
    gone = events.away.astype(np.float64)
    earlier = np.concatenate([np.zeros((2, history.shape[1])), gone])[: history.shape[0] + 1]
    held = history.held
    # The last session attended, this one included.
    strained = steps.latest(events.strained.astype(np.float64), held)
    return np.stack(
        [
            np.ones(history.shape),
            np.log1p(history.attended_before + held),
            gone,
            earlier[:-1] + earlier[1:],
            history.coded("attendance", "late").astype(np.float64),
            (history.checkin_before == 0).astype(np.float64) + (history.checkin_after == 0),
            steps.filled(strained, 0.0),
            _falling(usual, "after_return"),
            _falling(usual, "after_heard"),
            _falling(usual, "before_ready"),
        ]
    )


def _falling(usual: Usual, name: str) -> Floats:
    """The latest moving average of surprises, held within what a few answers can tell."""
    return np.clip(steps.filled(steps.last_known(usual.drift(name)), 0.0), LEAST_FALL, MOST_FALL)


def chance(history: History, usual: Usual, events: Events) -> Floats:
    """The probability by the norms' hazard, row by row `[T, C]`, that the client is not seen again; NaN where pending or no row."""
    coefficients = usual.norms.hazard.coefficients
    weights = [coefficients.get(name, 0.0) for name in FEATURES]
    logit = steps.weighted_sum(features(history, usual, events), np.array(weights))
    return np.where(history.rows & ~history.pending, 1 / (1 + np.exp(-logit)), np.nan)
