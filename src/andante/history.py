"""Records become a history: rows in time order, gathered into clients, laid out as a read-only grid.

`time_order` sorts, `gather` makes one row a client with list columns (the one shape `flow.read` takes), and
`blocks` lays clients of like length out as grids `[T, C]`: T appointments by C clients, NaN where nothing is known.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.kernels import steps
from andante.records import COLUMN, COLUMNS, MeasureColumn

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# What can be known before a session, and what only a held session can have: together they tell a pending row.
BEFORE_HAND = (*(c.name for c in COLUMNS if c.stage in ("before", "between")), "planned_intensity")
ONLY_WHEN_HELD = (
    *(c.name for c in COLUMNS if c.stage in ("after", "transcript")),
    "intensity", "led_by", "trauma_work", "limits_touched", "stops_overridden", "overrun_min", "suds_start", "suds_peak", "suds_end",
    "topics_opened", "topics_settled", "topics_open", "topics_resurfaced", "late_opening",
)  # fmt: skip

BLOCK = 1000  # clients a grid: a step of any one stack then fits the cache; no power of two, whose columns would share cache lines
_FLOAT = pa.float64()
MANY = 20_000  # rows from which it pays to use all cores


@dataclass(frozen=True)
class TimeOrder:
    """The rows of a table by client (bytes) and time.

    `index` is the permutation; `disagreements` counts rows whose session number falls while the date rises;
    `same_day` counts rows that share client and day with the row before them.
    """

    index: Ints
    disagreements: int
    same_day: int


def time_of(names: Collection[str]) -> str | None:
    """The column that tells when: `day` where it was given, else `date`, else None."""
    return next((name for name in ("day", "date") if name in names), None)


def _numbers(column: pa.ChunkedArray[Any] | pa.Array[Any], name: str) -> Floats:
    """Any column of the contract as floats: flags 0/1, codes by their place in the contract, dates as days."""
    array: Any = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = array.type
    if kind == _FLOAT:
        return cast("Floats", array.to_numpy(zero_copy_only=False))  # empty cells become NaN
    if pa.types.is_dictionary(kind):
        places = _numbers(array.dictionary, name) if COLUMN[name].codes else np.arange(len(array.dictionary))
        codes = array.indices.fill_null(-1) if array.indices.null_count else array.indices
        return np.asarray(np.append(places, np.nan)[codes.to_numpy()])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        codes = COLUMN[name].codes
        array = pc.index_in(array, value_set=pa.array(codes, kind)) if codes else array.dictionary_encode().indices
    elif pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    elif pa.types.is_date32(kind):
        array = array.cast(pa.int32())
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)  # empty cells become NaN


def client_codes(ids: pa.ChunkedArray[Any] | pa.Array[Any]) -> Ints:
    """Each row's client as a number; numbers are in the byte order of the ids."""
    array = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    encoded = array.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary.cast(pa.large_binary())).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[encoded.indices.to_numpy()], dtype=np.int64)


def time_order(table: pa.Table) -> TimeOrder:
    """Order rows by client, then date or day, then session; rows that tie go by their values in contract order.

    A row without a date takes its place by its session number among the client's dated rows.
    """
    client = client_codes(table["client_id"])
    rows = len(client)
    session = _numbers(table["session"], "session") if "session" in table.schema.names else np.full(rows, np.nan)
    when = time_of(table.schema.names)
    time = _numbers(table[when], when) if when else np.full(rows, np.nan)
    if np.isnan(time).any():
        time = _place_undated(client, session, time)
    index = _sorted(client, time, session)
    client, session, time = client[index], session[index], time[index]
    same_client = client[1:] == client[:-1]
    same_time = same_client & ((time[1:] == time[:-1]) | (np.isnan(time[1:]) & np.isnan(time[:-1])))
    same_session = (session[1:] == session[:-1]) | (np.isnan(session[1:]) | np.isnan(session[:-1]))
    ties = same_time & same_session
    if ties.any():
        index = _break_ties(table, index, ties)
    disagreements = int(np.sum(same_client & (session[1:] < session[:-1])))
    return TimeOrder(index.astype(np.int64), disagreements, int(np.sum(ties)) if when else 0)


def _sorted(client: Ints, *parts: Floats) -> Ints:
    """The order by client and then by each part, as `lexsort` has it: by one whole number a row where all parts are whole."""
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
    """Undated rows get the latest date among the client's rows with a smaller session number."""
    index = _sorted(client, session)
    ordered, owner = time[index], client[index]
    position = np.maximum.accumulate(np.where(np.isnan(ordered), -1, np.arange(len(ordered))))
    source = np.maximum(position, 0)
    filled = np.where((position >= 0) & (owner[source] == owner), ordered[source], -np.inf)
    out = np.empty_like(time)
    out[index] = filled
    return np.where(np.isnan(time), out, time)


