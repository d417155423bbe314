"""Cut-offs between the dysfunctional and the functional range, and who lies on which side.

Stands in `measures/` between pairs and change. Jacobson & Truax 1991 (10.1037/0022-006X.59.1.12): with M, s of the clinical and of the
functional population, and d = -1 where lower is better, +1 where higher is,

a = M_clinical + 2 d s_clinical;  b = M_functional - 2 d s_functional;  c = (s_clinical M_f + s_f M_clinical) / (s_clinical + s_f)

Hageman & Arrindell 1999 (10.1016/S0005-7967(99)00033-4) use the SDs of true scores, s * sqrt(reliability).
clinicalsignificance takes the clinical SD for b: `replicate="clinicalsignificance"`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from andante.errors import UsageError
from andante.measures.pairs import Pairs

CUTOFFS = ("a", "b", "c")
Marks = NDArray[np.bool_]


class Reference(NamedTuple):
    """Mean and SD before and after, and the correlation of the two."""

    mean_pre: float
    sd_pre: float
    mean_post: float
    sd_post: float
    correlation: float


class Population(NamedTuple):
    """A population's mean and SD on the measure."""

    mean: float
    sd: float


class Cutoff(NamedTuple):
    """The score that divides the ranges. `reliability_*` are set for Hageman & Arrindell's true scores only."""

    value: float
    kind: str
    clinical: Population
    functional: Population | None
    reliability_clinical: float = np.nan
    reliability_functional: float = np.nan


def set_cutoff(
    kind: str,
    reference: Reference,
    functional: Population | None,
    direction: int,
    *,
    true_reliability: float | None = None,
    replicate: str | None = None,
) -> Cutoff:
    """The cut-off a, b or c. The clinical population is the reference before treatment.

    `true_reliability` asks for Hageman & Arrindell's. Raises UsageError for another kind, where a mean or SD that it needs
    is not given or no number, and where the functional SD is no larger than the error of measurement (Hageman & Arrindell).
    """
    clinical = Population(reference.mean_pre, reference.sd_pre)
    _check_populations(kind, clinical, functional, needs_clinical=kind != "b" or replicate is not None)
    reliability, functional_reliability = np.nan, np.nan
    spread = clinical.sd
    functional_spread = np.nan if functional is None else functional.sd
    if true_reliability is not None:
        reliability = true_reliability
        error = clinical.sd**2 * (1 - reliability)
        spread = clinical.sd * np.sqrt(reliability)
        if functional is not None:
            functional_reliability = (functional.sd**2 - error) / functional.sd**2
            if kind == "c" or (kind == "b" and replicate is None):
                _check_true_spread("functional population", functional_reliability, functional.sd, error)
            functional_spread = functional.sd * np.sqrt(max(functional_reliability, 0.0))
    value = clinical.mean + direction * 2 * spread
    if functional is not None and kind == "b":
        value = functional.mean - direction * 2 * (spread if replicate == "clinicalsignificance" else functional_spread)
    elif functional is not None and kind == "c":
        value = (spread * functional.mean + functional_spread * clinical.mean) / (spread + functional_spread)
    return Cutoff(float(value), kind, clinical, functional, reliability, float(functional_reliability))


def _check_populations(kind: str, clinical: Population, functional: Population | None, *, needs_clinical: bool) -> None:
    if kind not in CUTOFFS:
        raise UsageError(f"Unknown cut-off {kind!r}: choose a, b or c.")
    if functional is None and kind != "a":
        raise UsageError(f"Cut-off {kind} needs the mean and SD of the functional population; cut-off a does without.")
    if functional is not None and not np.isfinite(functional.mean):
        raise UsageError(f"The mean of the functional population is {functional.mean:g}; it must be a number.")
    if functional is not None and not 0 < functional.sd < np.inf:
        raise UsageError(f"The SD of the functional population is {functional.sd:g}; it must be a number above 0.")
    if needs_clinical and np.isnan([clinical.mean, clinical.sd]).any():
        raise UsageError(
            f"Cut-off {kind} needs the mean and SD of the clients before: at least two are needed, or those of a reference sample."
        )


def _check_true_spread(whose: str, reliability: float, sd: float, error: float) -> None:
    """UsageError where Hageman & Arrindell's true scores would have no spread: `error` is the variance of measurement."""
    if not reliability > 0:
        raise UsageError(
            f"The SD of the {whose} is {sd:.3g}, no more than the error of measurement, {np.sqrt(error):.3g}: method HA finds no spread of "
            "true scores in it. To mend it: use method JT, or check the reliability given."
        )


def beyond(scores: ArrayLike, cutoff: float, direction: int) -> Marks:
    """Whether a score lies strictly in the functional range; a score equal to the cut-off is in neither."""
    return np.asarray(direction * np.asarray(scores) > direction * cutoff)


def short_of(scores: ArrayLike, cutoff: float, direction: int) -> Marks:
    """Whether a score lies strictly in the clinical range; a score equal to the cut-off is in neither."""
    return np.asarray(direction * np.asarray(scores) < direction * cutoff)


class Sides(NamedTuple):
    """On which side of the cut-off each client was before and is after; of a missing score the marks say nothing.

    `extra` holds Hageman & Arrindell's `individual` index of each client and `reliability_post`; else nothing.
    """

    cutoff: Cutoff
    clinical_pre: Marks
    functional_post: Marks
    clinical_post: Marks
    critical: float
    extra: dict[str, Any]


def find_sides(
    pairs: Pairs,
    reference: Reference,
    functional: Population | None,
    kind: str,
    direction: int,
    significance: float,
    *,
    true_reliability: float | None = None,
    replicate: str | None = None,
) -> Sides:
    """The sides of cut-off `kind`; with `true_reliability` those of Hageman & Arrindell, tested on one side.

    Raises UsageError as `set_cutoff` does, and where the SD after is no larger than the error of measurement (Hageman &
    Arrindell).
    """
    cut = set_cutoff(kind, reference, functional, direction, true_reliability=true_reliability, replicate=replicate)
    clinical_pre = short_of(pairs.pre, cut.value, direction)
    if true_reliability is None:
        after = beyond(pairs.post, cut.value, direction)
        return Sides(cut, clinical_pre, after, np.asarray(~after), float(ndtri(1 - significance / 2)), {})
    critical = float(ndtri(1 - significance))
    error = reference.sd_pre * np.sqrt(1 - true_reliability)
    with np.errstate(invalid="ignore", divide="ignore"):
        reliability_post = np.divide(reference.sd_post**2 - error**2, reference.sd_post**2)
        _check_true_spread("scores after", reliability_post, reference.sd_post, error**2)
        true_post = reference.mean_post + (pairs.post - reference.mean_post) * reliability_post
        individual = (true_post - cut.value) / (np.sqrt(reliability_post) * error)
        after = clinical_pre & (direction * individual > critical)
        out = ~clinical_pre & (direction * individual < -critical)
    extra = {"individual": individual, "reliability_post": float(reliability_post)}
    return Sides(cut, clinical_pre, np.asarray(after), np.asarray(out), critical, extra)
