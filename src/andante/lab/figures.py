"""Figures: how well a reading table does on clients whose harms are known.

    figures = judge(readings, cohort.truth)
    print(figures.markdown())

Two questions. What does it cost: on clients who come to no harm, how many sessions show any `watch` or worse, and
any `act`? What does it catch: of the clients with a harm, how many show that harm's level from its first session up
to three later? Shares come with 95 % intervals from resampling whole clients, because sessions of one client are
alike. It uses only the reading table and the truth, never how a reading was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from andante.errors import UsageError
from andante.lab.harms import HARMS
from andante.lab.streams import Array, Flags, Whole
from andante.words import ACT, LEVELS, WATCH

if TYPE_CHECKING:
    from rich.table import Table

LATER = 3  # sessions after onset that still count as caught in time
RESAMPLES = 400
BASE_RATE = 0.10  # share of clients who come to harm, for the precision (5 to 10 % deteriorate: Lambert 2007)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval (percentile bootstrap by client)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} % ({100 * self.low:.1f}-{100 * self.high:.1f})"


@dataclass(frozen=True)
class HarmFigures:
    """One harm: shares of its clients caught in the window, by its own level and by any, and how its score ranks them."""

    harm: str
    clients: int
    act: Share
    watch: Share  # watch or act
    any_act: Share
    any_watch: Share
    auc: float  # its score in the window against all sessions of harmless clients
    auc_best: float  # its highest in the window against the highest in a random window of harmless clients
    precision: float  # of acts of this risk at the base rate of one harm (a tenth of BASE_RATE)


@dataclass(frozen=True)
class Figures:
    """What `judge` found. `harmless_*` are shares of sessions; `precision` is of any act at the base rate."""

    harmless_clients: int
    harmless_watch: Share
    harmless_act: Share
    harms: tuple[HarmFigures, ...]
    precision: float

    @property
    def act(self) -> float:
        return float(np.mean([h.act.value for h in self.harms])) if self.harms else float("nan")

    @property
    def watch(self) -> float:
        return float(np.mean([h.watch.value for h in self.harms])) if self.harms else float("nan")

    @property
    def auc(self) -> float:
        return float(np.mean([h.auc for h in self.harms])) if self.harms else float("nan")

    def rows(self) -> list[tuple[str, ...]]:
        """The table as text: one row a harm, then the mean and the lowest."""
        rows: list[tuple[str, ...]] = [
            (h.harm, str(h.clients), str(h.act), str(h.watch), _percent(h.any_act.value), *_ranks(h.auc, h.auc_best, h.precision))
            for h in self.harms
        ]
        for name, pick in (("mean", np.mean), ("lowest", np.min)) if self.harms else ():
            act, watch, every = (float(pick([getattr(h, k).value for h in self.harms])) for k in ("act", "watch", "any_act"))
            auc, best, precision = (float(pick([getattr(h, k) for h in self.harms])) for k in ("auc", "auc_best", "precision"))
            rows.append((name, "", _percent(act), _percent(watch), _percent(every), *_ranks(auc, best, precision)))
        return rows

    def summary(self) -> str:
        return (
            f"{self.harmless_clients} harmless clients: any watch in {self.harmless_watch} of sessions, any act in {self.harmless_act}; "
            f"precision of an act {100 * self.precision:.0f} % where {100 * BASE_RATE:.0f} % of clients come to harm"
        )

    def table(self) -> Table:
        """The same as a table for the terminal (rich)."""
        from rich.table import Table

        table = Table(title=self.summary(), title_justify="left")
        for number, heading in enumerate(HEADINGS):
            table.add_column(heading, justify="left" if number == 0 else "right")
        for row in self.rows():
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        lines = [self.summary(), "", "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
        return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in self.rows()])


HEADINGS = ("harm", "clients", "act", "watch or act", "any act", "AUC", "AUC of highest", "precision")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _ranks(auc: float, best: float, precision: float) -> tuple[str, str, str]:
    return f"{auc:.3f}", f"{best:.3f}", _percent(precision)


@dataclass(frozen=True)
class _Rows:
    """The reading table as arrays: levels and scores (rows, risks), the client of each row, and who is harmed from which row."""

    level: Whole
    score: Array
    client: Whole
    start: Whole
    size: Whole
    harm: Whole  # by client, -1 for none
    onset: Whole  # row of the onset, by client; -1 where there is none


def judge(readings: pa.Table, truth: pa.Table, *, seed: int = 0) -> Figures:
    """Readings against the truth. `readings` has the reading table's columns, rows of a client in time order.

    Risks that the readings do not have are left out. A client without rows counts as not caught; an empty score
    ranks lowest. Raises UsageError where no risk or no client of the truth is found.
    """
    names = [harm for harm in HARMS if f"{harm}_level" in readings.column_names]
    if not names:
        raise UsageError("the readings have no level of any of the ten risks. To mend it: give the table that `andante read` writes")
    rows = _align(readings, truth, names)
    rng = np.random.default_rng(seed)
    safe: Flags = np.asarray(rows.harm < 0)
    windows = _random_windows(rows, safe, rng)
    best_safe = _highest(rows.score, windows)
    act_safe = _highest((rows.level == ACT).astype(float), windows)
    present = [j for j, name in enumerate(names) if HARMS.index(name) in rows.harm]
    harms = tuple(_one_harm(rows, names, j, best_safe, act_safe, rng) for j in present)
    any_act = np.mean([h.any_act.value for h in harms]) if harms else np.nan
    safe_rows = np.asarray(safe[rows.client])
    highest, client = rows.level.max(axis=1)[safe_rows], rows.client[safe_rows]
    return Figures(
        harmless_clients=int(safe.sum()),
        harmless_watch=_share(highest >= WATCH, client, rng),
        harmless_act=_share(highest == ACT, client, rng),
        harms=harms,
        precision=_precision(float(any_act), float(act_safe.max(axis=1).mean()) if len(act_safe) else np.nan, BASE_RATE),
    )


def _align(readings: pa.Table, truth: pa.Table, names: list[str]) -> _Rows:
    ids: Any = pc.index_in(readings["client_id"].combine_chunks(), truth["client_id"].combine_chunks())
    if ids.null_count == len(ids):
        raise UsageError("no client of the readings is in the truth. To mend it: give the truth of the same cohort")
    known = pc.is_valid(ids)
    readings, client = readings.filter(known), ids.filter(known).to_numpy().astype(np.int64)
    order = np.argsort(client, kind="stable")
    client = client[order]
    codes = [_place(readings[f"{n}_level"], LEVELS) for n in names]
    level = np.maximum(np.array(codes), 0).T[order]
    scores = [np.nan_to_num(readings[f"{n}_score"].to_numpy()) for n in names]
    size = np.bincount(client, minlength=len(truth))
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    harm = _place(truth["harm"], HARMS)
    session = readings["session"].to_numpy()[order]
    first = np.nan_to_num(truth["onset"].to_numpy().astype(np.float64), nan=-1.0)
    begun = session == first[client]
    onset = np.full(len(truth), -1, dtype=np.int64)
    onset[client[begun]] = np.flatnonzero(begun)
    return _Rows(level, np.array(scores).T[order], client, start.astype(np.int64), size.astype(np.int64), harm, onset)


def _place(column: pa.ChunkedArray[Any], words: tuple[str, ...]) -> Whole:
    """The place of each word of a column in `words`, -1 where it is none of them."""
    place: Any = pc.index_in(column.combine_chunks(), pa.array(words))
    return np.nan_to_num(np.asarray(place.to_numpy(zero_copy_only=False), dtype=np.float64), nan=-1.0).astype(np.int64)


def _one_harm(rows: _Rows, names: list[str], j: int, best_safe: Array, act_safe: Array, rng: np.random.Generator) -> HarmFigures:
    who = np.flatnonzero(rows.harm == HARMS.index(names[j]))
    window = _window(rows.onset[who], (rows.start + rows.size)[who])
    level = np.where(window[..., None] >= 0, rows.level[window], 0).max(axis=1)
    score = rows.score[window, j]
    in_window = window >= 0
    safe_scores = rows.score[(rows.harm < 0)[rows.client], j]
    act = level[:, j] == ACT
    return HarmFigures(
        harm=names[j],
        clients=len(who),
        act=_share(act, who, rng),
        watch=_share(level[:, j] >= WATCH, who, rng),
        any_act=_share((level == ACT).any(1), who, rng),
        any_watch=_share((level >= WATCH).any(1), who, rng),
        auc=area_under_curve(score[in_window], safe_scores),
        auc_best=area_under_curve(np.where(in_window, score, 0.0).max(1), best_safe[:, j]),
        precision=_precision(float(act.mean()), float(act_safe[:, j].mean()) if len(act_safe) else np.nan, BASE_RATE / len(HARMS)),
    )


def _window(first: Whole, stop: Whole) -> Whole:
    """Row numbers of the onset and the LATER rows after it, -1 beyond a client's last row."""
    rows = first[:, None] + np.arange(LATER + 1)[None, :]
    return np.where((first[:, None] >= 0) & (rows < stop[:, None]), rows, -1)


