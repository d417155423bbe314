"""The client's brake on the page, step by step: pressed, talked about, settled. Never lighter than hold before the client's word."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import go, text

from andante_clinic.bridge import cases, readings, tables
from andante_clinic.journal import checkins, sessions
from andante_clinic.journal.models import SlowDown

TO_TALK = "this stands until you have talked and the client answers that nothing is left open, or that it has settled"
TO_SETTLE = "and you have talked; this stands until the client answers that nothing is left open, or that it has settled"


@pytest.fixture(autouse=True)
def compute(hold):
    hold.compute = True


def brake(client):
    """What the latest reading says of it: to talk, to settle, or that it is off."""
    latest = cases.latest([client.pk])[client.pk].reading
    why = latest["stance_why"]
    if "asked to slow down" not in why:
        return "off"
    assert latest["stance"] == "hold"
    return "to settle" if TO_SETTLE in why else "to talk" if TO_TALK in why else why


def cells(client):
    """What the rows say of it, from the row of the press on."""
    rows = tables.rows(tables.gather(client), "therapist")
    return [(row["client_slow"], row.get("responded"), row.get("mid_settled")) for row in rows[3:]]


def press(client, days_ago):
    with readings.changing(client):
        return SlowDown.objects.create(client=client, at=timezone.now() - timedelta(days=days_ago))


@pytest.mark.parametrize("when", ["no appointment", "an appointment ahead", "a session since"])
def test_each_step_is_on_the_page_at_once(browser, three_sessions, hold, when):
    client = three_sessions
    if when == "an appointment ahead":
        with readings.changing(client):
            sessions.book(client, timezone.now() + timedelta(days=2))
    press(client, 1)
    if when == "a session since":
        hold(client, 0.5, before={"before_distress": 4}, as_agreed=True)

    def says():
        for address, stance in ((reverse("today"), "<b>Hold</b>"), (go("client", client), '<h2 class="stance">Hold</h2>')):
            page = browser.get(address)
            yield TO_TALK in text(page), TO_SETTLE in text(page), stance in page.content.decode()

    assert list(says()) == [(True, False, True)] * 2
    browser.post(go("brake", client), {"step": "talked"})
    assert list(says()) == [(False, True, True)] * 2
    browser.post(go("brake", client), {"step": "settled"})
    assert list(says()) == [(False, False, False)] * 2
    assert brake(client) == "off"


def test_the_rows_tell_the_press_the_talk_and_the_word_each_once(three_sessions, hold):
    client = three_sessions
    press(client, 4)
    hold(client, 3)
    assert (cells(client), brake(client)) == ([(1, None, None)], "to talk")
    hold(client, 2)
    assert (cells(client), brake(client)) == ([(1, None, None), (0, None, None)], "to talk")
    with readings.changing(client):
        checkins.talked(client)
    assert (cells(client)[2:], brake(client)) == ([(0, True, None)], "to settle")
    hold(client, 0)  # takes the place of the row before the appointment
    assert (cells(client)[2:], brake(client)) == ([(0, True, None)], "to settle")
    with readings.changing(client):
        checkins.settled(client)
    assert brake(client) == "off"
    assert [told for told in cells(client) if told[2]] == [cells(client)[-1]]


def test_a_talk_within_the_time_of_the_press_is_told_by_the_next_row(three_sessions, hold):
    client = three_sessions
    press(client, 2)
    SlowDown.objects.update(talked=timezone.now() - timedelta(days=1.5))
    hold(client, 1)
    assert (cells(client), brake(client)) == ([(1, None, None), (0, True, None)], "to settle")
    stored = readings.current().filter(client=client).last()
    assert TO_SETTLE in stored.reading["stance_why"]
    assert readings.reproduce(stored) == stored.reading


def test_what_the_client_said_first_counts_once_the_two_have_talked(three_sessions, hold):
    client = three_sessions
    press(client, 2)
    hold(client, 1)
    with readings.changing(client):
        checkins.settled(client)
    assert brake(client) == "to talk"
    with readings.changing(client):
        checkins.talked(client)
    assert (cells(client), brake(client)) == ([(1, None, None), (0, True, 2)], "off")


def test_a_press_after_the_talk_is_talked_about_again(three_sessions, hold):
    client = three_sessions
    press(client, 3)
    hold(client, 2)
    with readings.changing(client):
        client.slow_downs.update(talked=timezone.now() - timedelta(days=1.8))
    assert brake(client) == "to settle"
    press(client, 1)
    assert brake(client) == "to talk"
    with readings.changing(client):
        checkins.talked(client)
    assert brake(client) == "to settle"


ANSWERS = [
    ({"before_open": 0}, True),
    ({"before_open": 1}, False),
    ({"between_settle": 2}, True),
    ({"between_settle": 3}, False),
    ({"before_open": 0, "between_settle": 6}, True),
    ({"before_open": 0, "between_settle": 7}, False),
    ({"before_open": 2, "between_settle": 1}, False),
    ({"mid_settled": 2}, True),
    ({"mid_settled": 1}, False),
    ({"before_distress": 2}, False),
]


@pytest.mark.parametrize("order", ["talked, answered", "answered, talked"])
@pytest.mark.parametrize(("said", "settles"), ANSWERS)
def test_an_answer_that_says_settled_is_the_clients_word_for_page_and_reading_alike(three_sessions, hold, said, settles, order):
    client = three_sessions
    press(client, 2)
    hold(client, 1)
    session = sessions.book(client, timezone.now() + timedelta(days=2))
    for step in order.split(", "):
        with readings.changing(client):
            if step == "talked":
                checkins.talked(client)
            elif "mid_settled" in said:
                hold.answer(client.sessions.get(number=4), "mid", said)
            else:
                hold.answer(session, "before", said)
    assert brake(client) == ("off" if settles else "to settle")
    assert (checkins.standing(client) is None) == settles


def test_a_record_that_says_what_was_raised_was_talked_about_is_a_talk_and_can_be_corrected(three_sessions, hold):
    client = three_sessions
    press(client, 3)
    hold(client, 2)
    fifth = hold(client, 1, responded=True)
    assert (checkins.standing(client).talked, brake(client)) == (fifth.starts + timedelta(minutes=50), "to settle")
    with readings.changing(client):
        sessions.record(fifth, responded=False)
    assert (checkins.standing(client).talked, brake(client)) == (None, "to talk")
