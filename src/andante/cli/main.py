"""The verbs, and what happens when one goes wrong. Stands at the top of the river; imports no verb until it is called.

A verb is a function of its own name in a file of its own name, with Typer's annotations (`cli/check.py`: `check`), or
a Typer app of that name where it has verbs below it. A new verb of the instrument is one line in `VERBS`. Other
packages bring theirs by the entry-point group `andante.verbs`.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from andante import __version__
from andante.cli import process
from andante.cli.window import spare_signs
from andante.errors import AndanteError, InputError, UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

# Each verb of the instrument with its line in `andante --help`, in reading order.
VERBS = {
    "read": "Read a session table: who needs attention first, and why.",
    "check": "Validate a session table; say which risks can be judged from it.",
    "columns": "Print the session table's contract: every column, its range and its direction.",
    "score": "Score answers to the items of an instrument.",
    "change": "Reliable and clinically significant change between two scores.",
    "sudden": "Sudden gains and losses between sessions.",
    "measures": "The catalogue of instruments; a service's own wording added to it.",
    "norms": "Fit norms from a cohort: what is usual, the expected course, drop-out.",
    "simulate": "Make a caseload with known harms, to try things on.",
}

# The same for verbs of other packages, so that they need not be imported to be listed.
GUEST_VERBS = {
    "serve": "Run the web service.",
    "demo": "Run the web service with an example caseload.",
    "manage": "Django's own commands for the web service.",
}

ASKING = ("manage",)  # verbs that may ask something at the terminal

# What a package needs that may not be installed, and the extra that brings it.
NEEDS = {"andante_clinic": ("django", "clinic")}

_PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False, "add_completion": False}
_UNEXPECTED = (
    "andante: something went wrong that is a fault of Andante, not yours ({kind} in {place}).\n"
    "Nothing more was written. Please report this line and version {version} (CONTRIBUTING.md says where); it holds no\n"
    "client data. `andante --debug ...` shows the whole trace, which may: read it before you send it."
)


@cache
def guests() -> dict[str, EntryPoint]:
    """The verbs that other packages bring. Looking takes a moment: a verb of the instrument itself does without."""
    from importlib import metadata

    return {entry.name: entry for entry in metadata.entry_points(group="andante.verbs") if entry.name not in VERBS}


def lacking(entry: EntryPoint) -> str | None:
    """The extra that has to be installed before this verb works, or None."""
    library, extra = NEEDS.get(entry.module.partition(".")[0], ("", ""))
    return extra if library and find_spec(library) is None else None


def load(name: str) -> Any:
    """What stands behind a verb: a function or a Typer app. Only here is it imported."""
    if name in VERBS:
        return getattr(import_module(f"andante.cli.{name}"), name)
    extra = lacking(guests()[name])
    if extra:
        raise UsageError(f"andante {name} needs more than is installed. To mend it: pip install 'andante[{extra}]'")
    if name in ASKING:
        process.hand_back()
    return guests()[name].load()


def as_command(name: str, target: Any) -> Any:
    """A verb as Typer runs it."""
    app = target
    if not isinstance(target, typer.Typer):
        if not callable(target) or hasattr(target, "make_context"):
            return target
        app = typer.Typer(**_PLAIN)
        app.command(name)(target)
    command = typer.main.get_command(app)
    command.name = name
    _leave_files_to_verbs(command)
    return command


def _leave_files_to_verbs(command: Any) -> None:
    """Whether a file can be read or written the verbs say themselves: what is only written to need not be readable."""
    for parameter in command.params:
        if hasattr(parameter.type, "readable"):
            parameter.type.readable = False
    for below in getattr(command, "commands", {}).values():
        _leave_files_to_verbs(below)


class Verbs(TyperGroup):
    """Lists the verbs by name and imports one only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*VERBS, *guests()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return as_command(cmd_name, load(cmd_name)) if cmd_name in VERBS or cmd_name in guests() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not (args[0] in VERBS or args[0].startswith("-") or args[0] in guests()):
            from andante.intake.names import did_you_mean

            verbs = self.list_commands(ctx)
            ctx.fail(f"there is no verb {args[0]!r}{did_you_mean(args[0], verbs) or '; there are ' + ', '.join(verbs)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        lines = list(VERBS.items())
        for name, entry in guests().items():
            extra = lacking(entry)
            lines.append((name, GUEST_VERBS.get(name, f"Brought by {entry.module}.") + (f" (install andante[{extra}])" if extra else "")))
        with formatter.section("Verbs"):
            formatter.write_dl(lines)


app = typer.Typer(cls=Verbs, invoke_without_command=True, **_PLAIN)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"andante {__version__}")
        raise typer.Exit


