"""The terminal: 80 columns, no color needed, words for everything."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from andante import reading
from andante.sentences import REASONS
from andante.views import terminal
from andante.views.caseload import gather


def _said(draw, encoding: str = "utf-8", width: int = 80, **options) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    draw(Console(file=stream, width=width, **options))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def _case(made, client_id):
    caseload = gather(*made.tables())
    (case,) = caseload.cases([caseload.find(client_id)])
    return case


def test_the_caseload_is_neediest_first_with_one_line_of_why(caseload):
    said = _said(lambda console: terminal.print_caseload(console, gather(*caseload.tables())))
    assert [line.rstrip() for line in said.splitlines()] == [
        "4 clients, 12 sessions. 2 need attention.",
        "client  raised   stance, and why",
        "ease-1  ◆ 1 act  Ease: it was too much twice: 8 and 9 of 10.",
        "hold-1  ◆ 1 act  Hold: felt heard 6, usually 9, two sessions in a row.",
        "Folded: 1 with nothing raised and 1 not enough to say yet.",
        "Something is raised in 42 % of these sessions, an act in 33 %.",  # in 5 of 12 and in 4
    ]


def test_everyone_has_a_line_where_that_is_asked_for(caseload):
    said = _said(lambda console: terminal.print_caseload(console, gather(*caseload.tables()), shown=None))
    lines = said.splitlines()
    assert lines[0].rstrip() == "4 clients, 12 sessions. 2 need attention."
    assert [line.split()[0] for line in lines[1:-1]] == ["client", "ease-1", "hold-1", "quiet-1", "unknown-1"]


def test_more_clients_than_a_screen_holds_are_counted(tables):
    for number in range(30):
        tables.session(f"c{number:02}", 1, stance="hold")
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables()), shown=25))
    assert "... and 5 more clients who need attention; --all shows everyone." in said
    assert "c24" in said
    assert "c25" not in said


def test_an_empty_table_says_what_to_do(tables):
    assert "Add rows for at least one client" in _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))


def test_where_nobody_could_be_judged_it_is_not_said_that_nobody_needs_attention(tables):
    for client in "ab":
        tables.session(client, 1, stance="unknown", rest="unknown", judged=0, why="Not enough to say yet; 0 of 10 could be judged.")
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    assert said.startswith("2 clients, 2 sessions. Nobody could be judged yet.")
    tables.session("c", 1, judged=1)
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    assert said.startswith("3 clients, 3 sessions. Nobody needs attention.")


def test_a_session_still_ahead_is_counted_as_such(waiting):
    said = _said(lambda console: terminal.print_caseload(console, gather(*waiting.tables())))
    assert said.startswith("1 client, 7 sessions and 1 ahead. ")


def test_the_session_its_day_and_that_it_is_the_last_agreed_one_are_said(tables, waiting):
    tables.session("a", 1, sessions_left=1).session("a", 2, sessions_left=0)
    lines = _said(lambda console: terminal.print_client(console, _case(tables, "a"))).splitlines()
    assert [line.rstrip() for line in lines[:2]] == ["a", "Session 2 · 16 Mar 2026. The last agreed session."]
    lines = _said(lambda console: terminal.print_client(console, _case(waiting, "a"))).splitlines()
    assert lines[1].rstrip() == "Session 8, ahead · 27 Apr 2026."


def test_nobody_in_need_is_said(tables):
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.session("a", 1).tables())))
    assert said.startswith("1 client, 1 session. Nobody needs attention.")


def test_one_client_level_evidence_since_and_responses(caseload):
    said = _said(lambda console: terminal.print_client(console, _case(caseload, "hold-1")))
    rows = {line.split("  ")[0]: line for line in said.splitlines()}
    assert rows["trust"].rstrip() == "trust              ·  ◆  ◆  ◆  act, since 2"
    assert rows["did not meet"].rstrip() == "did not meet             x"
    assert "   - Felt heard 6, usually 9 (mostly 8 to 10). From the client about the" in said
    assert "◆ trust · Trust hurt and not mended?  act: talk about it now, since session 2" in said
    assert "  Felt heard and respected, sessions 1 to 4: 6, 6, –, 6\n" in "\n".join(map(str.rstrip, said.splitlines()))
    assert "Clears when two sessions are back within what is usual." in said
    assert [line[:4] for line in said.splitlines() if line.startswith("  ") and line[3:4] == "."] == [
        "  1.",
        "  2.",
        "  3.",
        "  4.",
        "  5.",
    ]


@pytest.mark.parametrize("client_id", ["ease-1", "hold-1", "quiet-1", "unknown-1"])
def test_how_many_could_be_judged_is_said_once(caseload, client_id):
    assert _said(lambda console: terminal.print_client(console, _case(caseload, client_id)), width=200).count("could be judged") == 1


@pytest.mark.parametrize("client_id", ["ease-1", "hold-1", "quiet-1", "unknown-1"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(caseload, client_id, width):
    said = _said(lambda console: terminal.print_client(console, _case(caseload, client_id)), width=width)
    assert max(map(len, said.splitlines())) <= width


def test_a_long_course_shows_its_last_sessions(tables):
    for session in range(1, 61):
        tables.session("a", session, before_distress=4.0)
    head = next(
        line
        for line in _said(lambda console: terminal.print_client(console, _case(tables, "a"))).splitlines()
        if line.startswith("session")
    )
    assert head.split()[-1] == "60"
    assert head.split()[1] == "46"  # 15 columns of 3 beside the names and the words in 80 columns


def test_sessions_that_are_not_shown_are_told(tables):
    for session in range(1, 61):
        tables.session("a", session, before_distress=4.0, after_overwhelm=3)
    told = "Sessions 46 to 60 of 60; a wider window shows more."
    assert told in _said(lambda console: terminal.print_client(console, _case(tables, "a")))
    assert "a wider window" not in _said(lambda console: terminal.print_client(console, _case(tables, "a")), width=300)


def test_a_session_ahead_has_its_own_room(waiting):
    said = _said(lambda console: terminal.print_client(console, _case(waiting, "a")), width=200)
    harder = "The last session was rated 5: harder than that."  # 5 is more than a point above 3.6
    assert f"up to about 4 of 10. {harder} It could be anything from 2 to 5. Planned: 5. That is more" in " ".join(said.split())
    assert "Room today, session 8: up to about 4 of 10." in said
    assert "A research method, not clinically validated." in " ".join(said.split())
    assert next(line for line in said.splitlines() if line.startswith("session ")).rstrip().endswith("7  8  8 is ahead")


def test_an_id_is_folded_and_never_cut(tables):
    name = "made-from-a-hospital-number-and-a-cohort-0000000000017"
    tables.session(name, 1, stance="hold")
    for width in (60, 80):
        said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())), width=width)
        assert "".join(line[:18].strip() for line in said.splitlines()[2:-1]) == name
        assert max(map(len, said.splitlines())) <= width


def test_who_is_folded_is_told_with_who_wishes_for_more_and_who_has_a_note(tables):
    tables.session("a", 1).session("b", 1, stance="deepen").session("c", 1, stance="deepen")
    tables.session("d", 1, why="Go on, and take note: heard 6, usually 9; 10 of 10 could be judged.")
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    assert "Folded: 4 with nothing raised (2 want more: b and c; 1 with a note: d)." in " ".join(said.split())


def test_safety_and_the_brake_stand_where_nothing_else_is_raised(tables):
    brake = REASONS[reading.BRAKE][0] + "."
    tables.session("a", 1, safety="open", stance="hold").session("b", 1, stance="hold", why=brake)
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    rows = {line.split()[0]: line for line in said.splitlines() if line[:1] in ("a", "b")}
    assert rows["a"].startswith("a       safety ")
    assert rows["b"].startswith("b       asked to slow down  Hold:")
    one = _said(lambda console: terminal.print_client(console, _case(tables, "a")))
    assert "A safety item is open; it comes first. None of the ten is raised." in one


def test_without_color_the_words_are_the_same(caseload):
    case = _case(caseload, "ease-1")
    colored = _said(lambda console: terminal.print_client(console, case), force_terminal=True, color_system="truecolor")
    plain = _said(lambda console: terminal.print_client(console, case), force_terminal=True, no_color=True, color_system=None)
    assert "\x1b[" in colored
    assert "\x1b[3" not in plain
    assert "◆" in plain


def test_a_terminal_without_utf8_gets_plain_signs(caseload):
    said = _said(lambda console: terminal.print_client(console, _case(caseload, "ease-1")), encoding="ascii")
    assert said.splitlines()[1].rstrip() == "Session 5 - 6 Apr 2026."
    assert "# distress - More than can be used?" in said
    assert next(line for line in said.splitlines() if line.startswith("distress  ")).split()[1:6] == [".", ".", ".", "^", "#"]
    assert "? unknown  . quiet  ^ watch  # act" in said


def test_markup_in_an_id_is_only_text(tables):
    tables.session("[bold]x[/bold]", 1, stance="hold")
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    assert "[bold]x[/bold]" in said


def test_an_id_cannot_steer_the_terminal(tables):
    tables.session("\x1b[31mred\x07", 1, stance="hold")
    case = _case(tables, "\x1b[31mred\x07")
    said = _said(lambda console: (terminal.print_caseload(console, gather(*tables.tables())), terminal.print_client(console, case)))
    assert "\x1b" not in said
    assert "\x07" not in said
    assert said.count("?[31mred?") == 2


def test_an_id_keeps_what_joins_its_signs_so_that_it_can_be_copied(tables):
    family, word = "\U0001f469\u200d\U0001f467", "\u0645\u06cc\u200c\u062e"  # a mother and her daughter are one sign; a word with a gap
    for name in (family, word):
        tables.session(name, 1, stance="hold")
        assert name in _said(lambda console, name=name: terminal.print_client(console, _case(tables, name)))
    said = _said(lambda console: terminal.print_caseload(console, gather(*tables.tables())))
    assert family in said
    assert word in said
