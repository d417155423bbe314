"""The pace ceiling: how far the work ahead could go, as escalation with overdose control.

Babb, Rogatko & Zacks 1998 (coherence: Wheeler 2016), turned to the intensity of a session: a Bayesian line of
overwhelm on intensity and distress before, and the highest intensity at which overwhelm above the client's own line is
at most 10 % likely; for the next session over what that day's distress may be. A research method, not clinically
validated; advice that the two set aside by agreement.

Then, in this order: today's answers may only lower it; after an overwhelming session it is never raised; at equal
distress and coping it is never lowered straight after a well-borne one; one lower after a break of more than 21 days;
and last, never more than 2 above the highest well-borne intensity of the last six sessions (first session: 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from andante.events import Events
from andante.history import History
from andante.kernels import regression, steps
from andante.kernels.compiled import compiled
from andante.usual import LEAST_FOR_UNINFORMATIVE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Caps = NDArray[np.int8]

SHARE = 0.10  # accepted probability of overwhelm (ours)
EACH_TAIL = 0.10  # outside an 80 % interval, on either side
FIRST = 5.0  # highest in the first session (ours)
STEP_UP = 2.0  # above the highest well-borne of the last six (ours)
TOP = 10.0  # of the scale: what lies there lies at no cap
NOT_CAPPED, AT_FIRST, ABOVE_BORNE, NONE_BORNE = range(4)  # which cap a ceiling lies at: `Ceiling.capped`
WINDOW = 6  # sessions (ours)
LOW_COPING, MOST_AT_LOW_COPING = 3.0, 6.0  # coping at or below which challenging work waits, and the most that is then advised (ours)
SLOWLY = 0.9  # what each answer weighs after one more, in the usual distress before sessions (ours)
LEAST_SLOPE = 0.2  # of overwhelm on intensity, below which the uncertainty of the ceiling would have no bound (ours)
CENTER_INTENSITY, CENTER_DISTRESS = 5.0, 5.0
DISTRESS_AHEAD = 2.3  # SD of the distress before a session still ahead, about what is usual; wide, for the line may move too (ours)

# Overwhelm at intensity 5 and distress 5, per point of intensity, per point of distress. Ours, uncalibrated: chosen in invented
# worlds like those of lab/worlds.py, and in worlds of others. Clients differ widely: the first sessions are careful, and what they say
# counts soon. One strange session counts as at most 2 SDs from what was expected, so that it moves the ceiling only for a while.
PRIOR = regression.Prior(mean=(4.4, 0.7, 0.33), sd=(1.6, 0.21, 0.19), residual=1.68, shape=6.75, forgetting=0.85, farthest=2.0)


@dataclass(frozen=True)
class Ceiling:
    """Highest advisable intensity `[T, C]` and how sure it is (1 - width of the 80 % interval / 10), NaN where empty; and the cap, which
    comes last, where it is what decides: in the first session, above what was well borne, or where nothing was."""

    highest: Floats
    confidence: Floats
    capped: Caps


def without_advice(ceiling: Ceiling, where: Bools) -> Ceiling:
    """The same with nothing said at these rows `[T, C]`: while safety is open there is no advice on pace."""
    highest, confidence = (np.where(where, np.nan, figures) for figures in (ceiling.highest, ceiling.confidence))
    return Ceiling(highest, confidence, np.where(where, NOT_CAPPED, ceiling.capped))


def estimate(history: History, events: Events) -> Ceiling:
    """For a pending row the ceiling of that session; for every other row that of the next one."""
    if not (history.has("intensity") or history.has("planned_intensity")):
        empty = np.full(history.shape, np.nan)
        return Ceiling(empty, empty, np.zeros(history.shape, np.int8))
    held = history.held
    intensity = np.where(held, history["intensity"], np.nan)
    overwhelm = np.where(held, history["after_overwhelm"], np.nan)
    today = history["before_distress"]
    usually = _usual_distress(today)
    before_today = np.where(np.isnan(today), steps.earlier(usually, CENTER_DISTRESS), today)
    line = regression.fit(intensity - CENTER_INTENSITY, before_today - CENTER_DISTRESS, overwhelm, PRIOR)
    ahead = np.full(history.shape, DISTRESS_AHEAD**2)
    after, half = _highest_of(line, usually, ahead, events.line)
    before, half_before = _highest_of(line.before(), before_today, np.where(np.isnan(today), ahead, 0.0), events.line)
    now, following, capped, capped_after = _walk(
        before, after, intensity, overwhelm, today, history["before_coping"], events.overwhelmed, events.after_break, held
    )
    highest = np.where(history.pending, now, following)
    capped = np.where(history.pending, capped, capped_after)
    width = _width(highest, np.where(history.pending, half_before, half))
    empty = _empty(history, intensity, overwhelm)
    return Ceiling(np.where(empty, np.nan, highest), np.where(empty, np.nan, 1 - width / 10), np.where(empty, NOT_CAPPED, capped))


@compiled
def _usual_distress(today: Floats) -> Floats:
    """The distress that the next session is planned for: a slow average that begins at the center."""
    out = np.empty_like(today)
    for client in range(today.shape[1]):
        level, weight = CENTER_DISTRESS, 1.0  # the center counts as one answer
        for step in range(today.shape[0]):
            now = today[step, client]
            if not np.isnan(now):
                weight = SLOWLY * weight + 1
                level += (now - level) / weight
            out[step, client] = level
    return out


def _highest_of(line: regression.Line, distress: Floats, unknown: Floats, own_line: Floats) -> tuple[Floats, Floats]:
    """The highest intensity whose predictive probability of overwhelm is at most SHARE, and half the 80 % interval about it.

    `unknown`: the variance of that day's distress about `distress`, 0 where it has been said.
    """
    quantile = regression.quantile(line.rows, line.prior, SHARE)
    highest, spread = np.empty_like(distress), np.empty_like(distress)
    _highest(line.mean, line.upper, line.variance, quantile, distress, unknown, own_line, highest, spread)
    return highest, spread * regression.quantile(line.rows, line.prior, EACH_TAIL)


@compiled
def _highest(
    mean: Floats, upper: Floats, variances: Floats, quantile: Floats, distress: Floats, unknown: Floats, own_line: Floats,
    highest: Floats, spread: Floats,
) -> None:  # fmt: skip
    """Answers are whole: "above 7" begins at 7.5. With q the Student quantile, solves, cell by cell,

    level + slope u + q sqrt(variance (1 + x' V x) + unknown (by_distress^2 + variance V33)) = bound, a quadratic in u: a distress
    not said yet adds its variance, times the square of what a point of it moves and how unsure that is.
    """
    top = 10 - CENTER_INTENSITY
    for step in range(distress.shape[0]):
        for client in range(distress.shape[1]):
            variance, q, bound = variances[step, client], quantile[step, client], own_line[step, client] + 0.5
            slope, d = max(mean[1, step, client], 0.0), distress[step, client] - CENTER_DISTRESS
            at_center = mean[0, step, client] + mean[2, step, client] * d
            room = bound - at_center
            of_distress = upper[5, step, client] + mean[2, step, client] ** 2 / variance  # of its square, and what each point moves
            s0 = 1 + upper[0, step, client] + 2 * d * upper[2, step, client] + d * d * upper[5, step, client]
            s0 += unknown[step, client] * of_distress
            s1, s2 = 2 * (upper[1, step, client] + d * upper[4, step, client]), upper[3, step, client]
            k = q * q * variance
            a2, a1, a0 = k * s2 - slope * slope, k * s1 + 2 * slope * room, k * s0 - room * room
            denominator = -a1 - np.sqrt(max(a1 * a1 - 4 * a2 * a0, 0.0))
            u = 2 * a0 / denominator if abs(denominator) > 1e-12 else 0.0
            if at_center + slope * top + q * np.sqrt(variance * (s0 + s1 * top + s2 * top * top)) <= bound:
                u = top
            elif room <= 0:
                u = -CENTER_INTENSITY
            u = min(max(u + CENTER_INTENSITY, 0.0), 10.0)
            at = u - CENTER_INTENSITY
            highest[step, client] = u
            spread[step, client] = np.sqrt(variance * (s0 - 1 + s1 * at + s2 * at * at)) / max(slope, LEAST_SLOPE)


@compiled
def _walk(
    before: Floats, after: Floats, intensity: Floats, overwhelm: Floats, distress: Floats, coping: Floats, overwhelmed: Bools,
    after_break: Bools, held: Bools,
) -> tuple[Floats, Floats, Caps, Caps]:  # fmt: skip
    """The rules that need order: the ceiling of each session itself, and that of the next; and which cap either lies at."""
    now, following = np.empty_like(before), np.empty_like(before)
    capped, capped_after = np.empty(before.shape, np.int8), np.empty(before.shape, np.int8)
    tried, borne = np.empty(WINDOW), np.empty(WINDOW)  # of the last sessions held; NaN where not rated, or not well borne
    for client in range(before.shape[1]):
        stands, cap, by, after_borne, sessions = min(before[0, client], FIRST), FIRST, AT_FIRST, False, 0
        tried[:] = borne[:] = np.nan
        last_today = last_distress = last_coping = np.nan
        for step in range(before.shape[0]):
            today, done = min(stands, before[step, client]), intensity[step, client]
            harder = distress[step, client] > last_distress or coping[step, client] < last_coping
            if after_borne and not harder:
                today = max(today, min(last_today, cap))
            if after_break[step, client]:
                today = max(today - 1, 0.0)
            if coping[step, client] <= LOW_COPING:
                today = min(today, MOST_AT_LOW_COPING)
            now[step, client] = today
            capped[step, client] = by if cap <= today < TOP else NOT_CAPPED
            rated = not np.isnan(done + overwhelm[step, client])
            if held[step, client]:
                after_borne = not overwhelmed[step, client] if rated else after_borne
                tried[sessions % WINDOW] = done if rated else np.nan
                borne[sessions % WINDOW] = done if rated and after_borne else np.nan
                sessions += 1
                cap, by = _cap(tried, borne, cap, by)
            if rated:
                stands = max(after[step, client], today, stands) if after_borne else min(after[step, client], today, done)
                last_today, last_distress, last_coping = today, distress[step, client], coping[step, client]
            stands = min(stands, cap)
            following[step, client] = stands
            capped_after[step, client] = by if cap <= stands < TOP else NOT_CAPPED
    return now, following, capped, capped_after


@compiled
def _cap(tried: Floats, borne: Floats, before: float, by: int) -> tuple[float, int]:
    """2 above the highest well-borne intensity of the last six sessions; if none was, one below the lowest tried; as before where none
    of them was rated. And which of these it is."""
    highest, lowest = -np.inf, np.inf
    for session in range(WINDOW):
        highest = borne[session] if borne[session] > highest else highest
        lowest = tried[session] if tried[session] < lowest else lowest
    if highest >= 0:
        return highest + STEP_UP, ABOVE_BORNE
    return (max(lowest - 1, 0.0), NONE_BORNE) if lowest < np.inf else (before, by)


def _width(highest: Floats, half: Floats) -> Floats:
    """Width of the interval inside the scale."""
    return np.minimum(highest + half, TOP) - np.maximum(highest - half, 0.0)


def _empty(history: History, intensity: Floats, overwhelm: Floats) -> Bools:
    """No intensity rated yet (but for a first session still ahead), or one of the two says nothing."""
    none_yet = steps.count_known(intensity + overwhelm) == 0
    first_ahead = history.pending & (history.attended_before == 0)
    return np.asarray((none_yet & ~first_ahead) | _says_nothing(intensity) | _says_nothing(overwhelm))


@compiled
def _says_nothing(values: Floats) -> Bools:
    """Six ratings or more, all the same (at one end or elsewhere)."""
    out = np.zeros(values.shape, np.bool_)
    for client in range(values.shape[1]):
        count, first, same = 0, np.nan, True
        for step in range(values.shape[0]):
            now = values[step, client]
            if not np.isnan(now):
                first = now if count == 0 else first
                same, count = same and now == first, count + 1
            out[step, client] = same and count >= LEAST_FOR_UNINFORMATIVE
    return out
