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
Nothing falls for want of data: evidence stands until its fact is answered again, and `quiet` needs a current,
informative answer to the risk's own questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from andante import weighing
from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.runs import any_in_runs, bits_in_runs, two_in_runs
from andante.risk import NOT_AT_ALL, PLAIN, Indicator, Risk
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import ACT, QUIET, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Some = TypeVar("Some", bound=np.generic)

# The gates of the budget, in log-odds of a risk's evidence taken together (weighing.py): calibrated so that simulated
# clients who come to no harm show any watch in at most 15 % and any act in at most 4 % of sessions (manual, "The
# budget"). They cannot move the absolute lines, the client's brake, hard breaches or safety.
WATCH_GATE, ACT_GATE = -1.85, -0.6

# From which strength an indicator makes a watch by itself, whatever else there is: absolute lines and breaches as they
# stand, a rule in its stronger form, a deviation of more than four SDs (ours).
STANDS = {"line": PLAIN, "breach": PLAIN, "rule": 0.5, "surprise": 0.8, "drift": 0.9, "graded": 0.9}

# From which strength an indicator makes an act in two successive rows, whatever else there is: about 2.7 SDs twice (ours).
TWICE = {"line": PLAIN, "breach": PLAIN, "rule": 0.6, "surprise": 0.3, "drift": 0.9, "graded": 0.5}

# A fixed cut-off passed in so many successive answers is a watch, and an act, whatever is usual and whatever the gates say
# (ours). From which strength it counts: CHRONIC for a rating of the session that has an absolute line, PLAIN for a rule.
CHRONIC, CHRONIC_WATCH, CHRONIC_ACT = 0.3, 3, 4

SILENT_SESSIONS = 3  # attended sessions without an answer to a risk's own questions after which it is unknown (contract)
WAITED = 2  # sessions in which an act was not talked about (ours)
UNANSWERED = "unanswered"  # the indicator of ethics that this file gives


@dataclass(frozen=True)
class Levels:
    """What `decide` finds. R risks, I indicators in the order of `layout`, arrays `[R or I, T, C]`.

    `level` codes of `words`; `since` session numbers; `score` 0-1, NaN where unknown; `shown` indicators that stand as
    evidence; `spoke_at` the step at which each spoke last (-1: never).
    """

    level: NDArray[np.int8]
    since: Floats
    score: Floats
    shown: Bools
    spoke_at: NDArray[np.int16]


def decide(risks: tuple[Risk, ...], excess: Floats, history: History, usual: Usual, events: Events) -> Levels:
    """Levels of all risks at every row, from how far each indicator exceeds its threshold (`[I, T, C]`, by `layout`).

    Works on all rows at once; only what stands from row to row is walked step by step.
    """
    plan = weighing.layout(risks)
    odds = weighing.log_odds(plan, excess, usual)
    talked = history.true("responded")
    for place in _places(plan, "breach"):  # a breach that was talked about, with nothing new, is answered
        excess[place][np.isnan(excess[place]) & talked] = NOT_AT_ALL
    before_ethics, ethics = _Group(plan, 0, len(risks) - 1), _Group(plan, len(risks) - 1, len(risks))
    first = before_ethics.raise_levels(excess, odds, history, events)
    unanswered = plan.place[risks[-1].name, UNANSWERED]
    excess[unanswered] = _unanswered((first.raised == ACT).any(axis=0), history)
    last = ethics.raise_levels(excess, odds, history, events)
    raised = np.concatenate((first.raised, last.raised))
    speaking = np.concatenate((first.speaking, last.speaking))
    level, since, shown = _stand(plan, raised, speaking, current_answers(risks, history, usual), history)
    return Levels(level, since, _score(odds, level), shown, _last_step(excess >= 0))


def _places(plan: Layout, kind: str) -> list[int]:
    return [n for n, indicator in enumerate(plan.indicators) if indicator.kind == kind]


@dataclass(frozen=True)
class _Raised:
    """What a group of risks finds: raised levels `[R, T, C]` and speaking indicators `[I, T, C]`."""

    raised: NDArray[np.int8]
    speaking: Bools


