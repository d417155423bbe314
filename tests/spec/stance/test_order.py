"""The stance is the first of six rules that applies; each pair of neighbors meets here."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

DISTRESS_ACT = "after_overwhelm  8  9"
BOUNDARIES_ACT = "after_choice  0  0"
TRUST_ACT = "after_heard  4  3"
EXPERIENCE_ACT = "after_helpful  3  2"


def test_1_safety_comes_before_everything() -> None:
    s = after_calm(f"""
        session           7  8
        {DISTRESS_ACT}
        stops_overridden  0  1
        client_slow       0  1
        safety_flag       .  yes
    """)
    assert s.stance(8) == "hold"
    assert s.why(8).startswith("Safety first")
    assert "no advice on pace" in s.why(8)


@pytest.mark.parametrize(
    ("cells", "risk"),
    [
        (DISTRESS_ACT, "distress"),
        ("trauma_work  yes  yes\nafter_present  1  0\nbetween_intrusions  9  9\nessentials  yes  yes", "retraumatization"),
        (BOUNDARIES_ACT, "boundaries"),
        ("before_ready  2  2\nplanned_intensity  4  4\nintensity  9  9", "ethics"),
    ],
    ids=["distress", "retraumatization", "boundaries", "ethics"],
)
def test_2_an_act_of_these_four_eases(cells: str, risk: str) -> None:
    s = after_calm("session  7  8\n" + cells)
    assert s.level(risk, 8) == "act"
    assert s.stance(8) == "ease"


def test_2_a_no_that_was_not_heard_is_stop_and_talk() -> None:
    assert after_calm("session  7  8\n" + BOUNDARIES_ACT).why(8).startswith("Stop and talk")
    assert after_calm("session  7\nstops_overridden  1").why(7).startswith("Stop and talk")
    assert after_calm("session  7  8\n" + DISTRESS_ACT).why(8).startswith("Ease")


def test_2_comes_before_the_brake() -> None:
    """At least hold: an act that eases stays ease."""
    s = after_calm("session  7  8\nclient_slow  0  1\n" + DISTRESS_ACT)
    assert s.stance(8) == "ease"


@pytest.mark.parametrize(
    ("cells", "risk"),
    [
        (TRUST_ACT, "trust"),
        (EXPERIENCE_ACT, "experience"),
        ("after_sense  1  1", "integration"),
        ("topics_resurfaced  1  1\nbefore_open  2  2", "unfinished"),
    ],
    ids=["trust", "experience", "integration", "unfinished"],
)
def test_3_an_act_of_another_risk_holds(cells: str, risk: str) -> None:
    s = after_calm("session  7  8\n" + cells)
    assert s.level(risk, 8) == "act"
    assert s.stance(8) == "hold"


def test_3_watches_from_two_different_facts_hold() -> None:
    s = after_calm("""
        session        7
        after_heard    4
        after_helpful  3
    """)
    assert s.raised(7) == {"trust": "watch", "experience": "watch"}
    assert s.stance(7) == "hold"


def test_3_one_fact_seen_by_many_indicators_does_not_hold() -> None:
    s = after_calm("""
        session          7
        after_overwhelm  9
    """)
    assert len(s.evidence("distress", 7)) >= 3
    assert s.stance(7) == "go_on"
    assert "keep an eye on it" in s.why(7)


def test_4_fewer_than_three_risks_judged_is_unknown() -> None:
    two = "session  1  2  3\nafter_heard  9  8  9\nafter_helpful  7  8  7"
    assert story(two).stances() == 3 * ["unknown"]
    assert story(two + "\nafter_choice  2  2  2").stances() == 3 * ["go_on"]


def test_4_comes_after_the_brake_and_after_an_act() -> None:
    s = story("""
        session      1  2  3
        after_heard  4  3  4
        client_slow  1  0  0
    """)
    assert s.rows[3]["judged"] == 1
    assert s.stances() == ["hold", "hold", "hold"]


def test_4_one_watch_where_only_two_can_be_judged_is_unknown() -> None:
    s = story("""
        session        1  2  3  4
        after_heard    9  8  9  4
        after_helpful  7  8  7  7
    """)
    assert s.level("trust", 4) == "watch"
    assert s.stance(4) == "unknown"


def test_6_otherwise_go_on_and_say_how_many_could_be_judged() -> None:
    s = after_calm("session  7\nbefore_distress  5")
    assert s.stances() == 7 * ["go_on"]
    assert all(f"{row['judged']} of 10 could be judged" in row["stance_why"] for row in s.rows.values())


def test_6_in_the_first_three_sessions_we_are_getting_to_know_what_is_usual() -> None:
    s = after_calm("session  7\nbefore_distress  5")
    assert ["getting to know what is usual" in s.why(session) for session in range(1, 8)] == 3 * [True] + 4 * [False]


def test_a_change_of_stance_is_said_and_no_change_is_not() -> None:
    s = after_calm("session  7  8  9\nafter_heard  4  3  3")
    assert "Before: Go on" in s.why(8)
    assert "Before" not in s.why(9)


def test_too_slow_and_slipping_away_is_talked_about_as_what_is_missing() -> None:
    s = after_calm("""
        session         7         8         9         10        11       12
        attendance      attended  attended  attended  attended  missed   missed
        absence_reason  .         .         .         .         unknown  unknown
        after_pace      -1        -1        -2        -1        .        .
        after_return    6         5         4         3         .        .
        before_ready    5         4         3         2         .        .
    """)
    assert s.level("disengagement", 12) == "act"
    assert s.stance(12) == "hold"
    assert "talk about what is missing, never less work" in s.why(12)


def test_slipping_away_without_too_slow_is_not_said_to_be_missing_something() -> None:
    s = after_calm("""
        session         7         8         9         10        11       12
        attendance      attended  attended  attended  attended  missed   missed
        absence_reason  .         .         .         .         unknown  unknown
        after_pace      0         1         0         0         .        .
        after_return    6         5         4         3         .        .
        before_ready    5         4         3         2         .        .
    """)
    assert s.level("disengagement", 12) == "act"
    assert "missing" not in s.why(12)


AGAIN = [
    ("after_heard", 6, 8, "felt heard 6 of 10"),
    ("between_settle", 4, 1, "it took 4 days to feel settled"),
    ("before_open", 2, 0, "something from last time is still bothering a lot"),
    ("after_return", 4, 8, "little wish to come back: 4 of 10"),
]


@pytest.mark.parametrize(("column", "said", "fine", "words"), AGAIN, ids=[case[0] for case in AGAIN])
def test_what_makes_no_level_and_is_said_six_times_running_is_asked_about(column: str, said: int, fine: int, words: str) -> None:
    """From the first session on: it is as usual, and too little for a level."""
    calm = "before_distress  5 4 5 5 4 5 4 5\nbefore_ready  7 8 7 7 8 7 7 8\nafter_helpful  7 8 7 7 8 7 8 7"
    weeks = f"session  1 2 3 4 5 6 7 8\n{calm}\n{column}  " + " ".join([str(said)] * 7 + [str(fine)])
    s = story(weeks)
    assert s.why(5).startswith(f"Go on, and take note: {words}")
    for session in (6, 7):
        assert s.stance(session) == "go_on"
        assert s.why(session).startswith(f"Go on, and ask about what has been so again and again: {words}")
    assert "again and again" not in s.why(8)


def test_an_unanswered_question_does_not_end_what_was_said_again_and_again() -> None:
    """A bit too fast: it speaks from the second such answer on, so the seventh is the sixth time."""
    weeks = (
        "session  1 2 3 4 5 6 7 8 9\nbefore_distress  5 4 5 5 4 5 4 5 4\nbefore_ready  7 8 7 7 8 7 7 8 7\nafter_helpful  7 8 7 7 8 7 8 7 8"
    )
    s = story(weeks + "\nafter_pace  1 1 1 . 1 1 1 1 .")
    asked = "Go on, and ask about what has been so again and again: the pace was a bit too fast again{}; 4 of 10 could be judged."
    assert [s.why(session) == asked.format(ago) for session, ago in ((6, ""), (7, ""), (8, ""), (9, " (last time)"))] == [
        False,
        False,
        True,
        True,
    ]


def test_what_is_unusual_and_makes_no_level_is_told_instead_of_nothing_stands_out() -> None:
    """Very distressed before sessions that themselves go well: from the second such week on."""
    s = after_calm("session  7 8 9\nbefore_distress  5 9 9")
    assert s.level("distress", 9) == "quiet"
    assert s.why(7).startswith("Go on: nothing stands out")
    assert s.why(9).startswith("Go on, and take note: distress has been higher of late: 9, usually 5")


def test_a_level_comes_before_what_is_merely_unusual() -> None:
    s = after_calm("session  7 8 9\nbefore_distress  5 9 9\nafter_choice  2 2 0")
    assert s.why(9).startswith("Go on, and keep an eye on it: could not have said no, stopped or changed course")


def test_in_the_first_sessions_nothing_is_unusual_yet() -> None:
    s = story("session  1 2 3 4\nbefore_distress  3 3 9 3\nbefore_ready  8 8 4 8\nafter_heard  9 9 9 9")
    assert s.why(3).startswith("Go on: getting to know what is usual")


def test_who_finds_it_too_slow_and_stays_away_is_asked_what_is_missing_already_at_a_watch() -> None:
    weeks = "session  7 8 9 10\nafter_pace  -2 -2 . .\nattendance  attended attended missed missed"
    s = after_calm(weeks)
    assert (s.level("disengagement", 10), s.stance(10)) == ("watch", "go_on")
    missing = "Go on, and talk about what is missing: the client finds it too slow, and missed or cancelled 2 of the last 3 appointments"
    assert s.why(10).startswith(missing)


def test_what_is_missing_is_not_said_over_something_else_that_is_raised() -> None:
    """Too slow, and stayed away because of the therapy: a watch. Beside a watch of something else, and beside an act, that is said."""
    weeks = "session  7 8 9 10\nafter_pace  -2 -2 -2 .\nattendance  attended attended attended missed\nabsence_reason  . . . about_therapy"
    alone, unheard, no_sense = (after_calm(f"{weeks}\n{more}") for more in ("", "after_choice  2 0 0 .", "after_sense  7 7 1 ."))
    assert "what is missing" in alone.why(10)
    assert (unheard.level("boundaries", 10), no_sense.level("integration", 10)) == ("act", "watch")
    assert unheard.why(10).startswith("Stop and talk")
    assert no_sense.why(10).startswith("Hold: more than one thing stands out, first of all: ")


def test_of_several_acts_the_one_with_an_absolute_line_is_told() -> None:
    """Slipping away, and feeling heard 3 of 10 twice: the second says more, though it comes later in the list."""
    s = after_calm("""
        session       7  8
        before_ready  4  4
        after_return  3  3
        after_heard   3  3
    """)
    assert (s.level("disengagement", 8), s.level("trust", 8), s.stance(8)) == ("act", "act", "hold")
    assert s.why(8).startswith("Hold: felt heard 3 of 10")


def test_what_takes_seven_days_has_not_settled_yet() -> None:
    """Seven means "not yet": also where the last session was three days ago."""
    s = after_calm("session  7 8\nbetween_settle  7 6\nafter_overwhelm  8 8")
    assert "not settled yet" in s.says("distress", 7)
    assert "it took 6 days to feel settled" in s.says("distress", 8)


def test_a_rule_that_holds_is_told_where_it_makes_no_level_and_a_measure_first() -> None:
    fast = after_calm("session  7  8  9\nafter_pace  1  1  0")
    assert fast.why(8).startswith("Go on, and take note: the pace was a bit too fast again")
    worse = after_calm("session  7  8\nphq9  9  15\nmid_settled  2  0")
    assert worse.level("distress", 8) == "quiet"
    assert worse.why(8).startswith("Go on, and take note: Depression (PHQ-9): worse by 6 points (6 is reliable)")


def test_with_too_little_to_say_what_is_raised_is_said_all_the_same() -> None:
    s = story("session  1 2 3 4 5 6\nphq9  12 11 12 13 12 19")
    assert s.stance(6) == "unknown"
    assert s.why(6).startswith("Not enough to say yet; of what there is, keep an eye on this: Depression (PHQ-9): worse by 7 points")


def test_where_answers_never_change_nothing_stands_out_is_not_all_that_is_said() -> None:
    """Heard and wish to come back always ten."""
    weeks = [f"{name}  " + " ".join(7 * ["10"]) for name in ("after_heard", "after_return")]
    calm = "before_distress  5 4 5 5 4 5 5\nbefore_ready  7 8 7 7 8 7 7\nafter_helpful  7 8 7 7 8 7 8"
    s = story(f"session  1 2 3 4 5 6 7\n{calm}\n" + "\n".join(weeks))
    assert s.why(7).startswith("Go on: nothing stands out, but some answers are always at one end of their scale and tell little")
    assert s.why(5).startswith("Go on: nothing stands out;")


@pytest.mark.parametrize(("therapist", "mended"), [("a", True), ("b", False)])
def test_feeling_heard_by_somebody_else_mends_nothing(therapist: str, mended: bool) -> None:
    s = after_calm(f"""
        session       7  8  9
        therapist_id  a  a  {therapist}
        after_heard   4  4  9
    """)
    assert s.level("trust", 8) == "act"
    assert s.level("trust", 9) == "quiet"
    assert ("mended" in s.why(9)) == mended


def test_a_score_that_falls_no_further_is_no_mended_trust() -> None:
    """An alliance measure fell by 16 points and stays there; how heard the client feels was never less."""
    s = after_calm("session  7 8 9 10\nwai_sr  40 56 40 40")
    assert s.level("trust", 9) == "watch"
    assert "mended" not in s.why(10)
    heard = after_calm("session  7 8 9\nafter_heard  4 9 9")
    assert heard.why(8).startswith("Go on: trust was mended")


def test_who_did_not_come_for_no_known_reason_is_not_passed_over() -> None:
    s = after_calm("session  7  8\nattendance  missed  attended")
    assert s.why(7).startswith("Go on: nothing else stands out, but the client did not come")
    assert s.why(8).startswith("Go on: nothing stands out")
    ill = after_calm("session  7\nattendance  missed\nabsence_reason  ill")
    assert ill.why(7).startswith("Go on: nothing stands out")
