"""`andante simulate`: two files and two lines, or a plain refusal."""

from __future__ import annotations

import polars as pl

from andante.cli.main import main


def test_it_writes_the_sessions_and_the_truth_beside_them(tmp_path, capsys):
    out = tmp_path / "caseload.csv"
    assert main(["simulate", str(out), "--clients", "12", "--family", "loads", "--seed", "3"]) == 0
    sessions, truth = pl.read_csv(out, infer_schema_length=None), pl.read_csv(tmp_path / "caseload-truth.csv")
    assert sessions["client_id"].n_unique() == len(truth) == 12
    assert truth.columns == ["client_id", "harm", "onset"]
    assert f"12 clients of the family loads, {len(sessions)} sessions" in capsys.readouterr().out


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("a.parquet", "b.parquet"):
        main(["simulate", str(tmp_path / name), "--clients", "5"])
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_an_unknown_ending_is_refused_before_any_work(tmp_path, capsys):
    assert main(["simulate", str(tmp_path / "caseload.xls")]) == 2
    assert "ends in .xls, but the ending chooses the format" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_family_is_refused(tmp_path, capsys):
    assert main(["simulate", str(tmp_path / "caseload.csv"), "--family", "nobody"]) == 2
    assert "choose one of traits, thresholds, regimes, loads, habits, apart, episodes" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
