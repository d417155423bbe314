"""Makes examples/caseload.csv again: a caseload of 24 invented clients, the one that `make demo` reads.

    python examples/caseload.py

The histories come from the simulator (`andante simulate`), from two of its families. Ten clients are coming to one of
the ten harms each, and are looked at three sessions after it began; fourteen come to none. Of the clients with
the same harm those who answered most were taken, never those that are read best. Four have something added by hand that
a caseload has and a simulator rarely makes. Some have answered today's check-in already: their last row is pending.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from andante.history import ONLY_WHEN_HELD
from andante.lab.simulator import simulate

PLACE = Path(__file__).with_name("caseload.csv")
FAMILIES, CLIENTS, SEED = ("thresholds", "traits"), 120, 26
LATER = 3  # sessions after the harm began
TODAY = datetime.date(2025, 9, 19)
DRAWN = ("before_distress", "after_overwhelm", "after_heard", "between_settle", "intensity", "phq9")
LEFT_OUT = ("ending", "end_again", "end_still", "therapist_id")
UNSAFE = 25  # from this total of the PHQ-9 its safety item, the ninth, cannot be 0: the other eight make 24 at most
AFTERWARDS = ("attendance", "absence_reason", "checkin_after", "sessions_left", "safety_flag", "safety_reviewed", "supervised", *LEFT_OUT)


@dataclass(frozen=True)
class Story:
    """A client: the harm they are coming to, the longest history shown, and what was added by hand."""

    harm: str = ""
    longest: int = 18
    pending: bool = False
    last: dict[str, Any] = field(default_factory=dict)


STORIES = (
    Story("distress", pending=True),
    Story("retraumatization"),
    Story("disengagement"),
    Story("trust", pending=True),
    Story("integration"),
    Story("boundaries"),
    Story("experience"),
    Story("regression"),
    Story("unfinished"),
    Story("ethics"),
    Story(longest=2, pending=True),
    Story(longest=16, last={"safety_flag": True, "safety_reviewed": None}),  # an open safety item
    Story(longest=12, last={"client_slow": 1.0}),  # pressed "I need to slow down" after the session
    Story(longest=14, last={"client_wish": 1.0, "after_pace": -1.0}, pending=True),  # would like to go faster
    Story(longest=9, last={"between_from": 0.0, "between_peak": 9.0}),  # a bad week, put down to life
    *(Story(longest=n, pending=n % 3 == 0) for n in (18, 5, 11, 15, 8, 18, 12, 6, 10)),
)


def caseload() -> pl.DataFrame:
    """One row a session, in the columns of the contract."""
    found = [row for number, (story, rows) in enumerate(_histories(), 1) for row in _told(story, rows, number)]
    table = pl.DataFrame(found, infer_schema_length=None)
    told = [column for column in table if column.null_count() < len(column)]
    return table.select(_whole(column) for column in told)


def _whole(column: pl.Series) -> pl.Series:
    """Answers as whole numbers, where all of them are."""
    if not column.dtype.is_float() or not (column.drop_nulls() % 1 == 0).all():
        return column
    return column.cast(pl.Int64)


def _histories() -> Iterator[tuple[Story, list[dict[str, Any]]]]:
    """Each story with a client's history up to where it is looked at."""
    left: list[tuple[str, int, list[dict[str, Any]]]] = []
    for family in FAMILIES:
        cohort = simulate(CLIENTS, family=family, seed=SEED)
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in cohort.sessions.to_pylist():
            rows.setdefault(row["client_id"], []).append(row)
        for truth in cohort.truth.to_pylist():
            history = rows[truth["client_id"]]
            begun = next((n for n, row in enumerate(history) if row["session"] == truth["onset"]), len(history))
            left.append((truth["harm"], begun, history))
    for story in STORIES:
        chosen = max((one for one in left if one[0] == story.harm), key=lambda one: _worth_telling(story, one[1], one[2]))
        left.remove(chosen)
        _, begun, history = chosen
        yield story, history[: begun + LATER + 1] if story.harm else history[: story.longest]


def _worth_telling(story: Story, begun: int, history: list[dict[str, Any]]) -> tuple[bool, float]:
    """Long enough, then how much of what a report draws was answered."""
    until = begun + LATER + 1 if story.harm else story.longest + story.pending
    enough = until <= len(history) and (not story.harm or 4 <= begun <= 14)
    return enough, sum(row.get(name) is not None for row in history for name in DRAWN) / len(history)


def _told(story: Story, rows: list[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """The rows with an id of the caseload, moved so that they end in these days, and with what was added by hand."""
    shift = TODAY - datetime.timedelta(days=number % 5) - rows[-1]["date"]
    for row in rows:
        kept = {name: value for name, value in row.items() if name not in LEFT_OUT}
        kept |= {"client_id": f"C{number:02}", "date": row["date"] + shift}
        if row is rows[-1]:
            kept |= story.last
            if story.pending:
                kept |= dict.fromkeys(name for name in (*ONLY_WHEN_HELD, *AFTERWARDS) if name in kept)
        if (kept.get("phq9") or 0) >= UNSAFE:  # the simulator draws totals, not items; as it stands the safety item was positive
            kept |= {"safety_flag": True, "safety_reviewed": True}
        yield kept


if __name__ == "__main__":
    table = caseload()
    table.write_csv(PLACE)
    print(f"{table['client_id'].n_unique()} clients, {len(table)} sessions: {PLACE}")
