"""Attempts to get past the gate, over every route there is: another client's ids, posts by those without a right, other sites, caches."""

import logging
import re

import pytest
from django.test import Client as Browser
from django.urls import resolve, reverse
from tests.clinic.pages import text
from tests.clinic.test_access import ROUTES, WRITERS, _traces, world  # noqa: F401  (the world is a fixture)

from andante_clinic.journal import agreements, responses, safety
from andante_clinic.people import log
from andante_clinic.people.models import BreakGlass, Client

# Everything that any page of a client takes, at once: whoever may not change must not change by posting it to a page either.
EVERYTHING = {
    "starts": "2031-05-05T10:00", "minutes": "50", "who": "client", "reason": "ill", "attendance": "missed", "intensity": "9", "note": "x",
    "step": "acknowledge", "share": "1", "met": "yes", "said": "yes", "way": "link", "before_distress": "9", "kind": "limit", "words": "x",
    "stop_word": "x", "demanding_work": "on", "language": "de", "contact": "link", "disagreement": "x", "tried": "yes", "total": "9",
    "measure": "phq9", "ending": "completed", "opened": "x",
}  # fmt: skip


def of_a_client(address):
    return resolve(address).func.rule.kind == "client"


@pytest.mark.parametrize("who", ["supervisor", "manager", "outsider", "visitor", "manager with glass"])
def test_who_may_not_write_changes_nothing_by_posting_to_any_page(world, request, as_person, who):  # noqa: F811
    client = Client.objects.get(code=world["client"].split("/")[2])
    person = None if who == "visitor" else request.getfixturevalue(who.split()[0])
    if who == "manager with glass":
        BreakGlass.objects.create(manager=person, client=client, reason="nobody else", until="2099-01-01T00:00Z")
    browser, before = as_person(person), _traces(client)
    tried = [name for name, address in world.items() if of_a_client(address) and ROUTES[name][2] == WRITERS]
    assert len(tried) > 15
    for name in tried:
        for sent in (EVERYTHING, EVERYTHING | {"step": "review"}):
            answer = browser.post(world[name], sent)
            assert answer.status_code == (302 if who == "visitor" else 404), name
            assert who != "visitor" or answer["Location"].startswith(reverse("account_login")), name
    assert _traces(client) == before


@pytest.fixture
def stranger(world, therapist):  # noqa: F811
    """Another client of the same therapist, whose rows have ids of their own."""
    other = Client.objects.create(name="Otto Other", therapist=therapist)
    return {
        "client": other,
        "withdraw": agreements.agree(other, "limit", "not my brother", "client").pk,
        "response": responses.choose(other, 3, "trust", "own_part", therapist).pk,
        "safety": safety.raise_item(other, "therapist").pk,
    }


def rows_of(client):
    """Every row that hangs on this client, and the client's own."""
    related = [rel.related_model.objects.filter(**{rel.field.name: client}) for rel in Client._meta.related_objects]
    consents = agreements.asked_of(client)
    return [list(rows.order_by("pk").values()) for rows in (Client.objects.filter(pk=client.pk), consents, *related)]


def test_another_clients_ids_open_nothing_under_this_clients_address(world, stranger, as_person, therapist):  # noqa: F811
    before, code, browser = rows_of(stranger["client"]), world["client"].split("/")[2], as_person(therapist)
    nested = [name for name in ROUTES if of_a_client(world[name]) and "pk" in resolve(world[name]).kwargs]
    assert sorted(nested) == ["response", "safety", "withdraw"]
    for name in nested:
        assert browser.post(reverse(name, args=[code, stranger[name]]), EVERYTHING).status_code == 404, name
    record = {"attendance": "attended", "as_agreed": "False", "limits": [stranger["withdraw"]]}
    browser.post(world["record"], record)
    assert rows_of(stranger["client"]) == before


def test_another_clients_ids_open_nothing_on_the_clients_own_page(world, stranger, client, upcoming):  # noqa: F811
    from andante_clinic.people import pins

    link = world["mine"].split("/")[2]
    other = stranger["client"]
    session = other.sessions.create(therapist=other.therapist, number=1, starts=upcoming.starts)
    consent = agreements.ask_consent(session, "a step")
    pins.choose(upcoming.client, pins.make_room_code(upcoming.client), "4711")
    client.post(reverse("mine", args=[link]), {"pin": "4711"})
    before = rows_of(other)
    client.post(reverse("mine_withdraw", args=[link]), {"pk": stranger["withdraw"]})
    client.post(reverse("mine_consent", args=[link]), {"pk": consent.pk, "consent": "yes"})
    assert rows_of(other) == before


