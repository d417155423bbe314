"""Levels never fall for want of data: they stand, dated, until an answer clears them."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

SILENCE = {
    "missed, ill": "attendance  attended  attended  missed  missed  missed  missed\nabsence_reason  .  .  ill  ill  ill  ill",
    "check-in not answered": "checkin_after  answered  answered  unanswered  unanswered  unanswered  unanswered",
    "check-in declined": "checkin_after  answered  answered  declined  declined  declined  declined",
    "left open": "after_overwhelm  3  3  3  3  3  3",
}


@pytest.mark.parametrize("silence", SILENCE.values(), ids=SILENCE)
def test_an_act_stands_through_silence(silence: str) -> None:
    s = after_calm(f"""
        session      7  8  9  10  11  12
        after_heard  4  3  .  .   .   .
        {silence}
    """)
    assert s.from_session("trust", 8) == 5 * ["act"]
    assert [s.since("trust", session) for session in range(8, 13)] == 5 * [8]
    assert s.evidence("trust", 12) == s.evidence("trust", 8)


@pytest.mark.parametrize("silence", SILENCE.values(), ids=SILENCE)
def test_a_watch_stands_through_silence(silence: str) -> None:
    s = after_calm(f"""
        session      7  8  9  10  11  12
        after_heard  9  4  .  .   .   .
        {silence}
    """)
    assert s.from_session("trust", 8) == 5 * ["watch"]
    assert s.since("trust", 12) == 8


def test_a_good_answer_clears_a_watch() -> None:
    s = after_calm("""
        session      7  8  9
        after_heard  4  .  9
    """)
    assert s.from_session("trust", 7) == ["watch", "watch", "quiet"]
    assert s.since("trust", 9) == 9


def test_good_answers_clear_an_act() -> None:
    s = after_calm("""
        session      7  8  9  10
        after_heard  4  3  9  9
    """)
    assert s.level("trust", 8) == "act"
    assert s.level("trust", 9) != "act"
    assert s.level("trust", 10) == "quiet"


def test_an_answer_to_another_question_clears_nothing() -> None:
    """Overwhelm is answered again, feeling heard is not."""
    s = after_calm("""
        session          7  8  9  10
        after_heard      4  3  .  .
        after_overwhelm  3  3  3  3
    """)
    assert s.from_session("trust", 8) == ["act", "act", "act"]


def test_declining_never_counts_and_silence_does() -> None:
    declined = after_calm("""
        session        7         8         9         10
        checkin_after  declined  declined  declined  declined
    """)
    silent = after_calm("""
        session        7           8           9           10
        checkin_after  unanswered  unanswered  unanswered  unanswered
    """)
    assert declined.level("disengagement", 10) == "quiet"
    assert silent.level("disengagement", 10) in ("watch", "act")
    assert "checkins_unanswered" in silent.evidence("disengagement", 10)


def test_a_client_who_hardly_ever_answers_is_not_told_for_not_answering() -> None:
    """Against own habit: one answer in three is usual here."""
    s = story("""
        session        1         2           3           4         5           6           7         8           9           10
        checkin_after  answered  unanswered  unanswered  answered  unanswered  unanswered  answered  unanswered  unanswered  unanswered
        before_ready   7         7           8           7         7           7           8         7           7           7
    """)
    assert s.level("disengagement", 10) == "quiet"


def test_a_client_who_never_answers_is_not_told_to_be_unlike_themselves() -> None:
    s = story("session  1 2 3 4 5 6 7 8 9\ncheckin_before" + 9 * " unanswered" + "\ncheckin_after" + 9 * " unanswered")
    assert "watch" not in s.levels("disengagement")
    assert not any("unlike this client" in s.why(session) for session in range(1, 10))


def test_work_against_the_clients_wish_stands_over_a_missed_session() -> None:
    """The wish is still there; that nobody came does not answer it."""
    s = after_calm("""
        session            7         8         9       10
        attendance         attended  attended  missed  missed
        absence_reason     .         .         ill     ill
        client_wish        -1        .         .       .
        intensity          8         9         .       .
        planned_intensity  8         9         .       .
        after_choice       0         0         .       .
    """)
    assert s.from_session("boundaries", 8) == 3 * ["act"]
    assert "against_wish" in s.evidence("boundaries", 10)


def test_load_stands_while_nobody_says_whether_it_is_taken_in() -> None:
    s = after_calm("""
        session            7         8         9
        checkin_after      answered  answered  declined
        intensity          9         9         9
        planned_intensity  9         9         9
        after_sense        3         2         .
    """)
    assert s.level("integration", 8) == "act"
    assert s.evidence("integration", 9) == s.evidence("integration", 8)


@pytest.mark.parametrize(("answered", "level"), [(".", "act"), ("3", "quiet")], ids=["left open", "answered"])
def test_a_calm_rating_in_the_room_does_not_take_back_what_the_client_said_afterwards(answered: str, level: str) -> None:
    """Both tell the session's heat. Too much twice, then nothing: the therapist's own calm figures are no answer to that."""
    s = after_calm(f"session  7 8 9\nafter_overwhelm  9 8 {answered}\nsuds_start  . . 3\nsuds_peak  . . 5\nsuds_end  . . 3")
    assert s.from_session("distress", 8) == ["act", level]


def test_a_calm_rating_in_the_room_clears_a_hot_one() -> None:
    weeks = "session  7 8 9 10\nafter_overwhelm  3 3 3 .\nsuds_start  2 2 2 2\nsuds_peak  7 7 7 5\nsuds_end  6 6 6 2"
    assert after_calm(weeks).from_session("distress", 9) == ["watch", "quiet"]


def test_too_much_again_and_again_stays_raised_until_a_session_that_is_not() -> None:
    """Seven of ten has become this client's usual by the third time; it is as much too much."""
    s = story("""
        session           1  2  3  4  5  6  7  8  9
        before_distress   5  6  5  5  6  5  4  5  5
        before_wellbeing  5  4  5  5  4  5  6  5  6
        before_coping     5  5  6  5  5  6  6  6  5
        before_ready      7  7  6  7  8  7  7  8  7
        between_peak      .  6  5  6  6  5  5  6  5
        between_settle    .  1  2  1  1  2  1  0  1
        after_overwhelm   4  3  4  4  7  7  7  7  3
        after_heard       8  9  8  9  9  8  9  8  9
        after_helpful     6  7  7  6  7  7  8  7  7
        after_sense       6  7  6  7  7  8  7  7  7
        after_return      8  8  9  8  8  9  8  9  8
    """)
    assert s.from_session("distress", 4) == ["quiet", "quiet", "watch", "watch", "watch", "quiet"]


