"""Distress: is this more than the client can use?

Asks: whether emotion, memories or topics are more than the client can use, in the session or after it.
Needs: any of overwhelm, distress, wellbeing, coping, worst moment, days until settled, in-session distress, or a
    general measure.
How: overwhelm against a fixed line, an absolute line and the client's own usual; heat left at the end; days until
    settled; slow drifts of distress, wellbeing, coping and the worst moment; reliable deterioration.
Says nothing when: a rise follows prepared, agreed work and settles (it is marked as settling); where the client puts
    the hard part down to life it says "watch" at most.
Sources: lines for overwhelm and settling are ours; left hot: rule ours on within-session habituation (Sripada & Rauch
    2015); reliable change: Jacobson & Truax 1991 with each measure's points; drift: Roberts 1959, Page 1954.
"""

from __future__ import annotations

import numpy as np

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
from andante.measures import MeasureColumn, trend
from andante.measures.course import MUCH_WORSE
from andante.risk import (
    ALONE,
    FAINT,
    NOT_AT_ALL,
    ROUNDING,
    Bools,
    Floats,
    Indicator,
    Response,
    Risk,
    Signal,
    Signals,
    beyond,
    drift,
    known,
    of_one_fact,
    rule,
    surprise,
)
from andante.usual import Usual

TOO_MUCH = 8  # overwhelm from which it is too much for anybody (an absolute line; ours)
MUCH = ("it was a lot to bear", "it was too much")  # on the client's own line; above it
SPIKE = 10 / 6  # in reliable changes: 10 points of the PHQ-9, whose own is 6 (symptomspikes)
BOTH, ONE, SLOWLY_ALONE = 0.3, 0.5, 0.9  # from 2.9 SDs in both, or 3.5 in the only one asked, a slow change stands by itself (ours)
LASTING = 3  # scores that are reliably worse, running: then a measure stands by itself whatever the others say (ours)
AGREES = 0.5  # reliable changes worse: another measure that is not so far says otherwise (ours)
QUARTER_FURTHER, GROWING = 1.25, 0.6  # reliable changes, and how strongly a second score that far speaks, or a third (ours)
SAID = ("before_distress", "before_wellbeing", "before_coping", "between_peak", "after_overwhelm")  # how it is, in the client's words
RATED = ("after_heard", "after_helpful", "after_return")  # what a polite client rates well, come what may
POLITE = 2  # ratings always at one end: then they say nothing against a measure (ours)
RETURNS_WITHIN = 3  # further scores in which a spike may still come back by half (ours)
JUMPED = 1e-9  # any part of a jump that has not come back

