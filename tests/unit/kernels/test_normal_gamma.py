"""The level and spread of one person: the conjugate update by hand."""

from __future__ import annotations

import numpy as np
import pytest

from andante.kernels import normal_gamma
from andante.kernels.normal_gamma import ALIKE, FORGETTING, SHAPE, WINSOR, degrees_of_freedom, expect

NEVER = np.nan


def expected(values: list[float], *, mean: float = 5.0, within: float = 1.0, between: float = 1.0, anew: list[int] | None = None):  # type: ignore[no-untyped-def]
    column = np.array(values)[None, :, None]
    restart = np.zeros(column.shape, np.bool_)
    restart[0, anew or [], 0] = True
    return expect(column, restart, np.ones(1), np.array([mean]), np.array([within]), np.array([between]))


def test_before_any_answer_the_prior_predicts() -> None:
    """Spread b0 = within^2 (a0 - 1), weight k0 = (within/between)^2: scale^2 = b0 (k0 + 1) / (a0 k0), 2 a0 degrees."""
    found = expected([5.0], within=2.0, between=1.0)
    spread, weight = 4.0 * (SHAPE - 1), 4.0
    assert found.mean[0, 0, 0] == 5.0
    assert found.scale[0, 0, 0] == pytest.approx(np.sqrt(spread * (weight + 1) / (SHAPE * weight)))
    assert degrees_of_freedom()[0] == 2 * SHAPE


def test_two_answers_by_hand() -> None:
    """Murphy 2007, section 3, with a forgetting factor f on what was known before.

    Level 5, weight 1, shape a, spread a - 1. Answer 6: level 5.5, spread + 1/2 * 1/2 * 1, weight 2f, shape a + 1/2.
    Answer 6 again: gap 1/2, level + 0.5/(2f + 1), spread part f/4 + 1/2 * 2f/(2f + 1) * 1/4; its square 1/4 beside the
    1 + 1/2f to be expected is one answer more about how uneven this person is.
    """
    f, w = FORGETTING, 2 * FORGETTING
    found = expected([6.0, 6.0, 6.0])
    assert found.mean[0, :, 0] == pytest.approx([5.0, 5.5, 5.5 + 0.5 / (w + 1)])
    second = np.sqrt((SHAPE - 1 + 0.25) * (w + 1) / ((SHAPE + 0.5) * w))
    squares, weight, shape = f * 0.25 + 0.5 * w / (w + 1) * 0.25, f * (w + 1), SHAPE + f * 0.5 + 0.5
    uneven = (ALIKE + 0.25 / (1 + 1 / w)) / (ALIKE + 1)  # the second answer was 1/2 from what was expected of it
    third = np.sqrt(((SHAPE - 1) * uneven + squares) * (weight + 1) / (shape * weight))
    assert found.scale[0, 1:, 0] == pytest.approx([second, third])
    assert degrees_of_freedom()[:3] == pytest.approx((2 * SHAPE, 2 * SHAPE + 1, 2 * shape))


