"""What simulated clients answer: every rated column with a plausible level and spread.

First stop of the laboratory. Figures are what a general outpatient service might see (ours, uncalibrated);
the measures' means, and their spreads once stretched, follow published outpatient samples (PHQ-9 and GAD-7: NHS Talking Therapies
2022-23; PCL-5: trauma clinics; CORE-10: Barkham et al. 2013), rounded. No scenario uses them as they stand:
each cohort shifts and stretches them (see `climate.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from andante.errors import DefinitionError
from andante.records import COLUMN

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Stream:
    """One rated column: `usual` level and `between`-client SD, `within`-client SD, all in scale points.

    `side` says who or what speaks: the client about themselves, about the session, or a measure.
    """

    name: str
    usual: float
    between: float
    within: float
    side: Literal["self", "session", "measure"]
    low: float
    high: float
    worse: int


def _client(name: str, usual: float, between: float, within: float, side: Literal["self", "session"], worse: int | None = None) -> Stream:
    column = COLUMN[name]
    low, high = column.low, column.high
    if low is None or high is None:
        raise DefinitionError(f"{name} has no ends: only bounded scales are simulated")
    return Stream(name, usual, between, within, side, low, high, column.worse if worse is None else worse)


STREAMS: tuple[Stream, ...] = (
    _client("before_distress", 4.7, 1.35, 0.9, "self"),
    _client("before_wellbeing", 5.4, 1.5, 0.9, "self"),
    _client("before_coping", 5.9, 1.4, 0.8, "self"),
    _client("before_ready", 7.1, 1.2, 0.8, "self"),
    _client("before_open", 0.35, 0.3, 0.4, "self"),
    _client("between_peak", 5.4, 1.4, 1.0, "self"),
    _client("between_settle", 1.1, 0.7, 0.7, "self"),
    _client("between_old_coping", 1.5, 1.0, 0.7, "self"),
    _client("between_used", 3.2, 1.3, 0.8, "self"),
    _client("between_intrusions", 2.8, 1.6, 0.9, "self"),
    _client("mid_settled", 1.75, 0.2, 0.35, "self"),
    _client("after_overwhelm", 3.3, 1.2, 0.9, "session"),
    _client("after_pace", 0.05, 0.25, 0.4, "session", worse=1),
    _client("after_heard", 8.3, 0.9, 0.6, "session"),
    _client("after_choice", 2.1, 0.22, 0.3, "session"),
    _client("after_helpful", 7.0, 0.7, 0.6, "session"),
    _client("after_sense", 7.2, 1.0, 0.75, "session"),
    _client("after_return", 8.0, 1.0, 0.7, "session"),
    _client("after_present", 8.0, 1.0, 0.75, "session"),
    Stream("phq9", 13.0, 4.2, 1.75, "measure", 0, 27, 1),
    Stream("gad7", 11.5, 3.7, 1.6, "measure", 0, 21, 1),
    Stream("pcl5", 41.0, 9.5, 3.5, "measure", 0, 80, 1),
    Stream("core10", 18.5, 5.2, 2.1, "measure", 0, 40, 1),
)

STREAM = {stream.name: stream for stream in STREAMS}
NAMES = tuple(STREAM)
BEFORE = tuple(name for name in NAMES if name.startswith(("before_", "between_", "mid_")))
AFTER = tuple(name for name in NAMES if name.startswith("after_"))
MEASURES = tuple(stream.name for stream in STREAMS if stream.side == "measure")
DAY_COUNTS = ("between_settle", "between_old_coping", "between_used")

# How strongly a passing, harmless thing bears on each stream, in within-client SDs towards the worse end.
LIFE_EVENT = {
    "before_distress": 1.6, "between_peak": 1.9, "before_wellbeing": 1.6, "before_coping": 1.0, "before_ready": 0.5,
    "between_old_coping": 0.6, "between_used": 0.4, "between_intrusions": 0.3, "phq9": 0.6, "gad7": 0.7, "core10": 0.7,
}  # fmt: skip
HEAVY_WORK = {"after_overwhelm": 1.3, "after_present": 0.5, "after_pace": 0.3, "after_sense": 0.2}
HEAVY_WORK_AFTERMATH = {
    "between_settle": 1.0, "between_peak": 0.8, "between_intrusions": 0.7, "before_distress": 0.4, "before_open": 0.6, "pcl5": 0.3,
}  # fmt: skip
RUPTURE = {"after_heard": 1.0, "after_choice": 0.35, "after_helpful": 0.5, "after_return": 0.45, "after_sense": 0.25}
SLOW_START = {"before_ready": 0.9, "after_sense": 1.0, "before_distress": 0.7, "between_used": 1.0, "after_heard": 0.5, "after_return": 0.5}
NEW_THERAPIST = {"after_heard": 0.9, "after_return": 0.8, "after_sense": 0.5, "before_ready": 0.5, "before_distress": 0.4}
# How far each stream gets better by the fifteenth session where a client gets better by one. Scores fall as in NHS Talking
# Therapies (England, 2024-25: PHQ-9 by 4.4, GAD-7 by 4.2 points; 5.8 % reliably worse at the end); the rest is ours.
COURSE = {
    "before_distress": 1.1, "before_wellbeing": 1.1, "before_coping": 0.9, "between_peak": 1.0, "between_intrusions": 0.9,
    "between_old_coping": 0.8, "between_used": 0.45, "after_sense": 0.3, "phq9": 5.1, "gad7": 5.1, "pcl5": 4.4, "core10": 4.4,
}  # fmt: skip
