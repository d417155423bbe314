"""What was found becomes the reading table, its sentences and its details.

Sentences are made once for each different thing to say and then shared by all rows that say it, so a million rows cost
little more than the different sentences among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from andante import packing
from andante.alerts import Levels
from andante.ceiling import ABOVE_BORNE, AT_FIRST, NONE_BORNE, Ceiling
from andante.clients import Clients
from andante.events import OWN_LEVEL, Events
from andante.history import History
from andante.kernels import flags
from andante.kernels.steps import latest
from andante.order import time_of
from andante.reading import Stances, hurt_and_mended
from andante.records import reading_schema
from andante.risk import UNLIKE, Signal, Signals
from andante.sentences import AFTER_LIFE, KEPT, NOT_OWN, OF_LIFE, SETTLING, end_text, evidence_text, said, sentence, why_text
from andante.usual import Usual
from andante.weighing import Layout
from andante.words import ACT, LEVELS, SAFETY_STATES, STANCES, WATCH

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]
CAPS = {"cap_first": AT_FIRST, "cap_borne": ABOVE_BORNE, "cap_none_borne": NONE_BORNE}  # marks of the cap that decides the ceiling
BANDS = ("before_distress", "after_overwhelm")  # the streams whose usual band is drawn


@dataclass(frozen=True)
class Found:
    """Everything that was found in one block of clients."""

    history: History
    usual: Usual
    events: Events
    signals: list[Signals]
    excess: Floats
    levels: Levels
    stances: Stances
    ceiling: Ceiling
    safety: NDArray[np.int8]
    settles: Bools  # sessions whose heat is told as settling

    def spoke_at(self, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> NDArray[np.intp]:
        """The step at which an indicator spoke last, seen from some cells."""
        return flags.all_last_at(self.excess[place], UNLIKE, steps, clients)

    def strength(self, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> Floats:
        """How strongly it spoke then."""
        return np.asarray(self.excess[place][self.spoke_at(place, steps, clients), clients])


def settles(plan: Layout, levels: Levels, agreed: Bools) -> Bools:
    """Sessions of prepared, agreed work whose heat is told as settling: not where it is an act all the same."""
    distress = plan.risk_of[plan.place["distress", "overwhelm_high"]]
    return np.asarray(agreed & (levels.level[distress] < ACT))


class Tables:
    """The output of a set of clients, filled block by block (blocks never share a row) and then made into tables."""

    def __init__(self, clients: Clients, plan: Layout, *, details: bool, spelled: bool = False) -> None:
        self.clients, self.plan, self.spelled = clients, plan, spelled
        rows, risks = clients.rows + 1, len(plan.risks)  # the last row takes what belongs to no session; blocks fill all others
        self.level, self.score = np.empty((risks, rows), np.int8), np.empty((risks, rows))
        self.since, self.session = np.empty((risks, rows)), np.empty(rows)
        self.evidence = np.zeros((risks, rows), np.int64)
        self.stance, self.safety = np.empty(rows, np.int8), np.empty(rows, np.int8)
        self.judged, self.why, self.why_ends = (np.empty(rows, np.int64) for _ in range(3))
        self.highest, self.confidence = np.empty(rows), np.empty(rows)
        self.details: list[dict[str, Any]] | None = [] if details else None
        self.bands: list[tuple[NDArray[np.int64], str, Floats, Floats]] = []
        self.marks: list[tuple[str, NDArray[np.int64]]] = []  # what happened, and in which rows
        self.names = [measure.label or measure.name for measure in clients.measures]

    def add(self, found: Found) -> None:
        """Put a block's findings at their rows."""
        place, levels, stances = found.history.place, found.levels, found.stances
        for out, grids in ((self.level, levels.level), (self.score, levels.score), (self.since, levels.since)):
            packing.put_all(grids, place, out)
        for one, grid in (
            (self.session, found.history.session), (self.stance, stances.stance), (self.safety, found.safety),
            (self.judged, stances.judged), (self.highest, found.ceiling.highest), (self.confidence, found.ceiling.confidence),
        ):  # fmt: skip
            packing.put(grid, place, one)
        packing.reasons(
            stances.why, stances.indicator, self._figures(found), stances.since, stances.beside, stances.judged, stances.stance, place,
            self.why, self.why_ends,
        )  # fmt: skip
        packing.rank(levels.shown, levels.level, found.excess, self.plan.risk_ends, place, self.evidence)
        if self.details is not None:
            self.details += list(self._detail(found))
            for name in (n for n in BANDS if found.history.has(n)):
                self.bands.append((place, name, *found.usual.band(name)))
            events, history = found.events, found.history
            hurt, mended = hurt_and_mended(self.plan, levels, events)
            happened = {"hurt": hurt, "mended": mended, "pending": history.pending, "after_break": events.after_break}
            happened |= {mark: found.ceiling.capped == cap for mark, cap in CAPS.items()}
            self.marks += [(mark, place[where & history.rows]) for mark, where in happened.items()]

    # sentences: what is said is packed into one number a row
    def _figures(self, found: Found) -> Floats:
        """What there is to say of the indicator that each cell's reason names (`packing.OBSERVED` and on)."""
        named = found.stances.indicator
        told = np.full((5, named.size), np.nan)
        told[packing.UNDER] = told[packing.AGO] = 0
        for place, cells in packing.cells_naming(named, len(self.plan.indicators)):
            signal, at = self._signal(found, place), packing.spoke_at(found.excess[place], cells)
            figures = self._observed(found, signal), self._usual(found, signal), self._which(signal)
            told[packing.AGO, cells] = (cells - at) // named.shape[1]
            for out, figure in zip(told, figures, strict=False):
                if isinstance(figure, np.ndarray):
                    out[cells] = figure.reshape(-1)[at]
            told[packing.UNDER, cells] = self._context(found, place, np.unravel_index(at, named.shape))
        return told.reshape(5, *named.shape)

    def _context(self, found: Found, place: int, spoken: tuple[NDArray[np.intp], ...]) -> NDArray[np.int64]:
        """Under what an answer is to be read (a place of `sentences.CONTEXTS`), by the cells in which it was given."""
        settles = found.settles[spoken] if place in self.plan.heat else np.zeros(len(spoken[0]), np.bool_)
        of_life = place in self.plan.of_life and found.history.has("between_from")
        life = found.history["between_from"][spoken] == 0 if of_life else np.zeros(len(spoken[0]), np.bool_)
        early = np.zeros(len(spoken[0]), np.bool_)
        if self.plan.personal[place]:  # by the answers to this very question, where it is one
            stream = self._signal(found, place).stream
            before = found.usual.answers(stream) if stream else found.history.attended_before
            early = before[spoken] < OWN_LEVEL
        put_down = AFTER_LIFE if self.plan.indicators[place].heat else OF_LIFE  # of the session's own heat the client was not asked that
        return np.where(settles, SETTLING, np.where(life, put_down, np.where(early, NOT_OWN, 0)))

    def _signal(self, found: Found, place: int) -> Signal:
        signals, indicator = found.signals[self.plan.risk_of[place]], self.plan.indicators[place]
        signal: Signal = signals[indicator.name]
        return signal if signal.names else signal._replace(names=indicator.named)

    def _observed(self, found: Found, signal: Signal) -> Floats | float:
        """What a person is told was observed, as a grid, in the column's own unit; NaN where an indicator has no figure."""
        if signal.stream:
            return found.history[signal.stream]
        return np.nan if signal.observed is None else signal.observed

    def _usual(self, found: Found, signal: Signal) -> Floats | float:
        """And what is usual."""
        if signal.stream:
            return found.usual.own_unit(signal.stream, found.usual.expected(signal.stream))
        return np.nan if signal.usual is None else signal.usual

    def _which(self, signal: Signal) -> Floats | float:
        """And which of `names` it has."""
        if signal.which is None or not signal.names:
            return np.nan
        return np.array([self._name(name) for name in signal.names], np.float64)[signal.which]

    def _reasons(self) -> pa.Array[Any]:
        """The whole sentence of each row, joined from its parts."""
        names = tuple(self.names)
        why = self.why[:-1], partial(why_text, self.plan, names), said(self.plan, names)
        ends = self.why_ends[:-1], end_text, said(self.plan, "ends")
        if self.spelled:
            parts = zip(_said_each(*why), _said_each(*ends), strict=True)
            return pa.array([f"{first}{last}" for first, last in parts], pa.string())
        (first, begins), (last, finishes) = _told_apart(*why), _told_apart(*ends)
        pairs = pa.array(first.to_numpy() * len(finishes) + last.to_numpy()).dictionary_encode()
        begin, finish = (pa.array(part, pa.int64()) for part in np.divmod(pairs.dictionary.to_numpy(), len(finishes)))
        beginnings, endings = pa.array(begins, pa.string()).take(begin), pa.array(finishes, pa.string()).take(finish)
        # each once: figures that differ may be told alike, and no two categories may be
        joined: Any = pc.binary_join_element_wise(beginnings, endings, "")  # type: ignore[call-overload]
        texts = joined.dictionary_encode()
        return pa.DictionaryArray.from_arrays(texts.indices.take(pairs.indices), texts.dictionary)

    def told(self, found: Found, place: int, steps: NDArray[np.intp], clients: NDArray[np.intp]) -> Told:
        """What an indicator says in these cells: the figures of the row in which it spoke last, and the usual band."""
        at, signal = found.spoke_at(place, steps, clients), self._signal(found, place)
        observed, usual, which = self._observed(found, signal), self._usual(found, signal), self._which(signal)
        low: Floats | float = np.nan
        high: Floats | float = np.nan
        if signal.stream:
            low, high = (found.usual.own_unit(signal.stream, end) for end in found.usual.band(signal.stream))
        figures = observed, usual, low, high, which
        return Told(*(np.broadcast_to(figure, found.history.shape)[at, clients] for figure in figures))

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
            contexts = self._context(found, int(place), (found.spoke_at(int(place), steps, clients), clients))
            yield {
                "row": found.history.place[steps, clients],
                "risk": risk.name, "indicator": indicator.name, "fact": indicator.fact, "source": indicator.source,
                "strength": np.clip(found.strength(int(place), steps, clients), 0, 1),
                "observed": told.observed, "usual": told.usual, "low": told.low, "high": told.high,
                "since": _since(found, int(place))[steps, clients],
                "observed_in": found.history.session[found.spoke_at(int(place), steps, clients), clients],
                "says": [
                    sentence(self.plan, int(place), o, u, n, int(context))
                    for o, u, n, context in zip(told.observed, told.usual, names, contexts, strict=True)
                ],
                "clears": indicator.clears,
            }  # fmt: skip

    # tables
    def _keys(self, *, spelled: bool = True) -> dict[str, pa.Array[Any]]:
        clients = self.clients
        counts = np.diff(clients.offsets)
        time = time_of(clients.names) or "date"
        when = clients.flat(time) if time in clients.names else pa.nulls(clients.rows, pa.date32())
        ids: pa.Array[Any]
        if self.spelled:  # for a few rows asking Arrow to repeat them takes longer than writing them down
            ids = pa.array(
                [name for name, rows in zip(clients.ids.to_pylist(), counts.tolist(), strict=True) for _ in range(rows)], pa.string()
            )
        else:
            owner: NDArray[np.int32] = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
            ids = clients.ids.take(owner) if spelled else pa.DictionaryArray.from_arrays(owner, clients.ids)
        return {"client_id": ids, "session": _whole(self.session[:-1]), time: when}

    def readings(self) -> pa.Table:
        """The reading table (records.reading_schema), one row for each input row; texts as categories (`spelled`)."""
        rows, keys = self.clients.rows, self._keys(spelled=self.spelled)
        levels, scores, since = self.level[:, :-1].reshape(-1), self.score[:, :-1].reshape(-1), self.since[:, :-1].reshape(-1)
        together = _words(levels, LEVELS, spelled=self.spelled), _numbers(scores), _whole(since)
        arrays = [*keys.values()]
        for place, evidence in enumerate(self._evidence()):
            arrays += [*(array.slice(place * rows, rows) for array in together), evidence]
        arrays += [
            _words(self.stance[:-1], STANCES, spelled=self.spelled), self._reasons(), pa.array(self.judged[:-1]),
            _numbers(self.highest[:-1]), _numbers(self.confidence[:-1]), pa.nulls(rows, pa.float64()),
            _words(self.safety[:-1], SAFETY_STATES, spelled=self.spelled),
        ]  # fmt: skip
        names = _reading_schema(tuple(risk.name for risk in self.plan.risks), "day" if "day" in keys else "date").names
        return pa.Table.from_arrays(arrays, names)

    def _evidence(self) -> list[pa.Array[Any]]:
        """The names of what stands as evidence, risk by risk."""
        rows, told = self.clients.rows, []
        for place in range(len(self.plan.risks)):
            told.append((self.evidence[place, :-1], partial(evidence_text, self.plan, place), said(self.plan, place)))
        if not self.spelled:
            return [_categories(*one) for one in told]
        together = pa.array([text for one in told for text in _said_each(*one)], pa.string())
        return [together.slice(place * rows, rows) for place in range(len(told))]

    def detail_table(self) -> pa.Table:
        """One row for each raised indicator, in the order of the readings, strongest first within a row and risk."""
        found = self.details or []
        rows = np.concatenate([d["row"] for d in found]) if found else np.empty(0, np.int64)
        keys = self._keys_of(rows)
        texts = {
            n: [x for d in found for x in (d[n] if isinstance(d[n], list) else [d[n]] * len(d["row"]))]
            for n in ("risk", "indicator", "fact", "source", "says", "clears")
        }
        figures = {
            n: _numbers(np.concatenate([d[n] for d in found]) if found else rows.astype(float))
            for n in ("strength", "observed", "usual", "low", "high")
        }
        since, observed_in = (
            _whole(np.concatenate([d[name] for d in found]) if found else rows.astype(float)) for name in ("since", "observed_in")
        )
        table = pa.table({
            **keys, **{n: pa.array(texts[n], pa.string()) for n in ("risk", "indicator", "fact", "source")}, **figures,
            "since": since, "observed_in": observed_in, **{n: pa.array(texts[n], pa.string()) for n in ("says", "clears")},
        })  # fmt: skip
        risk_place = {risk.name: n for n, risk in enumerate(self.plan.risks)}
        ranks = np.array([risk_place[name] for name in texts["risk"]], np.int64)
        order = np.lexsort((-table["strength"].to_numpy(), ranks, rows)) if len(rows) else rows
        return table.take(order)

    def mark_table(self) -> pa.Table:
        """One row for each thing that happened and is drawn under a chart: trust hurt or mended, a session still ahead."""
        rows = np.concatenate([where for _, where in self.marks]) if self.marks else np.empty(0, np.int64)
        named = np.repeat([mark for mark, _ in self.marks], [len(where) for _, where in self.marks])
        order = np.argsort(rows, kind="stable")
        return pa.table({**self._keys_of(rows[order]), "mark": pa.array(named[order].tolist(), pa.string())})

    def _keys_of(self, rows: NDArray[np.int64]) -> dict[str, pa.Array[Any]]:
        """The keys of these rows, and the place of each among its client's rows (from 1), which no two rows share."""
        first = np.repeat(self.clients.offsets[:-1], np.diff(self.clients.offsets))
        return {**{name: array.take(rows) for name, array in self._keys().items()}, "row": pa.array(rows - first[rows] + 1)}

    def band_table(self) -> pa.Table:
        """The client's usual band at every session, for the drawn columns."""
        keys, parts = self._keys_of(np.arange(self.clients.rows)), []
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


