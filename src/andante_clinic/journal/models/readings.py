"""Stored readings, and what the two did about them.

A reading of session n depends on the rows up to n and on nothing later, so each stored reading keeps its own row
and the hash of the one before: a chain of inputs from which any past reading can be computed again.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from andante_clinic.journal.models.sessions import Session
from andante_clinic.people.models import Client, User
from andante_clinic.people.vault import Sealed


class Reading(models.Model):
    class Audience(models.TextChoices):
        THERAPIST = "therapist", "without private answers"
        CLIENT = "client", "with the client's private answers"

    client = models.ForeignKey(Client, models.PROTECT, related_name="readings")
    audience = models.CharField(max_length=10, choices=Audience)
    session = models.PositiveIntegerField()  # running number; the row may exist before its appointment does
    stage = models.CharField(max_length=8)  # pending, held, after: how far the row had come
    engine = models.CharField(max_length=60)  # version of the instrument and fingerprint of its norms
    inputs = models.CharField(max_length=64)  # hash of all rows up to and including this one
    before = models.CharField(max_length=64, blank=True)  # the same hash for the row before
    row = models.JSONField()  # this row of the session table, empty cells left out
    reading = models.JSONField()
    details = models.JSONField(default=list)
    bands = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    computed = models.DateTimeField(default=timezone.now)
    current = models.BooleanField(default=True)  # the reading that pages show for this session and engine

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "audience", "engine", "inputs"], name="one_reading_an_input"),
        ]
        indexes = [models.Index(fields=["client", "audience", "current", "session"])]


class Response(models.Model):
    """What the two chose to do about a raised risk, or why the therapist disagrees. Both weigh the same."""

    class Tried(models.TextChoices):
        UNKNOWN = "", "not yet"
        YES = "yes", "tried"
        NO = "no", "not tried"

    class Helped(models.TextChoices):
        UNKNOWN = "", "not known yet"
        YES = "yes", "it helped"
        PARTLY = "partly", "it helped in part"
        NO = "no", "it did not help"

    client = models.ForeignKey(Client, models.PROTECT, related_name="responses")
    session = models.PositiveIntegerField()
    risk = models.CharField(max_length=24)
    response = models.CharField(max_length=48, blank=True)  # the name of one of the risk's responses
    disagreement = Sealed()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    tried = models.CharField(max_length=4, blank=True, choices=Tried, default=Tried.UNKNOWN)
    helped = models.CharField(max_length=6, blank=True, choices=Helped, default=Helped.UNKNOWN)

    class Meta:
        indexes = [models.Index(fields=["client", "risk"])]


class SupervisionNote(models.Model):
    """Taken to supervision: what was talked over, by whom."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="supervision_notes")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = Sealed()
