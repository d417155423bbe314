"""Regression: is the client falling back on what they wanted to leave?

Asks: whether the old way of coping is back, or gains are given back.
Needs: between_old_coping, or a general measure with at least three scores.
How: days of the old way of coping against the client's own earlier days (one week: lapse; two of three: relapse, for
    which the weeks before are a second fact beside this one);
    a reliable gain given back by the reliable change or more. Coping is shown as context (it votes in distress).
Says nothing when: the days are as usual for this client. A way of coping that is dangerous in itself goes to the
    safety path at once and is no matter of statistics here. Without demanding work before it, or the client's word,
    the cause is said to be unknown.
Sources: binomial tail at .05, derived here (1 of 7 days as usual: from 4; 2: from 5; 3: from 6); gains: Jacobson & Truax 1991.
"""

from __future__ import annotations

import numpy as np

from andante.events import CHALLENGING, Events
from andante.history import History
from andante.kernels import charts, habit, steps
from andante.measures import MeasureColumn, trend
from andante.risk import (
    ALONE,
    FAINT,
    RETURNING,
    SURPRISE_SPEAKS,
    Floats,
    Indicator,
    Response,
    Risk,
    Signal,
    Signals,
    beyond,
    charted,
    drift,
    graded,
    known,
    rule,
)
from andante.usual import Usual

JUST_MORE = 0.05  # the least strength of a week of more old coping than usual, so that of two wordings one is told (ours)
PLAINLY_MORE = 3.0  # normal deviations of a count of days at full strength: 5 of 7 days, where 1 is usual, is a watch by itself (ours)
AFTER = ("which the client puts down to the sessions", "after demanding work", "which the client puts down partly to the sessions")
SAID = ("between_old_coping", "before_coping", "before_distress", "before_wellbeing", "between_peak")  # beside which a score is not alone

INDICATORS = (
    Indicator(
        "old_coping_after_work", named=AFTER, fact="old_coping", source="self", kind="surprise", columns=("between_old_coping",),
        threshold="more days than 1 week in 20 of this client's own, after intensity >= 7 or where the client says so",
        basis="beta-binomial tail; ours", says="old way of coping on {observed} days, usually {usual}, {name}",
        clears="clears when the days are as usual",
    ),
    Indicator(
        "old_coping_up", fact="old_coping", source="self", kind="surprise", columns=("between_old_coping",),
        threshold="more days than 1 week in 20 of this client's own", basis="beta-binomial tail; ours",
        says="old way of coping on {observed} days, usually {usual}; cause not known", clears="clears when the days are as usual",
    ),
    Indicator(
        "old_coping_rising", fact="old_coping", source="self", kind="drift", columns=("between_old_coping",),
        threshold="moving average 2 SD or cumulative sum 3 above this client's own days", basis="Roberts 1959; Page 1954; limits ours",
        says="old way of coping has become more frequent: {observed} days, usually {usual}", clears="clears when the days are as usual",
    ),
    Indicator(
        "relapse", fact="weeks_before", source="self", kind="rule", wrong_in_itself=True, columns=("between_old_coping",),
        threshold="two such weeks of the last three: a watch by itself", basis="ours, uncalibrated",
        says="old way of coping again in {observed} of the last 3 weeks", clears="clears when the days are as usual",
    ),
    Indicator(
        "gains_lost", fact="gains", source="measure", kind="rule", columns=("measure:general",),
        threshold="a reliable gain, and the reliable change or more given back, one of them in two scores running; by itself: 1.67 times, in two scores running, or where the client says nothing of how it is", basis="Jacobson & Truax 1991",
        says="{name}: had clearly improved, and is at least {observed} points worse again ({usual} is reliable)",
        clears="clears when the score is back within the reliable change of the best",
    ),
    Indicator(
        "coping_falling", fact="coping", source="self", kind="drift", columns=("before_coping",), votes=False,
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="less able of late to handle hard feelings: {observed}, usually {usual}", clears="clears when coping is about as usual again",
    ),
)  # fmt: skip

RESPONSES = (
    Response(
        "no_shame",
        "say",
        "Say that falling back is common and no failure. Ask what the old way solved this time.",
        fits=("old_coping", "weeks_before"),
    ),
    Response("lighter_for_now", "change", "Where the work is part of it, make it lighter while what helped before is practiced again."),
    Response("plan_three_days", "change", "Make a plan for the next three days: the hard moment, another way, a person to reach."),
    Response(
        "what_helped", "say", "Look together at the weeks in which it went better: what was different then, and what has changed since."
    ),
    Response("take_along", "supervise", "Take it to supervision if two of three weeks go this way, at once if it is dangerous."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether the client falls back; see the head of this file."""
    days = np.minimum(history["between_old_coping"], history.days_asked)
    risky = steps.last_known(history["old_coping_risky"]) == 1
    unusual, expected = habit.days_against_own(np.where(risky, np.nan, days), history.days_asked)
    flagged = unusual >= SURPRISE_SPEAKS
    weeks = steps.true_in_last(flagged, known(unusual), 3)
    demanding = events.last(history["intensity"] >= CHALLENGING)
    after_work = demanding | (history["between_from"] >= 1)
    excess = graded(unusual, SURPRISE_SPEAKS, PLAINLY_MORE).excess
    lapse = np.where(excess >= 0, np.maximum(excess, JUST_MORE), excess)
    return {
        "old_coping_after_work": Signal(
            np.where(after_work, lapse, np.minimum(lapse, RETURNING)),
            observed=days,
            usual=expected,
            which=np.where(demanding, 1, np.where(history["between_from"] == 1, 2, 0)),
        ),
        "old_coping_up": Signal(np.where(after_work, np.minimum(lapse, RETURNING), lapse), observed=days, usual=expected),
        "old_coping_rising": Signal(_rising(days, history.days_asked, expected), observed=days, usual=expected),
        "relapse": rule((weeks >= 2) & flagged, known(unusual), ALONE, observed=weeks),
        "gains_lost": _gains(history, events),
        "coping_falling": drift(usual, "before_coping"),
    }


def _rising(days: Floats, asked: Floats, expected: Floats) -> Floats:
    """A slow change of the days: the same charts as for ratings, on deviations in binomial SDs."""
    deviation = (days - expected) / np.sqrt(expected * (1 - expected / asked))
    average, total = charts.follow(deviation[None], np.zeros(days.shape, np.bool_)[None])
    answers = (steps.count_known(deviation) - 1).astype(np.intp)
    return np.minimum(charted(average[0], total[0], deviation, answers), FAINT)


def _gains(history: History, events: Events) -> Signal:
    def points(worse: Floats, measure: MeasureColumn) -> Floats:
        return trend.given_back(worse, measure.reliable_change or np.inf)

    times, which, names, _ = events.worst_of("general", points)
    reliable = events.reliable_change("general", which)
    excess = beyond(times, 1.0, 3.0, FAINT).excess
    twice = np.minimum(times, *steps.answers_before(times, 1)) >= 1
    alone = (times >= 1) & np.logical_and.reduce([np.isnan(history[name]) for name in SAID])
    return Signal(
        np.where(alone | twice, np.fmax(excess, ALONE), excess), observed=times * reliable, usual=reliable, which=which, names=names
    )


RISK = Risk(
    __name__,
    title="Back to old ways of coping?",
    client_title="Am I back to old ways of getting through?",
    asks="Is the client falling back on what they wanted to leave?",
    questions=("between_old_coping",),
    streams=(
        "between_old_coping",
        "before_coping",
        "before_distress",
        "between_peak",
        "before_wellbeing",
        "between_settle",
        "after_overwhelm",
        "intensity",
    ),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
