"""Questions as a page asks them: the words, the steps, the words at both ends. In English; pages translate them.

The words of Andante's own questions stand in `records.py`; the safety question and the service's own stand here.
"""

from __future__ import annotations

from dataclasses import dataclass

from andante.measures.packs import Pack
from andante.records import COLUMN
from andante_clinic.journal import instruments
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
    steps: tuple[tuple[float, str], ...]
    ends: tuple[str, str]
    private: bool  # may the client choose who sees it?
    worded: bool = False  # does each step have a word of its own?
    introduction: str = ""  # stands before the first question of an instrument
    copyright: str = ""  # stands after its last one

    def said(self, value: float) -> str:
        """An answer in words: "6 of 10", "a lot"."""
        words = dict(self.steps).get(value, "") if self.worded else ""
        return words or in_words(self.item, value)


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
    client, wordings = checkin.session.client, {}
    for name in checkin.questions:
        found = instruments.split(name)
        if found is not None:
            wordings.setdefault(found[0].id, instruments.pack_for(client, found[0].id))
    asked = [_item(name, wordings) if instruments.split(name) else _question(name, own) for name in checkin.questions]
    return [question for question in asked if question is not None]


def _item(name: str, wordings: dict[str, Pack | None]) -> Question | None:
    """An item of an instrument in the wording of the service's pack; None where the pack is gone."""
    instrument, number = instruments.split(name) or (None, "")
    pack = wordings.get(instrument.id) if instrument else None
    if pack is None:
        return None
    options = [(points, text) for points, text, _ in pack.answers.get(number, [])]
    steps = options or [(points, f"{points:g}") for points in instruments.allowed(name) or []]
    first, last = number == instrument.items[0].id, number == instrument.items[-1].id
    introduction, owner = pack.introduction if first else "", pack.copyright if last else ""
    return Question(name, pack.questions[number], tuple(steps), ("", ""), False, bool(options), introduction, owner)


def _question(name: str, own: dict[str, ServiceItem]) -> Question | None:
    if name == chosen.SAFETY:
        return Question(name, SAFETY_QUESTION, tuple(WORDS[name].items()), ("", ""), False, True)
    if name in own:
        return Question(name, own[name].question, tuple((n, str(n)) for n in range(11)), (own[name].low_end, own[name].high_end), False)
    column = COLUMN.get(name)
    if column is None:
        return None
    steps = WORDS.get(name) or {n: str(n) for n in range(int(column.low or 0), int(column.high or 10) + 1)}
    return Question(name, column.question, tuple(steps.items()), column.ends, name in chosen.PRIVATE_CHOICE, name in WORDS)


def number(text: str) -> float | None:
    """A number as a form sends it, or None: skipped."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return None
