"""What falls short of its threshold and yet leans: clearly worse than usual it crosses, and with other evidence makes a level; less than
that it only makes the score of its risk higher."""

from __future__ import annotations

import pytest
from tests.spec.story import Story, after_calm, story

import andante
from andante.lab.simulator import simulate

UNLIKE = [
    # risk, and one session's cell as it leans and as it does not; then what else is told of that session
    ("disengagement", "absence_reason", "unknown", "ill", "attendance  missed"),
    ("disengagement", "attendance", "late", "attended", ""),
    ("unfinished", "topics_resurfaced", "1", "0", ""),
    ("boundaries", "client_wish", "-1", "0", ""),
    ("boundaries", "client_slow", "1", "0", ""),
    ("boundaries", "overrun_min", "9", "0", ""),
    ("retraumatization", "trauma_work", "yes", "no", "essentials  yes\nafter_present  8"),
    ("experience", "after_pace", "1", "0", ""),
    ("distress", "suds_end", "6", "2", ""),
    ("ethics", "prepared", "0.4", "0.9", ""),
]


def _score(s: Story, risk: str, session: int) -> float:
    return float(s.rows[session][f"{risk}_score"])


@pytest.mark.parametrize(("risk", "column", "leaning", "upright", "beside"), UNLIKE, ids=[f"{r}: {c}" for r, c, *_ in UNLIKE])
def test_it_counts_and_makes_no_level(risk: str, column: str, leaning: str, upright: str, beside: str) -> None:
    leans, does_not = (after_calm(f"session  7\n{column}  {cell}\n{beside}") for cell in (leaning, upright))
    assert [s.level(risk, 7) for s in (leans, does_not)] == ["quiet", "quiet"]
    assert _score(leans, risk, 7) > 1.05 * _score(does_not, risk, 7)


def test_where_nothing_was_raised_it_says_nothing_that_nothing_was_talked_about() -> None:
    """Once, or in every row: there was nothing to talk about."""
    weeks = "session  " + " ".join(map(str, range(7, 17))) + "\nresponded  "
    yes, once, never = (after_calm(weeks + " ".join(cells)) for cells in (["yes"] * 10, ["yes"] * 9 + ["no"], ["no"] * 10))
    assert _score(once, "ethics", 16) == _score(never, "ethics", 16) == _score(yes, "ethics", 16)


def test_what_is_always_the_same_in_a_life_is_no_way_of_answering() -> None:
    """Never a minute over, never a day of the old way, the pace always right: whoever wishes for more may have it."""
    weeks = "session  1 2 3 4 5 6 7 8\nclient_wish  1 1 1 1 1 1 1 1\noverrun_min  0 0 0 0 0 0 0 0\nbetween_old_coping  0 0 0 0 0 0 0 0"
    assert after_calm(weeks).stance(8) == "deepen"


def test_beside_a_fact_that_speaks_what_is_only_near_a_rule_makes_no_act_for_nobody_could_be_told_of_it() -> None:
    """Less free to say no than usual, nine minutes over, little willing, a wish for slower: what is near a rule is not named."""
    week = "session  7\nafter_choice  1\noverrun_min  9\nafter_heard  8\nbefore_ready  {}\nclient_wish  {}"
    as_it_is, less_willing, slower = (after_calm(week.format(*cells)) for cells in ((4, 0), (1, 0), (4, -1)))
    assert [s.level("boundaries", 7) for s in (as_it_is, less_willing, slower)] == ["watch", "watch", "watch"]
    assert _score(less_willing, "boundaries", 7) > 0.9
    assert _score(slower, "boundaries", 7) > _score(as_it_is, "boundaries", 7)
    assert "against_wish" not in slower.evidence("boundaries", 7)


