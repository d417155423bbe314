"""`andante score`, `andante measures` and `andante norms` at the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from andante.cli.main import main

ANSWERS = "id,visit," + ",".join(f"phq9_{i}" for i in range(1, 10)) + "\na,1,1,2,3,0,1,2,3,0,0\na,2,1,1,1,1,1,1,1,1,\nb,1,,,,1,1,1,1,1,1\n"


@pytest.fixture
def score(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def score(content: str, *options: str, name: str = "answers.csv") -> tuple[int, list[dict[str, str]], Any]:
        place, to = tmp_path / name, tmp_path / "scores.csv"
        place.write_text(content, encoding="utf-8")
        code = main(["score", str(place), "--packs", str(tmp_path / "packs"), "--out", str(to), *options])
        rows = list(csv.DictReader(to.open(newline=""))) if to.exists() else []
        return code, rows, capsys.readouterr()

    return score


def test_wide_answers(score) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = score(ANSWERS, "--instrument", "phq9", "--id", "id", "--keep", "visit")
    assert code == 0
    assert [(r["id"], r["visit"], r["phq9"], r["safety"]) for r in rows] == [
        ("a", "1", "12.0", "false"),
        ("a", "2", "9.0", ""),
        ("b", "1", "", "true"),
    ]
    assert "1 row had missing answers filled with the person's own mean" in told.err
    assert "1 row without a total: more than 2 answers are missing" in told.err


def test_long_answers_give_the_same(score) -> None:  # type: ignore[no-untyped-def]
    lines = [line.split(",") for line in ANSWERS.splitlines()[1:]]
    cells = [f"{line[0]},{line[1]},{k},{value}" for line in lines for k, value in enumerate(line[2:], 1)]
    wide = score(ANSWERS, "--instrument", "phq9", "--id", "id", "--keep", "visit")[1]
    long = "id,visit,item,answer\n" + "\n".join(cells) + "\n"
    options = ("--instrument", "phq9", "--id", "id", "--keep", "visit", "--item", "item", "--answer", "answer")
    assert score(long, *options)[1] == wide


def test_columns_of_obvious_names_need_no_options(score) -> None:  # type: ignore[no-untyped-def]
    """`andante score ANSWERS --instrument phq9`, wide and long."""
    wide = score(ANSWERS, "--instrument", "phq9", "--id", "id", "--keep", "visit")[1]
    code, rows, told = score(ANSWERS, "--instrument", "phq9")
    assert (code, rows) == (0, wide)
    assert "clients are told apart by the column id, their rows by visit" in told.err
    lines = [line.split(",") for line in ANSWERS.splitlines()[1:]]
    cells = [f"{line[0]},{line[1]},{k},{value}" for line in lines for k, value in enumerate(line[2:], 1)]
    code, rows, told = score("id,visit,Item,Answer\n" + "\n".join(cells) + "\n", "--instrument", "phq9")
    assert (code, rows) == (0, wide)
    assert "a long table, by its columns Item and Answer" in told.err


def test_every_bad_answer_of_a_long_table_is_named_at_once_with_its_own_row(score) -> None:  # type: ignore[no-untyped-def]
    """An empty line counts as a row of the file."""
    table = "id,item,answer\na,1,2\n,,\na,2,7\nb,1,x\nb,10,1\na,1,3\nc,3,-1\n"
    code, rows, told = score(table, "--instrument", "phq9", "--id", "id", "--item", "item", "--answer", "answer")
    assert (code, rows) == (2, [])
    for row, what in (
        (4, "7"),
        (5, "not a number"),
        (6, "does not have"),
        (7, "answered twice. To mend it: it is also in row 2"),
        (8, "-1"),
    ):
        assert any(f"row {row}" in line and what in line for line in told.err.splitlines())


def test_responses_use_the_pack_of_their_own_links(score, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Two languages, whose linkIds mean other items: the one that the responses were asked with counts."""
    for language, links in (("de", "abc"), ("en", "xyz")):
        items = [{"linkId": link, "type": "choice", "text": link} for link in links]
        whole = {"resourceType": "Questionnaire", "title": "AUDIT-C", "language": language, "copyright": "c", "item": items}
        (tmp_path / "q.json").write_text("\ufeff" + json.dumps(whole), encoding="utf-8")
        assert main(["measures", "add", str(tmp_path / "q.json"), "--packs", str(tmp_path / "packs")]) == 0
    items = [{"linkId": link, "answer": [{"valueInteger": v}]} for link, v in (("z", 4), ("x", 1), ("y", 0))]
    one = {"resourceType": "QuestionnaireResponse", "subject": {"reference": "Patient/p1"}, "item": items}
    code, rows, told = score(json.dumps(one), "--instrument", "audit_c", name="r.json")
    assert (code, rows[0]["audit_c"]) == (0, "5.0")
    assert "matched by their order" not in told.err


