"""What is usual for this client, stream by stream."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.unit.grid import first, history, usual

from andante.kernels.normal_gamma import SHAPE
from andante.priors import Norms, Prior, shipped
from andante.records import COLUMN
from andante.usual import ABOUT_THERAPIST, STREAMS, Usual, all_at_one_end

NO = np.nan


def test_every_stream_has_a_prior_and_a_direction_that_the_contract_agrees_with() -> None:
    assert set(STREAMS) == set(shipped().priors)
    assert all(worse == (COLUMN[name].worse or 1) for name, worse in STREAMS.items() if COLUMN[name].better)
    assert set(ABOUT_THERAPIST) <= set(STREAMS)


def test_surprise_is_positive_where_things_are_worse() -> None:
    own = usual("session 1 2\nafter_heard 8 2\nbefore_distress 5 10\nbefore_wellbeing 5 0\nintensity 4 10")
    assert all(own.surprise(name)[1, 0] > 1 for name in ("after_heard", "before_distress", "before_wellbeing", "intensity"))


def test_before_the_first_answer_the_prior_is_usual() -> None:
    prior = shipped().priors["after_heard"]
    own = usual("session 1\nafter_heard 8")
    weight = (prior.within / prior.between) ** 2
    assert own.expected("after_heard")[0, 0] == prior.mean
    assert own.scale("after_heard")[0, 0] == pytest.approx(prior.within * math.sqrt((SHAPE - 1) * (weight + 1) / (SHAPE * weight)))


def test_an_expected_course_is_taken_off() -> None:
    """Where distress is expected to fall, staying the same is a little worse than usual."""
    course = Norms({"before_distress": Prior(5.0, 1.0, 1.0, course=-1.0)})
    flat = Norms({"before_distress": Prior(5.0, 1.0, 1.0)})
    own = history("session 1 2 3 4 5 6\nbefore_distress 5 5 5 5 5 5")
    assert Usual(own, flat).surprise("before_distress")[-1, 0] == pytest.approx(0)
    assert Usual(own, course).surprise("before_distress")[-1, 0] > 0.1
    # at the first session nothing has been expected yet
    assert Usual(own, course).expected("before_distress")[0, 0] == 5.0


def test_a_count_of_days_is_brought_to_a_week() -> None:
    own = usual("session 1 2 3\nday 0 7 9\nbetween_used . 3 1")
    assert first(own.value("between_used")) == pytest.approx([NO, 3, 3.5], nan_ok=True)


def test_more_days_than_were_asked_about_count_as_all_of_them() -> None:
    own = usual("session 1 2\nday 0 2\nbetween_used . 5")
    assert own.value("between_used")[1, 0] == 7


def test_steps_from_what_was_expected_and_from_the_best_are_counted_as_the_client_counts() -> None:
    """Of two days asked about, one used: half a week is expected of seven, so one day; the best would have been two."""
    flat = Norms({"between_used": Prior(3.5, 1.0, 1.0), "after_heard": Prior(8.0, 1.0, 1.0), "intensity": Prior(5.0, 2.0, 1.0)})
    own = Usual(history("session 1\nafter_heard 6"), flat)
    off, short = own.scale_steps("after_heard")
    assert (off[0, 0], short[0, 0]) == (2.0, 4.0)
    own = Usual(history("session 1 2\nday 0 2\nbetween_used . 1"), flat)
    off, short = own.scale_steps("between_used")
    assert (off[1, 0], short[1, 0]) == pytest.approx((0.0, 1.0))
    assert np.isnan([off[0, 0], short[0, 0]]).all()
    assert np.isnan(Usual(history("session 1\nintensity 6"), flat).scale_steps("intensity")).all()  # harder is not worse


def test_the_band_is_eighty_percent_of_student_t() -> None:
    """Before any answer: the prior's 8, a predictive variance of 1 + 1 times 5/6, and t of 12 degrees, whose tenth lies beyond 1.356."""
    own = Usual(history("session 1\nafter_heard 6"), Norms({"after_heard": Prior(8.0, 1.0, 1.0)}))
    low, _ = own.band("after_heard")
    assert low[0, 0] == pytest.approx(8 - 1.356217 * (2 * 5 / 6) ** 0.5, abs=1e-5)


