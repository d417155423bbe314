"""The whole river in a few lines: records become a history, ten questions are asked of it, the answers are a reading.

Open this file first. Web page, file and table all come through `read`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from andante import alerts, ceiling, reading, safety, weighing
from andante.clients import Clients
from andante.events import Events
from andante.history import BLOCK, History, blocks
from andante.measures import columns as catalogue_columns
from andante.priors import Norms, shipped
from andante.records import MeasureColumn
from andante.risk import Floats, Signals
from andante.risks import RISKS, ethics
from andante.telling import Found, Tables, settles, spelled
from andante.usual import Usual
from andante.words import SAFETY_OPEN

PART = 24 * BLOCK  # clients whose tables are made together, at most: of those, the ones of like length share a grid
FEW = 8  # clients up to which it is quicker to spell texts out row by row than to find out which are alike


@dataclass(frozen=True)
class Reading:
    """The reading table; on request its `details` (one row for each raised indicator), the clients' usual `bands`, and `marks`.

    A mark is "hurt" or "mended" (trust), "pending" (a session still ahead), "after_break" (more than 21 days), or which cap the ceiling
    lies at (`telling.CAPS`). `row` in these three counts a client's rows from 1.
    """

    readings: pa.Table
    details: pa.Table | None = None
    bands: pa.Table | None = None
    marks: pa.Table | None = None


def read(
    clients: pa.Table | Clients,
    *,
    measures: tuple[MeasureColumn, ...] | None = None,
    norms: Norms | None = None,
    details: bool = False,
) -> Reading:
    """Read whole clients: as a table, one row a client, every other column a list in time order (`clients.gather`).

    `measures` (of a table) and `norms` are a service's own; without them the catalogue and the shipped priors. Readings
    come in the order of the clients and, within one, of its rows. A reading uses nothing later than its own row.
    """
    if not isinstance(clients, Clients):
        clients = Clients(clients, catalogue_columns() if measures is None else measures)
    few = len(clients) <= FEW
    found = list(parts(clients, norms=norms, details=details, as_words=few))
    readings = found[0].readings if few else spelled(pa.concat_tables([part.readings for part in found]))
    if not details:
        return Reading(readings)
    return Reading(
        readings,
        _together(part.details for part in found),
        _together(part.bands for part in found),
        _together(part.marks for part in found),
    )


def _together(tables: Iterator[pa.Table | None]) -> pa.Table:
    return pa.concat_tables([table for table in tables if table is not None])


def parts(clients: Clients, *, norms: Norms | None = None, details: bool = False, as_words: bool = False) -> Iterator[Reading]:
    """The same reading part by part, in the order of the clients, all cores at work; texts come as categories, or `as_words`."""

    cores = os.cpu_count() or 1
    edges = _edges(len(clients), cores)

    def read_part(start: int, stop: int) -> Reading:
        some = clients.part(start, stop)
        tables = Tables(some, weighing.layout(RISKS), details=details, spelled=as_words)
        for block in blocks(some):
            tables.add(find(block, norms or shipped()))
        if not details:
            return Reading(tables.readings())
        return Reading(tables.readings(), tables.detail_table(), tables.band_table(), tables.mark_table())

    if len(edges) == 2:
        yield read_part(*edges)
    else:
        with ThreadPoolExecutor(cores) as threads:
            yield from threads.map(read_part, edges[:-1], edges[1:])


def _edges(clients: int, cores: int) -> list[int]:
    """Where the parts end: whole ones as long as there is one for each core, and what is left in equal shares, so that all cores end
    together and the last part is soon written."""
    whole = clients // (cores * PART) * cores * PART
    share = max(-(-(clients - whole) // (cores * BLOCK)), 1) * BLOCK
    return [*range(0, whole, PART), *range(whole, clients, share), clients] if clients else [0, 0]


def find(history: History, norms: Norms) -> Found:
    """Everything there is to say about one block of clients."""
    usual, events, signals, excess = evidence(history, norms)
    levels = alerts.decide(RISKS, excess, history, usual, events)
    signals[-1] = ethics.waiting_for(signals[-1], levels.waiting, tuple(risk.title for risk in RISKS))
    safe = safety.state(history)
    stances = reading.combine(weighing.layout(RISKS), levels, excess, safe, history, usual, events)
    pace = ceiling.without_advice(ceiling.estimate(history, events), safe == SAFETY_OPEN)
    settling = settles(weighing.layout(RISKS), levels, events.agreed)
    return Found(history, usual, events, signals, excess, levels, stances, pace, safe, settling)


def evidence(history: History, norms: Norms) -> tuple[Usual, Events, list[Signals], Floats]:
    """What the ten questions find before any level is made of it; last, how far each indicator exceeds its threshold `[I, T, C]`."""
    usual = Usual(history, norms)
    events = Events(history, usual)
    plan, signals = weighing.layout(RISKS), list[Signals]()
    excess, first = np.empty((len(plan.indicators), *history.shape)), 0
    for risk, names, last in zip(RISKS, plan.names, plan.risk_ends.tolist(), strict=True):
        found = risk.assess(history, usual, events)
        np.concatenate([found[name].excess for name in names], out=excess[first:last].reshape(-1, history.shape[1]))  # while in the cache
        signals.append(found)
        first = last
    return usual, events, signals, excess
