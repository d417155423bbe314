"""A growth model with a random intercept and slope for each client, fitted by REML or ML.

Stands in `measures/` below course and change, which both rest on it. For client i at time x, with covariates c (1 first):

    y = (b0 + u0_i) + (b1 + u1_i) x + e,   b0 = B0'c_i,  b1 = B1'c_i,   (u0, u1) ~ N(0, G),   e ~ N(0, s2)

As lme4's `y ~ x * c + (x | client)`. The likelihood needs of a client only six sums, n, Sx, Sxx, Sy, Sxy, Syy, and
depends on the times only through the first three: clients seen at the same times are added up first, so that each step of
the search costs the same for two thousand clients as for two million. Search over the Cholesky factor of G / s2 with
the exact gradient; the profiled criterion is that of Bates et al. 2015 (10.18637/jss.v067.i01), equations 34 to 42.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Growth:
    """A fitted growth model.

    `beta` is (2, covariates): row 0 the intercept's, row 1 the slope's coefficients; `beta_covariance` is that of
    `beta.ravel()`. `spread` is G (2, 2), `residual` s2. `intercepts`, `slopes` are each client's deviation from what is
    expected (posterior modes) and `*_sd` their conditional SDs given the fixed effects, as lme4's `ranef(condVar=TRUE)`.
    """

    beta: Array
    beta_covariance: Array
    spread: Array
    residual: float
    log_likelihood: float
    reml: bool
    rows: int
    clients: int
    intercepts: Array
    slopes: Array
    intercepts_sd: Array
    slopes_sd: Array
    converged: bool

    def expected(self, time: ArrayLike, covariates: ArrayLike) -> Array:
        """The mean course at these times; `covariates` (..., covariates) with the leading 1."""
        x, c = np.asarray(time, float), np.asarray(covariates, float)
        return np.asarray(c @ self.beta[0] + (c @ self.beta[1]) * x)

    def prediction_sd(self, time: ArrayLike, covariates: ArrayLike) -> Array:
        """SD of a new client's score at these times: fixed effects' error, between clients and within."""
        x, c = np.asarray(time, float), np.asarray(covariates, float)
        design = np.concatenate([c, c * x[..., None]], axis=-1)
        fixed = np.einsum("...i,ij,...j->...", design, self.beta_covariance, design)
        between = self.spread[0, 0] + 2 * x * self.spread[0, 1] + x**2 * self.spread[1, 1]
        return np.asarray(np.sqrt(fixed + between + self.residual))


class _Sums(NamedTuple):
    """Sums over clients who share their times (groups g). `gram` is Z'Z; see module docstring for the rest."""

    gram: Array  # (g, 2, 2)
    size: Array  # (g,) clients
    covariates: Array  # (g, q, q): sum c c'
    cross: Array  # (g, 2, q): sum Z'y c'
    outer: Array  # (g, 2, 2): sum Z'y y'Z
    yy: float
    rows: int


class _Client(NamedTuple):
    """Per client: Z'Z (clients, 2, 2), Z'y (clients, 2), covariates (clients, q)."""

    gram: Array
    response: Array
    covariates: Array
    yy: float
    rows: int


def fit_growth(client: ArrayLike, time: ArrayLike, score: ArrayLike, covariates: ArrayLike | None = None, *, reml: bool = True) -> Growth:
    """Fit the model to long data: one entry per score.

    `client` holds whole numbers 0 .. clients-1 (each must occur), `covariates` (clients, q) what is known of each client
    at the start, without the constant. Rows with a NaN score or time must be left out before. Raises UsageError where
    the data cannot support the model.
    """
    who = np.asarray(client, dtype=np.intp)
    clients = int(who.max()) + 1 if len(who) else 0
    data = _sum_clients(who, np.asarray(time, float), np.asarray(score, float), covariates, clients)
    sums = _group(data)
    width = sums.covariates.shape[1]
    _check(sums, clients, width)
    theta, value, converged = _search(sums, reml)
    fit = _evaluate(theta, sums, reml)
    scale = fit.squares / (sums.rows - 2 * width if reml else sums.rows)
    deviations, sds = _deviations(theta, data, fit.beta, scale)
    root = _root(theta)
    return Growth(
        beta=fit.beta,
        beta_covariance=scale * fit.inverse,
        spread=scale * root @ root.T,
        residual=float(scale),
        log_likelihood=-value / 2,
        reml=reml,
        rows=sums.rows,
        clients=clients,
        intercepts=deviations[:, 0],
        slopes=deviations[:, 1],
        intercepts_sd=sds[:, 0],
        slopes_sd=sds[:, 1],
        converged=converged,
    )


