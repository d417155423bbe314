"""Check-ins offered, what the two have agreed, the end of a therapy."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import go, text

from andante_clinic.bridge import readings
from andante_clinic.journal import checkins, safety, sessions
from andante_clinic.people.models import Client
from andante_clinic.people.trails import VERBS, described


def test_a_link_and_its_picture_are_offered_and_taken_back(browser, upcoming, client):
    browser.post(go("offer", upcoming.client, upcoming.number, "before"), {"way": "link"})
    page = browser.get(go("checkins", upcoming.client, upcoming.number)).content.decode()
    link = re.search(r'href="(http://testserver/c/[^"]+)"', page)[1]
    assert '<svg class="qr" role="img"' in page
    assert client.get(link).status_code == 200
    browser.post(go("revoke", upcoming.client, upcoming.number, "before"))
    assert client.get(link).status_code == 404


def test_answers_on_paper_are_entered(browser, upcoming):
    browser.post(go("offer", upcoming.client, upcoming.number, "before"), {"way": "paper"})
    browser.post(go("enter_answers", upcoming.client, upcoming.number, "before"), {"before_distress": "7", "way": "paper"})
    assert upcoming.client.readings.get(session=4, audience="therapist", current=True).row["before_distress"] == 7


@pytest.mark.parametrize(("way", "shown"), [("room", "in the room"), ("paper", "on paper")])
def test_answers_that_the_therapist_enters_are_said_to_be_so(browser, upcoming, way, shown):
    """Also where a link had been offered: to the therapist, and to the client in their own trail."""
    client = upcoming.client
    browser.post(go("offer", client, upcoming.number, "before"), {"way": "link"})
    browser.post(go("enter_answers", client, upcoming.number, "before"), {"before_distress": "7", "way": way})
    page = text(browser.get(go("checkins", client, upcoming.number)))
    assert f"{shown}; entered by the therapist." in page
    assert "by link" not in page
    entered = next(entry for entry in described(client.code) if entry["verb"] == "entered the client's answers")
    assert (entered["role"], entered["what"], entered["detail"]) == (
        "therapist",
        f"checkin:{upcoming.checkins.get().pk}",
        {"way": way},
    )
    assert entered["verb"] in VERBS


@pytest.mark.parametrize("way", ["", "link", "phone"])
def test_the_way_in_which_they_came_has_to_be_chosen(browser, upcoming, way):
    client = upcoming.client
    browser.post(go("offer", client, upcoming.number, "before"), {"way": "link"})
    address = go("enter_answers", client, upcoming.number, "before")
    assert 'name="way" value="room" required>' in browser.get(address).content.decode()
    said = browser.post(address, {"before_distress": "7", "way": way}, follow=True)
    assert "Not entered: say whether the client answered in the room or on paper." in text(said)
    assert upcoming.checkins.get().received is None
    assert not any(entry["verb"] == "entered the client's answers" for entry in described(client.code))


def test_answers_that_come_by_link_are_said_to_be_so(browser, client, upcoming):
    checkin = checkins.offer(upcoming, "before", "paper")
    client.post(reverse("checkin", args=[checkins.token(checkin)]), {"before_distress": "7"})
    page = text(browser.get(go("checkins", upcoming.client, upcoming.number)))
    assert "by link." in page
    assert "entered by the therapist" not in page


def test_the_question_two_days_later_is_there_only_after_demanding_work(browser, three_sessions):
    def offered():
        return "two days after" in text(browser.get(go("checkins", three_sessions, 3))).lower()

    assert not offered()
    sessions.record(three_sessions.sessions.get(number=3), intensity=7)
    assert offered()


def test_the_way_of_working_is_kept(browser, client_record):
    said = {"stop_word": "hands up", "contact": "paper", "language": "de", "overwhelm_line": "8", "demanding_work": "on"}
    browser.post(go("agreed", client_record), said)
    client_record.refresh_from_db()
    assert (client_record.stop_word, client_record.contact, client_record.language, client_record.overwhelm_line) == (
        "hands up",
        "paper",
        "de",
        8,
    )
    page = browser.post(go("agreed", client_record), said | {"overwhelm_line": "11"})
    assert "less than or equal to 10" in text(page)


def test_the_code_of_the_room_is_shown_once(browser, client_record):
    browser.post(go("room_code", client_record))
    assert re.search(r"Code for the room: \d{6}", text(browser.get(go("agreed", client_record))))
    assert "Code for the room" not in text(browser.get(go("agreed", client_record)))


def test_a_therapy_ends_and_may_go_on(browser, upcoming):
    client = upcoming.client
    assert "cancel them first" in text(browser.post(go("end", client), {"ending": "completed"}, follow=True))
    sessions.cancel(upcoming, "client")
    browser.post(go("end", client), {"ending": "completed"})
    assert client.code not in text(browser.get(reverse("today")))
    assert client.code in text(browser.get(reverse("ended")))
    browser.post(go("end", client), {"ending": ""})
    assert client.code in text(browser.get(reverse("today")))


def test_the_way_of_working_is_in_the_reading_on_the_next_click(browser, three_sessions):
    browser.post(go("agreed", three_sessions), page_of(browser, three_sessions) | {"overwhelm_line": "5"})
    rows = [r.row for r in three_sessions.readings.filter(audience="therapist", current=True)]
    assert [row["overwhelm_line"] for row in rows] == [5, 5, 5]


def page_of(browser, client):
    """The form of the page as a browser would send it back untouched."""
    form = browser.get(go("agreed", client)).context["form"]
    sent = {bound.html_name: bound.value() for bound in form} | {b.html_initial_name: b.initial for b in form}
    return {name: value for name, value in sent.items() if value not in (None, False)}


def test_what_the_client_changed_meanwhile_is_not_written_over(browser, three_sessions):
    opened = page_of(browser, three_sessions)
    Client.objects.update(stop_word="red", contact="room", contact_asked="2026-01-02")  # on the client's own page
    browser.post(go("agreed", three_sessions), opened | {"old_coping": "staying in bed"})
    three_sessions.refresh_from_db()
    assert (three_sessions.stop_word, three_sessions.contact, str(three_sessions.contact_asked)) == ("red", "room", "2026-01-02")
    assert three_sessions.old_coping == "staying in bed"


def test_the_day_of_asking_is_kept_only_where_it_was_asked(browser, three_sessions):
    Client.objects.update(contact="link", contact_asked="2026-01-02")
    browser.post(go("agreed", three_sessions), page_of(browser, three_sessions) | {"sessions_agreed": "12"})
    three_sessions.refresh_from_db()
    assert str(three_sessions.contact_asked) == "2026-01-02"
    assert "ask again" in text(browser.get(go("client", three_sessions)))
    browser.post(go("agreed", three_sessions), page_of(browser, three_sessions) | {"asked_again": "on"})
    three_sessions.refresh_from_db()
    assert three_sessions.contact_asked == timezone.localdate()
    assert "ask again" not in text(browser.get(go("client", three_sessions)))


@pytest.mark.parametrize("value", ["11", "4.5", "nan"])
def test_an_answer_on_paper_that_the_page_does_not_offer_is_refused_with_a_reason(browser, upcoming, value):
    browser.post(go("offer", upcoming.client, upcoming.number, "before"), {"way": "paper"})
    sent = {"before_distress": value, "way": "paper"}
    said = browser.post(go("enter_answers", upcoming.client, upcoming.number, "before"), sent, follow=True)
    assert "Not entered: before_distress takes a whole number from 0 to 10." in text(said)
    assert upcoming.checkins.get().received is None


def test_for_paper_the_clients_own_page_is_printed(browser, upcoming, client):
    browser.post(go("offer", upcoming.client, upcoming.number, "before"), {"way": "paper"})
    page = browser.get(go("enter_answers", upcoming.client, upcoming.number, "before")).content.decode()
    link = re.search(r'href="(/c/[^"]+)"', page)[1]
    assert "Nobody reads this at night." in text(client.get(link))


def test_a_check_in_that_does_not_apply_cannot_be_offered(browser, upcoming):
    assert browser.post(go("offer", upcoming.client, upcoming.number, "exit"), {"way": "link"}).status_code == 404
    assert upcoming.checkins.count() == 0


@pytest.mark.parametrize("who", ["therapist", "supervisor"])
def test_what_someone_says_after_the_end_is_still_seen(request, as_person, upcoming, who):
    """A link can be answered for some days after a therapy has ended: a safety answer or a press must not go unseen."""
    client, name = upcoming.client, {"therapist": "today", "supervisor": "supervision"}[who]
    browser = as_person(request.getfixturevalue(who))
    sessions.cancel(upcoming, "client")
    Client.objects.update(ended=timezone.localdate(), ending="completed")
    assert client.code not in text(browser.get(reverse(name)))
    item = safety.raise_item(client, "checkin", upcoming)
    assert client.code in text(browser.get(reverse(name)))
    safety.review(item, request.getfixturevalue("therapist"))
    assert client.code not in text(browser.get(reverse(name)))


def test_a_press_of_the_brake_after_the_end_is_still_seen(browser, upcoming):
    sessions.cancel(upcoming, "client")
    Client.objects.update(ended=timezone.localdate(), ending="completed")
    with readings.changing(upcoming.client) as client:
        checkins.slow_down(client)
    page = text(browser.get(reverse("today")))
    assert upcoming.client.code in page
    assert "The client asked to slow down" in page
    assert "therapy has ended" in page


def test_the_end_of_therapy_is_asked_about_after_the_last_session_only(browser, three_sessions):
    asked = ["at the end of therapy" in text(browser.get(go("checkins", three_sessions, number))).lower() for number in (1, 2, 3)]
    assert asked == [False, False, True]


def test_a_slip_in_the_name_is_mended(browser, three_sessions):
    browser.post(go("agreed", three_sessions), page_of(browser, three_sessions) | {"name": "Klara Kunz"})
    assert "Klara Kunz" in text(browser.get(go("client", three_sessions)))
    browser.post(go("agreed", three_sessions), page_of(browser, three_sessions) | {"name": " "})
    assert "Klara Kunz" in text(browser.get(go("client", three_sessions)))
