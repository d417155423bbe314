"""How an indicator compares, in one row: against a fixed rule, a graded cut-off, or what is usual; see `plain_risks`."""

from __future__ import annotations

from tests.reference.plain_client import Number, Numbers, at_most, by_step, larger, less
from tests.reference.plain_usual import Usual

from andante.usual import DAYS

FAINT, PLAIN, ALONE, STRONG, NOT_AT_ALL = 0.25, 0.4, 0.5, 0.8, -0.5
Excess = dict[str, Numbers]


def nearly(value: Number, near: bool) -> Number:
    """What falls short of a rule, and yet leans that way."""
    return -0.1 if near and value is not None and value < -0.1 else value


def rule(holds: bool, judged: bool, strength: float = PLAIN) -> Number:
    return (strength if holds else NOT_AT_ALL) if judged else None


def beyond(value: Number, threshold: float, full: float, start: float = PLAIN) -> Number:
    if value is None:
        return None
    share = (value - threshold) / (full - threshold)
    return start + (1 - start) * share if share >= 0 else max(0.5 * share - 0.02, NOT_AT_ALL)


def graded(value: Number, speaks: float, full: float) -> Number:
    return None if value is None else (value - speaks) / (full - speaks)


def only_beyond(value: Number) -> Number:
    """What falls short of it does not lean."""
    return value if value is None or value >= 0 else min(value, -0.2)


def surprise(usual: Usual, name: str) -> Numbers:
    """From the one-sided 95 % limit (1.645) to 5 SDs; a step off, on a scale of more than three steps, is not far."""
    excess = by_step(usual.client, lambda t: graded(usual.surprise(name, t), 1.645, 5.0))
    if has_best(usual, name):
        excess = no_farther(usual, name, [usual.expected(name, t) for t in usual.client.steps], 1.5, excess)
    return well(usual, name, excess)


def drift(usual: Usual, name: str) -> Numbers:
    """The larger of the moving average (2 to 5 SDs) and the cumulative sum (3 to 8).

    It does not speak before the third answer, nor once an answer is as expected.
    """

    def charted(t: int) -> Number:
        excess = larger(graded(usual.drift(name, t), 2.0, 5.0), graded(usual.cusum(name, t), 3.0, 8.0))
        silent = at_most(usual.surprise(name, t), 0.8) or usual.answers(name, t) < 2
        return min(excess, -0.2) if excess is not None and silent else excess

    excess = by_step(usual.client, charted)
    if has_best(usual, name):  # short of speaking, what is no more than a step does not lean
        near = no_farther(usual, name, [usual.expected(name, t) for t in usual.client.steps], 1.5, excess)
        excess = [n if e is not None and e < 0 else e for e, n in zip(excess, near, strict=True)]
        excess = no_farther(usual, name, [usual.expected(name, t) for t in usual.client.steps], 0.5, excess)
    return well(usual, name, excess)


def well(usual: Usual, name: str, excess: Numbers) -> Numbers:
    """The best answer but one, on a scale of more than three steps, never speaks."""
    if not has_best(usual, name):
        return excess
    column = usual.client.column(name)
    best = column.low if column.worse > 0 else column.high
    return no_farther(usual, name, [best] * len(excess), 1, excess)


def has_best(usual: Usual, name: str) -> bool:
    column = usual.client.column(name)
    return column is not None and column.low is not None and column.high is not None and column.steps > 3 and bool(column.worse)


def no_farther(usual: Usual, name: str, others: Numbers, than: float, excess: Numbers) -> Numbers:
    """Where an answer is no farther than this from the other value, it falls just short of speaking; days as the client counts them."""
    values = [usual.value(name, t) for t in usual.client.steps]
    unit = [asked / 7 if name in DAYS else 1.0 for asked in usual.client.days_asked]
    near = [None not in (v, o) and abs(v * u - o * u) <= than + 1e-9 for v, o, u in zip(values, others, unit, strict=True)]
    return [min(e, -0.2) if e is not None and n else e for e, n in zip(excess, near, strict=True)]


def faintly(excess: Numbers) -> Numbers:
    """Never more than a faint rule."""
    return [None if v is None else min(v, FAINT) for v in excess]


def difference_of_averages(values: Numbers) -> Numbers:
    """A quick moving average (0.5) less a slow one (0.15) that does not yet hold the current value."""
    out: Numbers = []
    quick: Number = None
    slow: Number = None
    for now in values:
        if now is None:
            out.append(None)
            continue
        quick = now if quick is None else quick + 0.5 * (now - quick)
        out.append(less(quick, slow))
        slow = now if slow is None else slow + 0.15 * (now - slow)
    return out
