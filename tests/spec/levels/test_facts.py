"""Watch: one indicator crosses. Act: two independent facts agree, or one persists. A fact votes once."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story


def test_one_fact_is_a_watch_however_many_indicators_see_it() -> None:
    """Far too much, above the line and unlike this client: all of it is one rating of one session."""
    s = after_calm("""
        session          7
        after_overwhelm  9
    """)
    assert s.level("distress", 7) == "watch"
    assert {"overwhelm_line_crossed", "overwhelm_high", "overwhelm_above_usual"} <= set(s.evidence("distress", 7))


def test_two_independent_facts_are_an_act() -> None:
    """Too much in the session, and the week after it: two facts."""
    s = after_calm("""
        session          7
        after_overwhelm  9
        between_settle   7
        before_distress  10
    """)
    assert s.level("distress", 7) == "act"


def test_what_stands_by_itself_and_another_strong_fact_are_an_act_however_calm_the_sessions() -> None:
    """Week by week more distress and worse moments; the sessions themselves are light, and settle within a day."""
    s = after_calm("""
        session           7  8  9  10  11  12
        before_distress   5  6  7  8   9   10
        before_wellbeing  5  4  3  2   1   1
        between_peak      6  7  8  9   10  10
        after_overwhelm   2  1  2  1   2   1
        intensity         4  4  4  4   4   4
    """)
    assert s.from_session("distress", 7)[:2] == ["quiet", "quiet"]
    assert s.level("distress", 12) == "act"


def test_one_fact_that_persists_over_two_sessions_is_an_act() -> None:
    s = after_calm("""
        session      7  8
        after_heard  5  5
    """)
    assert s.level("trust", 8) == "act"


def test_persisting_counts_rows_that_can_be_judged() -> None:
    s = after_calm("""
        session      7  8  9
        after_heard  5  .  5
    """)
    assert s.level("trust", 9) == "act"


def test_distress_in_the_room_and_overwhelm_afterwards_are_one_fact() -> None:
    """SUDS and overwhelm both rate the heat of one session."""
    s = after_calm("""
        session          7
        after_overwhelm  8
        suds_start       3
        suds_peak        9
        suds_end         8
    """)
    assert s.level("distress", 7) == "watch"
    assert "left_hot" in s.evidence("distress", 7)


def test_a_hot_close_is_distress_and_no_longer_unfinished() -> None:
    s = after_calm("""
        session          7  8  9
        after_overwhelm  8  8  8
        suds_start       3  3  3
        suds_peak        9  9  9
        suds_end         8  8  8
    """)
    assert s.level("distress", 9) == "act"
    assert s.from_session("unfinished", 7) == ["quiet", "quiet", "quiet"]


def test_choice_votes_in_boundaries_alone_while_the_client_feels_heard() -> None:
    s = after_calm("""
        session       7  8
        after_choice  0  0
        after_heard   9  9
    """)
    assert s.from_session("boundaries", 7) == ["watch", "act"]
    assert s.from_session("trust", 7) == ["quiet", "quiet"]


def test_choice_votes_in_trust_together_with_feeling_heard() -> None:
    """In trust, heard and choice are two facts."""
    s = after_calm("""
        session       7
        after_choice  0
        after_heard   4
    """)
    assert s.level("trust", 7) == "act"
    assert "choice_and_heard" in s.evidence("trust", 7)
    assert s.level("boundaries", 7) == "watch"


def test_falling_coping_votes_in_distress_and_not_in_regression() -> None:
    s = after_calm("""
        session             7  8  9  10
        before_coping       1  1  1  1
        between_old_coping  0  1  0  1
    """)
    assert s.level("distress", 10) in ("watch", "act")
    assert s.level("regression", 10) == "quiet"


def test_the_wish_to_return_drifts_in_disengagement_and_is_only_shown_in_experience() -> None:
    s = after_calm("""
        session       7  8  9  10
        after_return  6  6  6  6
    """)
    assert s.level("experience", 10) == "quiet"
    assert "return_falling" in s.evidence("disengagement", 10)


def test_what_has_one_bad_answer_and_then_good_ones_is_no_act() -> None:
    s = after_calm("""
        session          7  8  9  10
        after_overwhelm  9  3  3  3
    """)
    assert "act" not in s.from_session("distress", 7)
    assert s.level("distress", 10) == "quiet"


def test_one_faint_answer_makes_no_level_and_several_that_agree_do() -> None:
    """Less willing once is not yet slipping away; less willing, less use and less wish to come back at once may be."""
    alone = after_calm("""
        session       7
        before_ready  4
    """)
    assert "readiness_below_usual" not in alone.evidence("disengagement", 7)
    assert alone.level("disengagement", 7) not in ("watch", "act")
    together = after_calm("""
        session       7
        before_ready  3
        between_used  0
        after_return  3
    """)
    assert together.level("disengagement", 7) in ("watch", "act")
    assert {"readiness_below_usual", "return_below_usual"} <= set(together.evidence("disengagement", 7))


WEEKS = """
    session           7  8  9 10 11
    before_distress   9  9  9  4  4
    before_wellbeing  2  2  2  6  6
    between_peak      9  9  9  4  4
