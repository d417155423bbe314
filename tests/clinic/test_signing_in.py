"""Signing in, and what holds while one is signed in."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from andante_clinic.people.audit_model import AuditEntry
from andante_clinic.people.middleware import SIGNED_IN


def sign_in(client, email="thea@example.org", password="correct horse"):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_an_address_and_a_password_let_in(client, therapist):
    assert sign_in(client).status_code == 302
    assert client.get(reverse("today")).status_code == 200


def test_a_wrong_password_and_a_wrong_address_look_the_same(client, therapist):
    def says(**wrong):
        page = sign_in(client, **wrong).content.decode()
        return re.findall(r"errorlist[^>]*>\s*<li>([^<]*)", page)

    assert says(password="wrong") == says(email="nobody@example.org") != []


def test_after_five_wrong_passwords_the_right_one_waits(client, therapist):
    for _ in range(5):
        sign_in(client, password="wrong")
    assert b"Too many failed login attempts" in sign_in(client).content
    assert client.get(reverse("today")).status_code == 302


def test_nobody_signs_up_by_themselves(client, db):
    assert client.get(reverse("account_signup")).status_code == 404
    client.post(reverse("account_signup"), {"email": "x@example.org", "password1": "a long password 9"})
    from andante_clinic.people.models import User

    assert User.objects.count() == 0


def test_a_letter_lets_choose_a_new_password(client, therapist):
    client.post(reverse("account_reset_password"), {"email": therapist.email})
    address = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    form = client.get(address, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "a slower password", "password2": "a slower password"})
    assert sign_in(client, password="a slower password").status_code == 302
    assert client.get(reverse("today")).status_code == 200


def test_a_letter_to_an_unknown_address_tells_nothing(client, db):
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert answer.status_code == 302


def test_without_a_second_factor_no_client_is_seen(client, therapist, settings, three_sessions):
    settings.SECOND_FACTOR = True
    client.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("today"))["Location"] == reverse("mfa_index")
    assert client.get(reverse("client", args=[three_sessions.code]))["Location"] == reverse("mfa_index")
    Authenticator.objects.create(user=therapist, type=Authenticator.Type.TOTP, data={})
    assert client.get(reverse("today")).status_code == 200


def test_a_client_needs_no_second_factor(client, settings, db):
    settings.SECOND_FACTOR = True
    assert client.get("/c/none/").status_code == 404


def test_a_session_ends_after_a_working_day(client, therapist, settings):
    client.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[SIGNED_IN] = timezone.now().timestamp() - settings.SESSION_LONGEST - 1
    session.save()
    assert client.get(reverse("today"))["Location"].startswith(reverse("account_login"))


def test_an_idle_session_ends_with_its_cookie(client, therapist):
    sign_in(client)
    cookie = client.cookies["here"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", "")
    assert client.session.get_expiry_age() == 30 * 60


def test_coming_and_going_is_in_the_trail(client, therapist):
    sign_in(client, password="wrong")
    sign_in(client)
    client.post(reverse("account_logout"))
    assert list(AuditEntry.objects.filter(chain="service").order_by("number").values_list("actor", "verb")) == [
        ("visitor", "failed to sign in"),
        (f"user:{therapist.pk}", "signed in"),
        (f"user:{therapist.pk}", "signed out"),
    ]


@pytest.mark.parametrize("name", ["account_login", "today", "mfa_index"])
def test_pages_forbid_script_that_is_not_a_file_of_ours(client, therapist, name):
    sign_in(client)
    page = client.get(reverse(name))
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page["X-Frame-Options"] == "DENY"
    assert "no-store" in page.get("Cache-Control", "")
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page.content.decode())


def test_a_post_from_elsewhere_is_refused(therapist):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    refused = browser.post(reverse("take_in"), {"name": "x"})
    assert refused.status_code == 403
    assert b"Go back, reload and send it again." in refused.content


def test_a_person_who_has_left_is_out_at_once(client, therapist):
    sign_in(client)
    therapist.is_active = False
    therapist.save()
    assert client.get(reverse("today")).status_code == 302


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password", "account_confirm_login_code"])
def test_the_librarys_other_doors_are_not_there(client, therapist, name):
    """Somebody at a machine that was left open must not add an address of their own and have the password sent there."""
    client.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    for answer in (client.get(reverse(name)), client.post(reverse(name), {"action_add": "", "email": "mine@elsewhere.example"})):
        assert answer.status_code == 404


def test_every_page_of_the_library_is_open_by_name_or_closed():
    """A new version of the library may bring new pages: they are closed until somebody opens them."""
    from allauth.urls import urlpatterns

    from andante_clinic.people.middleware import DOORS

    def names(patterns):
        for entry in patterns:
            yield from names(entry.url_patterns) if hasattr(entry, "url_patterns") else [entry.name]

    assert set(names(urlpatterns)) >= DOORS
