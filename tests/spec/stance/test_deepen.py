"""Deepen: only if the client wants more, and with each of its vetoes."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

WISH = """
    session      7  8  9
    client_wish  1  .  .
"""


def test_a_standing_wish_for_faster() -> None:
    assert after_calm(WISH).stances()[6:] == ["deepen", "deepen", "deepen"]


def test_a_wish_that_was_taken_back() -> None:
    s = after_calm("session  7  8  9\nclient_wish  1  .  0")
    assert s.stances()[6:] == ["deepen", "deepen", "go_on"]


@pytest.mark.parametrize(
    ("pace", "stances"),
    [
        ("-1  -1  0", ["go_on", "deepen", "deepen"]),
        ("-1   0 -2", ["go_on", "go_on", "deepen"]),
        ("-1   0  0", ["go_on", "go_on", "go_on"]),
        (" 1   1  0", ["go_on", "go_on", "go_on"]),
        ("-1   . -1", ["go_on", "go_on", "deepen"]),
    ],
)
def test_too_slow_twice_in_three(pace: str, stances: list[str]) -> None:
    got = after_calm(f"session  7  8  9\nafter_pace  {pace}").stances()[6:]
    assert ["go_on" if stance == "hold" else stance for stance in got] == stances


VETOES = {
    "distress is raised": "after_overwhelm  9",
    "trust is raised": "after_heard  4",
    "boundaries are raised": "after_choice  0",
    "safety is open": "safety_flag  yes",
    "three sessions are left": "sessions_left  3",
    "a break of 22 days": "day  57",
    "the brake": "client_slow  1",
}


@pytest.mark.parametrize("cells", VETOES.values(), ids=VETOES)
def test_vetoes(cells: str) -> None:
    wished = after_calm("session  7\nclient_wish  1")
    vetoed = after_calm("session  7\nclient_wish  1\n" + cells)
    assert wished.stance(7) == "deepen"
    assert vetoed.stance(7) != "deepen"


ALLOWED = {
    "safety was asked and is clear": "safety_flag  no",
    "four sessions are left": "sessions_left  4",
    "a break of 21 days": "day  56",
    "low readiness alone": "before_ready  6",
}


@pytest.mark.parametrize("cells", ALLOWED.values(), ids=ALLOWED)
def test_what_is_no_veto(cells: str) -> None:
    assert after_calm("session  7\nclient_wish  1\n" + cells).stance(7) == "deepen"


@pytest.mark.parametrize("silent", ["after_overwhelm", "after_heard", "after_choice"])
def test_distress_trust_and_boundaries_must_be_quiet_and_not_unknown(silent: str) -> None:
    without = ("after_overwhelm", "before_distress", "before_wellbeing", "before_coping", "between_peak", "between_settle")
    s = after_calm("session  7\nclient_wish  1", without=without if silent == "after_overwhelm" else (silent,))
    assert s.stance(7) == "go_on"


def test_not_before_the_fourth_session() -> None:
    s = story("""
        session          1  2  3  4  5
        client_wish      1  1  1  1  1
        before_distress  5  6  5  4  5
        after_heard      9  8  9  9  8
        after_choice     2  2  2  2  2
    """)
    assert s.stances() == ["go_on", "go_on", "go_on", "deepen", "deepen"]


def test_nothing_may_be_uninformative() -> None:
    """The polite: everything is always best, and the wish for more may be politeness too."""
    s = story("""
        session          1   2   3   4   5   6   7   8
        client_wish      1   1   1   1   1   1   1   1
        before_distress  5   6   5   4   5   5   4   5
        after_heard      10  10  10  10  10  10  10  10
        after_choice     2   2   2   2   2   2   2   2
        after_helpful    7   8   7   7   8   7   8   7
    """)
    assert s.stances()[3:5] == ["deepen", "deepen"]
    assert "deepen" not in s.stances()[5:]


def test_nor_may_a_measure_be_uninformative() -> None:
    """An alliance measure at its best six times running."""
    s = story("""
        session          1   2   3   4   5   6   7   8
        client_wish      1   1   1   1   1   1   1   1
        before_distress  5   6   5   4   5   5   4   5
        after_heard      9   8   9   9   8   9   8   9
        after_choice     2   2   2   2   2   2   2   2
        srs              .   .   40  40  40  40  40  40
    """)
    assert s.stances()[5:] == ["deepen", "deepen", "go_on"]


def test_reviewed_safety_is_clear_again() -> None:
    s = after_calm("""
        session          7    8    9
        client_wish      1    1    1
        safety_flag      yes  no   no
        safety_reviewed  .    yes  .
    """)
    assert s.stances()[6:] == ["hold", "deepen", "deepen"]


def test_after_the_brake_one_session_goes_by_first() -> None:
    """Pressed, talked about and settled: the wish from before the press does not speak again at once."""
    s = after_calm("""
        session      7  8  9    10  11
        client_wish  1  1  1    1   1
        client_slow  0  1  0    0   0
        responded    .  .  yes  .   .
        before_open  0  0  0    0   0
    """)
    assert s.stances()[6:] == ["deepen", "hold", "go_on", "deepen", "deepen"]


@pytest.mark.parametrize(("reason", "stance"), [(".", "go_on"), ("unknown", "go_on"), ("ill", "deepen"), ("practical", "deepen")])
def test_who_stayed_away_is_not_told_to_go_deeper(reason: str, stance: str) -> None:
    s = after_calm(f"session  7  8  9\nclient_wish  1  1  1\nattendance  attended  missed  attended\nabsence_reason  .  {reason}  .")
    assert [s.stance(7), s.stance(8), s.stance(9)] == ["deepen", stance, "deepen"]


AVOIDING = """
    session            7  8  9  10
    before_ready       7  8  7  {ready}
    intensity          3  2  3  {done}
    planned_intensity  3  2  3  3
