"""Figures against sums done by hand on a reading table of a few rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from andante.errors import UsageError
from andante.lab.figures import Share, area_under_curve, judge

LETTERS = {"u": "unknown", "q": "quiet", "w": "watch", "a": "act"}


def readings(**levels):
    """One risk (trust), or two divided by a space (trust, distress); one letter a session from session 1.

    Scores are .2 .3 .4 for quiet, watch, act; unknown has none.
    """
    rows = {"client_id": [], "session": [], "trust_level": [], "trust_score": [], "distress_level": [], "distress_score": []}
    for client, said in levels.items():
        trust, _, distress = said.partition(" ")
        for k, letter in enumerate(trust):
            other = distress[k] if distress else "q"
            rows["client_id"].append(client)
            rows["session"].append(k + 1)
            for risk, level in (("trust", letter), ("distress", other)):
                rows[f"{risk}_level"].append(LETTERS[level])
                rows[f"{risk}_score"].append(None if level == "u" else {"q": 0.2, "w": 0.3, "a": 0.4}[level])
    return pa.table(rows)


def truth(**onsets):
    """Onset of a harm to trust for each client; 0 for the harmless."""
    return pa.table(
        {
            "client_id": list(onsets),
            "harm": ["trust" if onset else "" for onset in onsets.values()],
            "onset": pa.array([onset or None for onset in onsets.values()], pa.int64()),
        }
    )


@pytest.mark.parametrize(
    ("ill", "well", "expected"),
    [
        ([3, 1], [1, 2], 2.5 / 4),  # 3>1, 3>2, 1=1 counts half, 1<2
        ([2, 2], [1, 1], 1.0),
        ([0], [0], 0.5),
        ([0, 0], [5], 0.0),
    ],
)
def test_area_under_the_curve(ill, well, expected):
    assert area_under_curve(np.array(ill, float), np.array(well, float)) == expected


def test_area_under_the_curve_of_nobody_is_unknown():
    assert np.isnan(area_under_curve(np.array([]), np.array([1.0])))


def test_costs_are_shares_of_the_sessions_of_the_harmless():
    found = judge(readings(calm="qqww", sore="qaqq qqqw", harmed="aaaa"), truth(calm=0, sore=0, harmed=1))
    assert found.harmless_clients == 2
    assert found.harmless_watch.value == 4 / 8  # two watches, one act, one watch of the other risk
    assert found.harmless_act.value == 1 / 8


@pytest.mark.parametrize(
    ("said", "onset", "act", "watch"),
    [
        ("qqqqqqqq", 3, 0, 0),
        ("qqaqqqqq", 3, 1, 1),  # at once
        ("qqqqqaqq", 3, 1, 1),  # three later
        ("qqqqqqaq", 3, 0, 0),  # four later is too late
        ("qaqqqqqq", 3, 0, 0),  # before it began is no catch
        ("qqqwqqqq", 3, 0, 1),
        ("qqqwq", 3, 0, 1),  # fewer rows than the window
        ("qqqqqqqq qqaqqqqq", 3, 0, 0),  # the other risk
    ],
)
def test_a_harm_is_caught_from_its_first_session_to_three_later(said, onset, act, watch):
    (figures,) = judge(readings(calm="qqqqqqqq", harmed=said), truth(calm=0, harmed=onset)).harms
    assert (figures.act.value, figures.watch.value) == (act, watch)


def test_any_level_counts_the_other_risks_too():
    (figures,) = judge(readings(calm="qqqq", harmed="qqqq qaqq"), truth(calm=0, harmed=2)).harms
    assert (figures.act.value, figures.any_act.value, figures.any_watch.value) == (0, 1, 1)


def test_rows_are_counted_not_session_numbers():
    table = readings(calm="qqqqqq", harmed="qqqqqaq")
    numbers = pa.array([1, 2, 3, 4, 5, 6, 1, 2, 10, 11, 12, 13, 14])
    table = table.set_column(1, "session", numbers)
    (figures,) = judge(table, truth(calm=0, harmed=10)).harms
    assert figures.act.value == 1  # session 13 is the third row after session 10


def test_scores_rank_the_window_against_all_harmless_sessions():
    # window of the harmed: .2 .3 .4 .2; harmless: six of .2, two of .3
    found = judge(readings(calm="qqqqqqww", harmed="qqqwaqqq"), truth(calm=0, harmed=3))
    pairs = (6 * 0.5 + 0) + (6 + 2 * 0.5) + 8 + (6 * 0.5 + 0)
    assert found.harms[0].auc == pytest.approx(pairs / 32)


def test_an_empty_score_ranks_lowest():
    found = judge(readings(calm="qqqq", harmed="uuuu"), truth(calm=0, harmed=1))
    assert found.harms[0].auc == 0.0


def test_a_harmed_client_without_rows_is_not_caught():
    found = judge(readings(calm="qqqq", harmed="aaaa"), truth(calm=0, harmed=1, lost=2))
    assert found.harms[0].act.value == 0.5


def test_precision_at_the_base_rate():
    # every harmed window has an act, half of the harmless windows have one: .1 / (.1 + .5 * .9)
    found = judge(readings(calm="qqqq", sore="aaaa", harmed="aaaa"), truth(calm=0, sore=0, harmed=1))
    assert found.precision == pytest.approx(0.1 / (0.1 + 0.45))


def test_intervals_come_from_clients_not_sessions():
    # forty clients who are all act or all quiet: far wider than 1,600 sessions by themselves would be (about 0.48-0.52)
    levels = {f"c{k}": ("a" if k % 2 else "q") * 40 for k in range(40)}
    share = judge(readings(**levels), truth(**dict.fromkeys(levels, 0))).harmless_act
    assert share.value == 0.5
    assert 0.30 < share.low < 0.40
    assert 0.60 < share.high < 0.70


def test_a_table_without_levels_is_refused():
    with pytest.raises(UsageError, match="no level of any of the ten risks"):
        judge(pa.table({"client_id": ["a"], "session": [1]}), truth(a=0))


def test_the_truth_of_another_cohort_is_refused():
    with pytest.raises(UsageError, match="no client of the readings is in the truth"):
        judge(readings(calm="qq"), truth(other=0))


def test_figures_are_shown_with_their_mean_and_their_lowest():
    found = judge(readings(calm="qqqq", harmed="qaaa", missed="qqqq"), truth(calm=0, harmed=1, missed=1))
    text = found.markdown()
    assert "1 harmless clients: any watch in 0.0 % (0.0-0.0) of sessions" in text
    assert "| trust | 2 | 50.0 % (0.0-100.0) | 50.0 % (0.0-100.0) | 50.0 % |" in text
    assert [row[0] for row in found.rows()] == ["trust", "mean", "lowest"]
    assert found.table().row_count == 3
    assert str(Share(0.123, 0.1, 0.2)) == "12.3 % (10.0-20.0)"
