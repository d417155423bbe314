"""What is usual before anything is known about this client: the norms file, read.

Shipped in `priors.json` with the origin of each figure; a service replaces any of it with its own file
(`andante norms fit`, then `--norms FILE`): a column that the file does not name keeps the shipped prior. What is fitted from
a cohort travels in the same file: the expected course of measures, and the hazard of leaving (`leaving` computes with it).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from andante.errors import InputError, Problem, UsageError
from andante.measures.course import Course, read_course
from andante.records import COLUMN, showable

FORMAT = "andante-norms-1"
MOST_NAMED = 5  # names that one message repeats
LEAST, MOST = 1e-6, 1e6  # no spread of answers on any scale lies beyond
ANEW = "make it anew with `andante norms fit`"

# What the chance of leaving is computed from, in the order of the coefficients. Unknown answers count as usual (0).
FEATURES: dict[str, str] = {
    "constant": "1",
    "log_sessions": "log of 1 + sessions attended so far",
    "absent": "this appointment missed or cancelled by the client, reason unknown or about therapy",
    "absent_before": "how many of the two appointments before it were so",
    "late": "late to this session",
    "silent": "check-ins of this session that were not answered (0 to 2), against what is offered",
    "strained": "overwhelm above the client's line, a rupture or a press in the last session attended",
    "return_falling": "wish to return: moving average of surprises, SDs worse than usual",
    "heard_falling": "feeling heard: likewise",
    "ready_falling": "willingness for what was planned: likewise",
}
SHIPPED_HAZARD = (-4.2, -0.2, 1.2, 0.5, 0.3, 0.4, 0.5, 0.25, 0.2, 0.2)  # sources: `leaving`


@dataclass(frozen=True)
class Prior:
    """A column's population: mean, SD within a person, SD between persons, expected change per log(1 + sessions)."""

    mean: float
    within: float
    between: float
    course: float = 0.0
    origin: str = "ours, uncalibrated"


