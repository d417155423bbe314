"""Unfinished: what was opened and left open?

Asks: whether issues are opened and left, come back after they were settled, or are open as an ending comes near.
Needs: before_open, or the ledger (topics_open, topics_resurfaced, late_opening).
How: open issues above what is usual for this client; something from last time bothering a lot, or more and more; a
    settled issue back; a heavy issue opened in the last fifth; open issues with three sessions left or a new therapist.
Says nothing when: issues are open as usual in the middle of therapy. A session left hot is told in distress.
Sources: resolution of issues: Stiles' assimilation model; thresholds ours, uncalibrated.
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
    Bools,
    Floats,
    Indicator,
    Response,
    Risk,
    Signals,
    beyond,
    drift,
    graded,
    known,
    nearly,
    rule,
    surprise,
)
from andante.usual import Usual

INDICATORS = (
    Indicator(
        "open_above_usual", fact="ledger", source="record", kind="surprise", columns=("topics_open",),
        threshold="above the client's own one-sided 95 % prediction limit", basis="limit ours",
        says="issues open: {observed}, usually {usual}", clears="clears when as many are open as usual",
    ),
    Indicator(
        "open_rising", fact="ledger", source="record", kind="graded", columns=("topics_open",),
        threshold="three more open than three sessions before", basis="ours, uncalibrated",
        says="issues open: {observed}, up from {usual} a few sessions ago", clears="clears when fewer than three more are open than three sessions before",
    ),
    Indicator(
        "keeps_opening", fact="ledger", source="record", kind="rule", columns=("topics_open",),
        threshold="six more open than at the lowest of the last six ledgers", basis="ours, uncalibrated",
        says="issues open: {observed}, up from {usual} at the lowest of late", clears="clears when fewer than six more are open than at the lowest",
    ),
    Indicator(
        "left_bothering", fact="left_open", source="session", kind="rule", columns=("before_open",), threshold="before_open = 2",
        basis="ours, uncalibrated", says="something from last time is still bothering a lot",
        clears="clears when it bothers at most a bit",
    ),
    Indicator(
        "bothering_more", fact="left_open", source="session", kind="drift", columns=("before_open",),
        threshold="moving average 2 SD or cumulative sum 3 above usual", basis="Roberts 1959; Page 1954; limits ours",
        says="something has stayed open more than usual of late", clears="clears when about as little stays open as usual again",
    ),
    Indicator(
        "settled_is_back", fact="resurfaced", source="record", kind="rule", columns=("topics_resurfaced", "before_open"),
        enough=(("topics_resurfaced",),),
        threshold="a settled issue back and before_open = 2, or back twice in three sessions", basis="ours, uncalibrated",
        says="an issue that was settled is back", clears="clears when a session passes in which no settled issue comes back",
    ),
    Indicator(
        "late_opening", fact="late_opening", source="record", kind="rule", columns=("late_opening",), threshold="late_opening true",
        basis="ours, uncalibrated", says="a heavy issue was opened at the end of the session",
        clears="clears when a session passes in which nothing heavy is opened at the end",
    ),
    Indicator(
        "open_near_ending", fact="ending", source="record", kind="rule", wrong_in_itself=True, columns=("topics_open", "sessions_left"),
        threshold="issues open with three sessions left or fewer; four with two left, or three with one: a watch by itself", basis="ours, uncalibrated",
        says="issues open as the ending is near: {observed}", clears="clears when no issue is counted as open",
    ),
    Indicator(
        "open_at_a_change", fact="ending", source="record", kind="rule", wrong_in_itself=True, columns=("topics_open", "therapist_id"),
        threshold="issues open as the therapist changes; three or more: a watch by itself", basis="ours, uncalibrated",
        says="issues open as the therapist changes: {observed}", clears="clears when a session passes with the same therapist",
    ),
    Indicator(
        "left_hot", fact="heat", source="session", kind="rule", columns=("suds_start", "suds_peak", "suds_end"), votes=False,
        threshold="suds_end >= 5, at least half of the peak and >= 2 above the start", basis="ours; told in distress",
        says="left at {observed} of 10", clears="clears when a session ends below 5",
    ),
)  # fmt: skip

RESPONSES = (
    Response("name_and_park", "say", "Say what is left open, and agree when it comes back and how it is held until then."),
    Response(
        "protected_end",
        "change",
        "Keep the last ten to fifteen minutes for closing; open nothing heavy in them.",
        fits=("late_opening", "heat", "ledger"),
    ),
    Response(
        "begin_with_open", "change", "Begin the next session with what is still bothering.", fits=("left_open", "resurfaced", "ledger")
    ),
    Response(
        "nothing_deep_late",
        "change",
        "With an ending near, open nothing deep; write down together what stays and who holds it.",
        fits=("ending",),
    ),
    Response("take_along", "supervise", "Take it to supervision if the list of open issues keeps growing over three sessions."),
)


def assess(history: History, usual: Usual, events: Events) -> Signals:
    """What was opened and left open; see the head of this file."""
    bothering, resurfaced = history["before_open"], history["topics_resurfaced"]
    stock, left, late = history["topics_open"], steps.last_known(history["sessions_left"]), history["late_opening"]
    back = steps.true_in_last(resurfaced >= 1, known(resurfaced), 3)
    is_back = (resurfaced >= 1) & ((bothering == 2) | (back >= 2))
    fewest = steps.lowest_before(stock, 6)
    start, peak, end = history["suds_start"], history["suds_peak"], history["suds_end"]
    return {
        "open_above_usual": surprise(usual, "topics_open"),
        "open_rising": graded(_risen(stock), 2.5, 8.0, observed=stock, usual=stock - _risen(stock)),
        "keeps_opening": beyond(stock - fewest, 6.0, 12.0, ALONE, observed=stock, usual=fewest),
        "left_bothering": rule(bothering == 2, known(bothering), FAINT, observed=bothering),
        "bothering_more": drift(usual, "before_open"),
        "settled_is_back": nearly(rule(is_back, known(resurfaced), ALONE), resurfaced >= 1),
        "late_opening": rule(late == 1, known(late), FAINT),
        "open_near_ending": rule(
            (stock >= 1) & (left <= 3),
            known(stock),
            np.where(((stock >= 3) & (left <= 1)) | ((stock >= 4) & (left <= 2)), ALONE, np.where(stock >= 3, PLAIN, FAINT)),
            observed=stock,
        ),
        "open_at_a_change": rule((stock >= 1) & _changed(history), known(stock), np.where(stock >= 3, ALONE, FAINT), observed=stock),
        "left_hot": rule(events.left_hot, known(start, peak, end), observed=end),
    }


def _risen(stock: Floats) -> Floats:
    """How many more issues are open than three ledgers ago (or at the first, if fewer)."""
    earlier = steps.answers_before(stock, 3)
    return stock - np.where(known(earlier[2]), earlier[2], np.where(known(earlier[1]), earlier[1], earlier[0]))


def _changed(history: History) -> Bools:
    """A therapist other than before."""
    therapist = history["therapist_id"]
    (before,) = steps.answers_before(therapist, 1)
    return np.asarray(known(therapist, before) & (therapist != before))


RISK = Risk(
    __name__,
    title="What is left open?",
    client_title="Is something still open from before?",
    asks="What was opened and left open?",
    questions=("before_open", "topics_open"),
    streams=("before_open", "topics_open", "between_settle", "before_distress", "between_peak", "after_sense"),
    indicators=INDICATORS,
    responses=RESPONSES,
    assess=assess,
)
