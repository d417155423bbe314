"""Episodes: bad spells of heavy-tailed size. THE JUDGING FAMILY: figures are reported from it, nothing is ever tuned on it.

How hard it is was set by two plain detectors that know nothing of the engine (`lab.cutoffs`, `lab.sketch`), as for the others.

Answers are counts, not rounded bells: beta-binomial around a chance of the client's own, zero-inflated where most
answers are "none", sometimes simply the same as last time. What moves them are episodes: they strike at random, each
touches a few streams at random, most are small and a few very large (Pareto), and they fade. A harm is a process of its
own episodes that keeps striking the streams of that harm, fades slowly and never quite leaves.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import SESSIONS, People
from andante.lab.scenarios.family import Family, hover, in_range, own_spread, passing
from andante.lab.streams import Array, Stream
from andante.lab.therapy import Plan

CLIMATE = Climate(
    length=16.0,
    length_spread=0.55,
    rhythm=(0.65, 0.2, 0.15),
    trauma=0.4,
    life_event=0.02,
    rupture=0.015,
    ceiling=0.12,
    floor=0.06,
    massed=0.07,
    disclosure=0.015,
    profile=(0.35, 0.3, 0.35),
    size=(2.85, 5.3),
    spill=0.35,
    later=0.3,
    skipped=(0.0, 0.1),
    unanswered=(0.02, 0.09),
    declining=0.06,
)
NONE_IS_USUAL = {"before_open": 0.3, "between_settle": 0.25, "between_old_coping": 0.2, "between_intrusions": 0.12}


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    n = people.shape[0]
    severity, spread = rng.standard_normal((n, 1)), 0.8 * own_spread(people, climate, rng)
    struck, size, kind = _strikes(people, rng)
    grip = _grip(people, rng)
    habit = rng.beta(1.0, 8.0, n)
    out = {}
    for stream in climate.streams:
        bad = _spells(
            struck & (rng.random(people.shape) < (0.3, 0.2)[_side(stream)]) & (kind == _side(stream)), size, rng.uniform(0.2, 0.55, n)
        )
        badness = bad + passing(people, work, stream) + grip * people.effects[stream.name]
        if stream.name == "after_overwhelm":
            badness = badness + 0.25 * np.maximum(work.demand, -2)
        trait = climate.severity * severity + np.sqrt(1 - climate.severity**2) * rng.standard_t(6, (n, 1)) * np.sqrt(4 / 6)
        mean = hover(people, stream, trait, stream.within) + stream.worse * stream.within * (badness + 0.5 * spread * people.mood)
        drawn = _counted(stream, mean, stream.within * spread, rng)
        if stream.name in NONE_IS_USUAL:
            none = rng.random(people.shape) < NONE_IS_USUAL[stream.name] / (1 + np.maximum(badness, 0)) ** 2
            drawn = np.where(none, 0.0, drawn)
        out[stream.name] = in_range(people, stream, _same_as_last_time(drawn, badness, habit, rng) if stream.side != "measure" else drawn)
    return out


def _side(stream: Stream) -> int:
    return int(stream.side == "session")


def _strikes(people: People, rng: np.random.Generator) -> tuple[np.ndarray, Array, Array]:
    """When episodes strike, how large (Pareto, mostly below one SD, seldom above three) and which side of life they touch."""
    rate = rng.gamma(2.0, 0.04, (people.shape[0], 1))
    struck = rng.random(people.shape) < rate
    size = np.minimum(0.5 * (1 + rng.pareto(2.2, people.shape)), 4.0)
    better = np.where(rng.random(people.shape) < 0.3, -0.6, 1.0)  # some spells are good ones
    return struck, size * better, (rng.random(people.shape) < 0.3).astype(float)


def _spells(struck: np.ndarray, size: Array, keep: Array) -> Array:
    out = np.where(struck, size, 0.0)
    for k in range(1, SESSIONS):
        out[:, k] += keep * out[:, k - 1]
    return out


def _grip(people: People, rng: np.random.Generator) -> Array:
    """How hard the harm's own episodes hold now, about 1 on average: they strike, fade by a fifth, and strike again."""
    blow = np.where(rng.random(people.shape) < 0.5, rng.gamma(2.0, 0.35, people.shape), 0.0)
    out = np.where(np.arange(SESSIONS)[None, :] == people.onset[:, None], np.maximum(blow, 0.9), blow)
    for k in range(1, SESSIONS):
        out[:, k] = np.clip(np.maximum(out[:, k], 0.8 * out[:, k - 1]), 0, 2.0)
    return out


def _counted(stream: Stream, mean: Array, within: Array, rng: np.random.Generator) -> Array:
    """Beta-binomial answers with the given mean and about the given SD (both in points); never flatter than a binomial."""
    span = int(stream.high - stream.low)
    p = np.clip((mean - stream.low) / span, 0.012, 0.988)
    binomial = span * p * (1 - p)
    excess = np.clip(np.broadcast_to(within, mean.shape) ** 2 / binomial, 0.02, 0.9 * span)
    # below the binomial's own spread, answers are the mean with a small binomial part
    share = np.minimum(excess, 1.0)
    intra = np.clip((np.maximum(excess, 1.0) - 1) / max(span - 1, 1), 1e-3, 0.9)
    total = 1 / intra - 1
    chance = np.clip(rng.beta(np.maximum(p * total, 1e-3), np.maximum((1 - p) * total, 1e-3)), 0, 1)
    count = rng.binomial(span, chance).astype(np.float64)
    return stream.low + span * p + np.sqrt(share) * (count - span * p)


def _same_as_last_time(drawn: Array, badness: Array, habit: Array, rng: np.random.Generator) -> Array:
    """Some clients now and then repeat their last answer, unless something large has happened."""
    out = drawn.copy()
    repeat = (rng.random(drawn.shape) < habit[:, None]) & (np.abs(badness) < 1.5)
    for k in range(1, SESSIONS):
        out[:, k] = np.where(repeat[:, k], out[:, k - 1], out[:, k])
    return out


FAMILY = Family("episodes", CLIMATE, answer)
