"""The expected course: bands that hold, signals on the right side, a file that comes back the same."""

from __future__ import annotations

import json

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures.course import MUCH_WORSE, NORMAL, ON_TRACK, WORSE, Course, cover, fit_course, read_course


def made(better: str = "lower", limits: tuple[float, float, float, float] = NORMAL) -> Course:
    """Expected 10 + 0.5 first - 2 log(1 + t), predictive SD 4 (no error of the curve, no spread between clients)."""
    beta, zero = np.array([[10.0, 0.5], [-2.0, 0.0]]), np.zeros((2, 2))
    return Course("bdi", better, 0, 63, beta, np.zeros((4, 4)), zero, 16.0, limits, 100, 900, (10, 40), 20, -1.0)


def cohort(clients: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    who, since = np.repeat(np.arange(clients), 9), np.tile(np.arange(9), clients)
    level = rng.normal(28, 7, clients)[who]
    score = level - (3 + rng.normal(0, 2, clients)[who]) * np.log1p(since) + rng.normal(0, 3, len(who))
    return who, since, score


def test_bands_are_expected_plus_and_minus_their_shares() -> None:
    """68 % is 0.9945 SD either way, 80 % 1.2816; at 7 sessions log 8 = 2.0794."""
    bands = made().bands(20, 7)
    expected = 20 - 2 * 2.0794415
    assert bands.expected == pytest.approx(expected)
    assert [float(b) for b in bands[1:]] == pytest.approx(
        [expected - 5.1262, expected - 3.9778, expected + 3.9778, expected + 5.1262], abs=1e-3
    )


def test_bands_end_where_the_scale_ends() -> None:
    bands = made().bands([0.0, 63.0], [20, 1])
    assert bands.low_80[0] >= 0
    assert np.all(np.array(bands) <= 63)


@pytest.mark.parametrize(
    ("score", "better", "signal"),
    [
        (15.84, "lower", ON_TRACK),
        (15.84 + 3.9, "lower", ON_TRACK),
        (15.84 + 4.1, "lower", WORSE),
        (15.84 + 5.3, "lower", MUCH_WORSE),
        (15.84 - 9.0, "lower", ON_TRACK),  # much better than expected is on track
        (15.84 - 4.1, "higher", WORSE),
        (15.84 - 5.3, "higher", MUCH_WORSE),
        (np.nan, "lower", -1),
    ],
)
def test_signals(score: float, better: str, signal: int) -> None:
    """Expected 15.84 after seven sessions from 20."""
    assert made(better).signal(20, 7, score) == signal


def test_nothing_is_said_before_a_later_score() -> None:
    assert np.isnan(made().bands(20, 0).expected)
    assert made().signal(20, 0, 50) == -1
    assert made().signal(np.nan, 3, 50) == -1
    assert made().covers([20, 5, 20], [3, 3, 21]).tolist() == [True, False, False]


def test_bands_hold_on_other_clients() -> None:
    """Normal scores: 68 and 80 % of clients who were not in the cohort, within 2 points."""
    course = fit_course(*cohort(600), measure="bdi", low=-100, high=200)
    who, since, score = cohort(3000, seed=9)
    first = score[since == 0]
    later = since >= 1
    shares = cover(course, first[who][later], since[later], score[later])
    assert shares["inside_68"] == pytest.approx(0.68, abs=0.02)
    assert shares["inside_80"] == pytest.approx(0.80, abs=0.02)
    assert shares["scores"] == 24000


def test_the_first_score_is_no_outcome() -> None:
    """A wild first score of one client moves nobody's band but through its own curve: it predicts only."""
    who, since, score = cohort(60)
    course = fit_course(who, since, score, measure="bdi", low=0, high=63)
    assert (course.clients, course.scores) == (60, 480)
    assert course.last == 8


def test_few_clients_get_the_normal_limits_and_too_few_none() -> None:
    assert fit_course(*cohort(30), measure="bdi", low=0, high=63).limits == NORMAL
    assert fit_course(*cohort(60), measure="bdi", low=0, high=63).limits != NORMAL
    with pytest.raises(UsageError, match="19 clients have a first and a later score; a course needs at least 20"):
        fit_course(*cohort(19), measure="bdi", low=0, high=63)


def test_clients_without_a_first_or_a_later_score_are_left_out() -> None:
    who, since, score = cohort(40)
    score = score.copy()
    score[(who == 0) & (since == 0)] = np.nan
    score[(who == 1) & (since > 0)] = np.nan
    assert fit_course(who, since, score, measure="bdi", low=0, high=63).clients == 38


def test_it_comes_back_from_its_file() -> None:
    course = fit_course(*cohort(60), measure="bdi", low=0, high=63, better="lower")
    again = read_course("bdi", json.loads(json.dumps(course.as_dict())))
    np.testing.assert_array_equal(np.array(again.bands([15, 30], [2, 7])), np.array(course.bands([15, 30], [2, 7])))
    assert (again.clients, again.limits) == (course.clients, course.limits)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda e: e.pop("beta"),
        lambda e: e.update(limits=[1, 0, 0, 0]),
        lambda e: e.update(residual=-1),
        lambda e: e.update(spread=[1]),
        lambda e: e.update(spread=[[1, 5], [5, 1]]),  # no spread has such a shape
        lambda e: e.update(better="LOWER"),
        lambda e: e.update(intake=[25, 2]),
        lambda e: e.update(last=-1),
    ],
)
def test_a_broken_course_is_refused(break_it) -> None:  # type: ignore[no-untyped-def]
    entry = made().as_dict()
    break_it(entry)
    with pytest.raises(UsageError, match=r"^is not valid: "):
        read_course("bdi", entry)
