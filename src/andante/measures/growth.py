"""A growth model with a random intercept and slope for each client, fitted by REML or ML.

Stands in `measures/` below course and change, which both rest on it. For client i at time x, with covariates c (1 first):

    y = (b0 + u0_i) + (b1 + u1_i) x + e,   b0 = B0'c_i,  b1 = B1'c_i,   (u0, u1) ~ N(0, G),   e ~ N(0, s2)

As lme4's `y ~ x * c + (x | client)`; with `random="intercept"` as `y ~ x * c + (1 | client)`, and without times as
`y ~ c + (1 | client)`. The likelihood needs of a client only six sums, n, Sx, Sxx, Sy, Sxy, Syy, and
depends on the times only through the first three: clients seen at the same times are added up first, so that each step of
the search costs the same for two thousand clients as for two million. The search is over the Cholesky factor of G / s2, with
the exact gradient; the profiled criterion is that of Bates et al. 2015 (10.18637/jss.v067.i01), equations 34 to 42.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError

Array = NDArray[np.float64]
TOO_EXACT = 1e-12  # of the variance of all scores: a residual below is rounding (ours)
EXACT = "The scores follow the model exactly, so nothing tells how far they scatter. To mend it: judge without a model, or add clients."


@dataclass(frozen=True)
class Growth:
    """A fitted growth model.

    `beta` is (2, covariates): row 0 the intercept's, row 1 the slope's coefficients; `beta_covariance` is that of
    `beta.ravel()`. `spread` is G (2, 2), `residual` s2. A model without times has the first row and entry alone.
    `intercepts`, `slopes` are each client's deviation from what is expected (posterior modes), `*_sd` their conditional
    SDs given the fixed effects, as lme4's `ranef(condVar=TRUE)`.
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

    @property
    def intraclass_correlation(self) -> float:
        """The share of variance that lies between clients, of a model without times."""
        return float(self.spread[0, 0] / (self.spread[0, 0] + self.residual))

    def prediction_sd(self, time: ArrayLike, covariates: ArrayLike) -> Array:
        """SD of a new client's score at these times: fixed effects' error, between clients and within."""
        x, c = np.asarray(time, float), np.asarray(covariates, float)
        design = np.concatenate([c, c * x[..., None]], axis=-1)
        fixed = np.einsum("...i,ij,...j->...", design, self.beta_covariance, design)
        between = self.spread[0, 0] + 2 * x * self.spread[0, 1] + x**2 * self.spread[1, 1]
        return np.asarray(np.sqrt(fixed + between + self.residual))


class _Sums(NamedTuple):
    """Sums over clients who share their times (groups g). `gram` is Z'Z with Z = (1, x), or (1) without times."""

    gram: Array  # (g, d, d)
    size: Array  # (g,) clients
    covariates: Array  # (g, q, q): sum c c'
    cross: Array  # (g, d, q): sum Z'y c'
    outer: Array  # (g, d, d): sum Z'y y'Z
    yy: float
    rows: int


class _Client(NamedTuple):
    """Per client: Z'Z (clients, d, d), Z'y (clients, d), covariates (clients, q)."""

    gram: Array
    response: Array
    covariates: Array
    yy: float
    rows: int


def fit_growth(
    client: ArrayLike,
    time: ArrayLike | None,
    score: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    reml: bool = True,
    random: Literal["slope", "intercept"] = "slope",
) -> Growth:
    """Fit the model to long data: one entry per score. `time=None`: levels only, no course.

    `client` holds whole numbers 0 .. clients-1 (each must occur), `covariates` (clients, q) what is known of each client
    at the start, without the constant. Rows with a NaN score or time must be left out before. Raises UsageError where
    the data cannot support the model.
    """
    who = np.asarray(client, dtype=np.intp)
    clients = int(who.max()) + 1 if len(who) else 0
    when, clock = (None, AS_GIVEN) if time is None else _set_clock(np.asarray(time, float))
    data = _sum_clients(who, when, np.asarray(score, float), covariates, clients)
    sums = _group(data)
    fixed = sums.cross.shape[1] * sums.cross.shape[2]
    _check(sums, clients, fixed)
    try:
        with np.errstate(invalid="ignore", divide="ignore"):  # of what fits exactly, which is refused below
            theta, value, converged = _search(sums, reml, 3 if random == "slope" and when is not None else 1)
            fit = _evaluate(theta, sums, reml)
    except (ZeroDivisionError, np.linalg.LinAlgError):
        raise UsageError(EXACT) from None
    scale = fit.squares / (sums.rows - fixed if reml else sums.rows)
    if not scale > TOO_EXACT * np.var(np.asarray(score, float)):
        raise UsageError(EXACT)
    back = clock.back(sums.gram.shape[1])
    root = back @ _root(theta, sums.gram.shape[1])
    deviations, sds = _deviations(theta, data, fit.beta, scale, back)
    each = np.kron(back, np.eye(sums.cross.shape[2]))
    return Growth(
        beta=back @ fit.beta,
        beta_covariance=scale * each @ fit.inverse @ each.T,
        spread=scale * root @ root.T,
        residual=float(scale),
        log_likelihood=-value / 2 - (sums.cross.shape[2] * float(np.log(clock.unit)) if reml else 0.0),
        reml=reml,
        rows=sums.rows,
        clients=clients,
        intercepts=deviations[:, 0],
        slopes=deviations[:, -1] if when is not None else np.zeros(clients),
        intercepts_sd=sds[:, 0],
        slopes_sd=sds[:, -1] if when is not None else np.zeros(clients),
        converged=converged,
    )


