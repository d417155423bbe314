"""Wording comes in as a pack: the FHIR R4 Questionnaire that a service already has, read, matched and kept.

Stands in `measures/` above instrument. No instrument's wording is part of Andante; a pack brings it, whatever the license,
with its copyright line, and is stored in a folder of the person's own (or the one given). Real Questionnaires are often
not quite valid: what can be understood is, with a warning; what cannot be matched to the instrument is named.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from andante.errors import InputError, Problem, UsageError
from andante.measures.instrument import Instrument, Item

FORMAT = "andante-pack-1"
LOINC = "http://loinc.org"
ORDINALS = ("http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight")
PREFIX = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix"
ASKED = ("choice", "open-choice", "coding", "integer", "decimal", "quantity", "boolean")
MARKS = "0123456789"


@dataclass(frozen=True)
class Pack:
    """One instrument's wording in one language, as a service gave it.

    `questions` and `answers` are by item id: the text, and (points, text, code) of each answer; `links` maps the linkIds of
    the Questionnaire to item ids, so that its responses can be scored.
    """

    instrument: str
    language: str
    title: str
    copyright: str
    questions: Mapping[str, str]
    answers: Mapping[str, list[tuple[float, str, str]]]
    links: Mapping[str, str]
    introduction: str = ""
    url: str = ""
    warnings: list[str] = field(default_factory=list)


def read_questionnaire(text: str, instruments: Mapping[str, Instrument], *, file: str, instrument: str | None = None) -> Pack:
    """A pack from the text of a Questionnaire. `instrument` says which it is, where the file does not.

    Raises InputError where it is no Questionnaire, belongs to no known instrument, or lacks items; UsageError for
    an instrument that is not in the catalogue.
    """
    resource = _resource(text, file)
    chosen = _choose(resource, instruments, file, instrument)
    entries = [entry for entry in flatten(resource.get("item")) if entry.get("type") not in (None, "group", "display")]
    warnings: list[str] = []
    matched = _match(chosen, entries, warnings, file)
    contained = {str(value.get("id")): value for value in resource.get("contained") or [] if isinstance(value, dict)}
    questions, answers = {}, {}
    for item in chosen.items:
        entry = matched[item.id]
        questions[item.id] = _text(entry)
        if not questions[item.id]:
            warnings.append(f"item {item.id} has no text")
        answers[item.id] = _options(chosen, item, entry, contained, warnings)
    copyright_line = str(resource.get("copyright") or "")
    if not copyright_line:
        warnings.append("it has no copyright line: add the one your license asks for")
    language = str(resource.get("language") or "")
    if not language:
        warnings.append("it does not say its language")
    _say_rest(chosen, entries, matched, warnings)
    shown = [_text(entry) for entry in flatten(resource.get("item")) if entry.get("type") in ("display", "group") and _text(entry)]
    return Pack(
        instrument=chosen.id,
        language=language,
        title=str(resource.get("title") or resource.get("name") or chosen.title),
        copyright=copyright_line,
        questions=questions,
        answers=answers,
        links={str(matched[item.id].get("linkId") or item.id): item.id for item in chosen.items},
        introduction=shown[0] if shown else "",
        url=str(resource.get("url") or ""),
        warnings=list(dict.fromkeys(warnings)),
    )


def _resource(text: str, file: str) -> dict[str, Any]:
    try:
        resource = json.loads(text)
    except ValueError as error:
        raise InputError([Problem(file, None, None, "is not JSON", remedy="give a FHIR R4 Questionnaire as JSON")]) from error
    if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
        inside = [e.get("resource") for e in resource.get("entry") or [] if isinstance(e, dict)]
        resource = next((r for r in inside if isinstance(r, dict) and r.get("resourceType") == "Questionnaire"), resource)
    if not isinstance(resource, dict) or resource.get("resourceType") != "Questionnaire":
        kind = resource.get("resourceType") if isinstance(resource, dict) else type(resource).__name__
        raise InputError([Problem(file, None, None, f"is no Questionnaire but {kind}", remedy="give a FHIR R4 Questionnaire as JSON")])
    return resource


def flatten(items: Any) -> list[dict[str, Any]]:
    """Items and the items inside them, in order; whatever is no object is passed over."""
    found: list[dict[str, Any]] = []
    for entry in items if isinstance(items, list) else []:
        if isinstance(entry, dict):
            found.append(entry)
            found += flatten(entry.get("item"))
    return found


def _codes(entry: Mapping[str, Any]) -> set[str]:
    """Codes of a resource or item: LOINC ones, and those without a system."""
    codings = entry.get("code")
    codings = codings if isinstance(codings, list) else [codings] if codings else []
    found = set()
    for coding in codings:
        if isinstance(coding, dict):
            inner = coding.get("coding") if "coding" in coding else [coding]
            found |= {str(c.get("code")) for c in inner or [] if isinstance(c, dict) and LOINC in str(c.get("system") or LOINC)}
    for identifier in entry.get("identifier") or []:
        if isinstance(identifier, dict) and LOINC in str(identifier.get("system")):
            found.add(str(identifier.get("value")))
    return found


def _choose(resource: Mapping[str, Any], instruments: Mapping[str, Instrument], file: str, given: str | None) -> Instrument:
    if given is not None:
        if given not in instruments:
            raise UsageError(f"There is no instrument {given!r} in the catalogue; there are {', '.join(instruments)}.")
        return instruments[given]
    codes = _codes(resource)
    for one in instruments.values():
        if one.loinc.get("panel") in codes:
            return one
    names = " ".join(str(resource.get(key) or "") for key in ("name", "title", "id", "url"))
    squeezed = "".join(c for c in names.lower() if c.isalnum())
    named = [one for one in instruments.values() if "".join(c for c in one.title.lower() if c.isalnum()) in squeezed]
    if named:
        return max(named, key=lambda one: len(one.title))
    item_codes = set().union(*[_codes(entry) for entry in flatten(resource.get("item"))], set())
    shared = {one.id: sum(item.loinc in item_codes for item in one.items if item.loinc) for one in instruments.values()}
    best = max(shared, key=lambda name: shared[name])
    if shared[best] >= 2:
        return instruments[best]
    raise InputError(
        [
            Problem(
                file,
                None,
                None,
                "does not say which instrument it is (no LOINC panel, no known name)",
                remedy=f"add --instrument, one of {', '.join(instruments)}",
            )
        ]
    )


def _match(instrument: Instrument, entries: list[dict[str, Any]], warnings: list[str], file: str) -> dict[str, dict[str, Any]]:
    """Items by LOINC code; those that remain in order, where as many questions remain."""
    found: dict[str, dict[str, Any]] = {}
    for item in instrument.items:
        hit = next(
            (entry for entry in entries if item.loinc and (item.loinc in _codes(entry) or item.loinc in str(entry.get("linkId")))), None
        )
        if hit is not None:
            found[item.id] = hit
    rest = [item for item in instrument.items if item.id not in found]
    if not rest:
        return found
    taken = {id(entry) for entry in found.values()}
    free = [entry for entry in entries if id(entry) not in taken and _asks(entry, instrument)]
    if len(free) < len(rest):
        missing = ", ".join(item.id for item in rest[len(free) :])
        what = f"has too few questions for {instrument.title}: items {missing} were not found by LOINC code, and not by order"
        raise InputError([Problem(file, None, None, what, remedy="check that it is the whole instrument")])
    if len(free) > len(rest):
        warnings.append(f"it has {len(free) - len(rest)} more questions than {instrument.title}; the first {len(rest)} were taken")
    if found:
        warnings.append(f"items {', '.join(item.id for item in rest)} were matched by order: they have no LOINC code that is known here")
    else:
        warnings.append("all items were matched by order: compare the texts with `andante measures show`")
    return found | dict(zip((item.id for item in rest), free, strict=False))


def _asks(entry: Mapping[str, Any], instrument: Instrument) -> bool:
    """Whether an entry can be an item: a question, not a total that is computed."""
    totals = {instrument.loinc.get("total"), *(score.loinc for score in instrument.scores)} - {None, ""}
    computed = any("calculatedExpression" in str(e.get("url")) for e in entry.get("extension") or [] if isinstance(e, dict))
    return entry.get("type") in ASKED and not computed and not entry.get("readOnly") and not (_codes(entry) & totals)


def _say_rest(
    instrument: Instrument, entries: Iterable[dict[str, Any]], matched: Mapping[str, dict[str, Any]], warnings: list[str]
) -> None:
    taken = {id(entry) for entry in matched.values()}
    rest = [str(entry.get("linkId") or "?") for entry in entries if id(entry) not in taken]
    if rest:
        warnings.append(f"not part of {instrument.title} here, left out: {', '.join(rest)}")


def _text(entry: Mapping[str, Any]) -> str:
    text = entry.get("text")
    return " ".join(str(text).split()) if text else ""


def _options(
    instrument: Instrument, item: Item, entry: Mapping[str, Any], contained: Mapping[str, Any], warnings: list[str]
) -> list[tuple[float, str, str]]:
    """(points, text, code) of each answer; empty where a line is marked or the texts are not in the file."""
    options = entry.get("answerOption") or entry.get("option") or []
    reference = entry.get("answerValueSet") or (entry.get("options") or {})
    name = str(reference.get("reference") if isinstance(reference, dict) else reference or "")
    if not options and name.startswith("#"):
        options = [{"valueCoding": coding} for coding in _value_set(contained.get(name[1:]))]
    if not options:
        if instrument.answers:
            where = f" (they are in the value set {name})" if name else ""
            warnings.append(f"the texts of the answers are not in the file{where}: the points alone are shown")
        return []
    values = [answer.value for answer in instrument.answers]
    found = []
    for place, option in enumerate(options):
        points, text, code = _option(instrument, item, option if isinstance(option, dict) else {}, warnings)
        if points is None:
            if len(options) != len(values):
                warnings.append(f"item {item.id}: {len(options)} answers instead of {len(values)}, matched by order as far as they go")
            if place >= len(values):
                continue
            points = values[place]
        found.append((points, text, code))
    if instrument.answers and {p for p, _, _ in found} != set(values):
        warnings.append(
            f"item {item.id}: its answers have the points {sorted({p for p, _, _ in found})}, those of {instrument.title} are {values}"
        )
    return found


def _value_set(value_set: Any) -> list[dict[str, Any]]:
    """The codings of a value set inside the file: composed or expanded."""
    if not isinstance(value_set, dict):
        return []
    expanded = (value_set.get("expansion") or {}).get("contains") or []
    composed = [c for part in (value_set.get("compose") or {}).get("include") or [] for c in part.get("concept") or []]
    return [entry for entry in expanded or composed if isinstance(entry, dict)]


def _option(instrument: Instrument, item: Item, option: Mapping[str, Any], warnings: list[str]) -> tuple[float | None, str, str]:
    """Points by LOINC answer code, else the ordinal value, else a prefix or value that is a number; None: by order."""
    coding = option.get("valueCoding") if isinstance(option.get("valueCoding"), dict) else {}
    code, text = str((coding or {}).get("code") or ""), str((coding or {}).get("display") or option.get("valueString") or "")
    points = points_of_code(instrument, item, code)
    stated = ordinal(option) if ordinal(option) is not None else ordinal(coding or {})
    if points is None:
        points = stated
    elif stated is not None and stated != points:
        warnings.append(
            f"item {item.id}: the answer {code} says {stated:g} points, and has {points:g} in {instrument.title}: the latter is used"
        )
    if points is None and "valueInteger" in option:
        points = _number(option["valueInteger"])
        text = text or str(option["valueInteger"])
    if points is None:
        for extension in option.get("extension") or []:
            if isinstance(extension, dict) and extension.get("url") == PREFIX:
                prefix = extension.get("valueString")
                if prefix is not None and not isinstance(prefix, str):
                    warnings.append("an option's prefix is a number where text belongs; read as text")
                points = _number(prefix)
    return points, " ".join(text.split()), code


def ordinal(entry: Mapping[str, Any]) -> float | None:
    """The points that an answer says of itself."""
    for extension in entry.get("extension") or []:
        if isinstance(extension, dict) and extension.get("url") in ORDINALS:
            return _number(extension.get("valueDecimal", extension.get("valueInteger")))
    return None


def points_of_code(instrument: Instrument, item: Item, code: str) -> float | None:
    """The points of a LOINC answer code on this item."""
    if not code:
        return None
    if item.answers:
        return instrument.answers[item.answers.index(code)].value if code in item.answers else None
    return next((answer.value for answer in instrument.answers if answer.loinc == code), None)


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(str(value).strip().rstrip(".)"))
    except ValueError:
        return None


def value_of(instrument: Instrument, item: Item, answer: Mapping[str, Any], pack: Pack | None) -> tuple[float | None, str]:
    """The points of an answer of a response, and how it was given; None where it is none of the item's."""
    coding = answer.get("valueCoding") if isinstance(answer.get("valueCoding"), dict) else None
    if coding is not None:
        code = str(coding.get("code") or "")
        points = points_of_code(instrument, item, code)
        if points is None and pack is not None:
            points = next(
                (p for p, text, c in pack.answers.get(item.id, []) if (c and c == code) or (text and text == coding.get("display"))), None
            )
        if points is None:
            points = ordinal(coding) if ordinal(coding) is not None else ordinal(answer)
        if points is None and code.strip() and set(code.strip()) <= set(MARKS):
            points = float(code)
        return _allowed(instrument, points), code or "no code"
    for key in ("valueInteger", "valueDecimal"):
        if key in answer:
            return _allowed(instrument, _number(answer[key])), str(answer[key])
    if isinstance(answer.get("valueQuantity"), dict):
        value = answer["valueQuantity"].get("value")
        return _allowed(instrument, _number(value)), str(value)
    if isinstance(answer.get("valueBoolean"), bool):
        return _allowed(instrument, float(answer["valueBoolean"])), str(answer["valueBoolean"]).lower()
    text = str(answer.get("valueString") or "")
    points = None if pack is None else next((p for p, t, _ in pack.answers.get(item.id, []) if t and t == text), None)
    return _allowed(instrument, _number(text) if points is None else points), text or "nothing"