@pytest.mark.parametrize(
    ("text", "name"), [("[" * 100_000, "deep.json"), ("", "empty.json"), ('{"resourceType": "Bundle"}', "b.json"), ("[1, null]", "l.json")]
)
def test_json_without_responses(score, text: str, name: str) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = score(text, "--instrument", "phq9", name=name)
    assert (code, rows) == (2, [])
    assert "is not JSON" in told.err or "holds no QuestionnaireResponse" in told.err


def test_responses(score) -> None:  # type: ignore[no-untyped-def]
    items = [{"linkId": str(i), "answer": [{"valueInteger": 1}]} for i in range(1, 10)]
    one = {"resourceType": "QuestionnaireResponse", "subject": {"reference": "Patient/p1"}, "authored": "2024-01-02", "item": items}
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one}, {"resource": {"resourceType": "Patient"}}]}
    for text, name in ((json.dumps(one), "r.json"), (json.dumps(bundle), "b.json"), (json.dumps(one) + "\n", "l.ndjson")):
        code, rows, _ = score(text, "--instrument", "phq9", name=name)
        assert code == 0
        assert [(r["id"], r["date"], r["phq9"]) for r in rows] == [("p1", "2024-01-02", "9.0")]


@pytest.mark.parametrize(
    ("content", "options", "messages"),
    [
        (
            ANSWERS.replace("a,1,1,2", "a,1,7,x"),
            (),
            ("row 2, column phq9_1 (item 1): is no answer of this item (value: 7)", "row 2, column phq9_2: not a number"),
        ),
        (ANSWERS, ("--column", "12=visit"), ("PHQ-9 has no item 12",)),
        ("id,mood\na,1\n", (), ("No column of",)),
        (ANSWERS, ("--item", "visit"), ("needs both --item and --answer",)),
    ],
)
def test_answers_that_cannot_be_scored(score, content: str, options: tuple[str, ...], messages: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    code, rows, told = score(content, "--instrument", "phq9", "--id", "id", *options)
    assert code == 2
    assert not rows
    assert all(message in told.err for message in messages)


def test_texts_of_a_table_are_printed_as_they_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids and headings are no markup: they neither color the terminal, nor steer it, nor stop the verb."""
    place = tmp_path / "answers.csv"
    head = "id,[b]visit," + ",".join(f"phq9_{i}" for i in range(1, 10))
    ids = ("[/x]", "[red]A", "B\x1b[2J", ":smile:")
    place.write_text(head + "\n" + "".join(f"{who},1,0,0,0,0,0,0,0,0,3\n" for who in ids), encoding="utf-8")
    assert main(["score", str(place), "--instrument", "phq9", "--id", "id", "--keep", "[b]visit"]) == 0
    told = capsys.readouterr().out
    for text in ("[b]visit", "[/x]", "[red]A", "B\\u001B[2J", ":smile:"):
        assert text in told
    assert "\x1b" not in told


def test_forty_rows_are_printed_and_the_rest_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "answers.csv"
    place.write_text("id," + ",".join(f"phq9_{i}" for i in range(1, 10)) + "\n" + "".join(f"c{k}" + ",1" * 9 + "\n" for k in range(42)))
    assert main(["score", str(place), "--instrument", "phq9", "--id", "id"]) == 0
    told = capsys.readouterr().out
    assert "c39 " in told
    assert "c40 " not in told
    assert "... and 2 more rows: --out FILE has them all." in told


def test_an_instrument_nearly_named(score) -> None:  # type: ignore[no-untyped-def]
    assert "did you mean phq9?" in score(ANSWERS, "--instrument", "phq_9", "--id", "id")[2].err


def test_packs_are_added_listed_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"linkId": f"q{i}", "type": "choice", "text": f"made-up text {i}"} for i in range(1, 8)]
    place = tmp_path / "q.json"
    place.write_text(
        json.dumps({"resourceType": "Questionnaire", "title": "GAD-7", "language": "en", "copyright": "(c) us", "item": items})
    )
    packs = ("--packs", str(tmp_path / "packs"))
    assert main(["measures", "add", str(place), *packs]) == 0
    told = capsys.readouterr()
    assert "gad7: 7 items with text, 0 with texts of answers; language en." in told.out
    assert "Copyright: (c) us" in told.out
    assert "matched by order" in told.err
    assert main(["measures", "show", "gad7", *packs]) == 0
    shown = capsys.readouterr().out
    assert "made-up text 7" in shown
    assert "(c) us" in shown
    assert "reliable change: 4 [published]" in shown
    assert main(["measures", "list", *packs]) == 0
    listed = capsys.readouterr().out
    assert "phq9" in listed
    assert "odsis" in listed
    options = [{"valueCoding": {"display": f"made-up answer {v}"}} for v in range(4)]
    place.write_text(
        json.dumps({"resourceType": "Questionnaire", "title": "GAD-7", "item": [{**one, "answerOption": options} for one in items]})
    )
    assert main(["measures", "add", str(place), *packs]) == 0
    assert "the first has 0: compare" in capsys.readouterr().err
    assert main(["measures", "show", "gad7", *packs]) == 0
    assert "0 made-up answer 0 | 1 made-up answer 1" in capsys.readouterr().out
    assert main(["measures", "show", "gad_7"]) == 2
    assert "did you mean gad7?" in capsys.readouterr().err


def test_texts_of_a_pack_are_shown_as_they_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"linkId": f"q{i}", "type": "choice", "text": f"[/b] \x1b[2J text {i}"} for i in range(1, 8)]
    place, packs = tmp_path / "q.json", ("--packs", str(tmp_path / "packs"))
    place.write_text(json.dumps({"resourceType": "Questionnaire", "title": "GAD-7", "language": "[en]", "copyright": "[c]", "item": items}))
    assert main(["measures", "add", str(place), *packs]) == 0
    capsys.readouterr()
    assert main(["measures", "list", *packs]) == 0
    assert "[en]" in capsys.readouterr().out
    assert main(["measures", "show", "gad7", *packs]) == 0
    shown = capsys.readouterr().out
    assert "Wording added ([en]): GAD-7\n  [c]\n" in shown
    assert "[/b] \\u001B[2J text 7" in shown
    assert "\x1b" not in shown


def test_our_check_ins_are_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "checkin.json"
    assert main(["measures", "export", "--out", str(place)]) == 0
    assert json.loads(place.read_text())["resourceType"] == "Questionnaire"
    assert main(["measures", "export"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Andante check-in"


def test_norms_of_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "cohort.csv"
    place.write_text("client_id,session,phq9,ending\n")
    assert main(["norms", "fit", str(place)]) == 2
    assert "no hazard of leaving: there are no clients" in capsys.readouterr().err


def test_norms_are_fitted_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["client_id,session,after_heard,phq9"]
    for client in range(40):
        rows += [f"c{client},{s},{7 + (client * 3 + s * 5) % 4},{20 - s + (client * 7 + s * 11) % 6}" for s in range(1, 9)]
    place, out = tmp_path / "cohort.csv", tmp_path / "norms.json"
    place.write_text("\n".join(rows) + "\n")
    assert main(["norms", "fit", str(place), "--out", str(out), "--origin", "a test"]) == 0
    told = capsys.readouterr()
    assert "Norms from 40 clients." in told.out
    assert "no hazard of leaving: it needs the column `ending`" in told.out
    assert main(["norms", "show", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "phq9:" in shown
    assert "(40 clients, 280 scores, up to 7 sessions)" in shown
    assert "a test" in shown
    assert main(["norms", "show"]) == 0
    assert main(["norms", "fit", str(place), "--out", str(tmp_path / "norms.csv")]) == 2
    assert "use one of .json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "item 9: phq9_9, PHQ-9.9). To mend it: name one, --column ITEM=COLUMN"),
        (("--column", "9=phq9_9", "--column", "9=PHQ-9.9"), "--column names item 9 more than once"),
        (("--column", "9=phq9_9", "--column", "2=phq9_9"), "--column names column phq9_9 more than once"),
    ],
)
def test_two_columns_for_one_item_are_never_one(score, asked: tuple[str, ...], says: str) -> None:  # type: ignore[no-untyped-def]
    """The safety item among them: which answer counts is for the person to say."""
    headings = ",".join(["client_id", *(f"phq9_{k}" for k in range(1, 10)), "PHQ-9.9"])
    code, _, told = score(f"{headings}\na,1,1,1,1,1,1,1,1,0,3\n", "--instrument", "phq9", *asked)
    assert code == 2
    assert says in told.err


def test_columns_counted_from_zero_are_asked_about(score) -> None:  # type: ignore[no-untyped-def]
    headings = ",".join(["client_id", *(f"phq9_{k}" for k in range(9))])
    code, _, told = score(f"{headings}\na,0,0,0,0,0,0,0,0,3\n", "--instrument", "phq9")
    assert code == 2
    assert "has a column phq9_0, and PHQ-9 no item 0" in told.err
    assert (
        score(f"{headings}\na,0,0,0,0,0,0,0,0,3\n", "--instrument", "phq9", "--column", "9=phq9_8")[0] == 2
    )  # the others are shifted still
    named = [option for k in range(9) for option in ("--column", f"{k + 1}=phq9_{k}")]
    assert score(f"{headings}\na,0,0,0,0,0,0,0,0,3\n", "--instrument", "phq9", *named)[1][0]["safety"] == "true"
