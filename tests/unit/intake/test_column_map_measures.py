"""Measures of a map in the order of the catalogue, and rules by column."""

from __future__ import annotations

import pytest

from andante.errors import InputError
from andante.intake.column_map import NO_MAP, ColumnMap, read_map
from andante.intake.spellings import PLAIN, Rules
from andante.measures import columns as measure_columns
from andante.records import COLUMN


def test_no_map_changes_nothing():
    assert read_map(None) is NO_MAP
    assert NO_MAP.rules("after_heard") is PLAIN
    assert NO_MAP.all_measures == measure_columns()
    assert list(NO_MAP.known) == [*COLUMN, *(measure.name for measure in measure_columns())]


def test_a_map_that_is_one_already_is_taken_as_it_is():
    found = ColumnMap("mine")
    assert read_map(found) is found


def test_a_changed_measure_keeps_its_place_and_a_new_one_comes_last():
    found = read_map({"measures": {"mood": {"range": [7, 1], "better": "higher"}, "gad7": {"range": [0, 21]}}})
    names = [measure.name for measure in found.all_measures]
    assert names == [*(measure.name for measure in measure_columns()), "mood"]
    assert (found.known["mood"].low, found.known["mood"].high) == (1, 7)
    (gad7,) = [measure for measure in found.all_measures if measure.name == "gad7"]
    assert gad7.label == "Anxiety (GAD-7)"


def test_rules_of_a_column():
    found = read_map({"missing": ["x"], "dates": {"format": "%d.%m.%Y", "unit": "months"}, "scales": {"after_heard": {"from": [5, 1]}}})
    missing = frozenset(("x",))
    assert found.rules("after_heard") == Rules(missing, {}, (5, 1))
    assert found.rules("date") == Rules(missing, date_format="%d.%m.%Y")
    assert found.rules("day") == Rules(missing, days=30.4375)
    assert found.rules("phq9") == Rules(missing)


@pytest.mark.parametrize("change", [0, -3, "five"])
def test_a_reliable_change_is_above_nothing(change: object):
    with pytest.raises(InputError, match=r"measures\.mood\.reliable_change: has to be a number above 0"):
        read_map({"measures": {"mood": {"range": [0, 10], "better": "higher", "reliable_change": change}}})
