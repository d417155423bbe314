"""Every story that a test tells is read on every path: by the public door, by the plain reference, and among others."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from tests.reference.agreement import differences
from tests.spec.story import CALM, TOLD, table

import andante

NEIGHBOR = "session " + " ".join(str(n) for n in range(1, 13)) + CALM


@pytest.fixture(autouse=True)
def _every_path_reads_alike() -> Iterator[None]:
    TOLD.clear()
    yield
    for sessions in TOLD:
        assert differences(sessions) == [], "the plain reference reads this story differently"
        beside = table(NEIGHBOR, client="a neighbor")
        both = pa.concat_tables(
            [sessions, beside.select([n for n in beside.column_names if n in sessions.column_names])], promote_options="default"
        )
        own = andante.read(both).filter(pa.compute.equal(andante.read(both)["client_id"], "anna"))
        assert own.equals(andante.read(sessions)), "another client in the table changes this story"
    TOLD.clear()
