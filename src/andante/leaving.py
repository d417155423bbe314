"""The chance that a client leaves before the next session: a discrete-time hazard.

On the row of `ceiling`, above `usual` and `events`: reads a history, knows no risk. For each row a logistic model gives
the probability that the client is not seen again although the therapy has not ended. `andante norms fit` fits it to a
cohort's own endings; the shipped coefficients are ours, uncalibrated: a base rate of 19.7 % over about ten sessions (Swift &
Greenberg 2012, 10.1037/a0028226), and directions from studies of missed sessions (Green 2019), ruptures (Eubanks, Muran & Safran)
and alliance (Sharf 2010, 10.1037/a0021175). Groups of clients, never a verdict about one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from andante.errors import UsageError
from andante.events import Events
from andante.history import History
from andante.kernels import steps
from andante.usual import Usual

Floats = NDArray[np.float64]

# What the chance is computed from, in the order of the coefficients. Unknown answers count as usual (0).
FEATURES: dict[str, str] = {
    "constant": "1",
    "log_sessions": "log of 1 + sessions attended so far",
    "absent": "this appointment missed or cancelled by the client, reason unknown or about therapy",
    "absent_before": "how many of the two appointments before it were so",
    "late": "late to this session",
    "silent": "check-ins of this session that were not answered (0 to 2), against what is offered",
    "strained": "overwhelm above the client's line, a rupture or a press in the last session attended",
    "return_falling": "wish to return: moving average of surprises, SDs worse than usual",
    "heard_falling": "feeling heard: likewise",
    "ready_falling": "willingness for what was planned: likewise",
}
SHIPPED = (-4.2, -0.2, 1.2, 0.5, 0.3, 0.4, 0.5, 0.25, 0.2, 0.2)


@dataclass(frozen=True)
class Hazard:
    """Coefficients by name, and what they stand on (0 clients: the shipped ones)."""

    coefficients: Mapping[str, float]
    clients: int = 0
    rows: int = 0
    left: int = 0
    calibration: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the norms file."""
        return {
            "coefficients": dict(self.coefficients),
            "clients": self.clients,
            "rows": self.rows,
            "left": self.left,
            "calibration": dict(self.calibration),
        }


def shipped() -> Hazard:
    """The hazard that comes with Andante: ours, uncalibrated."""
    return Hazard(dict(zip(FEATURES, SHIPPED, strict=True)))


def read_hazard(entry: Mapping[str, Any]) -> Hazard:
    """A hazard from a norms file; an empty entry is the shipped one. Raises UsageError where it is not valid."""
    if not entry:
        return shipped()
    try:
        coefficients = {name: float(value) for name, value in entry["coefficients"].items()}
        unknown = set(coefficients) - set(FEATURES)
        if unknown or "constant" not in coefficients or not np.all(np.isfinite(list(coefficients.values()))):
            raise ValueError(f"unknown {sorted(unknown)}" if unknown else "no finite constant")
        return Hazard(coefficients, int(entry["clients"]), int(entry["rows"]), int(entry["left"]), entry.get("calibration", {}))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as fault:
        raise UsageError(
            f"the hazard of the norms file is not valid ({type(fault).__name__}: {fault}). To mend it: make it anew: `andante norms fit`"
        ) from fault


def features(history: History, usual: Usual, events: Events) -> Floats:
    """The features `[F, T, C]`, in the order of FEATURES; all of them known up to and including their row."""
    gone = events.away.astype(np.float64)
    earlier = np.concatenate([np.zeros((2, history.shape[1])), gone])[: history.shape[0] + 1]
    held = history.held
    # The last session attended, this one included.
    strained = steps.latest(events.strained.astype(np.float64), held)
    return np.stack(
        [
            np.ones(history.shape),
            np.log1p(history.attended_before + held),
            gone,
            earlier[:-1] + earlier[1:],
            history.coded("attendance", "late").astype(np.float64),
            (history.checkin_before == 0).astype(np.float64) + (history.checkin_after == 0),
            steps.filled(strained, 0.0),
            _falling(usual, "after_return"),
            _falling(usual, "after_heard"),
            _falling(usual, "before_ready"),
        ]
    )


def _falling(usual: Usual, name: str) -> Floats:
    """The latest moving average of surprises, held within what a few answers can tell."""
    return np.clip(steps.filled(steps.last_known(usual.drift(name)), 0.0), -3.0, 6.0)


def chance(history: History, usual: Usual, events: Events, hazard: Hazard | None = None) -> Floats:
    """The probability, row by row `[T, C]`, that the client is not seen again; NaN where a row is pending or not there."""
    known = hazard or shipped()
    weights = [known.coefficients.get(name, 0.0) for name in FEATURES]
    logit = steps.weighted_sum(features(history, usual, events), np.array(weights))
    return np.where(history.rows & ~history.pending, 1 / (1 + np.exp(-logit)), np.nan)


def contributions(history: History, usual: Usual, events: Events, hazard: Hazard | None = None) -> dict[str, Floats]:
    """How much each feature adds to the log-odds `[T, C]`: what to say when the chance is raised."""
    known = hazard or shipped()
    stacked = features(history, usual, events)
    return {name: known.coefficients.get(name, 0.0) * stacked[k] for k, name in enumerate(FEATURES) if name != "constant"}
