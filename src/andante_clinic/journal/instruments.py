"""Instruments whose wording the service has added as packs: asked in the check-in, scored, and looked at for safety.

Andante ships no instrument's wording. Without a pack a total score can be entered by hand; with one, its items are
asked every few sessions, as questions named "phq9:3".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings

from andante.measures import Instrument, catalogue, packs
from andante.measures.packs import Pack
from andante.measures.scoring import score_answers
from andante_clinic.journal import safety, sessions
from andante_clinic.journal.models import Answer, CheckIn, Session
from andante_clinic.people.models import Client, Service


def add(text: str, file: str) -> Pack:
    """Keep the wording of a FHIR Questionnaire. Raises InputError or UsageError with what is wrong and how to mend it."""
    pack = packs.read_questionnaire(text, catalogue(), file=file)
    packs.keep_pack(pack, settings.PACKS)
    return pack


def kept() -> dict[str, list[Pack]]:
    """Every pack of the service, by instrument."""
    return packs.load_packs(settings.PACKS)


def pack_for(client: Client, instrument: str) -> Pack | None:
    """The wording in the client's language; else the one there is."""
    found = kept().get(instrument, [])
    return packs.pick_pack(found, client.language) or packs.pick_pack(found)


def split(item: str) -> tuple[Instrument, str] | None:
    """The instrument and the item's id of a question named "phq9:3"; None for any other question."""
    name, colon, number = item.partition(":")
    return (catalogue()[name], number) if colon and name in catalogue() else None


def due(session: Session) -> Iterator[str]:
    """The items that are asked at this session: every few sessions, and safety items only where somebody reads them."""
    client = session.client
    if (session.number - 1) % max(client.instruments_every, 1):
        return
    reader = bool(Service.here().reader)
    for name in client.instruments:
        if name in catalogue() and pack_for(client, name) is not None:
            unread = {rule["item"] for rule in catalogue()[name].safety} if not reader else set()
            yield from (f"{name}:{item.id}" for item in catalogue()[name].items if item.id not in unread)


def allowed(item: str) -> list[float] | None:
    """The points that an item of an instrument takes; None for any other question."""
    found = split(item)
    if found is None:
        return None
    instrument, _ = found
    if instrument.answers:
        return [answer.value for answer in instrument.answers]
    low, high = instrument.span
    return [float(points) for points in range(int(low), int(high) + 1)]


def score(checkin: CheckIn, answers: Iterable[Answer]) -> None:
    """Enter the scores of every instrument that was answered; a positive safety item opens the safety path."""
    said: dict[str, dict[str, float | None]] = defaultdict(dict)
    for answer in answers:
        found = split(answer.item)
        if found is not None:
            said[found[0].id][found[1]] = answer.value
    for name, items in said.items():
        instrument = catalogue()[name]
        nan = float("nan")
        points = [items.get(item.id) for item in instrument.items]
        scored = score_answers(instrument, [[nan if value is None else value for value in points]])
        for column, values in scored.scores.items():
            if values[0] == values[0]:
                sessions.enter_score(checkin.session, column, float(values[0]))
        if scored.safety[0] > 0:
            safety.raise_item(checkin.session.client, "measure", checkin.session)
