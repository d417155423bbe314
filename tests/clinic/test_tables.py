"""The journal becomes rows of the session table: what is known, nothing else, in the view of who may see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from andante_clinic.bridge import readings, tables
from andante_clinic.journal import agreements, checkins, safety, sessions, topics
from andante_clinic.journal.models import SlowDown, SupervisionNote


def rows(client, view="therapist"):
    return tables.rows(tables.gather(client), view)


def test_a_row_holds_what_was_said_and_nothing_else(client_record, hold):
    session = hold(
        client_record, 7, before={"before_distress": 6}, after={"after_heard": 9}, intensity=5, led_by="client", trauma_work=False
    )
    assert rows(client_record) == [
        {
            "client_id": client_record.code,
            "session": 1,
            "date": session.date.isoformat(),
            "therapist_id": str(client_record.therapist_id),
            "attendance": "attended",
            "checkin_before": "answered",
            "checkin_after": "answered",
            "before_distress": 6.0,
            "after_heard": 9.0,
            "intensity": 5,
            "led_by": "client",
            "trauma_work": False,
        }
    ]


def test_a_skipped_question_is_an_empty_cell(client_record, hold):
    hold(client_record, 7, before={"before_distress": 6, "before_coping": None})
    assert "before_coping" not in rows(client_record)[0]


@pytest.mark.parametrize("audience", ["me", "third"])
def test_a_private_answer_was_never_asked_in_the_therapists_view(client_record, hold, audience):
    hold(client_record, 7, after={"after_overwhelm": 3, "after_heard": checkins.Said(2, audience)})
    mine, theirs = rows(client_record, "client")[0], rows(client_record)[0]
    assert mine["after_heard"] == 2
    assert "after_heard" not in theirs
    assert theirs["checkin_after"] == "answered"


def test_a_checkin_that_is_all_private_was_not_offered_in_the_therapists_view(client_record, hold):
    hold(client_record, 7, after={"after_heard": checkins.Said(2, "me")})
    assert rows(client_record)[0]["checkin_after"] == "not_offered"
    assert rows(client_record, "client")[0]["checkin_after"] == "answered"


def test_a_declined_checkin_is_no_unanswered_one(client_record, hold):
    hold(client_record, 7, before={"before_distress": None})
    assert rows(client_record)[0]["checkin_before"] == "declined"


def test_an_offered_checkin_without_answers_is_unanswered_once_the_session_is_over(client_record):
    session = sessions.book(client_record, timezone.now() - timedelta(days=1))
    checkins.offer(session, "before")
    sessions.record(session, attendance="attended")
    assert rows(client_record)[0]["checkin_before"] == "unanswered"
    assert rows(client_record)[0]["checkin_after"] == "not_offered"


def test_an_appointment_ahead_has_a_row_once_something_is_known(upcoming):
    client = upcoming.client
    assert len(rows(client)) == 3
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="a step")
    assert rows(client)[-1]["planned_intensity"] == 6
    assert "attendance" not in rows(client)[-1]


def test_what_only_stands_makes_no_row_ahead(upcoming):
    client = upcoming.client
    client.old_coping = "staying in bed"
    client.save()
    long_ago = timezone.now() - timedelta(days=9)
    SlowDown.objects.create(client=client, at=long_ago, talked=long_ago, settled=long_ago)
    agreements.wish(client, -1)
    agreements.look_at(upcoming, "safety", True)
    assert len(rows(client)) == 3


def test_a_score_makes_a_row_ahead(upcoming):
    sessions.enter_score(upcoming, "phq9", 12)
    assert rows(upcoming.client)[-1]["phq9"] == 12


def test_only_the_next_appointment_can_be_pending(upcoming):
    later = sessions.book(upcoming.client, upcoming.starts + timedelta(days=7))
    agreements.plan(later, intensity=9, trauma_work=None, step="later")
    agreements.plan(upcoming, intensity=6, trauma_work=None, step="next")
    assert [row["session"] for row in rows(upcoming.client)] == [1, 2, 3, 4]


def test_a_press_without_an_appointment_ahead_has_a_row_of_its_own(three_sessions):
    checkins.slow_down(three_sessions)
    last = rows(three_sessions)[-1]
    assert (last["session"], last["client_slow"], last["date"]) == (4, 1, timezone.localdate().isoformat())


def test_presses_are_counted_in_the_row_of_their_time_alone(three_sessions, hold):
    for days in (1, 0.9):
        SlowDown.objects.create(client=three_sessions, at=timezone.now() - timedelta(days=days))
    hold(three_sessions, 0.2)
    hold(three_sessions, 0.1)
    assert [row.get("client_slow") for row in rows(three_sessions)] == [0, 0, 0, 2, 0]


def test_a_press_that_is_lifted_before_the_session_no_longer_holds(upcoming):
    checkins.slow_down(upcoming.client)
    assert rows(upcoming.client)[-1]["client_slow"] == 1
    checkins.talked(upcoming.client)
    checkins.settled(upcoming.client)
    assert rows(upcoming.client)[-1].get("client_slow") in (None, 0)


def test_the_ledger_counts_each_session(client_record, hold):
    first, second, third = hold(client_record, 21), hold(client_record, 14), hold(client_record, 7)
    letter, night = topics.begin(client_record, first, "the letter"), topics.begin(client_record, first, "the night")
    topics.note(letter, second, "settled")
    topics.note(night, second, "parked")
    topics.note(letter, third, "resurfaced")
    names = ("topics_opened", "topics_settled", "topics_resurfaced", "topics_open")
    assert [[row[name] for name in names] for row in rows(client_record)] == [[2, 0, 0, 2], [0, 1, 0, 0], [0, 0, 1, 1]]


def test_without_a_ledger_nothing_is_counted(client_record, hold):
    hold(client_record, 7)
    assert not any(name.startswith("topics_") for name in rows(client_record)[0])


# consent, and the two other essential lines: what the row says (None: the cell is empty)
@pytest.mark.parametrize(
    ("answer", "safety_met", "stop_met", "consent", "essentials", "prepared"),
    [
        (None, None, None, None, None, None),
        ("yes", True, True, True, True, 0.5),
        ("yes", True, None, True, None, 0.3333),
        ("yes", True, False, True, False, 0.3333),
        ("not_today", True, True, False, False, 0.3333),
        ("talk_first", None, None, False, False, 0.0),
    ],
)
def test_readiness_is_what_was_looked_at(upcoming, answer, safety_met, stop_met, consent, essentials, prepared):
    if answer:
        agreements.answer_consent(agreements.ask_consent(upcoming, "a step"), answer)
    agreements.look_at(upcoming, "safety", safety_met)
    agreements.look_at(upcoming, "stop", stop_met)
    sessions.record(upcoming, attendance="attended")
    row = rows(upcoming.client)[-1]
    assert [row.get("consent"), row.get("essentials"), row.get("prepared")] == [consent, essentials, prepared]


def test_a_yes_taken_back_is_no_consent(upcoming):
    asked = agreements.ask_consent(upcoming, "a step")
    agreements.answer_consent(asked, "yes")
    agreements.take_back_consent(asked)
    sessions.record(upcoming, attendance="attended")
    assert rows(upcoming.client)[-1]["consent"] is False


def test_limits_touched_count_without_fresh_consent(client_record, hold):
    limit = agreements.agree(client_record, "limit", "not my sister", "client")
    session = hold(client_record, 7, as_agreed=False)
    assert rows(client_record)[0]["limits_touched"] == 0
    sessions.touch_limits(session, [limit])
    assert rows(client_record)[0]["limits_touched"] == 1


def test_all_as_agreed_says_that_nothing_was_overridden(client_record, hold):
    hold(client_record, 7, as_agreed=True)
    row = rows(client_record)[0]
    assert [row["stops_overridden"], row["overrun_min"], row["limits_touched"]] == [0, 0, 0]


def test_without_demanding_work_there_is_no_intensity(client_record, hold):
    client_record.demanding_work = False
    client_record.save()
    hold(client_record, 7, intensity=8, trauma_work=True, led_by="therapist")
    assert not {"intensity", "trauma_work", "led_by"} & set(rows(client_record)[0])


def test_a_safety_item_flags_its_session_until_reviewed(client_record, hold, therapist):
    session = hold(client_record, 7)
    item = safety.raise_item(client_record, "therapist", session)
    assert (rows(client_record)[0]["safety_flag"], rows(client_record)[0]["safety_reviewed"]) == (True, False)
    safety.review(item, therapist)
    assert rows(client_record)[0]["safety_reviewed"] is True


def test_a_safety_item_makes_a_row_ahead(upcoming):
    safety.raise_item(upcoming.client, "therapist", upcoming)
    assert [row.get("safety_flag") for row in rows(upcoming.client)] == [None, None, None, True]


def test_a_safety_item_about_an_appointment_further_ahead_is_in_the_next_row(upcoming):
    later = sessions.book(upcoming.client, upcoming.starts + timedelta(days=7))
    safety.raise_item(upcoming.client, "checkin", later)
    assert [(row["session"], row.get("safety_flag")) for row in rows(upcoming.client)][3:] == [(4, True)]


def test_a_safety_item_without_a_session_is_in_the_row_of_its_time(three_sessions, hold):
    item = safety.raise_item(three_sessions, "therapist")
    item.raised = timezone.now() - timedelta(days=10)
    item.save()
    assert [row.get("safety_flag") for row in rows(three_sessions)] == [None, None, True]
    item.raised = timezone.now() - timedelta(days=3)
    item.save()
    last = rows(three_sessions)[-1]
    assert (last["session"], last["date"], last["safety_flag"]) == (4, timezone.localdate(item.raised).isoformat(), True)


def test_a_safety_item_that_was_reviewed_does_not_clear_an_earlier_one_that_was_not(three_sessions, hold, therapist):
    second, third = three_sessions.sessions.get(number=2), three_sessions.sessions.get(number=3)
    earlier, later = safety.raise_item(three_sessions, "checkin", second), safety.raise_item(three_sessions, "checkin", third)
    safety.review(later, therapist)
    assert [row.get("safety_reviewed") for row in rows(three_sessions)] == [None, False, False]
    safety.review(earlier, therapist)
    assert [row.get("safety_reviewed") for row in rows(three_sessions)] == [None, True, True]


def test_supervision_is_said_in_the_next_row(three_sessions, hold, supervisor):
    SupervisionNote.objects.create(client=three_sessions, by=supervisor, words="talked over", at=timezone.now() - timedelta(days=1))
    hold(three_sessions, 0)
    assert [row.get("supervised") for row in rows(three_sessions)] == [None, None, None, True]


def test_the_answer_two_days_later_belongs_to_the_next_row(three_sessions, hold):
    hold.answer(three_sessions.sessions.last(), "mid", {"mid_settled": 0})
    assert "mid_settled" not in rows(three_sessions)[2]
    assert rows(three_sessions)[3]["mid_settled"] == 0


def test_a_row_before_the_appointment_keeps_its_day(three_sessions, hold):
    """Made again tomorrow it is the same row: of the day on which the last thing came that it tells of."""
    last, ago = three_sessions.sessions.last(), lambda days: timezone.now() - timedelta(days=days)
    hold.answer(last, "mid", {"mid_settled": 0})
    last.checkins.filter(kind="mid").update(received=ago(5))
    assert rows(three_sessions)[3]["date"] == timezone.localdate(ago(5)).isoformat()
    press = SlowDown.objects.create(client=three_sessions, at=ago(4))
    assert rows(three_sessions)[3]["date"] == timezone.localdate(ago(4)).isoformat()
    press.talked = ago(3)
    press.save()
    assert rows(three_sessions)[3]["date"] == timezone.localdate(ago(3)).isoformat()


def test_a_talk_that_the_next_row_tells_of_is_dated_with_the_row_of_the_press(three_sessions):
    SlowDown.objects.create(client=three_sessions, at=timezone.now() - timedelta(days=9), talked=timezone.now() - timedelta(days=8))
    last = rows(three_sessions)[-1]
    assert (last["session"], last["responded"], last["date"]) == (4, True, rows(three_sessions)[2]["date"])


def test_sessions_left_count_those_held(client_record, hold):
    client_record.sessions_agreed = 3
    client_record.save()
    hold(client_record, 14)
    hold(client_record, 7, attendance="missed")
    assert [row["sessions_left"] for row in rows(client_record)] == [2, 2]


def test_a_longer_therapy_takes_no_more_queries(three_sessions, hold, django_assert_num_queries, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        tables.gather(three_sessions)
    for n in range(5):
        hold(three_sessions, 1 - n / 10, before={"before_distress": 4})
    with django_assert_max_num_queries(14):
        tables.gather(three_sessions)


def test_rows_are_in_order_of_time(client_record, hold):
    hold(client_record, 7)
    hold(client_record, 14)  # entered later, held earlier
    assert [row["session"] for row in rows(client_record)] == [2, 1]
    with readings.changing(client_record):
        pass
