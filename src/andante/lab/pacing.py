"""Paces tried in worlds: what happens to clients when a policy chooses the intensity of every session.

    figures = try_paces({"ceiling": follow_ceiling(read), "step rule": careful_step_rule})
    print(markdown(figures))

The closed loop of the laboratory. Each session begins with the client's answers before it (a pending row); the policy
chooses an intensity from everything said so far; the world answers, and some clients leave, oftener after a session that
was too much. Judged are the share of sessions that overwhelmed (said overwhelm above the client's line of 7), the
share of clients who left before the end, and the productive work (sum of intensity over sessions that did not overwhelm).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from andante.lab.figures import RESAMPLES, Share
from andante.lab.streams import Array, Flags, Whole
from andante.lab.worlds import MIDDLE, WORLDS, World
from andante.records import DEFAULT_OVERWHELM_LINE

SESSIONS = 20
FIRST_DAY = np.datetime64("2024-01-08")

# Chance of leaving after a session (ours): always, more after an overwhelming one, a little more where nothing is asked.
# About 20 % of clients leave in all (Swift & Greenberg 2012).
LEAVES, LEAVES_OVERWHELMED, LEAVES_IDLE = 0.004, 0.075, 0.004


@dataclass
class Diary:
    """What was said and done so far. Arrays (clients, sessions), NaN where a client had left or a session is still to come.

    The answers before session `now` are there; those after it, and its intensity, are not.
    """

    distress: Array
    coping: Array
    ready: Array
    intensity: Array
    overwhelm: Array  # as said
    felt: Array  # as it was: for judging only, never for a policy
    staying: Flags
    now: int = 0

    @classmethod
    def empty(cls, clients: int, sessions: int) -> Diary:
        distress, coping, ready, intensity, overwhelm, felt = (np.full((clients, sessions), np.nan) for _ in range(6))
        return cls(distress, coping, ready, intensity, overwhelm, felt, staying=np.ones(clients, dtype=bool))

    def table(self) -> pa.Table:
        """The session table so far of the clients who are still there; the last row of each is pending."""
        who = np.flatnonzero(self.staying)
        upto = slice(0, self.now + 1)
        client, session = np.meshgrid(who, np.arange(self.now + 1), indexing="ij")
        columns = {
            "before_distress": self.distress,
            "before_coping": self.coping,
            "before_ready": self.ready,
            "after_overwhelm": self.overwhelm,
            "planned_intensity": self.intensity,
            "intensity": self.intensity,
        }
        held = np.broadcast_to(np.arange(self.now + 1) < self.now, session.shape).ravel()
        return pa.table(
            {
                "client_id": pa.array([f"c{number:06d}" for number in client.ravel()]),
                "session": pa.array(session.ravel() + 1, pa.int64()),
                "date": pa.array(FIRST_DAY + (7 * session.ravel()).astype("timedelta64[D]")),
                "attendance": pa.array(np.full(held.shape, "attended", dtype=object), pa.string(), mask=~held),
                **{name: pa.array(values[who, upto].ravel(), from_pandas=True) for name, values in columns.items()},
            }
        )


Policy = Callable[[Diary], Array]  # intensity of the session to come for every client, 0-10; those who left are ignored


def careful_step_rule(diary: Diary) -> Array:
    """What a careful clinician does without a model (ours): begins at 4 (3 on a bad day), one up after a session that
    was borne well (overwhelm 5 or less), two down after one that was too much, one down today on a bad day (distress >= 7)."""
    bad_day = diary.distress[:, diary.now] >= 7
    if diary.now == 0:
        return np.where(bad_day, 3.0, 4.0)
    plan = _without_bad_days(diary)
    return np.clip(plan - bad_day, 0, 10)


def _without_bad_days(diary: Diary) -> Array:
    """The step that the last sessions lead to: bad days lighten one session, not the plan."""
    plan = np.full(len(diary.intensity), 4.0)
    for k in range(diary.now):
        said = diary.overwhelm[:, k]
        step = np.where(said > DEFAULT_OVERWHELM_LINE, -2, np.where(said <= 5, 1, 0))
        plan = np.clip(plan + np.where(np.isnan(said), 0, step), 1, 10)
    return plan


def follow_ceiling(read: Callable[[pa.Table], pa.Table], *, whole: bool = False, ahead: bool = False) -> Policy:
    """The intensity that the reading's `pace_ceiling` allows; where it is empty the last one again, at first 4.

    `read` takes a session table whose last row of each client is pending, and gives the reading table. `whole`: rounded down
    to whole steps. `ahead`: as it was said after the session before, whatever was answered since.
    """

    def policy(diary: Diary) -> Array:
        before = diary.intensity[:, diary.now - 1] if diary.now else np.full(len(diary.intensity), 4.0)
        table = diary.table()
        table = table.filter(pc.is_valid(table["attendance"])) if ahead else table
        if not len(table):
            return before
        readings = read(table)
        last = readings["session"].to_numpy() == diary.now + (not ahead)
        number = np.array([int(str(name)[1:]) for name in readings["client_id"].to_pylist()])
        ceiling = np.full(len(before), np.nan)
        ceiling[number[last]] = readings["pace_ceiling"].to_numpy()[last]
        return np.where(np.isnan(ceiling), before, np.floor(ceiling + 1e-9) if whole else ceiling)

    return policy


def run(world: World, policy: Policy, *, clients: int = 300, sessions: int = SESSIONS, seed: int = 0) -> Diary:
    """One cohort through one world under one policy. The same seed meets every policy with the same clients and the same luck.

    Intensities are rounded to halves and clipped to 0-10.
    """
    rng = np.random.default_rng([seed, zlib.crc32(world.name.encode())])
    body = world.begin(clients, sessions, rng)
    luck = rng.random((clients, sessions))
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence([seed, zlib.crc32(world.name.encode()), 1]).spawn(sessions)]
    diary = Diary.empty(clients, sessions)
    for k in range(sessions):
        diary.now = body.now = k
        here = diary.staying
        if not here.any():
            break
        rng_of_the_day = streams[k]
        _ask_before(diary, body.today(), rng_of_the_day)
        intensity = np.clip(np.round(2 * policy(diary)) / 2, 0, 10)
        felt = world.feel(body, np.nan_to_num(intensity, nan=MIDDLE), rng_of_the_day)
        said = np.clip(np.round(world.tell(body, felt)), 0, 10)
        for name, value in (("intensity", intensity), ("overwhelm", said), ("felt", felt)):
            getattr(diary, name)[:, k] = np.where(here, value, np.nan)
        too_much = felt > DEFAULT_OVERWHELM_LINE + 0.5
        body.sore = np.where(too_much, 0.5 * body.sore + 1.0, 0.5 * body.sore)
        chance = LEAVES + LEAVES_OVERWHELMED * too_much + LEAVES_IDLE * (intensity < 2)
        diary.staying = here & (luck[:, k] >= chance)
    return diary


def _ask_before(diary: Diary, today: Array, rng: np.random.Generator) -> None:
    """The answers before the session: distress, and coping and readiness that mirror it with noise. Whole, 0-10."""
    n = len(today)
    asked = {
        "distress": today,
        "coping": 10 - 0.8 * today + rng.normal(0, 1, n),
        "ready": 8.5 - 0.35 * today + rng.normal(0, 1, n),
    }
    for name, value in asked.items():
        getattr(diary, name)[:, diary.now] = np.where(diary.staying, np.clip(np.round(value), 0, 10), np.nan)


@dataclass(frozen=True)
class PaceFigures:
    """How one policy did in one world. `overwhelmed`: share of sessions, as said; `felt`: as it was; `work`: mean for each client."""

    world: str
    policy: str
    overwhelmed: Share
    felt: Share
    left: Share
    work: Share


def judge_pace(world: World, name: str, diary: Diary, *, seed: int = 0) -> PaceFigures:
    """Shares with 95 % intervals from resampling clients."""
    held = ~np.isnan(diary.overwhelm)
    said = held & (diary.overwhelm > DEFAULT_OVERWHELM_LINE)
    felt = held & (diary.felt > DEFAULT_OVERWHELM_LINE + 0.5)
    work = np.where(held & ~said, diary.intensity, 0.0).sum(axis=1)
    rng = np.random.default_rng(seed)
    one, sessions = np.ones(len(work)), held.sum(axis=1)
    return PaceFigures(
        world.name,
        name,
        _ratio(said.sum(axis=1), sessions, rng),
        _ratio(felt.sum(axis=1), sessions, rng),
        _ratio(~diary.staying, one, rng),
        _ratio(work, one, rng),
    )


def _ratio(part: Array | Whole | Flags, whole: Array | Whole, rng: np.random.Generator) -> Share:
    weights = rng.multinomial(len(whole), np.full(len(whole), 1 / len(whole)), size=RESAMPLES)
    again = (weights @ part) / np.maximum(weights @ whole, 1e-9)
    low, high = np.percentile(again, [2.5, 97.5])
    return Share(float(part.sum()) / float(whole.sum()), float(low), float(high))


def try_paces(
    policies: Mapping[str, Policy], *, worlds: tuple[World, ...] = WORLDS, clients: int = 300, seed: int = 0
) -> list[PaceFigures]:
    """Every policy in every world, with the same clients and the same luck."""
    return [
        judge_pace(world, name, run(world, policy, clients=clients, seed=seed), seed=seed)
        for world in worlds
        for name, policy in policies.items()
    ]


def markdown(figures: list[PaceFigures]) -> str:
    """The figures as a table, one row for each world and policy."""
    lines = ["| world | policy | overwhelmed | felt so | left | work for each client |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {f.world} | {f.policy} | {f.overwhelmed} | {f.felt} | {f.left} | {f.work.value:.1f} ({f.work.low:.1f}-{f.work.high:.1f}) |"
        for f in figures
    ]
    return "\n".join(lines)
