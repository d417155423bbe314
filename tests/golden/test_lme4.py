"""The growth model against lme4 1.1-31 and statsmodels on the same cohorts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.golden.peers import PEERS, column, needs_peers, rows, same

from andante.measures.growth import Growth, fit_growth

pytestmark = needs_peers


@cache
def cohort(clients: int) -> tuple[np.ndarray, ...]:
    import pyarrow.parquet as pq

    table = pq.read_table(PEERS / "inputs" / f"lme4_cohort_{clients}.parquet")
    ids, who = np.unique(table["client"].to_numpy(), return_inverse=True)
    intake = np.zeros(len(ids))
    intake[who] = table["intake"].to_numpy()
    return who, np.log(table["session"].to_numpy().astype(float)), table["score"].to_numpy().astype(float), intake


@cache
def fitted(clients: int, reml: bool) -> Growth:
    return fit_growth(*cohort(clients), reml=reml)


@pytest.mark.parametrize("clients", [2000, 20000])
@pytest.mark.parametrize("call", ["REML_nloptwrap", "REML_bobyqa", "ML_nloptwrap"])
def test_as_good_as_lme4(clients: int, call: str) -> None:
    ours = fitted(clients, call.startswith("REML"))
    theirs: dict[str, Any] = json.loads((PEERS / "lme4" / f"cohort_{clients}.json").read_text())[call]
    fixed = theirs["fixef"]
    np.testing.assert_allclose(ours.beta[0], [fixed["(Intercept)"], fixed["intake"]], rtol=1e-6)
    np.testing.assert_allclose(ours.beta[1], [fixed["log(session)"], fixed["log(session):intake"]], rtol=1e-6)
    variances = {(row["grp"], row["var1"], row["var2"]): row["vcov"] for row in theirs["varcorr"]}
    wanted = [
        variances[k]
        for k in (
            ("client", "(Intercept)", "NA"),
            ("client", "log(session)", "NA"),
            ("client", "(Intercept)", "log(session)"),
            ("Residual", "NA", "NA"),
        )
    ]
    mine = [ours.spread[0, 0], ours.spread[1, 1], ours.spread[0, 1], ours.residual]
    np.testing.assert_allclose(mine, wanted, rtol=1e-4)
    assert ours.log_likelihood >= theirs["logLik"] - 1e-5
    assert ours.converged
    assert (ours.rows, ours.clients) == (theirs["nobs"], clients)
    order = [0, 2, 1, 3]  # theirs: intercept, slope, intake, slope by intake
    np.testing.assert_allclose(ours.beta_covariance, np.array(theirs["vcov_fixef"])[np.ix_(order, order)], rtol=1e-3)


def test_each_client() -> None:
    """Random effects and their conditional SDs, predictions for a new client."""
    ours, answers = fitted(2000, True), rows("lme4/cohort_2000_coef_ranef.csv")
    for mine, theirs in (
        (ours.intercepts, "ranef_intercept"),
        (ours.slopes, "ranef_logsession"),
        (ours.intercepts_sd, "condsd_intercept"),
        (ours.slopes_sd, "condsd_logsession"),
    ):
        same(mine, column(answers, theirs), 1e-4)
    new = rows("lme4/cohort_2000_predict_new.csv")
    x, known = np.log(column(new, "session")), np.stack([np.ones(len(new)), column(new, "intake")], axis=1)
    same(ours.expected(x, known), column(new, "pred_population"), 1e-5)
    head = rows("lme4/cohort_2000_fitted_head.csv")
    client, x = column(head, "client").astype(int) - 1, np.log(column(head, "session"))
    known = np.stack([np.ones(len(head)), cohort(2000)[3][client]], axis=1)
    same(ours.expected(x, known) + ours.intercepts[client] + ours.slopes[client] * x, column(head, "fitted"), 1e-4)


def test_statsmodels_agrees() -> None:
    theirs = json.loads((PEERS / "lme4" / "statsmodels_mixedlm_2000.json").read_text())
    ours = fitted(2000, True)
    np.testing.assert_allclose(ours.spread, theirs["cov_re"], rtol=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs["llf"], abs=1e-5)


def test_intraclass_correlation() -> None:
    known = json.loads((PEERS / "cecpfuns" / "misc.json").read_text())["icc"]
    who, _, score, _ = cohort(2000)
    model = fit_growth(who, None, score)
    assert model.intraclass_correlation == pytest.approx(known["icc_by_hand"], abs=1e-6)
    assert model.residual == pytest.approx(known["varcorr"][1]["vcov"], rel=1e-4)
