"""Thresholds: a graded response. Two hidden factors, strain and alliance, and cut points of each person's own.

Unlike `traits`, the scale itself differs from person to person: extreme and cautious responders, yes-sayers (who choose
higher numbers whatever the question), people who only ever use some of the numbers. The factors wander slowly with
jumps instead of returning to a mean, and what an answer adds to them is logistic noise.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import SESSIONS, People
from andante.lab.scenarios.family import Family, hover, in_range, own_spread, passing
from andante.lab.streams import Array, Stream
from andante.lab.therapy import Plan

CLIMATE = Climate(
    rhythm=(0.5, 0.4, 0.1),
    length=13.0,
    ceiling=0.15,
    flat=0.07,
    life_event=0.016,
    profile=(0.3, 0.5, 0.2),
    size=(2.6, 4.7),
    spill=0.4,
    later=0.1,
    checkins_known=False,
)
LOADING = {"self": 0.75, "session": 0.65, "measure": 0.6}
LOGISTIC_SD = np.pi / np.sqrt(3.0)


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    n = people.shape[0]
    strain, alliance = _wandering(people, rng) + 0.4 * people.mood, _wandering(people, rng)
    stretch = np.exp(rng.normal(0, 0.22, (n, 1, 1)))  # below 1: extreme responder, above 1: cautious
    yes_saying = rng.normal(0, 0.05, (n, 1, 1))  # as a share of the scale
    coarse = rng.random(n) < 0.12  # uses every second number only
    own = own_spread(people, climate, rng)
    location = rng.standard_normal((2, n, 1))
    out = {}
    for stream in climate.streams:
        loading = LOADING[stream.side]
        factor = alliance if stream.side == "session" else strain
        trait = climate.severity * location[int(stream.side == "session")] + np.sqrt(1 - climate.severity**2) * rng.standard_normal((n, 1))
        unique = rng.logistic(0, 1 / LOGISTIC_SD, people.shape)
        badness = own * (loading * factor + np.sqrt(1 - loading**2) * unique) + passing(people, work, stream) + people.effects[stream.name]
        if stream.name == "after_overwhelm":
            badness = badness + 0.15 * work.demand
        latent = hover(people, stream, trait, stream.within) + stream.worse * stream.within * badness
        if stream.side != "measure":
            latent = _graded(latent, stream, stretch, yes_saying, rng)
        if stream.high - stream.low >= 7 and stream.side != "measure":
            latent = np.where(coarse[:, None], 2 * np.round(latent / 2), latent)
        out[stream.name] = in_range(people, stream, latent)
    return out


def _wandering(people: People, rng: np.random.Generator) -> Array:
    """A standardized factor that wanders: small steps, a jump now and then, drawn back only weakly."""
    n = people.shape[0]
    steps = 0.33 * rng.standard_normal((n, SESSIONS)) + np.where(rng.random((n, SESSIONS)) < 0.03, rng.normal(0, 0.9, (n, SESSIONS)), 0)
    out = np.empty((n, SESSIONS))
    out[:, 0] = 0.6 * rng.standard_normal(n)
    for k in range(1, SESSIONS):
        out[:, k] = 0.85 * out[:, k - 1] + steps[:, k]
    return out + 0.35 * rng.standard_normal((n, SESSIONS))


def _graded(latent: Array, stream: Stream, stretch: Array, yes_saying: Array, rng: np.random.Generator) -> Array:
    """The answer as the number of the person's cut points that the latent value passes."""
    span = stream.high - stream.low
    cuts = np.arange(stream.low + 0.5, stream.high)[None, None, :]
    middle = 0.5 * (stream.low + stream.high)
    uneven = rng.normal(0, 0.15, (len(latent), 1, cuts.shape[2]))
    shift = yes_saying * span if span >= 7 else 0.0
    stretched = stretch if span >= 7 else 1.0
    own = np.sort(middle + (cuts - middle) * stretched - shift + uneven, axis=2)
    return stream.low + np.asarray((latent[..., None] > own).sum(axis=2), dtype=np.float64)


FAMILY = Family("thresholds", CLIMATE, answer)
