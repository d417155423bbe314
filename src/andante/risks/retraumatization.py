"""Retraumatization: are trauma symptoms reliably worse after the work, and not recovering?

Asks: whether trauma symptoms are reliably worse and stay worse, or the client is no longer in the present.
Needs: a trauma measure (pcl5), between_intrusions, or after_present.
How: the trauma measure against its first and its last score, twice running, and without return within three measures;
    intrusions drifting up; presence low after trauma work; trauma work again while the last one is unsettled. Thin
    preparation counts only together with a worsening.
Says nothing when: symptoms rise for one measure and come back: 15 to 29 of 100 clients have such a rise and still
    improve (Larsen 2016).
Sources: +10: NCPTSD guidance; +15: reliable change, Marx 2022; 5 is noise (Blanchard 2023); the combination is ours.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from andante.events import PREPARED_ENOUGH, Events
from andante.history import History
from andante.kernels import steps
from andante.measures import MeasureColumn, trend
from andante.risk import (
    ALONE,
    NOT_AT_ALL,
    PLAIN,
    SHOWS,
    STRONG,
    Bools,
    Floats,
    Indicator,
    Response,
    Risk,
    Signal,
    Signals,
    drift,
    known,
    nearly,
    of_one_fact,
    rule,
    surprise,
)
from andante.usual import Usual

FAR = 3  # present of 10, up to which the client is far away (ours)
STRONGER = 1.5  # times the watch: +15 where +10 is a watch (Marx 2022)
SHORT_BY, JUST_SHORT = 0.4, 0.02  # how far short of the threshold, for each times that is missing, and at the least (ours)

INDICATORS = (
    Indicator(
        "trauma_symptoms_worse", fact="trauma_measure", source="measure", kind="rule", columns=("measure:trauma",),
        threshold="pcl5 +10 over the first score, or over the last before a rise until a score is back; by itself; strong from +15, or 10 twice running",
        basis="NCPTSD guidance; Marx 2022; Blanchard 2023; the rule is ours", says="{name}: worse by {observed} points ({usual} counts)",
        clears="clears when a score is no longer that far above the first, and is back at what it was before the rise",
    ),
    Indicator(
        "trauma_symptoms_staying", fact="trauma_measure", source="measure", kind="rule", columns=("measure:trauma",),
        threshold="a rise of 10 without return within three measures", basis="ours, on Larsen 2016",
        says="{name}: still {observed} points above the score before the rise, three scores later", clears="clears when the score is back at what it was before the rise",
    ),
    Indicator(
        "intrusions_rising", stirred=True, fact="intrusions", source="self", kind="drift", columns=("between_intrusions",),
        threshold="moving average 2 SD or cumulative sum 3 above usual", basis="Roberts 1959; Page 1954; limits ours",
        says="more unwanted memories of late: {observed}, usually {usual}", clears="clears when unwanted memories are about as usual again",
    ),
    Indicator(
        "intrusions_above_usual", stirred=True, fact="intrusions", source="self", kind="surprise", columns=("between_intrusions",),
        threshold="above the client's own one-sided 95 % prediction limit", basis="limit ours",
        says="more unwanted memories: {observed}, usually {usual}", clears="clears when unwanted memories are back within what is usual",
    ),
    Indicator(
        "far_away", fact="presence", source="session", kind="rule", columns=("after_present", "trauma_work"),
        threshold="after_present <= 3 after trauma work; strong twice in three", basis="ours, uncalibrated",
        says="far away or numb after trauma work: {observed} of 10 present",
        clears="clears when the client is present at the end of a session",
    ),
    Indicator(
        "presence_below_usual", fact="presence", source="session", kind="surprise", columns=("after_present", "trauma_work"),
        threshold="below the client's own one-sided 95 % prediction limit after trauma work", basis="limit ours",
        says="less present: {observed}, usually {usual}", clears="clears when the client is as present as usual",
    ),
    Indicator(
        "again_while_unsettled", fact="repetition", source="record", kind="rule", wrong_in_itself=True, columns=("trauma_work", "between_settle"),
        threshold="trauma work again while the last one took 5 days or more to settle: a watch by itself", basis="ours, uncalibrated",
        says="trauma work again though the last one took {observed} days to settle",
        says_not_yet="trauma work again though the last one has not settled yet",
        clears="clears when trauma work follows a settled week",
    ),
    Indicator(
        "thin_preparation", fact="preparation", source="record", kind="rule", columns=("prepared", "essentials", "trauma_work"),
        threshold="trauma work with less than 0.6 of the readiness list, or without its essentials, and a worsening",
        basis="ours, uncalibrated", says="symptoms are worse and the work was thinly prepared",
        clears="clears when the next step is prepared and agreed",
    ),
)  # fmt: skip

RESPONSES = (
    Response("look_together", "say", "Look together at what happened after the work, and choose: hold, smaller steps, or continue."),
    Response("back_to_now", "change", "Begin and end in the present: the room, the date, the body. Check that the client is safe now."),
    Response("smaller_steps", "change", "Take one fragment, shorter and with more support; leave the rest for later."),
    Response("skill_as_choice", "change", "Practice one steadying skill as something to choose, not as an exam before the work."),
    Response("take_along", "supervise", "Take it to supervision at once if symptoms stay worse over two measures."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether trauma symptoms are worse and staying; see the head of this file."""
    trauma, present, settle = history.true("trauma_work"), history["after_present"], history["between_settle"]
    worse, staying = _symptoms(history, events)
    far = (present <= FAR) & trauma
    signals = {
        **of_one_fact({"trauma_symptoms_worse": worse, "trauma_symptoms_staying": staying}),
        "intrusions_rising": drift(usual, "between_intrusions"),
        "intrusions_above_usual": surprise(usual, "between_intrusions"),
        "far_away": rule(
            far,
            known(present) & (trauma | (present > FAR)),
            np.where(steps.true_in_last(far, known(present), 3) >= 2, ALONE, PLAIN),
            observed=present,
        ),
        "presence_below_usual": surprise(usual, "after_present", only=trauma),
        "again_while_unsettled": nearly(
            rule(trauma & (settle >= 5) & events.after_trauma_work, known(history["trauma_work"], settle), ALONE, observed=settle),
            _lately(trauma, history),
        ),
    }
    thin = trauma & ((history["prepared"] < PREPARED_ENOUGH) | history.false("essentials"))
    worsening, told = _worsening(signals)
    signals["thin_preparation"] = rule(_lately(thin, history) & worsening, history.attended & told)
    return signals


