"""Unknown is said openly: never enough, only uninformative streams, or nothing for three attended sessions."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

from andante.risks import NAMES

QUESTIONS = {  # a column that answers a risk's own questions
    "distress": "after_overwhelm  3  4  3",
    "retraumatization": "pcl5  40  41  40",
    "disengagement": "before_ready  7  8  7",
    "trust": "after_heard  9  8  9",
    "integration": "after_sense  7  8  7",
    "boundaries": "after_choice  2  2  2",
    "experience": "after_helpful  7  8  7",
    "regression": "between_old_coping  1  0  1",
    "unfinished": "before_open  0  1  0",
    "ethics": "consent  yes  yes  yes",
}


@pytest.mark.parametrize("risk", NAMES)
def test_an_answer_to_its_own_question_makes_a_risk_quiet_and_the_others_stay_unknown(risk: str) -> None:
    s = story("session  1  2  3\n" + QUESTIONS[risk])
    assert s.level(risk, 3) == "quiet"
    for other in set(NAMES) - {risk} - ({"disengagement", "ethics"} if risk in ("disengagement", "ethics") else set()):
        assert s.level(other, 3) == "unknown", other


@pytest.mark.parametrize("risk", NAMES)
def test_without_any_answer_every_risk_is_unknown(risk: str) -> None:
    s = story("""
        session            1  2  3  4
        planned_intensity  3  4  4  3
    """)
    assert s.level(risk, 4) == "unknown"
    assert s.rows[4][f"{risk}_score"] is None
    assert s.evidence(risk, 4) == []
    assert s.stance(4) == "unknown"


def test_one_depression_measure_judges_distress_alone() -> None:
    s = story("""
        session  1   2   3   4
        bdi      24  22  20  19
    """)
    assert [risk for risk in NAMES if s.level(risk, 4) != "unknown"] == ["distress"]
    assert s.rows[4]["judged"] == 1


@pytest.mark.parametrize(
    ("column", "end", "risk"),
    [
        ("after_heard", 10, "trust"),
        ("after_heard", 0, "trust"),
        ("srs", 40, "trust"),
        ("wai_sr", 60, "trust"),
        ("phq9", 0, "distress"),
        ("after_overwhelm", 0, "distress"),
        ("after_sense", 10, "integration"),
        ("before_ready", 10, "ethics"),
        ("between_old_coping", 0, "regression"),
    ],
)
def test_a_rating_that_never_leaves_one_end_cannot_be_quiet(column: str, end: int, risk: str) -> None:
    """Six answers or more at one end, good or bad, say nothing."""
    s = story(f"""
        session   1      2      3      4      5      6      7      8
        {column}  {end}  {end}  {end}  {end}  {end}  {end}  {end}  {end}
    """)
    assert s.level(risk, 5) != "unknown"
    assert s.level(risk, 6) != "quiet"
    assert s.level(risk, 8) != "quiet"


@pytest.mark.parametrize(("column", "worst", "best"), [("before_distress", 10, 0), ("before_wellbeing", 0, 10), ("phq9", 27, 0)])
def test_what_is_always_the_worst_is_not_quiet_because_something_else_is_well(column: str, worst: int, best: int) -> None:
    """Overwhelm moves between 1 and 2, and says nothing of why the distress before each session is 10 of 10."""
    calm = "after_overwhelm  1  2  1  2  1  2  1  2"
    bad = story(f"""
        session          1  2  3  4  5  6  7  8
        {calm}
        {column}         {worst}  {worst}  {worst}  {worst}  {worst}  {worst}  {worst}  {worst}
    """)
    good = story(f"""
        session          1  2  3  4  5  6  7  8
        {calm}
        {column}         {best}  {best}  {best}  {best}  {best}  {best}  {best}  {best}
    """)
    assert bad.level("distress", 5) == "quiet"
    assert "quiet" not in bad.levels("distress")[5:]
    assert good.levels("distress") == 8 * ["quiet"]


def test_who_never_practices_between_sessions_can_be_quiet_all_the_same() -> None:
    """Nothing may have been agreed: no day of it is no rating of how somebody is."""
    s = story("""
        session        1  2  3  4  5  6  7  8
        between_used   0  0  0  0  0  0  0  0
        before_ready   7  8  7  8  7  8  7  8
        after_return   8  9  8  9  8  9  8  9
    """)
    assert s.level("disengagement", 8) == "quiet"


def test_one_answer_off_the_end_makes_the_rating_speak_again() -> None:
    s = story("""
        session      1   2   3   4   5   6   7   8
        after_heard  10  10  10  10  10  10  10  9
    """)
    assert s.levels("trust")[5:] == ["unknown", "unknown", "quiet"]


def test_a_scale_of_three_steps_may_stay_at_its_end() -> None:
    s = story("""
        session       1  2  3  4  5  6  7  8
        after_choice  2  2  2  2  2  2  2  2
    """)
    assert s.level("boundaries", 8) == "quiet"


def test_nothing_for_three_attended_sessions_is_unknown() -> None:
    s = after_calm(
        """
        session        7  8  9  10
        after_heard    .  .  .  9
        """
    )
    assert s.from_session("trust", 7) == ["quiet", "quiet", "unknown", "quiet"]


def test_missed_sessions_do_not_count_among_the_three() -> None:
    s = after_calm("""
        session         7         8       9       10      11
        attendance      attended  missed  missed  missed  attended
        absence_reason  .         ill     ill     ill     .
        after_heard     .         .       .       .       .
    """)
    assert s.from_session("trust", 7) == 5 * ["quiet"]


def test_quiet_needs_an_answer_to_the_risks_own_questions() -> None:
    """Feeling heard says nothing of trauma symptoms, and attendance nothing of trust."""
    s = story("""
        session      1         2         3
        attendance   attended  attended  attended
        after_heard  9         8         9
    """)
    assert s.level("retraumatization", 3) == "unknown"
    assert s.level("regression", 3) == "unknown"
    assert s.level("disengagement", 3) == "quiet"


def test_what_was_raised_stands_even_where_nothing_is_answered_any_more() -> None:
    s = after_calm("""
        session      7  8  9  10  11  12
        after_heard  4  4  .  .   .   .
    """)
    assert s.from_session("trust", 8) == 5 * ["act"]
