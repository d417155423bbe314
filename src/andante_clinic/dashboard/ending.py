"""The end of a therapy, and its list: an ended client keeps their record, and can be taken up again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from andante_clinic.bridge import readings
from andante_clinic.people.access import WRITE, Seen, enter_list, for_client, for_people
from andante_clinic.people.models import Client

ENDINGS = ("completed", "dropped_out", "referred", "other")


@require_POST
@for_client(WRITE)
def end(request: HttpRequest, seen: Seen) -> HttpResponse:
    """The therapy has ended, or goes on after all. Appointments ahead are cancelled first, by hand: each may be news."""
    ending = request.POST.get("ending", "")
    if ending in ENDINGS and seen.client.sessions.filter(attendance="", starts__gt=timezone.now()).exists():
        messages.error(request, "There are appointments ahead: cancel them first.")
        return redirect("client", seen.client.code)
    with readings.changing(seen.client) as client:
        client.ending, client.ended = (ending, timezone.localdate()) if ending in ENDINGS else ("", None)
        client.save(update_fields=["ending", "ended"])
    return redirect("client", seen.client.code)


@for_people("therapist")
def ended(request: HttpRequest) -> HttpResponse:
    """The therapist's ended clients, the latest first."""
    clients = list(Client.objects.filter(therapist=request.user).exclude(ended=None).order_by("-ended"))
    enter_list(request, clients)
    return render(request, "dashboard/ended.html", {"clients": clients})
