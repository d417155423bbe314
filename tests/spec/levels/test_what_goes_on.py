"""What is always bad never becomes "as usual": a fixed rule that is broken again and again is raised, whatever else there is."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm, story

RULES = [
    ("ethics", "trauma_work  yes\nessentials  no", "essentials_missing", "act"),
    ("ethics", "before_ready  3\nintensity  7\nplanned_intensity  7", "done_unready", "act"),
    ("boundaries", "limits_touched  1", "limit_touched", "act"),
    ("experience", "after_pace  2", "too_fast", "act"),
    ("distress", "after_overwhelm  7", "overwhelm_high", "act"),
    ("experience", "after_helpful  4", "hindering", "act"),
    ("distress", "between_settle  5", "slow_settling", "act"),
    ("integration", "after_sense  2", "makes_no_sense", "act"),
    ("retraumatization", "trauma_work  yes\nessentials  yes\nafter_present  2", "far_away", "watch"),
    (
        "boundaries",
        "before_ready  2\nintensity  8\nplanned_intensity  8\nafter_overwhelm  2\nafter_heard  10\nafter_helpful  9",
        "going_along",
        "act",
    ),
]


@pytest.mark.parametrize(("risk", "cells", "evidence", "level"), RULES, ids=[f"{rule[0]}: {rule[2]}" for rule in RULES])
def test_again_and_again(risk: str, cells: str, evidence: str, level: str) -> None:
    """An act where it is wrong in itself, short of an absolute line, or far from what was usual, as after calm weeks: that goes on being
    what is usual. Else a watch."""
    weeks = ["session  7 8 9 10 11 12 13 14"]
    weeks += [f"{name}  " + " ".join([value] * 8) for name, value in (line.split() for line in cells.splitlines())]
    s = after_calm("\n".join(weeks))
    assert s.level(risk, 14) == level
    assert evidence in s.evidence(risk, 14)


ALWAYS = [
    ("experience", "after_helpful  4", "watch"),  # it may be a habit of answering
    ("boundaries", "before_ready  2\nintensity  8\nplanned_intensity  8\nafter_overwhelm  2\nafter_heard  10\nafter_helpful  9", "watch"),
    ("experience", "after_pace  2", "act"),  # and this is a wish
]


@pytest.mark.parametrize(("risk", "cells", "level"), ALWAYS, ids=["hindering", "going along", "much too fast"])
def test_from_the_first_session_on(risk: str, cells: str, level: str) -> None:
    """It was never otherwise: no more than a watch where it may be a habit of answering."""
    weeks = [f"{name}  " + " ".join([value] * 10) for name, value in (line.split() for line in cells.splitlines())]
    calm = "before_distress  5 4 5 5 4 5 4 5 4 5\nbefore_coping  6 6 5 6 6 5 6 6 6 6\nafter_return  8 8 7 8 8 8 7 8 8 8"
    heard = "" if "after_heard" in cells else "\nafter_heard  9 9 8 9 9 9 8 9 9 9"
    s = story("session  1 2 3 4 5 6 7 8 9 10\n" + "\n".join(weeks) + f"\n{calm}{heard}")
    assert s.from_session(risk, 7) == [level] * 4


@pytest.mark.parametrize(("risk", "cells", "evidence", "level"), RULES, ids=[f"{rule[0]}: {rule[2]}" for rule in RULES])
def test_when_it_stops_so_does_the_level(risk: str, cells: str, evidence: str, level: str) -> None:
    fine = {
        "after_pace": "0", "after_helpful": "7", "between_settle": "1", "before_ready": "7", "after_present": "8", "after_sense": "7",
        "trauma_work": "no", "essentials": ".", "limits_touched": "0", "intensity": "4", "planned_intensity": "4",
        "after_overwhelm": "3", "after_heard": "9",
    }  # fmt: skip
    weeks = ["session  7 8 9 10 11 12 13 14 15"]
    weeks += [f"{name}  " + " ".join([value] * 6 + [fine[name]] * 3) for name, value in (line.split() for line in cells.splitlines())]
    s = after_calm("\n".join(weeks))
    assert s.level(risk, 12) in ("watch", "act")
    assert evidence not in s.evidence(risk, 15)


def test_five_days_until_settled_are_told_and_again_a_watch_for_one_who_settles_in_a_day() -> None:
    s = after_calm("session  7  8  9\nbetween_settle  5  6  1")
    assert s.from_session("distress", 7) == ["quiet", "watch", "quiet"]
    assert s.why(7) == "Go on, and take note: it took 5 days to feel settled; 8 of 10 could be judged."
    assert s.why(8) == "Go on, and keep an eye on it: it took 6 days to feel settled; 8 of 10 could be judged."
    assert after_calm("session  7  8\nbetween_settle  4  1").from_session("distress", 7) == ["quiet", "quiet"]


def test_who_always_takes_long_to_settle_is_raised_where_it_is_five_days_five_times_running_and_once_more_an_act() -> None:
    """Four days alone raise nothing; what was raised stands until the client settles sooner."""
    calm = """
        session          1  2  3  4  5  6  7  8  9
        before_distress  5  4  5  5  4  5  4  5  4
        after_heard      8  9  8  9  8  8  9  8  9
        between_settle   """
    assert story(calm + ".  4  4  4  3  4  4  4  4").from_session("distress", 1) == 9 * ["quiet"]
    assert story(calm + ".  5  6  5  5  5  5  4  2").from_session("distress", 6) == ["watch", "act", "watch", "quiet"]


def test_staying_away_once_after_a_session_that_was_too_much_is_raised() -> None:
    s = after_calm("session  7  8  9\nattendance  attended  missed  missed\nafter_overwhelm  8  .  .")
    assert s.from_session("disengagement", 7) == ["quiet", "watch", "act"]
    assert "missed_after_strain" in s.evidence("disengagement", 8)
    ill = after_calm("session  7  8\nattendance  attended  missed\nabsence_reason  .  ill\nafter_overwhelm  8  .")
    assert ill.level("disengagement", 8) == "quiet"
    without = after_calm("session  7  8\nattendance  attended  missed\nabsence_reason  .  about_therapy")
    assert without.level("disengagement", 8) == "watch"  # nothing hard went before, but the client says why
    for_no_reason = after_calm("session  7  8\nattendance  attended  missed")
    assert for_no_reason.level("disengagement", 8) == "quiet"


def test_always_seven_of_ten_is_raised_even_in_agreed_work_but_no_more_than_a_watch() -> None:
    weeks = "session  7 8 9 10 11 12 13 14\n" + "\n".join(
        f"{name}  " + " ".join(8 * [value]) for name, value in (("after_overwhelm", "7"), ("essentials", "yes"), ("consent", "yes"))
    )
    assert after_calm(weeks).from_session("distress", 7) == ["quiet"] + 7 * ["watch"]


def test_an_absolute_line_and_a_measure_that_stands_by_itself_agree_whatever_the_gates_say() -> None:
    much = after_calm("session  7  8  9\nafter_overwhelm  3  3  8\nphq9  8  .  22")
    assert much.level("distress", 9) == "act"
    alone = after_calm("session  7  8  9\nafter_overwhelm  3  3  8\nphq9  8  .  9")
    assert alone.level("distress", 9) == "watch"


OWN_WORDS = [
    ("experience", "after_return  2", "return_low"),
    ("experience", "after_return  3", "return_low"),
    ("integration", "after_sense  2", "makes_no_sense"),
    ("integration", "after_sense  3", "makes_no_sense"),
]


@pytest.mark.parametrize(("risk", "cells", "evidence"), OWN_WORDS, ids=[rule[1] for rule in OWN_WORDS])
def test_what_the_client_says_week_after_week_is_heard_although_it_is_as_usual(risk: str, cells: str, evidence: str) -> None:
    """From the first session on, so that it never differs from what is usual for this client."""
    weeks = ["session  1 2 3 4 5 6 7 8"]
    weeks += [f"{name}  " + " ".join([value] * 8) for name, value in (line.split() for line in cells.splitlines())]
    s = story("\n".join(weeks) + "\nbefore_distress  5 4 5 5 4 5 4 5\nafter_heard  8 9 8 9 8 8 9 8")
    assert set(s.from_session(risk, 5)) <= {"watch", "act"}
    assert evidence in s.evidence(risk, 8)


def test_short_of_an_absolute_line_a_watch_with_the_fifth_answer_at_the_latest_and_an_act_with_the_sixth() -> None:
    """Whatever is usual: who never said less than seven as well."""
    weeks = "session  7 8 9 10 11 12 13\nafter_overwhelm  7 7 7 7 7 7 7"
    assert after_calm(weeks).from_session("distress", 7)[4:] == ["watch", "act", "act"]
    always = "session  1 2 3 4 5 6 7 8\nbefore_distress  5 4 5 5 4 5 4 5\nafter_overwhelm  7 7 7 7 7 7 7 7"
    assert story(always).from_session("distress", 5) == ["watch"] + 3 * ["act"]


def test_an_act_of_what_goes_on_does_not_calm_by_becoming_usual() -> None:
    """It is said by the distress that leaned that way at first; a week later that is as usual, and the sessions are as bad."""
    weeks = "session  7 8 9 10 11 12 13\nafter_overwhelm  7 7 7 7 7 7 3\nbefore_distress  5 6 8 8 8 8 5"
    assert after_calm(weeks).from_session("distress", 11) == ["act", "act", "quiet"]


PHQ9_AND_GAD7 = [
    ("14 14 14", ". . . .", ["quiet", "watch", "act"]),  # nothing else to judge by: a second score running, and a third
    ("14 14 13", ". . . .", ["quiet", "watch", "quiet"]),
    ("14 14 14", "7 9 9 9", ["quiet", "watch", "act"]),  # the other one half a reliable change worse
    ("14 14 14", "7 7 7 7", ["quiet", "quiet", "watch"]),  # the other one says otherwise: a third
    ("14 16 14", "7 7 7 7", ["quiet", "watch", "act"]),  # two running that each stand by themselves
]


@pytest.mark.parametrize(("phq9", "gad7", "levels"), PHQ9_AND_GAD7)
def test_a_measure_stands_by_itself_with_its_second_reliably_worse_score_unless_another_says_otherwise(
    phq9: str, gad7: str, levels: list[str]
) -> None:
    """Six points of the PHQ-9 are reliable and four of the GAD-7; nothing else has changed."""
    weeks = f"session  7 8 9 10\nphq9  8 {phq9}" + ("" if "." in gad7 else f"\ngad7  {gad7}")
    assert after_calm(weeks).from_session("distress", 8) == levels


def test_an_answer_that_is_not_so_bad_ends_what_had_gone_on_and_five_more_raise_it_again() -> None:
    """Sense of 2 from the first session on: unusual for anyone at first, then this client's own, then what goes on."""
    s = story("""
        session          1  2  3  4  5  6  7  8  9  10 11 12 13
        before_distress  5  4  5  5  4  5  4  5  4  5  4  5  4
        after_heard      8  9  8  9  8  8  9  8  9  8  9  8  9
        after_sense      2  2  2  2  2  2  4  2  2  2  2  2  2
    """)
    assert s.from_session("integration", 5) == 2 * ["watch"] + 5 * ["quiet"] + 2 * ["watch"]


