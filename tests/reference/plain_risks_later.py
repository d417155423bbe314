"""The other five risks asked of one client, row by row; see `plain_risks`."""

from __future__ import annotations

import math

from tests.reference.plain_client import (
    Client,
    Number,
    Numbers,
    above,
    at_least,
    at_most,
    by_step,
    known_before,
    larger,
    last_known,
    less,
    true_in_last,
)
from tests.reference.plain_events import Events, given_back
from tests.reference.plain_habit import days_against_own
from tests.reference.plain_risks import left_hot
from tests.reference.plain_signals import (
    ALONE,
    FAINT,
    PLAIN,
    STRONG,
    Excess,
    beyond,
    drift,
    faintly,
    graded,
    nearly,
    only_beyond,
    rule,
    surprise,
)
from tests.reference.plain_usual import Usual, charts

from andante.records import MeasureColumn

REGRESSION_SAID = ("between_old_coping", "before_coping", "before_distress", "before_wellbeing", "between_peak")


def boundaries(c: Client, usual: Usual, events: Events) -> Excess:
    choice = c.numbers("after_choice")
    long: Numbers = [None if v is None else float(v >= 10) for v in c.numbers("overrun_min")]

    def told_otherwise(t: int) -> Number:
        agreed = c.true("consent", t) or c.true("essentials", t) or c.number("stops_overridden", t) == 0
        return rule(choice[t] == 0 and agreed and not at_least(c.number("stops_overridden", t), 1), choice[t] is not None)

    limits = c.numbers("limits_touched")
    touched: Numbers = [None if v is None else float(v >= 1) for v in limits]

    def limit_touched(t: int) -> Number:
        excess = beyond(limits[t], 1.0, 3.0)
        often = at_least(limits[t], 2) or (touched[t] == 1 and at_least(true_in_last(touched, t, 3), 2))
        return larger(excess, 0.6) if often else excess

    def work_in(t: int) -> Number:
        plan, done = c.number("planned_intensity", t), c.number("intensity", t)
        return plan if done is None else done

    def no_lighter_since_wished(t: int) -> int:
        began = t
        while began >= 0 and last_known(c.numbers("client_wish"), began) == -1:
            began -= 1
        if began == t:
            return 0
        known = [work for s in range(t + 1) if (work := work_in(s)) is not None]
        earlier = [work for s in range(began + 1) if (work := work_in(s)) is not None]
        since, running = known[len(earlier) :], 0
        if not since:
            return 0
        level = earlier[-1] if earlier else since[0]
        for work in since:
            running = running + 1 if work >= max(level, 4) else 0
        return running

    def against_wish(t: int) -> Number:
        wish = last_known(c.numbers("client_wish"), t)
        last = known_before(c.numbers("intensity"), t, 1)[0]
        plan, done = c.number("planned_intensity", t), c.number("intensity", t)
        as_before = no_lighter_since_wished(t) >= 3
        not_lower = above(plan, last) or above(done, last) or at_least(plan, 7) or at_least(done, 7) or as_before
        work = plan if done is None else done
        told = plan is not None or done is not None or (c.known("client_wish", t) and wish != -1)
        pressed = at_least(c.number("client_slow", t), 1)
        judged = told if wish is not None else pressed
        far_above = work is not None and last is not None and work - last >= 3
        strength = (PLAIN if as_before else FAINT) if not at_least(work, 7) else STRONG if far_above else ALONE
        return nearly(rule(wish == -1 and not_lower, judged, strength), wish == -1 or pressed)

    def along(t: int) -> Number:
        ready, heard, helpful = c.number("before_ready", t), c.number("after_heard", t), c.number("after_helpful", t)
        fine = at_least(heard, 8) and not (helpful is not None and helpful < 7) and not above(c.number("after_overwhelm", t), 4)
        judged = ready is not None and heard is not None and c.known("intensity", t)
        return float(at_most(ready, 3) and at_least(c.number("intensity", t), 7) and fine) if judged else None

    def going_along(t: int) -> Number:
        return rule(along(t) == 1, along(t) is not None, ALONE)

    def overruns(t: int) -> Number:
        return rule(long[t] == 1 and at_least(true_in_last(long, t, 3), 2), long[t] is not None)

    def stop(t: int) -> Number:
        stops = c.number("stops_overridden", t)
        asked = any(c.known("after_choice", s) for s in range(t + 1))
        if stops == 0 and asked and not c.known("after_choice", t) and stop_waits(t):
            return None
        return rule(at_least(stops, 1), stops is not None, 1.0)

    def stop_waits(t: int) -> bool:
        """A stop overridden earlier, and no row since that the client has answered."""
        for s in range(t - 1, -1, -1):
            before = c.number("stops_overridden", s)
            if at_least(before, 1):
                return True
            asked = any(c.known("after_choice", u) for u in range(s + 1))
            if before is not None and (c.known("after_choice", s) or not asked):
                return False
        return False

    return {
        "stop_overridden": by_step(c, stop),
        "no_choice": by_step(c, lambda t: rule(choice[t] == 0, choice[t] is not None)),
        "choice_below_usual": surprise(usual, "after_choice"),
        "choice_sinking": drift(usual, "after_choice"),
        "told_otherwise": by_step(c, told_otherwise),
        "limit_touched": by_step(c, limit_touched),
        "against_wish": by_step(c, against_wish),
        "overruns": by_step(c, overruns),
        "going_along": by_step(c, going_along),
    }


