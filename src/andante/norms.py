"""Norms from a cohort: what is usual, the expected course of each measure, the hazard of leaving; saved as one file.

Beside `flow` at the top of the instrument: a checked session table comes in, a norms file goes out, which
`andante read --norms` takes. Only figures are kept, never a client's row. Every figure says how many clients it stands on.

* Priors for `usual`: mean and change per log(1 + sessions), SD between clients and within, by REML with a random
  intercept (the model that `usual` works with).
* Course: `measures.course`, for every measure with enough clients.
* Hazard: `leaving`, by penalized logistic regression on rows, from the column `ending`; calibrated by folds of clients.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from andante import leaving
from andante.clients import Clients
from andante.errors import UsageError
from andante.events import Events
from andante.history import History, blocks
from andante.measures.course import Course, fit_course
from andante.measures.growth import fit_growth
from andante.measures.trend import sessions_since_first
from andante.order import time_order
from andante.priors import FEATURES, FORMAT, Hazard, Norms, Prior, read_prior, shipped, shipped_hazard
from andante.records import COLUMN, MeasureColumn
from andante.usual import STREAMS, Usual

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

FEWEST_CLIENTS = 20  # for a column's prior (ours, uncalibrated)
FEWEST_LEFT = 20  # clients who dropped out, for a hazard (ours, uncalibrated)
PENALTY = 1.0  # on each coefficient but the constant: one row's worth of information (ours, uncalibrated)
FOLDS = 5
FLOOR = 0.02  # of a scale's length: a spread is never taken for smaller (ours, uncalibrated)


@dataclass(frozen=True)
class Fitted:
    """What a cohort gave, and notes on what it could not give."""

    priors: Mapping[str, Prior]
    courses: Mapping[str, Course]
    hazard: Hazard | None
    clients: int
    notes: tuple[str, ...]

    def norms(self, origin: str = "fitted from a cohort") -> Norms:
        """As `flow.read` takes them: columns without a prior of their own keep the shipped one."""
        priors = {**shipped().priors, **self.priors}
        return Norms(priors, self.clients, origin, self.courses, self.hazard or shipped_hazard())

    def as_text(self, origin: str = "fitted from a cohort") -> str:
        """The norms file."""
        document = {
            "format": FORMAT,
            "clients": self.clients,
            "origin": origin,
            "priors": {name: _prior_entry(prior) for name, prior in self.priors.items()},
            "course": {name: one.as_dict() for name, one in self.courses.items()},
            "hazard": {} if self.hazard is None else self.hazard.as_dict(),
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _prior_entry(prior: Prior) -> dict[str, Any]:
    return {"mean": prior.mean, "within": prior.within, "between": prior.between, "course": prior.course, "origin": prior.origin}


def fit_norms(sessions: pa.Table, measures: tuple[MeasureColumn, ...] = (), *, ordered: bool = False) -> Fitted:
    """Fit norms to a checked session table (`ordered`: it is in time order already).

    Raises UsageError where nothing at all can be fitted. What lacks clients or variation is left out, with a note.
    """
    clients = Clients.of(sessions, None if ordered else time_order(sessions).index, measures)
    grids = [_Block(history) for history in blocks(clients)]
    priors, notes = _fit_priors(grids, sessions.column_names)
    courses, course_notes = _fit_courses(grids, measures)
    own = Norms({**shipped().priors, **priors})  # the hazard is fitted on what these norms will find usual, for it is read so
    hazard, hazard_note = _fit_hazard([_Block(block.history, own) for block in grids], sessions)
    found = Fitted(priors, courses, hazard, len(clients), (*notes, *course_notes, *([hazard_note] if hazard_note else [])))
    if not priors and not courses and hazard is None:
        raise UsageError("This cohort gives no norms: " + "; ".join(found.notes))
    return found


class _Block:
    """A block of clients with what several fits need of it."""

    def __init__(self, history: History, norms: Norms | None = None) -> None:
        self.history = history
        self.usual = Usual(history, norms or shipped())
        self.events = Events(history, self.usual)

    @property
    def width(self) -> int:
        return self.history.shape[1]


def _stack(blocks: list[_Block], values: list[Floats], times: list[Floats]) -> tuple[Ints, Floats, Floats]:
    """Known values of all blocks as long data: client, time, value. Clients are numbered through the blocks."""
    who, when, what, first = [], [], [], 0
    for block, value, time in zip(blocks, values, times, strict=True):
        step, client = np.nonzero(~np.isnan(value) & ~np.isnan(time))
        order = np.lexsort((step, client))
        step, client = step[order], client[order]
        who.append(client + first)
        when.append(time[step, client])
        what.append(value[step, client])
        first += block.width
    return np.concatenate(who), np.concatenate(when), np.concatenate(what)


# What is usual


def _fit_priors(blocks: list[_Block], names: list[str]) -> tuple[dict[str, Prior], list[str]]:
    priors: dict[str, Prior] = {}
    notes: list[str] = []
    for name in STREAMS:
        if name not in names or not blocks:
            continue
        values = [block.usual.value(name) for block in blocks]
        times = [np.log1p(block.history.attended_before) for block in blocks]
        who, time, value = _stack(blocks, values, times)
        prior = _fit_prior(name, who, time, value)
        try:
            if isinstance(prior, Prior):
                priors[name] = read_prior(name, _prior_entry(prior))  # nothing is written that would not be read
                continue
        except UsageError as error:
            prior = str(error)
        notes.append(f"{name}: {prior}; the shipped prior stays")
    return priors, notes


def _fit_prior(name: str, who: Ints, time: Floats, value: Floats) -> Prior | str:
    """A column's prior, or why there is none. Clients with one answer say nothing of the spread within, and are left out."""
    counts = np.bincount(who)
    keep = counts[who] >= 2 if len(who) else np.zeros(0, bool)
    who, time, value = np.unique(who[keep], return_inverse=True)[1], time[keep], value[keep]
    clients = int(who.max(initial=-1)) + 1
    if clients < FEWEST_CLIENTS:
        return f"{clients} clients answered twice or more, at least {FEWEST_CLIENTS} are needed"
    if np.ptp(value) == 0:
        return "everybody always answered alike"
    varies = np.ptp(time) > 0
    try:
        model = fit_growth(who, time if varies else None, value, random="intercept")
    except UsageError as error:
        return str(error)
    column = COLUMN[name]
    length = (column.high or 0) - (column.low or 0) if column.high is not None else float(np.ptp(value))
    least = FLOOR * length
    low, high = column.low if column.low is not None else -np.inf, column.high if column.high is not None else np.inf
    return Prior(
        mean=round(float(np.clip(model.beta[0, 0], low, high)), 4),  # a question asked only later on has no answers to begin with
        within=round(max(float(np.sqrt(model.residual)), least), 4),
        between=round(max(float(np.sqrt(model.spread[0, 0])), least), 4),
        course=round(float(model.beta[1, 0]), 4) if varies else 0.0,
        origin=f"fitted on {clients} clients, {len(value)} answers",
    )


