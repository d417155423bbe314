"""Absolute lines: no baseline, no budget and no agreement moves them. Once is a watch, twice in three answers an act."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

# the column, where the line is crossed, just short of it, the risk, the name of the evidence
LINES = [
    ("after_overwhelm", 8, 7, "distress", "overwhelm_line_crossed"),
    ("between_settle", 7, 6, "distress", "settle_line_crossed"),
    ("after_heard", 4, 5, "trust", "heard_line_crossed"),
    ("after_choice", 0, 1, "boundaries", "no_choice"),
    ("after_helpful", 3, 4, "experience", "hindering_line_crossed"),
]
lines = pytest.mark.parametrize(("column", "over", "short", "risk", "evidence"), LINES, ids=[line[0] for line in LINES])


@lines
def test_crossed_once_is_a_watch(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    s = after_calm(f"""
        session   7
        {column}  {over}
    """)
    assert s.level(risk, 7) == "watch"
    assert evidence in s.evidence(risk, 7)


@lines
def test_short_of_it_the_line_does_not_speak(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    s = after_calm(f"""
        session   7
        {column}  {short}
    """)
    assert evidence not in s.evidence(risk, 7)


@lines
def test_crossed_twice_in_three_answers_is_an_act(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    fine = {"between_settle": 1, "after_overwhelm": 3, "after_choice": 2, "after_heard": 9, "after_helpful": 7}[column]
    s = after_calm(f"""
        session   7       8       9
        {column}  {over}  {fine}  {over}
    """)
    assert s.level(risk, 9) == "act"
    assert evidence in s.evidence(risk, 9)


@lines
def test_two_unanswered_questions_in_between_do_not_count_as_answers(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    s = after_calm(f"""
        session   7       8  9  10
        {column}  {over}  .  .  {over}
    """)
    assert s.level(risk, 10) == "act"


@lines
def test_crossed_again_after_two_good_answers_is_a_watch_anew(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    fine = {"between_settle": 1, "after_overwhelm": 3, "after_choice": 2, "after_heard": 9, "after_helpful": 7}[column]
    s = after_calm(f"""
        session   7       8       9       10
        {column}  {over}  {fine}  {fine}  {over}
    """)
    assert s.from_session(risk, 8) == ["quiet", "quiet", "watch"]


@lines
def test_what_is_always_so_never_becomes_usual(column: str, over: int, short: int, risk: str, evidence: str) -> None:
    s = story(f"""
        session   1       2       3       4       5       6       7       8       9       10      11      12
        day       0       7       14      21      28      35      42      49      56      63      70      77
        {column}  {over}  {over}  {over}  {over}  {over}  {over}  {over}  {over}  {over}  {over}  {over}  {over}
    """)
    assert s.levels(risk) == ["watch"] + 11 * ["act"]
    assert all(evidence in s.evidence(risk, session) for session in range(1, 13))


@pytest.mark.parametrize(
    "agreed",
    ["essentials yes yes", "consent yes yes\nprepared 1 1", "between_from 0 0"],
    ids=["the essentials were there", "prepared and agreed", "put down to life"],
)
def test_neither_agreement_nor_life_moves_a_line(agreed: str) -> None:
    s = after_calm(f"""
        session            7  8
        after_overwhelm    8  8
        intensity          8  8
        planned_intensity  8  8
        {agreed}
    """)
    assert s.from_session("distress", 7) == ["watch", "act"]


def test_not_settled_after_a_week_needs_a_week() -> None:
    """Seven days "not yet" cannot be said five days after the session."""
    s = after_calm("""
        session         7   8   9
        day             40  45  50
        between_settle  7   7   1
    """)
    assert "settle_line_crossed" not in s.evidence("distress", 7) + s.evidence("distress", 8)


def test_a_line_is_crossed_even_where_the_two_agreed_on_a_higher_line_of_their_own() -> None:
    s = after_calm("""
        session          7  8
        overwhelm_line   9  9
        after_overwhelm  8  8
    """)
    assert s.from_session("distress", 7) == ["watch", "act"]


@pytest.mark.parametrize("day", ["42", "41.98", "41.6"])
def test_a_weekly_session_somewhat_earlier_in_the_day_comes_after_a_week(day: str) -> None:
    s = after_calm(f"""
        session         7      8
        day             {day}  49
        between_settle  7      1
    """)
    assert "settle_line_crossed" in s.evidence("distress", 7)
