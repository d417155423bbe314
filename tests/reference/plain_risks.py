"""The ten risks asked of one client, row by row: how far each indicator is beyond where it begins to speak.

0 where an indicator begins to speak, 1 at full strength, below 0 short of it, None where it cannot be judged. The
first five risks; the others are in `plain_risks_later`.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.reference import plain_leaving
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
from tests.reference.plain_events import Events, since_first, since_last, spike_stays, twice_running, unreturned
from tests.reference.plain_habit import silence, silent_lately
from tests.reference.plain_signals import (
    ALONE,
    FAINT,
    NOT_AT_ALL,
    PLAIN,
    STRONG,
    Excess,
    beyond,
    difference_of_averages,
    drift,
    faintly,
    graded,
    nearly,
    only_beyond,
    rule,
    surprise,
)
from tests.reference.plain_usual import Usual

from andante.priors import shipped
from andante.records import MeasureColumn


def slowly_worse(one: Numbers, other: Numbers) -> Numbers:
    """A slow change, which stands by itself where the other column gets worse as well, or where only this one was ever asked."""
    out = list(one)
    for t, value in enumerate(one):
        alone = all(v is None for v in other[: t + 1])
        if value is not None and (min(value, -1.0 if other[t] is None else other[t]) >= 0.3 or (alone and value >= 0.5)):  # type: ignore[type-var]
            out[t] = max(value, 0.9)
    return out


def left_hot(c: Client, t: int) -> tuple[bool, bool]:
    """Whether the session was left hot, and whether that can be judged."""
    start, peak, end = (c.number(f"suds_{when}", t) for when in ("start", "peak", "end"))
    if start is None or peak is None or end is None:
        return False, False
    return end >= 5 and end >= peak / 2 and end - start >= 2, True


def distress(c: Client, usual: Usual, events: Events) -> Excess:
    def settle_line(t: int) -> Number:
        settle = c.number("between_settle", t)
        return rule(at_least(settle, 7) and c.days_asked[t] >= 7, settle is not None)

    left: Numbers = [float(found) if told else None for found, told in (left_hot(c, t) for t in c.steps)]

    def hot(t: int) -> Number:
        found, rated = left_hot(c, t)
        return rule(found, rated and (found or not too_much_unanswered(t)), ALONE if true_in_last(left, t, 3) == 3 else 0.3)

    def too_much_unanswered(t: int) -> bool:
        last = max((s for s in range(t + 1) if overwhelm[s] is not None), default=t)
        return last < t and any(at_least(values[last], 0) for values in said)

    def slow(t: int) -> Number:
        settle = c.number("between_settle", t)
        return None if settle is None else rule(settle >= 3, True, 0.35 + 0.05 * settle if settle >= 5 else 0.1 * settle - 0.05)

    def deterioration(worse: Numbers, measure: MeasureColumn) -> Numbers:
        reliable = measure.reliable_change or float("inf")
        first, last = since_first(worse), since_last(worse, c.days)
        jumped = [at_least(p, 1.5 * reliable) or twice_running(last, t, reliable) for t, p in enumerate(last)]
        return [larger(f, p if j else None) for f, p, j in zip(first, last, jumped, strict=True)]

    def spike(worse: Numbers, measure: MeasureColumn) -> Numbers:
        return spike_stays(worse, 10 / 6 * (measure.reliable_change or float("inf")), 3)

    def measured(t: int) -> Number:
        strength = beyond(worst[t], 1.0, 3.0, FAINT)
        if strength is None:
            return None
        running = [v for v in worst[: t + 1] if v is not None][-3:]
        said = ("before_distress", "before_wellbeing", "before_coping", "between_peak", "after_overwhelm")
        rated = (*said, "after_heard", "after_helpful", "after_return")
        only = not any(c.known(name, t) for name in said) or sum(usual.uninformative(name, t) for name in rated) >= 2
        if (len(running) == 3 and min(running) >= 1) or (only and worst[t] >= 1):
            strength = max(strength, 0.6)
        elif worst[t] > 1 + 1e-9:
            strength = max(strength, 0.5)
        return larger(strength, confirmed(t))

    def confirmed(t: int) -> Number:
        """A second score of one measure, and no other measure whose latest says otherwise."""
        so_far = [[v for v in one[: t + 1] if v is not None] for one in each]
        now = [scores[-2:] for one, scores in zip(each, so_far, strict=True) if one[t] is not None]
        second = [pair[1] for pair in now if len(pair) == 2 and min(pair) >= 1]
        if not second or any(scores and scores[-1] < 0.5 for scores in so_far):
            return None
        return 0.6 if max(second) >= 1.25 else 0.5

    def high(t: int) -> Number:
        return beyond(less(overwhelm[t], events.line(t)), 0.0, 3.5, ALONE)

    overwhelm, rising, falling = c.numbers("after_overwhelm"), drift(usual, "before_distress"), drift(usual, "before_wellbeing")
    line = by_step(c, lambda t: rule(at_least(overwhelm[t], 8), overwhelm[t] is not None))
    said = (line, by_step(c, high), surprise(usual, "after_overwhelm"), drift(usual, "after_overwhelm"))
    stays = events.worst_of("general", spike, 1e-9)
    each, worst = events.each_of("general", deterioration), events.worst_of("general", deterioration)
    waits = [a or b for a, b in zip(events.waits("general", deterioration), events.waits("general", spike, 1e-9), strict=True)]
    return {
        **dict(zip(("overwhelm_line_crossed", "overwhelm_high", "overwhelm_above_usual", "overwhelm_rising"), said, strict=True)),
        "left_hot": by_step(c, hot),
        "distress_rising": slowly_worse(rising, falling),
        "wellbeing_falling": slowly_worse(falling, rising),
        "peak_rising": drift(usual, "between_peak"),
        "settle_line_crossed": by_step(c, settle_line),
        "slow_settling": by_step(c, slow),
        "not_settled_midway": by_step(c, lambda t: rule(c.number("mid_settled", t) == 0, c.known("mid_settled", t), ALONE)),
        "coping_falling": drift(usual, "before_coping"),
        "reliably_worse": of_one_fact(by_step(c, measured), waits),
        "spike_unreturned": of_one_fact(by_step(c, lambda t: rule(above(stays[t], 0), stays[t] is not None)), waits),
        "off_course": [None] * len(c.rows),  # needs a service's own norms
    }


def of_one_fact(excess: Numbers, waits: list[bool]) -> Numbers:
    """Where one of several measures waits, only what speaks judges their fact."""
    return [None if wait and not at_least(value, 0) else value for value, wait in zip(excess, waits, strict=True)]


def retraumatization(c: Client, usual: Usual, events: Events) -> Excess:
    def rise(worse: Numbers, _: MeasureColumn) -> Numbers:
        return [larger(f, p) for f, p in zip(since_first(worse), since_last(worse, c.days), strict=True)]

    def staying(worse: Numbers, measure: MeasureColumn) -> Numbers:
        return unreturned(worse, c.days, measure.reliable_change or float("inf"), 3)

    def so_far(worse: Numbers, measure: MeasureColumn) -> Numbers:
        not_back = unreturned(worse, c.days, measure.reliable_change or float("inf"), 0)
        return [larger(a, b) if b else a for a, b in zip(rise(worse, measure), not_back, strict=True)]

    new, times, stays = (events.worst_of("trauma", points) for points in (rise, so_far, staying))
    waits = [a or b for a, b in zip(events.waits("trauma", so_far), events.waits("trauma", staying), strict=True)]

    def worse(t: int) -> Number:
        value = times[t]
        if value is None:
            return None
        if value < 1:
            return min(max(0.4 * value - 0.42, NOT_AT_ALL), -0.02)
        return STRONGER_RISE if at_least(new[t], 1.5) or twice_running(new, t, 1) else ALONE

    def again(t: int) -> Number:
        settle = c.number("between_settle", t)
        judged = c.known("trauma_work", t) and settle is not None
        again = c.true("trauma_work", t) and at_least(settle, 5) and events.after_trauma_work(t)
        return nearly(rule(again, judged, ALONE), c.true("trauma_work", t) or events.after_trauma_work(t))

    present = c.numbers("after_present")
    far: Numbers = [None if p is None else float(p <= 3 and c.true("trauma_work", t)) for t, p in enumerate(present)]

    def far_away(t: int) -> Number:
        judged = far[t] is not None and (c.true("trauma_work", t) or above(present[t], 3))
        return rule(far[t] == 1, judged, ALONE if at_least(true_in_last(far, t, 3), 2) else PLAIN)

    out = {
        "trauma_symptoms_worse": of_one_fact(by_step(c, worse), waits),
        "trauma_symptoms_staying": of_one_fact(by_step(c, lambda t: rule(at_least(stays[t], 1), stays[t] is not None, STRONG)), waits),
        "intrusions_rising": drift(usual, "between_intrusions"),
        "intrusions_above_usual": surprise(usual, "between_intrusions"),
        "far_away": by_step(c, far_away),
        "presence_below_usual": [x if c.true("trauma_work", t) else None for t, x in enumerate(surprise(usual, "after_present"))],
        "again_while_unsettled": by_step(c, again),
    }
    worsening = ("trauma_symptoms_worse", "trauma_symptoms_staying", "intrusions_rising", "far_away")

    def thin(t: int) -> bool:
        prepared = c.number("prepared", t)
        return c.true("trauma_work", t) and ((prepared is not None and prepared < 0.6) or c.false("essentials", t))

    def thinly_prepared(t: int) -> Number:
        lately = thin(t) or events.last(thin, t)
        answered = [out[name][t] for name in worsening if out[name][t] is not None]
        return rule(lately and any(at_least(v, 0.15) for v in answered), c.attended[t] and bool(answered))

    out["thin_preparation"] = by_step(c, thinly_prepared)
    return out


STRONGER_RISE = STRONG  # the trauma measure +15, or +10 twice


def disengagement(c: Client, usual: Usual, events: Events) -> Excess:
    counted = by_step(c, lambda t: c.away(t) or c.held[t])
    absences: Numbers = [float(c.away(t)) if counted[t] else None for t in c.steps]
    lateness: Numbers = [float(c.code("attendance", t) == "late") if c.attended[t] else None for t in c.steps]

    def told(t: int) -> bool:
        """Stayed away, or came and answered some check-in, or was asked none."""
        asked = [a for a in (c.checkin("before")[t], c.checkin("after")[t]) if a is not None]
        return bool(counted[t]) and not (c.attended[t] and asked and not any(asked))

    def after_strain(t: int) -> Number:
        strained, about_therapy = events.after_strain(t), c.code("absence_reason", t) == "about_therapy"
        return rule(c.away(t) and (strained or about_therapy), told(t), 0.6 if strained else ALONE)

    def late(t: int) -> Number:
        often = at_least(true_in_last(lateness, t, 3), 2)
        came_late = c.code("attendance", t) == "late"
        return nearly(rule(came_late and often, c.known("attendance", t) and c.attended[t]), came_late)

    def missed(t: int) -> Number:
        return nearly(rule(c.away(t) and at_least(true_in_last(absences, t, 3), 2), told(t), STRONG), c.away(t))

    quiet_before, quiet_after = silence(c.checkin("before")), silence(c.checkin("after"))

    runs = [(unlike, _runs_of_silence(c.checkin(stage))) for stage, unlike in (("before", quiet_before), ("after", quiet_after))]

    def unanswered(t: int) -> Number:
        if any(run[t] >= 3 and at_least(unlike[t], 2.326) for unlike, run in runs):
            return ALONE
        unlike = graded(larger(quiet_before[t], quiet_after[t]), 1.645, 4.0)
        return only_beyond(None if unlike is None else min(unlike, PLAIN))

    lately = [silent_lately(c.checkin(stage))[0] for stage in ("before", "after")]

    def often_unanswered(t: int) -> Number:
        chances = [stream[t] for stream in lately if stream[t] is not None]
        return rule(any(at_most(chance, 0.02) for chance in chances), bool(chances))

    def withdrawal(t: int) -> Number:
        heard = usual.surprise("after_heard", t)
        falling = sum(at_least(usual.drift(name, t), 1.5) for name in ("before_ready", "after_return", "between_used"))
        told = heard is not None and (c.known("before_ready", t) or c.known("after_return", t))
        return rule(told and heard < 1 and falling >= 2, told)  # type: ignore[operator]

    def dread(t: int) -> Number:
        if not at_least(c.number("planned_intensity", t), 6):
            return None
        heavy, light = _mean_so_far(c, t, lambda plan: plan >= 6), _mean_so_far(c, t, lambda plan: plan < 6)
        higher = less(heavy, light)
        return None if higher is None else graded(higher / shipped().priors["before_distress"].within, 1.5, 4.0)

    chance = plain_leaving.chance(c, usual, events)
    recorded = by_step(c, lambda t: c.known("attendance", t))
    return {
        "missed_after_strain": by_step(c, after_strain),
        "missed_often": by_step(c, missed),
        "late_often": by_step(c, late),
        "checkins_unanswered": by_step(c, unanswered),
        "checkins_often_unanswered": by_step(c, often_unanswered),
        "readiness_below_usual": faintly(surprise(usual, "before_ready")),
        "readiness_falling": drift(usual, "before_ready"),
        "return_below_usual": faintly(surprise(usual, "after_return")),
        "return_falling": drift(usual, "after_return"),
        "use_below_usual": faintly(surprise(usual, "between_used")),
        "use_falling": drift(usual, "between_used"),
        "quiet_withdrawal": by_step(c, withdrawal),
        "dread": by_step(c, dread),
        "leaving_soon": by_step(c, lambda t: graded(chance[t], 0.10, 0.40) if counted[t] and recorded[t] else None),
    }


def _runs_of_silence(answered: Numbers) -> list[int]:
    """How many check-ins in a row were not answered up to each row; 0 where none was asked."""
    out: list[int] = []
    run = 0
    for now in answered:
        run = run if now is None else run + 1 if now == 0 else 0
        out.append(0 if now is None else run)
    return out


def _mean_so_far(c: Client, t: int, chosen: Callable[[float], bool]) -> Number:
    """Mean distress before such sessions, two of them at least."""
    found = []
    for s in range(t + 1):
        plan, value = c.number("planned_intensity", s), c.number("before_distress", s)
        if plan is not None and value is not None and chosen(plan):
            found.append(value)
    return sum(found) / len(found) if len(found) >= 2 else None


def trust(c: Client, usual: Usual, events: Events) -> Excess:
    heard = c.numbers("after_heard")

    unusual = surprise(usual, "after_heard")

    def both(t: int) -> Number:
        choice = c.number("after_choice", t)
        if heard[t] is None or choice is None:
            return None
        less_heard = at_least(unusual[t], 0) or heard[t] < 6 or at_least(events.fall_in_heard(t), 1)  # type: ignore[operator]
        return rule(less_heard and choice <= 1, True, STRONG if choice == 0 else PLAIN)

    def alliance(worse: Numbers, _: MeasureColumn) -> Numbers:
        return [larger(f, p) for f, p in zip(since_first(worse), since_last(worse, c.days), strict=True)]

    def cancelled(t: int) -> Number:
        hard = events.after_strain(t) or at_least(c.number("between_settle", t), 5)
        by_service = c.code("attendance", t) == "cancelled_by_service"
        return rule(by_service and hard, by_service or (c.known("attendance", t) and c.attended[t]))

    fall = by_step(c, events.fall_in_heard)
    lower = events.worst_of("alliance", alliance)
    return {
        "heard_line_crossed": by_step(c, lambda t: rule(at_most(heard[t], 4), heard[t] is not None)),
        "heard_low": by_step(c, lambda t: only_beyond(graded(heard[t], 6.99, 2.0))),
        "heard_below_usual": unusual,
        "heard_sinking": drift(usual, "after_heard"),
        "heard_fell": [None if f is None else max((f - 1) / 4, 0.5) if f >= 2 else only_beyond((f - 1) / 4) for f in fall],
        "not_mended": _not_mended(c, usual, events),
        "choice_and_heard": by_step(c, both),
        "alliance_fell": by_step(c, lambda t: beyond(lower[t], 1.0, 2.0)),
        "service_cancelled": by_step(c, cancelled),
    }


def _not_mended(c: Client, usual: Usual, events: Events) -> Numbers:
    """After a fall of two SDs: two sessions without return to within half an SD, and still one below."""
    stream = usual.streams.get("after_heard")
    if stream is None:
        return [None] * len(c.rows)
    out: Numbers = []
    level: Number = None
    waiting = 0
    for t in c.steps:
        now = c.number("after_heard", t)
        if now is None:
            out.append(None)
            continue
        half = 0.5 * max(stream.scale[t], stream.prior.between)  # type: ignore[type-var]
        if level is not None:
            if now >= level - half:
                level, waiting = None, 0
            else:
                waiting += 1
        elif at_least(events.fall_in_heard(t), 2):
            level, waiting = stream.expected[t], 0
        out.append(rule(waiting >= 2 and level is not None and now <= level - 2 * half, True, 0.6))
    return out


def integration(c: Client, usual: Usual, events: Events) -> Excess:
    intensity = c.numbers("intensity")

    def loaded(t: int) -> bool:
        return all(at_least(v, 6) for v in known_before(intensity, t, 2))

    nothing: Numbers = [None if v is None else float(v == 0 and loaded(t)) for t, v in enumerate(c.numbers("between_used"))]

    def nothing_used(t: int) -> Number:
        return rule(nothing[t] == 1, nothing[t] is not None, ALONE if true_in_last(nothing, t, 4) == 4 else FAINT)

    use = drift(usual, "between_used")
    out: Excess = {
        "makes_no_sense": by_step(c, lambda t: beyond(c.number("after_sense", t), 4.0, -2.0, FAINT)),
        "sense_below_usual": surprise(usual, "after_sense"),
        "sense_falling": drift(usual, "after_sense"),
        "nothing_used": by_step(c, nothing_used),
        "use_falling_under_load": [x if x is None or loaded(t) else min(x, -0.2) for t, x in enumerate(use)],
    }
    taken = list(out.values())
    lacking = by_step(c, lambda t: any(at_least(last_known(values, t), 0.15) for values in taken))
    rising = difference_of_averages(intensity)
    opened = by_step(c, lambda t: less(c.number("topics_opened", t), c.number("topics_settled", t)))

    def outruns(t: int) -> Number:
        if opened[t] is None:
            return None
        balance = opened[t] + sum(v or 0 for v in known_before(opened, t, 2))
        return rule(balance >= 3 and lacking[t], True)

    out["load_rising"] = by_step(c, lambda t: rule(at_least(rising[t], 1.5) and lacking[t], intensity[t] is not None))
    out["opened_outruns_settled"] = by_step(c, outruns)
    return out
