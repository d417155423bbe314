"""What a raised risk rests on, in words: what was found, compared with what, since when, how sure, and what would clear it.

Stands beside `wording` in `views`, which words everything else. The evidence itself is worded by the risk that found it
(`says`, `clears`); this file joins, dates and frames, and says nothing twice.
"""

from __future__ import annotations

from andante.records import COLUMN
from andante.risk import Indicator
from andante.views.caseload import Evidence, Finding
from andante.views.wording import sentence
from andante.words import SOURCES, number


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


def cell(level_name: str | None, finding: Finding | None = None) -> str:
    """One cell of the strip in words: "Act: felt heard 6, usually 9; late twice."; a level without evidence is one word."""
    name = level_name or "unknown"
    lines = [line[0].lower() + line[1:] for line, _ in told(finding) if line] if finding else []
    return sentence(f"{name}: {'; '.join(lines)}") if lines else name
