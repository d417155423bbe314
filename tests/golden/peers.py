"""The answers of the R packages on shared data, read with their exact arguments. Absent data skips by name."""

from __future__ import annotations

import csv
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(os.environ.get("ANDANTE_DATA", ROOT.parent / "shared" / "data")) / "peers"
WORDS = {"TRUE": 1.0, "FALSE": 0.0, "Inf": np.inf, "-Inf": -np.inf, "NaN": np.nan, "NA": np.nan, "": np.nan}

needs_peers = pytest.mark.skipif(not PEERS.is_dir(), reason=f"the peers' answers are not at {PEERS}")


def names(package: str) -> list[str]:
    """Every case of a package; one placeholder where the data is absent, so that the skip is seen."""
    index = PEERS / package / "INDEX.json"
    return list(json.loads(index.read_text())) if index.exists() else ["absent"]


@cache
def case(package: str, name: str) -> dict[str, Any]:
    return dict(json.loads((PEERS / package / f"{name}.json").read_text()))


@cache
def rows(path: str) -> list[dict[str, str]]:
    with (PEERS / path).open(newline="") as file:
        return list(csv.DictReader(file))


def number(text: str | float | None) -> float:
    if text is None:
        return float("nan")
    return WORDS[text] if text in WORDS else float(text)


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([number(row[name]) for row in table])


def texts(table: list[dict[str, str]], name: str) -> list[str]:
    return [row[name] for row in table]


def same(ours: Any, theirs: Any, tolerance: float = 1e-9) -> None:
    """Equal to a relative and absolute tolerance, empty where empty."""
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=tolerance)
