"""Trust: is the alliance damaged and not repaired?

Asks: whether the client feels less heard than before, and whether that has been mended.
Needs: after_heard, or an alliance measure.
How: feeling heard against an absolute line, a fixed line, the client's own prediction limit and a fall of one or two
    SDs; two sessions without return to within half an SD; an alliance measure; a session cancelled by the service
    straight after a hard one. Feeling free to say no is a second fact here, and only together with feeling heard.
Says nothing when: the rating dips and is back at the next session (a rupture mended at once is no harm).
Sources: prediction limit: Eubanks-Carter, Gorman & Muran 2012; 1 and 2 SD, larger of within and between: Gumz 2012
    (BMC Med Res Methodol 12:10); unrepaired ruptures harm: McLaughlin 2014; the half SD is ours.
"""

from __future__ import annotations

import numpy as np

from andante.events import Events
from andante.history import History
from andante.kernels.compiled import compiled
from andante.measures import MeasureColumn, trend
from andante.risk import (
    ALONE,
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
    graded,
    known,
    only_beyond,
    rule,
    surprise,
)
from andante.usual import Usual

LENIENT, STRICT, FALL_FULL = 1.0, 2.0, 5.0  # SDs of a fall: the two rules of Gumz 2012, and full strength (ours)
NOT_MENDED = 0.6  # strength of a fall that is not mended: stronger than one that has only begun (ours)
LESS_HEARD = 6.0  # feeling heard below this counts as less heard beside a choice that was not free (ours)
HEARD_LOW = (6.99, 2.0)  # below 7 it begins to speak, at 2 at full strength (ours)

