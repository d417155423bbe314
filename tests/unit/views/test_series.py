"""The answers under a card: which columns, how many sessions, and what is not known."""

from __future__ import annotations

import pytest

from andante.records import MeasureColumn
from andante.views.caseload import gather
from andante.views.series import series


def _case(made, client_id="a"):
    caseload = gather(*made.tables())
    (case,) = caseload.cases([caseload.find(client_id)])
    return case


def _lines(made, measures=()):
    case = _case(made)
    return series(case, case.findings()[0], measures)


def _raised(made, session, risk, *indicators, **given):
    """The last row, at which these indicators stand, the first strongest."""
    made.session("a", session, levels={risk: ("act", session, ";".join(indicators), 0.5)}, **given)
    for place, indicator in enumerate(indicators):
        made.detail("a", session, risk, indicator, "so it is", strength=0.9 - place / 10)
    return made


def test_the_last_eight_sessions_of_the_column_that_the_evidence_rests_on(tables):
    for session, heard in enumerate((10, 10, 10, 10, 9, 9, 8, None, 7, 7, 6), 1):
        tables.session("a", session, after_heard=heard)
    _raised(tables, 12, "trust", "heard_sinking", after_heard=8)
    assert _lines(tables) == ("Felt heard and respected, sessions 5 to 12: 9, 9, 8, –, 7, 7, 6, 8",)


def test_two_indicators_of_one_column_are_one_line_and_a_short_scale_is_said(tables):
    _raised(tables, 1, "trust", "heard_low", "heard_sinking", "choice_and_heard", after_heard=6, after_choice=1)
    assert _lines(tables) == (
        "Felt heard and respected, session 1: 6",
        "Could have said no, stopped or changed course (0 to 2), session 1: 1",
    )


def test_at_most_three_columns_and_no_flag_or_code(tables):
    given = {"consent": False, "trauma_work": True, "led_by": "therapist", "intensity": 8, "planned_intensity": 4}
    given |= {"before_ready": 3, "before_coping": 2}
    _raised(tables, 1, "ethics", "without_consent", "hard_with_low_coping", "done_unready", **given)
    assert _lines(tables) == (  # before_ready would be the fourth
        "How demanding the work was, session 1: 8",
        "How demanding the work was planned to be, session 1: 4",
        "Able to handle hard feelings today, session 1: 2",
    )


def test_what_is_only_shown_as_context_has_no_line(tables):
    """Feeling heard votes in trust; in withdrawal (disengagement) it is context."""
    _raised(tables, 1, "disengagement", "quiet_withdrawal", after_heard=9, before_ready=5)
    assert _lines(tables) == ()


def test_what_nobody_answered_has_no_line(tables):
    assert _lines(_raised(tables, 1, "trust", "heard_low")) == ()


def test_a_session_ahead_is_told_only_where_it_has_been_answered(waiting):
    waiting.readings[-1] |= {"distress_level": "watch", "distress_since": 8, "distress_evidence": "distress_rising;overwhelm_high"}
    for name in ("distress_rising", "overwhelm_high"):
        waiting.detail("a", 8, "distress", name, "so it is", strength=0.9 if name == "distress_rising" else 0.5)
    assert _lines(waiting) == (
        "How upset or tense right now, sessions 1 to 8: 3, 3, 3, 3, 3, 3, 3, 5",
        "Was it too much today, sessions 1 to 7: 5, 5, 5, 5, 5, 5, 5",
    )


def test_a_measure_is_told_by_its_own_column(tables):
    for session, score in enumerate((9, None, 15), 1):
        tables.session("a", session, phq9=score, gad7=3)
    tables.readings[-1] |= {"distress_level": "act", "distress_since": 3, "distress_evidence": "reliably_worse"}
    tables.detail("a", 3, "distress", "reliably_worse", "Depression (PHQ-9): worse by 6 points (6 is reliable)", source="measure")
    assert _lines(tables) == ("Depression (PHQ-9), sessions 1 to 3: 9, –, 15",)


def test_a_services_own_measure_is_told_too(tables):
    tables.session("a", 1, levels={"distress": ("act", 1, "reliably_worse", 0.5)})
    tables.detail("a", 1, "distress", "reliably_worse", "Our scale: worse by 6 points", source="measure")
    case = _case(tables)
    case.sessions[0]["own"] = 4.5
    assert series(case, case.findings()[0], (MeasureColumn("own", 0, 10, "lower", 2.0, label="Our scale"),)) == (
        "Our scale, session 1: 4.5",
    )
    assert series(case, case.findings()[0]) == ()


@pytest.mark.parametrize(("first", "said"), [(1, "sessions 1 to 2"), (None, "the last 2 sessions")])
def test_sessions_without_a_number_are_counted(tables, first, said):
    tables.session("a", 1, after_heard=9)
    case = _case(_raised(tables, 2, "trust", "heard_low", after_heard=6))
    case.readings[0]["session"] = first
    assert series(case, case.findings()[0]) == (f"Felt heard and respected, {said}: 9, 6",)
