"""What a reading says, in words: each row of a table is a reading and the sentence a person meets."""

from __future__ import annotations

import datetime

import pytest

from andante import reading
from andante.risks import RISKS
from andante.sentences import REASONS
from andante.views import room, wording
from andante.views.caseload import Case, Finding
from andante.words import number

TRUST = next(risk for risk in RISKS if risk.name == "trust")


@pytest.mark.parametrize(
    ("stance", "safety", "why", "therapist", "client"),
    [
        ("deepen", "clear", "", "Deepen", "There is room for more, if you want it"),
        ("go_on", "clear", "", "Go on", "We can go on as we are"),
        ("hold", "clear", "", "Hold", "Let us stay here for a while"),
        ("ease", "clear", "", "Ease", "Let us make it lighter, and talk about it first"),
        ("ease", "clear", "Stop and talk: a stop was not honored.", "Stop and talk", "Let us make it lighter, and talk about it first"),
        ("hold", "open", "", "Safety first", "Let us stay here for a while"),
        ("unknown", "not_asked", "", "Not enough to say yet", "We are still finding out what is usual for you"),
        (None, None, None, "Not enough to say yet", "We are still finding out what is usual for you"),
    ],
)
def test_the_stance_in_a_word_or_two(stance, safety, why, therapist, client):
    reading = {"stance": stance, "safety": safety, "stance_why": why}
    assert wording.stance(reading) == therapist
    assert wording.stance(reading, "client") == client


@pytest.mark.parametrize(
    ("stance", "why", "line", "under_the_stance"),
    [
        ("hold", "felt heard 6, usually 9", "Hold: felt heard 6, usually 9.", "Felt heard 6, usually 9."),
        ("hold", "Hold: felt heard 6, usually 9.", "Hold: felt heard 6, usually 9.", "Felt heard 6, usually 9."),
        ("hold", "Hold: felt heard 6. Before: Go on.", "Hold: felt heard 6.", "Felt heard 6."),
        ("ease", "Stop and talk: a stop was not honored.", "Stop and talk: a stop was not honored.", "A stop was not honored."),
        (
            "go_on",
            "Go on, and keep an eye on it: late twice.",
            "Go on, and keep an eye on it: late twice.",
            "Keep an eye on it: late twice.",
        ),
        (
            "unknown",
            "Not enough to say yet: only 2 of 10 could be judged.",
            "Not enough to say yet: only 2 of 10 could be judged.",
            "Only 2 of 10 could be judged.",
        ),
        ("hold", None, "Hold.", ""),
    ],
)
def test_one_line_of_why_and_the_reason_under_the_stance(stance, why, line, under_the_stance):
    reading = {"stance": stance, "stance_why": why}
    assert wording.why(reading) == line
    assert wording.reason(reading) == under_the_stance


def test_what_is_raised_is_said_even_where_the_stance_is_not_known():
    reading = {"stance": "unknown", "stance_why": "Not enough to say yet: only 1 of 10 could be judged.", "trust_level": "watch"}
    assert wording.why(reading) == f"Not enough to say yet: only 1 of 10 could be judged; raised: {TRUST.title}"


def test_once_the_two_have_talked_the_brake_waits_for_the_client_alone():
    told = {"stance": "hold", "stance_why": BRAKE_TALKED, "pace_ceiling": 6.0, "pace_confidence": 0.6}
    assert wording.room(told) == "No more than last time, until the client says that it has settled"


def test_how_often_there_are_alerts():
    assert wording.often(0.333, 0.05) == "Something is raised in 33 % of these sessions, an act in 5 %."


@pytest.mark.parametrize(
    ("ceiling", "confidence", "safety", "room", "uncertainty"),
    [
        (5.2, 0.6, "clear", "Up to about 5 of 10", "It could be anything from 3 to 7."),  # 10 x (1 - 0.6) = 4 wide
        (9.5, 0.5, "clear", "Up to about 10 of 10", "It could be anything from 7 to 10."),  # 7 to 12, cut at the end of the scale
        (5.0, None, "clear", "Up to about 5 of 10", ""),
        (None, None, "clear", "Not enough to say yet", ""),
        (5.0, 0.5, "open", "No advice on pace while a safety item is open", ""),
    ],
)
def test_room_next_time(ceiling, confidence, safety, room, uncertainty):
    reading = {"pace_ceiling": ceiling, "pace_confidence": confidence, "safety": safety}
    assert wording.room(reading) == room
    assert wording.uncertainty(reading) == uncertainty


