"""How the evidence of ten risks becomes ten levels: one client, one row after the other."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from tests.reference import plain_risks, plain_risks_later
from tests.reference.plain_client import Client, Number, Numbers, at_least, at_most, larger, last_known
from tests.reference.plain_events import Events, answered_where_talked
from tests.reference.plain_signals import ALONE, NOT_AT_ALL, PLAIN, Excess
from tests.reference.plain_usual import Usual, at_one_end

from andante import weighing
from andante.risk import Indicator, Risk
from andante.risks import RISKS

ASSESS = {
    "distress": plain_risks.distress,
    "retraumatization": plain_risks.retraumatization,
    "disengagement": plain_risks.disengagement,
    "trust": plain_risks.trust,
    "integration": plain_risks.integration,
    "boundaries": plain_risks_later.boundaries,
    "experience": plain_risks_later.experience,
    "regression": plain_risks_later.regression,
    "unfinished": plain_risks_later.unfinished,
    "ethics": plain_risks_later.ethics,
}
WEIGHTS = json.loads((Path(weighing.__file__).parent / "weights.json").read_text("utf-8"))["risks"]
UNKNOWN, QUIET, WATCH, ACT = "unknown", "quiet", "watch", "act"
STRONG_FROM = {"rule": 0.5, "surprise": 0.75, "drift": 0.9, "graded": 0.9}
UNLIKE = (1.0 - 1.645) / (5.0 - 1.645)  # 1 SD worse than usual


@dataclass
class Verdict:
    """One risk at one row."""

    level: str
    since: Number
    score: Number
    evidence: list[str]  # names, strongest first
    facts: set[str] = field(default_factory=set)  # facts of the standing evidence that vote
    fixed: bool = False  # a fixed threshold speaks in this row, though it make no level
    lasting: bool = False  # the same fixed threshold was passed in the last six answers


FACTS = {r.name: list(dict.fromkeys(i.fact for i in r.indicators)) for r in RISKS}
# Fact by fact: the order in which equally strong evidence is told.
ORDER: dict[str, list[Indicator]] = {r.name: sorted(r.indicators, key=lambda i, f=FACTS[r.name]: f.index(i.fact)) for r in RISKS}


def log_odds(risk: Risk, excess: Excess, usual: Usual) -> list[float]:
    """The evidence of one risk taken together, at every row."""
    table = WEIGHTS[risk.name]
    early = [-1.5 if before < 3 else 0.0 for before in usual.client.attended_before]
    total = [float(table["level"]) + less for less in early]
    for fact in FACTS[risk.name]:
        strongest = [larger(*(excess[i.name][t] for i in risk.indicators if i.fact == fact)) for t in usual.client.steps]
        scaled = [None if s is None else 1.645 + (5.0 - 1.645) * s for s in strongest]
        _add(total, scaled, table["features"].get(f"fact:{fact}", (0.3, 0.1, 0.3)))
    for name in risk.streams:
        surprises = [usual.surprise(name, t) for t in usual.client.steps]
        _add(total, surprises, table["features"].get(f"stream:{name}", (0.3, 0.1, 0.3)))
    return total


def _add(total: list[float], deviations: Numbers, weights: tuple[float, float, float]) -> None:
    """What one fact or stream adds: how its latest answer leans (what was fine fades where it is not asked), and those before."""
    now, before = 0.0, 0.0
    for t, deviation in enumerate(deviations):
        if deviation is not None:
            before, now = 0.6 * (before + now), _lean(deviation)
        elif now < 0:
            now *= 0.5
        total[t] += (weights[0] if now > 0 else weights[2]) * now
        total[t] += weights[1] * before


def _lean(deviation: float) -> float:
    bounded = min(deviation, 5.7)
    return max(bounded - 0.6, 0.0) + 0.15 * min(max(bounded, -2.0), 0.0) - 0.1


class Walk:
    """Levels of a group of risks (the first nine, then ethics), walked row by row."""

    def __init__(self, risks: tuple[Risk, ...], excess: dict[str, Excess], odds: dict[str, list[float]], events: Events) -> None:
        self.risks, self.excess, self.odds, self.events = risks, excess, odds, events
        self.client, self.share = events.client, share(events.usual)
        self.parts = [(r, i) for r in risks for i in ORDER[r.name]]
        key = [(r.name, i.name) for r, i in self.parts]
        self.speaking, self.freely, self.stands, self.line_twice = (dict.fromkeys(key, False) for _ in range(4))  # as last judged
        self.lines_seen: dict[tuple[str, str], Numbers] = {k: [] for k in key}
        facts = [(r.name, f) for r in risks for f in FACTS[r.name]]
        self.of_fact = {(r.name, f): [i for i in ORDER[r.name] if i.fact == f] for r in risks for f in FACTS[r.name]}
        self.free_run, self.twice_run, self.chronic_run, self.crossing_run = (dict.fromkeys(facts, 0) for _ in range(4))
        # short of a line; past a fixed threshold; unlike this client as well
        self.short_run, self.past_run, self.both_run = (dict.fromkeys(facts, 0) for _ in range(3))
        self.chronic_freely = dict.fromkeys(facts, False)
        self.firm = dict.fromkeys(facts, False)  # whether it is strong, or stands by itself
        self.alone = dict.fromkeys(facts, False)  # whether it stands by itself
        self.evidence = dict.fromkeys([r.name for r in risks], -math.inf)  # taken together, when one of its facts was last answered
        self.crosses, self.held_back = dict.fromkeys(key, False), dict.fromkeys(key, False)
        self.lasted = dict.fromkeys([r.name for r in risks], False)  # raised already where a fact crossed once more
        self.strong, self.stirred = dict.fromkeys(key, False), dict.fromkeys(key, False)
        self.life, self.was_settling = False, False
        self.raised: dict[str, list[str]] = {r.name: [] for r in risks}
        self.judged: dict[str, list[bool]] = {r.name: [] for r in risks}
        self.shown: list[dict[tuple[str, str], bool]] = []
        for t in self.client.steps:
            self._step(t)

    def _step(self, t: int) -> None:
        fact_judged = {
            (r.name, f): any(self.excess[r.name][i.name][t] is not None for i in r.indicators if i.fact == f)
            for r in self.risks
            for f in FACTS[r.name]
        }
        life_before, goes_on = self.life, any(self.speaking[r.name, i.name] and _of_life(i) for r, i in self.parts)
        if self.client.has("between_from"):
            told = self.client.number("between_from", t)
            self.life = (life_before and goes_on) if told is None else told == 0
        free: dict[tuple[str, str], bool] = {}
        for r, i in self.parts:
            place, value = (r.name, i.name), self.excess[r.name][i.name][t]
            capped = self._capped(i, t)
            self.stirred[place] = i.stirred and not capped and self._settled_well(t)
            free[place] = i.votes and not capped and not self.stirred[place]
            if fact_judged[r.name, i.fact]:
                self.speaking[place] = at_least(value, 0)
                self.freely[place] = at_least(value, 0) and free[place]
                self.crosses[place] = at_least(value, UNLIKE if i.votes and i.kind in ("surprise", "drift") else 0)
                self.held_back[place] = i.votes and self.crosses[place] and capped
                self.stands[place] = at_least(value, _alone_from(i))
                self.strong[place] = i.votes and at_least(value, STRONG_FROM.get(i.kind, math.inf))
                if i.kind == "line":
                    seen = self.lines_seen[place]
                    self.line_twice[place] = at_least(value, 0) and 1.0 in seen[-2:]
                    seen.append(float(at_least(value, 0)))
        self._count_runs(t, fact_judged, free)
        not_settled = self._heat_that_did_not_settle(t, fact_judged, free)
        for r in self.risks:
            self._raise(r, t, fact_judged, not_settled)
        self.shown.append(dict(self.crosses))

    def _capped(self, i: Indicator, t: int) -> bool:
        """No more than a watch: put down to life, settling, or settled well."""
        if i.kind == "line":
            return False
        settled_well = i.tells_settling and self._settled_well(t)
        return (self.life and _of_life(i)) or (i.heat and self.events.agreed(t)) or settled_well

    def _settled_well(self, t: int) -> bool:
        return self.events.after_agreed_work(t) and at_most(self.client.number("between_settle", t), 3)

    def _count_runs(self, t: int, fact_judged: dict[tuple[str, str], bool], free: dict[tuple[str, str], bool]) -> None:
        for (risk, fact), judged in fact_judged.items():
            if not judged:
                continue
            own = [(i, self.excess[risk][i.name][t], free[risk, i.name]) for i in self.of_fact[risk, fact]]
            has_line = any(i.kind == "line" for i, _, _ in own)
            speaks = any(f and at_least(v, 0) for _, v, f in own)
            strongly = any(f and at_least(v, _twice_from(i)) for i, v, f in own)
            lasting = [f for i, v, f in own if i.votes and _goes_on(i, has_line, v)]
            short = any(i.votes and at_least(v, 0) and _may_be_an_act(i, has_line, v) for i, v, _ in own)
            past = any(i.votes and at_least(v, _past_from(i)) for i, v, _ in own)
            unlike = any(i.votes and i.kind in ("surprise", "drift") and at_least(v, 0) for i, v, _ in own)
            faint = not any(i.votes and _may_be_an_act(i, has_line, v) for i, v, _ in own)
            chronic, self.chronic_freely[risk, fact] = bool(lasting), any(lasting)
            firm = any(f and at_least(v, min(_alone_from(i), STRONG_FROM.get(i.kind, math.inf))) for i, v, f in own)
            self.firm[risk, fact] = firm
            self.alone[risk, fact] = any(f and i.votes and at_least(v, _alone_from(i)) for i, v, f in own)
            crossing = any(i.votes and self.crosses[risk, i.name] for i, _, _ in own)
            again = any(i.votes and self.crosses[risk, i.name] and not self.stirred[risk, i.name] for i, _, _ in own)
            self.crossing_run[risk, fact] = self.crossing_run[risk, fact] + 1 if again else int(crossing)
            runs = (self.free_run, self.twice_run, self.short_run, self.past_run, self.both_run)
            for run, holds in zip(runs, (speaks, strongly, short, past, past and unlike), strict=True):
                run[risk, fact] = run[risk, fact] + 1 if holds else 0
            goes_on = any(i.votes and i.kind == "graded" and _short_of_a_line(i, has_line) and at_least(v, 0) for i, v, _ in own)
            run = self.chronic_run[risk, fact]
            self.chronic_run[risk, fact] = run + 1 if chronic else run if goes_on else 0
            if faint:  # however often, no more than a watch
                self.chronic_run[risk, fact] = min(self.chronic_run[risk, fact], 6 - 1)

    def _heat_that_did_not_settle(self, t: int, fact_judged: dict[tuple[str, str], bool], free: dict[tuple[str, str], bool]) -> bool:
        """Heat of agreed work was only settling; does a later answer say that it did not settle?"""
        own = [(r, i) for r, i in self.parts if r.name == "distress"]
        heat = [(r, i) for r, i in own if i.heat and i.kind != "line"]
        later = [(r, i) for r, i in own if i.tells_settling and i.kind != "line"]
        unsettled = any(free[r.name, i.name] and at_least(self.excess[r.name][i.name][t], PLAIN) for r, i in later)
        found = self.was_settling and unsettled
        if any(fact_judged[r.name, i.fact] for r, i in heat):
            self.was_settling = self.events.agreed(t) and any(self.speaking[r.name, i.name] for r, i in heat)
        return found

    def _raise(self, r: Risk, t: int, fact_judged: dict[tuple[str, str], bool], unsettled: bool) -> None:
        own = [(i, (r.name, i.name)) for i in ORDER[r.name]]
        judged = [place for i, place in own if i.votes and fact_judged[r.name, i.fact]]
        answered = [i for i, place in own if place in judged and (i.source != "record" or self.speaking[place])]
        if answered:
            self.evidence[r.name] = self.odds[r.name][t] + self.share[t]
        evidence, not_calm = self.evidence[r.name], self.evidence[r.name] >= -2.88
        crossing = len({i.fact for i, place in own if i.votes and self.crosses[place]})
        early = self.client.attended_before[t] < 3
        held_back = early or any(self.held_back[place] for _, place in own)
        facts = [(r.name, f) for f in FACTS[r.name]]
        agree = len({i.fact for i, place in own if self.freely[place]}) >= 2
        if any(self.crossing_run[f] >= 2 and fact_judged[f] for f in facts):
            self.lasted[r.name] = bool(self.raised[r.name]) and self.raised[r.name][-1] != UNKNOWN
        persists = any(self.free_run[f] >= 2 for f in facts) and self.lasted[r.name]
        again = any(self.crossing_run[f] >= 2 for f in facts) and self.lasted[r.name]
        together = not held_back and (crossing >= 2 or again)
        act = (agree or persists or together) and evidence >= weighing.gates().act
        act = act or any(self.twice_run[f] >= 2 for f in facts)
        act = act or any(self.chronic_run[f] >= 6 and self.chronic_freely[f] for f in facts)
        act = act or (sum(self.firm[f] for f in facts) >= 2 and (not_calm or any(self.alone[f] for f in facts)))
        act = act or any(self.line_twice[place] for _, place in own)
        act = act or any(i.kind == "breach" and self.speaking[place] for i, place in own)
        act = act or (r.name == "distress" and unsettled)
        watch = crossing >= 1 and evidence >= weighing.gates().watch
        watch = watch or any(i.votes and self.stands[place] for i, place in own)
        watch = watch or (not_calm and any(self.strong[place] for _, place in own))
        watch = watch or any(self.chronic_run[f] >= 5 for f in facts)
        watch = watch or any(self.both_run[f] >= 2 for f in facts)
        still, unasked = any(self.past_run[f] >= 2 for f in facts), any(self.past_run[f] and not fact_judged[f] for f in facts)
        before = self.raised[r.name][-1] if self.raised[r.name] else UNKNOWN
        goes_on = unasked or any(self.short_run[f] >= 2 for f in facts)
        watch = watch or (goes_on and before != UNKNOWN) or (still and before == ACT)
        self.raised[r.name].append(ACT if act else WATCH if watch else UNKNOWN)
        self.judged[r.name].append(bool(judged))


def _alone_from(i: Indicator) -> float:
    """From which strength it stands by itself."""
    by_kind = {"rule": ALONE, "drift": 0.9, "surprise": 0.75, "graded": 0.9}
    return PLAIN if i.kind in ("line", "breach") else by_kind[i.kind] if _stands(i) else float("inf")


def _stands(i: Indicator) -> bool:
    """What is wrong in itself, and what a measure says plainly."""
    return i.wrong_in_itself or i.source == "measure"


def _twice_from(i: Indicator) -> float:
    """From which strength it is an act in two successive rows, whatever else there is."""
    if not _stands(i) or i.source == "session" or i.kind != "rule":
        return math.inf
    return 0.5 if i.source == "measure" else 0.6


def _past_from(i: Indicator) -> float:
    """From which strength an answer is past its fixed threshold, so that it takes an act to a watch only."""
    return math.inf if i.kind in ("surprise", "drift") else 0.3


def _short_of_a_line(i: Indicator, has_line: bool) -> bool:
    return has_line and i.source == "session" and i.kind in ("rule", "graded", "line") and not i.habit


def _goes_on(i: Indicator, has_line: bool, strength: Number) -> bool:
    """Whether what the client says, or the record shows, is as bad as may go on and on."""
    if _short_of_a_line(i, has_line):
        return at_least(strength, 0.3)
    least = ALONE if i.source == "record" or i.tells_settling else 0.3
    return i.source in ("session", "self", "record") and i.kind == "rule" and at_least(strength, least)


def _may_be_an_act(i: Indicator, has_line: bool, strength: Number) -> bool:
    """Whether going on and on it may be more than a watch."""
    if _short_of_a_line(i, has_line):
        return i.kind != "graded" and at_least(strength, 0.3)
    return (has_line or i.wrong_in_itself) and i.source != "record" and i.kind == "rule" and not i.habit and at_least(strength, ALONE)


def _of_life(i: Indicator) -> bool:
    return (i.source in ("self", "measure") or i.heat) and i.kind != "line"


def decide(client: Client, usual: Usual, events: Events) -> dict[str, list[Verdict]]:
    """The verdict on every risk at every row."""
    excess = {r.name: ASSESS[r.name](client, usual, events) for r in RISKS}
    odds = {r.name: log_odds(r, excess[r.name], usual) for r in RISKS}
    for r in RISKS:  # a breach that was talked about, with nothing new, is answered
        for i in r.indicators:
            if i.kind == "breach":
                excess[r.name][i.name] = answered_where_talked(client, excess[r.name][i.name])
    first = Walk(RISKS[:-1], excess, odds, events)
    breaches = [(r.name, i.name) for r in RISKS[:-1] for i in r.indicators if i.kind == "breach"]
    breached = [any(at_least(excess[risk][name][t], 0) for risk, name in breaches) for t in client.steps]
    excess["ethics"]["unanswered"] = _unanswered(client, first, breached)
    last = Walk(RISKS[-1:], excess, odds, events)
    return {r.name: _stand(r, last if r is RISKS[-1] else first, usual) for r in RISKS}


def share(usual: Usual) -> list[float]:
    """What evidence gains where fewer than ten risks could be judged so far: the joint budget is theirs alone."""
    judged = [sum(current_answer(r, usual, t) for r in RISKS) for t in usual.client.steps]
    return [math.log(len(RISKS) / max(1, *judged[: t + 1])) for t in usual.client.steps]


def _unanswered(client: Client, walk: Walk, breached: list[bool]) -> Numbers:
    """An act of another risk that was not talked about for two sessions; a hard breach waits until it is."""
    if not client.has("responded"):
        return [None] * len(client.rows)
    out: Numbers = [None]
    waiting = 0
    for t in client.steps[1:]:
        told = client.attended[t] and any(client.known("responded", s) for s in range(t + 1))
        stood = any(levels[t - 1] == ACT for levels in walk.raised.values())
        last = max((s for s in range(t) if breached[s]), default=None)
        broken = last is not None and not any(client.true("responded", s) for s in range(last + 1, t))
        stood = stood or broken
        waiting = waiting + told if stood and not client.true("responded", t) else 0
        once = 0.25 if broken and waiting else NOT_AT_ALL
        out.append((0.6 if waiting >= 2 else once) if told else None)
    return out


def _stand(r: Risk, walk: Walk, usual: Usual) -> list[Verdict]:
    out: list[Verdict] = []
    strength: dict[str, float] = {}
    level_before, since = "", None
    for t in usual.client.steps:
        raised = walk.raised[r.name][t]
        level = raised if raised != UNKNOWN else QUIET if current_answer(r, usual, t) else UNKNOWN
        since = usual.client.session[t] if level != level_before else since
        shown = {i.name for i in r.indicators if walk.shown[t][r.name, i.name]} if raised != UNKNOWN else set()
        for i in r.indicators:
            value = walk.excess[r.name][i.name][t]
            if at_least(value, UNLIKE):
                strength[i.name] = value  # type: ignore[assignment]
        told = sorted((i for i in ORDER[r.name] if i.name in shown), key=lambda i: -strength.get(i.name, 0.0))
        score = None if level == UNKNOWN else _score(walk.odds[r.name][t], level)
        voting = [i for i in told if i.votes]
        facts = {i.fact for i in voting if strength[i.name] >= 0} or {i.fact for i in voting[:1]}
        own = [(i, walk.excess[r.name][i.name][: t + 1]) for i in r.indicators if i.votes and i.kind in ("rule", "graded")]
        fixed = any(at_least(values[t], 0) for _, values in own)
        lasting = any(_six_times(values) for i, values in own if i.source in ("session", "self", "record"))
        evidence = [i.name for i in told] if level in (WATCH, ACT) else []
        out.append(Verdict(level, since, score, evidence, facts, fixed, lasting))
        level_before = level
    return out


def _six_times(values: Numbers) -> bool:
    return [v >= 0 for v in values if v is not None][-6:] == 6 * [True]


def _score(odds: float, level: str) -> float:
    least = {QUIET: 0.0, WATCH: 0.15, ACT: 0.35}[level]
    return least + (1 - least) / (1 + math.exp(-odds - 1.0))


def current_answer(r: Risk, usual: Usual, t: int) -> bool:
    """An informative answer to the risk's own questions in the last three attended sessions."""
    client = usual.client
    if "between_old_coping" in r.questions and _risky_days(client, t):
        return False
    names: list[str] = []
    for question in r.questions:
        if question.startswith("measure:"):
            names += [m.name for m in client.measures(question.removeprefix("measure:"))]
        elif client.has(question):
            names.append(question)
    if any(_always_worst(client, name, t) for name in names):
        return False
    return any(_lately(client, name, t) and not _says_nothing(client, name, t) for name in names)


NO_RATING = ("between_used", "between_old_coping", "prepared", "suds_end", "after_pace", "overrun_min")


def _always_worst(client: Client, name: str, t: int) -> bool:
    """Six answers or more, every one the worst that there is."""
    column = client.column(name)
    if column is None or not column.worse or name in NO_RATING or not _says_nothing(client, name, t):
        return False
    return last_known(client.numbers(name), t) == (column.high if column.worse > 0 else column.low)


def _says_nothing(client: Client, name: str, t: int) -> bool:
    column = client.column(name)
    return column is not None and column.numeric and at_one_end(column, client.numbers(name)[: t + 1])


def _risky_days(client: Client, t: int) -> bool:
    """Days of a dangerous way of coping, as last answered, which are the safety path's."""
    return last_known(client.numbers("old_coping_risky"), t) == 1 and at_least(last_known(client.numbers("between_old_coping"), t), 1)


def _lately(client: Client, name: str, t: int) -> bool:
    """Answered, and fewer than three attended sessions since; a row that is still ahead is none of them yet."""
    answered = [s for s in range(t + 1) if client.known(name, s)]
    if not answered or answered[-1] == t:
        return bool(answered)
    return sum(client.attended[answered[-1] + 1 : t]) + client.held[t] < 3