def experience(c: Client, usual: Usual, events: Events) -> Excess:
    helpful, back, pace = c.numbers("after_helpful"), c.numbers("after_return"), c.numbers("after_pace")
    much: Numbers = [None if p is None else float(p == 2) for p in pace]
    fast: Numbers = [None if p is None else float(p >= 1) for p in pace]

    def hindering(t: int) -> Number:
        twice = at_most(known_before(helpful, t, 1)[0], 4)
        return rule(at_most(helpful[t], 4), helpful[t] is not None, STRONG if twice else PLAIN)

    def fell(t: int) -> Number:
        stream = usual.streams.get("after_return")
        return graded(less(stream.expected[t], back[t]), 3.0, 7.0) if stream else None

    def too_fast(t: int) -> Number:
        twice = at_least(pace[t], 1) and at_least(true_in_last(fast, t, 3), 2)
        often = true_in_last(much, t, 4)
        strength = ALONE if pace[t] == 2 else PLAIN if at_least(often, 2) else FAINT
        return rule(pace[t] == 2 or twice, pace[t] is not None, strength)

    def bad_exit(t: int) -> Number:
        again, still = c.number("end_again", t), c.number("end_still", t)
        return rule(at_most(again, 4) or at_least(still, 3), again is not None or still is not None, STRONG)

    return {
        "hindering_line_crossed": by_step(c, lambda t: rule(at_most(helpful[t], 3), helpful[t] is not None, STRONG)),
        "hindering": by_step(c, hindering),
        "helpful_below_usual": surprise(usual, "after_helpful"),
        "helpful_sinking": drift(usual, "after_helpful"),
        "return_low": by_step(c, lambda t: beyond(back[t], 4.0, -2.0, FAINT)),
        "return_fell": by_step(c, lambda t: only_beyond(fell(t))),
        "return_sinking": drift(usual, "after_return"),
        "too_fast": by_step(c, too_fast),
        "bad_exit": by_step(c, bad_exit),
    }


