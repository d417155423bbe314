"""Retraumatization: are trauma symptoms reliably worse after the work, and not recovering? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import after_calm

CASES = cases(
    """
        trauma_symptoms_worse       | pcl5 40 50
        not trauma_symptoms_worse   | pcl5 40 49
        trauma_symptoms_worse       | pcl5 40 30 40
        not trauma_symptoms_worse   | pcl5 50 40
        trauma_symptoms_staying     | pcl5 40 50 50 51 50
        not trauma_symptoms_staying   | pcl5 50 20 35 35 35 35; day 0 7 300 307 314 321
        trauma_symptoms_staying       | pcl5 50 20 35 35 35 35; day 0 7 14 21 28 35
        not trauma_symptoms_staying | pcl5 40 50 50 51
        not trauma_symptoms_staying | pcl5 40 50 45 50 50
        intrusions_rising           | between_intrusions 3 3 3 8 8
        not intrusions_rising       | between_intrusions 4 4 4
        intrusions_above_usual      | between_intrusions 3 3 3 8
        far_away                    | trauma_work yes; after_present 3
        not far_away                | trauma_work yes; after_present 4
        not far_away                | trauma_work no; after_present 2
        presence_below_usual        | trauma_work yes yes yes; after_present 9 9 4
        again_while_unsettled       | trauma_work yes yes; between_settle 1 5
        not again_while_unsettled   | trauma_work yes yes; between_settle 1 4
        not again_while_unsettled   | trauma_work no yes; between_settle 1 5
        not again_while_unsettled   | trauma_work yes no; between_settle 1 5
        thin_preparation            | trauma_work yes yes; prepared 0.5 0.5; pcl5 40 55
        thin_preparation            | trauma_work yes no; essentials no .; pcl5 40 55
        not thin_preparation        | trauma_work yes yes; prepared 0.5 0.5; pcl5 40 41
        not thin_preparation        | trauma_work yes yes; prepared 0.6 0.6; pcl5 40 55
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("retraumatization")


def test_trauma_work_again_before_the_last_one_has_settled_is_told_so() -> None:
    s = after_calm("session  7 8\ntrauma_work  yes yes\nessentials  yes yes\nbetween_settle  1 7\nafter_present  8 2")
    assert "trauma work again though the last one has not settled yet" in s.says("retraumatization", 8)
