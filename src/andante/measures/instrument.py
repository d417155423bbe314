"""An instrument of the catalogue as objects: items, scores and figures, each figure with its source.

Stands at the bottom of `measures/`: scoring, packs, change and the session table all read an instrument through
these classes. The files hold no wording of any questionnaire, only structure, codes and our own short labels.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from andante.errors import DefinitionError
from andante.records import MeasureColumn
from andante.words import HIGHER_BETTER, LOWER_BETTER

Confidence = Literal["published", "derived", "unconfirmed", "ours", "none"]
CONFIDENCES: dict[str, str] = {
    "published": "read in the source",
    "derived": "computed from published figures; the sum is stated",
    "unconfirmed": "from memory or a secondary source; check before relying on it",
    "ours": "ours, uncalibrated",
    "none": "no value; the reason is stated",
}


@dataclass(frozen=True)
class Item:
    """One item: its id, our own short label (for charts), its LOINC code, whether it is keyed the other way round.

    `answers`: LOINC codes of its own answers, in order, where they are not those of the instrument.
    """

    id: str
    label: str
    loinc: str = ""
    reverse: bool = False
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One allowed answer: its points and the LOINC code of the answer."""

    value: float
    loinc: str = ""


@dataclass(frozen=True)
class Figure:
    """A number (or None) with its source and how sure it is; `more` holds what belongs to it (kind, mean, sd, strong)."""

    value: float | None
    source: str
    confidence: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Mapping[str, Any], key: str = "value") -> Figure:
        """A figure of the catalogue's JSON, its number under `key`; null is a figure that is not known."""
        rest = {k: v for k, v in entry.items() if k not in (key, "source", "confidence") and v is not None}
        value = entry[key]
        return cls(None if value is None else float(value), entry["source"], entry["confidence"], rest)


@dataclass(frozen=True)
class Score:
    """One score of an instrument: a total or a subscale.

    `column` is its name in the session table; `times` multiplies the sum (or mean) of its items; `most_missing` is
    how many of its items may be missing. `bands` are (from, label) pairs, lowest first.
    """

    id: str
    column: str
    label: str
    items: tuple[str, ...]
    low: float
    high: float
    how: str
    times: float
    most_missing: int
    loinc: str
    reliable_change: Figure
    cutoffs: tuple[Figure, ...] = ()
    bands: tuple[tuple[float, str], ...] = ()
    bands_source: str = ""
    reliability: tuple[Figure, ...] = ()
    spread: Figure | None = None
    functional: Figure | None = None


@dataclass(frozen=True)
class Instrument:
    """One instrument: structure, scoring, figures and who holds the wording. No wording is here."""

    id: str
    title: str
    about: str
    domain: str
    better: str
    items: tuple[Item, ...]
    answers: tuple[Answer, ...]
    span: tuple[float, float]
    scores: tuple[Score, ...]
    missing: Mapping[str, Any]
    safety: tuple[Mapping[str, Any], ...]
    diagnoses: tuple[Mapping[str, Any], ...]
    talking_therapies: Mapping[str, Any] | None
    loinc: Mapping[str, str]
    wording: Mapping[str, str]
    names: tuple[str, ...] = ()  # what else it is called, to know a Questionnaire by its title

    @property
    def total(self) -> Score:
        """The score of the whole instrument: the first of them."""
        return self.scores[0]

    @property
    def columns(self) -> tuple[MeasureColumn, ...]:
        """Its scores as columns of the session table, the total first."""
        return tuple(self._column(score) for score in self.scores)

    def _column(self, score: Score) -> MeasureColumn:
        change = score.reliable_change
        source = f"{change.source} ({CONFIDENCES[change.confidence]})"
        return MeasureColumn(
            score.column,
            score.low,
            score.high,
            self.better,
            change.value,
            self.domain,
            source,
            score.label,
            self._safe_to(score),
        )

    def _safe_to(self, score: Score) -> float:
        """The highest score that can be reached while every safety item of it is answered below what makes it positive."""
        lows = {rule["item"]: rule["at_least"] - 1 for rule in self.safety if rule["item"] in score.items}
        if not lows or score.how != "sum" or self.better != "lower" or any(i.reverse for i in self.items if i.id in lows):
            return float("inf")
        return score.high - score.times * float(sum(self.span[1] - below for below in lows.values()))


def parse_instrument(text: str, name: str) -> Instrument:
    """An instrument from the text of its JSON file; DefinitionError names the file and what is missing or wrong."""
    try:
        entry = json.loads(text)
        items = tuple(Item(**{**item, "answers": tuple(item.get("answers", ()))}) for item in entry["items"])
        answers, span = _answers(entry["answers"])
        return Instrument(
            id=entry["id"],
            title=entry["title"],
            about=entry["about"],
            domain=entry["domain"],
            better={"lower": LOWER_BETTER, "higher": HIGHER_BETTER}[entry["better"]],
            items=items,
            answers=answers,
            span=span,
            scores=tuple(_score(score, entry, items) for score in entry["scores"]),
            missing=entry["missing"],
            safety=tuple(entry.get("safety", ())),
            diagnoses=tuple(entry.get("diagnoses", ())),
            talking_therapies=entry.get("talking_therapies"),
            loinc=entry.get("loinc", {}),
            wording=entry["wording"],
            names=tuple(entry.get("names", ())),
        )
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise DefinitionError(f"{name}: not a valid instrument file: {type(fault).__name__}: {fault}") from fault


def _answers(entry: Any) -> tuple[tuple[Answer, ...], tuple[float, float]]:
    """Fixed answers, or none where any number of the range may be given (a line to mark)."""
    if isinstance(entry, dict):
        low, high = entry["range"]
        return (), (float(low), float(high))
    answers = tuple(Answer(float(a["value"]), a.get("loinc", "")) for a in entry)
    return answers, (min(a.value for a in answers), max(a.value for a in answers))


def _score(score: Mapping[str, Any], entry: Mapping[str, Any], items: tuple[Item, ...]) -> Score:
    every = tuple(item.id for item in items)
    chosen = every if score["items"] == "all" else tuple(score["items"])
    unknown = set(chosen) - set(every)
    if unknown:
        raise ValueError(f"score {score['id']} names unknown items {sorted(unknown)}")
    low, high = score["range"]
    bands = score.get("bands", {"from": [], "source": ""})
    return Score(
        id=score["id"],
        column=entry["id"] if score is entry["scores"][0] else f"{entry['id']}_{score['id']}",
        label=score["label"],
        items=chosen,
        low=float(low),
        high=float(high),
        how=score.get("how", "sum"),
        times=float(score.get("times", 1)),
        most_missing=int(score.get("most", entry["missing"]["most"])),
        loinc=score.get("loinc", ""),
        reliable_change=Figure.of(score["reliable_change"], "points"),
        cutoffs=tuple(Figure.of(cut, "at") for cut in score.get("cutoffs", ())),
        bands=tuple((float(start), label) for start, label in bands["from"]),
        bands_source=bands["source"],
        reliability=tuple(Figure.of(figure) for figure in score.get("reliability", ())),
        spread=Figure.of(score["spread"]) if "spread" in score else None,
        functional=Figure.of(score["functional"]) if "functional" in score else None,
    )
