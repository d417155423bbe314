"""`andante manage recompute`: readings anew, where this version of the instrument has none or time has told something new."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q
from django.utils import timezone

from andante_clinic.bridge import readings
from andante_clinic.journal.models import Reading
from andante_clinic.management.ready import need_a_service
from andante_clinic.people.models import Client


class Command(BaseCommand):
    help = (
        "Compute readings that are missing for this version of the instrument, and those of clients of whom time has told something "
        "new (an appointment that ended, a check-in that expired). Readings of older versions stay beside them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="look at every client")

    def handle(self, *args: Any, **options: Any) -> None:
        need_a_service()
        clients = Client.objects.filter(sessions__isnull=False).distinct()
        if not options["all"]:
            read = Reading.objects.filter(engine=readings.engine()).values("client")
            clients = clients.filter(~Q(pk__in=read) | Q(due__lte=timezone.now()))
        new = sum(_recompute(client) for client in clients.iterator())
        if options["verbosity"]:
            self.stdout.write(f"{new} new readings.")


def _recompute(client: Client) -> int:
    with readings.changing(client) as locked:
        return readings.recompute(locked)
