"""The client's page behind a link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from andante_clinic.people.access import open_to_all


@open_to_all("the signed link is the key")
def checkin(request: HttpRequest, link: str) -> HttpResponse:
    return HttpResponse("")
