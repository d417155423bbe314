"""What the client puts down to life, not to the sessions, is a watch at most; absolute lines apart."""

from __future__ import annotations

from tests.spec.story import after_calm

BEREAVEMENT = """
    session           7    8    9    10   11
    before_distress   9    10   9    8    7
    before_wellbeing  1    1    1    2    3
    before_coping     3    2    3    3    4
    between_peak      10   10   10   9    8
    between_settle    5    6    5    4    3
    phq9              12   22   23   22   20
    between_from      {a}  {a}  {a}  {a}  {a}
"""


def test_a_bereavement_is_a_watch_at_most() -> None:
    s = after_calm(BEREAVEMENT.format(a=0))
    assert s.from_session("distress", 7) == 5 * ["watch"]
    assert all("act" not in s.raised(session).values() for session in range(7, 12))
    assert "ease" not in s.stances()


def test_the_same_put_down_to_the_sessions_is_an_act() -> None:
    s = after_calm(BEREAVEMENT.format(a=2))
    assert "act" in s.from_session("distress", 7)


def test_put_down_to_both_is_not_put_down_to_life() -> None:
    s = after_calm(BEREAVEMENT.format(a=1))
    assert "act" in s.from_session("distress", 7)


def test_what_is_said_once_goes_on_while_the_hard_time_does() -> None:
    """Asked only after a bad week: an empty answer does not turn a bereavement into the work of the sessions."""
    s = after_calm(BEREAVEMENT.replace("{a}  {a}  {a}  {a}  {a}", "0    .    .    .    ."))
    assert "act" not in s.from_session("distress", 7)


def test_an_absolute_line_stands_beside_it() -> None:
    s = after_calm("""
        session         7   8
        between_settle  7   7
        between_from    0   0
    """)
    assert s.from_session("distress", 7) == ["watch", "act"]


def test_not_being_heard_is_not_put_down_to_life() -> None:
    s = after_calm("""
        session       7  8  9
        after_heard   5  5  5
        between_from  0  0  0
    """)
    assert "act" in s.from_session("trust", 7)


def test_days_until_settled_put_down_to_life_week_after_week_are_no_act_because_a_line_is_crossed_once() -> None:
    s = after_calm("session  7 8 9 10 11 12\nbetween_settle  5 5 5 5 5 7\nbetween_from  0 0 0 0 0 0")
    assert s.level("distress", 12) == "watch"
    assert "settle_line_crossed" in s.evidence("distress", 12)
    of_the_sessions = after_calm("session  7 8 9 10 11 12\nbetween_settle  5 5 5 5 5 5\nbetween_from  2 2 2 2 2 2")
    assert of_the_sessions.level("distress", 12) == "act"


def test_the_heat_of_a_session_after_a_week_put_down_to_life_is_not_said_to_be_put_down_itself() -> None:
    """What the client was asked is where the hard part of the week came from, not what made the session too much."""
    s = after_calm("session  7  8\nafter_overwhelm  2  9\nbetween_from  .  0")
    assert s.level("distress", 8) == "watch"
    assert "(after a week that the client puts down to life)" in s.why(8)
    assert "puts it down" not in s.why(8)


def test_the_reason_says_that_the_client_puts_it_down_to_life() -> None:
    s = after_calm("session  7  8  9\nbetween_settle  1  7  7\nbetween_from  .  0  2")
    assert "not settled after a whole week (the client puts it down to life)" in s.why(8)
    assert "life" not in s.why(9)
