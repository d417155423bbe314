"""What each of the ten harms does to what clients answer and therapists record.

Third stop of the laboratory. A harm never shows on one column alone, and never on all it could: each harmed client
draws a subset of the plausible columns, a size for each, and often a spill-over to columns that belong to another
harm. Effects are in within-client SDs towards the worse end; for the therapist's record (whole names below
`RECORD`) they are units that `therapy.py` turns into rates. All figures are ours, uncalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from andante.lab.climate import Climate
from andante.lab.streams import BEFORE, MEASURES, NAMES, Array, Whole

HARMS = (
    "distress",
    "retraumatization",
    "disengagement",
    "trust",
    "integration",
    "boundaries",
    "experience",
    "regression",
    "unfinished",
    "ethics",
)

# What can go wrong in attendance and in the therapist's record; each is a dial that `people` or `therapy` reads.
RECORD = (
    "absence", "late", "silence", "service_cancels", "suds_end", "client_slow", "wish_slower", "intensity", "planned", "gap",
    "led_by_therapist", "unprepared", "essentials", "consent", "limits_touched", "stops_overridden", "overrun", "topics_opened",
    "topics_settled", "topics_resurfaced", "late_opening", "safety_unreviewed", "goes_along", "trauma_again", "speech_pressed_on",
    "speech_withdrawal", "speech_pushback",
)  # fmt: skip

# Chance that a harm shows on a column of its own.
OWN: dict[str, dict[str, float]] = {
    "distress": {
        "after_overwhelm": 0.9, "before_distress": 0.75, "between_peak": 0.75, "between_settle": 0.75, "before_coping": 0.6,
        "before_wellbeing": 0.6, "suds_end": 0.6, "mid_settled": 0.5, "phq9": 0.5, "gad7": 0.5, "core10": 0.5,
    },
    "retraumatization": {
        "pcl5": 0.85, "between_intrusions": 0.9, "after_present": 0.85, "between_settle": 0.75, "trauma_again": 0.7, "unprepared": 0.6,
        "mid_settled": 0.4,
    },
    "disengagement": {
        "absence": 0.4, "silence": 0.3, "late": 0.3, "before_ready": 0.9, "after_return": 0.9, "between_used": 0.95, "after_helpful": 0.4,
    },
    "trust": {
        "after_heard": 0.95, "after_choice": 0.6, "after_return": 0.55, "after_helpful": 0.6, "service_cancels": 0.15,
    },
    "integration": {
        "after_sense": 0.85, "between_used": 0.8, "topics_opened": 0.75, "topics_settled": 0.6, "intensity": 0.7, "planned": 0.4,
    },
    "boundaries": {
        "after_choice": 0.9, "limits_touched": 0.5, "stops_overridden": 0.35, "overrun": 0.5, "wish_slower": 0.5, "intensity": 0.4,
        "goes_along": 0.3, "led_by_therapist": 0.5, "before_ready": 0.3,
    },
    "experience": {"after_helpful": 0.95, "after_return": 0.85, "after_pace": 0.6, "after_sense": 0.4},
    "regression": {"between_old_coping": 0.95, "before_coping": 0.9, "phq9": 0.6, "gad7": 0.6, "core10": 0.6, "intensity": 0.4},
    "unfinished": {
        "before_open": 0.95, "topics_opened": 0.75, "topics_settled": 0.75, "topics_resurfaced": 0.7, "late_opening": 0.6,
        "between_peak": 0.4, "between_settle": 0.4,
    },
    "ethics": {
        "gap": 0.6, "before_ready": 0.9, "planned": 0.7, "before_coping": 0.7, "essentials": 0.25, "consent": 0.35,
        "safety_unreviewed": 0.25, "led_by_therapist": 0.5, "unprepared": 0.6,
    },
}  # fmt: skip

# Columns of other harms that may be touched besides.
SPILL: dict[str, tuple[str, ...]] = {
    "distress": (
        "after_pace", "before_ready", "after_helpful", "client_slow", "after_return", "between_old_coping", "before_open", "after_sense",
    ),
    "retraumatization": ("before_distress", "between_peak", "after_overwhelm", "before_ready", "before_coping", "suds_end", "phq9"),
    "disengagement": ("after_helpful", "after_sense", "before_wellbeing", "after_pace", "before_distress", "speech_withdrawal"),
    "trust": ("after_sense", "before_ready", "absence", "before_distress", "goes_along", "client_slow", "speech_pushback"),
    "integration": ("before_open", "after_helpful", "before_wellbeing", "after_overwhelm", "after_pace", "between_settle"),
    "boundaries": ("after_heard", "after_return", "after_pace", "before_ready", "client_slow", "after_overwhelm", "speech_pressed_on"),
    "experience": ("after_heard", "after_sense", "before_wellbeing", "before_ready", "between_used", "late"),
    "regression": ("before_distress", "between_peak", "before_wellbeing", "between_settle", "after_overwhelm"),
    "unfinished": ("between_settle", "before_distress", "suds_end", "between_peak", "after_sense"),
    "ethics": ("after_overwhelm", "before_distress", "after_choice", "after_pace", "limits_touched", "overrun"),
}  # fmt: skip

# Scales on which one within-client SD hides in the rounding, or that move slowly: the same harm shows larger there.
STRETCH = {
    "after_choice": 1.5, "before_open": 1.2, "between_old_coping": 1.5, "between_settle": 1.2, "mid_settled": 1.8, "phq9": 1.4, "gad7": 1.3,
    "core10": 1.4, "pcl5": 1.6, "after_pace": 1.1,
}  # fmt: skip


@dataclass(frozen=True)
class Effects:
    """How large the harm is now: `by[column]` is (clients, sessions), 0 before onset and for untouched columns."""

    by: dict[str, Array]
    shape: tuple[int, int]

    def __getitem__(self, column: str) -> Array:
        return self.by.get(column, np.zeros(self.shape))


def draw_sizes(harm: Whole, climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """How large harm shows for each client on each column: 0 where it does not.

    `harm` is the number of the harm for each client, -1 for none. At least two of a harm's own columns are touched.
    """
    clients = len(harm)
    severity = rng.uniform(*climate.size, clients)
    sizes: dict[str, Array] = {}
    for column in (*NAMES, *RECORD):
        sizes[column] = np.zeros(clients)
        scatter = np.exp(rng.normal(0, 0.25, clients)) * STRETCH.get(column, 1.0)
        spilled = rng.random(clients) < climate.spill
        for number, name in enumerate(HARMS):
            if column in SPILL[name]:
                sizes[column] += np.where((harm == number) & spilled, 0.55 * severity * scatter, 0.0)
    for number, name in enumerate(HARMS):
        own = OWN[name]
        chance = np.clip(np.array(list(own.values())) * climate.touched, 0, 0.97)
        draw = rng.random((clients, len(own)))
        first_two = np.argsort(np.argsort(draw - chance, axis=1), axis=1) < 2
        touched = ((draw < chance) | first_two) & (harm == number)[:, None]
        scatter = np.exp(rng.normal(0, 0.25, touched.shape))
        for j, column in enumerate(own):
            sizes[column] += np.where(touched[:, j], severity * scatter[:, j] * STRETCH.get(column, 1.0), 0.0)
    return sizes


def arrival(harm: Whole, onset: Whole, sessions: int, climate: Climate, rng: np.random.Generator) -> Array:
    """How far the harm has come, 0 to about 1.3, for each client and session: at once, by and by, or on and off.

    A harm on and off always shows at its first session, else nobody could say when it began.
    """
    clients = len(harm)
    since = np.arange(sessions)[None, :] - onset[:, None]
    begun = (since >= 0) & (harm >= 0)[:, None]
    kind = rng.choice(3, clients, p=np.array(climate.profile) / sum(climate.profile))[:, None]
    steps = rng.integers(2, 4, clients)[:, None]
    by_and_by = np.clip((since + 1) / steps, 0, 1)
    jagged = np.where((rng.random((clients, sessions)) < 0.72) | (since == 0), rng.uniform(0.8, 1.35, (clients, sessions)), 0.0)
    return np.where(begun, np.where(kind == 0, 1.0, np.where(kind == 1, by_and_by, jagged)), 0.0)


def unfold(sizes: dict[str, Array], pressure: Array, later: Array) -> Effects:
    """Sizes for each client times how far the harm has come; `later` marks clients who answer one session behind."""
    behind = np.zeros_like(pressure)
    behind[:, 1:] = pressure[:, :-1]
    before = np.where(later[:, None] > 0, behind, pressure)
    slowly = np.maximum.accumulate(0.5 * (pressure + behind), axis=1)  # a measure asks about weeks
    by = {}
    for column, size in sizes.items():
        if not size.any():
            continue
        course = slowly if column in MEASURES else before if column in BEFORE else pressure
        by[column] = size[:, None] * course
    if "goes_along" in by:  # less willing, while every answer about the session stays polite
        by["before_ready"] = by.get("before_ready", 0.0) + 0.8 * by["goes_along"]
    return Effects(by, pressure.shape)
