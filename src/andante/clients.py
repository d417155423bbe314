"""Whole clients: rows gathered under the person they belong to, in time order, with nothing copied that need not be.

Between `order`, which says which row follows which, and `history`, which lays clients of like length out as a grid.
`gather` makes one row a client with list columns, the shape in which whole clients travel; `Clients` opens that shape, or
takes the rows of a table where they lie together with their order.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.kernels import steps
from andante.kernels.steps import EMPTY
from andante.order import Floats, Ints, as_numbers, matrix, time_order, whole
from andante.records import COLUMN, COLUMNS, MeasureColumn

Codes = NDArray[np.int8]
MANY = 20_000  # rows from which it pays to use all cores
FEW = 200  # rows up to which they are looked at one by one
_FLOAT, _STRING, _FLAG = pa.float64(), pa.string(), pa.bool_()
_PLACES: dict[str, dict[str | None, int]] = {
    column.name: {code: place for place, code in enumerate(column.codes)} for column in COLUMNS if column.codes
}
_ALL_KNOWN = np.frombuffer(b"", np.uint8)


class Lying(NamedTuple):
    """A column as it lies in the table, whatever the order of reading: row k at `first` + k of `values`.

    Values are known where their bit of `known`, in Arrow's order, says so (no bits: all are).
    """

    values: Floats
    known: NDArray[np.uint8] = _ALL_KNOWN
    first: int = 0


def gather(table: pa.Table, *, ordered: bool = False) -> pa.Table:
    """One row a client, every other column a list in time order; `ordered`: the rows already are."""
    rows = table if ordered else table.take(time_order(table).index)
    ids = whole(rows["client_id"]).dictionary_encode()
    offsets = pa.array(_offsets(ids.indices.to_numpy()), pa.int32())
    lists: dict[str, Any] = {"client_id": ids.dictionary}
    for name in rows.schema.names:
        if name != "client_id":
            lists[name] = pa.ListArray.from_arrays(offsets, whole(rows[name]))
    return pa.table(lists)


def _offsets(codes: NDArray[np.int32]) -> Ints:
    """Where each client begins, and where the last one ends, from each row's client."""
    starts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    return np.concatenate(([0], starts, [len(codes)])) if len(codes) else np.zeros(1, np.int64)


