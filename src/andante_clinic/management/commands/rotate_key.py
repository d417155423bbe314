"""`andante manage rotate_key`: a new key seals names and free text from now on, and what is there is sealed anew."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand

from andante_clinic import keys
from andante_clinic.management.ready import need_a_service
from andante_clinic.people import audit, vault


class Command(BaseCommand):
    help = "Seal names and free text with a new key. Stop the service first; the old keys stay in vault.key until you take them out."

    def handle(self, *args: Any, **options: Any) -> None:
        need_a_service()
        settings.VAULT_KEYS = [Fernet.generate_key().decode(), *settings.VAULT_KEYS]
        keys.write(settings.KEYS / "vault.key", "\n".join(settings.VAULT_KEYS))
        written = vault.reseal()
        audit.record(audit.SERVICE, "program", "rotated the key")
        self.stdout.write(f"{written} rows are sealed with the new key. Older keys are needed only for backups from before today.")
