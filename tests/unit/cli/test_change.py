"""`andante change`: wide and long tables, every way of judging, and what is said of a request that cannot be met."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from andante.cli.main import main

WIDE = "id,before,after,arm\n10,30,10,a\n9,20,21,a\n2,25,,b\n1,22,35,b\nx7,28,12,b\n"
LONG = "id,week,score\nb,0,30\nb,1,\nb,8,10\na,8,21\na,0,20\nc,0,25\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run `andante change` on this table; give the exit code, the rows written and what was said."""

    def run(table: str, *options: str, out: bool = True) -> tuple[int, list[dict[str, str]], Any]:
        place, to = tmp_path / "table.csv", tmp_path / "out.csv"
        place.write_text(table, encoding="utf-8")
        code = main(["change", str(place), *options, *(["--out", str(to)] if out else [])])
        rows = list(csv.DictReader(to.open(newline=""))) if to.exists() else []
        return code, rows, capsys.readouterr()

    return run


def test_one_row_for_each_client(run) -> None:  # type: ignore[no-untyped-def]
    """Sorted by bytes, as one id is no number; empty where a score is missing. SD of 30, 20, 22, 28 is 4.76."""
    code, rows, told = run(WIDE, "--id", "id", "--pre", "before", "--post", "after", "--reliability", ".8")
    assert code == 0
    assert [row["id"] for row in rows] == ["1", "10", "2", "9", "x7"]
    assert [row["class"] for row in rows] == ["deteriorated", "improved", "", "unchanged", "improved"]
    assert rows[2] | {"pre": "25.0"} == {"id": "2", "pre": "25.0", "post": "", "change": "", "rci": "", "class": ""}
    # (10 - 30) / sqrt(2 x 22.6667 x .2)
    assert float(rows[1]["rci"]) == pytest.approx(-20 / (2 * 22.666667 * 0.2) ** 0.5, rel=1e-6)
    assert "Written" in told.err


def test_five_classes_with_a_functional_population(run) -> None:  # type: ignore[no-untyped-def]
    _, rows, _ = run(
        WIDE,
        "--id",
        "id",
        "--pre",
        "before",
        "--post",
        "after",
        "--reliability",
        ".8",
        "--functional",
        "8",
        "5",
        "--cutoff",
        "c",
        "--method",
        "JT",
    )
    assert {row["id"]: row["class"] for row in rows} == {
        "1": "deteriorated",
        "10": "recovered",
        "2": "",
        "9": "unchanged",
        "x7": "recovered",
    }


def test_the_id_keeps_its_name(run) -> None:  # type: ignore[no-untyped-def]
    _, rows, _ = run(WIDE.replace("id,", "patient,", 1), "--id", "patient", "--pre", "before", "--post", "after", "--points", "5")
    assert list(rows[0]) == ["patient", "pre", "post", "change", "rci", "class"]


def test_higher_may_be_better(run) -> None:  # type: ignore[no-untyped-def]
    _, rows, _ = run(WIDE, "--id", "id", "--pre", "before", "--post", "after", "--points", "5", "--better", "higher")
    assert {row["id"]: row["class"] for row in rows}["1"] == "improved"


