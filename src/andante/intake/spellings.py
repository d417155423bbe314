"""How one cell may be written: numbers, dates, flags and codes as people and programs spell them.

Near the bottom of `intake`: `conversion` asks `spell` once for each different text in a column, so this file may be
plain Python. A cell is always read as the text a person would see, whatever type the file gave it, so that a
CSV and a Parquet file of the same table read the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from andante.errors import UsageError
from andante.intake.date_forms import forms_of
from andante.intake.names import did_you_mean, in_toml, nearest, section_of, squeeze, type_of
from andante.records import LARGEST, Column

TRUE, FALSE = frozenset(("true", "t", "yes", "y")), frozenset(("false", "f", "no", "n"))  # and every 1 and 0: 1.0, 1.00
UNKNOWN_NUMBERS = frozenset(("na", "nan", "null"))  # session-table contract: empty, with a note

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_MARKED_NUMBER = re.compile(r"[+-]?\d[\d.,'\u2019 \u00a0\u202f]*\s?%?", re.ASCII)
_INFINITE = re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?|\d{8}(T.+)?", re.ASCII)
_DAY_FIRST_OR_MONTH_FIRST = re.compile(r"\d{1,2}([-./])\d{1,2}[-./](\d{2,4}).*", re.ASCII)
_SPREADSHEET_DAY = re.compile(r"\d{5}(\.\d+)?", re.ASCII)

ROUNDING = 1e-9  # what a scale may put beside a whole number

# What other systems write for our codes; only ever offered as a hint.
_USUAL_CODES = {
    "missed": ("noshow", "dna", "didnotattend", "absent", "noncancel", "unexcused"),
    "attended": ("present", "completed", "done", "show", "seen", "arrived", "fulfilled", "yes"),
    "late": ("attendedlate", "delayed", "tardy"),
    "cancelled_by_client": ("cancelled", "canceled", "cancelledclient", "canceledbyclient", "cancelledbypatient", "canceledbypatient"),
    "cancelled_by_service": (
        "cancelled",
        "canceled",
        "cancelledservice",
        "canceledbyservice",
        "cancelledbytherapist",
        "canceledbytherapist",
    ),
    "dropped_out": ("dropout", "dropped", "discontinued"),
    "not_offered": ("notasked", "none"),
    "unanswered": ("noanswer", "noresponse", "missing"),
    "ill": ("sick", "illness"),
    "both": ("together", "shared"),
}


@dataclass(frozen=True)
class Rules:
    """How the values of one column are to be read, where a column map says so; `PLAIN`: as they are."""

    missing: frozenset[str] = frozenset()
    codes: Mapping[str, object] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    date_format: str | None = None
    days: float = 1.0

    @property
    def plain(self) -> bool:
        return self is PLAIN or self == PLAIN

    @cached_property
    def alike(self) -> Mapping[object, object]:
        """What is read instead of what, by number, by day or as true and false; codes come before what is missing."""
        missing = {likeness: None for text in self.missing for likeness in likenesses(text, self.date_format)}
        return missing | {likeness: ours for text, ours in self.codes.items() for likeness in likenesses(text, self.date_format)}

    def instead(self, text: str, column: Column, commas: bool = True) -> Cell | None:
        """What the map reads instead of this text, None: nothing. Ids and texts are compared as they are written."""
        if text in self.codes:
            return Cell(self.codes[text])
        if self.alike and column.kind != "text":
            found = _likenesses_in(text, column, self.date_format, commas)
            same = next((likeness for likeness in found if likeness in self.alike), None)
            if same is not None:
                return Cell(self.alike[same])
        return EMPTY if text in self.missing else None


PLAIN = Rules()


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be used, and how to mend it."""

    what: str
    remedy: str | None = None


@dataclass(frozen=True)
class Cell:
    """What a text stands for: a value of the column's type or None (not known), a fault, a remark worth a note."""

    value: object = None
    fault: Fault | None = None
    remark: str | None = None


EMPTY = Cell()
READ_AS_EMPTY = "NA, NaN or null read as empty"
DECIMAL_COMMA = "decimal comma read as such"