@dataclass(frozen=True)
class Hazard:
    """The coefficients of leaving by name (FEATURES), and what they stand on (0 clients: the shipped ones)."""

    coefficients: Mapping[str, float]
    clients: int = 0
    rows: int = 0
    left: int = 0
    calibration: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the norms file."""
        return {
            "coefficients": dict(self.coefficients),
            "clients": self.clients,
            "rows": self.rows,
            "left": self.left,
            "calibration": dict(self.calibration),
        }


def shipped_hazard() -> Hazard:
    """The hazard that comes with Andante: ours, uncalibrated."""
    return Hazard(dict(zip(FEATURES, SHIPPED_HAZARD, strict=True)))


@dataclass(frozen=True)
class Norms:
    """All priors by column, the expected course by measure, the hazard, and the number of clients they stand on (0: the shipped ones)."""

    priors: Mapping[str, Prior]
    clients: int = 0
    origin: str = ""
    course: Mapping[str, Course] = field(default_factory=dict)
    hazard: Hazard = field(default_factory=shipped_hazard)


@lru_cache(maxsize=1)
def shipped() -> Norms:
    """The priors that come with Andante."""
    return _parse(json.loads((Path(__file__).parent / "priors.json").read_text("utf-8")), "priors.json")


def read_norms(path: Path | str) -> Norms:
    """A service's own norms file; columns it does not name keep the shipped prior.

    Raises `InputError` with every problem where the file is not a norms file or holds impossible figures.
    """
    place = str(path)
    try:
        document = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise InputError([Problem(place, None, None, f"cannot be read ({error.strerror})", remedy="check the path")]) from None
    except (ValueError, RecursionError):
        raise InputError([Problem(place, None, None, "is not JSON", remedy=ANEW)]) from None
    own = _parse(document, place)
    return Norms({**shipped().priors, **own.priors}, own.clients, own.origin, own.course, own.hazard)


def _parse(document: Any, place: str) -> Norms:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError([Problem(place, None, None, f'is not a norms file (no "format": "{FORMAT}")', remedy=ANEW)])
    problems: list[Problem] = []
    parts = {name: document.get(name) or {} for name in ("priors", "course", "hazard")}
    for name in [name for name, part in parts.items() if not isinstance(part, dict)]:
        problems.append(Problem(place, None, name, "is no table of figures", remedy=ANEW))
        parts[name] = {}
    priors: dict[str, Prior] = {}
    courses: dict[str, Course] = {}
    hazard = shipped_hazard()
    for column, figures in parts["priors"].items():
        try:
            priors[column] = read_prior(column, figures)
        except UsageError as error:
            named = column if column in COLUMN else showable(column)
            problems.append(Problem(place, None, named, str(error), remedy="mend or leave out this column"))
    for measure, figures in parts["course"].items():
        try:
            courses[measure] = read_course(measure, figures)
        except UsageError as error:
            problems.append(Problem(place, None, f"course of {showable(measure)}", str(error), remedy=ANEW))
    try:
        hazard = read_hazard(parts["hazard"])
    except UsageError as error:
        problems.append(Problem(place, None, "hazard", str(error), remedy=ANEW))
    if problems:
        raise InputError(problems)
    clients, origin = document.get("clients", 0), str(document.get("origin", ""))
    return Norms(priors, clients if isinstance(clients, int) else 0, origin, courses, hazard)


def read_prior(column: str, figures: Any) -> Prior:
    """A column's prior from a norms file. Raises UsageError where the column or a figure is not possible."""
    if column not in COLUMN or COLUMN[column].kind not in ("number", "whole"):
        raise UsageError("is no column of the session table that holds figures (`andante columns`)")
    try:
        prior = Prior(**figures)
        if any(isinstance(figure, bool) for figure in (prior.mean, prior.within, prior.between, prior.course)):
            raise TypeError
        if not (LEAST < prior.within < MOST and LEAST < prior.between < MOST and abs(prior.mean) < MOST and abs(prior.course) < MOST):
            raise ValueError
    except (TypeError, ValueError):
        raise UsageError("needs numbers mean, within and between (both above zero), and may have course and origin") from None
    low, high = COLUMN[column].low, COLUMN[column].high
    if (low is not None and prior.mean < low) or (high is not None and prior.mean > high):
        raise UsageError(f"has a mean of {prior.mean:g}, outside its scale ({low:g} to {'any number' if high is None else f'{high:g}'})")
    return replace(prior, origin=str(prior.origin or ""))


def read_hazard(entry: Mapping[str, Any]) -> Hazard:
    """A hazard from a norms file; an empty entry is the shipped one. Raises UsageError where it is not valid."""
    if not entry:
        return shipped_hazard()
    try:
        coefficients = {name: _figure(value) for name, value in entry["coefficients"].items()}
        if unknown := [showable(name) for name in coefficients if name not in FEATURES]:
            more = " ..." if len(unknown) > MOST_NAMED else ""
            raise UsageError(f"is not valid: it knows no coefficient {', '.join(unknown[:MOST_NAMED])}{more}")
        if "constant" not in coefficients:
            raise KeyError("constant")
        clients, rows, left = (int(_figure(entry[name])) for name in ("clients", "rows", "left"))
        calibration = dict(entry.get("calibration") or {})
        _figure(calibration.get("slope", 0.0))
        if min(clients, rows, left) < 0:
            raise ValueError
        return Hazard(coefficients, clients, rows, left, calibration)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        why = f"it lacks {fault}" if isinstance(fault, KeyError) else "a figure is impossible, or no number"
        raise UsageError(f"is not valid: {why}") from fault


def _figure(value: Any) -> float:
    """A number of a norms file; one that stands in quotes is none, here as among the priors."""
    if isinstance(value, bool | str) or not np.isfinite(float(value)):
        raise ValueError
    return float(value)