def _lately(what: Bools, history: History) -> Bools:
    """In this session or the attended one before."""
    return np.asarray(what | steps.was(what, history.attended))


def _worsening(signals: Signals) -> tuple[Bools, Bools]:
    """Whether symptoms, intrusions or presence speak in this row, and whether any of them was answered."""
    names = ("trauma_symptoms_worse", "trauma_symptoms_staying", "intrusions_rising", "far_away")
    excess = np.stack([signals[name].excess for name in names])
    return np.asarray((excess >= SHOWS).any(axis=0)), np.asarray(known(excess).any(axis=0))


def _symptoms(history: History, events: Events) -> tuple[Signal, Signal]:
    """The rise over the last or first score, and whether it stays, in units of the measure's own points.

    A rise over the last score counts on while no score is back at what it was before; twice running it is where it is new twice.
    """

    def rise(worse: Floats, _measure: MeasureColumn) -> Floats:
        return np.fmax(trend.since_first(worse), trend.since_last(worse, history.days))

    def not_back(worse: Floats, measure: MeasureColumn, measures: int = 0) -> Floats:
        return trend.unreturned(worse, history.days, measure.reliable_change or np.inf, measures)

    each = events.each_of("trauma", rise)
    times, which, names, waits = events.worst("trauma", np.fmax(each, events.each_of("trauma", not_back)))
    points, new = events.reliable_change("trauma", which), events.worst("trauma", each).figure
    (before,) = steps.answers_before(new, 1)
    strong = (new >= STRONGER) | ((new >= 1) & (before >= 1))
    short = np.clip(SHORT_BY * (times - 1) - JUST_SHORT, NOT_AT_ALL, -JUST_SHORT)
    excess = np.where(times >= 1, np.where(strong, STRONG, ALONE), short)
    stay, which_stays, _, waits_still = events.worst_of("trauma", partial(not_back, measures=3))
    return (
        Signal(excess, observed=times * points, usual=points, which=which, names=names, waits=waits),
        Signal(rule(stay >= 1, known(stay), STRONG).excess, observed=stay * points, which=which_stays, names=names, waits=waits_still),
    )


RISK = Risk(
    __name__,
    title="Trauma symptoms worse and staying?",
    client_title="Are hard memories getting stronger, and staying?",
    asks="Are trauma symptoms reliably worse after the work, and not recovering?",
    questions=("measure:trauma", "between_intrusions", "after_present"),
    streams=(
        "between_intrusions",
        "after_present",
        "between_settle",
        "between_peak",
        "before_distress",
        "after_overwhelm",
        "before_coping",
        "intensity",
    ),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
