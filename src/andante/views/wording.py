"""What a reading says, in plain words: one sentence at a time, in the therapist's wording and in the client's.

Stands beside the drawing code in `views`: terminal, report and the clinic's pages take every sentence from here. The evidence itself is
worded by the risk that found it (`says`, `clears`); this file joins, dates and frames. A client is never shown the
clinical name of a harm, a score, or a number that they did not give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from andante.reading import BRAKE, BRAKE_TALKED, HARD_WEEK, MISSING, NOTICED, STAYED_AWAY, TOO_LITTLE_NOTED
from andante.records import COLUMN
from andante.risk import Indicator
from andante.risks import RISKS
from andante.sentences import REASONS
from andante.views.caseload import EASE, HOLD, QUIET, RAISED, SAFETY, UNKNOWN, WATCH, Evidence, Finding
from andante.words import LEVEL_LABELS, LEVELS, SOURCES, STANCE_LABELS, number

Audience = Literal["therapist", "client"]

SAFETY_FIRST, STOP_AND_TALK = "Safety first", "Stop and talk"
NOT_ENOUGH = LEVEL_LABELS["unknown"]

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


def nothing_raised(reading: Mapping[str, Any]) -> str:
    """Where nothing is raised: that it is so, and how much of it is known."""
    known = reading.get("judged") or 0
    if not known:
        return "Not enough to say yet: none of the ten questions could be judged."
    others = {0: "", 1: "; the other one is not known, which is not the same as quiet"}
    rest = others.get(len(RISKS) - known, "; the others are not known, which is not the same as quiet")
    return f"{none_raised(reading)} {judged(reading)}{rest}."


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
    return "asked to slow down" if any(_reason_is(reading, why) for why in (BRAKE, BRAKE_TALKED)) else "none"


def among(readings: Sequence[Mapping[str, Any]]) -> str:
    """Who of those with nothing raised wishes for more or has a note: " (2 want more, 4 with a note)", or nothing."""
    more = sum(reading.get("stance") == "deepen" for reading in readings)
    noted = sum(any(_reason_is(reading, why) for why in (NOTICED, STAYED_AWAY, HARD_WEEK, TOO_LITTLE_NOTED)) for reading in readings)
    parts = [f"{more} {'wants' if more == 1 else 'want'} more" if more else "", f"{noted} with a note" if noted else ""]
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _reason_is(reading: Mapping[str, Any], why: int) -> bool:
    """Whether the stance was taken for this reason, by its words up to the evidence."""
    return (reading.get("stance_why") or "").startswith(REASONS[why][0].partition("{")[0])


_STANCE_WORDS = (STOP_AND_TALK, SAFETY_FIRST, *STANCE_LABELS.values())


def _opens_with(text: str | None, word: str) -> bool:
    return (text or "").strip().casefold().startswith(word.casefold())


def _without_before(reading: Mapping[str, Any]) -> str:
    """The reading's own reason; what the stance was before is said elsewhere ("Since last time")."""
    return (reading.get("stance_why") or "").partition(" Before: ")[0].strip()


# Evidence


def said(evidence: Evidence) -> str:
    """What was found, and what it is compared with: "Felt heard 6, usually 9 (8 to 10)"."""
    text = sentence(evidence.says).rstrip(".")
    if evidence.low is not None and evidence.high is not None and evidence.usual is not None and "usually" in text:
        band = f" (mostly {number(evidence.low)} to {number(evidence.high)})"
        head, opening, context = text.partition(" (")  # under what it is to be read comes last
        text = f"{head}{band}{opening}{context}"
    if evidence.observed_in is not None and evidence.session is not None and evidence.observed_in != evidence.session:
        text = f"{text}, as of session {evidence.observed_in}"
    return text


def told(finding: Finding) -> list[tuple[str, str]]:
    """What a finding rests on, strongest first: what was found, and where it comes from. Nothing is said twice: where one answer is
    compared in several ways, by how far it lies from usual or from a cut-off, the strongest is told."""
    lines: dict[str, str] = {}
    compared: set[tuple[str, float, int | None]] = set()
    kinds = {indicator.name: indicator.kind for indicator in finding.risk.indicators}
    for item in finding.evidence:
        if item.observed is not None and kinds.get(item.indicator) in ("surprise", "drift", "graded"):
            answer = item.fact, item.observed, item.observed_in
            if answer in compared:
                continue
            compared.add(answer)
        lines.setdefault(said(item), origin(item, finding))
    return list(lines.items())


def heading_since(finding: Finding) -> str:
    """ "since session 10", and where it was raised before at another level "since session 10 (raised since session 5)"."""
    text = since(finding.since).lower()
    if text and finding.raised is not None and finding.since is not None and finding.raised < finding.since:
        text += f" (raised since session {finding.raised})"
    return text


def origin(evidence: Evidence, finding: Finding) -> str:
    """Where it comes from, and since when where that is not since the level stands: "From a measure, since session 4."."""
    indicator = next((one for one in finding.risk.indicators if one.name == evidence.indicator), None)
    parts = ["as context"] if indicator is not None and not indicator.votes else []
    parts += [f"from {source(evidence, indicator)}"] if evidence.source else []
    if evidence.since is not None and evidence.since != finding.since:
        parts.append(since(evidence.since).lower())
    return sentence(", ".join(parts))


