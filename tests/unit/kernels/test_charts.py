"""Moving average and cumulative sum: run lengths as published, and single steps by hand."""

from __future__ import annotations

import numpy as np
import pytest

from andante.kernels import charts
from andante.kernels.charts import ALLOWANCE, SMOOTHING, difference_of_averages, follow

CLIENTS, CHUNKS = 8000, 5


@pytest.fixture
def without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published tables know no bound on a single step."""
    monkeypatch.setattr(charts, "LARGEST_STEP", np.inf)


# Mean run length from the start, in sessions, of independent normal deviations shifted by so many SDs. The published
# moving average is held against its limits of the long run; ours against those of each session, which are closer at
# first, so it is brought back to the long run here.
RUN_LENGTHS = [  # shift, sessions simulated, EWMA 2.5, EWMA 2.7, EWMA 3.0 (two-sided), CUSUM 2, 3, 4 (one-sided)
    (0.0, 1000, (113, 193, None), (38.5, 118, None)),
    (0.5, 400, (23.8, 32.1, 53.2), (10.0, 17.4, 26.7)),
    (1.0, 120, (7.5, 8.9, 11.7), (4.4, 6.4, 8.4)),
    (1.5, 60, (4.1, 4.6, 5.4), (2.7, 3.7, 4.7)),
    (2.0, 40, (2.8, 3.1, 3.5), (2.0, 2.7, 3.3)),
    (3.0, 20, (1.8, 1.9, 2.1), (1.3, 1.8, 2.2)),
]


@pytest.mark.usefixtures("without_bound")
@pytest.mark.parametrize(("shift", "sessions", "average", "total"), RUN_LENGTHS, ids=[f"shift of {row[0]} SD" for row in RUN_LENGTHS])
def test_run_lengths_as_published(shift: float, sessions: int, average: tuple[float | None, ...], total: tuple[float | None, ...]) -> None:
    assert (SMOOTHING, ALLOWANCE) == (0.3, 0.5)
    random = np.random.default_rng(1)
    never = np.zeros((1, sessions, CLIENTS), np.bool_)
    of_long_run = np.sqrt(1 - (1 - SMOOTHING) ** (2 * np.arange(1, sessions + 1)))[:, None]
    lengths: dict[tuple[str, float], list[np.ndarray]] = {}
    for _ in range(CHUNKS):
        drift, cusum = follow(random.normal(shift, 1.0, (1, sessions, CLIENTS)), never)
        for limit in (2.5, 2.7, 3.0):
            lengths.setdefault(("average", limit), []).append(_first(np.abs(drift[0]) * of_long_run > limit))
        for limit in (2.0, 3.0, 4.0):
            lengths.setdefault(("total", limit), []).append(_first(cusum[0] > limit))
    published = dict(zip([("average", v) for v in (2.5, 2.7, 3.0)] + [("total", v) for v in (2.0, 3.0, 4.0)], average + total, strict=True))
    for chart, mean in published.items():
        if mean is not None:
            # within 2 %, or the last published digit where that is coarser
            assert _mean(np.concatenate(lengths[chart]), sessions) == pytest.approx(mean, rel=0.02, abs=0.06), chart


def _first(alarm: np.ndarray) -> np.ndarray:
    """The session of the first alarm, 0 where there was none."""
    return np.where(alarm.any(axis=0), alarm.argmax(axis=0) + 1, 0)


def _mean(first: np.ndarray, sessions: int) -> float:
    """Mean run length where some runs were cut off: time at risk over alarms."""
    return float(np.where(first > 0, first, sessions).sum() / (first > 0).sum())


def test_single_steps_by_hand() -> None:
    """Surprises 2, none, 1: average 0.6, 0.72 in SDs of sqrt(0.3/1.7 (1 - 0.49^n)); sum 1.5, 2.0."""
    drift, cusum = follow(np.array([2.0, np.nan, 1.0])[None, :, None], np.zeros((1, 3, 1), np.bool_))
    one, two = np.sqrt(0.3 / 1.7 * (1 - 0.49)), np.sqrt(0.3 / 1.7 * (1 - 0.49**2))
    assert drift[0, :, 0] == pytest.approx([0.6 / one, np.nan, 0.72 / two], nan_ok=True)
    assert cusum[0, :, 0] == pytest.approx([1.5, np.nan, 2.0], nan_ok=True)


def test_one_answer_however_extreme_is_one_answer() -> None:
    never = np.zeros((1, 1, 1), np.bool_)
    assert follow(np.full((1, 1, 1), 8.0), never)[1][0, 0, 0] == 3.0 - ALLOWANCE
    assert follow(np.full((1, 1, 1), -8.0), never)[1][0, 0, 0] == 0.0


def test_a_new_beginning_starts_both_anew() -> None:
    restart = np.zeros((1, 3, 1), np.bool_)
    restart[0, 2, 0] = True
    again = follow(np.array([3.0, 3.0, 1.0])[None, :, None], restart)
    fresh = follow(np.array([1.0])[None, :, None], restart[:, :1] & False)
    assert [a[0, 2, 0] for a in again] == [f[0, 0, 0] for f in fresh]


def test_load_is_a_difference_of_two_averages() -> None:
    """4, then 8: the quick average is 6, the slow one still 4; then nothing; then 8: 7 less 4.6."""
    found = difference_of_averages(np.array([[4.0], [8.0], [np.nan], [8.0]]))
    assert found[:, 0] == pytest.approx([np.nan, 2.0, np.nan, 2.4], nan_ok=True)
