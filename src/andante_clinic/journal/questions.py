"""Which questions a check-in asks: two presets, optional items where they apply, the service's own.

Every question is a column of the session table (its wording stands in `records.py`); "safety" is the one question of
the safety path, asked only where the service has named who reads it.
"""

from __future__ import annotations

from andante_clinic.journal import instruments
from andante_clinic.journal.models import Answer, CheckIn, ServiceItem, Session
from andante_clinic.people.models import Client, Service

SHORT_BEFORE = ("before_distress", "before_coping", "before_ready", "before_open", "between_settle")
SHORT_AFTER = ("after_overwhelm", "after_pace", "after_heard", "after_choice")
ROTATING_BEFORE = ("before_wellbeing", "between_peak", "between_used", "between_intrusions", "between_old_coping")
ROTATING_AFTER = ("after_helpful", "after_sense", "after_return")
PRIVATE_CHOICE = ("after_heard", "after_choice", "after_helpful")  # the client picks who may see these
BAD_WEEK = 7  # at or above this, the next check-in asks where the hard part came from (ours, uncalibrated)
DEMANDING = 7  # from this intensity on, one question follows two days later (session-table contract)
SAFETY = "safety"


def choose(session: Session, kind: str) -> list[str]:
    """The names of the questions of this check-in, in the order they are asked."""
    client = session.client
    if kind == CheckIn.Kind.MID:
        return ["mid_settled"]
    if kind == CheckIn.Kind.EXIT:
        return ["end_again", "end_still"]
    fixed, rotating = (SHORT_BEFORE, _rotating_before(client)) if kind == CheckIn.Kind.BEFORE else (SHORT_AFTER, ROTATING_AFTER)
    names = [*fixed, *(rotating if client.sessions_rated_in_full else [rotating[session.number % len(rotating)]])]
    if kind == CheckIn.Kind.BEFORE:
        earlier = session.client.sessions.filter(starts__lt=session.starts, attendance__in=["attended", "late"]).exists()
        names = [name for name in names if earlier or (name != "before_open" and not name.startswith("between_"))]
        if earlier and _bad_week(client):
            names.append("between_from")
        if Service.here().reader:
            names.append(SAFETY)
        names += instruments.due(session)
    elif client.demanding_work and (session.trauma_work or session.planned_trauma_work):
        names.append("after_present")
    own = ServiceItem.objects.filter(kind=kind, active=True).order_by("pk")
    return [*names, *(item.name for item in own)]


def applies(session: Session, kind: str) -> bool:
    """Is there a check-in of this kind about this session? The one two days later follows trauma work or demanding work only,
    the one at the end of therapy the last session that is over."""
    if kind == CheckIn.Kind.MID:
        return session.held and bool(session.trauma_work or (session.intensity or 0) >= DEMANDING)
    if kind == CheckIn.Kind.EXIT:
        return session.over and not session.client.sessions.filter(starts__gt=session.starts).exclude(attendance="").exists()
    return True


def _rotating_before(client: Client) -> list[str]:
    apply = {"between_intrusions": client.demanding_work, "between_old_coping": bool(client.old_coping)}
    return [name for name in ROTATING_BEFORE if apply.get(name, True)]


def _bad_week(client: Client) -> bool:
    last = Answer.objects.filter(
        checkin__session__client=client,
        item__in=["before_distress", "between_peak"],
        audience=Answer.Audience.THERAPIST,
        value__isnull=False,
    ).order_by("-at")[:2]
    return any(answer.value >= BAD_WEEK for answer in last)
