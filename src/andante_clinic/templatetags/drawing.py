"""Signs and words of the instrument's views, for templates: the sprite, a level's sign, plain numbers and days."""

from __future__ import annotations

from importlib.resources import files

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from andante.views import wording
from andante.words import number

register = template.Library()
SPRITE = files("andante.views").joinpath("sprite.svg").read_text(encoding="utf-8").strip()


@register.simple_tag
def sprite() -> SafeString:
    return mark_safe(SPRITE)  # noqa: S308  (a file of this project)


@register.simple_tag
def sign(level: str | None) -> SafeString:
    """The shape of a level, for the eye; its word stands beside it."""
    name = level or "unknown"
    return format_html('<svg class="s {}" aria-hidden="true"><use href="#level-{}"/></svg>', name, name)


@register.simple_tag
def kind(name: str) -> str:
    """What kind of response it is: to say, to change, to take along."""
    return wording.RESPONSE_KINDS[name]


@register.filter
def percent(share: float) -> str:
    """A share as whole hundredths."""
    return f"{100 * share:.0f}"


register.filter("number", number)
register.filter("sentence", wording.sentence)
