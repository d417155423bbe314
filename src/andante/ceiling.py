"""The pace ceiling: how far the work ahead could go, as escalation with overdose control.

Babb, Rogatko & Zacks 1998 (coherence: Wheeler 2016), turned to the intensity of a session: a Bayesian line of
overwhelm on intensity and distress before, and the highest intensity at which overwhelm above the client's own line is
at most 10 % likely. A research method, not clinically validated; advice that the two set aside by agreement.

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
from andante.usual import LEAST_FOR_UNINFORMATIVE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHARE = 0.10  # accepted probability of overwhelm (ours)
FIRST = 5.0  # highest in the first session (ours)
STEP_UP = 2.0  # above the highest well-borne of the last six (ours)
WINDOW = 6  # sessions
LOW_COPING = 3.0  # at or below: challenging work waits (ours)
GOOD_DAY = 1.0  # points of distress below usual for which the next session is planned; the day itself then only lowers it (ours)
CENTER_INTENSITY, CENTER_DISTRESS = 5.0, 5.0
INTERVAL = 1.2815515655446004  # normal deviation of an 80 % interval

# Overwhelm at intensity 5 and distress 5, per point of intensity, per point of distress. Ours: chosen in the worlds of
# lab/worlds.py, where a residual wider than any of theirs pays for what the line does not know (manual, "The budget").
PRIOR = regression.Prior(mean=(3.9, 0.7, 0.3), sd=(1.4, 0.25, 0.2), residual=2.0, shape=6.0, forgetting=0.93)


@dataclass(frozen=True)
class Ceiling:
    """Highest advisable intensity `[T, C]` and how sure it is (1 - width of the 80 % interval / 10); NaN where empty.

    `cap` says where the last rule (2 above the well-borne) decides.
    """

    highest: Floats
    confidence: Floats
    cap: Bools


def estimate(history: History, events: Events) -> Ceiling:
    """For a pending row the ceiling of that session; for every other row that of the next one."""
    if not (history.has("intensity") or history.has("planned_intensity")):
        empty = np.full(history.shape, np.nan)
        return Ceiling(empty, empty, np.zeros(history.shape, np.bool_))
    held = history.attended & ~history.pending
    intensity = np.where(held, history["intensity"], np.nan)
    overwhelm = np.where(held, history["after_overwhelm"], np.nan)
    today, usually = _distress(history)
    before_today = np.where(np.isnan(today), steps.earlier(usually, CENTER_DISTRESS), today)
    line = regression.fit(intensity - CENTER_INTENSITY, before_today - CENTER_DISTRESS, overwhelm, PRIOR)
    after, spread = _highest(line, usually - GOOD_DAY, events.line)
    prior = _earlier_line(line)
    before, spread_before = _highest(prior, before_today, events.line)
    walk = _walk(history, events, before, after, intensity, overwhelm)
    highest = np.where(history.pending, walk[0], walk[1])
    width = _width(highest, np.where(history.pending, spread_before, spread))
    empty = _empty(history, intensity, overwhelm)
    return Ceiling(np.where(empty, np.nan, highest), np.where(empty, np.nan, 1 - width / 10), walk[2] & ~empty)


def _distress(history: History) -> tuple[Floats, Floats]:
    """Distress today, and what is to be expected next time: a slow average that begins at the center."""
    today = history["before_distress"]
    usually = np.empty_like(today)
    level, weight = np.full(today.shape[1], CENTER_DISTRESS), np.full(today.shape[1], 1.0)
    for step, now in enumerate(today):
        known = ~np.isnan(now)
        weight = np.where(known, 0.9 * weight + 1, weight)
        level = np.where(known, level + (now - level) / weight, level)
        usually[step] = level
    return today, usually


def _highest(line: regression.Line, distress: Floats, own_line: Floats) -> tuple[Floats, Floats]:
    """The highest intensity whose predictive probability of overwhelm is at most SHARE, and the SD of that intensity.

    Answers are whole: "above 7" begins at 7.5. With q the Student quantile, solves
    level + slope u + q sqrt(variance (1 + x' V x)) = bound, a quadratic in u.
    """
    level, slope, by_distress = line.mean
    slope = np.maximum(slope, 0.0)
    d = distress - CENTER_DISTRESS
    v = line.covariance
    q = regression.quantile(line.rows, line.prior, SHARE)
    at_center = level + by_distress * d
    room = own_line + 0.5 - at_center
    s0 = 1 + v[0][0] + 2 * d * v[0][2] + d * d * v[2][2]
    s1, s2 = 2 * (v[0][1] + d * v[1][2]), v[1][1]
    k = q * q * line.variance
    a2, a1, a0 = k * s2 - slope * slope, k * s1 + 2 * slope * room, k * s0 - room * room
    root = np.sqrt(np.maximum(a1 * a1 - 4 * a2 * a0, 0.0))
    denominator = -a1 - root
    u = np.where(np.abs(denominator) > 1e-12, 2 * a0 / np.where(np.abs(denominator) > 1e-12, denominator, 1.0), 0.0)
    top = 10 - CENTER_INTENSITY
    fits_top = at_center + slope * top + q * np.sqrt(line.variance * (s0 + s1 * top + s2 * top * top)) <= own_line + 0.5
    u = np.where(fits_top, top, u)
    never = (room <= 0) & ~fits_top
    highest = np.where(never, 0.0, np.clip(u + CENTER_INTENSITY, 0.0, 10.0))
    at = highest - CENTER_INTENSITY
    spread = np.sqrt(line.variance * (s0 - 1 + s1 * at + s2 * at * at)) / np.maximum(slope, 0.2)
    return highest, spread


def _earlier_line(line: regression.Line) -> regression.Line:
    """What was known before each row: the posterior of the row before, the prior at the first."""
    p = line.prior
    mean = tuple(steps.earlier(m, p.mean[i]) for i, m in enumerate(line.mean))
    diagonal = [(sd / p.residual) ** 2 for sd in p.sd]
    covariance = tuple(
        tuple(steps.earlier(v, diagonal[i] if i == j else 0.0) for j, v in enumerate(row)) for i, row in enumerate(line.covariance)
    )
    variance = steps.earlier(line.variance, p.residual**2 * (p.shape - 1) / p.shape)
    return regression.Line(mean, covariance, variance, steps.earlier(line.rows, 0), p)  # type: ignore[arg-type]


def _walk(
    history: History, events: Events, before: Floats, after: Floats, intensity: Floats, overwhelm: Floats
) -> tuple[Floats, Floats, Bools]:
    """The rules that need order: the ceiling of each session itself, that of the next, and where the last cap decides."""
    known = ~np.isnan(overwhelm) & ~np.isnan(intensity)
    too_much = known & events.overwhelmed
    borne = known & ~events.overwhelmed
    cap = _cap(intensity, borne, known)
    distress, coping = history["before_distress"], history["before_coping"]
    low = coping <= LOW_COPING
    stands = np.minimum(before[0], FIRST)
    cap_stands = np.full(before.shape[1], FIRST)
    last_today, last_distress, last_coping = np.full_like(stands, np.nan), np.full_like(stands, np.nan), np.full_like(stands, np.nan)
    after_borne = np.zeros(stands.shape, np.bool_)
    now, following, capped = np.empty_like(before), np.empty_like(before), np.zeros(before.shape, np.bool_)
    for step in range(before.shape[0]):
        today = np.minimum(stands, before[step])
        same = after_borne & ~(distress[step] > last_distress) & ~(coping[step] < last_coping)
        today = np.where(same, np.maximum(today, np.minimum(last_today, cap_stands)), today)
        today = np.where(events.after_break[step], np.maximum(today - 1, 0.0), today)
        today = np.where(low[step], np.minimum(today, 6.0), today)
        now[step] = today
        held = known[step]
        next_one = np.where(too_much[step], np.minimum(np.minimum(after[step], today), intensity[step]), after[step])
        next_one = np.where(borne[step], np.maximum(np.maximum(next_one, today), stands), next_one)
        next_one = np.where(held, next_one, stands)
        cap_stands = np.where(held, cap[step], cap_stands)
        capped[step] = next_one > cap_stands
        stands = np.minimum(next_one, cap_stands)
        following[step] = stands
        last_today = np.where(held, today, last_today)
        last_distress = np.where(held, distress[step], last_distress)
        last_coping = np.where(held, coping[step], last_coping)
        after_borne = np.where(held, borne[step], after_borne)
    return now, following, capped


def _cap(intensity: Floats, borne: Bools, known: Bools) -> Floats:
    """2 above the highest well-borne intensity of the last six rated sessions; if none was, one below the lowest tried."""
    rated = np.where(known, intensity, np.nan)
    carried = np.where(borne, intensity, np.where(known, -1.0, np.nan))
    window = np.stack([steps.last_known(carried), *_before(carried, WINDOW - 1)])
    tried = np.stack([steps.last_known(rated), *_before(rated, WINDOW - 1)])
    highest = np.fmax.reduce(window, axis=0)
    lowest = np.fmin.reduce(tried, axis=0)
    return np.where(highest >= 0, highest + STEP_UP, np.where(np.isnan(lowest), FIRST, np.maximum(lowest - 1, 0.0)))


def _before(values: Floats, how_many: int) -> list[Floats]:
    """The known values before the latest known one, as seen from each step."""
    position = steps.position_of_last(~np.isnan(values))
    found = steps.answers_before(values, how_many)
    return [steps.take(v, position) for v in found]


def _width(highest: Floats, spread: Floats) -> Floats:
    """Width of the 80 % interval inside the scale."""
    return np.minimum(highest + INTERVAL * spread, 10.0) - np.maximum(highest - INTERVAL * spread, 0.0)


def _empty(history: History, intensity: Floats, overwhelm: Floats) -> Bools:
    """No intensity rated yet (but for a first session still ahead), or one of the two says nothing."""
    none_yet = steps.count_known(intensity + overwhelm) == 0
    first_ahead = history.pending & (history.attended_before == 0)
    return np.asarray((none_yet & ~first_ahead) | _says_nothing(intensity) | _says_nothing(overwhelm))


def _says_nothing(values: Floats) -> Bools:
    """Six ratings or more, all the same (at one end or elsewhere)."""
    same = steps.running(np.fmin, values.copy()) == steps.running(np.fmax, values.copy())
    return np.asarray(same & (steps.count_known(values) >= LEAST_FOR_UNINFORMATIVE))
