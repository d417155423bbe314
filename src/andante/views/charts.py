"""The pace chart, the client's own chart and the chart of a measure, as SVG drawn without a browser.

Stands under `html` in `views`; the clinic's pages use the same drawings. Each chart is one Vega-Lite document, built and
compiled once; a client's figures are then only swapped in (about 15 ms), and equal figures are drawn once. Colors are CSS
variables of the page, so that one drawing serves light, dark and paper. Title and description are inside the SVG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from importlib.util import find_spec
from typing import Any

from andante.errors import UsageError
from andante.records import DEFAULT_OVERWHELM_LINE, MeasureColumn
from andante.views import hearing, key, room, wording
from andante.views.caseload import Case

Figure = dict[str, Any]

SHOWN = 40  # sessions drawn: the last ones; more would not be readable side by side (ours)
HEIGHT, LANE = 210, 22  # pixels: the ten steps of the scale, and one lane of marks under them
STEP, WIDTH = (22, 56), 600  # pixels a session at least and at most, and the width aimed at
LEFT, RIGHT, TOP, BOTTOM = 280, 12, 10, 8  # pixels around the plot; the strip's row heads are as wide, so that sessions stand in line
FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Chart:
    """A drawing and the same figures as a table: `svg`, its `title` and `description`, `figures` by session, and the `key` of its signs."""

    svg: str
    title: str
    description: str
    figures: tuple[Figure, ...]
    key: tuple[key.Sign, ...] = ()


def pace(case: Case, name: str = "pace") -> Chart | None:
    """The pace chart of a client's last sessions; None where none of its columns was ever answered.

    `name` begins the ids inside the SVG, and must be unique on a page.
    """
    figures = pace_figures(case)
    if not any(figure[column] is not None for figure in figures for column in ("distress", "overwhelm", "intensity")):
        return None
    slots = [*figures, {"slot": len(figures), "label": "", "held": True} if case.ahead else _next(case, len(figures))]
    title = f"Pace of {case.client_id}"
    described = hearing.pace(slots)
    return Chart(_draw("pace", slots, title, described, name), title, described, tuple(figures), key.drawn(slots))


def pace_figures(case: Case) -> list[Figure]:
    """What the pace chart shows, one figure for each of the last sessions; None is "not known"."""
    first = max(0, len(case.readings) - SHOWN)
    return [_figure(case, position, position - first) for position in range(first, len(case.readings))]


def _figure(case: Case, position: int, slot: int) -> Figure:
    session = case.sessions[position]
    ahead = case.ahead and position == case.last
    ends = wording.interval(case.now) if ahead else None
    low, high = case.bands.get("before_distress", {}).get(position, (None, None))
    overwhelm, line = session.get("after_overwhelm"), case.agreed_line(position)
    return {
        "slot": slot,
        "label": case.label(position),
        "when": wording.when(session.get("date", session.get("day"))),
        "distress": session.get("before_distress"),
        "low": low,
        "high": high,
        "overwhelm": overwhelm,
        "too_much": overwhelm is not None and overwhelm > (DEFAULT_OVERWHELM_LINE if line is None else line),
        "intensity": session.get("intensity"),
        "ceiling": case.ceiling(position) if not ahead or room.is_told(case) else None,
        "from": ends and ends[0],
        "to": ends and ends[1],
        "ahead": ahead,
        "held": case.held(position),
        "attendance": session.get("attendance"),
        "trauma": bool(session.get("trauma_work")),
        "hurt": position in case.marks.get("hurt", ()),
        "mended": position in case.marks.get("mended", ()),
        "slow": (session.get("client_slow") or 0) >= 1,
    }


def _next(case: Case, slot: int) -> Figure:
    """The place for the session to come: only its ceiling is known."""
    ends = wording.interval(case.now)
    return {
        "slot": slot,
        "label": "next",
        "ceiling": case.now.get("pace_ceiling") if room.is_told(case) else None,
        "from": ends and ends[0],
        "to": ends and ends[1],
        "held": True,
    }


# What a client sees of a figure: what they said themselves and whether the two met. No ceiling, no trauma work, no rupture.
SAID = ("label", "when", "held", "attendance", "distress", "low", "high", "overwhelm", "too_much")


def own(case: Case, title: str, description: str, *, last: int = SHOWN, intensity: bool = False, name: str = "own") -> Chart | None:
    """The chart of what a client said themselves, under a title and a description in their language; None where they said nothing.

    `last`: only so many sessions. `intensity`: how demanding each was as well, and names beside the lanes, for a screen that the
    two look at together; without it the drawing is narrow enough for a phone and holds no word.
    """
    shown = (*SAID, "intensity") if intensity else SAID
    figures = [{"slot": slot} | {key: figure[key] for key in shown} for slot, figure in enumerate(pace_figures(case)[-last:])]
    if not any(figure.get(column) is not None for figure in figures for column in ("distress", "overwhelm", "intensity")):
        return None
    kind = "together" if intensity else "phone"
    return Chart(_draw(kind, figures, title, description, name), title, description, tuple(figures), key.drawn(figures))


def measure(case: Case, column: MeasureColumn, name: str = "measure") -> Chart | None:
    """The scores of one measure over the same sessions; None where there is none.

    The band is the first score plus and minus what falls short of the reliable change of the measure: inside it, nothing has clearly
    changed. Of whole scores that is half a point less, so that a score that counts lies outside.
    """
    scores = [row.get(column.name) for row in case.sessions]
    first = next((score for score in scores if score is not None), None)
    if first is None:
        return None
    change = column.reliable_change or 0.0
    change -= 0.5 if change >= 1 else 0.0
    start = max(0, len(scores) - SHOWN)
    figures = [
        {
            "slot": position - start,
            "label": case.label(position),
            "when": wording.when(case.sessions[position].get("date", case.sessions[position].get("day"))),
            "score": scores[position],
            "low": max(column.low, first - change),
            "high": min(column.high, first + change),
            "bottom": column.low,
            "top": column.high,
        }
        for position in range(start, len(scores))
    ]
    label = column.label or column.name
    described = hearing.measure(column, [score for score in scores if score is not None])
    title = f"{label} of {case.client_id}"
    slots = [*figures, {"slot": len(figures)}]  # the same places as in the pace chart above it
    return Chart(_draw("measure", slots, title, described, name), title, described, tuple(figures))


def step(slots: int) -> int:
    """How wide one session is drawn, in pixels, where so many places stand side by side."""
    return min(STEP[1], max(STEP[0], WIDTH // max(1, slots)))


# Drawing


def _draw(kind: str, figures: Sequence[Figure], title: str, description: str, name: str) -> str:
    return _drawn(kind, _lanes(kind, figures), json.dumps(figures), len(figures), title, description, name)


@lru_cache(maxsize=1024)
def _drawn(kind: str, lanes: tuple[str, ...], data: str, slots: int, title: str, description: str, name: str) -> str:
    import vl_convert

    document = deepcopy(_document(kind, lanes))
    figures = json.loads(data)
    _named(document["data"], "figures")["values"] = figures
    _named(document["signals"], "x_step")["value"] = step(slots)
    if kind == "measure":
        _named(document["scales"], "y")["domain"] = [figures[0]["bottom"], figures[0]["top"]]
    return _accessible(vl_convert.vega_to_svg(document), title, description, name)


def _named(parts: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(part for part in parts if part["name"] == name)


def _accessible(svg: str, title: str, description: str, name: str) -> str:
    """The drawing as one picture with a title and a description, and without what a page already has."""
    body = svg[svg.index(">") + 1 :]
    box = re.search(r'viewBox="([^"]*)"', svg)
    width, height = re.search(r' width="([^"]*)"', svg), re.search(r' height="([^"]*)"', svg)
    if not (box and width and height):
        raise ValueError("the drawing has no size")
    body = re.sub(r' (role|aria-[a-z]+|pointer-events)="[^"]*"', "", body)
    body = re.sub(r"(\.\d\d)\d+", r"\1", body)
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-description" '
        f'viewBox="{box[1]}" width="{width[1]}" height="{height[1]}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-description">{escape(description)}</desc>{body}'
    )


def ready() -> None:
    """Raise UsageError where the drawing libraries are missing."""
    for library in ("altair", "vl_convert"):
        if find_spec(library) is None:
            raise UsageError(f"Drawing needs a library that is not installed ({library}). To mend it: pip install 'andante[report]'")


@cache
def _document(kind: str, lanes: tuple[str, ...]) -> dict[str, Any]:
    """The chart without any client in it, compiled to Vega. Raises UsageError where the drawing libraries are missing."""
    ready()
    import altair as alt
    import vl_convert

    chart = {"pace": _pace_chart, "measure": _measure_chart, "phone": _phone_chart, "together": _together_chart}[kind](alt, lanes)
    document: dict[str, Any] = vl_convert.vegalite_to_vega(chart.to_dict())
    return document


# Rows under the scale: the numbers of the sessions, then what happened there; each by what of a figure stands in it.
SESSION, MISSED, WAITING, TRAUMA, TRUST, SLOW = "session", "did not meet", "", "trauma work", "hurt / mended", "asked to slow"
LANES: dict[str, Callable[[Figure], Any]] = {
    SESSION: lambda figure: True,
    MISSED: lambda figure: not figure["held"],
    WAITING: lambda figure: figure.get("ahead"),  # without a name, for the word stands in it
    TRAUMA: lambda figure: figure.get("trauma"),
    TRUST: lambda figure: figure.get("hurt") or figure.get("mended"),
    SLOW: lambda figure: figure.get("slow"),
}
LABEL = {"color": "var(--soft)", "font": FONT, "fontSize": 13}
PAUSE = "‖"  # the client's brake
HURT, MENDED = "triangle-down", "circle"  # solid and hollow, so that they are told apart without color; named in the key


def _lanes(kind: str, figures: Sequence[Figure]) -> tuple[str, ...]:
    """The lanes that hold a mark: an empty one is only blank space on a phone."""
    found = tuple(lane for lane, holds in LANES.items() if any(map(holds, figures))) if kind != "measure" else ()
    return tuple(lane for lane in found if lane != WAITING or MISSED not in found)  # those two share a lane


def _color(name: str) -> str:
    return f"var(--{name})"


class _Lanes:
    """The axis of a chart over so many of the lanes, and the layers that the clinician's chart and the client's share."""

    def __init__(self, alt: Any, lanes: tuple[str, ...], *, named: bool = True) -> None:
        self.places = {lane: -0.95 if lane == SESSION else -1.0 - at for at, lane in enumerate(lanes)}
        names = " : ".join(f"datum.value == {place} ? '{lane if named else ''}'" for lane, place in self.places.items())
        ends = list(self.places.values())
        self.alt, self.height = alt, HEIGHT + LANE * len(lanes)
        self.axis = alt.Axis(values=[0, 5, 10, *ends], labelExpr=f"{names} : datum.value", title=None, grid=False)
        self.scale = alt.Scale(domain=[min(ends) - 0.5, 10.4], nice=False)
        self.figures = alt.Chart().encode(x=_sessions(alt))

    def y(self, field: str) -> Any:
        return self.alt.Y(f"{field}:Q", scale=self.scale, axis=self.axis)

    def under(self, lane: str, marks: Any) -> list[Any]:
        """The marks in their lane, where that is drawn."""
        return [marks.encode(y=self.alt.YDatum(self.places[lane], scale=self.scale, axis=self.axis))] if lane in self.places else []

    def ground(self) -> list[Any]:
        """The lines of the scale, and the client's usual band."""
        lines = self.alt.Chart(self.alt.Data(values=[{"at": at} for at in (0, 5, 10)])).mark_rule(color=_color("line"))
        return [lines.encode(y=self.y("at")), _band(self._usual, self.y)]

    @property
    def _usual(self) -> Any:
        return self.figures.transform_filter("isValid(datum.low)")

    def bars(self) -> list[Any]:
        """How demanding it was; outlined, because on a gray printer the usual band is as gray as they are."""
        bars = self.figures.mark_bar(color=_color("bar"), opacity=0.75, stroke=_color("soft"), strokeWidth=0.9)
        return [bars.encode(y=self.y("intensity"), y2=self.alt.datum(0))]

    def said(self) -> list[Any]:
        """What the client said before and after, beside the edges of what is usual, and whether the two met."""
        distress, much, figures = _color("distress"), _color("much"), self.figures
        numbers = figures.transform_filter("datum.label && datum.label != 'next'").properties(name="numbers")
        missed = figures.transform_filter("!datum.held").mark_text(text="×", color=_color("ink"), font=FONT, fontSize=15)
        return [
            *_edges(self._usual, self.y),
            figures.mark_line(color=distress, strokeWidth=2).encode(y=self.y("distress")),
            figures.mark_circle(color=distress, size=34, opacity=1).encode(y=self.y("distress")),
            figures.mark_tick(color=much, thickness=3.5, width=13, orient="horizontal", opacity=1).encode(y=self.y("overwhelm")),
            figures.transform_filter("datum.too_much").mark_circle(color=much, size=110, opacity=1).encode(y=self.y("overwhelm")),
            *self.under(SESSION, numbers.mark_text(**LABEL).encode(text="label:N")),
            *self.under(MISSED, missed),
        ]


