"""The manual's page about exports: its example runs, and its errors are ours."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from andante.cli.main import main
from andante.intake.files import read_sessions

PAGE = (Path(__file__).parents[3] / "docs" / "your-own-export.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    """The first block of the page in this language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found, language
    return found.group(1)


def test_the_example_reads_as_the_page_says(tmp_path):
    (tmp_path / "export.csv").write_text(example("csv"), encoding="utf-8")
    (tmp_path / "map.toml").write_text(example("toml"), encoding="utf-8")
    found = read_sessions(tmp_path / "export.csv", column_map=tmp_path / "map.toml")
    assert found.table.to_pydict() == {
        "client_id": ["0017", "0017", "0017"],
        "session": [1, 2, 3],
        "date": [date(2024, 3, 5), date(2024, 3, 12), date(2024, 3, 19)],
        "attendance": ["attended", "missed", "attended"],
        "after_heard": [10.0, None, 7.5],
        "phq9": [14.0, None, 9.0],
        "mood": [3.0, None, 5.0],
    }
    assert found.notes == []


def test_the_errors_are_those_of_the_page(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sessions.csv").write_text("client_id,session,after_heard\nA,1,7\nA,2,11\n,3,7\n", encoding="utf-8")
    assert main(["check", "sessions.csv"]) == 2
    assert capsys.readouterr().err == example("text")
