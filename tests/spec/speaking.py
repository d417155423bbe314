"""Where the indicators of a risk begin to speak, as a list that a clinician can read.

    CASES = cases('''
        overwhelm_high        after_overwhelm 7
        not overwhelm_high    after_overwhelm 6
        left_hot              suds_start 3; suds_peak 8; suds_end 5
        slow_settling         between_settle 1 3
    ''')

Before a bar what is asked, after it what is not as in calm weeks, from session 7 on (one figure a session). What is
asked of is the last of these sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.spec.story import CALM_SESSIONS, calm_table, table

from andante.clients import Clients, gather
from andante.events import Events
from andante.history import History, blocks
from andante.measures import columns
from andante.priors import shipped
from andante.risks import RISKS
from andante.usual import Usual


@dataclass(frozen=True)
class Case:
    indicator: str
    speaks: bool
    cells: str

    def holds(self, risk: str) -> bool:
        """Whether the indicator speaks, or not, as the line says."""
        return (self.indicator in speaking(risk, story_of(self.cells))) == self.speaks


def cases(text: str) -> list[object]:
    """The lines of a list as cases of a test, named by what they say."""
    found = []
    for line in text.strip().splitlines():
        asked, _, cells = (part.strip() for part in line.partition("|"))
        if asked:
            case = Case(asked.removeprefix("not "), not asked.startswith("not "), cells)
            found.append(pytest.param(case, id=f"{asked}: {cells}"))
    return found


def story_of(cells: str) -> str:
    rows = [part.split() for part in cells.split(";")]
    sessions = [str(CALM_SESSIONS + n) for n in range(1, len(rows[0]))]
    return "\n".join(" ".join(row) for row in [["session", *sessions], *rows])


def speaking(risk: str, text: str) -> set[str]:
    """The indicators of a risk that speak in the last session of a story after calm weeks."""
    clients = Clients(gather(table(calm_table(text))), columns())
    history: History = next(iter(blocks(clients)))
    usual = Usual(history, shipped())
    found = next(r for r in RISKS if r.name == risk).assess(history, usual, Events(history, usual))
    return {name for name, signal in found.items() if signal.excess[-1, 0] >= 0}
