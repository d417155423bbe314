"""*Record a session*: one screen, six taps, saved as it is typed. Nothing is filled in beforehand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from andante_clinic.bridge import readings
from andante_clinic.fields import Flag, ModelForm, Pills, Steps
from andante_clinic.journal import sessions, topics
from andante_clinic.journal.models import Session, Topic
from andante_clinic.journal.models.sessions import ATTENDANCE, LED_BY, REASONS
from andante_clinic.journal.topics import STEPS
from andante_clinic.people.access import WRITE, Seen, for_client


class Record(ModelForm):
    """The therapist's record. What does not apply to this client's way of working is not there."""

    attendance = forms.ChoiceField(label="Came?", choices=ATTENDANCE, widget=Pills, required=False)
    absence_reason = forms.ChoiceField(label="Why not?", choices=REASONS, widget=Pills, required=False)
    intensity = forms.TypedChoiceField(
        label="How demanding was it?", widget=Steps, coerce=int, choices=Steps.TEN, empty_value=None, required=False
    )
    led_by = forms.ChoiceField(label="Who led to the demanding part?", choices=LED_BY, widget=Pills, required=False)
    trauma_work = Flag(label="Trauma work or exposure?")
    as_agreed = Flag(label="Anything not as agreed?", choices=(("True", "No, all as agreed"), ("False", "Yes")))
    responded = Flag(label="Have you two talked about what was raised?")
    suds_start = forms.IntegerField(label="at the start", min_value=0, max_value=10, required=False)
    suds_peak = forms.IntegerField(label="at its peak", min_value=0, max_value=10, required=False)
    suds_end = forms.IntegerField(label="at the end", min_value=0, max_value=10, required=False)
    overrun_min = forms.IntegerField(label="Minutes beyond the agreed end", min_value=0, max_value=240, required=False)
    stops_overridden = forms.IntegerField(label="Times a stop or a no was not honored", min_value=0, max_value=20, required=False)
    consent_missing = forms.BooleanField(label="Challenging work without consent to it", required=False)
    late_opening = forms.BooleanField(label="A heavy issue was opened in the last fifth", required=False)
    note = forms.CharField(label="Anything to note?", widget=forms.Textarea(attrs={"rows": 3}), required=False)

    class Meta:
        model = Session
        fields = sessions.RECORDED

    def __init__(self, *args: Any, something_raised: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client = self.instance.client
        apply = {
            "intensity": client.demanding_work,
            "led_by": client.demanding_work,
            "trauma_work": client.demanding_work,
            "responded": something_raised,
            **dict.fromkeys(("suds_start", "suds_peak", "suds_end"), client.suds),
        }
        for name, applies in apply.items():
            if not applies:
                del self.fields[name]

    def clean_late_opening(self) -> bool | None:
        """Ticked or unticked by hand it is known; untouched before anything was said it is not."""
        return self.cleaned_data["late_opening"] or (False if self.cleaned_data.get("attendance") else None)

    def clean_consent_missing(self) -> bool | None:
        return True if self.cleaned_data["consent_missing"] else None


@require_http_methods(["GET", "POST"])
@for_client(WRITE)
def record(request: HttpRequest, seen: Seen, number: int) -> HttpResponse:
    session = session_or_404(seen, number)
    raised = _something_raised(session)
    form = Record(request.POST or None, instance=session, something_raised=raised)
    typing = request.headers.get("X-Saved-As-Typed") == "1"
    if request.method == "POST" and form.is_valid():
        with readings.changing(seen.client):
            sessions.record(session, **{name: form.cleaned_data[name] for name in form.fields})
            opened = _ledger(session, request.POST)
            if session.as_agreed is False:
                sessions.touch_limits(session, list(seen.client.agreements.filter(kind="limit", pk__in=request.POST.getlist("limits"))))
        if typing:
            return JsonResponse({"opened": opened})
        return redirect("client", seen.client.code)
    if typing:
        return JsonResponse({"errors": {name: list(errors) for name, errors in form.errors.items()}})
    touched = {touch.limit_id for touch in session.limit_touches.all()}
    limits = [(limit, limit.pk in touched) for limit in seen.client.agreements.filter(kind="limit", withdrawn=None)]
    ledger = _rows(session)
    settled = [row for row in ledger if row["state"] == Topic.State.SETTLED]
    came_back = any(done for row in settled for _, _, done in row["steps"])
    context = {"seen": seen, "client": seen.client, "session": session, "form": form, "limits": limits, "ledger": ledger}
    context["ahead"] = not session.over and session.starts > timezone.now()
    return render(request, "dashboard/record.html", context | {"settled": settled, "came_back": came_back})


def session_or_404(seen: Seen, number: int) -> Session:
    session = seen.client.sessions.filter(number=number).first()
    if session is None:
        raise Http404("no such session")
    session.client = seen.client
    return session


def _something_raised(session: Session) -> bool:
    """Was anything raised at the session before, so that it could be talked about in this one?"""
    day = session.date.isoformat()
    earlier = Q(day__lt=day) | Q(day=day, session__lt=session.number)
    before = readings.current().filter(earlier, client=session.client).last()
    return before is not None and any(value in ("watch", "act") for name, value in before.reading.items() if name.endswith("_level"))


def _rows(session: Session) -> list[dict[str, Any]]:
    """Each issue with what can happen to it here, and what already did in this session."""
    rows = []
    for topic in session.client.topics.prefetch_related("events").order_by("pk"):
        here = [event.kind for event in topic.events.all() if event.session_id == session.pk]
        earlier = [event for event in topic.events.all() if event.session_id != session.pk]
        state = topics.BECOMES[earlier[-1].kind] if earlier else None
        steps = [(kind, LABELS[kind], kind in here) for kind in STEPS[state]] if state else []
        rows.append({"topic": topic, "new": state is None, "steps": steps, "state": state})
    return rows


LABELS = {"touched": "touched", "settled": "settled", "parked": "parked, as agreed", "resurfaced": "came back"}


def _ledger(session: Session, said: Any) -> int | None:
    """What the form says about issues. Returns the id of an issue that was opened just now."""
    for row in _rows(session):
        topic = row["topic"]
        if row["new"]:
            label = said.get(f"label-{topic.pk}")
            if label is not None and label.strip() != topic.label:
                _rename(topic, session, label.strip())
            continue
        wanted = set(said.getlist(f"topic-{topic.pk}"))
        for kind, _, done in row["steps"]:
            if done and kind not in wanted:
                topics.take_back(topic, session, kind)
        for kind, _, done in row["steps"]:
            if kind in wanted and not done:
                topics.note(topic, session, kind)
    label = said.get("opened", "").strip()
    if not label:
        return None
    twice = next((row["topic"] for row in _rows(session) if row["new"] and row["topic"].label == label), None)
    return (twice or topics.begin(session.client, session, label)).pk  # saved as it was typed, and once more by the button


def _rename(topic: Topic, session: Session, label: str) -> None:
    if label:
        topic.label = label
        topic.save(update_fields=["label"])
    else:
        topics.take_back(topic, session, "opened")
