"""The client's own reading as their page shows it: their words, their numbers, a chart of what they said themselves.

Read from the client's reading (with their private answers). Never the outlook, scores, ceiling, trauma flags or the
strip; a raised question only in the client's wording, and only those that rest on what the client said of themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from andante.views import charts
from andante.views.caseload import Case
from andante_clinic.bridge import cases
from andante_clinic.people.models import Client, Service

ON_A_PHONE = 6  # sessions drawn: the last ones, wide enough to read
FEW = 3  # answers before "usual" is said at all (ours)


@dataclass(frozen=True)
class Own:
    sentences: list[str]
    chart: SafeString
    figures: tuple[dict[str, Any], ...]

    @property
    def band(self) -> bool:
        """Is there a band of what is usual to be explained?"""
        return bool(self.figures) and self.figures[-1].get("low") is not None

    @property
    def above(self) -> bool:
        """Was anything above the client's line?"""
        return any(figure.get("too_much") for figure in self.figures)

    @property
    def away(self) -> bool:
        """Did the two not meet at some time?"""
        return not all(figure.get("held") for figure in self.figures)


def page(client: Client) -> Own | None:
    """What the client's page says; None before anything is known."""
    case = cases.case(client, "client", Service(ceiling_on=False, outlook_on=False))
    if case is None:
        return None
    return Own(_sentences(case), *_chart(case, last=ON_A_PHONE))


def together(case: Case) -> Own:
    """The same chart for the shared screen: all sessions, and how demanding each was."""
    chart, figures = _chart(case, intensity=True)
    for word, said in (("session", _("session")), ("did not meet", _("did not meet"))):  # the names beside the drawing's lanes
        chart = mark_safe(chart.replace(f">{word}</text>", f">{conditional_escape(said)}</text>"))  # noqa: S308  (a word of ours, escaped)
    return Own([], chart, figures)


def _chart(case: Case, **how: Any) -> tuple[SafeString, tuple[dict[str, Any], ...]]:
    drawn = charts.own(case, _("Chart of your answers"), _("The same figures stand in the table below."), **how)
    return (mark_safe(drawn.svg), drawn.figures) if drawn else (SafeString(""), ())  # noqa: S308  (drawn by this project; its words are escaped there)


def _sentences(case: Case) -> list[str]:
    """What the last answers say beside what is usual for this client, one sentence each."""
    found = [
        _compared(case, "before_distress", _("Before the last session you felt upset or tense: {now} of 10")),
        _compared(case, "after_overwhelm", _("After it you put “too much” at {now} of 10")),
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
