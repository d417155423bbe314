"""`andante change`: rows that cannot be used are named, all at once, and nobody drops out of the table unsaid."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.cli.main import main


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run `andante change` on this table; give the exit code, the rows written and what was said."""

    def run(table: str, *options: str) -> tuple[int, list[dict[str, str]], Any]:
        place, to = tmp_path / "table.csv", tmp_path / "out.csv"
        place.write_text(table, encoding="utf-8")
        code = main(["change", str(place), *options, "--out", str(to)])
        rows = list(csv.DictReader(to.open(newline=""))) if to.exists() else []
        return code, rows, capsys.readouterr()

    return run


TIMED = ("--id", "id", "--time", "t", "--score", "y", "--points", "3")


def test_a_score_without_a_time_is_not_passed_over(run) -> None:  # type: ignore[no-untyped-def]
    """It may be the first of them: 25 to 9 is another change than 13 to 9."""
    code, _, told = run("id,t,y\n1,,25\n1,2,13\n1,3,9\n1,,\n", *TIMED, "--pre", "first", "--post", "last")
    assert code == 2
    assert "row 2, column t: has a score and no time. To mend it: give the time, or leave the row out" in told.err
    assert "row 5" not in told.err


def test_every_bad_time_and_every_second_row_is_named_at_once(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,t,y\n1,1,30\n1,2,x\n1,soon,9\n,4,9\n1,1,8\n"
    code, _, told = run(table, *TIMED, "--pre", "first", "--post", "last")
    assert code == 2
    assert [line.partition(",")[2].partition(":")[0] for line in told.err.splitlines() if ", row " in line] == [
        " row 3, column y", " row 4, column t", " row 5, column id", " row 6, column id",
    ]  # fmt: skip


def test_who_has_neither_score_is_in_the_table_and_in_the_count(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, _ = run("id,t,y\n1,0,25\n1,12,13\n9,6,20\n", *TIMED, "--pre", "0", "--post", "12")
    assert (code, [(row["id"], row["class"]) for row in rows]) == (0, [("1", "improved"), ("9", "")])


def test_the_growth_model_says_whom_it_left_out(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,t,y\n1,0,25\n1,1,13\n2,0,20\n2,1,22\n2,2,12\n3,0,20\n3,1,17\n3,3,12\n4,0,22\n4,1,17\n4,3,12\n"
    code, rows, told = run(table, *TIMED[:6], "--pre", "first", "--post", "last", "--method", "HLM")
    assert code == 0
    assert len(rows) == 3
    assert "1 client left out: the growth model needs 3 scores of each" in told.err


@pytest.mark.parametrize(
    "rule", [("--anchor", "nan"), ("--percentage", "nan"), ("--reliability", ".8", "--reference", "20", "5", "--functional", "nan", "3")]
)
def test_what_is_no_figure_is_refused(run, rule) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run("id,before,after\n1,20,10\n", "--id", "id", "--pre", "before", "--post", "after", *rule)
    assert code == 2
    assert "andante: " in told.err


@pytest.mark.parametrize("unused", [("--functional", "5", "3"), ("--cutoff", "c"), ("--reliability", ".8"), ("--worse", "3")])
def test_an_option_that_would_change_nothing_is_refused(run, unused) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run("id,before,after\n1,20,10\n", "--id", "id", "--pre", "before", "--post", "after", "--points", "5", *unused)
    assert code == 2
    assert f"--points judges by the change alone: leave out {unused[0]}" in told.err


def test_moments_a_part_of_a_second_apart_are_two_whatever_the_file(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    moments = [datetime(2024, 1, 1, 9, 0, 0, part) for part in (250_000, 500_000)]
    table = pa.table({"id": ["1", "1"], "t": pa.array(moments, pa.timestamp("us")), "y": [25, 9]})
    pq.write_table(table, tmp_path / "t.parquet")
    feather = table.set_column(1, "t", table["t"].dictionary_encode())
    with pa.OSFile(str(tmp_path / "t.arrow"), "wb") as sink, pa.ipc.new_file(sink, feather.schema) as writer:
        writer.write_table(feather)
    for name in ("t.parquet", "t.arrow"):
        out = tmp_path / "o.csv"
        assert main(["change", str(tmp_path / name), *TIMED, "--pre", "first", "--post", "last", "--out", str(out)]) == 0
        assert "1,25.0,9.0" in out.read_text()


def test_talking_therapies_refuse_what_the_measure_cannot_give(run) -> None:  # type: ignore[no-untyped-def]
    """Each score within the range of its own measure: 25 of the PHQ-9 is one, of the GAD-7 it is not."""
    table = "id,p0,p1,g0,g1\n1,25,5,31,3\n2,28,8,3,-1\n"
    code, rows, told = run(table, "--id", "id", "--pair", "phq9:p0:p1", "--pair", "gad7:g0:g1")
    assert (code, rows) == (2, [])
    assert [line.partition(", ")[2] for line in told.err.splitlines() if ", row " in line] == [
        "row 2, column g0: outside its range, 0 to 21 (value: 31). To mend it: correct the value",
        "row 3, column p0: outside its range, 0 to 27 (value: 28). To mend it: correct the value",
        "row 3, column g1: outside its range, 0 to 21 (value: -1). To mend it: correct the value",
    ]


def test_talking_therapies_of_a_long_table_refuse_it_too(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,t,p,g\n1,1,25,22\n1,2,5,3\n"
    ends = ("--time", "t", "--pre", "first", "--post", "last")
    code, rows, told = run(table, "--id", "id", "--pair", "phq9:p", "--pair", "gad7:g", *ends)
    assert (code, rows) == (2, [])
    assert "row 2, column g: outside its range, 0 to 21 (value: 22). To mend it: correct the value" in told.err
    assert run(table.replace("22", "21"), "--id", "id", "--pair", "phq9:p", "--pair", "gad7:g", *ends)[0] == 0
