"""Paces: the step rule by hand, the loop that never looks ahead, figures by hand sums."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from andante.lab.pacing import Diary, careful_step_rule, follow_ceiling, judge_pace, markdown, run, try_paces
from andante.lab.worlds import WORLDS, Linear


def diary_of(overwhelm, distress, intensity=None):
    """One client: overwhelm said so far, and distress before each of those sessions and the one to come."""
    diary = Diary.empty(1, len(distress))
    diary.now = len(overwhelm)
    diary.overwhelm[0, : diary.now] = overwhelm
    diary.distress[0, : diary.now + 1] = distress
    diary.intensity[0, : diary.now] = intensity if intensity is not None else 4
    return diary


@pytest.mark.parametrize(
    ("overwhelm", "distress", "next_intensity"),
    [
        ([], [4], 4),  # begins at 4
        ([], [7], 3),  # at 3 on a bad day
        ([5], [4, 4], 5),  # borne well: one up
        ([6], [4, 4], 4),  # neither: stay
        ([7], [4, 4], 4),
        ([8], [4, 4], 2),  # too much: two down
        ([3, 3], [4, 4, 8], 5),  # 6 planned, one lighter today
        ([3, 3, 9], [4, 4, 4, 4], 4),
        ([9, 9, 9], [4, 4, 4, 4], 1),  # never below 1
        ([0] * 8, [4] * 9, 10),  # never above 10
    ],
)
def test_the_careful_step_rule(overwhelm, distress, next_intensity):
    assert careful_step_rule(diary_of(overwhelm, distress))[0] == next_intensity


@pytest.mark.parametrize(
    ("ceiling", "given", "whole"),
    [(6.9, 6.9, 6), (7.0, 7, 7), (None, 5, 5)],
    ids=["between steps", "a whole step", "empty"],
)
def test_following_a_ceiling_as_given_or_rounded_down(ceiling, given, whole):
    def read(table):
        return pa.table(
            {"client_id": table["client_id"], "session": table["session"], "pace_ceiling": pa.array([9.0, ceiling], pa.float64())}
        )

    diary = diary_of([3], [4, 4], intensity=[5])
    assert follow_ceiling(read)(diary)[0] == given
    assert follow_ceiling(read, whole=True)(diary)[0] == whole


def test_the_ceiling_of_the_session_before_is_asked_for_without_what_was_answered_since():
    def read(table):
        assert table["before_distress"].to_pylist() == [4]
        return pa.table({"client_id": table["client_id"], "session": table["session"], "pace_ceiling": pa.array([6.5])})

    assert follow_ceiling(read, ahead=True)(diary_of([3], [4, 9], intensity=[5]))[0] == 6.5
    assert follow_ceiling(read, ahead=True)(diary_of([], [9]))[0] == 4


def test_with_no_ceiling_at_first_it_begins_at_4():
    def read(table):
        return pa.table({"client_id": table["client_id"], "session": table["session"], "pace_ceiling": pa.array([None], pa.float64())})

    assert follow_ceiling(read)(diary_of([], [4]))[0] == 4


def test_the_table_a_policy_sees_ends_in_a_pending_row_and_holds_nothing_felt():
    table = diary_of([3, 8], [4, 5, 6], intensity=[4, 5]).table()
    assert table["before_distress"].to_pylist() == [4, 5, 6]
    assert table["after_overwhelm"].to_pylist() == [3, 8, None]
    assert table["intensity"].to_pylist() == [4, 5, None]
    assert table["attendance"].to_pylist() == ["attended", "attended", None]
    assert "felt" not in table.column_names


def test_clients_who_left_are_not_in_the_table():
    diary = Diary.empty(3, 4)
    diary.staying[1] = False
    assert diary.table()["client_id"].to_pylist() == ["c000000", "c000002"]


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_same_seed_meets_every_policy_with_the_same_clients(world):
    low = run(world, lambda diary: np.full(50, 3.0), clients=50, seed=4)
    high = run(world, lambda diary: np.full(50, 9.0), clients=50, seed=4)
    assert np.array_equal(low.distress[:, 0], high.distress[:, 0])
    assert np.nanmean(low.overwhelm) + 1 < np.nanmean(high.overwhelm)
    again = run(world, lambda diary: np.full(50, 3.0), clients=50, seed=4)
    assert np.array_equal(low.overwhelm, again.overwhelm, equal_nan=True)


def test_those_who_left_never_come_back():
    diary = run(Linear(), lambda diary: np.full(200, 10.0), clients=200, seed=1)
    there = ~np.isnan(diary.overwhelm)
    assert 0.2 < (~diary.staying).mean() < 0.9
    assert np.array_equal(there, np.logical_and.accumulate(there, axis=1))


def test_a_policy_never_sees_what_is_still_to_come():
    def peek(diary):
        assert np.isnan(diary.overwhelm[:, diary.now :]).all()
        assert np.isnan(diary.intensity[:, diary.now :]).all()
        assert np.isnan(diary.distress[:, diary.now + 1 :]).all()
        return careful_step_rule(diary)

    assert run(Linear(), peek, clients=20, seed=2).now == 19


def test_understating_clients_say_less_than_they_feel_and_others_do_not():
    felt = {world.name: run(world, careful_step_rule, clients=300, seed=3) for world in WORLDS}
    less = {name: float(np.nanmean(np.clip(np.round(d.felt), 0, 10) - d.overwhelm)) for name, d in felt.items()}
    assert less.pop("understating") > 0.3
    assert all(value == 0 for value in less.values())


def test_figures_by_hand():
    diary = Diary.empty(2, 3)
    diary.intensity[:] = [[4, 5, 6], [4, 8, np.nan]]
    diary.overwhelm[:] = [[3, 7, 8], [2, 9, np.nan]]
    diary.felt[:] = [[3, 8, 8], [2, 9, np.nan]]
    diary.staying[:] = [True, False]
    found = judge_pace(Linear(), "by hand", diary)
    assert found.overwhelmed.value == 2 / 5  # 8 and 9; 7 is not above the line
    assert found.felt.value == 3 / 5
    assert found.left.value == 1 / 2
    assert found.work.value == (4 + 5 + 4) / 2
    assert "| linear | by hand | 40.0 %" in markdown([found])


def test_every_policy_is_tried_in_every_world():
    found = try_paces({"rule": careful_step_rule, "always 5": lambda diary: np.full(20, 5.0)}, clients=20)
    assert [(f.world, f.policy) for f in found] == [(w.name, p) for w in WORLDS for p in ("rule", "always 5")]
