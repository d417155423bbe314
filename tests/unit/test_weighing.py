"""Evidence taken together: nothing that goes wrong can make a risk look smaller."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.grid import history

from andante import weighing
from andante.priors import shipped
from andante.risks import RISKS
from andante.usual import Usual

PLAN = weighing.layout(RISKS)
ROWS = 3


def weighed(attended_before: int = weighing.EARLY_SESSIONS, **excess: list[float]) -> list[np.ndarray]:
    """Distress over three rows in which nothing else is known: its log-odds, and how many facts lean. Names are its indicators."""
    stack = np.full((len(PLAN.indicators), ROWS, 1), np.nan)
    for name, values in excess.items():
        stack[PLAN.place["distress", name], :, 0] = values
    own = history("session 1 2 3\nconsent . . .")
    before = attended_before + np.arange(ROWS, dtype=float)[:, None]
    return [found[0, :, 0] for found in weighing.log_odds(PLAN, stack, Usual(own, shipped()), before)]


def odds(attended_before: int = weighing.EARLY_SESSIONS, **excess: list[float]) -> np.ndarray:
    return weighed(attended_before, **excess)[0]


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


def test_evidence_fades_while_it_is_not_answered_and_what_has_been_counts_from_the_next_row() -> None:
    now, before, _ = weighing.weights()["distress"]["features"]["fact:measure"]
    lean = (odds(reliably_worse=[0.9, np.nan, np.nan]) - odds())[0] / now
    half, kept = weighing.FADE_NOW, weighing.FADE
    expected = [now * lean, now * half * lean + before * kept * lean, now * half**2 * lean + before * kept**2 * lean]
    assert odds(reliably_worse=[0.9, np.nan, np.nan]) - odds() == pytest.approx(expected)


def test_a_fact_leans_far_enough_to_agree_from_one_sd_on() -> None:
    """An indicator speaks from 1.645 SDs and is at full strength at 5: one SD is 0.645 / 3.355 short of speaking."""
    short = [-(1.645 - sds) / 3.355 for sds in (0.99, 1.01, 2.0)]
    assert weighed(reliably_worse=short)[1].tolist() == [0, 1, 1]


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
