"""The languages that client pages speak: English, and one for each translation file that is there.

At the bottom of the clinic. A file is `LANGUAGE/LC_MESSAGES/django.mo` in the clinic's own `locale/`, or in the data
folder's, where a service puts its own. One whose header says "X-Review: translation not reviewed" is marked so on
every page.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from pathlib import Path

from django.conf.locale import LANG_INFO

UNREVIEWED = "translation not reviewed"


def find(folders: Iterable[Path]) -> tuple[list[tuple[str, str]], list[str]]:
    """The languages as (code, own name), English first; and the codes of those that somebody has reviewed."""
    headers: dict[str, str] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/LC_MESSAGES/django.mo")):
            with file.open("rb") as compiled:
                review = gettext.GNUTranslations(compiled).info().get("x-review", UNREVIEWED)
            headers.setdefault(file.parent.parent.name.replace("_", "-").lower(), review)
    named = [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in headers]
    return [("en", "English"), *named], ["en", *(code for code, review in headers.items() if review != UNREVIEWED)]
