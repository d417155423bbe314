"""The climate of a service: everything about a cohort that an instrument cannot know beforehand.

Second stop of the laboratory. A scenario states its climate; `weather` then moves nearly every figure by chance,
once per cohort, so that no two seeds of one family are the same population. All figures are ours, uncalibrated,
within the ranges of the literature (drop-out about 20 %: Swift & Greenberg 2012; ruptures in about half of all
therapies: McLaughlin 2014; a rise of symptoms in 15 to 29 % of trauma-focused therapies: Larsen 2016).

How far clients are apart, how steady they are and how large harms show is set so that plain fixed cut-offs (`cutoffs`) find
about half of the harms and a sketch of personal baselines (`sketch`) about four fifths, at the budget: harm is a client's change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from andante.lab.streams import STREAMS, Stream

Pair = tuple[float, float]


@dataclass(frozen=True)
class Climate:
    """What a family of clients and services is like. Pairs are lowest and highest of a draw for each client or service."""

    time: Literal["date", "day", "fractional"] = "date"
    first_session: int = 1
    length: float = 15.0  # median number of sessions
    length_spread: float = 0.5  # SD of its logarithm
    rhythm: tuple[float, float, float] = (0.7, 0.18, 0.12)  # weekly, fortnightly, twice a week
    absent: Pair = (0.05, 0.2)  # share of a client's appointments that do not take place
    answers_when_absent: float = 0.1  # share of absences for which the check-in before was answered all the same
    ceiling: float = 0.12  # share of clients who rate every session near the best end
    floor: float = 0.05  # ... who use only the low numbers of every scale
    flat: float = 0.05  # ... whose answers hardly move
    trauma: float = 0.4  # share of clients with trauma work
    life_event: float = 0.022  # chance for each session
    rupture: float = 0.014  # a bad moment in the session, mended by the next
    disclosure: float = 0.012  # the client leads into something heavy, unplanned
    massed: float = 0.05  # share of clients with a stretch of agreed, dense work
    improving: Pair = (-0.3, 1.6)  # course over fifteen sessions, in within-client SDs
    profile: tuple[float, float, float] = (0.45, 0.35, 0.2)  # how harm arrives: at once, by and by, on and off
    size: Pair = (1.9, 3.7)  # how large harm shows, in within-client SDs
    touched: float = 1.2  # factor on the chance that harm shows on a plausible column
    spill: float = 0.3  # chance that it also shows on a column that belongs to another harm
    later: float = 0.2  # share of clients whose answers before the session lag one session behind
    process: float = 0.25  # factor on how often the therapist's record goes wrong, in harm
    slips: float = 0.75  # factor on how often it goes wrong harmlessly
    persistence: Pair = (0.2, 0.6)  # lag-one correlation of a client's answers (.27 in the BDI of 557 real patients, detrended)
    uneven: float = 0.3  # SD of the logarithm of a client's own spread (.5 in the same patients)
    common: float = 0.35  # share of the variance within a client that is one mood
    severity: float = 0.5  # correlation of a client's levels with one severity
    spread: float = 1.5  # factor on the spread between clients
    noise: float = 0.88  # factor on the spread within clients
    uncollected: Pair = (0.0, 0.06)  # chance that a service does not ask an optional column
    skipped: Pair = (0.01, 0.06)  # chance that a single answer is missing
    unanswered: Pair = (0.02, 0.08)  # chance that a whole check-in is missing
    declining: float = 0.04  # share of clients who at some time begin to decline check-ins
    attendance_known: bool = True
    checkins_known: bool = True
    streams: tuple[Stream, ...] = field(default=STREAMS)


def weather(climate: Climate, rng: np.random.Generator) -> Climate:
    """The climate of one cohort: the family's, moved by chance (factors of about +-15 %, levels of about +-0.3 SD)."""

    def jitter(value: float, spread: float = 0.15) -> float:
        return float(value * np.exp(rng.normal(0, spread)))

    def streams() -> tuple[Stream, ...]:
        moved = []
        for s in climate.streams:
            inside = 0.3 if s.high - s.low >= 4 else 0.1
            usual = float(np.clip(s.usual + rng.normal(0, inside) * s.between, s.low, s.high + 0.3))
            moved.append(replace(s, usual=usual, between=jitter(s.between * climate.spread), within=jitter(s.within * climate.noise, 0.12)))
        return tuple(moved)

    return replace(
        climate,
        length=jitter(climate.length, 0.1),
        absent=(climate.absent[0], jitter(climate.absent[1], 0.1)),
        ceiling=jitter(climate.ceiling, 0.3),
        flat=jitter(climate.flat, 0.3),
        trauma=jitter(climate.trauma, 0.1),
        life_event=jitter(climate.life_event, 0.25),
        rupture=jitter(climate.rupture, 0.25),
        size=(climate.size[0], jitter(climate.size[1], 0.05)),
        spill=jitter(climate.spill, 0.25),
        slips=jitter(climate.slips, 0.25),
        common=min(0.7, jitter(climate.common, 0.25)),
        severity=min(0.8, jitter(climate.severity, 0.15)),
        uncollected=(climate.uncollected[0], jitter(climate.uncollected[1], 0.25)),
        skipped=(climate.skipped[0], jitter(climate.skipped[1], 0.3)),
        unanswered=(climate.unanswered[0], jitter(climate.unanswered[1], 0.2)),
        streams=streams(),
    )
