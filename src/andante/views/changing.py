"""The chart of change: each client's score before against after, with the bounds of reliable change and the cut-off.

Beside `charts` in `views`: draws what `measures.change` found, as one Vega-Lite document (Altair). No client's id is in
it: a point is its two scores, its class and its group.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from andante.errors import UsageError
from andante.measures.change import CLASSES, Change

if TYPE_CHECKING:
    import altair

# Told apart in gray and by shape, not by hue alone: up is worse where lower is better, so shapes point to the meaning.
COLORS = ("#1b7837", "#7fbf7b", "#808080", "#af8dc3", "#762a83")
SHAPES = ("triangle-up", "triangle-up", "circle", "triangle-down", "triangle-down")


def draw_change(found: Change) -> altair.LayerChart:
    """Before against after. Raises UsageError where Altair is not installed (the extra `report`)."""
    alt = _altair()
    points, span = _points(found), _span(found)
    used = [CLASSES[place] for place in found.used]
    colors = [COLORS[place] for place in found.used]
    axis = {"scale": alt.Scale(domain=span, nice=False)}
    tooltip = ["before:Q", "after:Q", "class:N", *(["group:N"] if found.pairs.group is not None else [])]
    marks = (
        alt.Chart(alt.Data(values=points))
        .mark_point(filled=True, size=60, opacity=0.8)
        .encode(
            x=alt.X("before:Q", title="Before", **axis),
            y=alt.Y("after:Q", title="After", **axis),
            color=alt.Color("class:N", title="Class", scale=alt.Scale(domain=used, range=colors)),
            shape=alt.Shape("class:N", title="Class", scale=alt.Scale(domain=used, range=[SHAPES[p] for p in found.used])),
            tooltip=tooltip,
        )
    )
    lines = [_line(alt, span, 0.0, [1, 0]), *(_line(alt, span, reach, [4, 3]) for reach in _reaches(found))]
    if found.cutoff is not None and np.isfinite(found.cutoff.value):
        for channel in ("x", "y"):
            rule = alt.Chart(alt.Data(values=[{"at": found.cutoff.value}])).mark_rule(strokeDash=[2, 2], color="#555")
            place = {"x": alt.X, "y": alt.Y}[channel]("at:Q", **axis)
            lines.append(rule.encode(**{channel: place}))
    title = f"Change by {found.method}: {int(np.sum(found.code >= 0))} clients, {found.better} is better"
    chart: altair.LayerChart = alt.layer(*lines, marks).properties(width=420, height=420, title=title)
    return chart


def save_chart(chart: altair.LayerChart, path: Path, save_text: Callable[[str, Path], None]) -> None:
    """Write a chart as its ending says: .svg, .html or .json (Vega-Lite). `save_text` writes aside, then renames."""
    if path.suffix == ".svg":
        try:
            import vl_convert
        except ImportError as error:
            raise UsageError("Drawing SVG needs more than is installed. To mend it: pip install 'andante[report]'") from error
        save_text(vl_convert.vegalite_to_svg(chart.to_dict()), path)
    else:
        save_text(chart.to_html(inline=True) if path.suffix == ".html" else chart.to_json(), path)


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise UsageError("Charts need more than is installed. To mend it: pip install 'andante[report]'") from error
    return altair


def _points(found: Change) -> list[dict[str, Any]]:
    pairs = found.pairs
    points = []
    for row in np.flatnonzero(found.code >= 0):
        point = {"before": float(pairs.pre[row]), "after": float(pairs.post[row]), "class": CLASSES[found.code[row]]}
        if pairs.group is not None:
            point["group"] = pairs.groups[pairs.group[row]]
        points.append(point)
    return points


def _span(found: Change) -> list[float]:
    used = found.pairs.complete
    scores = np.concatenate([found.pairs.pre[used], found.pairs.post[used]])
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 1.0)
    margin = 0.04 * (high - low or 1.0)
    return [low - margin, high + margin]


def _reaches(found: Change) -> tuple[float, ...]:
    """Points of change that count, where they are the same for everybody (JT, anchors)."""
    if found.method == "JT" and "difference_error" in found.figures:
        reach = found.critical * found.figures["difference_error"]
        return (reach, -reach)
    if found.approach == "anchor":
        good, bad = found.figures["improvement"], found.figures["deterioration"]
        return (-good, bad) if found.better == "lower" else (good, -bad)
    return ()


def _line(alt: Any, span: list[float], reach: float, dash: list[int]) -> Any:
    """The line of clients whose score changed by `reach`, clipped to the plot."""
    ends = [{"x": x, "y": x + reach} for x in span]
    scale = alt.Scale(domain=span, nice=False)
    return (
        alt.Chart(alt.Data(values=ends))
        .mark_line(color="#999", strokeDash=dash, clip=True, strokeWidth=1)
        .encode(x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale))
    )
