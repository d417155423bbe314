"""Experience: is therapy itself becoming a bad experience?

Asks: whether sessions are felt as hindering, too fast, or as something not to come back to.
Needs: after_helpful, after_return or after_pace; the exit check-in where there is one.
How: hindering sessions against an absolute line and a fixed line, and against the client's own usual; wish to return
    low or three below usual; pace too fast; what the exit check-in says.
Says nothing when: a session is merely neutral, or one is less helpful than the best.
Sources: helpful to hindering anchors: Elliott (Helpful Aspects of Therapy); lasting bad effects: Crawford 2016; lines ours.
"""

from __future__ import annotations

import numpy as np

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.risk import (
    ALONE,
    FAINT,
    PLAIN,
    STRONG,
    Indicator,
    Response,
    Risk,
    Signals,
    beyond,
    drift,
    graded,
    known,
    only_beyond,
    rule,
    surprise,
)
from andante.usual import Usual

FAST = ("a bit too fast again", "much too fast")
EXIT = ("would not seek therapy again", "still bothered", "still bothered, and would not seek therapy again")

INDICATORS = (
    Indicator(
        "hindering_line_crossed", fact="helpful", source="session", kind="line", columns=("after_helpful",),
        threshold="after_helpful <= 3", basis="ours, an absolute line", says="the session got in the way: {observed} of 9",
        clears="clears when a session is felt as 4 or more",
    ),
    Indicator(
        "hindering", fact="helpful", source="session", kind="rule", columns=("after_helpful",), habit=True,
        threshold="after_helpful <= 4; strong if twice running", basis="ours, on Elliott's anchors",
        says="the session got in the way: {observed} of 9", clears="clears when a session is felt as 5 or more",
    ),
    Indicator(
        "helpful_below_usual", fact="helpful", source="session", kind="surprise", columns=("after_helpful",),
        threshold="below the client's own one-sided 95 % prediction limit", basis="limit ours",
        says="less helpful: {observed}, usually {usual}", clears="clears when a session is as helpful as usual",
    ),
    Indicator(
        "helpful_sinking", fact="helpful", source="session", kind="drift", columns=("after_helpful",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="sessions have been less helpful of late: {observed}, usually {usual}", clears="clears when sessions are about as helpful as usual again",
    ),
    Indicator(
        "return_low", fact="return_low", source="session", kind="rule", columns=("after_return",),
        threshold="after_return <= 4", basis="ours, uncalibrated", says="little wish to come back: {observed} of 10", clears="clears when the wish to come back is above 4",
    ),
    Indicator(
        "return_fell", fact="return_low", source="session", kind="graded", columns=("after_return",),
        threshold="3 points or more below usual", basis="ours, uncalibrated", says="wants to come back less: {observed}, usually {usual}",
        clears="clears when the wish to come back is within 3 points of usual",
    ),
    Indicator(
        "return_sinking", fact="return", source="session", kind="drift", columns=("after_return",), votes=False,
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="wants to come back less of late: {observed}, usually {usual}", clears="clears when the wish to come back is about as usual again",
    ),
    Indicator(
        "too_fast", named=FAST, fact="pace", source="session", kind="rule", wrong_in_itself=True, columns=("after_pace",),
        threshold="after_pace = 2: a watch by itself; or 1 and more twice in three", basis="ours, uncalibrated", says="the pace was {name}",
        clears="clears when the pace is right",
    ),
    Indicator(
        "bad_exit", named=EXIT, fact="exit", source="session", kind="rule", wrong_in_itself=True, columns=("end_again", "end_still"),
        enough=(("end_again",), ("end_still",)),
        threshold="at the exit: end_again <= 4 or end_still >= 3", basis="ours, uncalibrated",
        says="at the exit: {name}", clears="clears when an answer at the exit says otherwise; else it is for the review of this ending",
    ),
)  # fmt: skip

RESPONSES = (
    Response("invite_criticism", "say", "Ask what is not good about this therapy, thank the client for it, and change one thing at once."),
    Response("other_ways", "say", "Say what other ways there are: another method, another therapist, and how to complain."),
    Response("set_pace_together", "change", "Let the client set the pace of the next session, and check it halfway."),
    Response("warm_handover", "change", "If it does not fit, hand over warmly: go along to the first meeting if wished."),
    Response("take_along", "supervise", "Take it to supervision if two more sessions are felt as hindering."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether therapy is becoming a bad experience; see the head of this file."""
    helpful, back, pace = history["after_helpful"], history["after_return"], history["after_pace"]
    (helpful_before,) = steps.answers_before(helpful, 1)
    much = steps.true_in_last(pace == 2, known(pace), 4)
    fast = steps.true_in_last(pace >= 1, known(pace), 3)
    again, still = history["end_again"], history["end_still"]
    not_again = again <= 4
    return {
        "hindering_line_crossed": rule(helpful <= 3, known(helpful), STRONG, observed=helpful),
        "hindering": rule(helpful <= 4, known(helpful), np.where(helpful_before <= 4, STRONG, PLAIN), observed=helpful),
        "helpful_below_usual": surprise(usual, "after_helpful"),
        "helpful_sinking": drift(usual, "after_helpful"),
        "return_low": beyond(back, 4.0, -2.0, FAINT),
        "return_fell": only_beyond(graded(usual.expected("after_return") - back, 3.0, 7.0, stream="after_return")),
        "return_sinking": drift(usual, "after_return"),
        "too_fast": rule(
            (pace == 2) | ((pace >= 1) & (fast >= 2)),
            known(pace),
            np.where(pace == 2, ALONE, np.where(much >= 2, PLAIN, FAINT)),
            observed=pace,
            which=(pace == 2).astype(np.intp),
        ),
        "bad_exit": rule(not_again | (still >= 3), known(again) | known(still), STRONG, which=np.where(still >= 3, 1 + not_again, 0)),
    }


RISK = Risk(
    __name__,
    title="Is therapy becoming a bad experience?",
    client_title="Is therapy doing me good?",
    asks="Is therapy itself becoming a bad experience?",
    questions=("after_helpful", "after_return"),
    streams=("after_pace", "after_helpful", "after_return", "after_heard", "after_sense", "after_choice", "before_ready"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
