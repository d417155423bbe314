"""Wording comes in as a pack: the FHIR R4 Questionnaire that a service already has, read, matched and kept.

Stands in `measures/` above resources and instrument. No instrument's wording is part of Andante; a pack brings it, whatever the
license, with its copyright line, and is stored in a folder of the person's own (or the one given). Real Questionnaires are often
not quite valid: what can be understood is, with a warning; what cannot be matched to the instrument is named.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from andante.errors import InputError, Problem, UsageError
from andante.measures.instrument import Instrument, Item
from andante.measures.options import Option, read_options
from andante.measures.resources import child, codes_of, flatten, languages_in, names_in, objects, parse_json, text_of, translate

FORMAT = "andante-pack-1"
ASKED = ("choice", "open-choice", "coding", "integer", "decimal", "quantity", "boolean")


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


def read_questionnaire(
    content: str | bytes,
    instruments: Mapping[str, Instrument],
    *,
    file: str,
    instrument: str | None = None,
    language: str | None = None,
) -> Pack:
    """A pack from the JSON of a Questionnaire (or of a Bundle that holds one). `instrument` says which it is, where the file does not;
    `language` takes the translations that the file holds beside its texts.

    Raises InputError where it is no Questionnaire, belongs to no known instrument or to another one, or lacks items;
    UsageError for an instrument that is not in the catalogue.
    """
    resource, value_sets = _resource(content, file)
    warnings: list[str] = []
    resource = _in_language(resource, language, file, warnings)
    if language is not None:
        value_sets = translate(value_sets, language)
    chosen = _choose(resource, instruments, file, instrument)
    everything = flatten(resource.get("item"))
    entries = [entry for entry in everything if _is_question(entry, warnings)]
    matched = _match(chosen, entries, warnings, file)
    questions: dict[str, str] = {}
    answers: dict[str, list[Option]] = {}
    for item in chosen.items:
        entry = matched[item.id]
        questions[item.id] = text_of(entry.get("text"))
        if not questions[item.id]:
            warnings.append(f"item {item.id} has no text")
        answers[item.id] = read_options(chosen, item, entry, value_sets, warnings)
    copyright_line = text_of(resource.get("copyright"))
    if not copyright_line:
        warnings.append("it has no copyright line: add the one your license asks for")
    spoken = text_of(resource.get("language"))
    if not spoken:
        warnings.append("it does not say its language")
    _say_rest(chosen, entries, matched, warnings)
    return Pack(
        instrument=chosen.id,
        language=spoken,
        title=text_of(resource.get("title")) or text_of(resource.get("name")) or chosen.title,
        copyright=copyright_line,
        questions=questions,
        answers=answers,
        links=_links(chosen, matched, warnings),
        introduction=_introduction(everything, entries, matched, warnings),
        url=text_of(resource.get("url")),
        warnings=list(dict.fromkeys(warnings)),
    )


def _resource(content: str | bytes, file: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Questionnaire, and the value sets that came with it, by `#id` and by address."""
    resource = parse_json(content.encode() if isinstance(content, str) else content, file, "FHIR R4 Questionnaire")
    beside: list[dict[str, Any]] = []
    if isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
        beside = [child(entry, "resource") for entry in objects(resource.get("entry"))]
        resource = next((r for r in beside if r.get("resourceType") == "Questionnaire"), resource)
    if not isinstance(resource, dict) or resource.get("resourceType") != "Questionnaire":
        kind = text_of(resource.get("resourceType")) or "JSON" if isinstance(resource, dict) else type(resource).__name__
        raise InputError([Problem(file, None, None, f"is no Questionnaire but {kind}", remedy="give a FHIR R4 Questionnaire as JSON")])
    contained = objects(resource.get("contained"))
    inside = {"#" + str(one.get("id")).removeprefix("#"): one for one in contained}
    addressed = {str(one["url"]): one for one in (*beside, *contained) if one.get("resourceType") == "ValueSet" and one.get("url")}
    return resource, addressed | inside


