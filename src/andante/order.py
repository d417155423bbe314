"""Rows in time order: the first thing that is done with a sound session table.

Below `clients`, which uses the order, and `intake`, which asks for it. Sorting is by whole numbers where it can be.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante import measures
from andante.records import COLUMN, COLUMNS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
_FLOAT, _WHOLE, _DATE = pa.float64(), pa.int64(), pa.date32()
FEW = 200  # rows up to which the usual sorting is quicker than making numbers to sort


@dataclass(frozen=True)
class TimeOrder:
    """The rows of a table by client (bytes) and time.

    `index` is the permutation; `disagreements` counts rows whose session number is below the client's last known one while the
    date rises; `same_day` counts rows that share client and day with the row before them, and are not told apart by two numbers.
    """

    index: Ints
    disagreements: int
    same_day: int


def time_of(names: Collection[str]) -> str | None:
    """The column that tells when: `date` where it was given, else `day`, else None (as `intake` chooses where both are)."""
    return next((name for name in ("date", "day") if name in names), None)


def whole(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> Any:
    """A column as one array; one that is in one piece already is not copied."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def as_numbers(column: pa.ChunkedArray[Any] | pa.Array[Any], name: str) -> Floats:
    """Any column of the contract as floats: flags 0/1, codes by their place in the contract, dates as days."""
    array = whole(column)
    kind = array.type
    if kind == _DATE:
        array, kind = array.view(pa.int32()), _WHOLE
    if kind in (_FLOAT, _WHOLE):
        return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)  # empty cells become NaN
    if pa.types.is_dictionary(kind):
        places = as_numbers(array.dictionary, name) if COLUMN[name].codes else np.arange(len(array.dictionary))
        codes = array.indices.fill_null(-1) if array.indices.null_count else array.indices
        return np.asarray(np.append(places, np.nan)[codes.to_numpy()])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        codes = COLUMN[name].codes
        array = pc.index_in(array, value_set=pa.array(codes, kind)) if codes else array.dictionary_encode().indices
    elif pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)  # empty cells become NaN


def matrix(numbers: pa.Table) -> Floats:
    """A table of numbers as floats `[columns, rows]`, NaN where a cell is empty; it has to have a row and a column."""
    batches = numbers.to_batches()
    if len(batches) > 1:
        batches = numbers.combine_chunks().to_batches()
    return np.asarray(batches[0].to_tensor(null_to_nan=True, row_major=False).to_numpy().T, dtype=np.float64)


def encoded(ids: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """Ids as categories, in the order in which they come: found once, they serve whoever asks which rows are one client's."""
    array = whole(ids)
    if len(array) > FEW or array.null_count or pa.types.is_dictionary(array.type):
        ready: pa.Array[Any] = array.dictionary_encode()
        return ready
    different: dict[str, int] = {}
    codes = [different.setdefault(name, len(different)) for name in array.to_pylist()]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(list(different), array.type))


def client_codes(ids: pa.ChunkedArray[Any] | pa.Array[Any]) -> Ints:
    """Each row's client as a number; numbers are in the byte order of the ids."""
    encoded = whole(ids).dictionary_encode()
    if len(encoded.dictionary) == 1:
        return np.zeros(len(encoded), np.int64)
    order = pc.sort_indices(encoded.dictionary.cast(pa.large_binary())).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[encoded.indices.to_numpy()], dtype=np.int64)


def time_order(table: pa.Table) -> TimeOrder:
    """Order rows by client, then date or day, then session; rows that tie go by their values in contract order.

    A row without a date takes its place by its session number among the client's dated rows.
    """
    client, names = client_codes(table["client_id"]), table.schema.names
    rows = len(client)
    session = as_numbers(table["session"], "session") if "session" in names else np.full(rows, np.nan)
    when = time_of(names)
    time = as_numbers(table[when], when) if when else np.full(rows, np.nan)
    if np.isnan(time).any():
        time = _place_undated(client, session, time)
    index = _sorted(client, time, np.where(np.isnan(session), -np.inf, session))  # first of its day: so no later number changes the order
    client, session, time = client[index], session[index], time[index]
    same_client = client[1:] == client[:-1]
    same_time = same_client & ((time[1:] == time[:-1]) | (np.isnan(time[1:]) & np.isnan(time[:-1])))
    unnumbered = np.isnan(session)
    ties = same_time & ((session[1:] == session[:-1]) | (unnumbered[1:] & unnumbered[:-1]))
    if ties.any():
        index = _break_ties(table, index, ties)
    same_day = same_time & (ties | unnumbered[1:] | unnumbered[:-1])
    return TimeOrder(index.astype(np.int64), _falls(client, session), int(np.count_nonzero(same_day)) if when else 0)


