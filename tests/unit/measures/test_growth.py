"""The growth model against the likelihood written out in full, and at the edges of what data can say."""

from __future__ import annotations

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures.growth import Growth, fit_growth


def data(seed: int = 3, clients: int = 30, slope_sd: float = 1.0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    count = rng.integers(3, 9, clients)
    who = np.repeat(np.arange(clients), count)
    time = rng.uniform(0, 3, len(who)).round(1)
    known = rng.normal(20, 4, clients)
    score = (
        4
        + 0.8 * known[who]
        + rng.normal(0, 2, clients)[who]
        + (rng.normal(-1, slope_sd, clients)[who]) * time
        + rng.normal(0, 1.5, len(who))
    )
    return who, time, score, known


def full_likelihood(model: Growth, who: np.ndarray, time: np.ndarray, score: np.ndarray, known: np.ndarray | None, reml: bool) -> float:
    """The (restricted) log likelihood of the model's variances by dense matrices, client by client nowhere."""
    ones = np.ones(len(who))
    base = np.stack([ones] if known is None else [ones, known[who]], axis=1)
    design = np.concatenate([base, base * time[:, None]], axis=1)
    z = np.stack([ones, time], axis=1)
    same = who[:, None] == who[None, :]
    covariance = np.where(same, z @ model.spread @ z.T, 0.0) + model.residual * np.eye(len(who))
    inverse = np.linalg.inv(covariance)
    information = design.T @ inverse @ design
    beta = np.linalg.solve(information, design.T @ inverse @ score)
    rest = score - design @ beta
    value = np.linalg.slogdet(covariance)[1] + rest @ inverse @ rest
    if reml:
        value += np.linalg.slogdet(information)[1]
    freedom = len(who) - (design.shape[1] if reml else 0)
    return float(-0.5 * (value + freedom * np.log(2 * np.pi)))


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("with_covariate", [True, False])
def test_the_likelihood_is_that_of_the_full_matrices(reml: bool, with_covariate: bool) -> None:
    who, time, score, known = data()
    given = known if with_covariate else None
    model = fit_growth(who, time, score, given, reml=reml)
    assert model.log_likelihood == pytest.approx(full_likelihood(model, who, time, score, given, reml), abs=1e-8)


def test_no_neighbor_is_more_likely() -> None:
    who, time, score, known = data()
    model = fit_growth(who, time, score, known)
    best = full_likelihood(model, who, time, score, known, True)
    rng = np.random.default_rng(0)
    for _ in range(60):
        change = rng.normal(0, 0.05, (2, 2))
        spread = (np.eye(2) + change) @ model.spread @ (np.eye(2) + change).T
        other = Growth(**{**model.__dict__, "spread": spread, "residual": model.residual * float(np.exp(rng.normal(0, 0.02)))})
        assert full_likelihood(other, who, time, score, known, True) <= best + 1e-9


def test_known_answer_of_a_balanced_design() -> None:
    """One-way analysis of variance: between clients (MSB - MSW) / k, within MSW; here 30, 26, 34 with +-1 around them."""
    score = np.array([29.0, 31.0, 25.0, 27.0, 33.0, 35.0])
    model = fit_growth(np.repeat([0, 1, 2], 2), None, score)
    # MSW = 6 x 1 / 3 = 2; MSB = 2 x (0 + 16 + 16) / 2 = 32
    assert model.residual == pytest.approx(2.0, rel=1e-6)
    assert model.spread[0, 0] == pytest.approx((32 - 2) / 2, rel=1e-6)
    assert model.beta[0, 0] == pytest.approx(30.0)


def test_no_spread_between_clients_is_found_at_the_edge() -> None:
    """Every client the same: the spread goes to zero and nothing breaks."""
    rng = np.random.default_rng(5)
    who, time = np.repeat(np.arange(40), 4), np.tile(np.arange(4.0), 40)
    means = np.repeat(rng.permutation(np.linspace(-1, 1, 4))[None], 40, axis=0).ravel()  # the same in every client
    model = fit_growth(who, time, 10 - time + means)
    assert np.all(np.abs(model.spread) < 1e-4)
    assert np.all(np.abs(model.intercepts) < 1e-2)


@pytest.mark.parametrize("slope_sd", [0.0, 0.2, 3.0])
def test_it_converges_whatever_the_slopes_do(slope_sd: float) -> None:
    for seed in range(8):
        who, time, score, known = data(seed, slope_sd=slope_sd)
        model = fit_growth(who, time, score, known)
        assert model.converged
        assert np.all(np.linalg.eigvalsh(model.spread) > -1e-9)


def test_statsmodels_is_no_better() -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    who, time, score, known = data(11, clients=60)
    design = np.stack([np.ones(len(who)), known[who], time, known[who] * time], axis=1)
    theirs = statsmodels.MixedLM(score, design, who, exog_re=np.stack([np.ones(len(who)), time], axis=1)).fit(reml=True)
    ours = fit_growth(who, time, score, known)
    assert ours.log_likelihood >= theirs.llf - 1e-5
    np.testing.assert_allclose(ours.beta.ravel(), theirs.fe_params, rtol=1e-3, atol=1e-3)


def test_prediction_sd_adds_its_three_parts() -> None:
    who, time, score, _ = data()
    model = fit_growth(who, time, score)
    x = 2.0
    z = np.array([1.0, x])
    wanted = z @ model.beta_covariance @ z + z @ model.spread @ z + model.residual
    assert model.prediction_sd(x, [1.0]) == pytest.approx(np.sqrt(wanted))
    assert model.expected(x, [1.0]) == pytest.approx(model.beta[0, 0] + 2 * model.beta[1, 0])


@pytest.mark.parametrize(
    ("who", "time", "message"),
    [
        ([0, 0, 1, 1], [0, 1, 0, 1], "too few for a growth model"),
        (np.repeat(range(5), 4), np.ones(20), "cannot be told apart"),
    ],
)
def test_data_that_cannot_say(who, time, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=message):
        fit_growth(who, time, np.arange(len(who), dtype=float))


@pytest.mark.parametrize(("origin", "unit"), [(19_700, 1), (-40, 1), (0, 86_400), (2024, 1 / 365), (1.7e9, 86_400)])
@pytest.mark.parametrize("reml", [True, False])
def test_where_time_begins_and_what_it_is_counted_in_change_nothing(origin: float, unit: float, reml: bool) -> None:
    """Days since 1970, years, seconds: the same slopes in other units, the same likelihood but for the units of REML.

    The restricted likelihood holds the determinant of the design, which in other units is `unit` times as large for each of
    the slope's two coefficients.
    """
    who, time, score, known = data()
    plain, moved = fit_growth(who, time, score, known, reml=reml), fit_growth(who, origin + unit * time, score, known, reml=reml)
    assert moved.converged
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood - 2 * np.log(unit) * reml, abs=1e-5)
    np.testing.assert_allclose(moved.slopes * unit, plain.slopes, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(moved.slopes_sd * unit, plain.slopes_sd, rtol=1e-4)
    np.testing.assert_allclose(moved.beta[1] * unit, plain.beta[1], rtol=1e-5)
    at = np.array([1.0, 2.5])
    covariates = np.column_stack([np.ones(2), [15, 25]])
    np.testing.assert_allclose(moved.expected(origin + unit * at, covariates), plain.expected(at, covariates), rtol=1e-5)
    np.testing.assert_allclose(moved.prediction_sd(origin + unit * at, covariates), plain.prediction_sd(at, covariates), rtol=1e-3)
