"""The key of a chart: the signs that are in the drawing, and no other.

Stands under `charts` in `views`. A swatch is drawn by `paper.css`; any other sign is a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Figure = Mapping[str, Any]


@dataclass(frozen=True)
class Sign:
    """One sign of a key: how it looks (a `swatch` of the style sheet, or a `letter`) and what it means.

    `beside`: its name stands beside its lane as well, except on a phone.
    """

    words: str
    swatch: str = ""
    letter: str = ""
    beside: bool = False


def _known(column: str) -> Callable[[Figure], bool]:
    return lambda figure: figure.get(column) is not None


def _true(column: str) -> Callable[[Figure], bool]:
    return lambda figure: bool(figure.get(column))


SIGNS: tuple[tuple[Sign, Callable[[Figure], bool]], ...] = (
    (Sign("distress before", "line"), _known("distress")),
    (Sign("usual distress", "band"), _known("low")),
    (Sign("“too much” after", "tick"), _known("overwhelm")),
    (Sign("above their line", "dot"), _true("too_much")),
    (Sign("how demanding", "bar"), _known("intensity")),
    (Sign("pace ceiling", "dash"), _known("ceiling")),
    (Sign("did not meet", letter="×", beside=True), lambda figure: not figure["held"]),
    (Sign("trauma work", letter="■", beside=True), _true("trauma")),
    (Sign("hurt", letter="▼"), _true("hurt")),
    (Sign("mended", letter="○"), _true("mended")),
    (Sign("asked to slow down", letter="‖", beside=True), _true("slow")),
)


def drawn(figures: Sequence[Figure]) -> tuple[Sign, ...]:
    """The signs that these figures are drawn with, in the order of the key."""
    return tuple(sign for sign, holds in SIGNS if any(map(holds, figures)))
