"""What is usual for one client, answer by answer: level and spread, surprise, moving average and cumulative sum."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from tests.reference.plain_client import Client, Number, Numbers

from andante.kernels.student import normal_deviation  # a table, held against SciPy in its own test: to 1e-8, less than asked here
from andante.priors import Prior
from andante.records import Column
from andante.usual import STREAMS

# Written out here as well, so that a figure that changes in one place does not change unseen in both.
SMOOTHING, ALLOWANCE, LARGEST_STEP = 0.3, 0.5, 3.0
SHAPE, FORGETTING, WINSOR, ALIKE, MOST = 6.0, 0.95, 2.5, 20.0, 400
LEAST_FOR_UNINFORMATIVE = 6
NO_WAY_OF_ANSWERING = ("prepared", "suds_end", "after_pace", "overrun_min", "between_old_coping")
DAYS = ("between_used", "between_old_coping")
ABOUT_THERAPIST = ("after_heard", "after_choice", "after_helpful", "after_return")


@cache
def weights_after(certainty: float) -> list[tuple[float, float]]:
    """After 0, 1, 2, ... answers: the weight of the level, and the shape (half the degrees of freedom)."""
    out, weight, more = [], certainty, 0.0
    for _ in range(MOST + 1):
        out.append((weight, SHAPE + more))
        weight, more = FORGETTING * (weight + 1), FORGETTING * more + 0.5
    return out


DEGREES = tuple(2 * shape for _, shape in weights_after(1.0))


def answer(client: Client, name: str, t: int) -> Number:
    """The answer in that row; counts of days brought to a week of seven."""
    raw, asked = client.number(name, t), client.days_asked[t]
    return raw if raw is None or name not in DAYS else min(raw, asked) * (7 / asked)


class Stream:
    """One rating of one client; every list has one entry a row."""

    def __init__(self, client: Client, name: str, prior: Prior) -> None:
        self.name, self.prior = name, prior
        self.values = [answer(client, self.name, t) for t in client.steps]
        self.table = weights_after((prior.within / prior.between) ** 2)
        self.level, self.squares, self.answers, self.outside = prior.mean, 0.0, 0, 0
        self.expected: Numbers = []
        self.scale: Numbers = []
        self.deviations: list[tuple[Number, int]] = []
        self.before: list[int] = []  # how many answers were given before each row
        self.surprise: Numbers = []
        self.drift: Numbers = []
        self.cusum: Numbers = []

    def _begins_anew(self, client: Client, t: int) -> bool:
        """A new therapist restarts what rates the therapist."""
        if self.name not in ABOUT_THERAPIST or t == 0:
            return False
        seen = [client.code("therapist_id", s) for s in range(t + 1)]
        now = next((x for x in reversed(seen) if x is not None), None)
        before = next((x for x in reversed(seen[:-1]) if x is not None), None)
        return now is not None and before is not None and now != before

    def take(self, client: Client, t: int, uneven: float) -> Number:
        """Expect row `t`, then see its answer; how far off it was, as a share of the square to be expected (from the second on)."""
        prior = self.prior
        if self._begins_anew(client, t):
            self.level, self.squares, self.answers, self.outside = prior.mean, 0.0, 0, 0
        answers = min(self.answers, MOST)
        self.before.append(answers)
        weight, shape = self.table[answers]
        course = prior.course * math.log1p(client.attended_before[t])
        start = prior.within**2 * (SHAPE - 1) * (uneven if answers else 1.0)
        scale = math.sqrt(start + self.squares) * math.sqrt((weight + 1) / (shape * weight))
        scale = max(scale, min(0.62, 0.6 * prior.within))
        self.expected.append(self.level + course)
        self.scale.append(scale)
        value = self.values[t]
        if value is None:
            self.deviations.append((None, 0))
            return None
        gap = value - course - self.level
        self.deviations.append((gap / scale * STREAMS[self.name], answers))
        gap = min(max(gap, -WINSOR * scale), WINSOR * scale)
        worse_than_the_band = self.name != "intensity" and gap * STREAMS[self.name] >= 1.2815515655446004 * scale and answers >= 4
        self.outside = self.outside + 1 if worse_than_the_band else 0
        if self.outside >= 3:
            return None
        self.level += gap / (weight + 1)
        self.squares = FORGETTING * self.squares + 0.5 * weight / (weight + 1) * gap * gap
        self.answers += 1
        return gap * gap / (prior.within**2 * (1 + 1 / weight)) if answers else None

    def follow(self, client: Client) -> None:
        """Surprises and charts, once all rows are taken."""
        self.surprise = _normal(self.deviations)
        self.drift, self.cusum = charts(self.surprise, [self._begins_anew(client, t) for t in client.steps])


def charts(deviations: Numbers, begins_anew: list[bool]) -> tuple[Numbers, Numbers]:
    """The moving average in its own SDs and the cumulative sum, after each deviation."""
    average, total, decay = 0.0, 0.0, 1.0
    averages: Numbers = []
    totals: Numbers = []
    for value, anew in zip(deviations, begins_anew, strict=True):
        if anew:
            average, total, decay = 0.0, 0.0, 1.0
        if value is None:
            averages.append(None)
            totals.append(None)
            continue
        bounded = min(max(value, -LARGEST_STEP), LARGEST_STEP)
        average += SMOOTHING * (bounded - average)
        total = max(total + bounded - ALLOWANCE, 0.0)
        decay *= (1 - SMOOTHING) ** 2
        averages.append(average / math.sqrt(SMOOTHING / (2 - SMOOTHING) * (1 - decay)))
        totals.append(total)
    return averages, totals


def _normal(deviations: list[tuple[Number, int]]) -> Numbers:
    """Student deviations as normal ones, by how many answers each rests on (the one function shared with the instrument)."""
    t = np.array([np.nan if d is None else d for d, _ in deviations])
    found = normal_deviation(t, np.array([n for _, n in deviations]), DEGREES)
    return [None if d is None else float(z) for (d, _), z in zip(deviations, found, strict=True)]


class Usual:
    """The streams of one client by name."""

    def __init__(self, client: Client, priors: dict[str, Prior]) -> None:
        self.client = client
        self.streams = {n: Stream(client, n, priors[n]) for n in STREAMS if client.has(n) and n in priors}
        off, count = ALIKE, ALIKE
        for t in client.steps:
            uneven = off / count
            shares = [share for stream in self.streams.values() if (share := stream.take(client, t, uneven)) is not None]
            off, count = off + sum(shares), count + len(shares)
        for stream in self.streams.values():
            stream.follow(client)

    def surprise(self, name: str, t: int) -> Number:
        return self.streams[name].surprise[t] if name in self.streams else None

    def expected(self, name: str, t: int) -> Number:
        return self.streams[name].expected[t] if name in self.streams else None

    def answers(self, name: str, t: int) -> int:
        return self.streams[name].before[t] if name in self.streams else 0

    def drift(self, name: str, t: int) -> Number:
        return self.streams[name].drift[t] if name in self.streams else None

    def cusum(self, name: str, t: int) -> Number:
        return self.streams[name].cusum[t] if name in self.streams else None

    def value(self, name: str, t: int) -> Number:
        return answer(self.client, name, t)

    def uninformative(self, name: str, t: int) -> bool:
        """Six answers or more, all at one end of a scale of more than three steps."""
        return at_one_end(self.client.column(name), self.client.numbers(name)[: t + 1])

    def anything_uninformative(self, t: int) -> bool:
        return any(self.uninformative(name, t) for name in (*self.streams, *self.client.measured) if name not in NO_WAY_OF_ANSWERING)


def at_one_end(column: Column | None, values: Numbers) -> bool:
    if column is None or column.low is None or column.high is None or column.steps <= 3:
        return False
    answers = [v for v in values if v is not None]
    return len(answers) >= LEAST_FOR_UNINFORMATIVE and (all(v == column.low for v in answers) or all(v == column.high for v in answers))
