"""Whole histories, as a clinician would tell them, and how each is to be read."""

from __future__ import annotations

from tests.spec.story import after_calm, story


def test_all_is_well() -> None:
    s = after_calm("session  7  8  9  10  11  12\nbefore_distress  4  5  5  4  5  4")
    assert set(s.stances()) == {"go_on"}
    assert all(s.raised(session) == {} for session in s.rows)


def test_chronic_overload_never_becomes_usual() -> None:
    """Too much from the first session on, and slow to settle."""
    s = story("""
        session            1  2  3  4  5  6  7  8  9  10
        before_distress    7  7  8  7  7  8  7  7  8  7
        after_overwhelm    8  8  9  8  8  9  8  9  8  8
        between_settle     .  4  5  4  5  4  4  5  5  4
        after_heard        8  7  8  8  7  8  8  8  7  8
        after_choice       2  2  2  2  2  2  2  2  2  2
        intensity          6  6  7  6  6  7  6  6  7  6
    """)
    assert s.levels("distress") == ["watch"] + 9 * ["act"]
    assert s.stances()[1:] == 9 * ["ease"]
    assert s.ceiling(10) < 6


def test_chronically_just_below_the_absolute_line_it_becomes_an_act_too() -> None:
    s = story("""
        session          1  2  3  4  5  6  7  8
        after_overwhelm  7  7  7  7  7  7  7  7
        after_heard      8  9  8  9  8  9  8  9
        after_choice     2  2  2  2  2  2  2  2
    """)
    assert s.levels("distress")[4:] == ["watch"] + 3 * ["act"]


def test_the_never_heard() -> None:
    s = story("""
        session          1  2  3  4  5  6  7  8
        before_distress  5  6  5  4  5  5  4  5
        after_heard      4  3  4  4  3  4  4  3
        after_choice     2  2  2  2  2  2  2  2
    """)
    assert s.levels("trust") == ["watch"] + 7 * ["act"]
    assert s.stances()[1:] == 7 * ["hold"]


def test_the_polite() -> None:
    """Always the best answer: not quiet, no ceiling, no deepen, even where the client wishes for more."""
    s = story("""
        session          1   2   3   4   5   6   7   8   9   10
        before_distress  5   6   5   4   5   5   4   5   5   4
        client_wish      0   0   0   0   0   0   0   1   1   1
        intensity        3   4   5   5   4   5   5   5   4   5
        after_overwhelm  0   0   0   0   0   0   0   0   0   0
        after_heard      10  10  10  10  10  10  10  10  10  10
        after_helpful    9   9   9   9   9   9   9   9   9   9
        after_choice     2   2   2   2   2   2   2   2   2   2
    """)
    assert all(s.level(risk, session) != "quiet" for risk in ("trust", "experience") for session in range(6, 11))
    assert "deepen" not in s.stances()
    assert [s.ceiling(session) for session in range(6, 11)] == 5 * [None]
    assert s.raised(10) == {}


def test_the_numb_who_always_give_the_worst_answer_are_not_quiet_either() -> None:
    s = story("""
        session          1   2   3   4   5   6   7   8
        before_coping    0   0   0   0   0   0   0   0
        after_sense      0   0   0   0   0   0   0   0
    """)
    assert s.level("distress", 8) != "quiet"
    assert s.level("integration", 8) in ("watch", "act")


def test_a_stop_that_was_overridden() -> None:
    s = after_calm("session  7  8  9\nstops_overridden  1  0  0")
    assert s.stance(7) == "ease"
    assert s.why(7).startswith("Stop and talk")
    assert s.level("boundaries", 9) == "quiet"


def test_the_slow_button() -> None:
    s = after_calm("""
        session         7  8  9    10  11
        client_slow     1  0  0    0   0
        responded       .  .  yes  .   .
        before_open     0  1  1    0   0
        between_settle  1  3  3    1   1
    """)
    assert s.stances()[6:] == ["hold", "hold", "hold", "go_on", "go_on"]


