"""# Reliable and clinically significant change

What becomes of a client between two scores. Numbers beside each case are sums done by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures.change import CLASSES, assess_anchor, assess_change, assess_percentage, assess_points, assess_significance
from andante.measures.groups import change_between, change_within
from andante.measures.indices import reliable_index
from andante.measures.pairs import Pairs, pair_columns, pair_first_last, pair_rows
from andante.measures.significance import Population, Reference, set_cutoff
from andante.measures.talking_therapies import OUTCOMES, Threshold, assess_outcomes

NONE = float("nan")


def pairs(*scores: tuple[float, float]) -> Pairs:
    pre, post = zip(*scores, strict=True)
    return Pairs(np.arange(len(scores)), np.array(pre, float), np.array(post, float))


def classes(found) -> list[str | None]:  # type: ignore[no-untyped-def]
    return [None if code < 0 else CLASSES[code] for code in found.code]


KNOWN = Reference(20.0, 10.0, 12.0, 8.0, 0.5)
#           pre 30, post 15, r = .84: e = 4, sqrt(2) e = 5.657, s sqrt(1 - r^2) = 5.426
#           regressed score .84 x 10 + 20 = 28.4


@pytest.mark.parametrize(
    ("method", "index"),
    [
        ("JT", -15 / 5.65685),
        ("GLN", (-5 - 8.4) / 5.42586),
        ("HLL", (3 - 8.4) / 5.42586),
        ("EN", (15 - 28.4) / 4),
        ("NK", (15 - 28.4) / np.sqrt(0.84**2 * 16 + 100 * 0.16)),
        # r1 = .84, r2 = 1 - 16/64 = .75; R = (84 + 48 - 80) / (100 + 64 - 80) = .61905
        ("HA", (-15 * 0.619048 - 8 * 0.380952) / (np.sqrt(0.619048) * 5.656854)),
    ],
)
def test_index_of_each_method(method: str, index: float) -> None:
    found, _ = reliable_index(np.array([30.0]), np.array([15.0]), KNOWN, method, 0.84)
    assert found[0] == pytest.approx(index, rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "better", "cutoff"),
    [
        # CORE-10: clinical 19.7 (7.7), general 4.7 (4.8)
        ("a", "lower", 19.7 - 2 * 7.7),
        ("b", "lower", 4.7 + 2 * 4.8),
        ("c", "lower", 10.46),  # published as 11
        ("a", "higher", 19.7 + 2 * 7.7),
        ("b", "higher", 4.7 - 2 * 4.8),
    ],
)
def test_cutoffs(kind: str, better: str, cutoff: float) -> None:
    found = set_cutoff(kind, Reference(19.7, 7.7, 0, 1, 0), Population(4.7, 4.8), -1 if better == "lower" else 1)
    assert found.value == pytest.approx(cutoff, abs=0.005)


def test_cutoff_b_uses_the_functional_spread() -> None:
    """clinicalsignificance takes the clinical SD instead: 4.7 + 2 x 7.7 = 20.1."""
    given = Reference(19.7, 7.7, 0, 1, 0), Population(4.7, 4.8), -1
    assert set_cutoff("b", *given).value == pytest.approx(14.3)
    assert set_cutoff("b", *given, replicate="clinicalsignificance").value == pytest.approx(20.1)


@pytest.mark.parametrize(
    ("pre", "post", "wanted"),
    [
        # reference: mean 20, SD 10; r .84, so 11.09 points are reliable; cut-off c with 8 (6) is (10 x 8 + 6 x 20) / 16 = 12.5
        (30, 10, "recovered"),
        (40, 20, "improved"),
        (30, 25, "unchanged"),
        (20, 35, "deteriorated"),
        (10, 30, "harmed"),
        (12.5, 30, "harmed"),  # on the cut-off before: not in the clinical range
        (25, 12.5, "improved"),  # on the cut-off after: not in the functional range
        (NONE, 10, None),
        (10, NONE, None),
    ],
)
def test_five_classes(pre: float, post: float, wanted: str | None) -> None:
    found = assess_change(pairs((pre, post), (20, 20)), reliability=0.84, functional=Population(8, 6), reference=KNOWN)
    assert classes(found)[0] == wanted


def test_a_change_of_exactly_the_critical_value_is_none() -> None:
    """Points: more than 5 counts. Anchor: 5 counts."""
    given = pairs((20, 15), (20, 14), (20, 25), (20, 26))
    assert classes(assess_points(given, points=5)) == ["unchanged", "improved", "unchanged", "deteriorated"]
    assert classes(assess_anchor(given, improvement=5)) == ["improved", "improved", "deteriorated", "deteriorated"]
    assert classes(assess_anchor(given, improvement=5, deterioration=6)) == ["improved", "improved", "unchanged", "deteriorated"]


@pytest.mark.parametrize(
    ("pre", "post", "lower_better", "higher_better"),
    [
        (20, 10, "improved", "deteriorated"),
        (20, 11, "unchanged", "unchanged"),
        (10, 15, "deteriorated", "improved"),
        (0, 5, "deteriorated", "improved"),  # from nothing any rise is infinite
        (0, 0, "unchanged", "unchanged"),
    ],
)
def test_percentage(pre: float, post: float, lower_better: str, higher_better: str) -> None:
    """Half of the score before. clinicalsignificance calls a rise from zero improved whatever the direction."""
    given = pairs((pre, post), (20, 20))
    assert classes(assess_percentage(given, improvement=0.5))[0] == lower_better
    assert classes(assess_percentage(given, improvement=0.5, better="higher"))[0] == higher_better
    theirs = assess_percentage(given, improvement=0.5, replicate="clinicalsignificance")
    assert bool(theirs.improved[0]) == (lower_better == "improved" or (pre == 0 and post > 0))


@pytest.mark.parametrize(
    ("pre", "post", "ours", "theirs"),
    [
        # cut-off a of these clients: set by a reference of mean 20, SD 5: 10
        (20, 5, "improved", "improved"),
        (5, 20, "deteriorated", "deteriorated"),
        (10, 10, "unchanged", "deteriorated"),  # on the cut-off twice: nothing happened
        (10, 15, "unchanged", "deteriorated"),
        (20, 10, "unchanged", "unchanged"),
    ],
)
def test_crossing_alone(pre: float, post: float, ours: str, theirs: str) -> None:
    given, known = pairs((pre, post), (20, 20)), Reference(20, 5, 20, 5, 0.5)
    assert classes(assess_significance(given, reference=known))[0] == ours
    assert classes(assess_significance(given, reference=known, replicate="clinicalsignificance"))[0] == theirs


@pytest.mark.parametrize(
    ("phq9", "gad7", "outcomes"),
    [
        #                        caseness: start, end; recovery; reliable improvement, deterioration, recovery
        ((12, 5), (5, 4), (True, False, True, True, False, True)),  # a case by PHQ-9, 7 points better
        ((10, 9), (7, 7), (True, False, True, False, False, False)),  # below the line by one point: recovered, not reliably
        ((9, 9), (8, 3), (True, False, True, True, False, True)),  # a case by GAD-7 (8), 5 points better
        ((9, 9), (7, 7), (False, False, None, False, False, None)),  # never a case
        ((20, 14), (10, 14), (True, True, False, False, False, False)),  # one better by 6, one worse by 4: mixed
        ((12, 18), (10, 10), (True, True, False, False, True, False)),  # 6 points worse
        ((12, NONE), (10, 5), (None,) * 6),
    ],
)
def test_talking_therapies(phq9: tuple[float, float], gad7: tuple[float, float], outcomes: tuple[bool | None, ...]) -> None:
    found = assess_outcomes((pairs(phq9), pairs(gad7)), (Threshold(10, 6), Threshold(8, 4))).table().to_pylist()[0]
    assert tuple(found[name] for name in OUTCOMES) == outcomes


def test_talking_therapies_rates() -> None:
    """Recovery is of those who were cases at the start; change is of all."""
    first, second = pairs((12, 5), (12, 11), (9, 9), (3, 12)), pairs((5, 4), (9, 9), (7, 7), (2, 2))
    rates = assess_outcomes((first, second), (Threshold(10, 6), Threshold(8, 4))).summary()
    assert (rates["caseness_at_start"], rates["recovery"], rates["recovery_percent"]) == (2, 1, 50)
    assert (rates["reliable_improvement_percent"], rates["reliable_deterioration_percent"]) == (25, 25)


def test_groups_have_counts_of_their_own() -> None:
    found = assess_points(pair_columns([1, 2, 3, 4], [20, 20, 20, NONE], [5, 20, 5, 1], group=["b", "b", "a", "a"]), points=5)
    counts = {
        (row["group"], row["class"]): (row["n"], row["percent"], round(row["percent_of_all"], 1)) for row in found.summary().to_pylist()
    }
    assert counts["a", "improved"] == (1, 100.0, 33.3)
    assert counts["b", "improved"] == (1, 50.0, 33.3)


@pytest.mark.parametrize(
    ("after", "effect"),
    [
        # 5 clients from 20; differences -10 with little, some and much spread; threshold 7
        ((10, 10.5, 9.5, 10, 10), "matters"),
        ((7, 13, 8, 12, 10), "probably matters"),
        ((14, 15, 13, 14, 14), "significant, too small to matter"),
        ((10, 18, 14, 12, 16), "not significantly beyond the threshold"),
        ((5, 35, 20, 10, 30), "not significant"),
    ],
)
def test_whole_groups(after: tuple[float, ...], effect: str) -> None:
    assert change_within(pairs(*((20, a) for a in after)), threshold=7)[0].effect == effect
    mirrored = change_within(pairs(*((-20, -a) for a in after)), threshold=7, better="higher")
    assert mirrored[0].effect == effect


def test_groups_against_each_other() -> None:
    found = change_between([10, 12, 11, 30, 31, 29], ["x", "x", "x", "y", "y", "y"], threshold=7, reference="y")
    assert (found[0].group, found[0].reference, found[0].value, found[0].effect) == ("x", "y", pytest.approx(-19), "matters")


#
# Which scores are a pair
#


def test_times_that_are_numbers_need_no_naming() -> None:
    found = pair_rows(["a", "a"], [5, 2], [1.0, 2.0])
    assert (found.pre[0], found.post[0]) == (2.0, 1.0)


def test_words_need_naming() -> None:
    """By alphabet "post" would come before "pre": clinicalsignificance then swaps the two for everybody."""
    with pytest.raises(UsageError, match="words \\(post, pre\\)"):
        pair_rows(["a", "a"], ["pre", "post"], [2.0, 1.0])
    found = pair_rows(["a", "a"], ["pre", "post"], [2.0, 1.0], replicate="clinicalsignificance")
    assert (found.pre[0], found.post[0]) == (1.0, 2.0)


def test_before_may_lie_after() -> None:
    """Asked for pre 1 and post 0 we give them; clinicalsignificance sorts numbers whatever is asked."""
    given = (["a", "a"], [0, 1], [10.0, 20.0])
    assert pair_rows(*given, pre=1, post=0).pre[0] == 20.0
    assert pair_rows(*given, pre=1, post=0, replicate="clinicalsignificance").pre[0] == 10.0


def test_a_first_client_without_a_row_before_turns_nothing_round() -> None:
    given = (["a", "b", "b"], [1, 0, 1], [5.0, 10.0, 20.0])
    assert pair_rows(*given, pre=0, post=1).pre[1] == 10.0
    assert pair_rows(*given, pre=0, post=1, replicate="clinicalsignificance").pre[1] == 20.0


def test_first_and_last() -> None:
    """The first and last known score; a client with one score has no last."""
    found = pair_first_last(["a", "a", "a", "b", "b"], [3, 1, 2, 1, 2], [7.0, NONE, 5.0, 4.0, NONE])
    np.testing.assert_array_equal(found.pre, [5.0, 4.0])
    np.testing.assert_array_equal(found.post, [7.0, NONE])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pair_columns(["a", "a"], [1, 2], [1, 2]), r"1 ids are repeated \(a\)"),
        (lambda: pair_rows(["a", "a", "a"], [0, 0, 1], [1, 2, 3], pre=0, post=1), "one row at the time 0"),
        (lambda: pair_rows(["a", "a", "a"], [0, 1, 2], [1, 2, 3]), "There are 3 times"),
        (lambda: pair_rows(["a", "a"], [0, 1], [1, 2], pre=0, post=7), "No row has the time after, 7"),
        (lambda: pair_rows(["a", "a"], [0, 1], [1, 2], pre=0), "or neither"),
        (lambda: pair_rows(["a", "a"], [0, 1], [1, 2], pre=0, post=1, group=["x", "y"]), "change group"),
        (lambda: assess_change(pairs((1, 2), (2, 3)), reliability=1.2), "between 0 and 1"),
        (lambda: assess_change(pairs((1, 2), (2, 3)), reliability=0.8, method="XX"), "choose one of JT"),
        (lambda: assess_change(pairs((1, 2), (2, 3)), reliability=0.8, method="HLM"), "long table"),
        (lambda: assess_change(pairs((1, 2)), reliability=0.8), "at least two are needed"),
        (lambda: assess_change(pairs((1, 2), (2, 3)), reliability=0.8, cutoff="b"), "needs the mean and SD"),
        (lambda: assess_change(pairs((1, 2), (2, 3)), reliability=0.8, better="up"), "choose lower or higher"),
        (lambda: assess_anchor(pairs((1, 2), (2, 3)), improvement=-5), "positive number of points"),
        (lambda: assess_percentage(pairs((1, 2), (2, 3)), improvement=0), "positive number"),
        (lambda: assess_points(pairs((1, 2), (2, 3)), points=0), "above 0"),
    ],
)
def test_what_cannot_be_asked(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=message):
        call()
