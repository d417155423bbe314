"""Distress: is this more than the client can use? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases

CASES = cases(
    """
        overwhelm_line_crossed      | after_overwhelm 8
        not overwhelm_line_crossed  | after_overwhelm 7
        overwhelm_high              | after_overwhelm 7
        not overwhelm_high          | after_overwhelm 6
        overwhelm_high              | after_overwhelm 6; overwhelm_line 5
        not overwhelm_high          | after_overwhelm .
        overwhelm_above_usual       | after_overwhelm 7
        not overwhelm_above_usual   | after_overwhelm 4
        overwhelm_rising            | after_overwhelm 6 6 6
        left_hot                    | suds_start 3; suds_peak 8; suds_end 5
        left_hot                    | suds_start 3; suds_peak 10; suds_end 5
        not left_hot                | suds_start 3; suds_peak 8; suds_end 4
        not left_hot                | suds_start 4; suds_peak 8; suds_end 5
        not left_hot                | suds_start 6; suds_peak 8; suds_end 6
        distress_rising             | before_distress 9 9 9
        not distress_rising         | before_distress 6 5 6
        wellbeing_falling           | before_wellbeing 1 1 1
        peak_rising                 | between_peak 10 10 10
        coping_falling              | before_coping 2 2 2
        slow_settling               | between_settle 3
        not slow_settling           | between_settle 2
        settle_line_crossed         | between_settle 7
        not settle_line_crossed     | between_settle 6
        not settle_line_crossed     | day 40; between_settle 7
        not_settled_midway          | mid_settled 0
        not not_settled_midway      | mid_settled 1
        reliably_worse              | phq9 12 18
        not reliably_worse          | phq9 12 17
        reliably_worse              | gad7 8 12
        not reliably_worse          | gad7 8 11
        reliably_worse              | core10 10 16
        not reliably_worse          | core10 10 15
        not reliably_worse          | phq9 18 12
        not reliably_worse          | phq9 18 10 16
        reliably_worse              | phq9 18 10 17 24
        spike_unreturned            | phq9 8 18 18 17 18
        not spike_unreturned        | phq9 8 18 18 17
        not spike_unreturned        | phq9 8 18 12 12 12
        not spike_unreturned        | phq9 8 17 17 17 17
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("distress")
