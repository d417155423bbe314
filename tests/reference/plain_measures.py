"""The measures once more, one client and one interval at a time, in exact fractions: the oracle of the fast path."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

CRITICAL = {4: 2.7764451051977987, 3: 3.182446305284263, 2: 4.302652729911275}  # Student's t, two-sided .05


def sudden_change(
    scores: Sequence[float | None], interval: int, cutoff: float, direction: str
) -> tuple[bool | None, bool | None, bool | None]:
    """The three criteria at the step from `scores[interval]` to the next, None where one cannot be judged."""
    now, then = scores[interval], scores[interval + 1]
    first = second = third = None
    sign = 1 if direction == "fall" else -1
    if now is not None and then is not None:
        step = Fraction(now) - Fraction(then)
        first = sign * step >= Fraction(cutoff)
        second = sign * step >= Fraction(now) / 4
    before = [Fraction(s) for s in scores[max(interval - 2, 0) : interval + 1] if s is not None]
    after = [Fraction(s) for s in scores[interval + 1 : interval + 4] if s is not None]
    if len(before) >= 2 and len(after) >= 2:
        means = [sum(values) / len(values) for values in (before, after)]
        squares = sum(sum((v - mean) ** 2 for v in values) for values, mean in zip((before, after), means, strict=True))
        freedom = len(before) + len(after) - 2
        third = sign * float(means[0] - means[1]) > CRITICAL[freedom] * sqrt(squares / freedom)
    return first, second, third


def count_sudden(clients: Sequence[Sequence[float | None]], cutoff: float, direction: str) -> tuple[int, int]:
    """How many intervals meet all three criteria, and in how many clients."""
    found = [
        sum(all(c is True for c in sudden_change(scores, n, cutoff, direction)) for n in range(1, len(scores) - 2)) for scores in clients
    ]
    return sum(found), sum(count > 0 for count in found)


def spikes(scores: Sequence[float | None], rise: float, drop: float, within: int, apart: int) -> list[tuple[int, str]]:
    """(session before the rise, state) of each spike."""
    found: list[tuple[int, str]] = []
    last = max((k for k, s in enumerate(scores) if s is not None), default=-1)
    free = 0
    for n in range(len(scores) - 1):
        now, then = scores[n], scores[n + 1]
        if n < free or now is None or then is None or then - now < rise:
            continue
        free, peak, state = n + apart, then, None
        for later in range(n + 2, min(n + 2 + within, len(scores))):
            score = scores[later]
            if score is not None and score <= peak - drop:
                state = "returned"
                break
            if score is not None and score > peak:
                peak = score
        found.append((n, state or ("not returned" if last >= n + 1 + within else "open")))
    return found


def change_class(pre: float, post: float, index: float, critical: float, cutoff: float | None, better: str) -> str:
    """The class of one client: change alone, or combined with a cut-off."""
    sign = -1 if better == "lower" else 1
    improved, deteriorated = sign * index > critical, sign * index < -critical
    if cutoff is not None:
        clinical, functional = sign * pre < sign * cutoff, sign * post > sign * cutoff
        if clinical and functional and improved:
            return "recovered"
        if not clinical and not functional and deteriorated:
            return "harmed"
    return "improved" if improved else "deteriorated" if deteriorated else "unchanged"
