"""One chain of the audit trail in words, for the manager, and for the client on their own page."""

from __future__ import annotations

from typing import Any

from andante_clinic.people import audit
from andante_clinic.people.models import User

ENTRIES = 200  # of a trail shown on one page


def described(chain: str) -> list[dict[str, Any]]:
    """The latest entries of a chain, with names in place of numbers."""
    entries = list(audit.trail(chain)[:ENTRIES])
    names = {f"user:{user.pk}": f"{user.name}, {user.get_role_display().lower()}" for user in User.objects.all()}
    return [{"at": e.at, "who": names.get(e.actor, e.actor), "verb": e.verb, "what": e.what, "detail": e.detail} for e in entries]
