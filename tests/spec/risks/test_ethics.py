"""Ethics: are we beyond what this client is ready for, and has anyone looked? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases

CASES = cases(
    """
        planned_unready               | before_ready 3; planned_intensity 4
        not planned_unready           | before_ready 4; planned_intensity 4
        not planned_unready           | before_ready 3; planned_intensity 3
        not planned_unready           | before_ready 3 3 3; planned_intensity 5 5 5; after_pace -1 -2 .
        planned_unready               | before_ready 3 3 3; planned_intensity 7 7 7; after_pace -1 -2 .
        done_unready                  | before_ready 3; intensity 7
        not done_unready              | before_ready 3; intensity 6
        not done_unready              | before_ready 3; intensity 9; planned_intensity 3; led_by client
        beyond_plan                   | planned_intensity 4; intensity 7
        not beyond_plan               | planned_intensity 4; intensity 6
        not beyond_plan               | planned_intensity 4; intensity 9; led_by client
        demand_outruns_readiness      | before_ready 3; intensity 8
        not demand_outruns_readiness  | before_ready 3; intensity 4
        not demand_outruns_readiness  | before_ready 7; intensity 9
        hard_with_low_coping          | before_coping 3; intensity 7
        not hard_with_low_coping      | before_coping 4; intensity 7
        not hard_with_low_coping      | before_coping 3; intensity 6
        essentials_missing            | trauma_work yes; essentials no
        not essentials_missing        | trauma_work yes; essentials .
        not essentials_missing        | trauma_work no; essentials no
        safety_not_reviewed           | safety_flag yes no
        not safety_not_reviewed       | safety_flag yes
        not safety_not_reviewed       | safety_flag yes no; safety_reviewed . yes
        not safety_not_reviewed       | safety_flag yes no; safety_reviewed yes .
        not without_consent           | intensity 9; planned_intensity 9; led_by therapist
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("ethics")
