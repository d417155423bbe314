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
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from andante import deepening
from andante.alerts import Levels
from andante.events import Events
from andante.history import History
from andante.kernels import flags, steps
from andante.kernels.compiled import compiled
from andante.risk import SHOWS, UNLIKE
from andante.safety import opened as opened_at
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import ACT, DEEPEN, EASE, GO_ON, HOLD, QUIET, SAFETY_OPEN, STANCE_UNKNOWN, UNKNOWN, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.intp]

EASING_RISKS = ("distress", "retraumatization", "boundaries", "ethics")
LEAST_JUDGED = 3  # risks (ours)
GETTING_TO_KNOW = 3  # sessions (ours)
NOTICEABLE = 0.25  # strength from which something unusual is told although it makes no level: 2.5 SDs (ours)
FIRST = 100.0  # what puts a breach or an absolute line, now or last time, before whatever else is told: more than anything is strong
NOW = 0.2  # strength that what is said in this row has before what still stands from an earlier one (ours)
LASTS = 6  # answers running in which the same thing was said, until it is asked about although it makes no level (ours)

# Why a stance was taken.
(
    SAFETY, BREACH, NO_NOT_HEARD, ACT_EASES, BRAKE, ACT_HOLDS, MISSING, TWO_FACTS,
    TOO_LITTLE, WISHES_MORE, AVOIDING, MENDED, ONE_WATCH, AS_IT_IS, EARLY, LASTING, NOTICED, MISSING_PERHAPS, TOO_LITTLE_BUT, SAYS_LITTLE,
    STAYED_AWAY, SAFETY_DAYS, TOO_LITTLE_NOTED, WISHES_LESS, BRAKE_TALKED, HARD_WEEK,
) = range(26)  # fmt: skip

OFF, TO_TALK, TO_SETTLE = range(3)  # of the client's brake: what is still to come before it is lifted

# What the client wants and the reason does not say: it is told after it, whatever the stance.
(NO_WISH, WISHES_SLOWER, WISHES_FASTER, ASKED_TO_SLOW, FINDS_TOO_SLOW) = range(5)
TRUST_MENDED = 8  # added to it where trust is mended and the reason does not say so: repair is always said


@dataclass(frozen=True)
class Stances:
    """The stance of each row `[T, C]`, why, and the indicator that decided (-1: none); how many risks could be judged.

    `since`: the session from which the reason stands (NaN: none, or not known); `beside`: what the client wants, and TRUST_MENDED.
    """

    stance: Codes
    why: Codes
    indicator: NDArray[np.int64]
    since: Floats
    beside: Codes
    judged: NDArray[np.int64]


