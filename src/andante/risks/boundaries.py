"""Boundaries: is the client's no heard?

Asks: whether the client's stops, limits, wishes and time are respected.
Needs: after_choice, stops_overridden, limits_touched, client_wish, overrun_min.
How: a stop overridden is a hard breach; a limit touched without fresh consent; the client saying that a no was not
    possible (absolute line) or less possible than usual; plan or work against a standing wish for slower; repeated
    overruns; going along (unwilling, demanding work, everything rated fine).
Says nothing when: the work is hard and the client could have said no; a limit is touched with fresh consent.
Sources: "pressured or controlled": Elliott 1993; side effects of therapy: Gerke 2020; the lines are ours.
"""

from __future__ import annotations

import numpy as np

from andante.events import CHALLENGING, Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
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
    beyond,
    drift,
    known,
    nearly,
    rule,
    surprise,
)
from andante.usual import Usual

LONG_OVERRUN = 10.0  # minutes (ours, uncalibrated)
AS_BEFORE, NOT_LIGHT = 3, 4.0  # sessions in which the wish for slower changed nothing, and intensity below which it need not (ours)
FAR_ABOVE = 3.0  # points above the last session, against the wish for slower (ours, uncalibrated)
LIMIT_AGAIN = 0.6  # how strongly a limit touched again speaks: a watch by itself, in two sessions running an act (ours, uncalibrated)

