"""A person's own level and spread, learned answer by answer from a population prior.

Conjugate normal-inverse-gamma model with a slow forgetting factor (Murphy 2007, "Conjugate Bayesian analysis of
the Gaussian distribution", section 3; forgetting as in West & Harrison 1997, "Bayesian Forecasting and Dynamic
Models", section 4.3). How many answers were seen decides everything but the mean and the sum of squares, so those
weights are tables; one pass over the steps then moves every stream of every client at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHAPE = 6.0  # how sure the prior is of the spread: worth 12 degrees of freedom (ours, calibrated on simulated clients)
FORGETTING = 0.95  # an answer's weight after one more answer; memory of 20 answers (ours, calibrated on simulated clients)
WINSOR = 2.5  # predictive SDs beyond which an answer moves the level no further (ours, uncalibrated)
MOST = 400  # answers after which the weights no longer change


@dataclass(frozen=True)
class Expectation:
    """What was expected before each value was seen; every array `[S, T, C]` (streams, steps, clients).

    `mean`, `scale`: centre and scale of the predictive Student-t; `answers`: values seen before (since a restart);
    `degrees`: the degrees of freedom for 0, 1, 2, ... answers.
    """

    mean: Floats
    scale: Floats
    answers: NDArray[np.intp]
    degrees: tuple[float, ...]


@lru_cache(maxsize=1)
def degrees_of_freedom() -> tuple[float, ...]:
    """Degrees of freedom of the prediction after 0, 1, 2, ... answers (the same for every stream)."""
    weight, out = 0.0, []
    for _ in range(MOST + 1):
        out.append(2 * (SHAPE + weight))
        weight = FORGETTING * weight + 0.5
    return tuple(out)


@lru_cache(maxsize=64)
def _weights(certainty: tuple[float, ...]) -> Floats:
    """The weight of the level before each answer, for 0..MOST answers: `[S, MOST + 1]`."""
    out = np.empty((len(certainty), MOST + 1))
    out[:, 0] = certainty
    for n in range(1, MOST + 1):
        out[:, n] = FORGETTING * (out[:, n - 1] + 1)
    return out


def expect(values: Floats, restart: Bools, mean: Floats, within: Floats, between: Floats) -> Expectation:
    """One-step-ahead expectations of `values` `[S, T, C]` from priors `[S]`.

    `restart` `[S, T, C]` is true where a stream begins anew before that step. NaN values change nothing.
    """
    known = ~np.isnan(values)
    answers = _answers_before(known, restart)
    table = _weights(tuple(((within / between) ** 2).tolist()))
    weight = np.take_along_axis(table, answers.reshape(len(values), -1), axis=1).reshape(values.shape)
    shape = np.asarray(degrees_of_freedom())[answers] / 2
    spread = np.sqrt((weight + 1) / (shape * weight))
    prior = (within**2 * (SHAPE - 1))[:, None]
    start = np.broadcast_to(mean[:, None], values[:, 0].shape)
    level, squares = start.copy(), np.zeros_like(start)
    means, scales = np.empty_like(values), np.empty_like(values)
    any_restart = np.asarray(restart.any(axis=(0, 2)))
    for step in range(values.shape[1]):
        if any_restart[step]:
            level = np.where(restart[:, step], start, level)
            squares = np.where(restart[:, step], 0.0, squares)
        scale = np.sqrt(prior + squares) * spread[:, step]
        means[:, step], scales[:, step] = level, scale
        most = WINSOR * scale
        gap = np.where(known[:, step], np.minimum(np.maximum(values[:, step] - level, -most), most), 0.0)
        w = weight[:, step]
        level = level + gap / (w + 1)
        squares = np.where(known[:, step], FORGETTING * squares + 0.5 * w / (w + 1) * gap * gap, squares)
    return Expectation(means, scales, answers, degrees_of_freedom())


def _answers_before(known: Bools, restart: Bools) -> NDArray[np.intp]:
    """How many values were seen before each step since the last restart, at most MOST."""
    total = np.cumsum(known, axis=1, dtype=np.intp)
    total -= known
    if restart.any():
        total = total - np.maximum.accumulate(np.where(restart, total, 0), axis=1)
    return np.minimum(total, MOST)
