"""Evidence taken together: nothing that goes wrong can make a risk look smaller."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.unit.grid import history

from andante import weighing
from andante.errors import DefinitionError
from andante.priors import shipped
from andante.risk import RETURNING, UNLIKE
from andante.risks import RISKS
from andante.usual import Usual

PLAN = weighing.layout(RISKS)
ROWS = 3


def odds(attended_before: int = weighing.EARLY_SESSIONS, **excess: list[float]) -> np.ndarray:
    """The log-odds of distress over three rows in which nothing else is known. Names are its indicators."""
    stack = np.full((len(PLAN.indicators), ROWS, 1), np.nan)
    for name, values in excess.items():
        stack[PLAN.place["distress", name], :, 0] = values
    own = history("session 1 2 3\nconsent . . .")
    before = attended_before + np.arange(ROWS, dtype=float)[:, None]
    return weighing.log_odds(PLAN, stack, Usual(own, shipped()), before)[0, :, 0]


def test_no_weight_is_below_zero_and_every_feature_has_one() -> None:
    for place, risk in enumerate(RISKS):
        table = weighing.weights()[risk.name]["features"]
        assert all(len(weights) == 3 and min(weights) >= 0 for weights in table.values())
        assert set(table) == {name for name, _ in PLAN.features[place]}


def test_with_nothing_known_only_the_level_speaks() -> None:
    level = float(weighing.weights()["distress"]["level"])
    assert odds().tolist() == [level] * ROWS


def test_until_three_sessions_were_attended_all_evidence_weighs_less() -> None:
    level = float(weighing.weights()["distress"]["level"])
    assert odds(attended_before=1) == pytest.approx([level - 1.5, level - 1.5, level])


def test_more_evidence_never_makes_it_less() -> None:
    mild, strong = odds(reliably_worse=[0.1, np.nan, np.nan]), odds(reliably_worse=[0.9, np.nan, np.nan])
    assert (strong >= mild).all()
    assert strong[0] > mild[0] > odds()[0]


def test_what_is_not_answered_again_says_what_it_said_and_the_next_answer_makes_it_the_past() -> None:
    """0.9 is 4.66 SDs: beyond 0.6 that is 4.06, less 0.1. It stands; then, answered as fine (1.65 SDs better), 0.6 of it is left."""
    now, before, fine = weighing.weights()["distress"]["features"]["fact:measure"]
    lean, well = 0.9 * 3.355 + 1.645 - 0.6 - 0.1, 0.15 * (1.645 - 3.355) - 0.1
    expected = [now * lean, now * lean, fine * well + before * 0.6 * lean]
    assert odds(reliably_worse=[0.9, np.nan, -1.0]) - odds() == pytest.approx(expected)


def test_what_was_fine_says_half_as_much_with_each_row_in_which_it_is_not_asked() -> None:
    well = odds(reliably_worse=[-1.0, np.nan, np.nan]) - odds()
    assert well[0] < 0
    assert well == pytest.approx([well[0], well[0] / 2, well[0] / 4])


def test_a_fact_crosses_from_one_sd_on() -> None:
    """An indicator speaks from 1.645 SDs and is at full strength at 5: one SD is 0.645 / 3.355 short of speaking."""
    assert pytest.approx(-0.645 / 3.355) == UNLIKE
    assert RETURNING < UNLIKE  # what is back at usual does not


def test_no_risk_hangs_on_whether_a_column_is_asked() -> None:
    """What is known and as usual is 0.1 to the good: times its weight that may be no more than a little."""
    assert max(fine for risk in RISKS for _, _, fine in weighing.weights()[risk.name]["features"].values()) <= 1.5


def test_what_is_fine_counts_by_a_weight_of_its_own() -> None:
    """An excess of -1 is 3.4 - 1.6 = 1.7 SDs better than expected: 0.15 times that, and 0.1 for being known at all."""
    _, _, fine = weighing.weights()["distress"]["features"]["fact:measure"]
    better = 1.645 - 3.355
    assert (odds(reliably_worse=[-1.0, np.nan, np.nan]) - odds())[0] == pytest.approx(fine * (0.15 * better - 0.1))


def test_indicators_stand_by_risk_and_within_it_by_fact() -> None:
    names = [RISKS[r].name for r in PLAN.risk_of]
    assert names == sorted(names, key=[risk.name for risk in RISKS].index)
    facts = [(PLAN.risk_of[n], i.fact) for n, i in enumerate(PLAN.indicators)]
    assert len(set(facts)) == sum(a != b for a, b in zip(facts, [None, *facts], strict=False))


def test_more_facts_than_there_is_room_for_are_refused() -> None:
    one = RISKS[1]
    many = tuple(dataclasses.replace(one.indicators[0], name=f"i{n}", fact=f"fact {n}") for n in range(16))
    crowded = dataclasses.replace(one, indicators=many, responses=tuple(dataclasses.replace(r, fits=()) for r in one.responses))
    with pytest.raises(DefinitionError, match="retraumatization has more than 15 facts"):
        weighing.Layout((RISKS[0], crowded))


def test_heat_belongs_to_the_first_risk() -> None:
    with pytest.raises(DefinitionError, match="distress rates the heat of a session"):
        weighing.Layout((RISKS[1], RISKS[0]))
