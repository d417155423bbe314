"""Who is who: the people who log in, who supervises whom, the clients, the service itself.

A client has no account: they answer through a link and read behind their own PIN. A client's `code` is the
pseudonymous id that leaves this folder; name and words are sealed.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone

from andante_clinic.people.audit_model import AuditChain, AuditEntry  # noqa: F401  (models of this app)
from andante_clinic.people.vault import Sealed

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another

ASK_AGAIN = timedelta(days=90)  # after which a client is asked again which way of being reached is safe (ours)


def new_code() -> str:
    """A client's code: six letters and digits at random, telling nothing (887 million of them)."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(6))


class People(UserManager["User"]):
    """Makes accounts from an address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:  # type: ignore[override]
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: Any, **kwargs: Any) -> User:
        raise NotImplementedError("nobody may do everything here; make a manager with `andante manage add_person`")


class User(AbstractUser):
    """Someone who works in the service and logs in."""

    class Role(models.TextChoices):
        THERAPIST = "therapist", "Therapist"
        SUPERVISOR = "supervisor", "Supervisor"
        MANAGER = "manager", "Manager"

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=Role)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = People()

    def __str__(self) -> str:
        return self.name

    @property
    def is_therapist(self) -> bool:
        return self.role in (self.Role.THERAPIST, self.Role.SUPERVISOR)  # a supervisor may have clients of their own

    @property
    def is_supervisor(self) -> bool:
        return self.role == self.Role.SUPERVISOR

    @property
    def is_manager(self) -> bool:
        return self.role == self.Role.MANAGER


class Supervision(models.Model):
    """A supervisor looks over a therapist's work, from a day on until it ends."""

    supervisor = models.ForeignKey(User, models.CASCADE, related_name="supervises")
    therapist = models.ForeignKey(User, models.CASCADE, related_name="supervised_by")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "therapist"], condition=models.Q(until=None), name="one_tie_at_a_time")
        ]


class Client(models.Model):
    """A client in therapy: known by a code; name and words sealed."""

    class Contact(models.TextChoices):
        UNKNOWN = "", "not asked yet"
        ROOM = "room", "in the room"
        PAPER = "paper", "on paper"
        LINK = "link", "by link"

    class Course(models.TextChoices):
        UNKNOWN = "", "not asked yet"
        NO = "no", "no"
        YES = "yes", "yes"

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = Sealed()
    therapist = models.ForeignKey(User, models.PROTECT, related_name="clients")
    therapist_since = models.DateTimeField(default=timezone.now)
    started = models.DateField(default=timezone.localdate)
    ended = models.DateField(null=True, blank=True)
    ending = models.CharField(
        max_length=12, blank=True, choices=[(c, c.replace("_", " ")) for c in ("completed", "dropped_out", "referred", "other")]
    )
    sessions_agreed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how many sessions the two have agreed on, if they have"
    )

    # Way of working
    demanding_work = models.BooleanField(
        default=True, help_text="exposure or trauma work is part of the way of working: intensity and ceiling apply"
    )
    suds = models.BooleanField(default=False, help_text="distress is rated in session")
    overwhelm_line = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="the client's own agreed line (7 where none is agreed)"
    )
    old_coping = Sealed(help_text="the old way of coping that the client wants to leave")
    old_coping_risky = models.BooleanField(default=False)
    instruments = models.JSONField(default=list, blank=True)  # ids of the catalogue that are asked, where the service has their wording
    instruments_every = models.PositiveSmallIntegerField(default=4, help_text="sessions from one asking to the next")
    sessions_rated_in_full = models.BooleanField(default=False, help_text="the full check-in instead of the short one")

    # Reaching the client
    language = models.CharField(max_length=8, default="en")
    contact = models.CharField(max_length=8, blank=True, choices=Contact, default=Contact.UNKNOWN)
    contact_asked = models.DateField(null=True, blank=True)
    pin = models.CharField(max_length=128, blank=True, editable=False)
    pin_wrong = models.PositiveSmallIntegerField(default=0, editable=False)  # wrong tries since the last right one
    room_code = models.CharField(max_length=128, blank=True, editable=False)  # once, to choose a PIN in the room
    room_code_until = models.DateTimeField(null=True, blank=True, editable=False)

    # In the client's own words
    stop_word = Sealed(help_text="the word or sign that stops at once")

    # When time alone will next change what is read: an appointment that ends, a check-in that expires (`bridge.readings`)
    due = models.DateTimeField(null=True, default=timezone.now, editable=False, db_index=True)

    def __str__(self) -> str:
        return self.code

    @property
    def contact_is_old(self) -> bool:
        """Is it time to ask again which way is safe? What was safe once may not be any more."""
        return self.contact_asked is None or timezone.localdate() - self.contact_asked > ASK_AGAIN

    @property
    def initials(self) -> str:
        return "".join(part[0].upper() for part in self.name.replace("-", " ").split()[:3]) or self.code


class Service(models.Model):
    """The service itself: one row. What a manager turns on, and the words a client reads first."""

    name = models.CharField(max_length=120, default="Our service")
    ceiling_on = models.BooleanField("show the pace ceiling", default=False, help_text="A research method, not clinically validated.")
    outlook_on = models.BooleanField("show the outlook", default=False, help_text="A research method, not clinically validated.")
    reader = models.CharField(
        max_length=120, blank=True, help_text="Who reads check-ins on working days. Without a reader no safety question is asked."
    )
    third_person = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="named third person",
        help_text="Not the therapist: whom clients may tell instead of the therapist.",
    )
    crisis_numbers = models.CharField(
        max_length=400, default="Emergency: 112", help_text="Numbers and names, separated by semicolons, shown before the first question."
    )
    complaints = models.CharField(max_length=300, blank=True, help_text="How a client complains: an address or a number.")
    leave_to = models.URLField("where the leave-now button leads", default="https://www.wikipedia.org/")
    session_minutes = models.PositiveSmallIntegerField(default=50)
    link_days = models.PositiveSmallIntegerField("days that a client link can be answered", default=7)
    acknowledge_hours = models.PositiveSmallIntegerField("hours in which a safety item is to be acknowledged", default=24)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def here(cls) -> Service:
        return cls.objects.get_or_create(pk=1)[0]

    def third_person_for(self, client: Client) -> User | None:
        """The named person whom this client may tell: at work here, and never their therapist, nor who supervises the therapist."""
        person = self.third_person
        if person is None or not person.is_active or person.pk == client.therapist_id:
            return None
        tied = Supervision.objects.filter(supervisor=person, therapist_id=client.therapist_id, until=None).exists()
        return None if tied else person

    def numbers(self) -> list[str]:
        return [part.strip() for part in self.crisis_numbers.split(";") if part.strip()]


class BreakGlass(models.Model):
    """A manager opens one client's record in an emergency: with a reason, for an hour, in the audit trail for good."""

    LASTS = timedelta(hours=1)

    manager = models.ForeignKey(User, models.PROTECT)
    client = models.ForeignKey(Client, models.PROTECT)
    reason = Sealed()
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
