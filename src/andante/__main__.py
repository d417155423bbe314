"""`andante` and `python -m andante`: the mouth of the river. Everything else is in `cli.main`."""

from __future__ import annotations

import sys

from andante.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
