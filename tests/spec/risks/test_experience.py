"""Experience: is therapy itself becoming a bad experience? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases

CASES = cases(
    """
        hindering_line_crossed      | after_helpful 3
        not hindering_line_crossed  | after_helpful 4
        hindering                   | after_helpful 4
        not hindering               | after_helpful 5
        helpful_below_usual         | after_helpful 4
        not helpful_below_usual     | after_helpful 7
        helpful_sinking             | after_helpful 5 5 5
        return_low                  | after_return 4
        not return_low              | after_return 5
        return_fell                 | after_return 5
        not return_fell             | after_return 6
        return_sinking              | after_return 5 5 5
        too_fast                    | after_pace 2
        too_fast                    | after_pace 1 1
        too_fast                    | after_pace 1 0 1
        not too_fast                | after_pace 1
        not too_fast                | after_pace 1 0 0 1
        not too_fast                | after_pace -2
        not too_fast                | after_pace 2 0
        bad_exit                    | end_again 4
        not bad_exit                | end_again 5
        bad_exit                    | end_still 3
        not bad_exit                | end_still 2
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("experience")