def test_without_forgetting_it_is_the_textbook_posterior(monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers at once: level (k m + sum) / (k + n), and the spread of Murphy 2007, equations 86 to 89."""
    monkeypatch.setattr(normal_gamma, "FORGETTING", 1.0)
    monkeypatch.setattr(normal_gamma, "ALIKE", 1e12)  # and nothing learned from other streams
    normal_gamma._weights.cache_clear()
    degrees_of_freedom.cache_clear()
    try:
        x = np.array([4.0, 5.5, 6.0, 5.0, 4.5])
        found = expected([*x, 5.0])
        n, k = len(x), 1.0
        level = (k * 5.0 + x.sum()) / (k + n)
        spread = SHAPE - 1 + 0.5 * np.sum((x - x.mean()) ** 2) + k * n * (x.mean() - 5.0) ** 2 / (2 * (k + n))
        scale = np.sqrt(spread * (k + n + 1) / ((SHAPE + n / 2) * (k + n)))
        assert found.mean[0, -1, 0] == pytest.approx(level)
        assert found.scale[0, -1, 0] == pytest.approx(scale)
    finally:
        normal_gamma._weights.cache_clear()
        degrees_of_freedom.cache_clear()


def test_an_extreme_answer_moves_the_level_no_further_than_a_few_scales() -> None:
    found = expected([100.0, 5.0])
    assert found.mean[0, 1, 0] == pytest.approx(5.0 + WINSOR * found.scale[0, 0, 0] / 2)


def test_a_missing_answer_changes_nothing() -> None:
    gaps, whole = expected([6.0, NEVER, NEVER, 4.0, 5.0]), expected([6.0, 4.0, 5.0])
    assert gaps.mean[0, [0, 3, 4], 0].tolist() == whole.mean[0, :, 0].tolist()
    assert gaps.scale[0, [0, 3, 4], 0].tolist() == whole.scale[0, :, 0].tolist()
    assert gaps.answers[0, :, 0].tolist() == [0, 1, 1, 1, 2]


def test_a_new_beginning_forgets_the_level_and_the_answers() -> None:
    again = expected([9.0, 9.0, 4.0, 5.0], anew=[2])
    fresh = expected([4.0, 5.0])
    assert again.mean[0, 2:, 0].tolist() == fresh.mean[0, :, 0].tolist()
    assert again.answers[0, 2:, 0].tolist() == fresh.answers[0, :, 0].tolist()
    assert again.scale[0, 2, 0] == fresh.scale[0, 0, 0]


def test_the_spread_narrows_with_steady_answers_and_widens_with_wild_ones() -> None:
    steady, wild = expected([5.0] * 10), expected([2.0, 8.0] * 5)
    assert steady.scale[0, -1, 0] < steady.scale[0, 0, 0] < wild.scale[0, -1, 0]


def test_who_is_steady_in_one_stream_is_taken_to_be_steady_in_another() -> None:
    """Nine streams that hardly move, and a tenth asked for the second time: its prior spread is scaled as theirs turned out.

    Each of nine streams answered 5 eight times: seven answers each that are exactly as expected, so the squares found are those of the
    prior alone: ALIKE of ALIKE + 63. At the tenth's first answer people are still told apart: nothing is scaled.
    """
    values = np.full((10, 10, 1), 5.0)
    values[9, :8] = NEVER
    one = np.ones(10)
    never = np.zeros(values.shape, np.bool_)
    found = expect(values, never, one, 5.0 * one, 2.0 * one, one)  # twice as wide as a whole step, so that no least scale hides it
    alone = expect(np.full((1, 2, 1), 5.0), never[:1, :2], one[:1], 5.0 * one[:1], 2.0 * one[:1], one[:1]).scale
    assert found.scale[9, 8, 0] == pytest.approx(alone[0, 0, 0])
    assert found.scale[9, 9, 0] == pytest.approx(alone[0, 1, 0] * np.sqrt(ALIKE / (ALIKE + 72)))


def test_a_new_beginning_keeps_how_uneven_a_person_is() -> None:
    wild = expected([2.0, 8.0, 2.0, 8.0, 5.0, 5.0], anew=[4])
    assert wild.scale[0, 5, 0] > expected([5.0, 5.0]).scale[0, 1, 0]


def test_the_third_answer_running_outside_the_usual_band_does_not_move_it_and_the_first_inside_does() -> None:
    """Level 5 after four answers. 9 twice moves it; from the third 9 on it stays where it is, until one is inside the band again."""
    found = expected([5.0, 5.0, 5.0, 5.0, 9.0, 9.0, 9.0, 9.0, 9.0, 6.0, 6.0])
    level = found.mean[0, :, 0]
    assert level[4] < level[5] < level[6]
    assert level[7:10].tolist() == 3 * [level[6]]
    assert found.answers[0, 6:10, 0].tolist() == 4 * [6]
    assert level[10] != level[9]


def test_better_answers_become_usual_however_long_they_go_on() -> None:
    level = expected([5.0, 5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0]).mean[0, :, 0]
    assert np.all(np.diff(level[4:]) < 0)


def test_before_four_answers_everything_is_learned() -> None:
    """A first level far from what is usual for people in general is this person's own."""
    level = expected([9.0] * 5).mean[0, :, 0]
    assert np.all(np.diff(level) > 0)
