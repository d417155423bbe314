"""The evidence of a risk taken together: how much its facts, now and lately, speak for harm rather than for as usual.

Every fact counts by how far it leans, whether or not it crosses anything, and so do a few streams that belong to other
risks but tend to move along (`Risk.streams`). The weights are those of a logistic regression on simulated clients of
several unlike families (`andante.lab.calibration`; weights.json says which), never below zero, so nothing that goes
wrong can make a risk look smaller. The sum is a log-odds: `alerts` asks it before an indicator may make a level, and the
score of the reading table is its logistic. Ours, simulated, not validated on clients.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from andante.kernels.runs import largest_in_runs
from andante.risk import SURPRISE_FULL, SURPRISE_SPEAKS, Indicator, Risk
from andante.usual import Usual

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

AT_ONCE = 1 << 12  # rows whose evidence is taken together at once: what they need stays in the cache
UNWEIGHED = (0.3, 0.1)  # weights of a fact that the calibration did not know (ours)
LEAN, FADE_NOW, FADE = 0.6, 0.5, 0.6  # deviation from which a fact leans; what is left of it a row later (ours)


class Layout:
    """The indicators of all risks in one stack: by risk, within it by fact, so that facts and risks are runs of rows."""

    def __init__(self, risks: tuple[Risk, ...]) -> None:
        self.risks = risks
        self.indicators: list[Indicator] = []
        facts: list[tuple[int, str]] = []
        for place, risk in enumerate(risks):
            order = list(dict.fromkeys(i.fact for i in risk.indicators))
            for indicator in sorted(risk.indicators, key=lambda i: order.index(i.fact)):
                self.indicators.append(indicator)
                facts.append((place, indicator.fact))
        changes = [n for n in range(len(facts)) if n == 0 or facts[n] != facts[n - 1]]
        self.fact_starts = np.array(changes)
        self.facts = [facts[n] for n in changes]
        self.risk_of = np.array([place for place, _ in facts])
        self.fact_of = np.searchsorted(self.fact_starts, np.arange(len(facts)), side="right") - 1
        self.risk_starts = np.searchsorted(self.risk_of, np.arange(len(risks)))
        ends = [*self.risk_starts.tolist(), len(facts)]
        self.rows = [slice(first, last) for first, last in pairwise(ends)]
        self.risk_fact_starts = np.searchsorted(self.risk_of[self.fact_starts], np.arange(len(risks)))
        self.place = {(risks[r].name, i.name): n for n, (r, i) in enumerate(zip(self.risk_of, self.indicators, strict=True))}
        self.streams = tuple(dict.fromkeys(name for risk in risks for name in risk.streams))
        self.features = [self._features_of(place) for place in range(len(risks))]

    def _features_of(self, risk: int) -> list[tuple[str, int]]:
        """A risk's features: its facts, then its streams; each with its place among all leans."""
        own = [(f"fact:{name}", n) for n, (place, name) in enumerate(self.facts) if place == risk]
        streams = [(f"stream:{name}", len(self.facts) + self.streams.index(name)) for name in self.risks[risk].streams]
        return own + streams


@lru_cache(maxsize=4)
def layout(risks: tuple[Risk, ...]) -> Layout:
    return Layout(risks)


def leanings(plan: Layout, excess: Floats, usual: Usual) -> tuple[Floats, Floats]:
    """How every fact and context stream leans, `[F + S, T, C]`: in this row (or fading from the last), and before it.

    `excess` `[I, T, C]` as the signals give it. Nothing known at all leans nowhere (0).
    """
    found = [(now.copy(), before.copy()) for _, now, before in _leanings(plan, excess, usual)]
    return np.concatenate([now for now, _ in found], axis=1), np.concatenate([before for _, before in found], axis=1)


def _leanings(plan: Layout, excess: Floats, usual: Usual) -> Iterator[tuple[slice, Floats, Floats]]:
    """The same some steps at a time, with the steps they are: in arrays that are used again for the next ones."""
    facts = largest_in_runs(excess, plan.fact_starts)
    streams = usual.surprises(plan.streams)
    features, (steps, clients) = len(facts) + len(streams), excess.shape[1:]
    some = max(1, min(steps, AT_ONCE // max(clients, 1)))
    out_now, out_before = np.empty((features, some, clients)), np.empty((features, some, clients))
    lean, known, part, now, before = (np.zeros((features, clients)) for _ in range(5))
    for step in range(steps):  # in place, one row at a time, so that all of it stays in the cache
        np.multiply(facts[:, step], SURPRISE_FULL - SURPRISE_SPEAKS, out=lean[: len(facts)])
        lean[: len(facts)] += SURPRISE_SPEAKS
        for place, stream in enumerate(streams, len(facts)):
            lean[place] = stream[step]
        known[...] = lean == lean
        _lean(lean, part)
        lean *= known
        place = step % some
        out_before[:, place] = before
        before += lean
        before *= FADE
        np.subtract(1, known, out=known)
        now *= np.multiply(known, FADE_NOW, out=known)
        now += lean
        out_now[:, place] = now
        if place == some - 1 or step == steps - 1:
            yield slice(step - place, step + 1), out_now[:, : place + 1], out_before[:, : place + 1]


def _lean(deviation: Floats, part: Floats) -> None:
    """A straight line beyond LEAN, and a little the other way for what is better than usual, in place; NaN becomes a number."""
    np.fmin(deviation, 5.7, out=deviation)
    np.maximum(deviation, -2.0, out=part)
    np.minimum(part, 0.0, out=part)
    part *= 0.15
    deviation -= LEAN
    np.maximum(deviation, 0.0, out=deviation)
    deviation += part
    deviation -= 0.1


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, object]]:
    """The shipped weights by risk: `level`, and for each feature its weight now and before."""
    document = json.loads((Path(__file__).parent / "weights.json").read_text("utf-8"))
    return dict(document["risks"])


def log_odds(plan: Layout, excess: Floats, usual: Usual) -> Floats:
    """The log-odds of each risk at each row, `[R, T, C]`."""
    out = np.empty((len(plan.risks), *excess.shape[1:]))
    weighted = [_weights_of(risk, features) for risk, features in zip(plan.risks, plan.features, strict=True)]
    for steps, now, before in _leanings(plan, excess, usual):
        part = np.empty(now.shape[1:])
        for place, (level, features) in enumerate(weighted):
            total = out[place, steps]
            total.fill(level)
            for feature, weight_now, weight_before in features:
                if weight_now:
                    total += np.multiply(now[feature], weight_now, out=part)
                if weight_before:
                    total += np.multiply(before[feature], weight_before, out=part)
    return out


def _weights_of(risk: Risk, features: list[tuple[str, int]]) -> tuple[float, list[tuple[int, float, float]]]:
    """A risk's level, and each feature's place with its weights now and before."""
    table: Any = weights()[risk.name]
    return float(table["level"]), [(place, *table["features"].get(name, UNWEIGHED)) for name, place in features]
