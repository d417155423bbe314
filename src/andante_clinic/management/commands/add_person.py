"""`andante manage add_person`: the first manager, or anyone else, where no office page is open yet."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from andante_clinic.people import audit
from andante_clinic.people.models import User


class Command(BaseCommand):
    help = "Add a person who works here. Prints a first password, to be changed at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="e-mail address, the name to sign in with")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=User.Role.values, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)  # the first person is added before the service has ever run
        password = secrets.token_urlsafe(12)
        user = User(email=options["address"].lower(), name=options["name"], role=options["role"])
        user.set_password(password)
        try:
            user.full_clean()
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from None
        user.save()
        audit.record(audit.SERVICE, "program", "added a person", f"user:{user.pk}", role=user.role)
        self.stdout.write(f"{user.email} can sign in with the password {password}")
