"""Every word that a client's page may show and that is not written in a template: what a translation has to cover.

A translation is one file, `locale/LANGUAGE/LC_MESSAGES/django.po` (any gettext editor opens it), compiled with
`andante manage compile_words`: here, or in the data folder (see `languages.py`). A test holds every language that is
shipped to this list and to the templates.
"""

from __future__ import annotations

from andante.records import COLUMNS
from andante.views import wording
from andante_clinic.bridge.cases import RISKS
from andante_clinic.journal import asking
from andante_clinic.journal.models import Consent
from andante_clinic.people.models import Client
from andante_clinic.people.trails import ACTORS, VERBS

WHO = ("my therapist", "only me")
NUMBERS = ("Emergency", "Crisis line")  # names before the numbers for help, as long as the service writes them so


def words() -> set[str]:
    """Questions, the words at their ends, the words of their steps, and the words of choices."""
    asked = [column for column in COLUMNS if column.question]
    found = {column.question for column in asked} | {end for column in asked for end in column.ends if end}
    found |= {word for steps in asking.WORDS.values() for word in steps.values()}
    found |= {str(label) for choices in (Consent.Answer, Client.Contact) for value, label in choices.choices if value}
    found |= {risk.client_title for risk in RISKS} | set(wording.CLIENT_STANCES.values())
    found |= {wording.CLIENT_LEVELS[level] for level in ("watch", "act")}  # others are not talked about
    return found | {*WHO, *NUMBERS, *ACTORS, *VERBS, asking.SAFETY_QUESTION}
