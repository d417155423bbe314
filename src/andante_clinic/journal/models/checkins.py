"""What the client says: check-ins and their answers, the service's own questions, the brake."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone

from andante_clinic.journal.models.sessions import Session
from andante_clinic.people.models import Client, User


def new_address() -> str:
    return secrets.token_urlsafe(9)


class CheckIn(models.Model):
    """One set of questions to one client about one session, answered through one link, once."""

    class Kind(models.TextChoices):
        BEFORE = "before", "before the session"
        AFTER = "after", "after the session"
        MID = "mid", "two days after"
        EXIT = "exit", "at the end of therapy"

    class Way(models.TextChoices):
        LINK = "link", "by link"
        PAPER = "paper", "on paper"
        ROOM = "room", "in the room"

    session = models.ForeignKey(Session, models.CASCADE, related_name="checkins")
    kind = models.CharField(max_length=8, choices=Kind)
    address = models.CharField(max_length=24, unique=True, default=new_address, editable=False)
    way = models.CharField(max_length=8, choices=Way, default=Way.LINK)
    questions = models.JSONField(default=list)  # names of the items it asks, in order
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)
    opened = models.DateTimeField(null=True, blank=True)
    received = models.DateTimeField(null=True, blank=True)
    declined = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "kind"], condition=models.Q(revoked=None), name="one_open_checkin_a_kind"),
        ]

    @property
    def answerable(self) -> bool:
        return self.received is None and self.revoked is None and timezone.now() < self.expires


class Answer(models.Model):
    """One answer, or one question skipped. `audience` is the client's choice of who may see it."""

    class Audience(models.TextChoices):
        THERAPIST = "therapist", "my therapist"
        ME = "me", "only me"
        THIRD = "third", "a named person who is not my therapist"

    checkin = models.ForeignKey(CheckIn, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=48)  # a column of the session table, a measure's item, or "own:3"
    value = models.FloatField(null=True, blank=True)
    skipped = models.BooleanField(default=False)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.THERAPIST)
    told = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")  # the third person whose name the client read
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkin", "item"], name="one_answer_an_item")]


class ServiceItem(models.Model):
    """A question that a service asks besides the ones Andante reads; shown to the therapist, read by nothing."""

    kind = models.CharField(max_length=8, choices=[("before", "before the session"), ("after", "after the session")])
    question = models.CharField(max_length=200)
    low_end = models.CharField(max_length=40, blank=True)
    high_end = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)

    @property
    def name(self) -> str:
        return f"own:{self.pk}"


class SlowDown(models.Model):
    """A press of "I need to slow down": holds until the two have talked and the client says it is settled."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="slow_downs")
    at = models.DateTimeField(default=timezone.now)
    talked = models.DateTimeField(null=True, blank=True)
    settled = models.DateTimeField(null=True, blank=True)

    @property
    def lifted(self) -> datetime | None:
        """When it ceased to hold: both have spoken. None while it stands."""
        return max(self.talked, self.settled) if self.talked and self.settled else None

    @property
    def stands(self) -> bool:
        return self.lifted is None

    def stood(self, moment: datetime) -> bool:
        """Did it hold at that moment?"""
        return self.at <= moment and (self.lifted is None or self.lifted > moment)