def test_trauma_work_without_consent() -> None:
    s = after_calm("""
        session      7          8
        trauma_work  yes        no
        consent      no         .
        led_by       therapist  both
        intensity    8          4
    """)
    assert s.raised(7)["ethics"] == "act"
    assert s.stance(7) == "ease"


def test_the_clients_own_disclosure() -> None:
    """The client led there, nobody had planned it, nobody could have asked for consent: nobody pushed."""
    s = after_calm("""
        session            7       8
        trauma_work        yes     no
        consent            no      .
        essentials         no      .
        led_by             client  both
        planned_intensity  3       4
        intensity          9       4
        after_overwhelm    5       3
    """)
    assert s.raised(7) == {}
    assert s.stances()[6:] == ["go_on", "go_on"]


def test_a_bereavement() -> None:
    s = after_calm("""
        session           7   8   9   10  11  12  13
        before_distress   9   10  9   8   7   6   5
        before_wellbeing  1   1   1   2   3   5   6
        before_coping     3   3   3   4   5   6   6
        between_peak      10  10  10  9   8   6   5
        between_settle    6   6   5   4   2   1   1
        between_from      0   0   0   0   0   1   .
        phq9              12  .   22  .   18  14  .
    """)
    assert s.from_session("distress", 7)[:4] == 4 * ["watch"]
    assert "act" not in s.from_session("distress", 7)
    assert s.level("distress", 13) == "quiet"


def test_good_exposure_work() -> None:
    """Prepared and agreed, hot in the session, harder weeks that settle, trauma symptoms up and then down."""
    s = after_calm("""
        session            7    8    9    10   11   12
        trauma_work        yes  yes  yes  yes  no   no
        essentials         yes  yes  yes  yes  .    .
        consent            yes  yes  yes  yes  .    .
        prepared           1    1    1    1    .    .
        planned_intensity  7    8    8    7    5    4
        intensity          7    8    8    7    5    4
        after_overwhelm    6    7    7    6    4    3
        after_present      8    7    8    8    .    .
        before_distress    6    7    7    6    5    4
        between_peak       6    7    8    7    6    5
        between_settle     0    2    2    1    1    1
        pcl5               46   52   50   44   40   34
    """)
    assert all("act" not in s.raised(session).values() for session in range(7, 13))
    assert "ease" not in s.stances()
    assert s.level("distress", 12) == "quiet"
    assert s.level("retraumatization", 12) == "quiet"


def test_exposure_that_does_not_settle() -> None:
    """The same preparation, but the weeks stay bad and the symptoms stay up."""
    s = after_calm("""
        session            7    8    9    10   11   12
        trauma_work        yes  yes  yes  yes  no   no
        essentials         yes  yes  yes  yes  .    .
        consent            yes  yes  yes  yes  .    .
        planned_intensity  7    8    8    7    5    4
        intensity          7    8    8    7    5    4
        after_overwhelm    6    7    7    7    6    6
        before_distress    6    8    9    9    9    9
        between_peak       6    9    10   10   10   10
        between_settle     0    5    6    6    7    7
        between_intrusions 4    6    9    9    10   10
        pcl5               46   52   62   64   66   66
    """)
    assert s.level("distress", 12) == "act"
    assert s.level("retraumatization", 12) == "act"
    assert s.stance(12) == "ease"


def test_a_rupture_that_is_mended() -> None:
    s = after_calm("session  7  8  9\nafter_heard  4  9  9\nafter_choice  1  2  2")
    assert s.level("trust", 7) in ("watch", "act")
    assert s.from_session("trust", 8) == ["quiet", "quiet"]
    assert s.why(8).startswith("Go on: trust was mended in session 8;")


def test_a_rupture_that_is_not_mended() -> None:
    s = after_calm("session  7  8  9  10\nafter_heard  4  5  6  5")
    assert s.from_session("trust", 8) == ["act", "act", "act"]
    assert "not_mended" in s.evidence("trust", 10)
    assert s.stance(10) == "hold"


