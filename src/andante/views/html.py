"""The report: one self-contained page with the caseload and a page for each client who needs attention.

Stands at the foot of the river, in `views`. No script, no outside address; every word from a table is escaped. The
clinic's pages are made of the same parts (`client_page`, the templates and `paper.css` beside this file).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from andante.errors import UsageError
from andante.measures import columns as measure_columns
from andante.records import MeasureColumn
from andante.views import axes, charts, evidence, room, wording
from andante.views.caseload import QUIET, UNKNOWN, Case, Caseload, Finding, Line, gather
from andante.views.series import series
from andante.views.strip import Strip, strip
from andante.words import LEVEL_LABELS, LEVELS, number

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = 100  # clients who get a page of their own, neediest first: at least so many, and everyone who needs attention
FOLDED = 30  # lines of clients with nothing raised from which they are folded: those who need attention are to be seen first (ours)
WORDS = ("session", "when", "came?", "trauma work", "stance")  # columns of the figures that hold words
CROWDED = 24  # pixels a session under which there is no room on paper for each number (ours)
FOLDER = files("andante.views")


def render(
    sessions: pa.Table,
    readings: pa.Table,
    details: pa.Table | None = None,
    bands: pa.Table | None = None,
    marks: pa.Table | None = None,
    *,
    all_clients: bool = False,
    measures: Sequence[MeasureColumn] = (),
) -> str:
    """The whole report as one HTML document.

    `sessions` and `readings` have the same rows in the same order; `details`, `bands` and `marks` are what `flow.read`
    gives beside them. Everyone is in the caseload table; who needs attention gets a page, and others up to 100 (`all_clients`: all do).
    `measures` are a service's own, beside the catalogue's. Raises UsageError where the tables do not belong together or a drawing
    library is missing.
    """
    return page(gather(sessions, readings, details, bands, marks), all_clients=all_clients, measures=measures)


def with_page(caseload: Caseload, *, all_clients: bool = False) -> tuple[Line, ...]:
    """Who gets a page of their own."""
    return caseload.lines if all_clients else caseload.lines[: max(PAGES, caseload.awake)]


def page(
    caseload: Caseload, *, all_clients: bool = False, measures: Sequence[MeasureColumn] = (), drawn: Callable[[], object] | None = None
) -> str:
    """The report of a caseload that is already in order (see `render`). `drawn` is called after each client's page."""
    shown = with_page(caseload, all_clients=all_clients)
    links = {line.client_id: f"client-{number}" for number, line in enumerate(shown, 1)}
    cases = caseload.cases(shown)
    text: str = (
        environment()
        .get_template("report.html")
        .render(
            title=f"Client {caseload.lines[0].client_id}" if len(caseload.lines) == 1 else "Who needs attention, and why",
            summary=_summary(caseload),
            often=wording.often(*caseload.often()) if len(caseload.lines) > 1 else "",  # of one client a share says nothing
            caseload_heading="Caseload",
            groups=_groups(caseload, links),
            left_out=len(caseload.lines) - len(shown),
            pages=[_drawn(case, links[case.client_id], measures, drawn) for case in cases],
            style=_asset("paper.css"),
            sprite=_asset("sprite.svg"),
        )
    )
    return text


def _drawn(case: Case, name: str, measures: Sequence[MeasureColumn], tell: Callable[[], object] | None) -> ClientPage:
    made = client_page(case, name, measures)
    if tell is not None:
        tell()
    return made


def ready() -> None:
    """Raise UsageError now, not after the work, where a library that pages need is missing."""
    environment()
    charts.ready()


@cache
def environment() -> Environment:
    """The templates of this folder, everything escaped. Raises UsageError where Jinja is missing."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as missing:
        raise UsageError(
            f"A page needs a library that is not installed ({missing.name}). To mend it: pip install 'andante[report]'"
        ) from None
    made = Environment(
        loader=PackageLoader("andante", "views"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(axis=axes.axis, levels=LEVELS, level_words=LEVEL_LABELS, response_kinds=wording.RESPONSE_KINDS)
    return made


@cache
def _asset(name: str) -> str:
    return FOLDER.joinpath(name).read_text(encoding="utf-8").strip()


# The caseload


@dataclass(frozen=True)
class _Row:
    """One line of the caseload table, in words."""

    client_id: str
    why: str
    acts: int
    watches: int
    instead: str
    last: tuple[str, ...]
    link: str | None


@dataclass(frozen=True)
class _Group:
    name: str
    title: str
    note: str
    lines: tuple[_Row, ...]
    folded: bool


def _groups(caseload: Caseload, links: dict[str, str]) -> list[_Group]:
    def row(line: Line) -> _Row:
        now, link = line.reading, links.get(line.client_id)
        return _Row(line.client_id, wording.why(now), line.acts, line.watches, wording.instead(now), wording.place(now), link)

    def group(name: str, lines: Sequence[Line]) -> _Group:
        calm = name in (QUIET, UNKNOWN)
        note = wording.among([line.reading for line in lines]) if calm else ""
        return _Group(name, wording.GROUPS[name], note, tuple(map(row, lines)), calm and len(lines) > FOLDED)

    return [group(name, list(lines)) for name, lines in groupby(caseload.lines, lambda line: line.group)]


def _summary(caseload: Caseload) -> str:
    groups = [f"{wording.GROUPS[name]}: {count}" for name, count in caseload.counts().items() if count]
    said = (f"{wording.size(caseload)}.", wording.until(caseload), wording.nobody(caseload), " · ".join(groups))
    return " ".join(part for part in said if part)


# One client


@dataclass(frozen=True)
class Card:
    """A raised risk in words: what, compared with what, since when, how sure, what would clear it."""

    finding: Finding
    since: str
    evidence: tuple[tuple[str, str], ...]  # what was found, and where it comes from
    series: tuple[str, ...]  # the last answers that it rests on
    sureness: str
    clears: str


@dataclass(frozen=True)
class Figures:
    """The figures of a page as a table: names of columns, then rows of text."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[bool, ...]  # which columns hold words, not figures


