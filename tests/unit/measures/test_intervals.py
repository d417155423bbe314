"""Intervals and reliabilities against published examples and sums done by hand; they hold without the peers' data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from andante.errors import UsageError
from andante.measures.intervals import (
    correlation_interval,
    group_difference,
    paired_difference,
    quantile_interval,
    rank_correlation_interval,
    share_interval,
)
from andante.measures.reliability import attenuate, compare_alphas, cronbach_alpha, length_needed, lengthen_reliability, reliable_change


@pytest.mark.parametrize(
    ("count", "total", "method", "low", "high"),
    [
        (81, 263, "wilson", 0.2553, 0.3662),  # Newcombe 1998, Stat Med 17:857, table I
        (15, 148, "wilson", 0.0624, 0.1605),
        (0, 20, "wilson", 0.0, 0.1611),
        (81, 263, "exact", 0.2527, 0.3676),
        (0, 20, "exact", 0.0, 0.1684),
        (15, 148, "asymptotic", 0.0527, 0.1500),
        (20, 20, "exact", 0.8316, 1.0),
    ],
)
def test_shares(count: int, total: int, method: str, low: float, high: float) -> None:
    found = share_interval(count, total, method=method)  # type: ignore[arg-type]
    assert [float(v) for v in found] == pytest.approx([low, high], abs=6e-5)


def test_correlations() -> None:
    """Fisher: r .5, n 28: tanh(.5493 -+ 1.96 / 5); Spearman .5 of 50: the examples in the help of CECPfuns."""
    assert correlation_interval(0.5, 28) == pytest.approx((np.tanh(0.549306 - 0.391993), np.tanh(0.549306 + 0.391993)), abs=1e-6)
    assert rank_correlation_interval(0.5, 50) == pytest.approx((0.2338274, 0.6964523), abs=1e-6)
    assert rank_correlation_interval(0.5, 50, normal=True) == pytest.approx((0.2412245, 0.6923933), abs=1e-6)
    assert rank_correlation_interval(0.5, 50, normal=True, fieller=True) == pytest.approx((0.2495794, 0.6877365), abs=1e-6)


def test_differences_of_means() -> None:
    """Changes -1, -2, -3: mean -2, SD 1, t(2) 4.3027: -2 -+ 2.484. Welch as SciPy's own test has it."""
    paired = paired_difference(np.array([9.0, 8.0, 7.0]), np.array([10.0, 10.0, 10.0]))
    assert paired == pytest.approx((-2, -2 - 4.302653 / np.sqrt(3), -2 + 4.302653 / np.sqrt(3)), abs=1e-5)
    x, y = np.array([1.0, 2.0, 3.0, 3.5]), np.array([4.0, 6.0, 8.0])
    theirs = stats.ttest_ind(x, y, equal_var=False).confidence_interval()
    assert group_difference(x, y) == pytest.approx((x.mean() - y.mean(), theirs.low, theirs.high))
    assert np.isnan(paired_difference(np.array([1.0]), np.array([2.0])).low)


def test_the_median_lies_between_its_order_statistics() -> None:
    """1 .. 11: exact 95 % limits of the median are the 2nd and the 10th value (98.8 %)."""
    value, interval = quantile_interval(np.arange(1.0, 12), 0.5, method="exact")
    assert (value, *interval) == (6, 2, 10)
    _, nyblom = quantile_interval(np.arange(1.0, 12), 0.5)
    assert 2 < nyblom.low < 3 < 9 < nyblom.high < 10


def test_reliabilities() -> None:
    """Spearman-Brown: .6 doubled is 1.2 / 1.6; .8 from .5 needs four times the length. Two halves alike have alpha 1."""
    assert lengthen_reliability(0.6, 2) == pytest.approx(0.75)
    assert length_needed(0.5, 0.8) == pytest.approx(4)
    assert attenuate(0.5, 0.64, 0.81) == pytest.approx(0.36)
    rows = np.array([[1.0, 1, 1], [2, 2, 2], [4, 4, 4]])
    assert cronbach_alpha(rows) == pytest.approx(1.0)
    assert reliable_change(10, 1).points == 0


@pytest.mark.parametrize(
    ("reliability", "wanted", "length"), [(0.8, 1, np.inf), (0, 0.8, np.inf), (1, 0.8, 0), (0.8, 0, 0), (1, 1, np.nan), (0, 0, np.nan)]
)
def test_no_length_makes_a_test_perfect(reliability: float, wanted: float, length: float) -> None:
    """Length x (1 - wanted) x reliability = wanted x (1 - reliability): solved by no length, by any, or by none at all."""
    assert length_needed(reliability, wanted) == pytest.approx(length, nan_ok=True)


def test_four_pairs_are_enough_for_a_correlation() -> None:
    """A standard error of 1: tanh(.5493 -+ 1.96)."""
    assert correlation_interval(0.5, 4) == pytest.approx((np.tanh(0.549306 - 1.959964), np.tanh(0.549306 + 1.959964)), abs=1e-6)


def test_two_alphas_differ_or_not() -> None:
    """The example of CECPfuns as it is computed there, and by the degrees of freedom of the paper: 20,000 draws gave 5.3 % at .05."""
    assert compare_alphas(0.7, 0.7, 8, 200, 150, replicate="CECPfuns").one_sided == pytest.approx(0.5023525, abs=1e-6)
    mended = compare_alphas(0.7, 0.8, 8, 200, 150)
    assert mended.two_sided == pytest.approx(2 * mended.one_sided)
    assert compare_alphas(0.8, 0.7, 8, 150, 200) == mended


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_interval(1, 2, confidence=95), "between 0 and 1"),
        (lambda: share_interval(1, 2, method="wald"), r"^Unknown interval 'wald': choose wilson, exact or asymptotic\.$"),
        (lambda: quantile_interval(np.arange(9.0), 0.5), "at least 10"),
        (lambda: quantile_interval(np.arange(20.0), 1.0), "between 0 and 1"),
        (lambda: correlation_interval(1.0, 20), r"^The correlation is 1; its interval needs one strictly between -1 and 1\.$"),
        (lambda: rank_correlation_interval(-1.0, 20), r"^The correlation is -1; its interval needs one strictly between -1 and 1\.$"),
        (lambda: correlation_interval(0.5, 3), r"^3 pairs are too few for the interval of a correlation: at least 4 are needed\.$"),
        (lambda: correlation_interval(0.5, 2), r"^2 pairs are too few for the interval of a correlation: at least 4 are needed\.$"),
        (lambda: rank_correlation_interval(0.5, 3), r"^3 pairs are too few for the interval of a correlation: at least 4 are needed\.$"),
        (lambda: compare_alphas(0.7, 0.7, 8, 5, 150), "six persons"),
        (lambda: cronbach_alpha(np.ones((2, 4))), "three persons"),
        (lambda: reliable_change(-1, 0.8), "cannot be negative"),
    ],
)
def test_what_cannot_be_asked(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=message):
        call()
