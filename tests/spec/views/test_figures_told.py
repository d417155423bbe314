"""The figures in the evidence, each by hand from its history."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm

TOLD = [
    ("retraumatization", 11, "session  7 8 9 10 11\npcl5  40 54 53 54 53", "still 13 points above"),  # 53 - 40
    ("trust", 8, "session  7 8\nwai_sr  56 38", "18 points"),  # 56 - 38
    ("distress", 11, "session  7 8 9 10 11\nphq9  8 19 18 19 18", "still 10 points above"),  # 18 - 8
    ("unfinished", 10, "session  7 8 9 10\ntopics_open  2 3 6 9", "up from 2 at the lowest"),
    ("experience", 7, "session  7\nend_again  3\nend_still  3", "still bothered, and would not seek therapy again"),
    ("ethics", 7, "session  7\nconsent  no\nintensity  8\nplanned_intensity  .\nled_by  both", "led by both"),
]


@pytest.mark.parametrize(("risk", "session", "history", "words"), TOLD, ids=[risk for risk, *_ in TOLD])
def test_the_figures_are_those_of_the_history(risk: str, session: int, history: str, words: str) -> None:
    assert any(words in text for text in after_calm(history).says(risk, session))


def test_which_check_in_was_left_unanswered_is_told() -> None:
    """Of the last six those before the session were missed four times, those after it never."""
    numbers = "  ".join(map(str, range(7, 19)))
    before = "answered  " * 6 + "unanswered  unanswered  answered  unanswered  answered  unanswered"
    s = after_calm(f"session  {numbers}\ncheckin_after  {'answered  ' * 12}\ncheckin_before  {before}")
    told = [*s.says("disengagement", 18), s.why(18)]
    assert any("4 of the last 6 check-ins before the session" in text for text in told)
    assert not any("after the session unanswered" in text for text in told)


def test_an_exit_that_says_no_is_a_watch_however_well_the_rest_is_rated() -> None:
    s = after_calm("session  7\nend_again  3\nend_still  0\nafter_helpful  9\nafter_return  10")
    assert s.level("experience", 7) == "watch"


def test_wellbeing_that_keeps_falling_is_a_watch_by_itself() -> None:
    assert after_calm("session  7 8 9 10\nbefore_wellbeing  2 1 0 0").level("distress", 9) == "watch"
