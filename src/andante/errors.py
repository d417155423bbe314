"""Everything that can go wrong, and what each kind means to the person who meets it.

    AndanteError                 anything Andante raises on purpose; the command line shows it without a traceback
    ├── InputError               the table, the map or a file given cannot be used: exit code 2, nothing written
    │   └── TableError           the same from a table, whose problems may be millions (`intake.findings`)
    ├── UsageError               the request itself makes no sense (an unknown ending, a missing extra): exit code 2
    └── DefinitionError          a risk or an instrument is built wrongly: a fault of its author

Messages say what is wrong, where, and what to try. They hold ids only, never a client's name or words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS = 20  # kinds of problems whose rest is counted one by one; what is beyond is counted together
SHOWN = 100  # problems listed one by one; the rest are counted (session-table contract)
LONGEST_NAME = 60  # characters of a heading that a message repeats (ours): a longer one is a text


class AndanteError(Exception):
    """Anything that Andante raises on purpose."""

    exit_code = 1


class UsageError(AndanteError):
    """The request itself cannot be met; the message says what to ask instead."""

    exit_code = 2


class DefinitionError(AndanteError):
    """A risk or an instrument is built wrongly."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with one place of the input.

    `row` is the line as the person sees it in the file (the header is line 1 of a CSV; the first row of a
    Parquet or Arrow table is row 1); None where the problem is about a whole column or file.
    `value` is already safe to show (see `records.showable`).
    """

    file: str
    row: int | None
    column: str | None
    what: str
    value: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        text = f"{place}: {self.what}"
        if self.value is not None:
            text += f" (value: {self.value})"
        if self.remedy:
            text += f". To mend it: {self.remedy}"
        return text


class InputError(AndanteError):
    """The input cannot be used. Carries every problem found, not only the first."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        # A table may hold millions of problems: a sequence that makes them on demand is kept as it is.
        self.problems: Sequence[Problem] = problems if isinstance(problems, Sequence) else tuple(problems)
        super().__init__(self.summary())

    def __reduce__(self) -> tuple[type[InputError], tuple[Sequence[Problem]]]:
        return type(self), (self.problems,)

    def kinds(self) -> Counter[tuple[str, str]]:
        """How many problems there are of each kind: (column, what is wrong)."""
        return Counter(kind(problem) for problem in self.problems)

    def summary(self, shown: int = SHOWN) -> str:
        """The first `shown` problems one a line, then counts of the rest by column and kind."""
        first = self.problems[:shown]
        lines = [str(problem) for problem in first]
        rest = len(self.problems) - len(first)
        if rest:
            counts = self.kinds() - Counter(kind(problem) for problem in first)
            lines.append(f"... and {rest} more:")
            most = counts.most_common(KINDS)
            lines += [f"  {count} x {column}: {what}" for (column, what), count in most]
            if len(counts) > len(most):
                others = rest - sum(count for _, count in most)
                lines.append(f"  {others} of {len(counts) - len(most)} further kinds")
        return "\n".join(lines)


def kind(problem: Problem) -> tuple[str, str]:
    """What problems are counted by."""
    return problem.column or "the file", problem.what


def told(name: str) -> str:
    """A heading or another name as messages show it: in one line; of one that is too long for a name only the length."""
    return in_one_line(name) if len(name) <= LONGEST_NAME else f"text of {len(name)} characters"


def in_one_line(text: str) -> str:
    """A text with what cannot be seen, such as a line end in a heading, as TOML writes it."""
    return "".join(sign if sign.isprintable() else _SEEN.get(sign, _code_of(sign)) for sign in text)


def _code_of(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if ord(sign) < 1 << 16 else f"\\U{ord(sign):08X}"


_SEEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
