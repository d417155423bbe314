"""The client's own page: behind their PIN, in their words, and what they say there holds at once."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from andante_clinic.journal import agreements, checkins
from andante_clinic.people import pins


@pytest.fixture
def link(upcoming):
    return checkins.token(checkins.offer(upcoming, "before"))


@pytest.fixture
def owner(upcoming):
    pins.choose(upcoming.client, pins.make_room_code(upcoming.client), "4711")
    return upcoming.client


@pytest.fixture
def opened(client, link, owner):
    client.post(reverse("mine", args=[link]), {"pin": "4711"})
    return client


def page(client, link):
    return client.get(reverse("mine", args=[link])).content.decode()


def test_the_link_alone_shows_the_door(client, link, owner):
    agreements.agree(owner, "limit", "not my sister", "client")
    shown = page(client, link)
    assert "Your PIN" in shown
    assert "not my sister" not in shown


def test_a_pin_is_chosen_with_the_code_of_the_room(client, link, upcoming):
    code = pins.make_room_code(upcoming.client)
    assert client.post(reverse("mine", args=[link]), {"code": "000000" if code != "000000" else "111111", "pin": "4711"}).status_code == 403
    assert client.post(reverse("mine", args=[link]), {"code": code, "pin": "4711"}).status_code == 302
    assert "How it has been" in page(client, link)
    upcoming.client.refresh_from_db()
    assert upcoming.client.pin != "4711"
    assert check_password("4711", upcoming.client.pin)
    assert not pins.choose(upcoming.client, code, "1234")  # once only


def test_the_code_of_the_room_grows_old(upcoming):
    code = pins.make_room_code(upcoming.client)
    upcoming.client.room_code_until = timezone.now() - timedelta(seconds=1)
    assert not pins.choose(upcoming.client, code, "4711")


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", ""])
def test_a_pin_is_four_to_eight_digits(upcoming, pin):
    assert not pins.choose(upcoming.client, pins.make_room_code(upcoming.client), pin)


def test_five_wrong_tries_and_then_even_the_right_one_waits(client, link, owner):
    for _ in range(5):
        assert client.post(reverse("mine", args=[link]), {"pin": "0000"}).status_code == 403
    assert b"Too many tries" in client.post(reverse("mine", args=[link]), {"pin": "4711"}).content


@pytest.fixture
def clock(monkeypatch, settings):
    """Tries are counted in the database, as in service; `clock(minutes)` moves the time on by which they are forgotten."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_of_tries"}}
    call_command("createcachetable", verbosity=0)
    moved = timedelta()

    def move(minutes):
        nonlocal moved
        moved += timedelta(minutes=minutes)

    now, seconds = timezone.now, time.time
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: now() + moved)
    monkeypatch.setattr("django.core.cache.backends.base.time.time", lambda: seconds() + moved.total_seconds())
    return move


def wrong(client, link, times=5):
    for _ in range(times):
        client.post(reverse("mine", args=[link]), {"pin": "0000"})


def test_a_pin_that_was_tried_too_often_rests_for_a_quarter_of_an_hour(client, link, owner, clock):
    wrong(client, link, 2)
    clock(10)
    wrong(client, link, 3)  # the rest begins with the last of the five
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM cache_of_tries")
        ((expires,),) = cursor.fetchall()
    expires = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    assert abs(expires - timezone.now() - timedelta(minutes=10 + 15)) < timedelta(minutes=1)
    clock(14)
    assert client.post(reverse("mine", args=[link]), {"pin": "4711"}).status_code == 403
    clock(2)  # a try while it rests does not make the rest longer
    assert client.post(reverse("mine", args=[link]), {"pin": "4711"}).status_code == 302


def test_after_twenty_wrong_tries_the_pin_opens_nothing_any_more(client, link, owner, upcoming, clock):
    for _ in range(4):
        wrong(client, link)
        clock(16)
    assert client.post(reverse("mine", args=[link]), {"pin": "4711"}).status_code == 403
    assert "your PIN opens nothing any more" in page(client, link)
    code = pins.make_room_code(upcoming.client)
    assert client.post(reverse("mine", args=[link]), {"code": code, "pin": "815000"}).status_code == 302
    client.post(reverse("mine_lock", args=[link]))
    assert client.post(reverse("mine", args=[link]), {"pin": "815000"}).status_code == 302


def test_a_right_try_forgives_the_wrong_ones_before_it(owner):
    for _ in range(6):
        for pin in ("0000", "0000", "0000", "0000", "4711"):
            right = pins.fits(owner, pin)
        assert right
    owner.refresh_from_db()
    assert owner.pin_wrong == 0


def test_tries_that_come_at_once_are_counted_one_by_one(owner):
    with CaptureQueriesContext(connection) as caught:
        pins.fits(owner, "0000")
    if connection.vendor == "postgresql":
        assert any("FOR UPDATE" in query["sql"] for query in caught)
    owner.refresh_from_db()
    assert owner.pin_wrong == 1


def test_it_locks_itself(opened, link, owner):
    session = opened.session
    session[f"mine-{owner.code}"] = timezone.now().timestamp() - 1
    session.save()
    assert "Your PIN" in page(opened, link)


def test_it_can_be_locked(opened, link):
    opened.post(reverse("mine_lock", args=[link]))
    assert "Your PIN" in page(opened, link)


