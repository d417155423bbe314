"""Andante keeps psychotherapy at a pace that is safe and that the client has agreed to.

    import andante
    readings = andante.read(table)                  # Arrow, Polars or pandas in, Arrow out
    reading = andante.read(table, details=True)     # .readings, .details, .bands, .marks

Nothing heavy is imported until it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from andante.flow import Reading

__version__ = "0.1.0"
__all__ = ["__version__", "read"]


@overload
def read(
    table: Any, *, details: Literal[False] = False, column_map: Path | str | None = None, norms: Path | str | None = None, tz: str = "UTC"
) -> pa.Table: ...
@overload
def read(
    table: Any, *, details: Literal[True], column_map: Path | str | None = None, norms: Path | str | None = None, tz: str = "UTC"
) -> Reading: ...


def read(
    table: Any, *, details: bool = False, column_map: Path | str | None = None, norms: Path | str | None = None, tz: str = "UTC"
) -> Any:
    """Read a session table: the level of each of ten harms at every session, the stance, and how far the work could go.

    `table`: anything that speaks the Arrow interface (`__arrow_c_stream__`): pyarrow, Polars, pandas. One row a
    scheduled session; only `client_id` and one of `session`, `date`, `day` must be there. The input is not changed.
    Returns the reading table (Arrow), or with `details=True` an object with `.readings`, `.details`, `.bands` and `.marks`.
    What was made of the input beside that, such as columns that were not read, comes as a warning each.
    Raises `andante.errors.InputError`, which lists every problem, where the table cannot be used.
    """
    import warnings
    from os import PathLike

    from andante.batch import local
    from andante.errors import UsageError
    from andante.intake.files import check_table
    from andante.intake.names import type_of
    from andante.priors import read_norms

    if norms is not None and not isinstance(norms, str | PathLike):
        raise UsageError(f"norms is {type_of(norms)}, not a file: give the path of a norms file (`andante norms fit`)")
    sessions = check_table(table, column_map=column_map, tz=tz)
    for note in sessions.notes:
        warnings.warn(note, stacklevel=2)
    reading = local.read(sessions, norms=None if norms is None else read_norms(norms), details=details)
    return reading if details else reading.readings
