"""`andante manage recompute`: readings anew, for clients who have none of this version of the instrument, or for all."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from andante_clinic.bridge import readings
from andante_clinic.journal.models import Reading
from andante_clinic.people.models import Client


class Command(BaseCommand):
    help = "Compute readings that are missing for this version of the instrument; older versions' readings stay beside them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="look at every client, so that time that has passed shows (unanswered check-ins)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clients = Client.objects.filter(sessions__isnull=False).distinct()
        if not options["all"]:
            clients = clients.exclude(pk__in=Reading.objects.filter(engine=readings.engine()).values("client"))
        new = sum(_recompute(client) for client in clients.iterator())
        if options["verbosity"]:
            self.stdout.write(f"{new} new readings.")


def _recompute(client: Client) -> int:
    with readings.changing(client) as locked:
        return readings.recompute(locked)