class _Group:
    """A run of risks whose levels are raised together; ethics comes after the others, whose acts it looks at."""

    def __init__(self, plan: Layout, first: int, last: int) -> None:
        ends = np.append(plan.risk_starts, len(plan.indicators))
        self.rows = slice(int(ends[first]), int(ends[last]))
        self.risks = slice(first, last)
        indicators = plan.indicators[self.rows]
        fact_ends = np.append(plan.risk_fact_starts, len(plan.facts))
        facts = slice(int(fact_ends[first]), int(fact_ends[last]))
        self.fact_starts = plan.fact_starts[facts] - ends[first]
        self.fact_of = plan.fact_of[self.rows] - fact_ends[first]
        self.risk_starts = plan.risk_starts[self.risks] - ends[first]
        self.risk_fact_starts = plan.risk_fact_starts[self.risks] - fact_ends[first]
        self.risk_of = plan.risk_of[self.rows] - first
        self.distress = first == 0

        def mask(chosen: list[bool]) -> NDArray[np.uint8]:
            return np.array(chosen, dtype=np.uint8)[:, None, None]

        self.votes = mask([i.votes for i in indicators])
        self.heat = mask([i.heat and i.kind != "line" for i in indicators])
        self.settling = mask([i.settling and i.kind != "line" for i in indicators])
        self.of_life = mask([(i.source in ("self", "measure") or i.heat) and i.kind != "line" for i in indicators])
        self.lines = [n for n, i in enumerate(indicators) if i.kind == "line"]
        self.breaches = [n for n, i in enumerate(indicators) if i.kind == "breach"]
        with_line = {indicators[n].fact for n in self.lines}
        self.chronic_from = np.array([_chronic_from(i, i.fact in with_line) for i in indicators])[:, None, None]
        self.stands_from = np.array([STANDS[i.kind] for i in indicators])[:, None, None]
        self.twice_from = np.array([TWICE[i.kind] for i in indicators])[:, None, None]

    def raise_levels(self, every: Floats, odds: Floats, history: History, events: Events) -> _Raised:
        """Watch and act by the rules at the head of this file; UNKNOWN where neither."""
        excess, odds = every[self.rows], odds[self.risks]
        speaks = excess >= 0
        fact_judged = self._in_facts(~np.isnan(excess))
        judged = fact_judged[self.fact_of]  # a fact is answered by whichever of its indicators: older evidence gives way
        speaking = _carry(speaks, judged)
        freely = self._uncapped(speaks, speaking, history, events)
        row, answered = self._by_risk(judged), self._by_risk(judged & _before(speaking))
        watch_gate, act_gate = (_latch(row & (odds >= gate), answered) for gate in (WATCH_GATE, ACT_GATE))
        alone = _carry(self._in_facts(_only(excess >= self.stands_from, self.votes)), fact_judged)
        often, chronic = (self._in_facts((excess >= least) & freely) for least in (self.twice_from, self.chronic_from))
        facts = _in_a_row(self._in_facts(freely), often, chronic, fact_judged)
        ever = bits_in_runs(facts, self.risk_fact_starts)
        watch = self._by_risk(speaking) & watch_gate
        watch |= any_in_runs(alone, self.risk_fact_starts)
        watch |= (ever & _CHRONIC_WATCH) > 0
        act = two_in_runs((facts & _FREELY).view(np.bool_), self.risk_fact_starts)
        act |= (ever & _PERSISTS) > 0
        act &= act_gate
        act |= (ever & (_OFTEN_AGAIN | _CHRONIC_ACT)) > 0
        self._add_lines_and_breaches(act, speaks, judged, speaking)
        if self.distress:
            act[0] |= self._heat_that_did_not_settle(freely & (excess >= PLAIN), judged, speaking, events.agreed)
        raised = np.maximum(act.view(np.int8) * np.int8(ACT), watch.view(np.int8) * np.int8(WATCH))
        return _Raised(raised, speaking)

    def _by_risk(self, indicators: Bools) -> Bools:
        """Whether any voting indicator of each risk does."""
        return any_in_runs(_only(indicators, self.votes), self.risk_starts)

    def _in_facts(self, indicators: Bools) -> Bools:
        return any_in_runs(indicators, self.fact_starts)

    def _uncapped(self, speaks: Bools, speaking: Bools, history: History, events: Events) -> Bools:
        """Voting indicators that speak and may be more than a watch: not put down to life, not settling, not settled well."""
        life = np.zeros(history.shape, np.bool_)
        if history.has("between_from"):
            told, goes_on = history["between_from"], np.asarray(_only(speaking, self.of_life).any(axis=0))
            unknown, to_life = np.isnan(told), told == 0
            for step in range(history.shape[0]):
                carried = (life[step - 1] & goes_on[step - 1]) if step else life[0]
                life[step] = (carried & unknown[step]) | to_life[step]
        settled_well = events.after_agreed_work & (history["between_settle"] <= 2)
        out = _only(speaks, self.votes)
        for capped, rows in ((life, self.of_life), (events.agreed, self.heat), (settled_well, self.settling)):
            free = ~capped
            for place in np.flatnonzero(rows):
                out[place] &= free
        return out

    def _add_lines_and_breaches(self, act: Bools, speaks: Bools, judged: Bools, speaking: Bools) -> None:
        """An absolute line crossed now and at one of the two answers before; a hard breach."""
        for place in self.lines:
            crossed = np.where(judged[place], speaks[place], np.nan)
            one, two = steps.answers_before(crossed, 2)
            act[self.risk_of[place]] |= _carry(speaks[place] & ((one == 1) | (two == 1)), judged[place])
        for place in self.breaches:
            act[self.risk_of[place]] |= speaking[place]

    def _heat_that_did_not_settle(self, plainly: Bools, judged: Bools, speaking: Bools, agreed: Bools) -> Bools:
        """Heat of agreed work was only settling; a later answer says plainly that it did not settle."""
        answered = np.asarray(_only(judged, self.heat).any(axis=0))
        was_settling = _carry(_only(speaking, self.heat).any(axis=0) & agreed, answered)
        return np.asarray(_before(was_settling) & _only(plainly, self.settling).any(axis=0))


