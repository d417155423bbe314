"""What there is to say, as numbers: packed by hand, and told again by `sentences`."""

from __future__ import annotations

import numpy as np
import pytest

from andante import packing, reading, weighing
from andante.risks import RISKS
from andante.sentences import end_text, evidence_text, sentence, why_text
from andante.words import ACT, GO_ON, HOLD, QUIET, UNKNOWN

PLAN = weighing.layout(RISKS)
HEARD = PLAN.place["trust", "heard_below_usual"]
OVERWHELM = PLAN.place["distress", "overwhelm_high"]
DISTRESS, TRUST = ([risk.name for risk in RISKS].index(name) for name in ("distress", "trust"))
NO = np.nan


def told(observed: float = NO, usual: float = NO, which: float = NO, *, settles: bool = False) -> np.ndarray:
    return np.array([observed, usual, which, settles, 0], np.float64)[:, None]


def reason(
    why: int,
    indicator: int = -1,
    figures: np.ndarray | None = None,
    since: float = NO,
    stances: tuple[int, int] = (GO_ON, GO_ON),
    wish: int = 0,
) -> str:
    """The words of the second of two sessions of one client; seven could be judged."""
    grid = (2, 1)
    keys, ends = np.zeros(3, np.int64), np.zeros(3, np.int64)
    packing.reasons(
        np.full(grid, why, np.int8), np.full(grid, indicator, np.int64), np.stack([told() if figures is None else figures] * 2, axis=1),
        np.full(grid, since), np.full(grid, wish, np.int8), np.full(grid, 7, np.int64),
        np.array(stances, np.int8)[:, None], np.array([[0], [1]]), keys, ends,
    )  # fmt: skip
    return why_text(PLAN, ("PHQ-9",), int(keys[1])) + end_text(int(ends[1]))


def test_a_reason_tells_its_evidence_since_when_and_the_stance_before() -> None:
    words = reason(reading.ACT_HOLDS, HEARD, told(6, 9), 2, (GO_ON, HOLD), wish=reading.WISHES_SLOWER)
    assert words.startswith("Hold: ")
    assert "6, usually 9" in words
    assert words.endswith("; raised since session 2. The client wishes it slower: talk about that first. Before: Go on.")


def test_a_reason_without_an_indicator_tells_how_many_could_be_judged() -> None:
    assert reason(reading.AS_IT_IS) == "Go on: nothing stands out; 7 of 10 could be judged."


def test_trust_that_is_mended_is_told_of_this_session() -> None:
    assert reason(reading.MENDED, since=5) == "Go on: trust was mended in session 5; 7 of 10 could be judged."


def test_the_heat_of_agreed_work_is_told_as_settling_and_a_measure_by_its_name() -> None:
    assert "(settling: the work was prepared and agreed)" in reason(reading.ACT_EASES, OVERWHELM, told(7, 4, settles=True))
    worse = PLAN.place["distress", "reliably_worse"]
    assert "PHQ-9: worse by 7.5 points (6 is reliable)" in reason(reading.ACT_EASES, worse, told(7.5, 6, 0))


@pytest.mark.parametrize(("figure", "words"), [(6.04, "6,"), (6.05, "6,"), (6.06, "6.1,"), (-3.0, "0,"), (10.0, "10,")])
def test_figures_are_told_in_tenths_and_never_below_nothing(figure: float, words: str) -> None:
    assert words in reason(reading.ACT_HOLDS, HEARD, told(figure, 9), TRUST)


def test_what_an_indicator_says_is_that_of_the_row_in_which_it_spoke_last() -> None:
    named, excess = np.array([[5, -1], [5, 5], [3, -1]]), np.array([[0.2, NO], [-0.5, 0.1], [0.4, NO]])
    cells = {place: found.tolist() for place, found in packing.cells_naming(named, 8)}
    assert cells == {3: [4], 5: [0, 2, 3]}  # counted through, row by row; where none is named there is nothing to say
    assert packing.spoke_at(excess, np.array(cells[5])).tolist() == [0, 0, 3]  # the first client's in the first row, not the second


def test_evidence_is_ranked_by_how_strongly_it_spoke_and_only_where_a_level_is_raised() -> None:
    names = ("heard_below_usual", "heard_sinking", "heard_low")
    shown, excess = np.zeros((len(PLAN.indicators), 2, 1), np.bool_), np.full((len(PLAN.indicators), 2, 1), NO)
    for name, strength in zip(names, (0.3, 0.1, 0.8), strict=True):
        place = PLAN.place["trust", name]
        shown[place], excess[place] = True, strength
    level = np.full((len(RISKS), 2, 1), UNKNOWN, np.int8)
    level[TRUST, :, 0] = ACT, QUIET
    evidence = np.zeros((len(RISKS), 3), np.int64)
    packing.rank(shown, level, excess, PLAN.risk_ends, np.array([[0], [1]]), evidence)
    assert evidence_text(PLAN, TRUST, int(evidence[TRUST, 0])) == "heard_low;heard_below_usual;heard_sinking"
    assert not evidence[:, 1].any()
    assert not np.delete(evidence, TRUST, axis=0).any()


def test_grids_go_to_their_rows_and_what_belongs_to_no_session_to_the_last() -> None:
    grids, place = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.int8), np.array([[0, 2], [1, 3]])
    out = np.zeros((2, 4), np.int8)
    packing.put_all(grids, place, out)
    assert out.tolist() == [[1, 3, 2, 4], [5, 7, 6, 8]]


@pytest.mark.parametrize(
    ("observed", "usual", "said"),
    [(6, 1.45, "6, usually 1"), (6, 6.46, "6, usually 6.5"), (7, 6.54, "7, usually 6.5"), (6.5, 6.5, "6.5, usually 6")],
)
def test_what_is_usual_is_rounded_once_in_the_reason_and_in_the_details(observed: float, usual: float, said: str) -> None:
    assert said in reason(reading.ACT_HOLDS, HEARD, told(observed, usual))
    assert said in sentence(PLAN, HEARD, observed, usual)
