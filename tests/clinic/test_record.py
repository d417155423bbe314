"""*Record a session*: few taps, saved as it is typed, nothing filled in beforehand."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.clinic.pages import go, text

from andante_clinic.bridge import readings
from andante_clinic.journal import agreements, sessions, topics
from andante_clinic.people.models import Client


@pytest.fixture
def to_record(three_sessions):
    with readings.changing(three_sessions):
        return sessions.book(three_sessions, timezone.now() - timedelta(hours=1))


def test_nothing_is_filled_in_beforehand(browser, to_record):
    page = browser.get(go("record", to_record.client, to_record.number)).content.decode()
    assert "checked" not in page
    assert not re.search(r'<input[^>]+type="(number|text)"[^>]+value="[^"]', page)


def test_five_taps_record_a_session(browser, to_record):
    browser.post(
        go("record", to_record.client, to_record.number),
        {"attendance": "attended", "intensity": "6", "led_by": "both", "trauma_work": "False", "as_agreed": "True"},
    )
    to_record.refresh_from_db()
    assert (to_record.attendance, to_record.intensity, to_record.led_by, to_record.trauma_work, to_record.as_agreed) == (
        "attended",
        6,
        "both",
        False,
        True,
    )
    row = to_record.client.readings.get(session=4, audience="therapist", current=True).row
    assert (row["intensity"], row["stops_overridden"], row["limits_touched"]) == (6, 0, 0)
    assert "consent" not in row


def test_it_is_saved_as_it_is_typed(browser, to_record):
    address = go("record", to_record.client, to_record.number)
    answer = browser.post(address, {"attendance": "attended", "opened": "the letter"}, headers={"X-Saved-As-Typed": "1"}).json()
    topic = to_record.client.topics.get()
    assert answer == {"opened": topic.pk}
    again = {"attendance": "attended", f"label-{topic.pk}": "the letter to my father", "opened": ""}
    assert browser.post(address, again, headers={"X-Saved-As-Typed": "1"}).json() == {"opened": None}
    assert to_record.client.topics.get().label == "the letter to my father"
    browser.post(address, {"attendance": "attended", f"label-{topic.pk}": ""}, headers={"X-Saved-As-Typed": "1"})
    assert to_record.client.topics.count() == 0


def test_an_issue_is_touched_settled_and_taken_back(browser, to_record):
    client = to_record.client
    topic = topics.begin(client, client.sessions.get(number=2), "the letter")
    address = go("record", client, to_record.number)
    for step, state in (("settled", "settled"), ("touched", "open"), ("parked", "parked"), (None, "open")):
        browser.post(address, {"attendance": "attended", **({f"topic-{topic.pk}": step} if step else {})})
        topic.refresh_from_db()
        assert topic.state == state
        assert [e.kind for e in topic.events.filter(session=to_record)] == ([step] if step else [])


def test_a_settled_issue_can_only_come_back(browser, to_record):
    client = to_record.client
    topic = topics.begin(client, client.sessions.get(number=1), "the letter")
    topics.note(topic, client.sessions.get(number=2), "settled")
    browser.post(go("record", client, to_record.number), {"attendance": "attended", f"topic-{topic.pk}": "resurfaced"})
    topic.refresh_from_db()
    assert topic.state == "open"
    with pytest.raises(ValueError, match="an issue that is open cannot be resurfaced"):
        topics.note(topic, client.sessions.get(number=3), "resurfaced")


def test_what_was_not_as_agreed_is_said(browser, to_record):
    limit = agreements.agree(to_record.client, "limit", "not my sister", "client")
    said = {
        "attendance": "attended",
        "as_agreed": "False",
        "limits": [limit.pk],
        "stops_overridden": "1",
        "overrun_min": "12",
        "consent_missing": "on",
    }
    browser.post(go("record", to_record.client, to_record.number), said)
    row = to_record.client.readings.get(session=4, audience="therapist", current=True).row
    assert (row["limits_touched"], row["stops_overridden"], row["overrun_min"], row["consent"]) == (1, 1, 12, False)


def test_who_did_not_come_has_a_reason_and_no_intensity(browser, to_record):
    said = {"attendance": "missed", "absence_reason": "unknown", "intensity": "6", "as_agreed": "True"}
    browser.post(go("record", to_record.client, to_record.number), said)
    row = to_record.client.readings.get(session=4, audience="therapist", current=True).row
    assert (row["attendance"], row["absence_reason"]) == ("missed", "unknown")
    assert "intensity" not in row


@pytest.mark.parametrize(
    ("said", "wrong"), [({"intensity": "11"}, "intensity"), ({"attendance": "maybe"}, "attendance"), ({"overrun_min": "-3"}, "overrun_min")]
)
def test_what_makes_no_sense_is_not_saved_and_said(browser, to_record, said, wrong):
    answer = browser.post(go("record", to_record.client, to_record.number), said, headers={"X-Saved-As-Typed": "1"}).json()
    assert list(answer["errors"]) == [wrong]
    to_record.refresh_from_db()
    assert to_record.recorded is None


def test_without_exposure_or_trauma_work_its_questions_are_not_there(browser, to_record):
    Client.objects.update(demanding_work=False)
    page = text(browser.get(go("record", to_record.client, to_record.number)))
    assert "How demanding" not in page
    assert "Trauma work" not in page


def test_distress_in_session_is_asked_only_where_it_is_switched_on(browser, to_record):
    assert "at its peak" not in text(browser.get(go("record", to_record.client, to_record.number)))
    Client.objects.update(suds=True)
    assert "at its peak" in text(browser.get(go("record", to_record.client, to_record.number)))


def test_talked_about_is_asked_only_where_something_was_raised(browser, hurt):
    with readings.changing(hurt):
        session = sessions.book(hurt, timezone.now())
    assert "talked about what was raised" in text(browser.get(go("record", hurt, session.number)))


def test_an_issue_that_was_saved_as_it_was_typed_and_then_by_the_button_is_opened_once(browser, to_record):
    address, said = go("record", to_record.client, to_record.number), {"attendance": "attended", "opened": "the letter"}
    first = browser.post(address, said, headers={"X-Saved-As-Typed": "1"}).json()["opened"]
    browser.post(address, said)
    assert [topic.pk for topic in to_record.client.topics.all()] == [first]
    later = browser.post(address, said | {"opened": "the night"}, headers={"X-Saved-As-Typed": "1"}).json()["opened"]
    assert later != first
