"""The plan of the next session, against readiness and room; shown to the client too. Consent is asked on their own page."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from andante.views import wording
from andante_clinic.bridge import cases, readings
from andante_clinic.dashboard.record import session_or_404
from andante_clinic.fields import Flag, Form, Steps
from andante_clinic.journal import agreements
from andante_clinic.journal.models import Consent
from andante_clinic.people.access import WRITE, Seen, for_client
from andante_clinic.people.models import Service

DEMANDING = 4  # from this planned intensity on the readiness list is shown to be looked at first (risks: ethics)


class Plan(Form):
    step = forms.CharField(
        label="The step, in the client's words", max_length=300, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    intensity = forms.TypedChoiceField(
        label="How demanding?", choices=Steps.TEN, widget=Steps, coerce=int, empty_value=None, required=False
    )
    trauma_work = Flag(label="Trauma work or exposure?")


@for_client(WRITE)
def plan(request: HttpRequest, seen: Seen, number: int) -> HttpResponse:
    session = session_or_404(seen, number)
    planned = {"step": session.planned_step, "intensity": session.planned_intensity, "trauma_work": session.planned_trauma_work}
    form = Plan(request.POST or None, initial=planned)
    if not seen.client.demanding_work:
        del form.fields["intensity"], form.fields["trauma_work"]
    if request.method == "POST" and form.is_valid():
        said = {"intensity": None, "trauma_work": None, **form.cleaned_data}
        with readings.changing(seen.client):
            agreements.plan(session, **said)
            if "share" in request.POST:
                session.plan_shared = timezone.now()
                session.save(update_fields=["plan_shared"])
        return redirect("plan", seen.client.code, number)
    return render(
        request, "dashboard/plan.html", {"seen": seen, "client": seen.client, "session": session, "form": form, **_against(seen, session)}
    )


def _against(seen: Seen, session) -> dict[str, object]:
    """What the plan is held against: readiness, consent, and the room where the service shows it."""
    service = Service.here()
    latest = cases.latest([seen.client.pk]).get(seen.client.pk)
    reading = latest.reading if latest else {}
    ceiling = reading.get("pace_ceiling") if service.ceiling_on else None
    planned = session.planned_intensity
    lines = agreements.readiness(session)
    consents = list(session.consents.all())
    consent = agreements.to_this_step(session, consents)
    return {
        "lines": lines,
        "consent": consent,
        "other": consents[-1] if consents and consent is None else None,
        "room": wording.room(reading) if service.ceiling_on and seen.client.demanding_work else "",
        "uncertainty": " ".join(filter(None, (wording.stance_first(reading), wording.uncertainty(reading)))),
        "above": ceiling is not None and planned is not None and planned > ceiling,
        "unready": [line for line in lines if line.essential and line.met is not True]
        if planned is not None and planned >= DEMANDING
        else [],
    }


@require_POST
@for_client(WRITE)
def look_at(request: HttpRequest, seen: Seen, number: int, item: str) -> HttpResponse:
    session = session_or_404(seen, number)
    met = {"yes": True, "no": False}.get(request.POST.get("met", ""))
    with readings.changing(seen.client):
        agreements.look_at(session, item, met)
    return redirect("plan", seen.client.code, number)


@require_POST
@for_client(WRITE)
def consent(request: HttpRequest, seen: Seen, number: int) -> HttpResponse:
    """Ask on the client's own page; or note what the client said in the room, which is then shown as a therapist's note."""
    session = session_or_404(seen, number)
    said = request.POST.get("said", "")
    if session.planned_step:
        with readings.changing(seen.client):
            asked = agreements.to_this_step(session, session.consents.all())
            asked = asked if asked and not asked.answer else agreements.ask_consent(session, session.planned_step)
            if said in Consent.Answer.values:
                agreements.answer_consent(asked, said, said_by="therapist")
    return redirect("plan", seen.client.code, number)