def test_days_until_settled_that_stay_long_keep_what_was_raised() -> None:
    s = after_calm("session  7  8  9  10  11\nbetween_settle  7  7  5  5  1")
    assert s.from_session("distress", 7) == ["watch", "act", "act", "act", "quiet"]


def test_a_stop_overridden_is_not_cleared_by_the_record_alone() -> None:
    """The therapist notes no other one; it is for the client to say that a no was possible, or for the two to have talked."""
    weeks = "session  7 8 9 10\nstops_overridden  1 0 0 0\nafter_choice  2 . . {}\nresponded  . . {} ."
    assert after_calm(weeks.format("2", ".")).from_session("boundaries", 7) == ["act", "act", "act", "quiet"]
    assert after_calm(weeks.format(".", "yes")).from_session("boundaries", 7) == ["act", "act", "quiet", "quiet"]
    never_asked = after_calm("session  7 8\nstops_overridden  1 0", without=("after_choice",))
    assert never_asked.from_session("boundaries", 7) == ["act", "quiet"]


def test_a_session_without_trauma_work_in_which_the_client_is_as_far_away_clears_nothing() -> None:
    s = after_calm("session  7 8 9 10\ntrauma_work  yes yes no no\nessentials  yes yes . .\nafter_present  2 2 2 8")
    assert s.from_session("retraumatization", 7) == ["quiet", "watch", "watch", "quiet"]


def test_how_many_sessions_are_left_is_known_until_it_is_said_anew() -> None:
    s = after_calm("session  7 8 9\ntopics_open  6 6 0\nsessions_left  2 . .")
    assert ["issues open as the ending is near: 6" in s.why(session) for session in (7, 8, 9)] == [True, True, False]


