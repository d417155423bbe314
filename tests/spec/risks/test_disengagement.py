"""Disengagement: is the client slipping away? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import after_calm, story

CASES = cases(
    """
        missed_after_strain      | attendance attended missed; after_overwhelm 8 .
        missed_after_strain      | attendance attended missed; after_heard 4 .
        missed_after_strain      | attendance attended attended missed; after_overwhelm 8 . .; after_heard 8 . .
        not missed_after_strain  | attendance attended attended missed; after_overwhelm 8 3 .
        missed_after_strain      | attendance attended missed; client_slow 1 .
        missed_after_strain      | attendance attended missed; stops_overridden 1 .
        missed_after_strain      | attendance attended cancelled_by_client; after_overwhelm 8 .; absence_reason . unknown
        not missed_after_strain  | attendance attended missed; after_overwhelm 8 .; absence_reason . ill
        not missed_after_strain  | attendance attended missed; after_overwhelm 8 .; absence_reason . practical
        not missed_after_strain  | attendance attended cancelled_by_service; after_overwhelm 8 .
        not missed_after_strain  | attendance attended missed; after_overwhelm 7 .
        missed_often             | attendance missed missed
        missed_often             | attendance missed attended missed
        not missed_often         | attendance missed
        not missed_often         | attendance missed attended attended missed
        not missed_often         | attendance missed missed; absence_reason ill ill
        not missed_often         | attendance missed missed attended
        late_often               | attendance late late
        late_often               | attendance late attended late
        not late_often           | attendance late attended attended late
        checkins_unanswered      | checkin_after unanswered unanswered unanswered
        not checkins_unanswered  | checkin_after unanswered
        checkins_often_unanswered      | checkin_after unanswered unanswered answered unanswered unanswered
        not checkins_often_unanswered  | checkin_after unanswered unanswered answered answered
        not checkins_unanswered  | checkin_after declined declined declined declined
        not checkins_unanswered  | checkin_after not_offered not_offered not_offered; after_heard . . .; after_helpful . . .
        readiness_below_usual    | before_ready 8 8 8 8 8 8 4
        not readiness_below_usual| before_ready 8 8 8 8 8 8 7
        return_below_usual       | after_return 9 9 9 9 9 9 5
        not return_below_usual   | after_return 9 9 9 9 9 9 8
        use_below_usual          | between_used 6 6 6 6 6 6 1
        not use_below_usual      | between_used 6 6 6 6 6 6 5
        readiness_falling        | before_ready 3 3 3
        not readiness_falling    | before_ready 7 6 7
        return_falling           | after_return 4 4 4
        use_falling              | between_used 0 0 0
        quiet_withdrawal         | before_ready 4 4 4; after_return 5 5 5
        not quiet_withdrawal     | before_ready 4 4 4; after_return 5 5 5; after_heard 9 9 5
        not quiet_withdrawal     | before_ready 4 4 4
        dread                    | planned_intensity 7 4 7 4 7; before_distress 9 4 9 4 9
        dread                    | planned_intensity 7 4 7 4 7 4 7 4 7 4 7; before_distress 9 4 9 4 9 4 9 4 9 4 9
        not dread                | planned_intensity 7 4 7 4 7; before_distress 5 5 5 5 5
        not dread                | planned_intensity 7 4 7 4 4; before_distress 9 4 9 4 9
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("disengagement")


def test_dread_does_not_fade_because_it_has_become_usual() -> None:
    """Every second session is demanding, and met with distress of 8 instead of 3, for twenty weeks."""
    numbers = range(1, 21)
    rows = {"session": numbers, "before_distress": [3 + 5 * (n % 2 == 0) for n in numbers], "before_ready": [7 + n % 2 for n in numbers]}
    rows["planned_intensity"] = rows["before_distress"]
    s = story("\n".join(f"{name}  " + " ".join(map(str, cells)) for name, cells in rows.items()))
    for session in (8, 14, 20):
        assert s.level("disengagement", session) in ("watch", "act")
        assert "dread" in s.evidence("disengagement", session)


def test_who_stayed_away_is_told_with_why() -> None:
    hard = after_calm("session  7  8\nattendance  attended  missed\nafter_overwhelm  8  .")
    assert "stayed away after a session that was too much, or hurt, or in which they asked to slow down" in hard.says("disengagement", 8)
    said = after_calm("session  7  8\nattendance  attended  missed\nabsence_reason  .  about_therapy")
    assert "stayed away because of the therapy" in said.why(8)


def test_who_comes_back_and_answers_no_check_in_has_not_answered_why_they_stayed_away() -> None:
    """Two of three missed stands through a session that the client attended in silence; the first answers end it."""
    weeks = "session  7 8 9 10\nattendance  missed missed attended attended\ncheckin_before  . . unanswered answered\n"
    s = after_calm(weeks + "checkin_after  . . unanswered answered")
    assert s.from_session("disengagement", 8)[:2] == ["watch", "watch"]
    assert "missed_often" in s.evidence("disengagement", 9)
    assert "missed_often" not in s.evidence("disengagement", 10)


def test_a_reason_about_therapy_is_told_before_the_session_that_went_before() -> None:
    s = after_calm("session  7 8\nafter_overwhelm  9 .\nattendance  attended cancelled_by_client\nabsence_reason  . about_therapy")
    assert "stayed away because of the therapy" in s.says("disengagement", 8)
