"""Confidence intervals for what a report shows: shares, quantiles, correlations, differences of means.

Stands at the bottom of `measures/`. Numbers or arrays in, (low, high) out. Same answers as CECPfuns, quantileCI and
Hmisc::binconf; where no interval of the wanted confidence exists a limit is NaN rather than a guess.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, betaincinv, ndtri, stdtrit

from andante.errors import UsageError

Array = NDArray[np.float64]


class Interval(NamedTuple):
    """Its two limits; NaN where there is no limit of the confidence asked for."""

    low: float
    high: float


class Difference(NamedTuple):
    """A difference of means with its interval."""

    value: float
    low: float
    high: float


def _tail(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise UsageError(f"The confidence is {confidence:g}; it lies between 0 and 1 (.95 is usual).")
    return (1 - confidence) / 2


def share_interval(
    count: ArrayLike, total: ArrayLike, *, confidence: float = 0.95, method: Literal["wilson", "exact", "asymptotic"] = "wilson"
) -> tuple[Array, Array]:
    """Interval of a share count / total, elementwise: Wilson 1927, Clopper & Pearson 1934 ("exact"), or the plain normal one.

    At counts of 1 and total - 1 Wilson's outer limit is the corrected one of Brown, Cai & DasGupta 2001
    (10.1214/ss/1009213286), as in Hmisc. Raises UsageError for another method.
    """
    x, n = np.asarray(count, float), np.asarray(total, float)
    tail = _tail(confidence)
    p, z = x / n, -float(ndtri(tail))
    if method == "asymptotic":
        reach = z * np.sqrt(p * (1 - p) / n)
        return p - reach, p + reach
    if method == "exact":
        low = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0.0)
        high = np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail), 1.0)
        return low, high
    if method != "wilson":
        raise UsageError(f"Unknown interval {method!r}: choose wilson, exact or asymptotic.")
    center = p + z * z / (2 * n)
    reach = z * np.sqrt((p * (1 - p) + z * z / (4 * n)) / n)
    low, high = (center - reach) / (1 + z * z / n), (center + reach) / (1 + z * z / n)
    low = np.where(x == 1, -np.log1p(-2 * tail) / n, low)
    high = np.where(x == n - 1, 1 + np.log1p(-2 * tail) / n, high)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


_Rule = Literal["weibull", "linear", "median_unbiased"]
QUANTILES: dict[int, _Rule] = {6: "weibull", 7: "linear", 8: "median_unbiased"}


def quantile_interval(
    values: ArrayLike,
    share: float,
    *,
    confidence: float = 0.95,
    method: Literal["nyblom", "exact"] = "nyblom",
    kind: Literal[6, 7, 8] = 8,
    replicate: str | None = None,
) -> tuple[float, Interval]:
    """A quantile (R's types 6, 7, 8) and its interval from order statistics; missing values are left out.

    "nyblom" interpolates between order statistics (Nyblom 1992, 10.1016/0167-7152(92)90139-G), "exact" does not. Where
    even the smallest (largest) value is not low (high) enough the limit is NaN: with `replicate="CECPfuns"` the
    interpolation is carried on beyond the data, and the exact limit is the outermost value.
    """
    data = np.sort(np.asarray(values, float))
    data = data[~np.isnan(data)]
    if len(data) < 10:
        raise UsageError(f"{len(data)} values are too few for the interval of a quantile: at least 10 are needed.")
    if not 0 < share < 1:
        raise UsageError(f"The share is {share:g}; a quantile lies between 0 and 1.")
    beta = 1 - _tail(confidence)
    carry = replicate == "CECPfuns"
    value = float(np.quantile(data, share, method=QUANTILES[kind]))
    low = _order_limit(data, share, beta, method == "exact", carry)
    high = -_order_limit(-data[::-1], 1 - share, beta, method == "exact", carry)
    if carry and method == "exact" and (1 - share) ** len(data) > 1 - confidence:
        # quantileCI then takes the upper limit one value further out.
        high = float(data[-max(_rank(len(data), 1 - share, beta) - 1, 1)])
    return value, Interval(low, high)


def _rank(count: int, share: float, beta: float) -> int:
    """The highest order statistic that lies at or below the quantile with chance beta or more; 0 where there is none."""
    chance = bdtrc(np.arange(count) * 1.0, count, share)
    return int(np.sum(chance >= beta))


def _order_limit(data: Array, share: float, beta: float, exact: bool, carry: bool) -> float:
    count = len(data)
    rank = _rank(count, share, beta)
    if rank == 0 and not carry:
        return float("nan")
    rank = max(rank, 1)
    if exact or rank == count:
        return float(data[rank - 1])
    here, beyond = bdtrc(rank - 1.0, count, share), bdtrc(float(rank), count, share)
    if here == beta:
        return float(data[rank - 1])
    odds = rank * (1 - share) * (beta - beyond) / ((count - rank) * share * (here - beta))
    weight = 1 / (1 + odds)
    return float((1 - weight) * data[rank - 1] + weight * data[rank])


def correlation_interval(correlation: float, count: int, *, confidence: float = 0.95) -> Interval:
    """Fisher's interval of a Pearson correlation of `count` pairs.

    Raises UsageError for fewer than four pairs (its standard error is 1 / sqrt(count - 3)) and for a correlation of -1 or 1.
    """
    _check_pairs(count)
    return _fisher(correlation, -float(ndtri(_tail(confidence))), np.sqrt(1 / (count - 3)))


def rank_correlation_interval(
    correlation: float, count: int, *, confidence: float = 0.95, normal: bool = False, fieller: bool = False
) -> Interval:
    """Interval of a Spearman correlation: Bonett & Wright 2000 (or with `fieller` Fieller et al. 1957), Student's t or the normal.

    Raises UsageError for fewer than four pairs and for a correlation of -1 or 1, as `correlation_interval`.
    """
    _check_pairs(count)
    tail = _tail(confidence)
    error = np.sqrt((1.06 if fieller else 1 + correlation**2 / 2) / (count - 3))
    return _fisher(correlation, -float(ndtri(tail)) if normal else -float(stdtrit(count - 2, tail)), error)


def _check_pairs(count: int) -> None:
    if not count >= 4:
        raise UsageError(f"{count} pairs are too few for the interval of a correlation: at least 4 are needed.")


def _fisher(correlation: float, times: float, error: float) -> Interval:
    if not -1 < correlation < 1:
        raise UsageError(f"The correlation is {correlation:g}; its interval needs one strictly between -1 and 1.")
    center = np.arctanh(correlation)
    return Interval(float(np.tanh(center - times * error)), float(np.tanh(center + times * error)))


def paired_difference(after: Array, before: Array, *, confidence: float = 0.95) -> Difference:
    """Mean of after - before with Student's interval; NaN limits for fewer than two pairs."""
    change = np.asarray(after, float) - np.asarray(before, float)
    count = len(change)
    mean = float(change.mean()) if count else float("nan")
    if count < 2:
        return Difference(mean, float("nan"), float("nan"))
    reach = -float(stdtrit(count - 1, _tail(confidence))) * float(change.std(ddof=1)) / np.sqrt(count)
    return Difference(mean, mean - reach, mean + reach)


def group_difference(comparison: Array, reference: Array, *, confidence: float = 0.95) -> Difference:
    """Mean of comparison - mean of reference with Welch's interval; NaN limits where a group has fewer than two."""
    x, y = np.asarray(comparison, float), np.asarray(reference, float)
    value = float(x.mean() - y.mean()) if len(x) and len(y) else float("nan")
    if min(len(x), len(y)) < 2:
        return Difference(value, float("nan"), float("nan"))
    a, b = x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)
    freedom = (a + b) ** 2 / (a**2 / (len(x) - 1) + b**2 / (len(y) - 1))
    reach = -float(stdtrit(freedom, _tail(confidence))) * np.sqrt(a + b)
    return Difference(value, value - float(reach), value + float(reach))
