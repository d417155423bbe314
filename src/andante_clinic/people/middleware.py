"""What every request passes: sessions end, pages without a rule are refused, nothing is kept by caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]
SIGNED_IN, TWICE_SURE = "signed_in_at", "second_factor"
# What is used of the library for signing in. Not its other pages: nobody signs up or changes their address by themselves.
DOORS = {
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "mfa_login_webauthn",
}  # fmt: skip


def end_long_sessions(handle: Handler) -> Handler:
    """A session ends after a working day, however busy it was (idle ones end by their cookie)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            began = request.session.setdefault(SIGNED_IN, timezone.now().timestamp())
            if timezone.now().timestamp() - began > settings.SESSION_LONGEST:
                logout(request)
                messages.info(request, "You have been signed in for a whole day. Please sign in again.")
                return redirect(settings.LOGIN_URL)
        return handle(request)

    return middleware


class refuse_pages_without_a_rule:
    """A page that says nothing about who may open it is not opened; a person without a second factor is asked for one first."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if view.__module__.startswith("allauth."):
            if request.resolver_match is None or request.resolver_match.url_name not in DOORS:
                raise Http404("no such page")
            return None
        rule = getattr(view, "rule", None)
        if rule is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} has no rule from people.access")
        if rule.kind != "open" and settings.SECOND_FACTOR and request.user.is_authenticated and not self.twice_sure(request):
            messages.info(request, "Before you see clients: add a passkey, or a one-time code app.")
            return redirect("mfa_index")
        return None

    @staticmethod
    def twice_sure(request: HttpRequest) -> bool:
        if not request.session.get(TWICE_SURE) and is_mfa_enabled(request.user):
            request.session[TWICE_SURE] = True
        return bool(request.session.get(TWICE_SURE))


def keep_out_of_caches(handle: Handler) -> Handler:
    """Nothing about a client stays in a browser's or a proxy's cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        return response

    return middleware
