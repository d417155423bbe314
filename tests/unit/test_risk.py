"""The one interface between a history and the question a risk asks of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.unit.grid import usual

from andante.errors import DefinitionError
from andante.risk import CUSUM_SPEAKS, NOT_AT_ALL, RETURNED, RETURNING, Indicator, beyond, drift, graded, known, rule
from andante.risks import RISKS

NO = np.nan
DISTRESS = RISKS[0]


def one_client(*steps: float) -> np.ndarray:
    return np.array(steps)[:, None]


def test_a_rule_holds_does_not_or_cannot_be_judged() -> None:
    holds, judged = one_client(True, False, True), one_client(True, True, False)
    assert rule(holds, judged, 0.8).excess[:, 0] == pytest.approx([0.8, NOT_AT_ALL, NO], nan_ok=True)


def test_beyond_begins_at_its_threshold_and_is_full_at_its_end_in_either_direction() -> None:
    up = beyond(one_client(2.9, 3.0, 5.0, 7.0, NO), 3.0, 7.0, 0.4).excess[:, 0]
    down = beyond(one_client(4.1, 4.0, 1.0, -2.0), 4.0, -2.0, 0.4).excess[:, 0]
    assert up[0] < 0
    assert up[1:] == pytest.approx([0.4, 0.7, 1.0, NO], nan_ok=True)
    assert down[0] < 0
    assert down[1:] == pytest.approx([0.4, 0.7, 1.0])


def test_graded_speaks_from_nothing_on() -> None:
    assert graded(np.array([1.0, 2.0, 3.0, 4.0]), 2.0, 4.0).excess == pytest.approx([-0.5, 0, 0.5, 1])


def test_known_needs_every_one() -> None:
    assert known(np.array([1.0, NO, 1.0]), np.array([1.0, 1.0, NO])).tolist() == [True, False, False]


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(DefinitionError, match="Indicator x: unknown source 'rumor'"):
        Indicator("x", "fact", "rumor", "rule", (), "t", "ours", "says", "clears when")


def test_two_indicators_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="Risk distress: two indicators share a name"):
        dataclasses.replace(DISTRESS, indicators=(DISTRESS.indicators[0],) * 2)


@pytest.mark.parametrize("number", [2, 6])
def test_too_few_or_too_many_responses_are_refused(number: int) -> None:
    with pytest.raises(DefinitionError, match="Risk distress needs 3 to 5 responses"):
        dataclasses.replace(DISTRESS, responses=(DISTRESS.responses * 2)[:number])


def test_a_risk_has_the_name_of_its_file_and_knows_what_it_can_judge() -> None:
    assert DISTRESS.name == "distress"
    assert DISTRESS.can_judge({"client_id", "after_overwhelm"})
    assert not DISTRESS.can_judge({"client_id", "after_heard"})


def test_a_response_to_a_fact_that_no_indicator_has_is_refused() -> None:
    strange = dataclasses.replace(DISTRESS.responses[0], fits=("weather",))
    with pytest.raises(DefinitionError, match="Risk distress: no indicator rests on weather"):
        dataclasses.replace(DISTRESS, responses=(strange, *DISTRESS.responses[1:]))


def test_half_a_step_off_is_no_slow_change_however_steady_somebody_is() -> None:
    """Three days of use, then two: with the weeks two is what is usual but for half a day, and the sum of surprises speaks on."""
    even = [f"{name}  " + " ".join(["6"] * 14) for name in ("before_distress", "before_wellbeing", "before_coping", "after_overwhelm")]
    weeks = ["session  " + " ".join(map(str, range(1, 15))), "between_used  . 3 3 3 3 3 2 3 2 2 2 2 2 2", *even]
    own = usual("\n".join(weeks))
    off = (own.expected("between_used") - own.value("between_used"))[:, 0]
    told = drift(own, "between_used").excess[:, 0]
    assert off[12] < 0.5
    assert own.surprise("between_used")[12, 0] > RETURNED
    assert own.cusum("between_used")[12, 0] > CUSUM_SPEAKS
    assert told[12] == RETURNING