@pytest.mark.parametrize("gad7", [".", "10"])
def test_a_score_of_one_measure_does_not_answer_for_another(gad7: str) -> None:
    """PHQ-9 fourteen points worse, twice; then only the GAD-7 is asked, and is as it was."""
    s = story(f"""
        session  1  2  3  4
        phq9     8 22 22  .
        gad7     10 .  . {gad7}
    """)
    assert s.from_session("distress", 3) == ["act", "act"]


def test_measures_asked_in_turn_agree_with_themselves() -> None:
    s = story("""
        session  1  2  3  4  5  6
        phq9     8  . 22  . 22  .
        gad7     . 10  . 10  . 10
    """)
    assert s.levels("distress")[2:] == ["watch", "watch", "act", "act"]


def test_a_watch_does_not_become_an_act_by_an_answer_to_something_else() -> None:
    """Felt heard 7 and then 4 is a watch for the 4; that the client comes the week after, and says nothing, is no second time."""
    weeks = "session  7 8 9\nafter_heard  7 4 ."
    for cells in (weeks, weeks + "\nattendance  attended attended attended"):
        assert after_calm(cells).from_session("trust", 7) == ["quiet", "watch", "watch"]


def test_what_is_hurt_and_stays_so_does_not_become_usual() -> None:
    """Felt heard 9 in calm weeks, then 7 for half a year: it stays raised until the client feels heard as before."""
    weeks = "session  " + " ".join(str(n) for n in range(7, 33)) + "\nafter_heard  " + " ".join(["7"] * 25 + ["9"])
    levels = after_calm(weeks).from_session("trust", 7)
    assert "quiet" not in levels[2:25]
    assert levels[25] == "quiet"


def test_what_fell_from_an_act_to_a_watch_stays_one_through_a_missed_session() -> None:
    """Heard at 5 after a 3 and a 4 is a watch still, and no missed session takes that away."""
    s = story("""
        session          1  2  3  4  5  6  7  8  9  10      11
        attendance       .  .  .  .  .  .  .  .  .  missed  .
        before_distress  5  4  5  4  5  4  5  4  5  .       5
        after_helpful    7  8  7  8  7  8  7  8  7  .       7
        after_choice     2  2  2  2  2  2  2  2  2  .       2
        after_heard      6  5  6  6  5  6  3  4  5  .       8
    """)
    assert s.from_session("trust", 7) == ["watch", "act", "watch", "watch", "quiet"]


def test_where_little_is_known_an_act_stands_while_sessions_only_take_place() -> None:
    """That no session was cancelled, and that there were three by now, is no answer to who was not heard."""
    s = story("""
        session       1         2         3         4         5
        attendance    attended  attended  attended  attended  attended
        after_heard   2         .         .         .         .
        after_choice  1         .         .         .         .
    """)
    assert s.from_session("trust", 1) == 5 * ["act"]
    assert s.since("trust", 5) == 1


def test_ten_points_more_trauma_symptoms_stand_until_a_score_is_back() -> None:
    """From 30 to 42 is a rise; at 42 again nothing is mended; at 33 it is."""
    s = story("session  1 2 3 4 5 6 7 8\npcl5  45 40 32 30 42 42 42 33")
    assert s.from_session("retraumatization", 4) == ["quiet", "watch", "act", "act", "quiet"]


def test_a_gain_given_back_in_two_scores_running_is_raised_whatever_else_is_said() -> None:
    """Of 20 points 12 were gained; 16 is 8 worse again, where 6 are reliable."""
    calm = "before_distress  5 4 5 4 5 4 5\nafter_overwhelm  3 2 3 3 2 3 2\nafter_heard  8 9 8 8 9 8 8\nbetween_old_coping  . 0 1 0 0 1 0"
    s = story(f"session  1 2 3 4 5 6 7\nphq9  20 14 8 8 16 16 16\n{calm}")
    assert s.from_session("regression", 4)[:1] == ["quiet"]
    assert {"watch", "act"} >= set(s.from_session("regression", 6))
    assert "gains_lost" in s.evidence("regression", 6)