def _break_ties(table: pa.Table, index: Ints, ties: Bools) -> Ints:
    """Order each run of tied rows by their values, column by column as the contract lists them; empty cells first."""
    starts = np.flatnonzero(ties & ~np.concatenate(([False], ties[:-1])))
    stops = np.flatnonzero(ties & ~np.concatenate((ties[1:], [False]))) + 2
    involved = np.concatenate([index[a:b] for a, b in zip(starts, stops, strict=True)])
    known = [c.name for c in COLUMNS if c.name in table.schema.names]
    names = known + sorted(n for n in table.schema.names if n not in COLUMN)
    rows = table.select(names).take(pa.array(involved)).to_pylist()
    keys = dict(zip(involved.tolist(), (tuple((v is not None, v) for v in row.values()) for row in rows), strict=True))
    out = index.copy()
    for a, b in zip(starts, stops, strict=True):
        out[a:b] = sorted(index[a:b].tolist(), key=keys.__getitem__)
    return out


def gather(table: pa.Table, *, ordered: bool = False, order: Ints | None = None) -> pa.Table:
    """One row a client, every other column a list in time order.

    `ordered`: the rows already are; `order`: their order, where it is known already. Texts of rows that had to be
    reordered come as categories, and their empty numbers as NaN: what `flow.read` makes of them anyway.
    """
    index = order if ordered or order is not None else time_order(table).index
    names = [name for name in table.schema.names if name != "client_id"]
    ids = table["client_id"].combine_chunks().dictionary_encode()
    if len(ids) > MANY:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            columns = list(threads.map(lambda name: _in_order(table[name], name, index), names))
    else:
        columns = [_in_order(table[name], name, index) for name in names]
    codes = ids.indices.to_numpy() if index is None else ids.indices.to_numpy()[index]
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1]))) if len(codes) else np.empty(0, np.int64)
    offsets = pa.array(np.concatenate((starts, [len(codes)])), pa.int32())
    lists = {"client_id": ids.dictionary.take(pa.array(codes[starts]))}
    for name, column in zip(names, columns, strict=True):
        lists[name] = pa.ListArray.from_arrays(offsets, column)
    return pa.table(lists)


def _in_order(column: pa.ChunkedArray[Any], name: str, index: Ints | None) -> pa.Array[Any]:
    """A column in this order, as one array. Floats and texts go by way of NumPy and of codes, which is some three times faster."""
    array: Any = column.combine_chunks()
    if index is None:
        return cast("pa.Array[Any]", array)
    if pa.types.is_floating(column.type):
        values: NDArray[np.float64] = array.to_numpy(zero_copy_only=False)
        return pa.array(values.take(index), from_pandas=name == "day")  # the readings repeat the day as it is
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        array = array.dictionary_encode()
    return cast("pa.Array[Any]", array.take(index))


class Clients:
    """Gathered clients opened up again: flat columns plus the offset at which each client begins."""

    def __init__(self, clients: pa.Table, measures: tuple[MeasureColumn, ...] = ()) -> None:
        self.names = frozenset(clients.schema.names) - {"client_id"}
        self.measures = tuple(m for m in measures if m.name in self.names)
        self.ids = clients["client_id"].combine_chunks()
        self._lists: dict[str, Any] = dict(zip(clients.schema.names, clients.columns, strict=True))
        first = self._list(next(name for name in clients.schema.names if name in self.names))
        self.offsets: Ints = first.offsets.to_numpy().astype(np.int64) - first.offsets[0].as_py() if len(first) else np.zeros(1, np.int64)
        self._numbers: dict[str, Floats] = {}

    def _list(self, name: str) -> Any:
        column = self._lists[name]
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def flat(self, name: str) -> pa.Array[Any]:
        """A column of all clients, one after the other."""
        lists = self._list(name)
        whole: pa.Array[Any] = lists.values
        return whole if len(whole) == self.rows and not lists.null_count else cast("pa.Array[Any]", lists.flatten())

    @property
    def rows(self) -> int:
        return int(self.offsets[-1])

    def numbers(self, name: str) -> Floats:
        """A column as floats, NaN where a cell is empty."""
        if name not in self._numbers:
            self._numbers[name] = _numbers(self.flat(name), name)
        return self._numbers[name]

    def blocks(self) -> Iterator[History]:
        """The clients in grids of like length (an empty set of clients has none)."""
        lengths = np.diff(self.offsets)
        order = np.argsort(-lengths, kind="stable")
        for start in range(0, len(order), BLOCK):
            yield History(self, order[start : start + BLOCK])


