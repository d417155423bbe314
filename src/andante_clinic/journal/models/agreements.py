"""What the two have agreed: limits and preferences, the wish for the pace, readiness and consent before a step."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from andante_clinic.journal.models.sessions import Session
from andante_clinic.people.models import Client
from andante_clinic.people.vault import Sealed


class Agreement(models.Model):
    """A limit that the client set, or a preference, in the client's words; withdrawn, never deleted."""

    class Kind(models.TextChoices):
        LIMIT = "limit", "limit"
        PREFERENCE = "preference", "preference"

    client = models.ForeignKey(Client, models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=10, choices=Kind)
    words = Sealed()
    said_by = models.CharField(max_length=10, choices=[("client", "the client"), ("therapist", "therapist's note")])
    made = models.DateTimeField(default=timezone.now)
    withdrawn = models.DateTimeField(null=True, blank=True)


class LimitTouch(models.Model):
    """A limit was touched in a session, with or without the client's fresh consent."""

    limit = models.ForeignKey(Agreement, models.PROTECT, related_name="touches")
    session = models.ForeignKey(Session, models.CASCADE, related_name="limit_touches")
    fresh_consent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["limit", "session"], name="one_touch_a_session")]


class Wish(models.Model):
    """The client's standing wish for the pace: the latest one holds."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="wishes")
    value = models.SmallIntegerField(choices=[(-1, "slower"), (0, "as it is"), (1, "faster")])
    at = models.DateTimeField(default=timezone.now)


class Readiness(models.Model):
    """One line of the readiness list before a session's challenging work. Nothing is ever filled in beforehand."""

    class Item(models.TextChoices):
        SAFETY = "safety", "Current safety has been looked at"
        STOP = "stop", "A way to stop is agreed"
        RATIONALE = "rationale", "What we do and why is understood"
        AFTERCARE = "aftercare", "A plan, and someone, for afterwards"
        THERAPIST = "therapist", "I am trained and supervised for this"

    ESSENTIAL = (Item.SAFETY, Item.STOP)  # and consent to this step, which has its own table

    session = models.ForeignKey(Session, models.CASCADE, related_name="readiness")
    item = models.CharField(max_length=12, choices=Item)
    met = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "item"], name="one_line_an_item")]


class Consent(models.Model):
    """Consent to one step: asked on the client's own page, or noted by the therapist. The latest one of a session holds."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NOT_TODAY = "not_today", "Not today"
        NOT_THIS = "not_this", "Not this"
        TALK_FIRST = "talk_first", "Let us talk first"

    session = models.ForeignKey(Session, models.CASCADE, related_name="consents")
    step = Sealed()
    asked = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=12, blank=True, choices=Answer)
    answered = models.DateTimeField(null=True, blank=True)
    taken_back = models.DateTimeField(null=True, blank=True)
    said_by = models.CharField(max_length=10, blank=True, choices=[("client", "the client"), ("therapist", "therapist's note")])

    class Meta:
        ordering = ["asked", "pk"]

    @property
    def given(self) -> bool | None:
        """True or False once answered; None while it is not."""
        if not self.answer:
            return None
        return self.answer == self.Answer.YES and self.taken_back is None
