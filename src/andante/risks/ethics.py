"""Ethics: are we beyond what this client is ready for, and has anyone looked?

Asks: whether the work goes beyond the client's readiness, consent or ability, and whether what was raised was answered.
Needs: before_ready with planned_intensity or intensity; consent; essentials; safety_flag; responded.
How: demanding plans and work with low readiness or coping; work far beyond the plan; readiness falling as the work
    grows; challenging work without consent (hard breach); trauma work without its essentials; a safety item not
    reviewed by the next session; an "act" of another risk not talked about for two sessions (added by `alerts`).
Says nothing when: the client led there and it was not planned (a disclosure is no push). Dissociation, severity or
    suicidal thoughts alone never make anyone unready. Work above the pace ceiling is no breach.
Sources: considerations before exposure (CRIUSMM trauma guide); against automatic delay: De Jongh 2016; figures ours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.events import CHALLENGING, Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.compiled import compiled
from andante.risk import ALONE, PLAIN, STRONG, Bools, Floats, Indicator, Response, Risk, Signal, Signals, beyond, known, rule
from andante.usual import Usual

BEYOND_PLAN = 0.34  # strength of three points above the plan: with four it is a watch by itself (ours)
TWICE_UNREADY = 0.6  # once a watch by itself, twice running an act (ours)
OUTRUN, OUTRUN_FULL = 0.5, 3.5  # SDs by which both willingness is lower than usual and the work more demanding (ours)
UNCLEAR = 0.6  # the same, for challenging work without consent where who led is not known, or both did (ours)
UNREADY = 3.0  # readiness or coping at or below which demanding work is in question (ours)

LED = ("who led is not known", "led by both")

INDICATORS = (
    Indicator(
        "without_consent", fact="consent", source="record", kind="breach",
        columns=("consent", "trauma_work", "intensity", "planned_intensity", "led_by"),
        threshold="consent false for trauma work or intensity >= 7 that was planned or led by the therapist", basis="ours, a hard breach",
        says="challenging work without consent to this step",
        clears="clears when consent is recorded, or a session passes without challenging work",
    ),
    Indicator(
        "consent_unclear", named=LED, fact="consent", source="record", kind="rule", wrong_in_itself=True,
        columns=("consent", "trauma_work", "intensity", "planned_intensity", "led_by"),
        threshold="the same, with who led not known, or led by both", basis="ours, uncalibrated",
        says="challenging work without consent to this step; {name}",
        clears="clears when consent is recorded, or a session passes without challenging work",
    ),
    Indicator(
        "planned_unready", fact="demand", source="record", kind="rule", columns=("before_ready", "planned_intensity"),
        threshold="before_ready <= 3 with planned_intensity >= 4 (7 where the client finds it too slow)",
        basis="ours, uncalibrated",
        says="demanding work planned though willingness is {observed} of 10", clears="clears when plan and readiness fit",
    ),
    Indicator(
        "done_unready", fact="demand", source="record", kind="rule", wrong_in_itself=True, columns=("before_ready", "intensity"),
        threshold="before_ready <= 3, done at intensity >= 7, but for what the client opened unplanned: a watch by itself, three times running an act", basis="ours, uncalibrated",
        says="demanding work done though willingness was {observed} of 10", clears="clears when work and readiness fit",
    ),
    Indicator(
        "beyond_plan", fact="plan", source="record", kind="rule", wrong_in_itself=True, columns=("intensity", "planned_intensity", "led_by"),
        enough=(("intensity", "planned_intensity"),),
        threshold="intensity - planned_intensity >= 3, but for what the client opened unplanned; 4 and more: a watch by itself", basis="ours, uncalibrated",
        says="{observed} points more demanding than planned", clears="clears when a session keeps to its plan",
    ),
    Indicator(
        "demand_outruns_readiness", fact="demand", source="record", kind="graded", columns=("before_ready", "intensity"),
        threshold="readiness below usual while intensity is above usual (both half an SD)", basis="ours, uncalibrated",
        says="in work more demanding than usual, willingness was {observed}, usually {usual}",
        clears="clears when work and readiness fit",
    ),
    Indicator(
        "hard_with_low_coping", fact="low_coping", source="record", kind="rule", wrong_in_itself=True, columns=("intensity", "before_coping"),
        threshold="intensity >= 7 with before_coping <= 3, but for what the client opened unplanned; twice in three: a watch by itself", basis="ours, uncalibrated",
        says="demanding work with coping {observed} of 10", clears="clears when demanding work meets enough coping",
    ),
    Indicator(
        "essentials_missing", fact="essentials", source="record", kind="rule", wrong_in_itself=True, columns=("essentials", "trauma_work"),
        threshold="trauma work with essentials false, but for what the client opened unplanned", basis="CRIUSMM trauma guide; rule ours",
        says="trauma work before all three were in place: consent to this step, a look at safety, a way to stop",
        clears="clears when the essentials are there, or a session passes without trauma work",
    ),
    Indicator(
        "safety_not_reviewed", fact="safety", source="record", kind="rule", wrong_in_itself=True, columns=("safety_flag", "safety_reviewed"),
        enough=(("safety_flag",),),  # without the other nothing was reviewed
        threshold="safety_flag not reviewed by the next session", basis="ours, uncalibrated",
        says="a safety item was not looked at by the next session", clears="clears when it has been reviewed",
    ),
    Indicator(
        "unanswered", named=("what the risk asks",), fact="unanswered", source="record", kind="rule", wrong_in_itself=True, columns=("responded",),
        threshold="an act of another risk, or a stop overridden though all is calm since, not responded to for two sessions; a hard breach is told after one", basis="ours, uncalibrated",
        says="\"{name}\" was raised, and it is not noted as talked about", clears="clears when it has been talked about",
    ),
)  # fmt: skip

RESPONSES = (
    Response(
        "share_the_gap",
        "say",
        "Show the client first: this is what was planned, this is how ready you felt. What now?",
        fits=("demand", "plan", "low_coping"),
    ),
    Response("prepare_or_postpone", "change", "Change the plan together: prepare, take less, or later. Readiness is a list, not an exam."),
    Response(
        "renew_consent",
        "change",
        "Ask for consent to this very step, with a way to stop, before the next demanding work.",
        fits=("consent", "essentials"),
    ),
    Response(
        "look_at_safety",
        "change",
        "What waits, a safety item or something raised: look at it together today, and note what you found.",
        fits=("safety", "unanswered"),
    ),
    Response(
        "beyond_me",
        "supervise",
        "If it is beyond your training, refer or work with a colleague; if you go on, write down why, and take it along.",
    ),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether the work is beyond this client's readiness; see the head of this file."""
    ready, coping = history["before_ready"], history["before_coping"]
    plan, done = history["planned_intensity"], history["intensity"]
    pushed = ~events.own_disclosure
    # without consent and without a word who led, one unknown is told once (consent_unclear), not twice
    unclear = history.false("consent") & events.challenging & np.isnan(history["led_by"])
    held = history.held
    trauma, essentials = history["trauma_work"], history["essentials"]
    lacking, judged = (trauma == 1) & (essentials == 0) & pushed, held & ((trauma == 0) | known(trauma, essentials))
    low_ready, hard = ready <= UNREADY, done >= CHALLENGING
    unready, asked = low_ready & hard & pushed, known(ready, done)
    spent, coped = hard & (coping <= UNREADY) & pushed, known(done, coping)
    too_much = (plan >= 4) & ~(events.too_slow & (plan < CHALLENGING))  # who finds it too slow is unwilling for want of something else
    return {
        **_consent(history, events),
        "planned_unready": rule(low_ready & too_much, known(ready, plan), ALONE, observed=ready),
        "done_unready": rule(unready, asked, np.where(_twice_in_three(unready, asked), TWICE_UNREADY, ALONE), observed=ready),
        "beyond_plan": beyond(np.where(pushed & ~unclear, done - plan, np.minimum(done - plan, 0.0)), 3.0, 7.0, BEYOND_PLAN),
        "demand_outruns_readiness": _outrun(usual),
        "hard_with_low_coping": rule(spent, coped, np.where(_twice_in_three(spent, coped), ALONE, PLAIN), observed=coping),
        "essentials_missing": rule(lacking, judged, STRONG),
        "safety_not_reviewed": _safety(history),
        # whether it holds follows from the levels of the others: `alerts` fills it in
        "unanswered": rule(np.zeros(history.shape, np.bool_), known(history["responded"])),
    }