@pytest.mark.parametrize(
    ("stance", "ceiling", "said"),
    [
        ("hold", 5.0, "Once the stance lifts: up to about 5 of 10."),
        ("ease", 5.0, "Once the stance lifts: up to about 5 of 10."),
        ("go_on", 5.0, ""),
        ("hold", None, ""),
    ],
)
def test_the_stance_comes_before_the_room(stance, ceiling, said):
    assert wording.stance_first({"stance": stance, "pace_ceiling": ceiling, "pace_confidence": 0.6}) == said


@pytest.mark.parametrize("talked", [False, True])
def test_while_the_clients_own_brake_stands_no_figure_is_held_out(talked):
    """The room that was estimated, 5, its width and what it aims at are left unsaid, also where 9 is planned for a session ahead."""
    why = BRAKE_TALKED if talked else BRAKE
    reading = {"stance": "hold", "stance_why": why, "pace_ceiling": 5.0, "pace_confidence": 0.6}
    assert (wording.stance_first(reading), wording.uncertainty(reading), wording.interval(reading)) == ("", "", None)
    case = _case([{WORK: 9, "client_wish": -1}, {"planned_intensity": 9}], reading, pending=[1])
    assert (room.aims(case), room.harder(case), room.after_break(case), room.missing(case)) == ("", "", "", "")
    assert room.planned(case) == "Planned: 9."
    assert room.slower(case) == "The client wishes it slower."


@pytest.mark.parametrize(
    ("rows", "pending", "reading", "said"),
    [
        ([{"intensity": 10}], [], {"pace_ceiling": 5.0}, "The last session was rated 10: harder than that."),
        ([{"intensity": 6}], [], {"pace_ceiling": 5.0}, "The last session was rated 6: harder than that."),  # by a point
        ([{"intensity": 6}], [], {"pace_ceiling": 5.1}, ""),  # by less
        ([{"intensity": 10}], [], {"pace_ceiling": None}, ""),
        ([{"intensity": 10}], [], {"pace_ceiling": 5.0, "safety": "open"}, ""),
        ([{"intensity": 10}, {"intensity": None}], [], {"pace_ceiling": 5.0}, ""),  # the last one was not rated
        ([{"intensity": 10}, {"attendance": "missed"}], [], {"pace_ceiling": 5.0}, "The last session was rated 10: harder than that."),
        ([{"intensity": 10}, {"before_distress": 4}], [1], {"pace_ceiling": 5.0}, "The last session was rated 10: harder than that."),
        ([{"intensity": 10}], [], {"pace_ceiling": 5.0, "stance": "hold"}, "The last session was rated 10: harder than that."),
        ([], [], {"pace_ceiling": 5.0}, ""),
    ],
)
def test_a_last_session_that_was_harder_than_the_room_is_named(rows, pending, reading, said):
    rows = rows or [{"attendance": "missed"}]
    assert room.harder(_case(rows, reading, pending=pending)) == said


@pytest.mark.parametrize(("left", "said"), [(0, "The last agreed session."), (1, ""), (None, "")])
def test_the_last_agreed_session_is_said(left, said):
    assert wording.ending(_case([{"sessions_left": 0}, {"sessions_left": left}], {})) == said


def test_what_changed_may_name_the_risk_beside_its_question():
    changed = wording.changes({"trust_level": "quiet"}, {"trust_level": "watch"}, names=True)
    assert changed == ["trust · Trust hurt and not mended? Up from quiet to watch."]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["a"], "a"),
        (list("abcdefgh"), "a, b, c, d, e, f, g and h"),  # eight are named
        (list("abcdefghij"), "a, b, c, d, e, f, g, h and 2 more"),
    ],
)
def test_so_many_clients_are_named_and_the_others_counted(ids, said):
    assert wording.named(ids) == said


