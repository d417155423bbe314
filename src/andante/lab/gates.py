"""Finds the gates of the budget on simulated clients: the lowest at which those who come to no harm stay within it.

    python -m andante.lab.gates            # after andante.lab.calibration; rewrites the gates in src/andante/weights.json

On the tuning families, with clients that no weight was fitted on; the judging family is never touched. The shares aimed at lie
below the budget, because services differ and a gate has to do for all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante import alerts, flow, weighing
from andante.clients import Clients
from andante.errors import DefinitionError
from andante.events import Events
from andante.history import History, blocks
from andante.lab.scenarios import TUNING
from andante.lab.simulator import Cohort, simulate
from andante.measures import columns
from andante.order import time_order
from andante.priors import shipped
from andante.risks import RISKS
from andante.usual import Usual
from andante.weighing import Gates
from andante.words import ACT, WATCH

WEIGHTS = Path(weighing.__file__).parent / "weights.json"
CLIENTS, SERVICES = 200, range(12, 36)  # in each service of every family: services differ more than clients of one do
WATCH_SHARE, ACT_SHARE = 0.141, 0.0335  # aimed at, on average over the families; the budget is 0.15 and 0.04 (ours)
LOWEST, HIGHEST, HALVINGS = -5.0, 2.0, 10


class Block(NamedTuple):
    """Clients of one family in a grid, found once; `harmless` `[T, C]`: the sessions of those who come to no harm."""

    family: str
    history: History
    usual: Usual
    events: Events
    excess: NDArray[np.float64]
    harmless: NDArray[np.bool_]


def found(family: str, cohort: Cohort) -> Iterator[Block]:
    """What the levels are made of, for every client of a cohort."""
    clients = Clients.of(cohort.sessions, time_order(cohort.sessions).index, columns())
    safe = dict(zip(cohort.truth["client_id"].to_pylist(), (harm == "" for harm in cohort.truth["harm"].to_pylist()), strict=True))
    rows = np.repeat([safe[name] for name in clients.ids.to_pylist()], np.diff(clients.offsets))
    for history in blocks(clients):
        usual, events, _, excess = flow.evidence(history, shipped())
        harmless = history.rows & np.append(rows, False)[history.place]
        yield Block(family, history, usual, events, excess, harmless)


def share(blocks: list[Block], gates: Gates, least: int) -> float:
    """Of the sessions of harmless clients, those that show any risk at this level or a worse one: mean of the families."""
    shown: dict[str, list[int]] = {block.family: [0, 0] for block in blocks}
    for block in blocks:
        level = alerts.decide(RISKS, block.excess.copy(), block.history, block.usual, block.events, gates=gates).level
        counts = shown[block.family]
        counts[0] += int((block.harmless & (level >= least).any(axis=0)).sum())
        counts[1] += int(block.harmless.sum())
    return float(np.mean([raised / sessions for raised, sessions in shown.values()]))


def lowest(kept: Callable[[float], bool]) -> float:
    """The lowest gate, to a hundredth, with which the budget is `kept`: it is from some gate on.

    Raises DefinitionError where no gate keeps it: what stands outside the budget takes more than all of it.
    """
    low, high = LOWEST, HIGHEST
    if not kept(high):
        raise DefinitionError("No gate keeps the budget: lines, breaches and what stands by itself already take more.")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return float(np.ceil(100 * high) / 100)


def search(blocks: list[Block]) -> Gates:
    """The gate of a watch first: what persists is an act only where it was a watch before."""
    watch = lowest(lambda gate: share(blocks, Gates(gate, HIGHEST), WATCH) <= WATCH_SHARE)
    act = lowest(lambda gate: share(blocks, Gates(watch, gate), ACT) <= ACT_SHARE)
    return Gates(watch, act)


def store(document: dict[str, Any], target: Path) -> Path:
    """Write what was fitted: aside, then in place."""
    aside = target.with_suffix(".partial")
    aside.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    aside.replace(target)
    return target


def main() -> None:
    """Find the gates for the weights as they are, and write them to their file."""
    cohorts = ((family, simulate(CLIENTS, family=family, seed=seed)) for family in TUNING for seed in SERVICES)
    gates = search([block for family, cohort in cohorts for block in found(family, cohort)])
    document = json.loads(WEIGHTS.read_text("utf-8"))
    sys.stdout.write(f"{store({**document, 'gates': gates._asdict()}, WEIGHTS)}: {gates}\n")


if __name__ == "__main__":
    main()
