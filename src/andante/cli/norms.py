"""`andante norms`: fit norms to a cohort, and show what a norms file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from andante.cli.problems import Errors, Map, Zone, writing_problems
from andante.cli.saving import check_places, save_text
from andante.errors import in_one_line

norms = typer.Typer(help="Norms of your own: what is usual, the expected course, drop-out.", rich_markup_mode=None, no_args_is_help=True)


@norms.command("fit")
def fit(
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT", help="A session table of many clients, best of therapies that have ended.", readable=False)
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the norms to this .json file, for `andante read --norms`.")
    ] = None,
    origin: Annotated[str, typer.Option(help="A few words on where the cohort comes from; kept in the file.")] = "fitted from a cohort",
    map_file: Map = None,
    tz: Zone = "UTC",
    errors: Errors = None,
) -> None:
    """Fit norms to a cohort: priors of what is usual, the expected course of each measure, the hazard of leaving.

    What has too few clients is left out and said. The file holds figures only, no row of any client.
    """
    check_places([("--out", out, ("json",)), ("--errors", errors, ())], given={"the input": cohort, "the map": map_file})
    from andante.intake.files import read_sessions
    from andante.norms import describe, fit_norms

    with writing_problems(errors):
        sessions = read_sessions(cohort, column_map=map_file, tz=tz)
    found = fit_norms(sessions.table, sessions.measures, ordered=True)
    if out is not None:
        save_text(found.as_text(origin), out)
    for note in sessions.notes:
        typer.echo(f"Note: {note}", err=True)
    for line in describe(found):
        typer.echo(line)
    if out is not None:
        typer.echo(f"Written: {out}", err=True)


@norms.command("show")
def show(
    file: Annotated[
        Path | None, typer.Argument(metavar="NORMS", help="A norms file; without it the shipped norms.", readable=False)
    ] = None,
) -> None:
    """Show what norms hold and how many clients they stand on."""
    from andante.norms import Fitted, describe
    from andante.priors import read_norms, shipped

    held = shipped() if file is None else read_norms(file)
    hazard = held.hazard if held.hazard.clients else None  # the shipped one stands on nobody
    for line in describe(Fitted(held.priors, held.course, hazard, held.clients, (f"origin: {held.origin}",))):
        typer.echo(in_one_line(line))
