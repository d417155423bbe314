"""The client's own page, behind their PIN: chart, limits, stop word, wish, consent, who looked. Locks itself after ten minutes.

The PIN is chosen with a code from the room, so that whoever only holds the link cannot choose one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from andante_clinic.bridge import own_words, readings
from andante_clinic.checkin.links import behind_a_link, context, only_post
from andante_clinic.journal import agreements, checkins, sessions
from andante_clinic.journal.models import CheckIn, Consent
from andante_clinic.people import audit, pins
from andante_clinic.people.models import Client
from andante_clinic.people.trails import described

OPEN_FOR = 10 * 60  # seconds


@behind_a_link
def mine(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
    client = checkin.session.client
    if not _unlocked(request, client):
        return _door(request, client)
    agreed = list(client.agreements.filter(withdrawn=None).order_by("made"))
    upcoming = sessions.next_session(client)
    shown = {
        **context(client),
        "link": request.link,
        "client": client,
        "own": own_words.page(client),
        "limits": [a for a in agreed if a.kind == "limit"],
        "preferences": [a for a in agreed if a.kind == "preference"],
        "wish": client.wishes.order_by("-at").first(),
        "press": checkins.standing(client),
        "plan": upcoming if upcoming and upcoming.plan_shared else None,
        "consents": agreements.to_show(client),
        "looked": described(client.code)[:40],
    }
    return render(request, "checkin/mine.html", shown)


def _unlocked(request: HttpRequest, client: Client) -> bool:
    return request.session.get(f"mine-{client.code}", 0) > timezone.now().timestamp()


def _door(request: HttpRequest, client: Client) -> HttpResponse:
    """The PIN is asked; or it is chosen, with the code from the room."""
    failed = False
    if request.method == "POST":
        pin, code = request.POST.get("pin", ""), request.POST.get("code", "").strip()
        opened = pins.choose(client, code, pin) if code else pins.fits(client, pin)
        if opened:
            request.session.cycle_key()
            request.session[f"mine-{client.code}"] = timezone.now().timestamp() + OPEN_FOR
            audit.record(client.code, "client", "chose a PIN" if code else "opened their page")
            return redirect("mine", request.link)
        failed = True
        audit.record(client.code, "visitor", "failed to open the client's page")
    shown = {
        **context(client),
        "link": request.link,
        "chosen": bool(client.pin) and not pins.worn_out(client),
        "worn_out": pins.worn_out(client),
        "failed": failed,
        "wait": pins.must_wait(client),
    }
    return render(request, "checkin/door.html", shown, status=403 if failed else 200)


def step(change: Callable[[Client, Any], None]) -> Callable[..., HttpResponse]:
    """A change from the client's own page: only with the PIN, readings computed anew, entered in the trail."""

    @only_post
    @behind_a_link
    def page(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
        client = checkin.session.client
        if _unlocked(request, client):
            with readings.changing(client) as locked:
                change(locked, request.POST)
            audit.record(client.code, "client", "changed", f"own:{change.__name__}")
        return redirect("mine", request.link)

    return page


def _number(text: Any) -> int:
    """A row's number as a form sends it; 0, which no row has, for anything else."""
    return int(text) if str(text).isdecimal() else 0


@step
def say(client: Client, said: Any) -> None:
    """A limit or a preference."""
    if said.get("kind") in ("limit", "preference") and said.get("words", "").strip():
        agreements.agree(client, said["kind"], said["words"][:300], said_by="client")


@step
def withdraw(client: Client, said: Any) -> None:
    """A limit or a preference no longer holds."""
    for agreement in client.agreements.filter(pk=_number(said.get("pk")), withdrawn=None):
        agreements.withdraw(agreement)


@step
def stop_word(client: Client, said: Any) -> None:
    """The word or sign that stops at once."""
    client.stop_word = said.get("words", "").strip()[:120]
    client.save(update_fields=["stop_word"])


@step
def wish(client: Client, said: Any) -> None:
    """Slower, as it is, or faster."""
    if said.get("wish") in ("-1", "0", "1"):
        agreements.wish(client, int(said["wish"]))


@step
def settled(client: Client, said: Any) -> None:
    """After a press of the brake: it is settled."""
    checkins.settled(client)


@step
def consent(client: Client, said: Any) -> None:
    """Answer the step that is asked about, or take a yes back: of a session ahead, since what was said before one that is over stands."""
    found = agreements.asked_of(client).filter(pk=_number(said.get("pk"))).first()
    if found is None:
        return
    if "take_back" in said:
        agreements.take_back_consent(found)
    elif said.get("consent") in Consent.Answer.values:
        agreements.answer_consent(found, said["consent"])


@step
def contact(client: Client, said: Any) -> None:
    """Which way of being reached is safe."""
    if said.get("contact") in ("room", "paper", "link"):
        client.contact, client.contact_asked = said["contact"], timezone.localdate()
        client.save(update_fields=["contact", "contact_asked"])


@only_post
@behind_a_link
def lock(request: HttpRequest, checkin: CheckIn) -> HttpResponse:
    """Close the page now."""
    request.session.pop(f"mine-{checkin.session.client.code}", None)
    return redirect("checkin", request.link)
