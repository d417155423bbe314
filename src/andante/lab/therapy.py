"""What the therapist plans, does and records: the other half of a simulated session.

Fifth stop of the laboratory. `plan` runs before the answers exist, because answers depend on how demanding the work
was; `record` runs after them. Harmless therapies have slips too (a limit touched, an overrun, a late opening), as
real ones do; in harm the same things happen more often. Rates are ours, uncalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andante.lab.climate import Climate
from andante.lab.people import SESSIONS, People, autocorrelated
from andante.lab.streams import Array, Flags, Whole

CLIENT, BOTH, THERAPIST = range(3)


@dataclass(frozen=True)
class Plan:
    """How demanding each session was planned to be and was (0-10, whole), and on what terms. Arrays (clients, sessions)."""

    planned: Array
    intensity: Array
    trauma_work: Flags
    led_by: Whole
    heavy: Array  # 0-1.5: how far the work was of the kind that stirs things up for some days, in harmless therapies too

    @property
    def demand(self) -> Array:
        """Intensity against what the client is used to so far, in points."""
        count = np.arange(1, self.intensity.shape[1] + 1)
        usual = np.cumsum(self.intensity, axis=1) / count
        out = np.zeros_like(usual)
        out[:, 1:] = self.intensity[:, 1:] - usual[:, :-1]
        return out

    @property
    def challenging(self) -> Flags:
        return np.asarray(self.trauma_work | (self.intensity >= 7) | (self.planned >= 7))


def plan(people: People, rng: np.random.Generator, mood: Array | None = None) -> Plan:
    """The work of every session. Therapists lighten bad days; harm makes them plan more, or do more than planned."""
    shape, effects = people.shape, people.effects
    mood = people.mood if mood is None else mood
    level = rng.normal(4.4, 0.9, shape[0])[:, None] + 0.06 * np.minimum(np.arange(SESSIONS), 15)[None, :]
    level = level + 0.9 * autocorrelated(rng, shape, np.full(shape[0], 0.3)) - 0.35 * mood - 0.6 * people.slow_start
    starts = rng.integers(3, 8, shape[0])[:, None]
    again = effects["trauma_again"] > 0.3
    chance = np.where(again, 0.92, 0.5)
    trauma_work = people.trauma[:, None] & (np.arange(SESSIONS)[None, :] >= starts) & (rng.random(shape) < chance)
    trauma_work |= again & (rng.random(shape) < 0.8)
    planned = np.where(trauma_work, np.maximum(level, 4.5) + 1.2, level)
    planned = np.where(people.massed, np.maximum(planned, 7.5 + rng.random(shape)), planned)
    planned = planned + 0.65 * effects["planned"] + 0.7 * effects["intensity"]
    habit = 0.5 * rng.standard_normal((shape[0], 1))  # some therapists always do a little more than planned
    done = planned + habit + rng.normal(0, 0.6, shape) + 0.8 * effects["gap"] + 0.6 * effects["goes_along"]
    done = np.where(people.disclosure, np.maximum(done, planned + rng.uniform(2, 4, shape)), done)
    planned, done = np.clip(np.round(planned), 0, 10), np.clip(np.round(done), 0, 10)
    pick = rng.random(shape) - 0.12 * effects["led_by_therapist"]
    led_by = np.where(pick < 0.2, THERAPIST, np.where(pick < 0.72, BOTH, CLIENT))
    led_by = np.where(people.disclosure, CLIENT, led_by)
    heavy = np.where(trauma_work, 0.25 + 0.2 * np.clip(done - 5, 0, 4), 0.0) + np.where(people.disclosure, 0.8, 0.0)
    return Plan(planned, done, trauma_work, led_by.astype(np.int64), heavy * rng.uniform(0.4, 1.3, shape))


def record(people: People, work: Plan, answers: dict[str, Array], climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """Every column that the therapist fills in, plus the client's own wheel. Flags are 0/1; empty is NaN."""
    effects, shape = people.effects, people.shape
    slip, harm = climate.slips, climate.process
    out = {"planned_intensity": work.planned, "intensity": work.intensity, "trauma_work": work.trauma_work.astype(float)}
    out["led_by"] = np.where(rng.random(shape) < 0.9, work.led_by.astype(float), np.nan)
    out |= _terms(people, work, climate, rng)

    def happens(usual: float, name: str, rate: float) -> Array:
        habit = rng.gamma(1.2, 1 / 1.2, (shape[0], 1))  # what is rare on the whole is usual with some pairs
        return (rng.random(shape) < slip * usual * habit + harm * rate * effects[name]).astype(float)

    out["limits_touched"] = rng.poisson(
        0.006 * slip * rng.gamma(0.8, 1 / 0.8, (shape[0], 1)) + harm * 0.12 * effects["limits_touched"]
    ).astype(float)
    out["stops_overridden"] = happens(0.0006, "stops_overridden", 0.06)
    longer = happens(0.05, "overrun", 0.2) * rng.uniform(6, 22, shape)
    out["overrun_min"] = np.round(np.where(longer > 0, longer, np.maximum(rng.normal(-2, 3, shape), 0)))
    out |= _suds(people, work, answers, rng)
    out |= _ledger(people, climate, rng)
    out["late_opening"] = happens(0.018, "late_opening", 0.14)
    flagged = (rng.random(shape) < 0.006) | (rng.random(shape) < 0.15 * effects["safety_unreviewed"])
    out["safety_flag"] = flagged.astype(float)
    reviewed = rng.random(shape) < np.clip(0.96 - 0.35 * effects["safety_unreviewed"], 0.05, 1)
    out["safety_reviewed"] = np.where(flagged, reviewed.astype(float), np.nan)
    out["responded"] = np.where(rng.random(shape) < 0.25, 1.0, np.nan)
    out["supervised"] = (rng.random(shape) < 0.08).astype(float)
    out["client_slow"] = rng.poisson(0.004 * slip + 0.11 * effects["client_slow"]).astype(float)
    wish = np.where(rng.random(shape[0]) < 0.05, 1.0, np.where(rng.random(shape[0]) < 0.03, -1.0, 0.0))[:, None]
    slower = np.maximum.accumulate((rng.random(shape) < 0.35 * effects["wish_slower"]).astype(float), axis=1)
    out["client_wish"] = np.where(slower > 0, -1.0, np.broadcast_to(wish, shape))
    return out | _speech(people, rng)


