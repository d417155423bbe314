"""Who comes, how often, and what befalls them: the part of a simulated life that no scenario changes.

Fourth stop of the laboratory. Draws, for a block of clients, the calendar (rhythm, holidays, absences), the way
of answering (ceiling, low numbers, flat), the harmless things (life events, mended ruptures, disclosures, massed
work, a slow start, a new therapist) and, for harmed clients, which harm and from when. Arrays are (clients, sessions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andante.lab.climate import Climate
from andante.lab.harms import HARMS, Effects, arrival, draw_sizes, unfold
from andante.lab.streams import Array, Flags, Whole

SESSIONS = 40  # the longest therapy simulated
NEVER = 10_000
ATTENDED, LATE, CANCELLED_BY_CLIENT, CANCELLED_BY_SERVICE, MISSED = range(5)
PRACTICAL, ILL, ABOUT_THERAPY, UNKNOWN, NO_REASON = range(5)


@dataclass(frozen=True)
class People:
    """A block of clients. Whole numbers and flags; `onset` is a row index, `NEVER` for the harmless."""

    harm: Whole
    onset: Whole
    length: Whole
    here: Flags  # the appointment exists
    held: Flags  # ... and took place
    attendance: Whole
    reason: Whole
    day: Array  # days since the first appointment
    gap: Array  # days since the last session held; empty before
    therapist: Whole
    changed: Array  # 1 at the first session with a new therapist, fading
    ceiling: Flags
    floor: Flags
    flat: Flags
    trauma: Flags
    improving: Array
    slow_start: Array
    life: Array
    rupture: Array
    disclosure: Flags
    massed: Flags
    mood: Array  # one slow, standard normal mood; higher is worse
    effects: Effects
    pressure: Array

    @property
    def shape(self) -> tuple[int, int]:
        return self.here.shape[0], self.here.shape[1]

    def course(self) -> Array:
        """Improvement so far in within-client SDs: quick at first, about `improving` after fifteen sessions."""
        t = np.arange(self.shape[1])
        return np.asarray(self.improving[:, None] * np.log1p(t)[None, :] / np.log(16.0))


def draw(harm: Whole, number: Whole, climate: Climate, rng: np.random.Generator) -> People:
    """A block of clients with the given harms (-1: none); `number` is each client's number in the cohort."""
    n, t = len(harm), SESSIONS
    length = np.clip(np.round(np.exp(rng.normal(np.log(climate.length), climate.length_spread, n))), 5, t).astype(np.int64)
    length = np.where(harm >= 0, np.maximum(length, 8), length)
    latest = np.minimum(length - 4, 20)
    onset = np.where(harm >= 0, 3 + np.floor(rng.random(n) * (latest - 2)).astype(np.int64), NEVER)
    here = np.arange(t)[None, :] < length[:, None]
    pressure = arrival(harm, onset, t, climate, rng)
    effects = unfold(draw_sizes(harm, climate, rng), pressure, (rng.random(n) < climate.later).astype(float))
    attendance, reason = _attend(harm, onset, effects, climate, rng)
    held = attendance <= LATE
    day, gap = _calendar(held, climate, rng)
    therapist, changed = _therapists(number, length, rng)
    style = rng.random(n)
    edges = np.cumsum([climate.ceiling, climate.floor, climate.flat])
    return People(
        harm=harm,
        onset=onset,
        length=length,
        here=here,
        held=held & here,
        attendance=attendance,
        reason=reason,
        day=day,
        gap=gap,
        therapist=therapist,
        changed=changed,
        ceiling=style < edges[0],
        floor=(style >= edges[0]) & (style < edges[1]),
        flat=(style >= edges[1]) & (style < edges[2]),
        trauma=(rng.random(n) < climate.trauma) | (harm == HARMS.index("retraumatization")),
        improving=rng.uniform(*climate.improving, n),
        slow_start=np.where(rng.random(n) < 0.3, rng.uniform(0.4, 1.3, n), 0.0)[:, None] * np.clip(1 - np.arange(t) / 4, 0, 1)[None, :],
        life=_fading(rng.random((n, t)) < climate.life_event, rng.uniform(0.5, 1.5, (n, t)), 0.55),
        rupture=_ruptures(climate, rng, (n, t)),
        disclosure=rng.random((n, t)) < climate.disclosure,
        massed=_stretch(rng.random(n) < climate.massed, length, rng),
        mood=autocorrelated(rng, (n, t), rng.uniform(*climate.persistence, n)),
        effects=effects,
        pressure=pressure,
    )


def autocorrelated(rng: np.random.Generator, shape: tuple[int, ...], phi: Array) -> Array:
    """Standard normal series along axis 1 with lag-one correlation `phi` (one for each client): AR(1), stationary."""
    noise = rng.standard_normal(shape)
    phi = phi.reshape((-1,) + (1,) * (len(shape) - 2))
    keep = np.sqrt(1 - phi**2)
    out = np.empty(shape)
    out[:, 0] = noise[:, 0]
    for k in range(1, shape[1]):
        out[:, k] = phi * out[:, k - 1] + keep * noise[:, k]
    return out


