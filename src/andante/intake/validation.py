"""What only whole rows can tell: who, when, and nothing twice.

Fourth step of `intake`, after the columns have been read one by one and before `history` sorts them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.errors import SHOWN
from andante.intake.findings import Findings, Values
from andante.intake.headings import TIMES
from andante.order import places_in_order, whole

Columns: TypeAlias = "Mapping[str, Values]"
Shown = Callable[[str], str]


def check_rows(columns: Columns, shown: Shown, findings: Findings) -> None:
    """Every row has a client and a time, and no client has a session twice; what was unreadable is not reported again."""
    if "client_id" in columns and columns["client_id"].null_count:
        rows = np.setdiff1d(_nulls(columns["client_id"]), findings.damaged(shown("client_id")))
        if len(rows):
            findings.add_rows(shown("client_id"), "no client_id", "every row needs the pseudonymous id of its client", rows)
    _check_times(columns, shown, findings)
    if "client_id" in columns and "session" in columns:
        _check_duplicates(columns["client_id"], columns["session"], shown, findings)


def _nulls(column: Values) -> NDArray[np.int64]:
    return np.flatnonzero(np.asarray(pc.is_null(column)))


def _check_times(columns: Columns, shown: Shown, findings: Findings) -> None:
    given = [name for name in TIMES if name in columns]
    if not given or any(columns[name].null_count == 0 for name in given):
        return
    known = np.zeros(len(columns[given[0]]), dtype=np.bool_)
    for name in given:
        known |= ~np.asarray(pc.is_null(columns[name]))
        known[findings.damaged(shown(name))] = True
    rows = np.flatnonzero(~known)
    if len(rows):
        findings.add_rows(None, f"no {' or '.join(given)}", "every row needs one of them, to say in which order the sessions were", rows)


_REMEDY = "keep one of the rows, or correct the number; leave it empty if sessions are not numbered"


def _check_duplicates(ids: Values, sessions: Values, shown: Shown, findings: Findings) -> None:
    """A client has each session number once; the later row is the problem and names the earlier one."""
    client, session = _places(ids), _places(sessions)
    different = int(session.max(initial=0)) + 1
    key = client * different + session
    if (key[1:] > key[:-1]).all() and not sessions.null_count and not ids.null_count:
        return
    rows = np.flatnonzero((client >= 0) & (session >= 0))
    order = rows[places_in_order(key[rows], (int(client.max(initial=0)) + 1) * different)]
    same = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    later, earlier = order[same + 1].tolist(), order[same].tolist()
    if len(later) > SHOWN:  # where the column is no session number at all, pairs say nothing more
        values, which = np.unique(session[later], return_inverse=True)
        texts = [str(number) for number in _uniques(sessions, values)]
        findings.add_rows(shown("session"), "the same client and session number as in a row before", _REMEDY, np.array(later), texts, which)
        return
    for late, early in zip(later, earlier, strict=True):
        what = f"the same client and session number as in row {findings.row(early)}"
        findings.add_rows(shown("session"), what, _REMEDY, np.array([late]), [str(sessions[late].as_py())], np.array([0]))


def _places(values: Values) -> NDArray[np.int64]:
    """Each value as a small number of its own, empty cells as -1."""
    indices = whole(values).dictionary_encode().indices
    return np.asarray(indices.fill_null(-1) if indices.null_count else indices).astype(np.int64)


def _uniques(values: Values, places: NDArray[np.int64]) -> list[object]:
    """The values that `_places` numbered so."""
    return list(whole(values).dictionary_encode().dictionary.take(places).to_pylist())


def choose_time(columns: Columns, shown: Shown, findings: Findings) -> str | None:
    """`date` or `day`, whichever orders the sessions; None where neither is given.

    Where both are given, `date` does: it is what other systems and the two people know the session by. A column
    that is empty throughout is not given.
    """
    given = [name for name in ("date", "day") if name in columns]
    filled = [name for name in given if columns[name].null_count < len(columns[name])] or given
    if len(given) == 2:
        reason = "both were given" if len(filled) == 2 else f"{shown('date' if filled == ['day'] else 'day')} is empty throughout"
        findings.note(f"sessions are ordered by {shown(filled[0])}; {reason}")
    return filled[0] if filled else None
