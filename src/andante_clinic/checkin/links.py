"""From a link to its check-in, in the client's language: what every page behind a link begins with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from andante_clinic.journal import checkins
from andante_clinic.people.access import View, open_to_all
from andante_clinic.people.models import Client, Service

WHY = "a client has no account: the signed link is the key, and what is behind it needs their PIN"


def behind_a_link(view: View) -> View:
    """A page behind a client's link; the view gets the check-in in place of the link.

    A false link, an unknown one and one that was taken back look the same: no such page, but help all the same.
    """

    @open_to_all(WHY)
    @wraps(view)
    def page(request: HttpRequest, link: str, *args: Any, **kwargs: Any) -> HttpResponse:
        checkin = checkins.find(link)
        client = checkin.session.client if checkin else None
        with translation.override(client.language if client else settings.LANGUAGE_CODE):
            if checkin is None:
                return render(request, "checkin/gone.html", context(None), status=404)
            request.link = link
            return view(request, checkin, *args, **kwargs)

    return page


def context(client: Client | None) -> dict[str, Any]:
    """What every page of a client needs: help first, how to complain, which language and whether it was reviewed."""
    service = Service.here()
    language = client.language if client else settings.LANGUAGE_CODE
    return {
        "service": service,
        "numbers": [_number(text) for text in service.numbers()],
        "language": language,
        "reviewed": language in settings.REVIEWED,
    }


def _number(text: str) -> dict[str, str]:
    """ "Crisis line: 0800 111" as its words and the number that a phone can call."""
    name, _, number = text.rpartition(":")
    return {"name": name.strip(), "number": number.strip(), "calls": "".join(c for c in number if c.isdigit() or c == "+")}


def only_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step that changes something is never taken by following a link."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else HttpResponse(status=405)

    return page
