"""One chain of the audit trail in words, for the manager, and for the client on their own page."""

from __future__ import annotations

from typing import Any

from andante_clinic.people import audit
from andante_clinic.people.models import User

ENTRIES = 200  # of a trail shown on one page
# What the entries of a client's chain may say; a client reads them in their own language.
VERBS = (
    "saw", "changed", "entered the client's answers", "took in", "handed over", "broke the glass", "answered", "asked to slow down",
    "opened their page", "chose a PIN", "failed to open the client's page",
)  # fmt: skip
ACTORS = ("client", "visitor", "program", "therapist", "supervisor", "manager")


def described(chain: str, before: int | None = None) -> list[dict[str, Any]]:
    """The latest entries of a chain, or those before entry `before`, with a person's name and role in place of a number."""
    entries = list(audit.trail(chain, before)[:ENTRIES])
    people = {f"user:{user.pk}": (user.name, user.role) for user in User.objects.all()}
    known = [(entry, *people.get(entry.actor, ("", entry.actor))) for entry in entries]
    return [
        {"number": e.number, "at": e.at, "name": name, "role": role, "verb": e.verb, "what": e.what, "detail": e.detail}
        for e, name, role in known
    ]
