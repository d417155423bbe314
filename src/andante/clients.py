"""Whole clients: rows gathered under the person they belong to, in time order, with nothing copied that need not be.

Between `order`, which says which row follows which, and `history`, which lays clients of like length out as a grid.
`gather` makes one row a client with list columns, the shape in which whole clients travel; `Clients` opens that shape, or
takes the rows of a table where they lie together with their order.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.order import Floats, Ints, as_numbers, time_order
from andante.records import COLUMN, MeasureColumn

MANY = 20_000  # rows from which it pays to use all cores
_FLOAT, _STRING = pa.float64(), pa.string()
_ALL_KNOWN = np.empty(0, np.uint8)
_ALL_KNOWN.flags.writeable = False  # loops are compiled for each kind of array: all of these may only be read


class Cells(NamedTuple):
    """A column as the loops take it: numbers, and a bit for each that is known (from `first` on; no bits: all are).

    Flags and codes come as small whole numbers, -1 where nothing is known.
    """

    values: Floats | NDArray[np.int8]
    known: NDArray[np.uint8] = _ALL_KNOWN
    first: int = 0


def gather(table: pa.Table, *, ordered: bool = False) -> pa.Table:
    """One row a client, every other column a list in time order; `ordered`: the rows already are."""
    rows = table if ordered else table.take(time_order(table).index)
    ids = rows["client_id"].combine_chunks().dictionary_encode()
    offsets = pa.array(_offsets(ids.indices.to_numpy()), pa.int32())
    lists: dict[str, Any] = {"client_id": ids.dictionary}
    for name in rows.schema.names:
        if name != "client_id":
            lists[name] = pa.ListArray.from_arrays(offsets, rows[name].combine_chunks())
    return pa.table(lists)


def _offsets(codes: NDArray[np.int32]) -> Ints:
    """Where each client begins, and where the last one ends, from each row's client."""
    starts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    return np.concatenate(([0], starts, [len(codes)])) if len(codes) else np.zeros(1, np.int64)


class Clients:
    """Whole clients with all their rows, one client after the other.

    `ids` in their order; client k has the rows `offsets[k]` up to `offsets[k + 1]`, and row r of them all lies in the
    columns at `index[r]`. `measures` are those of the given ones that are there.
    """

    def __init__(self, clients: pa.Table, measures: tuple[MeasureColumn, ...] = ()) -> None:
        """Open gathered clients (`gather`), or a slice of them."""
        columns: dict[str, Any] = {n: column.combine_chunks() for n, column in zip(clients.schema.names, clients.columns, strict=True)}
        ids, lists = columns.pop("client_id"), next(iter(columns.values()))
        offsets = lists.offsets.to_numpy().astype(np.int64) - lists.offsets[0].as_py() if len(lists) else np.zeros(1, np.int64)
        flat = {name: _flat(column, int(offsets[-1])) for name, column in columns.items()}
        self._open(ids, offsets, np.arange(offsets[-1]), flat, measures)

    @classmethod
    def of(cls, rows: pa.Table, order: Ints | None = None, measures: tuple[MeasureColumn, ...] = ()) -> Clients:
        """The clients of a session table, whose rows are to be read in this order (None: as they are)."""
        own = cls.__new__(cls)
        ids = rows["client_id"].combine_chunks().dictionary_encode()
        codes = ids.indices.to_numpy()
        codes = codes if order is None else codes[order]
        offsets = _offsets(codes)
        columns = {name: column for name, column in zip(rows.schema.names, rows.columns, strict=True) if name != "client_id"}
        index = np.arange(len(codes)) if order is None else order
        own._open(ids.dictionary.take(pa.array(codes[offsets[:-1]])), offsets, index, columns, measures)
        if len(codes) > MANY:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                list(threads.map(own.cells, columns))
        return own

    def _open(
        self, ids: pa.Array[Any], offsets: Ints, index: Ints, columns: Mapping[str, Any], measures: tuple[MeasureColumn, ...]
    ) -> None:
        self.ids, self.offsets, self.index = ids, offsets, index
        self.names = columns.keys()
        self.measures = tuple(m for m in measures if m.name in columns)
        self._columns, self._cells = columns, dict[str, Cells]()

    def part(self, start: int, stop: int) -> Clients:
        """Some of the clients; the columns stay where they are."""
        own, offsets = copy(self), self.offsets[start : stop + 1]
        own.ids, own.offsets = self.ids[start:stop], offsets - offsets[0]
        own.index = self.index[offsets[0] : offsets[-1]]
        return own

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> int:
        return len(self.index)

    def flat(self, name: str) -> pa.Array[Any]:
        """A column of all rows, one client after the other."""
        column = self._columns[name].take(pa.array(self.index))
        return cast("pa.Array[Any]", column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)

    def numbers(self, name: str) -> Floats:
        """The same as floats, NaN where a cell is empty."""
        return as_numbers(self.flat(name), name)

    def cells(self, name: str) -> Cells:
        """A column where it lies: row r has the value at `index[r]`."""
        if name not in self._cells:
            column = self._columns[name]
            self._cells[name] = _cells(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column, name)
        return self._cells[name]


def _flat(lists: Any, rows: int) -> pa.Array[Any]:
    """A column of lists, one list after the other."""
    whole: pa.Array[Any] = lists.values
    return whole if len(whole) == rows and not lists.null_count else cast("pa.Array[Any]", lists.flatten())


def _cells(array: Any, name: str) -> Cells:
    kind = array.type
    if kind == _FLOAT:
        bits, numbers = array.buffers()
        if numbers is not None and bits is None:
            return Cells(np.frombuffer(numbers, np.float64, len(array), 8 * array.offset))
        if numbers is not None:
            return Cells(np.frombuffer(numbers, np.float64, len(array), 8 * array.offset), np.frombuffer(bits, np.uint8), array.offset)
    values: Any
    if pa.types.is_boolean(kind):
        values = _small(array.cast(pa.int8()))
    elif kind == _STRING and COLUMN[name].codes:
        values = _small(pc.index_in(array, value_set=pa.array(COLUMN[name].codes, kind)))
    else:
        values = as_numbers(array, name)
    values.flags.writeable = False
    return Cells(values)


def _small(array: Any) -> NDArray[np.int8]:
    """Small whole numbers, -1 in empty cells."""
    known = array.fill_null(-1) if array.null_count else array
    return np.array(known, np.int8)