@pytest.mark.parametrize(
    ("times", "changes"),
    [
        (("--pre", "0", "--post", "8"), {"a": "1.0", "b": "-20.0", "c": ""}),
        (("--pre", "8", "--post", "0"), {"a": "-1.0", "b": "20.0", "c": ""}),
        (("--pre", "first", "--post", "last"), {"a": "1.0", "b": "-20.0", "c": ""}),
    ],
)
def test_long_tables(run, times: tuple[str, ...], changes: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    code, rows, _ = run(LONG, "--id", "id", "--time", "week", "--score", "score", "--points", "5", *times)
    assert code == 0
    assert {row["id"]: row["change"] for row in rows} == changes


def test_dates_and_words_are_times_too(run) -> None:  # type: ignore[no-untyped-def]
    dated = LONG.replace(",0,", ",2024-01-01,").replace(",1,", ",2024-01-08,").replace(",8,", ",2024-03-01,")
    _, rows, _ = run(
        dated, "--id", "id", "--time", "week", "--score", "score", "--points", "5", "--pre", "2024-01-01", "--post", "2024-03-01"
    )
    assert {row["id"]: row["change"] for row in rows}["b"] == "-20.0"
    worded = LONG.replace(",0,", ",start,").replace(",1,", ",mid,").replace(",8,", ",end,")
    _, rows, _ = run(worded, "--id", "id", "--time", "week", "--score", "score", "--points", "5", "--pre", "start", "--post", "end")
    assert {row["id"]: row["change"] for row in rows}["b"] == "-20.0"


def test_growth_models_use_all_scores(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,t,y\n" + "".join(f"c{i},{t},{20 - i * t * 0.3 + (i * 7 + t * 5) % 4}\n" for i in range(12) for t in range(5))
    code, rows, _ = run(table, "--id", "id", "--time", "t", "--score", "y", "--method", "HLM")
    assert code == 0
    assert len(rows) == 12
    index = {row["id"]: float(row["rci"]) for row in rows}
    assert index["c11"] < index["c5"] < index["c0"]  # deviations from the average slope
    _, rows, _ = run(table, "--id", "id", "--time", "t", "--score", "y", "--method", "HLM", "--absolute")
    assert all(float(row["rci"]) < index[row["id"]] for row in rows)  # all fall


def test_the_other_ways_of_judging(run) -> None:  # type: ignore[no-untyped-def]
    common = ("--id", "id", "--pre", "before", "--post", "after")
    for options, wanted in (
        (("--anchor", "16"), {"10": "improved", "x7": "improved", "1": "unchanged"}),
        (("--anchor", "20", "--worse", "13"), {"10": "improved", "x7": "unchanged", "1": "deteriorated"}),
        (("--percentage", ".5"), {"10": "improved", "x7": "improved", "1": "deteriorated"}),
        (("--crossing", "--functional", "8", "5"), {"10": "improved", "x7": "improved", "1": "unchanged"}),
        (("--instrument", "bdi"), {"10": "improved", "9": "unchanged", "1": "deteriorated"}),
    ):
        _, rows, _ = run(WIDE, *common, *options)
        assert {row["id"]: row["class"] for row in rows if row["id"] in wanted} == wanted


def test_talking_therapies(run) -> None:  # type: ignore[no-untyped-def]
    table = "id,p1,p2,g1,g2\na,12,5,10,3\nb,12,12,9,\n"
    code, rows, _ = run(table, "--id", "id", "--pair", "phq9:p1:p2", "--pair", "gad7:g1:g2")
    assert code == 0
    assert rows[0]["reliable_recovery"] == "true"
    assert set(rows[1].values()) == {"b", ""}


def test_without_a_file_it_prints_the_counts(run) -> None:  # type: ignore[no-untyped-def]
    _, _, told = run(WIDE, "--id", "id", "--pre", "before", "--post", "after", "--points", "5", "--group", "arm", out=False)
    assert "4 clients with both scores, 1 without" in told.out
    assert "deteriorated" in told.out


def test_a_group_is_shown_as_it_is_written(run) -> None:  # type: ignore[no-untyped-def]
    """Words from a table neither color the terminal nor steer it."""
    table = WIDE.replace(",a\n", ",[red]wait\x1b[2J\n")
    _, _, told = run(table, "--id", "id", "--pre", "before", "--post", "after", "--points", "5", "--group", "arm", out=False)
    assert "[red]wait\\u001B" in told.out
    assert "\x1b[2J" not in told.out


def test_summary_and_plot(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("altair")
    summary, plot = tmp_path / "summary.csv", tmp_path / "plot.json"
    run(
        WIDE, "--id", "id", "--pre", "before", "--post", "after", "--reliability", ".8", "--group", "arm",
        "--summary", str(summary), "--plot", str(plot),
    )  # fmt: skip
    counts = {(row["group"], row["class"]): row["n"] for row in csv.DictReader(summary.open(newline=""))}
    assert counts["b", "deteriorated"] == "1"
    drawn = json.loads(plot.read_text())
    points = next(values for layer in drawn["layer"] if "class" in str(values := layer.get("data", {}).get("values", "")))
    assert len(points) == 4
    assert "x7" not in plot.read_text()  # no id is drawn


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--id", "idd", "--pre", "before", "--post", "after"), "has no column 'idd'; did you mean id?"),
        (("--id", "id", "--pre", "before", "--post", "after"), "needs --reliability R"),
        (("--id", "id", "--pre", "before"), "--pre COLUMN --post COLUMN"),
        (("--id", "id", "--time", "before"), "needs both --time and --score"),
        (("--id", "id", "--pre", "before", "--post", "after", "--method", "HLM"), "HLM needs all scores"),
        (("--id", "id", "--pre", "before", "--post", "after", "--anchor", "5", "--percentage", ".5"), "Choose one of"),
        (("--id", "id", "--pre", "before", "--post", "after", "--instrument", "phq15"), "PHQ-15 has no reliable change"),
        (("--id", "id", "--pair", "phq9:before:after"), "Give --pair twice"),
        (("--id", "id", "--pair", "phq9:before:after", "--pair", "srs:before:after"), "'srs' has no threshold"),
        (("--id", "id", "--pair", "phq9:before:after", "--pair", "gad7:before"), "write gad7:COLUMN with --time, or gad7:PRE:POST"),
    ],
)
def test_requests_that_cannot_be_met(run, options: tuple[str, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run(WIDE, *options)
    assert code == 2
    assert message in told.err
    assert not rows


def test_all_bad_cells_are_named_at_once(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run("id,a,b\n1,x,3\n,4,z9\n", "--id", "id", "--pre", "a", "--post", "b", "--points", "5")
    assert code == 2
    assert not rows
    for line in ("row 2, column a: not a number (value: x)", "row 3, column b: not a number (value: z9)", "row 3, column id: has no id"):
        assert line in told.err
    assert "map file" not in told.err


def test_a_repeated_id_is_an_error(run) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run("id,a,b\n1,2,3\n1,4,5\n", "--id", "id", "--pre", "a", "--post", "b", "--points", "5")
    assert code == 2
    assert "row 3, column id: is there twice (value: 1). To mend it: a wide table has one row for each client: leave one out" in told.err


def test_an_unknown_ending_is_refused_before_any_work(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "missing.csv"
    assert main(["change", str(place), "--id", "id", "--out", str(tmp_path / "x.xlsx")]) == 2


ONE = "id,before,after\n1,20,10\n"
ENDS = ("--id", "id", "--pre", "before", "--post", "after")


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("--reliability", ".8", "--reference", "20", "5"), "improved"),  # 10 / (5 sqrt(2 x .2)) = 3.16
        (("--anchor", "10"), "improved"),
        (("--points", "10"), "unchanged"),
        (("--instrument", "phq9"), "improved"),
        (("--percentage", ".5"), "improved"),
    ],
)
def test_one_client_is_enough_where_no_mean_is_needed(run, options: tuple[str, ...], kind: str) -> None:  # type: ignore[no-untyped-def]
    code, rows, _ = run(ONE, *ENDS, *options)
    assert code == 0
    assert [row["class"] for row in rows] == [kind]
    code, rows, told = run(ONE, *ENDS, *options, out=False)
    assert (code, "nan" in told.out) == (0, False)


def test_nobody_with_both_scores_is_an_empty_column(run) -> None:  # type: ignore[no-untyped-def]
    code, rows, _ = run("id,before,after\n1,,10\n2,20,\n", *ENDS, "--anchor", "5")
    assert code == 0
    assert [(row["change"], row["class"]) for row in rows] == [("", ""), ("", "")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--reliability", ".8"), "1 clients have both scores: at least two are needed"),
        (("--reliability", ".8", "--reference", "20", "5", "--method", "HLL"), "at least two are needed"),
        (("--anchor", "5", "--functional", "5", "4"), "Cut-off c needs the mean and SD of the clients before"),
        (("--percentage", "50"), "nobody can lose more than the whole score"),
        (("--reliability", ".8", "--replicate", "suddengains"), "Cannot replicate 'suddengains'"),
    ],
)
def test_what_one_client_cannot_give(run, options: tuple[str, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = run(ONE, *ENDS, *options)
    assert (code, rows) == (2, [])
    assert message in told.err


def test_equal_scores_before_are_told(run) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run("id,before,after\n1,20,10\n2,20,21\n", *ENDS, "--reliability", ".8")
    assert code == 0
    assert "all scores before are the same" in told.err


def test_every_column_that_is_not_there_is_named(run) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run(WIDE, "--id", "who", "--pre", "befor", "--post", "aftr", "--reliability", ".8", "--group", "arms")
    assert code == 2
    assert told.err.count("has no column") == 4
    assert "has no column 'befor'; did you mean before?" in told.err
    assert "has no column 'who'; it has 4 columns. To mend it: check the name, and that the first line holds the headings." in told.err


def test_the_first_row_of_a_table_without_headings_is_not_shown(run) -> None:  # type: ignore[no-untyped-def]
    code, _, told = run("Jane Miller,3071,she cried\nJohn Smith,20,fine\n", "--id", "client", "--pre", "pre", "--post", "post")
    assert code == 2
    assert not any(word in told.err for word in ("Jane", "Miller", "cried", "3071"))


def test_before_and_after_are_two(run) -> None:  # type: ignore[no-untyped-def]
    assert "name two columns" in run(WIDE, "--id", "id", "--pre", "after", "--post", "after", "--reliability", ".8")[2].err
    same = ("--time", "week", "--score", "score", "--pre", "8", "--post", "8")
    assert "name two" in run(LONG, "--id", "id", *same, "--reliability", ".8")[2].err


def test_words_have_no_first_and_last(run) -> None:  # type: ignore[no-untyped-def]
    """By the alphabet `post` would come before `pre`."""
    table = "id,when,score\n1,pre,30\n1,post,10\n2,pre,25\n2,post,24\n"
    ends = ("--id", "id", "--time", "when", "--score", "score", "--pre", "first", "--post", "last", "--reliability", ".8")
    code, rows, told = run(table, *ends)
    assert (code, rows) == (2, [])
    assert "words have no order" in told.err
    numbered = table.replace("pre", "week 9").replace("post", "week 10")
    assert [row["change"] for row in run(numbered, *ends)[1]] == ["-20.0", "-1.0"]


def test_times_with_decimal_commas_and_unknown_ones(run) -> None:  # type: ignore[no-untyped-def]
    table = "id;when;score\n1;0,5;30\n1;10,5;10\n2;0,5;25\n2;10,5;24\n2;NA;\n"
    rows = run(table, "--id", "id", "--time", "when", "--score", "score", "--pre", "first", "--post", "last", "--reliability", ".8")[1]
    assert [row["change"] for row in rows] == ["-20.0", "-1.0"]


BOTH = "id,p0,p1,g0,g1,arm\n1,12,5,10,3,a\n2,9,8,3,3,a\n3,15,16,9,14,b\n"


def test_talking_therapies_by_group(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Of arm a one of two was a case, and recovered; the only one of arm b got worse by 5 on the GAD-7."""
    place = tmp_path / "rates.csv"
    pairs = ("--pair", "phq9:p0:p1", "--pair", "gad7:g0:g1")
    code, rows, _ = run(BOTH, "--id", "id", *pairs, "--group", "arm", "--summary", str(place))
    assert code == 0
    assert [row["group"] for row in rows] == ["a", "a", "b"]
    rates = {(r["group"], r["outcome"]): (r["n"], r["of"]) for r in csv.DictReader(place.open(newline=""))}
    assert rates["a", "recovery"] == ("1", "1")
    assert rates["a", "reliable_improvement"] == ("1", "2")
    assert rates["b", "reliable_deterioration"] == ("1", "1")
    assert rates["b", "reliable_recovery"] == ("0", "1")


def test_talking_therapies_name_every_bad_cell_and_refuse_other_rules(run) -> None:  # type: ignore[no-untyped-def]
    pairs = ("--pair", "phq9:p0:p1", "--pair", "gad7:g0:g1")
    _, _, told = run(BOTH.replace("12", "q").replace("14", "z"), "--id", "id", *pairs)
    assert "row 2, column p0" in told.err
    assert "row 4, column g1" in told.err
    assert "leave out --reliability" in run(BOTH, "--id", "id", *pairs, "--reliability", ".8")[2].err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--reliability", ".8", "--significance", "5"), "The level of significance is 5"),
        (("--reliability", ".8", "--reference", "5", "0"), "The SD of --reference is 0; it must be a number above 0."),
        (("--reliability", ".8", "--reference", "5", "-1"), "The SD of --reference is -1; it must be a number above 0."),
        (("--reliability", ".8", "--reference", "5", "inf"), "The SD of --reference is inf; it must be a number above 0."),
        (("--reliability", ".8", "--reference", "5", "nan"), "The SD of --reference is nan; it must be a number above 0."),
        (("--reliability", ".8", "--reference", "nan", "5"), "The mean of --reference is nan; it must be a number."),
        (("--anchor", "5", "--reference", "inf", "5"), "The mean of --reference is inf; it must be a number."),
        (
            ("--reliability", ".8", "--functional", "nan", "4"),
            "The mean of the functional population is nan; it must be a number.",
        ),
        (("--reliability", ".8", "--method", "NK", "--reliability-post", "3"), "The reliability after treatment is 3"),
        (("--instrument", "phq99"), "did you mean phq9?"),
        (("--instrument", "phq9"), "row 2, column before: outside its range, 0 to 27 (value: 30). To mend it: correct the value"),
    ],
)
def test_figures_that_cannot_be(run, options: tuple[str, ...], message: str) -> None:  # type: ignore[no-untyped-def]
    """An impossible level or SD would call everybody unchanged, or everybody changed, without a word."""
    code, rows, told = run(WIDE, *ENDS, *options)
    assert (code, rows) == (2, [])
    assert message in told.err


def test_changes_that_differ_by_less_than_error_are_not_unchanged(run) -> None:  # type: ignore[no-untyped-def]
    """Thirty clients, 10 points apart on average, improve by 8 or so: method HA has no index of it, and says so."""
    table = "id,before,after\n" + "".join(f"{k},{10 + k},{2 + k + k % 2}\n" for k in range(30))
    code, rows, told = run(table, *ENDS, "--reliability", ".7", "--method", "HA")
    assert (code, rows) == (2, [])
    assert "andante: The reliability of the difference is -" in told.err
    assert "To mend it: use method JT, or check the reliability given." in told.err


def test_who_has_both_scores_and_no_index_is_told(run) -> None:  # type: ignore[no-untyped-def]
    """Without error of measurement all three change by the mean change, and HLL divides 0 by 0."""
    table = "id,before,after\n1,10,5\n2,20,15\n3,30,25\n4,20,\n"
    asked = (*ENDS, "--reliability", "1", "--method", "HLL")
    assert [row["class"] for row in run(table, *asked)[1]] == ["", "", "", ""]
    told = run(table, *asked, out=False)[2].out
    assert "3 clients with both scores, 1 without." in told
    assert "3 of them cannot be judged: their index is 0 / 0, as no error is left." in told


def test_clients_whose_group_is_empty_are_a_group_of_their_own(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "counts.csv"
    table = "id,before,after,arm\n1,20,10,a\n2,15,16,\n3,9,8,b\n4,30,12,a\n"
    _, rows, _ = run(table, *ENDS, "--anchor", "5", "--group", "arm", "--summary", str(place))
    assert [row["group"] for row in rows] == ["a", "not known", "b", "a"]
    counts = {(row["group"], row["class"]): row["n"] for row in csv.DictReader(place.open(newline=""))}
    assert (counts["a", "improved"], counts["not known", "unchanged"], counts["b", "unchanged"]) == ("2", "1", "1")


def test_shares_of_nobody_are_empty(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Nobody of arm b has both scores: no share, no interval, and never the letters NaN."""
    place = tmp_path / "counts.csv"
    run("id,before,after,arm\n1,20,10,a\n2,15,,b\n", *ENDS, "--anchor", "5", "--group", "arm", "--summary", str(place))
    rows = {(row["group"], row["class"]): row for row in csv.DictReader(place.open(newline=""))}
    assert {name: rows["b", "improved"][name] for name in ("n", "percent", "low", "high")} == {
        "n": "0",
        "percent": "",
        "low": "",
        "high": "",
    }
    told = run("id,before,after,arm\n1,20,10,a\n2,15,,b\n", *ENDS, "--anchor", "5", "--group", "arm", out=False)[2]
    assert "nan" not in told.out
