"""Fits the weights of evidence of one risk to clients whose harms are known.

A logistic regression with weights of zero and more and a ridge. Sessions from onset to three later are the harmed, all
sessions of harmless clients the unharmed; sessions of other harms count a little as unharmed, so that the ten stay ten.
The first sessions of everybody are left out: no harm begins there, and `weighing` has its own figure for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import optimize

from andante import flow, weighing
from andante.clients import Clients
from andante.history import blocks
from andante.measures import columns
from andante.order import as_numbers, time_order
from andante.priors import shipped
from andante.risks import NAMES, RISKS

Floats = NDArray[np.float64]
Examples = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]
Weights = Mapping[str, Sequence[float]]  # by feature: now, before, and where it is fine

WINDOW = 3  # sessions after onset
OTHER_HARMS = 0.05  # weight of sessions of other harms (ours: 0.15 cost detection; none, and the ten would not stay ten)
RIDGE = 0.3  # towards given weights (ours: stronger costs the tuning families more than it gives on cohorts of others)
RIDGE_ALONE = 2e-3  # towards nothing, and for features that the given weights do not know (ours)
# Nothing says more than so much: what is fine, or it would matter whether a column is asked at all, which some services do not; and what is
# not, or one cohort's own idea of a harm would carry the risk (ours).
MOST = (1.5, 1.5, 1.5)
LEAST = (0.05, 0.0, 0.05)  # no fact is worth nothing: what was rarely seen still counts a little (ours)


def examples(sessions: pa.Table, truth: pa.Table) -> Examples:
    """Leanings now and before `[features, rows]`, each row's harm (-1 none) and its place relative to onset."""
    opened = Clients.of(sessions, time_order(sessions).index, columns())
    plan = weighing.layout(RISKS)
    features = len(plan.facts) + len(plan.streams)
    now, before = np.zeros((features, opened.rows + 1), np.float32), np.zeros((features, opened.rows + 1), np.float32)
    later = np.zeros(opened.rows + 1, np.bool_)
    for block in blocks(opened):
        usual, _, _, excess = flow.evidence(block, shipped())
        now[:, block.place], before[:, block.place] = weighing.leanings(plan, excess, usual)
        later[block.place] = block.attended_before >= weighing.EARLY_SESSIONS
    harm, since = _truth(opened, truth)
    kept = np.flatnonzero(later[:-1])
    return now[:, kept], before[:, kept], harm[kept], since[kept]


def _truth(opened: Clients, truth: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    known = {row["client_id"]: (row["harm"], row["onset"]) for row in truth.to_pylist()}
    lengths = np.diff(opened.offsets)
    harm, since = np.full(opened.rows, -1), np.full(opened.rows, -99)
    session = as_numbers(opened.flat("session"), "session")
    for place, client in enumerate(opened.ids.to_pylist()):
        name, onset = known[client]
        if not name:
            continue
        rows = slice(opened.offsets[place], opened.offsets[place + 1])
        harm[rows] = NAMES.index(name)
        since[rows] = np.arange(lengths[place]) - np.searchsorted(session[rows], onset)
    return harm, since


def fit_risk(risk: int, sets: list[Examples], towards: Weights | None = None, *, ridge: float = RIDGE) -> dict[str, Any]:
    """The weights of one risk from several cohorts, drawn `towards` others, or a little towards nothing where those know none."""
    places = [place for _, place in weighing.layout(RISKS).features[risk]]
    design, outcome, weight = [], [], []
    for now, before, harm, since in sets:
        yes = (harm == risk) & (since >= 0) & (since <= WINDOW)
        other = (harm >= 0) & (harm != risk) & (since >= 0)
        use = yes | (harm < 0) | other
        leaning, fine = np.maximum(now[places], 0), np.minimum(now[places], 0)
        design.append(np.concatenate([leaning, before[places], fine])[:, use].T.astype(np.float64))
        outcome.append(yes[use])
        weight.append(np.where(other[use], OTHER_HARMS, 1.0))
    names = [name for name, _ in weighing.layout(RISKS).features[risk]]
    known = towards or {}
    kinds = range(len(LEAST))
    center = np.array([known.get(name, (0.0,) * len(LEAST))[kind] for kind in kinds for name in names])
    drawn = np.array([ridge if name in known else RIDGE_ALONE for _ in kinds for name in names])
    cases = np.concatenate(design), np.concatenate(outcome).astype(np.float64), np.concatenate(weight)
    level, slopes = _logistic(*cases, center, drawn, np.repeat(MOST, len(places)))
    found = np.maximum(slopes.reshape(len(LEAST), -1).T, LEAST).round(3)
    table = {name: weights.tolist() for name, weights in zip(names, found, strict=True)}
    return {"level": round(float(level), 3), "features": table}


def _logistic(design: Floats, outcome: Floats, weight: Floats, center: Floats, ridge: Floats, most: Floats) -> tuple[float, Floats]:
    """Logistic regression with slopes from zero to `most`, and a ridge for each, on standardized columns around `center`."""
    scale = design.std(axis=0) + 1e-3
    x, total, around = design / scale, weight.sum(), center * scale

    def loss(b: Floats) -> tuple[float, Floats]:
        p = 1 / (1 + np.exp(-(x @ b[1:] + b[0])))
        likelihood = -np.sum(weight * (outcome * np.log(p + 1e-12) + (1 - outcome) * np.log(1 - p + 1e-12))) / total
        residual = weight * (p - outcome) / total
        off = b[1:] - around
        return likelihood + np.sum(ridge * off**2), np.append(residual.sum(), x.T @ residual + 2 * ridge * off)

    start = np.append(-4.0, around)
    bounds = [(None, None), *((0, highest) for highest in most * scale)]
    result = optimize.minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 300})
    return float(result.x[0]), result.x[1:] / scale