def test_much_too_fast_is_a_watch_and_a_bit_too_fast_after_it_is_told() -> None:
    s = after_calm("session  7 8 9 10 11 12\nafter_pace  2 1 2 2 0 1")
    assert s.from_session("experience", 7) == ["watch", "quiet", "watch", "watch", "quiet", "quiet"]
    assert "the pace was a bit too fast again" in s.why(8)


def test_much_too_fast_again_and_again_is_an_act_where_not_all_else_is_well() -> None:
    fast = "session  7 8 9 10 11\nafter_pace  2 2 2 2 0"
    assert after_calm(fast).from_session("experience", 7) == ["watch", "watch", "watch", "watch", "quiet"]
    less_helpful = after_calm(fast + "\nafter_helpful  8 7 7 5 8")
    assert less_helpful.from_session("experience", 9) == ["watch", "act", "quiet"]


def test_a_second_score_reliably_worse_stands_by_itself_and_the_next_is_an_act_however_little_worse() -> None:
    s = after_calm("session  7 8 9 10 11 12\nphq9  9 15 15 15 15 9")
    assert s.from_session("distress", 7) == ["quiet", "quiet", "watch", "act", "act", "quiet"]


def test_issues_that_are_open_as_the_therapist_changes_are_raised_for_that_session() -> None:
    s = after_calm("session  7 8 9\ntherapist_id  t1 t2 t2\ntopics_open  3 3 3")
    assert s.from_session("unfinished", 7) == ["quiet", "watch", "quiet"]
    assert "issues open as the therapist changes: 3" in s.why(8)


