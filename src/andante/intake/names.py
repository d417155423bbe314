"""Names that are nearly right: what a heading, a code or a key was probably meant to be.

Used all over `intake` for hints. A hint is only ever said, never acted on: guessing which column is which would
turn one client's answers into something else.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from andante.errors import in_one_line, told

# What other systems call our columns; only ever offered as a hint.
USUAL_NAMES = {
    "client_id": (
        "id",
        "client",
        "clientno",
        "patient",
        "patientid",
        "participant",
        "participantid",
        "subject",
        "subjectid",
        "case",
        "caseid",
        "pid",
    ),
    "session": ("sessionno", "sessionnumber", "sessionid", "visit", "visitno", "visitnumber", "appointment"),
    "date": ("sessiondate", "visitdate", "datum", "appointmentdate", "timestamp"),
    "day": ("days", "time", "dayssincestart"),
    "therapist_id": ("therapist", "clinician", "clinicianid", "practitioner"),
    "attendance": ("attended", "status", "appointmentstatus"),
}
_INSTRUMENTS = {"bdiii": "bdi2"}  # how instruments are called that our names do not show
_OF_A_SCORE = re.compile("^(total|sum)?(score)?|(total|sum)?(score)?$")  # what may stand beside their names
_STAGES = ("before", "between", "after")  # what our names begin with, and others leave out
_OURS = {name: ours for ours, names in USUAL_NAMES.items() for name in names}


def squeeze(name: str) -> str:
    """A name without case, spaces and signs, so that `PHQ-9` and `phq_9` are the same."""
    return re.sub(r"[\W_]+", "", name).lower()


def nearest(name: str, known: Iterable[str], cutoff: float = 0.8) -> str | None:
    """The known name that this one was probably meant to be, or None."""
    return _nearest(name, tuple(known), cutoff)


@lru_cache(maxsize=4096)
def _nearest(name: str, known: tuple[str, ...], cutoff: float) -> str | None:
    squeezed = {squeeze(k): k for k in known}
    wanted = squeeze(name)
    if wanted in squeezed:
        return squeezed[wanted]
    if _OURS.get(wanted) in squeezed.values():
        return _OURS[wanted]
    staged = next((stage + wanted for stage in _STAGES if stage + wanted in squeezed), None)
    if staged is not None:
        return squeezed[staged]
    measure = _OF_A_SCORE.sub("", wanted)
    measure = _INSTRUMENTS.get(measure, measure)
    if measure and measure in squeezed:
        return squeezed[measure]
    close = difflib.get_close_matches(wanted, squeezed, n=1, cutoff=cutoff)
    return squeezed[close[0]] if close else None


def same(name: str) -> str:
    """A heading without outer spaces, and with each letter as one sign: a Mac writes `ö` as an o and two dots."""
    return unicodedata.normalize("NFC", name.strip())


def in_toml(text: str) -> str:
    """A text in quotes, as a map file takes it."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{in_one_line(escaped)}"'


def section_of(*parts: str) -> str:
    """The heading of a section of a map file: `[scales.after_heard]`, `[scales."a b"]`."""
    return f"[{'.'.join(part if _BARE.fullmatch(part) else in_toml(part) for part in parts)}]"


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.8) -> str:
    """The hint as a few words to put behind a message; empty where nothing is near."""
    near = nearest(name, known, cutoff)
    return f"; did you mean {told(near)}?" if near else ""


def perhaps(name: str, known: Iterable[str], cutoff: float = 0.8) -> str:
    """The same in brackets, for a message that goes on behind it."""
    near = nearest(name, known, cutoff)
    return f" (did you mean {told(near)}?)" if near else ""


def is_utf8(name: str) -> bool:
    """Whether a file's name is text; Python gives other bytes of it as signs that no text holds."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def type_of(value: object) -> str:
    """What somebody gave instead of what was asked: `a list`, `an int`."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"
