"""`andante columns`: the contract from the code, and the manual's page made from it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from andante.cli.main import main
from andante.measures import columns as measure_columns
from andante.records import COLUMNS, reading_schema
from andante.risks import NAMES

PAGE = Path(__file__).parents[3] / "docs" / "session-table.md"


@pytest.fixture
def printed(capsys):
    def printed(*options: str) -> str:
        assert main(["columns", *options]) == 0
        return capsys.readouterr().out

    return printed


def rows_of(text: str) -> dict[str, dict[str, str]]:
    return {row["column"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_page_of_the_manual_is_current(printed):
    assert PAGE.read_text(encoding="utf-8") == printed("--format", "markdown"), "run `make docs`"


@pytest.mark.parametrize("form", ["text", "markdown", "csv"])
def test_every_column_and_measure_is_there(printed, form):
    told = printed("--format", form)
    names = [column.name for column in COLUMNS if not column.name.endswith(("_low", "_high"))]
    for name in [*names, *(measure.name for measure in measure_columns())]:
        assert name in told


def test_a_column_with_all_that_is_known_of_it(printed):
    assert rows_of(printed("--format", "csv"))["after_heard"] == {
        "part": "After the session, from the client",
        "column": "after_heard",
        "values": "0 to 10",
        "good end": "higher",
        "unit": "points",
        "meaning": "felt heard and respected",
        "question": "Did you feel heard and respected? (not at all .. fully)",
    }


def test_a_scale_without_a_good_end_says_what_its_ends_are(printed):
    told = rows_of(printed("--format", "csv"))
    assert told["client_wish"]["values"] == "-1 to 1: -1 slower, 1 faster"
    assert told["intensity"]["values"] == "0 to 10"


def test_the_ending_itself_is_read_by_norms_alone(printed):
    """`end_again` and `end_still` are read by the risk of a bad experience."""
    told = printed()
    only = "ending is read by andante norms fit alone, for the hazard of leaving; the two answers of the exit check-in are evidence."
    assert f"How it ended\n\n{only}\n" in told


def test_every_column_of_the_reading_table_is_there(printed):
    told = rows_of(printed("--format", "csv"))
    risk = NAMES[0]
    for time in ("date", "day"):
        for field in reading_schema(NAMES[:1], time):
            name = field.name.replace(f"{risk}_", "R_")
            assert told[name]["meaning"], name


def test_text_tells_range_direction_meaning_and_question(printed):
    told = printed()
    assert "  before_distress   0 to 10, lower is better. how upset or tense right now\n" in told
    assert "                    How upset or tense are you right now? (calm .. as bad as it gets)\n" in told


def test_a_format_that_does_not_exist(capsys):
    assert main(["columns", "--format", "xml"]) == 2
    assert "'xml'" in capsys.readouterr().err
