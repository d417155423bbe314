"""Ten levels become one stance with its reason: the first of six rules that applies.

1 safety open                               hold, "Safety first"
2 a hard breach; act of distress, retraumatization, boundaries or ethics      ease ("Stop and talk" for a no not heard)
3 the client's brake; act of another risk; watches from two facts             hold
4 fewer than three risks can be judged      unknown
5 the client says too slow or wishes faster, and much else                    deepen
6 otherwise                                 go_on
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from andante.alerts import Levels
from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.runs import any_in_runs
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import ACT, DEEPEN, EASE, GO_ON, HOLD, QUIET, SAFETY_OPEN, STANCE_UNKNOWN, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

EASING_RISKS = ("distress", "retraumatization", "boundaries", "ethics")
QUIET_TO_DEEPEN = ("distress", "trust", "boundaries")
LEAST_JUDGED = 3  # risks (ours)
GETTING_TO_KNOW = 3  # sessions (ours)

# Why a stance was taken.
(
    SAFETY, BREACH, NO_NOT_HEARD, ACT_EASES, BRAKE, ACT_HOLDS, MISSING, TWO_FACTS,
    TOO_LITTLE, WISHES_MORE, AVOIDING, MENDED, ONE_WATCH, AS_IT_IS, EARLY,
) = range(15)  # fmt: skip


@dataclass(frozen=True)
class Stances:
    """The stance of each row `[T, C]`, why, and the risk that decided (-1: none); how many risks could be judged."""

    stance: Codes
    why: Codes
    risk: NDArray[np.int64]
    indicator: NDArray[np.int64]
    judged: NDArray[np.int64]


def combine(plan: Layout, levels: Levels, excess: Floats, safety: Codes, history: History, usual: Usual, events: Events) -> Stances:
    """The stance by the first rule that applies."""
    votes = np.array([i.votes for i in plan.indicators])[:, None, None]
    level, names = levels.level, [risk.name for risk in plan.risks]
    easing = np.array([name in EASING_RISKS for name in names])[:, None, None]
    acts, raised = level == ACT, level >= WATCH
    judged = np.asarray(np.sum(level != UNKNOWN, axis=0, dtype=np.int64))
    breach = _standing_breach(plan, levels)
    no_unheard = acts[names.index("boundaries")] & (breach | _no_said(plan, levels))
    ease = acts & easing
    facts = any_in_runs(levels.shown & votes, plan.fact_starts).sum(axis=0)
    slow = _too_slow(history)
    missing = acts[names.index("disengagement")] & (slow >= 2)
    rules = (
        (safety == SAFETY_OPEN, HOLD, SAFETY),
        (no_unheard, EASE, NO_NOT_HEARD),
        (breach, EASE, BREACH),
        (ease.any(axis=0), EASE, ACT_EASES),
        (brake(history), HOLD, BRAKE),
        (missing, HOLD, MISSING),
        ((acts & ~easing).any(axis=0), HOLD, ACT_HOLDS),
        (facts >= 2, HOLD, TWO_FACTS),
        (judged < LEAST_JUDGED, STANCE_UNKNOWN, TOO_LITTLE),
        (_may_deepen(names, level, safety, history, usual, events, slow), DEEPEN, WISHES_MORE),
        (_both_avoiding(history), GO_ON, AVOIDING),
        (raised.any(axis=0), GO_ON, ONE_WATCH),
        (_mended(names, levels), GO_ON, MENDED),
        (history.attended_before + history.attended <= GETTING_TO_KNOW, GO_ON, EARLY),
    )
    conditions = [np.asarray(c, np.bool_) for c, _, _ in rules]
    stance = np.select(conditions, [np.int8(s) for _, s, _ in rules], np.int8(GO_ON))
    why = np.select(conditions, [np.int8(w) for _, _, w in rules], np.int8(AS_IT_IS))
    risk, indicator = _decisive(plan, levels, excess, why, breach, ease, acts, raised, names)
    return Stances(stance.astype(np.int8), why.astype(np.int8), risk, indicator, judged)


def _breaches(plan: Layout) -> NDArray[np.intp]:
    return np.flatnonzero([i.kind == "breach" for i in plan.indicators])


def _standing_breach(plan: Layout, levels: Levels) -> Bools:
    return np.asarray(levels.shown[_breaches(plan)].any(axis=0))


def _no_said(plan: Layout, levels: Levels) -> Bools:
    """The client's own words that a no was not possible, or not heard."""
    places = [plan.place["boundaries", name] for name in ("no_choice", "stop_overridden", "limit_touched")]
    return np.asarray(levels.shown[places].any(axis=0))


