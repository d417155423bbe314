"""Plain fixed cut-offs: within the budget on harmless sessions, blind to whatever they are not told to look at."""

from __future__ import annotations

import pyarrow as pa
import pytest

from andante.errors import UsageError
from andante.lab.cutoffs import fixed_cutoffs
from andante.lab.figures import judge

ROWS = 200


def one_column(name, values, harmed=False):
    """Two hundred clients of one session; the last `harmed` of them are harmed."""
    ids = [f"c{k:03d}" for k in range(len(values))]
    sessions = pa.table({"client_id": ids, "session": [1] * len(values), name: values})
    truth = pa.table({"client_id": ids, "harm": [""] * len(values), "onset": pa.nulls(len(values), pa.int64())})
    return sessions, truth


def test_the_budget_is_kept_on_harmless_sessions(cohort):
    found = judge(fixed_cutoffs(cohort.sessions, cohort.truth), cohort.truth)
    assert 0.10 < found.harmless_watch.value <= 0.15
    assert 0.02 < found.harmless_act.value <= 0.04


def test_the_rarest_answers_are_raised_first():
    # of 200 answers 4 are 2 and 16 more are 5: the 4 are rarer than the act cut leaves room for, the 16 fill the watch
    values = [2.0] * 4 + [5.0] * 16 + [9.0] * 180
    levels = fixed_cutoffs(*one_column("after_heard", values))["trust_level"].to_pylist()
    assert levels[:4] == ["act"] * 4
    assert levels[4:20] == ["watch"] * 16
    assert set(levels[20:]) == {"quiet"}


def test_a_risk_that_is_asked_nothing_is_unknown():
    readings = fixed_cutoffs(*one_column("after_heard", [8.0] * ROWS))
    assert set(readings["distress_level"].to_pylist()) == {"unknown"}
    assert readings["distress_score"].null_count == ROWS


def test_an_empty_answer_is_unknown_not_good():
    readings = fixed_cutoffs(*one_column("after_heard", [None] + [8.0] * 50 + [3.0]))
    assert readings["trust_level"].to_pylist()[0] == "unknown"


def test_without_anybody_who_comes_to_no_harm_there_is_no_budget():
    sessions, truth = one_column("after_heard", [9.0, 4.0])
    everyone_harmed = truth.set_column(truth.schema.get_field_index("harm"), "harm", pa.array(["trust"] * truth.num_rows))
    with pytest.raises(UsageError, match="Cut-offs need clients without harm"):
        fixed_cutoffs(sessions, everyone_harmed)
