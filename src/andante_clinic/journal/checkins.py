"""Check-ins: offered through a signed link, found by it, received once; and the brake.

A link is the check-in's own random address with a signature. It opens one check-in, until it expires or is revoked;
the signature keeps anyone from trying addresses against the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone

from andante.records import COLUMN
from andante_clinic.journal import brake, instruments, questions, safety
from andante_clinic.journal.models import Answer, CheckIn, Session, SlowDown
from andante_clinic.journal.sessions import expiry
from andante_clinic.people.models import Client, Service

GRACE = timedelta(days=30)
SAME_PRESS = timedelta(minutes=1)  # a finger that taps twice, a network that sends twice (ours)
_signer = signing.Signer(salt="andante.checkin", sep=".")


def offer(session: Session, kind: str, way: str = CheckIn.Way.LINK) -> CheckIn:
    """The open check-in of this kind for this session; made where there is none yet."""
    found = session.checkins.filter(kind=kind, revoked=None).first()
    if found is not None:
        return found
    return CheckIn.objects.create(session=session, kind=kind, way=way, questions=questions.choose(session, kind), expires=expiry(session))


def token(checkin: CheckIn) -> str:
    """What stands in the link."""
    return _signer.sign(checkin.address)


def find(link_token: str) -> CheckIn | None:
    """The check-in of a link, expired or answered ones included; None where the link is false or revoked."""
    try:
        address = _signer.unsign(link_token)
    except signing.BadSignature:
        return None
    return CheckIn.objects.select_related("session__client__therapist").filter(address=address, revoked=None).first()


def revoke(checkin: CheckIn) -> None:
    """The link opens nothing any more. An answered check-in keeps its answers."""
    if checkin.received is None:
        checkin.revoked = timezone.now()
        checkin.save(update_fields=["revoked"])
    else:
        checkin.address = f"gone-{checkin.pk}"
        checkin.save(update_fields=["address"])


@dataclass(frozen=True)
class Said:
    """One answer as it came: a value, or None for skipped; and who may see it."""

    value: float | None
    audience: str = Answer.Audience.THERAPIST


class Unusable(ValueError):
    """An answer that its question does not allow; the message names the question and the range."""


def receive(checkin: CheckIn, said: dict[str, Said], *, declined: bool = False, late: bool = False, way: str = CheckIn.Way.LINK) -> bool:
    """Store what came, whole and once, and which way it came. Returns False where it had come before: nothing changes then.

    Call it inside `bridge.readings.changing(client)`, which locks the client, so that two deliveries of the same
    answers cannot both be the first. `late`: they waited on the phone for a connection.
    Questions that are not among `said` count as skipped. What is for a third person stays for the one who is named now,
    whoever is named later. Raises Unusable.
    """
    fresh = CheckIn.objects.select_related("session__client").get(pk=checkin.pk)
    if not (fresh.answerable or (late and _came_late(fresh))):
        return False
    answers = [_answer(fresh, item, said.get(item, Said(None))) for item in fresh.questions]
    if any(answer.audience == Answer.Audience.THIRD for answer in answers):
        third = Service.here().third_person_for(fresh.session.client)
        for answer in answers:
            answer.told = third if answer.audience == Answer.Audience.THIRD else None
    Answer.objects.bulk_create(answers)
    fresh.received, fresh.declined, fresh.way = timezone.now(), declined or all(a.skipped for a in answers), way
    fresh.save(update_fields=["received", "declined", "way"])
    _raise_safety(fresh, answers)
    brake.hear(fresh.session.client, {answer.item: answer.value for answer in answers})
    instruments.score(fresh, answers)
    return True


def _came_late(checkin: CheckIn) -> bool:
    """Answers that were given in time but waited for a connection are still taken, for a month."""
    return checkin.received is None and checkin.revoked is None and timezone.now() < checkin.expires + GRACE


def _answer(checkin: CheckIn, item: str, said: Said) -> Answer:
    low, high = scale(item)
    points = instruments.allowed(item)
    if said.value is not None and (said.value not in points if points else not (low <= said.value <= high and said.value % 1 == 0)):
        raise Unusable(f"{item} takes a whole number from {low:g} to {high:g}")
    audience = said.audience if item in questions.PRIVATE_CHOICE else Answer.Audience.THERAPIST
    if audience not in Answer.Audience.values:
        raise Unusable(f"{item} is for one of {', '.join(Answer.Audience.values)}")
    return Answer(checkin=checkin, item=item, value=said.value, skipped=said.value is None, audience=audience)


def scale(item: str) -> tuple[float, float]:
    """The lowest and the highest answer of a question."""
    points = instruments.allowed(item)
    if points:
        return points[0], points[-1]
    if item == questions.SAFETY:
        return 0, 2
    column = COLUMN.get(item)
    return (column.low or 0, column.high or 10) if column else (0, 10)


def _raise_safety(checkin: CheckIn, answers: list[Answer]) -> None:
    client = checkin.session.client
    said = {answer.item: answer.value or 0 for answer in answers}
    if said.get(questions.SAFETY, 0) > 0:
        safety.raise_item(client, "checkin", checkin.session)
    if client.old_coping_risky and said.get("between_old_coping", 0) > 0:
        safety.raise_item(client, "coping", checkin.session)


def slow_down(client: Client) -> SlowDown:
    """The client's brake. Pressed again while it stands, it counts again: each press is news, but a second tap is no second press."""
    last = client.slow_downs.filter(at__gt=timezone.now() - SAME_PRESS).order_by("at").last()
    return last if last is not None and last.stands else SlowDown.objects.create(client=client)


def talked(client: Client) -> None:
    """The two have talked about it. It holds on until the client says it is settled as well."""
    brake.talk(client, timezone.now())


def settled(client: Client) -> None:
    """The client says it is settled. It holds on until the two have talked as well."""
    client.slow_downs.filter(settled=None).update(settled=timezone.now())


def standing(client: Client) -> SlowDown | None:
    """The press that still holds, if there is one (the latest)."""
    return next((press for press in client.slow_downs.order_by("-at") if press.stands), None)