class History:
    """The sessions of some clients as a grid `[T, C]`; read-only.

    `history["after_heard"]` is a float array, NaN where nothing is known: empty cells, absent columns and the
    steps beyond a client's last row alike. Flags are 0/1, codes their place in the contract's list.
    """

    def __init__(self, clients: Clients, chosen: Ints) -> None:
        self._clients = clients
        starts, lengths = clients.offsets[chosen], np.diff(clients.offsets)[chosen]
        steps = np.arange(int(lengths.max(initial=0)), dtype=np.int64)[:, None]
        self.rows: Bools = steps < lengths
        self.place: Ints = np.where(self.rows, starts + steps, clients.rows)
        self._columns: dict[str, Floats] = {}

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.rows.shape[1]

    def has(self, name: str) -> bool:
        """Whether the table has this column at all."""
        return name in self._clients.names

    def __getitem__(self, name: str) -> Floats:
        if name not in self._columns:
            column = steps.spread(self._clients.numbers(name), self.place) if self.has(name) else np.full(self.shape, np.nan)
            column.flags.writeable = False
            self._columns[name] = column
        return self._columns[name]

    def measures(self, domain: str) -> tuple[MeasureColumn, ...]:
        """The measures of this domain that the table has, with a reliable change to judge them by."""
        return tuple(m for m in self._clients.measures if m.domain == domain and m.reliable_change)

    def coded(self, name: str, *codes: str) -> Bools:
        """Where the column holds one of these codes."""
        values, known = self[name], COLUMN[name].codes
        found: Bools = values == known.index(codes[0])
        for code in codes[1:]:
            found |= values == known.index(code)
        return found

    def true(self, name: str) -> Bools:
        """Where a flag is known to be true."""
        found: Bools = self[name] == 1
        return found

    def false(self, name: str) -> Bools:
        """Where a flag is known to be false (an empty cell is neither)."""
        found: Bools = self[name] == 0
        return found

    @cached_property
    def days(self) -> Floats:
        """When each row was, in days; NaN where no date is known."""
        return self["day"] if self.has("day") else self["date"]

    @cached_property
    def session(self) -> Floats:
        """The session number, or one more than the row before where none was given."""
        given = self["session"]
        if self.has("session") and not np.isnan(given[self.rows]).any():
            return given
        out = given.copy()
        for step in range(self.shape[0]):
            last = out[step - 1] if step else np.zeros(self.shape[1])
            out[step] = np.where(np.isnan(out[step]), last + 1, out[step])
        out = np.where(self.rows, out, np.nan)
        out.flags.writeable = False  # as a given one is: a loop is compiled for each kind of array
        return out

    @cached_property
    def _held_values(self) -> Bools:
        return self._any_of(ONLY_WHEN_HELD)

    def _any_of(self, names: tuple[str, ...]) -> Bools:
        found = np.zeros(self.shape, dtype=np.bool_)
        for name in names:
            if self.has(name):
                steps.mark_known(self[name], found)
        return found

    @cached_property
    def attended(self) -> Bools:
        """The session took place: recorded so, or not recorded and something is there that only a held session has.

        With no attendance column every row was attended (contract).
        """
        if not self.has("attendance"):
            return self.rows
        return self.coded("attendance", "attended", "late") | (np.isnan(self["attendance"]) & self._held_values & self.rows)

    @cached_property
    def pending(self) -> Bools:
        """Something from before the session, nothing yet that only a held session can have, attendance not recorded.

        The contract speaks of a client's last row; a row like that is read the same way when later rows come, so
        that earlier readings never change.
        """
        checked = self.coded("checkin_after", "answered", "unanswered", "declined") if self.has("checkin_after") else False
        return np.asarray(np.isnan(self["attendance"]) & self._any_of(BEFORE_HAND) & ~self._held_values & ~checked, dtype=np.bool_)

    @cached_property
    def gap(self) -> Floats:
        """Days since the last attended session; NaN at the first and where dates are not known."""
        return self.days - steps.before(self.days, self.attended)

    @cached_property
    def days_asked(self) -> Floats:
        """How many days a count of days asks about: 7, or the days since the last session if fewer."""
        return np.where(np.isnan(self.gap), 7.0, np.clip(self.gap, 1.0, 7.0))

    @cached_property
    def attended_before(self) -> Floats:
        """How many sessions were attended before each row."""
        return steps.count(self.attended) - self.attended

    def checkin(self, which: str) -> Floats:
        """What became of the check-in before or after the session: 1 answered, 0 unanswered, NaN neither.

        Without its column: answered where any of its answers is there; else unanswered only if the client answered it
        in most of the sessions attended so far. Declining is a right and never counts; nor does a pending row.
        """
        held = self.attended & ~self.pending
        name = f"checkin_{which}"
        if self.has(name):
            told = np.where(self.coded(name, "answered"), 1.0, np.where(self.coded(name, "unanswered"), 0.0, np.nan))
            return np.where(held | (told == 1), told, np.nan)
        stages = ("before", "between") if which == "before" else ("after",)
        answered = self._any_of(tuple(c.name for c in COLUMNS if c.stage in stages))
        usually = steps.count(answered & held) - (answered & held) > 0.5 * self.attended_before
        return np.where(answered, 1.0, np.where(held & usually & (self.attended_before >= 2), 0.0, np.nan))
