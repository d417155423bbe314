"""The pace ceiling of one client, row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special
from tests.reference.plain_client import Client, Number, Numbers, above, at_most
from tests.reference.plain_events import Events

from andante.kernels.regression import Prior

# Written out here as well, so that a figure that changes in one place does not change unseen in both.
SHARE, FIRST, STEP_UP, WINDOW = 0.10, 5.0, 2.0, 6
CENTER_INTENSITY, CENTER_DISTRESS, DISTRESS_AHEAD = 5.0, 5.0, 2.3
PRIOR = Prior(mean=(4.4, 0.7, 0.33), sd=(1.6, 0.21, 0.19), residual=1.68, shape=6.75, forgetting=0.85, farthest=2.0)
LOW_COPING = 3.0
LEAST_FOR_UNINFORMATIVE = 6
LOW_COPING_CEILING = 6.0  # where coping is low, challenging work waits


@dataclass
class Line:
    """A straight line of overwhelm on intensity and distress: what is known after some rows."""

    mean: list[float]
    covariance: list[list[float]]
    variance: float
    quantile: float


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a small linear system by elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for k in range(size):
        pivot = max(range(k, size), key=lambda r: abs(rows[r][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for r in range(size):
            if r != k:
                factor = rows[r][k] / rows[k][k]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [rows[k][size] / rows[k][k] for k in range(size)]


class Regression:
    """Conjugate update of a linear model, one row at a time; a new row makes all earlier ones weigh a little less."""

    def __init__(self) -> None:
        self.precision = [(PRIOR.residual / sd) ** 2 for sd in PRIOR.sd]
        self.cross = [[0.0] * 3 for _ in range(3)]
        self.moment = [0.0] * 3
        self.square, self.more, self.rows = 0.0, 0.0, 0

    def add(self, first: float, second: float, outcome: float) -> None:
        x, keep = (1.0, first, second), PRIOR.forgetting
        outcome = self._counted(x, outcome)
        self.cross = [[keep * self.cross[i][j] + x[i] * x[j] for j in range(3)] for i in range(3)]
        self.moment = [keep * m + v * outcome for m, v in zip(self.moment, x, strict=True)]
        self.square = keep * self.square + outcome * outcome
        self.more = keep * self.more + 0.5
        self.rows += 1

    def _counted(self, x: tuple[float, float, float], outcome: float) -> float:
        """An outcome far from what was expected counts only as far as `farthest` predictive SDs."""
        line = self.line()
        expected = sum(m * v for m, v in zip(line.mean, x, strict=True))
        unsure = 1 + sum(x[i] * line.covariance[i][j] * x[j] for i in range(3) for j in range(3))
        reach = PRIOR.farthest * math.sqrt(line.variance * unsure)
        return sorted((expected - reach, outcome, expected + reach))[1]

    def line(self) -> Line:
        p = [[self.cross[i][j] + (self.precision[i] if i == j else 0.0) for j in range(3)] for i in range(3)]
        moment = [self.moment[i] + self.precision[i] * PRIOR.mean[i] for i in range(3)]
        mean = solve(p, moment)
        columns = [solve(p, [float(i == k) for i in range(3)]) for k in range(3)]
        shape = PRIOR.shape + self.more
        left = self.square + sum(self.precision[i] * PRIOR.mean[i] ** 2 - mean[i] * moment[i] for i in range(3))
        scale = PRIOR.residual**2 * (PRIOR.shape - 1) + 0.5 * max(left, 0.0)
        return Line(mean, columns, scale / shape, float(special.stdtrit(2 * shape, 1 - SHARE)))


def highest(line: Line, distress: float, own_line: float, *, said: bool) -> tuple[float, float]:
    """The highest intensity at which overwhelm above the line is at most so likely, found by halving; and half its 80 % interval.

    Answers are whole, so that "above 7" begins at 7.5. The upper limit of overwhelm rises with intensity only beyond
    some point where the slope is flat, so the first crossing from the safe side is taken. A distress not `said` yet
    may lie DISTRESS_AHEAD beside what is usual: its variance, times what a point of it moves, and may move, is added.
    """
    level, slope, by_distress = line.mean[0], max(line.mean[1], 0.0), line.mean[2]
    d, v, top = distress - CENTER_DISTRESS, line.covariance, own_line + 0.5
    ahead = 0.0 if said else DISTRESS_AHEAD**2

    def spread(u: float) -> float:
        x = (1.0, u, d)
        known = sum(x[i] * v[i][j] * x[j] for i in range(3) for j in range(3))
        return known + ahead * (v[2][2] + by_distress**2 / line.variance)

    def upper(u: float) -> float:
        return level + slope * u + by_distress * d + line.quantile * math.sqrt(line.variance * (1 + spread(u)))

    lowest, most = -CENTER_INTENSITY, 10 - CENTER_INTENSITY
    if upper(most) <= top:
        u = most
    elif level + by_distress * d >= top:
        u = lowest
    else:
        u = _crossing(upper, top, lowest, most)
    sd = math.sqrt(line.variance * spread(u)) / max(slope, 0.2)
    return u + CENTER_INTENSITY, sd * line.quantile  # as much lies outside an 80 % interval on either side as may be overwhelming


def _crossing(upper, top: float, lowest: float, most: float) -> float:  # type: ignore[no-untyped-def]
    """Where the upper limit crosses the line for the last time below `most`; `lowest` where it is above all the way."""
    points = (most - (most - lowest) * k / 100 for k in range(101))
    safe = next((p for p in points if upper(p) <= top), None)
    if safe is None:
        return lowest
    low, high = safe, min(safe + (most - lowest) / 100, most)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if upper(middle) <= top else (low, middle)
    return low


def estimate(client: Client, events: Events) -> list[tuple[Number, Number]]:
    """Ceiling and confidence at each row: of the session itself while it is pending, else of the next one."""
    if not (client.has("intensity") or client.has("planned_intensity")):
        return [(None, None)] * len(client.rows)
    walk = _Walk(client, events)
    return [walk.step(t) for t in client.steps]


class _Walk:
    def __init__(self, client: Client, events: Events) -> None:
        self.client, self.events = client, events
        self.regression = Regression()
        self.usually, self.weight = CENTER_DISTRESS, 1.0
        self.stands = FIRST
        self.cap = FIRST
        self.sessions: list[tuple[float, bool] | None] = []  # of each held one, where it was rated: intensity, well borne
        self.last_today: Number = None
        self.last_distress: Number = None
        self.last_coping: Number = None
        self.after_borne = False
        self.intensity: Numbers = []
        self.overwhelm: Numbers = []

    def step(self, t: int) -> tuple[Number, Number]:
        c, held = self.client, self.client.held[t]
        distress = c.number("before_distress", t)
        expected = self.usually if distress is None else distress
        own_line = self.events.line(t)
        before, half_before = highest(self.regression.line(), expected, own_line, said=distress is not None)
        if t == 0:
            self.stands = min(before, FIRST)
        self.intensity.append(c.number("intensity", t) if held else None)
        self.overwhelm.append(c.number("after_overwhelm", t) if held else None)
        intensity, overwhelm = self.intensity[-1], self.overwhelm[-1]
        today = self._today(t, before)
        if intensity is not None and overwhelm is not None:
            self.regression.add(intensity - CENTER_INTENSITY, expected - CENTER_DISTRESS, overwhelm)
        if distress is not None:
            self.weight = 0.9 * self.weight + 1
            self.usually += (distress - self.usually) / self.weight
        after, half_after = highest(self.regression.line(), self.usually, own_line, said=False)
        self._next(t, today, after)
        if self._empty(t):
            return None, None
        value, half = (today, half_before) if c.pending[t] else (self.stands, half_after)
        width = min(value + half, 10.0) - max(value - half, 0.0)
        return value, 1 - width / 10

    def _today(self, t: int, before: float) -> float:
        """Today's answers may only lower what stands."""
        c = self.client
        distress, coping = c.number("before_distress", t), c.number("before_coping", t)
        today = min(self.stands, before)
        harder = above(distress, self.last_distress) or above(self.last_coping, coping)
        if self.after_borne and not harder and self.last_today is not None:
            today = max(today, min(self.last_today, self.cap))
        if self.events.after_break(t):
            today = max(today - 1, 0.0)
        return min(today, LOW_COPING_CEILING) if at_most(coping, LOW_COPING) else today

    def _next(self, t: int, today: float, after: float) -> None:
        intensity, overwhelm = self.intensity[-1], self.overwhelm[-1]
        if intensity is None or overwhelm is None:
            if self.client.held[t]:
                self.sessions.append(None)
                self.cap = self._highest_allowed()
            self.stands = min(self.stands, self.cap)
            return
        borne = not self.events.overwhelmed(t)
        following = max(after, today, self.stands) if borne else min(after, today, intensity)
        self.sessions.append((intensity, borne))
        self.cap = self._highest_allowed()
        self.stands = min(following, self.cap)
        self.last_today, self.after_borne = today, borne
        self.last_distress, self.last_coping = self.client.number("before_distress", t), self.client.number("before_coping", t)

    def _highest_allowed(self) -> float:
        """2 above the highest well-borne of the last six held; none well borne: one below the lowest; none rated: as it was."""
        last = [session for session in self.sessions[-WINDOW:] if session]
        well = [intensity for intensity, borne in last if borne]
        return max(well) + STEP_UP if well else max(min(i for i, _ in last) - 1, 0.0) if last else self.cap

    def _empty(self, t: int) -> bool:
        both = any(i is not None and o is not None for i, o in zip(self.intensity, self.overwhelm, strict=True))
        first_ahead = self.client.pending[t] and self.client.attended_before[t] == 0
        return (not both and not first_ahead) or _says_nothing(self.intensity) or _says_nothing(self.overwhelm)


def _says_nothing(values: Numbers) -> bool:
    """Six ratings or more, all the same."""
    rated = [v for v in values if v is not None]
    return len(rated) >= LEAST_FOR_UNINFORMATIVE and len(set(rated)) == 1
