"""What the two have agreed: limits, preferences, stop word, way of working, how the client is reached safely."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from andante.measures import catalogue
from andante_clinic.bridge import readings
from andante_clinic.fields import ModelForm, Pills
from andante_clinic.journal import agreements, instruments
from andante_clinic.people import pins
from andante_clinic.people.access import WRITE, Seen, for_client
from andante_clinic.people.models import Client


class Way(ModelForm):
    """The way of working with this client, and how to reach them."""

    class Meta:
        model = Client
        fields = (
            "stop_word",
            "contact",
            "language",
            "sessions_rated_in_full",
            "instruments",
            "instruments_every",
            "demanding_work",
            "suds",
            "overwhelm_line",
            "sessions_agreed",
            "old_coping",
            "old_coping_risky",
            "name",
        )
        labels = {
            "stop_word": "Stop word or sign",
            "contact": "Safe way of reaching the client",
            "instruments_every": "Sessions from one asking of these to the next",
            "sessions_rated_in_full": "Ask the full check-in instead of the short one",
            "demanding_work": "Exposure or trauma work is part of the way of working",
            "suds": "Distress is rated in session",
            "overwhelm_line": "The client's own line for “too much”, 0 to 10",
            "sessions_agreed": "Sessions agreed on",
            "old_coping": "The old way of coping that the client wants to leave",
            "old_coping_risky": "That way of coping is dangerous in itself",
            "name": "Name of the client",
        }
        help_texts = {
            "stop_word": "",
            "sessions_rated_in_full": "",
            "instruments_every": "",
            "demanding_work": "",
            "suds": "",
            "overwhelm_line": "7 where none is agreed.",
            "sessions_agreed": "",
            "old_coping": "Empty: it is not asked about.",
            "old_coping_risky": "Any day of it then opens the safety path.",
            "name": "",
        }
        widgets = {
            "contact": Pills,
            "language": forms.RadioSelect({"class": "pills"}),
            "stop_word": forms.TextInput({"autocomplete": "off"}),
            "old_coping": forms.TextInput({"autocomplete": "off"}),
            "name": forms.TextInput({"autocomplete": "off"}),
        }

    instruments = forms.MultipleChoiceField(label="Instruments that are asked", required=False, widget=forms.CheckboxSelectMultiple)
    asked_again = forms.BooleanField(label="The client was asked again today", required=False)
    language = forms.ChoiceField(label="Language of the client's pages", widget=Pills)

    field_order = ("stop_word", "contact", "asked_again")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES
        self.fields["instruments"].choices = [(name, catalogue()[name].title) for name in instruments.kept()]
        if not self.fields["instruments"].choices:
            del self.fields["instruments"], self.fields["instruments_every"]
        self.fields["overwhelm_line"].validators.append(forms.fields.validators.MaxValueValidator(10))
        for field in self.fields.values():
            field.show_hidden_initial = True  # what counts as changed is what was changed on this page

    def save(self, commit: bool = True) -> Client:
        """Only what was changed here: what the client changed on their own page meanwhile stays as they left it."""
        changed = [name for name in self.changed_data if name != "asked_again" and (name != "name" or self.cleaned_data["name"])]
        if "contact" in changed or (self.cleaned_data["asked_again"] and self.cleaned_data["contact"]):
            self.instance.contact_asked = timezone.localdate()
            changed.append("contact_asked")
        self.instance.save(update_fields=changed)
        return self.instance


@for_client(WRITE)
def agreed(request: HttpRequest, seen: Seen) -> HttpResponse:
    form = Way(request.POST or None, instance=seen.client)
    if request.method == "POST" and form.is_valid():
        with readings.changing(seen.client):
            form.save()
        return redirect("client", seen.client.code)
    held = list(seen.client.agreements.filter(withdrawn=None).order_by("kind", "made"))
    context = {
        "seen": seen,
        "client": seen.client,
        "form": form,
        "held": held,
        "worn_out": pins.worn_out(seen.client),
        "room_code": request.session.pop(f"room-{seen.client.code}", None),
    }
    return render(request, "dashboard/agreed.html", context)


@require_POST
@for_client(WRITE)
def say(request: HttpRequest, seen: Seen) -> HttpResponse:
    """A limit or a preference is written down, as said in the room."""
    kind, words = request.POST.get("kind", ""), request.POST.get("words", "").strip()
    if kind in ("limit", "preference") and words:
        with readings.changing(seen.client) as client:
            agreements.agree(client, kind, words, said_by="therapist")
    return redirect("agreed", seen.client.code)


@require_POST
@for_client(WRITE)
def withdraw(request: HttpRequest, seen: Seen, pk: int) -> HttpResponse:
    agreement = seen.client.agreements.filter(pk=pk).first()
    if agreement is None:
        raise Http404("no such agreement")
    with readings.changing(seen.client):
        agreements.withdraw(agreement)
    return redirect("agreed", seen.client.code)


@require_POST
@for_client(WRITE)
def room_code(request: HttpRequest, seen: Seen) -> HttpResponse:
    """A code for the room, shown once: with it the client chooses a PIN on their own phone."""
    request.session[f"room-{seen.client.code}"] = pins.make_room_code(seen.client)
    return redirect("agreed", seen.client.code)
