"""Did it help? After two sessions the card of a response says what became of the risk, from the stored readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from andante.words import LEVELS
from andante_clinic.bridge import readings
from andante_clinic.journal.models import Response
from andante_clinic.people.models import Client

AFTER = 2  # sessions to wait before saying anything


def judge(client: Client, responses: list[Response]) -> None:
    """Give each response its `outcome`, one sentence: what became of the risk since it was chosen. One query for all."""
    if not responses:
        return
    said = list(readings.current().filter(client=client).values_list("session", "reading"))
    for response in responses:
        response.outcome = outcome(response, said)


def outcome(response: Response, said: Sequence[tuple[int, dict[str, Any]]]) -> str:
    """What became of the response's risk since it was chosen. `said`: the readings in order of time, each with its session's number."""
    numbers = [number for number, _ in said]
    levels = [row.get(f"{response.risk}_level") or "unknown" for _, row in said]
    place = in_time(response.session, numbers)
    if response.session in numbers:
        return _became(levels[place], levels[place + 1 :])
    return _became("unknown", levels[place:])


def in_time(number: int, numbers: Sequence[int]) -> int:
    """The place of a session among these, which are in order of time; of one without a row, where its number would stand."""
    return numbers.index(number) if number in numbers else sum(other < number for other in numbers)


def _became(then: str, later: Sequence[str]) -> str:
    if len(later) < AFTER:
        left = AFTER - len(later)
        return f"Whether it helped is said after {left} more session{'s' if left > 1 else ''}."
    now, since = later[-1], f"{len(later)} sessions later"
    if now == "unknown":
        return f"{since}: not enough to say yet."
    if now == "quiet":
        return f"{since} it is quiet: what was raised has cleared."
    moved = LEVELS.index(now) - LEVELS.index(then)
    change = "still stands as before" if moved == 0 else f"has {'eased' if moved < 0 else 'grown'} from {then} to {now}"
    return f"{since} it {change}."
