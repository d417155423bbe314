"""Integration: is more opened than taken in?

Asks: whether there is time and space to take in what comes up.
Needs: after_sense, or between_used together with intensity.
How: what makes no sense to the client; nothing of it used between sessions while the work stays demanding. Load
    (intensity rising, more opened than settled) counts only together with one of these.
Says nothing when: agreed work is massed and the client takes it in: load alone is no fault.
Sources: use between sessions matters (Kazantzis 2010, 2016); load as a difference of two moving averages, never a
    ratio (Windt & Gabbett 2019); thresholds ours.
"""

from __future__ import annotations

import numpy as np

from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.kernels.charts import difference_of_averages
from andante.risk import (
    ALONE,
    FAINT,
    RETURNING,
    SHOWS,
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
    rule,
    surprise,
)
from andante.usual import Usual

DEMANDING = 6.0  # intensity from which work counts as demanding here (ours)
LOAD_RISES = 1.5  # points of intensity, lately above its own longer average (ours)

INDICATORS = (
    Indicator(
        "makes_no_sense", fact="sense", source="session", kind="rule", columns=("after_sense",),
        threshold="after_sense <= 4", basis="ours, uncalibrated", says="it makes little sense: {observed} of 10", clears="clears when it makes sense again (above 4)",
    ),
    Indicator(
        "sense_below_usual", fact="sense", source="session", kind="surprise", columns=("after_sense",),
        threshold="below the client's own one-sided 95 % prediction limit", basis="limit ours",
        says="it makes less sense: {observed}, usually {usual}", clears="clears when it makes as much sense as usual",
    ),
    Indicator(
        "sense_falling", fact="sense", source="session", kind="drift", columns=("after_sense",),
        threshold="moving average 2 SD or cumulative sum 3 below usual", basis="Roberts 1959; Page 1954; limits ours",
        says="it has made less sense of late: {observed}, usually {usual}", clears="clears when it makes about as much sense as usual again",
    ),
    Indicator(
        "nothing_used", fact="use_under_load", source="self", kind="rule", columns=("between_used", "intensity"),
        threshold="between_used = 0 while intensity stays at 6 or more; four weeks running: strong", basis="ours; use matters: Kazantzis 2016",
        says="nothing from therapy was used while the work stayed demanding",
        clears="clears when something is used, or the work is lighter",
    ),
    Indicator(
        "use_falling_under_load", fact="use_under_load", source="self", kind="drift", columns=("between_used", "intensity"),
        threshold="use drifting down (moving average 2 SD, cumulative sum 3) while intensity stays at 6 or more",
        basis="Roberts 1959; Page 1954; limits ours",
        says="fewer days of late with something from therapy: {observed}, usually {usual}, while the work stayed demanding",
        clears="clears when use is about as usual again, or the work is lighter",
    ),
    Indicator(
        "load_rising", fact="load", source="record", kind="rule", columns=("intensity",),
        threshold="intensity lately 1.5 points above its own longer average, together with sense or use",
        basis="ours; a difference, not a ratio: Windt & Gabbett 2019", says="the work has become more demanding than before",
        clears="clears when the load is level",
    ),
    Indicator(
        "opened_outruns_settled", fact="ledger", source="record", kind="rule", columns=("topics_opened", "topics_settled"),
        threshold="three more opened than settled over three sessions, together with sense or use", basis="ours, uncalibrated",
        says="{observed} more opened than settled over three sessions", clears="clears when as much is settled as opened",
    ),
)  # fmt: skip

RESPONSES = (
    Response("nothing_new", "change", "Bring nothing new next time. Go back to what was opened and let it settle."),
    Response("own_words", "say", "Ask the client to say in their own words what fitted, what did not, and what to take home."),
    Response("one_small_thing", "change", "Plan one small thing to try between sessions, and what could get in its way."),
    Response("review", "change", "Make every third or fourth session a review: what has changed, what belongs together."),
    Response("take_along", "supervise", "Take it to supervision if three sessions pass and nothing is taken home."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """Whether more is opened than taken in; see the head of this file."""
    sense, used, intensity = history["after_sense"], history["between_used"], history["intensity"]
    loaded = _stays_demanding(history)
    taken = {
        "makes_no_sense": beyond(sense, 4.0, -2.0, FAINT),
        "sense_below_usual": surprise(usual, "after_sense"),
        "sense_falling": drift(usual, "after_sense"),
        "nothing_used": _nothing_used(used, loaded),
        "use_falling_under_load": _while_loaded(drift(usual, "between_used"), loaded),
    }
    # as last answered: that a question stays open does not lighten the load
    lacking = np.logical_or.reduce([steps.last_known(signal.excess) >= SHOWS for signal in taken.values()])
    rising = difference_of_averages(intensity)
    opened = history["topics_opened"] - history["topics_settled"]
    balance = opened + sum(steps.filled(v, 0.0) for v in steps.answers_before(opened, 2))
    return {
        **taken,
        "load_rising": rule((rising >= LOAD_RISES) & lacking, known(intensity), observed=intensity),
        "opened_outruns_settled": rule((balance >= 3) & lacking, known(opened), observed=balance),
    }


def _nothing_used(used: Floats, loaded: Bools) -> Signal:
    """Faint, for many weeks are like that; four weeks running are none of these."""
    nothing = (used == 0) & loaded
    month = steps.true_in_last(nothing, known(used), 4) == 4
    return rule(nothing, known(used), np.where(month, ALONE, FAINT), observed=used)


def _stays_demanding(history: History) -> Bools:
    """The last two attended sessions before this row were demanding."""
    first, second = steps.answers_before(history["intensity"], 2)
    return (first >= DEMANDING) & (second >= DEMANDING)


def _while_loaded(signal: Signal, loaded: Bools) -> Signal:
    return Signal(np.where(np.isnan(signal.excess) | loaded, signal.excess, np.minimum(signal.excess, RETURNING)), stream=signal.stream)


RISK = Risk(
    __name__,
    title="Time to take it in?",
    client_title="Are we leaving time to take things home?",
    asks="Is more opened than taken in?",
    questions=("after_sense", "between_used"),
    streams=(
        "after_sense",
        "between_used",
        "intensity",
        "topics_open",
        "before_open",
        "after_overwhelm",
        "between_settle",
        "after_helpful",
    ),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
