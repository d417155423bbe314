"""Files are written in the format their name asks for, aside first and then renamed."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.cli.saving import FORMATS, check_place, save_table, save_text
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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("r.xlsx", r"--out .*r\.xlsx ends in \.xlsx, but the ending chooses the format\. .* use one of \.csv, \.parquet, \.arrow, \.json"),
        ("r", r"--out .*r has no ending"),
        ("nowhere/r.csv", r"the folder .*nowhere is not there"),
        ("folder.csv", r"is a folder"),
        ("input.csv", r"is the input itself"),
    ],
)
def test_a_place_that_cannot_be_is_refused_before_any_work(tmp_path, name, said):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "input.csv").write_text("client_id,session\n")
    with pytest.raises(UsageError, match=said):
        check_place(tmp_path / name, FORMATS, option="--out", never=tmp_path / "input.csv")


def test_the_ending_may_be_in_capitals(tmp_path):
    check_place(tmp_path / "R.CSV", FORMATS, option="--out")
    save_table(TABLE, tmp_path / "R.CSV")
    assert (tmp_path / "R.CSV").read_text().startswith("client_id")
