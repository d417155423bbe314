"""Appointments made, moved and cancelled by hand, and the therapist's record of a session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from andante_clinic.journal import brake
from andante_clinic.journal.models import Agreement, LimitTouch, MeasureScore, Session
from andante_clinic.people.models import Client, Service

RECORDED = (
    "attendance",
    "absence_reason",
    "intensity",
    "led_by",
    "trauma_work",
    "late_opening",
    "as_agreed",
    "overrun_min",
    "stops_overridden",
    "consent_missing",
    "suds_start",
    "suds_peak",
    "suds_end",
    "responded",
    "note",
)


def book(client: Client, starts: datetime, minutes: int | None = None) -> Session:
    """A new appointment; numbers of the appointments ahead follow their order in time."""
    last = client.sessions.aggregate(last=Max("number"))["last"] or 0
    minutes = minutes or Service.here().session_minutes
    session = Session.objects.create(client=client, therapist_id=client.therapist_id, number=last + 1, starts=starts, minutes=minutes)
    renumber(client)
    session.refresh_from_db()
    return session


def move(session: Session, starts: datetime) -> None:
    """The appointment is at another time; it stays the same appointment, with its plan and its link."""
    session.starts = starts
    session.save(update_fields=["starts"])
    for checkin in session.checkins.filter(received=None):
        checkin.expires = expiry(session)
        checkin.save(update_fields=["expires"])
    renumber(session.client)


def cancel(session: Session, who: str, reason: str = "") -> None:
    """The appointment will not take place; the row stays, since not coming is news too."""
    session.attendance = {"client": "cancelled_by_client", "service": "cancelled_by_service"}[who]
    session.absence_reason = reason
    session.recorded = timezone.now()
    session.save(update_fields=["attendance", "absence_reason", "recorded"])


class Answered(ValueError):
    """An appointment on which something hangs that a person said: it can be cancelled, not taken out."""


def take_out(session: Session) -> None:
    """The appointment was entered by mistake: as if it had never been. Raises Answered where a client has said something about it."""
    said = session.checkins.exclude(received=None).exists() or session.consents.exclude(answer="").exists()
    if session.over or said or session.safety_items.exists() or session.topic_events.exists():
        raise Answered("something has been said about this appointment")
    client = session.client
    session.delete()
    renumber(client)


def renumber(client: Client) -> None:
    """Appointments ahead are numbered in the order of their time, after those that are over.

    One that already has a number below those keeps it: whatever asks what came last asks for the time, not for the number.
    """
    sessions = list(client.sessions.all())
    over = max((s.number for s in sessions if s.over), default=0)
    ahead = sorted((s for s in sessions if s.number > over), key=lambda s: (s.starts, s.number))
    wanted = {session.pk: over + place for place, session in enumerate(ahead, start=1)}
    changed = [s for s in ahead if s.number != wanted[s.pk]]
    spare = max((s.number for s in sessions), default=0) + 1
    for place, session in enumerate(changed):  # out of the way first: a number is never taken twice
        Session.objects.filter(pk=session.pk).update(number=spare + place)
    for session in changed:
        Session.objects.filter(pk=session.pk).update(number=wanted[session.pk])


def expiry(session: Session) -> datetime:
    """Until when a check-in about this session can be answered."""
    return session.starts + timedelta(minutes=session.minutes, days=Service.here().link_days)


def record(session: Session, **values: Any) -> None:
    """Save what the therapist has said so far; what is not among `values` stays as it was.

    What belongs only to a session that took place is emptied where it did not, and the reason where it did.
    Raises TypeError for a value that is no part of the record.
    """
    unknown = set(values) - set(RECORDED)
    if unknown:
        raise TypeError(f"not part of a session's record: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(session, name, value)
    if session.attendance and not session.held:
        for name in RECORDED[2:-2]:
            setattr(session, name, "" if name == "led_by" else None)
    elif session.held:
        session.absence_reason = ""
    if session.as_agreed:
        session.overrun_min = session.stops_overridden = session.consent_missing = None
        session.limit_touches.all().delete()
    session.recorded = timezone.now()
    session.save(update_fields=[*RECORDED, "recorded"])
    brake.talk_as_recorded(session)


def touch_limits(session: Session, limits: list[Agreement]) -> None:
    """Which of the client's limits were touched in this session without fresh consent."""
    session.limit_touches.exclude(limit__in=limits).delete()
    LimitTouch.objects.bulk_create([LimitTouch(limit=limit, session=session) for limit in limits], ignore_conflicts=True)


def enter_score(session: Session, measure: str, total: float) -> None:
    """The total score of an instrument at this session; a second entry corrects the first."""
    MeasureScore.objects.update_or_create(session=session, measure=measure, defaults={"total": total, "at": timezone.now()})


def next_session(client: Client) -> Session | None:
    """The first appointment that is not over, or None."""
    return client.sessions.filter(attendance="").order_by("starts").first()


def for_scores(client: Client) -> list[Session]:
    """The sessions for which a total score can be entered by hand: the next one, then the last one held."""
    return [session for session in (next_session(client), last_held(client)) if session is not None]


def last_held(client: Client) -> Session | None:
    return client.sessions.filter(attendance__in=["attended", "late"]).order_by("-starts").first()
