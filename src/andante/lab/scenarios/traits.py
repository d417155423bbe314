"""Traits: every answer is a level of the client's own, a slow mood, an autocorrelated noise and a linear effect.

The textbook family (linear, Gaussian, then rounded to whole answers), nearest to what a personal baseline assumes; little is missing.
Levels correlate through one severity and, for answers about sessions, one alliance.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import People, autocorrelated
from andante.lab.scenarios.family import Family, hover, in_range, own_spread, passing
from andante.lab.streams import Array
from andante.lab.therapy import Plan

CLIMATE = Climate(
    size=(2.3, 4.2),
    touched=1.2,
    profile=(0.6, 0.3, 0.1),
    later=0.1,
    uneven=0.25,
    skipped=(0.0, 0.04),
    unanswered=(0.01, 0.08),
    absent=(0.04, 0.16),
)


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    n = people.shape[0]
    own = own_spread(people, climate, rng)
    severity, alliance = rng.standard_normal((n, 1)), rng.standard_normal((n, 1))
    out = {}
    for stream in climate.streams:
        shared = alliance if stream.side == "session" else severity
        trait = climate.severity * shared + np.sqrt(1 - climate.severity**2) * rng.standard_normal((n, 1))
        common = climate.common if stream.side == "self" else 0.5 * climate.common
        noise = autocorrelated(rng, people.shape, rng.uniform(*climate.persistence, n))
        badness = own * (np.sqrt(common) * people.mood + np.sqrt(1 - common) * noise)
        badness = badness + passing(people, work, stream) + people.effects[stream.name]
        if stream.name == "after_overwhelm":
            badness = badness + 0.22 * work.demand
        out[stream.name] = in_range(people, stream, hover(people, stream, trait, stream.within) + stream.worse * stream.within * badness)
    return out


FAMILY = Family("traits", CLIMATE, answer)
