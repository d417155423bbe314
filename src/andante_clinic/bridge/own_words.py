"""The client's own reading as their page shows it: their words, their numbers, a chart of what they said themselves.

Read from the client's reading (with their private answers). Never the outlook, scores, ceiling, trauma flags or the
strip; a raised question only in the client's wording, and only those that rest on what the client said of themselves.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from andante.views import charts
from andante.views.caseload import Case
from andante_clinic.bridge import cases
from andante_clinic.people.models import Client, Service

ON_A_PHONE = 6  # sessions drawn: the last ones, wide enough to read
FEW = 3  # answers before "usual" is said at all (ours)
ALWAYS = ("client_id", "session", "date", "attendance", "overwhelm_line")
SAID = ("before_distress", "after_overwhelm")  # on the phone: only what the client said themselves


@dataclass(frozen=True)
class Own:
    sentences: list[str]
    chart: SafeString
    figures: tuple[dict[str, Any], ...]


def page(client: Client) -> Own | None:
    """What the client's page says; None before anything is known."""
    case = cases.case(client, "client", Service(ceiling_on=False, outlook_on=False))
    if case is None:
        return None
    drawn = chart(case, SAID, "own", last=ON_A_PHONE)
    return Own(_sentences(case), *drawn) if drawn else Own(_sentences(case), SafeString(""), ())


def chart(case: Case, columns: tuple[str, ...], name: str, last: int | None = None) -> tuple[SafeString, tuple[dict[str, Any], ...]] | None:
    """The pace chart of these columns only, in the client's language, and its figures: no trauma work, no rupture, no ceiling.

    `last`: only so many sessions, drawn narrow enough for a phone.
    """
    shown = _last(case, last or len(case.sessions))
    drawn = charts.pace(dataclasses.replace(shown, sessions=[_only(row, columns) for row in shown.sessions], marks={}), name)
    if drawn is None:
        return None
    lanes = dict.fromkeys(charts.LANES, "") | {"next": ""}
    if not last:
        lanes |= {"session": _("session"), "did not meet": _("did not meet")}
    svg = re.sub(r"(<text\b[^>]*>)([^<]*)(</text>)", lambda m: m[1] + escape(lanes.get(m[2], m[2])) + m[3], drawn.svg)
    svg = re.sub(r"(<title\b[^>]*>)[^<]*", lambda m: m[1] + escape(_("Chart of your answers")), svg, count=1)
    svg = re.sub(r"(<desc\b[^>]*>)[^<]*", lambda m: m[1] + escape(_("The same figures stand in the table below.")), svg, count=1)
    places = len(shown.sessions) + 1
    svg = _cropped(svg, charts.LEFT - (40 if last else 110), charts.step(places) if last else 0, 2 * charts.LANE)
    return mark_safe(svg), drawn.figures  # noqa: S308  (drawn by this project from numbers; every word put in is escaped)


def _last(case: Case, many: int) -> Case:
    """The same case with its last sessions only."""
    first = max(0, len(case.sessions) - many)
    bands = {name: {at - first: band for at, band in found.items() if at >= first} for name, found in case.bands.items()}
    return dataclasses.replace(case, sessions=case.sessions[first:], readings=case.readings[first:], details={}, bands=bands)


def _cropped(svg: str, left: float, right: float, bottom: float) -> str:
    """The same drawing without its left, right and lower margin, in pixels."""

    def smaller(found: re.Match[str]) -> str:
        x, y, width, height = map(float, found[1].split())
        width, height = width - left - right, height - bottom
        return f'viewBox="{x + left:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'

    return re.sub(r'viewBox="([^"]*)" width="[^"]*" height="[^"]*"', smaller, svg, count=1)


def _only(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in (*ALWAYS, *columns)}


def _sentences(case: Case) -> list[str]:
    """What the last answers say beside what is usual for this client, one sentence each."""
    found = [
        _compared(case, "before_distress", _("Before the last session you felt upset or tense: {now} of 10")),
        _compared(case, "after_overwhelm", _("After it you said how much too much it was: {now} of 10")),
        _compared(case, "between_settle", _("Days until you felt settled: {now}")),
    ]
    return [sentence for sentence in found if sentence]


def _compared(case: Case, column: str, words: str) -> str:
    said = [row[column] for row in case.sessions if row.get(column) is not None]
    if not said:
        return ""
    text = words.format(now=f"{said[-1]:g}")
    if len(said) <= FEW:
        return text + "."
    usual = median(said[:-1])
    if abs(said[-1] - usual) <= 1:
        return text + ", " + _("as usual for you") + "."
    return text + ", " + _("usually about {usual} for you").format(usual=f"{usual:g}") + "."
