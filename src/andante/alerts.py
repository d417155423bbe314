"""Strengths become levels, under one budget over all ten risks; levels stand until an answer clears them.

    watch   one fact crosses
    act     two independent facts agree, or one persists over two rows that can be judged, or an absolute line is
            crossed twice in three answers, or a hard breach of process

A fact crosses past its threshold, or short of it where it is clearly worse than usual
for this client (one answer from 1 SD on). A watch: one fact crosses, and the evidence of its risk, taken together, passes the gate of the
budget. An act: two cross, or one crosses twice running after a watch, and the evidence passes the higher gate. What is strong is a watch,
and two strong facts are an act, unless the evidence is calm: below a fixed gate that is lower. Two of which one stands by itself are an
act all the same. While it is said as badly as may go on and on (overwhelm of 7, five days until settled), what was raised stays a watch;
and an answer still past its fixed threshold takes an act to a watch, no further. What is past one and unlike this client as well, twice
running, is a watch.

Five things ask no gate: absolute lines and hard breaches; what is wrong in itself, or a measure that says so plainly
(`Indicator.stands`): a watch as it is, and twice running an act, but for what is said of a session; what the client says
answer after answer, for what is always bad must not become "as usual"; a later answer that agreed work did not settle;
and, a watch at most, what the record shows session after session. A fact votes once, in the first risk that it belongs to.

After prepared, agreed work the heat of that session is at most a watch ("settling"); only later answers raise it. What
the client puts down to life is at most a watch. Where a fact is held so, and in the first three sessions, facts
have to speak, past their own thresholds, to agree or to persist. Absolute lines and hard breaches know neither rule, nor any gate.
Nothing falls for want of data: evidence stands until its fact is answered again, and `quiet` needs a current,
informative answer to the risk's own questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante import answers, votes, weighing
from andante.events import Events
from andante.history import History
from andante.kernels import flags
from andante.kernels.compiled import compiled
from andante.risk import FAINT, NOT_AT_ALL, PLAIN, Risk
from andante.usual import Usual
from andante.weighing import Gates, Layout
from andante.words import ACT, QUIET, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Bytes = NDArray[np.uint8]
Says = NDArray[np.uint16]

WAITED, UNANSWERED_TWICE = 2, 0.6  # sessions in which an act was not talked about, and how strongly that speaks then (ours)
LEAST_ACT, LEAST_WATCH = 0.35, 0.15  # score of an act, and of a watch, however little evidence is left (ours)
CALM = -2.88  # log-odds of a risk below which what is strong is only told (ours: a lower one cost budget and found little)
SETTLED = 3  # days until settled, up to which what agreed work stirred up has settled: short of the strong sign, 5 (ours)
UNANSWERED = "unanswered"  # the indicator of ethics that this file gives


@dataclass(frozen=True)
class Levels:
    """What `decide` finds. R risks, I indicators in the order of `layout`, arrays `[R or I, T, C]`.

    `level` codes of `words`; `since` session numbers; `score` 0-1, NaN where unknown; `shown` indicators that stand as
    evidence; `waiting` `[T, C]` the risk whose act was not talked about, where `ethics` says so.
    """

    level: NDArray[np.int8]
    since: Floats
    score: Floats
    shown: Bools
    waiting: Ints


class _Plan(NamedTuple):
    """The indicators of `Layout` as arrays: where facts and risks end, and what is asked of each indicator."""

    fact_ends: Ints  # by fact: the first indicator that is no longer of it
    risk_fact_ends: Ints  # by risk: the first fact that is no longer of it
    kinds: Bools  # [7, I]: by the places below, what kind of indicator it is
    # [9, I]: from which strength it stands alone, is an act twice in a row, counts where it goes on and on, may be an act then, is strong,
    # crosses, does not end what goes on and on, is past a fixed threshold, is past what is usual
    least: Floats


_VOTES, _HEAT, _SETTLING, _OF_LIFE, _LINE, _BREACH, _RECORD, _STIRRED = range(8)


class _Rows(NamedTuple):
    """What the history says of each row `[T, C]`."""

    told_from: Floats
    early: Bools
    agreed: Bools
    settled_well: Bools
    responded: Floats
    said: Floats
    attended: Bools
    session: Floats


def decide(
    risks: tuple[Risk, ...], excess: Floats, history: History, usual: Usual, events: Events, *, gates: Gates | None = None
) -> Levels:
    """Levels of all risks at every row, from how far each indicator exceeds its threshold (`[I, T, C]`, by `layout`).

    `gates` of the budget: without them the shipped ones. They cannot move absolute lines, hard breaches, or what stands by
    itself. Fills in `excess` what this file alone can know: a breach that was talked about, with nothing new, is answered
    (`_answer_where_talked`); and the indicator of ethics that an act went unanswered.
    """
    layout = weighing.layout(risks)
    odds = weighing.log_odds(layout, excess, usual, history.attended_before)
    settled_well = events.after_agreed_work & (history["between_settle"] <= SETTLED)
    current, unanswered = answers.current(risks, history, usual), layout.place[risks[-1].name, UNANSWERED]
    against, plan = np.exp(-1.0 - odds), _plan(layout)
    odds += _share(current)
    return Levels(
        *_decide(
            excess, odds, against, plan.fact_ends, plan.risk_fact_ends, plan.kinds, plan.least,
            history["between_from"], history.attended_before < weighing.EARLY_SESSIONS, events.agreed, settled_well,
            history["responded"], history.checkin_after, history.attended, history.session,
            current, unanswered, gates or weighing.gates(),
        )
    )  # fmt: skip


def _share(current: Bools) -> Floats:
    """What the evidence of each risk gains where fewer than ten can be judged, `[T, C]`: the joint budget is shared by those that
    can. The most that could be judged so far counts; ours, as a log-odds of ten to so many."""
    judged = np.maximum.accumulate(np.sum(current, axis=0, dtype=np.int8), axis=0)
    return np.log(len(current) / np.maximum(np.arange(len(current) + 1), 1))[judged]


@lru_cache(maxsize=4)
def _plan(layout: Layout) -> _Plan:
    indicators = layout.indicators
    with_line = {(risk, i.fact) for risk, i in zip(layout.risk_of, indicators, strict=True) if i.kind == "line"}
    kinds = [
        [
            i.votes,
            n in layout.heat,
            i.tells_settling and i.kind != "line",
            n in layout.of_life and i.kind != "line",
            i.kind == "line",
            i.kind == "breach",
            i.source == "record",
            i.stirred,
        ]
        for n, i in enumerate(indicators)
    ]
    lines = [(risk, i.fact) in with_line for risk, i in zip(layout.risk_of, indicators, strict=True)]
    least = [
        (
            votes.alone_from(i),
            votes.twice_from(i),
            *votes.chronic_from(i, line),
            votes.strong_from(i),
            votes.crosses_from(i),
            votes.goes_on_from(i, line),
            votes.past_from(i),
            votes.unlike_from(i),
        )
        for i, line in zip(indicators, lines, strict=True)
    ]
    as_rows = np.array(kinds).T.copy(), np.array(least).T.copy()
    return _Plan(layout.fact_ends, layout.risk_fact_ends, *as_rows)


@compiled
def _decide(
    excess: Floats, odds: Floats, against: Floats,
    fact_ends: Ints, risk_fact_ends: Ints, kinds: Bools, least: Floats,
    told_from: Floats, early: Bools, agreed: Bools, settled_well: Bools, responded: Floats, said: Floats, attended: Bools,
    session: Floats, current: Bools, unanswered: int, gates: Gates,
) -> tuple[NDArray[np.int8], Floats, Floats, Bools, Ints]:  # fmt: skip
    """All risks but ethics; then ethics, which looks at whether their acts were talked about."""
    plan = _Plan(fact_ends, risk_fact_ends, kinds, least)
    rows = _Rows(told_from, early, agreed, settled_well, responded, said, attended, session)
    risks, ethics = len(odds), len(odds) - 1
    level, speaking = np.empty(odds.shape, np.int8), np.empty(excess.shape, np.bool_)
    breached, waiting = np.full(attended.shape, -1), np.zeros(attended.shape, np.intp)  # the risk of a breach, and that which waits
    for risk in range(risks):
        start, end = _facts(plan.risk_fact_ends, risk)
        for place in range(_facts(plan.fact_ends, start)[0], plan.fact_ends[end - 1]):
            if plan.kinds[_BREACH, place]:
                _answer_where_talked(excess[place], rows.responded, rows.said)
                if risk < ethics:
                    _note_breach(breached, excess[place], risk)
    for first, last in ((0 * risks, ethics), (ethics, risks)):  # times: so that Numba sees one type of number
        if first:
            _unanswered(level[:ethics], breached, rows.responded, rows.attended, excess[unanswered], waiting)
        _raise(excess, odds, plan, rows, first, last, gates, speaking, level)
    since, score = np.empty(odds.shape), np.empty(odds.shape)
    for risk in range(risks):
        start, end = _facts(plan.risk_fact_ends, risk)
        for place in range(_facts(plan.fact_ends, start)[0], plan.fact_ends[end - 1]):
            flags.keep(speaking[place], level[risk])
        _stand(level[risk], current[risk], against[risk], rows.session, since[risk], score[risk])
    return level, since, score, speaking, waiting


@compiled
def _facts(ends: Ints, place: int) -> tuple[int, int]:
    """Where the facts of a risk, or the indicators of a fact, begin and end."""
    return (ends[place - 1] if place else 0), ends[place]


@compiled
def _raise(
    excess: Floats, odds: Floats, plan: _Plan, rows: _Rows, first: int, last: int, gates: Gates, speaking: Bools,
    level: NDArray[np.int8],
) -> None:  # fmt: skip
    """Watch and act of these risks by the rules at the head of this file; UNKNOWN where neither."""
    shape = rows.agreed.shape
    judged = np.zeros((len(plan.fact_ends), *shape), np.bool_)
    answered = np.zeros(odds.shape, np.bool_)
    of_life, heat_speaks = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    heat_judged, unsettled = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    for risk in range(first, last):
        for fact in range(*_facts(plan.risk_fact_ends, risk)):
            start, end = _facts(plan.fact_ends, fact)
            for place in range(start, end):  # a fact is answered by whichever of its indicators: older evidence gives way
                flags.add_known(judged[fact], excess[place])
            for place in range(start, end):
                flags.follow(speaking[place], excess[place], judged[fact], 0.0)
                if plan.kinds[_VOTES, place]:
                    # that nothing is wrong in the record answers nothing of what was said
                    flags.add(answered[risk], judged[fact] & speaking[place] if plan.kinds[_RECORD, place] else judged[fact])
                if plan.kinds[_OF_LIFE, place]:
                    flags.add(of_life, speaking[place])
                if plan.kinds[_HEAT, place]:
                    flags.add(heat_speaks, speaking[place])
                    flags.add(heat_judged, judged[fact])
    life = _put_down_to_life(rows.told_from, of_life)
    for risk in range(first, last):
        says, agreeing, crossing = np.zeros(shape, np.uint16), np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        for fact in range(*_facts(plan.risk_fact_ends, risk)):
            _weigh_fact(excess, speaking, judged[fact], plan, rows, life, fact, agreeing, crossing, says, unsettled)
        if risk == 0:  # where heat and settling are
            flags.add_bits(says, _did_not_settle(heat_speaks, heat_judged, rows.agreed, unsettled), votes.ACTS)
        flags.add_bits(says, rows.early, votes.HELD_BACK)  # what is usual is not known yet
        _gate(says, agreeing, crossing, odds[risk], answered[risk], gates, level[risk])
        for fact in range(*_facts(plan.risk_fact_ends, risk)):  # what is raised rests on all that lets it cross
            for place in range(*_facts(plan.fact_ends, fact)):
                if plan.kinds[_VOTES, place] and plan.least[votes.CROSSES, place] < 0:
                    flags.follow(speaking[place], excess[place], judged[fact], plan.least[votes.CROSSES, place])


@compiled
def _weigh_fact(
    excess: Floats, speaking: Bools, judged: Bools, plan: _Plan, rows: _Rows, life: Bools, fact: int, agreeing: Bytes, crossing: Bytes,
    says: Says, unsettled: Bools,
) -> None:  # fmt: skip
    """What the indicators of one fact make its risk say."""
    found, nowhere = np.zeros(judged.shape, np.uint32), np.zeros(judged.shape, np.bool_)
    for place in range(*_facts(plan.fact_ends, fact)):
        kind = plan.kinds[:, place]
        if kind[_VOTES]:
            capped = _capped(rows, life, kind)
            stirred = rows.settled_well & ~capped if kind[_STIRRED] else nowhere
            votes.find(excess[place], capped, stirred, plan.least[:, place], found)
            if kind[_SETTLING]:
                flags.add(unsettled, (excess[place] >= PLAIN) & ~capped)
        if kind[_LINE]:
            votes.cross(excess[place], judged, says)
        if kind[_BREACH]:
            flags.add_bits(says, speaking[place], votes.ACTS)
    votes.conclude(found, judged, agreeing, crossing, says)


@compiled
def _answer_where_talked(breach: Floats, responded: Floats, said: Floats) -> None:
    """A breach that was talked about, with nothing new, is answered once the client has answered after a session: that one has noted a
    talk is not the other's word. Who never answers a check-in is not waited for."""
    talked, answers = np.zeros(breach.shape[1], np.bool_), np.zeros(breach.shape[1], np.bool_)
    for step in range(breach.shape[0]):
        for client in range(breach.shape[1]):
            nothing_new = np.isnan(breach[step, client])
            answers[client] |= said[step, client] == 1
            talked[client] = nothing_new and (talked[client] or responded[step, client] == 1)
            if talked[client] and (said[step, client] == 1 or not answers[client]):
                breach[step, client], talked[client] = NOT_AT_ALL, False


