"""# Scoring

Answers to items become scores. Every expected number is a sum done by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures import catalogue
from andante.measures.scoring import find_bands, score_answers

NONE = float("nan")


def score(name: str, *answers: float) -> dict[str, object]:
    return score_answers(catalogue()[name], [answers]).table().to_pylist()[0]


@pytest.mark.parametrize(
    ("name", "answers", "scores"),
    [
        ("phq9", (1, 2, 3, 0, 1, 2, 3, 0, 0), {"phq9": 12, "phq9_band": "moderate", "safety": False}),
        ("gad7", (1, 1, 1, 1, 1, 1, 1), {"gad7": 7, "gad7_band": "mild"}),
        # items 2 and 3 turned round (4 - answer): 0 + 4 + 4 + 0 ... = 8
        ("core10", (0,) * 10, {"core10": 8, "core10_band": "low", "safety": False}),
        ("core10", (4,) * 10, {"core10": 32, "safety": True}),
        # 8 turned items of 34 at 0: 8 x 4 / 34 x 10 = 9.41; risk: none turned
        ("core_om", (0,) * 34, {"core_om": 10 * 32 / 34, "core_om_risk": 0, "core_om_wellbeing": 10 * 8 / 4}),
        ("who5", (5, 5, 5, 5, 5), {"who5": 100}),
        ("who5", (3, 2, 2, 2, 1), {"who5": 40}),
        ("k10", (1,) * 10, {"k10": 10, "k10_band": "likely well"}),
        ("k10", (5,) * 10, {"k10": 50, "k10_band": "likely severe"}),
        ("dass21", (1,) * 21, {"dass21": 42, "dass21_depression": 14, "dass21_depression_band": None}),
        ("pcl5", (4,) * 5 + (0,) * 15, {"pcl5": 20, "pcl5_intrusions": 20, "pcl5_avoidance": 0}),
        ("wai_sr", (5,) * 12, {"wai_sr": 60, "wai_sr_goal": 20, "wai_sr_task": 20, "wai_sr_bond": 20}),
        ("srs", (9.5, 8.25, 10, 7.5), {"srs": 35.25}),
        ("wsas", (8, 8, 8, 8, 8), {"wsas": 40}),
        # nine turned items at 0 count 4 each: 13, 24, 31 are of distress, 1, 20, 37, 43 of relationships, 12, 21 of role
        ("oq45", (0,) * 45, {"oq45": 36, "oq45_distress": 12, "oq45_relationships": 16, "oq45_role": 8}),
        ("audit_c", (4, 4, 4), {"audit_c": 12}),
        ("pc_ptsd5", (1, 1, 1, 0, 0), {"pc_ptsd5": 3}),
    ],
)
def test_totals_and_subscales(name: str, answers: tuple[float, ...], scores: dict[str, object]) -> None:
    found = score(name, *answers)
    for column, wanted in scores.items():
        if wanted is not None:
            assert found[column] == pytest.approx(wanted) if isinstance(wanted, float) else found[column] == wanted


@pytest.mark.parametrize(
    ("name", "answers", "total", "filled"),
    [
        ("phq9", (1, 2, 3, 0, 1, 2, 3, 0, NONE), 12 * 9 / 8, 1),  # one of nine: the person's own mean
        ("phq9", (1, NONE, 3, NONE, 1, 2, 3, 0, 0), 10 * 9 / 7, 2),  # two: still
        ("phq9", (1, NONE, 3, NONE, 1, NONE, 3, 0, 0), None, 0),  # three: no total
        ("gad7", (NONE,) * 7, None, 0),
        ("who5", (5, 5, 5, 5, NONE), None, 0),  # five items: all are needed
        ("core_om", (NONE,) * 3 + (1,) * 31, 10 * (24 + 7 * 3) / 31, 3),  # item 3 is turned and missing: 7 of 31 turned
    ],
)
def test_missing_answers(name: str, answers: tuple[float, ...], total: float | None, filled: int) -> None:
    found = score(name, *answers)
    assert found[name] == (pytest.approx(total) if total is not None else None)
    assert found["filled_items"] == filled
    assert found["missing_items"] == int(np.isnan(answers).sum())


@pytest.mark.parametrize(
    ("answer", "safety"),
    [(0, False), (1, True), (3, True), (NONE, None)],
)
def test_a_safety_item_is_told_outside_all_totals(answer: float, safety: bool | None) -> None:
    """PHQ-9 item 9 above 0; not answered is not "no"."""
    assert score("phq9", *(0,) * 8, answer)["safety"] is safety


@pytest.mark.parametrize(
    ("answers", "ptsd", "complex_ptsd"),
    [
        #  re-experiencing, avoidance, threat, impairment of PTSD; then affect, self, relations, impairment
        ((2, 0, 2, 0, 2, 0, 2, 0, 0) + (0,) * 9, True, False),
        ((2, 0, 2, 0, 2, 0, 2, 0, 0, 2, 0, 0, 2, 2, 0, 0, 0, 2), False, True),  # complex PTSD rules PTSD out
        ((2, 0, 2, 0, 1, 1, 2, 0, 0) + (2,) * 9, False, False),  # no threat: neither
        ((2, 0, 2, 0, 2, 0, 0, 0, 0) + (2,) * 9, False, False),  # no impairment
        ((2, 0, 2, 0, NONE, 1, 2, 0, 0) + (0,) * 9, None, False),  # the missing answer decides
        ((2, 0, 2, 0, NONE, 2, 2, 0, 0) + (0,) * 9, True, False),  # it does not
        ((2, 0, 2, 0, 2, 0, 2, 0, 0, 2, 0, NONE, 0, 2, 0, 2, 0, 0), None, None),  # PTSD or complex PTSD: open
    ],
)
def test_rules_of_the_itq(answers: tuple[float, ...], ptsd: bool | None, complex_ptsd: bool | None) -> None:
    found = score("itq", *answers)
    assert (found["itq_ptsd_criteria"], found["itq_complex_criteria"]) == (ptsd, complex_ptsd)


@pytest.mark.parametrize(
    ("total", "band"), [(0, "minimal"), (4, "minimal"), (5, "mild"), (9.9, "mild"), (10, "moderate"), (27, "severe"), (NONE, None)]
)
def test_bands_begin_at_their_first_score(total: float, band: str | None) -> None:
    assert find_bands(catalogue()["phq9"].total, np.array([total])) == [band]


def test_answers_that_are_not_allowed() -> None:
    with pytest.raises(UsageError, match=r"2 answers are not allowed in PHQ-9; the first: row 1, item 2, 4. Allowed: 0, 1, 2, 3"):
        score("phq9", 0, 4, 0, 0, 1.5, 0, 0, 0, 0)
    with pytest.raises(UsageError, match="any number from 0 to 10"):
        score("srs", 9.5, 8.25, 10, 10.1)
    with pytest.raises(UsageError, match="has 7 items"):
        score("gad7", 1, 2)
