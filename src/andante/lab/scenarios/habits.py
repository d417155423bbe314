"""Family "habits": people of four other families who answer in ways of their own, where other answers are usual.

In those four nobody comes to no harm who usually says that sessions are bad (`family.USUAL_AT_WORST`). Here some may:
some always tick low, some take every question more to heart, some tick the wrong end once in a while, and in each block
of clients what is usual is a little higher or lower. An instrument that only knows usual people would raise them all.
Everything is ours, uncalibrated.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import People
from andante.lab.scenarios import loads, regimes, thresholds, traits
from andante.lab.scenarios.family import Family, in_range
from andante.lab.streams import STREAM, Array, Stream
from andante.lab.therapy import Plan

KINDS = (traits.FAMILY, thresholds.FAMILY, regimes.FAMILY, loads.FAMILY)

OFFSET, TAILS = 0.45, 4  # spread of a client's own offset in between-client SDs, and its degrees of freedom: few lie far out
RESTLESS = 0.55  # spread, in within-client SDs, of what is added to every answer
ASTRAY, HOW_FAR = 0.015, 2.5  # share of answers that go astray, and by how many within-client SDs
HOUSE = 0.3  # spread of what is usual in one block of clients, in between-client SDs


def _by_habit(people: People, stream: Stream, answers: Array, house: float, rng: np.random.Generator) -> Array:
    shape = people.shape
    own = OFFSET * rng.standard_t(TAILS, (shape[0], 1)) + house
    astray = np.where(rng.random(shape) < ASTRAY, HOW_FAR * rng.choice([-1.0, 1.0], shape), 0.0)
    restless = RESTLESS * rng.lognormal(-0.1, 0.45, (shape[0], 1)) * rng.standard_normal(shape)
    moved = answers + stream.between * own + stream.within * (restless + astray)
    set_in_their_ways = (people.ceiling | people.floor | people.flat)[:, None]
    return in_range(people, stream, np.where(set_in_their_ways, answers, moved))


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """What clients of one of the four kinds would say, said by habit."""
    kind = KINDS[rng.integers(len(KINDS))]
    said = kind.answer(people, work, climate, rng)
    house = dict(zip(said, HOUSE * rng.standard_normal(len(said)), strict=True))
    rated = {name for name in said if name in STREAM and STREAM[name].side != "measure"}  # a questionnaire's total moves less by habit
    return {name: _by_habit(people, STREAM[name], values, house[name], rng) if name in rated else values for name, values in said.items()}


FAMILY = Family("habits", traits.FAMILY.climate, answer)
