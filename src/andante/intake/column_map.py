"""The column map: what another system's export calls our columns, and how it writes their values.

Read once, before the table (`--map MAP`, TOML). A map is checked as strictly as a table: all problems at once,
near-misses offered, because a key that is silently ignored would leave a scale the wrong way round.

Two of our columns may come from one of theirs only if at most one of them is a rating, a count or another number:
a status column may well hold both attendance and the reason of absence, but one answer read as two would be two
facts that agree, and two facts that agree make an act.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from andante import measures as catalogue
from andante.errors import InputError, Problem, UsageError, told
from andante.intake.names import perhaps, same, section_of, type_of
from andante.intake.spellings import PLAIN, Rules, as_text, likenesses, spell
from andante.records import COLUMN, LARGEST, Column, MeasureColumn
from andante.words import HIGHER_BETTER, LOWER_BETTER

DAYS_IN_MONTH = 365.25 / 12
MOST_BITS = 1 << 10  # of a whole number: no floating one is larger, and Python writes out no number of a few thousand digits
UNITS = {"days": 1.0, "months": DAYS_IN_MONTH}
NO_CODE = "stands for an empty cell, which is not known"
SECTIONS = ("columns", "missing", "codes", "scales", "dates", "measures")


@dataclass(frozen=True, eq=False)
class ColumnMap:
    """A map that has been read and found sound; `ColumnMap()` changes nothing. Each is equal only to itself."""

    name: str = "the map"
    columns: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    codes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    date_format: str | None = None
    day_unit: str = "days"
    measures: tuple[MeasureColumn, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the values of any column are read in another way than as they are."""
        return bool(self.missing or self.codes or self.scales or self.date_format) or self.day_unit != "days"

    def rules(self, column: str) -> Rules:
        """How the values of one of our columns are to be read."""
        if not self.changes:
            return PLAIN
        return Rules(
            self.missing,
            self.codes.get(column, {}),
            self.scales.get(column),
            self.date_format if column == "date" else None,
            UNITS[self.day_unit] if column == "day" else 1.0,
        )

    @property
    def all_measures(self) -> tuple[MeasureColumn, ...]:
        """The measures of the catalogue in its order, the map's own in their place or after them."""
        if not self.measures:
            return catalogue.columns()
        own = {measure.name: measure for measure in self.measures}
        known = tuple(own.pop(measure.name, measure) for measure in catalogue.columns())
        return known + tuple(own.values())

    @property
    def known(self) -> Mapping[str, Column]:
        """Every column that a table may have: those of the contract, then the measures."""
        if not self.measures:
            return _contract()
        return {**_contract(), **{measure.name: measure.as_column() for measure in self.measures}}


@cache
def _contract() -> Mapping[str, Column]:
    return {**COLUMN, **{measure.name: measure.as_column() for measure in catalogue.columns()}}


NO_MAP = ColumnMap()


