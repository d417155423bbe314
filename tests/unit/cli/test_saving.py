"""Files are written in the format their name asks for, aside first and then renamed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.cli.main import main
from andante.cli.saving import FORMATS, check_places, save_table, save_text, together
from andante.errors import UsageError

TABLE = pa.table(
    {
        "client_id": pa.array(["01", "with, comma"]),
        "trust_score": pa.array([0.25, None], pa.float64()),
        "trust_evidence": pa.array(["heard_low;heard_fell", None]),
    }
)


def test_csv_is_plain_and_empty_where_nothing_is_known(tmp_path):
    save_table(TABLE, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == 'client_id,trust_score,trust_evidence\n01,0.25,heard_low;heard_fell\n"with, comma",,\n'


def test_parquet_and_arrow_give_the_same_table_back(tmp_path):
    save_table(TABLE, tmp_path / "r.parquet")
    save_table(TABLE, tmp_path / "r.arrow")
    assert pq.read_table(tmp_path / "r.parquet") == TABLE
    with pa.ipc.open_file(tmp_path / "r.arrow") as file:
        assert file.read_all() == TABLE
    assert pl.read_ipc(tmp_path / "r.arrow").height == 2


def test_json_has_evidence_as_a_list_and_an_empty_one_where_there_is_none(tmp_path):
    save_table(TABLE, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == [
        {"client_id": "01", "trust_score": 0.25, "trust_evidence": ["heard_low", "heard_fell"]},
        {"client_id": "with, comma", "trust_score": None, "trust_evidence": []},
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_nothing_is_left_beside_the_file(tmp_path, ending):
    save_table(TABLE, tmp_path / f"r.{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [f"r.{ending}"]


def test_an_old_file_stays_whole_where_writing_fails(tmp_path, monkeypatch):
    place = tmp_path / "r.html"
    save_text("old", place)
    monkeypatch.setattr("pathlib.Path.replace", lambda self, target: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UsageError, match=r"could not be written \(No space left on device"):
        save_text("new", place)
    assert place.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_a_name_as_long_as_any_can_be(tmp_path):
    """And two of them that begin alike, written together."""
    places = [tmp_path / f"{'ä' * 120}{end}.csv" for end in ("first", "other")]
    check_places([("--out", places[0], FORMATS), ("--details", places[1], FORMATS)])
    _save_together(*places)
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.name for place in places]


def test_a_file_that_is_only_written_to_need_not_be_readable(tmp_path, monkeypatch):
    """That somebody may write it is looked at, that they may read it is not: `--out` then names what is really in the way."""
    (tmp_path / "sessions.csv").write_text("client_id,session,after_heard\nA,1,7\n")
    (tmp_path / "r.csv").write_text("old")
    (tmp_path / "r.csv").chmod(0o200)
    access = os.access
    monkeypatch.setattr("os.access", lambda path, mode, **more: mode != os.R_OK and access(path, mode, **more))
    assert main(["read", str(tmp_path / "sessions.csv"), "--out", str(tmp_path / "r.csv")]) == 0
    assert (tmp_path / "r.csv").read_text().startswith("client_id,")


def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def _save_together(*places: Path, then: BaseException | None = None) -> None:
    with together():
        for place in places:
            save_table(TABLE, place)
        if then is not None:
            raise then


def test_of_files_that_belong_together_none_is_written_where_one_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("old")
    monkeypatch.setattr("andante.cli.saving._json", _full)
    with pytest.raises(UsageError, match=r"b\.json could not be written \(No space left on device\)"):
        _save_together(tmp_path / "a.csv", tmp_path / "b.json")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "old")]


def test_what_stops_between_two_files_leaves_neither(tmp_path):
    with pytest.raises(KeyboardInterrupt, match="now"):
        _save_together(tmp_path / "a.csv", then=KeyboardInterrupt("now"))
    assert list(tmp_path.iterdir()) == []
    save_table(TABLE, tmp_path / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_what_was_put_in_its_place_before_another_could_not_be_is_said(tmp_path, monkeypatch):
    put = Path.replace

    def replace(self: Path, target: Path) -> Path:
        return _full() if target.name == "b.csv" else put(self, target)

    monkeypatch.setattr("pathlib.Path.replace", replace)
    with pytest.raises(UsageError, match=r"b\.csv could not be written") as caught:
        _save_together(*(tmp_path / name for name in ("a.csv", "b.csv", "c.csv")))
    assert caught.value.__notes__ == [f"written before that: {tmp_path}/a.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["read", "sessions.csv", "--out", "a.csv", "--details", "b.json"],
        ["change", "scores.csv", "--id", "id", "--pre", "s1", "--post", "s4", "--points", "5", "--out", "a.csv", "--summary", "b.json"],
        [
            *("change", "scores.csv", "--id", "id", "--pair", "phq9:s1:s4", "--pair", "gad7:s2:s3"),
            *("--out", "a.csv", "--summary", "b.json"),
        ],
        ["sudden", "scores.csv", "--id", "id", "--scores", "s1,s2,s3,s4", "--no-cutoff", "--out", "a.csv", "--gains", "b.json"],
    ],
    ids=["read", "change", "change by pairs", "sudden"],
)
def test_no_verb_leaves_a_part_of_what_was_asked(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions.csv").write_text("client_id,session,after_overwhelm\na,1,9\na,2,9\n")
    (tmp_path / "scores.csv").write_text("id,s1,s2,s3,s4\na,20,19,7,5\nb,21,20,21,20\nc,19,18,8,6\n")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("andante.cli.saving._json", _full)
    assert main(arguments) == 2
    assert sorted(tmp_path.iterdir()) == before
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 0
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "a.csv", tmp_path / "b.json"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("r.xlsx", r"--out .*r\.xlsx ends in \.xlsx, but the ending chooses the format\. .* use one of \.csv, \.parquet, \.arrow, \.json"),
        ("r", r"--out .*r has no ending"),
        ("nowhere/r.csv", r"the folder .*nowhere is not there, or may not be entered"),
        ("folder.csv", r"is a folder"),
        ("input.csv", r"is the input itself\. To mend it: write to another file"),
        ("link.csv", r"is the input itself"),
        ("folder.csv/../input.csv", r"is the input itself"),
        ("x" * 300 + ".csv", r"could not be written \(File name too long\)\. To mend it: look at the disk"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_any_work(tmp_path, name, said):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "input.csv").write_text("client_id,session\n")
    (tmp_path / "link.csv").symlink_to("input.csv")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=said):
        check_places([("--out", tmp_path / name, FORMATS)], given={"the input": tmp_path / "input.csv", "the map": None})
    assert sorted(tmp_path.iterdir()) == before


def test_the_ending_may_be_in_capitals(tmp_path):
    check_places([("--out", tmp_path / "R.CSV", FORMATS)])
    save_table(TABLE, tmp_path / "R.CSV")
    assert (tmp_path / "R.CSV").read_text().startswith("client_id")


def test_two_files_are_never_one(tmp_path):
    with pytest.raises(UsageError, match=r"--details .*x\.csv is the file of --out itself\. To mend it: write to another file"):
        check_places([("--out", tmp_path / "x.csv", FORMATS), ("--html", None, ()), ("--details", tmp_path / "x.csv", FORMATS)])


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(30, "Read-only file system")])
def test_a_disk_that_cannot_be_written_is_found_before_any_work(tmp_path, monkeypatch, error):
    def refuse(self, *_):
        raise error

    monkeypatch.setattr("pathlib.Path.touch", refuse)
    with pytest.raises(UsageError, match=rf"--out .*r\.csv could not be written \({error.strerror}\)\. To mend it: look at the disk"):
        check_places([("--out", tmp_path / "r.csv", FORMATS)])


def test_a_write_protected_file_is_not_replaced(tmp_path, monkeypatch):
    """The folder would let it be; whoever locked the file meant otherwise. (Whoever runs the tests may be allowed everything.)"""
    locked = tmp_path / "readings.csv"
    locked.write_text("old")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != locked and access(path, mode))
    with pytest.raises(UsageError, match=r"readings\.csv is there and write-protected\. To mend it: write to another file"):
        check_places([("--out", locked, FORMATS)])
    assert locked.read_text() == "old"


def test_looking_whether_a_file_can_be_written_leaves_it_as_it_is(tmp_path):
    (tmp_path / "r.csv").write_text("old")
    check_places([("--out", tmp_path / "r.csv", FORMATS)])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("r.csv", "old")]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_that_is_written_over_keeps_who_may_read_it(tmp_path, ending):
    place = tmp_path / f"r.{ending}"
    place.write_text("old")
    place.chmod(0o640)
    save_table(TABLE, place)
    assert place.stat().st_mode & 0o777 == 0o640
    assert place.read_bytes() != b"old"


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        save_text("new", tmp_path / "r.html")
    finally:
        os.umask(before)
    assert (tmp_path / "r.html").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_its_file_is_written(tmp_path, there):
    (tmp_path / "kept").mkdir()
    if there:
        (tmp_path / "kept" / "real.html").write_text("old")
    (tmp_path / "r.html").symlink_to("kept/real.html")
    save_text("new", tmp_path / "r.html")
    assert (tmp_path / "r.html").is_symlink()
    assert [(path.name, path.read_text()) for path in (tmp_path / "kept").iterdir()] == [("real.html", "new")]


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        check_places([("--errors", tmp_path / "pipe", ())])
        save_text("said", tmp_path / "pipe")
        assert reader.communicate(timeout=30)[0] == b"said"
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


STOPPED = """
import os, signal, sys, threading, time
from pathlib import Path
import numpy as np, pyarrow as pa
from andante.cli import process
from andante.cli.saving import save_table
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # where the tests themselves run under `nohup`
process.claim()
folder, how = Path(sys.argv[1]), getattr(signal, sys.argv[2])
numbers = np.random.default_rng(1).random(1_000_000)
table = pa.table({f"c{n}": numbers for n in range(6)})
def stop():
    while not any(folder.iterdir()):
        time.sleep(0.001)
    os.kill(os.getpid(), how)
