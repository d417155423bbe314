"""`andante read`: one command from a session table to a caseload, files and a report; 0 whatever the readings, 2 for bad input."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import andante
from andante.cli.main import main
from andante.errors import InputError

HEAD = "client_id,session,date,after_overwhelm,after_heard,intensity,before_distress"


def _weeks(client: str, overwhelm: list[int], heard: int = 9) -> list[str]:
    days = [f"2026-{1 + week // 4:02}-{1 + 7 * (week % 4):02}" for week in range(len(overwhelm))]
    return [f"{client},{n},{day},{value},{heard},5,4" for n, (day, value) in enumerate(zip(days, overwhelm, strict=True), 1)]


@pytest.fixture
def sessions(tmp_path):
    """One client for whom it was too much twice running (an absolute line crossed twice), and one who is well."""
    path = tmp_path / "sessions.csv"
    path.write_text("\n".join([HEAD, *_weeks("too-much", [2, 3, 2, 3, 9, 9]), *_weeks("well", [2, 3, 2, 3, 2, 3])]) + "\n")
    return path


def test_without_out_it_prints_who_needs_attention_first(sessions, capsys):
    assert main(["read", str(sessions)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 clients, 12 sessions. ")
    assert "Ease: it was too much: 9 of 10; raised since session 5" in " ".join(said.split())
    assert said.index("too-much") < (said + "well").index("well")


def test_with_out_it_writes_the_readings_and_prints_nothing(sessions, tmp_path, capsys):
    assert main(["read", str(sessions), "--out", str(tmp_path / "r.parquet")]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "Written: " in said.err
    readings = pq.read_table(tmp_path / "r.parquet")
    assert readings.num_rows == 12
    assert readings["distress_level"].to_pylist()[5] == "act"
    assert readings["client_id"].to_pylist()[0] == "too-much"


def test_every_format_holds_the_same_readings(sessions, tmp_path):
    for ending in ("csv", "parquet", "arrow", "json"):
        assert main(["read", str(sessions), "--out", str(tmp_path / f"r.{ending}")]) == 0
    parquet = pq.read_table(tmp_path / "r.parquet")
    with pa.ipc.open_file(tmp_path / "r.arrow") as file:
        assert file.read_all() == parquet
    rows = json.loads((tmp_path / "r.json").read_text())
    assert [row["stance"] for row in rows] == parquet["stance"].to_pylist()
    assert rows[5]["distress_evidence"] == parquet["distress_evidence"][5].as_py().split(";")
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 13


def test_details_are_one_row_for_each_raised_indicator(sessions, tmp_path):
    assert main(["read", str(sessions), "--details", str(tmp_path / "d.parquet")]) == 0
    details = pq.read_table(tmp_path / "d.parquet").to_pylist()
    crossed = [row["session"] for row in details if row["indicator"] == "overwhelm_line_crossed" and row["client_id"] == "too-much"]
    assert crossed == [5, 6]


def test_one_client(sessions, capsys):
    assert main(["read", str(sessions), "--client", "too-much"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("too-much\n")
    assert "well" not in said.split()
    assert "What the two of you could do:" in said


def test_the_files_of_one_client_hold_nobody_else(sessions, tmp_path):
    assert main(["read", str(sessions), "--out", str(tmp_path / "all.parquet"), "--details", str(tmp_path / "all.csv")]) == 0
    asked = ["--client", "too-much", "--out", str(tmp_path / "one.parquet"), "--details", str(tmp_path / "one.csv")]
    assert main(["read", str(sessions), *asked]) == 0
    everyone, one = pq.read_table(tmp_path / "all.parquet"), pq.read_table(tmp_path / "one.parquet")
    assert one.num_rows == 6
    assert one.to_pylist() == [row for row in everyone.to_pylist() if row["client_id"] == "too-much"]
    lines = (tmp_path / "all.csv").read_text().splitlines()
    assert (tmp_path / "one.csv").read_text().splitlines() == [lines[0], *(line for line in lines[1:] if line.startswith("too-much,"))]


def test_a_client_nobody_knows_gets_a_near_miss(sessions, capsys):
    assert main(["read", str(sessions), "--client", "to-much"]) == 2
    assert "nobody in this table has that id; did you mean too-much?" in capsys.readouterr().err


def test_a_report_for_everyone_and_for_one(sessions, tmp_path, capsys):
    assert main(["read", str(sessions), "--html", str(tmp_path / "all.html")]) == 0
    assert main(["read", str(sessions), "--html", str(tmp_path / "one.html"), "--client", "well"]) == 0
    everyone, one = (tmp_path / "all.html").read_text(), (tmp_path / "one.html").read_text()
    assert everyone.count("<article") == 2
    assert "It was too much: 9 of 10" in everyone  # the evidence is there although no details were asked for
    assert one.count("<article") == 1
    assert "too-much" not in one


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "r.xlsx"], "but the ending chooses the format"),
        (["--details", "d.txt"], "but the ending chooses the format"),
        (["--html", "r.pdf"], "use one of .html, .htm"),
    ],
)
def test_an_unknown_ending_is_refused_before_any_work(tmp_path, capsys, monkeypatch, arguments, said):
    """The input does not even exist: had it been looked at first, that would be the complaint."""
    monkeypatch.chdir(tmp_path)
    assert main(["read", "absent.csv", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "absent" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.csv", "--details", "x.csv"], "--details x.csv is the file of --out itself"),
        (["--out", "x.csv", "--errors", "./x.csv"], "--errors x.csv is the file of --out itself"),
        (["--norms", "n.json", "--out", "n.json"], "--out n.json is the file of --norms itself"),
        (["--map", "m.toml", "--errors", "m.toml"], "--errors m.toml is the map itself"),
        (["--out", "x.csv", "--html", "/proc/x.html"], "--html /proc/x.html could not be written (No such file or directory)"),
    ],
)
def test_files_that_would_overwrite_each_other_or_cannot_be_written_are_refused_before_any_work(
    tmp_path, capsys, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    assert main(["read", "absent.csv", *arguments]) == 2
    assert f"andante: {said}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_said_before_any_work(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("andante.views.charts.find_spec", lambda name: None)
    assert main(["read", "absent.csv", "--html", str(tmp_path / "r.html")]) == 2
    assert "pip install 'andante[report]'" in capsys.readouterr().err


def test_an_empty_table_is_no_fault(tmp_path, capsys):
    path = tmp_path / "empty.csv"
    path.write_text("client_id,session\n")
    assert main(["read", str(path), "--out", str(tmp_path / "r.csv"), "--html", str(tmp_path / "r.html")]) == 0
    assert (tmp_path / "r.csv").read_text().startswith("client_id,session,")
    assert main(["read", str(path)]) == 0
    assert "Add rows for at least one client" in capsys.readouterr().out


def test_input_that_cannot_be_used_writes_nothing(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text("client_id,session,after_heard\na,1,11\na,1,5\nb,x,5\n")
    place = tmp_path / "r.csv"
    assert main(["read", str(path), "--out", str(place), "--html", str(tmp_path / "r.html"), "--errors", str(tmp_path / "e.csv")]) == 2
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "after_heard" in error
    assert "row 2" in error
    assert sorted(found.name for found in tmp_path.iterdir()) == ["bad.csv", "e.csv"]
    assert "after_heard" in (tmp_path / "e.csv").read_text()


def test_what_is_wrong_with_norms_hides_nothing_of_the_table_nor_the_table_of_them(tmp_path, capsys):
    (tmp_path / "bad.csv").write_text("client_id,session,after_heard\na,1,11\n")
    figures = {"mean": 50, "within": 1, "between": 1}
    norms = {"format": "andante-norms-1", "priors": {"after_heard": figures, "attendance": figures}}
    (tmp_path / "norms.json").write_text(json.dumps(norms))
    asked = ["--norms", str(tmp_path / "norms.json"), "--errors", str(tmp_path / "e.csv")]
    assert main(["read", str(tmp_path / "bad.csv"), *asked]) == 2
    first, *told, last = capsys.readouterr().err.splitlines()
    assert first == "andante: 3 problems, nothing was written."
    assert [line.removeprefix(f"{tmp_path}/").partition(": ")[0] for line in told] == [
        "norms.json, column after_heard",
        "norms.json, column attendance",
        "bad.csv, row 2, column after_heard",
    ]
    assert last == f"all problems (3) are in {tmp_path}/e.csv"
    assert len((tmp_path / "e.csv").read_text().splitlines()) == 4
    (tmp_path / "bad.csv").write_text("client_id,session,after_heard\na,1,9\n")
    assert main(["read", str(tmp_path / "bad.csv"), *asked]) == 2
    assert capsys.readouterr().err.startswith("andante: 2 problems, nothing was written.\n")
    assert len((tmp_path / "e.csv").read_text().splitlines()) == 3


def test_a_missing_file_is_said_without_a_traceback(capsys):
    assert main(["read", "absent.csv"]) == 2
    error = capsys.readouterr().err
    assert "absent.csv" in error
    assert "Traceback" not in error


def test_notes_go_beside_the_answer_not_into_it(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("client_id,session,favorite_color\na,1,blue\n")
    assert main(["read", str(path)]) == 0
    said = capsys.readouterr()
    assert "favorite_color" in said.err
    assert "favorite_color" not in said.out


def test_no_bar_and_no_color_where_nobody_is_at_a_terminal(sessions, capsys):
    assert main(["read", str(sessions)]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_a_terminal_without_utf8_is_no_fault(sessions, monkeypatch):
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", plain)
    assert main(["read", str(sessions), "--client", "too-much"]) == 0
    plain.flush()
    assert b"#" in plain.buffer.getvalue()


@pytest.mark.parametrize("columns", ["0", "20", "40"])
def test_a_narrow_window_loses_no_client(sessions, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["read", str(sessions)]) == 0
    assert "too-much" in capsys.readouterr().out


def test_a_file_that_may_not_be_read_is_told_in_our_words(sessions, capsys, monkeypatch):
    """Not by the command line before it is tried: `intake` says what to do."""
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("pathlib.Path.open", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert main(["read", str(sessions)]) == 2
    assert "may not be read by you. To mend it: ask for the right to read it" in capsys.readouterr().err


def test_an_empty_name_of_norms_is_no_way_to_the_shipped_ones():
    with pytest.raises(InputError, match="cannot be read"):
        andante.read(pa.table({"client_id": ["a"], "session": [1]}), norms="")
