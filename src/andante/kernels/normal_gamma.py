"""A person's own level and spread, learned answer by answer from a population prior.

Conjugate normal-inverse-gamma model with a slow forgetting factor (Murphy 2007, "Conjugate Bayesian analysis of
the Gaussian distribution", section 3; forgetting as in West & Harrison 1997, "Bayesian Forecasting and Dynamic
Models", section 4.3). Who is steady in one rating tends to be steady in all: what the prior takes for the spread is
scaled by how far this person's answers, all streams together, have so far been from what was expected of them, beside
how far that should have been (ours). So a person's unevenness is known after a few sessions, not after a few dozen.

How many answers were seen decides everything but the mean and the sum of squares, so those weights are tables; one pass
over the steps then moves every stream of every client at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from andante.kernels.compiled import compiled
from andante.kernels.student import EIGHTY_PERCENT

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHAPE = 6.0  # how sure the prior is of the spread: worth 12 degrees of freedom (ours, calibrated on simulated clients)
FORGETTING = 0.95  # an answer's weight after one more answer; memory of 20 answers (ours, calibrated on simulated clients)
WINSOR = 2.5  # predictive SDs beyond which an answer moves the level no further (ours, uncalibrated)
# A hurt that goes on does not become what is usual: from the third answer running that is worse than the usual band (80 %), nothing is
# learned until one is inside it again; once a level is known (ours; on simulated clients it costs 0.3 points of harms told in time).
OUTSIDE, STAYS_OUT, KNOWN_FROM = EIGHTY_PERCENT, 3, 4
ALIKE = 20.0  # answers that "as uneven as others" is worth, when a person's own unevenness is learned (ours, on simulated clients)
# However steady somebody is, an answer is whole, and one step off is not a sign by itself: the least scale of a prediction, in steps, but
# no more than this share of the population's spread (ours).
LEAST_SCALE, LEAST_SHARE = 0.62, 0.6
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


def expect(values: Floats, restart: Bools, worse: Floats, mean: Floats, within: Floats, between: Floats) -> Expectation:
    """One-step-ahead expectations of `values` `[S, T, C]` from priors `[S]`.

    `restart` `[S, T, C]` is true where a stream begins anew before that step; how uneven a person is, it keeps. `worse` `[S]` is 1
    where higher is worse, -1 where lower is, 0 where neither. NaN values change nothing.
    """
    most = min(values.shape[1], MOST) + 1
    weight = _weights(tuple(((within / between) ** 2).tolist()))[:, :most]
    shape = np.asarray(degrees_of_freedom()[:most]) / 2
    # by stream and number of answers: what turns the root of the squares into a scale, what a gap is divided by, what it adds,
    # and what its square is worth beside the square to be expected (nothing for the first answer: it tells people apart)
    spread, part, add = np.sqrt((weight + 1) / (shape * weight)), weight + 1, 0.5 * weight / (weight + 1)
    unit = weight / ((weight + 1) * within[:, None] ** 2)
    unit[:, 0] = 0.0
    least, prior = np.minimum(LEAST_SCALE, LEAST_SHARE * within), within**2 * (SHAPE - 1)
    means, scales, answers = _expect(values, restart, worse, mean, prior, least, spread, part, add, unit, FORGETTING, ALIKE)
    return Expectation(means, scales, answers, degrees_of_freedom())


@compiled
def _expect(
    values: Floats, restart: Bools, worse: Floats, mean: Floats, prior: Floats, least: Floats, spread: Floats, part: Floats,
    add: Floats, unit: Floats, forgetting: float, alike: float,
) -> tuple[Floats, Floats, NDArray[np.intp]]:  # fmt: skip
    means, scales, answers = np.empty_like(values), np.empty_like(values), np.empty(values.shape, np.intp)
    streams, steps, clients = values.shape
    most = spread.shape[1] - 1
    level, squares, seen = np.empty((streams, clients)), np.zeros((streams, clients)), np.zeros((streams, clients), np.intp)
    level[:] = mean.reshape(-1, 1)
    outside = np.zeros((streams, clients), np.intp)  # answers running that were worse than the usual band
    uneven, found, count = np.ones(clients), np.full(clients, alike), np.full(clients, alike)
    for step in range(steps):
        for stream in range(streams):
            for client in range(clients):
                if restart[stream, step, client]:
                    level[stream, client], squares[stream, client], seen[stream, client] = mean[stream], 0.0, 0
                    outside[stream, client] = 0
                before = seen[stream, client]
                share = uneven[client] if before else 1.0  # the first answer tells people apart, not ups from downs
                scale = max(np.sqrt(prior[stream] * share + squares[stream, client]) * spread[stream, before], least[stream])
                means[stream, step, client] = level[stream, client]
                scales[stream, step, client] = scale
                answers[stream, step, client] = before
                value = values[stream, step, client]
                if np.isnan(value):
                    continue
                gap = min(max(value - level[stream, client], -WINSOR * scale), WINSOR * scale)
                is_outside = (gap * worse[stream] >= OUTSIDE * scale) & (before >= KNOWN_FROM)
                outside[stream, client] = outside[stream, client] + 1 if is_outside else 0
                if outside[stream, client] >= STAYS_OUT:
                    continue
                squares[stream, client] = forgetting * squares[stream, client] + add[stream, before] * gap * gap
                level[stream, client] += gap / part[stream, before]
                seen[stream, client] = min(before + 1, most)
                found[client] += gap * gap * unit[stream, before]
                count[client] += before > 0
        for client in range(clients):
            uneven[client] = found[client] / count[client]
    return means, scales, answers