def _check(sums: _Sums, clients: int, width: int) -> None:
    if clients < 3 or sums.rows <= clients + 2 * width:
        raise UsageError(
            f"{clients} clients with {sums.rows} scores are too few for a growth model: more than two scores a client are needed."
        )
    total = np.einsum("gkl,gij->kilj", sums.gram, sums.covariates / sums.size[:, None, None]).reshape(2 * width, -1)
    if np.linalg.matrix_rank(total, hermitian=True) < 2 * width:
        raise UsageError("The growth model cannot be told apart: times or covariates do not vary, or one repeats another.")


def _sum_clients(who: NDArray[np.intp], time: Array, score: Array, covariates: ArrayLike | None, clients: int) -> _Client:
    def add(values: Array | None) -> Array:
        return np.bincount(who, values, clients).astype(np.float64)

    count, sx, sxx, sy, sxy = add(None), add(time), add(time * time), add(score), add(time * score)
    gram = np.stack([count, sx, sx, sxx], axis=1).reshape(clients, 2, 2).astype(np.float64)
    ones = np.ones((clients, 1))
    known = ones if covariates is None else np.concatenate([ones, np.asarray(covariates, float).reshape(clients, -1)], axis=1)
    return _Client(gram, np.stack([sy, sxy], axis=1), known, float(score @ score), len(score))


def _group(data: _Client) -> _Sums:
    """Add up clients with the very same times."""
    gram, response, c = data.gram, data.response, data.covariates
    keys = gram[:, 0, 0], gram[:, 0, 1], gram[:, 1, 1]
    order = np.lexsort(keys)
    new = np.concatenate([[True], np.any([np.diff(key[order]) != 0 for key in keys], axis=0)]) if len(order) else np.zeros(0, bool)
    starts = np.flatnonzero(new)

    def add(values: Array) -> Array:
        return np.add.reduceat(values[order], starts, axis=0)

    return _Sums(
        gram=gram[order[starts]],
        size=add(np.ones(len(order))),
        covariates=add(c[:, :, None] * c[:, None, :]),
        cross=add(response[:, :, None] * c[:, None, :]),
        outer=add(response[:, :, None] * response[:, None, :]),
        yy=data.yy,
        rows=data.rows,
    )


def _root(theta: Array) -> Array:
    """The lower Cholesky factor of G / s2."""
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


class _Fit(NamedTuple):
    value: float  # -2 log likelihood
    gradient: Array
    beta: Array
    inverse: Array  # (X'V^-1 X)^-1
    squares: float  # penalized residual sum of squares


def _shrink(theta: Array, gram: Array) -> tuple[Array, Array]:
    """M = L (I + L'Z'ZL)^-1 L' and log|I + L'Z'ZL| for each group, in closed form."""
    a, b, c = theta
    n, sx, sxx = gram[:, 0, 0], gram[:, 0, 1], gram[:, 1, 1]
    p = 1 + a * a * n + 2 * a * b * sx + b * b * sxx
    q = c * (a * sx + b * sxx)
    r = 1 + c * c * sxx
    det = p * r - q * q
    i, j, k = r / det, -q / det, p / det
    m = np.empty_like(gram)
    m[:, 0, 0] = a * a * i
    m[:, 0, 1] = m[:, 1, 0] = a * (b * i + c * j)
    m[:, 1, 1] = b * b * i + 2 * b * c * j + c * c * k
    return m, np.log(det)


