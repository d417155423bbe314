"""Every case of clinicalsignificance 2.1.0.9000 with its own arguments: same index, same class for each client, same counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.golden.peers import case, column, names, needs_peers, number, rows, same, texts

from andante.errors import UsageError
from andante.measures import change, groups
from andante.measures.pairs import Pairs, factorize, pair_rows
from andante.measures.significance import Population
from andante.measures.slopes import assess_slopes

pytestmark = needs_peers
REPLICATE = "clinicalsignificance"
FACTORS = {
    "cs_claus_2020.csv": ("TAU", "PA"),
    "cs_anxiety.csv": ("Placebo", "Intervention"),
    "cs_anxiety_complete.csv": ("Placebo", "Intervention"),
    "cs_antidepressants.csv": ("Wait List", "Inactive Placebo", "Active Placebo", "Antidepressant"),
}
EFFECTS = {
    "Statistically not significant": groups.NOT_SIGNIFICANT,
    "Statistically significant but not clinically relevant": groups.NOT_RELEVANT,
    "Not significantly less than the threshold": groups.NOT_ABOVE,
    "Not significantly greater than the threshold": groups.NOT_ABOVE,
    "Probably clinically significant effect": groups.PROBABLE,
    "Large clinically significant effect": groups.LARGE,
    "NA": None,
}
CASES = [
    name for name in names("clinicalsignificance") if name == "absent" or not case("clinicalsignificance", name)["args"].get("bayesian")
]
BAYES = [name for name in names("clinicalsignificance") if name != "absent" and case("clinicalsignificance", name)["args"].get("bayesian")]


def test_no_case_is_left_out() -> None:
    group_default = [
        n
        for n in CASES
        if case("clinicalsignificance", n)["args"].get("target") == "group" and "bayesian" not in case("clinicalsignificance", n)["args"]
    ]
    assert len(CASES) + len(BAYES) == 558
    assert len(BAYES) == 12  # drawn at random there (MCMC): held to a tolerance below
    assert group_default == []


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    known = case("clinicalsignificance", name)
    if known["error"]:
        message = "NK combined" if "rci" in known["error"] else "repeated" if "non-numeric" in known["error"] else "There are 4 times"
        with pytest.raises(UsageError, match=message):
            _run(known)
    elif known["args"].get("target") == "group":
        _check_groups(_groups(known), known, 1e-9)
    else:
        _check(_run(known), known)


@pytest.mark.parametrize("name", BAYES)
def test_sampled_case_is_near(name: str) -> None:
    """Their default draws from a posterior with a wide prior: the plain interval lies within a point of it."""
    known = case("clinicalsignificance", name)
    _check_groups(_groups(known), known, 1.0, classes=False)


def _long(known: dict[str, Any]) -> dict[str, Any]:
    args, table = known["args"], rows(known["input"])
    when = texts(table, args["time"])
    times = np.array([number(t) for t in when]) if when[0].replace(".", "").isdigit() else np.array(when, dtype=object)
    order = FACTORS.get(known["input"].split("/")[-1])
    given = {"group": texts(table, args["group"]), "groups": order} if "group" in args else {}
    return {"ids": texts(table, args["id"]), "times": times, "scores": column(table, args["outcome"]), **given}


def _pairs(known: dict[str, Any]) -> Pairs:
    args = known["args"]
    return pair_rows(**_long(known), pre=args.get("pre"), post=args.get("post"), replicate=REPLICATE)


def _shared(args: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"better": args.get("better_is", "lower"), "replicate": REPLICATE}
    if "m_functional" in args:
        found |= {"functional": Population(args["m_functional"], args["sd_functional"])}
    if "cutoff_type" in args:
        found |= {"cutoff": args["cutoff_type"]}
    return found


def _run(known: dict[str, Any]) -> change.Change:
    args, shared = known["args"], _shared(known["args"])
    level = {"significance": args["significance_level"]} if "significance_level" in args else {}
    if args.get("rci_method") == "HLM":
        return assess_slopes(**_long(known), **shared, **level)
    pairs = _pairs(known)
    if known["fn"] == "cs_percentage":
        return change.assess_percentage(pairs, improvement=args["pct_improvement"], deterioration=args.get("pct_deterioration"), **shared)
    if known["fn"] == "cs_statistical":
        return change.assess_significance(pairs, method=args.get("cutoff_method", "JT"), reliability=args.get("reliability"), **shared)
    if "mid_improvement" in args:
        return change.assess_anchor(pairs, improvement=args["mid_improvement"], deterioration=args.get("mid_deterioration"), **shared)
    return change.assess_change(
        pairs,
        method=args.get("rci_method", "JT"),
        reliability=args["reliability"],
        reliability_post=args.get("reliability_post"),
        **level,
        **shared,
    )


def _check(ours: change.Change, known: dict[str, Any]) -> None:
    used = ours.code >= 0
    hlm = known["args"].get("rci_method") == "HLM"
    answers = _by_id(rows(f"clinicalsignificance/{known['output']}"), ours)
    tolerance = 1e-4 if hlm else 1e-9
    assert known["n_obs"]["n_used"] == used.sum() == len(answers)
    twice = 1 if known["name"] == "groupvaries_dist_JT" else 0  # theirs counts a client who changes group once in each
    assert known["n_obs"]["n_original"] - twice == (len(factorize(_long(known)["ids"]).values) if hlm else len(ours.pairs))
    assert [str(i) for i in ours.pairs.ids[used]] == texts(answers, "id")
    same(ours.pairs.pre[used], column(answers, "pre"))
    same(ours.pairs.post[used], column(answers, "post"))
    for name in ("rci", "pct_change"):
        if name in answers[0]:
            theirs = column(answers, name)
            ours_index = np.where(np.isnan(theirs), np.nan, ours.index[used]) if name == "pct_change" else ours.index[used]
            same(ours_index, theirs, tolerance)
    classes = [change.CLASSES[c].capitalize() for c in ours.code[used]]
    if known["args"].get("reliability") != 1:  # no error of measurement left: no index, theirs has no class
        assert classes == texts(answers, "category")
        _check_counts(ours, known)
    same(
        [*ours.reference],
        [number(known["descriptives"][k]) for k in ("m_pre", "sd_pre", "m_post", "sd_post", "cor")],
        1e-12 if not hlm else 1e-9,
    )
    if "critical_value" in known and "mid_improvement" not in known and known["fn"] != "cs_statistical":
        same(ours.critical, known["critical_value"], 1e-12)
    _check_figures(ours, known, answers, used)
    if hlm:
        _check_model(ours, known)


def _by_id(answers: list[dict[str, str]], ours: change.Change) -> list[dict[str, str]]:
    """Their growth models come in the order of first appearance, or of ids as words."""
    place = {str(i): k for k, i in enumerate(ours.pairs.ids)}
    return sorted(answers, key=lambda row: place[row["id"]])


def _check_counts(ours: change.Change, known: dict[str, Any]) -> None:
    """Their summary: counts in each group, percentages of the whole sample to four digits."""
    if known["fn"] == "cs_percentage":
        used = ours.code >= 0
        counts = {
            "Improved": ours.improved[used].sum(),
            "Deteriorated": ours.deteriorated[used].sum(),
            "Unchanged": (ours.code == change.UNCHANGED).sum(),
        }
        if "group" not in known["summary"][0]:
            assert counts == {row["category"]: row["n"] for row in known["summary"]}
            return
    table = ours.summary().to_pylist()
    ours_rows = {(row.get("group"), row["class"].capitalize()): (row["n"], f"{row['percent_of_all']:.2f}%") for row in table}
    theirs = {(row.get("group"), row["category"]): (row["n"], row["percent"]) for row in known["summary"]}
    assert ours_rows == theirs


def _check_figures(ours: change.Change, known: dict[str, Any], answers: list[dict[str, str]], used: np.ndarray) -> None:
    theirs = known.get("rci") or {}
    for name, mine in (("s_diff", "difference_error"), ("r_dd", "reliability_difference"), ("se_measurement", "measurement_error")):
        if name in theirs:
            same(ours.figures[mine], theirs[name], 1e-12)
    if "cutoff" in known:
        assert ours.cutoff is not None
        same(ours.cutoff.value, number(known["cutoff"]["value"]), 1e-12)
        for name in ("reliability_clinical", "reliability_functional"):
            if name in known["cutoff"]:
                same(getattr(ours.cutoff, name), number(known["cutoff"][name]), 1e-12)
    if "cs_indiv" in answers[0]:
        assert ours.extra is not None
        same(ours.extra["individual"][used], column(answers, "cs_indiv"))
    if known["fn"] == "cs_combined":
        parts = _by_id(rows(f"clinicalsignificance/{known['name']}_parts.csv"), ours)
        assert ours.clinical_pre is not None
        assert ours.functional_post is not None
        same(ours.clinical_pre[used], column(parts, "clinical_pre"))
        same(ours.functional_post[used], column(parts, "functional_post"))
        same(ours.improved[used], column(parts, "improved"))
        same(ours.deteriorated[used], column(parts, "deteriorated"))


def _check_model(ours: change.Change, known: dict[str, Any]) -> None:
    theirs, model = known["hlm"], ours.extra["model"]  # type: ignore[index]
    same(model.beta[:, 0], [theirs["fixef"]["(Intercept)"], theirs["fixef"]["time"]], 1e-6)
    variances = {(row["grp"], row["var1"], row["var2"]): row["vcov"] for row in theirs["varcorr"]}
    ours_variances = [model.spread[0, 0], model.spread[1, 1], model.spread[0, 1], model.residual]
    wanted = [
        variances[k] for k in (("id", "(Intercept)", "NA"), ("id", "time", "NA"), ("id", "(Intercept)", "time"), ("Residual", "NA", "NA"))
    ]
    # The covariance relative to the two SDs; where the fit is singular (hamd: correlation -1) lme4 stops short, and all
    # is relative to the residual.
    scale = np.array([wanted[0], wanted[1], np.sqrt(wanted[0] * wanted[1]), wanted[3]])
    singular = wanted[2] ** 2 > 0.999 * wanted[0] * wanted[1]
    assert np.all(np.abs(np.subtract(ours_variances, wanted)) <= 1e-4 * (wanted[3] if singular else scale))
    assert -2 * model.log_likelihood <= theirs["reml"] + 2e-5
    slopes = _by_id(rows(f"clinicalsignificance/{known['name']}_hlm_coef.csv"), ours)
    same(ours.extra["slopes"], column(slopes, "eb_estimate"), 1e-4)  # type: ignore[index]
    same(ours.extra["slopes_sd"], column(slopes, "sd"), 1e-4)  # type: ignore[index]


def _groups(known: dict[str, Any]) -> list[groups.GroupChange]:
    args = known["args"]
    shared = {
        "threshold": args["mid_improvement"],
        "better": args.get("better_is", "lower"),
        "confidence": args.get("ci_level", 0.95),
        "replicate": REPLICATE,
    }
    if args["effect"] == "within":
        return groups.change_within(_pairs(known), **shared)
    long = _long(known)
    after = long["times"] == args["post"]
    chosen = [g for g, keep in zip(long["group"], after, strict=True) if keep]
    return groups.change_between(long["scores"][after], chosen, groups=long["groups"], reference=args.get("reference_group"), **shared)


def _check_groups(ours: list[groups.GroupChange], known: dict[str, Any], tolerance: float, *, classes: bool = True) -> None:
    assert len(ours) == len(known["summary"])
    for mine, theirs in zip(ours, known["summary"], strict=True):
        assert mine.group == theirs.get("group", theirs.get("comparison"))
        assert (mine.n, mine.n_reference) == (theirs.get("n", theirs.get("n_comparison")), theirs.get("n_reference"))
        np.testing.assert_allclose(
            [mine.value, mine.low, mine.high],
            [theirs[k] for k in ("difference", "lower", "upper")],
            rtol=1e-9 if classes else 0,
            atol=tolerance,
        )
        if classes:
            assert mine.effect == EFFECTS[theirs["category"]]
