"""The therapist's pages: taking in, today, one client, the record of a session, the plan, appointments, responses."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from andante_clinic.bridge import readings
from andante_clinic.dashboard.take_in import REFUSALS
from andante_clinic.journal import agreements, checkins, responses, safety, sessions, topics
from andante_clinic.journal.models import Response
from andante_clinic.people.models import Client, Service


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def browser(as_person, therapist):
    return as_person(therapist)


def go(name, client, *more):
    return reverse(name, args=[client.code, *more])


# Taking in

FITS = {
    "name": "Nora New",
    "demanding_work": "yes",
    "language": "en",
    "adult": "yes",
    "psychosis": "no",
    "joint": "no",
    "ordered": "no",
    "crisis": "no",
}


def test_a_client_is_taken_in(browser):
    response = browser.post(reverse("take_in"), FITS)
    client = Client.objects.get()
    assert response["Location"] == go("client", client)
    assert client.initials == "NN"


@pytest.mark.parametrize(
    ("key", "answer", "reason"),
    [
        ("adult", "no", "for adults in this version"),
        ("psychosis", "yes", "Medical care comes first"),
        ("joint", "yes", "One record belongs to one person"),
        ("ordered", "yes", "a client cannot answer freely"),
        ("crisis", "yes", "no crisis service"),
    ],
)
def test_whom_it_is_not_for_is_refused_with_a_reason(browser, key, answer, reason):
    page = browser.post(reverse("take_in"), FITS | {key: answer})
    assert "does not take them in" in text(page)
    assert reason in text(page)
    assert Client.objects.count() == 0


def test_what_it_does_not_detect_is_said(browser):
    assert "does not detect sexual, financial or dual-relationship violations" in text(browser.get(reverse("take_in")))


def test_no_refusal_is_chosen_beforehand(browser):
    page = browser.get(reverse("take_in")).content.decode()
    for key in REFUSALS:
        assert not re.search(rf'name="{key}"[^>]*checked', page)


# Today


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
    assert "the client asked to slow down" in page


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
    few = _queries(lambda: browser.get(reverse("today")))
    clients(18)
    assert _queries(lambda: browser.get(reverse("today"))) == few
    assert few <= 20


def _queries(act):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


# One client


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
    few = _queries(lambda: browser.get(go("client", three_sessions)))
    for n in range(27):
        hold(three_sessions, 6 - n / 5, before={"before_distress": n % 8}, after={"after_overwhelm": n % 6, "after_heard": 9})
        agreements.agree(three_sessions, "limit", f"limit {n}", "client")
    state()
    assert _queries(lambda: browser.get(go("client", three_sessions))) == few
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


@pytest.fixture
def hurt(three_sessions, hold):
    """The client says twice that they were not heard."""
    for days in (0.3, 0.2):
        hold(three_sessions, days, after={"after_overwhelm": 3, "after_heard": 3, "after_choice": 2})
    readings.recompute(three_sessions)
    return three_sessions


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


def test_an_item_not_acknowledged_in_time_says_so(browser, upcoming):
    item = safety.raise_item(upcoming.client, "checkin", upcoming)
    item.due = timezone.now() - timedelta(minutes=1)
    item.save()
    assert "Nobody has acknowledged it in time" in text(browser.get(go("client", upcoming.client)))


# The record of a session


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


# Appointments and the plan


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
    assert "above the room estimated for next time. That is no breach" in page
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


def test_consent_is_to_a_step_not_to_the_work(browser, upcoming):
    browser.post(go("consent", upcoming.client, upcoming.number), {})
    assert upcoming.consents.count() == 0
    assert "Name the step above first" in text(browser.get(go("plan", upcoming.client, upcoming.number)))


# Check-ins, agreements, the end


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
    browser.post(go("enter_answers", upcoming.client, upcoming.number, "before"), {"before_distress": "7"})
    assert upcoming.client.readings.get(session=4, audience="therapist", current=True).row["before_distress"] == 7


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
