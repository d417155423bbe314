"""The journal of one client as rows of the session table, in the therapist's view and in the client's.

    gather(client)         everything the rows need, in a number of queries that does not depend on how long therapy lasts
    rows(journal, view)    one dict a session, empty cells left out

In the therapist's view an answer that the client keeps to themselves, or tells a third person, was never asked: the
cell is empty and nothing shows that it was filled. An appointment ahead about which nothing is known yet has no row.
What is known before an appointment was made (a press, a talk about it, a safety item, an answer two days later) stands
in a row of its own, under the number that the next appointment will have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils import timezone

from andante.records import COLUMN, COLUMNS
from andante_clinic.bridge.wheel import Span, news, wheel
from andante_clinic.journal.agreements import to_this_step
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
    TopicEvent,
    Wish,
)
from andante_clinic.people.models import Client

View = Literal["therapist", "client"]
Row = dict[str, Any]
FROM_CLIENT = {c.name for c in COLUMNS if c.stage in ("before", "between", "after", "ending") and c.kind in ("number", "whole")}
FROM_THERAPIST = ("attendance", "absence_reason", "intensity", "led_by", "trauma_work", "late_opening", "overrun_min", "stops_overridden")
SUDS = ("suds_start", "suds_peak", "suds_end")


@dataclass
class Journal:
    """One client's journal, loaded."""

    client: Client
    sessions: list[Session]  # in order of time, of one day by number, as the rows are
    checkins: dict[int, list[CheckIn]] = field(default_factory=dict)
    answers: dict[int, list[Answer]] = field(default_factory=dict)
    scores: dict[int, list[MeasureScore]] = field(default_factory=dict)
    topic_events: list[TopicEvent] = field(default_factory=list)
    touches: dict[int, list[LimitTouch]] = field(default_factory=dict)
    readiness: dict[int, list[Readiness]] = field(default_factory=dict)
    consents: dict[int, list[Consent]] = field(default_factory=dict)
    slow_downs: list[SlowDown] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    safety: list[SafetyItem] = field(default_factory=list)
    supervision: list[SupervisionNote] = field(default_factory=list)
    has_limits: bool = False


