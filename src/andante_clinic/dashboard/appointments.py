"""Appointments made, moved and cancelled by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from andante_clinic.bridge import readings
from andante_clinic.dashboard.record import session_or_404
from andante_clinic.fields import Form, Pills
from andante_clinic.journal import sessions
from andante_clinic.journal.models import Session
from andante_clinic.journal.models.sessions import REASONS
from andante_clinic.people.access import WRITE, Seen, for_client
from andante_clinic.people.models import Service


def _when() -> forms.DateTimeField:
    return forms.DateTimeField(label="When", widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))


class Book(Form):
    starts = _when()
    minutes = forms.IntegerField(label="Minutes", min_value=10, max_value=240)


class Move(Form):
    starts = _when()


class Cancel(Form):
    who = forms.ChoiceField(
        label="Who cancels?",
        choices=(("client", "The client"), ("service", "We do"), ("mistake", "Nobody: it was entered by mistake")),
        widget=Pills,
    )
    reason = forms.ChoiceField(label="Why?", choices=REASONS, widget=Pills, required=False)


def _same_hour_next_week(seen: Seen) -> datetime | None:
    """A proposal, by the clock on the wall: the hour of the last appointment, a week later. None where that is past."""
    last = seen.client.sessions.order_by("starts").last()
    proposed = timezone.localtime(last.starts).replace(tzinfo=None) + timedelta(days=7) if last else None
    return proposed if proposed and proposed > timezone.localtime().replace(tzinfo=None) else None


@for_client(WRITE)
def book(request: HttpRequest, seen: Seen) -> HttpResponse:
    form = Book(request.POST or None, initial={"starts": _same_hour_next_week(seen), "minutes": Service.here().session_minutes})
    if request.method == "POST" and form.is_valid():
        with readings.changing(seen.client) as client:
            sessions.book(client, form.cleaned_data["starts"], form.cleaned_data["minutes"])
        return redirect("client", seen.client.code)
    return render(request, "dashboard/book.html", {"client": seen.client, "form": form})


@for_client(WRITE)
def move(request: HttpRequest, seen: Seen, number: int) -> HttpResponse:
    session = session_or_404(seen, number)
    if session.over:
        raise Http404("a session that is over is corrected in its record")
    moving = request.method == "POST" and "starts" in request.POST
    form = Move(request.POST if moving else None, initial={"starts": session.starts})
    cancelling = Cancel(request.POST if request.method == "POST" and not moving else None)
    if moving and form.is_valid():
        with readings.changing(seen.client):
            sessions.move(session, form.cleaned_data["starts"])
        return redirect("client", seen.client.code)
    if cancelling.is_bound and cancelling.is_valid():
        try:
            with readings.changing(seen.client):
                _cancel(session, **cancelling.cleaned_data)
        except sessions.Answered as why:
            messages.error(request, f"Not taken out: {why}. Cancel it instead.")
            return redirect("move", seen.client.code, number)
        return redirect("client", seen.client.code)
    return render(request, "dashboard/move.html", {"client": seen.client, "session": session, "form": form, "cancelling": cancelling})


def _cancel(session: Session, who: str, reason: str) -> None:
    if who == "mistake":
        sessions.take_out(session)
    else:
        sessions.cancel(session, who, reason)
