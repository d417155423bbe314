"""The Student tail as a normal deviation: exact to 1e-6."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from andante.kernels import student
from andante.kernels.normal_gamma import degrees_of_freedom


def z_of(t: float, df: float) -> float:
    return float(student.normal_deviation(np.array([t]), np.array([0]), (df,))[0])


@pytest.mark.parametrize(
    ("t", "df", "z"),
    [  # tables of Student's t: the value with so much above it, and the normal deviate with as much
        (2.776, 4.0, 1.960),
        (3.182, 3.0, 1.960),
        (4.303, 2.0, 1.960),
        (1.812, 10.0, 1.645),
        (1.697, 30.0, 1.645),
        (2.365, 7.0, 1.960),
        (2.764, 10.0, 2.326),
        (1.0, 1.0, 0.6745),  # a quarter of Cauchy's distribution is above 1
    ],
)
def test_published_quantiles(t: float, df: float, z: float) -> None:
    assert z_of(t, df) == pytest.approx(z, abs=6e-4)


@pytest.mark.parametrize(("answers", "multiplier"), [(4, 3.56), (5, 3.04), (6, 2.78), (8, 2.51), (12, 2.29)])
def test_prediction_multipliers(answers: int, multiplier: float) -> None:
    """So many SDs of m answers leave 2.5 % on each side of the next one: t of m - 1 degrees times sqrt(1 + 1/m)."""
    t = multiplier / np.sqrt(1 + 1 / answers)
    z = student.normal_deviation(np.array([t]), np.array([0]), (answers - 1.0,))
    assert z[0] == pytest.approx(1.96, abs=0.01)


@pytest.mark.parametrize("df", [1.0, 3.0, 7.0, 12.0, 30.0, 120.0, 1000.0])
def test_exact_to_a_millionth_up_to_eight(df: float) -> None:
    assert _largest_error((df,)) < 1e-6


def test_exact_for_all_degrees_of_freedom_that_are_used() -> None:
    assert _largest_error(degrees_of_freedom()) < 1e-6


def _largest_error(degrees: tuple[float, ...]) -> float:
    t = np.linspace(-60, 60, 2401)
    worst = 0.0
    for place in range(0, len(degrees), 8):
        exact = stats.norm.isf(stats.t.sf(np.abs(t), degrees[place])) * np.sign(t)
        found = student.normal_deviation(t, np.full(t.shape, place), degrees)
        worst = max(worst, float(np.max(np.abs(found - exact)[np.abs(exact) < 7.99])))
    return worst


def test_what_is_unknown_stays_so_extremes_are_capped_and_signs_kept() -> None:
    t = np.array([np.nan, 1e9, -1e9, 0.0])
    found = student.normal_deviation(t, np.zeros(4, np.intp), (10.0,))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [8.0, -8.0, 0.0]
