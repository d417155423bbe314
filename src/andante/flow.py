"""The whole river in a few lines: records become a history, ten questions are asked of it, the answers are a reading.

Open this file first. Web page, file and cluster all come through `read`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from andante import alerts, ceiling, reading, safety, weighing
from andante.events import Events
from andante.history import Clients, History
from andante.measures import columns as catalogue_columns
from andante.priors import Norms, shipped
from andante.records import MeasureColumn
from andante.risks import RISKS
from andante.telling import Found, Tables
from andante.usual import Usual


@dataclass(frozen=True)
class Reading:
    """The reading table; on request its `details` (one row for each raised indicator) and the clients' usual `bands`."""

    readings: pa.Table
    details: pa.Table | None = None
    bands: pa.Table | None = None


def read(
    clients: pa.Table, *, measures: tuple[MeasureColumn, ...] | None = None, norms: Norms | None = None, details: bool = False
) -> Reading:
    """Read gathered clients: one row a client, every other column a list in time order (`history.gather`).

    `measures` and `norms` are a service's own; without them the catalogue and the shipped priors. Readings come in the
    order of the clients and, within one, of its rows. A reading uses nothing later than its own row.
    """
    opened = Clients(clients, catalogue_columns() if measures is None else measures)
    tables = Tables(opened, weighing.layout(RISKS), details=details)
    blocks = list(opened.blocks())
    if len(blocks) == 1:
        tables.add(find(blocks[0], norms or shipped()))
    else:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for found in threads.map(lambda block: find(block, norms or shipped()), blocks):
                tables.add(found)
    if not details:
        return Reading(tables.readings())
    return Reading(tables.readings(), tables.detail_table(), tables.band_table())


def find(history: History, norms: Norms) -> Found:
    """Everything there is to say about one block of clients."""
    usual = Usual(history, norms.priors, norms)
    events = Events(history, usual)
    signals = [risk.assess(history, usual, events) for risk in RISKS]
    plan = weighing.layout(RISKS)
    excess = np.stack([signals[r][i.name].excess for r, i in zip(plan.risk_of, plan.indicators, strict=True)])
    levels = alerts.decide(RISKS, excess, history, usual, events)
    safe = safety.state(history)
    stances = reading.combine(plan, levels, excess, safe, history, usual, events)
    return Found(history, usual, signals, excess, levels, stances, ceiling.estimate(history, events), safe)
