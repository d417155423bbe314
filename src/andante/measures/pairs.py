"""Two scores of each client, before and after, from a wide or a long table.

Stands in `measures/` before change: ids, times and scores come in as arrays; `Pairs` goes out, one entry per client,
sorted by id (as numbers where every id reads as one, else by bytes), NaN where a score is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError
from andante.records import showable

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
SHOWN = 5
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Pairs:
    """Scores before and after. `group` holds each client's index into `groups` (-1: none given)."""

    ids: NDArray[Any]
    pre: Array
    post: Array
    group: Codes | None = None
    groups: tuple[str, ...] = ()

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Who has both scores."""
        return np.asarray(~np.isnan(self.pre) & ~np.isnan(self.post))

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[Any]) -> Pairs:
        """The clients at these places, in this order."""
        group = None if self.group is None else self.group[rows]
        return Pairs(self.ids[rows], self.pre[rows], self.post[rows], group, self.groups)


class Factor(NamedTuple):
    """Values as indices into their sorted distinct values."""

    codes: Codes
    values: NDArray[Any]


def factorize(values: ArrayLike | pa.Array[Any] | pa.ChunkedArray[Any]) -> Factor:
    """Distinct values in order: numbers by size, dates by time, texts that all read as numbers by size, other texts by bytes.

    Raises UsageError where one is missing.
    """
    array = values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else np.asarray(values)
    if array.dtype.kind in "iufbM":
        if array.dtype.kind in "fM" and (missing := int(np.sum(array != array))):
            raise UsageError(f"{missing} rows have no id or no time. To mend it: leave them out.")
        if np.all(array[1:] >= array[:-1]):  # sorted already, as most files are
            starts = np.concatenate([np.ones(min(len(array), 1), bool), array[1:] != array[:-1]])
            return Factor(np.cumsum(starts) - 1, array[starts])
        distinct, codes = np.unique(array, return_inverse=True)
        return Factor(codes.astype(np.intp), distinct)
    texts = pa.array(array, pa.string())
    if texts.null_count:
        raise UsageError(f"{texts.null_count} rows have no id. To mend it: give each the id of its client, or leave them out.")
    return _sorted_texts(texts, array) or _any_texts(texts)


def _sorted_texts(texts: pa.Array[Any], array: NDArray[Any]) -> Factor | None:
    """The same for texts whose rows are sorted by bytes already; None where they are not, or may be numbers."""
    if not len(texts) or _numeric(texts[0].as_py()):
        return None
    new = np.concatenate([[True], pc.not_equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)])
    firsts = texts.filter(pa.array(new))
    if not pc.all(pc.less(firsts[:-1], firsts[1:])).as_py():
        return None
    return Factor(np.cumsum(new) - 1, array[new])


def _any_texts(texts: pa.Array[Any]) -> Factor:
    encoded = texts.dictionary_encode()
    order = order_texts(encoded.dictionary)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return Factor(rank[encoded.indices.to_numpy()], encoded.dictionary.to_numpy(zero_copy_only=False)[order])


def order_texts(texts: pa.Array[Any]) -> Codes:
    """The sorting order of distinct texts: by size where all read as numbers (ties by bytes), else by bytes."""
    try:
        sizes = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return pc.sort_indices(texts).to_numpy().astype(np.intp)
    table = pa.table({"size": sizes, "text": texts})
    keys: Any = [("size", "ascending"), ("text", "ascending")]
    return pc.sort_indices(table, sort_keys=keys).to_numpy().astype(np.intp)


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def check_replicate(replicate: str | None) -> None:
    """UsageError for a package whose answers on change cannot be had."""
    if replicate not in (None, "clinicalsignificance"):
        raise UsageError(f"Cannot replicate {replicate!r}: for change that can be 'clinicalsignificance'.")


def pair_columns(
    ids: ArrayLike, pre: ArrayLike, post: ArrayLike, *, group: ArrayLike | None = None, groups: Sequence[str] | None = None
) -> Pairs:
    """Pairs from two columns, one row a client. Raises UsageError where an id is repeated."""
    found = factorize(ids)
    order = np.argsort(found.codes, kind="stable")
    if len(found.values) != len(found.codes):
        raise UsageError(_repeated(found, np.bincount(found.codes), "a wide table has one row for each client"))
    codes, labels = group_codes(group, groups)
    return Pairs(
        found.values,
        np.asarray(pre, np.float64)[order],
        np.asarray(post, np.float64)[order],
        None if codes is None else codes[order],
        labels,
    )


def pair_rows(
    ids: ArrayLike,
    times: ArrayLike,
    scores: ArrayLike,
    *,
    pre: object = None,
    post: object = None,
    group: ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    replicate: str | None = None,
) -> Pairs:
    """Pairs from a long table: the scores at the times `pre` and `post`.

    Both may be left out where there are just two times that are numbers or dates: the earlier is `pre`. Raises UsageError
    where a client has two rows at one time or changes group. `replicate="clinicalsignificance"` keeps three traps of
    that package: numbers are taken in ascending order whatever is asked; before and after are swapped for everybody
    where the first client has no row at `pre`; a client who changes group is dropped, and so is one with a row at neither.
    """
    check_replicate(replicate)
    who, when = factorize(ids), np.asarray(times)
    score = np.asarray(scores, np.float64)
    before, after = _choose_times(when, pre, post, replicate)
    codes, labels = group_codes(group, groups)
    rows_before, rows_after = np.flatnonzero(when == before), np.flatnonzero(when == after)
    if replicate == "clinicalsignificance":
        numeric = when.dtype.kind in "iuf"
        first = min(np.min(who.codes[rows], initial=len(who.values)) for rows in (rows_before, rows_after))
        lacks = not np.any(who.codes[rows_before] == first)
        if (numeric and before > after and np.any(who.codes[rows_after] == first)) or lacks:
            rows_before, rows_after = rows_after, rows_before
    changed = _changed_group(who, codes, np.concatenate([rows_before, rows_after]))
    if len(changed) and replicate != "clinicalsignificance":
        shown = ", ".join(str(i) for i in who.values[changed[:SHOWN]])
        raise UsageError(
            f"{len(changed)} clients change group between their rows ({shown}): a group must be the same in all rows of a client."
        )
    values = [_place(who, rows, score, name) for rows, name in ((rows_before, before), (rows_after, after))]
    seen = np.zeros(len(who.values), bool)
    seen[who.codes[rows_before]] = seen[who.codes[rows_after]] = True
    for one in values:
        one[changed] = np.nan
    one_group = None if codes is None else _first(who, codes)
    found = Pairs(who.values, values[0], values[1], one_group, labels)
    return found.take(np.flatnonzero(seen)) if replicate == "clinicalsignificance" else found


def _choose_times(when: NDArray[Any], pre: object, post: object, replicate: str | None) -> tuple[Any, Any]:
    """The two times, given or found; texts sort by alphabet only when that package is replicated."""
    if (pre is None) != (post is None):
        raise UsageError("Give both the time before and the time after, or neither.")
    if pre is not None:
        for name, value in (("before", pre), ("after", post)):
            if not np.any(when == value):
                distinct = np.unique(when[~_missing(when)])
                shown = ", ".join(showable(t) for t in distinct[:SHOWN]) + (" ..." if len(distinct) > SHOWN else "")
                raise UsageError(f"No row has the time {name}, {value!r}; the times are {shown}.")
        if pre == post:
            raise UsageError(f"The time before and the time after are both {pre!r}: name two.")
        return pre, post
    distinct = np.unique(when[~_missing(when)])
    if len(distinct) != 2:
        raise UsageError(f"There are {len(distinct)} times: say which is before and which after.")
    if when.dtype.kind not in "iufM" and replicate != "clinicalsignificance":
        raise UsageError(f"The times are words ({showable(distinct[0])}, {showable(distinct[1])}): say which is before and which after.")
    return distinct[0], distinct[1]


def _missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    return np.array([value is None for value in values], bool) if values.dtype.kind == "O" else np.zeros(len(values), bool)


def group_codes(group: ArrayLike | None, groups: Sequence[str] | None) -> tuple[Codes | None, tuple[str, ...]]:
    """Each row's index into the groups, in their order or the one given; an empty group is one of its own, "not known"."""
    if group is None:
        return None, ()
    values = np.asarray(group)
    texts = values.astype(str)
    if values.dtype.kind in "Of":
        empty = np.array([value is None or value != value for value in values], bool)
        texts = np.where(empty, NOT_KNOWN, texts) if empty.any() else texts
    found = factorize(texts)
    labels = [str(v) for v in found.values]
    if groups is None:
        return found.codes, tuple(labels)
    unknown = set(labels) - set(groups)
    if unknown:
        raise UsageError(f"Groups {sorted(unknown)} are in the table and not in the order given.")
    place = np.array([list(groups).index(label) for label in labels], dtype=np.intp)
    return place[found.codes], tuple(groups)


