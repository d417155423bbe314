"""Cohorts that several tests of the laboratory look at, made once."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from andante.lab.scenarios import FAMILIES
from andante.lab.simulator import simulate

NAMES = [family.name for family in FAMILIES]


@cache
def made(family, harmless):
    cohort = simulate(500, family=family, seed=11, harmless=harmless)
    return pl.DataFrame(cohort.sessions), pl.DataFrame(cohort.truth), cohort


@pytest.fixture(params=NAMES)
def family(request):
    return request.param


@pytest.fixture
def sessions(family):
    """All sessions of 500 clients, half of them harmed."""
    return made(family, 0.5)[0]


@pytest.fixture
def truth(family):
    return made(family, 0.5)[1]


@pytest.fixture
def cohort(family):
    return made(family, 0.5)[2]


@pytest.fixture
def harmless(family):
    """All sessions of 500 harmless clients."""
    return made(family, 1.0)[0]
