"""Trust: is the alliance damaged and not repaired? What speaks, and from where."""

from __future__ import annotations

import pytest
from tests.spec.speaking import Case, cases
from tests.spec.story import story

CASES = cases(
    """
        heard_line_crossed      | after_heard 4
        not heard_line_crossed  | after_heard 5
        heard_low               | after_heard 6
        not heard_low           | after_heard 7
        not heard_low           | after_heard 8
        heard_below_usual       | after_heard 5
        not heard_below_usual   | after_heard 8
        heard_fell              | after_heard 7
        not heard_fell          | after_heard 8
        heard_sinking           | after_heard 6 6 6
        not_mended              | after_heard 4 5 5
        not not_mended          | after_heard 4 5
        not not_mended          | after_heard 4 9 5
        not not_mended          | after_heard 4 5 9
        choice_and_heard        | after_choice 1; after_heard 5
        choice_and_heard        | after_choice 0; after_heard 5
        not choice_and_heard    | after_choice 1; after_heard 9
        not choice_and_heard    | after_choice 2; after_heard 5
        not choice_and_heard    | after_choice 1; after_heard .
        alliance_fell           | wai_sr 52 . 44
        not alliance_fell       | wai_sr 52 . 45
        alliance_fell           | srs 38 . 32
        not alliance_fell       | srs 38 . 33
        service_cancelled       | attendance attended cancelled_by_service; after_overwhelm 8 .
        not service_cancelled   | attendance attended cancelled_by_service
        not service_cancelled   | attendance attended cancelled_by_client; after_overwhelm 8 .
    """
)


@pytest.mark.parametrize("case", CASES)
def test_where_it_begins_to_speak(case: Case) -> None:
    assert case.holds("trust")


@pytest.mark.parametrize("therapist", ["A", "B"])
def test_the_first_answer_about_a_new_therapist_is_no_fall(therapist: str) -> None:
    """Always heard at 5; what is usual of the new one is not known yet, and people in general are no level of one's own."""
    s = story(f"""
        session       1 2 3 4 5 6 7 8 9           10
        therapist_id  A A A A A A A A {therapist} {therapist}
        after_heard   5 5 5 5 5 5 5 5 5           .
        attendance    attended attended attended attended attended attended attended attended attended missed
    """)
    assert "heard_fell" not in s.evidence("trust", 9)
    assert "missed_after_strain" not in s.evidence("disengagement", 10)


def test_an_answer_about_as_usual_ends_what_has_been_so_of_late() -> None:
    """Heard 5 twice, then 8 where 8.4 is usual: it is no longer "less of late"."""
    s = story("""
        session          1 2 3 4 5 6 7
        after_heard      9 9 9 9 5 5 8
        after_overwhelm  3 4 3 4 3 4 3
        after_choice     2 2 2 2 2 2 2
    """)
    assert s.level("trust", 6) == "act"
    assert "heard_sinking" not in s.evidence("trust", 7)
    assert s.level("trust", 7) == "quiet"
