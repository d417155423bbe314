"""The figures and names beside a chart, drawn once more by themselves, so that they stay in view while the chart scrolls.

Stands between `charts` and `html` in `views`. They are taken out of the drawing itself: the two can never disagree.
"""

from __future__ import annotations

import re

from andante.views.charts import LEFT, TOP

LABELS = re.compile(r'<g class="mark-text role-axis-label".*?</g>', re.DOTALL)
TEXT, FIGURE = re.compile(r"<text.*?</text>"), re.compile(r">[\d.,]+</text>")


def axis(svg: str) -> str:
    """The labels of a chart's axis as a drawing as high as the chart. Only for the eye: the chart itself has been described.

    Where the head of the page is narrower than that of the chart, the right end of it is shown, next to the plot. The names are
    apart from the figures: on a phone there is no room for them.
    """
    height, found = re.search(r' height="([\d.]+)"', svg), LABELS.search(svg)
    if not (height and found):
        raise ValueError("the drawing has no axis")
    labels: list[str] = TEXT.findall(found[0])
    names = [label for label in labels if not FIGURE.search(label)]
    figures = [label for label in labels if FIGURE.search(label)]
    drawn = f'<g class="names">{"".join(names)}</g>{"".join(figures)}'
    return (
        f'<svg class="axis" aria-hidden="true" viewBox="0 0 {LEFT} {height[1]}" height="{height[1]}" '
        f'preserveAspectRatio="xMaxYMin slice"><g transform="translate({LEFT},{TOP})">{drawn}</g></svg>'
    )