def _twice_in_three(holds: Bools, judged: Bools) -> Bools:
    """At least twice in the last three sessions in which it could be judged, this one included."""
    return steps.true_in_last(holds, judged, 3) >= 2


def _consent(history: History, events: Events) -> Signals:
    """Challenging work with consent recorded as not given: a breach if planned or led by the therapist, else unclear."""
    without = history.false("consent") & events.challenging
    by_therapist, by_client = history.coded("led_by", "therapist"), history.coded("led_by", "client")
    breach = without & (by_therapist | events.planned)
    unclear = without & ~breach & ~by_client
    judged = (
        history.held
        & (known(history["consent"]) | ~events.challenging)
        & (known(history["consent"]) | known(history["intensity"]) | known(history["trauma_work"]))
    )
    return {
        "without_consent": rule(breach, judged, 1.0),
        "consent_unclear": rule(unclear, judged, UNCLEAR, which=history.coded("led_by", "both").astype(np.intp)),
    }


def _outrun(usual: Usual) -> Signal:
    """The smaller of the two surprises: readiness below usual, intensity above usual."""
    both = np.minimum(usual.surprise("before_ready"), usual.surprise("intensity"))
    return Signal((both - OUTRUN) / (OUTRUN_FULL - OUTRUN), stream="before_ready")


def _safety(history: History) -> Signal:
    """A safety item positive at an earlier row, and not reviewed up to this attended session.

    However long, by itself a watch here: that it comes before everything else is the safety path's to say, not the budget's.
    """
    flag = history["safety_flag"]
    still = _open_before(flag, history.true("safety_reviewed"))
    return rule(still, history.held & known(steps.last_known(flag)), ALONE)


def waiting_for(signals: Signals, risk: NDArray[np.intp], titles: tuple[str, ...]) -> Signals:
    """The same with what has not been talked about by its title: which of the ten it is, at each row, `alerts` knows."""
    return {**signals, "unanswered": signals["unanswered"]._replace(which=risk, names=titles)}


@compiled
def _open_before(flag: Floats, reviewed: Bools) -> Bools:
    """Whether something from an earlier row has not been reviewed up to this one."""
    out = np.zeros(flag.shape, np.bool_)
    for step in range(flag.shape[0]):
        for client in range(flag.shape[1]):
            before = step > 0 and (out[step - 1, client] or (flag[step - 1, client] == 1 and not reviewed[step - 1, client]))
            out[step, client] = before and not reviewed[step, client]
    return out


RISK = Risk(
    __name__,
    title="Beyond readiness?",
    client_title="Are we doing more than I am ready for?",
    asks="Are we beyond what this client is ready for, and has anyone looked?",
    questions=("before_ready", "consent", "essentials"),
    streams=("intensity", "before_ready", "before_coping", "after_overwhelm", "before_distress", "after_choice", "prepared"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