def _by_session(things: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for thing in things:
        groups[thing.session_id].append(thing)
    return dict(groups)


def gather(client: Client) -> Journal:
    """Load the client's whole journal: fourteen queries, however long it is."""
    checkins = list(CheckIn.objects.filter(session__client=client, revoked=None))
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(checkin__session__client=client, checkin__revoked=None):
        answers[answer.checkin_id].append(answer)
    return Journal(
        client,
        in_time(Session.objects.filter(client=client)),
        _by_session(checkins),
        dict(answers),
        _by_session(MeasureScore.objects.filter(session__client=client)),
        list(TopicEvent.objects.filter(topic__client=client).order_by("at", "pk")),
        _by_session(LimitTouch.objects.filter(session__client=client)),
        _by_session(Readiness.objects.filter(session__client=client)),
        _by_session(Consent.objects.filter(session__client=client).order_by("asked", "pk")),
        list(SlowDown.objects.filter(client=client).order_by("at")),
        list(Wish.objects.filter(client=client).order_by("at")),
        list(SafetyItem.objects.filter(client=client).order_by("raised", "pk")),
        list(SupervisionNote.objects.filter(client=client).order_by("at")),
        Agreement.objects.filter(client=client, kind="limit").exists(),
    )


def in_time(sessions: Iterable[Session]) -> list[Session]:
    """Sessions in order of time, as the contract has it: by day, of one day by number. A number alone is a name, not a place."""
    return sorted(sessions, key=lambda session: (session.date, session.number))


def rows(journal: Journal, view: View) -> list[Row]:
    """The session table of this client in this view, in order of time, only with cells that are known."""
    made: list[Row] = []
    span: Span | None = None  # what came after the end of a row belongs to the next one
    moved: Row = {}  # answers that belong to the row after the session they were given about
    ledger, safety = _ledger(journal), Safety(journal.safety)
    for session in journal.sessions:
        until = _end(session) if _past(session) else None
        span = span.next(until) if span else Span(None, until)
        row = moved | _row(journal, session, view, span, ledger) | _safety(journal, session, safety.until(span, session))
        moved = _moved(journal, session, view)
        if until or _says_something(row):
            made.append(ordered(row))
        if until is None:
            return made  # only the next appointment can be pending: rows behind it would be the future
    return made + _row_before_the_appointment(journal, span.next(None) if span else Span(), safety, moved)


def due(journal: Journal, now: datetime) -> datetime | None:
    """The next moment from `now` on at which the rows change although the journal does not; None where there is none.

    An appointment that was not recorded becomes one that is past; a check-in that did not come becomes unanswered.
    """
    ends = [_end(session) for session in journal.sessions if not session.over]
    checkins = [checkin for found in journal.checkins.values() for checkin in found]
    expiring = [checkin.expires for checkin in checkins if checkin.kind in ("before", "after") and checkin.received is None]
    return min((moment for moment in (*ends, *expiring) if moment >= now), default=None)


def _past(session: Session) -> bool:
    return session.over or _end(session) < timezone.now()


def _end(session: Session) -> datetime:
    return session.starts + timedelta(minutes=session.minutes)


def _says_something(row: Row) -> bool:
    """Is anything known about a session ahead: an answer, a plan, a score, a safety item, a press or a talk about one?"""
    return bool(row.get("client_slow")) or any(name in KNOWN_AHEAD or name not in COLUMN for name in row)


_ASKED_BEFORE = {c.name for c in COLUMNS if c.stage in ("before", "between")}
KNOWN_AHEAD = (_ASKED_BEFORE - {"old_coping_risky"}) | {"planned_intensity", "safety_flag", "responded"}
# and measures, which are no columns of the contract's own


def _row(journal: Journal, session: Session, view: View, span: Span, ledger: dict[int, Row]) -> Row:
    client = journal.client
    row: Row = {"client_id": client.code, "session": session.number, "date": session.date.isoformat()}
    row["therapist_id"] = str(session.therapist_id)
    if client.old_coping:
        row["old_coping_risky"] = client.old_coping_risky
    row.update(_answers(journal, session, view))
    for name in (*FROM_THERAPIST, *(SUDS if client.suds else ()), "planned_intensity", "responded"):
        value = getattr(session, name)
        if value not in (None, ""):
            row[name] = value
    if not client.demanding_work:
        for name in ("intensity", "planned_intensity", "trauma_work", "led_by"):
            row.pop(name, None)
    row.update(_agreed(journal, session))
    row.update(wheel(journal.slow_downs, journal.wishes, span))
    row.update(ledger.get(session.pk, {}) if span.until else {})
    for score in journal.scores.get(session.pk, []):
        row[score.measure] = score.total
    if client.overwhelm_line is not None:
        row["overwhelm_line"] = client.overwhelm_line
    if client.sessions_agreed and session.over:
        held = sum(1 for s in journal.sessions[: journal.sessions.index(session) + 1] if s.held)
        row["sessions_left"] = max(client.sessions_agreed - held, 0)
    if any(span.holds(note.at) for note in journal.supervision):
        row["supervised"] = True
    return row


def _answers(journal: Journal, session: Session, view: View) -> Row:
    """The client's own answers, and what became of each check-in."""
    row: Row = {}
    offered = {checkin.kind: checkin for checkin in journal.checkins.get(session.pk, [])}
    for kind in ("before", "after"):
        checkin = offered.get(kind)
        if checkin is None:
            if session.over:
                row[f"checkin_{kind}"] = "not_offered"
            continue
        cells, state = _cells(journal, checkin, view)
        row.update(cells)
        if state:
            row[f"checkin_{kind}"] = state
        elif (checkin.kind == "before" and session.over) or timezone.now() > checkin.expires:
            row[f"checkin_{kind}"] = "unanswered"
    if "exit" in offered:
        row.update(_cells(journal, offered["exit"], view)[0])
    return row


def _moved(journal: Journal, session: Session, view: View) -> Row:
    """Answers of the question two days later: they are of the time before the next session."""
    mid = [c for c in journal.checkins.get(session.pk, []) if c.kind == "mid"]
    return _cells(journal, mid[0], view)[0] if mid else {}


def _cells(journal: Journal, checkin: CheckIn, view: View) -> tuple[Row, str]:
    """The cells that this view may see, and `answered`, `declined`, or nothing while it has not come."""
    if checkin.received is None:
        return {}, ""
    answers = journal.answers.get(checkin.pk, [])
    seen = [a for a in answers if view == "client" or a.audience == Answer.Audience.THERAPIST]
    cells = {a.item: a.value for a in seen if a.value is not None and a.item in FROM_CLIENT}
    if checkin.declined or not any(a.value is not None for a in answers):
        return cells, "declined"
    if not any(a.value is not None for a in seen):
        return cells, "not_offered"  # all of it is private: as if never asked
    return cells, "answered"


def _agreed(journal: Journal, session: Session) -> Row:
    """Consent, readiness and limits. What nobody has looked at stays unknown."""
    row: Row = {}
    consent = to_this_step(session, journal.consents.get(session.pk, []))
    given = consent.given if consent else None
    if session.consent_missing and given is not True:
        given = False
    if given is not None:
        row["consent"] = given
    lines = {line.item: line.met for line in journal.readiness.get(session.pk, [])}
    if lines or given is not None:
        row["prepared"] = round((sum(lines.values()) + bool(given)) / (len(Readiness.Item) + 1), 4)
        essential = [given, *(lines.get(item) for item in Readiness.ESSENTIAL)]
        if None not in essential or False in essential:
            row["essentials"] = all(essential)
    if session.over and (journal.has_limits or session.as_agreed is not None):
        row["limits_touched"] = sum(1 for touch in journal.touches.get(session.pk, []) if not touch.fresh_consent)
    if session.as_agreed and session.stops_overridden is None:
        row["stops_overridden"] = 0
    if session.as_agreed and session.overrun_min is None:
        row["overrun_min"] = 0
    return row


def _ledger(journal: Journal) -> dict[int, Row]:
    """Counts of the ledger of issues after each session; nothing at all before the first issue was ever written down."""
    if not journal.topic_events:
        return {}
    events: dict[int, list[TopicEvent]] = defaultdict(list)
    for event in journal.topic_events:
        events[event.session_id].append(event)
    state: dict[int, str] = {}
    made: dict[int, Row] = {}
    begun = False
    for session in journal.sessions:
        kinds = [event.kind for event in events.get(session.pk, [])]
        for event in events.get(session.pk, []):
            state[event.topic_id] = "open" if event.kind in ("opened", "touched", "resurfaced") else event.kind
        begun = begun or bool(kinds)
        if begun:
            made[session.pk] = {
                "topics_opened": kinds.count("opened"),
                "topics_settled": kinds.count("settled"),
                "topics_resurfaced": kinds.count("resurfaced"),
                "topics_open": sum(1 for s in state.values() if s == "open"),
            }
    return made


class Safety:
    """The safety items, handed out row by row: each to the row of its session, or in whose time it was raised, whichever comes first."""

    def __init__(self, items: list[SafetyItem]) -> None:
        self._left, self._open = items, False

    def until(self, span: Span, session: Session | None = None) -> Row:
        """What the row says; nothing where there was no item. Reviewed: these items, and all that were open before."""
        here = [item for item in self._left if item.raised <= span.end or (session is not None and item.session_id == session.pk)]
        if not here:
            return {}
        self._left = [item for item in self._left if item not in here]
        self._open = self._open or any(item.reviewed is None for item in here)
        return {"safety_flag": True, "safety_reviewed": not self._open}


def _safety(journal: Journal, session: Session, items: Row) -> Row:
    answers = (answer for checkin in journal.checkins.get(session.pk, []) for answer in journal.answers.get(checkin.pk, []))
    asked = any(answer.item == "safety" and answer.value is not None for answer in answers)
    return items or ({"safety_flag": False} if asked else {})


def _row_before_the_appointment(journal: Journal, span: Span, safety: Safety, moved: Row) -> list[Row]:
    """What is known while there is no next appointment yet: of the brake, of safety, or the answer two days later."""
    row = moved | wheel(journal.slow_downs, journal.wishes, span) | safety.until(span)
    if not moved and not _says_something(row):
        return []
    number = max((session.number for session in journal.sessions), default=0) + 1
    day, client = timezone.localdate(_last_news(journal, span)), journal.client
    place: Row = {"client_id": client.code, "session": number, "date": day.isoformat(), "therapist_id": str(client.therapist_id)}
    return [ordered(place | row)]


def _last_news(journal: Journal, span: Span) -> datetime:
    """When the last thing came that such a row tells of: a day that stays the same however often the row is made."""
    mid = [c.received for session in journal.sessions[-1:] for c in journal.checkins.get(session.pk, []) if c.kind == "mid"]
    came = [item.raised for item in journal.safety if span.holds(item.raised)] + [at for at in (*mid, span.after) if at is not None]
    return max(news(journal.slow_downs, span) + came)


def ordered(row: Row) -> Row:
    """A row with its cells in the order of the contract, measures last, so that equal rows read equally."""
    known = [name for name in COLUMN if name in row]
    return {name: row[name] for name in [*known, *sorted(set(row) - set(known))]}
