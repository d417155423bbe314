"""Words that are not in a template, in the reader's language: questions and the words of their steps."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def in_language(text: str) -> str:
    """The text in the language of the page; as it is where there is no translation."""
    return gettext(str(text)) if text else ""
