"""Who needs attention first, and what a level rests on."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pyarrow as pa
import pytest

import andante
from andante import reading
from andante.errors import UsageError
from andante.sentences import REASONS
from andante.views import room
from andante.views.caseload import gather
from andante.views.charts import pace_figures
from andante.words import ASK_ABOUT, BOTH_AVOIDING

ACT, WATCH = ("act", 1, None, 0.9), ("watch", 1, None, 0.4)


def test_neediest_first(tables):
    tables.session("a-quiet", 1)
    tables.session("b-watch", 1, levels={"trust": WATCH})
    tables.session("c-hold-by-brake", 1, stance="hold")
    tables.session("d-hold-one-act", 1, stance="hold", levels={"trust": ACT})
    tables.session("e-hold-two-acts", 1, stance="hold", levels={"trust": ACT, "unfinished": ACT})
    tables.session("f-ease-one-act", 1, stance="ease", levels={"distress": ACT})
    tables.session("g-safety", 1, stance="hold", safety="open")
    tables.session("h-unknown", 1, stance="unknown", rest="unknown", judged=1)
    order = [line.client_id for line in gather(*tables.tables()).lines]
    assert order == [
        "g-safety", "f-ease-one-act", "e-hold-two-acts", "d-hold-one-act", "c-hold-by-brake", "b-watch", "a-quiet", "h-unknown",
    ]  # fmt: skip


@pytest.mark.parametrize("why", [reading.BRAKE, reading.BRAKE_TALKED])
def test_the_clients_own_brake_comes_straight_after_ease_whatever_else_was_found(tables, why):
    tables.session("a-ease", 1, stance="ease", levels={"distress": ACT})
    tables.session("b-acts", 1, stance="hold", levels={"trust": ACT, "unfinished": ACT})
    tables.session("c-brake", 1, stance="hold", why=f"{REASONS[why][0]}. Before: Go on.")
    tables.session("d-safety", 1, stance="hold", safety="open")
    lines = gather(*tables.tables()).lines
    assert [line.client_id for line in lines] == ["d-safety", "a-ease", "c-brake", "b-acts"]
    assert [line.group for line in lines] == ["safety", "ease", "hold", "hold"]


@pytest.mark.parametrize(
    ("rows", "ahead"),
    [
        ([{"after_overwhelm": 3}, {"before_distress": 4}], True),
        ([{"before_distress": 4}], True),
        ([{"after_overwhelm": 3}, {"before_distress": 4, "attendance": "missed"}], False),
        ([{"after_overwhelm": 3}, {"before_distress": 4, "checkin_after": "unanswered"}], False),
        ([{"after_overwhelm": 3}, {"before_distress": 4, "checkin_after": "not_offered"}], True),
        ([{"before_distress": 4}, {"before_distress": 4}], False),  # nobody records here what was held
    ],
)
def test_a_caseload_knows_without_marks_whose_last_session_is_ahead(tables, rows, ahead):
    """As the marks of the reading tell it for one client; the client who stands first has none ahead."""
    tables.session("0", 1, after_overwhelm=2).session("0", 2, after_overwhelm=2)
    for session, row in enumerate(rows, 1):
        tables.session("a", session, **row)
    sessions, readings, *_ = tables.tables()
    assert {line.client_id: line.ahead for line in gather(sessions, readings).lines} == {"0": False, "a": ahead}
    assert _read_case(tables, "a").ahead is ahead


def test_of_two_alike_the_higher_score_comes_first_then_the_id(tables):
    tables.session("a", 1, levels={"trust": ("watch", 1, None, 0.3)})
    tables.session("b", 1, levels={"trust": ("watch", 1, None, 0.6)})
    tables.session("c", 1, levels={"trust": ("watch", 1, None, 0.6)})
    assert [line.client_id for line in gather(*tables.tables()).lines] == ["b", "c", "a"]


@pytest.mark.parametrize(
    "why", [f"{ASK_ABOUT}: felt heard 6 of 10; 7 of 10 could be judged.", f"{BOTH_AVOIDING}; 7 of 10 could be judged."]
)
def test_a_client_about_whom_there_is_a_question_to_ask_is_not_among_the_quiet(tables, why):
    tables.session("a-quiet", 1, levels={"trust": ("quiet", 1, None, 0.3)})
    tables.session("b-asked", 1, why=why)
    tables.session("c-watch", 1, levels={"trust": WATCH})
    lines = gather(*tables.tables()).lines
    assert [(line.client_id, line.group) for line in lines] == [("c-watch", "watch"), ("b-asked", "watch"), ("a-quiet", "quiet")]


def test_only_the_last_session_of_a_client_counts(tables):
    tables.session("calmed", 1, stance="ease", levels={"distress": ACT}).session("calmed", 2)
    (line,) = gather(*tables.tables()).lines
    assert (line.group, line.acts, line.start, line.stop) == ("quiet", 0, 0, 2)


def test_how_often_the_table_alerts_is_counted_over_all_sessions(tables):
    tables.session("a", 1, levels={"distress": ACT, "trust": WATCH}).session("a", 2, levels={"trust": WATCH}).session("a", 3)
    tables.session("b", 1)
    load = gather(*tables.tables())
    assert load.often() == (0.5, 0.25)
    of_a, of_b = (replace(load, lines=(load.find(client),)).often() for client in "ab")  # of a report about one client
    assert of_a == pytest.approx((2 / 3, 1 / 3))
    assert of_b == (0, 0)


def test_groups_are_counted(caseload):
    counts = gather(*caseload.tables()).counts()
    assert counts == {"safety": 0, "ease": 1, "hold": 1, "watch": 0, "quiet": 1, "unknown": 1}


def test_a_level_that_stands_without_news_rests_on_what_was_last_seen(caseload):
    case = _case(caseload, "hold-1")
    (finding,) = case.findings()  # session 4: nothing new; seen in session 2
    assert (finding.risk.name, finding.level, finding.since) == ("trust", "act", 2)
    assert [(item.indicator, item.session) for item in finding.evidence] == [("heard_below_usual", 2)]


def test_evidence_from_before_the_level_stood_is_not_used(tables):
    tables.session("a", 1).detail("a", 1, "trust", "heard_low", "felt heard 3 of 10")
    tables.session("a", 2).session("a", 3, levels={"trust": ("watch", 3, "heard_low", 0.4)})
    (finding,) = _case(tables, "a").findings()
    assert finding.evidence == ()


def test_only_the_named_indicators_are_shown_strongest_first(tables):
    tables.session("a", 1, levels={"trust": ("act", 1, "heard_fell;heard_low", 0.8)})
    tables.detail("a", 1, "trust", "heard_low", "felt heard 3 of 10", strength=0.9)
    tables.detail("a", 1, "trust", "heard_fell", "felt heard 3, usually 8", strength=0.4)
    tables.detail("a", 1, "trust", "choice_and_heard", "felt less free to say no", strength=1.0)
    (finding,) = _case(tables, "a").findings()
    assert [item.indicator for item in finding.evidence] == ["heard_low", "heard_fell"]


def test_act_is_shown_before_watch_whatever_the_order_of_the_ten(tables):
    tables.session("a", 1, levels={"distress": WATCH, "ethics": ACT})
    assert [finding.risk.name for finding in _case(tables, "a").findings()] == ["ethics", "distress"]


def test_an_indicator_of_another_session_number_on_the_same_day_is_kept_apart(tables):
    tables.session("a", 1, levels={"trust": WATCH}).session("a", 2, levels={"trust": WATCH})
    tables.details.append({**tables.readings[0], "risk": "trust", "indicator": "heard_low", "says": "felt heard 4 of 10"})
    case = _case(tables, "a")
    assert [item.says for item in case.details[0]] == ["felt heard 4 of 10"]
    assert 1 not in case.details


def test_trust_hurt_and_mended_are_marked_where_they_happened(tables):
    # Heard 9 throughout, 3 in session 5 (an absolute line), 9 again in session 7; session 6 was not rated.
    for session in range(1, 9):
        tables.session("a", session, after_heard={5: 3.0, 6: None}.get(session, 9.0))
    case = _read_case(tables, "a")
    assert (case.marks["hurt"], case.marks["mended"]) == (frozenset({4}), frozenset({6}))


@pytest.mark.parametrize(
    ("rows", "ahead"),
    [
        ([{"after_overwhelm": 3}, {"before_distress": 4}], True),
        ([{"after_overwhelm": 3}, {"planned_intensity": 4}], True),
        ([{"before_distress": 4}], True),  # the first session
        ([{"after_overwhelm": 3}, {"before_distress": 4, "intensity": 3}], False),
        ([{"after_overwhelm": 3}, {"before_distress": 4, "attendance": "missed"}], False),
        ([{"before_distress": 4}, {"before_distress": 4}], False),  # nobody records here what was held: it cannot be told
        ([{"after_overwhelm": 3}, {}], False),
    ],
)
def test_whether_the_last_session_is_still_ahead(tables, rows, ahead):
    for session, row in enumerate(rows, 1):
        tables.session("a", session, **row)
    assert _read_case(tables, "a").ahead is ahead


def test_what_happened_on_one_day_in_two_rows_without_numbers_stays_apart():
    """Felt heard 2 in the first of two contacts of a day, 9 in the second: the evidence belongs to the first."""
    heard = [9, 9, 9, 9, 9, 2, 9]
    sessions = pa.table({"client_id": ["a"] * 7, "day": [0.0, 7, 14, 21, 28, 35, 35], "after_heard": pa.array(heard, pa.float64())})
    case = _as_read(sessions)
    assert [finding.risk.name for finding in case.findings(5)] == ["trust"]
    assert {item.indicator for item in case.findings(5)[0].evidence} >= {"heard_line_crossed"}
    assert 6 not in case.details
    assert case.marks["hurt"] == {5}


def test_readings_of_other_sessions_are_refused(caseload, tables):
    sessions, *_ = caseload.tables()
    _, readings, *_ = tables.session("someone else", 1).tables()
    with pytest.raises(UsageError, match="do not belong to these sessions"):
        gather(sessions, readings)


def test_an_empty_table_is_an_empty_caseload(tables):
    assert gather(*tables.tables()).lines == ()


@pytest.mark.parametrize(("days", "said"), [(21, False), (22, True)])
def test_the_first_session_after_a_long_break_has_a_lower_room_and_it_is_said(days, said):
    day = [0.0, 7, 14, 21, 28, 35]
    held = pa.table({
        "client_id": ["a"] * 7, "day": [*day, day[-1] + days], "before_distress": [4.0] * 7,
        "intensity": [4.0, 5, 5, 4, 5, 5, None], "after_overwhelm": [3.0, 2, 3, 4, 3, 2, None],
    })  # fmt: skip
    assert room.after_break(_as_read(held)).startswith("It is one step lower for a start") is said
    assert room.after_break(_as_read(held.slice(0, 6))) == ""


AIMS = "It aims to keep overwhelm above 7 of 10 at most 10 % likely."
BORNE = "It goes no further than 2 above the hardest of the last 6 sessions that was borne well."
NOT_BORNE = "None of the last 6 sessions was borne well: it stays below the lightest of them."
FIRST = "Before any session is rated it goes no further than 5."


@pytest.mark.parametrize(
    ("intensity", "overwhelm", "line", "said"),
    [
        ([None], [None], None, f"{AIMS} {FIRST}"),
        ([3, 3, 2, 3], [0, 1, 0, 1], None, f"{AIMS} {BORNE}"),  # 2 above 3
        ([3, 3, 2, 3, None], [0, 1, 0, 1, None], None, f"{AIMS} {BORNE}"),  # and so for the session ahead
        ([1, 1, 1, 1], [8, 8, 9, 8], None, f"{AIMS} {NOT_BORNE}"),
        ([7, 6], [5, 6], None, AIMS),
        ([7, 6], [5, 6], [8, None], AIMS.replace("7 of 10", "8 of 10 (the line agreed with this client)")),
        ([6, None], [None, None], None, ""),  # no room to speak of
    ],
)
def test_the_line_and_the_share_of_the_room_are_said_and_its_cap_where_that_decides(intensity, overwhelm, line, said):
    columns = {"before_distress": [2.0] * len(intensity), "intensity": intensity, "after_overwhelm": overwhelm, "overwhelm_line": line}
    known = {name: pa.array(values, pa.float64()) for name, values in columns.items() if values}
    days = [7.0 * k for k in range(len(intensity))]
    assert room.aims(_as_read(pa.table({"client_id": ["a"] * len(days), "day": days, **known}))) == said


def test_an_agreed_line_stands_in_the_chart_until_another_is_given():
    columns = {"after_overwhelm": [8.0, 8, 8, 9], "overwhelm_line": pa.array([None, 8, None, None], pa.float64())}
    case = _as_read(pa.table({"client_id": ["a"] * 4, "day": [0.0, 7, 14, 21], **columns}))
    assert [figure["too_much"] for figure in pace_figures(case)] == [True, False, False, True]


def test_a_session_without_a_number_gets_none_from_us():
    days = [datetime.date(2024, 1, 1 + 7 * k) for k in range(4)]
    some = pa.table({"client_id": ["a"] * 4, "session": pa.array([1, None, 2, 3]), "date": days, "after_heard": [8.0] * 4})
    none = some.drop_columns(["session"])
    assert [_as_read(some).label(k) for k in range(4)] == ["1", "–", "2", "3"]
    assert [_as_read(none).label(k) for k in range(4)] == ["1", "2", "3", "4"]


def _case(made, client_id):
    caseload = gather(*made.tables())
    (case,) = caseload.cases([caseload.find(client_id)])
    return case


def _read_case(made, client_id):
    """The case of sessions made by hand, as the engine itself reads them."""
    return _as_read(made.tables()[0], client_id)


def _as_read(sessions, client_id="a"):
    reading = andante.read(sessions, details=True)
    caseload = gather(sessions, reading.readings, reading.details, reading.bands, reading.marks)
    (case,) = caseload.cases([caseload.find(client_id)])
    return case