def test_what_is_short_of_its_threshold_may_be_a_watch_where_it_is_unlike_the_client_and_is_told_then() -> None:
    """Two or three days of the old way are usual: four are not unusual yet, and the second week of four is worth a question."""
    s = story("""
        session             1  2  3  4  5  6  7  8  9  10
        before_distress     5  4  5  5  4  5  4  5  4  5
        after_heard         8  9  8  9  8  8  9  8  9  8
        before_coping       6  6  5  6  6  5  6  5  5  6
        between_old_coping  .  2  3  2  3  2  2  4  4  2
    """)
    assert s.from_session("regression", 7) == ["quiet", "quiet", "watch", "quiet"]
    assert [row["strength"] for row in s.details if row["risk"] == "regression"] == [0.0]
    assert s.says("regression", 9) == ["old way of coping has become more frequent: 4 days, usually 2"]
    assert s.stance(9) == "go_on"


HARD_WEEK = """
    session           7  8
    before_distress   6  5
    before_wellbeing  4  6
    before_coping     5  7
    between_peak      7  5
    between_settle    3  1
    after_overwhelm   5  3
    between_from      {}  1
"""


def test_a_week_that_was_harder_in_everything_is_an_act_but_no_more_than_a_watch_where_it_is_life() -> None:
    assert after_calm(HARD_WEEK.format(1)).from_session("distress", 7) == ["act", "quiet"]
    assert after_calm(HARD_WEEK.format(0)).from_session("distress", 7) == ["watch", "quiet"]


def test_an_act_of_what_is_unlike_the_client_stands_over_a_session_missed_for_illness() -> None:
    s = after_calm("""
        session           7         8
        attendance        attended  missed
        absence_reason    .         ill
        before_distress   6         .
        before_wellbeing  4         .
        before_coping     5         .
        between_peak      7         .
        between_settle    3         .
        after_overwhelm   5         .
    """)
    assert s.from_session("distress", 7) == ["act", "act"]
    assert s.since("distress", 8) == 7


def test_what_leans_stands_until_it_is_asked_again_whatever_else_is_answered() -> None:
    s = after_calm("session  7 8 9 10\nafter_return  5 . . 8\nafter_helpful  6 . . 8\nafter_pace  . 0 0 0")
    assert s.from_session("experience", 7) == ["watch", "watch", "watch", "quiet"]
    assert s.evidence("experience", 7) == s.evidence("experience", 9)
    assert s.since("experience", 9) == 7


def test_in_the_first_sessions_what_is_only_short_of_a_threshold_makes_no_act() -> None:
    """All at the best end at first, then fives and sevens: somebody who uses the whole scale, perhaps."""
    s = story("session  1 2 3\nafter_helpful  9 5 8\nafter_return  10 7 9\nafter_heard  10 8 9\nbefore_distress  5 5 5")
    assert "act" not in s.levels("experience")


def test_a_fixed_threshold_is_where_it_is() -> None:
    """Three points below usual count as a fall in the wish to come back, 1 SD as one in feeling heard: two points are none."""
    s = after_calm("session  7 8\nafter_heard  4 9\nafter_helpful  5 8\nafter_return  6 8")
    assert s.raised(7) == {"trust": "watch", "experience": "watch"}
    assert "return_fell" not in s.evidence("experience", 7)
    assert s.why(7) == "Hold: more than one thing stands out, first of all: felt heard 4 of 10. Before: Go on."


def test_the_reason_is_what_is_said_in_this_row_before_what_stands_from_an_earlier_one() -> None:
    s = after_calm("""
        session         7         8         9
        before_ready    5         4         .
        after_return    5         4         .
        attendance      attended  attended  missed
        absence_reason  .         .         about_therapy
    """)
    assert s.from_session("disengagement", 7) == ["act", "act", "act"]
    assert "less willing of late" in s.why(8)
    assert "stayed away because of the therapy" in s.why(9)
    assert s.evidence("disengagement", 9)[0] != "missed_after_strain"


def test_a_threshold_in_points_is_reached_wherever_it_is_told() -> None:
    """In two services of simulated clients, half of them harmed: three points less, three issues more, and not nearly so."""
    told = {"return_fell": 0, "open_rising": 0}
    for family in ("episodes", "thresholds"):
        details = andante.read(simulate(60, family=family, seed=9).sessions, details=True).details.to_pylist()
        for row in (row for row in details if row["indicator"] in told):
            told[row["indicator"]] += 1
            assert abs(row["observed"] - row["usual"]) >= 3 - 1e-9
    assert min(told.values()) > 5