def test_every_step_refuses_a_post_from_another_site(world, therapist, manager, supervisor):  # noqa: F811
    """Only the check-in and the brake take a post without a token: they carry no cookie that another site could borrow."""
    free = set()
    for person in (therapist, manager, supervisor):
        browser = Browser(enforce_csrf_checks=True)
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        free |= {name for name, address in world.items() if browser.post(address, EVERYTHING).status_code != 403}
    assert free == {"checkin", "slow_down"}


def test_no_page_is_kept_framed_or_found(world, as_person, therapist, manager, supervisor, outsider):  # noqa: F811
    looked = 0
    for person in (therapist, manager, supervisor, outsider, None):
        browser = as_person(person)
        for name, address in world.items():
            answer = browser.get(address)
            looked += answer.status_code == 200
            assert "no-store" in answer["Cache-Control"], name
            assert answer["X-Frame-Options"] == "DENY", name
            assert answer["X-Robots-Tag"] == "noindex, nofollow", name
            assert answer["Referrer-Policy"] == "same-origin", name
            assert answer["X-Content-Type-Options"] == "nosniff", name
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy, name
            assert re.search(r"script-src 'self'(;|$)", policy), name
            assert not re.search(rb"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", answer.content), name
    assert looked > 25


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, therapist, wanted):
    said = {"login": therapist.email, "password": "correct horse", "next": wanted}
    answer = client.post(reverse("account_login"), said)
    assert answer["Location"] == reverse("home")


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, therapist):
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": therapist.email, "password": "correct horse"})
    kept = dict(client.cookies)
    assert sorted(name for name in kept if name.startswith("here")) == ["here", "here_form"]
    for name in ("here", "here_form"):
        assert (kept[name]["httponly"], kept[name]["samesite"]) == (True, "Strict")


def test_the_link_leaves_no_session_on_a_phone(world, client):  # noqa: F811
    client.get(world["checkin"])
    client.post(world["checkin"], {"before_distress": "3"})
    client.post(world["slow_down"])
    assert "here" not in client.cookies


def test_titles_tell_no_name(world, as_person, therapist):  # noqa: F811
    """The title stands in the browser's history and on a shared screen."""
    for name, address in world.items():
        page = as_person(therapist).get(address).content.decode()
        for title in re.findall(r"<title>(.*?)</title>", page, re.S):
            assert "Clara" not in title, name
            assert "Client," not in title, name


def test_an_error_shows_and_logs_no_name_and_no_word(world, therapist, monkeypatch, caplog, settings):  # noqa: F811
    words = "Clara Client, the night of the accident"

    def fail(*_, **__):
        raise ValueError(words)

    monkeypatch.setattr("andante_clinic.dashboard.client.journal", fail)
    browser = Browser(raise_request_exception=False)
    browser.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    with caplog.at_level(logging.ERROR, "django.request"):
        logging.getLogger("django.request").addHandler(caplog.handler)
        page = browser.get(world["client"])
        logging.getLogger("django.request").removeHandler(caplog.handler)
    assert page.status_code == 500
    assert "Something failed on our side." in text(page)
    formatter = log.WithoutWords()
    lines = "\n".join(formatter.format(record) for record in caplog.records)
    assert "ValueError (what it says is not logged)" in lines
    assert "test_breaking_in.py" in lines  # where it happened
    for word in ("Clara", "accident"):
        assert word not in page.content.decode()
        assert word not in lines
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "without words"
    assert settings.LOGGING["formatters"]["without words"]["()"] == "andante_clinic.people.log.WithoutWords"


def test_an_error_that_came_from_another_keeps_both_to_itself():
    words = "Clara, again"
    try:
        try:
            raise KeyError(words)
        except KeyError as first:
            raise RuntimeError(words) from first
    except RuntimeError as error:
        said = log.WithoutWords().formatException((type(error), error, error.__traceback__))
    assert "Clara" not in said.replace('words = "Clara, again"', "")
    assert "RuntimeError (what it says is not logged)" in said
    assert "KeyError (what it says is not logged)" in said


def test_a_page_that_fails_without_a_template_still_says_so(rf):
    from andante_clinic.people.refusals import failed

    assert (failed(rf.get("/")).status_code, b"Nothing you entered was changed" in failed(rf.get("/")).content) == (500, True)
