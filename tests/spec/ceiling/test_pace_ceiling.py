"""The pace ceiling: the rules around the estimate, each with its history."""

from __future__ import annotations

import pytest
from scipy import stats
from tests.spec.story import after_calm, story

CALM_TO_NINE = """
    session            7  8  9
    intensity          5  5  5
    planned_intensity  5  5  5
"""


def test_the_first_session_is_at_most_five() -> None:
    s = story("""
        session            1
        before_distress    2
        planned_intensity  8
    """)
    assert s.ceiling(1) <= 5


@pytest.mark.parametrize("borne", [2, 3, 4, 5, 6])
def test_never_more_than_two_above_the_highest_well_borne(borne: int) -> None:
    s = story(f"""
        session          1  2  3
        before_distress  3  3  3
        intensity        1  {borne}  1
        after_overwhelm  0  1  0
    """)
    assert s.ceiling(2) <= borne + 2
    assert s.ceiling(3) <= borne + 2


def test_the_first_ceiling_is_where_overwhelm_is_one_in_ten() -> None:
    """By hand, with SciPy: Student t of 13.5 degrees, center 4.4 + .7 (u - 5) + .33 x 5, so that 7.5 is passed in 10 % of cases."""
    s = story("""
        session            1
        before_distress    10
        before_coping      6
        planned_intensity  .
        intensity          .
        after_overwhelm    .
    """)
    assert s.ceiling(1) == pytest.approx(_highest_by_hand(), abs=1e-6)


def _highest_by_hand() -> float:
    scale = 1.68**2 * 5.75 / 6.75  # residual variance: prior 1.68, 6.75 of it counted
    low, high = 0.0, 10.0
    for _ in range(60):
        u = (low + high) / 2
        unsure = 1 + (1.6**2 + 0.21**2 * (u - 5) ** 2 + 0.19**2 * 5**2) / 1.68**2
        passed = stats.t.sf((7.5 - (4.4 + 0.7 * (u - 5) + 0.33 * 5)) / (scale * unsure) ** 0.5, df=13.5)
        low, high = (u, high) if passed <= 0.10 else (low, u)
    return low


def test_where_coping_is_low_challenging_work_waits() -> None:
    weeks = """
        session            7  8  9  10
        intensity          6  7  8  .
        planned_intensity  6  7  8  7
        after_overwhelm    1  1  1  .
        before_coping      6  6  6  """
    assert after_calm(weeks + "3", pending=True).ceiling(10) <= 6 < after_calm(weeks + "4", pending=True).ceiling(10)


def test_sessions_without_a_rating_count_among_the_last_six() -> None:
    """After the 6 of session 2 only a 3 was rated: from session 8 on two above the highest of the last six is 5."""
    s = story("""
        session          1  2  3  4  5  6  7  8  9
        before_distress  3  4  3  4  3  4  3  4  3
        intensity        6  6  3  3  3  3  3  3  3
        after_overwhelm  1  0  0  .  .  .  .  .  .
    """)
    assert s.ceiling(7) > 5
    assert s.ceiling(8) == s.ceiling(9) == 5


def test_only_the_last_six_sessions_count_for_it() -> None:
    """The 6 was seven sessions ago: two above the highest since is 5."""
    s = story("""
        session          1  2  3  4  5  6  7  8
        before_distress  3  4  3  4  3  4  3  4
        intensity        6  3  2  3  2  3  2  3
        after_overwhelm  1  0  1  0  1  0  1  0
    """)
    assert s.ceiling(6) > 5
    assert s.ceiling(7) <= 5
    assert s.ceiling(8) <= 5


def test_an_overwhelming_session_is_not_well_borne() -> None:
    s = story("""
        session          1  2  3
        before_distress  3  3  3
        intensity        2  9  2
        after_overwhelm  1  9  1
    """)
    assert s.ceiling(2) <= 4
    assert s.ceiling(3) <= 4


