"""The demo: histories of the laboratory entered into a journal, which gives the same rows back."""

import datetime
import itertools

import pytest

from andante.lab.simulator import simulate
from andante.risks import RISKS
from andante_clinic.bridge import demo, entering, tables
from andante_clinic.journal.models import Reading
from andante_clinic.people.models import Client, User

# What the journal cannot give back as it came: it keeps readiness line by line and by its own list, tells a limit once a
# session, counts the sessions that are left by itself, and after a press says "settled" on the day after.
NOT_KEPT = {
    "client_id", "therapist_id", "date", "prepared", "essentials", "limits_touched", "sessions_left", "ending", "end_again", "end_still",
    "client_slow", "mid_settled", "responded", "topics_resurfaced", "topics_settled", "topics_open", "safety_flag", "safety_reviewed",
    "supervised", "checkin_before", "checkin_after", "old_coping_risky",
}  # fmt: skip


@pytest.fixture(scope="module")
def histories():
    cohort = simulate(12, family=demo.FAMILY, seed=demo.SEED)
    rows = {}
    for row in cohort.sessions.to_pylist():
        rows.setdefault(row["client_id"], []).append(row)
    return list(rows.values())


@pytest.mark.parametrize("number", range(4))
def test_a_history_that_was_entered_comes_back(client_record, histories, number):
    history = histories[number]
    entering.enter(client_record, history, datetime.date(2026, 11, 20), hour=9)
    back = tables.rows(tables.gather(client_record), "therapist")
    if history[-1].get("client_slow"):  # talked about and settled since: told in a row of its own
        lifted = back.pop()
        assert (lifted["client_slow"], lifted["responded"], lifted["mid_settled"]) == (0, True, 2)
    assert len(back) == len(history)
    held, begun = {"attended", "late"}, False
    for came, went in zip(back, history, strict=True):
        known = {n for n, v in went.items() if v is not None} - NOT_KEPT
        if went["attendance"] not in held:
            known = {name for name in known if not name.startswith(("topics_", "suds_"))}
        begun = begun or bool(went["topics_opened"])
        if not begun:  # before the first issue was written down nobody can say that none came up
            known.discard("topics_opened")
        assert {n: came.get(n) for n in known} == {n: went[n] for n in known}
        if went.get("client_slow"):
            assert came["client_slow"] == went["client_slow"]


def test_days_between_sessions_are_kept(client_record, histories):
    entering.enter(client_record, histories[0], datetime.date(2026, 11, 20), hour=9)
    days = [datetime.date.fromisoformat(row["date"]) for row in tables.rows(tables.gather(client_record), "therapist")]
    assert days[-1] == datetime.date(2026, 11, 20)
    assert [(b - a).days for a, b in itertools.pairwise(days)] == [
        (b["date"] - a["date"]).days for a, b in zip(histories[0], histories[0][1:], strict=False)
    ]


def test_a_dozen_different_stories_with_readings(db):
    demo.make()
    assert Client.objects.count() == len(demo.STORIES) == 12
    assert len({story.harm for story in demo.STORIES}) == 11
    for client in Client.objects.all():
        readings = Reading.objects.filter(client=client, audience="therapist", current=True)
        assert readings.count() >= 5
        span = client.sessions.order_by("starts")
        assert span.last().starts - span.first().starts > datetime.timedelta(days=25)
    assert {user.role for user in User.objects.all()} == {"therapist", "supervisor", "manager"}
    for client, story in zip(Client.objects.order_by("pk"), demo.STORIES, strict=True):
        last = client.readings.filter(audience="therapist", current=True).order_by("session").last().reading
        raised = {risk.name for risk in RISKS if last[f"{risk.name}_level"] in ("watch", "act")}
        assert story.harm in raised if story.harm else not raised, (
            story.name,
            raised,
            last["stance"],
        )  # each story shows what it is the story of
    stances = {r.reading["stance"] for c in Client.objects.all() for r in c.readings.filter(current=True, audience="therapist")}
    assert {"go_on", "hold", "ease"} <= stances


def test_the_welcome_names_everyone_and_gives_a_link(db):
    demo.make()
    words = "\n".join(demo.welcome("http://localhost:8000"))
    for address, _, _ in demo.PEOPLE:
        assert address in words
    assert "http://localhost:8000/c/" in words