threading.Thread(target=stop, daemon=True).start()
try:
    save_table(table, folder / sys.argv[3])
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("ending", ["csv", "json"])  # the slow ones: there is time to stop them
@pytest.mark.parametrize(("how", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_who_is_stopped_while_writing_leaves_nothing(tmp_path, ending, how, code):
    done = subprocess.run([sys.executable, "-c", STOPPED, tmp_path, how, f"r.{ending}"], capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (code, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["change", "absent.csv", "--id", "id", "--out", "a.csv", "--summary", "a.csv"], "--summary a.csv is the file of --out itself"),
        (["sudden", "absent.csv", "--id", "id", "--out", "a.csv", "--spikes", "a.csv"], "--spikes a.csv is the file of --out itself"),
        (
            ["score", "absent.csv", "--instrument", "phq9", "--out", "a.csv", "--errors", "a.csv"],
            "--errors a.csv is the file of --out itself",
        ),
        (["norms", "fit", "absent.csv", "--map", "a.toml", "--errors", "a.toml"], "--errors a.toml is the map itself"),
    ],
)
def test_no_verb_writes_over_its_own_files(tmp_path, capsys, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"andante: {said}. To mend it: write to another file.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_text_is_refused_before_any_work(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["read", "absent.csv", "--out", os.fsdecode(b"w\xfc.csv")]) == 2
    said = "andante: --out w\\xfc.csv: this name is not UTF-8 text. To mend it: use another name, or another folder.\n"
    assert capsys.readouterr().err == said
    assert list(tmp_path.iterdir()) == []
