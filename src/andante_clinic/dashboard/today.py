"""*Today*: the therapist's clients in order of attention, not of time. One look, five seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from andante.views import wording
from andante.views.caseload import QUIET, UNKNOWN, Line
from andante_clinic.bridge import cases, readings
from andante_clinic.journal.agreements import to_this_step
from andante_clinic.journal.models import CheckIn, SafetyItem, Session, SlowDown, Topic
from andante_clinic.people.access import clients_of, enter_list, for_people
from andante_clinic.people.models import Client

FOLDED = (QUIET, UNKNOWN)


@dataclass(frozen=True)
class Entry:
    """One client on the list: stance and reason in words, the next appointment, small signs."""

    client: Client
    stance: str
    why: str
    session: Session | None
    signs: tuple[str, ...]
    to_record: Session | None


@for_people("therapist", "supervisor", "manager")
def home(request: HttpRequest) -> HttpResponse:
    """Where each person begins."""
    person: Any = request.user
    return redirect("office" if person.is_manager else "supervision" if person.is_supervisor and not person.clients.exists() else "today")


@for_people("therapist")
def today(request: HttpRequest) -> HttpResponse:
    clients = list(_with_signs(clients_of(request.user)))
    readings.catch_up(clients)
    lines = cases.caseload(clients, cases.latest([c.pk for c in clients]))
    ahead, unrecorded = _sessions(clients)
    by_code = {client.code: client for client in clients}
    listed = [_entry(by_code[line.client_id], line, ahead, unrecorded) for line in lines]
    groups = {line.client_id: line.group for line in lines}
    new = [_entry(client, None, ahead, unrecorded) for client in clients if client.code not in groups]
    everyone = sorted([*listed, *new], key=lambda entry: not entry.client.unsafe)  # safety first, else the order of attention
    needy = [e for e in everyone if groups.get(e.client.code, UNKNOWN) not in FOLDED or e.client.unsafe or e.client.slowed or e.to_record]
    quiet = [e for e in everyone if e not in needy]
    enter_list(request, clients)
    return render(request, "dashboard/today.html", {"needy": needy, "quiet": quiet, "any": bool(clients), "day": timezone.localdate()})


def _with_signs(clients: Any) -> Any:
    """What the small signs need, in the same query however many clients there are."""
    day = timezone.now() - timedelta(days=1)
    return clients.annotate(
        arrived=Exists(CheckIn.objects.filter(session__client=OuterRef("pk"), received__gt=day)),
        open_topics=Count("topics", filter=Q(topics__state=Topic.State.OPEN), distinct=True),
        slowed=Exists(SlowDown.objects.filter(Q(talked=None) | Q(settled=None), client=OuterRef("pk"))),
        unsafe=Exists(SafetyItem.objects.filter(client=OuterRef("pk"), reviewed=None)),
    )


def _sessions(clients: list[Client]) -> tuple[dict[int, Session], dict[int, Session]]:
    """Each client's next appointment, and the oldest one that is past and not recorded."""
    now = timezone.now()
    ahead: dict[int, Session] = {}
    unrecorded: dict[int, Session] = {}
    for session in Session.objects.filter(client__in=clients, attendance="").prefetch_related("consents").order_by("starts"):
        over = session.starts + timedelta(minutes=session.minutes) < now
        (unrecorded if over else ahead).setdefault(session.client_id, session)
    return ahead, unrecorded


def _entry(client: Any, line: Line | None, ahead: dict[int, Session], unrecorded: dict[int, Session]) -> Entry:
    stance = cases.stance(client, line.reading) if line else "New"
    why = wording.reason(line.reading) if line else "Nothing is known yet. Offer the first check-in."
    signs = (
        ("safety item open", client.unsafe),
        ("the client asked to slow down", client.slowed and "asked to slow down" not in why),
        ("therapy has ended", client.ended is not None),
        ("check-in arrived", client.arrived),
        (wording.counted(client.open_topics, "issue") + " open", client.open_topics),
        (_consent(ahead.get(client.pk)), True),
    )
    if client.unsafe and stance != wording.SAFETY_FIRST:
        stance = wording.SAFETY_FIRST
    shown = tuple(words for words, holds in signs if words and holds)
    return Entry(client, stance, why, ahead.get(client.pk), shown, unrecorded.get(client.pk))


def _consent(session: Session | None) -> str:
    """Where consent to the next step stands, as a small sign; nothing where there is nothing to be done."""
    consents = list(session.consents.all()) if session else []
    latest = to_this_step(session, consents) if session else None
    if latest is None:
        return "consent to renew: the step has changed" if consents else ""
    if not latest.answer:
        return "consent asked, not answered"
    if latest.taken_back:
        return "consent taken back"
    return "" if latest.given else f"to the step planned: {latest.get_answer_display().lower()}"
