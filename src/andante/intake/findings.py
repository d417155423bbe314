"""What was found on the way in: problems, kept by kind so that a million of them cost little, and notes.

Inside `intake`, below every step of it. A kind is a column, what is wrong and how to mend it, stored once with the
rows and values where it was met; `Problem`s are made only when someone looks at them.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from andante.errors import InputError, Problem

Ints = NDArray[np.int64]
Values: TypeAlias = "pa.ChunkedArray[Any]"  # a column as it came, or as it has become


@dataclass(frozen=True)
class Kind:
    """One kind of problem with every place it was met.

    `rows` are the rows as the person sees them, ascending; None: the whole column or file. `shown[which[i]]` is the
    value at `rows[i]`, already safe to show; an empty `shown` means that there is no value to show.
    """

    file: str
    column: str | None
    what: str
    remedy: str | None = None
    rows: Ints | None = None
    shown: tuple[str, ...] = ()
    which: Ints | None = None

    def __len__(self) -> int:
        return 1 if self.rows is None else len(self.rows)

    def __iter__(self) -> Iterator[Problem]:
        if self.rows is None:
            yield Problem(self.file, None, self.column, self.what, self.shown[0] if self.shown else None, self.remedy)
            return
        for i in range(len(self)):  # one by one: of a million only the first hundred may be asked for
            value = self.shown[self.which[i]] if self.which is not None else None
            yield Problem(self.file, int(self.rows[i]), self.column, self.what, value, self.remedy)

    def between(self, start: int, stop: int) -> Kind:
        """The part whose rows are in [start, stop)."""
        assert self.rows is not None
        part = slice(*np.searchsorted(self.rows, [start, stop]))
        return replace(self, rows=self.rows[part], which=None if self.which is None else self.which[part])

    def as_table(self) -> pa.Table:
        """The same, one row a problem."""
        size = len(self)
        cells: dict[str, Any] = {
            name: pa.repeat(pa.scalar(getattr(self, name), pa.string()), size) for name in ("file", "column", "what", "remedy")
        }
        cells["row"] = pa.nulls(size, pa.int64()) if self.rows is None else pa.array(self.rows, pa.int64())
        which = np.zeros(size, dtype=np.int64) if self.which is None else self.which
        cells["value"] = pa.array(self.shown, pa.string()).take(which) if self.shown else pa.nulls(size, pa.string())
        return pa.table({name: cells[name] for name in PROBLEM_SCHEMA.names}, schema=PROBLEM_SCHEMA)


PROBLEM_SCHEMA = pa.schema(
    [(name, pa.int64() if name == "row" else pa.string()) for name in ("file", "row", "column", "what", "value", "remedy")]
)


class Problems(Sequence[Problem]):
    """Every problem of an input: first those of the whole file, then row by row."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.by_kind = sorted((k for k in kinds if len(k)), key=lambda k: k.rows is not None)

    def __len__(self) -> int:
        return sum(map(len, self.by_kind))

    def __iter__(self) -> Iterator[Problem]:
        return heapq.merge(*self.by_kind, key=lambda problem: -1 if problem.row is None else problem.row)

    @overload
    def __getitem__(self, index: int) -> Problem: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Problem, ...]: ...
    def __getitem__(self, index: int | slice) -> Problem | tuple[Problem, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return tuple(islice(self, start, stop, step)) if step > 0 else tuple(self)[index]
        place = range(len(self))[index]
        return next(islice(self, place, None))

    def kinds(self) -> Counter[tuple[str, str]]:
        """How many of each kind, without making them."""
        counts: Counter[tuple[str, str]] = Counter()
        for kind in self.by_kind:
            counts[kind.column or "the file", kind.what] += len(kind)
        return counts

    def tables(self, rows: int = 1 << 17) -> Iterator[pa.Table]:
        """The same in tables, one row a problem, each of so many rows of the input: all at once might not fit."""
        whole = [kind.as_table() for kind in self.by_kind if kind.rows is None]
        if whole:
            yield pa.concat_tables(whole)
        placed = [kind for kind in self.by_kind if kind.rows is not None]
        last = max((int(kind.rows[-1]) for kind in placed if kind.rows is not None), default=0)
        for start in range(0, last + 1, rows):
            table = pa.concat_tables([kind.between(start, start + rows).as_table() for kind in placed])
            yield table.take(np.argsort(table["row"].to_numpy(), kind="stable"))


class TableError(InputError):
    """An `InputError` whose problems are kept by kind."""

    problems: Problems

    def __init__(self, problems: Problems) -> None:
        super().__init__(problems)

    def kinds(self) -> Counter[tuple[str, str]]:
        return self.problems.kinds()


def joined(*errors: InputError) -> TableError:
    """The problems of several files as one error; those of tables stay kept by kind."""
    kinds: list[Kind] = []
    for error in errors:
        kinds += error.problems.by_kind if isinstance(error.problems, Problems) else map(_kind_of, error.problems)
    return TableError(Problems(kinds))


def _kind_of(problem: Problem) -> Kind:
    rows = None if problem.row is None else np.array([problem.row])
    shown, which = ((), None) if problem.value is None else ((problem.value,), np.array([0]))
    return Kind(problem.file, problem.column, problem.what, problem.remedy, rows, shown, which)


class Findings:
    """Collects problems and notes about one file; `numbers` says how its rows are called by the person.

    `numbers` is the number of the first row (2 in a CSV: the header is 1), or each row's own number where lines
    were left out.
    """

    def __init__(self, file: str, numbers: int | Ints = 1) -> None:
        self.file = file
        self.numbers = numbers
        self.kinds: list[Kind] = []
        self.notes: list[str] = []
        self._damaged: dict[str, list[Ints]] = {}

    def add(self, what: str, *, column: str | None = None, remedy: str | None = None) -> None:
        """A problem of the whole file or of a whole column."""
        self.kinds.append(Kind(self.file, column, what, remedy))

    def add_rows(
        self, column: str | None, what: str, remedy: str | None, index: Ints, shown: Sequence[str] = (), which: Ints | None = None
    ) -> None:
        """A problem met at these rows (counted from 0, in any order; none: no problem)."""
        if not len(index):
            return
        if column is not None:
            self.damage(column, index)
        order = np.argsort(index, kind="stable")
        index = np.asarray(index)[order]
        rows = index + self.numbers if isinstance(self.numbers, int) else self.numbers[index]
        self.kinds.append(Kind(self.file, column, what, remedy, rows, tuple(shown), None if which is None else np.asarray(which)[order]))

    def damage(self, column: str, index: Ints) -> None:
        """Remember rows (counted from 0) whose value in this column has been reported."""
        self._damaged.setdefault(column, []).append(index)

    def damaged(self, column: str) -> Ints:
        """The rows whose value in this column has been reported."""
        return np.concatenate(self._damaged.get(column, [np.empty(0, dtype=np.int64)]))

    def add_lines(self, what: str, remedy: str | None, rows: Ints) -> None:
        """A problem of whole rows, given as the person sees them, ascending."""
        self.kinds.append(Kind(self.file, None, what, remedy, rows))

    def note(self, text: str) -> None:
        """Something the person should know, which is no problem."""
        self.notes.append(text)

    def row(self, index: int) -> int:
        """The row as the person sees it."""
        return index + self.numbers if isinstance(self.numbers, int) else int(self.numbers[index])

    def raise_problems(self) -> None:
        """Raise all problems at once, if there are any."""
        if self.kinds:
            raise TableError(Problems(self.kinds))


def write_problems(problems: Sequence[Problem], path: str | Path) -> None:
    """Every problem as a CSV file: file, row, column, what, value, remedy."""
    tables: Iterable[pa.Table]
    if isinstance(problems, Problems):
        tables = problems.tables()
    else:
        tables = [pa.Table.from_pylist([asdict(problem) for problem in problems], schema=PROBLEM_SCHEMA)]
    with pacsv.CSVWriter(path, PROBLEM_SCHEMA) as writer:
        for table in tables:
            writer.write_table(table)


def count_of(number: int, thing: str) -> str:
    """`1 cell`, `2 cells`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