def test_nobody_is_told_to_go_deeper_straight_after_a_stop_was_overridden() -> None:
    weeks = "session  7 8 9 10\nafter_pace  -1 -1 -1 -1\nstops_overridden  {} 0 0 0\nclient_wish  1 1 1 1"
    assert [after_calm(weeks.format(0)).stance(n) for n in (8, 9, 10)] == 3 * ["deepen"]
    assert [after_calm(weeks.format(1)).stance(n) for n in (7, 8, 9, 10)] == ["ease", "go_on", "go_on", "deepen"]


@pytest.mark.parametrize(("last", "level"), [(2, "quiet"), (1, "watch"), (0, "watch")])
def test_less_free_to_say_no_than_always_is_raised(last: int, level: str) -> None:
    s = story(f"""
        session          1  2  3  4  5  6  7  8  9  10
        before_distress  4  5  4  5  4  5  4  5  4  5
        after_heard      8  9  8  9  8  9  8  9  8  9
        after_helpful    7  8  7  8  7  8  7  8  7  8
        after_choice     2  2  2  2  2  2  2  2  {last}  2
    """)
    assert s.from_session("boundaries", 8) == ["quiet", level, "quiet"]


@pytest.mark.parametrize(("score", "level"), [(39, "quiet"), (40, "watch")])
def test_one_score_of_trauma_symptoms_stands_by_itself_from_ten_points_on(score: int, level: str) -> None:
    """Ten points of the PCL-5 count (NCPTSD); nothing else has changed."""
    s = after_calm(f"session  7  8\npcl5  30  {score}\nbetween_intrusions  3  3")
    assert s.level("retraumatization", 8) == level