def _in_language(resource: dict[str, Any], language: str | None, file: str, warnings: list[str]) -> dict[str, Any]:
    """The Questionnaire in the language asked for; without one as it is, and what else it holds is told."""
    own, more = text_of(resource.get("language")), sorted(languages_in(resource))
    if language is None or language == own:
        others = [name for name in more if name != own]
        if others:
            warnings.append(f"it also holds wording in {', '.join(others)}: --language takes it")
        return resource
    if language not in more:
        what = f"holds no wording in {language!r}" + (f"; it holds {', '.join(sorted({*more, own} - {''}))}" if more or own else "")
        raise InputError([Problem(file, None, None, what, remedy="choose another --language, or leave it out")])
    translated: dict[str, Any] = translate(resource, language)
    return translated | {"language": language}


def _choose(resource: Mapping[str, Any], instruments: Mapping[str, Instrument], file: str, given: str | None) -> Instrument:
    found = _recognize(resource, instruments)
    if given is not None:
        if given not in instruments:
            raise UsageError(f"There is no instrument {given!r} in the catalogue; there are {', '.join(instruments)}.")
        coded = _by_codes(resource, instruments)
        if coded is not None and coded.id != given:
            what = f"has the LOINC codes of {coded.title}, not of {instruments[given].title}"
            raise InputError([Problem(file, None, None, what, remedy=f"say --instrument {coded.id}, or leave --instrument out")])
        return instruments[given]
    if found is None:
        what = "does not say which instrument it is (no LOINC panel, no known name)"
        raise InputError([Problem(file, None, None, what, remedy=f"add --instrument, one of {', '.join(instruments)}")])
    return found


def _recognize(resource: Mapping[str, Any], instruments: Mapping[str, Instrument]) -> Instrument | None:
    """By the LOINC panel, else by LOINC codes of all its items, else by its names, else by codes of some items."""
    codes = codes_of(resource)
    panel = next((one for one in instruments.values() if one.loinc.get("panel") in codes), None)
    coded = _by_codes(resource, instruments)
    if coded is not None and panel is None and {item.loinc for item in coded.items} <= _item_codes(resource):
        return coded
    named = names_in((text_of(resource.get(key)) for key in ("name", "title", "id", "url")), instruments)
    return panel or next(iter(named), None) or coded


def _item_codes(resource: Mapping[str, Any]) -> set[str]:
    """The LOINC codes of its items, also where only the linkId holds them."""
    entries = flatten(resource.get("item"))
    linked = {code for entry in entries for code in re.findall(r"\d{3,7}-\d", text_of(entry.get("linkId")))}
    return linked.union(*[codes_of(entry) for entry in entries])


def _by_codes(resource: Mapping[str, Any], instruments: Mapping[str, Instrument]) -> Instrument | None:
    """The instrument two or more of whose item codes stand here."""
    there = _item_codes(resource)
    shared = {name: sum(item.loinc in there for item in one.items if item.loinc) for name, one in instruments.items()}
    best = max(shared, key=lambda name: shared[name])
    return instruments[best] if shared[best] >= 2 else None


def _is_question(entry: Mapping[str, Any], warnings: list[str]) -> bool:
    """Whether an entry asks something; one without a type does where it has answers."""
    kind = entry.get("type")
    if kind is not None:
        return kind not in ("group", "display")
    asks = bool(entry.get("answerOption") or entry.get("answerValueSet") or entry.get("option"))
    if asks:
        warnings.append(f"question {text_of(entry.get('linkId')) or '?'} does not say its type: read as a choice")
    return asks


