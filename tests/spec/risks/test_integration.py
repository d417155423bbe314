"""Integration: is more opened than taken in? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases

CASES = cases(
    """
        makes_no_sense              | after_sense 4
        not makes_no_sense          | after_sense 5
        sense_below_usual           | after_sense 4
        not sense_below_usual       | after_sense 7
        sense_falling               | after_sense 4 4 4
        nothing_used                | intensity 6 6 6; between_used 3 3 0
        not nothing_used            | intensity 6 6 6; between_used 3 3 1
        not nothing_used            | intensity 6 5 6; between_used 3 3 0
        use_falling_under_load      | intensity 7 7 7 7; between_used 1 1 0 0
        not use_falling_under_load  | intensity 4 4 4 4; between_used 1 1 0 0
        load_rising                 | intensity 8 8 8; after_sense 7 7 3
        not load_rising             | intensity 8 8 8
        opened_outruns_settled      | topics_opened 1 1 1; topics_settled 0 0 0; after_sense 7 7 3
        not opened_outruns_settled  | topics_opened 1 1 1; topics_settled 0 1 0; after_sense 7 7 3
        not opened_outruns_settled  | topics_opened 3 3 3; topics_settled 0 0 0
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("integration")
