"""Unfinished: what was opened and left open? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import after_calm

CASES = cases(
    """
        left_bothering        | before_open 2
        not left_bothering    | before_open 1
        bothering_more        | before_open 2 2 2
        settled_is_back       | topics_resurfaced 1; before_open 2
        settled_is_back       | topics_resurfaced 1 0 1; before_open 0 0 0
        not settled_is_back   | topics_resurfaced 1; before_open 1
        not settled_is_back   | topics_resurfaced 1 0 0 1; before_open 0 0 0 0
        late_opening          | late_opening yes
        not late_opening      | late_opening no
        open_near_ending      | topics_open 1; sessions_left 3
        not open_near_ending  | topics_open 1; sessions_left 4
        not open_near_ending  | topics_open 0; sessions_left 3
        open_at_a_change      | topics_open 1 1; therapist_id t1 t2
        not open_at_a_change  | topics_open 1 1; therapist_id t1 t1
        not open_at_a_change  | topics_open 1 0; therapist_id t1 t2
        open_above_usual      | topics_open 1 1 1 1 1 7
        not open_above_usual  | topics_open 1 2 1 1 1 2
        open_rising           | topics_open 1 1 2 4
        not open_rising       | topics_open 1 1 2 3
        keeps_opening         | topics_open 1 2 3 4 5 6 7
        not keeps_opening     | topics_open 1 2 3 4 5 6 6
        not keeps_opening     | topics_open 1 7 7 7 7 7 7 7
        left_hot              | suds_start 3; suds_peak 8; suds_end 5
        not left_hot          | suds_start 3; suds_peak 8; suds_end 4
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("unfinished")


def test_how_many_more_are_open_is_told_as_they_were() -> None:
    s = after_calm("session  7 8 9 10\ntopics_open  1 1 1 11")
    assert "issues open: 11, up from 1 a few sessions ago" in s.says("unfinished", 10)


@pytest.mark.parametrize(
    ("still_open", "left", "level"),
    [("3 3 3", "3 2 1", "watch"), ("3 3", "3 2", "quiet"), ("4 4", "3 2", "watch"), ("2 2 2 2", "3 2 1 0", "quiet"), ("7", "3", "quiet")],
)
def test_many_issues_open_at_the_very_end_are_a_watch_by_themselves(still_open: str, left: str, level: str) -> None:
    """There is hardly a session left in which they could be settled: four with two left, or three with one."""
    last = 6 + len(left.split())
    numbers = " ".join(str(number) for number in range(7, last + 1))
    s = after_calm(f"session  {numbers}\ntopics_open  {still_open}\nsessions_left  {left}")
    assert s.level("unfinished", last) == level
    assert "open_near_ending" in s.evidence("unfinished", last) or level == "quiet"
