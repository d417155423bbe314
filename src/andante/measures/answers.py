"""Answers to items as people have them: wide, long, or FHIR QuestionnaireResponses; read into one grid.

Stands in `measures/` above instrument and packs: columns or resources come in, a grid of answers (persons, items in the
instrument's order) goes out. Every answer that cannot be used is named with its row and item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from andante.errors import InputError, Problem
from andante.measures.instrument import Instrument
from andante.measures.packs import Pack, value_of
from andante.measures.scoring import allowed_in_words, find_bad
from andante.records import showable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """A grid of answers, one row a person and time. `keys` names the rows (id, and what else came with them)."""

    grid: Array
    keys: Mapping[str, list[Any]]
    notes: list[str] = field(default_factory=list)


def match_columns(instrument: Instrument, headings: Sequence[str]) -> dict[str, str]:
    """Which heading holds which item: its LOINC code, `phq9_1`, `PHQ-9.1`, `item 1`, `q1` or `1`. The first match wins."""
    name = re.sub(r"\W|_", "", instrument.id)
    found: dict[str, str] = {}
    for heading in headings:
        squeezed = re.sub(r"[\W_]", "", heading).lower()
        for item in instrument.items:
            if item.id in found:
                continue
            code = bool(item.loinc) and item.loinc in heading
            own = re.fullmatch(rf"({name})?(item|question|q|i)?0*{re.escape(item.id)}", squeezed)
            if code or own:
                found[item.id] = heading
    return found


def read_wide(instrument: Instrument, columns: Mapping[str, Array]) -> Array:
    """The grid from a column of answers per item id; items without a column were not asked (NaN)."""
    rows = len(next(iter(columns.values()))) if columns else 0
    grid = np.full((rows, len(instrument.items)), np.nan)
    for place, item in enumerate(instrument.items):
        if item.id in columns:
            grid[:, place] = columns[item.id]
    return grid


def read_long(
    instrument: Instrument, keys: Sequence[tuple[Any, ...]], items: Sequence[str | None], answers: Array, *, file: str, first_row: int = 1
) -> tuple[list[tuple[Any, ...]], Array]:
    """The rows (keys in order of first appearance) and the grid from one answer a row.

    Raises InputError with every unknown item and every item answered twice.
    """
    place = {item.id: k for k, item in enumerate(instrument.items)}
    by_text = {text: next(iter(match_columns(instrument, [text])), None) for text in set(items) if text is not None}
    rows: dict[tuple[Any, ...], int] = {}
    cells: dict[tuple[int, int], int] = {}
    grid = np.full((len(set(keys)), len(instrument.items)), np.nan)
    problems = []
    for line, (key, text, answer) in enumerate(zip(keys, items, answers, strict=True)):
        row = rows.setdefault(key, len(rows))
        item = by_text.get(text or "")
        if item is None:
            problems.append(
                Problem(
                    file,
                    line + first_row,
                    None,
                    f"an item that {instrument.title} does not have",
                    showable(text or "nothing"),
                    _items_in_words(instrument),
                )
            )
            continue
        cell = (row, place[item])
        if cell in cells:
            problems.append(
                Problem(
                    file,
                    line + first_row,
                    None,
                    f"item {item} is answered twice",
                    None,
                    f"it is also in row {cells[cell] + first_row}: keep one",
                )
            )
        cells[cell] = line
        grid[cell] = answer
    if problems:
        raise InputError(problems)
    return list(rows), grid


def _items_in_words(instrument: Instrument) -> str:
    return f"its items are {instrument.items[0].id} to {instrument.items[-1].id}"


def check_answers(
    instrument: Instrument, grid: Array, *, file: str, rows: Sequence[int], columns: Mapping[str, str] | None = None
) -> list[Problem]:
    """Every answer that the instrument does not allow, with its row and item."""
    people, items = find_bad(instrument, grid)
    problems = []
    for person, item in zip(people.tolist(), items.tolist(), strict=True):
        name = instrument.items[item].id
        column = (columns or {}).get(name)
        place = f"item {name}" if column is None or column == name else f"{column} (item {name})"
        problems.append(
            Problem(
                file,
                rows[person],
                place,
                "is no answer of this item",
                f"{grid[person, item]:g}",
                f"answers are {allowed_in_words(instrument)}",
            )
        )
    return problems


def read_responses(instrument: Instrument, resources: Sequence[Mapping[str, Any]], pack: Pack | None, *, file: str) -> Answers:
    """QuestionnaireResponses: items found by the pack's linkIds, by LOINC code, by their number, else by order.

    `keys` holds the id of the subject and the date. Raises InputError with every answer that cannot be used.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    grid = np.full((len(resources), len(instrument.items)), np.nan)
    keys: dict[str, list[Any]] = {"id": [], "date": []}
    for row, resource in enumerate(resources):
        keys["id"].append(_subject(resource, row, file, problems))
        keys["date"].append(str(resource.get("authored") or "")[:10] or None)
        given = [entry for entry in _flatten(resource.get("item")) if entry.get("answer")]
        places, ordered = _places(instrument, given, pack)
        if given and not places:
            remedy = "add its Questionnaire first: andante measures add FILE"
            problems.append(Problem(file, row + 1, "items", f"could not be matched to those of {instrument.title}", None, remedy))
        if ordered:
            notes.append(f"row {row + 1}: items matched by their order, because neither linkId nor code is known")
        for place, entry in places.items():
            _read_answer(instrument, place, entry, pack, grid, row, file, problems)
    if problems:
        raise InputError(problems)
    return Answers(grid, keys, notes)


