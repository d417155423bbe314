"""What is never known: columns a service does not ask, questions skipped, check-ins unanswered, declined or not offered.

Last stop of the laboratory before the table. Also the calendar columns, the schedule of measures and how it ended.
Missing is never filled in. A service is a group of about forty clients who are asked the same things.
"""

from __future__ import annotations

import numpy as np

from andante.lab.climate import Climate
from andante.lab.harms import HARMS
from andante.lab.people import NO_REASON, SESSIONS, People
from andante.lab.streams import AFTER, BEFORE, MEASURES, Array, Flags
from andante.lab.therapy import Plan

CORE = ("before_distress", "after_overwhelm", "after_heard")  # every service asks these
RECORDED = (
    "planned_intensity", "intensity", "led_by", "trauma_work", "prepared", "essentials", "consent", "limits_touched", "stops_overridden",
    "overrun_min", "late_opening", "safety_flag", "client_wish", "client_slow",
)  # fmt: skip
SUDS = ("suds_start", "suds_peak", "suds_end")
LEDGER = ("topics_opened", "topics_settled", "topics_open", "topics_resurfaced")
SPEECH = ("speech_pressed_on", "speech_withdrawal", "speech_pushback")
SERVICE = 40
ANSWERED, UNANSWERED, DECLINED, NOT_OFFERED = range(4)


def thin_out(people: People, work: Plan, full: dict[str, Array], climate: Climate, rng: np.random.Generator) -> dict[str, Array]:
    """Every column of the table with NaN where nothing is known; codes are places in the contract's list of codes."""
    out = dict(full)
    _schedule_measures(people, out, rng)
    _ask_when_it_applies(people, work, out, rng)
    before, after = _checkins(people, climate, rng)
    skipped = rng.uniform(*climate.skipped, people.shape[0])[:, None]
    for name in (*BEFORE, *AFTER, *MEASURES, "between_from"):
        answered = after if name in AFTER else before
        keep = answered == ANSWERED
        if name not in MEASURES:
            keep &= rng.random(people.shape) >= skipped
        out[name] = np.where(keep, out[name], np.nan)
    for name in (*RECORDED, *SUDS, *LEDGER, *SPEECH, "safety_reviewed", "responded", "supervised"):
        forgotten = rng.random(people.shape) < (0.0 if name in LEDGER else 0.02)
        out[name] = np.where(people.held & ~forgotten, out[name], np.nan)
    _drop_columns(people, out, climate, rng)
    _calendar_columns(people, out, before, after, climate)
    return out | _endings(people, rng)


def _checkins(people: People, climate: Climate, rng: np.random.Generator) -> tuple[Array, Array]:
    """What became of both check-ins of each session. Silence grows with disengagement; declining is a right and means nothing."""
    shape = people.shape
    usual = rng.uniform(*climate.unanswered, shape[0])[:, None]
    silent = np.clip(usual + 0.2 * people.effects["silence"], 0, 0.85)
    decliner = rng.random(shape[0]) < climate.declining
    start = np.floor(rng.random(shape[0]) * 12)
    declines = decliner[:, None] & (np.arange(SESSIONS)[None, :] >= start[:, None]) & (rng.random(shape) < 0.8)
    both = []
    for held in (people.held | (~people.held & (rng.random(shape) < climate.answers_when_absent)), people.held):
        state = np.where(declines, DECLINED, np.where(rng.random(shape) < silent, UNANSWERED, ANSWERED))
        both.append(np.where(held, state, NOT_OFFERED).astype(float))
    return both[0], both[1]