def read_map(source: ColumnMap | Mapping[str, Any] | str | Path | None) -> ColumnMap:
    """A map from a TOML file, or from the same as a dictionary. Raises `InputError` with all its problems."""
    if source is None:
        return NO_MAP
    if isinstance(source, ColumnMap):
        return source
    if isinstance(source, Mapping):
        return _Reader("the map").read(_with_texts(source))
    if not isinstance(source, str | Path):
        raise UsageError(f"column_map is {type_of(source)}, not a map: give a TOML file, or the same as a dictionary")
    name = str(source)
    try:
        return _Reader(name).read(tomllib.loads(Path(source).read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InputError(
            [Problem(name, None, None, f"the map cannot be read: {error.strerror or 'no such file'}", remedy="check its name and folder")]
        ) from error
    except UnicodeDecodeError as error:
        raise InputError([Problem(name, None, None, "the map is not UTF-8 text", remedy="save it as UTF-8")]) from error
    except RecursionError as error:
        raise InputError(
            [Problem(name, None, None, "the map is nested too deeply", remedy="a map has sections, and in them one line each")]
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem(name, None, None, f"the map is not TOML: {error}", remedy=_how_to_mend(str(error)))]) from error
    except ValueError as error:  # of Python itself, which reads no such number
        raise InputError(
            [Problem(name, None, None, "the map holds a number of thousands of digits", remedy="shorten it, or write it in quotes")]
        ) from error


def _how_to_mend(error: str) -> str:
    """Of what Python says of a file that is not TOML."""
    if " twice" in error or "Cannot overwrite" in error:
        return "write each section once, with all its lines below it, and each line once"
    return 'write texts in quotes: ours = "theirs"'


def _with_texts(section: Mapping[Any, Any]) -> dict[str, Any]:
    """A dictionary as TOML would hold it: whatever was a key is a text."""
    return {str(key): _with_texts(value) if isinstance(value, Mapping) else value for key, value in section.items()}


class _Reader:
    """Reads a map section by section and collects what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.known: dict[str, Column] = {}

    def wrong(self, where: str, what: str, remedy: str | None = None) -> None:
        section, point, key = where.partition(".")
        self.problems.append(Problem(self.name, None, told(section) + point + told(key), what, remedy=remedy))

    def read(self, raw: Mapping[str, Any]) -> ColumnMap:
        for key in raw:
            if key not in SECTIONS:
                self.wrong(key, f"the map knows no such section{perhaps(key, SECTIONS, cutoff=0.6)}", f"use {', '.join(SECTIONS)}")
        measures = self._measures(raw.get("measures", {}))
        self.known = {**_contract(), **{measure.name: measure.as_column() for measure in measures}}
        date_format, unit = self._dates(raw.get("dates", {}))
        found = ColumnMap(
            self.name,
            self._columns(raw.get("columns", {})),
            self._missing(raw.get("missing", [])),
            self._codes(raw.get("codes", {}), date_format),
            self._scales(raw.get("scales", {})),
            date_format,
            unit,
            measures,
        )
        if self.problems:
            raise InputError(self.problems)
        return found

    def _table(self, where: str, value: object) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        heading = section_of(*where.split(".", 1))
        self.wrong(where, "has to be a section", f"write {heading} and its keys below it")
        return {}

    def _ours(self, section: str, name: str) -> Column | None:
        column = self.known.get(name)
        if column is None:
            self.wrong(
                f"{section}.{name}",
                f"there is no column {told(name)}{perhaps(name, self.known)}",
                "see `andante columns`, or define a measure under [measures]",
            )
        return column

    def _keys(self, where: str, section: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
        for key in section:
            if key not in allowed:
                self.wrong(f"{where}.{key}", f"no such key{perhaps(key, allowed, cutoff=0.6)}", f"use {', '.join(allowed)}")

    def _columns(self, raw: object) -> dict[str, str]:
        columns: dict[str, str] = {}
        takers: dict[str, list[Column]] = {}
        for name, theirs in self._table("columns", raw).items():
            column = self._ours("columns", name)
            if not isinstance(theirs, str) or not theirs.strip():
                self.wrong(f"columns.{name}", "has to name one of their columns", f'write {name} = "their heading"')
            elif column is not None:
                columns[name] = same(theirs)
                takers.setdefault(same(theirs), []).append(column)
        for theirs, ours in takers.items():
            numbers = [column.name for column in ours if column.numeric]
            if len(numbers) > 1:
                self.wrong(
                    "columns",
                    f"{' and '.join(numbers)} are both taken from {told(theirs)}: one answer would count as two facts",
                    "keep one of them",
                )
        return columns

    def _missing(self, raw: object) -> frozenset[str]:
        if not isinstance(raw, list) or not all(_is_value(item) for item in raw):
            self.wrong("missing", "has to be a list of what stands for an empty cell", 'write missing = ["NA", "-9"]')
            return frozenset()
        return frozenset(as_text(item) for item in raw)

    def _codes(self, raw: object, date_format: str | None) -> dict[str, dict[str, object]]:
        codes: dict[str, dict[str, object]] = {}
        for name, section in self._table("codes", raw).items():
            column = self._ours("codes", name)
            for theirs, ours in self._table(f"codes.{name}", section).items():
                if not theirs.strip() or (column is not None and column.kind != "text" and theirs.strip().lower() == "nan" and ours != ""):
                    self.wrong(f"codes.{name}.{theirs}", NO_CODE, "leave this line out: what is not there cannot stand for an answer")
                elif column is not None:
                    codes.setdefault(name, {})[theirs.strip()] = self._code(f"codes.{name}.{theirs}", column, ours)
            if column is not None and column.kind != "text":
                self._check_alike(name, codes.get(name, {}), date_format if column.kind == "date" else None)
        return codes

    def _check_alike(self, name: str, codes: Mapping[str, object], date_format: str | None) -> None:
        """1 and 1.0 are one code, which has one value."""
        before: dict[object, str] = {}
        for theirs in codes:
            for likeness in likenesses(theirs, date_format):
                other = before.setdefault(likeness, theirs)
                if codes[other] != codes[theirs]:
                    self.wrong(f"codes.{name}.{theirs}", f"is the same code as {told(other)}, with another value", "keep one of them")
                    break

    def _code(self, where: str, column: Column, value: object) -> object:
        """One of our values as a map writes it; an empty text stands for "not known"."""
        if not _is_value(value):
            self.wrong(where, "has to be one value", f"{column.name} takes {column.range_in_words()}")
            return None
        cell = spell(as_text(value), column, PLAIN)
        if cell.fault is not None:
            self.wrong(
                where,
                f"maps to a value that {column.name} does not take: {cell.fault.what}",
                f"{column.name} takes {column.range_in_words()}",
            )
        return cell.value

    def _scales(self, raw: object) -> dict[str, tuple[float, float]]:
        scales: dict[str, tuple[float, float]] = {}
        for name, section in self._table("scales", raw).items():
            column, section = self._ours("scales", name), self._table(f"scales.{name}", section)
            self._keys(f"scales.{name}", section, ("from",))
            ends = self._pair(f"scales.{name}.from", section.get("from"), "their ends for our low and high", "from = [5, 1]")
            if column is None or ends is None:
                continue
            if column.low is None or column.high is None:
                self.wrong(f"scales.{name}", "this column has no two ends to scale between", "leave the section out")
            scales[name] = ends
        return scales

    def _pair(self, where: str, value: object, meaning: str, example: str) -> tuple[float, float] | None:
        numbers = isinstance(value, list) and len(value) == 2 and all(_is_number(end) for end in value)
        if isinstance(value, list) and numbers and value[0] != value[1]:
            return float(value[0]), float(value[1])
        self.wrong(where, f"has to be two different numbers: {meaning}", f"write {example}")
        return None

    def _dates(self, raw: object) -> tuple[str | None, str]:
        section = self._table("dates", raw)
        self._keys("dates", section, ("format", "unit"))
        form, unit = section.get("format"), section.get("unit", "days")
        if form is not None and not _is_date_format(form):
            self.wrong("dates.format", "is no form of a date", 'write day, month and year as in format = "%d.%m.%Y"')
            form = None
        if not isinstance(unit, str) or unit not in UNITS:
            self.wrong("dates.unit", "is no unit of time", 'write unit = "days" or unit = "months"')
            unit = "days"
        return form, unit

    def _measures(self, raw: object) -> tuple[MeasureColumn, ...]:
        known = {measure.name: measure for measure in catalogue.columns()}
        found = [self._measure(name, section, known.get(name)) for name, section in self._table("measures", raw).items()]
        return tuple(measure for measure in found if measure is not None)

    def _measure(self, name: str, raw: object, old: MeasureColumn | None) -> MeasureColumn | None:
        where = f"measures.{name}"
        section, before = self._table(where, raw), len(self.problems)
        if name in COLUMN:
            self.wrong(where, "is already a column of the session table", "give the measure another name")
        self._keys(where, section, ("range", "better", "reliable_change"))
        ends = (old.low, old.high) if old else None
        if "range" in section or old is None:
            ends = self._pair(f"{where}.range", section.get("range"), "its lowest and highest score", "range = [0, 27]")
        better = section.get("better", old.better if old else None)
        if better not in (LOWER_BETTER, HIGHER_BETTER):
            self.wrong(f"{where}.better", "has to say which end is the good one", 'write better = "lower" or better = "higher"')
        change = section.get("reliable_change", old.reliable_change if old else None)
        if change is not None and not (_is_number(change) and change > 0):
            self.wrong(
                f"{where}.reliable_change",
                "has to be a number above 0",
                "give the change in raw points that exceeds the error of measurement",
            )
        if len(self.problems) > before or ends is None:
            return None
        new = MeasureColumn(name, min(ends), max(ends), str(better), change, source=f"the map {self.name}", label=name)
        if old is None:
            return new
        # on another scale nothing is known of what a total says about one item
        safe_to = old.safe_to if (old.low, old.high, old.better) == (new.low, new.high, new.better) else float("inf")
        return replace(new, domain=old.domain, label=old.label, safe_to=safe_to)


def _is_value(value: object) -> bool:
    """Whether this may stand in a cell: a text, true or false, or a number that any program could hold."""
    return isinstance(value, str | float) or (isinstance(value, int) and value.bit_length() <= MOST_BITS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST  # beyond, two may be one


def _is_date_format(form: object) -> bool:
    """Whether a date written in this form can be read back to the day."""
    sample = datetime(2024, 11, 23, 13, 45, 10, tzinfo=UTC)
    try:
        return isinstance(form, str) and datetime.strptime(sample.strftime(form), form).date() == sample.date()
    except (ValueError, re.error):  # the same part twice, such as two months
        return False
