"""Answers to items as people have them: wide, long, or FHIR QuestionnaireResponses; read into one grid.

Stands in `measures/` above instrument and packs: columns or resources come in, a grid of answers (persons, items in the
instrument's order) goes out. Every answer that cannot be used is named with its row and item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante.errors import InputError, Problem
from andante.measures import catalogue
from andante.measures.instrument import Instrument, Item
from andante.measures.options import value_of
from andante.measures.packs import Pack
from andante.measures.resources import child, flatten, names_in, objects, text_of
from andante.measures.scoring import allowed_in_words, find_bad
from andante.records import showable

Array = NDArray[np.float64]
EXTRA = 2  # a total and a question about the whole may follow the items; more answers than that are another form's
WITHDRAWN = "entered-in-error"  # FHIR: the response should never have been


@dataclass(frozen=True)
class Answers:
    """A grid of answers, one row a person and time. `keys` names the rows (id, and what else came with them)."""

    grid: Array
    keys: Mapping[str, list[Any]]
    notes: list[str] = field(default_factory=list)


def match_columns(instrument: Instrument, headings: Sequence[str]) -> dict[str, str]:
    """Which heading holds which item: its LOINC code, `phq9_1`, `PHQ-9.1`, `item 1`, `q1` or `1`. The first match wins."""
    return {item: matched[0] for item, matched in matching_columns(instrument, headings).items()}


def matching_columns(instrument: Instrument, headings: Sequence[str]) -> dict[str, list[str]]:
    """All headings that look like each item, in the order of the table: where there are several, they contradict each other."""
    name = re.sub(r"\W|_", "", instrument.id)
    found: dict[str, list[str]] = {}
    for heading in headings:
        squeezed = re.sub(r"[\W_]", "", heading).lower()
        for item in instrument.items:
            code = bool(item.loinc) and item.loinc in heading
            own = re.fullmatch(rf"({name})?(item|question|q|i)?0*{re.escape(item.id)}", squeezed)
            if code or own:
                found.setdefault(item.id, []).append(heading)
    return found


def counted_from_zero(instrument: Instrument, headings: Sequence[str]) -> str | None:
    """The heading that looks like an item 0, where the instrument has none: then 1 is not the first item, but the second."""
    name = re.sub(r"\W|_", "", instrument.id)
    zero = [h for h in headings if re.fullmatch(rf"({name})?(item|question|q|i)?0+", re.sub(r"[\W_]", "", h).lower())]
    return None if not zero or any(item.id == "0" for item in instrument.items) else zero[0]


def read_wide(instrument: Instrument, columns: Mapping[str, Array]) -> Array:
    """The grid from a column of answers per item id; items without a column were not asked (NaN)."""
    rows = len(next(iter(columns.values()))) if columns else 0
    grid = np.full((rows, len(instrument.items)), np.nan)
    for place, item in enumerate(instrument.items):
        if item.id in columns:
            grid[:, place] = columns[item.id]
    return grid


@dataclass(frozen=True)
class Gathered:
    """A long table gathered: the rows' keys in order of first appearance, their grid, and where in the file each answer stands.

    `places` (rows, items) are row numbers of the file, 0 where there is no answer; `problems` what could not be used.
    """

    keys: list[tuple[Any, ...]]
    grid: Array
    places: NDArray[np.intp]
    problems: list[Problem]


def read_long(
    instrument: Instrument, keys: Sequence[tuple[Any, ...]], items: Sequence[str | None], answers: Array, *, file: str, lines: Sequence[int]
) -> Gathered:
    """The rows and the grid from one answer a row; `lines` are the row numbers of the file. Unknown items, second answers: problems."""
    place = {item.id: k for k, item in enumerate(instrument.items)}
    by_text = {text: next(iter(match_columns(instrument, [text])), None) for text in set(items) if text is not None}
    rows: dict[tuple[Any, ...], int] = {}
    shape = (len(set(keys)), len(instrument.items))
    grid, places = np.full(shape, np.nan), np.zeros(shape, dtype=np.intp)
    problems = []
    for line, key, text, answer in zip(lines, keys, items, answers, strict=True):
        row = rows.setdefault(key, len(rows))
        item = by_text.get(text or "")
        if item is None:
            what, shown = f"an item that {instrument.title} does not have", showable(text or "nothing")
            problems.append(Problem(file, line, None, what, shown, _items_in_words(instrument)))
            continue
        cell = (row, place[item])
        if places[cell]:
            remedy = f"it is also in row {places[cell]}: keep one, or name what tells them apart (date, session) with --keep"
            problems.append(Problem(file, line, None, f"item {item} is answered twice", None, remedy))
            continue
        places[cell] = line
        grid[cell] = answer
    return Gathered(list(rows), grid, places, problems)


def _items_in_words(instrument: Instrument) -> str:
    return f"its items are {instrument.items[0].id} to {instrument.items[-1].id}"


def check_answers(
    instrument: Instrument, grid: Array, *, file: str, rows: Sequence[int] | NDArray[np.intp], columns: Mapping[str, str] | None = None
) -> list[Problem]:
    """Every answer that the instrument does not allow, with its row and item.

    `rows` are row numbers of the file, one for each row of the grid, or one for each cell of it.
    """
    people, items = find_bad(instrument, grid)
    lines = np.asarray(rows)
    lines = lines[people] if lines.ndim == 1 else lines[people, items]
    problems = []
    for person, item, line in zip(people.tolist(), items.tolist(), lines.tolist(), strict=True):
        name = instrument.items[item].id
        column = (columns or {}).get(name)
        place = f"item {name}" if column is None or column == name else f"{column} (item {name})"
        remedy = f"answers are {allowed_in_words(instrument)}"
        problems.append(Problem(file, line, place, "is no answer of this item", f"{grid[person, item]:g}", remedy))
    return problems


def read_responses(instrument: Instrument, resources: Sequence[Mapping[str, Any]], pack: Pack | None, *, file: str) -> Answers:
    """QuestionnaireResponses: items found by the pack's linkIds, by LOINC code, by their number, else by order.

    `keys` holds the id of the subject and the date. What belongs to no item is left out with a note. Raises InputError with
    every answer that cannot be used, and for responses to another instrument.
    """
    problems: list[Problem] = []
    ordered: list[int] = []
    left: dict[str, int] = {}
    valid = [(row, one) for row, one in enumerate(resources) if one.get("status") != WITHDRAWN]
    grid = np.full((len(valid), len(instrument.items)), np.nan)
    keys: dict[str, list[Any]] = {"id": [], "date": []}
    for line, (row, resource) in enumerate(valid):
        keys["id"].append(_subject(resource, row, file, problems))
        keys["date"].append(text_of(resource.get("authored"))[:10] or None)
        given = [entry for entry in flatten(resource.get("item")) if _answers(entry)]
        links = tuple(dict.fromkeys(_link(entry) for entry in given))
        other = _other_instrument(instrument.id, text_of(resource.get("questionnaire")), links)
        found = _Found({}, [], False) if other else _places(instrument, given, pack)
        if other:
            what, remedy = f"looks like {other}, not {instrument.title}", "say the instrument it was asked with"
            problems.append(Problem(file, row + 1, "items", what, None, remedy))
        elif given and not found.places:
            remedy = "add its Questionnaire first: andante measures add FILE"
            problems.append(Problem(file, row + 1, "items", f"could not be matched to those of {instrument.title}", None, remedy))
        if found.by_order:
            ordered.append(row + 1)
        for link in found.left:
            left[link] = left.get(link, 0) + 1
        for place, entries in found.places.items():
            value = _read_answer(instrument.items[place], instrument, entries, pack, file, row, problems)
            grid[line, place] = np.nan if value is None else value
    if problems:
        raise InputError(problems)
    notes = _notes(instrument, ordered, left)
    if len(valid) < len(resources):
        notes.append(f"{len(resources) - len(valid)} responses were entered in error, as they say themselves: left out")
    return Answers(grid, keys, notes)


def _notes(instrument: Instrument, ordered: Sequence[int], left: Mapping[str, int]) -> list[str]:
    shown = ", ".join(str(row) for row in ordered[:5]) + (f" and {len(ordered) - 5} more" if len(ordered) > 5 else "")
    notes = [f"row {shown}: items matched by their order, because neither linkId nor code is known"] if ordered else []
    links = ", ".join(f"{link} ({count})" for link, count in left.items())
    return [*notes, f"not part of {instrument.title}, left out: {links}"] if left else notes


def _subject(resource: Mapping[str, Any], row: int, file: str, problems: list[Problem]) -> str:
    subject = child(resource, "subject")
    reference = text_of(subject.get("reference")) or text_of(child(subject, "identifier").get("value"))
    name = reference.partition("/_history/")[0].rstrip("/").rpartition("/")[2]
    if not name:
        problems.append(Problem(file, row + 1, "subject", "says of nobody whose answers these are", None, "each response needs a subject"))
    return name


def _answers(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of an entry that hold a value: one with a reason for its absence instead is no answer."""
    return [answer for answer in objects(entry.get("answer")) if any(key.startswith("value") for key in answer)]