def _fading(starts: Flags, size: Array, keep: float) -> Array:
    """Shot noise: each start adds its size, which then fades by `keep` a session."""
    out = np.where(starts, size, 0.0)
    for k in range(1, out.shape[1]):
        out[:, k] = np.minimum(out[:, k] + keep * out[:, k - 1], 2.2)
    return np.where(out < 0.15, 0.0, out)


def _ruptures(climate: Climate, rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Mended ruptures, in within-client SDs of feeling heard; one in five takes a second session to mend."""
    first = np.where(rng.random(shape) < climate.rupture, rng.uniform(2.4, 7.0, shape), 0.0)
    second = np.zeros(shape)
    second[:, 1:] = np.where(rng.random((shape[0], shape[1] - 1)) < 0.2, 0.5 * first[:, :-1], 0.0)
    return np.maximum(first, second)


def _stretch(who: Flags, length: Whole, rng: np.random.Generator) -> Flags:
    start = 3 + np.floor(rng.random(len(who)) * np.maximum(length - 8, 1)).astype(np.int64)
    stop = start + rng.integers(3, 8, len(who))
    t = np.arange(SESSIONS)[None, :]
    return np.asarray(who[:, None] & (t >= start[:, None]) & (t < stop[:, None]))


def _attend(harm: Whole, onset: Whole, effects: Effects, climate: Climate, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Attendance and reason of each appointment. The first is always held, and so is the one at which harm begins."""
    shape = effects.shape
    usual = rng.uniform(*climate.absent, shape[0])[:, None]
    leaving = effects["absence"]
    away = rng.random(shape) < np.clip(usual + 0.13 * leaving, 0, 0.75)
    caused = away & (rng.random(shape) * (usual + 0.13 * leaving) > usual)  # absent because of the harm
    t = np.arange(shape[1])[None, :]
    away &= (t > 0) & ~((t == onset[:, None]) & (harm != HARMS.index("disengagement"))[:, None])
    service = rng.random(shape) < 0.02 * np.minimum(effects["service_cancels"], 1) * 8
    pick = rng.random(shape)
    kind = np.where(pick < 0.48, CANCELLED_BY_CLIENT, np.where(pick < 0.74, MISSED, CANCELLED_BY_SERVICE))
    kind = np.where(caused & (kind == CANCELLED_BY_SERVICE), MISSED, kind)
    kind = np.where(service & (t > onset[:, None]), CANCELLED_BY_SERVICE, kind)
    late = rng.random(shape) < 0.035 + 0.12 * effects["late"]
    attendance = np.where(away | (service & (t > onset[:, None])), kind, np.where(late & (t > 0), LATE, ATTENDED))
    pick = rng.random(shape)
    said = np.where(pick < 0.5, PRACTICAL, np.where(pick < 0.82, ILL, np.where(pick < 0.83, ABOUT_THERAPY, UNKNOWN)))
    silent = np.where(pick < 0.4, PRACTICAL, np.where(pick < 0.65, ILL, UNKNOWN))
    harmful = np.where(pick < 0.12, PRACTICAL, np.where(pick < 0.22, ILL, np.where(pick < 0.5, ABOUT_THERAPY, UNKNOWN)))
    reason = np.where(kind == CANCELLED_BY_CLIENT, said, np.where(kind == MISSED, silent, PRACTICAL))
    reason = np.where(caused & (attendance != CANCELLED_BY_SERVICE), harmful, reason)
    return attendance.astype(np.int64), np.where(attendance <= LATE, NO_REASON, reason).astype(np.int64)


def _calendar(held: Flags, climate: Climate, rng: np.random.Generator) -> tuple[Array, Array]:
    """Day of each appointment and days since the last session held. Holidays of two to four weeks fall in between."""
    n, t = held.shape
    rhythm = rng.choice([7.0, 14.0, 3.5], n, p=np.array(climate.rhythm) / sum(climate.rhythm))[:, None]
    twice = np.where(np.arange(t)[None, :] % 2 == 0, 3.0, 4.0)
    step = np.where(rhythm < 7, twice, rhythm)
    moved = np.where(rng.random((n, t)) < 0.15, rng.integers(-1, 3, (n, t)), 0)
    holiday = np.where(rng.random((n, t)) < 0.035, rng.integers(1, 4, (n, t)) * 7, 0)
    between = np.maximum(step + moved + holiday, 1.0)
    if climate.time == "fractional":
        between = between + np.round(rng.uniform(-0.25, 0.25, (n, t)), 2)
    between[:, 0] = 0
    day = np.round(np.cumsum(between, axis=1), 2)
    gap = np.full((n, t), np.nan)
    last = day[:, 0].copy()
    for k in range(1, t):
        gap[:, k] = day[:, k] - last
        last = np.where(held[:, k], day[:, k], last)
    return day, gap


def _therapists(number: Whole, length: Whole, rng: np.random.Generator) -> tuple[Whole, Array]:
    """Therapist of each session (about fourteen clients each) and how new a changed therapist is (1, .5, 0)."""
    n = len(number)
    moves = np.where(rng.random(n) < 0.05, 4 + np.floor(rng.random(n) * np.maximum(length - 6, 1)), NEVER)[:, None]
    since = np.arange(SESSIONS)[None, :] - moves
    therapist = (number // 14)[:, None] + np.where(since >= 0, 1, 0)
    return therapist.astype(np.int64), np.where(since >= 0, np.clip(1 - since / 2, 0, 1), 0.0)
