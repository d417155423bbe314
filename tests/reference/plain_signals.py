"""How an indicator compares, in one row: against a fixed rule, a graded cut-off, or what is usual; see `plain_risks`."""

from __future__ import annotations

from tests.reference.plain_client import Number, Numbers, at_most, by_step, larger
from tests.reference.plain_usual import Usual

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


def surprise(usual: Usual, name: str) -> Numbers:
    """From the one-sided 95 % limit (1.645) to 5 SDs."""
    return well(usual, name, by_step(usual.client, lambda t: graded(usual.surprise(name, t), 1.645, 5.0)))


def drift(usual: Usual, name: str) -> Numbers:
    """The larger of the moving average (2 to 5 SDs) and the cumulative sum (3 to 8).

    It does not speak before the third answer, nor once an answer is as expected.
    """

    def charted(t: int) -> Number:
        excess = larger(graded(usual.drift(name, t), 2.0, 5.0), graded(usual.cusum(name, t), 3.0, 8.0))
        silent = at_most(usual.surprise(name, t), 0.8) or usual.answers(name, t) < 2
        return min(excess, -0.02) if excess is not None and silent else excess

    return well(usual, name, by_step(usual.client, charted))


def well(usual: Usual, name: str, excess: Numbers) -> Numbers:
    """The best answer but one, on a scale of more than three steps, never speaks."""
    column = usual.client.column(name)
    if column is None or column.low is None or column.high is None or column.high - column.low <= 3 or not column.worse:
        return excess
    best = column.low if column.worse > 0 else column.high
    values = [usual.value(name, t) for t in usual.client.steps]
    near = [value is not None and abs(value - best) <= 1 for value in values]
    return [min(e, -0.02) if e is not None and n else e for e, n in zip(excess, near, strict=True)]


def faintly(excess: Numbers) -> Numbers:
    """Never more than a faint rule."""
    return [None if v is None else min(v, FAINT) for v in excess]
