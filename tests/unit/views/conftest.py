"""Hand-made readings, without the engine that would find them; and a page read back as a tree."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

from andante import measures
from andante.records import reading_schema, session_schema
from andante.risks import RISKS

NAMES = tuple(risk.name for risk in RISKS)
FIRST = datetime.date(2026, 3, 2)
KEY = {"client_id": pa.string(), "session": pa.int64(), "date": pa.date32()}
WORDS = dict.fromkeys(("risk", "indicator", "fact", "source", "says", "clears"), pa.string())
FIGURES = dict.fromkeys(("strength", "observed", "usual", "low", "high"), pa.float64())
ROW = {**KEY, "row": pa.int64()}
DETAIL = pa.schema({**ROW, **WORDS, **FIGURES, "since": pa.int64()})
MARK = pa.schema({**ROW, "mark": pa.string()})
BAND = pa.schema({**ROW, "column": pa.string(), "usual": pa.float64(), "low": pa.float64(), "high": pa.float64()})

READING = {  # the short name in a test: the column, and what it is unless told otherwise
    "stance": ("stance", "go_on"),
    "why": ("stance_why", "nothing stands against it"),
    "judged": ("judged", 10),
    "safety": ("safety", "clear"),
    "ceiling": ("pace_ceiling", None),
    "confidence": ("pace_confidence", None),
}


class Tables:
    """Grows five tables row by row: sessions, readings, details, bands and marks. Sessions are a week apart."""

    def __init__(self) -> None:
        self.sessions: list[dict[str, Any]] = []
        self.readings: list[dict[str, Any]] = []
        self.details: list[dict[str, Any]] = []
        self.bands: list[dict[str, Any]] = []
        self.marks: list[dict[str, Any]] = []

    def session(self, client_id: str, session: int, *, levels: dict[str, Any] | None = None, rest: str = "quiet", **given: Any) -> Tables:
        """One row. `levels`: risk to level, or to (level, since, evidence, score); the other risks are at `rest`.

        What READING names goes to the reading, every other value to the session.
        """
        key = _key(client_id, session)
        self.sessions.append({**key, **{name: value for name, value in given.items() if name not in READING}})
        reading = {**key, **{column: given.get(name, usual) for name, (column, usual) in READING.items()}}
        for name in NAMES:
            level = (levels or {}).get(name, rest)
            values = level if isinstance(level, tuple) else (level, None, None, None)
            reading |= dict(zip((f"{name}_{end}" for end in ("level", "since", "evidence", "score")), values, strict=True))
        self.readings.append(reading)
        return self

    def detail(self, client_id: str, session: int, risk: str, indicator: str, says: str, **more: Any) -> Tables:
        """One raised indicator; its fact is itself, its source the client about the session."""
        usual = {"fact": indicator, "source": "session", "strength": 0.5}
        self.details.append({**_key(client_id, session), **usual, "risk": risk, "indicator": indicator, "says": says, **more})
        return self

    def band(self, client_id: str, session: int, column: str, low: float, high: float) -> Tables:
        """The client's usual band for one column at one session."""
        self.bands.append({**_key(client_id, session), "column": column, "usual": (low + high) / 2, "low": low, "high": high})
        return self

    def mark(self, client_id: str, session: int, mark: str) -> Tables:
        """What happened at one session: trust "hurt" or "mended", or it is "pending"."""
        self.marks.append({**_key(client_id, session), "mark": mark})
        return self

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table, pa.Table]:
        """Sessions, readings, details, bands, marks."""
        names = list(dict.fromkeys(["client_id", "session", "date", *(name for row in self.sessions for name in row)]))
        return (
            pa.Table.from_pylist(self.sessions, schema=session_schema(names, measures.columns())),
            pa.Table.from_pylist(self.readings, schema=reading_schema(NAMES, "date")),
            self._beside(self.details, DETAIL),
            self._beside(self.bands, BAND),
            self._beside(self.marks, MARK),
        )

    def _beside(self, rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
        """What stands beside the readings, each at the place of its reading among those of its client."""
        own: dict[str, list[int]] = {}
        for reading in self.readings:
            own.setdefault(reading["client_id"], []).append(reading["session"])
        return pa.Table.from_pylist([{"row": own[row["client_id"]].index(row["session"]) + 1, **row} for row in rows], schema=schema)


def _key(client_id: str, session: int) -> dict[str, Any]:
    return {"client_id": client_id, "session": session, "date": FIRST + datetime.timedelta(days=7 * session)}


@pytest.fixture
def tables() -> Tables:
    return Tables()


@pytest.fixture
def waiting() -> Tables:
    """A client with seven sessions held, and the eighth ahead: room for 3.6 of 10 in it, and 5 planned."""
    made = Tables()
    for session in range(1, 8):
        made.session("a", session, before_distress=3, after_overwhelm=5, intensity=5, ceiling=5.2, confidence=0.7)
    return made.session("a", 8, before_distress=5, planned_intensity=5, ceiling=3.6, confidence=0.7).mark("a", 8, "pending")


@pytest.fixture
def new_tables() -> type[Tables]:
    """For tests that need fresh tables more than once."""
    return Tables


@pytest.fixture
def caseload() -> Tables:
    """Four clients: one to ease, one to hold, one quiet, one of whom little is known."""
    made = Tables()
    came = {"attendance": "attended", "intensity": 5, "ceiling": 4.2, "confidence": 0.6}
    for session in (1, 2, 3):
        made.session("ease-1", session, before_distress=4, after_overwhelm=3, **came)
    line = "overwhelm_line_crossed"
    made.session("ease-1", 4, levels={"distress": ("watch", 4, line, 0.5)}, before_distress=7, after_overwhelm=8, trauma_work=True, **came)
    eased = {"stance": "ease", "why": "it was too much twice: 8 and 9 of 10", "levels": {"distress": ("act", 5, line, 0.9)}}
    made.session("ease-1", 5, before_distress=7, after_overwhelm=9, **came, **eased)
    for session in range(1, 6):
        made.band("ease-1", session, "before_distress", 3.0, 6.0)
    for session, overwhelm in ((4, 8.0), (5, 9.0)):
        said = {"observed": overwhelm, "clears": "the next session is below 8"}
        made.detail("ease-1", session, "distress", line, f"it was too much: {overwhelm:.0f} of 10", **said)
    why = "felt heard 6, usually 9, two sessions in a row"
    hold = {"stance": "hold", "why": why, "levels": {"trust": ("act", 2, "heard_below_usual", 0.8)}}
    made.session("hold-1", 1, stance="unknown", attendance="attended", after_heard=6)
    made.session("hold-1", 2, attendance="attended", after_heard=6, **hold)
    made.session("hold-1", 3, attendance="missed", **hold)
    made.session("hold-1", 4, attendance="attended", after_heard=6, **hold)
    heard = {"observed": 6.0, "usual": 9.0, "low": 8.0, "high": 10.0, "clears": "two sessions are back within what is usual"}
    made.detail("hold-1", 2, "trust", "heard_below_usual", "felt heard 6, usually 9", **heard)
    made.session("quiet-1", 1).session("quiet-1", 2)
    made.session("unknown-1", 1, stance="unknown", why="getting to know what is usual", judged=0, rest="unknown", safety="not_asked")
    return made


# A page read back

EMPTY = {"meta", "link", "br", "hr", "img", "input"}
BLOCKS = {"p", "li", "ul", "div", "section", "table", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS |= {"article", "header", "svg", "title", "desc"}


@dataclass
class Element:
    """One element of a page: its parts are text and elements, in order."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = field(default=None, repr=False)
    parts: list[Element | str] = field(default_factory=list, repr=False)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.parts if isinstance(part, Element)]

    @property
    def own_text(self) -> str:
        """The words that stand in it directly."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    @property
    def text(self) -> str:
        """All text in it, in order, as it is read aloud; what is only for the eye is left out."""
        if self.attributes.get("aria-hidden") == "true":
            return ""
        parts = [part if isinstance(part, str) else f" {part.text} " if part.tag in BLOCKS else part.text for part in self.parts]
        return " ".join("".join(parts).split())

    def all(self, *tags: str) -> list[Element]:
        """Every element below with one of these tags (any, where none is given), in the order of the page."""
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    def with_class(self, name: str) -> list[Element]:
        return [element for element in self.all() if name in element.attributes.get("class", "").split()]

    def by_id(self, name: str) -> Element:
        (found,) = [element for element in self.all() if element.attributes.get("id") == name]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.parts.append(element)
        if tag not in EMPTY:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.parts.append(data)


@pytest.fixture
def read_page() -> Callable[[str], Element]:
    """A page read back as a tree, strictly: a tag that is not closed where it should be is an error."""

    def read(text: str) -> Element:
        reader = _Reader()
        reader.feed(text)
        reader.close()
        assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
        return reader.root

    return read
