"""The fast path against the plain reference, and what must change nothing, on histories nobody would think of."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.generative.histories import READ, shuffles, tables
from tests.reference.agreement import differences

import andante
from andante import flow
from andante.history import gather
from andante.intake.files import check_table
from andante.lab.simulator import simulate

FAMILIES = ("traits", "thresholds", "regimes", "loads", "episodes")
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@slow
@given(tables())
def test_the_plain_reference_reads_any_history_alike(table: pa.Table) -> None:
    assume(table.num_rows)
    assert differences(table) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_the_plain_reference_reads_simulated_clients_alike(family: str) -> None:
    assert differences(simulate(10, family=family, seed=21).sessions) == []


@settings(parent=slow, max_examples=12)
@given(st.data())
def test_the_plain_reference_reads_simulated_clients_with_columns_taken_away_alike(data: st.DataObject) -> None:
    cohort = simulate(2, family=data.draw(st.sampled_from(FAMILIES)), seed=data.draw(st.integers(0, 999)))
    names = [n for n in cohort.sessions.column_names if n in READ]
    away = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True))
    assert differences(cohort.sessions.drop_columns(away)) == []


@quick
@given(tables(most_clients=4))
def test_a_batch_of_one_equals_a_batch_of_many(table: pa.Table) -> None:
    assume(table.num_rows)
    sessions = check_table(table)
    together = gather(sessions.table, ordered=True)
    many = flow.read(together, measures=sessions.measures).readings
    one_by_one = [flow.read(together.slice(k, 1), measures=sessions.measures).readings for k in range(together.num_rows)]
    assert pa.concat_tables(one_by_one).equals(many)


@quick
@given(st.data(), tables(most_clients=3))
def test_the_order_of_rows_changes_nothing_and_the_input_is_not_changed(data: st.DataObject, table: pa.Table) -> None:
    assume(table.num_rows)
    shuffled = data.draw(shuffles(table))
    before = shuffled.to_pylist()
    assert andante.read(shuffled).equals(andante.read(table))
    assert shuffled.to_pylist() == before


@quick
@given(tables(most_clients=1, most_rows=14))
def test_sessions_that_follow_never_change_an_earlier_reading(table: pa.Table) -> None:
    assume(table.num_rows)
    ordered = check_table(table).table
    whole = andante.read(ordered)
    for rows in range(1, ordered.num_rows):
        assert andante.read(ordered.slice(0, rows)).equals(whole.slice(0, rows)), f"after {rows} rows"