def as_text(value: object) -> str:
    """A value as the text a person would see: whole numbers without a point, flags in lower case, dates as ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        return str(int(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return f"{value:f}".partition(".")[0]
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def spell(text: str, column: Column, rules: Rules = PLAIN, *, commas: bool = True, zone: tzinfo = UTC) -> Cell:
    """Read one trimmed text as a value of `column`; `commas`: a comma in a number is its decimal mark."""
    instead = rules.instead(text, column, commas)
    if instead is not None:
        return instead
    if not text:
        return EMPTY
    if column.numeric:
        return _number(text, column, rules, commas)
    readers: dict[str, Callable[[], Cell]] = {
        "flag": lambda: _flag(text, column, commas),
        "code": lambda: _code(text, column),
        "date": lambda: _date(text, rules.date_format, zone),
    }
    return readers.get(column.kind, lambda: Cell(text))()


def likenesses(text: str, form: str | None = None) -> tuple[object, ...]:
    """What a value in a map is, beside its text: a number, a day, true or false. 1, 1.0 and 1,0 are the same.

    Programs write one value in several ways: pandas makes 1 a 1.0 where another cell of the column is empty.
    """
    return tuple(one for one in (as_number(text), _true_or_false(text), _written_day(text, form)) if one is not None)


def _likenesses_in(text: str, column: Column, form: str | None, commas: bool) -> Iterator[object]:
    """The same for a cell; only a column of dates holds days."""
    day = _written_day(text, form) if column.kind == "date" else None
    return (one for one in (as_number(text, commas=commas), _true_or_false(text), day) if one is not None)


def as_number(text: str, *, commas: bool = True) -> float | None:
    """The number that a text is, None where it is none; `commas`: also with a decimal comma."""
    if commas and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return float(text) if _NUMBER.fullmatch(text) else None


def has_point(text: str) -> bool:
    """Whether this is a number with a decimal point."""
    return "." in text and _NUMBER.fullmatch(text) is not None


def may_be_thousands(texts: Iterable[str], column: Column, rules: Rules) -> bool:
    """Whether each comma in the numbers of a column comes before three digits, and they would fit without it too: 1,002 is two numbers."""
    found = [text for text in texts if _DECIMAL_COMMA.fullmatch(text)]
    without = (float(text.replace(",", "")) * rules.days for text in found if _THOUSANDS.fullmatch(text))
    return bool(found) and len(found) == sum(judge(number, column, rules.scale) is None for number in without)


def _true_or_false(text: str) -> str | None:
    low = text.lower()
    return low if low in ("true", "false") else None


def _written_day(text: str, form: str | None) -> date | None:
    """The day of a date or moment as it is written, in the form of the map or as ISO 8601."""
    for known in dict.fromkeys((form, None)):
        try:
            return _moment(text, known).date()
        except ValueError:
            continue
    return None


def _moment(text: str, form: str | None) -> datetime:
    """A date or moment in a form of its own, or as ISO 8601. Raises `ValueError`."""
    if form is not None:
        return datetime.strptime(text, form)
    if _ISO.fullmatch(text):
        return datetime.fromisoformat(text)
    raise ValueError


def _number(text: str, column: Column, rules: Rules, commas: bool) -> Cell:
    remark = None
    if text.lower() in UNKNOWN_NUMBERS:
        return Cell(None, remark=READ_AS_EMPTY)
    if _DECIMAL_COMMA.fullmatch(text):
        if not commas:
            return Cell(
                fault=Fault(
                    "a comma in a number, while other numbers of this column have a decimal point", "write all numbers of the column alike"
                )
            )
        text, remark = text.replace(",", "."), DECIMAL_COMMA
    elif not _NUMBER.fullmatch(text):
        return Cell(fault=_infinite() if _INFINITE.fullmatch(text) else _no_number(text, column))
    value = float(text) * rules.days
    fault = judge(value, column, rules.scale)
    if fault is None and rules.scale is not None:
        value = rescale(value, column, rules.scale)
    return Cell(fault=fault) if fault else Cell(value, remark=remark)


def rescale(value: float, column: Column, scale: tuple[float, float]) -> float:
    """A rating on their scale as one on ours: their ends become our low and high, linear between (theirs may run the other way)."""
    assert column.low is not None
    assert column.high is not None
    low, high = scale
    ours = column.low + (value - low) / (high - low) * (column.high - column.low)
    whole = float(round(ours))
    return whole if column.kind == "whole" and abs(ours - whole) < ROUNDING else ours


def judge(value: float, column: Column, scale: tuple[float, float] | None = None) -> Fault | None:
    """What is wrong with a number in this column, or None; with `scale` the ends are those a map gives."""
    if not math.isfinite(value):
        return _infinite()
    if scale is not None:
        return _judge_scaled(value, column, scale)
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        remedy = (
            "correct the value"
            if column.high is None
            else f"correct the value, or give the scale it was asked on under {section_of('scales', column.name)} of a map file"
        )
        return Fault(f"outside its range, {column.range_in_words()}", remedy + _if_it_stands_for_nothing(value, column))
    if column.kind == "whole" and value != round(value):
        return Fault("not a whole number", "correct the value")
    if abs(value) > LARGEST:
        return Fault("too large", "correct the value")
    return None


def _if_it_stands_for_nothing(value: float, column: Column) -> str:
    """What to write in a map where other programs have put a number for an empty cell: -9, 99, -888."""
    if not (value.is_integer() and _FOR_NOTHING.fullmatch(text := f"{value:.0f}")):
        return ""
    if value < -2:  # -1 and -2 are answers of other columns, which `missing` would empty too
        return f'; if it stands for an empty cell, write missing = ["{text}"] at the head of a map file'
    return f'; if it stands for an empty cell, write "{text}" = "" under {section_of("codes", column.name)} of a map file'


_FOR_NOTHING = re.compile(r"-1|-?([789])\1+|-[789]")


def _judge_scaled(value: float, column: Column, scale: tuple[float, float]) -> Fault | None:
    low, high = sorted(scale)
    if not low <= value <= high:
        remedy = f"correct the value, or the ends under {section_of('scales', column.name)}"
        return Fault(f"outside {low:g} to {high:g}, its scale in the map", remedy + _if_it_stands_for_nothing(value, column))
    if column.kind == "whole" and not rescale(value, column, scale).is_integer():
        return Fault(
            f"would come between two answers: {column.name} has the whole numbers {column.range_in_words()}",
            f"say answer by answer what is meant, under {section_of('codes', column.name)} of the map, "
            f"in place of {section_of('scales', column.name)}",
        )
    return None


def _infinite() -> Fault:
    return Fault("infinite", "leave the cell empty if the value is not known")


def _no_number(text: str, column: Column) -> Fault:
    if text.lower() in TRUE | FALSE:
        return Fault(
            "true or false where a number belongs", f"write the number, or map it under {section_of('codes', column.name)} of a map file"
        )
    if _MARKED_NUMBER.fullmatch(text) and not _DAY_FIRST_OR_MONTH_FIRST.fullmatch(text):
        return Fault("a number with more than digits and one decimal mark", _as_plain_number(text, column))
    return Fault(
        "not a number",
        "write a number, leave the cell empty if it is not known, "
        f"or map the word under {section_of('codes', column.name)} or missing in a map file",
    )


def _as_plain_number(text: str, column: Column) -> str:
    """How to write it, with examples that the column takes."""
    if text.endswith("%") and column.bounds == (0, 1):
        return "write the share itself, without %: 0.8 for 80 %"
    low, high = column.bounds
    shown = [number for number in (80, 1200.5) if low <= number <= high and (number == 80 or column.kind != "whole")]
    examples = " or ".join(f"{number:g}" for number in shown)
    return "write it without %, spaces or thousands separators" + (f", as {examples}" if examples else "")


def _flag(text: str, column: Column, commas: bool) -> Cell:
    low, number = text.lower(), as_number(text, commas=commas)
    if low in TRUE or number == 1:
        return Cell(True)
    if low in FALSE or number == 0:
        return Cell(False)
    return Cell(
        fault=Fault(
            "not true or false",
            "write true or false, leave the cell empty if it is not known, "
            f"or map it under {section_of('codes', column.name)} or missing in a map file",
        )
    )


def _code(text: str, column: Column) -> Cell:
    if text in column.codes:
        return Cell(text)
    wanted = squeeze(text)
    usual = [ours for ours, theirs in _USUAL_CODES.items() if wanted in theirs and ours in column.codes]
    near = nearest(text, column.codes, cutoff=0.7) or " or ".join(usual)
    hint = f"did you mean {near}? " if near else ""
    return Cell(
        fault=Fault(
            f"not one of {', '.join(column.codes)}",
            f"{hint}write one of them, or map it under {section_of('codes', column.name)} or missing in a map file",
        )
    )


def _date(text: str, form: str | None, zone: tzinfo) -> Cell:
    try:
        moment = _moment(text, form)
        return Cell((moment.astimezone(zone) if moment.tzinfo else moment).date())
    except OverflowError:
        return Cell(fault=NO_SUCH_YEAR)
    except ValueError:
        return Cell(
            fault=Fault(f"not a date written as {form}", "correct the date, or its format under [dates] of the map")
            if form
            else _no_date(text)
        )


NO_SUCH_YEAR = Fault("not a date: outside the years 1 to 9999", "correct the date")


def _no_date(text: str) -> Fault:
    if _DAY_FIRST_OR_MONTH_FIRST.fullmatch(text) is not None:
        forms = forms_of(text)
        if forms is None:
            return Fault("not an ISO 8601 date", "write YYYY-MM-DD")
        day_first, month_first = map(in_toml, forms)
        return Fault(
            "not an ISO 8601 date",
            f"write YYYY-MM-DD, or say under [dates] of a map file how it is written: format = {day_first} where the day comes first, "
            f"{month_first} where the month does",
        )
    if _SPREADSHEET_DAY.fullmatch(text):
        return Fault("a spreadsheet's day number, not a date", "format the column as YYYY-MM-DD before saving")
    return Fault("not a date", "write YYYY-MM-DD; leave the cell empty if it is not known")


def zone_of(name: str) -> tzinfo:
    """A time zone by its name in the tz database. Raises `UsageError` with the nearest names."""
    if not isinstance(name, str):
        raise UsageError(f"tz is {type_of(name)}, not the name of a time zone: write it as in Europe/Berlin")
    return _zone_of(name)


@lru_cache
def _zone_of(name: str) -> tzinfo:
    if name.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        hint = did_you_mean(name, available_timezones()) or "; write it as in Europe/Berlin"
        raise UsageError(f"there is no time zone {name!r}{hint}") from error
