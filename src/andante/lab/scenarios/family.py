"""What every family of simulated clients shares: its name, its climate and one function that answers.

Beside it, the few steps from "how bad is this stream now" to an answer on a scale that several families take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import People
from andante.lab.streams import (
    COURSE,
    DAY_COUNTS,
    HEAVY_WORK,
    HEAVY_WORK_AFTERMATH,
    LIFE_EVENT,
    NEW_THERAPIST,
    RUPTURE,
    SLOW_START,
    Array,
    Stream,
)
from andante.lab.therapy import Plan

# The worst that a client who comes to no harm usually says of sessions and of being ready for them, in scale points (ours): such that
# over many services overwhelm crosses its line in 0.05 to 2 sessions of a hundred, each other line in up to one, and readiness is 3 or
# less in up to three. In eight cohorts that others made of the same contract it is 0.0 to 3.3 for overwhelm, 0.0 to 2.9, 0.1 to 9.5.
USUAL_AT_WORST = {
    "before_ready": 4.8,
    "after_overwhelm": 5.2,
    "after_heard": 6.3,
    "after_choice": 1.6,
    "after_helpful": 5.0,
    "after_sense": 5.0,
    "after_return": 5.5,
    "after_present": 5.5,
}

Answer = Callable[[People, Plan, Climate, np.random.Generator], dict[str, Array]]


@dataclass(frozen=True)
class Family:
    """A way of making clients. `answer` gives every stream of `climate.streams` in full: whole numbers in range, nothing missing."""

    name: str
    climate: Climate
    answer: Answer


def passing(people: People, work: Plan, stream: Stream, weight: float = 1.0) -> Array:
    """What harmless things do to a stream now, in within-client SDs towards the worse end: course, events, hard work."""
    behind = np.zeros_like(work.heavy)
    behind[:, 1:] = work.heavy[:, :-1]
    out = _share(LIFE_EVENT, stream) * people.life + _share(RUPTURE, stream) * people.rupture
    out = out + _share(SLOW_START, stream) * people.slow_start + _share(NEW_THERAPIST, stream) * people.changed
    out = out + _share(HEAVY_WORK, stream) * work.heavy + _share(HEAVY_WORK_AFTERMATH, stream) * behind
    return np.asarray(weight * out - _share(COURSE, stream) * people.course())


def _share(table: Mapping[str, float], stream: Stream) -> float:
    return table.get(stream.name, 0.0)


def in_range(people: People, stream: Stream, value: Array) -> Array:
    """Rounded to whole answers and clipped to the scale; day counts fit the days there were, 7 means "not yet" for settling."""
    value = np.clip(np.round(value), stream.low, stream.high) + 0.0  # no negative zeros
    if stream.name in DAY_COUNTS:
        days = np.nan_to_num(np.floor(np.minimum(people.gap, 7)), nan=7.0)
        over = np.full_like(value, 7.0) if stream.name == "between_settle" else days
        value = np.where(value > days, over, value)
    return value


def hover(people: People, stream: Stream, trait: Array, within: Array | float) -> Array:
    """Where a client's answers hover, in scale points, from a standard `trait` (higher is worse).

    No level lies beyond `USUAL_AT_WORST`: clients who are usually overwhelmed, or usually not heard, are not
    harmless. Ceiling raters hover above the best end of session ratings, low raters at low numbers.
    """
    level = stream.usual + stream.worse * stream.between * trait
    if stream.name in USUAL_AT_WORST:
        level = np.minimum(stream.worse * level, stream.worse * USUAL_AT_WORST[stream.name]) * stream.worse
    if stream.side == "measure" or stream.name == "after_pace":
        return level
    best, span = (stream.low, stream.high)[stream.worse < 0], stream.high - stream.low
    if stream.side == "session":
        level = np.where(people.ceiling[:, None], best - stream.worse * 0.9 * within, level)
    if span >= 7 and stream.worse > 0:
        level = np.where(people.floor[:, None], stream.low + 0.08 * span - 0.8 * within, level)
    return level


def own_spread(people: People, climate: Climate, rng: np.random.Generator) -> Array:
    """How large each client's within-client spread is beside the service's, (clients, 1): 1 on average, small in flat raters."""
    uneven = np.exp(rng.normal(-0.5 * climate.uneven**2, climate.uneven, (people.shape[0], 1)))
    return np.where(people.flat[:, None], 0.25, uneven)
