"""The fast path against the plain reference, and what must change nothing, on histories nobody would think of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.generative.histories import FIRST_DAY, READ, shuffles, tables
from tests.reference.agreement import differences

import andante
from andante import flow
from andante.batch import local
from andante.clients import gather
from andante.intake.files import check_table
from andante.lab.scenarios import JUDGING, TUNING
from andante.lab.simulator import simulate
from andante.measures import columns
from andante.records import session_schema
from andante.risks import NAMES
from andante.words import LEVELS

FAMILIES = (*TUNING, JUDGING)
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


KEYS = ("client_id", "session", "date", "day")
STANDING = [f"{name}_{part}" for name in NAMES for part in ("level", "since", "evidence")]


def with_a_row(table: pa.Table, **cells: object) -> pa.Table:
    """A client's history and one row more, a week later, with nothing in it but these cells."""
    last = table.slice(table.num_rows - 1, 1).to_pylist()[0]
    row: dict[str, Any] = {"client_id": last["client_id"], **cells}
    if "session" in table.column_names:
        row["session"] = max(v for v in table["session"].to_pylist()) + 1
    if "day" in table.column_names:
        row["day"] = max((v for v in table["day"].to_pylist() if v is not None), default=0) + 7
    if "date" in table.column_names:
        row["date"] = max((v for v in table["date"].to_pylist() if v is not None), default=FIRST_DAY) + timedelta(days=7)
    names = [*table.column_names, *(n for n in cells if n not in table.column_names)]
    return pa.concat_tables([table, pa.Table.from_pylist([row], session_schema(names, columns()))], promote_options="default")


def without_empty_columns(table: pa.Table) -> pa.Table:
    """As the table would be had nobody yet filled in what is empty: only what names a row stays."""
    return table.select([n for n in table.column_names if n in KEYS or table[n].null_count < table.num_rows])


@quick
@given(tables(most_clients=1))
def test_a_missed_session_with_a_known_reason_repeats_every_level(table: pa.Table) -> None:
    assume(table.num_rows)
    before, after = andante.read(with_a_row(table, attendance="missed", absence_reason="ill")).select(STANDING).to_pylist()[-2:]
    if before["disengagement_level"] == "unknown":  # that attendance is recorded at all is news to it
        before, after = ({k: v for k, v in row.items() if not k.startswith("disengagement")} for row in (before, after))
    assert after == before


@quick
@given(tables(most_clients=1))
def test_an_attended_session_without_a_word_lets_no_level_fall(table: pa.Table) -> None:
    """Being there answers what being away had asked, and nothing else; an act that had ended waits for no answer a session later."""
    assume(table.num_rows)
    extended = with_a_row(table, attendance="attended", checkin_before="declined", checkin_after="declined")
    before, after = andante.read(extended).to_pylist()[-2:]
    ended = {"ethics"} if before["ethics_evidence"] == "unanswered" else set()
    away = {"trust"} if "service_cancelled" in (before["trust_evidence"] or "") else set()
    for name in set(NAMES) - {"disengagement"} - ended - away:
        if before[f"{name}_level"] in ("watch", "act"):
            assert LEVELS.index(after[f"{name}_level"]) >= LEVELS.index(before[f"{name}_level"]), name
        if after[f"{name}_evidence"] == before[f"{name}_evidence"]:  # what an attended session says by itself is evidence of its own
            assert after[f"{name}_level"] != "act" or before[f"{name}_level"] == "act", name


@quick
@given(tables(most_clients=1, most_rows=14))
def test_sessions_that_follow_never_change_an_earlier_reading(table: pa.Table) -> None:
    assume(table.num_rows)
    ordered = check_table(table).table
    whole = andante.read(ordered)
    for rows in range(1, ordered.num_rows):
        earlier = without_empty_columns(ordered.slice(0, rows))
        assert andante.read(earlier).equals(whole.slice(0, rows)), f"after {rows} rows"


def test_no_two_categories_of_a_part_are_alike() -> None:
    """Parquet would otherwise write every sentence out, a file three times as large and its bytes not always the same."""
    sessions = check_table(simulate(300, family="episodes", seed=8).sessions)
    for part in local.parts(sessions):
        for column in part.readings.columns:
            for chunk in column.chunks:
                if pa.types.is_dictionary(chunk.type):
                    words = chunk.dictionary.to_pylist()
                    assert len(set(words)) == len(words)
