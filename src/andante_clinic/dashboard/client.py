"""*Client*: one client's stance, pace, ten questions, evidence, and what the two have agreed; read by therapist and supervisor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from andante.measures import columns
from andante_clinic.bridge import cases, helped, readings
from andante_clinic.journal import agreements, checkins, safety, sessions
from andante_clinic.journal.models import Answer, Response, ServiceItem, Session, SupervisionNote
from andante_clinic.people.access import READ, Seen, for_client
from andante_clinic.people.models import Service


@dataclass(frozen=True)
class Raised:
    """A raised risk as a card: the drawing's words, and what the two chose to do about it."""

    card: Any
    responses: list[Response]

    @property
    def risk(self) -> Any:
        return self.card.finding.risk


@for_client(*READ)
def client(request: HttpRequest, seen: Seen) -> HttpResponse:
    readings.catch_up([seen.client])
    service = Service.here()
    drawn = cases.page(seen.client, service)
    chosen = _responses(seen.client)
    context = {
        "seen": seen,
        "client": seen.client,
        "service": service,
        "drawn": drawn,
        "stance": cases.stance(seen.client, drawn.now) if drawn else "",
        "parts": cases.parts(drawn) if drawn else None,
        "raised": [Raised(card, chosen[card.finding.risk.name]) for card in drawn.cards] if drawn else [],
        "others": _others(drawn, chosen),
        "press": checkins.standing(seen.client),
        "safety": list(safety.open_items(seen.client).select_related("acknowledged_by")),
        "notes": list(SupervisionNote.objects.filter(client=seen.client).select_related("by").order_by("-at")[:5]),
        **journal(seen),
    }
    return render(request, "dashboard/client.html", context)


def journal(seen: Seen) -> dict[str, Any]:
    """Appointments, issues, agreements and the next step, as the lower half of the page shows them."""
    client, now = seen.client, timezone.now()
    pending = list(client.sessions.filter(attendance="").prefetch_related("checkins", "readiness", "consents").order_by("starts"))
    ahead = [session for session in pending if session.starts + timedelta(minutes=session.minutes) >= now]
    agreed = list(client.agreements.filter(withdrawn=None).order_by("made"))
    topics = list(client.topics.order_by("pk").prefetch_related("events__session"))
    return {
        "ahead": ahead,
        "to_record": [session for session in pending if session not in ahead],
        "earlier": list(client.sessions.exclude(attendance="").order_by("-starts")),
        "next": ahead[0] if ahead else None,
        "readiness": agreements.readiness(ahead[0]) if ahead and client.demanding_work else [],
        "last": (last := sessions.last_held(client)),
        "for_scores": [session for session in (*ahead[:1], last) if session is not None],
        "topics": topics,
        "settled": sum(1 for topic in topics if topic.state == "settled"),
        "limits": [a for a in agreed if a.kind == "limit"],
        "preferences": [a for a in agreed if a.kind == "preference"],
        "wish": client.wishes.order_by("-at").first(),
        "measures": columns(),
        "own_answers": _own_answers(client),
    }


def _responses(client: Any) -> dict[str, list[Response]]:
    found: dict[str, list[Response]] = defaultdict(list)
    for response in Response.objects.filter(client=client).select_related("by").order_by("-at"):
        response.text = cases.response_text(response.risk, response.response)
        found[response.risk].append(response)
    helped.judge(client, [response for responses in found.values() for response in responses])
    return found


def _others(drawn: Any, chosen: dict[str, list[Response]]) -> list[Response]:
    """What was chosen for risks that are not raised any more, the latest first: did it help?"""
    raised = {card.finding.risk.name for card in drawn.cards} if drawn else set()
    rest = [response for risk, responses in chosen.items() if risk not in raised for response in responses]
    for response in rest:
        found = cases.risk(response.risk)
        response.title = found.title if found else response.risk
    return sorted(rest, key=lambda response: response.at, reverse=True)[:6]


def _own_answers(client: Any) -> list[tuple[str, float, Session]]:
    """Answers to the service's own questions at the last check-ins: shown, read by nothing."""
    items = {item.name: item.question for item in ServiceItem.objects.all()}
    if not items:
        return []
    answers = Answer.objects.filter(
        checkin__session__client=client, item__in=items, value__isnull=False, audience=Answer.Audience.THERAPIST
    ).select_related("checkin__session")
    return [(items[a.item], a.value, a.checkin.session) for a in answers.order_by("-at")[:6]]
