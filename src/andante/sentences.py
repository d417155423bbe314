"""What a reading says in words: the sentence of an indicator, the reason of a stance, the names of what stands as evidence.

Below `packing`, which makes a number of what is to be said of a row; here such a number becomes its sentence. Each is made
once and kept: most of what is said about some clients has been said about others.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from andante import reading
from andante.risk import NOT_YET
from andante.weighing import Layout
from andante.words import ASK_ABOUT, BOTH_AVOIDING, STANCE_LABELS, STANCES, TALK_FIRST, WISHES_SLOWER, number

SETTLING, OF_LIFE, NOT_OWN, AFTER_LIFE = 1, 2, 3, 4  # places of CONTEXTS
CAUSE_NOT_KNOWN = "; cause not known"

# How a reason is packed into a number: why, then the indicator (one more), what was observed and what is usual (in such parts of one,
# one more), and which name; then, in another, since when (one more) and how that is said, how many could be judged (one more), the
# stance before (one more), what is said beside it, and how many sessions ago the evidence was said.
WHY_SIZES = (1 << 7, 1 << 21, 1 << 17, 1 << 13)
PARTS = 100
CONTEXT = 1 << 10  # so many times the place below is added to which name a sentence has
CONTEXTS = (  # under what an answer is to be read
    "",
    " (settling: the work was prepared and agreed)",
    " (the client puts it down to life)",
    " (compared with most clients: this client's own usual is not known yet)",
    " (after a week that the client puts down to life)",
)
JUDGED_SIZE, BEFORE_SIZE, BESIDE_SIZE, SINCE_SIZE = 16, 8, 16, 8  # more than there are of each
AGO_SIZE = 8  # so many sessions ago is long ago

# How it is said from which session the reason stands; that trust is mended, and what the client wants, where the reason does not say it.
NOT_SAID, RAISED, OPEN, IN, ASKED = range(5)
SINCE_WORDS = ("", "; raised since session {}", "; open since session {}", " in session {}", "; asked in session {}")
SAID_AGO, SAID_LONG_AGO = ("", " (last time)", " ({} sessions ago)"), " (long ago)"
MENDED_TOO = "Trust is mended."
WISHES = (
    "",
    WISHES_SLOWER,
    "The client wishes for more: talk about it.",
    "The client has also asked to slow down.",
    "The client finds it too slow: talk about what is missing.",
)

# Why a stance was taken: the words, how it is said since when it stands, and whether how many risks could be judged belongs to it.
REASONS: dict[int, tuple[str, int, bool]] = {
    reading.SAFETY: ("Safety first: a safety item is open and has not been reviewed; no advice on pace until that is done", OPEN, False),
    reading.SAFETY_DAYS: (
        "Safety first: the client told of days of the dangerous way of coping, not yet looked at together; no advice on pace till then",
        OPEN,
        False,
    ),
    reading.BREACH: ("Ease: {evidence}", NOT_SAID, False),
    reading.NO_NOT_HEARD: ("Stop and talk: {evidence}", NOT_SAID, False),
    reading.ACT_EASES: ("Ease: {evidence}", RAISED, False),
    reading.BRAKE: (
        "Hold: the client asked to slow down; this stands until you have talked and the client answers that nothing is left open, "
        "or that it has settled",
        ASKED,
        False,
    ),
    reading.BRAKE_TALKED: (
        "Hold: the client asked to slow down, and you have talked; this stands until the client answers that nothing is left open, "
        "or that it has settled",
        ASKED,
        False,
    ),
    reading.ACT_HOLDS: ("Hold: {evidence}", RAISED, False),
    reading.MISSING: (
        "Hold: the client finds it too slow and is slipping away; talk about what is missing, never less work", NOT_SAID, False,
    ),
    reading.MISSING_PERHAPS: ("Go on, and talk about what is missing: the client finds it too slow, and {evidence}", NOT_SAID, True),
    reading.TWO_FACTS: ("Hold: more than one thing stands out, first of all: {evidence}", NOT_SAID, False),
    reading.TOO_LITTLE: ("Not enough to say yet", NOT_SAID, True),
    reading.TOO_LITTLE_BUT: ("Not enough to say yet; of what there is, keep an eye on this: {evidence}", NOT_SAID, True),
    reading.TOO_LITTLE_NOTED: ("Not enough to say yet; of what there is, take note: {evidence}", NOT_SAID, True),
    reading.WISHES_MORE: ("Deepen: the client finds it too slow or wishes for more, and nothing is raised", NOT_SAID, True),
    reading.AVOIDING: (BOTH_AVOIDING, NOT_SAID, True),
    reading.ONE_WATCH: ("Go on, and keep an eye on it: {evidence}", NOT_SAID, True),
    reading.MENDED: ("Go on: trust was mended", IN, True),
    reading.WISHES_LESS: (TALK_FIRST, NOT_SAID, True),
    reading.LASTING: (ASK_ABOUT + ": {evidence}", NOT_SAID, True),
    reading.NOTICED: ("Go on, and take note: {evidence}", NOT_SAID, True),
    reading.AS_IT_IS: ("Go on: nothing stands out", NOT_SAID, True),
    reading.STAYED_AWAY: (
        "Go on: nothing else stands out, but the client did not come; ask why, for the reason is not known", NOT_SAID, True,
    ),
    reading.HARD_WEEK: (
        "Go on, and ask about the week first: the client came much worse than usual, which once is no sign of harm", NOT_SAID, True,
    ),
    reading.SAYS_LITTLE: (
        "Go on: nothing stands out, but some answers are always at one end of their scale and tell little", NOT_SAID, True,
    ),
    reading.EARLY: ("Go on: getting to know what is usual", NOT_SAID, True),
}  # fmt: skip

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
    measure = indicator.source == "measure"
    told = _figure(observed, fine=measure)
    usually = np.rint(usual * PARTS) / PARTS  # as a reason keeps it, so that both round alike
    expected = _figure(usually, fine=True) if measure and usually < 1 else number(np.rint(usually)) or "?"
    if told == expected != "?" and not measure:  # "6, usually 6" would say nothing: the decimal does
        expected = f"{usually:.1f}"
    words = indicator.says_not_yet if indicator.says_not_yet and observed >= NOT_YET else indicator.says
    if context == OF_LIFE:  # then it is known
        words = words.replace(CAUSE_NOT_KNOWN, "")
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
        evidence = sentence(plan, indicator - 1, _value(observed, WHY_SIZES[1]), _value(usual, WHY_SIZES[2]), name, context)
    return REASONS[key][0].format(evidence=evidence)


def end_text(key: int) -> str:
    """The last part of a reason: how long ago its evidence was said, since when it stands, how many risks could be judged, that trust is
    mended, what the client wants, and the stance before."""
    key, ago = divmod(key, AGO_SIZE)
    key, beside = divmod(key, BESIDE_SIZE)
    mended, wish = divmod(beside, reading.TRUST_MENDED)
    key, before = divmod(key, BEFORE_SIZE)
    key, judged = divmod(key, JUDGED_SIZE)
    since, how = divmod(key, SINCE_SIZE)
    told = SAID_AGO[min(ago, 2)].format(ago) if ago < AGO_SIZE - 1 else SAID_LONG_AGO
    told += SINCE_WORDS[how].format(since - 1) if since else ""
    told += f"; {judged - 1} of 10 could be judged" if judged else ""
    more = [MENDED_TOO * mended, WISHES[wish], f"Before: {STANCE_LABELS[STANCES[before - 1]]}." if before else ""]
    return " ".join([f"{told}.", *(text for text in more if text)])


def _figure(value: float, *, fine: bool) -> str:
    """In tenths; of a measure, whose whole scale may be short, in hundredths below one. "?" where it is not known."""
    rounded = np.rint(value * PARTS) / PARTS
    return f"{rounded:.2f}".rstrip("0").rstrip(".") if fine and abs(rounded) < 1 else number(np.rint(value * 10) / 10) or "?"


def _value(code: int, size: int) -> float:
    """A figure from its number, as `packing` made it: in parts of one up to half of the room, then whole."""
    if not code:
        return float("nan")
    half = size // 2
    return (code - 1) / PARTS if code < half else half // PARTS + float(code - half)
