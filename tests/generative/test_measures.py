"""The measures on scores nobody would think of: against the plain loop, and under what must change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.reference.plain_measures import change_class, spikes, sudden_change

from andante.measures import catalogue
from andante.measures.change import CLASSES, assess_change, assess_percentage
from andante.measures.growth import fit_growth
from andante.measures.pairs import Pairs, factorize, pair_columns, pair_rows, spread_rows
from andante.measures.scoring import score_answers
from andante.measures.significance import Population
from andante.measures.spikes import STATES, find_spikes
from andante.measures.sudden import Rules, find_live, find_sudden, judge

score = st.one_of(st.none(), st.integers(0, 63), st.integers(0, 126).map(lambda v: v / 2))
rows = st.integers(4, 14).flatmap(lambda width: st.lists(st.lists(score, min_size=width, max_size=width), min_size=1, max_size=6))


def grid_of(clients: list[list[float | None]]) -> np.ndarray:
    return np.array([[np.nan if s is None else float(s) for s in scores] for scores in clients])


@given(rows, st.sampled_from([0, 1, 5, 7, 7.5]), st.sampled_from(["fall", "rise"]))
def test_sudden_changes_equal_the_plain_loop(clients: list[list[float | None]], cutoff: float, direction: str) -> None:
    found = judge(grid_of(clients), direction, Rules(cutoff=cutoff))  # type: ignore[arg-type]
    for who, scores in enumerate(clients):
        for interval in range(1, len(scores) - 2):
            wanted = sudden_change(scores, interval, cutoff, direction)
            got = tuple(None if flags[who, interval - 1] < 0 else bool(flags[who, interval - 1]) for flags in found[:3])
            assert got == wanted
            met = found.met[who, interval - 1]
            assert met == (-1 if None in wanted else int(all(wanted)))


@given(rows, st.sampled_from([3, 5, 10]), st.integers(1, 4), st.integers(1, 5))
def test_spikes_equal_the_plain_loop(clients: list[list[float | None]], rise: int, within: int, apart: int) -> None:
    found = find_spikes(grid_of(clients), rise=rise, drop=rise / 2, within=within, apart=apart)
    got = [(int(c), int(s), STATES[k]) for c, s, k in zip(found.client, found.session, found.state, strict=True)]
    assert got == [(who, *spike) for who, scores in enumerate(clients) for spike in spikes(scores, rise, rise / 2, within, apart)]


@given(rows)
def test_higher_better_is_the_mirror(clients: list[list[float | None]]) -> None:
    """With criterion 2 left out (a share of a negative score means nothing), turned scores give the same gains."""
    grid = grid_of(clients)
    plain, turned = (find_sudden(g, rules=Rules(share=None), better=b) for g, b in ((grid, "lower"), (-grid, "higher")))
    np.testing.assert_array_equal(plain.gains.met, turned.gains.met)
    np.testing.assert_array_equal(plain.losses.met, turned.losses.met)


@given(rows)
def test_live_uses_nothing_that_comes_later(clients: list[list[float | None]]) -> None:
    """A step confirmed (or not) once keeps its state when more sessions come."""
    grid = grid_of(clients)
    whole = {(r["id"], r["from"], r["kind"]): r["state"] for r in find_live(find_sudden(grid)).to_pylist()}
    assume(grid.shape[1] > 4)
    for row in find_live(find_sudden(grid[:, :-1])).to_pylist():
        if row["state"] != "possible":
            assert whole[row["id"], row["from"], row["kind"]] == row["state"]


pairs_of = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=40)


@given(pairs_of, st.sampled_from(["JT", "GLN", "HLL", "EN", "NK"]), st.sampled_from(["lower", "higher"]), st.randoms(use_true_random=False))
def test_change_is_the_same_in_any_order_and_form(scores: list[tuple[int, int]], method: str, better: str, random) -> None:  # type: ignore[no-untyped-def]
    pre, post = (np.array(column, float) for column in zip(*scores, strict=True))
    assume(np.std(pre) > 0)
    ids = np.array([f"c{i:02d}" for i in range(len(pre))], dtype=object)
    plain = assess_change(pair_columns(ids, pre, post), reliability=0.8, method=method, better=better, functional=Population(8, 6))
    order = list(range(2 * len(ids)))
    random.shuffle(order)
    long_ids, times, long_scores = np.concatenate([ids, ids])[order], np.repeat([0, 1], len(ids))[order], np.concatenate([pre, post])[order]
    long = assess_change(
        pair_rows(long_ids, times, long_scores, pre=0, post=1), reliability=0.8, method=method, better=better, functional=Population(8, 6)
    )
    assert long.table().equals(plain.table())
    cut = plain.cutoff.value  # type: ignore[union-attr]
    for k in range(len(ids)):
        assert CLASSES[plain.code[k]] == change_class(pre[k], post[k], plain.index[k], plain.critical, cut, better)


@given(pairs_of)
def test_turned_scores_give_the_same_classes(scores: list[tuple[int, int]]) -> None:
    pre, post = (np.array(column, float) for column in zip(*scores, strict=True))
    assume(np.std(pre) > 0)
    ids = np.arange(len(pre))
    plain = assess_change(Pairs(ids, pre, post), reliability=0.8, cutoff="a")
    turned = assess_change(Pairs(ids, -pre, -post), reliability=0.8, cutoff="a", better="higher")
    np.testing.assert_array_equal(plain.code, turned.code)
    np.testing.assert_allclose(plain.index, -turned.index)


@given(pairs_of, st.sampled_from(["lower", "higher"]))
def test_no_client_is_in_two_classes_of_percentage(scores: list[tuple[int, int]], better: str) -> None:
    pre, post = (np.array(column, float) for column in zip(*scores, strict=True))
    found = assess_percentage(Pairs(np.arange(len(pre)), pre, post), improvement=0.5, deterioration=0.25, better=better)
    assert not np.any(found.improved & found.deteriorated)
    assert sum(row["n"] for row in found.summary().to_pylist()) == len(pre)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "B", "10", "9"]), st.integers(0, 5)), min_size=1, max_size=20, unique=True))
def test_a_long_table_is_spread_without_loss(cells: list[tuple[str, int]]) -> None:
    ids, times = zip(*cells, strict=True)
    names, labels, grid = spread_rows(np.array(ids, object), np.array(times), np.arange(len(cells), dtype=float))
    assert np.sum(~np.isnan(grid)) == len(cells)
    for k, (who, when) in enumerate(cells):
        assert grid[names.index(who), labels.index(str(when))] == k


@given(st.lists(st.text(st.sampled_from("abAB019.-"), max_size=4), min_size=1, max_size=30))
def test_texts_sort_by_size_or_by_bytes(texts: list[str]) -> None:
    found = factorize(np.array(texts, dtype=object))
    assert [found.values[c] for c in found.codes] == texts
    try:
        wanted = sorted(set(texts), key=lambda t: (float(t), t.encode()))
    except ValueError:
        wanted = sorted(set(texts), key=str.encode)
    assert list(found.values) == wanted


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_growth_is_shifted_and_scaled_with_its_scores(seed: int, intercept_only: bool) -> None:
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(25), 5)
    time = np.tile(np.log1p(np.arange(5)), 25)
    score = rng.normal(20, 5, 25)[who] - (2 + rng.normal(0, 1, 25))[who] * time + rng.normal(0, 2, len(who))
    how = "intercept" if intercept_only else "slope"
    plain = fit_growth(who, time, score, random=how)  # type: ignore[arg-type]
    moved = fit_growth(who, time, 3 * score + 7, random=how)  # type: ignore[arg-type]
    np.testing.assert_allclose(moved.beta[:, 0], 3 * plain.beta[:, 0] + [7, 0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(moved.spread, 9 * plain.spread, rtol=1e-3, atol=1e-3)
    order = rng.permutation(len(who))
    shuffled = fit_growth(who[order], time[order], score[order], random=how)  # type: ignore[arg-type]
    assert shuffled.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)


@given(hnp.arrays(np.float64, (4, 9), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])))
def test_scores_stay_within_their_range(answers: np.ndarray) -> None:
    scored = score_answers(catalogue()["phq9"], answers)
    total, missing = scored.scores["phq9"], np.isnan(answers).sum(axis=1)
    np.testing.assert_array_equal(np.isnan(total), missing > 2)
    known = ~np.isnan(total)
    assert np.all((total[known] >= 0) & (total[known] <= 27))
    np.testing.assert_array_equal(total[missing == 0], np.nansum(answers[missing == 0], axis=1))
