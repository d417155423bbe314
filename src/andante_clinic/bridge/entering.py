"""Rows of the session table entered into a client's journal: the way of `tables` walked backwards, for the demo.

What a row counts (issues opened, limits touched, presses) becomes things that were opened, touched and pressed, so
that the journal gives the same counts back; a test holds it to that.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from andante.measures import columns as measure_columns
from andante_clinic.bridge.tables import FROM_CLIENT, FROM_THERAPIST, SUDS
from andante_clinic.journal.models import (
    Agreement,
    Answer,
    CheckIn,
    Consent,
    LimitTouch,
    MeasureScore,
    Readiness,
    SafetyItem,
    Session,
    SlowDown,
    SupervisionNote,
    Topic,
    TopicEvent,
    Wish,
)
from andante_clinic.journal.topics import BECOMES
from andante_clinic.people.models import Client

Row = dict[str, Any]
LABELS = (
    "the night of the accident", "anger at my brother", "sleeping alone", "the letter", "going back to work", "what my mother said",
    "the stairwell", "being seen crying", "the summer of 2019", "trusting my own memory", "saying no at home", "the second hospital",
)  # fmt: skip
LIMIT = "no details about my sister"
AFTER = [name for name in FROM_CLIENT if name.startswith("after_")]
BEFORE = [name for name in FROM_CLIENT if name.startswith(("before_", "between_"))]


def enter(client: Client, rows: list[Row], last: datetime.date, hour: int) -> None:
    """Enter the rows; the last one falls on `last`, all at `hour` o'clock. The client has no journal yet."""
    shift = last - rows[-1]["date"]
    limit = None
    if any(row.get("limits_touched") for row in rows):
        limit = Agreement.objects.create(client=client, kind="limit", words=LIMIT, said_by="client")
    if any(row.get("suds_peak") is not None for row in rows):
        client.suds = True
    client.started = rows[0]["date"] + shift
    client.save(update_fields=["suds", "started"])
    ledger, wish = Ledger(client), None
    for row in rows:
        day = row["date"] + shift
        starts = timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))
        session = _session(client, row, starts)
        _checkins(session, row)
        _agreed(session, row, limit)
        _between(client, row, starts)
        ledger.enter(session, row)
        if row.get("client_wish") is not None and row["client_wish"] != wish:
            wish = row["client_wish"]
            Wish.objects.create(client=client, value=int(wish), at=starts)


def _session(client: Client, row: Row, starts: datetime.datetime) -> Session:
    said = {name: row[name] for name in (*FROM_THERAPIST, *SUDS, "planned_intensity", "responded") if row.get(name) is not None}
    whole = {name: round(value) if isinstance(value, float) else value for name, value in said.items()}
    session = Session.objects.create(
        client=client, therapist=client.therapist, number=row["session"], starts=starts, recorded=starts, **whole
    )
    known = {column.name for column in measure_columns()}
    MeasureScore.objects.bulk_create(
        MeasureScore(session=session, measure=n, total=v) for n, v in row.items() if n in known and v is not None
    )
    return session


def _checkins(session: Session, row: Row) -> None:
    for kind, names, at in (("before", BEFORE, -1), ("after", AFTER, 1)):
        said = {name: row[name] for name in names if row.get(name) is not None}
        state = row.get(f"checkin_{kind}") or ("answered" if said else "not_offered")
        if state == "not_offered":
            continue
        when = session.starts + datetime.timedelta(hours=at)
        came = None if state == "unanswered" else when
        closed = when + datetime.timedelta(days=1)
        checkin = CheckIn.objects.create(
            session=session, kind=kind, questions=list(said), made=when, expires=closed, received=came, declined=state == "declined"
        )
        Answer.objects.bulk_create(Answer(checkin=checkin, item=name, value=value, at=when) for name, value in said.items())


def _agreed(session: Session, row: Row, limit: Agreement | None) -> None:
    if limit is not None and row.get("limits_touched"):
        LimitTouch.objects.create(limit=limit, session=session)
    if row.get("consent") is not None:
        answer = "yes" if row["consent"] else "not_today"
        Consent.objects.create(session=session, step="the next step, as agreed", answer=answer, answered=session.starts, said_by="client")
    if row.get("prepared") is not None:
        met = round(row["prepared"] * (len(Readiness.Item) + 1)) - bool(row.get("consent"))
        essential = bool(row.get("essentials"))
        order = [*Readiness.ESSENTIAL, *(i for i in Readiness.Item if i not in Readiness.ESSENTIAL)]
        yes = set(order[: max(met, len(Readiness.ESSENTIAL) if essential else 0)] if essential else order[::-1][:met])
        Readiness.objects.bulk_create(Readiness(session=session, item=item, met=item in yes) for item in order)
    if row.get("safety_flag"):
        reviewed = session.starts if row.get("safety_reviewed") else None
        at = session.starts
        SafetyItem.objects.create(client=session.client, session=session, source="checkin", raised=at, due=at, reviewed=reviewed)


def _between(client: Client, row: Row, starts: datetime.datetime) -> None:
    """What happened since the session before: presses of the brake, each settled on the day after, and supervision."""
    for _ in range(int(row.get("client_slow") or 0)):
        at, later = starts - datetime.timedelta(hours=2), starts + datetime.timedelta(days=1)
        SlowDown.objects.create(client=client, at=at, talked=starts, settled=later)
    if row.get("supervised"):
        SupervisionNote.objects.create(client=client, by=client.therapist, at=starts - datetime.timedelta(hours=3), words="talked over")


class Ledger:
    """Issues by name where the rows only count them."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.topics: list[Topic] = []

    def enter(self, session: Session, row: Row) -> None:
        for _ in range(int(row.get("topics_resurfaced") or 0)):
            self._note(session, "settled", "resurfaced")
        for _ in range(int(row.get("topics_opened") or 0)):
            label = LABELS[len(self.topics) % len(LABELS)]
            self.topics.append(Topic.objects.create(client=self.client, label=label))
            TopicEvent.objects.create(topic=self.topics[-1], session=session, kind="opened", at=session.starts)
        for _ in range(int(row.get("topics_settled") or 0)):
            self._note(session, "open", "settled")

    def _note(self, session: Session, state: str, kind: str) -> None:
        topic = next((topic for topic in self.topics if topic.state == state), None)
        if topic is not None:
            TopicEvent.objects.create(topic=topic, session=session, kind=kind, at=session.starts)
            topic.state = BECOMES[kind]
            topic.save(update_fields=["state"])