# The expected course


def _fit_courses(blocks: list[_Block], measures: tuple[MeasureColumn, ...]) -> tuple[dict[str, Course], list[str]]:
    courses: dict[str, Course] = {}
    notes: list[str] = []
    for measure in measures:
        if not blocks or not blocks[0].history.has(measure.name):
            continue
        values = [block.history[measure.name] for block in blocks]
        who, since, value = _stack(
            blocks, values, [sessions_since_first(block.history[measure.name], block.history.attended_before) for block in blocks]
        )
        try:
            courses[measure.name] = fit_course(
                who, since, value, measure=measure.name, low=measure.low, high=measure.high, better=measure.better
            )
        except UsageError as error:
            notes.append(str(error))
    return courses, notes


# The hazard of leaving


def _fit_hazard(blocks: list[_Block], sessions: pa.Table) -> tuple[Hazard | None, str | None]:
    if "ending" not in sessions.column_names:
        return None, "no hazard of leaving: it needs the column `ending`"
    if not blocks:
        return None, "no hazard of leaving: there are no clients"
    rows, left, who, first = [], [], [], 0
    for block in blocks:
        label = _labels(block.history)
        stacked = leaving.features(block.history, block.usual, block.events)
        step, client = np.nonzero(~np.isnan(label))
        rows.append(stacked[:, step, client].T)
        left.append(label[step, client])
        who.append(client + first)
        first += block.width
    design, event, client = np.concatenate(rows), np.concatenate(left), np.concatenate(who)
    leavers, known = len(np.unique(client[event == 1])), len(np.unique(client))
    if leavers < FEWEST_LEFT or leavers == known:
        needed = f"at least {FEWEST_LEFT}, and not all, are needed"
        return None, f"no hazard of leaving: {leavers} of {known} clients dropped out; {needed}"
    return _calibrated(design, event, client, leavers), None


