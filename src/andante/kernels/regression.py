"""A Bayesian straight line, updated row by row: normal-inverse-gamma prior, slow forgetting, Student-t prediction.

Conjugate update of the linear model (Murphy 2007, "Conjugate Bayesian analysis of the Gaussian distribution",
section 7; O'Hagan & Forster 2004, chapter 11). Three coefficients (level, first and second predictor), so the 3 x 3
systems of all rows are solved at once in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from andante.kernels import steps

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST = 400  # rows after which the degrees of freedom no longer change


@dataclass(frozen=True)
class Prior:
    """Coefficients (level, first, second), their SDs, the residual SD and how sure it is (`shape`), the forgetting factor."""

    mean: tuple[float, float, float]
    sd: tuple[float, float, float]
    residual: float
    shape: float
    forgetting: float


@dataclass(frozen=True)
class Line:
    """The posterior after each row, arrays `[T, C]`: coefficients, their covariance up to `variance`, rows counted."""

    mean: tuple[Floats, Floats, Floats]
    covariance: tuple[tuple[Floats, ...], ...]
    variance: Floats
    rows: NDArray[np.intp]
    prior: Prior


def fit(first: Floats, second: Floats, outcome: Floats, prior: Prior) -> Line:
    """Posterior after each row; rows in which any of the three is NaN change nothing."""
    use = ~(np.isnan(first) | np.isnan(second) | np.isnan(outcome))
    x = (np.where(use, 1.0, 0.0), np.where(use, first, 0.0), np.where(use, second, 0.0))
    y = np.where(use, outcome, 0.0)
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    sums = np.stack([x[i] * x[j] for i, j in pairs] + [v * y for v in x] + [y * y])
    _accumulate(sums, use, prior.forgetting)
    precision = np.array([(prior.residual / sd) ** 2 for sd in prior.sd])
    p = dict(zip(pairs, sums[:6], strict=True))
    for i in range(3):
        p[i, i] = p[i, i] + precision[i]
    moment = [sums[6 + i] + precision[i] * prior.mean[i] for i in range(3)]
    inverse = _inverse(p)
    mean = tuple(sum(inverse[i][j] * moment[j] for j in range(3)) for i in range(3))
    rows = np.minimum(steps.running(np.add, use.astype(np.intp)), MOST)
    shape = np.asarray(_shapes(prior.shape, prior.forgetting))[rows]
    start = float(sum(precision[i] * prior.mean[i] ** 2 for i in range(3)))
    left = sums[9] + start - sum(mean[i] * moment[i] for i in range(3))
    scale = prior.residual**2 * (prior.shape - 1) + 0.5 * np.maximum(left, 0.0)
    return Line(mean, inverse, scale / shape, rows, prior)


def quantile(line_rows: NDArray[np.intp], prior: Prior, share: float) -> Floats:
    """The Student-t quantile that leaves `share` above it, with the degrees of freedom after that many rows."""
    return np.asarray(_quantiles(prior.shape, prior.forgetting, share))[line_rows]


@lru_cache(maxsize=8)
def _shapes(shape: float, forgetting: float) -> tuple[float, ...]:
    weight, out = 0.0, []
    for _ in range(MOST + 1):
        out.append(shape + weight)
        weight = forgetting * weight + 0.5
    return tuple(out)


@lru_cache(maxsize=8)
def _quantiles(shape: float, forgetting: float, share: float) -> tuple[float, ...]:
    degrees = 2 * np.asarray(_shapes(shape, forgetting))
    return tuple(special.stdtrit(degrees, 1 - share).tolist())


def _accumulate(sums: Floats, use: Bools, forgetting: float) -> None:
    """Running sums along the steps, in place; a used row makes all earlier ones weigh a little less."""
    for step in range(1, sums.shape[1]):
        keep = np.where(use[step], forgetting, 1.0)
        sums[:, step] += keep * sums[:, step - 1]


def _inverse(p: dict[tuple[int, int], Floats]) -> tuple[tuple[Floats, ...], ...]:
    """The inverse of the symmetric 3 x 3 matrices, by cofactors."""
    a, b, c, d, e, f = p[0, 0], p[0, 1], p[0, 2], p[1, 1], p[1, 2], p[2, 2]
    aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
    one = 1 / (a * aa + b * bb + c * cc)
    aa, bb, cc, dd, ee, ff = (v * one for v in (aa, bb, cc, dd, ee, ff))
    return (aa, bb, cc), (bb, dd, ee), (cc, ee, ff)
