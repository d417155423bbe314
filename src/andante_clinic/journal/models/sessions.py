"""A session: one appointment of one client, from its booking through its plan to the therapist's record.

One row here is one row of the session table. Everything but number, time and client may be empty: not known.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from andante.records import COLUMN
from andante_clinic.people.models import Client, User
from andante_clinic.people.vault import Sealed


def choices(column: str, labels: dict[str, str]) -> list[tuple[str, str]]:
    """A code column's codes with their labels, in the order of the contract."""
    return [(code, labels[code]) for code in COLUMN[column].codes]


ATTENDANCE = choices(
    "attendance",
    {
        "attended": "Yes",
        "late": "Yes, late",
        "cancelled_by_client": "Cancelled by client",
        "cancelled_by_service": "Cancelled by us",
        "missed": "Did not come",
    },
)
REASONS = choices("absence_reason", {"practical": "Practical", "ill": "Ill", "about_therapy": "About therapy", "unknown": "Not known"})
LED_BY = choices("led_by", {"client": "Client", "both": "Both", "therapist": "Therapist"})


class Session(models.Model):
    client = models.ForeignKey(Client, models.PROTECT, related_name="sessions")
    therapist = models.ForeignKey(User, models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField()
    starts = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=50)

    # the plan
    planned_intensity = models.PositiveSmallIntegerField(null=True, blank=True)
    planned_trauma_work = models.BooleanField(null=True, blank=True)
    planned_step = Sealed()
    plan_shared = models.DateTimeField(null=True, blank=True)

    # the record
    attendance = models.CharField(max_length=24, blank=True, choices=ATTENDANCE)
    absence_reason = models.CharField(max_length=16, blank=True, choices=REASONS)
    intensity = models.PositiveSmallIntegerField(null=True, blank=True)
    led_by = models.CharField(max_length=12, blank=True, choices=LED_BY)
    trauma_work = models.BooleanField(null=True, blank=True)
    late_opening = models.BooleanField(null=True, blank=True)
    as_agreed = models.BooleanField(null=True, blank=True)
    overrun_min = models.PositiveSmallIntegerField(null=True, blank=True)
    stops_overridden = models.PositiveSmallIntegerField(null=True, blank=True)
    consent_missing = models.BooleanField(null=True, blank=True)
    suds_start = models.PositiveSmallIntegerField(null=True, blank=True)
    suds_peak = models.PositiveSmallIntegerField(null=True, blank=True)
    suds_end = models.PositiveSmallIntegerField(null=True, blank=True)
    responded = models.BooleanField(null=True, blank=True)
    note = Sealed()
    recorded = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["client", "number"]
        constraints = [models.UniqueConstraint(fields=["client", "number"], name="one_session_a_number")]
        indexes = [models.Index(fields=["client", "starts"]), models.Index(fields=["starts"])]

    def __str__(self) -> str:
        return f"session {self.number}"

    @property
    def date(self):
        return timezone.localtime(self.starts).date()

    @property
    def held(self) -> bool:
        return self.attendance in ("attended", "late")

    @property
    def over(self) -> bool:
        """Took place or will not take place: no longer ahead."""
        return bool(self.attendance)


class MeasureScore(models.Model):
    """The total score of one instrument at one session, entered or imported."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="scores")
    measure = models.CharField(max_length=40)
    total = models.FloatField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "measure"], name="one_score_a_session")]