@pytest.mark.parametrize(
    ("days", "levels"),
    [
        ("3 1 1", ["quiet", "quiet", "quiet"]),
        ("5 1 1", ["watch", "quiet", "quiet"]),
        ("3 5 1", ["quiet", "watch", "quiet"]),
        ("5 5 1", ["watch", "act", "quiet"]),  # two of three weeks: a relapse
    ],
)
def test_a_week_of_the_old_way_of_coping_is_raised_and_two_are_a_relapse(days: str, levels: list[str]) -> None:
    s = story(f"""
        session             1  2  3  4  5  6  7  8  9
        before_distress     5  4  5  5  4  5  4  5  4
        before_coping       6  6  5  6  6  5  6  6  6
        after_heard         8  9  8  9  8  8  9  8  9
        between_old_coping  .  1  1  2  1  1  {days}
    """)
    assert s.from_session("regression", 7) == levels


@pytest.mark.parametrize(("days", "level"), [(3, "quiet"), (5, "watch")])
def test_one_week_of_five_days_of_the_old_way_where_one_is_usual_stands_by_itself(days: int, level: str) -> None:
    """Everything else is as it was."""
    s = after_calm(f"session  1 2 3 4 5 6 7 8\nbetween_old_coping  1 1 1 1 1 1 {days} 1")
    assert s.from_session("regression", 6) == ["quiet", level, "quiet"]


def test_going_along_is_a_watch_and_the_second_time_an_act() -> None:
    """Little willing, hard work, and all rated fine: it may be a good day, or politeness, and is worth a question."""
    weeks = "session  7 8\nbefore_ready  {0} {0}\nintensity  8 8\nplanned_intensity  8 8\n"
    weeks += "after_overwhelm  2 2\nafter_heard  10 10\nafter_helpful  9 9"
    assert after_calm(weeks.format(3)).from_session("boundaries", 7) == ["watch", "act"]
    assert after_calm(weeks.format(4)).from_session("boundaries", 7) == ["quiet", "quiet"]


def test_sessions_left_hot_three_times_running_are_raised() -> None:
    weeks = "session  7 8 9\nsuds_start  3 3 3\nsuds_peak  8 8 8\nsuds_end  7 7 {}\nafter_overwhelm  4 4 4"
    assert after_calm(weeks.format(7)).level("distress", 9) == "watch"
    assert after_calm(weeks.format(4)).level("distress", 9) == "quiet"


