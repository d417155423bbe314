"""`andante manage import_scores FILE`: total scores of instruments, from a session table with clients' codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from andante.errors import AndanteError
from andante_clinic.bridge import imports
from andante_clinic.management.ready import need_a_service
from andante_clinic.people import audit


class Command(BaseCommand):
    help = "Enter total scores from a CSV, Parquet or Arrow file: client_id (the code), session or date, and columns of measures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        need_a_service()
        try:
            entered = imports.scores(options["file"])
        except AndanteError as problem:
            raise CommandError(str(problem)) from None
        audit.record(audit.SERVICE, "program", "imported scores", scores=entered)
        self.stdout.write(f"{entered} scores entered.")