def _terms(people: People, work: Plan, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """Readiness: asked for challenging work, seldom otherwise. Preparation grows over the first sessions."""
    effects, shape = people.effects, people.shape
    ready = 0.82 + 0.1 * rng.standard_normal(shape[0])[:, None] + 0.08 * rng.standard_normal(shape)
    ready = np.clip(ready - 0.22 * effects["unprepared"], 0.05, 1)
    asked = work.challenging | (rng.random(shape) < 0.15)
    missing = 0.015 * climate.slips * rng.gamma(0.8, 1 / 0.8, (shape[0], 1)) + 0.16 * climate.process * (
        effects["essentials"] + 0.3 * effects["unprepared"]
    )
    essentials = (rng.random(shape) >= np.clip(missing, 0, 0.9)).astype(float)
    refused = rng.random(shape) < 0.0008 * climate.slips + 0.07 * climate.process * effects["consent"]
    consent = np.where(refused, 0.0, np.where(rng.random(shape) < 0.95, 1.0, np.nan))
    return {
        "prepared": np.where(asked, np.round(ready * 8) / 8, np.nan),
        "essentials": np.where(asked, np.minimum(essentials, np.where(refused, 0.0, 1.0)), np.nan),
        "consent": np.where(asked, consent, np.nan),
    }


def _suds(people: People, work: Plan, answers: dict[str, Array], rng: np.random.Generator) -> dict[str, Array]:
    """In-session distress for demanding work: starts at the day's distress, peaks with the heat, comes down unless harm holds it up."""
    shape = people.shape
    start = np.clip(answers["before_distress"] - 0.5 + rng.normal(0, 1, shape), 0, 10)
    heat = 0.35 * work.intensity + 0.25 * (answers["after_overwhelm"] - 3) + rng.normal(0, 0.8, shape)
    peak = np.clip(start + np.maximum(heat, 0.3), 0, 10)
    down = np.clip(rng.normal(3.2, 1.1, shape) - 1.1 * people.effects["suds_end"] - 0.2 * (answers["after_overwhelm"] - 3), 0, None)
    asked = work.challenging | (rng.random(shape) < 0.25)
    rated = {"suds_start": start, "suds_peak": peak, "suds_end": np.clip(peak - down, 0, 10)}
    return {name: np.where(asked, np.round(value), np.nan) for name, value in rated.items()}


def _speech(people: People, rng: np.random.Generator) -> dict[str, Array]:
    """Three shares that a transcript would give: skewed, noisy, with a level of each pair's own."""
    out = {}
    for name, usual in (("speech_pressed_on", 0.08), ("speech_withdrawal", 0.15), ("speech_pushback", 0.06)):
        level = usual * np.exp(rng.normal(0, 0.5, (people.shape[0], 1))) * (1 + 0.9 * people.effects[name])
        level = np.clip(level, 0.005, 0.8)
        out[name] = np.round(rng.beta(25 * level, 25 * (1 - level), people.shape), 3)
    return out


def _ledger(people: People, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """The stock of open issues, session by session: what is opened, settled, and comes back. Endings close issues."""
    effects, shape = people.effects, people.shape
    usual, agreed = rng.gamma(3.0, 0.15, shape[0]), rng.random(shape[0]) < 0.35  # how often issues come up; is an ending agreed
    settling = rng.beta(4.0, 5.5, shape[0])
    left = people.length[:, None] - 1 - np.arange(SESSIONS)[None, :]
    out = {name: np.zeros(shape) for name in ("topics_opened", "topics_settled", "topics_open", "topics_resurfaced")}
    stock = np.zeros(shape[0])
    for k in range(SESSIONS):
        held = people.held[:, k]
        rate = usual * np.where(left[:, k] < 3, 0.3, 1.0) * np.where(people.massed[:, k], 1.8, 1.0) + (1.0 if k == 0 else 0.0)
        opened = np.where(held, rng.poisson(rate + 0.36 * climate.process * effects["topics_opened"][:, k]), 0)
        ease = np.clip(settling + np.where(left[:, k] < 4, 0.2, 0) - 0.16 * climate.process * effects["topics_settled"][:, k], 0.04, 0.9)
        settled = np.where(held, rng.binomial(stock.astype(np.int64), ease), 0)
        chance = np.clip(0.012 * climate.slips + 0.13 * climate.process * effects["topics_resurfaced"][:, k], 0, 0.8)
        back = np.where(held & (k > 2), rng.random(shape[0]) < chance, False)
        stock = stock + opened - settled + back
        for name, value in zip(out, (opened, settled, stock, back), strict=True):
            out[name][:, k] = value
    out["sessions_left"] = np.where(agreed, 1.0, np.nan)[:, None] * left
    return out