"""


@pytest.mark.parametrize(("ready", "done", "asks"), [(7, 3, True), (6, 3, False), (7, 4, False)])
def test_willing_four_times_while_the_work_stays_light_only_asks_a_question(ready: int, done: int, asks: bool) -> None:
    s = after_calm(AVOIDING.format(ready=ready, done=done))
    assert s.stance(10) == "go_on"
    assert ("are we both avoiding something" in s.why(10)) == asks
    assert "avoiding" not in s.why(9)


AGAINST = {
    "too slow, and wishes it slower": "after_pace  -1  -1  -1\nclient_wish  -1  .  .",
    "a wish for faster, and too fast": "client_wish  1  .  .\nafter_pace  .  .  1",
    "overwhelm of 7 at the session before": "client_wish  1  .  .\nafter_overwhelm  .  7  3",
    "a rupture two sessions ago": "client_wish  1  .  .\nafter_heard  4  9  9",
}


@pytest.mark.parametrize("rows", AGAINST.values(), ids=AGAINST)
def test_one_contrary_answer_is_enough(rows: str) -> None:
    assert after_calm("session  7  8  9\n" + rows).stance(9) != "deepen"


def test_what_has_been_so_again_and_again_is_no_ground_to_go_deeper() -> None:
    """Unwilling to come back (3 of 10), session after session; who looks forward to it may go deeper."""
    rows = "client_wish  1 1 1 1 1 1 1\nbefore_distress  4 5 4 5 4 5 4\nafter_heard  9 8 9 9 8 9 9\nafter_choice  2 2 2 2 2 2 2\n"
    never, gladly = (story(f"session  1 2 3 4 5 6 7\n{rows}after_return  {' '.join(answers)}") for answers in ("3333333", "8787878"))
    assert gladly.stance(7) == "deepen"
    assert never.stance(7) != "deepen"


@pytest.mark.parametrize(("column", "cell"), [("after_heard", "6"), ("after_overwhelm", "7"), ("between_settle", "3")])
def test_a_fixed_threshold_speaks_against_going_deeper_even_where_it_makes_no_level(column: str, cell: str) -> None:
    """And a rating that was always so: who never felt heard at more than five is not told to go deeper."""
    s = after_calm(f"session  7  8\nclient_wish  1  1\n{column}  {cell}  .", without=("suds_end",))
    assert s.stance(7) != "deepen"
    always = story("session  1 2 3 4\nclient_wish  1 1 1 1\nafter_heard  5 5 5 5\nbefore_distress  4 5 4 5\nafter_choice  2 2 2 2")
    assert "deepen" not in always.stances()
