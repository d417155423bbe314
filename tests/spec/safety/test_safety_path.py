"""The safety path: items at once, outside all statistics, open until reviewed with the client."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story


def test_a_positive_item_opens_it_at_once_and_a_review_closes_it() -> None:
    s = after_calm("""
        session          7   8    9   10   11
        safety_flag      no  yes  no  no   .
        safety_reviewed  .   .    .   yes  .
    """)
    assert s.safety()[6:] == ["clear", "open", "open", "clear", "not_asked"]
    assert s.stances()[6:] == ["go_on", "hold", "hold", "go_on", "go_on"]
    assert s.why(8).startswith("Safety first")


def test_while_it_is_open_there_is_no_advice_on_pace() -> None:
    s = after_calm("""
        session          7   8    9   10
        safety_flag      no  yes  no  no
        safety_reviewed  .   .    .   yes
    """)
    assert [s.ceiling(session) is None for session in (7, 8, 9, 10)] == [False, True, True, False]


def test_reviewed_in_the_same_session_it_does_not_stay_open() -> None:
    s = after_calm("""
        session          7    8
        safety_flag      yes  no
        safety_reviewed  yes  .
    """)
    assert s.safety()[6:] == ["clear", "clear"]
    assert s.level("ethics", 8) == "quiet"


def test_a_negative_item_later_does_not_close_it() -> None:
    """Only a review does."""
    s = after_calm("session  7  8  9\nsafety_flag  yes  no  no")
    assert s.safety()[6:] == ["open", "open", "open"]


def test_not_looked_at_by_the_next_session_it_is_a_matter_of_ethics() -> None:
    s = after_calm("session  7  8  9\nsafety_flag  yes  .  .")
    assert s.from_session("ethics", 7)[0] == "quiet"
    assert s.level("ethics", 8) == "watch"
    assert "safety_not_reviewed" in s.evidence("ethics", 8)


def test_however_long_nobody_looks_safety_comes_first_and_ethics_stays_a_watch_by_that_alone() -> None:
    s = after_calm("session  7  8  9  10  11\nsafety_flag  yes  .  .  .  .\nsafety_reviewed  .  .  .  .  yes")
    assert s.from_session("ethics", 7) == ["quiet", "watch", "watch", "watch", "quiet"]
    assert [s.stance(n) for n in (7, 8, 9, 10)] == 4 * ["hold"]
    assert all(s.why(n).startswith("Safety first") for n in (7, 8, 9, 10))


def test_it_stays_open_over_a_missed_session() -> None:
    s = after_calm("""
        session          7         8       9         10
        attendance       attended  missed  attended  attended
        absence_reason   .         ill     .         .
        safety_flag      yes       .       .         .
        safety_reviewed  .         .       .         yes
    """)
    assert s.safety()[6:] == ["open", "open", "open", "clear"]


def test_never_asked_is_said() -> None:
    assert after_calm("session  7\nbefore_distress  5").safety() == 7 * ["not_asked"]


@pytest.mark.parametrize(("days", "safety"), [(0, "clear"), (1, "open"), (7, "open")])
def test_any_day_of_a_risky_way_of_coping_opens_it(days: int, safety: str) -> None:
    """Set once, it holds for all later answers."""
    s = after_calm(f"""
        session             7    8
        old_coping_risky    yes  .
        between_old_coping  0    {days}
    """)
    assert s.safety()[6:] == ["clear", safety]


def test_risky_coping_is_no_matter_of_statistics() -> None:
    """The same days that would be a lapse make no level of regression: safety has them."""
    s = after_calm("""
        session             7    8  9  10  11  12
        old_coping_risky    yes  .  .  .   .   .
        between_old_coping  0    1  0  0   7   7
    """)
    assert s.safety()[7:] == ["open", "open", "open", "open", "open"]
    assert "watch" not in s.from_session("regression", 7)
    assert "act" not in s.from_session("regression", 7)


def test_no_risk_is_quiet_on_days_of_a_dangerous_way_of_coping() -> None:
    """They are told in the safety path; what else is known of falling back says nothing of them. No day of it is a calm answer."""
    s = story("session  1 2 3 4 5\nold_coping_risky  yes yes yes yes yes\nbetween_old_coping  0 2 3 2 0")
    assert s.from_session("regression", 1) == ["quiet", "unknown", "unknown", "unknown", "quiet"]


def test_a_way_of_coping_that_is_not_dangerous_opens_nothing() -> None:
    s = after_calm("""
        session             7   8
        old_coping_risky    no  .
        between_old_coping  0   7
    """)
    assert s.safety()[6:] == ["not_asked", "not_asked"]


def test_no_statistics_are_needed() -> None:
    """In the very first row, with nothing else known."""
    s = story("session  1\nsafety_flag  yes")
    assert s.safety() == ["open"]
    assert s.stance(1) == "hold"
