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


def test_live_without_a_file_prints_the_steps(run) -> None:  # type: ignore[no-untyped-def]
    """After the counts, and without them where it is not asked for; a label of the table is no markup."""
    asked = ("id,s1,s2,s3,[/x]\na,30,31,30,10\n", "--id", "id", "--scores", "s1,s2,s3,[/x]", "--cutoff", "7")
    told = run(*asked, "--live", out=False)[2].out
    assert told.startswith("1 clients, 1 intervals, 1 with the scores that all criteria need.\n")
    step = next(line for line in told.splitlines() if "possible" in line)
    assert step.replace("│", " ").split() == ["a", "s3", "[/x]", "gain", "20", "possible"]
    assert "possible" not in run(*asked, out=False)[2].out


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
    assert "column id: is there twice (value: a)" in run(WIDE + "a,1,2,3,4,5,6,7\n", "--id", "id", "--scores", ALL, "--cutoff", "7")[2].err
    long = "id,session,score\na,1,3\na,1,4\n"
    assert (
        "row 3, column id: has a second row at this time (value: a)"
        in run(long, "--id", "id", "--time", "session", "--score", "score", "--cutoff", "7")[2].err
    )


def long(table: str, times: dict[str, str]) -> str:
    """The wide table as a long one, its columns called by these times."""
    head, *lines = (line.split(",") for line in table.splitlines())
    cells = [f"{line[0]},{times[name]},{value}" for line in lines for name, value in zip(head[1:], line[1:], strict=True) if value]
    return "id,time,score\n" + "\n".join(cells) + "\n"


SESSIONS = [f"s{k}" for k in range(1, 8)]
LONG_WAY = ("--id", "id", "--time", "time", "--score", "score", "--cutoff", "7")


def test_numbered_words_are_in_the_order_of_their_numbers(run) -> None:  # type: ignore[no-untyped-def]
    """By bytes `bdi_s10` would come before `bdi_s8`."""
    rows = run(long(WIDE, {name: f"bdi_s{k + 6}" for k, name in enumerate(SESSIONS, 1)}), *LONG_WAY)[1]
    assert [(row["id"], row["from"], row["to"]) for row in rows if row["gain"] == "true"] == [("b", "bdi_s9", "bdi_s10")]


