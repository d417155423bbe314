"""What a reading says, in plain words: one sentence at a time, in the therapist's wording and in the client's.

Stands beside the drawing code in `views`: terminal, report and the clinic's pages take every sentence from here; what a raised risk
rests on is worded by `evidence`. A client is never shown the clinical name of a harm, a score, or a number that they did not give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from andante.reading import BRAKE_TALKED, FINDS_TOO_SLOW, HARD_WEEK, MISSING, NOTICED, STAYED_AWAY, TOO_LITTLE_NOTED, WISHES_FASTER
from andante.risk import Risk
from andante.risks import RISKS
from andante.sentences import REASONS, WISHES
from andante.views.caseload import EASE, HOLD, QUIET, RAISED, SAFETY, UNKNOWN, WATCH, Case, Caseload, Finding, asked_to_slow
from andante.words import LEVEL_LABELS, LEVELS, STANCE_LABELS, number

Audience = Literal["therapist", "client"]

SAFETY_FIRST, STOP_AND_TALK = "Safety first", "Stop and talk"
NOT_ENOUGH = LEVEL_LABELS["unknown"]
AHEAD = ", ahead"  # after the number of a session that is still to come

GROUPS = {
    SAFETY: "Safety first",
    EASE: "Ease",
    HOLD: "Hold",
    WATCH: "Keep an eye on",
    QUIET: "Nothing raised",
    UNKNOWN: "Not enough to say yet",
}

CLIENT_STANCES = {
    "unknown": "We are still finding out what is usual for you",
    "deepen": "There is room for more, if you want it",
    "go_on": "We can go on as we are",
    "hold": "Let us stay here for a while",
    "ease": "Let us make it lighter, and talk about it first",
}
CLIENT_LEVELS = {"unknown": "not asked enough yet", "quiet": "fine", "watch": "worth asking about", "act": "worth talking about now"}

# An alert without a next step is not shown; these come before the ten, which bring their own.
FIRST_STEPS = {
    "safety": "First of all: ask about it today, in plain words; look at the safety plan together; do what your service has agreed for it; "
    "and note that it was looked at. If you do not meet today, call.",
    "asked to slow down": "First of all: ask what was too much, agree on a next step that is small enough, and note that you have talked.",
    "talked about slowing down": "First of all: ask whether it has settled; until then keep to the small step that you agreed on.",
}

RESPONSE_KINDS = {"say": "Say", "change": "Change", "supervise": "With others"}

ATTENDANCE = {
    "attended": "came",
    "late": "came late",
    "cancelled_by_client": "cancelled by the client",
    "cancelled_by_service": "cancelled by the service",
    "missed": "missed",
}


def when(value: date | float | None) -> str:
    """The day of a session: "14 Mar 2026", or "day 35" where only days are known."""
    if value is None:
        return ""
    return f"{value.day} {value:%b %Y}" if isinstance(value, date) else f"day {number(value)}"


def place(reading: Mapping[str, Any], *, ahead: bool = False) -> tuple[str, ...]:
    """The number and the day of a session, as far as they are known: "session 14, ahead", "15 Sep 2025"."""
    which = f"session {reading['session']}{AHEAD if ahead else ''}" if reading.get("session") is not None else ""
    return tuple(part for part in (which, when(reading.get("date", reading.get("day")))) if part)


def ending(case: Case) -> str:
    """That the last row is the last session that was agreed on; empty otherwise."""
    return "The last agreed session." if case.sessions[case.last].get("sessions_left") == 0 else ""


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 client", "3 clients"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """The text with a capital at its head and a period at its end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


# The stance


def stance(reading: Mapping[str, Any], audience: Audience = "therapist") -> str:
    """The stance in a word or two; safety and a no that was not heard come before it."""
    name = reading.get("stance") or "unknown"
    if audience == "client":
        return CLIENT_STANCES[name]
    if reading.get("safety") == "open":
        return SAFETY_FIRST
    return STOP_AND_TALK if name == "ease" and _opens_with(reading.get("stance_why"), STOP_AND_TALK) else STANCE_LABELS[name]


def reason(reading: Mapping[str, Any]) -> str:
    """Why the stance is what it is, as a sentence that can stand under the stance's own words."""
    text = _without_before(reading)
    for word in _STANCE_WORDS:
        if _opens_with(text, word):
            text = text[len(word) :].lstrip(" :,.;").removeprefix("and ")
            break
    return sentence(text)


def why(reading: Mapping[str, Any]) -> str:
    """One line for a caseload: "Hold: felt heard 6, usually 9, since session 7."."""
    text = _without_before(reading)
    if not any(_opens_with(text, word) for word in _STANCE_WORDS):
        text = f"{stance(reading)}: {text}" if text else stance(reading)
    if reading.get("stance") == "unknown" and (raised := raised_titles(reading)):
        text = f"{text.rstrip('.')}; raised: {listed(raised)}"
    return sentence(text)


