"""The client's check-in: behind a signed link, whole and once; afterwards nothing that was answered."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.clinic.pages import text

from andante_clinic.journal import agreements, checkins, questions, sessions
from andante_clinic.journal.models import Answer, CheckIn, SafetyItem, ServiceItem
from andante_clinic.people.models import Service

HERE_IS_A_READER = "Sam Okafor"


@pytest.fixture
def service(db):
    service = Service.here()
    service.reader, service.crisis_numbers = HERE_IS_A_READER, "Emergency: 112; Crisis line: 0800 111 0 111"
    service.save()
    return service


@pytest.fixture
def before(upcoming, service):
    return checkins.offer(upcoming, "before")


@pytest.fixture
def after(three_sessions, service):
    session = three_sessions.sessions.get(number=3)
    session.checkins.all().delete()
    session.starts = timezone.now() - timedelta(hours=2)
    session.save()
    return checkins.offer(session, "after")


def address(checkin, name="checkin"):
    return reverse(name, args=[checkins.token(checkin)])


SAID = {"before_distress": "8", "before_coping": "4", "before_ready": "7", "before_open": "2", "between_settle": "5", "safety": "0"}


# The link


def test_a_link_that_was_tampered_with_opens_nothing(client, before):
    link = address(before)
    assert client.get(link).status_code == 200
    forged = link[:-4] + ("aaa/" if link[-4:] != "aaa/" else "bbb/")
    assert client.get(forged).status_code == 404
    assert client.get(f"/c/{before.address}/").status_code == 404


def test_a_false_link_still_shows_help(client, service):
    assert "Crisis line 0800 111 0 111" in text(client.get("/c/false/"))


def test_a_link_that_was_taken_back_opens_nothing(client, before):
    checkins.revoke(before)
    assert client.get(address(before)).status_code == 404
    assert client.post(address(before), SAID).status_code == 404
    assert Answer.objects.filter(checkin=before).count() == 0


def test_an_expired_link_takes_no_answer_but_the_brake_works(client, before):
    CheckIn.objects.update(expires=timezone.now() - timedelta(minutes=1))
    assert "This time has passed." in text(client.get(address(before)))
    client.post(address(before), SAID)
    assert not Answer.objects.filter(checkin=before).exists()
    client.post(address(before, "slow_down"))
    assert checkins.standing(before.session.client) is not None


def test_a_link_is_bound_to_one_checkin(client, before):
    other = checkins.offer(before.session, "after")
    client.post(address(before), SAID)
    assert Answer.objects.filter(checkin=other).count() == 0
    assert checkins.token(other) != checkins.token(before)


def test_the_address_and_the_title_tell_nothing(client, before):
    page = client.get(address(before))
    assert "<title>A few questions</title>" in page.content.decode()
    assert not re.search(r"andante|therap|clinic", address(before), re.IGNORECASE)
    assert before.session.client.code not in page.content.decode()
    assert "Clara" not in page.content.decode()


# The page


def test_who_reads_it_and_help_come_before_the_first_question(client, before):
    page = client.get(address(before)).content.decode()
    reader, number, first = page.index("working days by Sam Okafor"), page.index('href="tel:08001110111"'), page.index("<fieldset")
    assert reader < number < first
    assert len(page[:number].encode()) < 1500


def test_the_short_one_asks_five_and_one_that_changes(client, before):
    names = before.questions
    assert names[:5] == ["before_distress", "before_coping", "before_ready", "before_open", "between_settle"]
    assert names[5] in questions.ROTATING_BEFORE
    assert names[6:] == ["safety"]


def test_the_short_one_after_asks_four_and_one_that_changes(after):
    assert after.questions[:4] == ["after_overwhelm", "after_pace", "after_heard", "after_choice"]
    assert len(after.questions) == 5


def test_the_changing_question_goes_round(three_sessions):
    asked = {questions.choose(s, "after")[4] for s in three_sessions.sessions.all()}
    assert asked == set(questions.ROTATING_AFTER)


def test_the_full_one_asks_all_that_applies(upcoming, service):
    upcoming.client.sessions_rated_in_full = True
    rest = ["before_wellbeing", "between_peak", "between_used", "between_intrusions", "safety"]
    assert questions.choose(upcoming, "before") == [*questions.SHORT_BEFORE, *rest]
    upcoming.client.old_coping, upcoming.client.demanding_work = "staying in bed", False
    assert "between_old_coping" in questions.choose(upcoming, "before")
    assert "between_intrusions" not in questions.choose(upcoming, "before")


def test_nothing_is_asked_about_last_time_before_the_first_session(client_record, service):
    first = sessions.book(client_record, timezone.now() + timedelta(days=1))
    assert not [name for name in questions.choose(first, "before") if name.startswith("between_") or name == "before_open"]


def test_presence_is_asked_only_after_trauma_work(three_sessions):
    session = three_sessions.sessions.get(number=3)
    assert "after_present" not in questions.choose(session, "after")
    session.trauma_work = True
    assert "after_present" in questions.choose(session, "after")


def test_where_it_came_from_is_asked_after_a_bad_week(upcoming, hold, service):
    assert "between_from" not in questions.choose(upcoming, "before")
    hold(upcoming.client, 0.1, before={"before_distress": 8})
    assert "between_from" in questions.choose(upcoming, "before")


def test_without_a_reader_no_safety_question_is_asked(upcoming):
    assert Service.here().reader == ""
    assert "safety" not in questions.choose(upcoming, "before")


def test_the_services_own_question_is_asked_and_kept_out_of_the_table(client, upcoming, service):
    own = ServiceItem.objects.create(kind="before", question="How did you sleep?", low_end="badly", high_end="well")
    checkin = checkins.offer(upcoming, "before")
    assert "How did you sleep?" in text(client.get(address(checkin)))
    client.post(address(checkin), SAID | {own.name: "9"})
    assert Answer.objects.get(checkin=checkin, item=own.name).value == 9
    assert own.name not in upcoming.client.readings.filter(current=True).order_by("-session").first().row


def test_the_page_is_light_and_needs_no_script(client, before):
    page = client.get(address(before)).content
    css = (settings.HERE / "static" / "checkin.css").read_bytes()
    script = (settings.HERE / "static" / "checkin.js").read_bytes()
    assert sum(len(gzip.compress(part)) for part in (page, css, script)) < 60_000
    assert b"defer" in page
    assert b"<script>" not in page
    assert b"style=" not in page


def test_the_page_speaks_the_clients_language(client, before):
    owner = before.session.client
    owner.language = "de"
    owner.save()
    page = text(client.get(address(before)))
    assert "Wie aufgewühlt oder angespannt sind Sie gerade?" in page
    assert "Die Übersetzung dieser Seite wurde nicht fachlich geprüft." in page
    assert "upset" not in page


# Answers


def test_answers_arrive_and_change_the_reading_in_the_same_request(client, before):
    owner = before.session.client
    assert not owner.readings.filter(session=4).exists()
    response = client.post(address(before), SAID)
    assert response.status_code == 302
    row = owner.readings.get(session=4, audience="therapist", current=True).row
    assert {name: row[name] for name in SAID if name != "safety"} == {
        name: float(value) for name, value in SAID.items() if name != "safety"
    }
    assert row["safety_flag"] is False


def test_a_question_left_alone_is_skipped(client, before):
    client.post(address(before), {"before_distress": "8", "before_coping": ""})
    assert Answer.objects.filter(checkin=before, skipped=False).count() == 1
    assert Answer.objects.filter(checkin=before, skipped=True).count() == len(before.questions) - 1


def test_declining_is_one_tap(client, before):
    client.post(address(before), {"decline": "1"})
    before.refresh_from_db()
    assert before.declined
    assert not Answer.objects.filter(checkin=before, value__isnull=False).exists()


def test_a_second_delivery_changes_nothing(client, before):
    queue = {"HTTP_X_FROM_QUEUE": "1"}
    assert client.post(address(before), SAID, **queue).json() == {"state": "received"}
    count = before.session.client.readings.count()
    assert client.post(address(before), SAID | {"before_distress": "1"}, **queue).json() == {"state": "before"}
    assert Answer.objects.get(checkin=before, item="before_distress").value == 8
    assert before.session.client.readings.count() == count


def test_answers_that_waited_for_a_connection_are_still_taken(client, before):
    CheckIn.objects.update(expires=timezone.now() - timedelta(days=3))
    assert client.post(address(before), SAID, HTTP_X_FROM_QUEUE="1").json() == {"state": "received"}


def test_but_not_for_ever(client, before):
    CheckIn.objects.update(expires=timezone.now() - timedelta(days=31))
    assert client.post(address(before), SAID, HTTP_X_FROM_QUEUE="1").json() == {"state": "before"}
    assert not Answer.objects.filter(checkin=before).exists()


def test_a_number_outside_the_scale_is_refused_whole(client, before):
    response = client.post(address(before), SAID | {"before_distress": "11"})
    assert response.status_code == 422
    assert "before_distress takes a whole number from 0 to 10" in response.content.decode()
    assert not Answer.objects.filter(checkin=before).exists()


@pytest.mark.parametrize("value", ["4.5", "nan", "inf", "-1"])
def test_what_is_between_or_beyond_the_steps_is_refused(client, before, value):
    assert client.post(address(before), SAID | {"before_distress": value}).status_code == 422
    assert before.answers.count() == 0


def test_what_was_not_asked_is_not_taken(client, before):
    client.post(address(before), SAID | {"after_heard": "0"})
    assert not Answer.objects.filter(item="after_heard", checkin=before).exists()


def test_afterwards_the_link_shows_nothing_that_was_answered(client, before):
    agreements.ask_consent(before.session, "the letter that is never sent")
    client.post(address(before), SAID | {"consent": "yes", "safety": "2"})
    page = client.get(address(before))
    assert " ".join(text(page).split()) == (
        "A few questions Thank you. It has arrived. Nothing of it is shown here any more. I need to slow down My page Leave now "
        "If you might hurt yourself, or are in danger, now: Emergency 112 · Crisis line 0800 111 0 111 "
        "Something wrong? You may complain, without any harm to your therapy: to your therapist, or to the office of the service."
    )
    assert "value=" not in page.content.decode()


def test_a_safety_answer_raises_an_item_at_once(client, before):
    client.post(address(before), SAID | {"safety": "1"})
    item = SafetyItem.objects.get(client=before.session.client)
    assert item.acknowledged is None
    reading = before.session.client.readings.get(session=4, audience="therapist", current=True).reading
    assert reading["safety"] == "open"
    assert reading["stance"] == "hold"


def test_a_day_of_dangerous_coping_goes_to_the_safety_path(client, upcoming, service):
    owner = upcoming.client
    owner.old_coping, owner.old_coping_risky, owner.sessions_rated_in_full = "drinking", True, True
    owner.save()
    upcoming.refresh_from_db()
    checkin = checkins.offer(upcoming, "before")
    client.post(address(checkin), SAID | {"between_old_coping": "1"})
    assert SafetyItem.objects.get(client=owner).source == "coping"


# Who may see


@pytest.mark.parametrize("audience", ["me", "third"])
def test_a_private_answer_leaves_the_therapist_nothing_not_even_a_gap(client, after, as_person, therapist, outsider, audience):
    service = Service.here()
    service.third_person = outsider
    service.save()
    client.post(address(after), {"after_overwhelm": "2", "after_heard": "1", "who-after_heard": audience})
    page = text(as_person(therapist).get(reverse("checkins", args=[after.session.client.code, 3])))
    assert "Was it too much today?" in page
    assert "heard" not in page
    assert (
        "heard"
        not in text(as_person(therapist).get(reverse("client", args=[after.session.client.code])))
        .split("What is raised")[1]
        .split("Appointments")[0]
    )
    told = as_person(outsider).get(reverse("confided"))
    assert ("1 of 10" in text(told)) == (audience == "third")


def test_only_the_three_questions_that_say_so_can_be_private(client, after):
    client.post(address(after), {"after_overwhelm": "2", "who-after_overwhelm": "me"})
    assert Answer.objects.get(item="after_overwhelm", checkin=after).audience == "therapist"


def test_where_nobody_is_named_a_third_person_means_only_me(client, after):
    client.post(address(after), {"after_heard": "1", "who-after_heard": "third"})
    assert Answer.objects.get(item="after_heard", checkin=after).audience == "me"


def test_an_answer_for_someone_who_is_no_longer_named_is_for_the_client_alone(client, after, outsider, manager):
    """It waited on the phone, and the service named someone else meanwhile: that is not the name the client read."""
    service = Service.here()
    service.third_person = outsider
    service.save()
    shown = re.search(r'name="third" value="(\d+)"', client.get(address(after)).content.decode())[1]
    assert shown == str(outsider.pk)
    service.third_person = manager
    service.save()
    client.post(address(after), {"after_heard": "1", "who-after_heard": "third", "third": shown})
    answer = Answer.objects.get(item="after_heard", checkin=after)
    assert (answer.audience, answer.told) == ("me", None)


def test_the_named_person_is_never_the_therapist_nor_their_supervisor(client_record, therapist, supervisor, outsider):
    service = Service(third_person=therapist)
    assert service.third_person_for(client_record) is None
    service.third_person = supervisor
    assert service.third_person_for(client_record) is None
    service.third_person = outsider
    assert service.third_person_for(client_record) == outsider


# Consent to a step


@pytest.mark.parametrize(("answer", "given"), [("yes", True), ("not_today", False), ("not_this", False), ("talk_first", False)])
def test_consent_is_asked_on_the_clients_page_without_a_default(client, before, answer, given):
    agreements.ask_consent(before.session, "the letter that is never sent")
    page = client.get(address(before)).content.decode()
    assert "the letter that is never sent" in page
    asked = page[page.index('class="consent"') : page.index("</fieldset>", page.index('class="consent"'))]
    assert "checked" not in asked
    step = re.search(r'name="step" value="(\d+)"', page)[1]
    client.post(address(before), SAID | {"consent": answer, "step": step})
    consent = before.session.consents.get()
    assert (consent.given, consent.said_by) == (given, "client")


def test_a_yes_to_one_step_is_no_yes_to_the_step_put_in_its_place_meanwhile(client, before):
    read = agreements.ask_consent(before.session, "write the letter")
    asked = agreements.ask_consent(before.session, "read it aloud to him")  # while the phone still shows the first
    client.post(address(before), SAID | {"consent": "yes", "step": str(read.pk)})
    assert list(before.session.consents.all()) == [asked]
    assert before.session.consents.get().given is None


def test_no_answer_about_the_step_is_no_consent_and_no_refusal(client, before):
    agreements.ask_consent(before.session, "the letter")
    client.post(address(before), SAID)
    assert before.session.consents.get().given is None


def test_the_plan_is_shown_once_it_is_shared(client, before):
    agreements.plan(before.session, intensity=5, trauma_work=None, step="the letter")
    assert "the letter" not in text(client.get(address(before)))
    before.session.plan_shared = timezone.now()
    before.session.save()
    assert "Planned: the letter" in text(client.get(address(before)))


def test_the_brake_is_seen_by_the_therapist_on_the_next_click(client, before, as_person, therapist):
    client.post(address(before, "slow_down"))
    today = text(as_person(therapist).get(reverse("today")))
    assert "Hold : The client asked to slow down" in today


def test_a_second_tap_is_no_second_press_but_a_later_one_is(client, before):
    owner = before.session.client
    client.post(address(before, "slow_down"))
    client.post(address(before, "slow_down"))
    assert owner.slow_downs.count() == 1
    owner.slow_downs.update(at=timezone.now() - timedelta(hours=1))
    client.post(address(before, "slow_down"))
    assert owner.slow_downs.count() == 2


def test_a_press_right_after_the_brake_was_lifted_is_a_new_one(client, before):
    owner = before.session.client
    client.post(address(before, "slow_down"))
    checkins.talked(owner)
    checkins.settled(owner)
    client.post(address(before, "slow_down"))
    assert checkins.standing(owner).lifted is None


def test_a_press_that_waited_on_the_phone_is_taken_and_told_in_few_words(client, before):
    answer = client.post(address(before, "slow_down"), headers={"X-From-Queue": "1"})
    assert (answer.status_code, answer.json()) == (200, {"state": "received"})
    assert checkins.standing(before.session.client) is not None


def test_without_script_the_press_is_confirmed_above_everything_else(client, before):
    page = client.post(address(before, "slow_down"), follow=True).content.decode()
    assert 0 < page.index("It is noted: slower.") < page.index("Nobody reads this at night.")


def test_who_may_see_an_answer_is_offered_before_the_first_question_that_it_is_about(client, after):
    page = client.get(address(after)).content.decode()
    assert page.index('id="q-after_pace"') < page.index('id="choose-who"') < page.index('id="q-after_heard"')