def _random_windows(rows: _Rows, safe: Flags, rng: np.random.Generator) -> Whole:
    """One window of the same length for each harmless client, from the fourth row on where there are enough."""
    who = np.flatnonzero(safe & (rows.size > 0))
    latest = np.maximum(rows.size[who] - LATER - 1, 0)
    earliest = np.minimum(3, latest)
    first = earliest + np.floor(rng.random(len(who)) * (latest - earliest + 1)).astype(np.int64)
    return _window(rows.start[who] + first, (rows.start + rows.size)[who])


def _highest(values: Array, windows: Whole) -> Array:
    """Highest of each column of `values` in each window: (windows, columns)."""
    return np.asarray(np.where(windows[..., None] >= 0, values[windows], 0.0).max(axis=1, initial=0.0))


def area_under_curve(ill: Array, well: Array) -> float:
    """Chance that a score of the ill exceeds one of the well, ties counting half (Mann-Whitney). NaN where a side is empty."""
    if not len(ill) or not len(well):
        return float("nan")
    ordered = np.sort(well)
    below, upto = np.searchsorted(ordered, ill, "left"), np.searchsorted(ordered, ill, "right")
    return float((below + upto).mean() / (2 * len(well)))


def _precision(sensitivity: float, false_alarm: float, base_rate: float) -> float:
    """Bayes: of the windows with an alarm, the share in which a harm began."""
    hits, misses = sensitivity * base_rate, false_alarm * (1 - base_rate)
    return hits / (hits + misses) if hits + misses > 0 else float("nan")


def _share(hit: Flags, client: Whole, rng: np.random.Generator) -> Share:
    """Share of true values with a percentile interval from resampling clients."""
    if not len(hit):
        return Share(float("nan"), float("nan"), float("nan"))
    _, place = np.unique(client, return_inverse=True)
    hits, count = np.bincount(place, weights=hit), np.bincount(place)
    weights = rng.multinomial(len(count), np.full(len(count), 1 / len(count)), size=RESAMPLES)
    again = (weights @ hits) / np.maximum(weights @ count, 1)
    low, high = np.percentile(again, [2.5, 97.5])
    return Share(float(hit.mean()), float(low), float(high))