@dataclass(frozen=True)
class Told:
    """The figures of some cells of one indicator; `which` points into the tables' names (NaN: none)."""

    observed: Floats
    usual: Floats
    low: Floats
    high: Floats
    which: Floats


_reading_schema = lru_cache(maxsize=8)(reading_schema)


def _since(found: Found, place: int) -> Floats:
    """The session from which an indicator has stood as evidence without a break."""
    speaks = found.levels.shown[place]
    begins = speaks & ~np.concatenate((np.zeros_like(speaks[:1]), speaks[:-1]))
    return latest(found.history.session, begins)


def _numbers(values: Floats) -> pa.Array[Any]:
    return pa.array(values, pa.float64(), from_pandas=True)


def _whole(values: Floats) -> pa.Array[Any]:
    return _numbers(values).cast(pa.int64())


def _words(codes: NDArray[np.int8], words: tuple[str, ...], *, spelled: bool) -> pa.Array[Any]:
    if spelled:
        return pa.array([words[code] for code in codes.tolist()], pa.string())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))


_NOT_YET = "?"  # no text that is said


def _said_each(keys: NDArray[np.int64], say: Callable[[int], str | None], kept: dict[int, str | None]) -> list[str | None]:
    """Each key's text, made once and `kept`."""
    if len(kept) > KEPT:
        kept.clear()
    return [kept.setdefault(key, say(key)) if (text := kept.get(key, _NOT_YET)) is _NOT_YET else text for key in keys.tolist()]


