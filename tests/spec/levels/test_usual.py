"""What is usual for this client: from the first session, slowly, with a new beginning for a new therapist."""

from __future__ import annotations

import pytest
from tests.spec.speaking import speaking
from tests.spec.story import after_calm, story


def test_three_points_are_no_baseline() -> None:
    """Three answers of 3, then 4: "mean minus two SD of three points" would alarm; one point more is not unlike anyone."""
    s = story("""
        session          1  2  3  4
        after_overwhelm  3  3  3  4
        before_distress  4  4  4  5
    """)
    assert s.levels("distress") == 4 * ["quiet"]


def test_an_ordinary_first_answer_is_no_surprise_and_a_blatant_one_is() -> None:
    """From the first session the population is what is usual."""
    ordinary = story("session  1\nafter_heard  8")
    blatant = story("session  1\nafter_heard  3")
    assert ordinary.level("trust", 1) == "quiet"
    assert blatant.level("trust", 1) == "watch"
    assert "heard_below_usual" in blatant.evidence("trust", 1)


def test_the_same_answer_is_unlike_one_client_and_like_another() -> None:
    steady = "after_heard  9 9 9 9 9 9 9 9 9 9 7"
    wide = "after_heard  7 9 8 10 7 9 8 7 10 8 7"
    session = "session  1 2 3 4 5 6 7 8 9 10 11\n"
    assert "heard_below_usual" in speaking("trust", session + steady)
    assert "heard_below_usual" not in speaking("trust", session + wide)


def test_what_turned_bad_and_stays_bad_is_not_quiet_again() -> None:
    """Distress of 4 to 5, then 9 week after week, with everything else as it was: raised in the third week, and from then on."""
    rest = "between_peak  {0}\nbefore_wellbeing  {1}\nafter_overwhelm  {2}\nafter_heard  {3}"
    rest = rest.format(*(" ".join([value] * 14) for value in ("5", "5", "3", "8")))
    s = story("session  " + " ".join(map(str, range(1, 15))) + "\nbefore_distress  4 5 4 5 4 5 9 9 9 9 9 9 9 9\n" + rest)
    assert set(s.from_session("distress", 9)) <= {"watch", "act"}
    assert "distress_rising" in s.evidence("distress", 14)


def test_a_slow_change_is_over_with_the_first_answer_that_is_as_expected() -> None:
    """The charts remember six weeks of 9; the client is told what is, not what was."""
    s = after_calm("session  7  8  9  10  11  12  13\nbefore_distress  9  9  9  9  9  9  5")
    assert s.from_session("distress", 10) == ["watch", "watch", "watch", "quiet"]


def test_a_crisis_does_not_become_the_norm() -> None:
    """Four weeks of 10 after calm weeks: the fifth is still far from usual. Sessions go well: where the client says so, it is life."""
    crisis = """
        session          7   8   9   10  11
        before_distress  10  10  10  10  10
        between_peak     10  10  10  10  10
    """
    unsaid, life = after_calm(crisis), after_calm(crisis + "    between_from     0   0   0   0   0\n")
    assert unsaid.from_session("distress", 9) == 3 * ["act"]
    assert life.from_session("distress", 9) == 3 * ["watch"]
    assert {"distress_rising", "peak_rising"} <= set(unsaid.evidence("distress", 11))


def test_a_new_therapist_begins_anew_with_what_rates_the_therapist() -> None:
    """Ten with the old therapist, seven with the new one: not a fall, a beginning."""
    heard = """
        session       1   2   3   4   5   6   7   8   9
        after_heard   10  10  10  10  9   10  10  10  7
        therapist_id  {before}  {before}  {before}  {before}  {before}  {before}  {before}  {before}  {after}
    """
    assert "heard_below_usual" in speaking("trust", heard.format(before="t1", after="t1"))
    assert "heard_below_usual" not in speaking("trust", heard.format(before="t1", after="t2"))


def test_a_new_therapist_changes_nothing_in_what_the_client_says_of_themselves() -> None:
    distress = """
        session          1  2  3  4  5  6  7  8  9  10
        before_distress  4  4  4  4  4  4  4  9  9  9
        therapist_id     t1 t1 t1 t1 t1 t1 t1 t1 t1 {}
    """
    assert "distress_rising" in speaking("distress", distress.format("t2"))


@pytest.mark.parametrize(("days", "speaks"), [("40 42 44 46", False), ("42 49 56 63", True)], ids=["two days apart", "a week apart"])
def test_counts_of_days_are_of_the_days_that_were_asked_about(days: str, speaks: bool) -> None:
    """Two days used of the two since the last session is every day; two of seven under demanding work is few."""
    story_of = f"""
        session       1  2  3  4  5  6  7  8  9  10
        day           0  7  14 21 28 35 {days}
        intensity     7  7  7  7  7  7  7  7  7  7
        between_used  .  6  7  6  7  6  2  2  2  2
    """
    assert ("use_falling_under_load" in speaking("integration", story_of)) == speaks


