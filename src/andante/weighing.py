"""The evidence of a risk taken together: how much its facts, now and lately, speak for harm rather than for as usual.

Every fact counts by how far it leans, whether or not it crosses anything, and so do a few streams that belong to other
risks but tend to move along (`Risk.streams`). Each has three weights: for leaning now, for having leaned before, and for being
fine, as far as it is as usual or better. The weights are those of a logistic regression on simulated clients of
several unlike families (`andante.lab.calibration`; weights.json says which), never below zero, so nothing that goes
wrong can make a risk look smaller. The sum is a log-odds: `alerts` asks it before an indicator may make a level, and the
score of the reading table is the logistic of one more than it, never below what the level says. Ours, simulated, not validated on clients.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from andante.errors import DefinitionError
from andante.kernels.compiled import compiled
from andante.risk import SURPRISE_FULL, SURPRISE_SPEAKS, Indicator, Risk
from andante.usual import Usual

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

UNWEIGHED = (0.3, 0.1, 0.3)  # weights of a fact that the calibration did not know (ours)
LEAN, FADE = 0.6, 0.6  # deviation from which a fact counts; what is left of it an answer later (ours)
STALE = 0.5  # what is left, a row later, of an answer that was fine (ours)
FARTHEST, WELL = 5.7, -2.0  # SDs beyond which an answer leans no farther, and beyond which it is no better (ours)
WELL_COUNTS, AS_USUAL = 0.15, 0.1  # what a better answer counts the other way for each SD, and one as usual (ours)
MOST_ANSWERS = 64  # as `reading` counts them: one bit each
MOST_INDICATORS = 126  # as `sentences.WHY_SIZES` has room for
MOST_FACTS = 15  # of one risk, as `votes.FIRM` has room for
# Until three sessions were attended, answers are compared with those of other people: that weighs less (ours, on simulated clients)
EARLY_SESSIONS, EARLY = 3, -1.5


class Gates(NamedTuple):
    """The gates of the budget, in log-odds of a risk's evidence: what `alerts` asks before an indicator makes a level.

    Set so that simulated clients who come to no harm show any watch in at most 15 % and any act in at most 4 % of sessions
    (manual, "The budget").
    """

    watch: float
    act: float


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
        self.fact_ends = np.array([*changes[1:], len(facts)])
        self.facts = [facts[n] for n in changes]
        self.risk_of = np.array([place for place, _ in facts])
        answered = {fact: str(i.columns) for fact, i in zip(facts[::-1], self.indicators[::-1], strict=True) if i.one_answer}
        self.answer_of = np.unique([answered.get(fact, str(fact)) for fact in facts], return_inverse=True)[1]  # facts told by one answer
        self._check_room()
        self.risk_ends = np.searchsorted(self.risk_of, np.arange(len(risks)), side="right")  # of indicators
        starts = [0, *self.risk_ends.tolist()]
        self.names = [[indicator.name for indicator in self.indicators[first:last]] for first, last in pairwise(starts)]
        self.votes = np.array([i.votes for i in self.indicators])
        self.heat = frozenset(n for n, i in enumerate(self.indicators) if i.heat and i.kind != "line")
        self.of_life = frozenset(n for n, i in enumerate(self.indicators) if i.source in ("self", "measure") or i.heat)
        self.breaches = np.array([i.kind == "breach" for i in self.indicators])
        self.outside_budget = np.array([i.kind in ("breach", "line") for i in self.indicators])  # what no budget moves
        # what is said in answers or noted in the record, so that saying it over and over means the same each time
        said = [i.source in ("session", "self", "record") for i in self.indicators]
        self.lasting = self.votes & said & [i.kind in ("rule", "graded") for i in self.indicators]
        self.measures = np.array([i.source == "measure" for i in self.indicators])
        self.rules = self.votes & [i.kind == "rule" for i in self.indicators]
        self.graded = self.votes & [i.kind == "graded" for i in self.indicators]
        self.personal = self.votes & [i.kind in ("surprise", "drift") for i in self.indicators]
        self.risk_fact_ends = np.searchsorted(self.risk_of[changes], np.arange(len(risks)), side="right")  # of facts
        self.named = [(int(r), i.name) for r, i in zip(self.risk_of, self.indicators, strict=True)]
        self.place = {(risks[r].name, i.name): n for n, (r, i) in enumerate(zip(self.risk_of, self.indicators, strict=True))}
        self.streams = tuple(dict.fromkeys(name for risk in risks for name in risk.streams))
        self.features = [self._features_of(place) for place in range(len(risks))]

    def _check_room(self) -> None:
        """Refuse more than fits into the numbers that others make of these."""
        if self.answer_of.max(initial=0) >= MOST_ANSWERS:
            raise DefinitionError(f"More than {MOST_ANSWERS} answers are facts: `reading` counts them as the bits of one number; widen it.")
        if len(self.indicators) > MOST_INDICATORS:
            raise DefinitionError(f"More than {MOST_INDICATORS} indicators: `sentences` keeps which it is in seven bits; widen it.")
        for risk in self.risks:
            if len({i.fact for i in risk.indicators}) > MOST_FACTS:
                raise DefinitionError(f"{risk.name} has more than {MOST_FACTS} facts: `alerts` counts them in half a byte; widen it.")
            if risk is not self.risks[0] and any(i.heat for i in risk.indicators):
                raise DefinitionError(f"{risk.name} rates the heat of a session: `alerts` looks for settling in the first risk alone.")
            if (count := len(risk.indicators)) and (count + 1) ** count > np.iinfo(np.int64).max:
                raise DefinitionError(f"{risk.name} has {count} indicators: `packing.rank` keeps their order in one number; widen it.")

    def _features_of(self, risk: int) -> list[tuple[str, int]]:
        """A risk's features: its facts, then its streams; each with its place among all leans."""
        own = [(f"fact:{name}", n) for n, (place, name) in enumerate(self.facts) if place == risk]
        streams = [(f"stream:{name}", len(self.facts) + self.streams.index(name)) for name in self.risks[risk].streams]
        return own + streams


