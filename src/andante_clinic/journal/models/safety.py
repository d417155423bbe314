"""Safety items: outside all statistics. Raised at once, acknowledged by a person in time, reviewed with the client."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from andante_clinic.journal.models.sessions import Session
from andante_clinic.people.models import Client, User
from andante_clinic.people.vault import Sealed


class SafetyItem(models.Model):
    class Source(models.TextChoices):
        CHECKIN = "checkin", "said in a check-in"
        COPING = "coping", "a day of the dangerous old coping"
        MEASURE = "measure", "an item of a measure"
        THERAPIST = "therapist", "noted by the therapist"

    client = models.ForeignKey(Client, models.PROTECT, related_name="safety_items")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="safety_items")
    source = models.CharField(max_length=10, choices=Source)
    raised = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField()
    acknowledged = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed = models.DateTimeField(null=True, blank=True)
    note = Sealed()

    class Meta:
        indexes = [models.Index(fields=["client", "reviewed"])]

    @property
    def late(self) -> bool:
        return self.acknowledged is None and timezone.now() > self.due
