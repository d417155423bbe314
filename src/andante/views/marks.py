"""What happened in a session, as small flags for the pace chart: trust hurt, and mended again; and what is still ahead.

Stands under `charts` in `views`. The events are found in `events` and the rows ahead in `history`, once for everything
that refers to them; here they are only laid beside the sessions they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from andante.clients import Clients
from andante.events import Events
from andante.history import BEFORE_HAND, ONLY_WHEN_HELD, Bools, History, blocks
from andante.priors import Prior, shipped
from andante.usual import Usual

BACK = 0.5  # SDs of feeling heard within which it counts as mended (risks: ours, uncalibrated)
HEARD = ("session", "date", "day", "therapist_id", "attendance", "after_heard")  # what hurt and mended are found in
AHEAD = ("attendance", "checkin_after", *BEFORE_HAND, *ONLY_WHEN_HELD)  # and what tells a pending row
Marks = dict[str, frozenset[int]]


def marks(sessions: pa.Table, priors: Mapping[str, Prior] | None = None) -> dict[str, Marks]:
    """For each client of the table, the positions (0 is the first row) of sessions that hurt trust, that mended it, and of pending rows.

    `sessions` is in order of client and time. A client about whom nothing is known has no marks.
    """
    found: dict[str, Marks] = {}
    known = priors if priors is not None else shipped().priors
    if "after_heard" in sessions.column_names:
        for name, history, column in _clients(sessions, HEARD):
            if column == 0:
                hurt, mended = _hurt_and_mended(history, known)
            found[name] = {"hurt": _positions(hurt[:, column]), "mended": _positions(mended[:, column])}
    if not set(BEFORE_HAND).isdisjoint(sessions.column_names):
        for name, history, column in _clients(sessions, AHEAD):
            found[name] = {**found.get(name, {}), "pending": _positions((history.pending & history.rows)[:, column])}
    return found


def _clients(sessions: pa.Table, wanted: Sequence[str]) -> Iterator[tuple[str, History, int]]:
    """Each client with the grid in which their rows lie, and in which column of it; only these columns are opened."""
    if sessions.num_rows == 0:
        return
    clients = Clients.of(sessions.select(["client_id", *(name for name in wanted if name in sessions.column_names)]))
    place = {int(offset): str(name) for offset, name in zip(clients.offsets[:-1], clients.ids, strict=True)}
    for history in blocks(clients):
        for column in range(history.shape[1]):
            yield place[int(history.place[0, column])], history, column


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
