"""Which heading of a table is which column of ours, and which are kept aside.

Second step of `intake`, between the formats and the conversion: names only, no values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from andante.errors import LONGEST_NAME, told
from andante.intake.column_map import ColumnMap
from andante.intake.findings import Findings
from andante.intake.names import in_toml, nearest, perhaps, section_of
from andante.records import Column

TIMES = ("session", "date", "day")


@dataclass(frozen=True)
class Headings:
    """What the headings of a table mean.

    `theirs`: for each of our columns, in the order of the contract, the heading it comes from; `aside`: the other headings;
    `problems` (what, column, remedy) and `notes`: what is wrong with them and worth saying.
    """

    theirs: Mapping[str, str]
    columns: Mapping[str, Column]
    aside: tuple[str, ...]
    problems: tuple[tuple[str, str | None, str], ...] = ()
    notes: tuple[str, ...] = ()

    def shown(self, name: str) -> str:
        """A column as messages name it: their heading, and ours where it differs."""
        theirs = told(self.theirs[name])
        return name if theirs == name else f"{theirs} (our {name})"

    def report(self, findings: Findings) -> None:
        """Hand over what was found."""
        for what, column, remedy in self.problems:
            findings.add(what, column=None if column is None else told(column), remedy=remedy)
        findings.notes.extend(self.notes)


@lru_cache(maxsize=256)
def match_headings(headings: tuple[str, ...], column_map: ColumnMap) -> Headings:
    """Find our columns among the headings. Remembered: a service reads the same headings for every client."""
    known, present = column_map.known, set(headings)
    theirs = {ours: heading for ours, heading in column_map.columns.items() if heading in present}
    taken = set(column_map.columns.values())
    theirs |= {name: name for name in known if name in present and name not in column_map.columns and name not in taken}
    theirs = {name: theirs[name] for name in known if name in theirs}
    aside = tuple(dict.fromkeys(heading for heading in headings if heading not in theirs.values()))
    problems = (
        *_doubled(headings, theirs),
        *_not_there(headings, column_map),
        *_lacking(theirs, aside, column_map),
    )
    notes = (*_about_aside(aside, theirs, known), *_about_unused(column_map, theirs)) if "client_id" in theirs else ()
    return Headings(theirs, {name: known[name] for name in theirs}, aside, problems, notes)


def _doubled(headings: Sequence[str], theirs: Mapping[str, str]) -> list[tuple[str, str | None, str]]:
    counts = Counter(headings)
    return [
        (f"there are {counts[heading]} columns of this name", heading, "keep one of them, or rename the others")
        for heading in dict.fromkeys(theirs.values())
        if counts[heading] > 1
    ]


def _not_there(headings: Sequence[str], column_map: ColumnMap) -> list[tuple[str, str | None, str]]:
    """Columns that the map names and the table does not have."""
    return [
        (
            f"the map takes {ours} from it, but there is no such column{perhaps(heading, headings)}",
            heading,
            f"correct {ours} under [columns] of {column_map.name}",
        )
        for ours, heading in column_map.columns.items()
        if heading not in headings
    ]


def _lacking(theirs: Mapping[str, str], aside: Sequence[str], column_map: ColumnMap) -> list[tuple[str, str | None, str]]:
    """`client_id`, and one of `session`, `date`, `day`, have to be there."""
    if not theirs and not column_map.columns:
        remedy = "check that its first line holds the headings; name them as `andante columns` does, or give a column map (--map)"
        meant = [f"{told(heading)} for {near}" for heading in aside if (near := nearest(heading, ("client_id", *TIMES)))]
        hint = f" (did you write {', '.join(meant)}?)" if meant else ""
        return [("none of its headings is a column of the session table" + hint, None, remedy)]
    problems: list[tuple[str, str | None, str]] = []
    if "client_id" not in theirs and "client_id" not in column_map.columns:
        remedy = "name the column of pseudonymous ids client_id, or map it under [columns] of a map file"
        problems.append(("there is no column client_id" + _candidates(("client_id",), aside), None, remedy))
    if not any(name in theirs or name in column_map.columns for name in TIMES):
        remedy = "one of them has to say in which order the sessions were"
        problems.append(("there is no column session, date or day" + _candidates(TIMES, aside), None, remedy))
    return problems


def _candidates(names: Sequence[str], headings: Sequence[str]) -> str:
    """The headings that look like one of these columns of ours, as words to put behind a message."""
    found = [told(heading) for heading in headings if nearest(heading, names)]
    return f" (did you mean {' or '.join(found)}?)" if found else ""


def _about_aside(aside: Sequence[str], theirs: Mapping[str, str], known: Mapping[str, Column]) -> list[str]:
    """One note for all columns kept aside, and a hint for each near miss among them."""
    if not aside:
        return []
    free = [name for name in known if name not in theirs]
    hints = [
        f"column {told(heading)} is not read; did you mean {near}? ({_how_to_take(heading, near)})"
        for heading in aside
        if (near := nearest(heading, free))
    ]
    return [f"kept aside, not read: {', '.join(told(heading) or '(no heading)' for heading in aside)}", *hints]


def _how_to_take(heading: str, near: str) -> str:
    return "rename it" if len(heading) > LONGEST_NAME else f"rename it, or write {near} = {in_toml(heading)} under [columns]"


def _about_unused(column_map: ColumnMap, theirs: Mapping[str, str]) -> list[str]:
    """Sections of the map for columns that are not there: perhaps meant for another name."""
    sections = [("codes", name) for name in column_map.codes] + [("scales", name) for name in column_map.scales]
    return [
        f"{section_of(section, name)} of {column_map.name} is not used: there is no such column"
        for section, name in sections
        if name not in theirs
    ]
