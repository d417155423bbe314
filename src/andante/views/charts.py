"""The pace chart, the client's own chart and the chart of a measure, as SVG drawn without a browser.

Stands under `html` in `views`; the clinic's pages use the same drawings. Each chart is one Vega-Lite document, built and
compiled once; a client's figures are then only swapped in (about 15 ms), and equal figures are drawn once. Colors are CSS
variables of the page, so that one drawing serves light, dark and paper. Title and description are inside the SVG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from importlib.util import find_spec
from typing import Any

from andante.errors import UsageError
from andante.records import DEFAULT_OVERWHELM_LINE, MeasureColumn
from andante.views import wording
from andante.views.caseload import Case
from andante.words import number

Figure = dict[str, Any]

SHOWN = 40  # sessions drawn: the last ones; more would not be readable side by side (ours)
HEIGHT, LANE = 210, 22  # pixels: the ten steps of the scale, and one lane of marks under them
STEP, WIDTH = (22, 56), 600  # pixels a session at least and at most, and the width aimed at
LEFT, RIGHT, TOP, BOTTOM = 280, 12, 10, 8  # pixels around the plot; the strip's row heads are as wide, so that sessions stand in line
FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Chart:
    """A drawing and the same figures as a table: `svg`, its `title` and `description`, and `figures` by session."""

    svg: str
    title: str
    description: str
    figures: tuple[Figure, ...]


def pace(case: Case, name: str = "pace") -> Chart | None:
    """The pace chart of a client's last sessions; None where none of its columns was ever answered.

    `name` begins the ids inside the SVG, and must be unique on a page.
    """
    figures = pace_figures(case)
    if not any(figure[column] is not None for figure in figures for column in ("distress", "overwhelm", "intensity")):
        return None
    slots = [*figures, {"slot": len(figures), "label": "", "held": True} if case.ahead else _next(case, len(figures))]
    title = f"Pace of {case.client_id}"
    described = describe(figures)
    return Chart(_draw("pace", json.dumps(slots), len(slots), title, described, name), title, described, tuple(figures))


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
        "ceiling": case.ceiling(position),
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
    """The place for the session ahead: only its ceiling is known."""
    ends = wording.interval(case.now)
    return {
        "slot": slot,
        "label": "next",
        "ceiling": case.now.get("pace_ceiling"),
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
    return Chart(_draw(kind, json.dumps(figures), len(figures), title, description, name), title, description, tuple(figures))


def describe(figures: Sequence[Figure]) -> str:
    """The chart in a few sentences, for those who hear it."""
    held = [figure for figure in figures if figure["held"]]
    missed = [figure["label"] for figure in figures if not figure["held"]]
    ahead = [figure["label"] for figure in figures if figure["ahead"]]
    parts = [f"{wording.counted(len(figures), 'session')}, {figures[0]['label']} to {figures[-1]['label']}."]
    for column, words in (("distress", "Distress before"), ("overwhelm", "Too much, said after"), ("intensity", "Intensity of the work")):
        values = [figure[column] for figure in held if figure[column] is not None]
        if values:
            parts.append(f"{words}: {number(min(values))} to {number(max(values))}, last {number(values[-1])}.")
    too_much = [figure["label"] for figure in figures if figure["too_much"]]
    if too_much:
        parts.append(f"Above the line for too much in session{'s' if len(too_much) > 1 else ''} {wording.listed(too_much)}.")
    for mark, words in (("trauma", "Trauma work"), ("hurt", "Trust hurt"), ("mended", "Mended"), ("slow", "Asked to slow down")):
        marked = [figure["label"] for figure in figures if figure[mark]]
        if marked:
            parts.append(f"{words}: session {wording.listed(marked)}.")
    if missed:
        parts.append(f"Not held: session {wording.listed(missed)}.")
    if ahead:
        parts.append(f"Still ahead: session {wording.listed(ahead)}.")
    return " ".join(parts)


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
    observed = [score for score in scores[start:] if score is not None]
    described = (
        f"First {number(first)}"
        + (f", last {number(observed[-1])}" if observed else "")
        + f", of {number(column.high)}; {column.better} is better."
    )
    title = f"{label} of {case.client_id}"
    slots = [*figures, {"slot": len(figures)}]  # the same places as in the pace chart above it
    return Chart(_draw("measure", json.dumps(slots), len(slots), title, described, name), title, described, tuple(figures))


def step(slots: int) -> int:
    """How wide one session is drawn, in pixels, where so many places stand side by side."""
    return min(STEP[1], max(STEP[0], WIDTH // max(1, slots)))


# Drawing


@lru_cache(maxsize=1024)
def _draw(kind: str, data: str, slots: int, title: str, description: str, name: str) -> str:
    import vl_convert

    document = deepcopy(_document(kind))
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
def _document(kind: str) -> dict[str, Any]:
    """The chart without any client in it, compiled to Vega. Raises UsageError where the drawing libraries are missing."""
    ready()
    import altair as alt
    import vl_convert

    chart = {"pace": _pace_chart, "measure": _measure_chart, "phone": _phone_chart, "together": _together_chart}[kind](alt)
    document: dict[str, Any] = vl_convert.vegalite_to_vega(chart.to_dict())
    return document


# Rows under the scale, by their place on it: the numbers of the sessions, then what happened there.
LANES = {"session": -0.95, "did not meet": -2.0, "trauma work": -3.0, "hurt / mended": -4.0, "asked to slow": -5.0}
MET = ("session", "did not meet")
LABEL = {"color": "var(--soft)", "font": FONT, "fontSize": 13}
PAUSE = "‖"  # the client's brake
HURT, MENDED = "triangle-down", "circle"  # solid and hollow, so that they are told apart without color; named in the key


def _color(name: str) -> str:
    return f"var(--{name})"


class _Lanes:
    """The axis of a chart over so many of the lanes, and the layers that the clinician's chart and the client's share."""

    def __init__(self, alt: Any, lanes: tuple[str, ...], *, named: bool = True) -> None:
        names = " : ".join(f"datum.value == {LANES[name]} ? '{name if named else ''}'" for name in lanes)
        ends = [LANES[name] for name in lanes]
        self.alt, self.height = alt, HEIGHT + LANE * len(lanes)
        self.axis = alt.Axis(values=[0, 5, 10, *ends], labelExpr=f"{names} : datum.value", title=None, grid=False)
        self.scale = alt.Scale(domain=[min(ends) - 0.5, 10.4], nice=False)
        self.figures = alt.Chart().encode(x=_sessions(alt))

    def y(self, field: str) -> Any:
        return self.alt.Y(f"{field}:Q", scale=self.scale, axis=self.axis)

    def lane(self, name: str) -> Any:
        return self.alt.YDatum(LANES[name], scale=self.scale, axis=self.axis)

    def ground(self) -> list[Any]:
        """The lines of the scale, and the client's usual band."""
        lines = self.alt.Chart(self.alt.Data(values=[{"at": at} for at in (0, 5, 10)])).mark_rule(color=_color("line"))
        band = self.figures.transform_filter("isValid(datum.low)").mark_area(color=_color("band"))
        return [lines.encode(y=self.y("at")), band.encode(y=self.y("low"), y2="high:Q")]

    def bars(self) -> list[Any]:
        """How demanding it was; outlined, because on a gray printer the usual band is as gray as they are."""
        bars = self.figures.mark_bar(color=_color("bar"), opacity=0.75, stroke=_color("soft"), strokeWidth=0.9)
        return [bars.encode(y=self.y("intensity"), y2=self.alt.datum(0))]

    def said(self) -> list[Any]:
        """What the client said before and after, and whether the two met."""
        distress, much, figures = _color("distress"), _color("much"), self.figures
        missed = figures.transform_filter("!datum.held").mark_text(text="×", color=_color("ink"), font=FONT, fontSize=15)
        return [
            figures.mark_line(color=distress, strokeWidth=2).encode(y=self.y("distress")),
            figures.mark_circle(color=distress, size=34, opacity=1).encode(y=self.y("distress")),
            figures.mark_tick(color=much, thickness=3.5, width=13, orient="horizontal", opacity=1).encode(y=self.y("overwhelm")),
            figures.transform_filter("datum.too_much").mark_circle(color=much, size=110, opacity=1).encode(y=self.y("overwhelm")),
            figures.transform_filter("datum.label && datum.label != 'next'")
            .properties(name="numbers")
            .mark_text(**LABEL)
            .encode(y=self.lane("session"), text="label:N"),
            missed.encode(y=self.lane("did not meet")),
        ]


