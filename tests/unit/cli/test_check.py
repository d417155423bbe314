"""`andante check`: usable or not, what each column means, and what can be judged."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from andante.cli.main import main

DATA = Path(os.environ.get("ANDANTE_DATA", Path(__file__).parents[4] / "shared" / "data"))
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def check(tmp_path, capsys):
    """Check this table (and map) and give the exit code and what was said."""

    def check(table: str, *options: str, toml: str | None = None):
        place = tmp_path / "sessions.csv"
        place.write_text(table, encoding="utf-8")
        if toml is not None:
            (tmp_path / "map.toml").write_text(toml, encoding="utf-8")
            options = (*options, "--map", str(tmp_path / "map.toml"))
        code = main(["check", str(place), *options])
        return code, capsys.readouterr()

    return check


def test_a_usable_table_is_echoed_column_by_column(check):
    code, told = check(
        "client_id,session,after_heard,before_distress,attendance,overrun_min,phq9\nA,1,7,3,attended,5,\nA,2,7,3,late,0,12\n"
    )
    assert code == 0
    assert told.err == ""
    assert told.out.splitlines()[:10] == [
        "sessions.csv can be read: 2 rows, 1 client.",
        "",
        "Columns",
        "  client_id: text",
        "  session: >= 0",
        "  attendance: attended, late, cancelled_by_client, cancelled_by_service, missed",
        "  before_distress: 0 to 10, lower is better",
        "  after_heard: 0 to 10, higher is better",
        "  overrun_min: >= 0 minutes, lower is better",
        "  phq9: 0 to 27, lower is better (known in 1 of 2 rows)",
    ]


def test_what_no_risk_reads_yet_is_said(check):
    """Speech is part of the contract; who exports it must not think that it is listened to."""
    code, told = check("client_id,session,after_heard,speech_withdrawal\nA,1,7,0.2\nA,2,7,0.9\n")
    assert code == 0
    assert "speech_withdrawal: 0 to 1, lower is better [none of the ten reads it yet]" in told.out
    assert told.out.count("reads it yet") == 1


def test_what_a_map_does_is_echoed(check):
    code, told = check(
        "ID,day,heard\nA,1,5\n", toml='[columns]\nclient_id = "ID"\nafter_heard = "heard"\n[scales.after_heard]\nfrom = [5, 1]'
    )
    assert code == 0
    assert "  client_id: text [from ID]" in told.out
    assert "  day: days" in told.out
    assert "  after_heard: 0 to 10, higher is better [from heard] [their 5 to 1]" in told.out


def test_their_heading_is_told_in_one_line_and_a_long_one_not_at_all(check):
    long = "felt" + "_" * 100
    _, told = check(f"ID,day,{long}\nA,1,5\n", toml=f'[columns]\nclient_id = "ID"\nafter_heard = "{long}"')
    assert "  client_id: text [from ID]\n" in told.out
    assert "  after_heard: 0 to 10, higher is better [from text of 104 characters]\n" in told.out


def test_notes_are_shown(check):
    code, told = check("client_id,session,room,phq_9\nA,1,x,3\n")
    assert code == 0
    assert "Notes\n  kept aside, not read: room, phq_9\n  column phq_9 is not read; did you mean phq9?" in told.out


def test_which_risks_can_be_judged(check):
    _, told = check("client_id,session,after_heard,before_ready,phq9\nA,1,7,3,5\n")
    judged, _, others = told.out.partition("\nCan")
    assert "Risks that can be judged from these columns: 4 of 10" in judged
    assert "  trust: " in judged
    assert "(from after_heard)" in judged
    assert "  distress: " in judged
    assert "(from a measure of kind general)" in judged
    assert "  integration: needs after_sense or between_used\n" in others


def test_what_may_be_raised_and_never_be_quiet_says_so(check):
    """From PHQ-9 alone a gain that is lost raises regression; nothing in these columns can make it quiet."""
    _, told = check("client_id,session,phq9\nA,1,20\n")
    raised, _, others = told.out.partition("Can only be raised, never called quiet\n")[2].partition("Cannot be judged\n")
    assert "  regression: from a measure of kind general; to be quiet it needs between_old_coping\n" in raised
    assert "  integration: needs after_sense or between_used\n" in others


@pytest.mark.parametrize(
    ("columns", "cells", "risk"),
    [
        ("after_pace", "2", "experience"),
        ("late_opening", "true", "unfinished"),
        ("safety_flag", "true", "ethics"),
        ("mid_settled", "0", "distress"),
        ("overrun_min", "25", "boundaries"),
    ],
)
def test_what_read_raises_is_said_to_be_raised(check, columns, cells, risk):
    _, told = check(f"client_id,session,{columns}\nA,1,{cells}\n")
    raised = told.out.partition("Can only be raised, never called quiet\n")[2].partition("Cannot be judged\n")[0]
    assert f"  {risk}: from {columns}; to be quiet it needs " in raised


def test_what_check_says_of_regression_is_what_read_does():
    import andante

    def levels(*scores: int) -> list[str]:
        rows = {"client_id": ["A"] * len(scores), "session": list(range(1, len(scores) + 1)), "phq9": list(scores)}
        return andante.read(pa.table(rows))["regression_level"].to_pylist()

    assert levels(20, 19, 10, 10, 19, 20)[-1] in ("watch", "act")
    assert set(levels(20, 19, 18, 18, 17, 17)) == {"unknown"}


def test_an_empty_column_judges_nothing(check):
    _, told = check("client_id,session,after_heard\nA,1,\n")
    assert "Risks that can be judged from these columns: 0 of 10" in told.out


@pytest.mark.parametrize(
    ("measure", "risk", "judges"), [("wai_sr", "trust", True), ("itq", "retraumatization", False), ("phq15", "distress", False)]
)
def test_a_measure_judges_where_it_has_a_change_that_counts(check, measure, risk, judges):
    """Of the ITQ and the PHQ-15 no reliable change is published: reading them gives "unknown", and so does check."""
    _, told = check(f"client_id,session,{measure}\nA,1,20\nA,2,21\n")
    judged = told.out.partition("Risks that can be judged")[2].partition("\nCan")[0]
    assert (f"  {risk}:" in judged) == judges


def test_the_columns_of_a_table_without_rows_are_there(check):
    code, told = check("client_id,session,after_heard\n")
    assert code == 0
    assert "sessions.csv can be read: 0 rows, 0 clients." in told.out
    assert "(from after_heard)" in told.out
    assert "needs after_heard" not in told.out


def test_an_unusable_table_is_code_2_with_all_its_problems(check):
    code, told = check("client_id,session,after_heard\nA,1,11\n,2,x\n")
    assert code == 2
    assert told.out == ""
    lines = told.err.splitlines()
    assert lines[0] == "andante: 3 problems, nothing was written."
    assert [line.partition("sessions.csv, ")[2].partition(". To mend it")[0] for line in lines[1:]] == [
        "row 2, column after_heard: outside its range, 0 to 10 (value: 11)",
        "row 3, column after_heard: not a number (value: x)",
        "row 3, column client_id: no client_id",
    ]


def test_all_problems_go_to_a_file(check, tmp_path):
    rows = "\n".join(f"A,{n},{n}" for n in range(11, 311))
    code, told = check(f"client_id,session,after_heard\n{rows}\n", "--errors", str(tmp_path / "errors.csv"))
    assert code == 2
    assert "all problems (300) are in" in told.err
    assert "... and 200 more:" in told.err
    with (tmp_path / "errors.csv").open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert len(written) == 300
    assert written[0] == {
        "file": str(tmp_path / "sessions.csv"),
        "row": "2",
        "column": "after_heard",
        "what": "outside its range, 0 to 10",
        "value": "11",
        "remedy": "correct the value, or give the scale it was asked on under [scales.after_heard] of a map file",
    }
    assert [int(row["row"]) for row in written] == list(range(2, 302))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["errors.csv", "sessions.csv"]


def test_problems_of_a_map_go_to_the_file_as_well(check, tmp_path):
    code, _ = check("client_id,session\nA,1\n", "--errors", str(tmp_path / "errors.csv"), toml='[colums]\nx = "y"')
    assert code == 2
    assert "the map knows no such section (did you mean columns?)" in (tmp_path / "errors.csv").read_text()


def test_the_problems_are_never_written_over_the_input(check, tmp_path):
    code, told = check("client_id,session\nA,x\n", "--errors", str(tmp_path / "sessions.csv"))
    assert code == 2
    assert "is the input itself" in told.err
    assert (tmp_path / "sessions.csv").read_text() == "client_id,session\nA,x\n"


def test_the_problems_are_never_written_over_the_map(check, tmp_path):
    code, told = check("client_id,session\nA,x\n", "--errors", str(tmp_path / "map.toml"), toml='missing = ["-9"]')
    assert code == 2
    assert "map.toml is the map itself. To mend it: write to another file." in told.err
    assert (tmp_path / "map.toml").read_text() == 'missing = ["-9"]'


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(30, "Read-only file system")])
def test_problems_that_cannot_be_written_are_told_all_the_same(check, tmp_path, monkeypatch, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr("andante.intake.findings.pacsv.CSVWriter", refuse)
    code, told = check("client_id,session\nA,x\n", "--errors", str(tmp_path / "errors.csv"))
    assert code == 2
    first, last = told.err.splitlines()
    assert "row 2, column session: not a number (value: x)" in first
    assert last == (
        f"andante: {tmp_path}/errors.csv could not be written ({error.strerror}). To mend it: look at the disk and its permissions."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["sessions.csv"]


def test_a_usable_table_leaves_no_file_of_problems_not_even_that_of_an_earlier_run(check, tmp_path):
    asked = ("--errors", str(tmp_path / "errors.csv"))
    assert check("client_id,session\nA,1\n", *asked)[0] == 0
    assert not (tmp_path / "errors.csv").exists()
    assert check("client_id,session\nA,x\n", *asked)[0] == 2
    assert (tmp_path / "errors.csv").exists()
    assert check("client_id,session\nA,1\n", *asked)[0] == 0
    assert not (tmp_path / "errors.csv").exists()


HEADINGS = '"file","row","column","what","value","remedy"\n'


def test_a_request_that_makes_no_sense_leaves_an_earlier_file_of_problems(check, tmp_path):
    (tmp_path / "errors.csv").write_text(HEADINGS)
    assert check("client_id,session\nA,1\n", "--tz", "Mars/Olympus", "--errors", str(tmp_path / "errors.csv"))[0] == 2
    assert (tmp_path / "errors.csv").read_text() == HEADINGS


@pytest.mark.parametrize("table", ["client_id,session\nA,1\n", "client_id,session\nA,x\n"], ids=["sound", "unsound"])
def test_a_file_that_holds_something_else_is_no_file_of_problems(check, tmp_path, table):
    """As where a shell makes several names of `--errors *.csv`."""
    (tmp_path / "data.csv").write_text("client_id,session\nB,1\n")
    code, told = check(table, "--errors", str(tmp_path / "data.csv"))
    assert code == 2
    assert told.err == (
        f"andante: --errors {tmp_path}/data.csv is there and holds something else than problems of an earlier run. "
        "To mend it: give another name, or remove that file yourself.\n"
    )
    assert (tmp_path / "data.csv").read_text() == "client_id,session\nB,1\n"


@pytest.mark.parametrize("old", [HEADINGS + '"a",1,"b","c","d","e"\n', "\ufefffile,row,column,what,value,remedy\r\n", ""])
def test_an_earlier_file_of_problems_is_known_also_where_a_spreadsheet_saved_it(check, tmp_path, old):
    (tmp_path / "errors.csv").write_text(old, encoding="utf-8", newline="")
    assert check("client_id,session\nA,1\n", "--errors", str(tmp_path / "errors.csv"))[0] == 0
    assert not (tmp_path / "errors.csv").exists()


def test_a_link_to_a_file_of_problems_stays_and_a_device_is_left_alone(check, tmp_path):
    (tmp_path / "real.csv").write_text(HEADINGS)
    (tmp_path / "errors.csv").symlink_to("real.csv")
    assert check("client_id,session\nA,1\n", "--errors", str(tmp_path / "errors.csv"))[0] == 0
    assert (tmp_path / "errors.csv").is_symlink()
    assert not (tmp_path / "real.csv").exists()
    assert check("client_id,session\nA,1\n", "--errors", "/dev/null")[0] == 0
    assert Path("/dev/null").exists()


def test_an_earlier_file_of_problems_that_cannot_be_removed_is_said(check, tmp_path, monkeypatch):
    (tmp_path / "errors.csv").write_text(HEADINGS)
    unlink = Path.unlink

    def refuse(self, missing_ok=False):
        if self.name == "errors.csv":
            raise PermissionError(1, "Operation not permitted")
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    code, told = check("client_id,session\nA,1\n", "--errors", str(tmp_path / "errors.csv"))
    assert code == 2
    assert told.err == (
        f"andante: {tmp_path}/errors.csv of an earlier run could not be removed (Operation not permitted). "
        "To mend it: look at its permissions.\n"
    )


def test_a_time_zone(check):
    code, told = check("client_id,date\nA,2024-01-01T10:00Z\n", "--tz", "Mars/Olympus")
    assert code == 2
    assert "there is no time zone 'Mars/Olympus'" in told.err


def test_a_column_that_runs_the_other_way_is_doubted(check):
    rng = np.random.default_rng(3)
    rows = []
    for client in range(30):
        for session in range(10):
            bad = rng.integers(0, 8)
            rows.append(f"{client},{session},{bad},{bad},{bad}")  # coping high on bad days: reversed
    code, told = check("client_id,session,before_distress,phq9,before_coping\n" + "\n".join(rows) + "\n")
    assert code == 0
    assert "May be reversed\n" in told.out
    assert (
        "  before_coping against before_distress and phq9 (correlation within clients -1.00): one side runs the other way; "
        "if it is before_coping, give its ends under [scales.before_coping] of a map file; "
        "if it is before_distress and phq9, give the ends of each under [scales.before_distress] and [scales.phq9] of a map file\n"
    ) in told.out
    assert "Too little data" not in told.out


def test_columns_whose_direction_cannot_be_seen_are_said_in_one_line(check):
    _, told = check("client_id,session,after_heard,phq9\nA,1,7,3\n")
    assert "\nToo little data to see whether a scale runs the other way: after_heard, phq9\n" in told.out


def test_scales_without_a_good_end_are_echoed_with_what_their_ends_mean(check):
    """Turned round, each of them says the opposite."""
    _, told = check("client_id,session,between_from,after_pace,client_wish,intensity\nA,1,0,0,0,5\n")
    assert (
        "  between_from: 0 to 2: 0 mostly life, 2 mostly our sessions\n"
        "  after_pace: -2 to 2: -2 much too slow, 2 much too fast\n"
        "  client_wish: -1 to 1: -1 slower, 1 faster\n"
        "  intensity: 0 to 10\n"
    ) in told.out


def test_the_enrichd_trial(capsys):
    """557 patients, 7,117 visits, 153 of them second ones on a day: what its README says."""
    trial = DATA / "enrichd_cbt_bdi" / "BDIdata.csv"
    if not trial.exists():
        pytest.skip(f"needs {trial}")
    assert main(["check", str(trial), "--map", str(EXAMPLES / "enrichd.toml")]) == 0
    told = capsys.readouterr().out
    assert "BDIdata.csv can be read: 7,117 rows, 557 clients." in told
    assert "  bdi: 0 to 63, lower is better [from BDI]" in told
    assert "  kept aside, not read: med, med.time" in told
    assert "  153 rows on the same day as the row before, with no session number: kept as separate sessions" in told
    assert "Risks that can be judged from these columns: 1 of 10" in told