def regression(c: Client, usual: Usual, events: Events) -> Excess:
    def risky(t: int) -> bool:
        return _last_flag(c, "old_coping_risky", t)

    days = [None if risky(t) or v is None else min(v, c.days_asked[t]) for t, v in enumerate(c.numbers("between_old_coping"))]
    unusual, expected = days_against_own(days, c.days_asked)
    flagged: Numbers = [None if u is None else float(u >= 1.645) for u in unusual]

    def after_work(t: int) -> bool:
        return events.last(lambda s: at_least(c.number("intensity", s), 7), t) or at_least(c.number("between_from", t), 1)

    def lapse(t: int, cause: bool) -> Number:
        excess = graded(unusual[t], 1.645, 3.0)
        if excess is None:
            return None
        if not cause:
            return min(excess, -0.2)
        return max(excess, 0.05) if excess >= 0 else excess

    def beyond_chance(t: int) -> Number:
        """In binomial SDs."""
        count, usually = days[t], expected[t]
        if count is None or usually is None:
            return None
        return (count - usually) / math.sqrt(usually * (1 - usually / c.days_asked[t]))

    by_chance = by_step(c, beyond_chance)
    average, total = charts(by_chance, [False] * len(c.rows))

    def rising(t: int) -> Number:
        excess = larger(graded(average[t], 2.0, 5.0), graded(total[t], 3.0, 8.0))
        early = sum(d is not None for d in by_chance[:t]) < 2
        return min(excess, -0.2) if excess is not None and (early or at_most(by_chance[t], 0.8)) else excess

    def gains(worse: Numbers, measure: MeasureColumn) -> Numbers:
        return given_back(worse, measure.reliable_change or float("inf"))

    lost = events.worst_of("general", gains)

    def gains_lost(t: int) -> Number:
        excess = beyond(lost[t], 1.0, 3.0, FAINT)
        silent = not any(c.known(name, t) for name in REGRESSION_SAID)
        before = known_before(lost, t, 1)[0]
        return larger(excess, ALONE) if at_least(lost[t], 1) and (silent or at_least(before, 1)) else excess

    weeks = by_step(c, lambda t: true_in_last(flagged, t, 3))
    return {
        "old_coping_after_work": by_step(c, lambda t: lapse(t, after_work(t))),
        "old_coping_up": by_step(c, lambda t: lapse(t, not after_work(t))),
        "old_coping_rising": faintly(by_step(c, rising)),
        "relapse": by_step(c, lambda t: rule(flagged[t] == 1 and at_least(weeks[t], 2), flagged[t] is not None, ALONE)),
        "gains_lost": by_step(c, gains_lost),
        "coping_falling": drift(usual, "before_coping"),
    }


def _last_flag(c: Client, name: str, t: int) -> bool:
    told = [c.rows[s].get(name) for s in range(t + 1) if c.known(name, s)]
    return bool(told) and told[-1] is True


def unfinished(c: Client, usual: Usual, events: Events) -> Excess:
    stock, back = c.numbers("topics_open"), c.numbers("topics_resurfaced")
    came_back: Numbers = [None if v is None else float(v >= 1) for v in back]

    def risen(t: int) -> Number:
        one, two, three = known_before(stock, t, 3)
        return less(stock[t], three if three is not None else two if two is not None else one)

    def is_back(t: int) -> Number:
        again = c.number("before_open", t) == 2 or at_least(true_in_last(came_back, t, 3), 2)
        return nearly(rule(at_least(back[t], 1) and again, back[t] is not None, ALONE), at_least(back[t], 1))

    def near_ending(t: int) -> Number:
        left = last_known(c.numbers("sessions_left"), t)
        many = (at_least(stock[t], 4) and at_most(left, 2)) or (at_least(stock[t], 3) and at_most(left, 1))
        strength = ALONE if many else PLAIN if at_least(stock[t], 3) else FAINT
        return rule(at_least(stock[t], 1) and at_most(left, 3), stock[t] is not None, strength)

    def at_a_change(t: int) -> Number:
        seen = [c.code("therapist_id", s) for s in range(t) if c.known("therapist_id", s)]
        now = c.code("therapist_id", t)
        changed = now is not None and bool(seen) and seen[-1] != now
        return rule(at_least(stock[t], 1) and changed, stock[t] is not None, ALONE if at_least(stock[t], 3) else FAINT)

    def keeps_opening(t: int) -> Number:
        earlier = [value for value in known_before(stock, t, 6) if value is not None]
        return beyond(less(stock[t], min(earlier)), 6.0, 12.0, ALONE) if earlier else None

    def bothering(t: int) -> Number:
        return rule(c.number("before_open", t) == 2, c.known("before_open", t), FAINT)

    return {
        "open_above_usual": surprise(usual, "topics_open"),
        "open_rising": by_step(c, lambda t: graded(risen(t), 2.5, 8.0)),
        "keeps_opening": by_step(c, keeps_opening),
        "left_bothering": by_step(c, bothering),
        "bothering_more": drift(usual, "before_open"),
        "settled_is_back": by_step(c, is_back),
        "late_opening": by_step(c, lambda t: rule(c.true("late_opening", t), c.known("late_opening", t), FAINT)),
        "open_near_ending": by_step(c, near_ending),
        "open_at_a_change": by_step(c, at_a_change),
        "left_hot": by_step(c, lambda t: rule(*left_hot(c, t))),
    }


