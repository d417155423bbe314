"""The office: who works here and who is tied to whom, what the service has turned on, who saw what. Clients are codes here."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from andante.errors import AndanteError
from andante_clinic.bridge import readings
from andante_clinic.fields import Form, ModelForm, Pills
from andante_clinic.journal import instruments
from andante_clinic.journal.models import ServiceItem
from andante_clinic.people import audit, trails
from andante_clinic.people.access import for_people
from andante_clinic.people.models import BreakGlass, Client, Service, Supervision, User

MOST = 2_000_000  # bytes of a Questionnaire that are read


class Person(ModelForm):
    role = forms.ChoiceField(choices=User.Role.choices, widget=Pills)

    class Meta:
        model = User
        fields = ("name", "email", "role")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        if self.instance.pk and role == User.Role.MANAGER and self.instance.clients.filter(ended=None).exists():
            raise forms.ValidationError("They still have clients: hand them over first.")
        return role


class Tie(Form):
    """A supervisor looks over a therapist's work."""

    supervisor = forms.ModelChoiceField(User.objects.filter(role="supervisor", is_active=True))
    therapist = forms.ModelChoiceField(User.objects.filter(role__in=["therapist", "supervisor"], is_active=True))

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("supervisor") and said.get("supervisor") == said.get("therapist"):
            raise forms.ValidationError("Nobody supervises themselves.")
        return said


class Handover(Form):
    """A client goes on with another therapist."""

    client = forms.ModelChoiceField(Client.objects.all(), to_field_name="code")
    therapist = forms.ModelChoiceField(User.objects.filter(role__in=["therapist", "supervisor"], is_active=True))


class Glass(Form):
    client = forms.ModelChoiceField(Client.objects.all(), to_field_name="code", empty_label="Choose a code")
    reason = forms.CharField(
        min_length=10, max_length=500, widget=forms.Textarea, help_text="Who is in danger, and why nobody with a tie can be reached."
    )


class Settings(ModelForm):
    leave_to = forms.URLField(label="Where the leave-now button leads", assume_scheme="https")

    class Meta:
        model = Service
        exclude = ("id",)


class Question(ModelForm):
    kind = forms.ChoiceField(
        label="When is it asked?", choices=[("before", "before the session"), ("after", "after the session")], widget=Pills
    )

    class Meta:
        model = ServiceItem
        fields = ("question", "low_end", "high_end", "kind")


def _form(request: HttpRequest, kind: type[Any], name: str, **more: Any) -> Any:
    """One of several forms of a page, bound where it is the one that was sent."""
    return kind(request.POST if request.POST.get("form") == name else None, **more)


@for_people("manager")
def office(request: HttpRequest) -> HttpResponse:
    person, tie, handover = _form(request, Person, "person"), _form(request, Tie, "tie"), _form(request, Handover, "handover")
    if person.is_bound and person.is_valid():
        _welcome(request, person)
        return redirect("office")
    if tie.is_bound and tie.is_valid():
        Supervision.objects.get_or_create(**tie.cleaned_data, until=None)
        audit.record(audit.SERVICE, audit.actor_of(request.user), "made a tie", f"user:{tie.cleaned_data['therapist'].pk}")
        return redirect("office")
    if handover.is_bound and handover.is_valid():
        _hand_over(request, **handover.cleaned_data)
        return redirect("office")
    context = {
        "people": User.objects.filter(is_active=True).order_by("role", "name"),
        "ties": Supervision.objects.filter(until=None).select_related("supervisor", "therapist").order_by("supervisor__name"),
        "clients": Client.objects.select_related("therapist").only("code", "started", "ended", "therapist__name").order_by("code"),
        "person_form": person,
        "tie_form": tie,
        "handover_form": handover,
    }
    return render(request, "office/office.html", context)


def _welcome(request: HttpRequest, form: Person) -> None:
    """A new person gets a letter with a link to choose a password; nobody else ever knows it."""
    user = User.objects.create_user(form.cleaned_data["email"], None, name=form.cleaned_data["name"], role=form.cleaned_data["role"])
    letter = ResetPasswordForm({"email": user.email})
    if letter.is_valid():
        letter.save(request)
    audit.record(audit.SERVICE, audit.actor_of(request.user), "added a person", f"user:{user.pk}", role=user.role)
    messages.success(request, f"{user.name} gets a letter with a link to choose a password.")


def _hand_over(request: HttpRequest, client: Client, therapist: User) -> None:
    with readings.changing(client) as locked:
        locked.therapist, locked.therapist_since = therapist, timezone.now()
        locked.save(update_fields=["therapist", "therapist_since"])
        locked.sessions.filter(attendance="").update(therapist=therapist)
    audit.record(client.code, audit.actor_of(request.user), "handed over", f"user:{therapist.pk}")


def _at_work(pk: int) -> User:
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        raise Http404("no such person")
    return user