def _pace_chart(alt: Any, lanes: tuple[str, ...]) -> Any:
    """Band, bars, ceiling, line and marks over one axis of sessions; under it the lanes of what happened."""
    over = _Lanes(alt, lanes)
    figures, y, ceiling = over.figures, over.y, _color("ceiling")
    ceilings = [
        figures.mark_bar(color=ceiling, opacity=0.28, width=9, cornerRadius=4).encode(y=y("from"), y2="to:Q"),
        figures.mark_line(color=ceiling, interpolate="step", strokeDash=[5, 3], strokeWidth=1.6).encode(y=y("ceiling")),
    ]
    return _framed(alt, [*over.ground(), *over.bars(), *ceilings, *over.said(), *_happened(over)], over.height)


def _happened(over: _Lanes) -> Iterator[Any]:
    """What is still to come, and what happened in a session, each in its lane."""

    def where(what: str) -> Any:
        return over.figures.transform_filter(f"datum.{what}")

    ink = {"color": _color("ink")}
    coming = where("label == 'next'").properties(name="coming").mark_text(text="next", dx=6, **LABEL)
    hurt = where("hurt").mark_point(shape=HURT, filled=True, size=110, opacity=1, **ink)
    mended = where("mended").mark_point(shape=MENDED, size=85, strokeWidth=1.8, **ink)
    slow = where("slow").mark_text(text=PAUSE, font=FONT, fontSize=15, fontWeight="bold", **ink)
    yield from over.under(SESSION, coming)
    yield from over.under(WAITING if WAITING in over.places else MISSED, where("ahead").mark_text(text="ahead", **LABEL))
    yield from over.under(TRAUMA, where("trauma").mark_square(size=42, opacity=0.8, **ink))
    yield from over.under(TRUST, hurt)
    yield from over.under(TRUST, mended)
    yield from over.under(SLOW, slow)


