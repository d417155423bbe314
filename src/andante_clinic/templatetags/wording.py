"""Words that are not in a template: questions and the words of their steps in the reader's language, names of pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def page_name(what: str) -> str:
    """What an entry of the audit trail is about, to be read: "page:enter_answers" as "page: enter answers"."""
    return what.replace(":", ": ", 1).replace("_", " ")


@register.filter
def in_language(text: str) -> str:
    """The text in the language of the page; as it is where there is no translation."""
    return gettext(str(text)) if text else ""