_LOINC_LIKE = re.compile(r"\d{3,7}-\d$")


def _link(entry: Mapping[str, Any]) -> str:
    return text_of(entry.get("linkId"))


@lru_cache(maxsize=256)
def _other_instrument(name: str, questionnaire: str, links: tuple[str, ...]) -> str | None:
    """The title of another instrument that the address of the Questionnaire, the linkIds or their codes name, and ours not."""
    known, own = catalogue(), _stem(catalogue()[name])
    coded = [one for one in known.values() if sum(any(item.loinc and item.loinc in link for link in links) for item in one.items) >= 2]
    for found in (names_in([questionnaire.partition("|")[0], *links], known), coded):
        if found:
            return None if any(one.id == name for one in found) else found[0].title
    stems = {re.sub(r"[^a-z].*", "", link.lower()) for link in links}
    others = [one for one in known.values() if len(_stem(one)) >= 3 and _stem(one) in stems and _stem(one) != own]
    return others[0].title if others and own not in stems else None


@lru_cache(maxsize=4096)
def _belongs_elsewhere(name: str, link: str) -> bool:
    """Whether a linkId names another instrument, as where one form holds two."""
    found = names_in([link], catalogue())
    return bool(found) and all(one.id != name for one in found)


def _stem(instrument: Instrument) -> str:
    """The letters an instrument's name begins with: `phq` of PHQ-9."""
    return re.sub(r"[^a-z].*", "", instrument.title.lower())


