"""What else moves the client's brake: a talk that a session's record tells of, and answers that say it is settled.

The instrument reads both so (`andante.reading.brake`); what is noted here keeps the page from saying anything else.
Pressing it, and the two buttons that lift it, stand in `checkins`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from andante_clinic.journal.models import CheckIn, Session
from andante_clinic.people.models import Client

SOON, NOT_YET = 2, 7  # days until settled


def says_settled(said: Mapping[str, float | None]) -> bool:
    """Do these answers say so: settled midway, or nothing open or soon settled, and the other of these two does not deny it?"""
    still_open, days = said.get("before_open"), said.get("between_settle")
    calm = still_open == 0 or (days is not None and days <= SOON)
    denied = (still_open or 0) >= 2 or (days or 0) >= NOT_YET
    return said.get("mid_settled") == 2 or (calm and not denied)


def hear(client: Client, said: Mapping[str, float | None]) -> None:
    """Answers have come: where the two have talked, they can be the client's word that it is settled."""
    if says_settled(said):
        client.slow_downs.filter(talked__isnull=False, settled=None).update(settled=timezone.now())


def talk(client: Client, at: datetime) -> None:
    """The two have talked about every press up to then. It is settled too where the client has said so since, before this session."""
    ending = (session for session in client.sessions.order_by("starts") if _end(session) >= at)
    session = next(ending, None)  # the row that tells of that moment
    for press in client.slow_downs.filter(at__lte=at, talked=None):
        press.talked = at
        press.settled = press.settled or _answered_settled(client, session, press.at)
        press.save(update_fields=["talked", "settled"])


def talk_as_recorded(session: Session) -> None:
    """The record says whether what was raised has been talked about, and a press is; a record that no longer says so takes it back."""
    if session.responded:
        talk(session.client, _end(session))
    else:
        session.client.slow_downs.filter(talked=_end(session)).update(talked=None)


def _end(session: Session) -> datetime:
    return session.starts + timedelta(minutes=session.minutes)


def _answered_settled(client: Client, session: Session | None, since: datetime) -> datetime | None:
    """When a check-in since then said it is settled: the one before this session, or one midway."""
    asked = Q(kind=CheckIn.Kind.MID) | Q(kind=CheckIn.Kind.BEFORE, session=session)
    for checkin in CheckIn.objects.filter(asked, session__client=client, received__gt=since).order_by("-received"):
        if says_settled(dict(checkin.answers.values_list("item", "value"))):
            return checkin.received
    return None