@pytest.mark.parametrize(
    ("why", "noted"),
    [
        ("Go on, and take note: heard 6, usually 9; 10 of 10 could be judged.", True),
        ("Go on: nothing stands out; 10 of 10 could be judged. The client wishes for more: talk about it.", True),
        ("Go on: nothing stands out; 10 of 10 could be judged. The client finds it too slow: talk about what is missing.", True),
        ("Go on: nothing stands out; 10 of 10 could be judged.", False),
        (None, False),
    ],
)
def test_a_standing_wish_is_a_note(why, noted):
    assert wording.among([{"client_id": "a", "stance": "go_on", "stance_why": why}]) == (" (1 with a note: a)" if noted else "")


@pytest.mark.parametrize(
    ("before", "now", "sentences"),
    [
        ({"trust_level": "quiet"}, {"trust_level": "watch"}, [f"{TRUST.title} Up from quiet to watch."]),
        ({"trust_level": "act"}, {"trust_level": "quiet"}, [f"{TRUST.title} Down from act to quiet."]),
        ({"trust_level": "watch"}, {"trust_level": "unknown"}, [f"{TRUST.title} No longer known; it was watch."]),
        ({"trust_level": "unknown"}, {"trust_level": "act"}, [f"{TRUST.title} Now act."]),
        ({"trust_level": "unknown"}, {"trust_level": "quiet"}, []),  # nothing was raised, nothing is
        ({"stance": "hold"}, {"stance": "go_on"}, ["From Hold to Go on."]),
        (
            {"safety": "clear", "stance": "hold"},
            {"safety": "open", "stance": "hold"},
            ["From Hold to Safety first.", "A safety item was opened."],
        ),
        (
            {"safety": "open", "stance": "hold"},
            {"safety": "clear", "stance": "hold"},
            ["From Safety first to Hold.", "The safety item was looked at."],
        ),
        (None, {"trust_level": "act"}, []),
    ],
)
def test_what_changed_since_last_time(before, now, sentences):
    assert wording.changes(before, now) == sentences


@pytest.mark.parametrize(
    ("value", "text"),
    [(6.0, "6"), (6.5, "6.5"), (6.04, "6"), (-0.04, "0"), (-2, "-2"), (None, ""), (float("nan"), "")],
)
def test_figures_are_written_as_people_write_them(value, text):
    assert number(value) == text


@pytest.mark.parametrize(("value", "text"), [(datetime.date(2026, 3, 14), "14 Mar 2026"), (35.0, "day 35"), (35.5, "day 35.5"), (None, "")])
def test_when(value, text):
    assert wording.when(value) == text


def test_lists_and_counts():
    assert [wording.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [wording.counted(count, "client") for count in (0, 1, 2)] == ["0 clients", "1 client", "2 clients"]


@pytest.mark.parametrize("risk", RISKS, ids=lambda risk: risk.name)
def test_a_client_never_meets_the_name_of_a_harm(risk):
    finding = Finding(risk, "act", 3, ())
    said = f"{wording.heading(finding, 'client')} {wording.level('act', 'client')}".casefold()
    assert wording.heading(finding) == risk.title
    assert risk.name not in said
    for word in ("retrauma", "rupture", "regress", "failed", "non-compliant", "resistance", "symptom", "risk", "disengag"):
        assert word not in said


@pytest.mark.parametrize("level", ["unknown", "quiet", "watch", "act"])
def test_every_level_has_words_for_both(level):
    assert wording.level(level)
    assert wording.level(level, "client") not in ("", level)


BRAKE = REASONS[reading.BRAKE][0] + "."
BRAKE_TALKED = REASONS[reading.BRAKE_TALKED][0] + "."


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        ({"judged": 10}, "Nothing is raised."),
        ({"judged": 9}, "Nothing is raised. 1 of the ten is not known, which is not the same as quiet."),
        ({"judged": 7}, "Nothing is raised. 3 of the ten are not known, which is not the same as quiet."),
        ({"judged": 0}, "Not enough to say yet: none of the ten questions could be judged."),
        (
            {"judged": 10, "safety": "open"},
            "A safety item is open; it comes first. None of the ten is raised.",
        ),
        (
            {"judged": 10, "stance": "hold", "stance_why": BRAKE},
            "The client asked to slow down. None of the ten is raised.",
        ),
    ],
)  # fmt: skip
def test_where_nothing_is_raised(reading, sentence):
    assert wording.nothing_raised(reading) == sentence