def _subject(resource: Mapping[str, Any], row: int, file: str, problems: list[Problem]) -> str:
    subject = resource.get("subject") or {}
    reference = subject.get("reference") or (subject.get("identifier") or {}).get("value")
    if not reference:
        problems.append(Problem(file, row + 1, "subject", "says of nobody whose answers these are", None, "each response needs a subject"))
        return ""
    return str(reference).rpartition("/")[2]


def _flatten(items: Any) -> list[Mapping[str, Any]]:
    """Items and the items inside them, in order."""
    found: list[Mapping[str, Any]] = []
    for entry in items or []:
        if isinstance(entry, dict):
            found.append(entry)
            found += _flatten(entry.get("item"))
    return found


_LOINC_LIKE = re.compile(r"\d{3,7}-\d$")


def _places(instrument: Instrument, given: Sequence[Mapping[str, Any]], pack: Pack | None) -> tuple[dict[int, Mapping[str, Any]], bool]:
    """Which entry answers which item; True where that rests on their order alone."""
    index = {item.id: place for place, item in enumerate(instrument.items)}
    codes = {item.loinc: place for place, item in enumerate(instrument.items) if item.loinc}
    found: dict[int, Mapping[str, Any]] = {}
    for entry in given:
        link = str(entry.get("linkId", ""))
        place = None if pack is None else index.get(pack.links.get(link, ""))
        if place is None:
            place = next((p for code, p in codes.items() if code in link), None)
        if place is not None:
            found.setdefault(place, entry)
    if found:
        return found, False
    numbers = [re.search(r"(?:\D|^)0*(\d+)$", str(entry.get("linkId", ""))) for entry in given]
    numbered = [
        (index[number[1]], entry)
        for number, entry in zip(numbers, given, strict=True)
        if number and number[1] in index and not _LOINC_LIKE.search(str(entry.get("linkId")))
    ]
    if numbered and len({place for place, _ in numbered}) == len(numbered):
        return dict(numbered), False
    if len(given) < len(instrument.items):
        return {}, False
    return dict(enumerate(given[: len(instrument.items)])), True


def _read_answer(
    instrument: Instrument,
    place: int,
    entry: Mapping[str, Any],
    pack: Pack | None,
    grid: Array,
    row: int,
    file: str,
    problems: list[Problem],
) -> None:
    item = instrument.items[place]
    answers = entry["answer"]
    if len(answers) > 1:
        problems.append(Problem(file, row + 1, f"item {item.id}", f"has {len(answers)} answers", None, "an item has one"))
        return
    value, shown = value_of(instrument, item, answers[0], pack)
    if value is None:
        problems.append(
            Problem(
                file,
                row + 1,
                f"item {item.id}",
                "is no answer of this item",
                showable(shown),
                f"answers are {allowed_in_words(instrument)}",
            )
        )
        return
    grid[row, place] = value
