"""`andante` and `python -m andante`: the mouth of the river. Everything else is in `cli.main`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; quiet even if it is stopped while it is still being loaded."""
    try:
        from andante.cli import process

        process.claim()  # before all that takes a while to load
        from andante.cli.main import main as run

        return process.leave(run())
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
