"""The simulator keeps its promises: the same seed, the contract's columns and ranges, and what a row that was not held may hold."""

from __future__ import annotations

import polars as pl
import pytest

from andante.errors import UsageError
from andante.lab.harms import HARMS
from andante.lab.simulator import simulate
from andante.lab.streams import AFTER, MEASURES, STREAM
from andante.records import COLUMN, COLUMNS


def test_the_same_seed_makes_the_same_clients(family, cohort):
    again = simulate(500, family=family, seed=11)
    assert again.sessions.equals(cohort.sessions)
    assert again.truth.equals(cohort.truth)


def test_another_seed_makes_other_clients(family, sessions):
    other = pl.DataFrame(simulate(500, family=family, seed=12).sessions)
    assert not other["before_distress"].head(500).equals(sessions["before_distress"].head(500))


def test_a_client_does_not_depend_on_how_many_others_are_made(family, sessions, truth):
    few = simulate(37, family=family, seed=11)
    assert pl.DataFrame(few.truth).equals(truth.head(37))
    ids = truth["client_id"].head(37)
    expected = sessions.filter(pl.col("client_id").is_in(ids.implode()))
    found = pl.DataFrame(few.sessions)
    for name in found.columns:
        assert found[name].equals(expected[name]), name
    gone = set(expected.columns) - set(found.columns)
    assert all(expected[name].is_null().all() for name in gone)


@pytest.mark.parametrize(("clients", "harmless", "expected"), [(100, 0.5, 50), (200, 0.9, 20), (60, 0.0, 60), (60, 1.0, 0), (7, 0.5, 3)])
def test_the_share_of_the_harmless_is_kept_exactly(clients, harmless, expected):
    truth = simulate(clients, family="traits", seed=1, harmless=harmless).truth
    assert sum(harm != "" for harm in truth["harm"].to_pylist()) == expected


def test_the_ten_harms_come_equally_often(truth):
    counts = truth.filter(pl.col("harm") != "").group_by("harm").len()
    assert dict(counts.iter_rows()) == dict.fromkeys(HARMS, 25)


def test_onset_is_empty_for_the_harmless_and_a_session_of_the_client_for_the_harmed(sessions, truth):
    assert truth.filter((pl.col("harm") == "") != pl.col("onset").is_null()).is_empty()
    spans = sessions.group_by("client_id").agg(pl.col("session").min().alias("first"), pl.col("session").max().alias("last"))
    harmed = truth.drop_nulls("onset").join(spans, on="client_id")
    assert len(harmed) == 250
    assert harmed.filter((pl.col("onset") < pl.col("first") + 3) | (pl.col("onset") + 3 > pl.col("last"))).is_empty()


def test_every_value_fits_the_contract(sessions):
    for name in sessions.columns:
        column = COLUMN.get(name)
        low, high = (column.low, column.high) if column else (STREAM[name].low, STREAM[name].high)
        values = sessions[name].drop_nulls()
        if column is not None and column.codes:
            assert set(values.unique()) <= set(column.codes), name
        elif values.dtype.is_numeric():
            assert low is None or values.min() >= low, name
            assert high is None or values.max() <= high, name


def test_ratings_counts_and_scores_are_whole(sessions):
    shares = {"day", "prepared"} | {name for name in sessions.columns if name.startswith("speech_")}
    for name in set(sessions.columns) - shares:
        values = sessions[name].drop_nulls()
        if values.dtype.is_float():
            assert (values == values.round()).all(), name


def test_columns_come_in_the_order_of_the_contract_and_measures_last(sessions):
    known = [column.name for column in COLUMNS] + list(MEASURES)
    assert sessions.columns == sorted(sessions.columns, key=known.index)


def test_rows_are_in_order(sessions):
    time = "day" if "day" in sessions.columns else "date"
    assert sessions.equals(sessions.sort(pl.col("client_id").cast(pl.Binary), "session"))
    steps = sessions.with_columns(
        pl.col("session").diff().over("client_id").alias("step"), pl.col(time).diff().over("client_id").alias("wait")
    )
    assert steps["step"].drop_nulls().unique().to_list() == [1]
    assert steps.filter(pl.col("wait") <= (0 if time == "day" else pl.duration(days=0))).is_empty()


def test_a_session_that_was_not_held_has_no_answers_after_it_and_no_record(sessions):
    away = sessions.filter(~pl.col("attendance").is_in(["attended", "late"]))
    assert len(away) > 100
    empty = {*AFTER, "intensity", "planned_intensity", "trauma_work", "limits_touched", "topics_open", "suds_peak"} & set(sessions.columns)
    assert len(empty) > 10
    for name in empty:
        assert away[name].is_null().all(), name
    assert away["absence_reason"].is_not_null().all()
    assert sessions.filter(pl.col("attendance").is_in(["attended", "late"]))["absence_reason"].is_null().all()


def test_the_first_session_is_held_and_asks_nothing_about_the_time_before(sessions):
    first = sessions.group_by("client_id", maintain_order=True).first()
    assert first["attendance"].unique().to_list() == ["attended"]
    asked = {name for name in sessions.columns if name.startswith("between_")} | {"before_open", "mid_settled"}
    assert len(asked & set(sessions.columns)) > 5
    assert all(first[name].is_null().all() for name in asked & set(sessions.columns))


def test_the_ledger_adds_up(sessions):
    names = ["topics_opened", "topics_settled", "topics_open", "topics_resurfaced"]
    kept = sessions.drop_nulls(names).with_columns(pl.col("topics_open").shift(1).over("client_id").fill_null(0).alias("earlier"))
    assert len(kept) > 1000
    total = pl.col("earlier") + pl.col("topics_opened") - pl.col("topics_settled") + pl.col("topics_resurfaced")
    assert kept.filter(total != pl.col("topics_open")).is_empty()


def test_day_counts_fit_the_days_there_were(family):
    sessions = pl.DataFrame(simulate(400, family="loads", seed=11).sessions)
    held = sessions.filter(pl.col("attendance").is_in(["attended", "late"]))
    gaps = held.with_columns(pl.col("day").diff().over("client_id").alias("gap")).filter(pl.col("gap") < 6)
    assert gaps["between_used"].drop_nulls().len() > 100
    assert gaps.filter(pl.col("between_used") > pl.col("gap")).is_empty()
    assert gaps.filter((pl.col("between_settle") > pl.col("gap")) & (pl.col("between_settle") != 7)).is_empty()


def test_how_it_ended_is_said_on_the_last_row_only(sessions):
    last = pl.col("session") == pl.col("session").max().over("client_id")
    assert sessions.filter(last)["ending"].is_not_null().all()
    assert sessions.filter(~last).select("ending", "end_again", "end_still").null_count().row(0) == (len(sessions.filter(~last)),) * 3


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"clients": 0}, "0 clients cannot be simulated"),
        ({"family": "trait"}, "no family of simulated clients called 'trait'.*traits, thresholds, regimes, loads, habits, apart, episodes"),
        ({"seed": -1}, "the seed is -1"),
        ({"harmless": 1.2}, "share of harmless clients is 1.2"),
    ],
)
def test_what_cannot_be_made_is_refused(asked, message):
    given = {"clients": 10, "family": "traits", "seed": 1} | asked
    with pytest.raises(UsageError, match=message):
        simulate(given.pop("clients"), **given)