INDICATORS = (
    Indicator(
        "overwhelm_line_crossed", fact="heat", source="session", kind="line", columns=("after_overwhelm",), heat=True,
        threshold="after_overwhelm >= 8", basis="ours, an absolute line", says="it was too much: {observed} of 10",
        clears="clears when a session stays below 8",
    ),
    Indicator(
        "overwhelm_high", named=MUCH, fact="heat", source="session", kind="rule", columns=("after_overwhelm",), heat=True,
        threshold="after_overwhelm >= 7, or the client's own agreed line", basis="ours, uncalibrated",
        says="{name}: {observed} of 10", clears="clears when a session stays below 7, or below the client's own agreed line",
    ),
    Indicator(
        "overwhelm_above_usual", fact="heat", source="session", kind="surprise", columns=("after_overwhelm",), heat=True,
        threshold="above the client's own one-sided 95 % prediction limit",
        basis="control charts: Eubanks-Carter, Gorman & Muran 2012; limit ours", says="more overwhelming than usual: {observed}, usually {usual}",
        clears="clears when a session is back within what is usual",
    ),
    Indicator(
        "overwhelm_rising", fact="heat", source="session", kind="drift", columns=("after_overwhelm",), heat=True,
        threshold="moving average 2 SD or cumulative sum 3 above usual", basis="Roberts 1959; Page 1954; limits ours",
        says="sessions have been more overwhelming of late: {observed}, usually {usual}",
        clears="clears when sessions are about as usual again",
    ),
    Indicator(
        "left_hot", fact="heat", source="session", kind="rule", wrong_in_itself=True, columns=("suds_start", "suds_peak", "suds_end"), heat=True,
        threshold="suds_end >= 5, at least half of the peak and >= 2 above the start; three times running: a watch by itself",
        basis="rule ours, on within-session habituation (Sripada & Rauch 2015)", says="left at {observed} of 10, having come at {usual}",
        clears="clears when a session ends below 5 or below half of its peak",
    ),
    Indicator(
        "distress_rising", fact="state", source="self", kind="drift", wrong_in_itself=True, columns=("before_distress",), tells_settling=True,
        threshold="moving average 2 SD or cumulative sum 3 above usual; by itself where wellbeing falls as well, or is never asked", basis="Roberts 1959; Page 1954; limits ours",
        says="distress has been higher of late: {observed}, usually {usual}", clears="clears when distress is about as usual again",
    ),
    Indicator(
        "wellbeing_falling", fact="state", source="self", kind="drift", wrong_in_itself=True, columns=("before_wellbeing",), tells_settling=True,
        threshold="moving average 2 SD or cumulative sum 3 below usual; by itself where distress rises as well, or is never asked",
        basis="Roberts 1959; Page 1954; limits ours", says="wellbeing has been lower of late: {observed}, usually {usual}", clears="clears when wellbeing is about as usual again",
    ),
    Indicator(
        "peak_rising", fact="week", source="self", kind="drift", columns=("between_peak",), tells_settling=True,
        threshold="moving average 2 SD or cumulative sum 3 above usual", basis="Roberts 1959; Page 1954; limits ours",
        says="the worst moments between sessions have been worse of late: {observed}, usually {usual}",
        clears="clears when the worst moment is about as usual again",
    ),
    Indicator(
        "settle_line_crossed", fact="settling", source="self", kind="line", columns=("between_settle",), tells_settling=True,
        threshold="between_settle = 7 with a gap of a week or more, or one that is not known", basis="ours, an absolute line",
        says="not settled after a whole week", clears="clears when the client settles within the week",
    ),
    Indicator(
        "slow_settling", fact="settling", source="self", kind="rule", columns=("between_settle",), tells_settling=True,
        threshold="between_settle >= 3 days; strong from 5", basis="ours, uncalibrated", says="it took {observed} days to feel settled", says_not_yet="not settled yet",
        clears="clears when the client settles within two days",
    ),
    Indicator(
        "not_settled_midway", fact="settling", source="self", kind="rule", columns=("mid_settled",), tells_settling=True,
        threshold="mid_settled = 0", basis="ours, uncalibrated", says="not settled two days after the session",
        clears="clears when the client says it has settled",
    ),
    Indicator(
        "coping_falling", fact="coping", source="self", kind="drift", wrong_in_itself=True, columns=("before_coping",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="less able of late to handle hard feelings: {observed}, usually {usual}", clears="clears when coping is about as usual again",
    ),
    Indicator(
        "reliably_worse", fact="measure", source="measure", kind="rule", columns=("measure:general",),
        threshold="reliable change above the first score, or over the last 1.5 times it, or it twice running; by itself: more than it, or it twice running, or where no more is asked or two of the ratings are always at one end",
        basis="Jacobson & Truax 1991", says="{name}: worse by {observed} points ({usual} is reliable)",
        clears="clears when a score is no longer reliably above the first, nor above the last",
    ),
    Indicator(
        "spike_unreturned", fact="measure", source="measure", kind="rule", columns=("measure:general",),
        threshold="a jump of 1.67 reliable changes (PHQ-9: 10) that has not come back by half within three further scores",
        basis="form of the rule: symptomspikes, not a validated standard; a spike alone is ambiguous (Hayes 2007)",
        says="{name}: still {observed} points above what it was before a jump", clears="clears when the score has come back by half a jump (PHQ-9: 5)",
    ),
    Indicator(
        "off_course", fact="measure", source="measure", kind="rule", columns=("measure:general",),
        threshold="worse than the 80 % band of the service's own expected course (with --norms)",
        basis="expected course: Finch, Lambert & Schaalje 2001, as a mixed model", says="{name}: worse than expected by now",
        clears="clears when the score is within the expected band",
    ),
)  # fmt: skip

RESPONSES = (
    Response(
        "ask_which", "say", "Ask: too much, hard but useful, or something outside the sessions? Let the client's word decide what it was."
    ),
    Response(
        "slow_and_ground",
        "change",
        "Slow down early next time, come back to the room and the body, keep ten minutes to settle.",
        fits=("heat", "settling"),
    ),
    Response("one_step_lower", "change", "Agree on one step less: shorter, one fragment, more support. Keep the work available."),
    Response("plan_two_days", "change", "Plan the two days after the session together: what helps, who is there, how to reach someone."),
    Response("take_along", "supervise", "Take it to supervision if two more sessions go this way, or if a week does not settle it."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether it is more than the client can use; see the head of this file."""
    overwhelm, settle, midway = history["after_overwhelm"], history["between_settle"], history["mid_settled"]
    start, peak, end = history["suds_start"], history["suds_peak"], history["suds_end"]
    week_or_more = history.days_asked >= 7
    above = (overwhelm > events.line) | (overwhelm >= TOO_MUCH)
    said = {
        "overwhelm_line_crossed": rule(overwhelm >= TOO_MUCH, known(overwhelm), observed=overwhelm),
        "overwhelm_high": beyond(overwhelm - events.line, 0.0, 3.5, ALONE, observed=overwhelm, which=above.astype(np.intp)),
        "overwhelm_above_usual": surprise(usual, "after_overwhelm"),
        "overwhelm_rising": drift(usual, "after_overwhelm"),
    }
    hot, rated = events.left_hot, known(start, peak, end)
    thrice = steps.true_in_last(hot, rated, 3) == 3
    return {
        **said,
        "left_hot": rule(
            hot, rated & (hot | ~_too_much_unanswered(said, overwhelm)), np.where(thrice, ALONE, 0.3), observed=end, usual=start
        ),
        **_state(usual),
        "peak_rising": drift(usual, "between_peak"),
        "settle_line_crossed": rule((settle >= 7) & week_or_more, known(settle), observed=settle),
        "slow_settling": rule(settle >= 3, known(settle), _how_slow(settle), observed=settle),
        "not_settled_midway": rule(midway == 0, known(midway), ALONE, observed=midway),
        "coping_falling": drift(usual, "before_coping"),
        **of_one_fact({
            "reliably_worse": _deterioration(history, usual, events),
            "spike_unreturned": _spike(history, events),
            "off_course": _off_course(history, usual),
        }),
    }  # fmt: skip


def _state(usual: Usual) -> Signals:
    """How the client comes. Distress and wellbeing get slowly worse together, or one does and the other is never asked: by itself."""
    slow = {"distress_rising": drift(usual, "before_distress"), "wellbeing_falling": drift(usual, "before_wellbeing")}
    rising, falling = (signal.excess for signal in slow.values())
    never = [np.isnan(steps.last_known(excess)) for excess in (rising, falling)]
    plainly = (np.minimum(rising, falling) >= BOTH) | (never[1] & (rising >= ONE)) | (never[0] & (falling >= ONE))
    return {
        name: signal._replace(excess=np.where(plainly, np.maximum(signal.excess, SLOWLY_ALONE), signal.excess))
        for name, signal in slow.items()
    }


def _too_much_unanswered(said: Signals, overwhelm: Floats) -> Bools:
    """The client's last answer was that it was too much, and there is none now: no rating in the room takes that back."""
    too_much = np.fmax.reduce([signal.excess for signal in said.values()]) >= 0
    return np.asarray(~known(overwhelm) & (steps.last_known(np.where(known(overwhelm), too_much, np.nan)) == 1))


def _how_slow(days: Floats) -> Floats:
    """From 5 days on it is a watch unless its risk is calm; below, a tenth for each day (ours)."""
    return np.where(days >= 5, 0.6 + 0.05 * (days - 5), FAINT + 0.1 * (days - 3))


def _deterioration(history: History, usual: Usual, events: Events) -> Signal:
    """The general measure that worsened most, in units of its own reliable change.

    One score just on the line is often noise. What makes it stand by itself (ours): one beyond it; a second one running
    where no other general measure says otherwise. More strongly, so that the next is an act: such a second one a quarter further;
    three running whatever the others say; and the first beside which the client says nothing of how it is, or has always given two
    ratings at one end of their scales.
    """

    def points(worse: Floats, measure: MeasureColumn) -> Floats:
        reliable = measure.reliable_change or np.inf
        last = trend.since_last(worse, history.days)
        (before,) = steps.answers_before(last, 1)
        jumped = (last >= 1.5 * reliable) | ((last >= reliable) & (before >= reliable))
        return np.fmax(trend.since_first(worse), np.where(jumped, last, np.nan))

    each = events.each_of("general", points)
    times, which, names, waits = events.worst("general", each)
    reliable = events.reliable_change("general", which)
    before, *earlier = steps.answers_before(times, LASTING - 1)
    only = (times >= 1) & _speaks_alone(history, usual)
    lasting = np.minimum.reduce([times, before, *earlier]) >= 1
    excess = np.fmax(
        beyond(times, 1.0, 3.0, FAINT).excess, np.where(lasting | only, GROWING, np.where(times > 1 + ROUNDING, ALONE, np.nan))
    )
    return Signal(np.fmax(excess, _confirmed(each)), observed=times * reliable, usual=reliable, which=which, names=names, waits=waits)


def _speaks_alone(history: History, usual: Usual) -> Bools:
    """Where a measure is the only one to speak: the client has not said how it is, or two of the ratings are uninformative so far."""
    unsaid: Bools = np.logical_and.reduce([np.isnan(history[name]) for name in SAID])
    at_one_end = np.sum([usual.uninformative(name) for name in (*SAID, *RATED)], axis=0)
    return np.asarray(unsaid | (at_one_end >= POLITE))


@compiled
def _confirmed(each: Floats) -> Floats:
    """How strongly a second reliably worse score of one measure speaks, NaN where there is none, or another measure's latest
    score is not even half as far (`each` as `Events.each_of` gives it)."""
    out = np.full(each.shape[1:], np.nan)
    latest, before = np.empty(len(each)), np.empty(len(each))
    for client in range(each.shape[2]):
        latest[:] = before[:] = np.nan
        for step in range(each.shape[1]):
            farthest, least = np.nan, np.inf
            for measure in range(len(each)):
                here = each[measure, step, client]
                if here == here:
                    before[measure], latest[measure] = latest[measure], here
                    farthest = np.fmax(farthest, here if here >= 1 and before[measure] >= 1 else np.nan)
                least = np.fmin(least, latest[measure])
            if farthest == farthest and least >= AGREES:
                out[step, client] = GROWING if farthest >= QUARTER_FURTHER else ALONE
    return out


def _spike(history: History, events: Events) -> Signal:
    """A jump of a general measure that has not come back by half within three further scores."""

    def points(worse: Floats, measure: MeasureColumn) -> Floats:
        return trend.spike_stays(worse, SPIKE * (measure.reliable_change or np.inf), RETURNS_WITHIN)

    times, which, names, waits = events.worst_of("general", points, JUMPED)
    reliable = events.reliable_change("general", which)
    return Signal(rule(times > 0, known(times)).excess, observed=times * reliable, which=which, names=names, waits=waits)


def _off_course(history: History, usual: Usual) -> Signal:
    """A general measure beyond the 80 % band of the service's own expected course (norms); nothing without one."""
    excess, which = np.full(history.shape, np.nan), np.zeros(history.shape, np.intp)
    names: list[str] = []
    for measure in history.measures("general"):
        course, scores = usual.norms.course.get(measure.name), history[measure.name]
        if course:
            first, since = trend.first(scores), trend.sessions_since_first(scores, history.attended_before)
            place = course.signal(first, since, scores)
            judged = (place >= 0) & course.covers(first, since)
            found = np.where(judged, np.where(place == MUCH_WORSE, FAINT, NOT_AT_ALL), np.nan)
            which = np.where(np.isnan(excess) | (found > excess), len(names), which)
            excess = np.fmax(excess, found)
            names.append(measure.label or measure.name)
    return Signal(excess, which=which, names=tuple(names))


RISK = Risk(
    __name__,
    title="More than can be used?",
    client_title="Is it getting too much?",
    asks="Is this more than the client can use?",
    questions=(
        "after_overwhelm", "before_distress", "before_wellbeing", "before_coping", "between_peak", "between_settle", "suds_end",
        "measure:general",
    ),
    streams=(
        "after_overwhelm", "before_distress", "before_wellbeing", "between_peak",
        "between_settle", "before_coping", "before_open", "after_sense", "before_ready", "suds_end",
    ),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
    )  # fmt: skip
