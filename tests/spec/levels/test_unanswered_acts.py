"""An act of another risk that is not talked about for two sessions becomes a matter of ethics."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm


def test_two_sessions_without_talking_about_it() -> None:
    """The act stands from session 8 on; sessions 9 and 10 pass without a word."""
    s = after_calm("""
        session      7   8   9   10
        after_heard  4   4   4   4
        responded    no  no  no  no
    """)
    assert s.level("trust", 8) == "act"
    assert s.from_session("ethics", 7) == ["quiet", "quiet", "quiet", "watch"]
    assert s.evidence("ethics", 10) == ["unanswered"]
    assert s.says("ethics", 10) == ['"Trust hurt and not mended?" was raised, and it is not noted as talked about']


def test_it_names_what_was_raised_first_and_a_stop_overridden_before_all() -> None:
    two = after_calm("""
        session          7   8   9   10
        after_heard      4   4   4   4
        after_overwhelm  3   9   9   9
        responded        no  no  no  no
    """)
    assert two.says("ethics", 10) == ['"Trust hurt and not mended?" was raised, and it is not noted as talked about']
    stop = after_calm("""
        session          7   8   9   10
        after_heard      4   4   8   8
        stops_overridden 0   1   0   0
        responded        no  no  no  no
    """)
    assert [text.partition(" was")[0] for text in stop.says("ethics", 10)] == ['"Is a no heard?"']


def test_talked_about_in_time() -> None:
    s = after_calm("""
        session      7   8   9    10
        after_heard  4   4   4    4
        responded    no  no  yes  no
    """)
    assert s.from_session("ethics", 7) == 4 * ["quiet"]


def test_talked_about_later_answers_it() -> None:
    s = after_calm("""
        session      7   8   9   10  11
        after_heard  4   4   4   4   4
        responded    no  no  no  no  yes
    """)
    assert s.level("ethics", 10) == "watch"
    assert s.level("ethics", 11) == "quiet"


def test_a_watch_needs_no_answer() -> None:
    s = after_calm("""
        session        7   8   9   10  11
        after_helpful  3   7   7   3   7
        responded      no  no  no  no  no
    """)
    assert "watch" in s.from_session("experience", 7)
    assert s.from_session("ethics", 7) == 5 * ["quiet"]


def test_where_nobody_records_it_nothing_is_said() -> None:
    """An empty cell means not known, never no."""
    s = after_calm("""
        session      7  8  9  10  11
        after_heard  4  4  4  4   4
        responded    .  .  .  .   .
    """)
    assert s.from_session("ethics", 7) == 5 * ["quiet"]


def test_a_stop_overridden_waits_though_later_answers_are_calm() -> None:
    """The client says "I could have said no" ever after; that nobody has talked about the stop remains."""
    weeks = """
        session          7  8  9    10   11
        stops_overridden 1  0  0    0    0
        after_choice     2  2  2    2    2
        responded        {} no no   no   {}
    """
    silent, told, told_late = (after_calm(weeks.format(*words)) for words in (("no", "no"), ("yes", "no"), ("no", "yes")))
    assert silent.from_session("boundaries", 7) == ["act", "quiet", "quiet", "quiet", "quiet"]
    assert silent.from_session("ethics", 7) == ["quiet", "quiet", "watch", "act", "act"]
    assert told.from_session("ethics", 7) == silent.from_session("ethics", 7)  # told at session 7 was what had been raised before
    assert told_late.from_session("ethics", 7) == ["quiet", "quiet", "watch", "act", "quiet"]


def test_a_stop_that_was_talked_about_the_next_time_waits_no_longer() -> None:
    s = after_calm("session  7 8 9 10\nstops_overridden  1 0 0 0\nresponded  no yes no no")
    assert s.from_session("ethics", 7) == 4 * ["quiet"]


@pytest.mark.parametrize(("responded", "told"), [("no", True), ("yes", False), (".", False)])
def test_a_stop_that_was_not_honored_is_asked_about_at_the_next_session(responded: str, told: bool) -> None:
    """The client says that a no was possible again; that the two have talked about the other time, nobody has noted."""
    s = after_calm(f"session  7  8\nstops_overridden  1  0\nafter_choice  .  2\nresponded  .  {responded}")
    assert s.stances()[6:] == ["ease", "go_on"]
    assert ("it is not noted as talked about" in s.why(8)) == told
