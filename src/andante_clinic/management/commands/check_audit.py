"""`andante manage check_audit`: does every chain of the audit trail fit? Prints the fingerprint to keep on paper."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from andante_clinic.management.ready import need_a_service
from andante_clinic.people import audit


class Command(BaseCommand):
    help = "Check the audit trail; exit code 1 and every break where it does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        need_a_service()
        breaks = audit.check_all()
        unsigned = [f"chain {name}: its end is not signed; its next entry signs it" for name in audit.unsigned()]
        if doubtful := [*unsigned, *map(str, audit.signed_late())]:
            self.stdout.write("Entries may have been cut away here, unless the trail was begun before ends were signed:")
            self.stdout.write("\n".join(doubtful))
        if breaks:
            raise CommandError("\n".join(["The audit trail does not fit:", *map(str, breaks)]))
        self.stdout.write(f"Every entry fits. Fingerprint: {audit.fingerprint()}")