def _chronic_from(indicator: Indicator, has_line: bool) -> float:
    """From which strength an indicator counts where it goes on and on."""
    if has_line and indicator.source == "session" and indicator.kind in ("rule", "graded", "line"):
        return CHRONIC
    return PLAIN if indicator.kind == "rule" else np.inf


def _only(flags: Bools, rows: NDArray[np.uint8]) -> Bools:
    """The flags of the chosen rows, nothing elsewhere (as bytes: NumPy is slow where one flag meets many)."""
    return (flags.view(np.uint8) & rows).view(np.bool_)


def _carry(value: Bools, judged: Bools) -> Bools:
    """The value as last judged, step by step (time is the last axis but one)."""
    out, waits = value & judged, ~judged
    stays = np.empty_like(out[..., 0, :])
    for step in range(1, value.shape[-2]):
        np.logical_and(out[..., step - 1, :], waits[..., step, :], out=stays)
        out[..., step, :] |= stays
    return out


# One byte a fact and row: what has held in one, two, ... successive rows in which the fact could be judged. Speaking freely
# and speaking strongly are followed for two rows (two bits each), what goes on and on for four.
_FREELY, _PERSISTS, _OFTEN_AGAIN = np.uint8(1 << 0), np.uint8(1 << 1), np.uint8(1 << 3)
_CHRONIC_WATCH, _CHRONIC_ACT = np.uint8(1 << (3 + CHRONIC_WATCH)), np.uint8(1 << (3 + CHRONIC_ACT))
_FIRST_ROWS = np.uint8(0b0001_0101)


def _in_a_row(freely: Bools, often: Bools, chronic: Bools, judged: Bools) -> NDArray[np.uint8]:
    """The bytes above for each fact, `[F, T, C]`. A row in which it could not be judged leaves them as they were."""
    out = freely.view(np.uint8) * np.uint8(0b11)
    out |= often.view(np.uint8) * np.uint8(0b1100)
    out |= chronic.view(np.uint8) * np.uint8(0b1111_0000)
    waits = judged.view(np.uint8) - np.uint8(1)
    run = np.zeros_like(out[:, 0])
    longer = np.empty_like(run)
    for step in range(out.shape[1]):
        np.left_shift(run, 1, out=longer)
        longer |= _FIRST_ROWS
        longer &= out[:, step]
        run &= waits[:, step]
        run |= longer
        out[:, step] = run
    return out


def _before(value: NDArray[Some]) -> NDArray[Some]:
    """Each step's predecessor; nothing before the first."""
    out = np.zeros_like(value)
    out[..., 1:, :] = value[..., :-1, :]
    return out


