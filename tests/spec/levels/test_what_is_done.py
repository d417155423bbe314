"""What is done, as the record shows it: against a wish, without essentials, beyond a plan or what the client can bear."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story


def test_challenging_work_against_a_standing_wish_for_slower_is_told_at_first_and_then_raised_as_long_as_it_goes_on() -> None:
    s = after_calm("session  7 8 9 10\nclient_wish  -1 . . .\nplanned_intensity  7 7 7 6\nintensity  7 7 7 4")
    assert "the client wishes it slower; the work did not slow down" in s.why(7)
    assert s.from_session("boundaries", 8) == ["watch", "watch", "quiet"]


def test_trauma_work_twice_without_its_essentials_is_an_act() -> None:
    s = after_calm("session  7 8\ntrauma_work  yes yes\nessentials  no no")
    assert s.from_session("ethics", 7) == ["watch", "act"]


def test_limits_touched_twice_are_raised_whatever_else_there_is() -> None:
    assert after_calm("session  7 8\nlimits_touched  1 1").from_session("boundaries", 7)[1] in ("watch", "act")
    assert after_calm("session  7\nlimits_touched  2").level("boundaries", 7) == "watch"
    assert after_calm("session  7 8 9\nlimits_touched  1 0 1").from_session("boundaries", 7)[1:] == ["quiet", "watch"]


@pytest.mark.parametrize(("planned", "level"), [(8, "watch"), (6, "quiet")])
def test_a_plan_far_above_the_last_session_against_the_wish_for_slower_is_raised(planned: int, level: str) -> None:
    s = after_calm(f"session  7 8\nclient_wish  -1 .\nintensity  5 .\nplanned_intensity  5 {planned}", pending=True)
    assert s.level("boundaries", 8) == level


def test_a_plan_that_gave_way_to_the_wish_for_slower_is_none() -> None:
    s = after_calm("session  7 8\nclient_wish  -1 .\nintensity  5 4\nplanned_intensity  5 8")
    assert s.level("boundaries", 8) == "quiet"


UNWILLING = [(1, 8, "watch"), (2, 8, "watch"), (3, 10, "watch"), (4, 10, "quiet"), (4, 8, "quiet")]


@pytest.mark.parametrize(("ready", "planned", "level"), UNWILLING)
def test_a_plan_far_beyond_what_the_client_is_willing_to_do_is_raised_before_the_session(ready: int, planned: int, level: str) -> None:
    """At the latest row, still ahead: willingness of three or less, far below what is usual for her."""
    s = after_calm(f"session  7\nbefore_ready  {ready}\nplanned_intensity  {planned}", pending=True)
    assert s.level("ethics", 7) == level


def test_trauma_work_without_its_essentials_is_raised_at_once_however_light() -> None:
    weeks = "session  7\ntrauma_work  yes\nessentials  no\nconsent  yes\nintensity  {0}\nplanned_intensity  {0}"
    assert after_calm(weeks.format(7)).level("ethics", 7) == "watch"
    assert after_calm(weeks.format(3)).level("ethics", 7) == "watch"


def test_demanding_work_done_against_little_willingness_is_raised_at_once_and_three_times_running_an_act() -> None:
    """From the first session on: what is always so is not as it should be."""
    s = story("session  1 2 3 4\nbefore_ready  3 2 2 3\nplanned_intensity  7 7 7 8\nintensity  7 8 8 8")
    assert s.from_session("ethics", 1) == ["watch", "watch", "act", "act"]


def test_a_session_four_points_above_its_plan_is_raised_unless_the_client_led_there() -> None:
    above = "session  7\nplanned_intensity  3\nintensity  {}\nled_by  {}"
    levels = [after_calm(above.format(*case)).level("ethics", 7) for case in ((7, "therapist"), (6, "therapist"), (8, "client"))]
    assert levels == ["watch", "quiet", "quiet"]


def test_hard_work_on_little_coping_twice_in_three_is_a_watch() -> None:
    s = after_calm("session  7 8 9\nintensity  7 7 4\nplanned_intensity  7 7 4\nbefore_coping  3 3 6\nbefore_ready  8 8 8")
    assert s.from_session("ethics", 7) == ["quiet", "watch", "quiet"]


@pytest.mark.parametrize(
    ("risk", "always"),
    [
        ("boundaries", {"client_wish": -1, "intensity": 8, "planned_intensity": 8}),
        ("ethics", {"before_ready": 3, "planned_intensity": 5}),
        ("ethics", {"before_coping": 3, "intensity": 7, "planned_intensity": 7}),
    ],
    ids=["against the wish for slower", "planned beyond willingness", "demanding work on little coping"],
)
def test_what_is_done_against_the_client_from_the_first_session_on_is_no_custom(risk: str, always: dict[str, int]) -> None:
    """It was never otherwise, and all that is said is calm: a watch by the sixth session, and it stays one."""
    calm = {
        "before_distress": 4,
        "before_ready": 7,
        "after_overwhelm": 3,
        "after_heard": 9,
        "after_choice": 2,
        "after_helpful": 7,
        "intensity": 4,
    }
    weeks = "\n".join(f"{name}  " + " ".join([str(value)] * 10) for name, value in (calm | always).items())
    levels = story("session  1 2 3 4 5 6 7 8 9 10\n" + weeks).from_session(risk, 1)
    assert levels[0] == "quiet"
    assert levels[5:] == ["watch"] * 5


@pytest.mark.parametrize(
    ("intensity", "levels"),
    [
        ("4 4 7 4 7 4", ["quiet"] * 4 + ["watch", "quiet"]),
        ("7 4 4 7 4 4", ["quiet"] * 6),  # once in three: told
    ],
)
def test_demanding_work_twice_in_three_with_coping_that_is_always_low_is_raised(intensity: str, levels: list[str]) -> None:
    """Coping of 3 is as usual for this client, and the work is as demanding as if it were not."""
    s = story(f"""
        session            1  2  3  4  5  6
        before_distress    5  4  5  5  4  5
        before_ready       7  8  7  8  7  8
        before_coping      3  3  3  3  3  3
        planned_intensity  {intensity}
        intensity          {intensity}
    """)
    assert s.levels("ethics") == levels


@pytest.mark.parametrize(("settle", "level"), [(4, "quiet"), (5, "watch")])
def test_trauma_work_again_while_the_last_one_is_unsettled_stands_by_itself(settle: int, level: str) -> None:
    weeks = f"session  7 8 9\ntrauma_work  yes yes no\nessentials  yes yes .\nbetween_settle  1 {settle} 1\nbetween_intrusions  3 3 3"
    assert after_calm(weeks).from_session("retraumatization", 7) == ["quiet", level, "quiet"]
