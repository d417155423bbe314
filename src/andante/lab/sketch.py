"""A first sketch of personal baselines: the second plain detector, to measure how hard a cohort is.

Each answer is compared with the client's own running mean, in the client's own running SD; both start from what is usual
in the cohort. What is worse counts now and, fading, for the next sessions. A risk's score adds up its few columns; both
cuts are set as those of `cutoffs` are, in the cohort itself. No rule, no missing-data logic, no fitted weight.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from andante.lab.cutoffs import at_budget, harmless_rows, numbers
from andante.lab.harms import HARMS
from andante.lab.streams import Array, Whole

# The columns that tell most of each risk, and what each counts beside the others; signs say which way is worse (ours).
LISTENED_TO: Mapping[str, Mapping[str, float]] = {
    "distress": {
        "after_overwhelm": 1.0, "between_settle": 1.0, "before_distress": 0.8, "between_peak": 0.8, "before_wellbeing": -0.6,
        "before_coping": -0.5,
    },
    "retraumatization": {"pcl5": 1.2, "between_intrusions": 1.0, "after_present": -1.0, "between_settle": 0.8},
    "disengagement": {"after_return": -1.0, "before_ready": -0.9, "between_used": -0.8, "away": 0.7, "silent": 0.7},
    "trust": {"after_heard": -1.4, "after_choice": -0.6, "after_return": -0.6, "after_helpful": -0.6},
    "integration": {"after_sense": -1.2, "between_used": -1.0, "planned_intensity": 0.5, "topics_opened": 0.3},
    "boundaries": {"after_choice": -1.2, "stops_overridden": 1.0, "limits_touched": 1.0, "speech_pressed_on": 0.9, "client_wish": -0.6},
    "experience": {"after_helpful": -1.2, "after_return": -1.0, "after_pace": 0.9, "after_sense": -0.3},
    "regression": {"between_old_coping": 1.2, "before_coping": -0.9, "phq9": 0.7, "gad7": 0.7},
    "unfinished": {"before_open": 1.2, "topics_open": 0.9, "topics_resurfaced": 0.6, "late_opening": 0.5},
    "ethics": {"before_ready": -1.0, "gap": 1.2, "before_coping": -0.8, "no_essentials": 0.7, "no_consent": 0.7},
}  # fmt: skip
MEAN_WORTH, SPREAD_WORTH = 2.0, 5.0  # answers that the start is worth
LARGEST = 3.0  # SDs beyond which an answer counts no more
NOW, LATELY, KEPT = 0.5, 0.8, 0.5  # what counts now, what lately, and what of lately is kept a session later
SCALED_AT = 0.98  # scores of risks are made alike at this share of harmless sessions


def personal_sketch(sessions: pa.Table, truth: pa.Table) -> pa.Table:
    """Levels and scores (0-1) of the ten risks for each row, in the reading table's column names. The rows of a client stand
    together, in order of time.

    Raises UsageError where the truth has no clients without harm.
    """
    safe = harmless_rows(sessions, truth)
    _, first, client = np.unique(sessions["client_id"].to_numpy(), return_index=True, return_inverse=True)
    step = np.arange(len(client)) - first[client]
    scores = np.empty((len(client), len(HARMS)))
    for place, columns in enumerate(LISTENED_TO.values()):
        total = sum(abs(weight) * _worse(numbers(sessions, name) * np.sign(weight), client, step) for name, weight in columns.items())
        scores[:, place] = total / max(float(np.quantile(np.asarray(total)[safe], SCALED_AT)), 1e-9)
    return at_budget(sessions, scores, safe)


def _worse(values: Array, client: Whole, step: Whole) -> Array:
    """How much worse than this client's usual each answer is, now and lately; 0 where nothing was answered yet."""
    grid = np.full((client.max() + 1, step.max() + 1), np.nan)
    grid[client, step] = values
    if np.isnan(grid).all():
        return np.zeros(len(values))
    start, spread = float(np.nanmean(grid)), _usual_spread(grid)
    mean, squares, seen = np.full(len(grid), start), np.full(len(grid), SPREAD_WORTH * spread**2), np.zeros(len(grid))
    lately, out = np.zeros(len(grid)), np.zeros(grid.shape)
    for k in range(grid.shape[1]):
        value, known = grid[:, k], ~np.isnan(grid[:, k])
        worth, limit = MEAN_WORTH + seen, np.sqrt(squares / (SPREAD_WORTH + seen))
        limit = limit * np.sqrt(1 + 1 / worth)
        off = np.where(known, np.clip(value - mean, -LARGEST * limit, LARGEST * limit), 0.0)
        now = np.maximum(off / limit, 0) * seen / worth
        lately = np.where(known, (1 - KEPT) * lately + KEPT * now, lately)
        out[:, k] = NOW * now + LATELY * lately
        squares += off**2 * worth / (worth + 1)
        mean += off / (worth + 1)
        seen += known
    return np.asarray(out[client, step])


def _usual_spread(grid: Array) -> float:
    """The median client's own SD, and at least half of what is usual on the whole: rare events have none in most clients."""
    answered = np.isfinite(grid).sum(axis=1) > MEAN_WORTH
    variances = np.nanvar(grid[answered], axis=1) if answered.any() else np.nanvar(grid)
    return float(max(np.sqrt(np.median(variances)), 0.5 * np.sqrt(np.mean(variances)), 1e-3))