@compiled
def _put_down_to_life(told: Floats, speaks: Bools) -> Bools:
    """Where the client puts the hard part down to life, and for as long as what is of life goes on and nothing else is said."""
    out = np.zeros(speaks.shape, np.bool_)
    for step in range(told.shape[0]):
        for client in range(told.shape[1]):
            goes_on = (step > 0) & out[step - 1, client] & speaks[step - 1, client]
            out[step, client] = (goes_on & np.isnan(told[step, client])) | (told[step, client] == 0)
    return out


@compiled
def _capped(rows: _Rows, life: Bools, kind: Bools) -> Bools:
    """Where an indicator may be no more than a watch: put down to life, settling, or settled well."""
    out = np.zeros(life.shape, np.bool_)
    if kind[_OF_LIFE]:
        flags.add(out, life)
    if kind[_HEAT]:
        flags.add(out, rows.agreed)
    if kind[_SETTLING]:
        flags.add(out, rows.settled_well)
    return out


@compiled
def _gate(
    says: Says, agreeing: Bytes, crossing: Bytes, odds: Floats, answered: Bools, gates: Gates, level: NDArray[np.int8],
) -> None:  # fmt: skip
    """Watch and act of one risk; in a row that answers none of its facts the evidence is as it was."""
    evidence = np.full(says.shape[1], -np.inf)
    lasted = np.zeros(says.shape[1], np.bool_)  # whether it was raised already where a fact crossed once more
    for step in range(says.shape[0]):
        for client in range(says.shape[1]):
            agree, crosses, here = agreeing[step, client], crossing[step, client], says[step, client]
            if answered[step, client]:
                evidence[client] = odds[step, client]
            if (here & votes.RENEWED) > 0:
                lasted[client] = step > 0 and level[step - 1, client] >= WATCH
            several = (agree % votes.FIRM >= 2) | (((here & votes.PERSISTS) > 0) & lasted[client])
            again = ((here & votes.CROSSES_AGAIN) > 0) & lasted[client]
            together = ((crosses % votes.ALONE_FREELY >= 2) | again) & ((here & votes.HELD_BACK) == 0)
            act = (several | together) & (evidence[client] >= gates.act)
            act |= (here & votes.ACTS) > 0
            act |= (agree >= 2 * votes.FIRM) & ((evidence[client] >= CALM) | (crosses >= votes.ALONE_FREELY))
            watch = ((crosses >= 1) & (evidence[client] >= gates.watch)) | ((here & votes.STANDS_ALONE) > 0)
            watch |= ((here & votes.IS_STRONG) > 0) & (evidence[client] >= CALM)
            before = level[step - 1, client] if step else UNKNOWN
            watch |= (((here & votes.GOES_ON) > 0) & (before >= WATCH)) | (((here & votes.STILL) > 0) & (before == ACT))
            level[step, client] = ACT if act else WATCH if watch else UNKNOWN


