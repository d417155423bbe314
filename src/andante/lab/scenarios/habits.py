"""Family "habits": people of four other families who answer in ways of their own, where other answers are usual.

In those four nobody comes to no harm who usually says that sessions are bad (`family.USUAL_AT_WORST`). Here some may:
some always tick low, some take every question more to heart, some tick the wrong end once in a while, and in each block
of clients what is usual is a little higher or lower. An instrument that only knows usual people would raise them all.
Everything is ours, uncalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import People
from andante.lab.scenarios import loads, regimes, thresholds, traits
from andante.lab.scenarios.family import Answer, Family, in_range
from andante.lab.streams import STREAM, Array, Stream
from andante.lab.therapy import Plan

KINDS = (traits.FAMILY, thresholds.FAMILY, regimes.FAMILY, loads.FAMILY)


@dataclass(frozen=True)
class Manner:
    """How clients answer beside what they would say: SDs in units of the stream's SD between or within clients.

    `own` is the spread of a client's own offset (between), Student-t with `tails` degrees of freedom: few lie far out.
    `house` is the spread of what is usual in one block of clients (between). `steady` is what is left of the ups and downs
    around a client's own mean (and of the harm, for whom it is as large beside them as it was). `restless` is the spread of
    what is added to every answer (within), itself as uneven as clients are.
    """

    own: float
    tails: int
    house: float
    steady: float
    restless: float
    astray: float = 0.015  # share of answers that go astray
    how_far: float = 2.5  # by how many SDs within clients


MANNER = Manner(own=0.45, tails=4, house=0.3, steady=1.0, restless=0.55)


def _in_their_way(manner: Manner, people: People, stream: Stream, answers: Array, house: float, rng: np.random.Generator) -> Array:
    shape = people.shape
    own = manner.own * rng.standard_t(manner.tails, (shape[0], 1)) + house
    astray = np.where(rng.random(shape) < manner.astray, manner.how_far * rng.choice([-1.0, 1.0], shape), 0.0)
    restless = manner.restless * rng.lognormal(-0.1, 0.45, (shape[0], 1)) * rng.standard_normal(shape)
    before = np.arange(shape[1])[None, :] < people.onset[:, None]  # what comes after must not show in what is usual
    mean = np.sum(answers * before, axis=1, keepdims=True) / before.sum(axis=1, keepdims=True)
    moved = mean + manner.steady * (answers - mean) + stream.between * own + stream.within * (restless + astray)
    set_in_their_ways = (people.ceiling | people.floor | people.flat)[:, None]
    return in_range(people, stream, np.where(set_in_their_ways, answers, moved))


def answering(manner: Manner) -> Answer:
    """What clients of one of the four kinds would say, said in this manner."""

    def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
        said = KINDS[rng.integers(len(KINDS))].answer(people, work, climate, rng)
        house = dict(zip(said, manner.house * rng.standard_normal(len(said)), strict=True))
        rated = {name for name in said if name in STREAM and STREAM[name].side != "measure"}  # a questionnaire's total moves less by habit
        return {
            name: _in_their_way(manner, people, STREAM[name], values, house[name], rng) if name in rated else values
            for name, values in said.items()
        }

    return answer


CLIMATE = replace(traits.CLIMATE, size=(2.8, 5.0))

FAMILY = Family("habits", CLIMATE, answering(MANNER))