@lru_cache(maxsize=4)
def layout(risks: tuple[Risk, ...]) -> Layout:
    return Layout(risks)


def leanings(plan: Layout, excess: Floats, usual: Usual) -> tuple[Floats, Floats]:
    """How every fact and context stream leans, `[F + S, T, C]`: by its latest answer, and by those before.

    `excess` `[I, T, C]` as the signals give it. Nothing known at all leans nowhere (0).
    """
    return _leanings(excess, plan.fact_ends, *usual.surprises(plan.streams))


@compiled
def _leanings(excess: Floats, fact_ends: Ints, surprises: Floats, places: Ints) -> tuple[Floats, Floats]:
    shape = len(fact_ends) + len(places), excess.shape[2]
    now, before = np.zeros(shape), np.zeros(shape)
    grid = shape[0], excess.shape[1], shape[1]
    out_now, out_before = np.empty(grid), np.empty(grid)
    for step in range(excess.shape[1]):
        _next_row(excess, fact_ends, surprises, places, step, now, before)
        out_now[:, step], out_before[:, step] = now, before
    return out_now, out_before


@compiled
def _next_row(excess: Floats, fact_ends: Ints, surprises: Floats, places: Ints, step: int, now: Floats, before: Floats) -> None:
    """Go on to this row: how each feature leans now, and how it did before."""
    first, facts = 0, len(fact_ends)
    most = np.empty(now.shape[1])
    for feature in range(len(now)):
        if feature < facts:  # a fact leans as far as the indicator of it that says most
            for client in range(len(most)):
                most[client] = excess[first, step, client]
            for place in range(first + 1, fact_ends[feature]):
                for client in range(len(most)):
                    most[client] = np.fmax(most[client], excess[place, step, client])
            first = fact_ends[feature]
            _lean(most, SURPRISE_FULL - SURPRISE_SPEAKS, SURPRISE_SPEAKS, now, before, feature)
        elif places[feature - facts] >= 0:  # a stream that the table does not have leans nowhere
            for client in range(len(most)):
                most[client] = surprises[places[feature - facts], step, client]
            _lean(most, 1.0, 0.0, now, before, feature)


