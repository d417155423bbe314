"""Cut-offs between the dysfunctional and the functional range, and who lies on which side.

Stands in `measures/` below change. Jacobson & Truax 1991 (10.1037/0022-006X.59.1.12): with M, s of the clinical and of the
functional population, and d = -1 where lower is better, +1 where higher is,

a = M_clinical + 2 d s_clinical;  b = M_functional - 2 d s_functional;  c = (s_clinical M_f + s_f M_clinical) / (s_clinical + s_f)

Hageman & Arrindell 1999 (10.1016/S0005-7967(99)00033-4) use the SDs of true scores, s * sqrt(reliability).
clinicalsignificance takes the clinical SD for b: `replicate="clinicalsignificance"`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError

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

    `true_reliability` asks for Hageman & Arrindell's. Raises UsageError where b or c lack the functional mean and SD.
    """
    if kind not in CUTOFFS:
        raise UsageError(f"Unknown cut-off {kind!r}: choose a, b or c.")
    clinical = Population(reference.mean_pre, reference.sd_pre)
    if functional is None and kind != "a":
        raise UsageError(f"Cut-off {kind} needs the mean and SD of the functional population; cut-off a does without.")
    if functional is not None and not (functional.sd > 0 and np.isfinite(functional.mean)):
        raise UsageError(f"The SD of the functional population is {functional.sd:g}; it must be above 0.")
    if (kind != "b" or replicate) and np.isnan([clinical.mean, clinical.sd]).any():
        raise UsageError(
            f"Cut-off {kind} needs the mean and SD of the clients before: at least two are needed, or those of a reference sample."
        )
    reliability, functional_reliability = np.nan, np.nan
    spread = clinical.sd
    functional_spread = np.nan if functional is None else functional.sd
    if true_reliability is not None:
        reliability = true_reliability
        error = clinical.sd**2 * (1 - reliability)
        spread = clinical.sd * np.sqrt(reliability)
        if functional is not None:
            functional_reliability = (functional.sd**2 - error) / functional.sd**2
            with np.errstate(invalid="ignore"):
                functional_spread = functional.sd * np.sqrt(functional_reliability)
    value = clinical.mean + direction * 2 * spread
    if functional is not None and kind == "b":
        value = functional.mean - direction * 2 * (spread if replicate == "clinicalsignificance" else functional_spread)
    elif functional is not None and kind == "c":
        value = (spread * functional.mean + functional_spread * clinical.mean) / (spread + functional_spread)
    return Cutoff(float(value), kind, clinical, functional, reliability, float(functional_reliability))


def beyond(scores: ArrayLike, cutoff: float, direction: int) -> Marks:
    """Whether a score lies strictly in the functional range; a score equal to the cut-off is in neither."""
    return np.asarray(direction * np.asarray(scores) > direction * cutoff)


def short_of(scores: ArrayLike, cutoff: float, direction: int) -> Marks:
    """Whether a score lies strictly in the clinical range; a score equal to the cut-off is in neither."""
    return np.asarray(direction * np.asarray(scores) < direction * cutoff)
