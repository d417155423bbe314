"""`andante simulate`: a caseload with known harms, to try things on. Stands in `cli`: asks the laboratory and writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from andante.cli.saving import FORMATS, check_places, save_table
from andante.lab.scenarios import FAMILY

MADE_OF = f"What the clients are made of: {', '.join(list(FAMILY)[:-1])} or {list(FAMILY)[-1]}."


def simulate(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Where to write the session table; the ending chooses csv, parquet, arrow or json.")
    ],
    clients: Annotated[int, typer.Option("--clients", help="How many clients.")] = 200,
    family: Annotated[str, typer.Option("--family", help=MADE_OF)] = "traits",
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same clients.")] = 1,
    harmless: Annotated[float, typer.Option("--harmless", help="Share of clients who come to no harm, 0 to 1.")] = 0.5,
) -> None:
    """Make a caseload with known harms: OUT, and beside it OUT-truth with each client's harm and its first session.

    The clients are invented. Half of them (--harmless) come to no harm, with all that harmless therapies have too; each
    of the others has exactly one of the ten harms from a known session on.
    """
    truth = out.with_name(f"{out.stem}-truth{out.suffix}")
    check_places([("OUT", out, FORMATS), ("OUT-truth", truth, FORMATS)])
    from andante.lab import simulator

    cohort = simulator.simulate(clients, family=family, seed=seed, harmless=harmless)
    save_table(cohort.sessions, out)
    save_table(cohort.truth, truth)
    typer.echo(f"{clients} clients of the family {family}, {len(cohort.sessions)} sessions: {out}")
    typer.echo(f"who comes to which harm, and from which session: {truth}")