def combine(plan: Layout, levels: Levels, excess: Floats, safety: Codes, history: History, usual: Usual, events: Events) -> Stances:
    """The stance by the first rule that applies."""
    level, names = levels.level, [risk.name for risk in plan.risks]
    easing = np.array([name in EASING_RISKS for name in names])[:, None, None]
    acts, raised = level == ACT, level >= WATCH
    judged = np.asarray(np.sum(level != UNKNOWN, axis=0, dtype=np.int64))
    breach, pressed = _standing_breach(plan, levels), brake(history)
    braked = pressed != OFF
    no_unheard = acts[names.index("boundaries")] & (breach | _no_said(plan, levels))
    facts = _facts_that_speak(level, levels.shown, excess, plan.votes, plan.answer_of, plan.risk_ends)
    leaving, one_risk = names.index("disengagement"), np.sum(raised, axis=0) == 1  # where more is raised, that is said first
    early = history.attended_before + history.attended <= GETTING_TO_KNOW
    lasting, noticed = _lasting(excess, plan.lasting), _noticed(excess, _noticeable(plan), plan.measures, plan.rules | plan.graded, early)
    _keep_noticed(noticed, history.held, history.pending)
    opened, days_alone = opened_at(history, safety)
    mended = hurt_and_mended(plan, levels, events)[1]
    rules: list[tuple[Bools, int, int]] = [
        (days_alone, HOLD, SAFETY_DAYS),
        (safety == SAFETY_OPEN, HOLD, SAFETY),
        (no_unheard, EASE, NO_NOT_HEARD),
        (breach, EASE, BREACH),
        ((acts & easing).any(axis=0), EASE, ACT_EASES),
        (pressed == TO_TALK, HOLD, BRAKE),
        (pressed == TO_SETTLE, HOLD, BRAKE_TALKED),
        (acts[leaving] & events.too_slow, HOLD, MISSING),
        ((acts & ~easing).any(axis=0), HOLD, ACT_HOLDS),
        (raised[leaving] & events.too_slow & one_risk & (facts >= 2), HOLD, MISSING),
        (facts >= 2, HOLD, TWO_FACTS),
        ((judged < LEAST_JUDGED) & raised.any(axis=0), STANCE_UNKNOWN, TOO_LITTLE_BUT),
        ((judged < LEAST_JUDGED) & ((lasting >= 0) | (noticed >= 0)), STANCE_UNKNOWN, TOO_LITTLE_NOTED),
        (judged < LEAST_JUDGED, STANCE_UNKNOWN, TOO_LITTLE),
        (
            deepening.may(plan, level, excess, breach, braked, history, usual, events) & (lasting < 0),
            DEEPEN,
            WISHES_MORE,
        ),
        (raised[leaving] & events.too_slow & one_risk, GO_ON, MISSING_PERHAPS),
        (np.asarray(raised.any(axis=0)), GO_ON, ONE_WATCH),
        (_both_avoiding(history), GO_ON, AVOIDING),
        (lasting >= 0, GO_ON, LASTING),
        (mended, GO_ON, MENDED),
        (noticed >= 0, GO_ON, NOTICED),
        (events.away, GO_ON, STAYED_AWAY),
        (events.hard_week & ~early, GO_ON, HARD_WEEK),
        (steps.last_known(history["client_wish"]) == -1, GO_ON, WISHES_LESS),
        (early, GO_ON, EARLY),
        (usual.anything_uninformative(), GO_ON, SAYS_LITTLE),
        (np.ones(history.shape, np.bool_), GO_ON, AS_IT_IS),
    ]
    stance, why = _first_that_applies(rules)
    easing_risks, places = easing[:, 0, 0].copy(), (names.index("boundaries"), leaving)
    risk, indicator = _decisive(
        why, level, levels.shown, excess, plan.votes, plan.risk_ends, easing_risks, plan.breaches, plan.outside_budget, plan.measures,
        places,
    )  # fmt: skip
    noted = (why == NOTICED) | ((why == TOO_LITTLE_NOTED) & (lasting < 0))
    indicator = np.where(noted, noticed, np.where((why == LASTING) | (why == TOO_LITTLE_NOTED), lasting, indicator))
    asked = steps.last_known(np.where(history["client_slow"] >= 1, history.session, np.nan))
    since = _since(why, risk, level, opened, asked, history.session)
    against_wish = plan.place["boundaries", "against_wish"]
    wish = _wish(why, braked, indicator, against_wish, steps.last_known(history["client_wish"]), events.too_slow)
    unsaid = mended & (why != MENDED) & (why != SAFETY) & (why != SAFETY_DAYS)
    return Stances(stance, why, indicator, since, wish + np.int8(TRUST_MENDED) * unsaid, judged)


def _first_that_applies(rules: list[tuple[Bools, int, int]]) -> tuple[Codes, Codes]:
    """Stance and reason of the first rule whose condition holds; the last one always does."""
    first = np.argmax(np.stack([condition for condition, _, _ in rules]), axis=0)
    outcomes = np.array([(stance, why) for _, stance, why in rules], np.int8)
    return outcomes[first, 0], outcomes[first, 1]


@compiled
def _since(why: Codes, risk: Ints, level: Codes, opened: Floats, asked: Floats, session: Floats) -> Floats:
    """The session from which a reason stands: of a risk, from which it has been raised without a break; of the brake, in which it was
    pressed last; NaN where it rests on none."""
    out = np.full(why.shape, np.nan)
    for step in range(why.shape[0]):
        for client in range(why.shape[1]):
            reason = why[step, client]
            if reason in (SAFETY, SAFETY_DAYS):
                out[step, client] = opened[step, client]
            elif reason in (BRAKE, BRAKE_TALKED):
                out[step, client] = asked[step, client]
            elif reason == MENDED:
                out[step, client] = session[step, client]
            elif risk[step, client] >= 0:
                first, raised = step, level[risk[step, client]]
                while first and raised[first - 1, client] >= WATCH:
                    first -= 1
                out[step, client] = session[first, client]
    return out


@compiled
def _wish(why: Codes, braked: Bools, indicator: Ints, against_wish: int, wish: Floats, too_slow: Bools) -> Codes:
    """What the client wants, where the reason itself does not say it."""
    out = np.full(why.shape, NO_WISH, np.int8)
    for step in range(why.shape[0]):
        for client in range(why.shape[1]):
            reason, wants = why[step, client], wish[step, client]
            if braked[step, client]:
                out[step, client] = NO_WISH if reason in (BRAKE, BRAKE_TALKED) else ASKED_TO_SLOW
            elif wants == -1:
                out[step, client] = NO_WISH if indicator[step, client] == against_wish or reason == WISHES_LESS else WISHES_SLOWER
            elif wants == 1 or too_slow[step, client]:
                faster = FINDS_TOO_SLOW if too_slow[step, client] else WISHES_FASTER
                out[step, client] = NO_WISH if reason in (WISHES_MORE, MISSING, MISSING_PERHAPS) else faster
    return out


