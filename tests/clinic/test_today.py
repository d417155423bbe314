"""*Today*: who needs attention, with one line of why, in a number of queries that does not grow."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import queries, text

from andante_clinic.bridge import cases, readings
from andante_clinic.journal import agreements, checkins, safety, sessions, topics
from andante_clinic.people.models import Client


def test_the_first_day_says_what_to_do(browser):
    assert "You have no clients here yet." in text(browser.get(reverse("today")))


def test_order_is_of_attention_not_of_time(browser, three_sessions, therapist, hold):
    quiet = Client.objects.create(name="Quentin Quiet", therapist=therapist)
    hold(quiet, 1, before={"before_distress": 2})
    readings.recompute(quiet)
    with readings.changing(three_sessions):
        checkins.slow_down(three_sessions)
    page = browser.get(reverse("today")).content.decode()
    assert page.index('class="who">CC<') < page.index('class="who">QQ<')
    assert page.lower().count("the client asked to slow down") == 1  # said in the sentence, not once more as a sign


def test_small_signs(browser, upcoming):
    client = upcoming.client
    topics.begin(client, client.sessions.get(number=3), "the letter")
    agreements.ask_consent(upcoming, "a step")
    hold_checkin = checkins.offer(upcoming, "before")
    with readings.changing(client):
        checkins.receive(hold_checkin, {"before_distress": checkins.Said(9)})
    page = text(browser.get(reverse("today")))
    for sign in ("check-in arrived", "1 issue open", "consent asked, not answered"):
        assert sign in page


def test_a_session_that_was_not_recorded_is_on_the_list(browser, client_record):
    sessions.book(client_record, timezone.now() - timedelta(hours=3))
    assert "Record session 1" in text(browser.get(reverse("today")))


def test_today_takes_as_many_queries_for_twenty_clients_as_for_two(browser, therapist, hold, django_assert_max_num_queries, client_record):
    def clients(many):
        for n in range(many):
            client = Client.objects.create(name=f"Client {n}", therapist=therapist)
            hold(client, 3, before={"before_distress": 5}, after={"after_overwhelm": 2})
            sessions.book(client, timezone.now() + timedelta(days=1))
            readings.recompute(client)

    clients(2)
    browser.get(reverse("today"))
    few = queries(lambda: browser.get(reverse("today")))
    clients(18)
    assert queries(lambda: browser.get(reverse("today"))) == few
    assert few <= 20


def test_a_safety_concern_stands_on_top_even_where_nothing_else_is_known(browser, three_sessions, therapist):
    with readings.changing(three_sessions):
        checkins.slow_down(three_sessions)
    new = Client.objects.create(name="Nora New", therapist=therapist)
    safety.raise_item(new, "therapist", None, "said something in passing")
    page = browser.get(reverse("today")).content.decode()
    assert page.index('class="who">NN<') < page.index('class="who">CC<') < page.find("<details") % len(page)


@pytest.mark.parametrize(
    ("answer", "then", "sign"),
    [
        ("", "the letter", "consent asked, not answered"),
        ("not_today", "the letter", "to the step planned: not today"),
        ("yes", "the letter", ""),
        ("yes", "the letter, read aloud", "consent to renew: the step has changed"),
    ],
)
def test_where_consent_to_the_next_step_stands_is_a_small_sign(browser, upcoming, answer, then, sign):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    consent = agreements.ask_consent(upcoming, "the letter")
    if answer:
        agreements.answer_consent(consent, answer)
    agreements.plan(upcoming, intensity=6, trauma_work=None, step=then)
    page = text(browser.get(reverse("today")))
    assert sign in page
    assert ("consent" in page or "to the step planned" in page) == bool(sign)


def test_a_yes_that_was_taken_back_is_a_small_sign(browser, upcoming):
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="the letter")
    consent = agreements.ask_consent(upcoming, "the letter")
    agreements.answer_consent(consent, "yes")
    agreements.take_back_consent(consent)
    assert "consent taken back" in text(browser.get(reverse("today")))


@pytest.mark.parametrize(("demanding", "says"), [(True, "Deepen"), (False, "Room for more, if you both want")])
def test_without_demanding_work_there_is_room_and_nothing_to_deepen(three_sessions, demanding, says):
    three_sessions.demanding_work = demanding
    assert cases.stance(three_sessions, {"stance": "deepen"}) == says
    assert cases.stance(three_sessions, {"stance": "hold"}) == "Hold"
    assert cases.stance(three_sessions, {"stance": "deepen", "safety": "open"}) == "Safety first"
