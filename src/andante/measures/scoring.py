"""Answers to items become scores: reversed items turned, missing ones handled by the instrument's own rule.

Stands in `measures/` above instrument: a grid of answers (persons, items in the instrument's order), NaN where an item was
not answered, comes in; totals and subscales, bands, diagnoses and safety items go out. Nothing is read from files here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError
from andante.measures.instrument import Instrument, Score

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """Scores by column name, one entry per person; NaN where too many answers are missing.

    `filled` counts the items that were filled in, `lacking` those of the whole instrument that were not answered.
    `met` holds each diagnosis's rule (1, 0, -1 cannot be said), `safety` whether a safety item is positive (likewise).
    """

    instrument: Instrument
    scores: Mapping[str, Array]
    filled: Mapping[str, NDArray[np.intp]]
    lacking: NDArray[np.intp]
    met: Mapping[str, NDArray[np.int8]]
    safety: NDArray[np.int8]

    def table(self) -> pa.Table:
        """Columns: each score, the band of the total, rules of diagnosis, `safety`, `missing_items`, `filled_items`."""
        columns: dict[str, Any] = {name: pa.array(values, from_pandas=True) for name, values in self.scores.items()}
        total = self.instrument.total
        if total.bands:
            columns[f"{total.column}_band"] = pa.array(find_bands(total, self.scores[total.column]), pa.string())
        for name, met in self.met.items():
            columns[f"{self.instrument.id}_{name}"] = pa.array(met > 0, mask=met < 0)
        if self.instrument.safety:
            columns["safety"] = pa.array(self.safety > 0, mask=self.safety < 0)
        columns["missing_items"] = self.lacking
        columns["filled_items"] = self.filled[total.column]
        return pa.table(columns)


def score_answers(instrument: Instrument, answers: ArrayLike) -> Scored:
    """Score answers (persons, items); each must be one the instrument allows. Raises UsageError otherwise."""
    grid = np.asarray(answers, dtype=np.float64)
    if grid.ndim != 2 or grid.shape[1] != len(instrument.items):
        raise UsageError(f"{instrument.title} has {len(instrument.items)} items; the answers have the shape {grid.shape}.")
    bad = find_bad(instrument, grid)
    if len(bad[0]):
        person, item = int(bad[0][0]), int(bad[1][0])
        raise UsageError(
            f"{len(bad[0])} answers are not allowed in {instrument.title}; the first: row {person + 1}, item {instrument.items[item].id}, "
            f"{grid[person, item]:g}. Allowed: {allowed_in_words(instrument)}."
        )
    keyed = key_answers(instrument, grid)
    place = {item.id: k for k, item in enumerate(instrument.items)}
    scores: dict[str, Array] = {}
    filled: dict[str, NDArray[np.intp]] = {}
    for score in instrument.scores:
        columns = [place[item] for item in score.items]
        scores[score.column], filled[score.column] = add_up(keyed[:, columns], score.most_missing, how=score.how, times=score.times)
    met: dict[str, NDArray[np.int8]] = {}
    for diagnosis in reversed(instrument.diagnoses):  # a later one may rule an earlier one out
        met[diagnosis["id"]] = _judge(diagnosis, grid, place, met)
    return Scored(instrument, scores, filled, np.isnan(grid).sum(axis=1), dict(reversed(met.items())), _safety(instrument, grid, place))


def find_bad(instrument: Instrument, grid: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places (persons, items) of answers that the instrument does not allow."""
    known = ~np.isnan(grid)
    if instrument.answers:
        fine = np.isin(grid, [answer.value for answer in instrument.answers])
    else:
        fine = (grid >= instrument.span[0]) & (grid <= instrument.span[1])
    found = np.nonzero(known & ~fine)
    return found[0], found[1]


def allowed_in_words(instrument: Instrument) -> str:
    """ "0, 1, 2, 3", or "any number from 0 to 10"."""
    if instrument.answers:
        return ", ".join(f"{value:g}" for value in sorted(answer.value for answer in instrument.answers))
    return f"any number from {instrument.span[0]:g} to {instrument.span[1]:g}"


def key_answers(instrument: Instrument, grid: Array) -> Array:
    """Answers with items of the other direction turned round, so that all of them count the same way."""
    reverse = np.array([item.reverse for item in instrument.items])
    return np.where(reverse, instrument.span[0] + instrument.span[1] - grid, grid)


def add_up(items: Array, most_missing: int, *, how: str = "sum", times: float = 1.0) -> tuple[Array, NDArray[np.intp]]:
    """Sum (or mean) of items, missing ones filled with the person's own mean of the others where no more than `most_missing` lack.

    Returns the scores, NaN where too many (or all) are missing, and how many items were filled in for each person.
    """
    there = ~np.isnan(items)
    count, width = there.sum(axis=1), items.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, items, 0.0).sum(axis=1) / count
    enough = (width - count <= most_missing) & (count > 0)
    whole = mean if how == "mean" else np.where(count == width, np.where(there, items, 0.0).sum(axis=1), mean * width)
    return np.where(enough, whole * times, np.nan), np.where(enough, width - count, 0)


def allowed_missing(share: float, items: int, *, replicate: str | None = None) -> int:
    """How many of the items may be missing for a share. `replicate="CECPfuns"` rounds to one decimal first: .14 of 7 is 1 there, 0 here."""
    if not 0 <= share <= 1:
        raise UsageError(f"The share of missing items is {share:g}; it lies between 0 and 1.")
    return int(np.floor(round(share * items, 1) if replicate == "CECPfuns" else share * items + 1e-9))


def find_bands(score: Score, values: Array) -> list[str | None]:
    """The severity band of each score; None where the score is not known or the instrument has no bands."""
    if not score.bands:
        return [None] * len(values)
    starts = np.array([start for start, _ in score.bands])
    place = np.searchsorted(starts, values, side="right") - 1
    return [None if np.isnan(v) or p < 0 else score.bands[p][1] for v, p in zip(values, place, strict=True)]


def _judge(diagnosis: Mapping[str, Any], grid: Array, place: Mapping[str, int], met: Mapping[str, NDArray[np.int8]]) -> NDArray[np.int8]:
    """A rule "at least one of each cluster at or above": 1 met, 0 not, -1 where missing answers leave it open."""
    state = np.ones(len(grid), dtype=np.int8)
    for cluster in diagnosis["each_of"]:
        answers = grid[:, [place[item] for item in cluster]]
        here = (answers >= diagnosis["at_least"]).any(axis=1)
        open_ = ~here & np.isnan(answers).any(axis=1)
        state = np.where(here, state, np.where(open_ & (state != 0), -1, 0)).astype(np.int8)
    other = diagnosis.get("unless")
    if other is not None:
        state = np.where(state == 1, np.where(met[other] == 1, 0, np.where(met[other] < 0, -1, 1)), state).astype(np.int8)
    return state


def _safety(instrument: Instrument, grid: Array, place: Mapping[str, int]) -> NDArray[np.int8]:
    """Whether any safety item is positive: at once, outside all statistics; -1 where none is and one was not answered."""
    state = np.zeros(len(grid), dtype=np.int8)
    for rule in instrument.safety:
        answer = grid[:, place[rule["item"]]]
        state = np.where(answer >= rule["at_least"], 1, np.where(np.isnan(answer) & (state == 0), -1, state)).astype(np.int8)
    return state
