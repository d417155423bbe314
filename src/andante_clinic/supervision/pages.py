"""Supervision: raised and unanswered, longest first; safety items late; ruptures not mended; what was tried and whether it helped.

By client only. Nothing here is grouped, counted or sorted by therapist; the one rate on the page is of the service as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from andante_clinic.bridge import cases, helped, readings
from andante_clinic.journal import asking
from andante_clinic.journal.models import Answer, Reading, Response, SafetyItem, SupervisionNote
from andante_clinic.people.access import SUPERVISE, Seen, clients_supervised_by, enter_list, for_client, for_people
from andante_clinic.people.models import Client, Service

if TYPE_CHECKING:
    from andante.risk import Risk


@dataclass(frozen=True)
class Unanswered:
    """A raised risk of a client to which nobody has responded yet."""

    client: Client
    risk: Risk
    level: str
    since: int  # the place in time of the session from which it stands; what was answered before belongs to an earlier time
    sessions: int  # for how many sessions it has stood


@for_people("supervisor")
def supervision(request: HttpRequest) -> HttpResponse:
    clients = list(clients_supervised_by(request.user).order_by("code"))
    readings.catch_up(clients)
    latest, numbers = cases.latest([client.pk for client in clients]), _numbers(clients)
    answered: dict[tuple[int, str], int] = {}
    for pk, risk, number in Response.objects.filter(client__in=clients).values_list("client_id", "risk", "session"):
        answered[pk, risk] = max(answered.get((pk, risk), -1), helped.in_time(number, numbers[pk]))
    raised = [found for client in clients if client.pk in latest for found in _raised(client, latest[client.pk], numbers[client.pk])]
    enter_list(request, clients)
    context = {
        "clients": clients,
        "unanswered": sorted(
            (r for r in raised if answered.get((r.client.pk, r.risk.name), -1) < r.since), key=lambda r: (-r.sessions, r.level != "act")
        ),
        "unsafe": SafetyItem.objects.filter(client__in=clients, reviewed=None).select_related("client", "acknowledged_by").order_by("due"),
        "ruptures": [r for r in raised if r.risk.name == "trust"],
        "tried": _tried(clients),
        "rate": _alerts_in_100_sessions(),
    }
    return render(request, "supervision/supervision.html", context)


def _numbers(clients: list[Client]) -> dict[int, list[int]]:
    """The numbers of each client's sessions that have a reading, in order of time."""
    found: dict[int, list[int]] = defaultdict(list)
    for pk, number in readings.current().filter(client__in=clients).values_list("client_id", "session"):
        found[pk].append(number)
    return found


def _raised(client: Client, reading: Reading, numbers: list[int]) -> list[Unanswered]:
    found, now = [], helped.in_time(reading.session, numbers)
    for risk in cases.RISKS:
        level, since = reading.reading.get(f"{risk.name}_level"), reading.reading.get(f"{risk.name}_since")
        if level in ("watch", "act"):
            first = now if since is None else helped.in_time(since, numbers)
            found.append(Unanswered(client, risk, level, first, now - first + 1))
    return found


def _tried(clients: list[Client]) -> list[Response]:
    """The latest responses, with what became of the risk since: two queries for all clients."""
    found = list(Response.objects.filter(client__in=clients).exclude(response="").select_related("client").order_by("-at")[:20])
    names = {response.client_id for response in found}
    said: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for pk, number, row in readings.current().filter(client__in=names).values_list("client_id", "session", "reading"):
        said[pk].append((number, row))
    for response in found:
        response.outcome = helped.outcome(response, said[response.client_id])
        response.text = cases.response_text(response.risk, response.response)
        risk = cases.risk(response.risk)
        response.title = risk.title if risk else response.risk
    return found


def _alerts_in_100_sessions() -> dict[str, float] | None:
    """Of 100 sessions of the whole service, how many show any watch, and any act. None before the first 20 sessions."""

    def shows(level: str) -> Count:
        return Count("pk", filter=reduce(or_, (Q(**{f"reading__{risk.name}_level": level}) for risk in cases.RISKS)))

    counted = readings.current().aggregate(total=Count("pk"), watch=shows("watch"), act=shows("act"))
    total = counted["total"]
    return {"watch": 100 * counted["watch"] / total, "act": 100 * counted["act"] / total, "total": total} if total >= 20 else None


@require_POST
@for_client(SUPERVISE)
def note(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Taken to supervision: what was talked over. The next session's row says so."""
    words = request.POST.get("words", "").strip()
    if words:
        with readings.changing(seen.client) as client:
            SupervisionNote.objects.create(client=client, by=request.user, words=words)
    return redirect("client", seen.client.code)


@for_people("therapist", "supervisor", "manager")
def confided(request: HttpRequest) -> HttpResponse:
    """What clients chose to tell the named person instead of their therapist: for that person alone, not for the next one named."""
    service = Service.here()
    if service.third_person_id != request.user.pk:
        raise Http404("no such page")
    answers = list(
        Answer.objects.filter(audience=Answer.Audience.THIRD, told=request.user, value__isnull=False)
        .exclude(checkin__session__client__therapist=request.user)
        .select_related("checkin__session__client")
        .order_by("-at")[:100]
    )
    told = [(a.checkin.session.client, asking.wording(a.item), asking.in_words(a.item, a.value), a.at) for a in answers]
    enter_list(request, list({client.pk: client for client, *_ in told}.values()))
    return render(request, "supervision/confided.html", {"told": told})
