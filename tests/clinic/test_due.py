"""Time alone changes a reading: an appointment that ends, a check-in that expires. The pages see it by themselves, and cheaply."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from andante_clinic.bridge import readings
from andante_clinic.journal import checkins, sessions
from andante_clinic.journal.models import Reading
from andante_clinic.people.models import Client


@pytest.fixture
def later(monkeypatch):
    """Let time pass for everyone: `later(days=3)`. Sign in afterwards: sessions end meanwhile."""
    passed = timedelta()
    now = timezone.now

    def let_pass(**more):
        nonlocal passed
        passed += timedelta(**more)
        monkeypatch.setattr(timezone, "now", lambda: now() + passed)

    return let_pass


@pytest.fixture
def offered(upcoming):
    """A check-in before the appointment in two days; its link can be answered for a week (the service's default)."""
    with readings.changing(upcoming.client):
        return checkins.offer(upcoming, "before")


def rows(client):
    return {r.session: r.row for r in Reading.objects.filter(client=client, audience="therapist", current=True)}


def queries(browser, name):
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(reverse(name)).status_code == 200
    return len(caught)


def test_the_moment_is_the_end_of_the_appointment_and_then_the_end_of_the_link(offered, later):
    client, session = Client.objects.get(), offered.session
    assert client.due == session.starts + timedelta(minutes=50)
    later(days=2, hours=1)
    readings.catch_up([client])
    assert client.due == Client.objects.get().due == offered.expires
    later(days=30)
    readings.catch_up([client])
    assert client.due is Client.objects.get().due is None


@pytest.mark.parametrize(("name", "who"), [("today", "therapist"), ("client", "therapist"), ("together", "therapist"),
                                           ("client", "supervisor"), ("supervision", "supervisor")])  # fmt: skip
def test_a_page_reads_a_check_in_that_did_not_come(request, offered, later, as_person, name, who):
    client = offered.session.client
    assert 4 not in rows(client)
    later(days=40)
    person = request.getfixturevalue(who)
    as_person(person).get(reverse(name, args=[client.code] if name in ("client", "together") else []))
    assert rows(client)[4]["checkin_before"] == "unanswered"


def test_an_appointment_that_ended_is_read_before_its_check_in_expires(offered, later, as_person, therapist):
    later(days=2, minutes=51)
    as_person(therapist).get(reverse("today"))
    assert "checkin_before" not in rows(offered.session.client)[4]


def test_an_answer_in_time_leaves_nothing_due_but_the_appointment(offered):
    with readings.changing(offered.session.client):
        checkins.receive(offered, {"before_distress": checkins.Said(4)})
    client = Client.objects.get()
    assert client.due == offered.session.starts + timedelta(minutes=50)
    with readings.changing(client):
        sessions.record(offered.session, attendance="missed")
    assert Client.objects.get().due is None


def test_a_link_taken_back_is_not_waited_for(offered, later):
    with readings.changing(offered.session.client):
        checkins.revoke(offered)
    later(days=3)
    client = Client.objects.get()
    readings.catch_up([client])
    assert client.due is None
    assert "checkin_before" not in rows(client)[4]


def test_only_those_whose_moment_has_come_are_computed(offered, later, therapist, hold, monkeypatch):
    other = Client.objects.create(name="Otto Other", therapist=therapist)
    hold(other, 3)
    with readings.changing(other):
        sessions.book(other, timezone.now() + timedelta(days=9))
    later(days=3)
    computed, recompute = [], readings.recompute
    monkeypatch.setattr(readings, "recompute", lambda client: computed.append(client.pk) or recompute(client))
    assert readings.catch_up(Client.objects.order_by("pk")) == 1
    assert computed == [offered.session.client_id]


def test_nothing_due_costs_no_query_and_one_due_costs_the_same_in_any_caseload(offered, later, as_person, therapist, hold):
    def others(many):
        for n in range(many):
            other = Client.objects.create(name=f"Client {n}", therapist=therapist)
            hold(other, 3)
            readings.recompute(other)

    def with_one_due():
        Client.objects.filter(pk=offered.session.client_id).update(due=timezone.now())
        return queries(browser, "today")

    others(2)
    later(days=3)
    browser = as_person(therapist)
    queries(browser, "today")
    nothing, one_due = queries(browser, "today"), with_one_due()
    assert queries(browser, "today") == nothing < one_due
    with CaptureQueriesContext(connection) as caught:
        assert readings.catch_up(list(Client.objects.all())) == 0
    assert len(caught) == 1  # the list itself
    others(18)
    queries(browser, "today")
    assert (with_one_due(), queries(browser, "today")) == (one_due, nothing)


def test_the_service_computes_what_is_due_at_its_start(offered, later, capsys):
    client = offered.session.client
    call_command("recompute")
    assert capsys.readouterr().out == "0 new readings.\n"
    later(days=40)
    call_command("recompute")
    assert capsys.readouterr().out == "2 new readings.\n"  # session 4, for the therapist and for the client
    assert rows(client)[4]["checkin_before"] == "unanswered"
