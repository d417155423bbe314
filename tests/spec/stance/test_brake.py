"""The client's brake: at least hold, until the two have talked and the client says it is settled."""

from __future__ import annotations

import pytest
from tests.spec.story import after_calm


def test_one_press_holds_at_once() -> None:
    s = after_calm("session  7\nclient_slow  1")
    assert s.raised(7) == {}
    assert s.stance(7) == "hold"
    assert "asked to slow down" in s.why(7)


STORIES = {
    # settled is said by `before_open` 0; "talked" is `responded`
    "neither": (". . . .", "1 1 1 1", 5 * ["hold"]),
    "talked, not settled": ("yes . . .", "1 1 1 1", 5 * ["hold"]),
    "settled, not talked": (". . . .", "0 0 0 0", 5 * ["hold"]),
    "talked, then settled": ("yes . . .", "1 1 0 0", ["hold", "hold", "hold", "go_on", "go_on"]),
    "talked and settled in one": (". yes . .", "1 0 0 0", ["hold", "hold", "go_on", "go_on", "go_on"]),
    "settled, open again, then talked": (". . yes .", "0 1 1 0", ["hold", "hold", "hold", "hold", "go_on"]),
}


@pytest.mark.parametrize(("talked", "opened", "stances"), STORIES.values(), ids=STORIES)
def test_it_stands_until_the_two_have_talked_and_it_is_settled(talked: str, opened: str, stances: list[str]) -> None:
    s = after_calm(f"""
        session         7  8  9  10  11
        client_slow     1  0  0  0   0
        responded       .  {talked}
        before_open     0  {opened}
        between_settle  1  3  3  3   3
    """)
    assert s.stances()[6:] == stances


def test_it_says_which_of_the_two_is_still_missing() -> None:
    s = after_calm("""
        session         7  8    9  10
        client_slow     1  0    0  1
        responded       .  yes  .  .
        before_open     0  1    1  1
        between_settle  1  3    3  3
    """)
    both = "this stands until you have talked and the client answers that nothing is left open"
    one = "and you have talked; this stands until the client answers that nothing is left open"
    assert [both in s.why(n) for n in (7, 8, 9, 10)] == [True, False, False, True]  # a new press: to be talked about anew
    assert [one in s.why(n) for n in (7, 8, 9, 10)] == [False, True, True, False]


@pytest.mark.parametrize("settled", ["mid_settled 2", "between_settle 2", "before_open 0"])
def test_the_client_may_say_settled_in_three_ways(settled: str) -> None:
    name, value = settled.split()
    cells = {"before_open": "1  1", "between_settle": "1  3", name: f"1  {value}"}
    s = after_calm("session  7  8\nclient_slow  1  0\nresponded  .  yes\n" + "\n".join(f"{n}  {v}" for n, v in cells.items()))
    assert s.stances()[6:] == ["hold", "go_on"]


# what the client says in one check-in after the two have talked, and whether the brake is lifted
SAID_TOGETHER = [
    ({"before_open": 2, "between_settle": 2}, "hold", "quickly settled, yet it bothers a lot"),
    ({"before_open": 0, "between_settle": 7}, "hold", "nothing open, yet not settled"),
    ({"before_open": 2, "between_settle": 2, "mid_settled": 0}, "hold", "not settled midway, and it bothers a lot"),
    ({"before_open": 1, "between_settle": 2}, "go_on", "quickly settled, a little still open"),
    ({"before_open": 0, "between_settle": 5}, "go_on", "it took its time and nothing is open"),
]


@pytest.mark.parametrize(("said", "stance", "what"), SAID_TOGETHER, ids=[what for _, _, what in SAID_TOGETHER])
def test_one_calm_answer_does_not_lift_it_where_another_denies_it(said: dict[str, int], stance: str, what: str) -> None:
    s = after_calm("session  7  8\nclient_slow  1  0\nresponded  .  yes\n" + "\n".join(f"{n}  0  {v}" for n, v in said.items()))
    assert s.stances()[6:] == ["hold", stance]
    assert s.why(8).startswith("Hold: the client asked to slow down") == (stance == "hold")


def test_it_is_said_in_which_session_the_client_asked_last() -> None:
    s = after_calm("session  7 8 9 10\nclient_slow  1 0 2 0\nbefore_open  0 1 1 1")
    assert [s.why(session).rpartition("; ")[2].partition(".")[0] for session in (7, 8, 9, 10)] == [
        "asked in session 7", "asked in session 7", "asked in session 9", "asked in session 9",
    ]  # fmt: skip


def test_a_new_press_begins_anew() -> None:
    s = after_calm("""
        session      7  8    9  10  11
        client_slow  1  1    0  0   0
        responded    .  yes  .  .   yes
        before_open  0  0    0  0   0
    """)
    assert s.stances()[6:] == ["hold", "hold", "hold", "hold", "go_on"]


def test_it_holds_through_missed_sessions() -> None:
    s = after_calm("""
        session         7         8       9       10
        attendance      attended  missed  missed  attended
        absence_reason  .         ill     ill     .
        client_slow     1         .       .       0
    """)
    assert s.stances()[6:] == 4 * ["hold"]


def test_a_press_before_a_session_that_was_then_missed_counts() -> None:
    s = after_calm("""
        session         7         8       9
        attendance      attended  missed  attended
        absence_reason  .         ill     .
        client_slow     0         1       0
    """)
    assert s.stances()[6:] == ["go_on", "hold", "hold"]


def test_nothing_outweighs_it() -> None:
    """A wish for faster, everything quiet: the press still holds."""
    s = after_calm("""
        session      7  8
        client_wish  1  1
        client_slow  0  2
    """)
    assert s.stances()[6:] == ["deepen", "hold"]