def test_other_words_have_no_order(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run(long(WIDE, dict(zip(SESSIONS, "abcdefg", strict=True))), *LONG_WAY)
    assert (code, rows) == (2, [])
    assert "words have no order" in told.err


OWN_DATES = "id,time,score\n" + "".join(
    f"{who},2024-0{month}-{day + week:02d},{score}\n"
    for who, month, day, scores in (("a", 1, 1, (30, 31, 30, 10, 11, 10)), ("b", 2, 3, (10, 10, 10, 20, 21, 20)))
    for week, score in enumerate(scores)
)


def test_dates_of_their_own_number_each_clients_sessions(run) -> None:  # type: ignore[no-untyped-def]
    """Nobody shares a date: as columns of a grid no interval could be judged."""
    _, rows, told = run(OWN_DATES, *LONG_WAY)
    assert [(row["id"], row["from"], row["to"]) for row in rows if row["gain"] == "true"] == [("a", "3", "4")]
    assert [(row["id"], row["from"], row["to"]) for row in rows if row["loss"] == "true"] == [("b", "3", "4")]
    assert "one after another" in told.err


def test_days_of_their_own_are_numbered_on_request(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,time,score\n" + "".join(f"{who},{who * 100 + k},{s}\n" for who in (1, 2, 3) for k, s in enumerate((30, 31, 30, 10, 11, 10)))
    _, rows, told = run(table, *LONG_WAY)
    assert "add --consecutive" in told.err
    _, rows, told = run(table, *LONG_WAY, "--consecutive")
    assert [(row["id"], row["from"]) for row in rows if row["gain"] == "true"] == [("1", "3"), ("2", "3"), ("3", "3")]
    twice = table + "1,100,29\n"
    assert "add --consecutive" in run(twice, *LONG_WAY)[2].err
    _, rows, told = run(twice, *LONG_WAY, "--consecutive")
    assert "1 scores at the same time as the one before were kept" in told.err
    assert [(row["id"], row["from"]) for row in rows if row["gain"] == "true"] == [("1", "4"), ("2", "3"), ("3", "3")]


def test_parquet_with_dates(tmp_path: Path) -> None:
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    days = [datetime.date(2024, 1, 1 + 7 * k) for k in range(4)] * 2
    for times in (pa.array(days), pa.array(days).cast(pa.timestamp("ns")), pa.array(days).cast(pa.timestamp("us", "UTC"))):
        table = pa.table({"id": [7] * 4 + [8] * 4, "time": times, "score": [30.0, 31, 12, 11, 20, 20, 20, None]})
        pq.write_table(table, tmp_path / "t.parquet")
        assert main(["sudden", str(tmp_path / "t.parquet"), *LONG_WAY, "--out", str(tmp_path / "o.csv")]) == 0
        rows = list(csv.DictReader((tmp_path / "o.csv").open(newline="")))
        assert [(row["id"], row["from"][:10], row["gain"]) for row in rows] == [("7", "2024-01-08", "true"), ("8", "2024-01-08", "")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--scores", "s1,s2,s3,s4,s1", "--cutoff", "7"), "--scores names s1 more than once"),
        (("--scores", "s1,s2,s3,s4,id", "--cutoff", "7"), "--scores names id as well as --id"),
        (("--scores", "s1,s2,s3,x9,y9", "--cutoff", "7"), "has no column 'y9'"),
        (("--scores", ALL, "--cutoff", "nan"), "The cut-off is nan"),
        (("--scores", ALL, "--cutoff", "7", "--better", "up"), "choose lower or higher"),
        (("--scores", ALL, "--cutoff", "7", "--critical", "-1"), "The critical value is -1"),
    ],
)
def test_requests_that_make_no_sense(run, options: tuple[str, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run(WIDE, "--id", "id", *options)
    assert (code, rows) == (2, [])
    assert message in told.err


def test_spikes_need_a_size(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "spikes.csv"
    code, rows, told = run(WIDE, "--id", "id", "--scores", ALL, "--no-cutoff", "--spikes", str(place))
    assert (code, rows, place.exists()) == (2, [], False)
    assert told.err == "andante: Spikes need --cutoff POINTS: how large a rise must be.\n"


def test_spikes_where_higher_is_better(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A fall from 30 to 10 is the spike; its peak is the low, 10."""
    place = tmp_path / "spikes.csv"
    run(WIDE, "--id", "id", "--scores", ALL, "--cutoff", "7", "--better", "higher", "--spikes", str(place))
    rows = list(csv.DictReader(place.open(newline="")))
    assert [(row["id"], row["rise"], row["peak"], row["state"]) for row in rows] == [("b", "20.0", "10.0", "not returned")]


def test_a_table_without_rows(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run(WIDE.splitlines()[0] + "\n", "--id", "id", "--scores", ALL, "--cutoff", "7", out=False)
    assert (code, rows) == (0, [])
    assert "nan" not in told.out


def test_a_typed_column_that_holds_no_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a"] * 4, "time": [{"week": k} for k in range(4)], "score": [3.0] * 4}), tmp_path / "t.parquet")
    assert main(["sudden", str(tmp_path / "t.parquet"), *LONG_WAY]) == 2
    assert "column time: holds values of the type struct" in capsys.readouterr().err


def test_times_too_many_for_columns_are_refused_before_any_work(run) -> None:  # type: ignore[no-untyped-def]
    """4,000 clients at 4,000 days of their own would be a table of 16 million cells with 4,000 scores."""
    table = "id,time,score\n" + "".join(f"{k},{k},{k % 20}\n" for k in range(4000))
    code, rows, told = run(table, *LONG_WAY)
    assert (code, rows) == (2, [])
    assert "4000 times are too many" in told.err


def test_what_is_printed_is_what_was_asked_for(run) -> None:  # type: ignore[no-untyped-def]
    """Two gains: 30 to 20 in two steps of sessions; the largest is not the first."""
    table = "id," + ",".join(f"s{k}" for k in range(1, 11)) + "\na,30,30,29,20,20,21,8,8,7,8\n"
    names = ",".join(f"s{k}" for k in range(1, 11))
    asked = ("--id", "id", "--scores", names, "--cutoff", "7")
    first, largest = (run(table, *asked, "--select", which, out=False)[2].out for which in ("first", "largest"))
    assert "mean size of the first 9.0" in first
    assert "mean size of the largest 13.0" in largest


def test_a_bad_time_is_named_beside_everything_else(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,t,y\n1,1,30\n1,2,29\n1,3,x\n1,4,9\n1,?,9\n,6,9\n"
    told = run(table, "--id", "id", "--time", "t", "--score", "y", "--cutoff", "7")[2].err
    assert "row 4, column y: not a number (value: x)" in told
    assert "row 6, column t: is no time like the others (value: ?)" in told
    assert "row 7, column id: has no id" in told


def test_a_row_with_neither_time_nor_score_says_nothing(run) -> None:  # type: ignore[no-untyped-def]
    rows = "id,t,y\n" + "\n".join(f"1,{k},{y}" for k, y in enumerate((30, 29, 30, 10, 9, 10), 1))
    asked = ("--id", "id", "--time", "t", "--score", "y", "--cutoff", "7")
    assert run(rows + "\n1,,\n", *asked)[1] == run(rows + "\n", *asked)[1]
    assert "row 8, column t: has a score and no time" in run(rows + "\n1,,5\n", *asked)[2].err
