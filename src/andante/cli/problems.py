"""`--errors FILE`: every problem of an input written to a file, for verbs that read a session table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from andante.errors import InputError

Errors = Annotated[Path | None, typer.Option("--errors", help="Write every problem to this CSV file, not only the first 100.")]
Map = Annotated[Path | None, typer.Option("--map", help="A column map (TOML): what the file calls our columns.")]
Zone = Annotated[str, typer.Option("--tz", help="The time zone in whose local dates moments are read.")]


@contextmanager
def writing_problems(errors: Path | None) -> Iterator[None]:
    """Write the problems of an unusable input to `errors`, where that was asked for, and let the error go on."""
    try:
        yield
    except InputError as error:
        if errors is not None:
            from andante.intake.findings import write_problems

            write_problems(error.problems, errors)
            typer.echo(f"all problems ({len(error.problems)}) are in {errors}", err=True)
        raise
