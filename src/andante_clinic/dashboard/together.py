"""The shared screen: client and therapist look at the same page, in the client's words. Difficult news first together, here."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from andante.views import wording
from andante_clinic.bridge import cases, own_words, readings
from andante_clinic.journal import sessions
from andante_clinic.people.access import READ, Seen, for_client
from andante_clinic.people.models import Service


@for_client(*READ)
def together(request: HttpRequest, seen: Seen) -> HttpResponse:
    """No scores, no ceiling, no outlook, no names of harms: what is worth talking about, the chart, what is agreed."""
    readings.catch_up([seen.client])
    case = cases.case(seen.client, "therapist", Service(ceiling_on=False, outlook_on=False))
    raised = [
        {"question": finding.risk.client_title, "level": wording.level(finding.level, "client"), "since": finding.since}
        for finding in (case.findings() if case else ())
    ]
    agreed = list(seen.client.agreements.filter(withdrawn=None).order_by("made"))
    context = {
        "seen": seen,
        "client": seen.client,
        "language": seen.client.language,
        "reviewed": seen.client.language in settings.REVIEWED,
        "stance": wording.stance(case.now if case else {}, "client"),
        "raised": raised,
        "next": sessions.next_session(seen.client),
        "limits": [a for a in agreed if a.kind == "limit"],
        "preferences": [a for a in agreed if a.kind == "preference"],
        "topics": [t for t in seen.client.topics.order_by("pk") if t.state != "settled"],
        "wish": seen.client.wishes.order_by("-at").first(),
    }
    with translation.override(seen.client.language):
        drawn = own_words.together(case) if case else None
        return render(request, "dashboard/together.html", context | {"own": drawn})