def _phone_chart(alt: Any, lanes: tuple[str, ...]) -> Any:
    """What the client said, without a word in it."""
    over = _Lanes(alt, lanes, named=False)
    return _framed(alt, [*over.ground(), *over.said()], over.height, left=40)


def _together_chart(alt: Any, lanes: tuple[str, ...]) -> Any:
    """The same with how demanding each session was, its lanes named."""
    over = _Lanes(alt, lanes)
    return _framed(alt, [*over.ground(), *over.bars(), *over.said()], over.height, left=110)


def _measure_chart(alt: Any, _lanes: tuple[str, ...]) -> Any:
    """The scores as a line across what was not asked, over the band of no clear change."""
    scale = alt.Scale(domain=[0, 1], nice=False)  # the ends of the measure take its place
    axis = alt.Axis(title=None, tickCount=3)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", axis=axis, scale=scale)

    figures = alt.Chart().encode(x=_sessions(alt))
    scored = figures.transform_filter("isValid(datum.score)")
    layers = [
        _band(figures, y),
        *_edges(figures, y),
        scored.mark_line(color=_color("distress"), strokeWidth=2).encode(y=y("score")),
        scored.mark_circle(color=_color("distress"), size=34, opacity=1).encode(y=y("score")),
    ]
    return _framed(alt, layers, 120)