@compiled
def _facts_that_speak(level: Codes, shown: Bools, excess: Floats, votes: Bools, answer_of: Ints, risk_ends: Ints) -> NDArray[np.int8]:
    """How many facts speak for what is raised: those with an indicator that votes and speaks; where facts of a risk only cross, one.

    What rests on one answer is one, in whichever risk.
    """
    _, steps, clients = shown.shape
    out, seen = np.zeros((steps, clients), np.int8), np.zeros((steps, clients), np.uint64)
    first = 0
    for risk in range(len(level)):
        for step in range(steps):
            for client in range(clients):
                farthest, most = -1, -np.inf
                for place in range(first, risk_ends[risk] if level[risk, step, client] >= WATCH else first):
                    if shown[place, step, client] and votes[place]:
                        strength = strength_last(excess, place, step, client)
                        farthest, most = (place, strength) if strength > most else (farthest, most)
                        if strength >= 0:
                            _count_once(answer_of[place], out, seen, step, client)
                if farthest >= 0:  # counted already where it speaks
                    _count_once(answer_of[farthest], out, seen, step, client)
        first = risk_ends[risk]
    return out


@compiled
def _count_once(answer: int, out: NDArray[np.int8], seen: NDArray[np.uint64], step: int, client: int) -> None:
    bit = np.uint64(1) << np.uint64(answer)
    out[step, client] += (seen[step, client] & bit) == 0
    seen[step, client] |= bit


def _standing_breach(plan: Layout, levels: Levels) -> Bools:
    return np.asarray(levels.shown[plan.breaches].any(axis=0))


def _no_said(plan: Layout, levels: Levels) -> Bools:
    """The client's own words that a no was not possible, or not heard."""
    places = [plan.place["boundaries", name] for name in ("no_choice", "stop_overridden", "limit_touched")]
    return np.asarray(levels.shown[places].any(axis=0))


def brake(history: History) -> Codes:
    """The client's brake: on from a press until the two have talked (TO_TALK) and, then or later, the client
    says it is settled (TO_SETTLE).

    Settled: said so midway (2); or nothing open from last time (0) or settled within two days, and the other of these two does
    not deny it: something bothering a lot (2), not settled yet (7 days). At a row after the press.
    """
    pressed, still_open, settle = history["client_slow"] >= 1, history["before_open"], history["between_settle"]
    calm = ((still_open == 0) | (settle <= 2)) & ~(still_open >= 2) & ~(settle >= 7)
    return _brake(pressed, (history["mid_settled"] == 2) | calm, history.true("responded"))


@compiled
def _brake(pressed: Bools, settled: Bools, talked: Bools) -> Codes:
    out = np.zeros(pressed.shape, np.int8)
    for client in range(pressed.shape[1]):
        on = spoken = False
        for step in range(pressed.shape[0]):
            spoken = on and (spoken or talked[step, client])
            on = pressed[step, client] or (on and not (spoken and settled[step, client]))
            spoken = spoken and not pressed[step, client]
            out[step, client] = (TO_SETTLE if spoken else TO_TALK) if on else OFF
    return out


def _both_avoiding(history: History) -> Bools:
    """Readiness of 7 or more with intensity of 3 or less, four times running."""
    ready, intensity = history["before_ready"], history["intensity"]
    both, told = (ready >= 7) & (intensity <= 3), ~(np.isnan(ready) | np.isnan(intensity))
    return np.asarray(steps.true_in_last(both, told, 4) == 4)


@compiled
def _lasting(excess: Floats, lasting: Bools) -> NDArray[np.int16]:
    """The first indicator, of those that can, which has spoken in each of its last LASTS answers; -1 where none has."""
    _, rows, clients = excess.shape
    out, run = np.full((rows, clients), -1, np.int16), np.zeros(clients, np.int16)
    for place in range(len(lasting) - 1, -1, -1):  # the first one last, so that it stays
        if not lasting[place]:
            continue
        run[:] = 0
        for step in range(rows):
            for client in range(clients):  # no branches: so it can be done for several clients at once
                now, before = excess[place, step, client], run[client]
                longer = before + np.int16(1) if now >= 0 else np.int16(0)
                run[client] = longer if now == now else before
                out[step, client] = np.int16(place) if run[client] >= LASTS else out[step, client]
    return out


@lru_cache(maxsize=4)
def _noticeable(plan: Layout) -> Floats:
    """From which strength each indicator is told although it makes no level: what is unusual for this client, every rule that
    holds, however common that is, and what is graded once it shows."""
    return np.where(plan.personal, NOTICEABLE, np.where(plan.rules, 0.0, np.where(plan.graded, SHOWS, np.inf)))


