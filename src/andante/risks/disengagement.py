"""Disengagement: is the client slipping away?

Asks: whether the client withdraws, resists or stops coming.
Needs: attendance, check-ins, or any of before_ready, after_return, between_used.
How: absences whose reason is unknown or about therapy; lateness; check-ins unanswered against the client's own habit;
    readiness, wish to return and use between sessions drifting down, also while feeling heard stays high; dread.
Says nothing when: an absence is practical or through illness; a question or a check-in is declined, which is a right;
    a check-in was not offered.
Sources: missed sessions go with premature ending (Green 2019); thresholds ours; drift: Roberts 1959, Page 1954.
"""

from __future__ import annotations

import numpy as np

from andante import leaving
from andante.events import Events
from andante.history import ONLY_WHEN_HELD, History
from andante.kernels import habit, steps
from andante.records import COLUMNS
from andante.risk import (
    ALONE,
    FAINT,
    PLAIN,
    STRONG,
    Bools,
    Floats,
    Indicator,
    Response,
    Risk,
    Signal,
    Signals,
    drift,
    graded,
    known,
    nearly,
    only_beyond,
    rule,
    surprise,
)
from andante.usual import Usual

RARE, VERY_UNLIKE = 0.02, 2.326  # chance of so many unanswered check-ins; deviation that comes 1 time in 100 (ours)
CHECK_INS = ("before the session", "after the session")
# Silence is seen in a column of what became of check-ins, or in the answers themselves; those from before, where the session was held.
SILENCE = (
    *(("checkin_before",), ("checkin_after",)),
    *((column.name,) for column in COLUMNS if column.stage == "after"),
    *((column.name, held) for column in COLUMNS if column.stage in ("before", "between") for held in ONLY_WHEN_HELD),
)
STAYED_AWAY = ("after a session that was too much, or hurt, or in which they asked to slow down", "because of the therapy")
FALLS = 1.5  # SDs of the moving average from which one of three ratings counts as falling beside another (ours)
HEAVY = 6.0  # planned intensity of a demanding session, for dread (ours)
DREAD = (1.5, 4.0)  # how much higher distress is before these, in SDs within a person: speaks, full strength (ours)
AFTER_STRAIN = 0.6  # once a watch by itself, twice running an act (ours, uncalibrated)
LEAVING, LEAVING_FULL = 0.10, 0.40  # five times and twenty times the base rate of a session (19.7 % over ten: Swift & Greenberg 2012)

