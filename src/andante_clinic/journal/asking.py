"""Questions as a page asks them: the words, the steps, the words at both ends. In English; pages translate them.

The words of Andante's own questions stand in `records.py`; the safety question and the service's own stand here.
"""

from __future__ import annotations

from dataclasses import dataclass

from andante.records import COLUMN
from andante_clinic.journal import questions as chosen
from andante_clinic.journal.models import CheckIn, ServiceItem

# Steps with a word each, for the questions that have few.
WORDS = {
    "before_open": {0: "no", 1: "a bit", 2: "a lot"},
    "between_from": {0: "mostly life", 1: "both", 2: "mostly our sessions"},
    "mid_settled": {0: "not yet", 1: "partly", 2: "yes"},
    "after_choice": {0: "no", 1: "partly", 2: "yes"},
    "after_pace": {-2: "much too slow", -1: "a bit slow", 0: "just right", 1: "a bit fast", 2: "much too fast"},
    chosen.SAFETY: {0: "no", 1: "a little", 2: "yes"},
}
SAFETY_QUESTION = "Have you had thoughts of hurting yourself, or of not wanting to live?"


@dataclass(frozen=True)
class Question:
    item: str
    text: str
    steps: tuple[tuple[int, str], ...]
    ends: tuple[str, str]
    private: bool  # may the client choose who sees it?

    @property
    def worded(self) -> bool:
        """Does each step have a word of its own?"""
        return self.item in WORDS

    def said(self, value: float) -> str:
        """An answer in words: "6 of 10", "a lot"."""
        return in_words(self.item, value)


def in_words(item: str, value: float) -> str:
    """An answer in words: "6 of 10", "a lot"."""
    words, column = WORDS.get(item), COLUMN.get(item)
    top = column.high if column and column.high else 10
    return words.get(int(value), f"{value:g}") if words else f"{value:g} of {top:g}"


def wording(item: str) -> str:
    """The words of one of Andante's own questions."""
    return SAFETY_QUESTION if item == chosen.SAFETY else COLUMN[item].question


def questions(checkin: CheckIn) -> list[Question]:
    """The questions of a check-in, in the order they are asked; a question that exists no more is left out."""
    own = {item.name: item for item in ServiceItem.objects.all()} if any(n.startswith("own:") for n in checkin.questions) else {}
    return [question for name in checkin.questions if (question := _question(name, own))]


def _question(name: str, own: dict[str, ServiceItem]) -> Question | None:
    if name == chosen.SAFETY:
        return Question(name, SAFETY_QUESTION, tuple(WORDS[name].items()), ("", ""), False)
    if name in own:
        return Question(name, own[name].question, tuple((n, str(n)) for n in range(11)), (own[name].low_end, own[name].high_end), False)
    column = COLUMN.get(name)
    if column is None:
        return None
    steps = WORDS.get(name) or {n: str(n) for n in range(int(column.low or 0), int(column.high or 10) + 1)}
    return Question(name, column.question, tuple(steps.items()), column.ends, name in chosen.PRIVATE_CHOICE)


def number(text: str) -> float | None:
    """A number as a form sends it, or None: skipped."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return None
