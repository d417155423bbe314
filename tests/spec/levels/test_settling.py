"""After prepared, agreed work the heat of that session is a watch at most; only later answers raise it."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

AGREED = pytest.mark.parametrize(
    "agreed",
    [
        "essentials  yes  yes  yes  yes  yes  yes  yes",
        "consent  yes  yes  yes  yes  yes  yes  yes\nprepared  0.6  0.6  0.6  0.6  0.6  0.6  0.6",
    ],
    ids=["all three essentials", "0.6 of the list with consent"],
)
NOT_AGREED = pytest.mark.parametrize(
    "agreed",
    [
        "essentials  no  no  no  no  no  no  no",
        "consent  .  .  .  .  .  .  .\nprepared  1  1  1  1  1  1  1",
        "consent  yes  yes  yes  yes  yes  yes  yes\nprepared  0.5  0.5  0.5  0.5  0.5  0.5  0.5",
    ],
    ids=["essentials missing", "prepared, consent not known", "too little prepared"],
)
HEAT = """
    session            7    8    9    10   11   12   13
    trauma_work        yes  yes  yes  yes  yes  yes  yes
    intensity          7    7    7    7    7    7    7
    planned_intensity  7    7    7    7    7    7    7
    after_overwhelm    7    7    7    7    7    7    7
"""


@AGREED
def test_heat_alone_is_never_more_than_a_watch(agreed: str) -> None:
    s = after_calm(HEAT + agreed)
    levels = s.from_session("distress", 7)
    assert "watch" in levels
    assert "act" not in levels


@NOT_AGREED
def test_the_same_heat_without_agreement_becomes_an_act(agreed: str) -> None:
    s = after_calm(HEAT + agreed)
    assert s.level("distress", 13) == "act"


@AGREED
def test_a_session_left_hot_is_settling_too(agreed: str) -> None:
    s = after_calm(
        HEAT
        + """
        suds_start         3  3  3  3  3  3  3
        suds_peak          9  9  9  9  9  9  9
        suds_end           7  7  7  7  7  7  7
        """
        + agreed
    )
    assert "act" not in s.from_session("distress", 7)


@AGREED
def test_a_later_answer_that_it_did_not_settle_raises_it(agreed: str) -> None:
    s = after_calm(
        """
        session            7  8  9  10  11  12  13
        intensity          7  4  4  4   4   4   4
        planned_intensity  7  4  4  4   4   4   4
        after_overwhelm    7  3  3  3   3   3   3
        between_settle     1  6  1  1   1   1   1
        """
        + agreed.replace("  yes" * 7, "  yes" + 6 * "  .").replace("  0.6" * 7, "  0.6" + 6 * "  .")
    )
    assert s.level("distress", 7) != "act"
    assert s.level("distress", 8) == "act"


@AGREED
def test_a_rise_that_settles_is_never_an_act(agreed: str) -> None:
    """A week that was hard and settled within two days is not told against the work."""
    s = after_calm(
        HEAT
        + """
        between_settle     1  2  2  1  2  1  1
        between_peak       6  8  9  8  7  8  8
        before_distress    5  8  8  7  7  7  7
        """
        + agreed
    )
    assert "act" not in s.from_session("distress", 7)
    assert "ease" not in s.stances()


def test_the_line_the_brake_and_a_breach_know_no_settling() -> None:
    s = after_calm("""
        session            7    8    9
        essentials         yes  yes  yes
        intensity          8    8    8
        planned_intensity  8    8    8
        after_overwhelm    8    8    3
        client_slow        1    0    0
        stops_overridden   0    0    1
    """)
    assert s.from_session("distress", 7)[:2] == ["watch", "act"]
    assert s.stance(7) == "hold"
    assert s.level("boundaries", 9) == "act"


def test_it_is_marked_as_settling() -> None:
    """The sentence says that the work was prepared and agreed; without that it says nothing of the kind."""
    history = """
        session          1   2   3   4   5
        intensity        4   5   4   5   8
        essentials       .   .   .   .   {}
        after_overwhelm  3   2   3   3   8
        after_heard      9   9   8   9   9
    """
    agreed, pushed = story(history.format("yes")), story(history.format("no"))
    assert any("settling: the work was prepared and agreed" in says for says in agreed.says("distress", 5))
    assert not any("settling" in says for says in pushed.says("distress", 5))


def test_what_is_an_act_all_the_same_is_not_told_as_settling() -> None:
    """The absolute line is crossed a second time: then it is too much, agreed or not, and told in the line's own words."""
    s = after_calm("session  7 8\nintensity  8 8\nessentials  yes yes\nconsent  yes yes\nafter_overwhelm  9 9")
    assert s.levels("distress")[-2:] == ["watch", "act"]
    assert not any("settling" in says for says in s.says("distress", 8))
    assert "it was too much: 9 of 10" in s.why(8)


@pytest.mark.parametrize(("days", "level"), [(3, "watch"), (4, "act")])
def test_a_bad_week_after_agreed_work_is_held_to_a_watch_where_it_had_settled_within_three_days(days: int, level: str) -> None:
    s = after_calm(f"""
        session           7    8   9
        trauma_work       yes  no  no
        essentials        yes  yes yes
        consent           yes  yes yes
        after_overwhelm   7    3   3
        between_settle    1    {days}   1
        before_distress   5    10  5
        before_wellbeing  6    1   6
        between_peak      5    10  5
    """)
    assert s.level("distress", 8) == level


@pytest.mark.parametrize(("days", "raised"), [(2, "watch"), (5, "act")])
def test_memories_that_agreed_work_stirs_up_are_no_act_where_that_work_settles(days: int, raised: str) -> None:
    """Exposure as it should go: unwanted memories rise over weeks, and each session has settled after two days."""
    s = after_calm(f"""
        session             7    8    9    10   11   12   13
        trauma_work         yes  yes  yes  yes  yes  yes  yes
        essentials          yes  yes  yes  yes  yes  yes  yes
        consent             yes  yes  yes  yes  yes  yes  yes
        intensity           7    7    7    7    7    7    7
        planned_intensity   7    7    7    7    7    7    7
        between_settle      1    {days}    {days}    {days}    {days}    {days}    {days}
        between_intrusions  2    5    6    7    7    7    7
    """)
    levels = s.from_session("retraumatization", 8)
    assert raised in levels
    assert ("act" in levels) == (raised == "act")