@compiled
def _did_not_settle(speaks: Bools, judged: Bools, agreed: Bools, unsettled: Bools) -> Bools:
    """Heat of agreed work was only settling; a later answer says plainly that it did not settle."""
    out, was_settling = np.zeros(speaks.shape, np.bool_), np.zeros(speaks.shape[1], np.bool_)
    for step in range(speaks.shape[0]):
        for client in range(speaks.shape[1]):
            out[step, client] = was_settling[client] and unsettled[step, client]
            if judged[step, client]:
                was_settling[client] = speaks[step, client] and agreed[step, client]
    return out


@compiled
def _note_breach(breached: Ints, breach: Floats, risk: int) -> None:
    """Of which risk a hard breach is, where there is one."""
    for step in range(breach.shape[0]):
        for client in range(breach.shape[1]):
            if breach[step, client] >= 0:
                breached[step, client] = risk


@compiled
def _unanswered(levels: NDArray[np.int8], breached: Ints, responded: Floats, attended: Bools, excess: Floats, waits_for: Ints) -> None:
    """An act of another risk that was not talked about for two sessions; a hard breach waits even where later answers are calm."""
    clients = attended.shape[1]
    waiting, asked = np.zeros(clients, np.intp), np.zeros(clients, np.bool_)
    acted, breach, since = np.full(clients, -1), np.full(clients, -1), np.full(clients, -1)  # risks; -1: none
    for step in range(attended.shape[0]):
        for client in range(clients):
            response = responded[step, client]
            asked[client] |= response == response
            told = asked[client] & (step > 0) & attended[step, client]
            broken = breach[client]
            what = broken if broken >= 0 else acted[client]
            waits = (what >= 0) & (response != 1)
            named = since[client]
            stands = named >= 0 and (named == broken or levels[named, max(step - 1, 0), client] == ACT)
            since[client] = (named if stands else what) if waits else -1  # what is told is what still stands
            waiting[client] = waiting[client] + told if waits else 0
            breach[client] = -1 if response == 1 else breach[client]
            breach[client] = breached[step, client] if breached[step, client] >= 0 else breach[client]
            waits_for[step, client] = max(since[client], 0)
            once = FAINT if waiting[client] and since[client] == broken else NOT_AT_ALL  # a no that was not heard is asked about at once
            excess[step, client] = (UNANSWERED_TWICE if waiting[client] >= WAITED else once) if told else np.nan
        acted[:] = -1
        for risk in range(len(levels) - 1, -1, -1):  # of several the first
            for client in range(clients):
                acted[client] = risk if levels[risk, step, client] == ACT else acted[client]


@compiled
def _stand(level: NDArray[np.int8], current: Bools, against: Floats, session: Floats, since: Floats, score: Floats) -> None:
    """The level of a risk, since when it stands, and its seriousness 0-1: the evidence taken together, never below the level."""
    for step in range(level.shape[0]):  # three loops, each simple enough to be done for several clients at once
        before = max(step - 1, 0)
        for client in range(level.shape[1]):
            level[step, client] = max(level[step, client], QUIET if current[step, client] else UNKNOWN)
        for client in range(level.shape[1]):
            same = (level[step, client] == level[before, client]) & (step > 0)
            since[step, client] = since[before, client] if same else session[step, client]
        for client in range(level.shape[1]):
            found = level[step, client]
            least = LEAST_ACT if found == ACT else LEAST_WATCH if found == WATCH else 0.0
            serious = (1 - least) / (against[step, client] + 1.0) + least
            score[step, client] = np.nan if found == UNKNOWN else serious