@pytest.mark.parametrize(("last", "sense", "level", "told"), [(0, 7, "quiet", True), (1, 7, "quiet", False), (0, 4, "act", True)])
def test_nothing_used_for_four_weeks_of_demanding_work_is_told_and_raised_where_it_makes_less_sense(
    last: int, sense: int, level: str, told: bool
) -> None:
    """By one who never used much: nothing unusual, and still nothing taken home."""
    s = story(f"""
        session          1  2  3  4  5  6  7  8  9
        intensity        7  7  7  7  7  7  7  7  7
        before_distress  5  4  5  5  4  5  4  5  4
        after_sense      7  8  7  7  8  7  8  7  {sense}
        between_used     .  1  0  1  1  0  0  0  {last}
    """)
    assert s.level("integration", 9) == level
    assert ("nothing from therapy was used" in s.why(9) or "nothing_used" in s.evidence("integration", 9)) == told


def test_many_open_issues_near_the_ending_are_told_and_raised_where_they_bother() -> None:
    weeks = "session  7 8\nsessions_left  4 3\ntopics_open  6 6\nbefore_open  1 {}"
    s = after_calm(weeks.format(0))
    assert s.level("unfinished", 8) == "quiet"
    assert "issues open as the ending is near: 6" in s.why(8)
    assert after_calm(weeks.format(2)).level("unfinished", 8) in ("watch", "act")


def test_a_first_reliably_worse_score_is_raised_where_nothing_else_is_asked() -> None:
    scores = "session  1 2 3 4 5\nphq9  14 13 12 13 20"
    assert story(scores).level("distress", 5) == "watch"
    assert story(scores + "\nbefore_distress  5 4 5 5 4\nafter_heard  9 9 8 9 9").level("distress", 5) == "quiet"


def test_three_check_ins_in_a_row_unanswered_by_one_who_answers_stand_by_themselves() -> None:
    silent = "session  7 8 9\ncheckin_after  unanswered unanswered {}"
    s = after_calm(silent.format("unanswered"))
    assert s.level("disengagement", 9) == "watch"
    assert s.evidence("disengagement", 9)[0] == "checkins_unanswered"
    assert "check-ins after the session left unanswered since the last answer: 3, which is unlike this client" in s.why(9)
    assert after_calm(silent.format("answered")).level("disengagement", 9) == "quiet"


def test_two_facts_that_stand_by_themselves_are_an_act_without_any_absolute_line() -> None:
    measure, settling = "phq9  8  .  16", "between_settle  1  1  5"
    assert after_calm(f"session  7  8  9\n{measure}").level("distress", 9) == "watch"
    assert after_calm(f"session  7  8  9\n{settling}").level("distress", 9) == "watch"
    assert after_calm(f"session  7  8  9\n{measure}\n{settling}").level("distress", 9) == "act"


@pytest.mark.parametrize(("score", "level"), [(14, "quiet"), (15, "watch")], ids=["just reliable", "more than that"])
def test_one_score_stands_by_itself_where_it_is_worse_by_more_than_is_reliable(score: int, level: str) -> None:
    """Six points of the PHQ-9 are reliable; nothing else has changed."""
    assert after_calm(f"session  7  8\nphq9  8  {score}").level("distress", 8) == level


VARIED = "session  1 2 3 4 5 6 7 8\nbefore_distress  3 2 3 2 3 2 2 3\nbefore_wellbeing  7 8 7 7 8 7 8 7\nphq9  9 . . . . . . {score}"


@pytest.mark.parametrize(("rating", "always"), [("after_helpful", 9), ("after_return", 10), ("after_overwhelm", 0)])
def test_beside_two_ratings_that_are_always_at_one_end_a_first_reliably_worse_score_is_raised(rating: str, always: int) -> None:
    """Who gives every session full marks would give them to a bad one as well: the measure is then the only one to speak."""
    heard, same, once_not = (
        "\nafter_heard" + "  10" * 8,
        f"\n{rating}" + f"  {always}" * 8,
        f"\n{rating}  {abs(always - 1)}" + f"  {always}" * 7,
    )
    cases = (heard + same, 15), (heard + same, 14), (heard + once_not, 15)
    levels = [story(VARIED.format(score=score) + row).level("distress", 8) for row, score in cases]
    assert levels == ["watch", "quiet", "quiet"]


def test_ten_points_more_trauma_symptoms_are_a_watch_also_beside_calm_answers() -> None:
    scores = "session  1 2 3 4 5\npcl5  40 38 39 52 39\ntrauma_work  no no yes yes yes"
    assert story(scores).from_session("retraumatization", 3) == ["quiet", "watch", "quiet"]
    asked = scores + "\nbetween_intrusions  3 4 3 4 3\nafter_present  . . 8 8 8"
    assert story(asked).from_session("retraumatization", 3) == ["quiet", "watch", "quiet"]


