"""Boundaries: is the client's no heard? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import after_calm

CASES = cases(
    """
        stop_overridden         | stops_overridden 1
        not stop_overridden     | stops_overridden 0
        not stop_overridden     | stops_overridden .
        limit_touched           | limits_touched 1
        not limit_touched       | limits_touched 0
        no_choice               | after_choice 0
        not no_choice           | after_choice 1
        choice_below_usual      | after_choice 1
        not choice_below_usual  | after_choice 2
        against_wish            | client_wish -1; intensity 8; planned_intensity 4
        against_wish            | client_wish -1; intensity 3; planned_intensity 7
        against_wish            | client_wish -1 .; intensity 3 6; planned_intensity 3 6
        against_wish            | client_wish . -1 . .; intensity 5 5 5 5; planned_intensity 5 5 5 5
        not against_wish        | client_wish . -1 .; intensity 5 5 5; planned_intensity 5 5 5
        not against_wish        | client_wish . -1 . .; intensity 5 5 4 4; planned_intensity 5 5 4 4
        not against_wish        | client_wish . -1 . .; intensity 3 3 3 3; planned_intensity 3 3 3 3
        not against_wish        | client_wish -1; intensity 4; planned_intensity 4
        not against_wish        | client_wish 0; intensity 8; planned_intensity 8
        not against_wish        | client_wish -1 0; intensity 3 8; planned_intensity 3 8
        overruns                | overrun_min 10 10
        overruns                | overrun_min 15 0 15
        not overruns            | overrun_min 15
        not overruns            | overrun_min 15 0 0 15
        not overruns            | overrun_min 9 9
        told_otherwise          | after_choice 0; consent yes
        told_otherwise          | after_choice 0; stops_overridden 0
        not told_otherwise      | after_choice 0
        not told_otherwise      | after_choice 1; consent yes
        going_along             | before_ready 3; intensity 7; after_overwhelm 1; after_heard 10; after_helpful 9
        going_along             | before_ready 3; intensity 7; after_overwhelm 4; after_heard 8; after_helpful 7
        not going_along         | before_ready 3; intensity 7; after_overwhelm 5; after_heard 8; after_helpful 7
        not going_along         | before_ready 3; intensity 7; after_overwhelm 4; after_heard 7; after_helpful 7
        not going_along         | before_ready 3; intensity 7; after_overwhelm 4; after_heard 8; after_helpful 6
        not going_along         | before_ready 4; intensity 7; after_overwhelm 1; after_heard 10; after_helpful 9
        not going_along         | before_ready 3; intensity 6; after_overwhelm 1; after_heard 10; after_helpful 9
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("boundaries")


def test_where_the_record_shows_the_stop_the_two_do_not_contradict_each_other() -> None:
    cells = "session  7\nafter_choice  0\nconsent  yes\nessentials  yes\nstops_overridden  {}"
    shown, hidden = (after_calm(cells.format(stops)) for stops in (1, 0))
    assert "told_otherwise" not in shown.evidence("boundaries", 7)
    assert "told_otherwise" in hidden.evidence("boundaries", 7)
