"""What the client keeps from the therapist leaves no trace on any page that therapist, supervisor or manager can open.

The same check-in is answered twice, each time from the same state: once with a private answer, once with the same
question skipped. Every page of the staff must then read the same, letter by letter, and so must every reading in the
therapist's view: what cannot be told apart cannot leak.
"""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from andante_clinic.bridge import readings
from andante_clinic.journal import checkins
from andante_clinic.journal.models import Answer
from andante_clinic.people.models import BreakGlass, Service

PRIVATE = ("after_heard", "after_choice", "after_helpful")
OPEN = {"after_overwhelm": 3, "after_pace": 0}


@pytest.fixture
def asked(three_sessions, outsider):
    """The check-in after the last session, with all three questions that can be private, and a named third person."""
    Service.objects.update_or_create(pk=1, defaults={"third_person": outsider, "ceiling_on": True, "outlook_on": True})
    session = three_sessions.sessions.get(number=3)
    session.checkins.filter(kind="after").delete()
    session.starts = timezone.now() - timedelta(hours=3)
    session.save()
    checkin = checkins.offer(session, "after")
    checkin.questions = [*OPEN, *PRIVATE]
    checkin.save()
    return checkin


def seen(asked, said, pages):
    """All that the staff see once this was said, and the therapist's readings; then it is as if it had not been said."""
    with transaction.atomic():
        with readings.changing(asked.session.client) as client:
            assert checkins.receive(asked, said)
        shown = {name: told(open_page().content.decode()) for name, open_page in pages.items()}
        stored = list(client.readings.filter(audience="therapist").order_by("pk").values("session", "row", "reading", "details", "bands"))
        own = list(client.readings.filter(audience="client", current=True, session=3).values_list("row", flat=True))
        transaction.set_rollback(True)
    return shown, stored, own


def told(page):
    """A page without what differs from one look to the next: tokens, and the minute."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|/c/[^/"<]+', "", page)
    return re.sub(r"\d\d:\d\d(:\d\d)?|[0-9a-f]{24}", "", page)


@pytest.fixture
def pages(asked, as_person, therapist, supervisor, manager):
    client = asked.session.client
    BreakGlass.objects.create(manager=manager, client=client, reason="nobody else", until=timezone.now() + timedelta(hours=1))
    of_client = ("client", "together")
    of_session = ("checkins", "record", "plan")
    found = {(name, "therapist"): (therapist, reverse(name, args=[client.code])) for name in (*of_client, "agreed", "book")}
    found |= {(name, "therapist"): (therapist, reverse(name, args=[client.code, 3])) for name in of_session}
    found |= {(name, "supervisor"): (supervisor, reverse(name, args=[client.code])) for name in of_client}
    found |= {(name, "manager"): (manager, reverse(name, args=[client.code])) for name in (*of_client, "trail")}
    found |= {("today", "therapist"): (therapist, reverse("today")), ("supervision", "supervisor"): (supervisor, reverse("supervision"))}
    return {key: lambda person=person, address=address: as_person(person).get(address) for key, (person, address) in found.items()}


@pytest.mark.parametrize("audience", [Answer.Audience.ME, Answer.Audience.THIRD])
@pytest.mark.parametrize("value", [1, 2])
def test_a_private_answer_reads_like_a_skipped_question(asked, pages, audience, value):
    public = {name: checkins.Said(number) for name, number in OPEN.items()}
    skipped = seen(asked, public, pages)
    private = seen(asked, public | {name: checkins.Said(value, audience) for name in PRIVATE}, pages)
    assert len(pages) == 14
    for page, words in skipped[0].items():
        assert private[0][page] == words, page
    assert private[1] == skipped[1]
    assert private[2][0]["after_heard"] == value  # the client's own reading has it
    assert "after_heard" not in skipped[2][0]


@pytest.mark.parametrize("audience", [Answer.Audience.ME, Answer.Audience.THIRD])
def test_a_check_in_that_is_all_private_reads_like_one_that_was_declined(asked, pages, audience):
    """The stored state differs by one word that no page shows and no risk reads as a sign."""
    declined = seen(asked, {}, pages)
    private = seen(asked, {name: checkins.Said(1, audience) for name in PRIVATE}, pages)
    for page, words in declined[0].items():
        assert private[0][page] == words, page
    for one, other in zip(private[1], declined[1], strict=True):
        assert {k: v for k, v in one.items() if k != "row"} == {k: v for k, v in other.items() if k != "row"}


def test_public_answers_do_show(asked, pages):
    """The comparison has eyes: the same answers, given to the therapist, change what is read."""
    skipped = seen(asked, {name: checkins.Said(number) for name, number in OPEN.items()}, pages)
    public = seen(asked, {name: checkins.Said(1) for name in (*OPEN, *PRIVATE)}, pages)
    for page in (("client", "therapist"), ("today", "therapist"), ("checkins", "therapist"), ("client", "supervisor")):
        assert public[0][page] != skipped[0][page], page
    assert public[1] != skipped[1]
