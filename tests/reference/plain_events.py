"""Things that several risks refer to, told row by row, and a measure as sessions go by."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference.plain_client import (
    Client,
    Number,
    Numbers,
    above,
    at_least,
    at_most,
    count_known,
    counts,
    known_before,
    last_known,
    less,
    true_in_last,
)
from tests.reference.plain_signals import NOT_AT_ALL
from tests.reference.plain_usual import Usual

from andante.records import MeasureColumn

FRESH = 60.0  # days: an older score is not "last" (contract)


class Events:
    def __init__(self, client: Client, usual: Usual) -> None:
        self.client, self.usual = client, usual

    def line(self, t: int) -> float:
        agreed = last_known(self.client.numbers("overwhelm_line"), t)
        return 7.0 if agreed is None else agreed

    def challenging(self, t: int) -> bool:
        return self.client.true("trauma_work", t) or at_least(self.client.number("intensity", t), 7)

    def planned(self, t: int) -> bool:
        plan, done = self.client.number("planned_intensity", t), self.client.number("intensity", t)
        beyond = 1 if self.client.code("led_by", t) == "client" and not at_least(done, 7) else 2
        return at_least(plan, 7) or (at_least(plan, 4) and not at_least(less(done, plan), beyond))

    def own_disclosure(self, t: int) -> bool:
        return self.client.code("led_by", t) == "client" and not self.planned(t)

    def agreed(self, t: int) -> bool:
        c = self.client
        return c.true("essentials", t) or (at_least(c.number("prepared", t), 0.6) and c.true("consent", t))

    def overwhelmed(self, t: int) -> bool:
        return above(self.client.number("after_overwhelm", t), self.line(t))

    def fall_in_heard(self, t: int) -> Number:
        """SDs below the client's own level, from the fourth answer on; the larger of within- and between-person SD."""
        stream = self.usual.streams.get("after_heard")
        heard = self.client.number("after_heard", t)
        if stream is None or heard is None or self.usual.answers("after_heard", t) < 3:
            return None
        return (stream.expected[t] - heard) / max(stream.scale[t], stream.prior.between)  # type: ignore[operator,type-var]

    def too_slow(self, t: int) -> bool:
        """Of the last three answers on pace two said too slow, as of the last answer."""
        slow: Numbers = [None if p is None else float(p <= -1) for p in self.client.numbers("after_pace")]
        return at_least(last_known([true_in_last(slow, s, 3) for s in self.client.steps], t), 2)

    def strained(self, t: int) -> bool:
        c = self.client
        pressed = at_least(c.number("client_slow", t), 1) or at_least(c.number("stops_overridden", t), 1)
        return self.overwhelmed(t) or self.ruptured(t) or pressed

    def ruptured(self, t: int) -> bool:
        return at_most(self.client.number("after_heard", t), 4) or at_least(self.fall_in_heard(t), 2)

    def last(self, what: Callable[[int], bool], t: int) -> bool:
        """Whether the latest attended session before this row was so."""
        before = self.client.last_attended(t)
        return before is not None and what(before)

    def after_strain(self, t: int) -> bool:
        c = self.client
        told = [s for s in range(t) if c.attended[s] and (c.known("after_overwhelm", s) or c.known("after_heard", s) or self.strained(s))]
        return (bool(told) and self.strained(told[-1])) or at_least(c.number("client_slow", t), 1)

    def after_trauma_work(self, t: int) -> bool:
        return self.last(lambda s: self.client.true("trauma_work", s), t)

    def after_agreed_work(self, t: int) -> bool:
        c = self.client
        return self.last(lambda s: self.agreed(s) and (c.true("trauma_work", s) or at_least(c.number("intensity", s), 5)), t)

    def hard_week(self, t: int) -> bool:
        """Distress, wellbeing or the worst moment since is 2.5 SDs, and 3 points, worse than usual."""
        for name in ("before_distress", "before_wellbeing", "between_peak"):
            off = less(self.client.number(name, t), self.usual.expected(name, t))
            if at_least(self.usual.surprise(name, t), 2.5) and off is not None and abs(off) >= 3:
                return True
        return False

    def after_break(self, t: int) -> bool:
        return above(self.client.gap[t], 21.0)

    def each_of(self, domain: str, points: Callable[[Numbers, MeasureColumn], Numbers]) -> list[Numbers]:
        """Some figure for every measure of the domain, in units of what counts as a change in it."""
        out: list[Numbers] = []
        for measure in self.client.measures(domain):
            worse = [None if v is None else v * measure.worse for v in self.client.numbers(measure.name)]
            out.append([None if p is None else p / counts(measure) for p in points(worse, measure)])  # type: ignore[operator]
        return out

    def worst_of(self, domain: str, points: Callable[[Numbers, MeasureColumn], Numbers], speaks: float = 1.0) -> Numbers:
        """The largest of them; none where no score of this row speaks and a measure not asked now did when it was last asked."""
        each = self.each_of(domain, points)
        best = [max((figures[t] for figures in each if figures[t] is not None), default=None) for t in self.client.steps]  # type: ignore[type-var]
        return [None if wait else value for value, wait in zip(best, self.waits(domain, points, speaks), strict=True)]

    def waits(self, domain: str, points: Callable[[Numbers, MeasureColumn], Numbers], speaks: float = 1.0) -> list[bool]:
        """Where a measure that spoke when it was last asked is not asked, and no score of the row speaks."""
        each = self.each_of(domain, points)
        out = []
        for t in self.client.steps:
            stood = any(figures[t] is None and at_least(last_known(figures, t), speaks) for figures in each)
            out.append(stood and not any(at_least(figures[t], speaks) for figures in each))
        return out


