"""The audit trail: who saw and changed what, append-only and tamper-evident.

Each entry is sealed with an HMAC-SHA-256 over its own content and the seal of the entry before it, one chain a
client. Without `audit.key` nobody can change, drop or insert an entry and make the chain fit again; the end of
each chain is kept apart and signed with the same key, so a cut tail shows too. `check_chain` says where a chain breaks.
An end that was copied before and is put back with its signature still fits, as does a chain that is gone as a whole:
`fingerprint` on paper shows that.

A chain that was begun before ends were signed is signed by its next entry. That entry says so (`UNSIGNED`), since an
end without a signature may have been cut back by anybody; `unsigned` tells where that is still to come, `signed_late` where it was.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from andante_clinic.people.audit_model import AuditChain, AuditEntry

SERVICE = "service"
UNSIGNED = {"the end before": "not signed"}  # in the detail of an entry that was made on such an end


@dataclass(frozen=True)
class Act:
    """One thing to be entered: in which chain, by whom, what."""

    chain: str
    actor: str
    verb: str
    what: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def actor_of(user: Any) -> str:
    return f"user:{user.pk}" if user is not None and user.is_authenticated else "visitor"


def _seal(entry: AuditEntry, before: str) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = json.dumps([entry.chain, entry.number, at, entry.actor, entry.verb, entry.what, entry.detail, before], sort_keys=True)
    return hmac.new(settings.AUDIT_KEY, content.encode(), hashlib.sha256).hexdigest()


def _end_seal(chain: AuditChain) -> str:
    return hmac.new(settings.AUDIT_KEY, f"end {chain.name} {chain.number} {chain.seal}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def enter(acts: Iterable[Act]) -> None:
    """Append entries to their chains, in the order given. Takes the same five queries for one act or a hundred."""
    acts = list(acts)
    names = sorted({act.chain for act in acts})
    AuditChain.objects.bulk_create([AuditChain(name=name) for name in names], ignore_conflicts=True)
    ends = {chain.name: chain for chain in AuditChain.objects.select_for_update().filter(name__in=names).order_by("name")}
    at = timezone.now()
    entries = []
    for act in acts:
        end = ends[act.chain]
        detail = act.detail | (UNSIGNED if end.number and not end.signature else {})
        entry = AuditEntry(chain=act.chain, number=end.number + 1, at=at, actor=act.actor, verb=act.verb, what=act.what, detail=detail)
        entry.seal = _seal(entry, end.seal)
        end.number, end.seal = entry.number, entry.seal
        end.signature = _end_seal(end)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    AuditChain.objects.bulk_update(ends.values(), ["number", "seal", "signature"])


def record(chain: str, actor: str, verb: str, what: str = "", **detail: Any) -> None:
    """Append one entry."""
    enter([Act(chain, actor, verb, what, detail)])


@dataclass(frozen=True)
class Break:
    """Where a chain no longer fits, and how."""

    chain: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"chain {self.chain}, entry {self.number}: {self.what}"


def check_chain(name: str) -> Iterator[Break]:
    """Every place where the chain does not fit. A chain that fits yields nothing."""
    before, number = "", 0
    for entry in AuditEntry.objects.filter(chain=name).order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield Break(name, number, f"entry {number} is missing" if entry.number > number else "a number twice")
            number = entry.number
        if not hmac.compare_digest(entry.seal, _seal(entry, before)):
            yield Break(name, number, "the entry, or the one before it, was changed")
        before = entry.seal
    end = AuditChain.objects.filter(name=name).first()
    if end is None or (end.number, end.seal) != (number, before) or not _signed(end):
        yield Break(name, number, "entries at the end are missing, or the end was changed")


def _signed(end: AuditChain) -> bool:
    """Does the signature fit, where there is one?"""
    return not end.signature or hmac.compare_digest(end.signature, _end_seal(end))


def unsigned(*names: str) -> list[str]:
    """The chains, of these or of all, whose end carries no signature: begun before ends were signed, or the signature was taken away."""
    found = AuditChain.objects.filter(signature="").order_by("name").values_list("name", flat=True)
    return list(found.filter(name__in=names) if names else found)


def signed_late() -> list[Break]:
    """The entries that were made on an end without a signature: one in a chain that is older than signatures, else none."""
    found = AuditEntry.objects.filter(detail__has_key=next(iter(UNSIGNED))).order_by("chain", "number")
    return [Break(entry.chain, entry.number, "the end before it was not signed") for entry in found]


def check_all() -> list[Break]:
    """Every break in every chain."""
    names = set(AuditEntry.objects.values_list("chain", flat=True).distinct()) | set(AuditChain.objects.values_list("name", flat=True))
    return [fault for name in sorted(names) for fault in check_chain(name)]


def fingerprint() -> str:
    """One short word for the state of all chains; written on paper, it shows later that nothing before it was cut away."""
    ends = "\n".join(_end_seal(chain) for chain in AuditChain.objects.order_by("name"))
    return hashlib.sha256(ends.encode()).hexdigest()[:24]


def trail(name: str, before: int | None = None) -> Any:
    """The entries of one chain, newest first; those with a smaller number than `before`."""
    entries = AuditEntry.objects.filter(chain=name).order_by("-number")
    return entries if before is None else entries.filter(number__lt=before)
