"""Plain fixed cut-offs: the simplest detector there could be, to measure how hard a cohort is.

No history, no person: each answer is compared with how rare it is among all clients, and a risk is raised where one
of its own columns is rarer than a cut. Both cuts are set so that harmless clients get any watch in at most 15 % and
any act in at most 4 % of sessions, in the cohort itself (so it is, if anything, flattered).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from andante.errors import UsageError
from andante.lab.harms import HARMS
from andante.lab.streams import Array, Flags
from andante.records import COLUMN
from andante.words import ACT, LEVELS, QUIET, UNKNOWN, WATCH

WATCH_BUDGET, ACT_BUDGET = 0.15, 0.04

# The columns that anyone would look at first for each risk; +1 where high is bad, -1 where low is.
LOOKED_AT: dict[str, dict[str, int]] = {
    "distress": {
        "after_overwhelm": 1, "before_distress": 1, "between_peak": 1, "between_settle": 1, "before_wellbeing": -1,
        "suds_end": 1, "phq9": 1,
    },
    "retraumatization": {"pcl5": 1, "between_intrusions": 1, "after_present": -1},
    "disengagement": {"away": 1, "silent": 1, "before_ready": -1, "after_return": -1},
    "trust": {"after_heard": -1},
    "integration": {"after_sense": -1, "between_used": -1},
    "boundaries": {"after_choice": -1, "limits_touched": 1, "stops_overridden": 1, "overrun_min": 1},
    "experience": {"after_helpful": -1, "after_return": -1, "after_pace": 1},
    "regression": {"between_old_coping": 1, "before_coping": -1},
    "unfinished": {"before_open": 1, "topics_open": 1, "topics_resurfaced": 1, "late_opening": 1},
    "ethics": {"gap": 1, "before_ready": -1, "no_essentials": 1, "no_consent": 1},
}  # fmt: skip


def fixed_cutoffs(sessions: pa.Table, truth: pa.Table) -> pa.Table:
    """Levels and scores (0-1) of the ten risks for each row, in the reading table's column names.

    Raises UsageError where the truth has no clients without harm.
    """
    rarity = np.array([_rarity(sessions, columns) for columns in LOOKED_AT.values()]).T
    return at_budget(sessions, rarity, harmless_rows(sessions, truth))


def harmless_rows(sessions: pa.Table, truth: pa.Table) -> Flags:
    """Whether each row is of a client who comes to no harm. UsageError where there are none."""
    safe = truth.filter(pc.field("harm") == "")["client_id"].combine_chunks()
    rows = np.asarray(pc.is_in(sessions["client_id"], value_set=safe).to_numpy(), dtype=bool)
    if not rows.any():
        raise UsageError("Cut-offs need clients without harm: a budget is a share of their sessions.")
    return rows


def at_budget(sessions: pa.Table, scores: Array, harmless: Flags) -> pa.Table:
    """Levels from scores `[rows, 10]` (NaN: unknown), with the two cuts that `harmless` sessions exceed as often as the budget allows."""
    worst = np.nan_to_num(np.nanmax(np.where(np.isnan(scores), -1, scores), axis=1))[harmless]
    watch, act = (_cut(worst, share) for share in (WATCH_BUDGET, ACT_BUDGET))
    out: dict[str, Any] = {"client_id": sessions["client_id"], "session": sessions["session"]}
    for j, name in enumerate(HARMS):
        value = scores[:, j]
        level = np.where(np.isnan(value), UNKNOWN, np.where(value > act, ACT, np.where(value > watch, WATCH, QUIET)))
        out[f"{name}_level"] = pa.array(np.asarray(LEVELS, dtype=object)[level])
        out[f"{name}_score"] = pa.array(np.clip(value / 5, 0, 1), from_pandas=True)
    return pa.table(out)


def _cut(worst: Array, budget: float) -> float:
    """The lowest cut that at most `budget` of the harmless sessions exceed (exceeding is strict)."""
    return float(np.sort(worst)[::-1][int(budget * len(worst))])


def _rarity(sessions: pa.Table, columns: dict[str, int]) -> Array:
    """The rarest of the given columns in each row: -log10 of the share of answers at least as bad; NaN where none was given."""
    best = np.full(len(sessions), np.nan)
    for name, worse in columns.items():
        value = worse * numbers(sessions, name)
        known = np.sort(value[~np.isnan(value)])
        if not len(known):
            continue
        as_bad = (len(known) - np.searchsorted(known, value, "left")) / len(known)
        best = np.fmax(best, np.where(np.isnan(value), np.nan, -np.log10(np.maximum(as_bad, 1e-6))))
    return best


def numbers(sessions: pa.Table, name: str) -> Array:
    """A column as numbers, NaN where empty or not there; a few made of others (absent, silent, more than planned)."""
    if name == "away":
        return _is(sessions, "attendance", "missed", "cancelled_by_client") * _is(sessions, "absence_reason", "unknown", "about_therapy")
    if name == "silent":
        return _is(sessions, "checkin_before", "unanswered")
    if name == "gap":
        return numbers(sessions, "intensity") - numbers(sessions, "planned_intensity")
    if name == "no_essentials":
        return 1 - numbers(sessions, "essentials")
    if name == "no_consent":
        return 1 - numbers(sessions, "consent")
    if name not in sessions.column_names:
        return np.full(len(sessions), np.nan)
    column = sessions[name]
    if name in COLUMN and COLUMN[name].kind == "flag":
        column = pc.cast(column, pa.int8())
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)


def _is(sessions: pa.Table, name: str, *codes: str) -> Array:
    if name not in sessions.column_names:
        return np.full(len(sessions), np.nan)
    return np.asarray(pc.is_in(sessions[name], value_set=pa.array(codes)).to_numpy(), dtype=np.float64)
