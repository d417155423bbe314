"""Weights of evidence that fit cohorts made by others, towards which `andante.lab.calibration` draws its own.

    python -m andante.lab.outside FOLDER...    # adds cohorts to outside.json; each folder: sessions.parquet and truth.parquet

Those who made the cohorts behind the file knew the session table and the questions of the ten risks, and nothing of
this project's simulator or its readings; 3,000 clients each, half of them harmless. The cohorts are no part of the
project; of each only a few dozen weights are kept, and what new cohorts show is drawn towards what those before them showed.
What is fitted on them is never judged on them.
"""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from andante.intake.files import check_table
from andante.lab.fitting import examples, fit_risk
from andante.lab.gates import store
from andante.risks import NAMES

RIDGE = 0.03  # towards the cohorts before, which were more (ours)
TABLES = ("sessions", "truth")
FILE = Path(__file__).with_name("outside.json")


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return document


def weights() -> dict[str, dict[str, list[float]]]:
    """By risk and feature: the weight now, before, and where it is fine."""
    return dict(_document()["risks"])


def levels() -> dict[str, float]:
    """By risk: the log-odds where nothing leans. Only of the cohorts that were added last."""
    return dict(_document()["levels"])


def cohorts() -> int:
    """How many cohorts they were fitted on."""
    return int(_document()["cohorts"])


def _cohort(folder: Path) -> tuple[pa.Table, pa.Table]:
    """Sessions, checked as any table is (dates may be text), and the truth (client_id, harm, onset) with an empty word for no harm."""
    sessions, truth = (pq.read_table(folder / f"{name}.parquet") for name in TABLES)
    harm: Any = pc.fill_null(truth["harm"].cast(pa.string()), pa.scalar(""))
    return check_table(sessions).table, truth.set_column(truth.schema.get_field_index("harm"), "harm", harm)


def main(folders: list[str]) -> None:
    """Fit all ten on these cohorts too and write the file. Without a folder, or with one that lacks a table, nothing is written."""
    lacking = [f"{folder}/{name}.parquet" for folder in folders for name in TABLES if not (Path(folder) / f"{name}.parquet").is_file()]
    if lacking or not folders:
        raise SystemExit(f"Not there: {', '.join(lacking) or 'any folder'}. Give folders that hold sessions.parquet and truth.parquet.")
    sets, before = [examples(*_cohort(Path(folder))) for folder in folders], weights()
    found = {name: fit_risk(place, sets, before[name], ridge=RIDGE) for place, name in enumerate(NAMES)}
    document = {
        "origin": "Logistic regression on cohorts that others simulated from the session table and the questions of the ten risks; "
        "the cohorts are no part of the project. Simulated; not validated on clients.",
        "cohorts": cohorts() + len(folders),
        "levels": {name: fit["level"] for name, fit in found.items()},
        "risks": {name: fit["features"] for name, fit in found.items()},
    }
    store(document, FILE)


if __name__ == "__main__":
    main(sys.argv[1:])
