"""The chance that a client is not seen again, row by row: a logistic sum of ten parts."""

from __future__ import annotations

import math

from tests.reference.plain_client import Client, Numbers, last_known
from tests.reference.plain_events import Events
from tests.reference.plain_usual import Usual

from andante.priors import FEATURES, SHIPPED_HAZARD

COEFFICIENTS = dict(zip(FEATURES, SHIPPED_HAZARD, strict=True))


def chance(c: Client, usual: Usual, events: Events) -> Numbers:
    return [None if c.pending[t] else _chance(c, usual, events, t) for t in c.steps]


def _chance(c: Client, usual: Usual, events: Events, t: int) -> float:
    def falling(name: str) -> float:
        latest = last_known([usual.drift(name, s) for s in c.steps], t) or 0.0
        return min(max(latest, -3.0), 6.0)

    held = [s for s in range(t + 1) if c.held[s]]
    parts = {
        "constant": 1.0,
        "log_sessions": math.log1p(c.attended_before[t] + c.held[t]),
        "absent": float(c.away(t)),
        "absent_before": float(sum(c.away(s) for s in range(max(t - 2, 0), t))),
        "late": float(c.code("attendance", t) == "late"),
        "silent": float(sum(c.checkin(which)[t] == 0 for which in ("before", "after"))),
        "strained": float(bool(held) and events.strained(held[-1])),
        "return_falling": falling("after_return"),
        "heard_falling": falling("after_heard"),
        "ready_falling": falling("before_ready"),
    }
    assert list(parts) == list(FEATURES)
    logit = sum(COEFFICIENTS[name] * value for name, value in parts.items())
    return 1 / (1 + math.exp(-logit))