@for_people("manager")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: name, address, role. Nobody changes their own role, so that a manager remains."""
    user = _at_work(pk)
    form = Person(request.POST or None, instance=user)
    if user.pk == request.user.pk:
        del form.fields["role"]
    if request.method == "POST" and form.is_valid():
        form.save()
        _fit_to_role(user)
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()  # the address before opens nothing any more
        audit.record(audit.SERVICE, audit.actor_of(request.user), "changed a person", f"user:{user.pk}", changed=form.changed_data)
        return redirect("office")
    return render(request, "office/person.html", {"user": user, "form": form, "sure": is_mfa_enabled(user)})


def _fit_to_role(user: User) -> None:
    """Ties that do not go with the role end."""
    now, ties = timezone.now(), Supervision.objects.filter(until=None)
    if not user.is_supervisor:
        ties.filter(supervisor=user).update(until=now)
    if not user.is_therapist:
        ties.filter(therapist=user).update(until=now)


@require_POST
@for_people("manager")
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has lost phone and recovery codes: their second factor goes, and with their password they add a new one."""
    user = _at_work(pk)
    if user.pk != request.user.pk:
        Authenticator.objects.filter(user=user).delete()
        audit.record(audit.SERVICE, audit.actor_of(request.user), "reset a second factor", f"user:{user.pk}")
        messages.success(request, f"{user.name} is asked for a new second factor. Be sure that it was they who asked.")
    return redirect("office")


@require_POST
@for_people("manager")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has left: they can no longer sign in, their ties end, no client is told any more that they may tell them.

    Their clients are handed over first.
    """
    user = User.objects.filter(pk=pk, is_active=True).exclude(pk=request.user.pk).first()
    if user is None:
        raise Http404("no such person")
    if user.clients.filter(ended=None).exists():
        messages.error(request, f"{user.name} still has clients: hand them over first.")
        return redirect("office")
    user.is_active = False
    user.save(update_fields=["is_active"])
    Service.objects.filter(third_person=user).update(third_person=None)
    Supervision.objects.filter(supervisor=user, until=None).update(until=timezone.now())
    Supervision.objects.filter(therapist=user, until=None).update(until=timezone.now())
    audit.record(audit.SERVICE, audit.actor_of(request.user), "ended a person", f"user:{user.pk}")
    return redirect("office")


@require_POST
@for_people("manager")
def untie(request: HttpRequest, pk: int) -> HttpResponse:
    Supervision.objects.filter(pk=pk, until=None).update(until=timezone.now())
    audit.record(audit.SERVICE, audit.actor_of(request.user), "ended a tie", f"tie:{pk}")
    return redirect("office")


@for_people("manager")
def service(request: HttpRequest) -> HttpResponse:
    """What the service has turned on, the words a client reads first, and questions of its own."""
    form = _form(request, Settings, "service", instance=Service.here())
    question = _form(request, Question, "question")
    for sent in (form, question):
        if sent.is_bound and sent.is_valid():
            sent.save()
            audit.record(audit.SERVICE, audit.actor_of(request.user), "changed the service", changed=sent.changed_data)
            return redirect("service")
    packs = [pack for found in instruments.kept().values() for pack in found]
    shown = {"form": form, "question": question, "items": ServiceItem.objects.filter(active=True), "packs": packs}
    return render(request, "office/service.html", shown)


@require_POST
@for_people("manager")
def add_wording(request: HttpRequest) -> HttpResponse:
    """The wording of an instrument, as a FHIR Questionnaire that the service may use."""
    file = request.FILES.get("questionnaire")
    if file is not None:
        try:
            pack = instruments.add(file.read(MOST).decode("utf-8", "replace"), file.name)
        except AndanteError as problem:
            messages.error(request, f"Not added: {problem}")
        else:
            audit.record(audit.SERVICE, audit.actor_of(request.user), "added a wording", pack.instrument)
            messages.success(request, " ".join([f"{pack.title} is added.", *(warning.capitalize() + "." for warning in pack.warnings)]))
    return redirect("service")


@require_POST
@for_people("manager")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """A question of the service's own is no longer asked; its answers stay."""
    ServiceItem.objects.filter(pk=pk).update(active=False)
    return redirect("service")


@for_people("manager")
def glass(request: HttpRequest) -> HttpResponse:
    """Break the glass: one client's record, read only, for an hour, with a reason that stays in the trail."""
    form = Glass(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client, until = form.cleaned_data["client"], timezone.now() + BreakGlass.LASTS
        BreakGlass.objects.create(manager=request.user, client=client, reason=form.cleaned_data["reason"], until=until)
        audit.record(client.code, audit.actor_of(request.user), "broke the glass", "client")
        return redirect("client", client.code)
    broken = BreakGlass.objects.select_related("manager", "client").order_by("-at")[:20]
    return render(request, "office/glass.html", {"form": form, "broken": broken})


@for_people("manager")
def trail(request: HttpRequest, chain: str) -> HttpResponse:
    """One chain of the audit trail, newest first, and whether it fits. Also what a client gets who asks for theirs."""
    if chain != audit.SERVICE and not Client.objects.filter(code=chain).exists():
        raise Http404("no such trail")
    before = request.GET.get("before", "")
    entries = trails.described(chain, int(before) if before.isdecimal() else None)
    context = {
        "chain": chain,
        "entries": entries,
        "earlier": entries[-1]["number"] if entries and entries[-1]["number"] > 1 else None,
        "breaks": list(audit.check_chain(chain)),
        "unsigned": bool(audit.unsigned(chain)),
        "fingerprint": audit.fingerprint(),
    }
    return render(request, "office/trail.html", context)
