"""Appointments made, moved and cancelled; the plan of the next session, readiness, consent to the step."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.clinic.pages import go, text

from andante_clinic.bridge import readings
from andante_clinic.journal import agreements, checkins, sessions
from andante_clinic.people.models import Service


def when(at):
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_an_appointment_is_made_moved_and_cancelled(browser, three_sessions):
    starts = timezone.now() + timedelta(days=3)
    browser.post(go("book", three_sessions), {"starts": when(starts), "minutes": "50"})
    session = three_sessions.sessions.get(number=4)
    browser.post(go("move", three_sessions, 4), {"starts": when(starts + timedelta(days=1))})
    session.refresh_from_db()
    assert session.date == timezone.localtime(starts + timedelta(days=1)).date()
    browser.post(go("move", three_sessions, 4), {"who": "client", "reason": "ill"})
    row = three_sessions.readings.get(session=4, audience="therapist", current=True).row
    assert (row["attendance"], row["absence_reason"]) == ("cancelled_by_client", "ill")


def test_numbers_follow_time(client_record):
    late = sessions.book(client_record, timezone.now() + timedelta(days=9))
    early = sessions.book(client_record, timezone.now() + timedelta(days=2))
    late.refresh_from_db()
    assert (early.number, late.number) == (1, 2)
    sessions.move(early, timezone.now() + timedelta(days=20))
    assert [s.pk for s in client_record.sessions.order_by("number")] == [late.pk, early.pk]


def test_a_plan_is_made_against_readiness_and_room_and_shared(browser, upcoming):
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    address = go("plan", upcoming.client, upcoming.number)
    browser.post(address, {"step": "the letter", "intensity": "10", "trauma_work": "False", "share": "1"})
    upcoming.refresh_from_db()
    assert (upcoming.planned_step, upcoming.planned_intensity) == ("the letter", 10)
    assert upcoming.plan_shared is not None
    page = text(browser.get(address))
    assert "above the room estimated for this session. That is no breach" in page
    assert "Consent to this step: not asked yet" in page
    assert "A way to stop is agreed: not looked at yet" in page


def test_readiness_is_looked_at_line_by_line(browser, upcoming):
    for item, met in (("safety", "yes"), ("stop", "no"), ("stop", "")):
        browser.post(go("look_at", upcoming.client, upcoming.number, item), {"met": met})
    assert {line.item: line.met for line in upcoming.readiness.all()} == {"safety": True}


def test_consent_noted_by_the_therapist_is_shown_as_a_note(browser, upcoming):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    browser.post(go("consent", upcoming.client, upcoming.number), {"said": "yes"})
    page = text(browser.get(go("plan", upcoming.client, upcoming.number)))
    assert "Yes , therapist's note" in page


def test_consent_to_one_step_is_no_consent_to_the_next_plan(browser, upcoming):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    agreements.answer_consent(agreements.ask_consent(upcoming, "the letter"), "yes")
    address = go("plan", upcoming.client, upcoming.number)
    browser.post(address, {"step": "the letter", "intensity": "7"})
    row = upcoming.client.readings.get(session=4, audience="therapist", current=True).row
    assert row["consent"] is True
    browser.post(address, {"step": "the letter, read to him", "intensity": "7"})
    row = upcoming.client.readings.get(session=4, audience="therapist", current=True).row
    assert "consent" not in row
    assert "What the client said was about another step (“the letter”)." in text(browser.get(address))
    assert "Consent to this step: not asked yet" in text(browser.get(address))


def test_a_question_about_a_step_that_is_no_longer_planned_is_withdrawn(browser, upcoming):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    agreements.ask_consent(upcoming, "the letter")
    browser.post(go("plan", upcoming.client, upcoming.number), {"step": "something lighter", "intensity": "3"})
    assert upcoming.consents.count() == 0


def test_asking_twice_asks_once(browser, upcoming):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    for _ in range(2):
        browser.post(go("consent", upcoming.client, upcoming.number), {})
    assert upcoming.consents.get().answer == ""


@pytest.mark.parametrize("said", [{}, {"said": "yes"}])
def test_consent_is_to_a_step_not_to_the_work(browser, upcoming, said):
    browser.post(go("consent", upcoming.client, upcoming.number), said)
    assert upcoming.consents.count() == 0
    assert "Name the step above first" in text(browser.get(go("plan", upcoming.client, upcoming.number)))


def test_a_session_that_is_over_is_corrected_in_its_record_not_moved(browser, three_sessions):
    assert browser.get(go("move", three_sessions, 3)).status_code == 404
    assert browser.post(go("move", three_sessions, 3), {"who": "client"}).status_code == 404
    assert three_sessions.sessions.get(number=3).attendance == "attended"
    page = browser.get(go("client", three_sessions)).content.decode()
    for number in (1, 2, 3):
        assert f'href="{go("record", three_sessions, number)}"' in page


def test_a_record_of_an_appointment_ahead_asks_whether_it_is_meant(browser, upcoming):
    said = "This appointment is still ahead."
    assert said in text(browser.get(go("record", upcoming.client, upcoming.number)))
    assert said not in text(browser.get(go("record", upcoming.client, 3)))


def test_the_same_hour_a_week_later_is_proposed_by_the_clock_on_the_wall(browser, upcoming):
    with timezone.override("Europe/Berlin"):  # the clock goes back on 31 October 2032
        upcoming.starts = datetime(2032, 10, 28, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        upcoming.save()
        assert 'value="2032-11-04T10:00"' in browser.get(go("book", upcoming.client)).content.decode()
        upcoming.starts = timezone.now() - timedelta(days=30)
        upcoming.save()
        assert 'name="starts" value' not in browser.get(go("book", upcoming.client)).content.decode()


def test_an_appointment_entered_by_mistake_is_as_if_it_had_never_been(browser, upcoming):
    client = upcoming.client
    later = sessions.book(client, timezone.now() + timedelta(days=9))
    checkins.offer(upcoming, "before")
    browser.post(go("move", client, upcoming.number), {"who": "mistake"})
    assert [s.pk for s in client.sessions.filter(attendance="")] == [later.pk]
    later.refresh_from_db()
    assert later.number == 4
    assert not client.readings.filter(session=4, current=True).exists()


def test_an_appointment_that_a_client_has_answered_about_is_not_taken_out(browser, upcoming):
    checkin = checkins.offer(upcoming, "before")
    checkins.receive(checkin, {"before_distress": checkins.Said(5)})
    page = browser.post(go("move", upcoming.client, upcoming.number), {"who": "mistake"}, follow=True)
    assert "Not taken out: something has been said about this appointment." in text(page)
    assert upcoming.client.sessions.filter(pk=upcoming.pk).exists()


def test_while_the_two_hold_the_room_is_for_later_and_both_halves_are_said(browser, hurt):
    """Not heard twice: no more than last time now, and how far it could go once that is mended."""
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    with readings.changing(hurt):
        ahead = sessions.book(hurt, timezone.now() + timedelta(days=2))
    page = text(browser.get(go("plan", hurt, ahead.number)))
    assert "Room for this session: No more than last time, until the two of you have talked. Once the stance lifts: up to about" in page
    assert "It could be anything from" in page
