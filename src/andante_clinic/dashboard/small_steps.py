"""Small steps from the client's page, each one post: respond to a risk, the brake, safety, a score."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from andante.measures import columns
from andante_clinic.bridge import cases, readings
from andante_clinic.journal import checkins, responses, safety, sessions
from andante_clinic.journal.models import Response, SafetyItem
from andante_clinic.people.access import SUPERVISE, WRITE, Seen, for_client


def _back(seen: Seen) -> HttpResponse:
    return redirect("client", seen.client.code)


@require_POST
@for_client(WRITE)
def respond(request: HttpRequest, seen: Seen, risk: str) -> HttpResponse:
    """The two choose a response to a raised risk, or the therapist disagrees with a reason."""
    found, latest = cases.risk(risk), cases.latest([seen.client.pk]).get(seen.client.pk)
    if found is None or latest is None:
        raise Http404("no such risk")
    because = request.POST.get("disagreement", "").strip()
    chosen = request.POST.get("response", "")
    if because:
        responses.disagree(seen.client, latest.session, risk, because, request.user)
    elif chosen in {response.name for response in found.responses}:
        responses.choose(seen.client, latest.session, risk, chosen, request.user)
    return _back(seen)


@require_POST
@for_client(WRITE)
def response(request: HttpRequest, seen: Seen, pk: int) -> HttpResponse:
    """Was it tried, did it help?"""
    found = Response.objects.filter(client=seen.client, pk=pk).first()
    if found is None:
        raise Http404("no such response")
    if request.POST.get("tried") in ("yes", "no"):
        responses.say_tried(found, request.POST["tried"])
    if request.POST.get("helped") in ("yes", "partly", "no"):
        responses.say_helped(found, request.POST["helped"])
    return _back(seen)


@require_POST
@for_client(WRITE)
def brake(request: HttpRequest, seen: Seen) -> HttpResponse:
    """The two have talked; or the client says in the room that it is settled."""
    with readings.changing(seen.client) as client:
        if request.POST.get("step") == "talked":
            checkins.talked(client)
        elif request.POST.get("step") == "settled":
            checkins.settled(client)
    return _back(seen)


@require_POST
@for_client(WRITE, SUPERVISE)
def safety_step(request: HttpRequest, seen: Seen, pk: int) -> HttpResponse:
    """Acknowledge a safety item (therapist or supervisor), or say that it was reviewed with the client (therapist)."""
    item = SafetyItem.objects.filter(client=seen.client, pk=pk).first()
    if item is None:
        raise Http404("no such item")
    with readings.changing(seen.client):
        if request.POST.get("step") == "review" and seen.may_write:
            safety.review(item, request.user, request.POST.get("note", ""))
        elif request.POST.get("step") == "acknowledge":
            safety.acknowledge(item, request.user)
    return _back(seen)


@require_POST
@for_client(WRITE)
def raise_safety(request: HttpRequest, seen: Seen) -> HttpResponse:
    note = request.POST.get("note", "").strip()
    if note:
        with readings.changing(seen.client) as client:
            session = sessions.next_session(client) or sessions.last_held(client)
            safety.acknowledge(safety.raise_item(client, "therapist", session, note), request.user)
    return _back(seen)


@require_POST
@for_client(WRITE)
def score(request: HttpRequest, seen: Seen) -> HttpResponse:
    """The total of an instrument, entered by hand, at the next session or the last one held: whichever the form says."""
    column = next((c for c in columns() if c.name == request.POST.get("measure")), None)
    session = next((s for s in sessions.for_scores(seen.client) if request.POST.get("session") in (None, str(s.number))), None)
    try:
        total = float(request.POST.get("total", ""))
    except ValueError:
        total = float("nan")
    if column is None or session is None or not column.low <= total <= column.high:
        reach = f" between {column.low:g} and {column.high:g}" if column else ""
        messages.error(request, f"Not entered: the total is a number{reach}.")
        return _back(seen)
    with readings.changing(seen.client):
        sessions.enter_score(session, column.name, total)
    return _back(seen)
