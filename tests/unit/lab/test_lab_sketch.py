"""A sketch of personal baselines: within the budget, told by change and not by level, by hand sum."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from andante.errors import UsageError
from andante.lab.figures import judge
from andante.lab.sketch import _worse, personal_sketch


def heard(answers):
    """Clients with these answers about feeling heard, session by session; none of them comes to harm."""
    rows = [(f"c{number:03d}", session, value) for number, values in enumerate(answers) for session, value in enumerate(values, 1)]
    ids, sessions, values = (list(column) for column in zip(*rows, strict=True))
    clients = sorted(set(ids))
    truth = pa.table({"client_id": clients, "harm": [""] * len(clients), "onset": pa.nulls(len(clients), pa.int64())})
    return pa.table({"client_id": ids, "session": sessions, "after_heard": values}), truth


def test_the_budget_is_kept_on_harmless_sessions(cohort):
    found = judge(personal_sketch(cohort.sessions, cohort.truth), cohort.truth)
    assert 0.10 < found.harmless_watch.value <= 0.15
    assert 0.02 < found.harmless_act.value <= 0.04


def test_a_fall_of_ones_own_counts_for_more_than_a_low_level():
    usual = [[low, low + 1.0] * 6 for low in (4.0, 7.0, 8.0)] * 10
    sessions, truth = heard([*usual, [8.0, 9.0] * 5 + [8.0, 5.0]])
    scores = personal_sketch(sessions, truth)["trust_score"].to_pylist()
    assert scores[-1] > 2 * max(scores[11:360:36])  # those who always feel heard 4 or 5, at their twelfth answer


def test_how_much_worse_by_hand():
    # starts at mean 5, SD 1: 4 is better than that; then 6 where 4 2/3 was expected, in SDs of 1.122, a third of it believed
    found = _worse(np.array([4.0, 6.0]), np.array([0, 0]), np.array([0, 1]))
    assert found.tolist() == pytest.approx([0.0, 0.35645], abs=1e-5)


def test_what_was_never_answered_is_never_worse():
    assert _worse(np.full(3, np.nan), np.array([0, 0, 1]), np.array([0, 1, 0])).tolist() == [0, 0, 0]


def test_without_anybody_who_comes_to_no_harm_there_is_no_budget():
    sessions, truth = heard([[9.0, 4.0]])
    everyone_harmed = truth.set_column(truth.schema.get_field_index("harm"), "harm", pa.array(["trust"]))
    with pytest.raises(UsageError, match="Cut-offs need clients without harm"):
        personal_sketch(sessions, everyone_harmed)


def test_clients_may_stand_in_any_order(cohort):
    """Numbered without zeros, so that c10 sorts before c2: every row reads the same."""
    renamed = pa.array([f"c{int(name.rpartition('-')[2])}" for name in cohort.sessions["client_id"].to_pylist()])
    sessions = cohort.sessions.set_column(0, "client_id", renamed)
    names = pa.array([f"c{int(name.rpartition('-')[2])}" for name in cohort.truth["client_id"].to_pylist()])
    found = personal_sketch(sessions, cohort.truth.set_column(0, "client_id", names))
    levels = [name for name in found.column_names if name.endswith("_level")]
    assert found.select(levels).equals(personal_sketch(cohort.sessions, cohort.truth).select(levels))