def _band(figures: Any, y: Callable[[str], Any]) -> Any:
    return figures.mark_area(color=_color("band")).encode(y=y("low"), y2="high:Q")


def _edges(figures: Any, y: Callable[[str], Any]) -> list[Any]:
    """The edges of a band, over the bars: by its tone alone it hardly stands out, and on a gray printer it is as gray as they are."""
    return [figures.mark_line(color=_color("edge"), strokeWidth=1).encode(y=y(end)) for end in ("low", "high")]


def _sessions(alt: Any) -> Any:
    """One place a session, its mark in the middle, exactly as wide as a column of the strip."""
    return alt.X("slot:O", axis=None, scale=alt.Scale(type="band", paddingInner=0.46, paddingOuter=0.23))


def _framed(alt: Any, layers: list[Any], height: int, left: int = LEFT) -> Any:
    padding = {"left": left, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
    chart = alt.layer(*layers, data=alt.NamedData("figures"))
    chart = chart.properties(height=height, padding=padding, background="transparent", autosize="none").configure_view(stroke=None)
    words = {"labelColor": _color("soft"), "labelFont": FONT, "labelFontSize": 13, "labelPadding": 8, "labelLimit": left}
    return chart.configure_axis(ticks=False, domain=False, gridColor=_color("line"), **words)