INDICATORS = (
    Indicator(
        "missed_after_strain", named=STAYED_AWAY, fact="absence", source="behavior", kind="rule", wrong_in_itself=True, columns=("attendance", "absence_reason"),
        threshold="absent for a reason unknown or about therapy, after overwhelm, a rupture or a press in the last rated session (strong); or about therapy",
        basis="ours, uncalibrated", says="stayed away {name}",
        clears="clears when the client comes again and says how it is",
    ),
    Indicator(
        "missed_often", fact="absence", source="behavior", kind="rule", columns=("attendance", "absence_reason"),
        threshold="two of the last three sessions missed for a reason unknown or about therapy", basis="ours, on Green 2019",
        says="missed or cancelled {observed} of the last 3 appointments", clears="clears when the client comes again and says how it is",
    ),
    Indicator(
        "late_often", fact="lateness", source="behavior", kind="rule", columns=("attendance",),
        threshold="late to two of the last three sessions", basis="ours, uncalibrated", says="late to {observed} of the last 3 sessions held",
        clears="clears when the client comes on time",
    ),
    Indicator(
        "checkins_unanswered", named=CHECK_INS, fact="silence", source="behavior", kind="rule", columns=("checkin_before", "checkin_after"),
        enough=SILENCE,
        threshold="as many unanswered in a row as would come by chance 1 time in 20 with this client's own habit; three and more, as 1 in 100: strong",
        basis="ours, uncalibrated", says="check-ins {name} left unanswered since the last answer: {observed}, which is unlike this client",
        clears="clears when the next such check-in is answered",
    ),
    Indicator(
        "checkins_often_unanswered", named=CHECK_INS, fact="silence", source="behavior", kind="rule", columns=("checkin_before", "checkin_after"),
        enough=SILENCE,
        threshold="as many of the last six unanswered as would come by chance 1 time in 50 with this client's own habit before",
        basis="ours, uncalibrated", says="{observed} of the last 6 check-ins {name} unanswered, which is unlike this client",
        clears="clears when as many of the last six are answered as is usual",
    ),
    Indicator(
        "readiness_below_usual", fact="readiness", source="self", kind="surprise", columns=("before_ready",),
        threshold="below the client's own one-sided 95 % prediction limit; faint however far it lies: a watch only where the evidence passes its gate", basis="limit ours",
        says="less willing to do what was planned: {observed}, usually {usual}", clears="clears when willingness is back within what is usual",
    ),
    Indicator(
        "readiness_falling", fact="readiness", source="self", kind="drift", columns=("before_ready",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="less willing of late to do what was planned: {observed}, usually {usual}", clears="clears when willingness is about as usual again",
    ),
    Indicator(
        "return_below_usual", fact="return", source="session", kind="surprise", columns=("after_return",),
        threshold="below the client's own one-sided 95 % prediction limit; faint however far it lies: a watch only where the evidence passes its gate", basis="limit ours",
        says="wants to come back less: {observed}, usually {usual}", clears="clears when the wish to return is back within what is usual",
    ),
    Indicator(
        "return_falling", fact="return", source="session", kind="drift", columns=("after_return",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="wants to come back less of late: {observed}, usually {usual}", clears="clears when the wish to return is about as usual again",
    ),
    Indicator(
        "use_below_usual", fact="use", source="self", kind="surprise", columns=("between_used",),
        threshold="below the client's own one-sided 95 % prediction limit; faint however far it lies: a watch only where the evidence passes its gate", basis="limit ours",
        says="fewer days with something from therapy: {observed}, usually {usual}", clears="clears when use is back within what is usual",
    ),
    Indicator(
        "use_falling", fact="use", source="self", kind="drift", columns=("between_used",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="fewer days of late with something from therapy: {observed}, usually {usual}", clears="clears when use is about as usual again",
    ),
    Indicator(
        "quiet_withdrawal", fact="withdrawal", source="session", kind="rule",
        columns=("after_heard", "before_ready", "after_return", "between_used"), votes=False,
        threshold="two of readiness, return and use drifting down while feeling heard stays as usual", basis="ours, uncalibrated",
        says="feels as heard as usual, and yet of willingness, wish to come back and use between sessions two go down", clears="clears when readiness, the wish to return or use between sessions is back within what is usual",
    ),
    Indicator(
        "dread", fact="dread", source="self", kind="graded", columns=("before_distress", "planned_intensity"),
        threshold="distress is higher before demanding sessions than before others, by 1.5 SDs of people in general",
        basis="ours, uncalibrated", says="more upset before demanding sessions than before others",
        clears="clears when demanding sessions are met like others",
    ),
    Indicator(
        "leaving_soon", fact="leaving", source="behavior", kind="graded", columns=("attendance",), votes=False,
        threshold="chance of not being seen again from 10 % on",
        basis="discrete-time hazard; shipped coefficients ours, uncalibrated; `andante norms fit` makes a service's own",
        says="chance of not coming back, as for clients like this: {observed} in 100", clears="clears when the chance is below 10 in 100",
    ),
)  # fmt: skip

RESPONSES = (
    Response(
        "reach_out",
        "say",
        "After an absence or a silence make contact within two days, without blame: you were missed, and the door is open.",
        fits=("absence", "silence", "leaving"),
    ),
    Response("ask_permission", "say", "Ask whether you may talk about what makes coming hard; explore both sides and do not persuade."),
    Response("agree_anew", "change", "Agree anew on goals, tasks, length and rhythm; say how long this usually takes and what comes next."),
    Response("missing_or_much", "say", "Ask whether something is too much, or whether something is missing. Both make people leave."),
    Response("take_along", "supervise", "Take it to supervision if two of three sessions were missed, or if contact fails."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether the client is slipping away; see the head of this file."""
    away = events.away
    counted = away | history.held
    often = steps.true_in_last(away, counted, 3)
    came_late = history.coded("attendance", "late")
    late = steps.true_in_last(came_late, history.attended, 3)
    recorded, strained = known(history["attendance"]), events.after_strain
    about_therapy = history.coded("absence_reason", "about_therapy")
    falling = sum((usual.drift(name) >= FALLS).astype(np.int64) for name in ("before_ready", "after_return", "between_used"))
    fine = usual.surprise("after_heard") < 1
    rated = known(usual.surprise("after_heard")) & (known(history["before_ready"]) | known(history["after_return"]))
    told = counted & ~_came_silently(history)
    return {
        "missed_after_strain": rule(
            away & (strained | about_therapy), told, np.where(strained, AFTER_STRAIN, ALONE), which=np.where(about_therapy, 1, 0)
        ),
        "missed_often": nearly(rule(away & (often >= 2), told, STRONG, observed=often), away),
        "late_often": nearly(rule(came_late & (late >= 2), recorded & history.attended, observed=late), came_late),
        "checkins_unanswered": _silence(history),
        "checkins_often_unanswered": _often_silent(history),
        "readiness_below_usual": _faintly(surprise(usual, "before_ready")),
        "readiness_falling": drift(usual, "before_ready"),
        "return_below_usual": _faintly(surprise(usual, "after_return")),
        "return_falling": drift(usual, "after_return"),
        "use_below_usual": _faintly(surprise(usual, "between_used")),
        "use_falling": drift(usual, "between_used"),
        "quiet_withdrawal": rule(fine & (falling >= 2), rated, PLAIN),
        "dread": _dread(history, usual),
        "leaving_soon": _leaving(history, usual, events, counted & known(history["attendance"])),
    }


def _came_silently(history: History) -> Bools:
    """Came, and answered no check-in that was asked: that is no answer yet to having stayed away."""
    before, after = history.checkin_before, history.checkin_after
    return np.asarray(history.attended & ((before == 0) | (after == 0)) & ~((before == 1) | (after == 1)))


def _faintly(signal: Signal) -> Signal:
    """One answer below usual is no withdrawal yet: it is faint, however far it lies."""
    return Signal(np.minimum(signal.excess, FAINT), stream=signal.stream)


def _silence(history: History) -> Signal:
    """Unanswered check-ins in a row against the client's own habit of answering."""
    before, run_before = habit.silence(history.checkin_before)
    after, run_after = habit.silence(history.checkin_after)
    excess = np.minimum(graded(np.fmax(before, after), habit.UNUSUAL, 4.0).excess, PLAIN)
    alone = ((run_before >= 3) & (before >= VERY_UNLIKE)) | ((run_after >= 3) & (after >= VERY_UNLIKE))
    longer_after = ~(run_before > run_after) & known(run_after)
    observed, which = np.fmax(run_before, run_after), longer_after.astype(np.intp)
    return only_beyond(Signal(np.where(alone, ALONE, excess), observed=observed, which=which))


def _often_silent(history: History) -> Signal:
    """The last six taken together: answers in between do not make it a habit."""
    (before, missing_before), (after, missing_after) = (habit.silent_lately(c) for c in (history.checkin_before, history.checkin_after))
    chance = np.fmin(before, after)
    rarer_after = ~(before < after) & known(after)
    missing = np.where(rarer_after, missing_after, missing_before)
    return rule(chance <= RARE, known(chance), observed=missing, which=rarer_after.astype(np.intp))


def _dread(history: History, usual: Usual) -> Signal:
    """How much higher distress is before demanding sessions than before others (two of each at least).

    In SDs of people in general, not of this client: a dread that comes every time would widen their own.
    """
    distress, plan, prior = history["before_distress"], history["planned_intensity"], usual.prior("before_distress")
    heavy, light = plan >= HEAVY, plan < HEAVY
    difference = (_mean_so_far(distress, heavy) - _mean_so_far(distress, light)) / (prior.within if prior else 1.0)
    return Signal(np.where(heavy, graded(difference, *DREAD).excess, np.nan), stream="before_distress")


def _leaving(history: History, usual: Usual, events: Events, counted: Bools) -> Signal:
    """The chance of not being seen again. Its parts vote as they are; taken together they are shown and never vote twice."""
    chance = leaving.chance(history, usual, events)
    return Signal(np.where(counted, (chance - LEAVING) / (LEAVING_FULL - LEAVING), np.nan), observed=np.round(100 * chance))


def _mean_so_far(values: Floats, where: Bools) -> Floats:
    return steps.mean_so_far(np.where(where, values, np.nan), 2)


RISK = Risk(
    __name__,
    title="Slipping away?",
    client_title="Is coming here getting harder?",
    asks="Is the client slipping away?",
    questions=("attendance", "before_ready", "after_return", "between_used"),
    streams=("before_ready", "after_return", "between_used", "after_helpful", "after_sense", "before_wellbeing", "after_choice"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
    not_yet=("speech_withdrawal",),
)
