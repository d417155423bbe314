"""What harmless therapies have: everything that a plain alarm would mistake for harm, at the rates of ordinary services.

Each row: what happens, and the lowest and highest share of sessions held in which it may happen, in every family.
"""

from __future__ import annotations

import polars as pl
import pytest

HELD = pl.col("attendance").is_in(["attended", "late"])

RATES = [
    ("overwhelm 8 or more", pl.col("after_overwhelm") >= 8, 0.0001, 0.04),
    ("overwhelm 7 or more", pl.col("after_overwhelm") >= 7, 0.004, 0.09),
    ("heard 4 or less", pl.col("after_heard") <= 4, 0.0003, 0.02),
    ("no choice at all", pl.col("after_choice") == 0, 0.0, 0.015),
    ("choice in part", pl.col("after_choice") == 1, 0.03, 0.15),
    ("helpful 3 or less", pl.col("after_helpful") <= 3, 0.00005, 0.015),
    ("settling takes 3 days or more", pl.col("between_settle") >= 3, 0.015, 0.25),
    ("readiness 3 or less", pl.col("before_ready") <= 3, 0.002, 0.13),
    ("a little too fast", pl.col("after_pace") == 1, 0.08, 0.28),
    ("much too fast", pl.col("after_pace") == 2, 0.0002, 0.03),
    ("something wide open from last time", pl.col("before_open") == 2, 0.004, 0.08),
    ("a limit touched", pl.col("limits_touched") > 0, 0.002, 0.016),
    ("a stop overridden", pl.col("stops_overridden") > 0, 0.0, 0.003),
    ("ten minutes over or more", pl.col("overrun_min") >= 10, 0.015, 0.09),
    ("a late opening", pl.col("late_opening"), 0.006, 0.04),
    ("a settled issue back", pl.col("topics_resurfaced") > 0, 0.003, 0.03),
    ("three more than planned", pl.col("intensity") - pl.col("planned_intensity") >= 3, 0.003, 0.03),
    ("consent refused and done anyway", ~pl.col("consent"), 0.0, 0.002),
    ("the slow button", pl.col("client_slow") > 0, 0.001, 0.012),
    ("demanding work", pl.col("intensity") >= 7, 0.1, 0.35),
]


@pytest.mark.parametrize(("what", "happens", "low", "high"), RATES, ids=[row[0] for row in RATES])
def test_how_often_it_happens_harmlessly(harmless, what, happens, low, high):
    held = harmless.filter(HELD)
    assert low <= held.select(happens.fill_null(False).mean()).item() <= high


def test_eight_to_twenty_percent_of_appointments_are_not_held(harmless):
    assert 0.07 <= 1 - harmless.select(HELD.mean()).item() <= 0.20


def test_one_in_five_absences_has_no_known_reason(harmless):
    away = harmless.filter(~HELD)
    assert 0.1 < away.select((pl.col("absence_reason") == "unknown").mean()).item() < 0.35
    assert set(away["absence_reason"].unique()) == {"practical", "ill", "about_therapy", "unknown"}


def test_answers_resemble_the_session_before_and_differ_more_between_people_than_within(harmless):
    """In 557 real patients the BDI has a lag-one correlation of .27 and varies 1.7 times as much between people as within."""
    x = harmless.select("client_id", "before_distress").drop_nulls()
    x = x.filter(pl.len().over("client_id") >= 8).with_columns(pl.col("before_distress").mean().over("client_id").alias("usual"))
    x = x.with_columns((pl.col("before_distress") - pl.col("usual")).alias("off"))
    x = x.with_columns(pl.col("off").shift(1).over("client_id").alias("earlier"))
    assert 0.05 < x.drop_nulls().select(pl.corr("off", "earlier")).item() < 0.5
    between, within = x.group_by("client_id").first()["usual"].std(), (x["off"] ** 2).mean() ** 0.5
    assert 1.2 < between / within < 3