def test_one_clients_pin_opens_no_other_clients_page(opened, link, therapist, hold):
    from andante_clinic.people.models import Client

    other = Client.objects.create(name="Otto Other", therapist=therapist)
    hold(other, 3)
    foreign = checkins.token(checkins.offer(other.sessions.get(), "after"))
    assert "How it has been" not in page(opened, foreign)


def test_it_speaks_in_the_clients_words_and_never_names_a_harm(opened, link, owner):
    shown = re.sub(r"<[^>]+>", " ", page(opened, link))
    for word in ("retraumat", "disengag", "ethic", "ceiling", "outlook", "trauma work", "hurt / mended"):
        assert word not in shown
    assert "Before the last session you felt upset or tense: 4 of 10." in shown


def test_what_is_usual_is_said_after_three_answers(opened, link, owner, hold):
    from andante_clinic.bridge import readings

    hold(owner, 0.1, before={"before_distress": 8})
    readings.recompute(owner)
    assert "you felt upset or tense: 8 of 10, usually about 4 for you." in page(opened, link)


def test_the_chart_is_of_the_clients_own_words_in_their_language(opened, link, owner):
    owner.language = "de"
    owner.save(update_fields=["language"])
    shown = page(opened, link)
    chart = re.search(r'<svg class="chart".*?</svg>', shown, re.DOTALL)[0]
    assert re.search(r"<title[^>]*>([^<]*)", chart)[1] == "Bild Ihrer Antworten"
    assert re.findall(r"<text[^>]*>([^<]+)</text>", chart) == ["0", "5", "10", "1", "2", "3"]
    for never in ("--ceiling", "--bar"):
        assert never not in chart


def test_a_limit_is_the_clients_own_and_can_go(opened, link, owner):
    opened.post(reverse("mine_say", args=[link]), {"kind": "limit", "words": "not my sister"})
    limit = owner.agreements.get()
    assert (limit.words, limit.said_by) == ("not my sister", "client")
    opened.post(reverse("mine_withdraw", args=[link]), {"pk": limit.pk})
    assert owner.agreements.get().withdrawn is not None


def test_a_wish_is_in_the_next_reading(opened, link, owner):
    opened.post(reverse("mine_wish", args=[link]), {"wish": "-1"})
    agreements.plan(owner.sessions.last(), intensity=3, trauma_work=None, step="")
    opened.post(reverse("mine_stop_word", args=[link]), {"words": "both hands up"})
    owner.refresh_from_db()
    assert owner.stop_word == "both hands up"
    assert owner.readings.get(session=4, audience="therapist", current=True).row["client_wish"] == -1


def test_settled_and_talked_lift_the_brake(opened, link, owner):
    checkins.slow_down(owner)
    opened.post(reverse("mine_settled", args=[link]))
    assert checkins.standing(owner) is not None
    checkins.talked(owner)
    assert checkins.standing(owner) is None


def test_a_yes_is_taken_back_in_one_tap(opened, link, owner):
    consent = agreements.ask_consent(owner.sessions.last(), "the letter")
    opened.post(reverse("mine_consent", args=[link]), {"pk": consent.pk, "consent": "yes"})
    consent.refresh_from_db()
    assert consent.given
    opened.post(reverse("mine_consent", args=[link]), {"pk": consent.pk, "take_back": "1"})
    consent.refresh_from_db()
    assert consent.given is False


def test_the_client_sees_who_looked(opened, link, owner, as_person, therapist):
    as_person(therapist).get(reverse("client", args=[owner.code]))
    assert "Thea Therapist, therapist: saw" in page(opened, link)


def test_the_safe_way_of_contact_is_the_clients_to_say(opened, link, owner):
    opened.post(reverse("mine_contact", args=[link]), {"contact": "paper"})
    owner.refresh_from_db()
    assert (owner.contact, owner.contact_asked) == ("paper", timezone.localdate())


def test_what_was_said_before_a_session_that_is_over_stands(opened, link, owner):
    past = owner.sessions.get(number=3)
    consent = agreements.ask_consent(past, "the letter")
    agreements.answer_consent(consent, "not_today")
    for said in ({"consent": "yes"}, {"take_back": "1"}):
        opened.post(reverse("mine_consent", args=[link]), {"pk": consent.pk, **said})
    consent.refresh_from_db()
    assert (consent.answer, consent.taken_back) == ("not_today", None)


@pytest.mark.parametrize("step", ["mine_consent", "mine_withdraw"])
@pytest.mark.parametrize("pk", ["", "x", "-1", "9" * 30, "²"])
def test_a_number_that_is_none_changes_nothing(opened, link, step, pk):
    assert opened.post(reverse(step, args=[link]), {"pk": pk, "consent": "yes"}).status_code == 302


def test_days_are_written_in_the_readers_way(opened, link, owner, upcoming):
    agreements.plan(upcoming, intensity=None, trauma_work=None, step="the letter")
    upcoming.starts, upcoming.plan_shared = datetime(2031, 5, 6, 9, 30, tzinfo=UTC), timezone.now()
    upcoming.save()
    assert "May 6, 2031, 09:30" in page(opened, link)
    owner.language = "de"
    owner.save()
    assert "6. Mai 2031, 09:30" in page(opened, link)