class _Clock(NamedTuple):
    """The times that are computed with: (time - origin) / unit.

    Days since 1970 lie so far from zero that intercept and slope cannot be told apart in the digits there are; the model
    itself does not care where time begins. Origin and unit are round, so that clients with the same times keep them.
    """

    origin: float
    unit: float

    def back(self, size: int) -> Array:
        """What turns an intercept and slope on this clock into those on the times given."""
        return np.array([[1.0, -self.origin / self.unit], [0.0, 1 / self.unit]])[:size, :size]


AS_GIVEN = _Clock(0.0, 1.0)
FAR = 8.0  # times whose mean is as many SDs from zero get a clock of their own


def _set_clock(time: Array) -> tuple[Array, _Clock]:
    mean, spread = (float(time.mean()), float(time.std())) if len(time) else (0.0, 0.0)
    if not spread > 0 or (abs(mean) < FAR * spread and 1e-3 < spread < 1e3):
        return time, AS_GIVEN
    unit = 2.0 ** np.round(np.log2(spread))
    clock = _Clock(float(np.round(mean / unit) * unit), float(unit))
    return (time - clock.origin) / clock.unit, clock


def _check(sums: _Sums, clients: int, fixed: int) -> None:
    if clients < 3 or sums.rows <= clients + fixed:
        raise UsageError(
            f"{clients} clients with {sums.rows} scores are too few for a growth model: more than two scores a client are needed."
        )
    total = np.einsum("gkl,gij->kilj", sums.gram, sums.covariates / sums.size[:, None, None]).reshape(fixed, -1)
    if np.linalg.matrix_rank(total, hermitian=True) < fixed:
        raise UsageError("The growth model cannot be told apart: times or covariates do not vary, or one repeats another.")


def _sum_clients(who: NDArray[np.intp], time: Array | None, score: Array, covariates: ArrayLike | None, clients: int) -> _Client:
    def add(values: Array | None) -> Array:
        return np.bincount(who, values, clients).astype(np.float64)

    if time is None:
        gram, response = add(None)[:, None, None], add(score)[:, None]
    else:
        sx = add(time)
        gram = np.stack([add(None), sx, sx, add(time * time)], axis=1).reshape(clients, 2, 2)
        response = np.stack([add(score), add(time * score)], axis=1)
    ones = np.ones((clients, 1))
    known = ones if covariates is None else np.concatenate([ones, np.asarray(covariates, float).reshape(clients, -1)], axis=1)
    return _Client(gram, response, known, float(np.sum(score * score)), len(score))


def _group(data: _Client) -> _Sums:
    """Add up clients with the very same times."""
    gram, response, c = data.gram, data.response, data.covariates
    keys = [gram[:, 0, 0], *([] if gram.shape[1] == 1 else [gram[:, 0, 1], gram[:, 1, 1]])]
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


def _root(theta: Array, size: int) -> Array:
    """The lower Cholesky factor of G / s2; one entry: a random intercept alone."""
    root = np.zeros((size, size))
    root[0, 0] = theta[0]
    if len(theta) == 3:
        root[1] = theta[1:]
    return root


class _Fit(NamedTuple):
    value: float  # -2 log likelihood
    gradient: Array
    beta: Array
    inverse: Array  # (X'V^-1 X)^-1
    squares: float  # penalized residual sum of squares


def _shrink(theta: Array, gram: Array) -> tuple[Array, Array]:
    """M = L (I + L'Z'ZL)^-1 L' and log|I + L'Z'ZL| for each group, in closed form."""
    m = np.zeros_like(gram)
    if len(theta) == 1:
        p = 1 + theta[0] ** 2 * gram[:, 0, 0]
        m[:, 0, 0] = theta[0] ** 2 / p
        return m, np.log(p)
    a, b, c = theta
    n, sx, sxx = gram[:, 0, 0], gram[:, 0, 1], gram[:, 1, 1]
    p = 1 + a * a * n + 2 * a * b * sx + b * b * sxx
    q = c * (a * sx + b * sxx)
    r = 1 + c * c * sxx
    det = p * r - q * q
    i, j, k = r / det, -q / det, p / det
    m[:, 0, 0] = a * a * i
    m[:, 0, 1] = m[:, 1, 0] = a * (b * i + c * j)
    m[:, 1, 1] = b * b * i + 2 * b * c * j + c * c * k
    return m, np.log(det)


