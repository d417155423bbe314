"""In which form a date may be written that is not ISO 8601: `05.03.2024, 10:00`, `3/5/2024 2:30 PM`.

Beside `spellings` in `intake`, which only ever offers these forms: whether the day or the month comes first a person has to say.
"""

from __future__ import annotations

import re
from datetime import datetime

_WRITTEN = re.compile(
    r"\d{1,2}(?P<mark>[-./])\d{1,2}(?P<again>[-./])(?P<year>\d{4}|\d{2})"
    r"(?:(?P<between>T|,? ?)(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2})?(?P<part>\.\d{1,6})?"
    r"(?:(?P<space>\s?)(?P<half>[ap]m))?(?:(?P<gap> ?)(?P<zone>Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII | re.IGNORECASE,
)


def forms_of(text: str) -> tuple[str, str] | None:
    """The two forms, day first and month first, of which one reads this text as a date; None where neither does."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    forms = _form(found, "%d", "%m"), _form(found, "%m", "%d")
    return forms if any(_reads(text, form) for form in forms) else None


def _form(found: re.Match[str], first: str, second: str) -> str:
    year = "%y" if len(found["year"]) == 2 else "%Y"
    form = f"{first}{found['mark']}{second}{found['again']}{year}"
    if found["hour"] is None:
        return form
    form += found["between"] + ("%I" if found["half"] else "%H") + ":%M"
    form += (":%S" if found["second"] else "") + (".%f" if found["part"] else "")
    form += f"{found['space']}%p" if found["half"] else ""
    return form + (f"{found['gap']}%z" if found["zone"] else "")


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True
