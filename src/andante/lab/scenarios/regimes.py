"""Regimes: clients are in one of a few hidden states, and answers jump with the state.

Steady, buoyant, strained and, seldom, in crisis; each state shifts each person's answers by a pattern of that person's
own. Harm is one more state: once begun it holds the client in its grip most of the time, with respites. Noise has
heavier tails than a normal, leans towards the worse end, and differs in size from client to client.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import SESSIONS, People
from andante.lab.scenarios.family import Family, hover, in_range, own_spread, passing
from andante.lab.streams import Array
from andante.lab.therapy import Plan

CLIMATE = Climate(
    time="day",
    first_session=0,
    length=17.0,
    length_spread=0.45,
    rhythm=(0.75, 0.1, 0.15),
    absent=(0.06, 0.24),
    trauma=0.5,
    life_event=0.012,
    ceiling=0.1,
    profile=(0.7, 0.15, 0.15),
    size=(2.2, 4.5),
    spill=0.25,
    later=0.25,
    answers_when_absent=0.3,
)
STEADY, BUOYANT, STRAINED, CRISIS = range(4)
CHANGE = np.array(
    [
        [0.84, 0.08, 0.075, 0.005],
        [0.25, 0.74, 0.01, 0.0],
        [0.38, 0.02, 0.58, 0.02],
        [0.20, 0.0, 0.45, 0.35],
    ]
)
SHIFT = {"self": np.array([0.0, -0.8, 1.0, 2.2]), "session": np.array([0.0, -0.4, 0.35, 0.9]), "measure": np.array([0.0, -0.4, 0.6, 1.4])}


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    n = people.shape[0]
    state = _states(n, rng)
    grip = np.where(rng.random(people.shape) < 0.2, 0.35, 1.1)  # respites
    spread = own_spread(people, climate, rng)
    severity = rng.standard_normal((n, 1))
    out = {}
    for stream in climate.streams:
        pattern = rng.gamma(3.0, 1 / 3.0, (n, 1))
        trait = climate.severity * severity + np.sqrt(1 - climate.severity**2) * rng.standard_normal((n, 1))
        heavy_tailed = rng.standard_t(5, people.shape) * np.sqrt(3 / 5)
        leaning = rng.gamma(4.0, 0.5, people.shape) - 2.0  # SD 1, skewed to the worse end
        noise = 0.45 * people.mood + 0.75 * np.where(rng.random(people.shape) < 0.5, heavy_tailed, leaning)
        badness = np.minimum(spread, 1.0) * SHIFT[stream.side][state] * pattern + spread * noise + passing(people, work, stream)
        badness = badness + grip * people.effects[stream.name]
        if stream.name == "after_overwhelm":
            badness = badness + 0.28 * np.maximum(work.demand, -1)
        out[stream.name] = in_range(people, stream, hover(people, stream, trait, stream.within) + stream.worse * stream.within * badness)
    return out


def _states(n: int, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The hidden state of each session: a Markov chain that starts mostly steady, sometimes strained."""
    upto = np.cumsum(CHANGE, axis=1)
    draw = rng.random((n, SESSIONS))
    state = np.zeros((n, SESSIONS), dtype=np.int64)
    state[:, 0] = np.where(draw[:, 0] < 0.25, STRAINED, STEADY)
    for k in range(1, SESSIONS):
        state[:, k] = (draw[:, k, None] >= upto[state[:, k - 1]][:, :3]).sum(axis=1)
    return state


FAMILY = Family("regimes", CLIMATE, answer)
