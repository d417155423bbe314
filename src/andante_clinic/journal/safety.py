"""The safety path of the clinic: raised at once, acknowledged by a person in time, reviewed with the client."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from andante_clinic.journal.models import SafetyItem, Session
from andante_clinic.people.models import Client, Service, User


def raise_item(client: Client, source: str, session: Session | None = None, note: str = "") -> SafetyItem:
    """A safety item was positive. It is due to be acknowledged within the hours that the service has set."""
    due = timezone.now() + timedelta(hours=Service.here().acknowledge_hours)
    return SafetyItem.objects.create(client=client, session=session, source=source, due=due, note=note)


def acknowledge(item: SafetyItem, by: User) -> None:
    """A person has read it and takes care of it. The first to do so stays named."""
    if item.acknowledged is None:
        item.acknowledged, item.acknowledged_by = timezone.now(), by
        item.save(update_fields=["acknowledged", "acknowledged_by"])


def review(item: SafetyItem, by: User, note: str = "") -> None:
    """It was looked at together with the client."""
    acknowledge(item, by)
    item.reviewed, item.note = timezone.now(), note.strip() or item.note
    item.save(update_fields=["reviewed", "note"])


def open_items(client: Client) -> QuerySet[SafetyItem]:
    """What has not been reviewed with the client yet, oldest first."""
    return SafetyItem.objects.filter(client=client, reviewed=None).order_by("raised")
