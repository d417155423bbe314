"""Strengths become levels, under one budget over all ten risks; levels stand until an answer clears them.

    watch   one indicator crosses
    act     two independent facts agree, or one persists over two rows that can be judged, or an absolute line is
            crossed twice in three answers, or a hard breach of process
A fact votes once, in the first risk that it belongs to. After prepared, agreed work the heat of that session is at most
a watch ("settling"); only later answers raise it. What the client puts down to life is at most a watch. Absolute lines
and hard breaches know neither rule. Nothing falls for want of data: an indicator keeps its state until it is judged
again, an act first eases to a watch and then clears, and `quiet` needs a current, informative answer to the risk's own
questions.

`BUDGET` holds the only tuned numbers: how strong an indicator of each kind must be to count. They are calibrated on the
simulator (manual, "The budget"), never below the point at which an indicator begins to speak, and cannot move the
absolute lines, the client's brake, hard breaches or safety.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.risk import Indicator, Risk, Signals
from andante.usual import Usual
from andante.words import ACT, QUIET, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

SILENT_SESSIONS = 3  # attended sessions without an answer to a risk's own questions after which it is unknown (contract)
UNANSWERED = "unanswered"  # the indicator that this file adds to ethics


@dataclass(frozen=True)
class Budget:
    """From which strength an indicator counts: alone for a watch, beside another fact, or in two rows running."""

    watch: float
    agree: float
    persist: float


ANY = Budget(0.05, 0.05, 0.05)  # rules, lines and breaches count as they stand
BUDGET = {
    "surprise": Budget(0.35, 0.15, 0.12),
    "drift": Budget(0.35, 0.15, 0.20),
    "graded": Budget(0.35, 0.20, 0.20),
    "rule": ANY,
    "line": ANY,
    "breach": ANY,
}


class Layout:
    """The indicators of all risks in one stack: by risk, within it by fact, so that facts and risks are runs of rows."""

    def __init__(self, risks: tuple[Risk, ...]) -> None:
        self.risks = risks
        self.indicators: list[Indicator] = []
        facts: list[tuple[int, str]] = []
        for place, risk in enumerate(risks):
            order = list(dict.fromkeys(i.fact for i in risk.indicators))
            for indicator in sorted(risk.indicators, key=lambda i: order.index(i.fact)):
                self.indicators.append(indicator)
                facts.append((place, indicator.fact))
        changes = [n for n in range(len(facts)) if n == 0 or facts[n] != facts[n - 1]]
        self.fact_starts = np.array(changes)
        self.risk_of = np.array([place for place, _ in facts])
        self.risk_starts = np.searchsorted(self.risk_of, np.arange(len(risks)))
        self.risk_fact_starts = np.searchsorted(self.risk_of[self.fact_starts], np.arange(len(risks)))
        self.place = {(risks[r].name, i.name): n for n, (r, i) in enumerate(zip(self.risk_of, self.indicators, strict=True))}
        self.votes = self._flag(lambda i: i.votes)
        self.heat = self._flag(lambda i: i.heat and i.kind != "line")
        self.settling = self._flag(lambda i: i.settling and i.kind != "line")
        self.of_life = self._flag(lambda i: (i.source in ("self", "measure") or i.heat) and i.kind != "line")
        self.lines = np.flatnonzero([i.kind == "line" for i in self.indicators])
        self.breaches = np.flatnonzero([i.kind == "breach" for i in self.indicators])
        budget = [BUDGET[i.kind] for i in self.indicators]
        self.watch, self.agree, self.persist = (np.array([getattr(b, n) for b in budget])[:, None, None] for n in ("watch", "agree", "persist"))

    def _flag(self, test) -> Bools:  # type: ignore[no-untyped-def]
        return np.array([test(i) for i in self.indicators], dtype=np.bool_)[:, None]


@lru_cache(maxsize=4)
def layout(risks: tuple[Risk, ...]) -> Layout:
    return Layout(risks)


@dataclass(frozen=True)
class Levels:
    """What `decide` finds. R risks, I indicators in the order of `layout`, arrays `[R or I, T, C]`.

    `level` codes of `words`; `since` session numbers; `score` 0-1, NaN where unknown; `shown` indicators that stand as
    evidence; `strength` their latest strength; `on_since` the session from which each has crossed; `judged_at` the step
    of its latest judgment; `eased` risks whose act has been answered once.
    """

    level: NDArray[np.int8]
    since: Floats
    score: Floats
    shown: Bools
    strength: Floats
    on_since: Floats
    judged_at: Ints
    eased: Bools


def decide(risks: tuple[Risk, ...], signals: list[Signals], history: History, usual: Usual, events: Events) -> Levels:
    """Levels of all risks at every row, from the signals of each risk (in the order of `risks`)."""
    plan = layout(risks)
    excess = np.stack([signals[r][i.name].excess for r, i in zip(plan.risk_of, plan.indicators, strict=True)])
    talked = history.true("responded")
    for place in plan.breaches:  # a breach that was talked about, with nothing new, is answered
        excess[place] = np.where(np.isnan(excess[place]) & talked, -0.5, excess[place])
    state = _States(plan, history, events, excess)
    current = current_answers(risks, history, usual)
    for step in range(history.shape[0]):
        state.move(step, current[:, step])
    score = np.where(state.level == UNKNOWN, np.nan, _scores(plan, excess))
    judged_at = np.stack([steps.position_of_last(~np.isnan(e)) for e in excess])
    return Levels(state.level, state.since, score, state.shown, state.strength, state.on_since, judged_at, state.eased)


class _States:
    """The states that stand from row to row, moved one step for all clients at once."""

    def __init__(self, plan: Layout, history: History, events: Events, excess: Floats) -> None:
        self.plan, self.history, self.excess = plan, history, excess
        indicators, (rows, clients), risks = len(plan.indicators), history.shape, len(plan.risks)
        self.over = excess >= plan.watch
        self.over_agree, self.over_persist = excess >= plan.agree, excess >= plan.persist
        self.judged = ~np.isnan(excess)
        self.agreed = events.agreed
        self.settled_well = events.after_agreed_work & (history["between_settle"] <= 2)
        self.session, self.attended = history.session, history.attended
        self.life_told, self.responded = history["between_from"], history["responded"]
        self.responded_known = ~np.isnan(steps.last_known(self.responded)) if history.has("responded") else np.zeros((rows, clients), np.bool_)
        self.unanswered = plan.place.get(("ethics", UNANSWERED))
        # what stands
        self.crossing, self.agreeing = np.zeros((indicators, clients), np.bool_), np.zeros((indicators, clients), np.bool_)
        self.run = np.zeros((len(plan.fact_starts), clients), np.int16)
        self.line = np.zeros((3, len(plan.lines), clients), np.bool_)
        self.life, self.was_settling = np.zeros(clients, np.bool_), np.zeros(clients, np.bool_)
        self.waiting = np.zeros(clients)
        self.started = np.full((indicators, clients), np.nan)
        self.latest = np.full((indicators, clients), np.nan)
        # what is kept
        self.level = np.zeros((risks, rows, clients), np.int8)
        self.since = np.full((risks, rows, clients), np.nan)
        self.eased = np.zeros((risks, rows, clients), np.bool_)
        self.shown = np.zeros((indicators, rows, clients), np.bool_)
        self.strength = np.zeros((indicators, rows, clients))
        self.on_since = np.full((indicators, rows, clients), np.nan)

    def move(self, step: int, current: Bools) -> None:
        """One row further. `current` `[R, C]`: whether each risk has a current answer to its own questions."""
        plan = self.plan
        self._count_unanswered(step)
        judged, over = self.judged[:, step], self.over[:, step]
        capped = self._capped(step)
        before = self.crossing
        self.crossing = np.where(judged, over, before)
        self.agreeing = np.where(judged, self.over_agree[:, step] & ~capped, self.agreeing)
        self.latest = np.where(judged, self.excess[:, step], self.latest)
        self.started = np.where(self.crossing, np.where(before, self.started, self.session[step]), np.nan)
        act = self._agree() | self._persist(step, judged, capped) | self._lines(step, judged)
        for place in plan.breaches:
            act[plan.risk_of[place]] |= self.crossing[place]
        act[0] |= self._heat_that_did_not_settle(step, judged, capped)
        watch = np.logical_or.reduceat(self.crossing & plan.votes, plan.risk_starts, axis=0)
        self._stand(step, act, watch, np.logical_or.reduceat(judged & plan.votes, plan.risk_starts, axis=0), current)

    def _capped(self, step: int) -> Bools:
        """Indicators that can be no more than a watch in this row: put down to life, settling, or settled well."""
        told = self.life_told[step]
        goes_on = self.life & (self.crossing & self.plan.of_life).any(axis=0)
        self.life = np.where(np.isnan(told), goes_on, told == 0)
        capped: Bools = self.life & self.plan.of_life
        capped |= self.agreed[step] & self.plan.heat
        capped |= self.settled_well[step] & self.plan.settling
        return capped

    def _agree(self) -> Bools:
        """Two facts of one risk, each beyond its strength."""
        facts = np.logical_or.reduceat(self.agreeing & self.plan.votes, self.plan.fact_starts, axis=0)
        return np.asarray(np.add.reduceat(facts.astype(np.int8), self.plan.risk_fact_starts, axis=0) >= 2)

    def _persist(self, step: int, judged: Bools, capped: Bools) -> Bools:
        """One fact in two successive rows in which it could be judged."""
        plan = self.plan
        could = np.logical_or.reduceat(judged & plan.votes, plan.fact_starts, axis=0)
        does = np.logical_or.reduceat(self.over_persist[:, step] & ~capped & plan.votes, plan.fact_starts, axis=0)
        self.run = np.where(could, np.where(does, self.run + 1, 0), self.run)
        return np.logical_or.reduceat(self.run >= 2, plan.risk_fact_starts, axis=0)

    def _lines(self, step: int, judged: Bools) -> Bools:
        """An absolute line crossed now and at one of the two answers before."""
        lines, answered = self.plan.lines, judged[self.plan.lines]
        now, last, third = self.line
        self.line = np.where(answered, np.stack((self.over[lines, step], now, last)), self.line)
        twice = self.line[0] & (self.line[1] | self.line[2])
        act = np.zeros((len(self.plan.risks), judged.shape[1]), np.bool_)
        for place, crossed in zip(lines, twice, strict=True):
            act[self.plan.risk_of[place]] |= crossed
        return act

    def _heat_that_did_not_settle(self, step: int, judged: Bools, capped: Bools) -> Bools:
        """Heat of agreed work was only settling; a later answer says that it did not settle."""
        later = (self.over_agree[:, step] & ~capped & self.plan.settling).any(axis=0)
        raised = self.was_settling & later
        heat = self.plan.heat
        answered = (judged & heat).any(axis=0)
        self.was_settling = np.where(answered, (self.crossing & heat).any(axis=0) & self.agreed[step], self.was_settling)
        return raised

    def _count_unanswered(self, step: int) -> None:
        """An act of another risk, and sessions since in which it was not talked about: the signal `unanswered`."""
        if self.unanswered is None or step == 0:
            return
        ethics = self.plan.risk_of[self.unanswered]
        standing = (np.delete(self.level[:, step - 1], ethics, axis=0) == ACT).any(axis=0)
        told = self.responded_known[step] & self.attended[step]
        more = np.where(told, self.waiting + 1, self.waiting)
        self.waiting = np.where(standing & ~(self.responded[step] == 1), more, 0.0)
        value = np.where(told, np.where(self.waiting >= 2, 0.4, -0.5), np.nan)
        self.excess[self.unanswered, step] = value
        self.judged[self.unanswered, step] = told
        for over in (self.over, self.over_agree, self.over_persist):
            over[self.unanswered, step] = value > 0

    def _stand(self, step: int, act: Bools, watch: Bools, judged: Bools, current: Bools) -> None:
        """The level of each risk now, since when, and the evidence that stands for it."""
        before = self.level[:, step - 1] if step else np.zeros_like(self.level[:, 0])
        raised = np.where(act, ACT, np.where(watch, WATCH, UNKNOWN))
        was_eased = self.eased[:, step - 1] if step else np.zeros_like(act)
        eased = (raised == UNKNOWN) & ((before == ACT) | (was_eased & ~judged))
        level = np.where(raised > 0, raised, np.where(eased, WATCH, np.where(current, QUIET, UNKNOWN)))
        changed = (level != before) if step else np.ones_like(act)
        since = np.where(changed, self.session[step], self.since[:, step - 1] if step else np.nan)
        stands = eased[self.plan.risk_of]
        last = self.shown[:, step - 1] if step else np.zeros_like(self.crossing)
        self.level[:, step], self.eased[:, step], self.since[:, step] = level, eased, since
        self.shown[:, step] = np.where(stands, last, self.crossing & (level[self.plan.risk_of] >= WATCH))
        self.strength[:, step] = self.latest
        self.on_since[:, step] = self.started


def current_answers(risks: tuple[Risk, ...], history: History, usual: Usual) -> Bools:
    """Whether each risk has an informative answer to its own questions in the last three attended sessions: `[R, T, C]`."""
    attended = np.cumsum(history.attended, axis=0)
    out = np.zeros((len(risks), *history.shape), dtype=np.bool_)
    for place, risk in enumerate(risks):
        answered = np.zeros(history.shape, dtype=np.bool_)
        for question in risk.questions:
            if question.startswith("measure:"):
                for measure in history.measures(question.removeprefix("measure:")):
                    answered |= ~np.isnan(history[measure.name])
            elif history.has(question):
                answered |= ~np.isnan(history[question]) & ~usual.uninformative(question)
        last = steps.take(attended.astype(np.float64), steps.position_of_last(answered))
        out[place] = attended - last < SILENT_SESSIONS
    return out


# The score: how much the facts of a risk, taken together and with those of the rows just before, speak for it. Each
# fact contributes the log odds of "shifted by SHIFT SDs with probability SHARE" against "as usual" (a likelihood
# ratio, so facts that a harm does not touch count little against it); earlier rows count with MEMORY. Ours.
SHIFT, SHARE, MEMORY, HALFWAY = 2.0, 0.3, 0.7, 2.5


def _scores(plan: Layout, excess: Floats) -> Floats:
    """Seriousness 0-1 of each risk `[R, T, C]`; facts shown as context count here too."""
    deviation = 1.645 + 3.355 * np.minimum(np.fmax.reduceat(excess, plan.fact_starts, axis=0), 1.5)
    odds = np.log1p(SHARE * np.expm1(SHIFT * deviation - SHIFT**2 / 2))
    gained = np.add.reduceat(np.where(np.isnan(odds), 0.0, odds), plan.risk_fact_starts, axis=0)
    total = np.zeros_like(gained[:, 0])
    out = np.empty_like(gained)
    for step in range(gained.shape[1]):
        total = np.maximum(MEMORY * total + gained[:, step], 0.0)
        out[:, step] = total / (total + HALFWAY)
    return out
