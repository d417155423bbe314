"""Strengths become levels, under one budget over all ten risks; levels stand until an answer clears them.

    watch   one indicator crosses
    act     two independent facts agree, or one persists over two rows that can be judged, or an absolute line is
            crossed twice in three answers, or a hard breach of process
An indicator crosses where it speaks (is past its own threshold) and the evidence of its risk, taken together, passes
the gate of the budget, or where it stands by itself. Two facts agree, and one persists, where each speaks and the
evidence passes the higher gate; what stands by itself persists without asking the gate, and so does a fixed cut-off
that is passed again and again: what is always bad must not become "as usual". A fact votes once, in the first risk
that it belongs to.

After prepared, agreed work the heat of that session is at most a watch ("settling"); only later answers raise it. What
the client puts down to life is at most a watch. Absolute lines and hard breaches know neither rule, nor any gate.
Nothing falls for want of data: evidence stands until its fact is answered again, an act first eases to a watch and
then clears, and `quiet` needs a current, informative answer to the risk's own questions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from andante import weighing
from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.risk import NOT_AT_ALL, PLAIN, Risk
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import ACT, QUIET, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

# The gates of the budget, in log-odds of a risk's evidence taken together (weighing.py): calibrated so that simulated
# clients who come to no harm show any watch in at most 15 % and any act in at most 4 % of sessions (manual, "The
# budget"). They cannot move the absolute lines, the client's brake, hard breaches or safety.
WATCH_GATE, ACT_GATE = -1.9, -0.85

# From which strength an indicator makes a watch by itself, whatever else there is: absolute lines and breaches as they
# stand, a rule in its stronger form, a deviation of more than four SDs (ours).
STANDS = {"line": PLAIN, "breach": PLAIN, "rule": 0.5, "surprise": 0.8, "drift": 0.9, "graded": 0.9}

# From which strength an indicator makes an act in two successive rows, whatever else there is: about 2.7 SDs twice (ours).
TWICE = {"line": PLAIN, "breach": PLAIN, "rule": 0.5, "surprise": 0.3, "drift": 0.6, "graded": 0.5}

# Of a fact that has an absolute line, a fixed cut-off short of it passed in so many successive answers is a watch, and an
# act, whatever is usual (ours). CHRONIC is the least strength that counts here.
CHRONIC, CHRONIC_WATCH, CHRONIC_ACT = 0.3, 3, 4

SILENT_SESSIONS = 3  # attended sessions without an answer to a risk's own questions after which it is unknown (contract)
WAITED = 2  # sessions in which an act was not talked about (risks.md)
UNANSWERED = "unanswered"  # the indicator of ethics that this file gives


@dataclass(frozen=True)
class Levels:
    """What `decide` finds. R risks, I indicators in the order of `layout`, arrays `[R or I, T, C]`.

    `level` codes of `words`; `since` session numbers; `score` 0-1, NaN where unknown; `shown` indicators that stand as
    evidence; `strength` their latest strength; `on_since` the session from which each has spoken; `spoke_at` the step
    at which it spoke last; `eased` risks whose act has been answered once.
    """

    level: NDArray[np.int8]
    since: Floats
    score: Floats
    shown: Bools
    strength: Floats
    on_since: Floats
    spoke_at: Ints
    eased: Bools


def decide(risks: tuple[Risk, ...], excess: Floats, history: History, usual: Usual, events: Events) -> Levels:
    """Levels of all risks at every row, from how far each indicator exceeds its threshold (`[I, T, C]`, by `layout`)."""
    plan = weighing.layout(risks)
    odds = weighing.log_odds(plan, excess, usual)
    state = _States(plan, history, events, excess, odds)
    current = current_answers(risks, history, usual)
    for step in range(history.shape[0]):
        state.move(step, current[:, step])
    spoke_at = np.stack([steps.position_of_last(speaks) for speaks in state.speaks])
    score = np.where(state.level == UNKNOWN, np.nan, _score(odds, state.level))
    return Levels(state.level, state.since, score, state.shown, state.strength, state.on_since, spoke_at, state.eased)


def _score(odds: Floats, level: NDArray[np.int8]) -> Floats:
    """Seriousness 0-1: the evidence taken together, and never below what the level already says."""
    least = np.array([0.0, 0.0, 0.15, 0.35])[level]
    return np.asarray(least + (1 - least) / (1 + np.exp(-odds - 1.0)))


class _States:
    """The states that stand from row to row, moved one step for all clients at once."""

    def __init__(self, plan: Layout, history: History, events: Events, excess: Floats, odds: Floats) -> None:
        self.plan, self.history, self.excess = plan, history, excess
        self._prepare(history, events, odds)
        indicators, (rows, clients), risks, facts = len(plan.indicators), history.shape, len(plan.risks), len(plan.facts)
        # what stands
        self.speaking, self.free, self.stands = (np.zeros((indicators, clients), np.bool_) for _ in range(3))
        self.run, self.run_alone, self.chronic = (np.zeros((facts, clients), np.int16) for _ in range(3))
        self.gate_watch, self.gate_act = np.zeros((risks, clients), np.bool_), np.zeros((risks, clients), np.bool_)
        self.line = np.zeros((3, len(self.lines), clients), np.bool_)
        self.life, self.was_settling = np.zeros(clients, np.bool_), np.zeros(clients, np.bool_)
        self.waiting = np.zeros(clients)
        self.started, self.latest = np.full((indicators, clients), np.nan), np.full((indicators, clients), np.nan)
        # what is kept
        self.level = np.zeros((risks, rows, clients), np.int8)
        self.since = np.full((risks, rows, clients), np.nan)
        self.eased = np.zeros((risks, rows, clients), np.bool_)
        self.shown = np.zeros((indicators, rows, clients), np.bool_)
        self.strength, self.on_since = np.zeros((indicators, rows, clients)), np.full((indicators, rows, clients), np.nan)

    def _prepare(self, history: History, events: Events, odds: Floats) -> None:
        plan, kinds = self.plan, [i.kind for i in self.plan.indicators]
        self.votes = plan.mask([i.votes for i in plan.indicators])
        self.heat = plan.mask([i.heat and i.kind != "line" for i in plan.indicators])
        self.settling = plan.mask([i.settling and i.kind != "line" for i in plan.indicators])
        self.of_life = plan.mask([(i.source in ("self", "measure") or i.heat) and i.kind != "line" for i in plan.indicators])
        self.lines = np.flatnonzero([kind == "line" for kind in kinds])
        self.breaches = np.flatnonzero([kind == "breach" for kind in kinds])
        self.distress = [risk.name for risk in plan.risks].index("distress")
        talked = history.true("responded")
        for place in self.breaches:  # a breach that was talked about, with nothing new, is answered
            self.excess[place] = np.where(np.isnan(self.excess[place]) & talked, NOT_AT_ALL, self.excess[place])
        self.judged, self.speaks = ~np.isnan(self.excess), self.excess >= 0
        self.alone = self.excess >= np.array([STANDS[kind] for kind in kinds])[:, None, None]
        self.enough_twice = self.excess >= np.array([TWICE[kind] for kind in kinds])[:, None, None]
        with_line = {plan.indicators[n].fact for n in self.lines}
        fixed = np.array([i.fact in with_line and i.kind in ("rule", "graded", "line") for i in plan.indicators])[:, None, None]
        self.fixed = fixed & (self.excess >= CHRONIC)
        self.over_watch, self.over_act = odds >= WATCH_GATE, odds >= ACT_GATE
        self.agreed = events.agreed
        self.settled_well = events.after_agreed_work & (history["between_settle"] <= 2)
        self.session, self.attended = history.session, history.attended
        self.life_told, self.responded = history["between_from"], history["responded"]
        self.responded_known = ~np.isnan(steps.last_known(self.responded))
        self.unanswered = plan.place["ethics", UNANSWERED]

    def move(self, step: int, current: Bools) -> None:
        """One row further. `current` `[R, C]`: whether each risk has a current answer to its own questions."""
        plan = self.plan
        self._count_unanswered(step)
        capped = self._capped(step)
        facts = np.logical_or.reduceat(self.judged[:, step], plan.fact_starts, axis=0)
        judged = facts[plan.fact_of]  # a fact is answered by whichever of its indicators: older evidence gives way
        before = self.speaking
        self.speaking = np.where(judged, self.speaks[:, step], before)
        self.free = np.where(judged, self.speaks[:, step] & ~capped, self.free)
        self.stands = np.where(judged, self.alone[:, step], self.stands)
        self.latest = np.where(judged, self.excess[:, step], self.latest)
        self.started = np.where(self.speaking, np.where(before, self.started, self.session[step]), np.nan)
        self._gates(step, judged & self.votes, before & judged)
        speaking, stands = self._by_risk(self.speaking & self.votes), self._by_risk(self.stands & self.votes)
        self._count_runs(step, facts, capped)
        watch = (speaking & self.gate_watch) | stands | self._lasts(self.chronic, CHRONIC_WATCH)
        act = (self._agree() | self._lasts(self.run, 2)) & self.gate_act
        act |= self._lasts(self.run_alone, 2) | self._lasts(self.chronic, CHRONIC_ACT) | self._lines(step, judged)
        for place in self.breaches:
            act[plan.risk_of[place]] |= self.speaking[place]
        act[self.distress] |= self._heat_that_did_not_settle(step, judged, capped)
        self._stand(step, act, watch, self._by_risk(judged & self.votes), current)

    def _by_risk(self, indicators: Bools) -> Bools:
        return np.logical_or.reduceat(indicators, self.plan.risk_starts, axis=0)

    def _capped(self, step: int) -> Bools:
        """Indicators that can be no more than a watch in this row: put down to life, settling, or settled well."""
        told = self.life_told[step]
        goes_on = self.life & (self.speaking & self.of_life).any(axis=0)
        self.life = np.where(np.isnan(told), goes_on, told == 0)
        capped: Bools = self.life & self.of_life
        capped |= self.agreed[step] & self.heat
        capped |= self.settled_well[step] & self.settling
        return capped

    def _gates(self, step: int, judged: Bools, raised_answered: Bools) -> None:
        """A gate opens when a row is judged and the evidence passes; it closes only by an answer to what had raised it."""
        row, answered = self._by_risk(judged), self._by_risk(raised_answered)
        self.gate_watch = (row & self.over_watch[:, step]) | (self.gate_watch & ~answered)
        self.gate_act = (row & self.over_act[:, step]) | (self.gate_act & ~answered)

    def _agree(self) -> Bools:
        """Two facts of one risk speak, neither of them capped."""
        facts = np.logical_or.reduceat(self.free & self.votes, self.plan.fact_starts, axis=0)
        return np.asarray(np.add.reduceat(facts.astype(np.int8), self.plan.risk_fact_starts, axis=0) >= 2)

    def _count_runs(self, step: int, could: Bools, capped: Bools) -> None:
        """In how many successive rows in which it could be judged each fact has spoken, uncapped; so too alone; so too by a fixed cut-off."""
        counts = ~capped & self.votes
        for run, holds in ((self.run, self.speaks), (self.run_alone, self.enough_twice), (self.chronic, self.fixed)):
            does = np.logical_or.reduceat(holds[:, step] & counts, self.plan.fact_starts, axis=0)
            run[:] = np.where(could, np.where(does, run + 1, 0), run)

    def _lasts(self, run: NDArray[np.int16], rows: int) -> Bools:
        return np.logical_or.reduceat(run >= rows, self.plan.risk_fact_starts, axis=0)

    def _lines(self, step: int, judged: Bools) -> Bools:
        """An absolute line crossed now and at one of the two answers before."""
        now, last, _ = self.line
        self.line = np.where(judged[self.lines], np.stack((self.speaks[self.lines, step], now, last)), self.line)
        twice = self.line[0] & (self.line[1] | self.line[2])
        act = np.zeros((len(self.plan.risks), judged.shape[1]), np.bool_)
        for place, crossed in zip(self.lines, twice, strict=True):
            act[self.plan.risk_of[place]] |= crossed
        return act

    def _heat_that_did_not_settle(self, step: int, judged: Bools, capped: Bools) -> Bools:
        """Heat of agreed work was only settling; a later answer says that it did not settle."""
        later = (self.speaks[:, step] & ~capped & self.settling).any(axis=0)
        raised = self.was_settling & later
        answered = (judged & self.heat).any(axis=0)
        self.was_settling = np.where(answered, (self.speaking & self.heat).any(axis=0) & self.agreed[step], self.was_settling)
        return np.asarray(raised)

    def _count_unanswered(self, step: int) -> None:
        """An act of another risk, and sessions since in which it was not talked about: the signal `unanswered`."""
        if step == 0:
            return
        ethics = self.plan.risk_of[self.unanswered]
        standing = (np.delete(self.level[:, step - 1], ethics, axis=0) == ACT).any(axis=0)
        told = self.responded_known[step] & self.attended[step]
        more = np.where(told, self.waiting + 1, self.waiting)
        self.waiting = np.where(standing & ~(self.responded[step] == 1), more, 0.0)
        waited = self.waiting >= WAITED
        self.excess[self.unanswered, step] = np.where(told, np.where(waited, PLAIN, NOT_AT_ALL), np.nan)
        self.judged[self.unanswered, step] = told
        self.speaks[self.unanswered, step] = self.alone[self.unanswered, step] = self.enough_twice[self.unanswered, step] = told & waited

    def _stand(self, step: int, act: Bools, watch: Bools, judged: Bools, current: Bools) -> None:
        """The level of each risk now, since when, and the evidence that stands for it."""
        before = self.level[:, step - 1] if step else np.zeros_like(self.level[:, 0])
        was_eased = self.eased[:, step - 1] if step else np.zeros_like(act)
        raised = np.where(act, ACT, np.where(watch, WATCH, UNKNOWN))
        eased = (raised == UNKNOWN) & ((before == ACT) | (was_eased & ~judged))
        level = np.where(raised > 0, raised, np.where(eased, WATCH, np.where(current, QUIET, UNKNOWN)))
        changed = (level != before) if step else np.ones_like(act)
        since = np.where(changed, self.session[step], self.since[:, step - 1] if step else np.nan)
        last = self.shown[:, step - 1] if step else np.zeros_like(self.speaking)
        of = self.plan.risk_of
        self.level[:, step], self.eased[:, step], self.since[:, step] = level, eased, since
        self.shown[:, step] = np.where(eased[of], last, self.speaking & (level[of] >= WATCH))
        self.strength[:, step], self.on_since[:, step] = self.latest, self.started


def current_answers(risks: tuple[Risk, ...], history: History, usual: Usual) -> Bools:
    """Whether each risk has an informative answer to its own questions in the last three attended sessions: `[R, T, C]`."""
    attended = np.cumsum(history.attended, axis=0, dtype=np.float64)
    out = np.zeros((len(risks), *history.shape), dtype=np.bool_)
    for place, risk in enumerate(risks):
        for question in risk.questions:
            if question.startswith("measure:"):
                for measure in history.measures(question.removeprefix("measure:")):
                    out[place] |= _lately(~np.isnan(history[measure.name]), attended)
            elif history.has(question):
                out[place] |= _lately(~np.isnan(history[question]), attended) & ~usual.uninformative(question)
    return out


def _lately(answered: Bools, attended: Floats) -> Bools:
    """Whether the latest answer is no older than the last three attended sessions."""
    return np.asarray(attended - steps.take(attended, steps.position_of_last(answered)) < SILENT_SESSIONS)
