"""A number becomes the sentence it was packed from, by hand sums."""

from __future__ import annotations

import pytest

from andante import packing, reading, weighing
from andante.risks import RISKS
from andante.sentences import _value, end_text, sentence, why_text

PLAN = weighing.layout(RISKS)
NAMES = tuple(f"measure {number}" for number in range(1, 301))


def packed(indicator: str, observed: int, usual: int, which: int) -> int:
    """Why, indicator, observed (from tenths), usual (hundredths), name: 7, 21, 17 and 13 bits, each but the first one more than it is."""
    place = PLAN.place["distress", indicator]
    return (((reading.ACT_EASES * 2**7 + place + 1) * 2**21 + 10 * observed + 1) * 2**17 + usual + 1) * 2**13 + which


@pytest.mark.parametrize("which", [1, 127, 128, 300])
def test_however_many_measures_a_table_has_each_is_told_by_its_own_name(which: int) -> None:
    said = why_text(PLAN, NAMES, packed("reliably_worse", 70, 600, which))
    assert f"measure {which}" in said
    assert "settling" not in said


def test_a_reliable_change_is_a_whole_number_also_where_just_so_much_was_observed() -> None:
    """Of an answer "6, usually 6" would say nothing, and the decimal is told; six points of a measure are six points."""
    assert "worse by 6 points (6 is reliable)" in why_text(PLAN, NAMES, packed("reliably_worse", 60, 600, 1))
    assert "6, usually 5.9" in why_text(PLAN, NAMES, packed("overwhelm_above_usual", 60, 590, 0))


def test_what_is_usual_is_rounded_once_and_large_figures_are_written_out() -> None:
    """1.45 is nearer to 1; and 1250 points of a scale up to 1500 are told as they are, in the reason as in the details."""
    assert "6, usually 1" in why_text(PLAN, NAMES, packed("overwhelm_above_usual", 60, 145, 0))
    assert "worse by 1250 points" in why_text(PLAN, NAMES, packed("reliably_worse", 12500, 600, 1))
    assert "worse by 1250 points" in sentence(PLAN, PLAN.place["distress", "reliably_worse"], 1250.0, 6.0, NAMES[0])
    assert "6, usually 1" in sentence(PLAN, PLAN.place["distress", "overwhelm_above_usual"], 6.0, 1.45)
    assert "0.2, usually 0" in sentence(PLAN, PLAN.place["distress", "overwhelm_above_usual"], 0.25, -0.01)


@pytest.mark.parametrize("figure", [0.0, 0.04, 0.1, 7.5, 3276.7, 3277.0, 10485.7, 59990.0, 500000.0])
def test_a_figure_comes_back_as_it_was_packed(figure: float) -> None:
    """In hundredths up to half of the room, then whole."""
    code = packing._parts(figure, 2**21)
    assert 0 < code < 2**21
    assert _value(code, 2**21) == pytest.approx(figure, abs=0.31)


def test_what_does_not_fit_is_not_said() -> None:
    assert packing._parts(2e6, 2**21) == 0


def test_a_measure_on_a_short_scale_is_told_in_hundredths() -> None:
    assert "worse by 0.04 points (0.03 is reliable)" in sentence(PLAN, PLAN.place["distress", "reliably_worse"], 0.04, 0.03, NAMES[0])


def test_heat_of_agreed_work_is_told_as_settling() -> None:
    said = why_text(PLAN, NAMES, packed("overwhelm_line_crossed", 80, 400, 2**10))
    assert said == "Ease: it was too much: 8 of 10 (settling: the work was prepared and agreed)"


def test_what_the_client_puts_down_to_life_is_told_so_and_keeps_the_name_of_its_measure() -> None:
    said = why_text(PLAN, NAMES, packed("reliably_worse", 70, 600, 2 * 2**10 + 1))
    assert said == f"Ease: {NAMES[0]}: worse by 7 points (6 is reliable) (the client puts it down to life)"


@pytest.mark.parametrize(
    ("since", "how", "judged", "before", "wish", "said"),
    [
        (0, 0, 0, 0, 0, "."),
        (8, 1, 0, 0, 0, "; raised since session 7."),
        (8, 2, 0, 0, 0, "; open since session 7."),
        (8, 3, 11, 0, 0, " in session 7; 10 of 10 could be judged."),
        (8, 4, 0, 0, 0, "; asked in session 7."),
        (0, 0, 11, 0, 0, "; 10 of 10 could be judged."),
        (0, 0, 0, 3, 0, ". Before: Go on."),
        (0, 0, 0, 3, 3, ". The client has also asked to slow down. Before: Go on."),
        (0, 0, 0, 0, 4, ". The client finds it too slow: talk about what is missing."),
        (0, 0, 0, 0, 8, ". Trust is mended."),
        (0, 0, 0, 0, 9, ". Trust is mended. The client wishes it slower: talk about that first."),
    ],
)
def test_the_end_of_a_reason_tells_what_belongs_to_it(since: int, how: int, judged: int, before: int, wish: int, said: str) -> None:
    assert end_text(((((since * 8 + how) * 16 + judged) * 8 + before) * 16 + wish) * 8) == said


@pytest.mark.parametrize(
    ("ago", "said"), [(0, "."), (1, " (last time)."), (2, " (2 sessions ago)."), (6, " (6 sessions ago)."), (7, " (long ago).")]
)
def test_what_was_not_said_now_is_dated(ago: int, said: str) -> None:
    assert end_text(ago) == said