INDICATORS = (
    Indicator(
        "stop_overridden", fact="stop", source="record", kind="breach", columns=("stops_overridden",), threshold="stops_overridden >= 1",
        basis="ours, a hard breach", says="the client's stop was not honored",
        clears="clears when the client could have said no in a session without such a stop, or it has been talked about",
    ),
    Indicator(
        "no_choice", fact="choice", source="session", kind="line", columns=("after_choice",), threshold="after_choice = 0",
        basis="ours, an absolute line", says="could not have said no, stopped or changed course",
        clears="clears when the client could have said no",
    ),
    Indicator(
        "choice_below_usual", fact="choice", source="session", kind="surprise", columns=("after_choice",),
        threshold="below the client's own one-sided 95 % prediction limit", basis="limit ours", says="less free to say no than usual: {observed} of 2, usually {usual}",
        clears="clears when the client could have said no",
    ),
    Indicator(
        "choice_sinking", fact="choice", source="session", kind="drift", columns=("after_choice",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="less free to say no of late: {observed} of 2, usually {usual}", clears="clears when the client could have said no",
    ),
    Indicator(
        "told_otherwise", fact="choice", source="session", kind="rule",
        columns=("after_choice", "consent", "essentials", "stops_overridden"),
        threshold="the client could not have said no; consent or the essentials are recorded, or that no stop was overridden, and none that was", basis="ours, uncalibrated",
        says="the client could not have said no; the record does not show it", clears="clears when both say the same",
    ),
    Indicator(
        "limit_touched", fact="limit", source="record", kind="rule", wrong_in_itself=True, columns=("limits_touched",), threshold="limits_touched >= 1; two at once, or in two of three sessions: a watch by itself",
        basis="ours, uncalibrated", says="{observed} of the client's limits touched without fresh consent",
        clears="clears when a session passes in which no limit is touched",
    ),
    Indicator(
        "against_wish", fact="wish", source="record", kind="rule", columns=("client_wish", "planned_intensity", "intensity"),
        enough=(("client_wish", "planned_intensity"), ("client_wish", "intensity")),
        threshold="plan or work higher than last time, or 7 and more, while the client wishes slower, or three sessions no lighter than before the wish; strong from 7 on and 3 above last time",
        basis="ours, uncalibrated",
        says="the client wishes it slower; the work did not slow down", clears="clears when the work is slower, or the wish has changed",
    ),
    Indicator(
        "overruns", fact="time", source="record", kind="rule", columns=("overrun_min",),
        threshold="two of three sessions 10 minutes or more beyond the agreed end", basis="ours, uncalibrated",
        says="{observed} of the last 3 sessions ran over", clears="clears when a session ends in time",
    ),
    Indicator(
        "going_along", fact="going_along", source="session", kind="rule", wrong_in_itself=True, habit=True,
        columns=("before_ready", "intensity", "after_overwhelm", "after_heard", "after_helpful"),
        threshold="before_ready <= 3, intensity >= 7, and everything rated fine (heard 8, helpful 7, overwhelm 4): a watch by itself", basis="ours, uncalibrated",
        says="unwilling before, hard work, and no answer after it says so: perhaps going along", clears="clears when work follows willingness",
    ),
)  # fmt: skip

RESPONSES = (
    Response(
        "stop_content",
        "say",
        "Leave the topic. If something was done against a no, say what it was and that you are sorry.",
        fits=("stop", "limit", "choice", "wish"),
    ),
    Response("what_now", "say", "Ask what the client wants now, and say again that a no costs nothing here."),
    Response("ask_offer_ask", "change", "Ask before each step, offer two ways and none, ask again afterwards."),
    Response("write_down", "change", "Write down the limits, the stop word and what was agreed, and show it to the client."),
    Response("take_along", "supervise", "Take it to supervision; a stop that was not honored always goes there."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether the client's no is heard; see the head of this file."""
    choice, limits, stops = history["after_choice"], history["limits_touched"], history["stops_overridden"]
    long, timed = history["overrun_min"] >= LONG_OVERRUN, known(history["overrun_min"])
    overruns = steps.true_in_last(long, timed, 3)
    agreed = history.true("consent") | history.true("essentials") | (stops == 0)
    return {
        "stop_overridden": _stop(history),
        "no_choice": rule(choice == 0, known(choice), observed=choice),
        "choice_below_usual": surprise(usual, "after_choice"),
        "choice_sinking": drift(usual, "after_choice"),
        "told_otherwise": rule((choice == 0) & agreed & ~(stops >= 1), known(choice)),
        "limit_touched": _limit_touched(limits),
        "against_wish": _against_wish(history),
        "overruns": rule((overruns >= 2) & long, timed, observed=overruns),
        "going_along": _going_along(history),
    }


def _stop(history: History) -> Signal:
    """A record without another one is no answer of the client's: where it is asked, it is for the client to say that a no was possible."""
    stops, choice = history["stops_overridden"], history["after_choice"]
    asked = steps.count_known(choice) > 0  # of this client, so far
    answered = np.where(stops >= 1, 1.0, np.where(known(stops) & (known(choice) | ~asked), 0.0, np.nan))
    waits = (steps.earlier(steps.last_known(answered)) == 1) & ~known(answered)
    return rule(stops >= 1, known(stops) & ~waits, 1.0, observed=stops)


def _limit_touched(limits: Floats) -> Signal:
    """More touched is worse; in two of three sessions, or two at once, it stands by itself."""
    often = steps.true_in_last(limits >= 1, known(limits), 3)
    excess = beyond(limits, 1.0, 3.0).excess
    return Signal(np.where((limits >= 2) | ((limits >= 1) & (often >= 2)), np.fmax(excess, LIMIT_AGAIN), excess), observed=limits)


def _against_wish(history: History) -> Signal:
    """The client wishes slower, and the plan or the work is higher than last time, or is 7 and more; or it is as it was, again and again.

    Judged where there is a plan or work, and where the wish is taken back; a row without either leaves it as it was. How strongly it
    speaks is by the work, where it is known: a plan may have given way to the wish.
    """
    wish = steps.last_known(history["client_wish"])
    slower = wish == -1
    (last,) = steps.answers_before(history["intensity"], 1)
    plan, done = history["planned_intensity"], history["intensity"]
    most, work = np.fmax(plan, done), np.where(known(done), done, plan)
    as_before = _as_before(slower, work) >= AS_BEFORE
    not_lower = (most > last) | (most >= CHALLENGING) | as_before
    told = known(most) | (known(history["client_wish"]) & ~slower)
    pressed = history["client_slow"] >= 1  # says it as well, where the wish was never asked
    judged = (known(wish) & told) | (pressed & ~known(wish))
    strength = np.where(work < CHALLENGING, np.where(as_before, PLAIN, FAINT), np.where(work - last >= FAR_ABOVE, STRONG, ALONE))
    return nearly(rule(slower & not_lower, judged, strength), slower | pressed)


@compiled
def _as_before(slower: Bools, work: Floats) -> Floats:
    """How many sessions running, while the client wishes slower, the work has been no lighter than when the wish began; light work
    need not get lighter."""
    out = np.zeros(work.shape)
    for client in range(work.shape[1]):
        before, last, running = np.nan, np.nan, 0
        for step in range(work.shape[0]):
            now = work[step, client]
            if not slower[step, client]:
                before, running = np.nan, 0
            elif np.isnan(before):
                before = now if np.isnan(last) else last
            if slower[step, client] and not np.isnan(now):
                running = running + 1 if now >= before and now >= NOT_LIGHT else 0
            last = last if np.isnan(now) else now
            out[step, client] = running
    return out


def _going_along(history: History) -> Signal:
    ready, heard, helpful = history["before_ready"], history["after_heard"], history["after_helpful"]
    fine = (heard >= 8) & ~(helpful < 7) & ~(history["after_overwhelm"] > 4)
    judged, along = known(ready, heard, history["intensity"]), (ready <= 3) & (history["intensity"] >= CHALLENGING) & fine
    return rule(along, judged, ALONE)


RISK = Risk(
    __name__,
    title="Is a no heard?",
    client_title="Is it easy to say no here?",
    asks="Is the client's no heard?",
    questions=("after_choice", "stops_overridden", "limits_touched"),
    streams=("after_choice", "intensity", "after_heard", "after_return", "after_overwhelm", "before_ready", "overrun_min", "after_pace"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
    not_yet=("speech_pressed_on",),
)