def raised_titles(reading: Mapping[str, Any]) -> list[str]:
    """The questions of the risks that are raised, in the order of the ten."""
    return [risk.title for risk in RISKS if reading.get(f"{risk.name}_level") in RAISED]


def judged(reading: Mapping[str, Any]) -> str:
    """ "8 of 10 could be judged"."""
    return f"{reading.get('judged') or 0} of {len(RISKS)} could be judged"


def judged_besides(reading: Mapping[str, Any]) -> str:
    """The same, where the reason does not say it already."""
    return "" if judged(reading) in reason(reading) else judged(reading)


def nothing_raised(reading: Mapping[str, Any]) -> str:
    """Where nothing is raised: that it is so, and how much of it is not known; how many could be judged stands beside the stance."""
    known = reading.get("judged") or 0
    if not known:
        return "Not enough to say yet: none of the ten questions could be judged."
    rest = len(RISKS) - known
    others = f" {rest} of the ten {'is' if rest == 1 else 'are'} not known, which is not the same as quiet." if rest else ""
    return f"{none_raised(reading)}{others}"


def none_raised(reading: Mapping[str, Any]) -> str:
    """The same in short, after what comes first all the same: safety, or the client's brake."""
    if not reading.get("judged"):
        return "Not enough to say yet."
    first = {"safety": "A safety item is open; it comes first.", "asked to slow down": "The client asked to slow down."}.get(
        instead(reading)
    )
    return f"{first} None of the ten is raised." if first else "Nothing is raised."


def first_step(reading: Mapping[str, Any]) -> str:
    """What to do first where safety is open or the client has asked to slow down; empty otherwise."""
    talked = _reason_is(reading, BRAKE_TALKED)
    return FIRST_STEPS.get("talked about slowing down" if talked else instead(reading), "")


def instead(reading: Mapping[str, Any]) -> str:
    """What stands in the way where no risk is raised: safety, or the client's brake; "none" where nothing does."""
    if reading.get("safety") == "open":
        return "safety"
    return "asked to slow down" if asked_to_slow(reading.get("stance_why")) else "none"


NAMED = 8  # clients who are named in one go; the others are counted (ours)
NOTES = (NOTICED, STAYED_AWAY, HARD_WEEK, TOO_LITTLE_NOTED)
WISHED = (WISHES[WISHES_FASTER], WISHES[FINDS_TOO_SLOW])  # said beside the reason


def among(readings: Sequence[Mapping[str, Any]]) -> str:
    """Who of those with nothing raised wishes for more or has a note: " (1 wants more: a; 2 with a note: b and c)", or nothing.

    A wish of the client's that stands beside the reason is a note.
    """
    more = [reading["client_id"] for reading in readings if reading.get("stance") == "deepen"]
    noted = [reading["client_id"] for reading in readings if reading.get("stance") != "deepen" and _noted(reading)]
    parts = [f"{len(more)} {'wants' if len(more) == 1 else 'want'} more: {named(more)}" if more else ""]
    parts += [f"{len(noted)} with a note: {named(noted)}" if noted else ""]
    told = "; ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def named(ids: Sequence[str]) -> str:
    """ "a, b and c"; of more than eight the first, "and 5 more"."""
    others = len(ids) - NAMED
    return listed(ids) if others <= 0 else f"{', '.join(ids[:NAMED])} and {others} more"


def _noted(reading: Mapping[str, Any]) -> bool:
    return any(_reason_is(reading, why) for why in NOTES) or any(wish in (reading.get("stance_why") or "") for wish in WISHED)


def _reason_is(reading: Mapping[str, Any], why: int) -> bool:
    """Whether the stance was taken for this reason, by its words up to the evidence."""
    return (reading.get("stance_why") or "").startswith(REASONS[why][0].partition("{")[0])


_STANCE_WORDS = (STOP_AND_TALK, SAFETY_FIRST, *STANCE_LABELS.values())


def _opens_with(text: str | None, word: str) -> bool:
    return (text or "").strip().casefold().startswith(word.casefold())


def _without_before(reading: Mapping[str, Any]) -> str:
    """The reading's own reason; what the stance was before is said elsewhere ("Since last time")."""
    return (reading.get("stance_why") or "").partition(" Before: ")[0].strip()


# A risk, and a whole caseload


def size(caseload: Caseload) -> str:
    """ "24 clients, 257 sessions and 9 ahead": who has answered for a session still ahead has not had it yet."""
    rows = sum(line.stop - line.start for line in caseload.lines)
    ahead = sum(line.ahead for line in caseload.lines)
    sessions = f"{counted(rows - ahead, 'session')}{f' and {ahead} ahead' if ahead else ''}"
    return f"{counted(len(caseload.lines), 'client')}, {sessions}"


def until(caseload: Caseload) -> str:
    """Up to which day the sessions go; empty where only days since each client's own start are known."""
    last = max((line.reading["date"] for line in caseload.lines if line.reading.get("date") is not None), default=None)
    return f"Sessions up to {when(last)}." if last else ""


