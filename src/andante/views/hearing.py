"""A chart in a few sentences, for those who hear it: what its lines, marks and bands show to the eye.

Stands under `charts` in `views`; each is the description inside the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from andante.records import MeasureColumn
from andante.views import wording
from andante.words import number

Figure = Mapping[str, Any]

SAID = (("distress", "Distress before"), ("overwhelm", "Too much, said after"), ("intensity", "Intensity of the work"))
HAPPENED = (("trauma", "Trauma work"), ("hurt", "Trust hurt"), ("mended", "Mended"), ("slow", "Asked to slow down"))


def pace(slots: Sequence[Figure]) -> str:
    """The pace chart. The last slot is the place of the session to come, or, where one is still ahead, empty."""
    *figures, to_come = slots
    ahead = [figure for figure in figures if figure["ahead"]]
    parts = [f"{wording.counted(len(figures), 'session')}, {figures[0]['label']} to {figures[-1]['label']}.", *_said(figures)]
    parts += _listed("Above the line for too much in", [figure["label"] for figure in figures if figure["too_much"]], "")
    for mark, words in HAPPENED:
        parts += _listed(words, [figure["label"] for figure in figures if figure[mark]])
    parts += _listed("Not held", [figure["label"] for figure in figures if not figure["held"]])
    parts += _listed("Still ahead", [figure["label"] for figure in ahead])
    coming = (ahead or [to_come])[-1]
    if coming.get("ceiling") is not None:
        parts.append(f"Pace ceiling of the session {'ahead' if ahead else 'to come'}: {number(coming['ceiling'])}.")
    return " ".join(parts)


def _said(figures: Sequence[Figure]) -> Iterator[str]:
    """Each rating: from where to where, the last, and of distress what was usual then."""
    for column, words in SAID:
        rated = [figure for figure in figures if figure["held"] and figure[column] is not None]
        if rated:
            values, last = [figure[column] for figure in rated], rated[-1]
            known = column == "distress" and last["low"] is not None
            usual = f", usually {number(last['low'])} to {number(last['high'])}" if known else ""
            yield f"{words}: {number(min(values))} to {number(max(values))}, last {number(values[-1])}{usual}."


def _listed(words: str, labels: Sequence[str], colon: str = ":") -> list[str]:
    return [f"{words}{colon} session{'s' if len(labels) > 1 else ''} {wording.listed(labels)}."] if labels else []


def measure(column: MeasureColumn, scores: Sequence[float]) -> str:
    """The chart of a measure with these scores: the first, the last, and whether that is a clear change."""
    last = f", last {number(scores[-1])}" if len(scores) > 1 else ""
    told = f"First {number(scores[0])}{last}, of {number(column.high)}; {column.better} is better."
    return " ".join(part for part in (told, _changed(column, scores)) if part)


def _changed(column: MeasureColumn, scores: Sequence[float]) -> str:
    """Whether the last score is a clear change from the first, by the reliable change of the measure; empty where none is published."""
    if column.reliable_change is None or len(scores) < 2:
        return ""
    points = scores[-1] - scores[0]
    if abs(points) < column.reliable_change:
        return "No clear change from the first score."
    return f"A clear change for the {'worse' if points * column.worse > 0 else 'better'} since the first score."
