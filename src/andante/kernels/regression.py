"""A Bayesian straight line, updated row by row: normal-inverse-gamma prior, slow forgetting, Student-t prediction.

Conjugate update of the linear model (Murphy 2007, "Conjugate Bayesian analysis of the Gaussian distribution",
section 7; O'Hagan & Forster 2004, chapter 11). An outcome far from what was expected counts only as far as `farthest`
(metrically winsorized residuals: Huber 1981, Robust Statistics, chapter 7). Three coefficients (level, first and second
predictor), so the 3 x 3 systems of all rows are solved at once in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from andante.kernels import steps
from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]

MOST = 400  # rows after which the degrees of freedom no longer change


@dataclass(frozen=True)
class Prior:
    """Coefficients (level, first, second), their SDs, the residual SD and how sure it is (`shape`), the forgetting factor.

    `farthest`: how many predictive SDs from what was expected an outcome may count; one strange row then moves the line
    less, and does not widen it for long.
    """

    mean: tuple[float, float, float]
    sd: tuple[float, float, float]
    residual: float
    shape: float
    forgetting: float
    farthest: float = np.inf


@dataclass(frozen=True)
class Line:
    """The posterior after each row: coefficients `[3, T, C]`, their covariance up to `variance`, rows counted `[T, C]`.

    `upper` `[6, T, C]` is the covariance's upper triangle, row by row; `covariance` the whole of it.
    """

    mean: Floats
    upper: Floats
    variance: Floats
    rows: NDArray[np.intp]
    prior: Prior

    @property
    def covariance(self) -> tuple[tuple[Floats, ...], ...]:
        a, b, c, d, e, f = self.upper
        return (a, b, c), (b, d, e), (c, e, f)

    def before(self) -> Line:
        """What was known before each row: the posterior of the row before, the prior at the first."""
        p = self.prior
        upper = [0.0] * 6
        upper[0], upper[3], upper[5] = ((sd / p.residual) ** 2 for sd in p.sd)
        return Line(
            _after(p.mean, self.mean),
            _after(upper, self.upper),
            steps.earlier(self.variance, p.residual**2 * (p.shape - 1) / p.shape),
            steps.earlier(self.rows, 0),
            p,
        )


def _after(start: Sequence[float], stack: Floats) -> Floats:
    out = np.empty_like(stack)
    out[:, 1:], out[:, :1] = stack[:, :-1], np.array(start)[:, None, None]
    return out


def fit(first: Floats, second: Floats, outcome: Floats, prior: Prior) -> Line:
    """Posterior after each row; rows in which any of the three is NaN change nothing."""
    precision = np.array([(prior.residual / sd) ** 2 for sd in prior.sd])
    moment = np.array([p * m for p, m in zip(precision, prior.mean, strict=True)])
    start = float(sum(precision[i] * prior.mean[i] ** 2 for i in range(3)))
    shapes, least = _shapes(prior.shape, prior.forgetting), prior.residual**2 * (prior.shape - 1)
    return Line(*_fit(first, second, outcome, precision, moment, start, least, shapes, prior.forgetting, prior.farthest), prior)


@compiled
def _fit(
    first: Floats, second: Floats, outcome: Floats, precision: Floats, moment: Floats, start: float, least: float, shapes: Floats,
    forgetting: float, farthest: float,
) -> tuple[Floats, Floats, Floats, NDArray[np.intp]]:  # fmt: skip
    steps, clients = first.shape
    mean, upper = np.empty((3, steps, clients)), np.empty((6, steps, clients))
    variance, rows = np.empty(first.shape), np.empty(first.shape, np.intp)
    for client in range(clients):
        one = x = z = xx = xz = zz = y = xy = zy = yy = 0.0  # sums of products; a used row makes all earlier ones weigh a little less
        used, scale = 0, least / shapes[0]
        a, b, c, d, e, f = _inverse(precision[0], 0.0, 0.0, precision[1], 0.0, precision[2])
        level, slope, turn = moment[0] / precision[0], moment[1] / precision[1], moment[2] / precision[2]
        for step in range(steps):
            u, v, w = first[step, client], second[step, client], outcome[step, client]
            if not np.isnan(u + v + w):
                expected = level + slope * u + turn * v
                reach = farthest * np.sqrt(scale * (1 + a + 2 * (b * u + c * v) + d * u * u + 2 * e * u * v + f * v * v))
                w = min(max(w, expected - reach), expected + reach)
                one, x, z = 1 + forgetting * one, u + forgetting * x, v + forgetting * z
                xx, xz, zz = u * u + forgetting * xx, u * v + forgetting * xz, v * v + forgetting * zz
                y, xy, zy, yy = w + forgetting * y, u * w + forgetting * xy, v * w + forgetting * zy, w * w + forgetting * yy
                used = min(used + 1, len(shapes) - 1)
            a, b, c, d, e, f = _inverse(one + precision[0], x, z, xx + precision[1], xz, zz + precision[2])
            upper[0, step, client], upper[1, step, client], upper[2, step, client] = a, b, c
            upper[3, step, client], upper[4, step, client], upper[5, step, client] = d, e, f
            p, q, r = y + moment[0], xy + moment[1], zy + moment[2]
            level, slope, turn = a * p + b * q + c * r, b * p + d * q + e * r, c * p + e * q + f * r
            mean[0, step, client], mean[1, step, client], mean[2, step, client] = level, slope, turn
            left = yy + start - (level * p + slope * q + turn * r)
            scale = (least + 0.5 * max(left, 0.0)) / shapes[used]
            variance[step, client], rows[step, client] = scale, used
    return mean, upper, variance, rows


@compiled
def _inverse(a: float, b: float, c: float, d: float, e: float, f: float) -> tuple[float, float, float, float, float, float]:
    """The inverse of a symmetric 3 x 3 matrix, by cofactors; upper triangle in, upper triangle out."""
    aa, bb, cc = d * f - e * e, c * e - b * f, b * e - c * d
    dd, ee, ff = a * f - c * c, b * c - a * e, a * d - b * b
    one = 1 / (a * aa + b * bb + c * cc)
    return aa * one, bb * one, cc * one, dd * one, ee * one, ff * one


def quantile(line_rows: NDArray[np.intp], prior: Prior, share: float) -> Floats:
    """The Student-t quantile that leaves `share` above it, with the degrees of freedom after that many rows."""
    return np.asarray(_quantiles(prior.shape, prior.forgetting, share).take(line_rows))


@lru_cache(maxsize=8)
def _shapes(shape: float, forgetting: float) -> Floats:
    weight, out = 0.0, []
    for _ in range(MOST + 1):
        out.append(shape + weight)
        weight = forgetting * weight + 0.5
    return np.array(out)


@lru_cache(maxsize=8)
def _quantiles(shape: float, forgetting: float, share: float) -> Floats:
    return np.asarray(special.stdtrit(2 * _shapes(shape, forgetting), 1 - share))
