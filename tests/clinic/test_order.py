"""What came last is asked of the time: an appointment may be moved behind one that has a higher number and is over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import go, text

from andante_clinic.bridge import cases, readings, tables
from andante_clinic.journal import questions, responses, sessions, topics
from andante_clinic.journal.models import SlowDown


@pytest.fixture
def moved_behind(upcoming):
    """Session 5 is cancelled, session 4 moved behind it and recorded: a stop was overridden there."""
    client = upcoming.client
    with readings.changing(client):
        cancelled = sessions.book(client, timezone.now() + timedelta(days=9))
        sessions.cancel(cancelled, "service")
        sessions.move(upcoming, timezone.now() + timedelta(days=16))
    upcoming.refresh_from_db()
    return upcoming


@pytest.fixture
def hurt_there(moved_behind):
    with readings.changing(moved_behind.client):
        sessions.record(moved_behind, attendance="attended", as_agreed=False, stops_overridden=1)
    return moved_behind.client


def test_the_latest_reading_is_the_last_in_time(hurt_there):
    latest = cases.latest([hurt_there.pk])[hurt_there.pk]
    assert [reading.session for reading in cases.stored(hurt_there, "therapist")] == [1, 2, 3, 5, 4]
    assert (latest.session, latest.reading["stance"], latest.reading["boundaries_level"]) == (4, "ease", "act")


def test_the_pages_show_that_reading(browser, as_person, supervisor, hurt_there):
    assert "Stop and talk" in text(browser.get(reverse("today")))
    assert "Stop and talk" in text(browser.get(go("client", hurt_there)))
    assert "act, for 1 session" in text(as_person(supervisor).get(reverse("supervision")))


def test_what_was_chosen_there_is_an_answer_to_it(as_person, supervisor, therapist, hurt_there):
    responses.choose(hurt_there, 5, "boundaries", "what_now", therapist)  # before it was raised
    assert "Is a no heard?" in unanswered(as_person, supervisor)
    responses.choose(hurt_there, 4, "boundaries", "what_now", therapist)
    assert "Is a no heard?" not in unanswered(as_person, supervisor)


def unanswered(as_person, supervisor):
    page = text(as_person(supervisor).get(reverse("supervision")))
    return page.split("longest first")[1].split("Trust hurt")[0]


def test_a_session_later_in_time_is_one_more_after_a_response(browser, as_person, supervisor, therapist, hurt_there):
    responses.choose(hurt_there, 5, "boundaries", "what_now", therapist)
    assert "Whether it helped is said after 1 more session." in text(browser.get(go("client", hurt_there)))
    assert "Whether it helped is said after 1 more session." in text(as_person(supervisor).get(reverse("supervision")))


def test_what_was_raised_there_can_be_talked_about_in_the_next(browser, hurt_there):
    with readings.changing(hurt_there):
        sessions.book(hurt_there, timezone.now() + timedelta(days=23))
    assert "Have you two talked about what was raised?" in text(browser.get(go("record", hurt_there, 6)))
    assert "Have you two talked about what was raised?" not in text(browser.get(go("record", hurt_there, 5)))


def test_the_next_the_last_held_and_the_last_that_is_over_are_so_in_time(moved_behind):
    client = moved_behind.client
    sooner = sessions.book(client, timezone.now() + timedelta(days=12))
    assert (sooner.number, sessions.next_session(client)) == (6, sooner)
    for session in (sooner, moved_behind):
        sessions.record(session, attendance="attended")
    assert sessions.last_held(client) == moved_behind
    assert [session.number for session in client.sessions.all() if questions.applies(session, "exit")] == [4]


def test_the_ledger_and_the_sessions_left_are_counted_in_time(hurt_there):
    hurt_there.sessions_agreed = 8
    hurt_there.save()
    fourth, fifth = (hurt_there.sessions.get(number=number) for number in (4, 5))
    letter = topics.begin(hurt_there, fifth, "the letter")
    topics.note(letter, fourth, "settled")
    with readings.changing(hurt_there):
        pass
    rows = {reading.session: reading.row for reading in cases.stored(hurt_there, "therapist")}
    assert [rows[5]["topics_open"], rows[4]["topics_open"]] == [1, 0]
    assert [rows[3]["sessions_left"], rows[5]["sessions_left"], rows[4]["sessions_left"]] == [5, 5, 4]
    assert letter.events.last().kind == "settled"


def test_of_two_on_one_day_no_time_is_told_of_twice(client_record):
    """The later number of a day comes after the earlier one, whatever the hour: a press belongs to one row only."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
    first = sessions.book(client_record, noon)
    sessions.record(first, attendance="attended")
    second = sessions.book(client_record, noon - timedelta(hours=3))
    sessions.record(second, attendance="attended")
    SlowDown.objects.create(client=client_record, at=noon - timedelta(hours=1))
    assert [row["client_slow"] for row in tables.rows(tables.gather(client_record), "therapist")] == [1, 0]