def test_old_coping_on_both_of_two_days_is_more_than_on_two_of_seven() -> None:
    weeks = "session  1 2 3 4 5 6 7 8 9\nday  0 7 14 21 28 35 42 49 {}\nbetween_old_coping  . 1 1 1 1 1 1 1 {}"
    assert "old_coping_up" not in speaking("regression", weeks.format(56, 2))
    assert "old_coping_up" in speaking("regression", weeks.format(52, 3))


def test_one_step_worse_in_everything_is_no_act_though_nothing_ever_moved_before() -> None:
    """Flat for nine weeks, then a week in which every answer is one point off: an ordinary week, and a good session."""
    usual = {
        "before_distress": (4, 5), "before_wellbeing": (6, 5), "before_coping": (7, 6), "before_ready": (8, 7), "between_peak": (5, 6),
        "between_used": (4, 3), "after_overwhelm": (3, 4), "after_heard": (9, 8), "after_helpful": (7, 6), "after_sense": (8, 7),
        "after_return": (9, 8), "intensity": (4, 5), "planned_intensity": (4, 4), "after_choice": (2, 2),
    }  # fmt: skip
    rows = [f"{name}  " + f"{often} " * 9 + f"{once} {often}" for name, (often, once) in usual.items()]
    s = story("session  1 2 3 4 5 6 7 8 9 10 11\n" + "\n".join(rows))
    assert "act" not in s.raised(10).values()
    assert s.stance(10) in ("go_on", "hold")
    assert s.stance(11) == "go_on"


def test_the_best_answer_but_one_is_no_sign_of_harm_however_steady_the_client_is() -> None:
    """Feeling heard is all that is asked here: then little is needed for a watch."""
    always = "session  1 2 3 4 5 6 7 8\nafter_heard  10 10 10 10 10 10 10 {}"
    assert [story(always.format(heard)).level("trust", 8) for heard in (9, 8)] == ["quiet", "watch"]


def test_one_step_down_from_answers_that_never_changed_is_no_sign() -> None:
    s = story("""
        session          1  2  3  4  5  6  7  8  9  10 11 12 13
        before_distress  4  5  4  5  4  5  4  5  4  5  4  5  4
        before_ready     7  7  7  7  7  7  7  7  7  7  7  7  6
        after_return     8  8  8  8  8  8  8  8  8  8  8  8  7
        after_heard      9  9  9  9  9  9  9  9  9  9  9  9  9
    """)
    assert s.raised(13) == {}
    assert s.stance(13) == "go_on"


@pytest.mark.parametrize(("usual", "now", "told"), [("7 7 8 7", 6, False), ("8 8 8 8", 6, True), ("7 7 7 7", 6, False)])
def test_a_step_and_a_half_off_is_not_far(usual: str, now: int, told: bool) -> None:
    """Mostly 7, now and then 8, then 6: less than one and a half. From 8 to 6 is two."""
    weeks = "session  1 2 3 4 5 6 7 8 9 10 11 12 13\nafter_heard  9 9 9 9 9 9 9 9 9 9 9 9 9\nafter_return  "
    s = story(f"{weeks}{usual} {usual} {usual} {now}")
    assert ("return_below_usual" in s.evidence("disengagement", 13)) is told


def test_one_day_less_of_three_is_one_step_also_where_the_next_session_is_soon() -> None:
    """Days are told of those asked about: twice a week, 3 of 3 days and then 2."""
    s = story("session  1 2 3 4 5 6 7 8 9\nday  0 3 6 9 12 15 18 21 24\nbetween_used  . 3 3 3 3 3 3 3 2\nafter_heard  9 9 9 9 9 9 9 9 9")
    assert "use_below_usual" not in s.evidence("disengagement", 9)
    assert s.why(9).startswith("Go on: nothing stands out")


def test_felt_heard_the_best_but_one_is_not_less_heard_beside_less_choice() -> None:
    weeks = "session  1 2 3 4 5 6 7 8 9 10 11 12\nafter_heard  10 10 10 10 10 10 10 10 10 10 10 {}\nafter_choice  2 2 2 2 2 2 2 2 2 2 2 1"
    nine, seven = (story(weeks.format(heard)).evidence("trust", 12) for heard in (9, 7))
    assert "choice_and_heard" not in nine
    assert "choice_and_heard" in seven
