"""The Django applications of the clinic, and checks of its settings that say what to mend."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, Tags, register


class Clinic(AppConfig):
    name = "andante_clinic"
    label = "clinic"


class People(AppConfig):
    name = "andante_clinic.people"
    label = "people"

    def ready(self) -> None:
        from andante_clinic.people import signing_in

        signing_in.listen()


class Journal(AppConfig):
    name = "andante_clinic.journal"
    label = "journal"


LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}


@register(Tags.security)
def hosts_need_https(**_: object) -> list[Error]:
    """A service that others can reach speaks HTTPS, or passkeys and offline answers cannot work and answers travel in the open."""
    if settings.HTTPS or set(settings.ALLOWED_HOSTS) <= LOCAL:
        return []
    return [
        Error(
            "The service has host names besides localhost but no HTTPS.",
            hint="Put it behind a proxy that speaks HTTPS and set ANDANTE_HTTPS=1, or leave ANDANTE_HOSTS empty.",
            id="andante.E001",
        )
    ]


@register(Tags.security)
def demo_stays_at_home(**_: object) -> list[Error]:
    """The demo's passwords are known to everybody."""
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= LOCAL:
        return [Error("The demo serves on localhost only.", hint="Leave ANDANTE_HOSTS empty, or use `andante serve`.", id="andante.E002")]
    return []
