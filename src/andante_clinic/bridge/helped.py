"""Did it help? After two sessions the card of a response says what became of the risk, from the stored readings."""

from __future__ import annotations

from andante.words import LEVELS
from andante_clinic.bridge import readings
from andante_clinic.journal.models import Reading, Response
from andante_clinic.people.models import Client

AFTER = 2  # sessions to wait before saying anything


def judge(client: Client, responses: list[Response]) -> None:
    """Give each response its `outcome`, one sentence: what became of the risk since it was chosen. One query for all."""
    if not responses:
        return
    found = Reading.objects.filter(client=client, audience="therapist", current=True, engine=readings.engine())
    said = list(found.order_by("session").values_list("session", "reading"))
    for response in responses:
        response.outcome = outcome(response.session, {number: row.get(f"{response.risk}_level") or "unknown" for number, row in said})


def outcome(chosen: int, levels: dict[int, str]) -> str:
    """What became of a risk with these levels by session, since something was chosen at session `chosen`."""
    later = [levels[number] for number in sorted(levels) if number > chosen]
    if len(later) < AFTER:
        left = AFTER - len(later)
        return f"Whether it helped is said after {left} more session{'s' if left > 1 else ''}."
    then, now = levels.get(chosen, "unknown"), later[-1]
    since = f"{len(later)} sessions later"
    if now == "unknown":
        return f"{since}: not enough to say yet."
    if now == "quiet":
        return f"{since} it is quiet: what was raised has cleared."
    moved = LEVELS.index(now) - LEVELS.index(then)
    change = "still stands as before" if moved == 0 else f"has {'eased' if moved < 0 else 'grown'} from {then} to {now}"
    return f"{since} it {change}."
