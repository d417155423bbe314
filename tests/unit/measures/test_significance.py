"""Cut-offs and Hageman & Arrindell's method: figures that leave nothing to judge by are refused, never "unchanged" for everybody."""

from __future__ import annotations

import re

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures.change import CLASSES, Change, assess_change, assess_significance
from andante.measures.pairs import Pairs
from andante.measures.significance import Population, Reference, set_cutoff

NONE = float("nan")
KNOWN = Reference(20.0, 10.0, 12.0, 8.0, 0.5)


def pairs(pre: list[float], post: list[float]) -> Pairs:
    return Pairs(np.arange(len(pre)), np.array(pre, float), np.array(post, float))


def classes(found: Change) -> list[str | None]:
    return [None if code < 0 else CLASSES[code] for code in found.code]


@pytest.mark.parametrize(
    ("kind", "functional", "reference", "message"),
    [
        ("d", Population(5, 4), KNOWN, "Unknown cut-off 'd': choose a, b or c."),
        ("b", None, KNOWN, "Cut-off b needs the mean and SD of the functional population; cut-off a does without."),
        ("c", Population(NONE, 4), KNOWN, "The mean of the functional population is nan; it must be a number."),
        ("c", Population(float("inf"), 4), KNOWN, "The mean of the functional population is inf; it must be a number."),
        ("c", Population(5, 0), KNOWN, "The SD of the functional population is 0; it must be a number above 0."),
        ("c", Population(5, NONE), KNOWN, "The SD of the functional population is nan; it must be a number above 0."),
        ("b", Population(5, float("inf")), KNOWN, "The SD of the functional population is inf; it must be a number above 0."),
        (
            "c",
            Population(5, 4),
            Reference(NONE, NONE, NONE, NONE, NONE),
            "Cut-off c needs the mean and SD of the clients before: at least two are needed, or those of a reference sample.",
        ),
    ],
)
def test_no_cutoff(kind: str, functional: Population | None, reference: Reference, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        set_cutoff(kind, reference, functional, -1)


ALIKE = (
    "Method HA finds no reliability of the difference where all scores before, all scores after or all changes are the same. "
    "To mend it: use method JT with the mean and SD of a reference sample."
)


@pytest.mark.parametrize(
    ("pre", "post", "reliability", "message"),
    [
        # SDs 10 and 9, correlation 1: the changes -7, -8, -9 have the variance 100 + 81 - 180 = 1. With r = .7 error alone gives
        # them 2 x 100 x .3 = 60, and R = (100 + 81 - 60 - 180) / 1 = -59.
        (
            [10, 20, 30],
            [3, 12, 21],
            0.7,
            "The reliability of the difference is -59, and method HA needs it above 0: these changes differ no more than error of "
            "measurement alone would make them. To mend it: use method JT, or check the reliability given.",
        ),
        ([20, 20, 20], [3, 12, 21], 0.7, ALIKE),
        ([10, 20, 30], [7, 7, 7], 0.7, ALIKE),
        ([10.1, 20.3, 30.7], [2.1, 12.3, 22.7], 0.7, ALIKE),
        ([10, 20, 30], [2, 12, 22], 1, ALIKE),
    ],
)
def test_no_reliability_of_the_difference(pre: list[float], post: list[float], reliability: float, message: str) -> None:
    """It was the root of a negative number, and everybody unchanged."""
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        assess_change(pairs(pre, post), reliability=reliability, method="HA")


@pytest.mark.parametrize(
    ("post", "cutoff", "functional", "reliability", "message"),
    [
        # SD before 10, r = .8: an error of sqrt(20) = 4.47; scores after have an SD of 2
        (
            [8, 10, 12],
            "a",
            None,
            0.8,
            "The SD of the scores after is 2, no more than the error of measurement, 4.47: method HA finds no spread of true scores in it. "
            "To mend it: use method JT, or check the reliability given.",
        ),
        (
            [4, 12, 20],
            "c",
            Population(5, 3),
            0.8,
            "The SD of the functional population is 3, no more than the error of measurement, 4.47: method HA finds no spread of true "
            "scores in it. To mend it: use method JT, or check the reliability given.",
        ),
        ([4, 12, 20], "a", None, None, "Hageman and Arrindell's cut-off needs the reliability. To mend it: give it, or use method JT."),
    ],
)
def test_no_true_scores(post: list[float], cutoff: str, functional: Population | None, reliability: float | None, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        assess_significance(pairs([10, 20, 30], post), cutoff=cutoff, functional=functional, method="HA", reliability=reliability)


def test_cutoff_a_needs_no_functional_spread() -> None:
    """20 - 2 x 10 x sqrt(.8); of the functional population nothing is used."""
    found = set_cutoff("a", KNOWN, Population(5, 3), -1, true_reliability=0.8)
    assert found.value == pytest.approx(20 - 2 * 10 * 0.894427, abs=1e-5)


def test_crossing_by_true_scores_needs_both_scores_of_two() -> None:
    message = "1 clients have both scores: at least two are needed for their mean and SD."
    given = Reference(20, 10, NONE, NONE, NONE)
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        assess_significance(pairs([20], [5]), method="HA", reliability=0.8, reference=given)


def test_without_an_index_there_is_no_class() -> None:
    """HLL by a measure without error: everybody changes by the mean change of -5, and 0 / 0 says nothing of it."""
    found = assess_change(pairs([10, 20, 30], [5, 15, 25]), reliability=1, method="HLL")
    assert classes(found) == [None, None, None]
    assert found.table()["class"].to_pylist() == [None, None, None]
    assert [(row["n"], row["percent"]) for row in found.summary().to_pylist()] == [(0, None)] * 3


def test_without_error_no_change_is_unchanged() -> None:
    """0 / 0 where the two scores are the same; any other change is beyond an error of nothing."""
    assert classes(assess_change(pairs([10, 20, 30], [10, 19, 31]), reliability=1)) == ["unchanged", "improved", "deteriorated"]
    assert classes(assess_change(pairs([20, 20], [20, 10]), reliability=0.8)) == ["unchanged", "improved"]


def test_a_reference_that_is_not_known_judges_nobody() -> None:
    found = assess_change(pairs([10, 20], [5, 25]), reliability=0.8, reference=Reference(NONE, NONE, NONE, NONE, NONE))
    assert classes(found) == [None, None]
