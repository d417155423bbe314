"""How the chapters of `intake` write a table: cells between bars, as one reads them; an empty cell is empty.

`sessions_from` reads such a table as a file and gives the `Sessions`; `problems_in` gives its problems, one line each,
without the file's name and the remedy.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from andante.errors import InputError
from andante.intake.files import Sessions, read_sessions


def cells(table: str) -> list[list[str]]:
    """The rows of a table drawn with bars."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(table: str) -> Path:
        place = tmp_path / "sessions.csv"
        with place.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(cells(table))
        return place

    return write


@pytest.fixture
def sessions_from(write: Callable[..., Path]) -> Callable[..., Sessions]:
    return lambda table, **options: read_sessions(write(table), **options)


@pytest.fixture
def problems_in(write: Callable[..., Path]) -> Callable[..., list[str]]:
    def problems_in(table: str, **options: Any) -> list[str]:
        place = write(table)
        with pytest.raises(InputError, match=r".") as caught:
            read_sessions(place, **options)
        lines = [str(problem).partition(". To mend it: ")[0] for problem in caught.value.problems]
        return [line.removeprefix(str(place)).lstrip(",: ") for line in lines]

    return problems_in


@pytest.fixture
def remedies_in(write: Callable[..., Path]) -> Callable[..., list[str]]:
    def remedies_in(table: str, **options: Any) -> list[str]:
        with pytest.raises(InputError, match=r"To mend it: ") as caught:
            read_sessions(write(table), **options)
        return [problem.remedy or "" for problem in caught.value.problems]

    return remedies_in
