"""The clinic's verbs on the command line: `andante serve`, `andante demo`, `andante manage`.

Loaded through the entry-point group `andante.verbs`. Django is imported inside the functions only, once the
environment that `settings.py` reads has been set.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from andante.errors import UsageError

Port = Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)]


def serve(port: Port = 8000) -> None:
    """Run the web service on this machine (http://localhost), behind your own HTTPS proxy for other machines."""
    _start_django()
    from andante_clinic.people.models import User

    _prepare()
    if not User.objects.exists():
        typer.echo("Nobody can sign in yet. Make the first manager: andante manage add_person --role manager --name NAME ADDRESS")
    _listen(port, lambda at: [f"Andante is open at {at}"])


def demo(port: Port = 8000, folder: Annotated[Path | None, typer.Option(help="Where the example caseload is kept.")] = None) -> None:
    """Run the web service with an example caseload: logins and a client's link are printed. Localhost only, keys of its own."""
    home = folder or Path.home() / ".andante" / "demo"
    if any(os.environ.get(name) for name in ("DATABASE_URL", "ANDANTE_HOSTS")):
        raise UsageError("The demo keeps to this machine and a database of its own. To mend it: unset DATABASE_URL and ANDANTE_HOSTS")
    for name in ("clinic.sqlite3", "clinic.sqlite3-wal", "clinic.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
    os.environ.update(ANDANTE_DEMO="1", ANDANTE_HOME=str(home))
    _start_django()
    _prepare()
    from andante_clinic.bridge import demo as stories

    typer.echo("Making a caseload ...")
    stories.make()
    _listen(port, stories.welcome)


manage = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@manage.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def _manage(context: typer.Context) -> None:
    """Django's own commands for the web service: add_person, check_audit, rotate_key, recompute, migrate, help, ..."""
    from django.core.management import execute_from_command_line

    from andante_clinic import environment

    environment.check()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante_clinic.settings")
    execute_from_command_line(["andante manage", *(context.args or ["help"])])


def _start_django() -> None:
    import django

    from andante_clinic import environment

    environment.check()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante_clinic.settings")
    django.setup()


def _prepare() -> None:
    """Bring database and static files up to date; compute readings anew where the instrument is a new version. Safe to repeat."""
    from django.conf import settings
    from django.core import checks
    from django.core.management import call_command

    found = checks.run_checks(include_deployment_checks=settings.HTTPS)
    wrong = [f"{one.msg} To mend it: {one.hint or 'see docs/clinic.md'}" for one in found if one.is_serious() and not one.is_silenced()]
    if wrong:  # how the service is set up, which is for whoever runs it to mend
        raise UsageError("\n".join(wrong))
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=settings.STATICFILES_IGNORED)
    typer.echo("Getting ready (on a new machine this takes half a minute) ...")
    from andante_clinic.bridge import readings

    readings.get_ready()
    call_command("recompute", verbosity=0)


def _listen(port: int, welcome: object) -> None:
    """Serve until the person stops it; on this machine only. Another free port is taken where this one is not free."""
    import waitress

    from andante_clinic.wsgi import application

    port = _free(port)
    for line in welcome(f"http://localhost:{port}"):  # type: ignore[operator]
        typer.echo(line)
    typer.echo("Stop it with Ctrl+C.")
    waitress.serve(application, listen=f"127.0.0.1:{port}", threads=8, ident=None, clear_untrusted_proxy_headers=False)


def _free(port: int) -> int:
    for candidate in range(port, min(port + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return candidate
    raise UsageError(f"No free port from {port} on. To mend it: give one with --port")
