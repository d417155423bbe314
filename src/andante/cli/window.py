"""The window that is printed into: wide enough that no column is left out, and texts from files stand in it as they are written.

Stands beside the verbs in `cli`. In a narrower window lines wrap, which is ugly; but nobody's name is missing.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console
    from rich.text import Text

LEAST = 60  # columns in which every table of ours has room for all of its own (ours)
SHOWN = 40  # rows of a table that are printed: more are for a file (ours)


def spare_signs() -> None:
    """Signs that the terminal cannot show are replaced, not refused: a verb would stop in the middle of what it says."""
    if hasattr(sys.stdout, "reconfigure"):
        with suppress(ValueError):  # an output that is closed
            sys.stdout.reconfigure(errors="replace")


def console() -> Console:
    """The output, with room for our tables."""
    from rich.console import Console

    found = Console(highlight=False)
    return found if found.width >= LEAST else Console(highlight=False, width=LEAST)


def as_written(text: str) -> Text:
    """A text from a file: what would color the terminal, or steer it, is shown as it is written."""
    from rich.text import Text

    from andante.errors import in_one_line

    return Text(in_one_line(text))


def print_table(table: pa.Table, *, number: str = "g", most: int | None = None) -> None:
    """A table, its numbers in the format given, an empty cell empty; of its rows `most`, and how many more there are."""
    from rich.table import Column, Table

    shown = Table(*(Column(as_written(name)) for name in table.column_names))
    for row in table.slice(0, most).to_pylist():
        cells = ("" if v is None else format(v, number) if isinstance(v, float) else str(v) for v in row.values())
        shown.add_row(*map(as_written, cells))
    window = console()
    window.print(shown)
    if most is not None and table.num_rows > most:
        window.print(f"... and {table.num_rows - most} more rows: --out FILE has them all.")