def _allowed(instrument: Instrument, points: float | None) -> float | None:
    if points is None:
        return None
    if instrument.answers:
        return points if any(answer.value == points for answer in instrument.answers) else None
    return points if instrument.span[0] <= points <= instrument.span[1] else None


# Keeping packs


def packs_folder(given: Path | None = None) -> Path:
    """Where packs are kept: the folder given, `ANDANTE_PACKS`, else the person's own data folder."""
    if given is not None:
        return given
    if os.environ.get("ANDANTE_PACKS"):
        return Path(os.environ["ANDANTE_PACKS"])
    data = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or str(Path.home() / ".local" / "share")
    return Path(data) / "andante" / "packs"


def keep_pack(pack: Pack, folder: Path) -> Path:
    """Write a pack to the folder, in place of the one for the same instrument and language; aside first, then renamed."""
    place = folder / f"{pack.instrument}{f'.{pack.language}' if pack.language else ''}.json"
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"format": FORMAT, **asdict(pack)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(place)
    except OSError as error:
        raise UsageError(
            f"{place} cannot be written ({error.strerror or error}). To mend it: choose another folder with --packs."
        ) from None
    return place


def load_packs(folder: Path) -> dict[str, list[Pack]]:
    """The packs of a folder by instrument; a folder that is not there has none. Raises InputError for a damaged pack."""
    found: dict[str, list[Pack]] = {}
    for place in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            entry = json.loads(place.read_text(encoding="utf-8"))
            if entry.pop("format") != FORMAT:
                raise ValueError
            entry["answers"] = {item: [(float(p), str(t), str(c)) for p, t, c in options] for item, options in entry["answers"].items()}
            pack = Pack(**entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                [Problem(str(place), None, None, "is no pack", remedy="remove it, and add the Questionnaire again")]
            ) from error
        found.setdefault(pack.instrument, []).append(pack)
    return found


def pick_pack(packs: Sequence[Pack], language: str | None = None) -> Pack | None:
    """The pack of a language (or its beginning: `de` for `de-AT`), else the first; None where there is none."""
    for pack in packs:
        if language and pack.language.partition("-")[0] == language.partition("-")[0]:
            return pack
    return packs[0] if packs and not language else None
