"""Every deterministic answer of CECPfuns 0.0.0.9066 (and of quantileCI and Hmisc behind it)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.golden.peers import PEERS, column, needs_peers, number, rows, same

from andante.errors import UsageError
from andante.measures import change
from andante.measures.intervals import correlation_interval, quantile_interval, rank_correlation_interval, share_interval
from andante.measures.pairs import Pairs
from andante.measures.reliability import (
    attenuate,
    compare_alphas,
    correct_attenuation,
    cronbach_alpha,
    length_needed,
    lengthen_reliability,
    reliable_change,
)
from andante.measures.scoring import add_up, allowed_missing
from andante.measures.significance import Population, Reference, set_cutoff

pytestmark = needs_peers


def answers(name: str) -> Any:
    return json.loads((PEERS / "cecpfuns" / name).read_text())


def test_reliable_change_from_sd_and_reliability() -> None:
    table = rows("cecpfuns/getRCIfromSDandAlpha.csv")
    assert len(table) == 378
    ours = [reliable_change(number(r["SD"]), number(r["rel"]), confidence=number(r["conf"])).points for r in table]
    same(ours, column(table, "RCI"))


def test_impossible_figures_are_refused() -> None:
    for known in answers("misc.json")["getRCI_errors"]:
        args = known["args"]
        if args["SD"] in (0, [1, 2]) or args["rel"] in (1, 0.04) or args.get("conf") == 0.9995:
            continue  # 0, 1 and .04 are honest figures to us; arrays are not a scalar's business; .9995 is a confidence
        with pytest.raises(UsageError, match=r"cannot be negative|between 0 and 1"):
            reliable_change(args["SD"], args["rel"], confidence=args.get("conf", 0.95))


def test_cutoff_c_of_two_groups() -> None:
    table = rows("cecpfuns/getCSC.csv")
    assert len(table) == 6
    for known in table:
        clinical = Reference(number(known["m1"]), number(known["sd1"]), 0, 1, 0)
        healthy = Population(number(known["m2"]), number(known["sd2"]))
        same(set_cutoff("c", clinical, healthy, -1).value, number(known["CSC"]))


def test_classes_by_points() -> None:
    """Their change is first - last; ours last - first. A tie is no reliable change for both."""
    table = rows("inputs/classify_s1s2.csv")
    first, last = column(table, "score1"), column(table, "score2")
    checked = 0
    for known in answers("classifyScoresVectorByRCI.json"):
        args, value = known["args"], known["value"]
        if known["error"]:
            assert args.get("addCI") or known["name"] in ("no scores", "RCI zero")
            continue
        if "scoreChange" in args:
            fallen = np.array([number(v) for v in args["scoreChange"]])
            pairs = Pairs(np.arange(len(fallen)), fallen, np.zeros(len(fallen)))
        else:
            pairs = Pairs(np.arange(len(first)), first, last)
        better = "lower" if args.get("cueing", "negative") == "negative" else "higher"
        ours = change.assess_points(pairs, points=args["RCI"], better=better)
        if "RCIclassN" in value[0]:
            signs = {change.IMPROVED: 1.0, change.UNCHANGED: 0.0, change.DETERIORATED: -1.0, -1: np.nan}
            same([signs[c] for c in ours.code], [number(v["RCIclassN"]) for v in value])
        else:
            names = {"Reliable deterioration": "deteriorated", "No reliable change": "unchanged", "Reliable improvement": "improved"}
            counts = {row["class"]: row for row in ours.summary().to_pylist()}
            digits = args.get("dp", 1)
            everyone = len(ours.pairs) if "scoreChange" in args else int(ours.pairs.complete.sum())
            for row in value:
                if row["RCIclass"] not in names:
                    continue
                mine = counts[names[row["RCIclass"]]]
                assert mine["n"] == row["n"]
                if "percentChar" in row:
                    assert f"{100 * mine['n'] / everyone:.{digits}f}%" == row["percentChar"]
                    if row["valid_percentChar"] != row["percentChar"]:
                        assert f"{mine['percent']:.{digits}f}%" == row["valid_percentChar"]
        checked += 1
    assert checked == 12
    misc = answers("misc.json")
    for cueing, better in (("negative", "lower"), ("positive", "higher")):
        theirs = misc[f"classify_perscore_s1s2_{cueing}"]
        both = ~np.isnan(first) & ~np.isnan(last)
        ours = change.assess_points(Pairs(np.arange(both.sum()), first[both], last[both]), points=9.3, better=better)
        assert [
            {"Reliable improvement": 1, "No reliable change": 2, "Reliable deterioration": 3}[r["RCIclass"]] for r in theirs
        ] == ours.code.tolist()


@pytest.mark.parametrize("method", ["Nyblom", "Exact"])
def test_quantiles(method: str) -> None:
    table = [r for r in rows("cecpfuns/getCIforQuantiles.csv") if r["method"] == method]
    assert len(table) == 540
    data = {path: column(rows(path), "x") for path in {r["input"] for r in table}}
    for known in table:
        how = {"confidence": number(known["ci"]), "method": method.lower(), "kind": int(known["type"]), "replicate": "CECPfuns"}
        value, interval = quantile_interval(data[known["input"]], number(known["prob"]), **how)
        same([value, *interval], [number(known[k]) for k in ("quantile", "LCL", "UCL")])


def test_a_limit_beyond_the_data_is_not_guessed() -> None:
    """120 values cannot bound the 2 % quantile from below at 95 %: .98^120 = 8.9 % chance that all lie above it."""
    data = column(rows("inputs/quantile_q1.csv"), "x")
    _, interval = quantile_interval(data, 0.02)
    assert np.isnan(interval.low)
    assert interval.high > data.min()


def test_alpha() -> None:
    items = np.stack([column(rows("inputs/items_60x8.csv"), f"i{k}") for k in range(1, 9)], axis=1)
    gaps = np.stack([column(rows("inputs/items_60x8_missing.csv"), f"i{k}") for k in range(1, 9)], axis=1)
    turned = items.copy()
    turned[:, 2] = 3 - turned[:, 2]
    known = answers("misc.json")
    same([cronbach_alpha(x) for x in (items, gaps, items[:, :4], turned)], [row["alpha"] for row in known["alpha"][:4]], 1e-12)
    same(cronbach_alpha(gaps, pairwise=True), known["psych_alpha_missing"]["raw_alpha"], 1e-12)
    with pytest.raises(UsageError, match="three items"):
        cronbach_alpha(items[:, :2])
    with pytest.raises(UsageError, match="same answer"):
        cronbach_alpha(np.concatenate([items, np.ones((60, 1))], axis=1))


def test_length_and_attenuation() -> None:
    table = rows("cecpfuns/getRelBySpearmanBrown_rel.csv")
    same(lengthen_reliability(column(table, "oldRel"), column(table, "lengthRatio")), column(table, "newRel"))
    table = rows("cecpfuns/getRelBySpearmanBrown_len.csv")
    same(length_needed(column(table, "oldRel"), column(table, "newRel")), column(table, "lengthRatio"))
    table = rows("cecpfuns/getAttenuated_CorrectedR.csv")
    given = column(table, "R"), column(table, "rel1"), column(table, "rel2")
    np.testing.assert_allclose(attenuate(*given), column(table, "attenuated"), atol=5.1e-6)  # theirs are rounded to 5 digits
    np.testing.assert_allclose(correct_attenuation(*given), column(table, "corrected"), atol=5.1e-6)


def test_two_alphas() -> None:
    table = rows("cecpfuns/getPdiff2alphas.csv")
    assert len(table) == 144
    for r in table:
        given = number(r["alpha1"]), number(r["alpha2"]), int(r["k"]), int(r["n1"]), int(r["n2"])
        same(compare_alphas(*given, replicate="CECPfuns").one_sided, number(r["p"]))


def test_correlations() -> None:
    table = rows("cecpfuns/getCIPearson.csv")
    ours = [correlation_interval(number(r["r"]), int(r["n"]), confidence=number(r["ci"])) for r in table]
    same(ours, np.stack([column(table, "LCL"), column(table, "UCL")], axis=1))
    table = rows("cecpfuns/getCISpearman.csv")
    assert len(table) == 216
    for r in table:
        how = {"confidence": number(r["ci"]), "normal": r["Gaussian"] == "TRUE", "fieller": r["FHP"] == "TRUE"}
        same(rank_correlation_interval(number(r["rs"]), int(r["n"]), **how), [number(r["LCL"]), number(r["UCL"])])


@pytest.mark.parametrize("method", ["wilson", "exact", "asymptotic"])
def test_shares(method: str) -> None:
    table = rows("cecpfuns/hmisc_binconf_alpha05.csv")
    low, high = share_interval(column(table, "x"), column(table, "n"), method=method)  # type: ignore[arg-type]
    same(low, column(table, f"{method}_lower"))
    same(high, column(table, f"{method}_upper"))


def test_scores_from_items() -> None:
    checked = 0
    for known in answers("getScoreFromItems.json"):
        args = known["args"]
        if known["error"] or known["value"] == []:
            continue  # two rules at once, answers out of range, a wrong k, no k at all: not a question for one function here
        items = np.array([[number(v) for v in args["vec"]]])
        width = items.shape[1]
        most = args["nProrateMin"] if "nProrateMin" in args else allowed_missing(args["propProrateMin"], width, replicate="CECPfuns")
        score, _ = add_up(items, most, how="mean" if args.get("scoreAsMean", True) else "sum")
        same(score[0], number(known["value"]))
        checked += 1
    assert checked == 8
    assert allowed_missing(0.14, 7) == 0  # ours: .98 of an item is none