def test_three_issues_open_with_two_sessions_left_are_a_watch() -> None:
    weeks = "session  1 2 3 4 5 6\ntopics_open  3 3 3 3 3 3\nsessions_left  6 5 4 3 2 1\nbefore_open  0 1 0 0 1 0"
    assert story(weeks).from_session("unfinished", 4) == ["quiet", "watch", "watch"]


def test_an_act_stands_while_the_same_is_answered() -> None:
    """Sense of 4 where 7 was usual is an act, and stays one until an answer is better: a hurt that goes on does not become usual."""
    weeks = "session  7 8 9 10 11 12 13 14 15 16\nafter_sense  4 4 4 4 4 {} {} {} {} {}"
    goes_on, better = (after_calm(weeks.format(*(5 * [then]))) for then in (4, 7))
    assert goes_on.from_session("integration", 7) == ["watch", *(9 * ["act"])]
    assert better.level("integration", 12) == "quiet"


def test_one_measure_alone_is_an_act_with_its_second_reliably_worse_score() -> None:
    """Nothing else is asked, so nothing else can agree with it."""
    s = story("session  1 2 3 4 5 6 7 8\nphq9  12 11 12 13 12 19 20 13")
    assert s.from_session("distress", 5) == ["quiet", "watch", "act", "quiet"]


def test_two_weeks_of_three_with_a_little_of_the_old_way_are_a_watch_for_one_who_never_had_it_and_no_more() -> None:
    s = after_calm("session  1 2 3 4 5 6 7 8 9 10 11\nbetween_old_coping  . 0 0 0 0 0 2 0 2 2 0")
    assert s.from_session("regression", 9) == ["watch", "watch", "quiet"]


def test_never_heard_with_a_six_now_and_then_is_raised_as_well() -> None:
    """Five answers of 5 are a watch; a 6 between them does not end it, nor count. Always 6 is asked about, and no level; 8 ends it."""
    fine = """
        session          1  2  3  4  5  6  7  8  9
        before_distress  5  4  5  4  5  4  5  4  5
        after_helpful    7  8  7  8  7  8  7  8  7
        after_choice     2  2  2  2  2  2  2  2  2
        after_heard      """
    assert story(fine + "5  6  5  5  6  5  5  6  8").from_session("trust", 6) == ["quiet", "watch", "watch", "quiet"]
    always = "session  1 2 3 4 5 6 7 8\nafter_heard  6 6 6 6 6 6 6 6"
    assert story(always).from_session("trust", 5) == 4 * ["quiet"]


def test_what_was_raised_stands_until_an_answer_is_no_longer_plainly_past_its_threshold() -> None:
    """Feeling heard at 5 is what is usual here, and clears nothing after a 3 and a 4; a 6 is short of its threshold by a step only."""
    fine = """
        session          1  2  3  4  5  6  7  8  9  10  11
        before_distress  5  4  5  4  5  4  5  4  5  4   5
        after_helpful    7  8  7  8  7  8  7  8  7  8   7
        after_choice     2  2  2  2  2  2  2  2  2  2   2
        after_heard      6  5  6  6  5  6  """
    assert story(fine + "3  4  5  5   8").from_session("trust", 7) == ["watch", "act", "watch", "watch", "quiet"]
    assert story(fine + "6  5  6  5   6").from_session("trust", 7) == 5 * ["quiet"]


def test_past_a_fixed_threshold_and_unlike_this_client_twice_running_is_a_watch() -> None:
    """Overwhelm of 7 where 3 is usual, once and then again, and all else as ever."""
    assert after_calm("session  7 8 9\nafter_overwhelm  7 7 4").from_session("distress", 7) == ["quiet", "watch", "quiet"]
    assert after_calm("session  7 8 9\nafter_overwhelm  7 4 7").from_session("distress", 7) == ["quiet", "quiet", "quiet"]


@pytest.mark.parametrize(
    ("measure", "scores"), [("ors", "28 28 13 13"), ("who5", "60 60 20 20"), ("wsas", "15 15 35 35"), ("oasis", "6 6 14 14")]
)
def test_every_general_measure_of_the_catalogue_is_judged(measure: str, scores: str) -> None:
    s = after_calm(f"session  7 8 9 10\n{measure}  {scores}")
    assert s.from_session("distress", 7) == ["quiet", "quiet", "watch", "act"]
