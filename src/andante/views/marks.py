"""What happened in a session, as small flags for the pace chart: trust hurt, and mended again.

Stands under `charts` in `views`. The events are found in `events`, once for everything that refers to them; here they
are only laid beside the sessions they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from andante.clients import Clients
from andante.events import Events
from andante.history import Bools, History, blocks
from andante.priors import Prior, shipped
from andante.usual import Usual

BACK = 0.5  # SDs of feeling heard within which it counts as mended (risks: ours, uncalibrated)
Marks = dict[str, frozenset[int]]


def marks(sessions: pa.Table, priors: Mapping[str, Prior] | None = None) -> dict[str, Marks]:
    """For each client of the table, the positions (0 is the first row) of sessions that hurt trust and that mended it.

    `sessions` is in order of client and time. A client about whom nothing is known has no marks.
    """
    found: dict[str, Marks] = {}
    if sessions.num_rows == 0 or "after_heard" not in sessions.column_names:
        return found
    clients = Clients.of(sessions.select(["client_id", *_needed(sessions)]))
    place = {int(offset): str(name) for offset, name in zip(clients.offsets[:-1], clients.ids, strict=True)}
    for history in blocks(clients):
        hurt, mended = _hurt_and_mended(history, shipped().priors if priors is None else priors)
        for column in range(history.shape[1]):
            name = place[int(history.place[0, column])]
            found[name] = {"hurt": _positions(hurt[:, column]), "mended": _positions(mended[:, column])}
    return found


def _needed(sessions: pa.Table) -> list[str]:
    wanted = ("session", "date", "day", "therapist_id", "attendance", "after_heard")
    return [name for name in wanted if name in sessions.column_names]


def _hurt_and_mended(history: History, priors: Mapping[str, Prior]) -> tuple[Bools, Bools]:
    """Where a rupture stands in the record, and where the next answer within half an SD of usual mended it."""
    events = Events(history, Usual(history, priors))
    hurt = events.ruptured & history.rows
    back = (events.fall_in_heard <= BACK) & ~hurt
    mended = np.zeros_like(hurt)
    open_rupture = np.zeros(history.shape[1], dtype=bool)
    for step in range(history.shape[0]):
        mended[step] = open_rupture & back[step]
        open_rupture = (open_rupture | hurt[step]) & ~mended[step]
    return hurt, mended


def _positions(flags: Bools) -> frozenset[int]:
    return frozenset(np.flatnonzero(flags).tolist())