def test_silence_after_an_act() -> None:
    """After two bad sessions the client no longer answers: nothing falls, and the silence counts."""
    s = after_calm("""
        session        7         8         9           10          11
        checkin_after  answered  answered  unanswered  unanswered  unanswered
        after_heard    4         3         .           .           .
    """)
    assert s.from_session("trust", 8) == 4 * ["act"]
    assert s.since("trust", 11) == 8
    assert s.level("disengagement", 11) in ("watch", "act")


def test_a_missed_session_after_an_act() -> None:
    s = after_calm("""
        session         7         8         9        10
        attendance      attended  attended  missed   missed
        absence_reason  .         .         unknown  unknown
        after_heard     4         3         .        .
    """)
    assert s.level("trust", 10) == "act"
    assert s.level("disengagement", 10) == "act"
    assert {"missed_after_strain", "missed_often"} & set(s.evidence("disengagement", 10))


def test_leaving() -> None:
    """Willing less, wanting to come back less, using less; then missing two of three."""
    s = after_calm("""
        session         7         8         9         10       11        12
        attendance      attended  attended  attended  missed   attended  missed
        absence_reason  .         .         .         unknown  .         unknown
        before_ready    6         5         4         .        3         .
        after_return    7         6         5         .        4         .
        between_used    2         1         1         .        0         .
    """)
    assert s.level("disengagement", 12) == "act"
    assert s.stance(12) in ("hold", "ease")


def test_away_for_practical_reasons_is_not_leaving() -> None:
    s = after_calm("""
        session         7          8          9          10
        attendance      cancelled_by_client  missed  missed  attended
        absence_reason  practical  ill        practical  .
    """)
    assert s.from_session("disengagement", 7) == 4 * ["quiet"]


def test_declining_is_a_right() -> None:
    s = after_calm("""
        session        7         8         9         10        11        12
        checkin_after  declined  declined  declined  declined  declined  declined
    """)
    assert all(s.raised(session) == {} for session in s.rows)
    assert s.level("trust", 12) == "unknown"
    assert set(s.stances()) == {"go_on"}


def test_too_slow() -> None:
    s = after_calm("session  7  8  9  10\nafter_pace  -1  -1  -2  -1")
    assert s.stances()[7:] == ["deepen", "deepen", "deepen"]
    assert all(s.raised(session) == {} for session in s.rows)


def test_both_avoiding() -> None:
    s = story("""
        session            1  2  3  4  5
        before_ready       8  8  8  8  9
        planned_intensity  3  2  3  3  2
        intensity          3  2  3  3  2
        after_overwhelm    1  2  1  2  1
        after_heard        9  8  9  8  9
        after_choice       2  2  2  2  2
    """)
    assert set(s.stances()) == {"go_on"}
    assert "are we both avoiding something" in s.why(4)


def test_a_safety_item() -> None:
    s = after_calm("session  7  8  9\nsafety_flag  yes  no  no\nsafety_reviewed  .  yes  .")
    assert s.safety()[6:] == ["open", "clear", "clear"]
    assert s.stances()[6:] == ["hold", "go_on", "go_on"]


def test_an_old_way_of_coping_that_is_dangerous() -> None:
    s = after_calm("session  7  8  9\nold_coping_risky  yes  .  .\nbetween_old_coping  0  2  0\nsafety_reviewed  .  .  yes")
    assert s.safety()[6:] == ["clear", "open", "clear"]
    assert s.level("regression", 8) not in ("watch", "act")


