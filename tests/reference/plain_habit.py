"""A client's own habits in counts: answering check-ins, days on an old way of coping."""

from __future__ import annotations

import math

from scipy import special
from tests.reference.plain_client import Numbers

# Written out here as well, so that a figure that changes in one place does not change unseen in both.
ANSWERING, DAYS, FORGETTING, LATELY = (3.0, 1.0), (0.9, 5.1), 0.96, 6
UNUSUAL, UNUSUAL_WEIGHT = 1.645, 0.3
UNUSUAL_CHANCE = float(special.ndtr(-UNUSUAL))


def silence(answered: Numbers) -> Numbers:
    """How surprising the current run of unanswered check-ins is, by the share of answers before the run began."""
    yes, no = ANSWERING
    share, run = 0.0, 0  # one who never answered is not silent
    out: Numbers = []
    for now in answered:
        if now is None:
            out.append(None)
            continue
        if now == 0:
            run += 1
            out.append(max(-float(special.ndtri((1 - share) ** run)), -1.0))
        else:
            run = 0
            out.append(-1.0)
        yes, no = FORGETTING * yes + (now == 1), FORGETTING * no + (now == 0)
        if run == 0:
            share = yes / (yes + no)
    return out


def silent_lately(answered: Numbers) -> tuple[Numbers, Numbers]:
    """The chance of so many unanswered among the last LATELY, learned from those before; and how many they were."""
    asked: list[float] = []
    weights: list[float] = []  # what each counts for later where it was not answered
    out: Numbers = []
    count: Numbers = []
    for now in answered:
        if now is not None:
            asked.append(now)
            weights.append(1.0)
        if now is None or len(asked) < LATELY:
            out.append(None)
            count.append(None)
            continue
        yes, no = ANSWERING
        for earlier, weight in zip(asked[:-LATELY], weights[:-LATELY], strict=True):
            yes, no = FORGETTING * yes + (earlier == 1), FORGETTING * no + weight * (earlier == 0)
        missing = asked[-LATELY:].count(0)
        found = tail(missing, LATELY, no, yes) if 1 in asked else 1.0
        weights[-1] = UNUSUAL_WEIGHT if found <= UNUSUAL_CHANCE else 1.0
        out.append(found)
        count.append(missing)
    return out, count


def days_against_own(days: Numbers, asked: list[float]) -> tuple[Numbers, Numbers]:
    """How surprising each count of days is under the client's own earlier weeks (beta-binomial tail); the count expected."""
    yes, no = DAYS
    out: Numbers = []
    expected: Numbers = []
    for now, of in zip(days, asked, strict=True):
        if now is None:
            out.append(None)
            expected.append(None)
            continue
        expected.append(of * yes / (yes + no))
        chance = min(max(tail(now, of, yes, no), 1e-12), 1 - 1e-3)
        deviation = -float(special.ndtri(chance))
        out.append(deviation)
        weight = UNUSUAL_WEIGHT if deviation >= UNUSUAL else 1.0
        yes, no = FORGETTING * yes + weight * now, FORGETTING * no + weight * (of - now)
    return out, expected


def tail(count: float, of: float, yes: float, no: float) -> float:
    """P(X >= count) for a beta-binomial of `of` whole days: ways times rising products."""
    size = math.floor(of)

    def rising(start: float, factors: int) -> float:
        return math.prod(start + k for k in range(factors))

    def chance(k: int) -> float:
        return math.comb(size, k) * rising(yes, k) * rising(no, size - k) / rising(yes + no, size)

    return sum(chance(k) for k in range(size + 1) if k >= count)
