"""FHIR resources as they come: lists that are no lists, numbers written as words, codes without a system.

Stands in `measures/` above instrument, below packs and answers, which read Questionnaires and QuestionnaireResponses through
it. Nothing here fails on what a resource holds: what is not of the kind it should be is passed over.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from andante.errors import InputError, Problem
from andante.measures.instrument import Instrument, Item

LOINC = "http://loinc.org"
# How an answer's points were called from one version of FHIR to the next: the last part of the extension's address.
ORDINALS = (
    *("ordinalValue", "itemWeight", "questionnaire-ordinalValue", "questionnaire-itemWeight"),
    *("iso21090-CO-value", "valueset-ordinalValue", "codesystem-ordinalValue"),
)
PREFIX = "questionnaire-optionPrefix"
DEEPEST = 200  # levels; no real resource comes near
MARKS = frozenset("0123456789")

Resource = Mapping[str, Any]


def parse_json(content: bytes, file: str, wanted: str) -> Any:
    """JSON in UTF-8, 16 or 32, with or without a byte order mark. Raises InputError where it is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError([Problem(file, None, None, "is not JSON", remedy=f"give a {wanted} as JSON")]) from None
    level, depth = [document], 0
    while level and depth <= DEEPEST:
        level, depth = [part for one in level for part in _parts(one)], depth + 1
    if level:
        raise InputError([Problem(file, None, None, f"is nested more than {DEEPEST} levels deep", remedy=f"give a {wanted} as JSON")])
    return document


def _parts(value: Any) -> list[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [part for part in parts if isinstance(part, dict | list)]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; one that stands alone where a list belongs counts as a list of it."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def child(entry: Resource, key: str) -> dict[str, Any]:
    """The object under a key, empty where there is none."""
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def text_of(value: Any) -> str:
    """A text with its spaces made single; a number as its digits; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())


def flatten(items: Any) -> list[dict[str, Any]]:
    """Items and the items inside them (in a response: inside their answers too), in order."""
    found: list[dict[str, Any]] = []
    for entry in objects(items):
        found.append(entry)
        found += flatten(entry.get("item"))
        for answer in objects(entry.get("answer")):
            found += flatten(answer.get("item"))
    return found


def extensions(entry: Resource, *names: str) -> list[dict[str, Any]]:
    """The extensions whose address ends in one of these names."""
    return [one for one in objects(entry.get("extension")) if str(one.get("url")).rpartition("/")[2] in names]


def translations_of(entry: Any) -> dict[str, str]:
    """The texts of a translation extension by language, as they stand beside a text (`_text`, `_display`)."""
    found: dict[str, str] = {}
    for extension in extensions(entry, "translation") if isinstance(entry, dict) else []:
        parts = {
            str(one.get("url")): text_of(value)
            for one in objects(extension.get("extension"))
            for key, value in one.items()
            if key.startswith("value")
        }
        if parts.get("lang") and parts.get("content"):
            found[parts["lang"]] = parts["content"]
    return found


def languages_in(value: Any) -> set[str]:
    """Every language that a resource holds translations in."""
    if isinstance(value, list):
        return set[str]().union(*map(languages_in, value))
    if not isinstance(value, dict):
        return set()
    own = set(translations_of(value)) if any(key == "extension" for key in value) else set[str]()
    return own.union(*map(languages_in, value.values()))


def translate(value: Any, language: str) -> Any:
    """A resource with its texts in this language, where it holds them; other texts as they are."""
    if isinstance(value, list):
        return [translate(one, language) for one in value]
    if not isinstance(value, dict):
        return value
    said = {key[1:]: translations_of(beside).get(language) for key, beside in value.items() if key.startswith("_")}
    return {key: translate(one, language) for key, one in value.items()} | {key: text for key, text in said.items() if text}


def codes_of(entry: Resource) -> set[str]:
    """Codes of a resource or item: LOINC ones, and those without a system."""
    found: set[str] = set()
    for coding in objects(entry.get("code")):
        inner = objects(coding["coding"]) if "coding" in coding else [coding]
        found |= {str(c.get("code")) for c in inner if LOINC in str(c.get("system") or LOINC)}
    for identifier in objects(entry.get("identifier")):
        if LOINC in str(identifier.get("system")):
            found.add(str(identifier.get("value")))
    return found


_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


LONGEST = 7  # parts of a name


def names_in(texts: Iterable[str], instruments: Mapping[str, Instrument]) -> list[Instrument]:
    """The instruments one of whose names stands in a text as words of its own, the longest name first.

    PHQ-9 is in `mii_qst_phq9DE`, ORS not in `doctors`.
    """
    matched: dict[str, str] = {}
    known = [(_squeezed(name), key) for key, one in instruments.items() for name in (one.title, key, *one.names)]
    for text in texts:
        parts = [part.lower() for part in _PARTS.findall(text)]
        runs = {"".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, min(start + LONGEST, len(parts)) + 1)}
        for name, key in known:
            if name in runs and len(name) > len(matched.get(key, "")):
                matched[key] = name
    # The BDI-II's name begins with the BDI's: the longer one is meant.
    meant = [key for key, name in matched.items() if not any(other != name and other.startswith(name) for other in matched.values())]
    return [instruments[key] for key in sorted(meant, key=lambda key: -len(matched[key]))]


def _squeezed(title: str) -> str:
    return "".join(sign for sign in title.lower() if sign.isalnum())


def number_of(value: Any) -> float | None:
    """A number, or a text that reads as one (`2`, `2.`, `2)`); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(str(value).strip().rstrip(".)"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def ordinal(entry: Resource) -> float | None:
    """The points that an answer says of itself."""
    for extension in extensions(entry, *ORDINALS):
        for key, value in extension.items():
            if key.startswith("value") and number_of(value) is not None:
                return number_of(value)
    return None


def points_of_code(instrument: Instrument, item: Item, code: str) -> float | None:
    """The points of a LOINC answer code on this item."""
    if not code:
        return None
    if item.answers:
        return instrument.answers[item.answers.index(code)].value if code in item.answers else None
    return next((answer.value for answer in instrument.answers if answer.loinc == code), None)


def is_allowed(instrument: Instrument, points: float) -> bool:
    """Whether an item of the instrument may have as many points."""
    if instrument.answers:
        return any(answer.value == points for answer in instrument.answers)
    return instrument.span[0] <= points <= instrument.span[1]
