"""Signing in: allauth's doors with the sign-up door closed, and every coming and going in the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from andante_clinic.people import audit
from andante_clinic.people.middleware import SIGNED_IN


class ClosedDoor(DefaultAccountAdapter):
    """Accounts are made by a manager; nobody makes one for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def _signed_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    request.session[SIGNED_IN] = timezone.now().timestamp()
    audit.record(audit.SERVICE, audit.actor_of(user), "signed in")


def _signed_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        audit.record(audit.SERVICE, audit.actor_of(user), "signed out")


def _failed(sender: Any, **_: Any) -> None:
    audit.record(audit.SERVICE, "visitor", "failed to sign in")


def _changed(verb: str) -> Any:
    def enter(sender: Any, user: Any, **_: Any) -> None:
        audit.record(audit.SERVICE, audit.actor_of(user), verb)

    return enter


CHANGES = {
    password_changed: _changed("changed the password"),
    password_reset: _changed("reset the password"),
    authenticator_added: _changed("added a second factor"),
    authenticator_removed: _changed("removed a second factor"),
    authenticator_reset: _changed("reset a second factor"),
}


def listen() -> None:
    """Called once, when the people application is ready."""
    user_logged_in.connect(_signed_in, weak=False)
    user_logged_out.connect(_signed_out, weak=False)
    user_login_failed.connect(_failed, weak=False)
    for signal, enter in CHANGES.items():
        signal.connect(enter, weak=False)
