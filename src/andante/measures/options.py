"""The answers that a Questionnaire offers and a response gives, as points of an instrument.

Stands in `measures/` above resources, below packs and answers. Points come from the LOINC code of an answer, else from what it
says of itself, else from its mark (`2`, `2a`), else from its place, which is told. What has no place in the
instrument is left out, and told too: a wording beside the wrong points would turn a scale upside down without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from andante.measures.instrument import Instrument, Item
from andante.measures.resources import (
    MARKS,
    PREFIX,
    child,
    extensions,
    is_allowed,
    number_of,
    objects,
    ordinal,
    points_of_code,
    text_of,
)

Option = tuple[float, str, str]


def read_options(
    instrument: Instrument, item: Item, entry: Mapping[str, Any], value_sets: Mapping[str, Any], warnings: list[str]
) -> list[Option]:
    """(points, text, code) of each answer; empty where a line is marked or the texts are not in the file."""
    options, name = _given_options(entry, value_sets)
    if not options:
        if instrument.answers:
            where = f" (they are in the value set {name})" if name else ""
            warnings.append(f"the texts of the answers are not in the file{where}: the points alone are shown")
        return []
    said = [_option(instrument, item, option, warnings) for option in options]
    points = _points(instrument, item, said, warnings)
    found = [(p, text, code) for p, (_, text, code) in zip(points, said, strict=True) if p is not None]
    values = sorted(answer.value for answer in instrument.answers)
    there = sorted({p for p, _, _ in found})
    if found and values and there != values:
        warnings.append(f"item {item.id}: its answers have the points {_listed(there)}, those of {instrument.title} are {_listed(values)}")
    return found


def _given_options(entry: Mapping[str, Any], value_sets: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The options of a question, its own or those of a value set that came with it, and that value set's name."""
    own = entry.get("answerOption") or entry.get("option")
    options = [{"valueString": one} if isinstance(one, str) else one for one in own] if isinstance(own, list) else own
    reference = entry.get("answerValueSet") or entry.get("options")
    name = text_of(reference.get("reference") if isinstance(reference, dict) else reference)
    if objects(options) or not name:
        return objects(options), name
    value_set = value_sets.get(name) or value_sets.get(name.partition("|")[0]) or {}
    expanded = objects(child(value_set, "expansion").get("contains"))
    composed = [concept for part in objects(child(value_set, "compose").get("include")) for concept in objects(part.get("concept"))]
    return [{"valueCoding": coding} for coding in expanded or composed], name


def _listed(points: Iterable[float]) -> str:
    return ", ".join(f"{p:g}" for p in points)


def _points(instrument: Instrument, item: Item, said: Sequence[tuple[float | None, str, str]], warnings: list[str]) -> list[float | None]:
    """The points of each answer; None where an answer cannot be placed, which is told."""
    points, values = [p for p, _, _ in said], [answer.value for answer in instrument.answers]
    coded = any(points_of_code(instrument, item, code) is not None for _, _, code in said)
    known = [p for p in points if p is not None]
    if values and len(known) == len(values) == len(points) and not coded and set(known) != set(values) and len(set(known)) == len(known):
        # 1 to 4 where the instrument has 0 to 3: their order is right, their points are not.
        warnings.append(
            f"item {item.id}: its answers say {_listed(known)} points, those of {instrument.title} have {_listed(sorted(values))}: "
            "taken in the order of the points they say"
        )
        ranks = {p: value for p, value in zip(sorted(known), sorted(values), strict=True)}
        return [ranks[p] for p in known]
    fine = [p if p is None or is_allowed(instrument, p) else None for p in points]
    wrong = sorted({p for p, q in zip(points, fine, strict=True) if p is not None and q is None})
    if wrong:
        warnings.append(f"item {item.id}: answers with {_listed(wrong)} points are left out: {instrument.title} has no such answer")
        return fine
    if None not in fine:
        return fine
    if len(points) > len(values):
        if values:
            warnings.append(f"item {item.id}: {len(points)} answers instead of {len(values)}: those that say no points are left out")
        return fine
    if len(points) < len(values):
        warnings.append(f"item {item.id}: {len(points)} answers instead of {len(values)}, matched by order as far as they go")
    else:
        warnings.append(
            f"answers without a code or points were matched by order, the first has {values[0]:g}: compare with `andante measures show`"
        )
    free = [value if value not in fine else None for value in values]
    return [free[place] if p is None else p for place, p in enumerate(fine)]


