"""Simulated clients get better, and worse, about as often as those of NHS Talking Therapies (England, 2024-25, 564,914 courses)."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from andante.lab.scenarios import JUDGING, TUNING
from andante.lab.simulator import simulate

DATA = Path(os.environ.get("ANDANTE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "nhs_talking_therapies"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"NHS Talking Therapies is not at {DATA}")

RELIABLE = {"phq9": 6, "gad7": 4}  # points, as NHS Talking Therapies counts them
FAMILIES = (*TUNING, JUDGING)


@cache
def fall(measure: str) -> float:
    """Points from the start to the end of a course, mean over the courses of all therapies."""
    year = pl.read_parquet(DATA / "england_proms_annual.parquet").filter(
        (pl.col("reporting_period") == "2024-25") & (pl.col("variable_a") == "Total")
    )
    courses = year.filter(pl.col("measure_name") == "courses_of_therapy").select("variable_b", courses="value")
    means = year.filter((pl.col("measure_name") == measure[:3]) & (pl.col("measure_statistic") == "mean")).join(courses, on="variable_b")
    start, end = (
        means.filter(pl.col("measure_time") == when).select((pl.col("value") * pl.col("courses")).sum() / pl.col("courses").sum()).item()
        for when in ("start", "end")
    )
    return float(start - end)


def reliably_deteriorated() -> float:
    """Percent of those who finished a course."""
    with (DATA / "england_headline.csv").open(newline="") as file:
        rows = {(row["measure_name"], row["measure_statistic"]): row for row in csv.DictReader(file)}
    return float(rows["deterioration", "percentage"]["2024-25"])


@cache
def changes(family: str) -> pl.DataFrame:
    """First and last score of every harmless simulated client with two scores or more."""
    cohort = simulate(1000, family=family, seed=2024)
    truth = pl.DataFrame(cohort.truth)
    harmless = truth.filter(pl.col("harm") == "")["client_id"]
    sessions = pl.DataFrame(cohort.sessions).filter(pl.col("client_id").is_in(harmless.implode())).sort("client_id", "session")
    first_and_last = [(pl.col(name).drop_nulls().last() - pl.col(name).drop_nulls().first()).alias(name) for name in RELIABLE]
    return sessions.group_by("client_id").agg(first_and_last, scores=pl.col("phq9").count()).filter(pl.col("scores") >= 2)


@pytest.mark.parametrize("measure", RELIABLE)
def test_simulated_clients_get_better_by_about_as_many_points(measure: str) -> None:
    fell = [-float(changes(family)[measure].mean()) for family in FAMILIES]  # type: ignore[arg-type]
    assert fall(measure) == pytest.approx({"phq9": 4.4, "gad7": 4.1}[measure], abs=0.1)  # as priors.json says of it
    assert sum(fell) / len(fell) == pytest.approx(fall(measure), abs=0.9)
    assert min(fell) > 0.5 * fall(measure)


def test_and_a_few_of_the_harmless_are_reliably_worse_at_the_end() -> None:
    """There it is more, for those who came to harm are among them: here some, and not many more than there."""
    for family in FAMILIES:
        worse = changes(family).select(pl.any_horizontal(pl.col(name) >= points for name, points in RELIABLE.items()).mean()).item()
        assert 0.4 < 100 * worse < 1.2 * reliably_deteriorated()
