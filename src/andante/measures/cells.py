"""Ids, numbers and classes as columns of an Arrow table: what is not known is an empty cell, never a zero.

Stands at the bottom of `measures/`: arrays in, Arrow out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def nullable(values: NDArray[np.float64]) -> pa.Array[Any]:
    """Numbers; NaN is an empty cell."""
    return pa.array(values, from_pandas=True)


def text_ids(ids: NDArray[Any]) -> pa.Array[Any]:
    """Ids as texts: numbers by their digits."""
    if ids.dtype.kind == "O" and (not len(ids) or isinstance(ids[0], str)):
        return pa.array(ids, pa.string())
    return pa.array(ids).cast(pa.string()) if ids.dtype.kind in "iu" else pa.array([str(i) for i in ids], pa.string())


def labeled(codes: NDArray[np.int8] | NDArray[np.intp], labels: Sequence[str]) -> pa.Array[Any]:
    """The label of each code; a code below 0 is an empty cell."""
    index = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(list(labels), pa.string()))  # type: ignore[arg-type]


def with_empty_cells(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a table; what cannot be said (NaN) is empty."""
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else {})}
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def percent(part: float, whole: float) -> float:
    """100 part / whole; NaN of nobody."""
    return 100 * part / whole if whole else float("nan")