def test_one_hard_week_and_relapse() -> None:
    """A lapse is a week; relapse is two of three."""
    s = story("""
        session             1  2  3  4  5  6  7  8  9  10
        between_old_coping  .  1  0  1  1  0  1  6  1  6
        intensity           4  4  5  4  5  4  8  8  8  5
        after_heard         9  8  9  9  8  9  9  8  9  9
        after_choice        2  2  2  2  2  2  2  2  2  2
    """)
    assert s.levels("regression")[1:7] == 6 * ["quiet"]
    assert s.level("regression", 10) in ("watch", "act")
    assert {"relapse", "old_coping_after_work"} <= set(s.evidence("regression", 10))


def test_a_reliable_deterioration() -> None:
    """Depression six points above the first score, and it stays there: watch, then act."""
    s = story("""
        session  1   2   3   4   5   6
        phq9     12  11  12  19  20  21
    """)
    assert s.levels("distress")[:3] == 3 * ["quiet"]
    assert s.level("distress", 6) == "act"
    assert "reliably_worse" in s.evidence("distress", 6)


def test_an_improvement_is_never_told_as_harm() -> None:
    s = story("""
        session          1   2   3   4   5   6   7   8
        phq9             20  18  15  12  10  8   6   5
        before_distress  8   7   6   5   4   3   3   2
        pcl5             60  55  48  40  33  28  25  22
        after_heard      7   8   8   9   9   9   10  10
    """)
    assert all(s.raised(session) == {} for session in s.rows)


def test_working_against_the_clients_wish() -> None:
    s = after_calm("""
        session            7   8   9
        client_wish        -1  -1  -1
        planned_intensity  6   7   8
        intensity          6   7   8
        after_choice       1   0   0
    """)
    assert s.level("boundaries", 9) == "act"
    assert "against_wish" in s.evidence("boundaries", 9)
    assert s.stance(9) == "ease"


def test_demanding_work_that_the_client_was_not_ready_for() -> None:
    s = after_calm("""
        session            7  8
        before_ready       2  2
        planned_intensity  4  4
        intensity          9  9
    """)
    assert s.level("ethics", 8) == "act"
    assert {"done_unready", "beyond_plan"} <= set(s.evidence("ethics", 8))


def test_more_is_opened_than_taken_in() -> None:
    s = after_calm("""
        session            7  8  9  10
        intensity          7  8  8  8
        planned_intensity  7  8  8  8
        after_sense        5  4  3  2
        between_used       2  1  0  0
        topics_opened      2  2  2  2
        topics_settled     0  0  0  0
    """)
    assert s.level("integration", 10) == "act"


def test_massed_agreed_work_that_is_taken_in_is_no_fault() -> None:
    s = after_calm("""
        session            7    8    9    10
        day                38   40   42   44
        essentials         yes  yes  yes  yes
        consent            yes  yes  yes  yes
        intensity          8    8    8    8
        planned_intensity  8    8    8    8
        after_overwhelm    5    5    4    4
        topics_opened      2    2    2    2
        topics_settled     0    0    0    0
        between_used       2    2    2    2
    """)
    assert s.from_session("integration", 7) == 4 * ["quiet"]


def test_open_matters_that_come_back() -> None:
    s = after_calm("""
        session            7  8  9
        before_open        2  2  2
        topics_open        4  5  6
        topics_resurfaced  0  1  1
    """)
    assert s.level("unfinished", 9) == "act"


def test_a_bad_experience_of_therapy() -> None:
    s = after_calm("""
        session        7  8  9
        after_helpful  4  3  3
        after_return   5  4  3
    """)
    assert s.level("experience", 9) == "act"
    assert s.stance(9) == "hold"


def test_what_comes_up_again_after_it_was_cleared_is_dated_anew() -> None:
    s = after_calm("session  7  8  9  10  11\nafter_heard  4  9  9  9  4")
    assert s.from_session("trust", 7) == ["watch", "quiet", "quiet", "quiet", "watch"]
    assert s.since("trust", 11) == 11


def test_a_second_appointment_on_one_day_is_a_session_of_its_own() -> None:
    s = after_calm("session  7  8\nday  42  42\nafter_overwhelm  8  8")
    assert s.from_session("distress", 7) == ["watch", "act"]
