"""What was found becomes the reading table, its sentences and its details.

Sentences are made once for each different thing to say and then shared by all rows that say it, so a million rows cost
little more than the different sentences among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante import reading
from andante.alerts import Levels
from andante.ceiling import Ceiling
from andante.clients import Clients
from andante.history import History
from andante.kernels import flags
from andante.kernels.compiled import compiled
from andante.kernels.steps import filled, latest
from andante.order import time_of
from andante.reading import Stances
from andante.records import reading_schema
from andante.risk import Signals
from andante.sentences import (
    BEFORE_SIZE,
    JUDGED_SIZE,
    KEPT,
    REASONS,
    SETTLING,
    WHY_SIZES,
    end_text,
    evidence_text,
    said,
    sentence,
    why_text,
)
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import LEVELS, SAFETY_STATES, STANCES, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]
Some = TypeVar("Some", bound=np.generic)
BANDS = ("before_distress", "after_overwhelm")  # the streams whose usual band is drawn

_SINCE, _JUDGED = (np.array([reason[place] for _, reason in sorted(REASONS.items())]) for place in (1, 2))


@dataclass(frozen=True)
class Found:
    """Everything that was found in one block of clients."""

    history: History
    usual: Usual
    signals: list[Signals]
    excess: Floats
    levels: Levels
    stances: Stances
    ceiling: Ceiling
    safety: NDArray[np.int8]
    agreed: NDArray[np.bool_]  # sessions of prepared, agreed work: their heat is told as settling

    def spoke_at(self, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> NDArray[np.intp]:
        """The step at which an indicator spoke last, seen from some cells."""
        return flags.all_spoke_at(self.excess[place], steps, clients)

    def strength(self, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> Floats:
        """How strongly it spoke then."""
        return np.asarray(self.excess[place][self.spoke_at(place, steps, clients), clients])


class Tables:
    """The output of a set of clients, filled block by block (blocks never share a row) and then made into tables."""

    def __init__(self, clients: Clients, plan: Layout, *, details: bool, spelled: bool = False) -> None:
        self.clients, self.plan, self.spelled = clients, plan, spelled
        rows, risks = clients.rows + 1, len(plan.risks)  # the last row takes what belongs to no session
        self.level, self.score = np.zeros((risks, rows), np.int8), np.full((risks, rows), np.nan)
        self.since, self.session = np.full((risks, rows), np.nan), np.full(rows, np.nan)
        self.evidence = np.zeros((risks, rows), np.int64)
        self.stance, self.safety = np.zeros(rows, np.int8), np.zeros(rows, np.int8)
        self.judged, self.why = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        self.why_ends = np.zeros(rows, np.int64)
        self.highest, self.confidence = np.full(rows, np.nan), np.full(rows, np.nan)
        self.details: list[dict[str, Any]] | None = [] if details else None
        self.bands: list[tuple[NDArray[np.int64], str, Floats, Floats]] = []
        self.names = [measure.label or measure.name for measure in clients.measures]
        self.settling = [n for n, indicator in enumerate(plan.indicators) if indicator.heat and indicator.kind != "line"]

    def add(self, found: Found) -> None:
        """Put a block's findings at their rows."""
        place, levels = found.history.place, found.levels
        for out, grids in ((self.level, levels.level), (self.score, levels.score), (self.since, levels.since)):
            for risk, grid in enumerate(grids):
                put(grid, place, out[risk])
        for one, grid in (
            (self.session, found.history.session), (self.stance, found.stances.stance), (self.safety, found.safety),
            (self.judged, found.stances.judged), (self.highest, found.ceiling.highest), (self.confidence, found.ceiling.confidence),
        ):  # fmt: skip
            put(grid, place, one)
        put(self._why(found), place, self.why)
        _rank(levels.shown, levels.level, found.excess, self.plan.risk_ends, place, self.evidence)
        if self.details is not None:
            self.details += list(self._detail(found))
            for name in (n for n in BANDS if found.history.has(n)):
                self.bands.append((place, name, *found.usual.band(name)))

    # sentences: what is said is packed into one number a row
    def _why(self, found: Found) -> NDArray[np.int64]:
        stances = found.stances
        observed, usual, which = (np.full(stances.why.shape, np.nan) for _ in range(3))
        for indicator, steps, clients in _by_indicator(stances.indicator):
            told = self.told(found, indicator, steps, clients, ends=False)
            observed[steps, clients], usual[steps, clients], which[steps, clients] = told.observed, told.usual, told.which
        since = np.take_along_axis(found.levels.since, np.maximum(stances.risk, 0)[None], axis=0)[0]
        since = np.where(stances.why == reading.MENDED, found.history.session, since)
        since = np.where(_SINCE[stances.why], filled(since, -1.0) + 1, 0).astype(np.int64)
        judged = np.where(_JUDGED[stances.why], stances.judged + 1, 0)
        before = np.zeros(stances.stance.shape, np.int64)
        before[1:] = np.where(stances.stance[1:] != stances.stance[:-1], stances.stance[:-1] + 1, 0)
        put((since * JUDGED_SIZE + judged) * BEFORE_SIZE + before, found.history.place, self.why_ends)
        key = stances.why.astype(np.int64)
        which = np.where(np.isnan(which), 0.0, which + 1) + SETTLING * self._settling(found, stances.indicator)
        for value, size in zip((stances.indicator + 1, _tenths(observed), _tenths(usual), which), WHY_SIZES, strict=True):
            key = key * size + np.minimum(value, size - 1).astype(np.int64)
        return key

    def _settling(self, found: Found, indicator: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Cells `[T, C]` whose indicator tells the heat of prepared, agreed work (no line): settling, for now."""
        out = np.zeros(indicator.shape, np.bool_)
        for place in self.settling if found.agreed.any() else ():
            steps, clients = np.nonzero(indicator == place)
            out[steps, clients] = found.agreed[found.spoke_at(place, steps, clients), clients]
        return out

    def _reasons(self) -> pa.Array[Any]:
        """The whole sentence of each row, joined from its parts."""
        ends, names = self.why_ends[:-1], tuple(self.names)
        if self.spelled:
            parts = zip(self.why[:-1].tolist(), ends.tolist(), strict=True)
            return pa.array([why_text(self.plan, names, why) + end_text(end) for why, end in parts], pa.string())
        say = partial(why_text, self.plan, names)
        told = ((self.why[:-1], say, said(self.plan, names)), (ends, end_text, said(self.plan, "ends")))
        texts: list[Any] = [_texts(*parts, spelled=False).dictionary_decode() for parts in told]  # type: ignore[attr-defined]
        whole: pa.Array[Any] = pc.binary_join_element_wise(*texts, "")
        return whole

    def told(self, found: Found, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp], *, ends: bool = True) -> Told:
        """What an indicator says in these cells: the figures of the row in which it spoke last; `ends`: the band's too."""
        at = found.spoke_at(place, steps, clients)
        signal = found.signals[self.plan.risk_of[place]][self.plan.indicators[place].name]
        nothing = np.full(len(steps), np.nan)
        if signal.stream:
            value, usual = found.usual.value(signal.stream), found.usual.expected(signal.stream)
            low, high = found.usual.band(signal.stream) if ends and signal.stream in found.usual.names else (value, value)
            here = [a[at, clients] for a in (value, usual, low, high)]
            return Told(here[0], here[1], here[2], here[3], nothing)
        observed = nothing if signal.observed is None else signal.observed[at, clients]
        usual = nothing if signal.usual is None else signal.usual[at, clients]
        which = nothing
        if signal.which is not None and signal.names:
            which = np.array([self._name(signal.names[w]) for w in signal.which[at, clients]], np.float64)
        return Told(observed, usual, nothing, nothing, which)

    def _name(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def _detail(self, found: Found) -> Iterator[dict[str, Any]]:
        """One row for each raised indicator."""
        raised = found.levels.shown & (found.levels.level >= WATCH)[self.plan.risk_of] & found.history.rows
        for place in np.flatnonzero(raised.any(axis=(1, 2))):
            steps, clients = np.nonzero(raised[place])
            told = self.told(found, int(place), steps, clients)
            indicator, risk = self.plan.indicators[place], self.plan.risks[self.plan.risk_of[place]]
            names = [self.names[int(w)] if w == w else "" for w in told.which]
            settling = found.agreed[found.spoke_at(int(place), steps, clients), clients] & (int(place) in self.settling)
            yield {
                "row": found.history.place[steps, clients],
                "risk": risk.name, "indicator": indicator.name, "fact": indicator.fact, "source": indicator.source,
                "strength": np.clip(found.strength(int(place), steps, clients), 0, 1),
                "observed": told.observed, "usual": told.usual, "low": told.low, "high": told.high,
                "since": _since(found, int(place))[steps, clients],
                "says": [
                    sentence(self.plan, int(place), o, u, n, settling=bool(s))
                    for o, u, n, s in zip(told.observed, told.usual, names, settling, strict=True)
                ],
                "clears": indicator.clears,
            }  # fmt: skip

    # tables
    def _keys(self, *, spelled: bool = True) -> dict[str, pa.Array[Any]]:
        clients = self.clients
        counts = np.diff(clients.offsets)
        time = time_of(clients.names) or "date"
        when = clients.flat(time) if time in clients.names else pa.nulls(clients.rows, pa.date32())
        owner: NDArray[np.int32] = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        ids = clients.ids.take(owner) if spelled else pa.DictionaryArray.from_arrays(owner, clients.ids)
        return {"client_id": ids, "session": _whole(self.session[:-1], spelled=self.spelled), time: when}

    def readings(self) -> pa.Table:
        """The reading table (records.reading_schema), one row for each input row; texts as categories (`spelled`)."""
        out = self._keys(spelled=self.spelled)
        levels, scores, since = self.level[:, :-1].reshape(-1), self.score[:, :-1].reshape(-1), self.since[:, :-1].reshape(-1)
        together = _words(levels, LEVELS, spelled=self.spelled), _numbers(scores), _whole(since, spelled=self.spelled)
        for place, risk in enumerate(self.plan.risks):
            for name, array in zip(("level", "score", "since"), together, strict=True):
                out[f"{risk.name}_{name}"] = array.slice(place * self.clients.rows, self.clients.rows)
            evidence = partial(evidence_text, self.plan, place)
            out[f"{risk.name}_evidence"] = _texts(self.evidence[place, :-1], evidence, said(self.plan, place), spelled=self.spelled)
        out["stance"] = _words(self.stance[:-1], STANCES, spelled=self.spelled)
        out["stance_why"] = self._reasons()
        out["judged"] = pa.array(self.judged[:-1])
        out["pace_ceiling"], out["pace_confidence"] = _numbers(self.highest[:-1]), _numbers(self.confidence[:-1])
        out["outlook"] = pa.nulls(self.clients.rows, pa.float64())
        out["safety"] = _words(self.safety[:-1], SAFETY_STATES, spelled=self.spelled)
        return pa.table(out)

    def detail_table(self) -> pa.Table:
        """One row for each raised indicator, in the order of the readings, strongest first within a row and risk."""
        found = self.details or []
        rows = np.concatenate([d["row"] for d in found]) if found else np.empty(0, np.int64)
        keys = {name: array.take(rows) for name, array in self._keys().items()}
        texts = {
            n: [x for d in found for x in (d[n] if isinstance(d[n], list) else [d[n]] * len(d["row"]))]
            for n in ("risk", "indicator", "fact", "source", "says", "clears")
        }
        figures = {
            n: _numbers(np.concatenate([d[n] for d in found]) if found else rows.astype(float))
            for n in ("strength", "observed", "usual", "low", "high")
        }
        since = _whole(np.concatenate([d["since"] for d in found]) if found else rows.astype(float))
        table = pa.table({
            **keys, **{n: pa.array(texts[n], pa.string()) for n in ("risk", "indicator", "fact", "source")}, **figures,
            "since": since, "says": pa.array(texts["says"], pa.string()), "clears": pa.array(texts["clears"], pa.string()),
        })  # fmt: skip
        risk_place = {risk.name: n for n, risk in enumerate(self.plan.risks)}
        ranks = np.array([risk_place[name] for name in texts["risk"]], np.int64)
        order = np.lexsort((-table["strength"].to_numpy(), ranks, rows)) if len(rows) else rows
        return table.take(order)

    def band_table(self) -> pa.Table:
        """The client's usual band at every session, for the drawn columns."""
        keys, parts = self._keys(), []
        for name in BANDS:
            low, high = np.full(self.clients.rows + 1, np.nan), np.full(self.clients.rows + 1, np.nan)
            for place, column, lower, upper in self.bands:
                if column == name:
                    low[place], high[place] = lower, upper
            usual = (low + high) / 2
            band = {"usual": usual, "low": low, "high": high}
            named = pa.array([name] * self.clients.rows, pa.string())
            parts.append(pa.table({**keys, "column": named, **{n: _numbers(values[:-1]) for n, values in band.items()}}))
        return pa.concat_tables(parts)


@compiled
def put(grid: NDArray[Some], place: NDArray[np.int64], out: NDArray[Some]) -> None:
    """Each cell of a grid at its row."""
    for step in range(grid.shape[0]):
        for client in range(grid.shape[1]):
            out[place[step, client]] = grid[step, client]


@compiled
def _rank(shown: Bools, level: Codes, excess: Floats, risk_ends: Ints, place: Ints, evidence: Ints) -> None:
    """The standing indicators of each risk, strongest first, as one number a row: its digits, from the lowest, are their places."""
    first = 0
    for risk in range(len(level)):
        base = risk_ends[risk] - first + 1
        order, strengths = np.empty(base, np.intp), np.empty(base)
        for step in range(place.shape[0]):
            for client in range(place.shape[1]):
                count, key = 0, 0
                for own in range(1, base if level[risk, step, client] >= WATCH else 0):
                    if shown[first + own - 1, step, client]:
                        strength = reading.latest(excess, first + own - 1, step, client)
                        rank = count
                        while rank and strengths[rank - 1] < strength:
                            order[rank], strengths[rank] = order[rank - 1], strengths[rank - 1]
                            rank -= 1
                        order[rank], strengths[rank] = own, strength
                        count += 1
                for rank in range(count - 1, -1, -1):
                    key = key * base + order[rank]
                if key:  # where nothing stands there is a zero already
                    evidence[risk, place[step, client]] = key
        first = risk_ends[risk]


@dataclass(frozen=True)
class Told:
    """The figures of some cells of one indicator; `which` points into the tables' names (NaN: none)."""

    observed: Floats
    usual: Floats
    low: Floats
    high: Floats
    which: Floats


_reading_schema = lru_cache(maxsize=8)(reading_schema)


def _by_indicator(indicator: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.intp]]]:
    """Each indicator that is named anywhere in the grid (-1: none), with the steps and clients that name it."""
    cells = np.flatnonzero(indicator.reshape(-1) >= 0)
    named = indicator.reshape(-1)[cells]
    order = np.argsort(named, kind="stable")
    starts = np.flatnonzero(np.diff(named[order], prepend=-1))
    for group in np.split(order, starts[1:]) if len(starts) else []:
        yield int(named[group[0]]), *np.divmod(cells[group], indicator.shape[1])


