"""Reliability and what follows from it: standard error, reliable change in raw points, alpha, test length.

Stands at the bottom of `measures/`, below change. Numbers or arrays in, numbers out. As CECPfuns, whose misleading
limits are mended: reliability may be anything from 0 to 1 (it says .1 and tests .05), and zero is an honest answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, ndtri

from andante.errors import UsageError

Array = NDArray[np.float64]


class ReliableChange(NamedTuple):
    """Standard error of measurement, of a difference, and the change in raw points that is reliable."""

    standard_error: float
    difference_error: float
    points: float


def reliable_change(sd: float, reliability: float, *, confidence: float = 0.95, critical: float | None = None) -> ReliableChange:
    """Jacobson & Truax 1991: critical * sqrt(2) * sd * sqrt(1 - reliability).

    `critical` is the two-sided normal quantile of `confidence`; suddengains uses the rounded 1.96: pass `critical=1.96`.
    Raises UsageError for a negative SD, a reliability outside 0 to 1 or a confidence outside 0 to 1.
    """
    if not sd >= 0:
        raise UsageError(f"The SD is {sd:g}; it cannot be negative.")
    check_reliability(reliability)
    if not 0 < confidence < 1:
        raise UsageError(f"The confidence is {confidence:g}; it lies between 0 and 1 (.95 is usual).")
    error = sd * np.sqrt(1 - reliability)
    times = float(ndtri(1 - (1 - confidence) / 2)) if critical is None else critical
    difference = error * np.sqrt(2)
    return ReliableChange(float(error), float(difference), float(times * difference))


def check_reliability(reliability: float, name: str = "reliability") -> None:
    """UsageError, which calls it `name`, for a reliability outside 0 to 1 or NaN."""
    if not 0 <= reliability <= 1:
        raise UsageError(f"The {name} is {reliability:g}; it lies between 0 and 1.")


def cronbach_alpha(items: ArrayLike, *, pairwise: bool = False) -> float:
    """Internal consistency of items (persons, items), NaN where an answer is missing.

    Persons with any missing answer are left out (as CECPfuns); with `pairwise` each covariance uses the persons who
    answered both items (as psych::alpha and so suddengains). Raises UsageError for fewer than three items or persons,
    or an item that does not vary.
    """
    answers = np.asarray(items, dtype=np.float64)
    if answers.ndim != 2 or answers.shape[1] < 3:
        raise UsageError("Alpha needs at least three items, as columns.")
    if not pairwise:
        answers = answers[~np.isnan(answers).any(axis=1)]
    if len(answers) < 3:
        raise UsageError(f"Alpha needs at least three persons who answered; there are {len(answers)}.")
    covariance = _pairwise_covariance(answers)
    flat = np.flatnonzero(np.diag(covariance) <= 1e-12)
    if len(flat):
        raise UsageError(f"Item {flat[0] + 1} has the same answer from everybody: no meaningful alpha.")
    count = answers.shape[1]
    return float(count / (count - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _pairwise_covariance(answers: Array) -> Array:
    there = ~np.isnan(answers)
    filled = np.where(there, answers - np.nanmean(answers, axis=0), 0.0)
    seen = there.astype(np.float64)
    count = seen.T @ seen
    sums = filled.T @ seen  # sum of i over the persons who answered j
    return np.asarray((filled.T @ filled - sums * sums.T / count) / (count - 1))


def lengthen_reliability(reliability: ArrayLike, length: ArrayLike) -> Array:
    """Spearman-Brown: the reliability of a test `length` times as long."""
    r, k = np.asarray(reliability, float), np.asarray(length, float)
    return np.asarray(k * r / (1 + (k - 1) * r))


def length_needed(reliability: ArrayLike, wanted: ArrayLike) -> Array:
    """Spearman-Brown: how many times as long a test must be for the reliability wanted.

    Infinite where no length is enough: for a reliability of 1, or from one of 0. NaN where both figures are 0 or both are 1.
    """
    r, target = np.asarray(reliability, float), np.asarray(wanted, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(target * (1 - r) / (r * (1 - target)))


def attenuate(correlation: ArrayLike, reliability_1: ArrayLike, reliability_2: ArrayLike) -> Array:
    """The correlation that measurement error leaves of a true one."""
    return np.asarray(np.asarray(correlation, float) * np.sqrt(np.asarray(reliability_1, float) * np.asarray(reliability_2, float)))


def correct_attenuation(correlation: ArrayLike, reliability_1: ArrayLike, reliability_2: ArrayLike) -> Array:
    """The true correlation behind an observed one; above 1 where the reliabilities do not fit it."""
    return np.asarray(np.asarray(correlation, float) / np.sqrt(np.asarray(reliability_1, float) * np.asarray(reliability_2, float)))


class AlphaDifference(NamedTuple):
    """The chance of a difference in alpha at least as large, one tail and both."""

    one_sided: float
    two_sided: float


def compare_alphas(
    alpha_1: float, alpha_2: float, items: int, persons_1: int, persons_2: int, *, replicate: str | None = None
) -> AlphaDifference:
    """Whether two alphas of the same measure in independent samples differ (Feldt 1969, 10.1007/BF02289364).

    The ratio (1 - higher) / (1 - lower) has mean A, so that 2A / (A - 1) are the degrees of freedom of the denominator.
    CECPfuns gives them to the numerator and calls the one-tailed chance two-sided: `replicate="CECPfuns"` and
    `one_sided`. The degrees of freedom need at least 6 persons in each sample.
    """
    low, high = sorted([(alpha_1, persons_1), (alpha_2, persons_2)], key=lambda sample: sample[0])
    if min(persons_1, persons_2) < 6 or items < 2:
        raise UsageError("Comparing alphas needs at least two items and six persons in each sample.")
    first, last = low[1] - 1.0, high[1] - 1.0
    second, third = first * (items - 1), last * (items - 1)
    a = last * second / ((last - 2) * (second - 2))
    b = (first + 2) * (third + 2) * last**2 * second**2 / ((last - 2) * (last - 4) * first * (second - 2) * (second - 4) * third)
    denominator, numerator = 2 * a / (a - 1), 2 * a**2 / (2 * b - a * b - a**2)
    if replicate == "CECPfuns":
        numerator, denominator = denominator, numerator
    ratio = (1 - high[0]) / (1 - low[0])
    tail = float(betainc(numerator / 2, denominator / 2, numerator * ratio / (numerator * ratio + denominator)))
    return AlphaDifference(tail, min(1.0, 2 * tail))