def brake(history: History) -> Bools:
    """The client's brake: on from a press until the two have talked and, then or later, the client says it is settled.

    Settled: settled midway (2), nothing open from last time (0), or settled within two days; at a row after the press.
    """
    pressed = history["client_slow"] >= 1
    settled = (history["mid_settled"] == 2) | (history["before_open"] == 0) | (history["between_settle"] <= 2)
    talked = history.true("responded")
    on, spoken = np.zeros(history.shape[1], np.bool_), np.zeros(history.shape[1], np.bool_)
    out = np.zeros(history.shape, np.bool_)
    for step in range(history.shape[0]):
        spoken = on & (spoken | talked[step])
        on = pressed[step] | (on & ~(spoken & settled[step]))
        spoken &= ~pressed[step]
        out[step] = on
    return out


def _too_slow(history: History) -> Floats:
    """How many of the last three answers on pace said too slow; the last answer stands in rows without one."""
    pace = history["after_pace"]
    return np.nan_to_num(steps.last_known(steps.true_in_last(np.where(np.isnan(pace), np.nan, pace <= -1), 3)))


def _may_deepen(names: list[str], level: Codes, safety: Codes, history: History, usual: Usual, events: Events, slow: Floats) -> Bools:
    wishes = (slow >= 2) | (steps.last_known(history["client_wish"]) == 1)
    quiet = np.all([level[names.index(name)] == QUIET for name in QUIET_TO_DEEPEN], axis=0) & (level < WATCH).all(axis=0)
    informative = ~usual.anything_uninformative()
    ending = steps.last_known(history["sessions_left"]) < 4
    flagged = history.true("safety_flag")
    return np.asarray(
        wishes & quiet & informative & (history.session >= 4) & ~ending & ~events.after_break & ~flagged & (safety != SAFETY_OPEN)
    )


def _both_avoiding(history: History) -> Bools:
    """Readiness of 7 or more with intensity of 3 or less, four times running."""
    ready, intensity = history["before_ready"], history["intensity"]
    both = np.where(np.isnan(ready) | np.isnan(intensity), np.nan, (ready >= 7) & (intensity <= 3))
    return np.asarray(steps.true_in_last(both, 4) == 4)


def _mended(names: list[str], levels: Levels) -> Bools:
    """Trust was raised in the row before and is quiet now."""
    trust = levels.level[names.index("trust")]
    return np.asarray((steps.earlier(trust, UNKNOWN) >= WATCH) & (trust == QUIET))


def _decisive(
    plan: Layout, levels: Levels, excess: Floats, why: Codes, breach: Bools, ease: Bools, acts: Bools, raised: Bools, names: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The risk that the reason is about, and its strongest standing indicator; -1 where the reason names none."""
    risks = np.full(why.shape, -1)
    for reason, candidates in (
        (ACT_EASES, ease),
        (ACT_HOLDS, acts),
        (TWO_FACTS, raised),
        (ONE_WATCH, raised),
    ):
        risks = np.where(why == reason, np.argmax(candidates, axis=0), risks)
    risks = np.where(why == NO_NOT_HEARD, names.index("boundaries"), risks)
    risks = np.where(why == MISSING, names.index("disengagement"), risks)
    if (why == BREACH).any():
        first = _breaches(plan)[np.argmax(levels.shown[_breaches(plan)], axis=0)]
        risks = np.where(why == BREACH, plan.risk_of[first], risks)
    indicators = np.full(why.size, -1)
    about, ends = risks.reshape(-1), np.append(plan.risk_starts, len(plan.indicators))
    for risk in range(len(plan.risks)):
        cells = np.flatnonzero(about == risk)
        if len(cells):
            rows = range(ends[risk], ends[risk + 1])
            counts = levels.shown[rows.start : rows.stop].reshape(len(rows), -1).take(cells, axis=1)
            counts[[not plan.indicators[row].votes for row in rows]] = False
            best = np.argmax(latest(excess, levels.spoke_at, rows, counts, cells), axis=0)
            indicators[cells] = np.where(counts.any(axis=0), best + rows.start, -1)
    return risks, indicators.reshape(why.shape)


def latest(excess: Floats, spoke_at: NDArray[np.int16], rows: range, wanted: Bools, cells: NDArray[np.intp]) -> Floats:
    """How strongly each of some indicators (`rows`) spoke last, in some cells of the grid: -inf where not `wanted`."""
    out, width = np.full(wanted.shape, -np.inf), excess.shape[2]
    for found, row, here in zip(out, rows, wanted, strict=True):
        places = np.flatnonzero(here)
        if len(places):
            chosen = cells[places]
            at = np.maximum(spoke_at[row].reshape(-1).take(chosen), 0).astype(np.intp)
            found[places] = excess[row].reshape(-1).take(at * width + chosen % width)
    return out
