"""A Student-t deviation turned into the normal deviation with the same tail.

Exact to 1e-6 of z for |z| <= 8 (beyond that it is capped): a table for each degree of freedom, cubic between its points.
With w = sqrt(log(1 + t^2/df)) the curve z(w) is nearly straight, so a coarse grid is enough.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

LARGEST = 8.0  # |z| beyond which a deviation is simply "extreme"
_STEP = 0.02


def exact(t: Floats, df: float) -> Floats:
    """z with P(Z > z) = P(T_df > t), through the smaller tail so that nothing is lost to rounding."""
    z = -special.ndtri(special.stdtr(df, -np.abs(t)))
    return np.asarray(np.clip(np.sign(t) * z, -LARGEST, LARGEST), dtype=np.float64)


@lru_cache(maxsize=8)
def _table(degrees: tuple[float, ...]) -> tuple[Floats, Floats, int]:
    """Values and slopes of z(w) on a grid for each degree of freedom, one row each."""
    smallest = min(degrees)
    points = int(np.ceil(np.sqrt(np.log1p(_t_of(LARGEST, smallest) ** 2 / smallest)) / _STEP)) + 3
    grid = np.arange(points) * _STEP
    values, slopes = np.empty((len(degrees), points)), np.empty((len(degrees), points))
    for row, df in enumerate(degrees):
        root = np.sqrt(df * np.expm1(np.minimum(grid, 25.0) ** 2))
        z = -special.ndtri(special.stdtr(df, -root))
        values[row] = np.where(np.isfinite(z), z, 40.0)
        # dz/dw = (dt/dw) * f_t(t) / phi(z)
        log_density = (
            special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(df * np.pi) - (df + 1) / 2 * np.log1p(root**2 / df)
        )
        jacobian = np.where(root > 0, df * grid * np.exp(grid**2) / np.where(root > 0, root, 1.0), np.sqrt(df))
        slopes[row] = jacobian * np.exp(log_density + 0.5 * values[row] ** 2 + 0.5 * np.log(2 * np.pi))
    return values, slopes * _STEP, points


def _t_of(z: float, df: float) -> float:
    return -float(special.stdtrit(df, float(special.ndtr(-z))))


def normal_deviation(t: Floats, index: NDArray[np.intp], degrees: tuple[float, ...]) -> Floats:
    """z for every t; `index` says which of the `degrees` of freedom each belongs to. NaN stays NaN."""
    values, slopes, points = _table(degrees)
    df = np.asarray(degrees)[index]
    size = np.sqrt(np.log1p(t * t / df)) * (1 / _STEP)
    known = ~np.isnan(size)
    cell = np.minimum(np.where(known, size, 0.0), points - 2).astype(np.intp)
    x = np.minimum(size - cell, 1.0)
    flat = index * points + cell
    y0, y1 = values.ravel()[flat], values.ravel()[flat + 1]
    d0, d1 = slopes.ravel()[flat], slopes.ravel()[flat + 1]
    rise = y1 - y0
    z = y0 + x * (d0 + x * ((3 * rise - 2 * d0 - d1) + x * (d0 + d1 - 2 * rise)))
    out: Floats = np.minimum(z, LARGEST)
    return np.copysign(out, t)
