"""The words of the instrument: levels, stances, directions and their plain labels.

Nothing is imported here, so that every part may use them. Codes are small whole numbers whose order
means something (a higher level is more serious); words are what files and pages show.
"""

UNKNOWN, QUIET, WATCH, ACT = range(4)
LEVELS = ("unknown", "quiet", "watch", "act")
LEVEL_LABELS = {
    "unknown": "not enough to say yet",
    "quiet": "quiet",
    "watch": "keep an eye on it",
    "act": "talk about it now",
}

STANCES = ("unknown", "deepen", "go_on", "hold", "ease")
STANCE_UNKNOWN, DEEPEN, GO_ON, HOLD, EASE = range(5)
STANCE_LABELS = {
    "unknown": "Not enough to say yet",
    "deepen": "Deepen",
    "go_on": "Go on",
    "hold": "Hold",
    "ease": "Ease",
}

# Reasons of a "go on" that put a question to the two: the client is not folded away among the quiet ones.
TALK_FIRST = "Go on, and talk about the pace first: the client wishes it slower"
WISHES_SLOWER = "The client wishes it slower: talk about that first."
ASK_ABOUT = "Go on, and ask about what has been so again and again"
BOTH_AVOIDING = 'Go on: willing four times while the work stayed light; ask yourselves: "are we both avoiding something?"'

SAFETY_STATES = ("not_asked", "clear", "open")
SAFETY_NOT_ASKED, SAFETY_CLEAR, SAFETY_OPEN = range(3)
SAFETY_LABELS = {
    "not_asked": "no safety question was asked",
    "clear": "asked, and clear",
    "open": "open: to be looked at first",
}

# Which end of a scale is the good one.
HIGHER_BETTER, LOWER_BETTER = "higher", "lower"

# Where a piece of evidence comes from.
SOURCES = {
    "self": "the client about themselves, before or between sessions",
    "session": "the client about the session",
    "behavior": "what the client did",
    "measure": "a measure",
    "record": "the therapist's record",
    "transcript": "the transcript",
}


def number(value: float | None) -> str:
    """A figure as people write it: 6, 6.5, at most one decimal; nothing where it is not known."""
    if value is None or value != value:
        return ""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