WORK, MUCH = "intensity", "after_overwhelm"


def _case(sessions, reading, *, pending=()):
    rows = [{"session": number, **row} for number, row in enumerate(sessions, 1)]
    return Case("a", "quiet", rows, [{**row, **reading} for row in rows], marks={"pending": frozenset(pending)})


@pytest.mark.parametrize(
    ("sessions", "why"),
    [
        ([], room.TOO_FEW),
        ([{WORK: 8, MUCH: n} for n in range(5)], room.TOO_FEW),  # five alike are too few to be called always
        ([{WORK: 8, MUCH: n} for n in range(6)], "How demanding the sessions were has always been rated the same"),
        ([{WORK: n, MUCH: 0} for n in range(6)], "The client's answer whether it was too much has always been the same"),
        ([{WORK: 5, MUCH: 0} for _ in range(6)], "How demanding it was and whether it was too much have always been rated the same"),
    ],
)
def test_why_there_is_no_room_to_tell(sessions, why):
    case = _case([{}, *sessions], {})
    assert room.missing(case).startswith(why)
    assert (why == room.TOO_FEW) == ("nothing yet of how far the work could go" not in room.missing(case))
    assert room.missing(_case([{}, *sessions], {"pace_ceiling": 5.0})) == ""
    assert room.missing(_case([{}, *sessions], {"safety": "open"})) == ""


@pytest.mark.parametrize(
    ("plan", "reading", "said"),
    [
        (5, {"pace_ceiling": 3.55}, f"Planned: 5. {room.ABOVE}"),
        (5, {"pace_ceiling": 6.0}, "Planned: 5."),
        (4, {"pace_ceiling": 3.55}, "Planned: 4."),  # told as "up to about 4"
        (5, {}, "Planned: 5."),
        (5, {"pace_ceiling": None, "safety": "open"}, ""),
        (None, {"pace_ceiling": 3.55}, ""),
    ],
)
def test_what_is_planned_is_told_beside_the_room(plan, reading, said):
    rows = [{}, {"planned_intensity": plan}]
    assert room.planned(_case(rows, reading, pending=[1])) == said
    assert room.planned(_case(rows, reading)) == ""  # it was held: the plan is no news


@pytest.mark.parametrize(("wishes", "said"), [([-1, None], True), ([-1, 0], False), ([None, None], False), ([1, -1], True)])
def test_a_standing_wish_for_slower_comes_before_any_room(wishes, said):
    rows = [{"client_wish": wish} for wish in wishes]
    assert room.slower(_case(rows, {"pace_ceiling": 8.0})).startswith("The client wishes it slower: that comes first") == said
    assert room.slower(_case(rows, {})) == ""  # no room to speak of


def test_after_the_last_agreed_session_there_is_room_only_if_there_is_another() -> None:
    assert room.title(_case([{"sessions_left": 0}], {})) == "Room, if there is another session"
    assert room.title(_case([{"sessions_left": 1}], {})) == "Room next time"


@pytest.mark.parametrize(
    ("reading", "begins"),
    [
        ({"safety": "open"}, "First of all: ask about it today, in plain words"),
        ({"stance": "hold", "stance_why": BRAKE}, "First of all: ask what was too much"),
        ({"stance": "hold", "stance_why": BRAKE_TALKED}, "First of all: ask whether it has settled"),
        ({"stance": "hold", "stance_why": "Hold: felt heard 5 of 10; raised since session 4"}, ""),  # a card says it
        ({"stance": "go_on", "safety": "clear"}, ""),
    ],
)
def test_safety_and_the_brake_bring_a_next_step_of_their_own(reading, begins):
    said = wording.first_step(reading)
    assert said.startswith(begins)
    assert bool(said) == bool(begins)


@pytest.mark.parametrize(
    ("stance", "said"),
    [
        ("go_on", "Up to about 5 of 10"),
        ("hold", "No more than last time, until the two of you have talked"),
        ("ease", "Lighter than last time, until the two of you have talked"),
    ],
)
def test_while_the_two_hold_or_ease_the_room_is_for_later(stance, said):
    assert wording.room({"stance": stance, "pace_ceiling": 5.0, "pace_confidence": 0.6}) == said
