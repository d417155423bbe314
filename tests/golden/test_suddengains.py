"""Every case of suddengains 0.7.2 with its own arguments: same criteria, gains, losses, tables and counts."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.golden.peers import PEERS, case, column, names, needs_peers, number, rows, same, texts

from andante.errors import UsageError
from andante.measures.episodes import (
    AROUND,
    check_interval,
    count_intervals,
    describe_episodes,
    list_episodes,
    select_cases,
    select_episode,
    tabulate_persons,
    values_around,
)
from andante.measures.pairs import factorize
from andante.measures.reliability import cronbach_alpha, reliable_change
from andante.measures.sudden import Rules, Sudden, find_sudden, judge

pytestmark = needs_peers
ERRORS = {
    "sgdata_sg_none_error": "No criterion is left",
    "sgdata_sg_negcut_error": "positive number",
    "sgdata_sl_poscut_error": None,  # ours takes the size of the step, so a loss has no sign to get wrong
    "edge_num_sg_3sessions": "at least 4 sessions",
    "edge_dup_sg": "ids are repeated",  # theirs multiplies the rows without a word
}
ALL = names("suddengains")


def _of(*functions: str) -> list[str]:
    return [n for n in ALL if n == "absent" or case("suddengains", n)["fn"] in functions]


def test_no_case_is_left_out() -> None:
    tested = [*_of("identify_sg", "identify_sl"), *_of("create_bysg"), *_of("create_byperson"), *_of("describe_sg")]
    tested += [*_of("count_intervals"), *_of("select_cases"), *_of("extract_values")]
    assert sorted(tested) == sorted(ALL)
    assert len(ALL) == 86


def _rules(known: dict[str, Any]) -> Rules:
    args = known["args"]
    cut, share = args.get("sg_crit1_cutoff", 7), args.get("sg_crit2_pct", 0.25)
    mended = share is not None and share < 0  # how their users get the intended rule
    wrong_sign = known["fn"] == "identify_sg" and cut is not None and cut < 0
    return Rules(
        cutoff=cut if wrong_sign or cut is None else abs(cut),
        share=None if share is None else abs(share),
        third=args.get("sg_crit3", True),
        adjust=args.get("sg_crit3_adjust", True),
        alpha=args.get("sg_crit3_alpha", 0.05),
        critical=args.get("sg_crit3_critical_value", 2.776),
        replicate=None if mended else "suddengains",
    )


def _table(known: dict[str, Any]) -> list[dict[str, str]]:
    table = rows(known["input"])
    order = np.argsort(factorize(texts(table, "id")).codes, kind="stable")
    return [table[i] for i in order]


def _sudden(known: dict[str, Any]) -> tuple[Sudden, list[dict[str, str]]]:
    table, names_ = _table(known), known["args"]["sg_var_list"]
    grid = np.stack([column(table, name) for name in names_], axis=1)
    return find_sudden(grid, ids=texts(table, "id"), labels=names_, rules=_rules(known)), table


@pytest.mark.parametrize("name", _of("identify_sg", "identify_sl"))
def test_intervals(name: str) -> None:
    known = case("suddengains", name)
    if name in ERRORS:
        if ERRORS[name]:
            with pytest.raises(UsageError, match=ERRORS[name]):
                _sudden(known)
        return
    found, _ = _sudden(known)
    kind = "sl" if known["fn"] == "identify_sl" else "sg"
    criteria = found.losses if kind == "sl" else found.gains
    answers = rows(f"suddengains/{known['output']}")
    assert list(found.ids) == texts(answers, "id")
    for flags, head in ((criteria.first, "_crit1_"), (criteria.second, "_crit2_"), (criteria.third, "_crit3_"), (criteria.met, "_")):
        cells = [c for c in answers[0] if c.startswith(kind + head) and (head != "_" or "crit" not in c)]
        if cells:
            theirs = np.stack([column(answers, c) for c in cells], axis=1)
            np.testing.assert_array_equal(np.where(flags < 0, np.nan, flags), theirs)


def _episodes(known: dict[str, Any]) -> tuple[Any, list[dict[str, str]]]:
    found, table = _sudden(known)
    args = known["args"]
    kind = "loss" if args.get("identify") == "sl" else "gain"
    ends = {"start": column(table, args["tx_start_var_name"]), "end": column(table, args["tx_end_var_name"])}
    return list_episodes(found, kind, baseline_first=args.get("identify_sg_1to2", False), **ends), table


@pytest.mark.parametrize("name", _of("create_bysg"))
def test_each_episode(name: str) -> None:
    known = case("suddengains", name)
    ours, _ = _episodes(known)
    answers = rows(f"suddengains/{known['output']}")
    assert [f"{ours.sudden.ids[c]}_sg_{n}" for c, n in zip(ours.client, ours.number, strict=True)] == texts(answers, "id_sg")
    pairs = {
        "sg_session_n": ours.number,
        "sg_freq_byperson": ours.count,
        "sg_magnitude": ours.magnitude,
        "sg_bdi_tx_change": ours.total_change,
        "sg_change_proportion": ours.share,
        "sg_reversal_value": ours.reversal_line,
        "sg_reversal": ours.reversed,
        **{f"sg_bdi_{end}": ours.around[:, k] for k, end in enumerate(("2n", "1n", "n", "n1", "n2", "n3"))},
    }
    for theirs, mine in pairs.items():
        same(mine, column(answers, theirs))


@pytest.mark.parametrize("name", _of("create_byperson"))
def test_each_person(name: str) -> None:
    known = case("suddengains", name)
    ours, _ = _episodes(known)
    select = known["args"]["multiple_sg_select"]
    answers = rows(f"suddengains/{known['output']}")
    mine = tabulate_persons(ours, select)
    assert mine["id"].to_pylist() == texts(answers, "id")
    names_ = dict(zip(AROUND, ("2n", "1n", "n", "n1", "n2", "n3"), strict=True))
    pairs = {"count": "sg_freq_byperson", "number": "sg_session_n", "magnitude": "sg_magnitude", "total_change": "sg_bdi_tx_change"}
    pairs |= {"share_of_total": "sg_change_proportion", "reversal_line": "sg_reversal_value", "reversed": "sg_reversal"}
    pairs |= {k: f"sg_bdi_{v}" for k, v in names_.items()}
    for own, theirs in pairs.items():
        values = [np.nan if v is None else float(v) for v in mine[own].to_pylist()]
        same(values, column(answers, theirs))


@pytest.mark.parametrize("name", _of("describe_sg"))
def test_described(name: str) -> None:
    known = case("suddengains", name)
    source = case("suddengains", known["input"].removesuffix(".csv"))
    ours, _ = _episodes(source)
    by_person = known["args"]["sg_data_structure"] == "byperson"
    found = describe_episodes(ours, source["args"]["multiple_sg_select"] if by_person else None)
    pairs = {
        "sg_total_n": "episodes",
        "sg_multiple_pct": "several_percent",
        "sg_reversal_n": "reversed",
        "sg_reversal_pct": "reversed_percent",
    }
    pairs |= {"sg_magnitude_m": "magnitude_mean", "sg_magnitude_sd": "magnitude_sd"}
    if by_person:
        pairs |= {"total_n": "clients", "sg_n": "with_any", "sg_pct": "with_any_percent", "sg_multiple_n": "several"}
    for theirs, mine in pairs.items():
        assert round(found[mine], 2) == pytest.approx(known["value"][theirs], abs=0.0051)


@pytest.mark.parametrize("name", _of("count_intervals"))
def test_counted(name: str) -> None:
    known = case("suddengains", name)
    table, args = _table(known), known["args"]
    grid = np.stack([column(table, c) for c in args["sg_var_list"]], axis=1)
    ours = count_intervals(grid, rules=Rules(cutoff=1.0, replicate="suddengains"), baseline_first=args.get("identify_sg_1to2", False))
    assert [*ours.values()] == [*known["value"].values()]


@pytest.mark.parametrize("name", _of("select_cases"))
def test_selected(name: str) -> None:
    known = case("suddengains", name)
    table, args = _table(known), known["args"]
    grid = np.stack([column(table, c) for c in args["sg_var_list"]], axis=1)
    ours = select_cases(grid, fewest=args.get("min_sess_num"))
    same(ours, column(rows(f"suddengains/{known['output']}"), "sg_select"))


@pytest.mark.parametrize("name", _of("extract_values"))
def test_another_measure_around_each_gain(name: str) -> None:
    known = case("suddengains", name)
    source = case("suddengains", "sgdata_bysg_sg")
    ours, table = _episodes(source)
    wanted = known["args"]["extract_var_list"]
    wanted = wanted if isinstance(wanted, dict) else {"rq": wanted}
    answers = rows(f"suddengains/{known['output']}")
    for measure, cells in wanted.items():
        around = values_around(ours, np.stack([column(table, c) for c in cells], axis=1))
        for k, end in enumerate(("2n", "1n", "n", "n1", "n2", "n3")):
            same(around[:, k], column(answers, f"sg_{measure}_{end}"))


def test_single_intervals() -> None:
    answers = {True: "YES", False: "NO", None: "NA"}
    cases = case_list("check_interval")
    assert len(cases) == 5
    for known in cases:
        args = known["args"]
        cut, share = args["sg_crit1_cutoff"], args["sg_crit2_pct"]
        rules = Rules(
            cutoff=None if cut is None else abs(cut),
            share=share,
            third=args["sg_crit3"],
            alpha=args.get("sg_crit3_alpha", 0.05),
            replicate="suddengains",
        )
        before, after = [[number(v) for v in args[k]] for k in ("pre_values", "post_values")]
        ours = check_interval(before, after, rules, "loss" if args["identify"] == "sl" else "gain")
        assert [f"## Met Criterion {k}: {answers[ours[f'criterion_{k}']]}" for k in (1, 2, 3)] == known["text"][1:4]
        assert known["text"][4].endswith(answers[ours["met"]])


def test_cutoff_for_the_first_criterion() -> None:
    """They use the rounded 1.96; with item data the reliability is alpha over pairwise covariances."""
    cases = case_list("define_crit1_cutoff")
    assert len(cases) == 26
    items = {
        p: np.stack([column(rows(p), c) for c in rows(p)[0]], axis=1) for p in ("inputs/items_60x8.csv", "inputs/items_60x8_missing.csv")
    }
    for known in cases:
        if known["error"]:
            if "reliability=1.2" in known["args"]:
                with pytest.raises(UsageError, match="between 0 and 1"):
                    reliable_change(10, 1.2, critical=1.96)
            continue
        reliability = known["reliability"]
        if "data_reliability" in known["args"]:
            reliability = cronbach_alpha(items[known["args"].split("data_reliability=")[1]], pairwise=True)
            same(reliability, known["reliability"], 1e-12)
        same(
            reliable_change(known["sd"], reliability, critical=1.96),
            [known[k] for k in ("standard_error_measurement", "standard_error_difference", "reliable_change_value")],
            1e-12,
        )


def case_list(name: str) -> list[dict[str, Any]]:
    return list(json.loads((PEERS / "suddengains" / f"{name}.json").read_text()))


def test_large_set_equals_the_answers_case_by_case() -> None:
    """Judging one client alone gives the same as judging all at once."""
    known = case("suddengains", "edge_num_sg")
    found, _ = _sudden(known)
    alone = [judge(found.scores[k : k + 1], "fall", found.rules).met[0] for k in range(len(found.scores))]
    np.testing.assert_array_equal(np.array(alone), found.gains.met)
    assert select_episode(list_episodes(found), "first").max() >= 0
