"""Loads: demand against capacity. Harm shifts no answer; it changes a mechanism, and answers follow.

Each session puts a demand on the client. What exceeds capacity leaves a load that decays with days, not sessions;
capacity grows with work that was borne and shrinks under load. Beside it live alliance, motivation, voice, benefit,
taking in, pull of the old coping, trauma symptoms and openness, each returning to its own level. A harm slows
recovery, lets an alliance sink, silences a voice, and so on, and everything that depends on it moves with it, each
client's answers with weights of their own. Days are fractional; many clients come twice a week.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from andante.lab.climate import Climate
from andante.lab.harms import HARMS
from andante.lab.people import SESSIONS, People
from andante.lab.scenarios.family import Family, hover, in_range, own_spread
from andante.lab.streams import COURSE, LIFE_EVENT, NEW_THERAPIST, RUPTURE, SLOW_START, Array, Stream
from andante.lab.therapy import Plan

CLIMATE = Climate(
    time="fractional",
    length=18.0,
    rhythm=(0.55, 0.15, 0.3),
    absent=(0.06, 0.22),
    trauma=0.45,
    flat=0.04,
    improving=(-0.2, 1.2),
    profile=(0.5, 0.4, 0.1),
    size=(2.7, 5.2),
    spill=0.25,
    later=0.3,
    severity=0.6,
    unanswered=(0.03, 0.1),
)

# "aftermath" is the load as it was right after the last session held; harm does not push it by itself.
STATES = ("load", "alliance", "motivation", "voice", "benefit", "taking_in", "pull", "symptoms", "opened", "aftermath")

# How far harm moves the level that a state returns to, for each unit of its size; the load also decays more slowly.
PUSHES: dict[str, dict[str, float]] = {
    "distress": {"load": 1.4},
    "retraumatization": {"symptoms": 1.15, "load": 0.25},
    "disengagement": {"motivation": 0.95, "benefit": 0.15},
    "trust": {"alliance": 1.15, "voice": 0.35, "motivation": 0.05},
    "integration": {"taking_in": 1.15, "load": 0.15},
    "boundaries": {"voice": 1.1, "alliance": 0.25},
    "experience": {"benefit": 1.15, "motivation": 0.4},
    "regression": {"pull": 1.3, "load": 0.4},
    "unfinished": {"opened": 1.1, "load": 0.2},
    "ethics": {"motivation": 0.6, "load": 0.35, "voice": 0.2},
}

# What each answer is made of, in within-client SDs for one unit of a state.
MADE_OF: dict[str, dict[str, float]] = {
    "before_distress": {"load": 1.0},
    "before_wellbeing": {"load": 0.85, "benefit": 0.2},
    "before_coping": {"load": 0.8, "pull": 0.65},
    "before_ready": {"motivation": 1.1, "load": 0.3},
    "before_open": {"opened": 1.1, "load": 0.35},
    "between_peak": {"load": 0.6, "aftermath": 0.45, "symptoms": 0.35},
    "between_settle": {"load": 0.35, "aftermath": 0.6, "symptoms": 0.3, "opened": 0.3},
    "between_old_coping": {"pull": 1.4, "load": 0.3},
    "between_used": {"taking_in": 0.85, "motivation": 0.75},
    "between_intrusions": {"symptoms": 1.15, "load": 0.25},
    "mid_settled": {"load": 0.4, "aftermath": 0.45, "symptoms": 0.3},
    "after_overwhelm": {"load": 0.8},
    "after_pace": {"load": 0.35, "voice": 0.25, "taking_in": 0.3, "benefit": 0.45},
    "after_heard": {"alliance": 1.15},
    "after_choice": {"voice": 1.5, "alliance": 0.3},
    "after_helpful": {"benefit": 1.05, "alliance": 0.3},
    "after_sense": {"taking_in": 1.1, "benefit": 0.2},
    "after_return": {"motivation": 0.9, "benefit": 0.5, "alliance": 0.35},
    "after_present": {"symptoms": 0.95, "load": 0.4},
    "phq9": {"load": 0.8, "pull": 0.3},
    "gad7": {"load": 0.9},
    "pcl5": {"symptoms": 1.6},
    "core10": {"load": 0.9},
}


@dataclass
class _Bodies:
    """The states of every client as they are now, and as they were at each session."""

    now: dict[str, Array]
    before: dict[str, Array] = field(default_factory=dict)
    after: dict[str, Array] = field(default_factory=dict)
    strain: Array = field(default_factory=lambda: np.zeros(0))


def answer(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    n = people.shape[0]
    bodies = _live(people, work, climate, rng)
    severity = rng.standard_normal((n, 1))
    spread = own_spread(people, climate, rng)
    out = {}
    for stream in climate.streams:
        states = bodies.after if stream.name.startswith("after_") else bodies.before
        badness = sum(w * rng.gamma(5, 0.2, (n, 1)) * states[s] for s, w in MADE_OF[stream.name].items())
        badness = badness + _directly(people, stream) + spread * _noise(people, rng)
        if stream.name == "after_overwhelm":
            badness = badness + 0.7 * np.minimum(bodies.strain, 3.0) - 0.6
        trait = climate.severity * severity + np.sqrt(1 - climate.severity**2) * rng.standard_normal((n, 1))
        value = hover(people, stream, trait, stream.within) + stream.worse * stream.within * np.asarray(badness)
        out[stream.name] = in_range(people, stream, _bend(value, stream))
    return out


def _live(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> _Bodies:
    """Runs every client's states through the sessions. Values are deviations from the client's own level; higher is worse."""
    n = people.shape[0]
    capacity = rng.normal(5.2, 1.1, n)
    keep = rng.uniform(0.15, 0.5, n)  # share of the load still there after a week
    size = rng.uniform(*climate.size, n)
    push = {s: np.array([PUSHES[h].get(s, 0.0) for h in (*HARMS,)] + [0.0])[people.harm] * size for s in STATES}
    speed = rng.uniform(0.55, 0.95, n)
    bodies = _Bodies({s: np.zeros(n) for s in STATES})
    for series in (bodies.before, bodies.after):
        series.update({s: np.zeros(people.shape) for s in STATES})
    bodies.strain = np.zeros(people.shape)
    for k in range(SESSIONS):
        harm, held = people.pressure[:, k], people.held[:, k]
        weeks = np.nan_to_num(people.gap[:, k], nan=7.0) / 7
        slower = np.clip(keep + 0.13 * push["load"] * harm, 0, 0.9)
        bodies.now["load"] = bodies.now["load"] * slower ** np.minimum(weeks, 2)
        if k:
            bodies.now["load"] = bodies.now["load"] + 0.45 * people.life[:, k]
        for s in STATES:
            bodies.before[s][:, k] = bodies.now[s]
        strain = np.logaddexp(0, work.intensity[:, k] - capacity + 0.7 * bodies.now["load"] - 0.5)
        bodies.strain[:, k] = strain
        hurt = np.where(held, 0.16 * strain + 0.5 * work.heavy[:, k], 0.0) + 0.55 * push["load"] * harm
        for s in STATES:
            bodies.after[s][:, k] = bodies.now[s] + (hurt if s == "load" else speed * (push[s] * harm - bodies.now[s]))
            bodies.now[s] = np.where(held, bodies.after[s][:, k], bodies.now[s])
        bodies.now["aftermath"] = np.where(held, bodies.now["load"], bodies.now["aftermath"])
        stirred = np.where(held & work.trauma_work[:, k], 0.12 * strain - 0.12, 0.0)
        bodies.now["symptoms"] = bodies.now["symptoms"] + np.clip(stirred, -0.2, 0.8)
        bodies.now["load"] = np.minimum(bodies.now["load"], 4.5)
        capacity = capacity + np.where(held & (strain < 2), 0.05, -0.08 * np.maximum(strain - 2, 0) * held)
    return bodies


def _directly(people: People, stream: Stream) -> Array:
    """What needs no mechanism: the course, a rupture, a slow start, a new therapist; of life events what load does not carry."""
    out = 0.5 * LIFE_EVENT.get(stream.name, 0.0) * people.life + RUPTURE.get(stream.name, 0.0) * people.rupture
    out = out + SLOW_START.get(stream.name, 0.0) * people.slow_start + NEW_THERAPIST.get(stream.name, 0.0) * people.changed
    return np.asarray(out - COURSE.get(stream.name, 0.0) * people.course())


def _noise(people: People, rng: np.random.Generator) -> Array:
    """Laplace noise, mostly small, now and then large, on a slow mood; about unit SD together."""
    return 0.72 * rng.laplace(0, 1 / np.sqrt(2), people.shape) + 0.6 * people.mood


def _bend(value: Array, stream: Stream) -> Array:
    """Scales resist near their ends: beyond 85 % of the way to an end, every further step counts for less."""
    span = stream.high - stream.low
    if span < 7 or stream.side == "measure":
        return value
    knee = 0.15 * span
    above, below = value - (stream.high - knee), (stream.low + knee) - value
    value = np.where(above > 0, stream.high - knee + knee * np.tanh(above / (1.5 * knee)) * 1.2, value)
    return np.where(below > 0, stream.low + knee - knee * np.tanh(below / (1.5 * knee)) * 1.2, value)


FAMILY = Family("loads", CLIMATE, answer)