def nobody(caseload: Caseload) -> str:
    """Where none of the ten could be judged for anybody, that it is so: that nobody needs attention would be a false comfort."""
    return "Nobody could be judged yet." if caseload.lines and not caseload.judged and not caseload.awake else ""


def heading(finding: Finding, audience: Audience = "therapist") -> str:
    """The risk's question, in the words of whoever reads it."""
    return finding.risk.title if audience == "therapist" else finding.risk.client_title


def level(name: str | None, audience: Audience = "therapist") -> str:
    """A level in words."""
    return (LEVEL_LABELS if audience == "therapist" else CLIENT_LEVELS)[name or "unknown"]


def often(raised: float, acts: float) -> str:
    """How often the table alerts, for whoever counts a service's alerts."""
    return f"Something is raised in {raised:.0%} of these sessions, an act in {acts:.0%}.".replace("%", " %")


# Room, and what changed


def room(reading: Mapping[str, Any]) -> str:
    """ "Up to about 5 of 10", or that it cannot be said yet; no advice on pace while a safety item is open.

    While the two hold or ease, what the work could bear is for later: `stance_first` says it.
    """
    ceiling = reading.get("pace_ceiling")
    if reading.get("safety") == "open":
        return "No advice on pace while a safety item is open"
    if is_for_later(reading):
        until = "the client says that it has settled" if _reason_is(reading, BRAKE_TALKED) else "the two of you have talked"
        return f"{'Lighter' if reading.get('stance') == EASE else 'No more'} than last time, until {until}"
    return NOT_ENOUGH.capitalize() if ceiling is None else f"Up to about {round(ceiling)} of 10"


def interval(reading: Mapping[str, Any]) -> tuple[float, float] | None:
    """The ends between which the ceiling probably lies (80 %), 0 to 10; None where there is no ceiling or no advice, or while the
    client's own brake stands."""
    return None if asked_to_slow(reading.get("stance_why")) else _ends(reading)


def _ends(reading: Mapping[str, Any]) -> tuple[float, float] | None:
    """The reading keeps the width of the interval, not its ends: it is drawn around the ceiling and cut at 0 and 10."""
    ceiling, confidence = reading.get("pace_ceiling"), reading.get("pace_confidence")
    if ceiling is None or confidence is None or reading.get("safety") == "open":
        return None
    half = 10 * (1 - confidence) / 2
    return max(0.0, ceiling - half), min(10.0, ceiling + half)


def uncertainty(reading: Mapping[str, Any]) -> str:
    """ "It could be anything from 3 to 7."."""
    ends = interval(reading)
    return "" if ends is None else f"It could be anything from {round(ends[0])} to {round(ends[1])}."


def stance_first(reading: Mapping[str, Any]) -> str:
    """While the two hold or ease, how far the work could go once that lifts; nothing to add otherwise, or where there is no room.

    Nor while the client's own brake stands: beside "slow down" no figure is held out.
    """
    told = is_for_later(reading) and not asked_to_slow(reading.get("stance_why"))
    return f"Once the stance lifts: up to about {round(reading['pace_ceiling'])} of 10." if told else ""


def is_for_later(reading: Mapping[str, Any]) -> bool:
    """Whether the room is one for later, because the two hold or ease; more of the same is no ease where something is missing."""
    return reading.get("stance") in (HOLD, EASE) and _ends(reading) is not None and not _reason_is(reading, MISSING)


def changes(before: Mapping[str, Any] | None, now: Mapping[str, Any], *, names: bool = False) -> list[str]:
    """What changed since the last reading, one sentence each; empty where nothing did or this is the first.

    `names`: each risk by its name and its question, where the names stand beside.
    """
    if before is None:
        return []
    found = []
    if stance(before) != stance(now):
        found.append(f"From {stance(before)} to {stance(now)}.")
    for risk in RISKS:
        was, is_now = (row.get(f"{risk.name}_level") or "unknown" for row in (before, now))
        if was != is_now and {"watch", "act"} & {was, is_now}:
            found.append(f"{title(risk, names=names)} {_moved(was, is_now)}")
    if before.get("safety") != now.get("safety") and "open" in (before.get("safety"), now.get("safety")):
        found.append("A safety item was opened." if now.get("safety") == "open" else "The safety item was looked at.")
    return found


def title(risk: Risk, *, names: bool = True) -> str:
    """ "trust · Trust hurt and not mended?": its name, as beside its row, and its question."""
    return f"{risk.name} · {risk.title}" if names else risk.title


def _moved(was: str, is_now: str) -> str:
    if is_now == "unknown":
        return f"No longer known; it was {was}."
    verb = "Up" if LEVELS.index(is_now) > LEVELS.index(was) else "Down"
    return f"{verb} from {was} to {is_now}." if was != "unknown" else f"Now {is_now}."
