"""Change by a growth model: each client's slope over all scores, not only the first and the last (method HLM).

Stands in `measures/` beside change, above growth: long data in, a `Change` out. The model is score ~ time with a random
intercept and slope (REML); the index is a client's slope over its conditional SD. As in the R package clinicalsignificance
that slope is the *deviation* from the average slope: where all improve, about half are "deteriorated". `absolute=True`
adds the average slope, and so asks whether the client changed at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from andante.errors import UsageError
from andante.measures.change import Change, check_significance, describe_pairs, direction_of, finish_change
from andante.measures.growth import Growth, fit_growth
from andante.measures.pairs import Pairs, factorize, group_codes
from andante.measures.significance import Population
from andante.words import LOWER_BETTER

FEWEST = 3  # scores a client must have, as clinicalsignificance asks for HLM (documentation of `cs_distribution`)


def assess_slopes(
    ids: ArrayLike,
    times: ArrayLike,
    scores: ArrayLike,
    *,
    group: ArrayLike | None = None,
    groups: tuple[str, ...] | None = None,
    better: str = LOWER_BETTER,
    significance: float = 0.05,
    functional: Population | None = None,
    cutoff: str | None = None,
    absolute: bool = False,
    replicate: str | None = None,
) -> Change:
    """Change of each client with three or more scores; the others are left out.

    `pre` and `post` are the first and last score in time; `replicate="clinicalsignificance"` takes them in the order of
    the rows, as that package does. Raises UsageError where times are not numbers or the model cannot be fitted.
    """
    check_significance(significance)
    when = np.asarray(times)
    if when.dtype.kind not in "iuf":
        raise UsageError("The growth model needs times that are numbers: sessions, weeks or days.")
    time, score = when.astype(np.float64), np.asarray(scores, np.float64)
    known = ~np.isnan(time) & ~np.isnan(score)
    who = factorize(ids)
    enough = np.bincount(who.codes[known], minlength=len(who.values)) >= FEWEST
    rows = np.flatnonzero(known & enough[who.codes])
    if not len(rows):
        raise UsageError(f"No client has {FEWEST} scores: the growth model needs that many of each.")
    if replicate != "clinicalsignificance":
        rows = rows[np.lexsort((time[rows], who.codes[rows]))]
    place = np.cumsum(enough) - 1
    client = place[who.codes[rows]]
    model = fit_growth(client, time[rows], score[rows])
    codes, labels = group_codes(group, groups)
    first, last = np.zeros(model.clients, np.intp), np.zeros(model.clients, np.intp)
    first[client[::-1]], last[client] = rows[::-1], rows
    pairs = Pairs(who.values[enough], score[first], score[last], None if codes is None else codes[first], labels)
    slope = model.slopes + (model.beta[1, 0] if absolute else 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = slope / model.slopes_sd
    critical, sign = float(ndtri(1 - significance / 2)), direction_of(better)
    extra = {"slopes": slope, "slopes_sd": model.slopes_sd, "scores": np.bincount(client), "model": model}
    return finish_change(
        pairs, "reliable", "HLM", better, index, sign * index > critical, sign * index < -critical, describe_pairs(pairs), critical,
        _figures(model), functional=functional, cutoff=cutoff, replicate=replicate, extra=extra,
    )  # fmt: skip


def _figures(model: Growth) -> dict[str, float]:
    return {
        "intercept": float(model.beta[0, 0]),
        "slope": float(model.beta[1, 0]),
        "intercept_variance": float(model.spread[0, 0]),
        "slope_variance": float(model.spread[1, 1]),
        "covariance": float(model.spread[0, 1]),
        "residual_variance": model.residual,
        "log_likelihood": model.log_likelihood,
    }