def _falls(client: Ints, session: Floats) -> int:
    """In how many ordered rows the session number is below the one that the client had last, rows without a number left aside."""
    known = ~np.isnan(session)
    if not known.all():
        client, session = client[known], session[known]
    return int(np.count_nonzero((client[1:] == client[:-1]) & (session[1:] < session[:-1])))


def _sorted(client: Ints, *parts: Floats) -> Ints:
    """The order by client and then by each part, as `lexsort` has it: by one whole number a row where all parts are whole."""
    if len(client) <= FEW:
        return np.lexsort((*parts[::-1], client))
    keys, top = client, int(client.max(initial=0)) + 1
    for part in parts:
        known = part[np.isfinite(part)]
        low, high = (known.min() - 1, known.max() + 1) if len(known) else (0.0, 1.0)
        if not (high - low) * top < 2**62 or not np.array_equal(known, np.rint(known)):
            return np.lexsort((*parts[::-1], client))
        if len(known) < len(part):  # -inf comes first and NaN last
            part = np.where(np.isnan(part), high, np.maximum(part, low))
        width = int(high - low) + 1
        keys = keys * width + (part - low).astype(np.int64)
        top *= width
    return places_in_order(keys, top)


def places_in_order(keys: Ints, top: int) -> Ints:
    """The places of keys (0 to below `top`) from the lowest key to the highest, those of one key as they came.

    Sorting numbers that have their own place as a last digit is several times quicker than sorting places.
    """
    if top * len(keys) >= 2**62:
        return np.argsort(keys, kind="stable")
    numbers = keys * len(keys) + np.arange(len(keys))
    numbers.sort()
    return np.asarray(numbers % max(len(keys), 1), np.int64)


def _place_undated(client: Ints, session: Floats, time: Floats) -> Floats:
    """Undated rows get the date of the client's dated row with the next smaller session number."""
    index = _sorted(client, session)
    ordered, owner = time[index], client[index]
    position = np.maximum.accumulate(np.where(np.isnan(ordered), -1, np.arange(len(ordered))))
    source = np.maximum(position, 0)
    filled = np.where((position >= 0) & (owner[source] == owner), ordered[source], -np.inf)
    out = np.empty_like(time)
    out[index] = filled
    return np.where(np.isnan(time), out, time)


def _in_contract_order(names: Collection[str]) -> list[str]:
    """The columns of a table as the contract lists them: measures after what the therapist notes, in the order of the catalogue.

    A service's own measures come last among them, by name: so that not even the order of the columns changes anything.
    """
    catalogued = [measure.name for measure in measures.columns()]
    own = sorted(name for name in names if name not in COLUMN and name not in catalogued)
    after = [c.name for c in COLUMNS if c.stage in ("transcript", "ending")]
    before = [c.name for c in COLUMNS if c.name not in after]
    return [name for name in (*before, *catalogued, *own, *after) if name in names]


def _break_ties(table: pa.Table, index: Ints, ties: Bools) -> Ints:
    """Order each run of tied rows by their values, column by column as the contract lists them; empty cells first."""
    starts = np.flatnonzero(ties & ~np.concatenate(([False], ties[:-1])))
    stops = np.flatnonzero(ties & ~np.concatenate((ties[1:], [False]))) + 2
    involved = np.concatenate([index[a:b] for a, b in zip(starts, stops, strict=True)])
    rows = table.select(_in_contract_order(table.schema.names)).take(pa.array(involved)).to_pylist()
    keys = dict(zip(involved.tolist(), (tuple((v is not None, v) for v in row.values()) for row in rows), strict=True))
    out = index.copy()
    for a, b in zip(starts, stops, strict=True):
        out[a:b] = sorted(index[a:b].tolist(), key=keys.__getitem__)
    return out
