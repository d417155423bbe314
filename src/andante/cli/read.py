"""`andante read`: a session table in, the readings out, or the clients who need attention first.

Stands at the top of the river: it asks `batch` to read and `views` to show, and computes nothing itself. Heavy libraries
are imported only once the request makes sense.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from andante.cli import process
from andante.cli.problems import Errors, Map, Zone, writing_problems
from andante.cli.saving import FORMATS, check_places, save_parts, save_table, save_text, together
from andante.cli.window import console
from andante.errors import InputError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.progress import Progress

    from andante.flow import Reading
    from andante.intake.files import Sessions
    from andante.priors import Norms
    from andante.views.caseload import Caseload, Line


def read(
    sessions: Annotated[Path, typer.Argument(metavar="SESSIONS", help="The session table: CSV, Parquet or Arrow.", readable=False)],
    column_map: Map = None,
    norms: Annotated[
        Path | None, typer.Option("--norms", help="Your own norms (`andante norms fit`), instead of the shipped ones.", readable=False)
    ] = None,
    tz: Zone = "UTC",
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the readings; the ending chooses .csv, .parquet, .arrow or .json.")
    ] = None,
    details: Annotated[Path | None, typer.Option("--details", help="Write the evidence, one row for each raised indicator.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report to open, print or hand over: one file.")] = None,
    all_clients: Annotated[bool, typer.Option("--all", help="Everyone: a page in the report, a line in the summary.")] = False,
    client: Annotated[
        str | None, typer.Option("--client", metavar="ID", help="This client only, session by session; the files too.")
    ] = None,
    errors: Errors = None,
) -> None:
    """Read a session table: who needs attention first, and why.

    Without --out it prints the clients who need attention first. The exit code is 0 whatever the
    readings say, and 2 where the input cannot be used; then nothing is written.
    """
    check_places(
        [("--out", out, FORMATS), ("--details", details, FORMATS), ("--html", html, ("html", "htm")), ("--errors", errors, ())],
        given={"the input": sessions, "the map": column_map, "the file of --norms": norms},
    )
    if html is not None:
        _check_drawing()
    with _progress() as progress:
        with _step(progress, "Checking"):
            work = _Work(progress, *_open(sessions, column_map, norms, tz, errors))
        shown = html is not None or client is not None or out is None
        reading = work.read(details=details is not None) if shown or details is not None else None
        caseload = _gathered(work, reading) if reading is not None and shown else None
        chosen = None if client is None or caseload is None else _find(caseload, client)
        page = _page(work, caseload, chosen, all_clients) if html is not None and caseload is not None else None
        case = work.detailed(caseload, (chosen,)).cases([chosen]) if chosen is not None and caseload is not None else []
        with together():
            if out is not None and reading is None:
                work.save(out)
            elif out is not None and reading is not None:
                save_table(_of(chosen, reading.readings), out)
            if details is not None and reading is not None and reading.details is not None:
                save_table(_of(chosen, reading.details), details)
            if page is not None and html is not None:
                save_text(page, html)
    _tell(work.sessions.notes, [place for place in (out, details, html) if place is not None])
    from andante.views import terminal

    if case:
        terminal.print_client(console(), case[0], work.sessions.measures)
    elif out is None and caseload is not None:
        terminal.print_caseload(console(), caseload, shown=None if all_clients else terminal.SHOWN)


def _check_drawing() -> None:
    from andante.views.html import ready

    ready()


def _open(path: Path, column_map: Path | None, norms: Path | None, tz: str, errors: Path | None) -> tuple[Sessions, Norms | None]:
    """The checked sessions and the norms; the engine is loaded meanwhile, which takes about as long."""
    from threading import Thread

    process.settle()
    import pyarrow.compute  # noqa: F401  # first, because both threads need it

    Thread(target=_load_engine).start()
    from andante.intake.files import read_sessions
    from andante.intake.findings import joined

    wrong: list[InputError] = []
    with writing_problems(errors):
        own = None if norms is None else _norms(norms, wrong)
        try:
            found = read_sessions(path, column_map=column_map, tz=tz)
        except InputError as error:
            if not wrong:
                raise
            raise joined(*wrong, error) from error
        if wrong:
            raise wrong[0]
    return found, own


def _norms(path: Path, wrong: list[InputError]) -> Norms | None:
    """A service's own norms; what is wrong with them is told together with what is wrong with the table."""
    from andante.priors import read_norms

    try:
        return read_norms(path)
    except InputError as error:
        wrong.append(error)
        return None