def test_the_band_stays_on_the_scale() -> None:
    low, high = usual("session 1 2 3\nafter_overwhelm 0 0 0").band("after_overwhelm")
    assert (low >= 0).all()
    assert (high <= 10).all()
    assert (low <= high).all()


def test_a_new_therapist_restarts_only_what_rates_the_therapist() -> None:
    own = usual("session 1 2 3 4\nafter_heard 5 5 5 5\nbefore_distress 9 9 9 9\ntherapist_id t1 t1 t2 t2")
    heard, distress = own.expected("after_heard")[:, 0], own.expected("before_distress")[:, 0]
    assert heard[2] == heard[0] == shipped().priors["after_heard"].mean
    assert distress[2] > distress[0] + 1


def test_not_knowing_the_therapist_restarts_nothing() -> None:
    own = usual("session 1 2 3 4\nafter_heard 5 5 5 5\ntherapist_id t1 . t1 t1")
    assert np.all(np.diff(own.expected("after_heard")[:, 0]) < 0)


def test_a_stream_that_the_table_does_not_have_says_nothing() -> None:
    own = usual("session 1 2\nafter_heard 9 9")
    for asked in (own.surprise, own.drift, own.cusum, own.expected, own.scale):
        assert np.isnan(asked("after_sense")).all()


@pytest.mark.parametrize(
    ("name", "answers", "says_nothing"),
    [
        ("after_heard", "10 10 10 10 10 10", True),
        ("after_heard", "0 0 0 0 0 0", True),
        ("after_heard", "10 10 10 10 10 .", False),
        ("after_heard", "10 10 10 10 10 9", False),
        ("after_heard", "7 7 7 7 7 7", False),
        ("after_heard", "10 0 10 0 10 0", False),
        ("after_helpful", "9 9 9 9 9 9", True),
        ("after_helpful", "1 1 1 1 1 1", True),
        ("after_choice", "2 2 2 2 2 2", False),
        ("before_open", "0 0 0 0 0 0", False),
        ("topics_open", "0 0 0 0 0 0", False),
    ],
)
def test_six_answers_at_one_end_of_a_scale_of_more_than_three_steps_say_nothing(name: str, answers: str, says_nothing: bool) -> None:
    own = usual(f"session 1 2 3 4 5 6\n{name} {answers}")
    assert bool(own.uninformative(name)[-1, 0]) == says_nothing
    assert bool(own.anything_uninformative()[-1, 0]) == says_nothing


def test_ends_are_counted_over_all_answers_so_far() -> None:
    values = np.array([10.0] * 5 + [NO, 10.0, 9.0, 10.0])[:, None]
    assert all_at_one_end(values, COLUMN["after_heard"])[:, 0].tolist() == [False] * 6 + [True, False, False]


def test_answers_are_counted_however_many_there_are() -> None:
    """A file whose rows all carry one id is one very long client."""
    assert all_at_one_end(np.full((40_000, 1), 10.0), COLUMN["after_heard"])[[4, 5, -1], 0].tolist() == [False, True, True]


def test_harder_work_becomes_usual_and_feeling_less_heard_does_not() -> None:
    """Six weeks of work of 3 in which the client feels heard 9, then ten of 7 in which they feel heard 6."""
    weeks = "session  " + " ".join(map(str, range(1, 17)))
    weeks += "\nintensity  " + " ".join(["3"] * 6 + ["7"] * 10) + "\nafter_heard  " + " ".join(["9"] * 6 + ["6"] * 10)
    found = usual(weeks)
    assert found.expected("intensity")[-1, 0] > 5
    assert found.expected("after_heard")[-1, 0] > 7.5
