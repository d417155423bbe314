"""Simulated cohorts for the rules of the laboratory, made once for each family."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from andante.lab.scenarios import FAMILIES
from andante.lab.simulator import simulate

FAMILY_NAMES = [family.name for family in FAMILIES]


@cache
def make(family, harmless, clients=1000):
    """Sessions with each client's harm and the number of rows since its onset (empty for the harmless)."""
    cohort = simulate(clients, family=family, seed=21, harmless=harmless)
    sessions = pl.DataFrame(cohort.sessions).join(pl.DataFrame(cohort.truth), on="client_id", how="left", maintain_order="left")
    return sessions.with_columns((pl.col("session") - pl.col("onset")).alias("since"))


@pytest.fixture(params=FAMILY_NAMES)
def harmless(request):
    """All sessions of 1,000 clients who come to no harm."""
    return make(request.param, 1.0)


@pytest.fixture(params=FAMILY_NAMES)
def harmed(request):
    """All sessions of 1,000 clients, each with one of the ten harms."""
    return make(request.param, 0.0)