INDICATORS = (
    Indicator(
        "heard_line_crossed", fact="heard", source="session", kind="line", columns=("after_heard",), threshold="after_heard <= 4",
        basis="ours, an absolute line", says="felt heard {observed} of 10", clears="clears when the client feels heard above 4",
    ),
    Indicator(
        "heard_low", fact="heard", source="session", kind="graded", columns=("after_heard",), threshold="after_heard < 7",
        basis="ours, uncalibrated", says="felt heard {observed} of 10", clears="clears when the client feels heard at 7 or more",
    ),
    Indicator(
        "heard_below_usual", fact="heard", source="session", kind="surprise", columns=("after_heard",),
        threshold="below the client's own one-sided 95 % prediction limit", basis="Eubanks-Carter, Gorman & Muran 2012; limit ours",
        says="felt heard {observed}, usually {usual}", clears="clears when a session is back within what is usual",
    ),
    Indicator(
        "heard_sinking", fact="heard", source="session", kind="drift", columns=("after_heard",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="felt heard less of late: {observed}, usually {usual}",
        clears="clears when a session is about as usual again",
    ),
    Indicator(
        "heard_fell", fact="heard", source="session", kind="graded", columns=("after_heard",),
        threshold="a fall of 1 SD (lenient) or 2 SD (strict, stronger) from usual, larger of within- and between-person SD", basis="Gumz 2012",
        says="felt heard {observed}, usually {usual}", clears="clears when how heard the client feels is back within an SD of usual",
    ),
    Indicator(
        "not_mended", fact="heard", source="session", kind="rule", columns=("after_heard",),
        threshold="after a fall of 2 SD, two sessions without return to within half an SD, and still 1 SD below", basis="McLaughlin 2014; half an SD is ours",
        says="not mended for {observed} sessions", clears="clears when how heard the client feels is back within an SD of usual",
    ),
    Indicator(
        "choice_and_heard", fact="choice", source="session", kind="rule", columns=("after_choice", "after_heard"),
        threshold="could not, or only partly, say no, in a session in which the client felt less heard", basis="ours, uncalibrated",
        says="could not, or only partly, have said no, and felt heard {observed} of 10", clears="clears when the client could have said no",
    ),
    Indicator(
        "alliance_fell", fact="alliance", source="measure", kind="rule", columns=("measure:alliance",),
        threshold="an alliance measure below its first or last score by its reliable change, or where none is published by 15 % of its scale",
        basis="Jacobson & Truax 1991; the 15 % are ours, uncalibrated",
        says="{name}: lower by {observed} points (from {usual} on it counts)",
        clears="clears when a score is no longer that far below the first, nor below the last",
    ),
    Indicator(
        "service_cancelled", fact="service", source="record", kind="rule", columns=("attendance",),
        threshold="a session cancelled by the service straight after a hard one", basis="ours, uncalibrated",
        says="we cancelled straight after a hard session", clears="clears when the next session takes place",
    ),
)  # fmt: skip

RESPONSES = (
    Response("say_it_openly", "say", "Say openly what you notice between you, and invite the client to say what was missing or hurt."),
    Response("own_part", "say", "Own your part, in one sentence and without reasons. Thank the client for saying it."),
    Response("hold_change_work", "change", "Hold back work on change until this is understood; stay with the client's experience first."),
    Response("task_or_goal", "change", "Clear up what was misunderstood; change the task or the goal, or give the reason for it again."),
    Response("take_along", "supervise", "Take it to supervision if it is not mended after two or three sessions."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether trust is hurt and not mended; see the head of this file."""
    heard, choice = history["after_heard"], history["after_choice"]
    unusual = surprise(usual, "after_heard")
    below = (unusual.excess >= 0) | (heard < LESS_HEARD) | (events.fall_in_heard >= 1)
    cancelled = history.coded("attendance", "cancelled_by_service")
    unsettled = history["between_settle"] >= 5
    return {
        "heard_line_crossed": rule(heard <= 4, known(heard), observed=heard),
        "heard_low": only_beyond(graded(heard, *HEARD_LOW)),
        "heard_below_usual": unusual,
        "heard_sinking": drift(usual, "after_heard"),
        "heard_fell": _fell(events),
        "not_mended": _not_mended(heard, events, usual),
        "choice_and_heard": rule(below & (choice <= 1), known(heard, choice), np.where(choice == 0, STRONG, PLAIN), observed=heard),
        "alliance_fell": _alliance(history, events),
        "service_cancelled": rule(
            cancelled & (events.after_strain | unsettled), cancelled | (known(history["attendance"]) & history.attended)
        ),
    }


def _fell(events: Events) -> Signal:
    """The lenient rule speaks from 1 SD on; by the strict one, 2 SDs, it is at least half as strong as it can be."""
    fall = events.fall_in_heard
    lenient = (fall - LENIENT) / (FALL_FULL - LENIENT)
    return only_beyond(Signal(np.where(fall >= STRICT, np.maximum(lenient, ALONE), lenient), stream="after_heard"))


def _not_mended(heard: Floats, events: Events, usual: Usual) -> Signal:
    """How many sessions a strict fall has gone without return to within half an SD of the level before it."""
    prior = usual.prior("after_heard")
    half = 0.5 * np.maximum(usual.scale("after_heard"), prior.between if prior else 1.0)
    waiting, still = _wait_for_return(heard, usual.expected("after_heard"), events.fall_in_heard, half)
    return rule((waiting >= 2) & still, known(waiting), NOT_MENDED, observed=waiting)


@compiled
def _wait_for_return(heard: Floats, expected: Floats, fall: Floats, half: Floats) -> tuple[Floats, Bools]:
    """How many answers a strict fall has waited, and whether it is still one SD or more below the level before it."""
    out, still = np.full(heard.shape, np.nan), np.zeros(heard.shape, np.bool_)
    for client in range(heard.shape[1]):
        level, waiting = np.nan, 0.0
        for step in range(heard.shape[0]):
            now = heard[step, client]
            if np.isnan(now):
                continue
            if now >= level - half[step, client]:
                level, waiting = np.nan, 0.0
            elif not np.isnan(level):
                waiting += 1
            elif fall[step, client] >= 2:
                level, waiting = expected[step, client], 0.0
            out[step, client], still[step, client] = waiting, now <= level - 2 * half[step, client]
    return out, still


def _alliance(history: History, events: Events) -> Signal:
    def points(worse: Floats, _measure: MeasureColumn) -> Floats:
        return np.fmax(trend.since_first(worse), trend.since_last(worse, history.days))

    times, which, names, _ = events.worst_of("alliance", points)
    counts = np.array([m.change for m in history.measures("alliance")] or [np.nan], np.float64)[which]
    return Signal(beyond(times, 1.0, 2.0).excess, observed=times * counts, usual=counts, which=which, names=names)


RISK = Risk(
    __name__,
    title="Trust hurt and not mended?",
    client_title="Do I feel heard and safe with you?",
    asks="Is the alliance damaged and not repaired?",
    questions=("after_heard", "measure:alliance"),
    streams=("after_heard", "after_choice", "after_helpful", "after_return", "after_sense", "before_ready"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
