"""What is usual before anything is known about this client: the norms file, read.

Shipped in `priors.json` with the origin of each figure; a service replaces any of it with its own file
(`andante norms fit`, then `--norms FILE`): a column that the file does not name keeps the shipped prior.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from andante.errors import InputError, Problem

FORMAT = "andante-norms-1"
LEAST, MOST = 1e-6, 1e6  # no spread of answers on any scale lies beyond


@dataclass(frozen=True)
class Prior:
    """A column's population: mean, SD within a person, SD between persons, expected change per log(1 + sessions)."""

    mean: float
    within: float
    between: float
    course: float = 0.0
    origin: str = "ours, uncalibrated"


@dataclass(frozen=True)
class Norms:
    """All priors by column, and the number of clients they stand on (0: the shipped ones).

    `course` and `hazard` are kept as read: what is fitted from a cohort travels in the same file.
    """

    priors: Mapping[str, Prior]
    clients: int = 0
    origin: str = ""
    course: Mapping[str, Any] = field(default_factory=dict)
    hazard: Mapping[str, Any] = field(default_factory=dict)


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
        document = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InputError([Problem(place, None, None, f"cannot be read ({error.strerror})", remedy="check the path")]) from None
    except ValueError:
        raise InputError([Problem(place, None, None, "is not JSON", remedy="make it anew with `andante norms fit`")]) from None
    own = _parse(document, place)
    return Norms({**shipped().priors, **own.priors}, own.clients, own.origin, own.course, own.hazard)


def _parse(document: Any, place: str) -> Norms:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(
            [Problem(place, None, None, f'is not a norms file (no "format": "{FORMAT}")', remedy="make it anew with `andante norms fit`")]
        )
    problems: list[Problem] = []
    priors: dict[str, Prior] = {}
    parts = {name: document.get(name) or {} for name in ("priors", "course", "hazard")}
    for name in [name for name, part in parts.items() if not isinstance(part, dict)]:
        problems.append(Problem(place, None, name, "is no table of figures", remedy="make it anew with `andante norms fit`"))
        parts[name] = {}
    for column, figures in parts["priors"].items():
        try:
            prior = Prior(**figures)
            if not (LEAST < prior.within < MOST and LEAST < prior.between < MOST and abs(prior.mean) < MOST and abs(prior.course) < MOST):
                raise ValueError
            priors[column] = replace(prior, origin=str(prior.origin or ""))
        except (TypeError, ValueError):
            what = "needs numbers mean, within and between (both above zero), and may have course and origin"
            problems.append(Problem(place, None, column, what, remedy="mend or leave out this column"))
    if problems:
        raise InputError(problems)
    clients, origin = document.get("clients", 0), str(document.get("origin", ""))
    count = clients if isinstance(clients, int) else 0
    return Norms(priors, count, origin, parts["course"], parts["hazard"])