def ethics(c: Client, usual: Usual, events: Events) -> Excess:
    """`unanswered` never holds here: whether it does follows from the levels of the others."""
    ready, coping = c.numbers("before_ready"), c.numbers("before_coping")
    plan, done = c.numbers("planned_intensity"), c.numbers("intensity")

    def pushed(t: int) -> bool:
        return not events.own_disclosure(t)

    def planned_unready(t: int) -> Number:
        too_much = at_least(plan[t], 7 if events.too_slow(t) else 4)
        return rule(low[t] and too_much, ready[t] is not None and plan[t] is not None, ALONE)

    def consent(t: int, breach: bool) -> Number:
        no, challenging = c.false("consent", t), events.challenging(t)
        recorded = c.known("consent", t)
        told = recorded or done[t] is not None or c.known("trauma_work", t)
        judged = c.held[t] and (recorded or not challenging) and told
        hard = no and challenging and (c.code("led_by", t) == "therapist" or events.planned(t))
        if breach:
            return rule(hard, judged, 1.0)
        return rule(no and challenging and not hard and c.code("led_by", t) != "client", judged, 0.6)

    def beyond_plan(t: int) -> Number:
        more = less(done[t], plan[t])
        unclear = c.false("consent", t) and events.challenging(t) and not c.known("led_by", t)
        return None if more is None else beyond(more if pushed(t) and not unclear else min(more, 0.0), 3.0, 7.0, 0.34)

    def hard_with_low_coping(t: int) -> Number:
        told = [done[s] is not None and coping[s] is not None for s in range(t + 1)]
        so = [float(hard[s] and drained[s] and pushed(s)) if told[s] else None for s in range(t + 1)]
        return rule(so[t] == 1, told[t], ALONE if at_least(true_in_last(so, t, 3), 2) else PLAIN)

    def done_unready(t: int) -> Number:
        done_so = [float(low[s] and hard[s] and pushed(s)) if both_known[s] else None for s in range(t + 1)]
        return rule(done_so[t] == 1, both_known[t], 0.6 if at_least(true_in_last(done_so, t, 3), 2) else ALONE)

    def outrun(t: int) -> Number:
        willing, demand = usual.surprise("before_ready", t), usual.surprise("intensity", t)
        return None if willing is None or demand is None else (min(willing, demand) - 0.5) / 3.0

    def essentials(t: int) -> bool | None:
        trauma, missing = c.true("trauma_work", t), c.false("essentials", t)
        judged = c.held[t] and (c.false("trauma_work", t) or (c.known("trauma_work", t) and c.known("essentials", t)))
        return bool(trauma and missing and pushed(t)) if judged else None

    def essentials_missing(t: int) -> Number:
        return rule(essentials(t) is True, essentials(t) is not None, STRONG)

    hard = by_step(c, lambda t: at_least(done[t], 7))
    low = by_step(c, lambda t: at_most(ready[t], 3))
    drained = by_step(c, lambda t: at_most(coping[t], 3))
    both_known = by_step(c, lambda t: ready[t] is not None and done[t] is not None)
    return {
        "without_consent": by_step(c, lambda t: consent(t, True)),
        "consent_unclear": by_step(c, lambda t: consent(t, False)),
        "planned_unready": by_step(c, planned_unready),
        "done_unready": by_step(c, done_unready),
        "beyond_plan": by_step(c, beyond_plan),
        "demand_outruns_readiness": by_step(c, outrun),
        "hard_with_low_coping": by_step(c, hard_with_low_coping),
        "essentials_missing": by_step(c, essentials_missing),
        "safety_not_reviewed": _safety_not_reviewed(c),
        "unanswered": by_step(c, lambda t: rule(False, c.known("responded", t))),
    }


def _safety_not_reviewed(c: Client) -> Numbers:
    """A safety item positive at an earlier row, and not reviewed up to this attended session."""
    out: Numbers = []
    waiting, asked = False, False
    for t in c.steps:
        asked = asked or c.known("safety_flag", t)
        still = waiting and not c.true("safety_reviewed", t)
        out.append(rule(still, True, ALONE) if c.held[t] and asked else None)
        waiting = still or (c.true("safety_flag", t) and not c.true("safety_reviewed", t))
    return out