def _pace_chart(alt: Any) -> Any:
    """Band, bars, ceiling, line and marks over one axis of sessions; under it the lanes of what happened."""
    over = _Lanes(alt, tuple(LANES))
    figures, y, lane = over.figures, over.y, over.lane
    ink, ceiling = _color("ink"), _color("ceiling")
    ceilings = [
        figures.mark_bar(color=ceiling, opacity=0.28, width=9, cornerRadius=4).encode(y=y("from"), y2="to:Q"),
        figures.mark_line(color=ceiling, interpolate="step", strokeDash=[5, 3], strokeWidth=1.6).encode(y=y("ceiling")),
    ]
    happened = [
        figures.transform_filter("datum.label == 'next'")
        .properties(name="coming")
        .mark_text(text="next", dx=6, **LABEL)
        .encode(y=lane("session")),
        figures.transform_filter("datum.ahead").mark_text(text="ahead", **LABEL).encode(y=lane("did not meet")),
        figures.transform_filter("datum.trauma").mark_square(color=ink, size=42, opacity=0.8).encode(y=lane("trauma work")),
        figures.transform_filter("datum.hurt")
        .mark_point(shape=HURT, filled=True, color=ink, size=110, opacity=1)
        .encode(y=lane("hurt / mended")),
        figures.transform_filter("datum.mended")
        .mark_point(shape=MENDED, color=ink, size=85, strokeWidth=1.8)
        .encode(y=lane("hurt / mended")),
        figures.transform_filter("datum.slow")
        .mark_text(text=PAUSE, color=ink, font=FONT, fontSize=15, fontWeight="bold")
        .encode(y=lane("asked to slow")),
    ]
    return _framed(alt, [*over.ground(), *over.bars(), *ceilings, *over.said(), *happened], over.height)