@app.callback(subcommand_metavar="VERB [ARGS]...")
def andante(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an unexpected error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Keep psychotherapy at a pace that is safe and that the client has agreed to.

    `andante VERB --help` explains a verb.
    """
    context.obj["debug"] = debug
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 a fault of ours, 2 unusable input or request, 130 Ctrl-C."""
    state = {"debug": False}
    spare_signs()
    try:
        _run(arguments, state)
    except SystemExit as end:
        nobody_listens = isinstance(end.__context__, BrokenPipeError)  # Click and Rich make it a 1
        return _flush(0 if nobody_listens else end.code if isinstance(end.code, int) else 1)
    except KeyboardInterrupt:
        return 130
    except AndanteError as error:
        if state["debug"]:
            traceback.print_exc()
        _say("\n".join([f"andante: {_count(error)}{error}", *getattr(error, "__notes__", [])]))
        return error.exit_code
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            return _unprinted(error)
        if state["debug"]:
            traceback.print_exc()
        _say(_UNEXPECTED.format(kind=type(error).__name__, place=_place(error), version=__version__))
        return 1
    return 0


def _run(arguments: Sequence[str] | None, state: dict[str, bool]) -> None:
    """Run a verb. What interrupts it stays an interruption, whatever a compiled loop or a library on the way makes of it."""
    try:
        typer.main.get_command(app).main(arguments, prog_name="andante", obj=state)
    except Exception as error:
        stop = _interruption(error)
        if stop is None:
            raise
        if state["debug"]:
            traceback.print_exc()
        raise stop from None


_ENDED = {128 + number for number in process.ENDS}


def _interruption(error: BaseException) -> KeyboardInterrupt | SystemExit | None:
    """Ctrl-C, or the exit that whoever runs us from a process of theirs makes of a signal, where one of them is behind this error."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in seen:
            continue
        if isinstance(one, KeyboardInterrupt) or (isinstance(one, SystemExit) and one.code in _ENDED):
            return one
        seen.append(one)
        waiting += [one.__cause__, one.__context__]
    return None


def _say(text: str) -> None:
    with suppress(OSError):
        typer.echo(text, err=True)


def _count(error: AndanteError) -> str:
    """How many problems there are, before they are listed."""
    if not isinstance(error, InputError) or len(error.problems) < 2:
        return ""
    return f"{len(error.problems)} problems, nothing was written.\n"


def _place(error: BaseException) -> str:
    """The innermost line of ours that was running: no values, no paths of the person's machine."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(here)]
    return f"{os.path.relpath(frames[-1].filename, os.path.dirname(here))}, line {frames[-1].lineno}" if frames else "an unknown place"


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # of a file that we write, `saving` says it


def _flush(code: int) -> int:
    """Nobody may be listening (`andante columns | head`, `>&-`): that is no fault."""
    if sys.stdout is None:
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _stop_printing()
    except OSError as error:
        return _unprinted(error)
    return code


def _unprinted(error: OSError) -> int:
    _stop_printing()
    _say(f"andante: what was to be printed could not be written ({error.strerror}). To mend it: look at the disk that it goes to.")
    return 2


def _stop_printing() -> None:
    """What is still to be printed goes nowhere, or Python would try it again at its end."""
    with suppress(OSError):  # somebody's own output, with no file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