def _place(who: Factor, rows: Codes, score: Array, name: object) -> Array:
    codes = who.codes[rows]
    counts = np.bincount(codes, minlength=len(who.values))
    if np.any(counts > 1):
        raise UsageError(
            _repeated(
                who,
                counts,
                f"a client may have one row at the time {name:g}"
                if isinstance(name, float)
                else f"a client may have one row at the time {name}",
            )
        )
    out = np.full(len(who.values), np.nan)
    out[codes] = score[rows]
    return out


def _first(who: Factor, codes: Codes) -> Codes:
    out = np.zeros(len(who.values), dtype=np.intp)
    out[who.codes[::-1]] = codes[::-1]
    return out


def _changed_group(who: Factor, codes: Codes | None, rows: Codes) -> Codes:
    if codes is None:
        return np.zeros(0, dtype=np.intp)
    first = _first(who, codes)
    return np.unique(who.codes[rows][codes[rows] != first[who.codes[rows]]])


def _repeated(who: Factor, counts: Codes, rule: str) -> str:
    twice = who.values[np.flatnonzero(counts > 1)]
    shown = ", ".join(str(i) for i in twice[:SHOWN])
    more = f" and {len(twice) - SHOWN} more" if len(twice) > SHOWN else ""
    return f"{len(twice)} ids are repeated ({shown}{more}): {rule}."