# a measure as sessions go by; scores are turned so that more is worse
def since_first(worse: Numbers) -> Numbers:
    first = next((v for v in worse if v is not None), None)
    return [None if count_known(worse, t) < 2 else less(v, first) for t, v in enumerate(worse)]


def since_last(worse: Numbers, days: Numbers) -> Numbers:
    out: Numbers = []
    last: Number = None
    when: Number = None
    for value, day in zip(worse, days, strict=True):
        out.append(None if above(less(day, when), FRESH) else less(value, last))
        if value is not None:
            last, when = value, day
    return out


def given_back(worse: Numbers, reliable: float) -> Numbers:
    """Points given back of a reliable gain that two scores running had shown, or one, where the two latest have lost it."""
    out: Numbers = []
    first: Number = None
    last: Number = None
    best: Number = None
    seen: list[float] = []
    for value in worse:
        if value is None:
            out.append(None)
            continue
        if first is None:
            first = value
        gained = best is not None and first - best >= reliable
        lost = value - best if gained else 0.0  # type: ignore[operator]
        if len(seen) >= 2 and first - min(seen[:-1]) >= reliable:
            lost_twice = min(value, seen[-1]) - min(seen[:-1])
            lost = max(lost, lost_twice) if lost_twice >= reliable else lost
        out.append(None if last is None else lost)
        seen.append(value)
        if last is not None:
            best = max(value, last) if best is None else min(best, max(value, last))
        last = value
    return out


def unreturned(worse: Numbers, days: Numbers, reliable: float, measures: int) -> Numbers:
    """Points above the level before a reliable rise, once that many further scores have not come back."""
    out: Numbers = []
    last: Number = None
    level: Number = None
    when: Number = None
    since = 0
    for value, day in zip(worse, days, strict=True):
        if value is None:
            out.append(None)
            continue
        if level is not None:
            if value - level < reliable:
                level, since = None, 0
            else:
                since += 1
        elif last is not None and value - last >= reliable and not above(less(day, when), FRESH):
            level, since = last, 0
        out.append(value - level if level is not None and since >= measures else 0.0)
        last, when = value, day
    return out


def spike_stays(worse: Numbers, rise: float, within: int) -> Numbers:
    """Points above the score before a jump, once so many further scores have not come back by half of the jump."""
    out: Numbers = []
    last: Number = None
    before: Number = None
    peak: Number = None
    since = 0
    for value in worse:
        if value is None:
            out.append(None)
            continue
        since += 1
        if peak is not None:
            peak = None if value <= peak - rise / 2 else max(peak, value)
        elif last is not None and value - last >= rise:
            before, peak, since = last, value, 0
        out.append(value - before if peak is not None and since >= within else 0.0)  # type: ignore[operator]
        last = value
    return out


def twice_running(values: Numbers, t: int, line: float) -> bool:
    """This one and the known one before it reach a line."""
    return at_least(values[t], line) and at_least(known_before(values, t, 1)[0], line)


def answered_where_talked(client: Client, breach: Numbers) -> Numbers:
    """A talk, and then the client's answers after a session, where this client ever gave any."""
    out, said, talked = list(breach), client.checkin("after"), False
    for t, new in enumerate(breach):
        talked = new is None and (talked or client.true("responded", t))
        if talked and (said[t] == 1 or 1 not in said[: t + 1]):
            out[t], talked = NOT_AT_ALL, False
    return out