def _categories(keys: NDArray[np.int64], say: Callable[[int], str | None], kept: dict[int, str | None]) -> pa.Array[Any]:
    """The same for many keys: each different text once."""
    index, words = _told_apart(keys, say, kept)
    return pa.DictionaryArray.from_arrays(index, pa.array(words, pa.string()))


def _told_apart(
    keys: NDArray[np.int64], say: Callable[[int], str | None], kept: dict[int, str | None]
) -> tuple[pa.Array[Any], list[str | None]]:
    """Each key's place among the different texts (null where a key of zero says nothing), and those texts."""
    if say(0) is not None:
        found: Any = pa.array(keys).dictionary_encode()
        return found.indices, _said_each(found.dictionary.to_numpy(), say, kept)
    told = np.flatnonzero(keys)  # mostly there is nothing to say
    found = pa.array(keys[told]).dictionary_encode()
    index = np.zeros(len(keys), np.int32)
    index[told] = found.indices
    return pa.array(index, mask=keys == 0), _said_each(found.dictionary.to_numpy(), say, kept)


def spelled(readings: pa.Table) -> pa.Table:
    """A reading table with its categories written out, in the types of the contract."""
    risks = tuple(name.removesuffix("_level") for name in readings.schema.names if name.endswith("_level"))
    wanted = _reading_schema(risks, "day" if "day" in readings.schema.names else "date")
    return readings if readings.schema.equals(wanted) else readings.cast(wanted)