@dataclass(frozen=True)
class ClientPage:
    """Everything that one client's page says and draws."""

    id: str
    case: Case
    now: dict[str, Any]
    stance: str
    reason: str
    first_step: str
    judged: str
    last: str
    ending: str
    changes: tuple[str, ...]
    unchanged: str
    room_title: str
    room: str
    room_missing: str
    planned: str
    after_break: str
    slower: str
    harder: str
    uncertainty: str
    aims: str
    ends: tuple[float, float] | None
    stance_first: str
    step: int
    wide: int
    crowded: bool
    pace: charts.Chart | None
    measure: charts.Chart | None
    measure_label: str
    strip: Strip
    cards: tuple[Card, ...]
    nothing_raised: str
    table: Figures


def client_page(case: Case, name: str, measures: Sequence[MeasureColumn] = ()) -> ClientPage:
    """One client's page. `name` is the id of the page and begins every id in it."""
    now = case.now
    main = main_measure(case, measures)
    places = min(len(case.readings), charts.SHOWN) + 1
    return ClientPage(
        id=name,
        case=case,
        now=now,
        stance=wording.stance(now),
        reason=wording.reason(now),
        first_step=wording.first_step(now),
        judged=wording.judged_besides(now),
        last=" · ".join(wording.place(now, ahead=case.ahead)),
        ending=wording.ending(case),
        changes=tuple(wording.changes(case.previous, now)),
        unchanged="The first session: there is nothing to compare it with yet."
        if case.previous is None
        else "Nothing changed in what is raised.",
        **_room(case),
        step=charts.step(places),
        crowded=charts.step(places) < CROWDED,
        wide=charts.LEFT + charts.step(places) * places + charts.RIGHT,
        pace=charts.pace(case, f"{name}-pace-chart"),
        measure=charts.measure(case, main, f"{name}-measure-chart") if main else None,
        measure_label=(main.label or main.name) if main else "",
        strip=strip(case, charts.SHOWN),
        cards=tuple(_card(case, finding, measures) for finding in case.findings()),
        nothing_raised=wording.nothing_raised(now),
        table=_figures(case, main),
    )


def _room(case: Case) -> dict[str, Any]:
    """What the page says of the room."""
    return {
        "room_title": room.title(case),
        "room": wording.room(case.now),
        "room_missing": room.missing(case),
        "planned": room.planned(case),
        "after_break": room.after_break(case),
        "slower": room.slower(case),
        "harder": room.harder(case),
        "uncertainty": wording.uncertainty(case.now),
        "aims": room.aims(case),
        "ends": wording.interval(case.now),
        "stance_first": wording.stance_first(case.now),
    }


def main_measure(case: Case, measures: Sequence[MeasureColumn] = ()) -> MeasureColumn | None:
    """A measure that is told among what is raised, else that most often observed, ties in the order of the catalogue; None where none
    was observed."""
    told = [item.says for finding in case.findings() for item in finding.evidence if item.source == "measure"]
    best, most = None, (False, 0)
    for column in {column.name: column for column in (*measure_columns(), *measures)}.values():
        observed = sum(row.get(column.name) is not None for row in case.sessions)
        worth = (any(says.startswith(f"{column.label or column.name}:") for says in told), observed)
        if observed and worth > most:
            best, most = column, worth
    return best


def _card(case: Case, finding: Finding, measures: Sequence[MeasureColumn]) -> Card:
    return Card(
        finding,
        evidence.heading_since(finding),
        tuple(evidence.told(finding)),
        series(case, finding, measures),
        evidence.sureness(finding),
        evidence.clears(finding),
    )


def _figures(case: Case, main: MeasureColumn | None) -> Figures:
    """The chart's own figures, session by session, and the stance; empty columns are left out."""
    offset = max(0, len(case.readings) - charts.SHOWN)
    rows = []
    for figure in charts.pace_figures(case):
        position = offset + figure["slot"]
        session, reading = case.sessions[position], case.readings[position]
        usual = "" if figure["low"] is None else f"{number(figure['low'])} to {number(figure['high'])}"
        rows.append({
            "session": f"{figure['label']}{wording.AHEAD if figure['ahead'] else ''}",
            "when": figure["when"],
            "came?": wording.ATTENDANCE.get(figure["attendance"] or "", ""),
            "distress before": number(figure["distress"]),
            "usually": usual,
            "“too much” after": number(figure["overwhelm"]),
            "how demanding": number(figure["intensity"]),
            "pace ceiling": number(figure["ceiling"]),
            "trauma work": "yes" if figure["trauma"] else "",
            (main.label or main.name) if main else "measure": number(session.get(main.name)) if main else "",
            "stance": wording.stance(reading),
        })  # fmt: skip
    names = tuple(name for name in (rows[0] if rows else {}) if name == "session" or any(row[name] for row in rows))
    return Figures(names, tuple(tuple(row[name] for name in names) for row in rows), tuple(name in WORDS for name in names))