@pytest.mark.parametrize("intensity", [4, 6, 8, 10])
@pytest.mark.parametrize("distress", [1, 5, 9])
def test_never_raised_straight_after_an_overwhelming_session(intensity: int, distress: int) -> None:
    s = after_calm(f"""
        session            7  8
        intensity          5  {intensity}
        planned_intensity  5  {intensity}
        before_distress    5  {distress}
        after_overwhelm    3  8
    """)
    assert s.ceiling(8) <= s.ceiling(7)
    assert s.ceiling(8) <= intensity


def test_seven_is_not_above_the_line_and_eight_is() -> None:
    """The line is 7 unless the two agreed otherwise; overwhelm is above it."""
    seven = after_calm("session  7  8\nintensity  5  6\nafter_overwhelm  3  7")
    eight = after_calm("session  7  8\nintensity  5  6\nafter_overwhelm  3  8")
    assert eight.ceiling(8) < seven.ceiling(8)
    assert seven.ceiling(8) >= seven.ceiling(7)


def test_the_clients_own_line_counts() -> None:
    """Six is too much for a client whose agreed line is 5."""
    s = after_calm("""
        session            7  8
        overwhelm_line     5  .
        intensity          5  6
        planned_intensity  5  6
        after_overwhelm    3  6
    """)
    assert s.ceiling(8) <= s.ceiling(7)


@pytest.mark.parametrize("intensity", [1, 3, 5])
def test_at_equal_distress_and_coping_never_lowered_straight_after_a_well_borne_session(intensity: int) -> None:
    s = after_calm(f"""
        session            7  8  9
        before_distress    5  5  5
        before_coping      6  6  6
        intensity          5  {intensity}  {intensity}
        planned_intensity  5  {intensity}  {intensity}
        after_overwhelm    4  6  7
    """)
    assert s.ceiling(8) >= s.ceiling(7)
    assert s.ceiling(9) >= s.ceiling(8)


def test_today_at_equal_distress_it_is_not_lowered_either() -> None:
    s = after_calm("session  7  8\nbefore_distress  5  5\nbefore_coping  6  6", pending=True)
    assert s.ceiling(8) == s.ceiling(7)


@pytest.mark.parametrize(("distress", "coping"), [(10, 6), (5, 1), (10, 1), (0, 10), (5, 6)])
def test_todays_answers_may_only_lower_it(distress: int, coping: int) -> None:
    s = after_calm(f"session  7  8\nbefore_distress  5  {distress}\nbefore_coping  6  {coping}", pending=True)
    assert s.ceiling(8) <= s.ceiling(7)


def test_a_bad_day_lowers_it() -> None:
    s = after_calm("session  7  8\nbefore_distress  5  10", pending=True)
    assert s.ceiling(8) < s.ceiling(7)


def test_a_distress_not_said_leaves_less_room_than_the_usual_one_said() -> None:
    """It may be a bad day."""
    said, unsaid = (
        story(f"""
            session            1
            overwhelm_line     5
            before_distress    {distress}
            before_coping      6
            planned_intensity  4
        """)
        for distress in (5, ".")
    )
    assert unsaid.ceiling(1) < said.ceiling(1) - 0.1


@pytest.mark.parametrize(("gap", "lower"), [(21, False), (22, True)])
def test_one_step_lower_after_a_break_of_more_than_21_days(gap: int, lower: bool) -> None:
    s = after_calm(f"session  7  8\nday  42  {42 + gap}\nbefore_distress  5  5\nbefore_coping  6  6", pending=True)
    assert s.ceiling(8) == pytest.approx(s.ceiling(7) - 1 if lower else s.ceiling(7))


EMPTY = {
    "no intensity is rated": """
        session          1  2  3
        after_overwhelm  3  4  3
        before_distress  5  5  4
    """,
    "intensity is planned and never rated": """
        session            1  2  3
        planned_intensity  4  5  4
        after_overwhelm    3  4  3
    """,
    "overwhelm is never rated": """
        session    1  2  3
        intensity  4  5  4
        before_distress  5  5  4
    """,
}


