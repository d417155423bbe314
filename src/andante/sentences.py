"""What a reading says in words: the sentence of an indicator, the reason of a stance, the names of what stands as evidence.

Below `telling`, which packs what is to be said into one number a row; here such a number becomes its sentence. Each is made
once and kept: most of what is said about some clients has been said about others.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from andante import reading
from andante.risk import NOT_YET
from andante.weighing import Layout
from andante.words import ASK_ABOUT, BOTH_AVOIDING, STANCE_LABELS, STANCES, number

# How a reason is packed into a number: why, then the indicator (one more), what was observed and what is usual (in such parts of one,
# one more), and which name; then, in another, since when (one more), how many could be judged (one more), the stance before (one more).
WHY_SIZES = (1 << 7, 1 << 16, 1 << 17, 1 << 16)
OBSERVED_PARTS, USUAL_PARTS = 10, 100
CONTEXT = 1 << 14  # so many times the place below is added to which name a sentence has
CONTEXTS = ("", " (settling: the work was prepared and agreed)", " (the client puts it down to life)")  # under what an answer is to be read
JUDGED_SIZE, BEFORE_SIZE = 16, 8  # more than there are risks to judge, and stances

# Why a stance was taken: the words, and whether "since session N" and how many risks could be judged belong to them.
REASONS: dict[int, tuple[str, bool, bool]] = {
    reading.SAFETY: ("Safety first: a safety item is open and has not been reviewed; no advice on pace until it has", False, False),
    reading.BREACH: ("Ease: {evidence}", False, False),
    reading.NO_NOT_HEARD: ("Stop and talk: {evidence}", False, False),
    reading.ACT_EASES: ("Ease: {evidence}", True, False),
    reading.BRAKE: (
        "Hold: the client asked to slow down; this stands until you have talked and the client says it is settled",
        False,
        False,
    ),
    reading.ACT_HOLDS: ("Hold: {evidence}", True, False),
    reading.MISSING: ("Hold: the client finds it too slow and is slipping away; talk about what is missing, never less work", False, False),
    reading.MISSING_PERHAPS: ("Go on, and talk about what is missing: the client finds it too slow, and {evidence}", False, True),
    reading.TWO_FACTS: ("Hold: more than one thing stands out, first of all: {evidence}", False, False),
    reading.TOO_LITTLE: ("Not enough to say yet", False, True),
    reading.TOO_LITTLE_BUT: ("Not enough to say yet of most, but keep an eye on it: {evidence}", False, True),
    reading.WISHES_MORE: ("Deepen: the client finds it too slow or wishes for more, and nothing is raised", False, True),
    reading.AVOIDING: (BOTH_AVOIDING, False, True),
    reading.ONE_WATCH: ("Go on, and keep an eye on it: {evidence}", False, True),
    reading.MENDED: ("Go on: trust is mended", True, True),
    reading.LASTING: (ASK_ABOUT + ": {evidence}", False, True),
    reading.NOTICED: ("Go on, and take note: {evidence}", False, True),
    reading.AS_IT_IS: ("Go on: nothing stands out", False, True),
    reading.STAYED_AWAY: (
        "Go on: nothing else stands out, but the client did not come and the reason is not known; ask",
        False,
        True,
    ),
    reading.SAYS_LITTLE: ("Go on: nothing stands out, but some answers are always at one end of their scale and tell little", False, True),
    reading.EARLY: ("Go on: getting to know what is usual", False, True),
}

KEPT = 1 << 17  # sentences about one thing


@lru_cache(maxsize=64)
def said(plan: Layout, about: object) -> dict[int, str | None]:
    """What has been said about this, by its key."""
    return {}


def evidence_text(plan: Layout, risk: int, key: int) -> str | None:
    """The names of the indicators that a key stands for."""
    names, out = plan.names[risk], []
    while key:
        key, place = divmod(key, len(names) + 1)
        out.append(names[place - 1])
    return ";".join(out) or None


def sentence(plan: Layout, place: int, observed: float, usual: float, name: str = "", context: int = 0) -> str:
    """An indicator's words with its figures: "felt heard 6, usually 9"; and under what it is to be read (CONTEXTS)."""
    indicator = plan.indicators[place]
    told = number(np.rint(observed * OBSERVED_PARTS) / OBSERVED_PARTS) or "?"
    usually = np.rint(usual * USUAL_PARTS) / USUAL_PARTS  # as a reason keeps it, so that both round alike
    expected = number(np.rint(usually)) or "?"
    if told == expected != "?" and indicator.source != "measure":  # "6, usually 6" would say nothing: the decimal does
        expected = f"{usually:.1f}"
    words = indicator.says_not_yet if indicator.says_not_yet and observed >= NOT_YET else indicator.says
    return words.format(observed=told, usual=expected, name=name or "a measure") + CONTEXTS[context]


def why_text(plan: Layout, names: tuple[str, ...], key: int) -> str:
    """The first part of a reason: the words with their evidence; `names` are those that a key may point to."""
    fields = []
    for size in WHY_SIZES[::-1]:
        key, field = divmod(key, size)
        fields.append(field)
    which, usual, observed, indicator = fields
    context, which = divmod(which, CONTEXT)
    name = names[which - 1] if which else ""
    evidence = "what was raised still stands"
    if indicator:
        evidence = sentence(plan, indicator - 1, _value(observed, OBSERVED_PARTS), _value(usual, USUAL_PARTS), name, context)
    return REASONS[key][0].format(evidence=evidence)


def end_text(key: int) -> str:
    """The last part of a reason: since when, how many risks could be judged, and the stance before, each where it is told."""
    key, before = divmod(key, BEFORE_SIZE)
    since, judged = divmod(key, JUDGED_SIZE)
    told = f", since session {since - 1}" if since else ""
    told += f"; {judged - 1} of 10 could be judged" if judged else ""
    return told + (f". Before: {STANCE_LABELS[STANCES[before - 1]]}." if before else ".")


def _value(code: int, parts: int) -> float:
    return (code - 1) / parts if code else float("nan")