@compiled
def _lean(deviation: Floats, times: float, plus: float, now: Floats, before: Floats, feature: int) -> None:
    """A straight line beyond LEAN, and a little the other way for what is better than usual; what is not answered stays as it was."""
    for client in range(len(deviation)):  # no branches: so it can be done for several clients at once
        here = deviation[client] * times + plus
        known = here == here
        bounded = np.fmin(here, FARTHEST)
        leans = np.fmax(bounded - LEAN, 0.0) + np.fmin(np.fmax(bounded, WELL), 0.0) * WELL_COUNTS - AS_USUAL
        was = now[feature, client]
        before[feature, client] = (before[feature, client] + was) * FADE if known else before[feature, client]
        now[feature, client] = leans if known else np.fmax(was, was * STALE)


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, object]]:
    """The shipped weights by risk: `level`, and for each feature its weights now, before, and where it is fine."""
    return dict(_document()["risks"])


@lru_cache(maxsize=1)
def gates() -> Gates:
    """The shipped gates, found on the same clients (`andante.lab.gates`)."""
    return Gates(**_document()["gates"])


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / "weights.json").read_text("utf-8"))
    return document


def log_odds(plan: Layout, excess: Floats, usual: Usual, attended_before: Floats) -> Floats:
    """The log-odds of each risk at each row, `[R, T, C]`. `attended_before` `[T, C]` as the history counts it."""
    surprises, places = usual.surprises(plan.streams)
    early = np.where(attended_before < EARLY_SESSIONS, EARLY, 0.0)
    return _log_odds(excess, plan.fact_ends, surprises, places, early, *_weights_of(plan))


@compiled
def _log_odds(
    excess: Floats, fact_ends: Ints, surprises: Floats, places: Ints, early: Floats, levels: Floats, ends: Ints, features: Ints,
    weights: Floats,
) -> Floats:  # fmt: skip
    shape = len(fact_ends) + len(places), excess.shape[2]
    now, before = np.zeros(shape), np.zeros(shape)
    out = np.empty((len(levels), *excess.shape[1:]))
    for step in range(excess.shape[1]):
        _next_row(excess, fact_ends, surprises, places, step, now, before)
        first = 0
        for risk in range(len(levels)):
            for client in range(out.shape[2]):
                out[risk, step, client] = levels[risk] + early[step, client]
            for place in range(first, ends[risk]):
                feature, weight, weight_before, weight_fine = features[place], weights[place, 0], weights[place, 1], weights[place, 2]
                for client in range(out.shape[2]):
                    here = np.fmax(now[feature, client], 0.0) * weight + np.fmin(now[feature, client], 0.0) * weight_fine
                    out[risk, step, client] = (out[risk, step, client] + here) + before[feature, client] * weight_before
            first = ends[risk]
    return out


@lru_cache(maxsize=4)
def _weights_of(plan: Layout) -> tuple[Floats, Ints, Ints, Floats]:
    """Each risk's level, where its features end, and each feature's place and weights (now, before, fine)."""
    tables: list[Any] = [weights()[risk.name] for risk in plan.risks]
    features = [feature for own in plan.features for feature in own]
    weighed = [table["features"].get(name, UNWEIGHED) for table, own in zip(tables, plan.features, strict=True) for name, _ in own]
    return (
        np.array([float(table["level"]) for table in tables]),
        np.cumsum([len(own) for own in plan.features]),
        np.array([place for _, place in features]),
        np.array(weighed, np.float64),
    )