class _Found(NamedTuple):
    """Which entries answer which item, the linkIds that answer none, and whether that rests on their order alone."""

    places: dict[int, list[Mapping[str, Any]]]
    left: list[str]
    by_order: bool


def _places(instrument: Instrument, given: Sequence[Mapping[str, Any]], pack: Pack | None) -> _Found:
    index = {item.id: place for place, item in enumerate(instrument.items)}
    codes = {item.loinc: place for place, item in enumerate(instrument.items) if item.loinc}
    found: dict[int, list[Mapping[str, Any]]] = {}
    rest: list[Mapping[str, Any]] = []
    for entry in given:
        place = None if pack is None else index.get(pack.links.get(_link(entry), ""))
        if place is None:
            place = next((p for code, p in codes.items() if code in _link(entry)), None)
        if place is None:
            rest.append(entry)
        else:
            found.setdefault(place, []).append(entry)
    if found:
        return _Found(found, [_link(entry) or "?" for entry in rest], False)
    left = [_link(entry) for entry in given if _belongs_elsewhere(instrument.id, _link(entry))]
    given = [entry for entry in given if not _belongs_elsewhere(instrument.id, _link(entry))]
    from_zero = False
    for entry in given:
        number = re.search(r"(?:\D|^)0*(\d+)$", _link(entry))
        from_zero |= number is not None and number[1] == "0" and "0" not in index
        if number and number[1] in index and not _LOINC_LIKE.search(_link(entry)):
            found.setdefault(index[number[1]], []).append(entry)
    answered_twice = any(len({_link(entry) for entry in entries}) < len(entries) for entries in found.values())
    if found and not from_zero and (answered_twice or all(len(entries) == 1 for entries in found.values())):
        taken = {id(entry) for entries in found.values() for entry in entries}
        return _Found(found, [*left, *(_link(entry) or "?" for entry in given if id(entry) not in taken)], False)
    width = len(instrument.items)
    if from_zero and len(given) != width:  # of more than the items nobody can say which is the first
        return _Found({}, [], False)
    if not width <= len(given) <= width + EXTRA or any(_LOINC_LIKE.search(_link(entry)) for entry in given):
        return _Found({}, [], False)
    places = {place: [entry] for place, entry in enumerate(given[:width])}
    return _Found(places, [*left, *(_link(entry) or "?" for entry in given[width:])], True)


def _read_answer(
    item: Item,
    instrument: Instrument,
    entries: Sequence[Mapping[str, Any]],
    pack: Pack | None,
    file: str,
    row: int,
    problems: list[Problem],
) -> float | None:
    """The points of the one answer to an item; None where it cannot be used, which is a problem."""
    answers = [answer for entry in entries for answer in _answers(entry)]
    if len(answers) > 1:
        problems.append(Problem(file, row + 1, f"item {item.id}", f"has {len(answers)} answers", None, "an item has one"))
        return None
    value, shown = value_of(instrument, item, answers[0], [] if pack is None else pack.answers.get(item.id, []))
    if value is None:
        remedy = f"answers are {allowed_in_words(instrument)}"
        problems.append(Problem(file, row + 1, f"item {item.id}", "is no answer of this item", showable(shown), remedy))
    return value