def _labels(history: History) -> Floats:
    """1 where the client was not seen again after this row and dropped out, 0 where seen again or ended well, NaN where not known.

    The last row of a therapy that goes on says nothing yet; nor does a pending one.
    """
    held = history.held.astype(np.float64)
    again = np.cumsum(held[::-1], axis=0)[::-1] - held > 0
    dropped = history.coded("ending", "dropped_out").any(axis=0)
    closed = history.coded("ending", "completed", "referred", "other").any(axis=0)
    final = np.where(dropped, 1.0, np.where(closed, 0.0, np.nan))
    label = np.where(again, 0.0, final[None, :])
    return np.where(history.rows & ~history.pending, label, np.nan)


def _calibrated(design: Floats, event: Floats, client: Ints, leavers: int) -> Hazard:
    """Fit, see by folds of clients how far its log-odds exaggerate, and shrink them by that."""
    names = list(FEATURES)
    varies = np.ptp(design, axis=0) > 0
    varies[0] = True
    used = design[:, varies]
    fold = _folds(client)
    outside = np.empty(len(event))
    for part in range(FOLDS):
        outside[fold == part] = used[fold == part] @ _logistic(used[fold != part], event[fold != part])
    line = _logistic(np.stack([np.ones(len(event)), outside], axis=1), event, penalty=0.0)
    slope = float(np.clip(line[1], 0.1, 1.0))
    weights = _logistic(used, event)
    weights[1:] *= slope
    weights[0] += _recenter(used @ weights, event)
    chance = 1 / (1 + np.exp(-(line[0] + line[1] * outside)))
    coefficients = dict.fromkeys(names, 0.0) | dict(zip(np.array(names)[varies].tolist(), weights.tolist(), strict=True))
    report = {"slope": float(line[1]), "tenths": _tenths(chance, event)}
    return Hazard(coefficients, len(np.unique(client)), len(event), leavers, report)


def _folds(client: Ints) -> Ints:
    """Clients dealt out in turn: the same cohort always gives the same norms."""
    return np.unique(client, return_inverse=True)[1] % FOLDS


def _logistic(design: Floats, event: Floats, *, penalty: float = PENALTY) -> Floats:
    """Penalized logistic regression by Newton's method; the first column is the constant and is not penalized."""
    weights = np.zeros(design.shape[1])
    rate = float(np.clip(event.mean(), 1e-6, 1 - 1e-6))
    weights[0] = np.log(rate / (1 - rate))
    ridge = np.diag([0.0, *[penalty] * (design.shape[1] - 1)])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (chance - event) + ridge @ weights
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge + 1e-9 * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    return weights


def _recenter(logit: Floats, event: Floats) -> float:
    """The shift after which as many are expected to leave as did."""
    low, high = -10.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if np.mean(1 / (1 + np.exp(-(logit + middle)))) > event.mean() else (middle, high)
    return (low + high) / 2


def _tenths(chance: Floats, event: Floats) -> list[dict[str, float]]:
    """Expected and seen share of leaving in each tenth of rows, on clients the coefficients had not seen."""
    parts = np.array_split(np.argsort(chance, kind="stable"), 10)
    return [
        {"expected": round(float(chance[p].mean()), 4), "seen": round(float(event[p].mean()), 4), "rows": len(p)} for p in parts if len(p)
    ]


def describe(fitted: Fitted) -> list[str]:
    """What was fitted, in words, line by line."""
    lines = [f"Norms from {fitted.clients} clients.", "", "What is usual (mean; SD within, between; change per log(1 + sessions))"]
    lines += [
        f"  {name}: {p.mean:.2f}; {p.within:.2f}, {p.between:.2f}; {p.course:+.2f} ({p.origin.removeprefix('fitted on ')})"
        for name, p in fitted.priors.items()
    ]
    lines += ["", "Expected course"]
    for name, one in fitted.courses.items():
        b = one.beta
        lines.append(
            f"  {name}: {b[0, 0]:.2f} {b[0, 1]:+.3f} x first score, {b[1, 0]:+.2f} {b[1, 1]:+.3f} x first score per log(1 + sessions)"
            f" ({one.clients} clients, {one.scores} scores, up to {one.last} sessions)"
        )
    if fitted.hazard is not None:
        slope = fitted.hazard.calibration.get("slope", float("nan"))
        lines += ["", f"Leaving: {fitted.hazard.left} of {fitted.hazard.clients} clients; slope on clients not seen {slope:.2f}"]
    return lines + (["", "Notes", *(f"  {note}" for note in fitted.notes)] if fitted.notes else [])
