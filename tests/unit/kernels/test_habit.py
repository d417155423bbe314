"""Own habits in counts, against published tails and sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from andante.kernels import habit

SURE = 1e9  # days seen: the share is known, the tail is binomial


def chance(count: float, of: float, yes: float, no: float) -> float:
    return float(habit.tail(np.array([count]), np.array([of]), np.array([yes]), np.array([no]))[0])


@pytest.mark.parametrize(
    ("days", "flagged", "p"),
    [(1, 4, 0.010), (2, 5, 0.023), (3, 6, 0.027)],
    ids=["1 of 7 days usual", "2 of 7", "3 of 7"],
)
def test_the_fewest_days_that_are_unlike_this_client(days: int, flagged: int, p: float) -> None:
    """Binomial: 1/7 to 4 days, 2/7 to 5, 3/7 to 6, each at 5 %."""
    share = days / 7
    assert chance(flagged, 7, SURE * share, SURE * (1 - share)) == pytest.approx(p, abs=6e-4)
    assert chance(flagged - 1, 7, SURE * share, SURE * (1 - share)) > 0.05


def test_a_flat_habit_makes_every_count_equally_likely() -> None:
    """Beta(1, 1): P(X >= k) = (8 - k) / 8."""
    assert [chance(k, 7, 1, 1) for k in range(8)] == pytest.approx([(8 - k) / 8 for k in range(8)])


@pytest.mark.parametrize("of", [1, 2, 3, 5, 7])
@pytest.mark.parametrize(("yes", "no"), [(0.9, 5.1), (3.0, 1.0), (12.0, 30.0)])
def test_the_tail_of_the_beta_binomial(of: int, yes: float, no: float) -> None:
    for count in range(of + 1):
        assert chance(count, of, yes, no) == pytest.approx(stats.betabinom.sf(count - 1, of, yes, no), abs=1e-12)


def test_half_a_day_counts_as_a_day_begun_and_part_weeks_as_whole_days() -> None:
    assert chance(0.5, 7, 1, 1) == chance(1, 7, 1, 1)
    assert chance(1, 2.5, 1, 1) == chance(1, 2, 1, 1)


def test_an_unusual_week_is_hardly_learned() -> None:
    """A week of seven days counts by a third, so that a crisis does not become a habit."""
    weeks = np.array([[1.0], [1.0], [7.0], [7.0], [7.0]])
    surprise, expected = habit.days_against_own(weeks, np.full(weeks.shape, 7.0))
    assert (surprise[2:] >= habit.UNUSUAL).all()
    assert expected[-1, 0] < 4


def test_the_first_week_is_judged_by_the_prior_and_a_missing_one_changes_nothing() -> None:
    alone = habit.days_against_own(np.array([[2.0]]), np.array([[7.0]]))
    gap = habit.days_against_own(np.array([[np.nan], [2.0]]), np.full((2, 1), 7.0))
    assert alone[1][0, 0] == pytest.approx(7 * habit.DAYS[0] / sum(habit.DAYS))
    assert [a[0, 0] for a in alone] == [g[1, 0] for g in gap]
    assert np.isnan(gap[0][0, 0])


def test_silence_by_hand() -> None:
    """Prior 3 of 4 answered; four answers; then silence: (1 - share)^run with the share before it began."""
    answered = np.array([[1.0]] * 4 + [[0.0]] * 3)
    surprise, length = habit.silence(answered)
    yes, no = habit.ANSWERING
    for _ in range(4):
        yes, no = habit.FORGETTING * yes + 1, habit.FORGETTING * no
    silent = no / (yes + no)
    assert surprise[4:, 0] == pytest.approx([stats.norm.isf(silent**k) for k in (1, 2, 3)])
    assert length[:, 0].tolist() == [0, 0, 0, 0, 1, 2, 3]


def test_one_who_never_answered_is_not_silent() -> None:
    surprise, length = habit.silence(np.array([[0.0], [0.0], [0.0], [1.0], [0.0]]))
    assert surprise[:4, 0].tolist() == [-1, -1, -1, -1]
    assert surprise[4, 0] > -1  # after one answer there is a habit to compare with
    assert length[:, 0].tolist() == [1, 2, 3, 0, 1]


def test_declining_is_neither_answer_nor_silence() -> None:
    surprise, length = habit.silence(np.array([[1.0], [0.0], [np.nan], [0.0]]))
    assert np.isnan(surprise[2, 0])
    assert length[3, 0] == 2


def lately(answers: str) -> list[float]:
    """The chances as text says it: 1 answered, 0 not, a point neither."""
    column = np.array([[np.nan if a == "." else float(a)] for a in answers])
    return habit.silent_lately(column)[0][:, 0].tolist()


def test_the_last_six_are_judged_by_those_before_them() -> None:
    """Prior 3 of 4 answered. SciPy's beta-binomial; a share of unanswered that fades by .96 with every check-in that is older."""
    found = lately("1111110.0")
    assert np.isnan(found[:5]).all()
    assert found[5] == pytest.approx(1.0)
    assert found[6] == pytest.approx(stats.betabinom.sf(0, 6, 0.96, 3 * 0.96 + 1))
    assert np.isnan(found[7])
    assert found[8] == pytest.approx(stats.betabinom.sf(1, 6, 0.96**2, (3 * 0.96 + 1) * 0.96 + 1))


def test_a_silence_that_is_unusual_counts_less_for_what_is_usual_later() -> None:
    """Twelve answered, three not, six answered, one not. Of the three the last counts .3: only three of six were unusual."""
    yes, no = 3.0, 1.0
    for n in range(15):  # those that are no longer among the last six at the end, but one
        if n in (8, 9):  # while the second and third silence come, so many are older than the six
            chance = stats.betabinom.sf(n - 7, 6, no, yes)
            assert (chance <= 0.05) == (n == 9)
        yes, no = yes * 0.96 + (n < 12), no * 0.96 + (0.0, 1.0, 1.0, 0.3)[max(n - 11, 0)]
    yes, no = yes * 0.96 + 1, no * 0.96
    assert lately("1" * 12 + "000" + "111111" + "0")[-1] == pytest.approx(stats.betabinom.sf(0, 6, no, yes))


def test_who_never_answered_is_not_silent_of_late() -> None:
    """Until a first answer there is no habit to compare with; from then on there is."""
    assert lately("0" * 9)[5:] == [1.0] * 4
    assert lately("1000000")[6] == pytest.approx(stats.betabinom.sf(5, 6, 0.96, 3 * 0.96 + 1))


def test_how_many_were_missing_is_counted_over_the_last_six() -> None:
    answered = np.array([[float(a)] for a in "0011001"])
    assert habit.silent_lately(answered)[1][:, 0].tolist()[5:] == [4.0, 3.0]
