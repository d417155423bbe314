"""How far the work could go, in words: today where a session is ahead, else next time; beside it what is planned or wished.

Stands under `terminal` and `html` in `views`; the figure itself and how sure it is are said by `wording`. It also says why
there is none: too little was rated, or always the same.
"""

from __future__ import annotations

from typing import Any

from andante.ceiling import FIRST, SHARE, STEP_UP, WINDOW
from andante.records import DEFAULT_OVERWHELM_LINE
from andante.usual import LEAST_FOR_UNINFORMATIVE
from andante.views import wording
from andante.views.caseload import Case, asked_to_slow
from andante.words import number

NEXT_TIME = "Room next time"
HARDER = 1.0  # points above the room from which the last session is named (ours)
IF_ANOTHER = "Room, if there is another session"
RESEARCH = "A research method, not clinically validated."
TOO_FEW = "It takes sessions with a rating of how demanding they were, and the client's answer whether it was too much."
ABOVE = "That is more than the room there is: the two of you could take a smaller step today, or agree on it first."
ALIKE = {  # the ratings that were always the same: what that means
    ("intensity", "after_overwhelm"): "How demanding it was and whether it was too much have always been rated the same, so they tell",
    ("intensity",): "How demanding the sessions were has always been rated the same, so the ratings tell",
    ("after_overwhelm",): "The client's answer whether it was too much has always been the same, so the answers tell",
}
CAPS = {  # by its mark: the cap that decides, which comes last
    "cap_first": f"Before any session is rated it goes no further than {FIRST:g}.",
    "cap_borne": f"It goes no further than {STEP_UP:g} above the hardest of the last {WINDOW} sessions that was borne well.",
    "cap_none_borne": f"None of the last {WINDOW} sessions was borne well: it stays below the lightest of them.",
}


def title(case: Case) -> str:
    """ "Room today, session 8" while that session is ahead, else "Room next time"; after the last agreed session, if there is another."""
    if case.ahead:
        return f"Room today, session {case.label(case.last)}"
    return IF_ANOTHER if wording.ending(case) else NEXT_TIME


def is_told(case: Case) -> bool:
    """Is a figure told? Not while a safety item is open, nor while the client's own brake stands."""
    open_now, braked = case.now.get("safety") == "open", asked_to_slow(case.now.get("stance_why"))
    return case.now.get("pace_ceiling") is not None and not open_now and not braked


def harder(case: Case) -> str:
    """That the last session was harder than the room there is, where it was so by a point or more; empty otherwise."""
    held = [row for at, row in enumerate(case.sessions) if case.held(at) and not (case.ahead and at == case.last)]
    rated = held[-1].get("intensity") if held else None
    if rated is None or not is_told(case) or rated < case.now["pace_ceiling"] + HARDER:
        return ""
    return f"The last session was rated {number(rated)}: harder than that."


def planned(case: Case) -> str:
    """What is planned for the session ahead, and, kindly, where that is more than the room; empty where nothing is known of it.

    No advice is given while a safety item is open.
    """
    plan, room = case.sessions[case.last].get("planned_intensity"), case.now.get("pace_ceiling")
    if plan is None or not case.ahead or case.now.get("safety") == "open":
        return ""
    above = room is not None and is_told(case) and plan > max(room, round(room))  # the room is told as a whole number
    return f"Planned: {number(plan)}. {ABOVE if above else ''}".strip()


def after_break(case: Case) -> str:
    """That the room of a session ahead is one step lower for a start, after a long break; empty otherwise, or where there is no room."""
    lower = case.ahead and case.last in case.marks.get("after_break", ()) and is_told(case)
    return "It is one step lower for a start: more than three weeks since the last session." if lower else ""


def slower(case: Case) -> str:
    """What comes before any room: the client's standing wish for slower. Empty where there is none, or no room to speak of."""
    told = [row["client_wish"] for row in case.sessions if row.get("client_wish") is not None]
    wishes = bool(told) and told[-1] < 0 and case.now.get("pace_ceiling") is not None
    if wishes and wording.is_for_later(case.now):  # then the room says the rest
        return "The client wishes it slower."
    return "The client wishes it slower: that comes first, so no more than last time until the two of you have talked." if wishes else ""


def aims(case: Case) -> str:
    """The line and the share that the room is estimated for, and the cap where that decides; empty where there is no room to speak of."""
    if not is_told(case):
        return ""
    agreed = case.agreed_line(case.last)
    line = f"{DEFAULT_OVERWHELM_LINE:g} of 10" if agreed is None else f"{number(agreed)} of 10 (the line agreed with this client)"
    caps = (words for mark, words in CAPS.items() if case.last in case.marks.get(mark, ()))
    return " ".join([f"It aims to keep overwhelm above {line} at most {100 * SHARE:g} % likely.", *caps])


def missing(case: Case) -> str:
    """Why nothing can be said of the room; empty where something is said, or where safety comes first."""
    if case.now.get("safety") == "open" or case.now.get("pace_ceiling") is not None:
        return ""
    alike = tuple(name for name in ("intensity", "after_overwhelm") if _always_the_same(case, name))
    return f"{ALIKE[alike]} nothing yet of how far the work could go." if alike else TOO_FEW


def _always_the_same(case: Case, column: str) -> bool:
    """Rated often enough to tell something, and every time the same (as in `ceiling`)."""
    rated: list[Any] = [row.get(column) for at, row in enumerate(case.sessions) if case.held(at)]
    known = [value for value in rated if value is not None]
    return len(known) >= LEAST_FOR_UNINFORMATIVE and len(set(known)) == 1
