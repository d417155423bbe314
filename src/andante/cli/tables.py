"""Tables of scores as people have them, wide or long: their columns read as ids, numbers, times or words.

Stands beside the verbs in `cli`, for those that take any table and not the session table. Every cell that cannot be
read is named with its row and column, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante.errors import InputError, Problem, UsageError, told
from andante.intake.conversion import convert, decoded
from andante.intake.findings import count_of
from andante.intake.formats import RawTable, read_file
from andante.intake.names import did_you_mean
from andante.intake.spellings import PLAIN, UNKNOWN_NUMBERS
from andante.records import Column, showable

if TYPE_CHECKING:
    from andante.measures import Instrument

Array = NDArray[np.float64]
NUMBER_REMEDY = "write a number, or leave the cell empty if it is not known"


class GivenTable:
    """A table file; columns are read one by one, `finish` then raises every problem that was met."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw: RawTable = read_file(path, lambda names: names)
        self.headings = self._raw.headings

    @property
    def rows(self) -> int:
        """How many rows there are below the headings."""
        return self._raw.table.num_rows

    def row(self, index: int) -> int:
        """The row as the person sees it."""
        return self._raw.findings.row(index)

    def problems(self) -> list[Problem]:
        """What was found wrong so far; remedies speak of this table, not of a column map."""
        try:
            self._raw.findings.raise_problems()
        except InputError as error:
            return [_without_map(problem) for problem in error.problems]
        return []

    def finish(self, more: Sequence[Problem] = ()) -> list[str]:
        """Raise what was found wrong, with `more` problems found since; else the notes."""
        problems = [*self.problems(), *more]
        if problems:
            raise InputError(problems)
        return self._raw.findings.notes

    def require(self, names: Sequence[str]) -> None:
        """UsageError with every one of these columns that is not there, or stands there twice."""
        faults = [fault for name in dict.fromkeys(names) if (fault := self._fault(name)) is not None]
        if faults:
            raise UsageError("\n".join(faults))

    def _fault(self, heading: str) -> str | None:
        count = self.headings.count(heading)
        if count == 1:
            return None
        if count > 1:
            return f"{self.path} has {count} columns called {heading!r}. To mend it: give each its own name."
        # The headings are not shown: of a file without any they are somebody's name and words.
        remedy = (
            f"; it has {count_of(len(self.headings), 'column')}. To mend it: check the name, and that the first line holds the headings."
        )
        return f"{self.path} has no column {heading!r}" + (did_you_mean(heading, self.headings) or remedy)

    def split(self, given: Sequence[str]) -> list[str]:
        """Column names given one by one, or several in one text with commas."""
        names: list[str] = []
        for text in given:
            names += [text] if text in self.headings else [part.strip() for part in text.split(",") if part.strip()]
        return names

    def ids(self, heading: str) -> NDArray[Any]:
        """Ids as texts; a row without one is a problem."""
        values = self._column(heading, Column(heading, "text", "id", "who"))
        empty = np.flatnonzero(np.asarray(values.is_null()))
        if len(empty):
            self._raw.findings.add_rows(heading, "has no id", "give each row the id of its client", empty)
        return np.asarray(values.to_numpy(zero_copy_only=False), dtype=object)

    def words(self, heading: str) -> NDArray[Any]:
        """Texts as given, dates and moments as they are written in ISO 8601; None where a cell is empty."""
        values = self._column(heading, Column(heading, "text", "id", "a word"), _spelled(self._raw_column(heading)))
        return np.array(values.to_pylist(), dtype=object)  # a column that was refused would come as NaN

    def numbers(self, heading: str, low: float | None = None, high: float | None = None) -> Array:
        """Numbers; NaN where a cell is empty. One outside the range given is a problem."""
        values = self._column(heading, Column(heading, "number", "before", "a score", low=low, high=high))
        return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)

    def times(self, heading: str, *, ordered: bool = False) -> NDArray[Any]:
        """Times as numbers where every cell is one, as days since 1970 where every cell is a date or moment, else as words.

        With `ordered` words must differ in one number alone (`bdi_s2`, `bdi_s10`), which is then the time. Other words have no
        order: a UsageError; but where most cells are numbers or dates, each of the others is a problem of its row.
        """
        words = self.words(heading)
        parsed = [
            {word: time for word in set(words) if word is not None and (time := _parsed(parse, word)) is not None} for parse in PARSERS
        ]
        best = max(parsed, key=lambda known: sum(word in known for word in words))
        odd = np.array([place for place, word in enumerate(words) if word is not None and word not in best], dtype=np.int64)
        if len(odd) and (not ordered or 2 * len(odd) >= sum(word is not None for word in words)):
            return _numbered(words, heading) if ordered else words
        shown = [showable(words[place]) for place in odd]
        self._raw.findings.add_rows(
            heading, "is no time like the others", "write it as they are: a number, or a date (2024-03-18)", odd, shown, np.arange(len(odd))
        )
        return np.array([np.nan if word is None else best.get(word, np.nan) for word in words], dtype=np.float64)

    def refuse_untimed(self, heading: str, times: NDArray[Any], *scores: Array) -> None:
        """A score without its time is a problem; a row with neither says nothing."""
        empty = np.array([time is None or time != time for time in times], bool)
        told = np.logical_or.reduce([~np.isnan(score) for score in scores])
        reported = np.isin(np.arange(len(times)), self._raw.findings.damaged(heading))
        self._raw.findings.add_rows(
            heading, "has a score and no time", "give the time, or leave the row out", np.flatnonzero(empty & told & ~reported)
        )

    def refuse_repeats(self, heading: str, what: str, remedy: str, *keys: NDArray[Any]) -> None:
        """Every row whose keys stand in an earlier row already is a problem; where one is not known the row is none."""
        seen: dict[tuple[Any, ...], int] = {}
        twice = []
        for place, key in enumerate(zip(*keys, strict=True)):
            if all(one is not None and one == one for one in key) and seen.setdefault(key, place) != place:
                twice.append(place)
        shown = [told(str(keys[0][place])) for place in twice]  # ids
        self._raw.findings.add_rows(heading, what, remedy, np.array(twice, dtype=np.int64), shown, np.arange(len(twice)))

    def _raw_column(self, heading: str) -> pa.ChunkedArray[Any]:
        self.require([heading])
        return self._raw.table.column(self.headings.index(heading))

    def _column(self, heading: str, column: Column, values: pa.ChunkedArray[Any] | None = None) -> pa.ChunkedArray[Any]:
        return convert(self._raw_column(heading) if values is None else values, column, PLAIN, heading, self._raw.findings, UTC)