def _phone_chart(alt: Any) -> Any:
    """What the client said, without a word in it."""
    over = _Lanes(alt, MET, named=False)
    return _framed(alt, [*over.ground(), *over.said()], over.height, left=40)


def _together_chart(alt: Any) -> Any:
    """The same with how demanding each session was, its lanes named."""
    over = _Lanes(alt, MET)
    return _framed(alt, [*over.ground(), *over.bars(), *over.said()], over.height, left=110)


def _measure_chart(alt: Any) -> Any:
    """The scores as a line across what was not asked, over the band of no clear change."""
    scale = alt.Scale(domain=[0, 1], nice=False)  # the ends of the measure take its place
    axis = alt.Axis(title=None, tickCount=3)
    y = alt.Y("score:Q", axis=axis, scale=scale)
    figures = alt.Chart().encode(x=_sessions(alt))
    scored = figures.transform_filter("isValid(datum.score)")
    layers = [
        figures.mark_area(color=_color("band")).encode(y=alt.Y("low:Q", axis=axis, scale=scale), y2="high:Q"),
        scored.mark_line(color=_color("distress"), strokeWidth=2).encode(y=y),
        scored.mark_circle(color=_color("distress"), size=34, opacity=1).encode(y=y),
    ]
    return _framed(alt, layers, 120)


def _sessions(alt: Any) -> Any:
    """One place a session, its mark in the middle, exactly as wide as a column of the strip."""
    return alt.X("slot:O", axis=None, scale=alt.Scale(type="band", paddingInner=0.46, paddingOuter=0.23))


def _framed(alt: Any, layers: list[Any], height: int, left: int = LEFT) -> Any:
    padding = {"left": left, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
    chart = alt.layer(*layers, data=alt.NamedData("figures"))
    chart = chart.properties(height=height, padding=padding, background="transparent", autosize="none").configure_view(stroke=None)
    words = {"labelColor": _color("soft"), "labelFont": FONT, "labelFontSize": 13, "labelPadding": 8, "labelLimit": left}
    return chart.configure_axis(ticks=False, domain=False, gridColor=_color("line"), **words)