def _load_engine() -> None:
    """Ahead of time, beside the reading of the file: what fails here fails again where it is needed, and is told there."""
    with suppress(Exception):
        from andante.batch import local

        local.get_ready()


@dataclass(frozen=True)
class _Work:
    """The input of one run, read once for everyone and again, with evidence, for those who are shown."""

    progress: Progress | None
    sessions: Sessions
    norms: Norms | None

    def read(self, *, details: bool) -> Reading:
        from andante.batch import local

        with _step(self.progress, "Reading"):
            return local.read(self.sessions, norms=self.norms, details=details)

    def save(self, out: Path) -> None:
        """Write the readings as they come, where nothing else is asked for."""
        from andante.batch import local

        with _step(self.progress, "Reading"):
            save_parts((part.readings for part in local.parts(self.sessions, norms=self.norms)), out)

    def detailed(self, caseload: Caseload, lines: tuple[Line, ...]) -> Caseload:
        """The same caseload with evidence and bands of these clients. A batch of some reads as a batch of all."""
        if caseload.details is not None:
            return caseload
        import pyarrow as pa
        import pyarrow.compute as pc

        from andante.batch import local

        ids = pa.array([line.client_id for line in lines], pa.string())
        table = self.sessions.table
        some = replace(self.sessions, rows=table.filter(pc.is_in(table["client_id"], value_set=ids)), order=None)
        reading = local.read(some, norms=self.norms, details=True)
        return replace(caseload, details=reading.details, bands=reading.bands, marks=reading.marks)


def _gathered(work: _Work, reading: Reading) -> Caseload:
    from andante.views.caseload import gather

    return gather(work.sessions.table, reading.readings, reading.details, reading.bands, reading.marks)


def _find(caseload: Caseload, client: str) -> Line:
    line = caseload.find(client)
    if line is not None:
        return line
    from andante.intake.names import did_you_mean

    near = did_you_mean(client, [other.client_id for other in caseload.lines])
    raise UsageError(f"--client {client}: nobody in this table has that id{near or '. To mend it: case and leading zeros count'}")


def _of(chosen: Line | None, table: pa.Table) -> pa.Table:
    """The rows of the client who was asked for, or everyone's."""
    import pyarrow.compute as pc

    return table if chosen is None else table.filter(pc.field("client_id") == chosen.client_id)


def _page(work: _Work, caseload: Caseload, chosen: Line | None, all_clients: bool) -> str:
    from andante.views import html

    lines = (chosen,) if chosen is not None else html.with_page(caseload, all_clients=all_clients)
    drawn = work.detailed(caseload, lines)
    if chosen is not None:
        drawn = replace(drawn, lines=lines)
    with _step(work.progress, "Drawing", len(lines)) as done:
        return html.page(drawn, all_clients=all_clients, measures=work.sessions.measures, drawn=done)


# Talking to the person


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on a terminal for work that takes longer than a moment; None where the errors go to a file."""
    if sys.stderr is None or not sys.stderr.isatty():  # `2>&-` leaves none
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress


@contextmanager
def _step(progress: Progress | None, name: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """A step of the work, which calls what it is given for each part done; without a `total` the bar moves without a share."""
    if progress is None:
        yield lambda: None
        return
    task = progress.add_task(name, total=total)
    yield lambda: progress.advance(task)
    progress.remove_task(task)


def _tell(notes: list[str], written: list[Path]) -> None:
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
    for place in written:
        typer.echo(f"Written: {place}", err=True)
