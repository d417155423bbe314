"""Limits, preferences and the stop word; the wish for the pace; readiness and consent before a step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from andante_clinic.journal.models import Agreement, Consent, Readiness, Session, Wish
from andante_clinic.people.models import Client


def agree(client: Client, kind: str, words: str, said_by: str) -> Agreement:
    """A limit or a preference, in words."""
    return Agreement.objects.create(client=client, kind=kind, words=words.strip(), said_by=said_by)


def withdraw(agreement: Agreement) -> None:
    """It no longer holds; it stays readable, with its day."""
    agreement.withdrawn = timezone.now()
    agreement.save(update_fields=["withdrawn"])


def wish(client: Client, value: int) -> Wish:
    """The client would like to go slower (-1), as it is (0) or faster (1), from now on."""
    if value not in (-1, 0, 1):
        raise ValueError("a wish is -1, 0 or 1")
    return Wish.objects.create(client=client, value=value)


def plan(session: Session, *, intensity: int | None, trauma_work: bool | None, step: str) -> None:
    """What the two intend for the next session. A question about another step that is still open is withdrawn with that step."""
    session.planned_intensity, session.planned_trauma_work, session.planned_step = intensity, trauma_work, step.strip()
    session.save(update_fields=["planned_intensity", "planned_trauma_work", "planned_step"])
    for asked in session.consents.filter(answer=""):
        if asked.step != session.planned_step:
            asked.delete()


def look_at(session: Session, item: str, met: bool | None) -> None:
    """One line of the readiness list: met, not met, or not looked at (None)."""
    if met is None:
        Readiness.objects.filter(session=session, item=item).delete()
    else:
        Readiness.objects.update_or_create(session=session, item=item, defaults={"met": met, "at": timezone.now()})


def ask_consent(session: Session, step: str) -> Consent:
    """Ask the client for consent to one step, on their own page. An earlier question that is still open is replaced."""
    Consent.objects.filter(session=session, answer="").delete()
    return Consent.objects.create(session=session, step=step.strip())


def answer_consent(consent: Consent, answer: str, said_by: str = "client") -> None:
    """Yes, not today, not this, or talk first. Raises ValueError for anything else."""
    if answer not in Consent.Answer.values:
        raise ValueError("an answer is one of " + ", ".join(Consent.Answer.values))
    consent.answer, consent.answered, consent.said_by, consent.taken_back = answer, timezone.now(), said_by, None
    consent.save(update_fields=["answer", "answered", "said_by", "taken_back"])


def take_back_consent(consent: Consent) -> None:
    """One tap takes a yes back; no reason is asked."""
    consent.taken_back = timezone.now()
    consent.save(update_fields=["taken_back"])


def to_this_step(session: Session, consents: Iterable[Consent]) -> Consent | None:
    """The latest consent to the step that is planned now; consent to another step is no consent to this one."""
    to_it = [consent for consent in consents if session.planned_step in ("", consent.step)]
    return to_it[-1] if to_it else None


def asked_of(client: Client) -> QuerySet[Consent]:
    """What the client was asked before sessions that are still ahead."""
    return Consent.objects.filter(session__client=client, session__attendance="")


def to_show(client: Client) -> list[Consent]:
    """Of each session ahead, the consent to the step that is planned: what the client's own page shows."""
    found: dict[int, list[Consent]] = {}
    for consent in asked_of(client).select_related("session").order_by("session__starts", "asked", "pk"):
        found.setdefault(consent.session_id, []).append(consent)
    latest = [to_this_step(consents[-1].session, consents) for consents in found.values()]
    return [consent for consent in latest if consent is not None]


@dataclass(frozen=True)
class Line:
    """One line of the readiness list as a page shows it: `met` is None while nobody has looked."""

    item: str
    label: str
    met: bool | None
    essential: bool
    said: str = ""


def readiness(session: Session) -> list[Line]:
    """The readiness list of a session, consent first; nothing is ever filled in beforehand."""
    consent = to_this_step(session, session.consents.all())
    lines = {line.item: line.met for line in session.readiness.all()}
    first = Line("consent", "Consent to this step", consent.given if consent else None, True, _said(consent))
    essential: tuple[Any, ...] = Readiness.ESSENTIAL
    return [first, *(Line(item.value, item.label, lines.get(item.value), item in essential) for item in Readiness.Item)]


def _said(consent: Consent | None) -> str:
    if consent is None:
        return "not asked yet"
    if not consent.answer:
        return "asked on the client's page, not answered yet"
    words = "taken back" if consent.taken_back else consent.get_answer_display().lower()
    return words if consent.said_by == "client" else f"{words} (therapist's note)"
