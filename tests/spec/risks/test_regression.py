"""Regression: is the client falling back on what they wanted to leave? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import story
from tests.unit.grid import history

from andante.events import Events
from andante.priors import shipped
from andante.risk import UNLIKE
from andante.risks import regression
from andante.usual import Usual

CASES = cases(
    """
        old_coping_up              | between_old_coping 1 1 1 1 1 1 1 1 4
        not old_coping_up          | between_old_coping 1 1 1 1 1 1 1 1 3
        old_coping_up              | between_old_coping 2 2 2 2 2 2 2 2 5
        not old_coping_up          | between_old_coping 2 2 2 2 2 2 2 2 4
        old_coping_up              | between_old_coping 3 3 3 3 3 3 3 3 6
        not old_coping_up          | between_old_coping 3 3 3 3 3 3 3 3 5
        old_coping_after_work      | between_old_coping 1 1 1 1 1 1 5; intensity 4 4 4 4 4 7 4
        not old_coping_up          | between_old_coping 1 1 1 1 1 1 5; intensity 4 4 4 4 4 7 4
        old_coping_after_work      | between_old_coping 1 1 1 1 1 1 5; between_from . . . . . . 1
        not old_coping_after_work  | between_old_coping 1 1 1 1 1 1 5
        old_coping_rising          | between_old_coping 1 1 1 1 1 1 1 1 3 3
        not old_coping_rising      | between_old_coping 1 1 1 1 1 1 1 1 3 1
        not old_coping_rising      | between_old_coping 1 1 1 1 1 1 1 1 2 2
        not old_coping_rising      | between_old_coping 1 1 1 1 1 1 3 3 3; old_coping_risky yes . . . . . . . .
        relapse                    | between_old_coping 1 1 1 1 1 1 6 1 6
        not relapse                | between_old_coping 1 1 1 1 1 1 6 1 1
        not relapse                | between_old_coping 1 1 1 1 1 1 6 1 1 6
        not old_coping_up          | between_old_coping 1 1 1 1 1 1 7; old_coping_risky yes . . . . . .
        gains_lost                 | phq9 20 12 12 18
        not gains_lost             | phq9 20 12 12 17
        not gains_lost             | phq9 20 15 15 21
        not gains_lost             | phq9 20 12 18
        gains_lost                 | phq9 20 12 18 18
        gains_lost                 | phq9 18 14 9 16 17
        not gains_lost             | phq9 20 12 18 17
        not gains_lost             | phq9 20 12 18 15 18
        coping_falling             | before_coping 2 2 2
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("regression")


def test_where_nothing_else_is_asked_a_gain_given_back_stands_by_itself() -> None:
    """PHQ-9 from 18 to 11, held, then 20: eight points given back, six are reliable. Beside calm answers it is only told."""
    scores = "session  1 2 3 4 5 6 7 8 9\nphq9  18 17 15 13 12 11 12 20 20"
    assert story(scores).levels("regression")[-2:] == ["watch", "act"]
    assert story(scores.replace("20 20", "16 16")).levels("regression")[-2:] == ["unknown", "unknown"]
    # the best was seen once, and twice it is lost
    assert story(scores.replace("20 20", "17 17")).levels("regression")[-2:] == ["unknown", "watch"]
    beside = scores + "\nbefore_distress  5 4 5 4 5 4 5 4 5\nbetween_old_coping  1 1 0 1 1 0 1 1 1\nbefore_coping  6 6 6 6 6 6 6 6 6"
    assert story(beside).level("regression", 8) == "quiet"


@pytest.mark.parametrize("gap", [7, 6.9, 3.5])
def test_an_old_way_of_every_day_becomes_usual_whatever_the_gap_between_sessions(gap: float) -> None:
    """Counts of days ask about whole days: 7 of 6.9 would be more than there are, and a surprise for ever."""
    days = " ".join(f"{gap * k:g}" for k in range(12))
    s = story(f"session  1 2 3 4 5 6 7 8 9 10 11 12\nday  {days}\nbetween_old_coping  " + " ".join([f"{min(7, round(gap))}"] * 12))
    assert s.level("regression", 12) not in ("watch", "act")


@pytest.mark.parametrize(("cause", "applies"), [("0", "old_coping_up"), ("2", "old_coping_after_work")])
def test_a_few_days_more_are_told_by_the_wording_that_applies_and_no_other(cause: str, applies: str) -> None:
    """Three days where one is usual: short of the threshold of either, and clearly worse than usual by one."""
    own = history(f"session 1 2 3 4 5 6\nbetween_old_coping 1 1 1 1 1 3\nbetween_from . . . . . {cause}")
    usual = Usual(own, shipped())
    found = regression.assess(own, usual, Events(own, usual))
    crosses = {name for name in ("old_coping_up", "old_coping_after_work") if found[name].excess[-1, 0] >= UNLIKE}
    assert crosses == {applies}
