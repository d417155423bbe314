"""What a file of a sound shape can still hide."""

from __future__ import annotations

import pyarrow as pa
import pytest

from andante.intake.formats import _require_utf8

NAMES = pa.array(["A", "B"])


def test_a_cell_that_names_a_text_that_is_not_there_is_found_before_anything_is_read() -> None:
    damaged = pa.DictionaryArray.from_arrays(pa.array([0, 144], pa.int32()), NAMES, safe=False)
    with pytest.raises(pa.ArrowInvalid, match="out of bounds: 144"):
        _require_utf8(pa.table({"client_id": damaged}))
    _require_utf8(pa.table({"client_id": pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), NAMES)}))