def _latch(opens: Bools, closes: Bools) -> Bools:
    """On from where it opens until it closes; opening wins within a row."""
    out = opens.copy()
    stays = ~closes
    for step in range(1, out.shape[1]):
        out[:, step] |= out[:, step - 1] & stays[:, step]
    return out


def _unanswered(acts: Bools, history: History) -> Floats:
    """An act of another risk that was not talked about for two sessions: the signal `unanswered`."""
    responded = history["responded"]
    if not history.has("responded"):
        return np.full(history.shape, np.nan)
    told = ~np.isnan(steps.last_known(responded)) & history.attended
    told[:1] = False
    waiting, out = np.zeros(history.shape[1]), np.full(history.shape, np.nan)
    standing = _before(acts) & ~(responded == 1)
    for step in range(history.shape[0]):
        waiting = np.where(standing[step], waiting + told[step], 0.0)
        out[step] = np.where(told[step], np.where(waiting >= WAITED, 0.6, NOT_AT_ALL), np.nan)
    return out


def _last_step(speaks: Bools) -> NDArray[np.int16]:
    """The latest step, up to each row's own, at which an indicator spoke; -1 where it never has."""
    out = speaks.astype(np.int16)
    out *= np.arange(1, speaks.shape[1] + 1, dtype=np.int16)[:, None]
    for step in range(1, speaks.shape[1]):
        np.maximum(out[:, step], out[:, step - 1], out=out[:, step])
    out -= np.int16(1)
    return out


def _stand(
    plan: Layout, raised: NDArray[np.int8], speaking: Bools, current: Bools, history: History
) -> tuple[NDArray[np.int8], Floats, Bools]:
    """The level of each risk, since when it stands, and the evidence for it."""
    level = np.maximum(raised, current.view(np.int8) * np.int8(QUIET))
    changed = level != _before(level)
    changed[:, 0] = True
    since = np.empty(level.shape)
    for step in range(level.shape[1]):
        since[:, step] = np.where(changed[:, step], history.session[step], since[:, step - 1])
    shown = speaking & (raised > 0)[plan.risk_of]
    return level, since, shown


def _score(odds: Floats, level: NDArray[np.int8]) -> Floats:
    """Seriousness 0-1: the evidence taken together, and never below what the level already says; NaN where unknown."""
    least = (level == WATCH) * 0.15
    least += (level == ACT) * 0.35
    out = -1.0 - odds
    np.exp(out, out=out)
    out += 1.0
    np.divide(1 - least, out, out=out)
    out += least
    out[level == UNKNOWN] = np.nan
    return out


def current_answers(risks: tuple[Risk, ...], history: History, usual: Usual) -> Bools:
    """Whether each risk has an informative answer to its own questions in the last three attended sessions: `[R, T, C]`."""
    asked: dict[str, None] = {}
    for risk in risks:
        for question in risk.questions:
            asked.update(dict.fromkeys(_columns_of(question, history)))
    names = list(asked)
    out = np.zeros((len(risks), *history.shape), dtype=np.bool_)
    if names:
        answers = np.stack([history[name] for name in names])
        fresh = _lately(~np.isnan(answers), history) & ~usual.all_uninformative(names, answers)
        for place, risk in enumerate(risks):
            for name in (name for question in risk.questions for name in _columns_of(question, history)):
                out[place] |= fresh[names.index(name)]
    return out


def _columns_of(question: str, history: History) -> list[str]:
    """The columns of one question of a risk: itself, or every measure of a domain."""
    if question.startswith("measure:"):
        return [measure.name for measure in history.measures(question.removeprefix("measure:"))]
    return [question] if history.has(question) else []


def _lately(answered: Bools, history: History) -> Bools:
    """Whether the latest answer to each question `[Q, T, C]` is no older than the last three attended sessions.

    A row that is still ahead is no session without an answer, until another one follows it.
    """
    attended, held = (rows.astype(np.int16) for rows in (history.attended, history.attended & ~history.pending))
    without = (~answered).astype(np.int16)
    age, out = np.full(answered[:, 0].shape, SILENT_SESSIONS, np.int16), np.empty(answered.shape, np.bool_)
    for step in range(answered.shape[1]):
        np.less(age + held[step], SILENT_SESSIONS, out=out[:, step])
        age += attended[step]
        age *= without[:, step]
    out |= answered
    return out