def pair_first_last(
    ids: ArrayLike, times: ArrayLike, scores: ArrayLike, *, group: ArrayLike | None = None, groups: Sequence[str] | None = None
) -> Pairs:
    """Pairs of each client's first and last known score in time; a client with one score has no last."""
    who, when, score = factorize(ids), np.asarray(times), np.asarray(scores, np.float64)
    codes, labels = group_codes(group, groups)
    known = np.flatnonzero(~np.isnan(score) & ~_missing(when))
    rank = factorize(when[known]).codes
    order = known[np.lexsort((rank, who.codes[known]))]
    client = who.codes[order]
    same = (client[1:] == client[:-1]) & (when[order][1:] == when[order][:-1])
    if np.any(same):
        raise UsageError(
            _repeated(who, np.bincount(client[1:][same], minlength=len(who.values)) + 1, "a client may have one score at a time")
        )
    pre, post = np.full(len(who.values), np.nan), np.full(len(who.values), np.nan)
    count = np.bincount(client, minlength=len(who.values))
    pre[client[::-1]] = score[order][::-1]
    post[client] = score[order]
    post[count < 2] = np.nan
    return Pairs(who.values, pre, post, None if codes is None else _first(who, codes), labels)


def spread_rows(
    ids: ArrayLike, times: ArrayLike, scores: ArrayLike, words: NDArray[Any] | None = None
) -> tuple[list[str], list[str], Array]:
    """A long table as a grid: ids, one label per time (its first spelling in `words`, where given), scores (clients, times).

    Times are columns in order; a client without a row at a time has no score there. Raises UsageError where a client has
    two rows at one time, or a row has no time.
    """
    who, when = factorize(ids), np.asarray(times)
    lacking = int(_missing(when).sum())
    if lacking:
        raise UsageError(f"{lacking} rows have no time. To mend it: give each its time, or leave them out.")
    moments = factorize(when)
    counts = np.bincount(who.codes * len(moments.values) + moments.codes, minlength=len(who.values) * len(moments.values))
    twice = np.bincount(np.flatnonzero(counts > 1) // max(len(moments.values), 1), minlength=len(who.values)) + 1
    if np.any(counts > 1):
        raise UsageError(_repeated(who, twice, "a client may have one row at a time"))
    grid = np.full((len(who.values), len(moments.values)), np.nan)
    grid[who.codes, moments.codes] = np.asarray(scores, np.float64)
    labels = [str(value) for value in moments.values]
    if words is not None:
        first = np.zeros(len(labels), dtype=np.intp)
        first[moments.codes[::-1]] = np.arange(len(when))[::-1]
        labels = [str(words[row]) for row in first]
    return [str(i) for i in who.values], labels, grid


def line_up_rows(ids: ArrayLike, times: ArrayLike, scores: ArrayLike) -> tuple[list[str], list[str], Array, int]:
    """A long table as a grid of each client's own sessions, one after another in time: the first row of a client is session 1.

    For times that clients do not share (dates, days since the start). Rows of a client at one time keep the order of the
    table; how many follow another at the same time is returned last. Raises UsageError where a row has no time.
    """
    who, when = factorize(ids), np.asarray(times)
    lacking = int(_missing(when).sum())
    if lacking:
        raise UsageError(f"{lacking} rows have no time. To mend it: give each its time, or leave them out.")
    rank = factorize(when).codes
    order = np.lexsort((rank, who.codes))
    client, time = who.codes[order], rank[order]
    count = np.bincount(client, minlength=len(who.values))
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    grid = np.full((len(who.values), int(count.max(initial=0))), np.nan)
    grid[client, place] = np.asarray(scores, np.float64)[order]
    twice = int(np.sum((client[1:] == client[:-1]) & (time[1:] == time[:-1])))
    return [str(i) for i in who.values], [str(k + 1) for k in range(grid.shape[1])], grid, twice
