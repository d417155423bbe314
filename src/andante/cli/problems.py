"""`--errors FILE`: every problem of an input written to a file, for verbs that read a session table."""

from __future__ import annotations

from codecs import BOM_UTF8
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

HEADINGS = ("file", "row", "column", "what", "value", "remedy")
LONGEST_HEAD = 200  # bytes of a first line that are looked at


@contextmanager
def writing_problems(errors: Path | None) -> Iterator[None]:
    """Write the problems of an unusable input to `errors`, where that was asked for, and let the error go on with a note of it.

    Of an input without problems no such file is left: that of an earlier run would speak of what has been mended. A file of this
    name that holds anything else is refused before any work.
    """
    if errors is not None and not _may_go(errors):
        raise UsageError(
            f"--errors {errors} is there and holds something else than problems of an earlier run. "
            "To mend it: give another name, or remove that file yourself."
        )
    try:
        yield
    except InputError as error:
        if errors is not None:
            error.add_note(_write(error.problems, errors))
        raise
    if errors is not None:
        remove(errors)


def _may_go(place: Path) -> bool:
    """Whether nothing is lost with what lies here: nothing, a device, an empty file, or one that begins with the headings of problems."""
    if not place.is_file():
        return True
    try:
        with place.open("rb") as file:
            first = file.readline(LONGEST_HEAD)
    except OSError:
        return False
    return not first or first.removeprefix(BOM_UTF8).replace(b'"', b"").strip() == ",".join(HEADINGS).encode()


def _write(problems: Sequence[Problem], place: Path) -> str:
    """What became of the file of problems: that it cannot be written must not hide them."""
    from andante.intake.findings import write_problems

    try:
        save(place, lambda aside: write_problems(problems, aside))
    except UsageError as error:
        return f"andante: {error}"
    return f"all problems ({len(problems)}) are in {place}"
