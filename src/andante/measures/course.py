"""The expected course of a measure: a growth curve from a cohort, bands around it, and who is not on track.

Stands in `measures/` above growth. For a client whose first score is y0, at the t-th session after it:

    expected = (b0 + b1 y0) + (b2 + b3 y0) log(1 + t)

with a random intercept and slope; the predictive variance is x'V(b)x + z'Gz + s2. Bands and signals as the OQ system has
them: outside the 68 % band on the worse side is "worse than expected", outside the 80 % band "much worse" (the worst tenth;
Finch, Lambert & Schaalje 2001, from memory, unconfirmed). With enough clients the limits are the quantiles of the
cohort's own standardized residuals, so that a skewed measure keeps its tails. The first score predicts and is never an
outcome. Without a cohort there is no curve: none is shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from andante.errors import UsageError
from andante.kernels.student import EIGHTY_PERCENT
from andante.measures.growth import fit_growth
from andante.words import HIGHER_BETTER, LOWER_BETTER

Array = NDArray[np.float64]
Signals = NDArray[np.int8]

SHARES = (0.10, 0.16, 0.84, 0.90)  # ends of the 80 % and 68 % bands
NORMAL = (-EIGHTY_PERCENT, -0.994457883209753, 0.994457883209753, EIGHTY_PERCENT)
ENOUGH = 50  # clients from which the cohort's own quantiles are used (ours, uncalibrated)
FEWEST = 20  # clients without whom no course is fitted (ours, uncalibrated)
ON_TRACK, WORSE, MUCH_WORSE = range(3)
SIGNALS = ("on track", "worse than expected", "much worse than expected")
UNKNOWN = np.int8(-1)


class Bands(NamedTuple):
    """What is expected, and the ends of the bands; NaN where the first score or the session is not known."""

    expected: Array
    low_80: Array
    low_68: Array
    high_68: Array
    high_80: Array


@dataclass(frozen=True)
class Course:
    """A fitted course of one measure, and how many clients and scores it stands on."""

    measure: str
    better: str
    low: float
    high: float
    beta: Array  # (2, 2): intercept and slope by constant and first score
    beta_covariance: Array  # (4, 4)
    spread: Array  # (2, 2)
    residual: float
    limits: tuple[float, float, float, float]  # standardized ends of the bands
    clients: int
    scores: int
    intake: tuple[float, float]
    last: int
    log_likelihood: float

    def bands(self, first: ArrayLike, since: ArrayLike) -> Bands:
        """Bands at `since` sessions after the first score (1, 2, ...), cut off at the ends of the scale.

        NaN where either is not known, or `since` is below 1. Beyond the cohort's own range a curve is a guess: `covers`.
        """
        y0, t = np.broadcast_arrays(np.asarray(first, np.float64), np.asarray(since, np.float64))
        with np.errstate(invalid="ignore", divide="ignore"):
            x = np.where(t >= 1, np.log1p(t), np.nan)
        design = np.stack([np.ones_like(x), y0, x, y0 * x], axis=-1)
        expected = design @ self.beta.ravel()
        fixed = np.einsum("...i,ij,...j->...", design, self.beta_covariance, design)
        sd = np.sqrt(fixed + self.spread[0, 0] + 2 * x * self.spread[0, 1] + x**2 * self.spread[1, 1] + self.residual)
        ends = [np.clip(expected + limit * sd, self.low, self.high) for limit in self.limits]
        return Bands(np.clip(expected, self.low, self.high), *ends)

    def covers(self, first: ArrayLike, since: ArrayLike) -> NDArray[np.bool_]:
        """Whether the cohort had such first scores and went on that long."""
        y0, t = np.asarray(first, np.float64), np.asarray(since, np.float64)
        return np.asarray((y0 >= self.intake[0]) & (y0 <= self.intake[1]) & (t >= 1) & (t <= self.last))

    def signal(self, first: ArrayLike, since: ArrayLike, score: ArrayLike) -> Signals:
        """Place in SIGNALS of a score, -1 where it or what is expected is not known. Strictly outside a band counts."""
        bands, y = self.bands(first, since), np.asarray(score, np.float64)
        if self.better == LOWER_BETTER:
            worse, much = y > bands.high_68, y > bands.high_80
        else:
            worse, much = y < bands.low_68, y < bands.low_80
        code = np.where(much, MUCH_WORSE, np.where(worse, WORSE, ON_TRACK))
        return np.where(np.isnan(y) | np.isnan(bands.expected), UNKNOWN, code).astype(np.int8)

    def as_dict(self) -> dict[str, Any]:
        """For the norms file."""
        return {
            "better": self.better,
            "range": [self.low, self.high],
            "beta": self.beta.tolist(),
            "beta_covariance": self.beta_covariance.tolist(),
            "spread": self.spread.tolist(),
            "residual": self.residual,
            "limits": list(self.limits),
            "clients": self.clients,
            "scores": self.scores,
            "intake": list(self.intake),
            "last": self.last,
            "log_likelihood": self.log_likelihood,
        }


def read_course(measure: str, entry: Mapping[str, Any]) -> Course:
    """A course from a norms file. Raises UsageError where a figure is missing or impossible."""
    try:
        limits = tuple(float(v) for v in entry["limits"])
        found = Course(
            measure=measure,
            better=str(entry["better"]),
            low=float(entry["range"][0]),
            high=float(entry["range"][1]),
            beta=np.array(entry["beta"], dtype=np.float64).reshape(2, 2),
            beta_covariance=np.array(entry["beta_covariance"], dtype=np.float64).reshape(4, 4),
            spread=np.array(entry["spread"], dtype=np.float64).reshape(2, 2),
            residual=float(entry["residual"]),
            limits=(limits[0], limits[1], limits[2], limits[3]),
            clients=int(entry["clients"]),
            scores=int(entry["scores"]),
            intake=(float(entry["intake"][0]), float(entry["intake"][1])),
            last=int(entry["last"]),
            log_likelihood=float(entry["log_likelihood"]),
        )
        figures = [*limits, *found.intake, found.residual, *found.beta.ravel(), *found.beta_covariance.ravel(), *found.spread.ravel()]
        spreads = [found.residual, *np.diagonal(found.beta_covariance), *np.diagonal(found.spread)]
        if (
            not np.isfinite(figures).all()
            or min(spreads) < 0
            or list(limits) != sorted(limits)
            or not found.residual > 0
            or not found.low < found.high
            or found.better not in (LOWER_BETTER, HIGHER_BETTER)
            or np.linalg.eigvalsh(found.spread).min() < -1e-9 * np.abs(found.spread).max()
            or not found.intake[0] <= found.intake[1]
            or min(found.clients, found.scores, found.last) < 0
        ):
            raise ValueError
        return found
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as fault:
        why = f"it lacks {fault}" if isinstance(fault, KeyError) else "a figure is impossible, or of the wrong shape"
        raise UsageError(f"is not valid: {why}") from fault


def fit_course(
    client: ArrayLike,
    since: ArrayLike,
    score: ArrayLike,
    *,
    measure: str,
    low: float,
    high: float,
    better: str = LOWER_BETTER,
) -> Course:
    """Fit a course to long data: client (whole numbers), sessions since the first score (0 is the first score itself), score.

    Clients without a score at 0 or without a later one are left out. Raises UsageError for fewer than 20 such clients or
    where all started alike.
    """
    who, t, y = np.asarray(client, np.intp), np.asarray(since, np.float64), np.asarray(score, np.float64)
    known = ~np.isnan(t) & ~np.isnan(y)
    who, t, y = who[known], t[known], y[known]
    first = np.full(int(who.max(initial=-1)) + 1, np.nan)
    first[who[t == 0]] = y[t == 0]
    later = (t >= 1) & ~np.isnan(first[who])
    codes = np.unique(who[later], return_inverse=True)
    if len(codes[0]) < FEWEST:
        raise UsageError(f"{measure}: {len(codes[0])} clients have a first and a later score; a course needs at least {FEWEST}.")
    x, intake = np.log1p(t[later]), first[codes[0]]
    model = fit_growth(codes[1], x, y[later], intake)
    course = Course(
        measure=measure,
        better=better,
        low=low,
        high=high,
        beta=model.beta,
        beta_covariance=model.beta_covariance,
        spread=model.spread,
        residual=model.residual,
        limits=NORMAL,
        clients=model.clients,
        scores=model.rows,
        intake=(float(intake.min()), float(intake.max())),
        last=int(t[later].max()),
        log_likelihood=model.log_likelihood,
    )
    if model.clients < ENOUGH:
        return course
    known_intake = np.stack([np.ones_like(x), intake[codes[1]]], axis=1)
    standard = (y[later] - model.expected(x, known_intake)) / model.prediction_sd(x, known_intake)
    limits = tuple(float(v) for v in np.quantile(standard, SHARES))
    return Course(**{**course.__dict__, "limits": limits})


def cover(course: Course, first: ArrayLike, since: ArrayLike, score: ArrayLike) -> dict[str, float]:
    """The share of scores inside each band and on each side: to be judged on clients the course was not fitted to."""
    bands, y = course.bands(first, since), np.asarray(score, np.float64)
    known = ~np.isnan(bands.expected) & ~np.isnan(y)
    y = y[known]
    low_80, low_68, high_68, high_80 = (end[known] for end in bands[1:])
    return {
        "scores": float(len(y)),
        "inside_68": float(np.mean((y >= low_68) & (y <= high_68))),
        "inside_80": float(np.mean((y >= low_80) & (y <= high_80))),
        "above_68": float(np.mean(y > high_68)),
        "above_80": float(np.mean(y > high_80)),
    }
