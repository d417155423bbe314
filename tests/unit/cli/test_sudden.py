"""`andante sudden`: columns, long tables, the tables behind it, and the mended criterion."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from andante.cli.main import main

WIDE = "id,s1,s2,s3,s4,s5,s6,s7\nb,30,31,30,10,11,10,10\na,10,10,10,20,21,20,20\nc,10,,10,11,,11,11\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run `andante sudden` on this table; give the exit code, the rows written and what was said."""

    def run(table: str, *options: str, out: bool = True) -> tuple[int, list[dict[str, str]], Any]:
        place, to = tmp_path / "table.csv", tmp_path / "out.csv"
        place.write_text(table, encoding="utf-8")
        code = main(["sudden", str(place), *options, *(["--out", str(to)] if out else [])])
        rows = list(csv.DictReader(to.open(newline=""))) if to.exists() else []
        return code, rows, capsys.readouterr()

    return run


ALL = "s1,s2,s3,s4,s5,s6,s7"


def test_one_row_for_each_client_and_interval(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, _ = run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7")
    assert code == 0
    assert [(row["id"], row["from"], row["to"]) for row in rows[:4]] == [
        ("a", "s2", "s3"),
        ("a", "s3", "s4"),
        ("a", "s4", "s5"),
        ("a", "s5", "s6"),
    ]
    assert len(rows) == 12
    assert [(row["id"], row["from"]) for row in rows if row["gain"] == "true"] == [("b", "s3")]
    assert [(row["id"], row["from"]) for row in rows if row["loss"] == "true"] == [("a", "s3")]
    empty = next(row for row in rows if (row["id"], row["from"]) == ("c", "s2"))
    assert (empty["criterion_1"], empty["criterion_2"], empty["criterion_3"], empty["gain"], empty["loss"]) == ("", "", "", "", "")


def test_scores_may_be_named_one_by_one(run) -> None:  # type: ignore[no-untyped-def]
    repeated = [option for name in ALL.split(",") for option in ("--scores", name)]
    assert run(WIDE, "--id", "id", *repeated, "--cutoff", "7")[1] == run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7")[1]


def test_long_tables_give_the_same(run) -> None:  # type: ignore[no-untyped-def]
    wide = run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7")[1]
    lines = [line.split(",") for line in WIDE.splitlines()[1:]]
    cells = [f"{line[0]},s{k},{value}" for line in lines for k, value in enumerate(line[1:], 1)]
    assert (
        run(
            "id,session,score\n" + "\n".join(reversed(cells)) + "\n", "--id", "id", "--time", "session", "--score", "score", "--cutoff", "7"
        )[1]
        == wide
    )


def test_the_peers_criterion_on_request(run) -> None:  # type: ignore[no-untyped-def]
    small = "id,s1,s2,s3,s4,s5,s6\na,40,40,40,47,47,47\n"
    columns = ("--id", "id", "--scores", "s1,s2,s3,s4,s5,s6", "--cutoff", "7")
    assert run(small, *columns)[1][1]["loss"] == "false"  # 7 of 40 is no quarter
    assert run(small, *columns, "--replicate", "suddengains")[1][1]["loss"] == "true"


def test_live(run) -> None:  # type: ignore[no-untyped-def]
    _, rows, _ = run("id,s1,s2,s3,s4\na,30,31,30,10\n", "--id", "id", "--scores", "s1,s2,s3,s4", "--cutoff", "7", "--live")
    assert [(row["from"], row["to"], row["kind"], row["state"]) for row in rows] == [("s3", "s4", "gain", "possible")]


def test_tables_of_gains_persons_and_spikes(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    places = [tmp_path / f"{name}.csv" for name in ("gains", "persons", "spikes")]
    options = [o for name, place in zip(("--gains", "--persons", "--spikes"), places, strict=True) for o in (name, str(place))]
    run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7", *options)
    gains, persons, spikes = (list(csv.DictReader(place.open(newline=""))) for place in places)
    assert [(g["id"], g["kind"], g["magnitude"], g["reversed"]) for g in gains] == [
        ("b", "gain", "20.0", "false"),
        ("a", "loss", "-10.0", "false"),
    ]
    assert [(p["id"], p["gain_count"], p["loss_count"]) for p in persons] == [("a", "0", "1"), ("b", "1", "0"), ("c", "0", "0")]
    assert [(s["id"], s["rise"], s["state"]) for s in spikes] == [("a", "10.0", "not returned")]


def test_without_a_file_it_prints_the_counts(run) -> None:  # type: ignore[no-untyped-def]
    _, _, told = run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7", out=False)
    assert told.out.splitlines()[:2] == [
        "3 clients, 12 intervals, 9 with the scores that all criteria need.",
        "Sudden gains: 1 in 1 clients (33.3 %); mean size of the first 20.0, later reversed in 0.",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--id", "id", "--scores", ALL), "--cutoff POINTS"),
        (("--id", "id", "--cutoff", "7"), "--scores A,B,C"),
        (("--id", "id", "--cutoff", "7", "--time", "s1"), "needs both --time and --score"),
        (("--id", "id", "--cutoff", "7", "--scores", "s1,s2,s3"), "at least 4 sessions"),
        (("--id", "id", "--cutoff", "7", "--scores", "s1,s2,s3,s44"), "has no column 's44'; did you mean s4?"),
        (("--id", "id", "--cutoff", "-7", "--scores", ALL), "positive number"),
        (("--id", "id", "--cutoff", "7", "--scores", ALL, "--select", "best", "--persons", "p.csv"), "choose one of first"),
    ],
)
def test_requests_that_cannot_be_met(run, options: tuple[str, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run(WIDE, *options)
    assert code == 2
    assert message in told.err


def test_duplicates_are_errors(run) -> None:  # type: ignore[no-untyped-def]
    assert "1 ids are repeated (a)" in run(WIDE + "a,1,2,3,4,5,6,7\n", "--id", "id", "--scores", ALL, "--cutoff", "7")[2].err
    long = "id,session,score\na,1,3\na,1,4\n"
    assert "one row at a time" in run(long, "--id", "id", "--time", "session", "--score", "score", "--cutoff", "7")[2].err
