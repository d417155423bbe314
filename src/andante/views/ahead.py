"""Which clients have answered for a session that is still ahead, so that it is not counted among those that were.

Stands under `caseload` in `views`. One client's page knows it from the marks of their reading; those are found for few, a caseload
is everyone, so it is read from the sessions' own columns here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.history import BEFORE_HAND, CHECKED, ONLY_WHEN_HELD

Bools = NDArray[np.bool_]


def ahead(sessions: pa.Table, starts: NDArray[Any], stops: NDArray[Any]) -> Bools:
    """Per client, whose rows are `starts:stops`: is the last row a session still ahead?

    Where every row of several looks so, nobody records what was held and it cannot be told (as in `Case.ahead`).
    """
    pending = _pending(sessions)
    rows, waiting = stops - starts, np.add.reduceat(pending.astype(np.int64), starts)
    return np.asarray(pending[stops - 1] & ((rows == 1) | (waiting < rows)), np.bool_)


def _pending(sessions: pa.Table) -> Bools:
    """Something from before the session and nothing that only a held one can have: the rule of `History.pending`, over a table."""
    held = _known(sessions, (*ONLY_WHEN_HELD, "attendance"))
    if "checkin_after" in sessions.column_names:
        held |= np.asarray(pc.is_in(sessions["checkin_after"], value_set=pa.array(CHECKED, pa.string())).to_numpy(), np.bool_)
    return _known(sessions, BEFORE_HAND) & ~held


def _known(table: pa.Table, columns: Iterable[str]) -> Bools:
    """In which rows any of these columns tells something."""
    found = np.zeros(table.num_rows, np.bool_)
    for column in sorted(set(columns) & set(table.column_names)):
        found |= np.asarray(pc.is_valid(table[column]).to_numpy(), np.bool_)
    return found
