"""The client's check-in: the questions, once; afterwards thanks, the brake, help, and nothing that was answered.

The answers may come from a plain form, or later from the phone's own queue when the connection is back
(`static/checkin.js`); either way they are stored whole and once. These posts carry no cookie: the signed link is
their only right, so there is nothing that another site could borrow (hence `csrf_exempt`).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from andante_clinic.bridge import readings
from andante_clinic.checkin.links import behind_a_link, context, only_post
from andante_clinic.journal import agreements, asking, checkins
from andante_clinic.journal.models import CheckIn, Consent
from andante_clinic.people import audit
from andante_clinic.people.models import Service


@csrf_exempt
@behind_a_link
def checkin(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
    """The questions while they can be answered; thanks and help afterwards."""
    if request.method == "POST":
        return _receive(request, checkin)
    if not checkin.answerable:
        return render(request, "checkin/thanks.html", _shown(request, checkin))
    if checkin.opened is None:
        CheckIn.objects.filter(pk=checkin.pk, opened=None).update(opened=timezone.now())
    return render(request, "checkin/questions.html", _shown(request, checkin) | _asked(checkin))


def _shown(request: HttpRequest, checkin: CheckIn) -> dict[str, Any]:
    client = checkin.session.client
    return {**context(client), "checkin": checkin, "link": request.link, "slowed": request.GET.get("slowed") == "1"}


def _asked(checkin: CheckIn) -> dict[str, Any]:
    """The questions in the client's language, the step that is asked about, the plan that was shared."""
    session, client = checkin.session, checkin.session.client
    third = Service.here().third_person_for(client)
    ways = [("therapist", "my therapist"), ("me", "only me"), *([("third", third.name)] if third else [])]
    plan = session.planned_step if session.plan_shared and checkin.kind == "before" else ""
    questions = asking.questions(checkin)
    return {
        "questions": questions,
        "ways": ways,
        "third": third,
        "first_private": next((question.item for question in questions if question.private), ""),
        "plan": plan,
        "consent": _open_consent(checkin),
    }


def _open_consent(checkin: CheckIn) -> Consent | None:
    return checkin.session.consents.filter(answer="").last() if checkin.kind == "before" else None


def _receive(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
    queued = request.headers.get("X-From-Queue") == "1"
    declined = "decline" in request.POST
    said = {} if declined else {name: _said(request, name, checkin) for name in checkin.questions}
    try:
        with readings.changing(checkin.session.client):
            first = checkins.receive(checkin, said, declined=declined, late=queued)
            if first:
                _consent(request, checkin)
    except checkins.Unusable as problem:
        return JsonResponse({"state": "unusable"}, status=422) if queued else HttpResponse(str(problem), status=422)
    if first:
        audit.record(checkin.session.client.code, "client", "answered", f"checkin:{checkin.pk}")
    return JsonResponse({"state": "received" if first else "before"}) if queued else redirect("checkin", request.link)


def _said(request: HttpRequest, name: str, checkin: CheckIn) -> checkins.Said:
    audience = request.POST.get(f"who-{name}") or "therapist"
    if audience == "third":
        third = Service.here().third_person_for(checkin.session.client)
        if third is None or request.POST.get("third", str(third.pk)) != str(third.pk):
            audience = "me"  # the person whose name the client read is no longer the one: neither another nor the therapist instead
    return checkins.Said(asking.number(request.POST.get(name, "")), audience)


def _consent(request: HttpRequest, checkin: CheckIn) -> None:
    """The answer to the step that was asked about, where the client gave one: to that step, not to one put in its place since."""
    answer, asked = request.POST.get("consent", ""), _open_consent(checkin)
    if asked is not None and request.POST.get("step") == str(asked.pk) and answer in Consent.Answer.values:
        agreements.answer_consent(asked, answer)


@csrf_exempt
@only_post
@behind_a_link
def slow_down(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
    """The brake: works at any time, on an answered and on an expired link too, and holds at once."""
    client = checkin.session.client
    with readings.changing(client):
        checkins.slow_down(client)
    audit.record(client.code, "client", "asked to slow down")
    if request.headers.get("X-From-Queue") == "1":
        return JsonResponse({"state": "received"})
    return redirect(reverse("checkin", args=[request.link]) + "?slowed=1")
