"""The ten risks are the same ten, in the same order, in every place that names them."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

import andante
from andante import weighing
from andante.lab import outside
from andante.lab.harms import HARMS
from andante.records import reading_schema
from andante.risks import NAMES, RISKS

ROOT = Path(__file__).resolve().parents[2]


def test_the_readings_have_four_columns_for_each_in_order() -> None:
    table = andante.read(pa.table({"client_id": ["a"], "session": [1], "after_heard": [9.0]}))
    columns = [name for name in table.column_names if name.endswith(("_level", "_score", "_since", "_evidence"))]
    assert columns == [f"{name}_{part}" for name in NAMES for part in ("level", "score", "since", "evidence")]
    assert [name for name in reading_schema(NAMES, "date").names if name in columns] == columns


def test_the_weights_name_their_facts_and_streams_and_no_others() -> None:
    plan = weighing.layout(RISKS)
    shipped = weighing.weights()
    assert list(shipped) == list(NAMES)
    for place, name in enumerate(NAMES):
        assert set(shipped[name]["features"]) == {feature for feature, _ in plan.features[place]}  # type: ignore[call-overload]
        assert set(outside.weights()[name]) <= set(shipped[name]["features"])  # type: ignore[call-overload]


def test_the_manual_has_a_page_for_each_and_no_other() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "risks").glob("*.md")} - {"README"}
    assert pages == set(NAMES)
    listed = re.findall(r"\((\w+)\.md\)", (ROOT / "docs" / "risks" / "README.md").read_text("utf-8"))
    assert list(dict.fromkeys(n for n in listed if n in NAMES)) == list(NAMES)


def test_the_simulator_makes_the_same_ten_harms() -> None:
    assert tuple(HARMS) == NAMES


def test_each_has_a_spec_of_its_own() -> None:
    assert {path.stem.removeprefix("test_") for path in (ROOT / "tests/spec/risks").glob("test_*.py")} == set(NAMES)


def test_nothing_of_the_instrument_groups_readings_by_therapist() -> None:
    """No measure of therapists: the word stands in no name of the readings."""
    assert not any("therapist" in name for name in reading_schema(NAMES, "date").names)