def _evaluate(theta: Array, sums: _Sums, reml: bool) -> _Fit:
    """-2 log likelihood with beta and s2 profiled out, and its gradient."""
    gram, c, cross = sums.gram, sums.covariates, sums.cross
    size, width = cross.shape[1:]
    fixed = size * width
    m, log_det = _shrink(theta, gram)
    gm = gram @ m
    weight = gram - gm @ gram  # Z'V^-1 Z
    keep = np.eye(size) - gm  # Z'V^-1 y = keep @ Z'y
    xvx = np.einsum("gkl,gij->kilj", weight, c).reshape(fixed, fixed)
    xvy = (keep @ cross).sum(axis=0).ravel()
    inverse = np.linalg.inv(xvx)
    inverse = (inverse + inverse.T) / 2
    beta = (inverse @ xvy).reshape(size, width)
    squares = sums.yy - float(np.sum(m * sums.outer)) - float(beta.ravel() @ xvy)
    freedom = sums.rows - fixed if reml else sums.rows
    value = float(np.sum(sums.size * log_det)) + freedom * (1 + np.log(2 * np.pi * squares / freedom))
    if reml:
        value += float(np.linalg.slogdet(xvx)[1])

    # Derivative by D = G / s2: sum of W - (freedom / squares) e e' - W S W, with e = Z'V^-1 (y - X beta).
    mean = beta @ np.swapaxes(cross, 1, 2)  # (g, d, d): sum of mu (Z'y)'
    half = weight @ mean @ np.swapaxes(keep, 1, 2)
    error = keep @ sums.outer @ np.swapaxes(keep, 1, 2) - half - np.swapaxes(half, 1, 2) + weight @ (beta @ c @ beta.T) @ weight
    gamma = np.einsum("g,gij->ij", sums.size, weight) - freedom / squares * error.sum(axis=0)
    if reml:
        spread = np.einsum("kilj,gij->gkl", inverse.reshape(size, width, size, width), c)
        gamma -= (weight @ spread @ weight).sum(axis=0)
    slope = 2 * gamma @ _root(theta, size)
    gradient = slope[:1, 0] if len(theta) == 1 else np.array([slope[0, 0], slope[1, 0], slope[1, 1]])
    return _Fit(value, gradient, beta, inverse, squares)


def _search(sums: _Sums, reml: bool, width: int) -> tuple[Array, float, bool]:
    """The Cholesky factor with the highest likelihood. Its signs do not matter, so the edge G = 0 needs no bounds.

    Newton's method: with one or three unknowns the Hessian from differences of the exact gradient costs next to nothing,
    and converges to the last digits where a line search on the value cannot see them.
    """
    theta = np.array([1.0])
    if width == 3:
        theta = np.array([1.0, 0.0, 1.0 / np.sqrt(max(sums.gram[:, 1, 1].sum() / sums.gram[:, 0, 0].sum(), 1e-12))])
    fit = _evaluate(theta, sums, reml)
    for _ in range(100):
        step = _newton_step(theta, fit.gradient, sums, reml)
        length = 1.0
        nearer = _evaluate(theta - step, sums, reml)
        while not nearer.value <= fit.value + 1e-10 * abs(fit.value) ** 0.5 and length > 1e-6:
            length /= 2
            nearer = _evaluate(theta - length * step, sums, reml)
        theta, fit = theta - length * step, nearer
        if np.max(np.abs(step)) < 1e-9 * (1 + np.max(np.abs(theta))):
            break
    return theta, fit.value, bool(np.max(np.abs(fit.gradient)) < 1e-3 * (1 + 1e-6 * abs(fit.value)))


def _newton_step(theta: Array, gradient: Array, sums: _Sums, reml: bool) -> Array:
    """The step to the minimum of the local parabola; directions that curve downward are followed as if they curved up."""
    size = 1e-5 * np.maximum(np.abs(theta), 0.1)
    hessian = np.array(
        [(_evaluate(theta + h, sums, reml).gradient - _evaluate(theta - h, sums, reml).gradient) / (2 * h.sum()) for h in np.diag(size)]
    )
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    values = np.maximum(np.abs(values), 1e-8 * max(np.max(np.abs(values)), 1e-300))
    step: Array = vectors @ ((vectors.T @ gradient) / values)
    longest = 2.0 * (1 + float(np.max(np.abs(theta))))
    return np.asarray(step * min(1.0, longest / max(float(np.max(np.abs(step))), 1e-300)))


def _deviations(theta: Array, data: _Client, beta: Array, scale: float, back: Array) -> tuple[Array, Array]:
    """Posterior mode and conditional SD of each client's intercept and slope, by `back` on the times given."""
    m, _ = _shrink(theta, data.gram)
    mean = data.covariates @ beta.T  # (clients, d)
    residual = data.response - np.einsum("gij,gj->gi", data.gram, mean)
    modes = np.einsum("gij,gj->gi", m, residual)
    if np.array_equal(back, np.eye(len(back))):
        return modes, np.sqrt(scale * np.diagonal(m, axis1=1, axis2=2))
    variance = np.diagonal(back @ m @ back.T, axis1=1, axis2=2)
    return modes @ back.T, np.sqrt(scale * np.maximum(variance, 0))