def _evaluate(theta: Array, sums: _Sums, reml: bool) -> _Fit:
    """-2 log likelihood with beta and s2 profiled out, and its gradient."""
    gram, c, cross, width = sums.gram, sums.covariates, sums.cross, sums.covariates.shape[1]
    m, log_det = _shrink(theta, gram)
    gm = gram @ m
    weight = gram - gm @ gram  # Z'V^-1 Z
    keep = np.eye(2) - gm  # Z'V^-1 y = keep @ Z'y
    xvx = np.einsum("gkl,gij->kilj", weight, c).reshape(2 * width, 2 * width)
    xvy = (keep @ cross).sum(axis=0).ravel()
    inverse = np.linalg.inv(xvx)
    inverse = (inverse + inverse.T) / 2
    beta = (inverse @ xvy).reshape(2, width)
    squares = sums.yy - float(np.sum(m * sums.outer)) - float(beta.ravel() @ xvy)
    freedom = sums.rows - 2 * width if reml else sums.rows
    value = float(sums.size @ log_det) + freedom * (1 + np.log(2 * np.pi * squares / freedom))
    if reml:
        value += float(np.linalg.slogdet(xvx)[1])

    # Derivative by D = G / s2: sum of W - (freedom / squares) e e' - W S W, with e = Z'V^-1 (y - X beta).
    mean = beta @ np.swapaxes(cross, 1, 2)  # (g, 2, 2): sum of mu (Z'y)'
    half = weight @ mean @ np.swapaxes(keep, 1, 2)
    error = keep @ sums.outer @ np.swapaxes(keep, 1, 2) - half - np.swapaxes(half, 1, 2) + weight @ (beta @ c @ beta.T) @ weight
    gamma = np.einsum("g,gij->ij", sums.size, weight) - freedom / squares * error.sum(axis=0)
    if reml:
        spread = np.einsum("kilj,gij->gkl", inverse.reshape(2, width, 2, width), c)
        gamma -= (weight @ spread @ weight).sum(axis=0)
    slope = 2 * gamma @ _root(theta)
    return _Fit(value, np.array([slope[0, 0], slope[1, 0], slope[1, 1]]), beta, inverse, squares)


def _search(sums: _Sums, reml: bool) -> tuple[Array, float, bool]:
    """The Cholesky factor with the highest likelihood. Its signs do not matter, so the edge G = 0 needs no bounds."""
    from scipy.optimize import minimize

    time_spread = np.sqrt(max(sums.gram[:, 1, 1].sum() / sums.gram[:, 0, 0].sum(), 1e-12))
    start = np.array([1.0, 0.0, 1.0 / time_spread])

    def target(theta: Array) -> tuple[float, Array]:
        fit = _evaluate(theta, sums, reml)
        return fit.value, fit.gradient

    found = minimize(target, start, jac=True, method="BFGS", options={"gtol": 1e-6 * sums.rows**0.5, "maxiter": 500})
    return _polish(found.x, found.fun, target)


def _polish(theta: Array, value: float, target: Callable[[Array], tuple[float, Array]]) -> tuple[Array, float, bool]:
    """Newton steps with the gradient's own differences: the last digits that a line search cannot see."""
    for _ in range(4):
        gradient = target(theta)[1]
        size = 1e-5 * np.maximum(np.abs(theta), 0.1)
        hessian = np.array([(target(theta + h)[1] - target(theta - h)[1]) / (2 * h.sum()) for h in np.diag(size)])
        try:
            step = np.linalg.solve((hessian + hessian.T) / 2, gradient)
        except np.linalg.LinAlgError:
            break
        better, _ = target(theta - step)
        if not better <= value + 1e-9 * max(1.0, abs(value) * 1e-6):
            break
        theta, value = theta - step, min(value, better)
        if np.max(np.abs(step)) < 1e-9:
            break
    return theta, value, bool(np.max(np.abs(gradient)) < 1e-2)


def _deviations(theta: Array, data: _Client, beta: Array, scale: float) -> tuple[Array, Array]:
    """Posterior mode and conditional SD of each client's intercept and slope."""
    m, _ = _shrink(theta, data.gram)
    mean = data.covariates @ beta.T  # (clients, 2)
    residual = data.response - np.einsum("gij,gj->gi", data.gram, mean)
    modes = np.einsum("gij,gj->gi", m, residual)
    return modes, np.sqrt(scale * np.stack([m[:, 0, 0], m[:, 1, 1]], axis=1))
