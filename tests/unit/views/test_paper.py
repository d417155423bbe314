"""The palette: enough contrast in light, dark and print, and no alarm red. Contrast by the formula of WCAG 2.2 (relative luminance)."""

from __future__ import annotations

import colorsys
import re
from importlib.resources import files

import pytest

STYLE = files("andante.views").joinpath("paper.css").read_text(encoding="utf-8")


def _palette(part: str) -> dict[str, str]:
    found = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", part))
    return {name: code if len(code) == 7 else "#" + "".join(c * 2 for c in code[1:]) for name, code in found.items()}


LIGHT = _palette(STYLE[: STYLE.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | _palette(STYLE[STYLE.index("@media (prefers-color-scheme: dark)") : STYLE.index("* { box-sizing")])
PRINT = LIGHT | _palette(STYLE[STYLE.index("@media print") :])
SCHEMES = {"light": LIGHT, "dark": DARK, "print": PRINT}


def _channels(code: str) -> tuple[float, float, float]:
    return tuple(int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _luminance(code: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(code))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_ends():
    assert _contrast("#ffffff", "#000000") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known gray that just fails


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "sheet"])
@pytest.mark.parametrize("tone", ["ink", "soft", "teal", "ochre", "plum"])
def test_words_and_shapes_stand_out(scheme, ground, tone):
    palette = SCHEMES[scheme]
    assert _contrast(palette[tone], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_line_marks_and_ceiling_stand_out_on_band_and_bars(scheme):
    palette = SCHEMES[scheme]
    for tone in ("teal", "plum", "ochre"):
        assert _contrast(palette[tone], palette["band"]) >= 3
        assert _contrast(palette[tone], palette["bar"]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_edges_of_the_usual_band_stand_out(scheme):
    palette = SCHEMES[scheme]
    assert _contrast(palette["edge"], palette["sheet"]) >= 3
    assert _contrast(palette["edge"], palette["sheet"]) > _contrast(palette["band"], palette["sheet"])


def test_where_colors_are_forced_all_of_ours_give_way():
    forced = STYLE[STYLE.index("@media (forced-colors: active)") :]
    own = {name for name in LIGHT if f"--{name}:" in STYLE}
    assert own
    assert all(re.search(rf"--{name}: [A-Z][A-Za-z]+;", forced) for name in own)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_alarm_red(scheme):
    for name, code in SCHEMES[scheme].items():
        hue, _, saturation = colorsys.rgb_to_hls(*_channels(code))
        assert not (saturation > 0.5 and (hue < 15 / 360 or hue > 345 / 360)), name


def test_watch_and_act_differ_in_lightness_too():
    """So that they can be told apart on a gray printer; the shapes differ anyway."""
    assert abs(_luminance(LIGHT["ochre"]) - _luminance(LIGHT["plum"])) > 0.05
