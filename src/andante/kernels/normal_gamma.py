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
    any_restart = np.asarray(restart.any(axis=(0, 2)))
    answers = _answers_before(known, restart, any_restart)
    most = int(answers.max(initial=0)) + 1
    weight = _weights(tuple(((within / between) ** 2).tolist()))[:, :most]
    shape = np.asarray(degrees_of_freedom()[:most]) / 2
    # by stream and number of answers: what turns the root of the squares into a scale, what a gap is divided by, what it adds
    spread, part, add = np.sqrt((weight + 1) / (shape * weight)), weight + 1, 0.5 * weight / (weight + 1)
    offset = (np.arange(len(values)) * most)[:, None]
    prior = (within**2 * (SHAPE - 1))[:, None]
    start = np.broadcast_to(mean[:, None], values[:, 0].shape)
    level, squares = start.copy(), np.zeros_like(start)
    means, scales = np.empty_like(values), np.empty_like(values)
    scale, gap, limit, counts, by_number = (np.empty_like(level) for _ in range(5))
    for step in range(values.shape[1]):  # in place, a step at a time: a dozen grids of all steps would not fit the cache
        if any_restart[step]:
            level = np.where(restart[:, step], start, level)
            squares = np.where(restart[:, step], 0.0, squares)
        place = answers[:, step] + offset
        np.add(prior, squares, out=scale)
        np.sqrt(scale, out=scale)
        scale *= spread.take(place, out=by_number, mode="clip")
        means[:, step], scales[:, step] = level, scale
        np.multiply(scale, WINSOR, out=limit)
        np.subtract(values[:, step], level, out=gap)
        np.fmin(gap, limit, out=gap)
        np.fmax(gap, np.negative(limit, out=limit), out=gap)
        counts[...] = known[:, step]
        gap *= counts  # nothing where nothing was answered
        counts *= 1 - FORGETTING
        squares *= np.subtract(1, counts, out=counts)
        add.take(place, out=by_number, mode="clip")
        by_number *= gap
        by_number *= gap
        squares += by_number
        gap /= part.take(place, out=by_number, mode="clip")
        level += gap
    return Expectation(means, scales, answers, degrees_of_freedom())


def _answers_before(known: Bools, restart: Bools, any_restart: Bools) -> NDArray[np.intp]:
    """How many values were seen before each step since the last restart, at most MOST."""
    total, seen = np.zeros(known.shape, np.int16), known.astype(np.int16)
    for step in range(1, known.shape[1]):
        np.add(total[:, step - 1], seen[:, step - 1], out=total[:, step])
        if any_restart[step]:
            total[:, step][restart[:, step]] = 0
    return np.minimum(total, MOST).astype(np.intp)
