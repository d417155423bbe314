"""Weights of cohorts that others made: where they come from, and what is kept of them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.lab import outside
from andante.lab.simulator import simulate
from andante.risks import NAMES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cohort as others hand it over: no harm is an empty cell."""
    cohort = simulate(80, family="traits", seed=3)
    harms = [harm or None for harm in cohort.truth["harm"].to_pylist()]
    place = cohort.truth.schema.get_field_index("harm")
    pq.write_table(cohort.sessions, tmp_path / "sessions.parquet")
    pq.write_table(cohort.truth.set_column(place, "harm", pa.array(harms, pa.string())), tmp_path / "truth.parquet")
    return tmp_path


def test_of_a_cohort_only_weights_are_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "outside.json"
    monkeypatch.setattr(outside, "FILE", file)
    outside.main([str(folder), str(folder)])
    found = json.loads(file.read_text("utf-8"))
    assert found["cohorts"] == 2
    assert list(found["risks"]) == list(NAMES)
    assert "client" not in file.read_text("utf-8").replace("validated on clients", "")
    weights = [weight for features in found["risks"].values() for pair in features.values() for weight in pair]
    assert min(weights) >= 0  # nothing that goes wrong makes a risk look smaller
    assert max(weights) > 0.1
    assert max(found["risks"]["unfinished"]["stream:before_open"]) > 0.05  # and its own question weighs something


def test_the_shipped_weights_say_how_many_cohorts_they_were_drawn_towards() -> None:
    from andante.weighing import _document

    assert f"fitted on {outside.cohorts()} cohorts" in _document()["origin"]