def source(evidence: Evidence, indicator: Indicator | None) -> str:
    """Who said it, in plain words: of an indicator that puts answers and the record together, both."""
    own = SOURCES.get(evidence.source, evidence.source)
    if indicator is None or evidence.source not in _TELL_TOGETHER:
        return own
    told = dict.fromkeys(_TOLD_IN[COLUMN[name].stage] for name in indicator.columns if name in COLUMN and COLUMN[name].stage in _TOLD_IN)
    if set(told) <= {"record"}:  # distress in the room is said by the client, and noted by the therapist
        return own
    return ", and ".join(SOURCES[one] for one in told)


_TOLD_IN = {"before": "self", "between": "self", "wheel": "self", "after": "session", "therapist": "record"}
_TELL_TOGETHER = ("self", "session", "record")


def since(session: int | None) -> str:
    """ "Since session 7", or nothing where the session is not known."""
    return "" if session is None else f"Since session {session}"


CONDITIONS = 3  # said in full, those of the strongest evidence; the others are counted (ours)


def clears(finding: Finding) -> str:
    """What would clear it: "Clears when ..."; one condition for each fact that makes the level, that of its strongest evidence."""
    of_facts: dict[str, str] = {}
    for item in finding.voting:
        if item.clears:
            of_facts.setdefault(item.fact or item.indicator, _condition(item.clears))
    wanted = list(dict.fromkeys(of_facts.values()))
    if not wanted:
        return ""
    shown, others = wanted[:CONDITIONS], len(wanted) - CONDITIONS
    if others > 0:
        shown.append("what else is named above has cleared too")
    return f"Clears when {'; and when '.join(shown)}."


def _condition(text: str) -> str:
    text = text.strip().rstrip(".")
    for opening in ("clears when ", "when "):
        if text.casefold().startswith(opening):
            text = text[len(opening) :]
    return text


def sureness(finding: Finding) -> str:
    """How sure: how many independent facts agree, and how far the strongest is past its threshold.

    Facts that vote in an earlier risk are context and not counted. The thirds of strength that part *just past*,
    *clearly past* and *far past* are ours, uncalibrated.
    """
    facts = len({item.fact or item.indicator for item in finding.voting})
    if not facts:
        return ""
    strongest = max(item.strength for item in finding.voting)
    counted, its = ("One fact", "its threshold") if facts == 1 else (f"{facts} independent facts", "their thresholds")
    if strongest == 0:
        return f"{counted}, not past {its}: all that was answered, taken together, raises it."
    past = "just past" if strongest < 1 / 3 else "clearly past" if strongest < 2 / 3 else "far past"
    return f"{counted}, {'the strongest ' if facts > 1 else ''}{past} its threshold."


def heading(finding: Finding, audience: Audience = "therapist") -> str:
    """The risk's question, in the words of whoever reads it."""
    return finding.risk.title if audience == "therapist" else finding.risk.client_title


def level(name: str | None, audience: Audience = "therapist") -> str:
    """A level in words."""
    return (LEVEL_LABELS if audience == "therapist" else CLIENT_LEVELS)[name or "unknown"]


def cell(level_name: str | None, evidence: Sequence[Evidence]) -> str:
    """One cell of the strip in words: "Act: felt heard 6, usually 9; late twice."; a level without evidence is one word."""
    name = level_name or "unknown"
    if not evidence:
        return name
    lines = dict.fromkeys(said(item) for item in evidence)
    return sentence(f"{name}: {'; '.join(line[0].lower() + line[1:] for line in lines if line)}")


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
    if _is_for_later(reading):
        until = "the client says that it has settled" if _reason_is(reading, BRAKE_TALKED) else "the two of you have talked"
        return f"{'Lighter' if reading.get('stance') == EASE else 'No more'} than last time, until {until}"
    return NOT_ENOUGH.capitalize() if ceiling is None else f"Up to about {round(ceiling)} of 10"


def interval(reading: Mapping[str, Any]) -> tuple[float, float] | None:
    """The ends between which the ceiling probably lies (80 %), 0 to 10; None where there is no ceiling or no advice.

    The reading keeps the width of the interval, not its ends: it is drawn around the ceiling and cut at 0 and 10.
    """
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
    """While the two hold or ease, how far the work could go once that lifts; nothing to add otherwise, or where there is no room."""
    return f"Once the stance lifts: up to about {round(reading['pace_ceiling'])} of 10." if _is_for_later(reading) else ""


def _is_for_later(reading: Mapping[str, Any]) -> bool:
    return reading.get("stance") in (HOLD, EASE) and interval(reading) is not None and not _reason_is(reading, MISSING)


def changes(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[str]:
    """What changed since the last reading, one sentence each; empty where nothing did or this is the first."""
    if before is None:
        return []
    found = []
    if stance(before) != stance(now):
        found.append(f"From {stance(before)} to {stance(now)}.")
    for risk in RISKS:
        was, is_now = (row.get(f"{risk.name}_level") or "unknown" for row in (before, now))
        if was != is_now and {"watch", "act"} & {was, is_now}:
            found.append(f"{risk.title} {_moved(was, is_now)}")
    if before.get("safety") != now.get("safety") and "open" in (before.get("safety"), now.get("safety")):
        found.append("A safety item was opened." if now.get("safety") == "open" else "The safety item was looked at.")
    return found


def _moved(was: str, is_now: str) -> str:
    if is_now == "unknown":
        return f"No longer known; it was {was}."
    verb = "Up" if LEVELS.index(is_now) > LEVELS.index(was) else "Down"
    return f"{verb} from {was} to {is_now}." if was != "unknown" else f"Now {is_now}."
