"""The ledger of issues: what was opened, touched, settled, parked, and what came back."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from andante_clinic.journal.models.sessions import Session
from andante_clinic.people.models import Client
from andante_clinic.people.vault import Sealed


class Topic(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        SETTLED = "settled", "settled"
        PARKED = "parked", "parked"

    client = models.ForeignKey(Client, models.PROTECT, related_name="topics")
    label = Sealed()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)


class TopicEvent(models.Model):
    class Kind(models.TextChoices):
        OPENED = "opened", "opened"
        TOUCHED = "touched", "touched"
        SETTLED = "settled", "settled"
        PARKED = "parked", "parked"
        RESURFACED = "resurfaced", "came back"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="events")
    session = models.ForeignKey(Session, models.PROTECT, related_name="topic_events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["session__starts", "at", "pk"]
