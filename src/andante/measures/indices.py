"""The reliable change index by each method, from two scores of each client.

Stands in `measures/` below change: arrays and a reference in, the index out, with the sign of the change. With M, s of the
clients before treatment, r the reliability, e = s sqrt(1 - r), x1 and x2 a client's scores:

    JT   (x2 - x1) / (sqrt(2) e)                             Jacobson & Truax 1991
    GLN  ((x2 - M) - r (x1 - M)) / (s sqrt(1 - r^2))         Gulliksen, Lord & Novick, via Hsu 1989
    HLL  as GLN, x2 centered on the mean after treatment     Hsu, Linn & Lord, via Hsu 1989
    EN   (x2 - (r (x1 - M) + M)) / e                         Edwards & Nunnally, via Speer 1992
    NK   (x2 - (r (x1 - M) + M)) / sqrt(r^2 e^2 + s^2 (1 - r2))     Nunnally & Kotsch 1983
    HA   ((x2 - x1) R + (M2 - M1) (1 - R)) / (sqrt(R) sqrt(2) e), R the reliability of the difference; Hageman & Arrindell 1999
    HLM  slope of a growth model over its SD: see `slopes`

Formulas as in the R package clinicalsignificance (read in its documentation and answers).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from andante.errors import UsageError
from andante.measures.significance import Reference

Array = NDArray[np.float64]
ROUNDING = 1e-12  # of the variances before and after: changes that scatter less are all the same (ours)
METHODS = ("JT", "EN", "GLN", "HLL", "HA", "NK", "HLM")


def reliable_index(
    pre: Array, post: Array, known: Reference, method: str, reliability: float, reliability_post: float | None = None
) -> tuple[Array, dict[str, float]]:
    """The index of each client, and what it was computed with. Infinite or NaN where the reliability leaves no error.

    NaN where a score is missing. Raises UsageError for an unknown method, for HLM (see `slopes`), and for HA where the
    reliability of the difference is not above 0 or cannot be had.
    """
    r, s = reliability, known.sd_pre
    error = s * np.sqrt(1 - r)
    expected = r * (pre - known.mean_pre)
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "JT":
            difference = np.sqrt(2 * error**2)
            return (post - pre) / difference, {"difference_error": float(difference)}
        if method in ("GLN", "HLL"):
            prediction = s * np.sqrt(1 - r**2)
            center = known.mean_pre if method == "GLN" else known.mean_post
            return ((post - center) - expected) / prediction, {"prediction_error": float(prediction)}
        if method == "EN":
            return (post - (expected + known.mean_pre)) / error, {"measurement_error": float(error)}
        if method == "NK":
            after = r if reliability_post is None else reliability_post
            spread = np.sqrt(r**2 * s**2 * (1 - r) + s**2 * (1 - after))
            return (post - (expected + known.mean_pre)) / spread, {"difference_error": float(spread), "reliability_post": after}
        if method == "HA":
            return _hageman_arrindell(pre, post, known, error)
    if method == "HLM":
        raise UsageError("HLM needs all scores of each client, not a pair: give a long table with --time and --score.")
    raise UsageError(f"Unknown method {method!r}: choose one of {', '.join(METHODS)}.")


def _hageman_arrindell(pre: Array, post: Array, known: Reference, error: float) -> tuple[Array, dict[str, float]]:
    first, last = known.sd_pre**2, known.sd_post**2
    shared = 2 * known.sd_pre * known.sd_post * known.correlation
    r1, r2 = (first - error**2) / first, (last - error**2) / last
    scatter = first + last - shared  # the variance of the changes
    r = (first * r1 + last * r2 - shared) / scatter
    _check_difference(r, varies=bool(scatter > ROUNDING * (first + last)))
    index = ((post - pre) * r + (known.mean_post - known.mean_pre) * (1 - r)) / (np.sqrt(r) * np.sqrt(2 * error**2))
    return index, {"reliability_difference": float(r), "measurement_error": float(error)}


def _check_difference(reliability: float, *, varies: bool) -> None:
    """UsageError where the index would be a root of a negative number, or 0/0: nobody's change could be told from none."""
    if not varies or np.isnan(reliability):
        raise UsageError(
            "Method HA finds no reliability of the difference where all scores before, all scores after or all changes are the same. "
            "To mend it: use method JT with the mean and SD of a reference sample."
        )
    if reliability <= 0:
        raise UsageError(
            f"The reliability of the difference is {reliability:.3g}, and method HA needs it above 0: these changes differ no more than "
            "error of measurement alone would make them. To mend it: use method JT, or check the reliability given."
        )
