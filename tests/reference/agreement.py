"""The instrument and the plain reference side by side."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from tests.reference.plain_reading import read

from andante.batch import local
from andante.intake.files import check_table

CLOSE = 1e-9


def differences(table: pa.Table) -> list[str]:
    """Where the fast path and the plain reference read a session table differently: words exactly, numbers to 1e-9."""
    sessions = check_table(table)
    fast = local.read(sessions).readings.to_pylist()
    plain = read(sessions.table, sessions.measures)
    assert len(fast) == len(plain)
    return [
        f"{name} of row {n} ({a['client_id']}, session {a['session']}): fast {a[name]}, plain {b[name]}"
        for n, (a, b) in enumerate(zip(fast, plain, strict=True))
        for name in b
        if not _same(a[name], b[name])
    ]


def _same(fast: Any, plain: Any) -> bool:
    if isinstance(plain, float) and isinstance(fast, float):
        return abs(fast - plain) <= CLOSE
    return bool(fast == plain)