def test_some_clients_rate_every_session_at_the_top(harmless):
    rated = harmless.drop_nulls("after_heard").filter(pl.len().over("client_id") >= 6)
    always = rated.group_by("client_id").agg((pl.col("after_heard") == 10).all())["after_heard"].mean()
    assert 0.02 < always < 0.3


def test_therapies_last_from_five_to_forty_sessions(harmless):
    length = harmless.group_by("client_id").len()["len"]
    assert (length.min(), length.max()) == (5, 40)
    assert 10 <= length.median() <= 22


def test_clients_come_weekly_fortnightly_and_twice_a_week_with_longer_breaks(harmless):
    days = pl.col("day") if "day" in harmless.columns else pl.col("date").cast(pl.Int32)
    wait = days.diff().over("client_id")
    rhythm = harmless.with_columns(wait.alias("wait")).group_by("client_id").agg(pl.col("wait").median().alias("usual"))["usual"]
    assert (rhythm.is_between(6, 8)).mean() > 0.4
    assert (rhythm.is_between(12, 16)).mean() > 0.05
    assert (rhythm < 5).mean() > 0.05
    assert 0.01 < harmless.select((wait > 21).mean()).item() < 0.1


def test_bad_weeks_of_harmless_clients_are_put_down_to_life_oftenest(harmless):
    said = harmless["between_from"].drop_nulls()
    assert len(said) > 100
    assert (said == 0).mean() > 0.4


def test_a_bad_moment_is_mended_by_the_next_session(harmless):
    """Feeling heard 3 or more below what is usual: the next answer is back within 2 of it, four times in five."""
    rated = harmless.drop_nulls("after_heard").filter(pl.len().over("client_id") >= 6)
    rated = rated.with_columns(pl.col("after_heard").median().over("client_id").alias("usual"))
    rated = rated.with_columns(pl.col("after_heard").shift(-1).over("client_id").alias("next"))
    ruptures = rated.filter((pl.col("after_heard") <= pl.col("usual") - 3) & pl.col("next").is_not_null())
    assert len(ruptures) > 20
    assert (ruptures["next"] >= ruptures["usual"] - 2).mean() > 0.8


def test_hard_trauma_work_is_followed_by_an_unsettled_week_that_passes(harmless):
    """Settling takes longer after a hard session of trauma work than after the next, lighter one of the same client."""
    hard = pl.col("trauma_work") & (pl.col("intensity") >= 7)
    held = harmless.filter(HELD).with_columns(hard.alias("hard"))
    held = held.with_columns(pl.col("hard").shift(k).over("client_id").alias(f"{k} before") for k in (1, 2))
    held = held.with_columns(pl.col("between_settle").shift(1).over("client_id").alias("a week earlier"))
    pairs = held.filter(pl.col("2 before") & ~pl.col("1 before")).drop_nulls(["between_settle", "a week earlier"])
    assert len(pairs) > 100
    assert (pairs["a week earlier"] - pairs["between_settle"]).mean() > 0.1


def test_some_clients_decline_and_some_change_their_therapist(harmless):
    if "checkin_before" in harmless.columns:
        declined = harmless.group_by("client_id").agg((pl.col("checkin_before") == "declined").any())["checkin_before"].mean()
        assert 0.01 < declined < 0.1
    changed = (harmless.group_by("client_id").agg(pl.col("therapist_id").n_unique())["therapist_id"] > 1).mean()
    assert 0.02 < changed < 0.1


def test_clients_get_better_on_the_whole_and_not_all_of_them(harmless):
    long = harmless.drop_nulls("phq9").filter(pl.len().over("client_id") >= 6)
    change = long.group_by("client_id").agg((pl.col("phq9").tail(2).mean() - pl.col("phq9").head(2).mean()).alias("change"))["change"]
    assert change.mean() < -2
    assert 0.08 < (change > 0).mean() < 0.35