def _schedule_measures(people: People, out: dict[str, Array], rng: np.random.Generator) -> None:
    """Measures come every one to four sessions; the PCL-5 only with trauma work; the CORE-10 in place of the other two."""
    n, t = people.shape
    service = rng.integers(0, 4, -(-n // SERVICE)).repeat(SERVICE)[:n]
    every = np.array([1, 1, 2, 4])[rng.integers(0, 4, -(-n // SERVICE))].repeat(SERVICE)[:n][:, None]
    due = (np.arange(t)[None, :] % every) == 0
    rarely = (np.arange(t)[None, :] % np.maximum(every, 2)) == 0
    for name in ("phq9", "gad7"):
        out[name] = np.where(due & (service != 3)[:, None], out[name], np.nan)
    out["core10"] = np.where(due & (service == 3)[:, None], out["core10"], np.nan)
    out["pcl5"] = np.where(rarely & people.trauma[:, None], out["pcl5"], np.nan)


def _ask_when_it_applies(people: People, work: Plan, out: dict[str, Array], rng: np.random.Generator) -> None:
    """ "May" questions only where they apply; questions about the time since the last session never at the first."""
    behind = np.zeros_like(work.challenging)
    behind[:, 1:] = (work.challenging & people.held)[:, :-1]
    out["mid_settled"] = np.where(behind, out["mid_settled"], np.nan)
    out["after_present"] = np.where(work.trauma_work, out["after_present"], np.nan)
    out["between_intrusions"] = np.where(people.trauma[:, None], out["between_intrusions"], np.nan)
    wants = rng.random(people.shape[0]) < 0.75
    wants |= people.harm == HARMS.index("regression")
    out["between_old_coping"] = np.where(wants[:, None], out["between_old_coping"], np.nan)
    life, harmed = people.life > 0.3, people.pressure > 0.4
    pick = rng.random(people.shape)
    came_from = np.where(life, np.where(pick < 0.85, 0, 1), np.where(harmed, np.where(pick < 0.5, 2, 1), np.where(pick < 0.5, 0, 1)))
    out["between_from"] = np.where(out["between_peak"] >= 7, came_from.astype(float), np.nan)
    first = np.isnan(people.gap)
    for name in (
        "between_peak",
        "between_settle",
        "between_old_coping",
        "between_used",
        "between_intrusions",
        "between_from",
        "before_open",
        "mid_settled",
    ):
        out[name] = np.where(first, np.nan, out[name])


def _drop_columns(people: People, out: dict[str, Array], climate: Climate, rng: np.random.Generator) -> None:
    """What a service does not collect: single questions, and often the whole ledger, the SUDS or the wheel."""
    n = people.shape[0]
    services = -(-n // SERVICE)
    rate = rng.uniform(*climate.uncollected, services)

    def gone(share: Array | float) -> Flags:
        return np.asarray((rng.random(services) < share).repeat(SERVICE)[:n])

    for name in (*BEFORE, *AFTER, *RECORDED):
        missing = gone(rate)
        if name not in CORE:
            out[name] = np.where(missing[:, None], np.nan, out[name])
    for group, share in ((SUDS, 0.5), (LEDGER, 0.8 * rate), (SPEECH, 0.85), (("responded",), 0.8), (("supervised",), 0.5)):
        missing = gone(share)
        for name in group:
            out[name] = np.where(missing[:, None], np.nan, out[name])
    out["safety_reviewed"] = np.where(np.isnan(out["safety_flag"]), np.nan, out["safety_reviewed"])


def _calendar_columns(people: People, out: dict[str, Array], before: Array, after: Array, climate: Climate) -> None:
    out["day"] = people.day
    out["therapist_id"] = people.therapist.astype(float)
    if climate.attendance_known:
        out["attendance"] = people.attendance.astype(float)
        out["absence_reason"] = np.where(people.reason == NO_REASON, np.nan, people.reason).astype(float)
    if climate.checkins_known:
        out["checkin_before"], out["checkin_after"] = before, after


def _endings(people: People, rng: np.random.Generator) -> dict[str, Array]:
    """How it ended, on the last row only, and one exit check-in that three in ten answer."""
    n = people.shape[0]
    last = np.arange(SESSIONS)[None, :] == people.length[:, None] - 1
    bad = (people.pressure[np.arange(n), people.length - 1] > 0.4)[:, None]
    sour = bad & np.isin(people.harm, [HARMS.index(h) for h in ("experience", "trust", "disengagement", "boundaries")])[:, None]
    left = rng.random((n, 1)) < np.where(sour, 0.6, np.where(bad, 0.35, 0.15))
    ending = np.where(left, 2.0, np.where(rng.random((n, 1)) < 0.15, 0.0, 1.0))
    answers = last & (rng.random((n, 1)) < 0.3)
    again = np.clip(np.round(rng.normal(8.3, 1.3, (n, 1)) - 4.0 * sour), 0, 10)
    still = np.clip(np.round(rng.normal(0.3, 0.6, (n, 1)) + 2.4 * sour), 0, 4)
    return {
        "ending": np.where(last, ending, np.nan),
        "end_again": np.where(answers, again, np.nan),
        "end_still": np.where(answers, still, np.nan),
    }