def _option(instrument: Instrument, item: Item, option: Mapping[str, Any], warnings: list[str]) -> tuple[float | None, str, str]:
    """Points by LOINC answer code, else those it says, else a prefix, value or code that begins with a number; None: not said."""
    coding = child(option, "valueCoding")
    code = text_of(coding.get("code"))
    text = text_of(coding.get("display")) or text_of(option.get("valueString"))
    points = points_of_code(instrument, item, code)
    stated = ordinal(option) if ordinal(option) is not None else ordinal(coding)
    if points is None:
        points = stated
    elif stated is not None and stated != points:
        warnings.append(
            f"item {item.id}: the answer {code} says {stated:g} points, and has {points:g} in {instrument.title}: the latter is used"
        )
    for key in ("valueInteger", "valueDecimal"):
        if points is None and key in option:
            points = number_of(option[key])
            text = text or text_of(option[key])
    if points is None:
        points = points_in_words(text)
    if points is None:
        for extension in (*extensions(option, PREFIX), *extensions(coding, PREFIX)):
            prefix = extension.get("valueString", extension.get("valueInteger", extension.get("valueDecimal")))
            if prefix is not None and not isinstance(prefix, str):
                warnings.append("an option's prefix is a number where text belongs; read as text")
            points = leading_number(prefix)
    return (leading_number(code) if points is None else points), text, code


_POINTS = re.compile(r"(\d{1,2}) (points?|pts?|punkte?|punt[io]s?|punten|pontos?)\b", re.IGNORECASE)


def points_in_words(text: str) -> float | None:
    """The points that a text begins with: `2 points`, `1 Punkt`."""
    found = _POINTS.match(text)
    return float(found[1]) if found else None


def leading_number(text: Any) -> float | None:
    """The number that a mark is or begins with, as forms mark answers: `2`, `2.`, `2a`; None for a long code, which counts nothing."""
    if isinstance(text, str):
        mark = text.strip().rstrip(".)")
        if len(mark) == 2 and mark[0] in MARKS and mark[1].isalpha():
            return float(mark[0])
        return number_of(mark) if len(mark) <= 3 else None
    return number_of(text)


def value_of(instrument: Instrument, item: Item, answer: Mapping[str, Any], known: Sequence[Option] = ()) -> tuple[float | None, str]:
    """The points of an answer of a response, and how it was given; None where it is none of the item's. `known`: a pack's options."""
    points, shown = _said(instrument, item, answer, known)
    return (points if points is not None and is_allowed(instrument, points) else None), shown or "nothing"


def _said(instrument: Instrument, item: Item, answer: Mapping[str, Any], known: Sequence[Option]) -> tuple[float | None, str]:
    if isinstance(answer.get("valueCoding"), dict):
        coding = child(answer, "valueCoding")
        code, words = text_of(coding.get("code")), text_of(coding.get("display"))
        points = points_of_code(instrument, item, code)
        if points is None:
            points = next((p for p, text, c in known if c and c == code), None)
        if points is None:
            points = next((p for p, text, _ in known if text and text == words), None)
        if points is None:
            points = ordinal(coding) if ordinal(coding) is not None else ordinal(answer)
        if points is None:
            points = points_in_words(words)
        return (leading_number(code) if points is None else points), code or "no code"
    for key in ("valueInteger", "valueDecimal"):
        if key in answer:
            return number_of(answer[key]), text_of(answer[key])
    if isinstance(answer.get("valueQuantity"), dict):
        value = answer["valueQuantity"].get("value")
        return number_of(value), text_of(value)
    if isinstance(answer.get("valueBoolean"), bool):
        return float(answer["valueBoolean"]), str(answer["valueBoolean"]).lower()
    text = text_of(answer.get("valueString"))
    points = next((p for p, t, _ in known if t and t == text), None)
    return (leading_number(text) if points is None else points), text
