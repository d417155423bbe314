"""The client's own wheel as cells of a row: the wish for the pace, and the brake in the steps in which the instrument reads it.

    pressed    `client_slow` counts the presses of this row's time; the instrument keeps the brake on by itself
    talked     `responded`, in the row of the talk
    settled    `mid_settled` 2, the column in which a client says "settled", in the row from which on it no longer holds

The instrument looks for a talk in a row after the press. Of one within the time of the same row the next row tells; a
press that is lifted within that time holds nobody, and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from andante_clinic.journal.models import SlowDown, Wish

SETTLED = 2  # of `mid_settled`: yes


@dataclass(frozen=True)
class Span:
    """The time that a row tells of: after the end of the row before (None: from the beginning) up to its own end (None: up to now)."""

    after: datetime | None = None
    until: datetime | None = None
    before: Span | None = None

    @property
    def end(self) -> datetime:
        return self.until or timezone.now()

    def holds(self, at: datetime | None) -> bool:
        return at is not None and (self.after is None or at > self.after) and at <= self.end

    def next(self, until: datetime | None) -> Span:
        """The span that follows. Of two appointments on one day the later number may come first: no time is told of twice."""
        return Span(self.end, until if until is None else max(until, self.end), self)


def wheel(presses: list[SlowDown], wishes: Iterable[Wish], span: Span) -> dict[str, Any]:
    """The cells of the row of this time."""
    row: dict[str, Any] = {}
    if presses:
        row["client_slow"] = sum(1 for press in presses if span.holds(press.at) and press.stood(span.end))
    earlier = [press for press in presses if span.after is not None and press.at <= span.after and press.stood(span.after)]
    if any(_talk_is_told(press, span) for press in earlier):
        row["responded"] = True
    if any(span.holds(press.lifted) for press in earlier):
        row["mid_settled"] = SETTLED
    said = [wish for wish in wishes if wish.at <= span.end]
    if said:
        row["client_wish"] = said[-1].value
    return row


def _talk_is_told(press: SlowDown, span: Span) -> bool:
    within_the_row_before = span.before is not None and span.before.holds(press.at) and span.before.holds(press.talked)
    return span.holds(press.talked) or within_the_row_before


def news(presses: Iterable[SlowDown], span: Span) -> list[datetime]:
    """When the wheel was turned within this time, other than for a wish."""
    return [at for press in presses for at in (press.at, press.talked, press.lifted) if at is not None and span.holds(at)]
