"""*Client* and the shared screen: stance, evidence, responses, scores, safety."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import go, queries, text

from andante_clinic.bridge import cases, readings
from andante_clinic.journal import agreements, responses, safety, topics
from andante_clinic.journal.models import Response
from andante_clinic.people.models import Client, Service


def test_a_client_without_a_reading_says_what_to_do(browser, client_record):
    assert "Make the first appointment below" in text(browser.get(go("client", client_record)))


def test_one_client_takes_as_many_queries_in_the_thirtieth_session_as_in_the_third(browser, three_sessions, hold, therapist):
    browser.get(go("client", three_sessions))

    def state():
        topics.begin(three_sessions, three_sessions.sessions.last(), "an issue")
        responses.choose(three_sessions, 3, "trust", "own_part", therapist)
        safety.raise_item(three_sessions, "therapist", three_sessions.sessions.last())
        readings.recompute(three_sessions)

    state()
    few = queries(lambda: browser.get(go("client", three_sessions)))
    for n in range(27):
        hold(three_sessions, 6 - n / 5, before={"before_distress": n % 8}, after={"after_overwhelm": n % 6, "after_heard": 9})
        agreements.agree(three_sessions, "limit", f"limit {n}", "client")
    state()
    assert queries(lambda: browser.get(go("client", three_sessions))) == few
    assert few <= 40


def test_an_answer_is_in_the_reading_on_the_next_click(browser, client, three_sessions, hold):
    for days in (0.3, 0.2):
        hold(three_sessions, days, after={"after_overwhelm": 9, "after_heard": 9})
    with readings.changing(three_sessions):
        pass
    raised = text(browser.get(go("client", three_sessions))).split("What is raised")[1]
    assert "More than can be used?" in raised
    assert "It was too much: 9 of 10" in raised
    assert "Clears when" in raised


def test_the_ceiling_is_off_until_the_service_turns_it_on(browser, three_sessions):
    assert "Room next time" not in text(browser.get(go("client", three_sessions)))
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    page = text(browser.get(go("client", three_sessions)))
    assert "Room next time" in page
    assert "A research method, not clinically validated" in page


def test_without_demanding_work_there_is_no_ceiling(browser, three_sessions):
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    Client.objects.update(demanding_work=False)
    assert "Room next time" not in text(browser.get(go("client", three_sessions)))


def test_a_response_is_chosen_tried_and_after_two_sessions_judged(browser, hurt, hold):
    assert "Trust hurt and not mended?" in text(browser.get(go("client", hurt)))
    browser.post(go("respond", hurt, "trust"), {"response": "own_part"})
    chosen = Response.objects.get()
    assert (chosen.session, chosen.response) == (5, "own_part")
    assert "Whether it helped is said after 2 more sessions." in text(browser.get(go("client", hurt)))
    browser.post(go("response", hurt, chosen.pk), {"tried": "yes"})
    for days in (0.1, 0.05):
        hold(hurt, days, after={"after_overwhelm": 3, "after_heard": 9, "after_choice": 2})
    readings.recompute(hurt)
    page = text(browser.get(go("client", hurt)))
    assert "2 sessions later it" in page
    browser.post(go("response", hurt, chosen.pk), {"helped": "partly"})
    assert "it helped in part" in text(browser.get(go("client", hurt)))


def test_a_response_that_the_risk_does_not_offer_is_not_taken(browser, hurt):
    browser.post(go("respond", hurt, "trust"), {"response": "wait_and_see"})
    assert browser.post(go("respond", hurt, "nonsense"), {"response": "own_part"}).status_code == 404
    assert Response.objects.count() == 0


def test_i_disagree_because_weighs_the_same(browser, hurt):
    browser.post(go("respond", hurt, "trust"), {"disagreement": "we laughed about it afterwards"})
    assert "I disagree, because we laughed about it afterwards" in text(browser.get(go("client", hurt)))


def test_the_shared_screen_speaks_in_the_clients_words(browser, hurt):
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    shown = text(browser.get(go("together", hurt)))
    assert "Trust hurt" not in shown
    assert "Where we are" in shown
    for word in ("act", "watch", "Room next time", "ceiling", "strip"):
        assert not re.search(rf"\b{word}\b", shown)


def test_a_score_is_entered_and_read(browser, upcoming):
    browser.post(go("score", upcoming.client), {"measure": "phq9", "total": "14"})
    assert upcoming.scores.get().total == 14


@pytest.mark.parametrize(("measure", "total"), [("phq9", "28"), ("phq9", "many"), ("nonsense", "3")])
def test_a_score_outside_its_range_is_refused(browser, upcoming, measure, total):
    page = browser.post(go("score", upcoming.client), {"measure": measure, "total": total}, follow=True)
    assert "Not entered" in text(page)
    assert upcoming.scores.count() == 0


def test_a_safety_item_comes_first_until_it_was_reviewed(browser, upcoming):
    client = upcoming.client
    with readings.changing(client):
        item = safety.raise_item(client, "checkin", client.sessions.get(number=3))
    assert "Safety first" in text(browser.get(reverse("today")))
    browser.post(go("safety", client, item.pk), {"step": "acknowledge"})
    assert "Acknowledged by Thea Therapist" in text(browser.get(go("client", client)))
    browser.post(go("safety", client, item.pk), {"step": "review"})
    assert "Safety first" not in text(browser.get(go("client", client)))


@pytest.mark.parametrize("known", ["nothing", "three sessions", "an appointment ahead"])
def test_what_the_therapist_raises_is_in_the_reading_at_once(browser, request, known):
    Service.objects.update_or_create(pk=1, defaults={"ceiling_on": True})
    names = {"nothing": "client_record", "three sessions": "three_sessions", "an appointment ahead": "upcoming"}
    found = request.getfixturevalue(names[known])
    client = found if isinstance(found, Client) else found.client
    browser.post(go("raise_safety", client), {"note": "said something in passing"})
    page = browser.get(go("client", client))
    assert '<h2 class="stance">Safety first</h2>' in page.content.decode()
    assert "Go on: nothing stands out" not in text(page)
    assert "up to about" not in text(page)
    assert cases.latest([client.pk])[client.pk].reading["safety"] == "open"
    browser.post(go("safety", client, client.safety_items.get().pk), {"step": "review"})
    assert cases.latest([client.pk])[client.pk].reading["safety"] == "clear"


def test_an_item_not_acknowledged_in_time_says_so(browser, upcoming):
    item = safety.raise_item(upcoming.client, "checkin", upcoming)
    item.due = timezone.now() - timedelta(minutes=1)
    item.save()
    assert "Nobody has acknowledged it in time" in text(browser.get(go("client", upcoming.client)))


@pytest.mark.parametrize("number", [3, 4])
def test_a_score_is_entered_at_the_session_that_was_chosen(browser, upcoming, number):
    browser.post(go("score", upcoming.client), {"measure": "phq9", "total": "14", "session": str(number)})
    assert [s.number for s in upcoming.client.sessions.filter(scores__total=14)] == [number]
    browser.post(go("score", upcoming.client), {"measure": "phq9", "total": "13", "session": "1"})
    assert not upcoming.client.sessions.filter(scores__total=13).exists()


def test_the_shared_screen_speaks_the_clients_language(browser, hurt, upcoming):
    """Every word of ours is in the client's language; what a person wrote stays as it was written."""
    english = text(browser.get(go("together", hurt))).split("Where we are")[1]
    assert "Do I feel heard and safe with you?" in english
    hurt.language = "de"
    hurt.save()
    page = browser.get(go("together", hurt))
    german = text(page).split("Wo wir stehen")[1]
    assert '<div lang="de">' in page.content.decode()
    assert "Fühle ich mich bei Ihnen gehört und sicher?" in german
    assert "seit Sitzung" in german
    assert "wurde nicht fachlich geprüft" in german
    for words in ("session", "Next time", "worth", "upset", "did not meet", "Let us", "Limits"):
        assert words not in german
