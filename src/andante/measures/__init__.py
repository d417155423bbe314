"""Measures: the catalogue of instruments, and what can be computed from their scores.

Stands above `records`: an instrument joins the session table as columns here. Scoring, change,
sudden change and the expected course live in their own files and are imported where they are needed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from andante.measures.instrument import Instrument, parse_instrument
from andante.records import MeasureColumn

CATALOGUE = Path(__file__).parent / "catalogue"

# In catalogue order: the earlier wins where two measures were observed equally often.
IDS = (
    *("phq9", "gad7", "pcl5", "core10", "bdi", "bdi2", "k10"),
    *("core_om", "oq45", "dass21", "oasis", "odsis", "itq", "phq15"),
    *("wsas", "who5", "ors", "wai_sr", "srs", "pc_ptsd5", "audit_c"),
)


@cache
def catalogue() -> dict[str, Instrument]:
    """Every instrument by its id, in catalogue order. Read once, in a few milliseconds."""
    return {name: parse_instrument((CATALOGUE / f"{name}.json").read_text(encoding="utf-8"), f"{name}.json") for name in IDS}


@cache
def columns() -> tuple[MeasureColumn, ...]:
    """Every score of the catalogue as a column of the session table: totals first within each instrument."""
    return tuple(column for instrument in catalogue().values() for column in instrument.columns)


__all__ = ["Instrument", "MeasureColumn", "catalogue", "columns"]
