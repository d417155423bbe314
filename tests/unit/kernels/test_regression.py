"""The Bayesian line against a direct solve of its 3 x 3 system."""

from __future__ import annotations

import numpy as np
import pytest

from andante.kernels.regression import Prior, fit, quantile

PRIOR = Prior(mean=(3.0, 0.5, 0.25), sd=(1.5, 0.3, 0.2), residual=1.5, shape=4.0, forgetting=0.9)


def directly(x: np.ndarray, y: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray, float]:
    """Murphy 2007, section 7: each earlier row weighs `forgetting` less for every later one; shape and scale likewise."""
    age = np.arange(len(y))[::-1]
    weight = np.diag(prior.forgetting**age)
    precision = np.diag([(prior.residual / sd) ** 2 for sd in prior.sd])
    start = np.array(prior.mean)
    posterior = precision + x.T @ weight @ x
    mean = np.linalg.solve(posterior, precision @ start + x.T @ weight @ y)
    shape = prior.shape + 0.5 * np.sum(prior.forgetting**age)
    left = y @ weight @ y + start @ precision @ start - mean @ posterior @ mean
    scale = prior.residual**2 * (prior.shape - 1) + 0.5 * left
    return mean, np.linalg.inv(posterior), scale / shape


def test_every_row_equals_the_direct_solve() -> None:
    random = np.random.default_rng(4)
    first, second = random.uniform(-5, 5, 9), random.uniform(-4, 4, 9)
    outcome = 3 + 0.8 * first + 0.3 * second + random.normal(0, 1, 9)
    line = fit(first[:, None], second[:, None], outcome[:, None], PRIOR)
    for row in range(9):
        x = np.column_stack((np.ones(row + 1), first[: row + 1], second[: row + 1]))
        mean, covariance, variance = directly(x, outcome[: row + 1], PRIOR)
        assert [m[row, 0] for m in line.mean] == pytest.approx(mean)
        assert np.array([[v[row, 0] for v in r] for r in line.covariance]) == pytest.approx(covariance)
        assert line.variance[row, 0] == pytest.approx(variance)


def test_a_row_with_anything_missing_changes_nothing() -> None:
    whole = fit(np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]]), np.array([[4.0], [5.0]]), PRIOR)
    gaps = fit(
        np.array([[1.0], [3.0], [np.nan], [2.0]]),
        np.array([[0.0], [np.nan], [1.0], [1.0]]),
        np.array([[4.0], [5.0], [5.0], [5.0]]),
        PRIOR,
    )
    assert [m[3, 0] for m in gaps.mean] == pytest.approx([m[1, 0] for m in whole.mean])
    assert gaps.rows[:, 0].tolist() == [1, 1, 1, 2]


@pytest.mark.parametrize(("said", "counted"), [(9.0, 4.75), (4.75, 4.75), (4.0, 4.0), (-5.0, 0.25)])
def test_an_outcome_counts_only_as_far_as_the_farthest(said: float, counted: float) -> None:
    """At first 1, second 0: expected 2 + 0.5; variance 2/3 x (1 + 0.5 + 0.25) = 7/6, with 2/3 from residual 1 and shape 3."""
    near = Prior(mean=(2.0, 0.5, 0.25), sd=(0.5**0.5, 0.5, 0.2), residual=1.0, shape=3.0, forgetting=1.0)
    far = Prior(near.mean, near.sd, near.residual, near.shape, near.forgetting, farthest=2.25 / (7 / 6) ** 0.5)
    one, none = np.ones((1, 1)), np.zeros((1, 1))
    limited, plain = fit(one, none, np.full((1, 1), said), far), fit(one, none, np.full((1, 1), counted), near)
    assert limited.mean == pytest.approx(plain.mean)
    assert limited.variance == pytest.approx(plain.variance)


def test_with_nothing_known_it_is_the_prior() -> None:
    nothing = np.full((1, 1), np.nan)
    line = fit(nothing, nothing, nothing, PRIOR)
    assert [m[0, 0] for m in line.mean] == pytest.approx(PRIOR.mean)
    assert line.variance[0, 0] == pytest.approx(PRIOR.residual**2 * (PRIOR.shape - 1) / PRIOR.shape)


@pytest.mark.parametrize(("rows", "t"), [(0, 1.397), (1, 1.383)], ids=["8 degrees of freedom", "9 degrees"])
def test_published_quantiles(rows: int, t: float) -> None:
    """t with a tenth above it: 1.397 for 8 degrees of freedom, 1.383 for 9."""
    assert quantile(np.array([rows]), PRIOR, 0.10)[0] == pytest.approx(t, abs=6e-4)