def _match(instrument: Instrument, entries: list[dict[str, Any]], warnings: list[str], file: str) -> dict[str, dict[str, Any]]:
    """Items by LOINC code; those that remain in order, where as many questions remain."""
    found: dict[str, dict[str, Any]] = {}
    for item in instrument.items:
        hits = [entry for entry in entries if item.loinc and (item.loinc in codes_of(entry) or item.loinc in str(entry.get("linkId")))]
        if hits:
            found[item.id] = hits[0]
        if len(hits) > 1:
            warnings.append(f"item {item.id} ({item.loinc}) stands there {len(hits)} times: the first was taken")
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
        free = _likeliest(free, rest, instrument)
        left = f"it has more questions than {instrument.title}, {len(rest)} of them were taken"
        warnings.append(f"{left}: {', '.join(text_of(entry.get('linkId')) or '?' for entry in free[:3])} ...")
    if found:
        warnings.append(f"items {', '.join(item.id for item in rest)} were matched by order: they have no LOINC code that is known here")
    else:
        warnings.append("all items were matched by order: compare the texts with `andante measures show`")
    return found | dict(zip((item.id for item in rest), free, strict=False))


def _likeliest(free: list[dict[str, Any]], rest: Sequence[Item], instrument: Instrument) -> list[dict[str, Any]]:
    """Of more questions than items: those whose linkIds number the items, else those with as many answers, else the first."""
    ends = [re.search(r"(?:\D|^)0*(\d+)$", text_of(entry.get("linkId"))) for entry in free]
    numbered = {end[1]: entry for end, entry in zip(reversed(ends), reversed(free), strict=True) if end}
    from_zero = "0" in numbered and all(item.id != "0" for item in rest)
    if not from_zero and all(item.id in numbered for item in rest):
        return [numbered[item.id] for item in rest]
    alike = [entry for entry in free if len(objects(entry.get("answerOption"))) == len(instrument.answers)]
    return (alike if instrument.answers and len(alike) == len(rest) else free)[: len(rest)]


def _asks(entry: Mapping[str, Any], instrument: Instrument) -> bool:
    """Whether an entry can be an item: a question, not a total that is computed."""
    totals = {instrument.loinc.get("total"), *(score.loinc for score in instrument.scores)} - {None, ""}
    computed = any("calculatedExpression" in str(one.get("url")) for one in objects(entry.get("extension")))
    kind = entry.get("type")
    return (kind is None or kind in ASKED) and not computed and entry.get("readOnly") is not True and not (codes_of(entry) & totals)


def _links(instrument: Instrument, matched: Mapping[str, Mapping[str, Any]], warnings: list[str]) -> dict[str, str]:
    """Item ids by linkId; one that stands at several items names none of them."""
    links = [(text_of(matched[item.id].get("linkId")) or item.id, item.id) for item in instrument.items]
    names = [link for link, _ in links]
    twice = sorted({link for link in names if names.count(link) > 1})
    if twice:
        warnings.append(f"the linkId {', '.join(twice)} stands at several items: responses cannot be matched by it")
    without = [item.id for item in instrument.items if not text_of(matched[item.id].get("linkId"))]
    if without:
        warnings.append(f"items {', '.join(without)} have no linkId: responses are expected to number them")
    return {link: item for link, item in links if link not in twice}


def _introduction(
    everything: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]], matched: Mapping[str, Any], warnings: list[str]
) -> str:
    """What stands before the first item, else the first text that asks nothing; all other texts are told."""
    asking, items = {id(entry) for entry in entries}, {id(entry) for entry in matched.values()}
    start = next((place for place, entry in enumerate(everything) if id(entry) in items), len(everything))
    telling = [(place, entry) for place, entry in enumerate(everything) if id(entry) not in asking and text_of(entry.get("text"))]
    used = [entry for place, entry in telling if place < start] or [entry for _, entry in telling[:1]]
    kept = {id(entry) for entry in used}
    left = [text_of(entry.get("linkId")) or "?" for _, entry in telling if id(entry) not in kept]
    if left:
        warnings.append(f"texts between or after the questions, left out: {', '.join(left)}")
    return " ".join(text_of(entry.get("text")) for entry in used)


def _say_rest(
    instrument: Instrument, entries: Iterable[dict[str, Any]], matched: Mapping[str, dict[str, Any]], warnings: list[str]
) -> None:
    taken = {id(entry) for entry in matched.values()}
    rest = [text_of(entry.get("linkId")) or "?" for entry in entries if id(entry) not in taken]
    if rest:
        warnings.append(f"not part of {instrument.title} here, left out: {', '.join(rest)}")


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