class Clients:
    """Whole clients with all their rows, one client after the other.

    `ids` in their order; client k has the rows `offsets[k]` up to `offsets[k + 1]`. `measures` are those of the given
    ones that are there.
    """

    def __init__(self, clients: pa.Table, measures: tuple[MeasureColumn, ...] = ()) -> None:
        """Open gathered clients (`gather`), or a slice of them."""
        columns: dict[str, Any] = {n: whole(column) for n, column in zip(clients.schema.names, clients.columns, strict=True)}
        ids, lists = columns.pop("client_id"), next(iter(columns.values()))
        offsets = lists.offsets.to_numpy().astype(np.int64) - lists.offsets[0].as_py() if len(lists) else np.zeros(1, np.int64)
        rows = pa.table({name: _flat(column, int(offsets[-1])) for name, column in columns.items()})
        self._open(ids, offsets, None, rows, measures)

    @classmethod
    def of(cls, rows: pa.Table, order: Ints | None = None, measures: tuple[MeasureColumn, ...] = ()) -> Clients:
        """The clients of a session table, whose rows are to be read in this order (None: as they are)."""
        own = cls.__new__(cls)
        ids = whole(rows["client_id"]).dictionary_encode()
        codes = ids.indices.to_numpy()
        codes = codes if order is None else codes[order]
        offsets = _offsets(codes)
        firsts = codes[offsets[:-1]]
        as_they_come = np.array_equal(firsts, np.arange(len(ids.dictionary)))
        own._open(ids.dictionary if as_they_come else ids.dictionary.take(pa.array(firsts)), offsets, order, rows, measures)
        return own

    def _open(self, ids: pa.Array[Any], offsets: Ints, order: Ints | None, rows: pa.Table, measures: tuple[MeasureColumn, ...]) -> None:
        self.ids, self.offsets, self.first = ids, offsets, 0
        self._place = {name: place for place, name in enumerate(rows.schema.names) if name != "client_id"}
        self.names = self._place.keys()
        self.measures = tuple(m for m in measures if m.name in self.names)
        self._rows, self._order, self._of_all = rows, order, int(offsets[-1])
        self._lying: dict[str, Lying] = {}  # the columns that are no small whole numbers
        if not self._is_small:
            self._open_columns()

    def _open_columns(self) -> None:
        """Small whole numbers as such, row by row in a sheet; of all others where they lie."""
        names, rows = list(self.names), self._of_all
        codes = np.empty((len(names), rows), np.int8)
        with ThreadPoolExecutor(os.cpu_count() if rows > MANY else 1) as threads:
            opened = threads.map(self._open_column, names, codes)
            self._lying = {name: lying for name, lying in zip(names, opened, strict=True) if lying is not None}
            chosen = np.array([place for place, name in enumerate(names) if name not in self._lying], np.int64)
            self._coded, self._sheet = [names[place] for place in chosen], np.empty((rows, len(chosen)), np.int8)
            starts = range(0, rows, MANY)
            for _ in threads.map(lambda first: steps.side_by_side(codes, chosen, self._sheet, first, min(first + MANY, rows)), starts):
                pass
        self._sheet.flags.writeable = False

    def part(self, start: int, stop: int) -> Clients:
        """Some of the clients; the columns stay where they are."""
        own, offsets = copy(self), self.offsets[start : stop + 1]
        own.ids, own.offsets, own.first = self.ids[start:stop], offsets - offsets[0], self.first + int(offsets[0])
        return own

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> int:
        return int(self.offsets[-1])

    def flat(self, name: str) -> pa.Array[Any]:
        """A column of all rows, one client after the other."""
        column, here = self._rows.column(self._place[name]), slice(self.first, self.first + self.rows)
        column = column[here] if self._order is None else column.take(self._order[here])
        return cast("pa.Array[Any]", whole(column))

    def grids(self, place: Ints) -> dict[str, Floats]:
        """Every column at these places, in their shape, read-only; NaN where a cell is empty, and at a place beyond the last row.

        A place counts from the first of these clients' rows.
        """
        if self._is_small:
            stack = steps.spread_all(self._stack(), place)
            found = dict(zip(self.names, stack, strict=True))
        else:
            rows = self._source(place)
            found = dict(zip(self._coded, steps.spread_codes(self._sheet, rows), strict=True))
            found |= {name: steps.spread(*lying, rows) for name, lying in self._lying.items()}
        for grid in found.values():
            grid.flags.writeable = False
        return found

    def _source(self, place: Ints) -> Ints:
        """In which row of the table each of these places lies, -1 beyond the last row."""
        rows, here = np.full(place.shape, -1), place < self.rows
        rows[here] = place[here] + self.first if self._order is None else self._order[place[here] + self.first]
        return rows

    @property
    def _is_small(self) -> bool:
        """Whether the table has so few rows, in all its parts together, that `_stack` is the quicker way to them."""
        return self._of_all <= FEW

    def _stack(self) -> Floats:
        """All columns as floats, `[columns, rows]` in the order of `names`: of few rows, where what counts is how often Arrow is asked."""
        out = np.empty((len(self._rows.schema), self._of_all))
        kinds = self._rows.schema.types
        floats = [place for place, kind in enumerate(kinds) if kind == _FLOAT]
        if floats and self._of_all:
            out[floats] = matrix(self._rows.select(floats))
        for name, place in self._place.items():
            kind = kinds[place]
            if kind == _FLAG:
                out[place] = self._rows.column(place).to_pylist()  # None becomes NaN
            elif name in _PLACES:
                out[place] = [_PLACES[name].get(word) for word in self._rows.column(place).to_pylist()]
            elif kind != _FLOAT:
                out[place] = as_numbers(self._rows.column(place), name)
        out = out[list(self._place.values())]
        out = out if self._order is None else out[:, self._order]
        return out[:, self.first : self.first + self.rows]

    def _open_column(self, name: str, out: Codes) -> Lying | None:
        """Put a column into `out` as small whole numbers, EMPTY where not known; if it is no such column, how it lies."""
        column: Any = self._rows.column(self._place[name])
        kind, codes = column.type, COLUMN[name].codes if name in COLUMN else ()
        if kind == _FLOAT:
            return _floats(column, out)
        if kind == _FLAG:
            out[:] = _codes(column.cast(pa.int8()))
        elif pa.types.is_dictionary(kind) and codes:
            out[:] = _categories(column, codes)
        elif kind == _STRING and codes:
            out[:] = _codes(pc.index_in(column, value_set=pa.array(codes, kind)))
        else:
            found = as_numbers(column, name)
            found.flags.writeable = False
            return Lying(found)
        return None


def _floats(column: pa.ChunkedArray[Any], out: Codes) -> Lying | None:
    """The same of floats; those that are no small whole numbers stay in Arrow's memory."""
    start = 0
    chunks: list[Any] = column.chunks
    for chunk in chunks:
        values, known, first = _in_memory(chunk)
        if not steps.as_codes(values, known, first, out[start : start + len(chunk)]):
            return _in_memory(whole(column))
        start += len(chunk)
    return None


def _in_memory(array: Any) -> Lying:
    known, values = array.buffers()
    if values is None or not len(array):
        return Lying(np.full(len(array), np.nan))
    return Lying(np.frombuffer(values), _ALL_KNOWN if known is None else np.frombuffer(known, np.uint8), array.offset)


def _categories(column: Any, codes: tuple[str, ...]) -> Codes:
    array = whole(column)
    place = np.append([codes.index(word) if word in codes else EMPTY for word in array.dictionary.to_pylist()], EMPTY).astype(np.int8)
    found: Codes = place[np.asarray(array.indices.fill_null(len(place) - 1))]
    return found


def _codes(column: Any) -> Codes:
    return np.array(column.fill_null(EMPTY) if column.null_count else column, np.int8)


def _flat(lists: Any, rows: int) -> pa.Array[Any]:
    """A column of lists, one list after the other."""
    values: pa.Array[Any] = lists.values
    return values if len(values) == rows and not lists.null_count else cast("pa.Array[Any]", lists.flatten())