"""


def test_two_facts_far_from_usual_are_a_watch_though_sessions_go_well() -> None:
    """How the client comes, and the worst moment of the week: far from usual for weeks, while every session is said to be fine."""
    s = after_calm(WEEKS)
    assert s.from_session("distress", 7) == ["quiet", "watch", "watch", "quiet", "quiet"]
    assert {"distress_rising", "wellbeing_falling", "peak_rising"} <= set(s.evidence("distress", 9))


def test_one_fact_alone_as_plain_is_no_act() -> None:
    """Distress and wellbeing before the session are one fact: how the client comes."""
    s = after_calm("\n".join(line for line in WEEKS.splitlines() if "peak" not in line))
    assert "act" not in s.from_session("distress", 7)


def test_what_the_client_puts_down_to_life_is_at_most_a_watch_when_two_facts_say_so() -> None:
    s = after_calm(f"{WEEKS.rstrip()}\n    between_from      0  0  0  0  0\n")
    assert s.from_session("distress", 7) == ["quiet", "watch", "watch", "quiet", "quiet"]


def test_slowly_worse_week_after_week_is_a_watch_where_distress_and_wellbeing_say_so_together() -> None:
    """One point in two weeks never looks like much against the week before; sessions themselves are said to be fine."""
    s = after_calm("""
        session           7  8  9 10 11 12 13 14
        before_distress   5  5  6  6  7  7  8  8
        before_wellbeing  5  5  4  4  3  3  2  2
    """)
    assert s.from_session("distress", 7) == ["quiet"] * 4 + ["watch"] * 4
    assert set(s.evidence("distress", 11)) == {"distress_rising", "wellbeing_falling"}


def test_where_only_distress_is_asked_its_slow_rise_stands_by_itself() -> None:
    s = story("""
        session          1 2 3 4 5 6 7 8 9 10
        before_distress  4 4 5 5 6 6 7 7 8  8
    """)
    assert s.levels("distress")[:5] == ["quiet"] * 5
    assert s.levels("distress")[-2:] == ["watch"] * 2


RISING, PEAK, SCORE = "before_distress  5 5 6 6 7 7", "between_peak  5 6 6 7 7 8", "phq9  8 9 10 12 13 14"


@pytest.mark.parametrize("rows", [(RISING,), (PEAK,), (SCORE,)], ids=["distress", "worst moment", "score"])
def test_each_of_these_says_too_little_by_itself(rows: tuple[str, ...]) -> None:
    """A point in two weeks; six points of the PHQ-9, just reliable, which wait for a second score."""
    assert after_calm("\n".join(("session  7 8 9 10 11 12", *rows))).from_session("distress", 7) == ["quiet"] * 6


def test_what_hardly_spoke_before_does_not_persist() -> None:
    """Heard seven, a little below usual, and then four: the first was no watch, so the second is one and no act."""
    s = after_calm("session  7 8 9\nafter_heard  7 4 8")
    assert s.from_session("trust", 7) == ["quiet", "watch", "quiet"]


def test_what_is_only_shown_beside_a_fact_does_not_make_an_act_of_it() -> None:
    """A wish to come back of 3: its fall below usual belongs to slipping away, and is context for a bad experience."""
    s = story("""
        session          1  2  3  4  5  6  7
        before_distress  5  4  5  5  4  5  5
        before_coping    6  6  5  6  6  5  6
        after_heard      8  9  8  9  8  8  9
        after_return     9  9  9  9  9  9  3
    """)
    assert s.level("experience", 7) == "watch"


def test_one_answer_in_two_risks_is_one_thing_said() -> None:
    weeks = """
        session          1  2  3  4  5  6  7
        before_distress  5  4  5  5  4  5  5
        before_coping    6  6  5  6  6  5  6
        after_choice     2  2  2  2  2  2  2
        after_return     9  9  9  9  9  9  3
        after_heard      8  9  8  9  8  8  """
    s, other = story(weeks + "9"), story(weeks + "4")
    assert (s.level("disengagement", 7), s.level("experience", 7)) == ("watch", "watch")
    assert (s.stance(7), other.stance(7)) == ("go_on", "hold")


def test_unwilling_and_demanding_is_one_fact_however_it_is_said() -> None:
    """Willingness of 3 where it is usually 7, six planned and seven done: too much, and beyond usual, are the same two figures."""
    s = after_calm("session  7  8\nbefore_ready  3  7\nplanned_intensity  6  4\nintensity  7  4")
    assert s.from_session("ethics", 7) == ["watch", "quiet"]