def _since(found: Found, place: int) -> Floats:
    """The session from which an indicator has spoken without a break."""
    speaks = found.levels.shown[place]
    begins = speaks & ~np.concatenate((np.zeros_like(speaks[:1]), speaks[:-1]))
    return latest(found.history.session, begins)


def _tenths(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, np.clip(np.round(values * 10), 0, 4094) + 1)


def _numbers(values: Floats) -> pa.Array[Any]:
    return pa.array(values, pa.float64(), from_pandas=True)


def _whole(values: Floats, *, spelled: bool = False) -> pa.Array[Any]:
    if spelled:
        return pa.array([int(value) if value == value else None for value in values.tolist()], pa.int64())
    empty = np.isnan(values)
    return pa.array(np.where(empty, 0.0, values).astype(np.int64), mask=empty)


def _words(codes: NDArray[np.int8], words: tuple[str, ...], *, spelled: bool) -> pa.Array[Any]:
    if spelled:
        return pa.array([words[code] for code in codes.tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))


def _texts(keys: NDArray[np.int64], say: Callable[[int], str | None], kept: dict[int, str | None], *, spelled: bool) -> pa.Array[Any]:
    """Each key's text, made once and `kept`."""
    if len(kept) > KEPT:
        kept.clear()
    if spelled:
        return pa.array([kept[key] if key in kept else kept.setdefault(key, say(key)) for key in keys.tolist()], pa.string())
    told = np.flatnonzero(keys)
    different, place = np.unique(keys[told], return_inverse=True)
    index, nothing = np.zeros(len(keys), np.int32), say(0)
    index[told] = place + 1
    words = pa.array([nothing or "", *(kept.get(key) or kept.setdefault(key, say(key)) for key in different.tolist())], pa.string())
    places: Any = pa.array(index, mask=keys == 0 if nothing is None else None)
    return pa.DictionaryArray.from_arrays(places, words)


def spelled(readings: pa.Table) -> pa.Table:
    """A reading table with its categories written out, in the types of the contract."""
    risks = tuple(name.removesuffix("_level") for name in readings.schema.names if name.endswith("_level"))
    wanted = _reading_schema(risks, "day" if "day" in readings.schema.names else "date")
    return readings if readings.schema.equals(wanted) else readings.cast(wanted)
