"""Taking in a client: a minute of questions, and an honest refusal with a reason where Andante is not the right tool."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from andante_clinic.fields import Form, Pills
from andante_clinic.people import audit
from andante_clinic.people.access import for_people
from andante_clinic.people.models import Client

# Whom Andante is not for, each with the reason that the page gives.
REFUSALS = {
    "adult": (
        "Is the client 18 or older?",
        "no",
        "Andante is for adults in this version: its questions, its usual bands and its thresholds were made for adults only. "
        "For someone under 18, work with the child's own safeguarding and consent rules instead.",
    ),
    "psychosis": (
        "Is there acute psychosis or mania?",
        "yes",
        "In acute psychosis or mania pace is not what is asked first, and self-ratings mean something else. "
        "Medical care comes first; take the client in when the acute phase is over.",
    ),
    "joint": (
        "Is this couple or family therapy?",
        "yes",
        "One record belongs to one person: there is no joint link and no shared screen for two, "
        "since one partner could read the other's answers. Each may have a record of their own in individual therapy.",
    ),
    "ordered": (
        "Is the therapy ordered by a court?",
        "yes",
        "Where a court can ask for the record, a client cannot answer freely, and the answers could be used against them.",
    ),
    "crisis": (
        "Is this crisis care, with nobody to reach between sessions?",
        "yes",
        "Andante is no crisis service: answers are read on working days only. Use your crisis pathway; take the client in afterwards.",
    ),
}
NOT_DETECTED = "Andante does not detect sexual, financial or dual-relationship violations by a therapist: a quiet page proves nothing."


class TakeIn(Form):
    """Who, and whether Andante is for them. Nothing is chosen beforehand."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="Kept encrypted. Elsewhere a code stands for it.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    demanding_work = forms.ChoiceField(
        label="Is exposure or trauma work part of your way of working with this client?",
        choices=(("yes", "Yes"), ("no", "No")),
        widget=Pills,
        help_text="Without it there is no intensity and no ceiling.",
    )
    language = forms.ChoiceField(label="The client's language", choices=settings.LANGUAGES, widget=Pills, initial="en")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for key, (question, _, _) in REFUSALS.items():
            self.fields[key] = forms.ChoiceField(label=question, choices=(("yes", "Yes"), ("no", "No")), widget=Pills)

    def reasons(self) -> list[str]:
        """Why this client is not taken in; empty where nothing speaks against it."""
        return [reason for key, (_, wrong, reason) in REFUSALS.items() if self.cleaned_data[key] == wrong]


@for_people("therapist")
def take_in(request: HttpRequest) -> HttpResponse:
    form = TakeIn(request.POST or None)
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        reasons = form.reasons()
        if not reasons:
            client = Client.objects.create(
                therapist=request.user,
                name=form.cleaned_data["name"].strip(),
                demanding_work=form.cleaned_data["demanding_work"] == "yes",
                language=form.cleaned_data["language"],
            )
            audit.record(client.code, audit.actor_of(request.user), "took in", "client")
            return redirect("client", client.code)
    return render(request, "dashboard/take_in.html", {"form": form, "reasons": reasons, "not_detected": NOT_DETECTED})