@compiled
def _noticed(excess: Floats, least: Floats, measures: Bools, fixed: Bools, early: Bools) -> NDArray[np.int16]:
    """The indicator that speaks most in this row of those from which something is told (`least` `[I]`); -1 where none does.

    A measure comes first: nothing else in the check-in says what it says. As long as it is `early`, only what is `fixed` is told: what
    is usual for this client is not known yet.
    """
    _, rows, clients = excess.shape
    out, most = np.full((rows, clients), -1, np.int16), np.zeros((rows, clients))
    for place in range(len(least) - 1, -1, -1):  # the first one last, so that of equal ones it stays
        if least[place] == np.inf:
            continue
        for step in range(rows):
            for client in range(clients):
                now = excess[place, step, client]
                said = now + measures[place]
                more = (now >= least[place]) & (said >= most[step, client]) & (fixed[place] | ~early[step, client])
                out[step, client] = np.int16(place) if more else out[step, client]
                most[step, client] = said if more else most[step, client]
    return out


@compiled
def _keep_noticed(noticed: NDArray[np.int16], held: Bools, ahead: Bools) -> None:
    """What was told after the last session held is told still while the next one is ahead, unless its own answers tell more."""
    last = np.full(noticed.shape[1], -1, np.int16)
    for step in range(noticed.shape[0]):
        for client in range(noticed.shape[1]):
            if held[step, client]:
                last[client] = noticed[step, client]
            elif ahead[step, client] and noticed[step, client] < 0:
                noticed[step, client] = last[client]


def hurt_and_mended(plan: Layout, levels: Levels, events: Events) -> tuple[Bools, Bools]:
    """Sessions in which trust was hurt, by how heard the client felt, and in which that is mended, `[T, C]` each.

    Hurt: a rupture, or where trust comes to be raised. Mended: where it no longer is and the client feels heard well. A score that is no
    further down mends nothing, nor does feeling heard by somebody else.
    """
    heard = [place for (risk, name), place in plan.place.items() if risk == "trust" and "after_heard" in plan.indicators[place].columns]
    trust = levels.level[plan.risk_of[heard[0]]]
    raised = levels.shown[heard].any(axis=0) & (trust >= WATCH)
    before = steps.earlier(raised, False)
    mended = before & (trust == QUIET) & events.heard_well & ~events.of_another_therapist
    return np.asarray(events.ruptured | (raised & ~before)), np.asarray(mended)


@compiled
def _decisive(
    why: Codes, level: Codes, shown: Bools, excess: Floats, votes: Bools, risk_ends: Ints, easing: Bools,
    breaches: Bools, outside_budget: Bools, measures: Bools, places: tuple[int, int],
) -> tuple[Ints, Ints]:  # fmt: skip
    """The risk that the reason is about, and its strongest standing indicator; -1 where the reason names none.

    Of several risks that whose indicator is strongest, and of equal ones the first; breaches and lines (`outside_budget`) before others,
    then measures that speak.
    """
    risks, indicators = np.full(why.shape, -1), np.full(why.shape, -1)
    for step in range(why.shape[0]):
        for client in range(why.shape[1]):
            reason = why[step, client]
            first, last, least = 0, len(level), WATCH
            if reason == NO_NOT_HEARD:
                first, last = places[0], places[0] + 1
            elif reason in (MISSING, MISSING_PERHAPS):
                first, last = places[1], places[1] + 1
            elif reason in (ACT_EASES, ACT_HOLDS):
                least = ACT
            elif reason not in (BREACH, TWO_FACTS, ONE_WATCH, TOO_LITTLE_BUT):
                last = 0
            most = -np.inf
            for risk in range(first, last):
                if level[risk, step, client] < least or (reason == ACT_EASES and not easing[risk]):
                    continue
                for place in range(risk_ends[risk - 1] if risk else 0, risk_ends[risk]):
                    if shown[place, step, client] and votes[place] and (reason != BREACH or breaches[place]):
                        ago = step - flags.last_at(excess[place], UNLIKE, step, client)
                        spoke = excess[place, step - ago, client]
                        strength = (
                            spoke + (measures[place] & (spoke >= 0)) + FIRST * (outside_budget[place] & (ago <= 1)) + NOW * (ago == 0)
                        )
                        if strength > most:
                            most, risks[step, client], indicators[step, client] = strength, risk, place
    return risks, indicators


@compiled
def strength_last(excess: Floats, place: int, step: int, client: int) -> float:
    """How strongly an indicator spoke last, seen from one cell of the grid."""
    strength: float = excess[place, flags.last_at(excess[place], UNLIKE, step, client), client]
    return strength
