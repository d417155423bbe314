"""Things that several risks refer to."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.grid import events, first, usual

from andante.priors import shipped

NO = np.nan


def test_the_line_is_seven_until_the_two_agree_on_their_own() -> None:
    own = events("session 1 2 3\noverwhelm_line . 5 .\nafter_overwhelm 7 6 5")
    assert first(own.line) == [7, 5, 5]
    assert first(own.overwhelmed) == [False, True, False]


@pytest.mark.parametrize(
    ("cells", "agreed"),
    [
        ("essentials yes", True),
        ("prepared 0.6\nconsent yes", True),
        ("prepared 0.59\nconsent yes", False),
        ("prepared 1\nconsent .", False),
        ("prepared 1\nconsent no", False),
        ("essentials no", False),
        ("essentials no\nprepared 0.6\nconsent yes", True),
    ],
)
def test_agreed_work(cells: str, agreed: bool) -> None:
    assert first(events("session 1\n" + cells).agreed) == [agreed]


@pytest.mark.parametrize(
    ("led", "plan", "done", "disclosure"),
    [
        ("client", 3, 9, True),
        ("client", ".", 9, True),
        ("client", 5, 6, True),
        ("client", 5, 5, False),
        ("client", 6, 7, False),
        ("client", 4, 7, True),
        ("client", 8, 8, False),
        ("both", 3, 9, False),
        (".", 3, 9, False),
    ],
    ids=[
        "light plan",
        "no plan",
        "a little beyond an easy plan",
        "as planned",
        "hard work, hardly beyond the plan",
        "far beyond the plan",
        "planned",
        "led by both",
        "not known who led",
    ],
)
def test_a_clients_own_disclosure(led: str, plan: object, done: int, disclosure: bool) -> None:
    own = events(f"session 1\nled_by {led}\nplanned_intensity {plan}\nintensity {done}")
    assert first(own.own_disclosure) == [disclosure]


def test_a_fall_in_feeling_heard_is_in_the_larger_sd_and_needs_an_own_level() -> None:
    """The shipped SD between persons is wider than a steady client's own: the fall is told in it."""
    story = "session 1 2 3 4 5\nafter_heard 9 9 9 9 6"
    fall, own = events(story).fall_in_heard, usual(story)
    wider = max(own.scale("after_heard")[4, 0], shipped().priors["after_heard"].between)
    assert np.isnan(fall[:3, 0]).all()
    assert fall[4, 0] == pytest.approx((own.expected("after_heard")[4, 0] - 6) / wider)


def test_strain_is_overwhelm_a_rupture_or_a_press() -> None:
    own = events("session 1 2 3 4 5\nafter_overwhelm 8 3 3 3 3\nafter_heard 9 4 9 9 9\nclient_slow 0 0 1 0 0\nstops_overridden 0 0 0 1 0")
    assert first(own.strained) == [True, True, True, True, False]
    assert first(own.after_strain) == [False, True, True, True, True]


def test_the_last_session_is_the_last_attended_one() -> None:
    own = events("session 1 2 3\nattendance attended missed attended\ntrauma_work yes . no")
    assert first(own.after_trauma_work) == [False, True, True]


def test_a_break_is_more_than_21_days_since_the_last_attended_session() -> None:
    own = events("session 1 2 3 4\nday 0 21 43 50\nattendance attended attended attended attended")
    assert first(own.after_break) == [False, False, True, False]
    missed = events("session 1 2 3\nday 0 14 28\nattendance attended missed attended")
    assert first(missed.after_break) == [False, False, True]


def test_the_worst_measure_is_told_in_units_of_its_own_reliable_change() -> None:
    """PHQ-9 up by 6 of 6, GAD-7 up by 8 of 4: the second is twice its reliable change."""
    own = events("session 1 2\nphq9 10 16\ngad7 5 13")
    times, which, names, _ = own.worst_of("general", lambda worse, _: worse - worse[0])
    assert times[1, 0] == 2.0
    assert "GAD-7" in names[which[1, 0]]
