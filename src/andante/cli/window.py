"""The window that is printed into: wide enough that no column is left out.

Stands beside the verbs in `cli`. In a narrower window lines wrap, which is ugly; but nobody's name is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

LEAST = 60  # columns in which every table of ours has room for all of its own (ours)


def console() -> Console:
    """The output. Signs that the terminal cannot show are replaced, not refused."""
    import sys

    from rich.console import Console

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    found = Console(highlight=False)
    return found if found.width >= LEAST else Console(highlight=False, width=LEAST)
