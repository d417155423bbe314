"""The strip: ten rows, one column a session, a shape for each level and the evidence in words.

Stands under `terminal` and `html` in `views`: both draw the same rows. A level is told by shape and word, never by color
alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from andante.risk import Risk
from andante.risks import RISKS
from andante.views import evidence
from andante.views.caseload import Case

# Level: the sign in a terminal that speaks UTF-8, and in one that does not.
SIGNS = {"unknown": ("◌", "?"), "quiet": ("·", "."), "watch": ("▲", "^"), "act": ("◆", "#")}


@dataclass(frozen=True)
class Cell:
    """One level of one risk at one session, and what it rests on, in words."""

    level: str
    words: str
    raised: bool


@dataclass(frozen=True)
class Strip:
    """The last sessions of a client: their numbers, and a row of cells for each of the ten risks."""

    labels: tuple[str, ...]
    rows: tuple[tuple[Risk, tuple[Cell, ...]], ...]
    left_out: int  # earlier sessions that are not drawn
    ahead: bool  # the last of them is still ahead


def strip(case: Case, shown: int) -> Strip:
    """The strip of the last `shown` sessions."""
    first = max(0, len(case.readings) - shown)
    positions = range(first, len(case.readings))
    rows = tuple((risk, tuple(_cell(case, risk, position) for position in positions)) for risk in RISKS)
    return Strip(tuple(case.label(position) for position in positions), rows, first, case.ahead)


def _cell(case: Case, risk: Risk, position: int) -> Cell:
    level = case.readings[position].get(f"{risk.name}_level") or "unknown"
    finding = case.finding(risk, position)
    return Cell(level, evidence.cell(level, finding), finding is not None)
