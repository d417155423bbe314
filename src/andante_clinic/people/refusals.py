"""What a person sees where there is no page, or where something failed: calm, the same for all, telling nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PLAIN = (
    "<!DOCTYPE html><html lang=en><title>Not now</title>"
    "<p>Something failed on our side. Nothing you entered was changed. Please try again.</p></html>"
)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "refusal.html", {"says": "There is no such page."}, status=404)


def refused(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Also what Django shows where a form's token does not fit."""
    says = "This form was open for too long, or came from elsewhere. Go back, reload and send it again."
    return render(request, "refusal.html", {"says": says}, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Without templates: whatever failed may have been one."""
    return HttpResponse(PLAIN, status=500)