def _without_map(problem: Problem) -> Problem:
    if problem.remedy is None or "map file" not in problem.remedy:
        return problem
    return replace(problem, remedy="correct the value" if problem.remedy.startswith("correct the value") else NUMBER_REMEDY)


def _spelled(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Dates, moments and flags of a typed column as texts, to the part of a second that is there; any other column as it is."""
    values = decoded(values)
    kind = values.type
    if pa.types.is_timestamp(kind):
        moments: Any = values.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.string())
        moments = pc.replace_substring_regex(moments, r"(\.\d*?)0+(Z?)$", r"\1\2")
        moments = pc.replace_substring_regex(moments, r"\.(Z?)$", r"\1")
        if pc.all(pc.match_substring(moments, " 00:00:00")).as_py():
            moments = pc.utf8_slice_codeunits(moments, 0, 10)
        return pa.chunked_array(moments.chunks, pa.string())
    return values.cast(pa.string()) if pa.types.is_date(kind) or pa.types.is_boolean(kind) else values


def read_number(word: str) -> float:
    """A number, also with a decimal comma; NA, NaN and null are not known. ValueError for anything else."""
    if word.lower() in UNKNOWN_NUMBERS:
        return np.nan
    number = float(word if "." in word else word.replace(",", "."))
    if not np.isfinite(number) or "_" in word:
        raise ValueError(word)
    return number


def read_day(word: str) -> float:
    """Days since 1970, and the part of the day, of a date or moment in ISO 8601. ValueError for anything else."""
    if word.lower() in UNKNOWN_NUMBERS:
        return np.nan
    moment = datetime.fromisoformat(word)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() / 86400


PARSERS: tuple[Callable[[str], float], ...] = (read_number, read_day)


def _parsed(parse: Callable[[str], float], word: str) -> float | None:
    try:
        return parse(word)
    except ValueError:
        return None


_ONE_NUMBER = re.compile(r"(\D*)(\d+)(\D*)", re.ASCII)


def _numbered(words: NDArray[Any], heading: str) -> Array:
    """The number in words that are alike but for it."""
    found = {word: _ONE_NUMBER.fullmatch(word) for word in set(words) if word is not None}
    around = {(match[1], match[3]) if match else None for match in found.values()}
    if None in around or len(around) > 1:
        raise UsageError(
            f"The times in column {heading!r} are words, and words have no order. To mend it: give numbers (sessions, weeks) or dates."
        )
    return np.array([np.nan if word is None else float(found[word][2]) for word in words], dtype=np.float64)  # type: ignore[index]


def read_moment(text: str, times: NDArray[Any]) -> object:
    """A time named on the command line, in the kind of the column: a number, a day, or a word.

    UsageError where the column's times are numbers or days and this is neither.
    """
    if times.dtype.kind != "f":
        return text
    for parse in (read_number, read_day):
        try:
            return parse(text)
        except ValueError:
            continue
    raise UsageError(f"The time {text!r} is neither a number nor a date, and the column's times are. To mend it: write it as they are.")


def find_instrument(name: str) -> Instrument:
    """An instrument of the catalogue by its id. UsageError, with the ids that it may have been, where there is none."""
    from andante.measures import catalogue

    found = catalogue()
    if name not in found:
        hint = did_you_mean(name, found) or f"; there are {', '.join(found)}"
        raise UsageError(f"There is no instrument {name!r} in the catalogue{hint}")
    return found[name]
