"""Own habits in counts: how often a check-in is answered, on how many days an old way of coping comes.

Beta-binomial: a share learned from the client's own earlier answers and a weak prior; a new count is judged by its
tail under that share, turned into a normal deviation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from andante.kernels.compiled import compiled

Floats = NDArray[np.float64]

FORGETTING = 0.96  # an answer's weight after one more (ours, uncalibrated)
ANSWERING = (3.0, 1.0)  # prior of answering a check-in: 3 of 4, worth four check-ins (ours, uncalibrated)
LATELY = 6  # check-ins looked at together (ours); at most 7, for the tail below
DAYS = (0.9, 5.1)  # prior of a day on the old way of coping: 1 in 7 about, worth six days (ours, uncalibrated)
UNUSUAL = 1.645  # one-sided 5 %: P(X >= x) <= .05
LEAST_UNUSUAL = float(-special.ndtri(1 - 1e-3))  # of a week without such a day
UNUSUAL_CHANCE = float(special.ndtr(-UNUSUAL))
UNUSUAL_WEIGHT = 0.3  # what an unusual week counts toward the client's own habit, so that a crisis does not become one (ours)


def silence(answered: Floats) -> tuple[Floats, Floats]:
    """How surprising the current run of unanswered check-ins is, and its length.

    `answered` `[T, C]`: 1 answered, 0 unanswered, NaN neither (declined, not offered). The chance of k in a row is
    (1 - share)^k with the share learned before the run began; one who never answered is not silent (-1). NaN where
    nothing was asked.
    """
    chance, length = _silence(answered)
    return np.where(answered == 0, np.maximum(-special.ndtri(chance), -1.0), np.where(answered == 1, -1.0, np.nan)), length


@compiled
def _silence(answered: Floats) -> tuple[Floats, Floats]:
    """The chance of each run of unanswered check-ins (1 where there is none) and its length."""
    chance, length = np.ones_like(answered), np.full(answered.shape, np.nan)
    for client in range(answered.shape[1]):
        yes, no = ANSWERING
        run, share = 0.0, 0.0
        for step in range(answered.shape[0]):
            now = answered[step, client]
            if np.isnan(now):
                continue
            silent = now == 0
            run = run + 1 if silent else 0.0
            if silent:
                chance[step, client] = (1 - share) ** run
            length[step, client] = run
            yes = FORGETTING * yes + (not silent)
            no = FORGETTING * no + silent
            if run == 0:
                share = yes / (yes + no)
    return chance, length


@compiled
def silent_lately(answered: Floats) -> tuple[Floats, Floats]:
    """The chance of as many unanswered among the last LATELY check-ins, and how many they were; NaN before there are as many.

    `answered` `[T, C]` as above. The tail of a beta-binomial that is learned from the check-ins before these; those not answered
    while that was unusual count less, so that a silence does not become a habit. For who never answered it is no chance, but certain.
    """
    chance, count = np.full(answered.shape, np.nan), np.full(answered.shape, np.nan)
    lately, counts_as = np.zeros(LATELY), np.zeros(LATELY)  # 1 where not answered, and what that counts for later
    for client in range(answered.shape[1]):
        yes, no = ANSWERING
        asked, missing, ever = 0, 0.0, False
        for step in range(answered.shape[0]):
            now = answered[step, client]
            if np.isnan(now):
                continue
            place = asked % LATELY
            if asked >= LATELY:
                yes, no = FORGETTING * yes + (1 - lately[place]), FORGETTING * no + counts_as[place]
                missing -= lately[place]
            lately[place] = counts_as[place] = now == 0
            asked, missing, ever = asked + 1, missing + (now == 0), ever or now == 1
            if asked >= LATELY:
                found = _tail(missing, float(LATELY), no, yes) if ever else 1.0
                counts_as[place] *= UNUSUAL_WEIGHT if found <= UNUSUAL_CHANCE else 1.0
                chance[step, client], count[step, client] = found, missing
    return chance, count


def days_against_own(days: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """How surprising a count of days is against the client's own earlier weeks, and the count that was expected.

    `days` of `asked` days `[T, C]`; NaN where not answered. The first week is judged by the prior.
    """
    chance, expected = _days_against_own(days, asked)
    surprise = np.where(days == 0, LEAST_UNUSUAL, np.nan)
    some = days > 0  # most weeks have no such day: only the others need a tail
    surprise[some] = -special.ndtri(np.clip(chance[some], 1e-12, 1 - 1e-3))
    return surprise, expected


@compiled
def _days_against_own(days: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """The chance of so many days or more, and the count that was expected."""
    chance, expected = np.full(days.shape, np.nan), np.full(days.shape, np.nan)
    for client in range(days.shape[1]):
        yes, no = DAYS
        for step in range(days.shape[0]):
            now, of = days[step, client], asked[step, client]
            if not now >= 0:
                continue
            found = _tail(now, of, yes, no) if now > 0 else 1.0
            chance[step, client] = found
            expected[step, client] = of * yes / (yes + no)
            weight = UNUSUAL_WEIGHT if found <= UNUSUAL_CHANCE else 1.0
            yes = FORGETTING * yes + weight * now
            no = FORGETTING * no + weight * (of - now)
    return chance, expected


@compiled
def tail(count: Floats, of: Floats, yes: Floats, no: Floats) -> Floats:
    """P(X >= count) for a beta-binomial of `of` (at most 7) days with Beta(yes, no); all arrays `[C]`."""
    out = np.empty(len(count))
    for client in range(len(count)):
        out[client] = _tail(count[client], of[client], yes[client], no[client])
    return out


@compiled
def _tail(count: float, of: float, yes: float, no: float) -> float:
    """One such chance: P(X = 0) is the product of (no + k) / (yes + no + k) over the days; each next one follows from it."""
    size, none = np.floor(of), 1.0
    for day in range(7):
        if day < size:
            none *= (no + day) / (yes + no + day)
    total, grown = 0.0, 1.0
    for day in range(7):
        if count > day:
            total += none * grown
        left = size - day
        grown *= left * (yes + day) / ((day + 1) * max(no + left - 1, 1e-300)) if left > 0 else 0.0
    return 1 - total
