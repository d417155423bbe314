"""What only whole rows can tell: who, when, and nothing twice.

Fourth step of `intake`, after the columns have been read one by one and before `history` sorts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.errors import SHOWN, told
from andante.intake.findings import Findings, Values, count_of
from andante.intake.headings import TIMES
from andante.order import as_numbers, places_in_order, whole
from andante.records import MeasureColumn

Shown = Callable[[str], str]


def check_rows(table: pa.Table, shown: Shown, findings: Findings, unused: Mapping[str, Values]) -> None:
    """Every row has a client and a time, and no client has a session twice; what was unreadable is not reported again.

    `unused`: the one of `date` and `day` that does not order the sessions.
    """
    names = table.schema.names
    if "client_id" in names and table["client_id"].null_count:
        rows = np.setdiff1d(_nulls(table["client_id"]), findings.damaged(shown("client_id")))
        if len(rows):
            findings.add_rows(shown("client_id"), "no client_id", "every row needs the pseudonymous id of its client", rows)
    _check_times(table, [name for name in TIMES if name in names], shown, findings, unused)
    if "client_id" in names and "session" in names:
        dated = "date" in names or "day" in names
        _check_duplicates(table["client_id"], table["session"], shown, findings, _REMEDY + (_LEAVE_EMPTY if dated else _GIVE_DAYS))


def _nulls(column: Values) -> NDArray[np.int64]:
    return np.flatnonzero(np.asarray(pc.is_null(column)))


def _check_times(table: pa.Table, given: list[str], shown: Shown, findings: Findings, unused: Mapping[str, Values]) -> None:
    if not given or any(table[name].null_count == 0 for name in given):
        return
    known = np.zeros(table.num_rows, dtype=np.bool_)
    for name in given:
        known |= ~np.asarray(pc.is_null(table[name]))
        known[findings.damaged(shown(name))] = True
    for other, values in unused.items():
        only = np.flatnonzero(~known & ~np.asarray(pc.is_null(values)))
        what = f"no {' or '.join(map(shown, given))}; it has only {shown(other)}, and the sessions are ordered by {shown(given[-1])}"
        remedy = f"give its {given[-1]}, or leave the column {shown(given[-1])} out: then {other} orders the sessions"
        findings.add_rows(None, what, remedy, only)
        known[only] = True
    rows = np.flatnonzero(~known)
    if len(rows):
        needed = "one of them" if len(given) > 1 else f"its {given[0]}"
        findings.add_rows(None, f"no {' or '.join(given)}", f"every row needs {needed}, to say in which order the sessions were", rows)


NAMED = 5  # clients in a note
MOST_MARKS = 16  # pairs of client and number for each row, up to which marking them is quicker than sorting the rows
_REMEDY = "keep one of the rows, or correct the number"
_LEAVE_EMPTY = "; leave it empty if sessions are not numbered"
_GIVE_DAYS = "; if sessions are not numbered, give their date or day instead"


def _check_duplicates(ids: Values, sessions: Values, shown: Shown, findings: Findings, remedy: str) -> None:
    """A client has each session number once; the later row is the problem and names the earlier one."""
    client, number = _places(ids), as_numbers(sessions, "session")
    rises = (client[1:] > client[:-1]) | ((client[1:] == client[:-1]) & (number[1:] > number[:-1]))
    if rises.all() and not ids.null_count:
        return
    session = _places(sessions)
    different = int(session.max(initial=0)) + 1
    key = client * different + session
    rows, top = np.flatnonzero((client >= 0) & (session >= 0)), (int(client.max(initial=0)) + 1) * different
    if top <= MOST_MARKS * len(rows):  # a mark for each pair there could be: where as many are set as there are rows, none comes twice
        marks = np.zeros(top, np.bool_)
        marks[key[rows]] = True
        if np.count_nonzero(marks) == len(rows):
            return
    order = rows[places_in_order(key[rows], top)]
    same = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    later, earlier = order[same + 1].tolist(), order[same].tolist()
    if len(later) > SHOWN:  # where the column is no session number at all, pairs say nothing more
        values, which = np.unique(session[later], return_inverse=True)
        texts = [str(number) for number in _uniques(sessions, values)]
        findings.add_rows(shown("session"), "the same client and session number as in a row before", remedy, np.array(later), texts, which)
        return
    for late, early in zip(later, earlier, strict=True):
        what = f"the same client and session number as in row {findings.row(early)}"
        findings.add_rows(shown("session"), what, remedy, np.array([late]), [str(sessions[late].as_py())], np.array([0]))


def _places(values: Values) -> NDArray[np.int64]:
    """Each value as a small number of its own, empty cells as -1."""
    indices = whole(values).dictionary_encode().indices
    return np.asarray(indices.fill_null(-1) if indices.null_count else indices).astype(np.int64)


def _uniques(values: Values, places: NDArray[np.int64]) -> list[object]:
    """The values that `_places` numbered so."""
    return list(whole(values).dictionary_encode().dictionary.take(places).to_pylist())


def note_safety(table: pa.Table, measures: Iterable[MeasureColumn], shown: Shown, findings: Findings) -> None:
    """Totals that cannot be so high without a positive safety item, in rows whose safety_flag does not say so, become a note."""
    flagged = as_numbers(table["safety_flag"], "safety_flag") == 1 if "safety_flag" in table.schema.names else np.False_
    for measure in measures:
        if np.isinf(measure.safe_to):
            continue
        rows = np.flatnonzero((as_numbers(table[measure.name], measure.name) > measure.safe_to) & ~flagged)
        clients = sorted({str(name) for name in table["client_id"].take(rows).to_pylist()})
        if clients:
            more = f" and {len(clients) - NAMED:,} more" if len(clients) > NAMED else ""
            named = ", ".join(map(told, clients[:NAMED]))
            findings.note(
                f"{shown(measure.name)} above {measure.safe_to:g}, in {count_of(len(rows), 'row')} where safety_flag is not true: "
                f"so high a total takes a safety item that was answered positively, or not at all; ask {named}{more}"
            )


def choose_time(table: pa.Table, shown: Shown, findings: Findings) -> str | None:
    """`date` or `day`, whichever orders the sessions; None where neither is given.

    Where both are given, `date` does, and `day` is kept aside: it is what other systems and the two people know the session by. A column
    that is empty throughout is not given; where both are, the session numbers are left.
    """
    given = [name for name in ("date", "day") if name in table.schema.names]
    filled = [name for name in given if table[name].null_count < table.num_rows or not table.num_rows]
    if len(given) == 2:
        empty = " and ".join(shown(name) for name in given if name not in filled)
        reason = f"{empty} {'is' if filled else 'are'} empty throughout" if empty else f"both were given, {shown('day')} is kept aside"
        first = filled[0] if filled else "session"
        if first in table.schema.names:
            findings.note(f"sessions are ordered by {shown(first)}; {reason}")
    return next(iter(filled or given), None)
