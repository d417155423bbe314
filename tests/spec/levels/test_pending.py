"""A session still ahead: its before-answers are there, nothing that only a held session can have is."""

from __future__ import annotations

from tests.spec.story import after_calm, story


def test_it_never_counts_as_unanswered() -> None:
    """Everything after the session is empty: that is no silence."""
    s = after_calm("session  7  8\nbefore_distress  5  5", pending=True)
    assert s.level("disengagement", 8) == "quiet"
    assert s.evidence("disengagement", 8) == []


def test_it_is_no_session_without_an_answer() -> None:
    """Two sessions passed without a word on feeling heard; the one ahead is not the third."""
    s = after_calm("session  7  8  9\nafter_heard  .  .  .", pending=True)
    assert s.from_session("trust", 7) == ["quiet", "quiet", "quiet"]


def test_its_before_answers_count_at_once() -> None:
    s = after_calm("session  7  8\nbetween_settle  7  7", pending=True)
    assert s.from_session("distress", 7) == ["watch", "act"]


def test_a_press_of_the_brake_counts_at_once() -> None:
    s = after_calm("session  7  8\nclient_slow  0  1", pending=True)
    assert s.stance(8) == "hold"


def test_when_it_has_been_held_it_is_read_again() -> None:
    before = after_calm("session  7  8\nafter_heard  9  .", pending=True)
    after = after_calm("session  7  8\nafter_heard  9  4")
    assert before.level("trust", 8) == "quiet"
    assert after.level("trust", 8) == "watch"
    assert before.rows[7] == after.rows[7]


def test_it_gets_a_ceiling_for_itself() -> None:
    """Distress today is much higher than usual: the ceiling of today is lower than the one that was given for it."""
    s = after_calm("session  7  8\nbefore_distress  5  10", pending=True)
    assert s.ceiling(8) < s.ceiling(7)


def test_where_attendance_is_never_recorded_the_next_session_tells_that_a_check_in_was_left_unanswered() -> None:
    """Eight sessions answered, then only distress before each: every row was ahead once, and none of them is any more."""
    numbers = range(1, 15)
    weeks = {"session": numbers, "before_distress": [3] * 14, "after_heard": [9] * 8 + ["."] * 6}
    s = story("\n".join(f"{name}  " + " ".join(map(str, cells)) for name, cells in weeks.items()))
    assert s.from_session("disengagement", 10) == ["unknown", "watch", "act", "act", "act"]
    assert "check-ins after the session left unanswered since the last answer" in s.why(11)
