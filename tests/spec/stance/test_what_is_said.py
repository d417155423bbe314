"""What a reason says beside the stance: what the client wants, what is open since when, and what is known although little is."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story


def test_a_week_much_worse_than_usual_is_asked_about_and_nobody_is_told_to_go_deeper() -> None:
    s = after_calm("session  7  8\nbefore_distress  9  5\nclient_wish  1  1")
    assert s.level("distress", 7) == "quiet"
    assert s.why(7).startswith("Go on, and ask about the week first: the client came much worse than usual")
    assert s.stances()[6:] == ["go_on", "deepen"]
    assert "the week" not in after_calm("session  7\nbefore_distress  6").why(7)  # two points above four


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("client_wish  -1", "Go on, and talk about the pace first: the client wishes it slower; 8 of 10 could be judged."),
        ("client_wish  -1\nafter_helpful  3", "The client wishes it slower: talk about that first."),
        ("client_wish  1\nsafety_flag  yes", "The client wishes for more: talk about it."),
        ("client_slow  1\nafter_overwhelm  9\nstops_overridden  1", "The client has also asked to slow down."),
    ],
)
def test_what_the_client_wants_is_said_whatever_comes_before_it(cells: str, says: str) -> None:
    assert says in after_calm("session  7\n" + cells).why(7)


def test_what_the_reason_says_itself_is_not_said_again() -> None:
    assert after_calm("session  7\nclient_slow  1").why(7).count("asked to slow down") == 1
    assert "wishes for more: talk" not in after_calm("session  7\nclient_wish  1").why(7)
    against = after_calm("session  7  8\nclient_wish  -1  -1\nintensity  7  8\nplanned_intensity  7  8").why(8)
    assert against.count("slower") == 1


def test_a_safety_item_is_told_with_the_session_since_which_it_is_open() -> None:
    s = after_calm("session  7  8\nsafety_flag  yes  .")
    assert s.why(8) == (
        "Safety first: a safety item is open and has not been reviewed; no advice on pace until that is done; open since session 7."
    )


def test_days_of_a_dangerous_way_of_coping_are_told_as_what_they_are() -> None:
    s = after_calm("session  7  8\nold_coping_risky  yes  .\nbetween_old_coping  0  2")
    assert s.why(8).startswith("Safety first: the client told of days of the dangerous way of coping, not yet looked at together")
    both = after_calm("session  7  8\nold_coping_risky  yes  .\nbetween_old_coping  2  2\nsafety_flag  .  yes")
    assert both.why(8).startswith("Safety first: a safety item is open")


def test_where_little_is_known_what_is_known_is_told() -> None:
    """Two issues open with two sessions left is no level, and only one of the ten could be judged."""
    s = story("session  1 2 3 4 5 6\ntopics_open  2 2 2 2 2 2\nsessions_left  7 6 5 4 3 2\nbefore_open  . 0 0 0 0 0")
    assert s.stance(6) == "unknown"
    assert s.why(6).startswith("Not enough to say yet; of what there is, take note: issues open as the ending is near: 2")


def test_who_does_not_come_in_the_first_weeks_is_not_passed_over() -> None:
    """The weeks in which most people leave: "getting to know what is usual" would hide it."""
    s = after_calm("session  3\nattendance  missed")
    assert s.why(3).startswith("Go on: nothing else stands out, but the client did not come; ask why, for the reason is not known")


def test_not_talked_about_is_no_second_fact_where_nothing_was_raised() -> None:
    """Less willing as the work grew is one fact, whatever the record says of talking."""
    said = """
        session           7  8  9  10 11
        before_ready      7  7  6  6  4
        intensity         5  5  6  6  8
        planned_intensity 5  5  6  6  8
        responded         {}
    """
    silent, told = (after_calm(said.format("  ".join([word] * 5))) for word in (".", "no"))
    assert told.level("ethics", 11) == silent.level("ethics", 11) != "act"


def test_a_slow_change_takes_three_answers() -> None:
    """8 after 7 in the first two sessions is high, and nothing "of late"."""
    s = story("session  1 2 3 4\nafter_overwhelm  7 8 10 3\nafter_heard  8 8 8 8\nafter_sense  7 7 7 7")
    assert "overwhelm_rising" not in s.evidence("distress", 1) + s.evidence("distress", 2)
    assert "overwhelm_line_crossed" in s.evidence("distress", 2)
    assert "overwhelm_rising" in s.evidence("distress", 3)


def test_before_the_clients_own_usual_is_known_it_is_said_with_whom_they_are_compared() -> None:
    s = story("session  1 2 3 4\nafter_overwhelm  9 3 3 9\nafter_heard  8 8 8 8\nafter_sense  7 7 7 7")
    (first,) = [text for text in s.says("distress", 1) if "more overwhelming than usual" in text]
    (fourth,) = [text for text in s.says("distress", 4) if "more overwhelming than usual" in text]
    assert first.endswith(" (compared with most clients: this client's own usual is not known yet)")
    assert "most clients" not in fourth


def test_a_count_of_days_is_told_as_the_client_counts() -> None:
    """Three days after the last session one day of three is no 2.3 days of a week."""
    s = after_calm("session  7 8 9 10\nday  42 45 48 51\nbetween_used  3 0 0 0\nbefore_ready  7 3 3 3")
    (text,) = [text for text in s.says("disengagement", 10) if text.startswith("fewer days of late")]
    assert text == "fewer days of late with something from therapy: 0, usually 1"


def test_what_the_client_puts_down_to_the_sessions_is_not_called_demanding_work() -> None:
    weeks = "session  1 2 3 4 5 6 7\nbetween_old_coping  . 1 1 1 1 1 6\nintensity  2 2 2 2 2 2 2\nbetween_from  . . . . . . {}"
    blamed, partly, life = (story(weeks.format(word)) for word in ("2", "1", "0"))
    assert "old way of coping on 6 days, usually 1, which the client puts down to the sessions" in blamed.says("regression", 7)
    assert "old way of coping on 6 days, usually 1, which the client puts down partly to the sessions" in partly.says("regression", 7)
    assert "old way of coping on 6 days, usually 1 (the client puts it down to life)" in life.says("regression", 7)


def test_what_was_noted_after_the_last_session_is_told_while_the_next_one_is_ahead() -> None:
    """The pace is asked about after a session: before the next one there is nothing to take it back."""
    weeks = "session  7 8 9 10\nafter_pace  0 1 1 .\nafter_overwhelm  2 2 2 .\nintensity  4 4 4 ."
    s = after_calm(weeks, pending=True)
    assert s.why(9).startswith("Go on, and take note: the pace was a bit too fast again")
    assert s.why(10).startswith("Go on, and take note: the pace was a bit too fast again (last time)")
    held = after_calm("session  7 8 9 10\nafter_pace  0 1 1 0")
    assert "pace" not in held.why(10)


def test_seven_of_ten_is_a_lot_to_bear_and_above_the_clients_own_line_too_much() -> None:
    weeks = "session  7 8 9\nafter_overwhelm  7 7 7\noverwhelm_line  . {} ."
    seven, own = (after_calm(weeks.format(line)) for line in (".", "6"))
    assert "it was a lot to bear: 7 of 10" in seven.says("distress", 9)
    assert "it was too much: 7 of 10" in own.says("distress", 9)


def test_felt_heard_six_after_eights_is_a_watch() -> None:
    """Below 7, and below what is usual for this client."""
    heard = "session  1 2 3 4 5 6 7 8 9\nafter_heard  8 7 9 8 7 9 7 8 {}\nafter_helpful  7 7 7 7 7 7 7 7 7\nafter_choice  2 2 2 2 2 2 2 2 2"
    six, eight = (story(heard.format(answer)).why(9) for answer in (6, 8))
    assert six.startswith("Go on, and keep an eye on it: felt heard 6")
    assert eight.startswith("Go on: nothing stands out")


def test_of_several_reasons_the_strongest_is_told_and_a_measure_before_what_leans() -> None:
    """Felt heard 4 is an absolute line and told before a wish to come back that is a little less; PHQ-9 +7 before a mood a little lower."""
    rupture = after_calm("session  7 8\nafter_heard  5 4\nafter_return  6 7")
    assert "felt heard" in rupture.why(8)
    measure = "session  " + " ".join(str(n) for n in range(7, 11)) + "\nphq9  9 . 16 .\nbefore_wellbeing  4 4 3 4"
    assert "worse by 7 points" in after_calm(measure).why(9)


def test_what_was_said_earlier_is_dated_in_the_reason() -> None:
    s = after_calm("session  7 8 9 10\nafter_overwhelm  9 9 . .")
    assert "it was too much: 9 of 10;" in s.why(8)
    assert "it was too much: 9 of 10 (last time); raised since session 7." in s.why(9)
    assert "(2 sessions ago); raised since session 7." in s.why(10)


def test_a_measure_that_speaks_is_told_before_what_is_farther_from_usual() -> None:
    """Distress far above usual for weeks is the stronger sign; that a measure is reliably worse is nowhere else in the check-in."""
    s = after_calm("session  7 8 9 10\nbefore_distress  9 9 9 9\nbefore_wellbeing  1 1 1 1\nphq9  8 . 15 16")
    assert {"reliably_worse", "distress_rising"} <= set(s.evidence("distress", 10))
    assert "worse by 8 points" in s.why(10)


def test_a_line_crossed_long_ago_gives_way_to_what_is_said_now() -> None:
    """Too much at sessions 7 and 8, and the check-in after it is left open since; before session 11 distress is what is new."""
    s = after_calm("session  7 8 9 10 11\nafter_overwhelm  8 8 . . .\nbefore_distress  5 5 8 9 10\nbefore_wellbeing  5 5 2 1 0")
    assert "it was too much" in s.why(8)
    assert "it was too much" not in s.why(11)


def test_a_watch_is_told_before_the_two_are_asked_whether_they_avoid_something() -> None:
    light = "session  7 8 9 10\nbefore_ready  8 8 8 8\nintensity  2 2 2 2\nplanned_intensity  2 2 2 2\n"
    assert "avoiding something" in after_calm(light + "after_helpful  7 7 7 7").why(10)
    raised = after_calm(light + "after_helpful  7 7 7 3").why(10)
    assert raised.startswith("Go on, and keep an eye on it: ")


def test_that_trust_is_mended_is_said_beside_whatever_else_is_raised() -> None:
    s = after_calm("session  7 8 9\nafter_heard  3 9 9\nafter_overwhelm  3 8 3")
    assert s.why(8).startswith("Go on, and keep an eye on it: it was too much: 8 of 10")
    assert " Trust is mended." in s.why(8)
    assert "mended" not in s.why(9)


def test_too_slow_is_not_the_same_as_a_wish_for_more() -> None:
    slow = after_calm("session  7 8 9\nafter_pace  -1 -1 -1\nafter_helpful  7 3 3")
    assert "The client finds it too slow: talk about what is missing." in slow.why(9)
    wish = after_calm("session  7 8 9\nclient_wish  1 1 1\nafter_helpful  7 3 3")
    assert "The client wishes for more: talk about it." in wish.why(9)


def test_feeling_heard_as_little_as_ever_mends_nothing() -> None:
    """A line crossed and then heard 6, as before: no longer raised, and mended only where the client feels heard well."""
    weeks = "session  1 2 3 4\nafter_heard  6 6 4 {}\nbefore_distress  5 4 5 5\nafter_helpful  6 7 6 6\nbefore_ready  7 7 7 7"
    little, well = (story(weeks.format(heard)) for heard in (6, 8))
    assert little.from_session("trust", 3) == well.from_session("trust", 3) == ["watch", "quiet"]
    assert "mended" not in little.why(4)
    assert well.why(4).startswith("Go on: trust was mended in session 4;")


def test_what_was_asked_once_is_compared_with_most_clients_however_late() -> None:
    """Seven sessions in, the question about being present is asked for the first time."""
    s = after_calm("session  7 8\nafter_present  . 1\ntrauma_work  yes yes\nafter_helpful  7 3\nbetween_intrusions  6 9")
    told = [text for text in s.says("retraumatization", 8) if "present" in text]
    assert told
    assert all("compared with most clients" in text for text in told if "usually" in text)
