"""The window that is printed into: wide enough that no column is left out.

Stands beside the verbs in `cli`. In a narrower window lines wrap, which is ugly; but nobody's name is missing.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

LEAST = 60  # columns in which every table of ours has room for all of its own (ours)


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
