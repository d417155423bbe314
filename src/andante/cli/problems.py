"""`--errors FILE`: every problem of an input written to a file, for verbs that read a session table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from andante.cli.saving import remove, save
from andante.errors import InputError, Problem, UsageError

Errors = Annotated[
    Path | None,
    typer.Option("--errors", help="Write every problem to this CSV file, not only the first 100; without any there is no such file."),
]
Map = Annotated[Path | None, typer.Option("--map", help="A column map (TOML): what the file calls our columns.", readable=False)]
Zone = Annotated[str, typer.Option("--tz", help="The time zone in whose local dates moments are read.")]


@contextmanager
def writing_problems(errors: Path | None) -> Iterator[None]:
    """Write the problems of an unusable input to `errors`, where that was asked for, and let the error go on with a note of it.

    Of an input without problems no such file is left: that of an earlier run would speak of what has been mended.
    """
    try:
        yield
    except InputError as error:
        if errors is not None:
            error.add_note(_write(error.problems, errors))
        raise
    if errors is not None:
        remove(errors)


def _write(problems: Sequence[Problem], place: Path) -> str:
    """What became of the file of problems: that it cannot be written must not hide them."""
    from andante.intake.findings import write_problems

    try:
        save(place, lambda aside: write_problems(problems, aside))
    except UsageError as error:
        return f"andante: {error}"
    return f"all problems ({len(problems)}) are in {place}"
