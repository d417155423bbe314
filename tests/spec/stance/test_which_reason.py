"""Of several reasons that hold, which is told: each history has more than one."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

CALM_TABLE = """
    session          1  2  3  4  5  6  7  8
    before_distress  5  4  5  4  5  4  5  4
    after_helpful    7  8  7  8  7  8  7  8
    before_ready     7  8  7  8  7  8  7  8
"""


def test_a_breach_that_was_not_talked_about_is_told_before_a_later_line() -> None:
    s = after_calm("""
        session            7          8  9
        consent            no         .  .
        intensity          8          .  .
        planned_intensity  8          .  .
        led_by             therapist  .  .
        after_overwhelm    3          3  9
    """)
    assert s.why(9).startswith("Ease: challenging work without consent")


def test_to_ease_the_reason_is_a_risk_that_eases() -> None:
    """Ethics and trust are acts; of the two only the first asks for easing, though a line of the other was crossed."""
    s = after_calm("""
        session            7  8
        before_ready       2  2
        planned_intensity  4  4
        intensity          9  9
        after_heard        4  3
    """)
    assert s.level("trust", 8) == s.level("ethics", 8) == "act"
    assert "willingness was 2" in s.why(8)
    assert "felt heard" not in s.why(8)


def test_limits_touched_again_and_again_are_a_no_not_heard() -> None:
    assert after_calm("session  7 8 9\nlimits_touched  1 1 1").why(9).startswith("Stop and talk: ")


def test_too_slow_and_slipping_away_by_two_facts_is_told_as_missing() -> None:
    s = after_calm("""
        session         3        4
        attendance      missed   missed
        absence_reason  unknown  unknown
        after_pace      -1       -1
        between_used    2        0
    """)
    assert "talk about what is missing, never less work" in s.why(4)


def test_with_too_little_to_judge_what_has_been_so_again_and_again_is_told_with_its_words() -> None:
    s = story("session  1 2 3 4 5 6 7\nbefore_open  2 2 2 2 2 2 .\nafter_helpful  7 8 7 8 7 8 7")
    assert s.why(7).startswith(
        "Not enough to say yet; of what there is, take note: something from last time is still bothering a lot (last time); 2 of 10"
    )


def test_days_of_a_dangerous_way_of_coping_are_told_since_when() -> None:
    s = after_calm("session  7 8 9\nold_coping_risky  yes . .\nbetween_old_coping  0 2 .")
    assert s.why(8).endswith("open since session 8. Before: Go on.")
    assert s.why(9).endswith("open since session 8.")


def test_deepen_counts_the_sessions_where_they_have_no_numbers() -> None:
    s = story("""
        session          1  2  3   4   .
        day              0  7  14  21  28
        before_distress  5  4  5   4   5
        after_heard      9  8  9   8   9
        after_choice     2  2  1   2   2
        client_wish      .  .  1   .   1
    """)
    assert s.stances()[-1] == "deepen"
    assert "deepen" not in s.stances()[:3]  # the first three are to get to know each other


def test_what_is_fixed_is_told_from_the_first_sessions_on() -> None:
    s = story("session  1 2\nbefore_open  . 2\nbefore_distress  5 4\nafter_helpful  7 8\nbefore_ready  7 8")
    assert s.why(2).startswith("Go on, and take note: something from last time is still bothering a lot")


@pytest.mark.parametrize(("intrusions", "told"), [(10, True), (9, False)])
def test_what_is_unusual_is_told_from_two_and_a_half_standard_deviations_on(intrusions: int, told: bool) -> None:
    """In the calm weeks 10 is 2.6 SDs above what is usual, and 9 is 2.3."""
    assert ("unwanted memories" in after_calm(f"session  7\nbetween_intrusions  {intrusions}").why(7)) == told


def test_willing_and_light_is_asked_about_past_a_session_that_was_not_rated() -> None:
    s = after_calm("session  7 8 9 10 11\nbefore_ready  8 8 . 8 8\nplanned_intensity  2 2 . 2 2\nintensity  2 2 . 2 2")
    assert "are we both avoiding something?" in s.why(11)


def test_where_more_than_slipping_away_is_raised_that_is_told_first() -> None:
    s = after_calm("session  7 8 9\nafter_pace  -2 -2 -2\nafter_return  6 5 3")
    assert s.why(9).startswith("Go on, and keep an eye on it: wants to come back less")
    assert "The client finds it too slow: talk about what is missing." in s.why(9)


def test_a_ledger_that_shows_a_little_is_not_told() -> None:
    s = story(CALM_TABLE + "    topics_open      4  6  5  4  6  5  7  6\n")
    assert s.why(7).startswith("Go on: nothing stands out")


def test_of_two_that_have_been_so_equally_long_the_first_is_told() -> None:
    s = story(CALM_TABLE + "    after_pace       1  1  1  1  1  1  1  1\n    before_open      2  2  2  2  2  2  2  2\n")
    assert "the pace was a bit too fast again" in s.why(7)


def test_who_always_finds_it_far_too_slow_may_still_go_deeper() -> None:
    """What a pace is called tells of the work, not of a way of answering."""
    s = story("""
        session          1   2   3   4   5   6   7
        before_distress  5   4   5   4   5   4   5
        after_heard      9   8   9   8   9   8   9
        after_choice     2   2   2   1   2   2   2
        after_helpful    7   8   7   8   7   8   7
        after_pace       -2  -2  -2  -2  -2  -2  -2
    """)
    assert s.stances()[-1] == "deepen"