@pytest.mark.parametrize("history", EMPTY.values(), ids=EMPTY)
def test_empty_without_ratings(history: str) -> None:
    s = story(history)
    assert s.ceiling(3) is None
    assert s.rows[3]["pace_confidence"] is None


@pytest.mark.parametrize(
    ("intensity", "overwhelm"),
    [("4 5 4 5 4 5", "0 0 0 0 0 0"), ("4 5 4 5 4 5", "4 4 4 4 4 4"), ("4 4 4 4 4 4", "2 3 4 2 3 2"), ("4 5 4 5 4 5", "10 10 10 10 10 10")],
    ids=["overwhelm always 0", "overwhelm always 4", "intensity always 4", "overwhelm always 10"],
)
def test_empty_where_six_ratings_say_nothing(intensity: str, overwhelm: str) -> None:
    s = story(f"session  1 2 3 4 5 6\nintensity  {intensity}\nafter_overwhelm  {overwhelm}")
    assert s.ceiling(5) is not None
    assert s.ceiling(6) is None


def test_one_answer_that_differs_brings_it_back() -> None:
    s = story("session  1 2 3 4 5 6 7\nintensity  4 5 4 5 4 5 4\nafter_overwhelm  4 4 4 4 4 4 5")
    assert s.ceiling(6) is None
    assert s.ceiling(7) is not None


def test_it_stays_between_0_and_10_and_is_surer_with_more_sessions() -> None:
    s = after_calm(CALM_TO_NINE)
    assert all(0 <= s.ceiling(session) <= 10 for session in s.rows)
    assert s.rows[9]["pace_confidence"] > s.rows[1]["pace_confidence"]
    assert all(0 <= row["pace_confidence"] <= 1 for row in s.rows.values())


def test_a_missed_session_leaves_it_as_it_was() -> None:
    s = after_calm("""
        session         7         8
        attendance      attended  missed
        absence_reason  .         ill
    """)
    assert s.ceiling(8) == s.ceiling(7)


def test_who_is_overwhelmed_by_light_work_gets_a_lower_ceiling_than_who_bears_heavy_work() -> None:
    tender = story("session 1 2 3 4 5\nbefore_distress 5 5 5 5 5\nintensity 3 4 3 4 3\nafter_overwhelm 6 7 6 7 6")
    sturdy = story("session 1 2 3 4 5\nbefore_distress 5 5 5 5 5\nintensity 5 6 7 8 8\nafter_overwhelm 2 2 3 3 3")
    assert sturdy.ceiling(5) > tender.ceiling(5) + 3


def test_work_above_it_is_no_breach() -> None:
    s = after_calm("""
        session            7
        intensity          9
        planned_intensity  9
        consent            yes
    """)
    assert s.ceiling(6) < 9
    assert s.level("ethics", 7) == "quiet"


def test_how_far_a_strange_session_was_off_makes_no_difference() -> None:
    """Too much is too much: after calm sessions a 10 moves what is expected no more than an 8, and both are forgotten alike."""
    story_of = "session  7  8  9\nintensity  5  6  5\nafter_overwhelm  3  {said}  3"
    eight, ten = (after_calm(story_of.format(said=said)) for said in (8, 10))
    assert eight.ceiling(8) < eight.ceiling(7)
    assert ten.ceiling(8) == pytest.approx(eight.ceiling(8))
    assert ten.ceiling(9) == pytest.approx(eight.ceiling(9))


def test_a_first_session_still_ahead_has_a_ceiling_before_anything_is_planned() -> None:
    """The answers before it are there, no plan and no session yet: it is the first, so five at most."""
    s = story("session  1\nbefore_distress  5\nbefore_coping  6\nplanned_intensity  .\nintensity  .")
    assert s.ceiling(1) == 5
