"""Whole clients: rows gathered under the person they belong to, in time order, with nothing copied that need not be.

Between `order`, which says which row follows which, and `history`, which lays clients of like length out as a grid.
`gather` makes one row a client with list columns, the shape in which whole clients travel; `Clients` opens that shape, or
takes the rows of a table where they lie together with their order.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.kernels import steps
from andante.order import Floats, Ints, as_numbers, matrix, time_order, whole
from andante.records import COLUMN, COLUMNS, MeasureColumn

Codes = NDArray[np.int8]
MANY = 20_000  # rows from which it pays to use all cores
FEW = 200  # rows up to which they are looked at one by one
_FLOAT, _STRING, _FLAG = pa.float64(), pa.string(), pa.bool_()
_PLACES: dict[str, dict[str | None, int]] = {
    column.name: {code: place for place, code in enumerate(column.codes)} for column in COLUMNS if column.codes
}
_ALL_KNOWN = np.empty(0, np.uint8)


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
        self._rows, self._order, self._rank = rows, order, np.arange(offsets[-1])
        if order is not None:
            self._rank[order] = np.arange(len(order))
        self._values: dict[str, Floats | Codes] = {}
        if offsets[-1] > MANY:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                self._values.update(zip(self.names, threads.map(self._in_order, self.names), strict=True))

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

    def values(self, name: str) -> Floats | Codes:
        """The same as numbers: floats, NaN where a cell is empty, or flags and codes as small whole numbers, -1 there."""
        if name not in self._values:
            self._values[name] = self._in_order(name)
        return self._values[name][self.first : self.first + self.rows]

    @property
    def few(self) -> bool:
        """Whether the table has so few rows, in all its parts together, that `stack` is the quicker way to them."""
        return len(self._rank) <= FEW

    def stack(self) -> Floats:
        """All columns as floats, `[columns, rows]` in the order of `names`: of few rows, where what counts is how often Arrow is asked."""
        out = np.empty((len(self._rows.schema), len(self._rank)))
        kinds = self._rows.schema.types
        floats = [place for place, kind in enumerate(kinds) if kind == _FLOAT]
        if floats and len(self._rank):
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

    def _in_order(self, name: str) -> Floats | Codes:
        column = self._rows.column(self._place[name])
        kind = column.type
        found: Any
        if kind == _FLOAT:
            found = self._floats(column.chunks)
        elif kind == _FLAG:
            found = self._codes(column.cast(pa.int8()))
        elif pa.types.is_dictionary(kind) and COLUMN[name].codes:
            found = self._categories(column, COLUMN[name].codes)
        elif kind == _STRING and COLUMN[name].codes:
            found = self._codes(pc.index_in(column, value_set=pa.array(COLUMN[name].codes, kind)))
        else:
            numbers = as_numbers(column, name)
            found = numbers if self._order is None else numbers[self._order]
        found.flags.writeable = False
        return cast("Floats | Codes", found)

    def _floats(self, chunks: Sequence[pa.Array[Any]]) -> Floats:
        """Row by row to its place, from the memory of each chunk: putting chunks together first would take as long again."""
        out, start = np.empty(len(self._rank)), 0
        for chunk in chunks:
            rank = self._rank[start : start + len(chunk)]
            known, values = cast("list[Any]", chunk.buffers())
            if values is None:
                out[rank] = np.nan
            elif len(chunk):
                bits = _ALL_KNOWN if known is None else np.frombuffer(known, np.uint8)
                steps.put_at_rank(np.frombuffer(values), bits, chunk.offset, rank, out)
            start += len(chunk)
        return out

    def _categories(self, column: Any, codes: tuple[str, ...]) -> Codes:
        array = whole(column)
        place = np.append([codes.index(word) if word in codes else -1 for word in array.dictionary.to_pylist()], -1).astype(np.int8)
        found: Codes = place[np.asarray(array.indices.fill_null(len(place) - 1))]
        return found if self._order is None else found[self._order]

    def _codes(self, column: Any) -> Codes:
        codes = np.array(column.fill_null(-1) if column.null_count else column, np.int8)
        return codes if self._order is None else codes[self._order]


def _flat(lists: Any, rows: int) -> pa.Array[Any]:
    """A column of lists, one list after the other."""
    values: pa.Array[Any] = lists.values
    return values if len(values) == rows and not lists.null_count else cast("pa.Array[Any]", lists.flatten())
