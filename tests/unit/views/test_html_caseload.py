"""The head of the report and its caseload table: who is in it, in which order, and what is said of them all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from andante import reading
from andante.sentences import REASONS
from andante.views import html
from andante.views.caseload import gather

BRAKE = REASONS[reading.BRAKE][0] + "."


@pytest.fixture
def page(caseload, read_page):
    return read_page(html.render(*caseload.tables()))


def test_the_caseload_holds_everyone_neediest_first(page):
    table = page.by_id("caseload").all("table")[0]
    ids = [row.children[0].text for row in table.all("tr") if "group" not in row.attributes.get("class", "")]
    assert ids == ["Client", "ease-1", "hold-1", "quiet-1", "unknown-1"]
    assert [body.attributes["class"] for body in table.all("tbody")] == ["ease", "hold", "quiet", "unknown"]


def test_the_hundred_neediest_get_a_page_and_everyone_does_on_request(tables, read_page):
    for number in range(103):
        tables.session(f"c{number:03}", 1, stance="hold" if number == 102 else "go_on")
    page = read_page(html.render(*tables.tables()))
    assert len(page.all("article")) == 100
    assert page.by_id("client-1").all("h2")[0].text == "Client c102"
    assert len(page.by_id("caseload").all("a")) == 100
    assert "3 more are in the table only" in page.by_id("caseload").text
    assert "c101" in page.by_id("caseload").text
    assert len(read_page(html.render(*tables.tables(), all_clients=True)).all("article")) == 103


def test_the_quiet_group_says_who_wishes_for_more_or_has_a_note(tables, read_page):
    tables.session("a", 1).session("b", 1, stance="deepen", why="Deepen: the client wishes for more; 10 of 10 could be judged.")
    tables.session("c", 1, why="Go on, and take note: heard 6, usually 9; 10 of 10 could be judged.")
    page = read_page(html.render(*tables.tables()))
    assert page.with_class("group")[0].text == "Nothing raised 3 (1 wants more: b; 1 with a note: c)"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"safety": "open", "stance": "hold"}, "safety"),
        ({"stance": "hold", "why": BRAKE}, "asked to slow down"),
        ({}, "none"),
    ],
)  # fmt: skip
def test_beside_safety_and_the_brake_stands_no_none(tables, read_page, given, said):
    page = read_page(html.render(*tables.session("a", 1, **given).tables()))
    assert page.with_class("signs")[0].text == said


def test_a_report_about_one_client_is_titled_by_the_client(caseload, read_page):
    load = gather(*caseload.tables())
    page = read_page(html.page(replace(load, lines=(load.find("hold-1"),))))
    assert page.all("h1")[0].text == page.all("head")[0].all("title")[0].text == "Client hold-1"
    assert "1 client, 4 sessions." in page.all("header")[0].text


def test_of_one_client_no_share_of_sessions_is_told(caseload, read_page):
    load = gather(*caseload.tables())
    assert "Something is raised in" in read_page(html.page(load)).all("header")[0].text
    assert "Something is raised in" not in read_page(html.page(replace(load, lines=(load.find("hold-1"),)))).text


def test_the_head_says_up_to_which_day_the_sessions_go(page, waiting, read_page):
    assert "4 clients, 12 sessions. Sessions up to 6 Apr 2026. Ease: 1" in page.all("header")[0].text  # five weeks after 2 March
    assert (
        "1 client, 7 sessions and 1 ahead. Sessions up to 27 Apr 2026." in read_page(html.render(*waiting.tables())).all("header")[0].text
    )


def test_where_nobody_could_be_judged_the_head_says_so(tables, read_page):
    tables.session("a", 1, stance="unknown", rest="unknown", judged=0)
    assert "Nobody could be judged yet." in read_page(html.render(*tables.tables())).all("header")[0].text


def test_everyone_who_needs_attention_gets_a_page(tables, read_page):
    for number in range(105):
        tables.session(f"c{number:03}", 1, stance="hold" if number < 102 else "go_on")
    page = read_page(html.render(*tables.tables()))
    assert len(page.all("article")) == 102
    assert "3 more are in the table only" in page.by_id("caseload").text


@pytest.mark.parametrize(("quiet", "folded"), [(30, False), (31, True)])
def test_many_clients_with_nothing_raised_are_folded(tables, read_page, quiet, folded):
    tables.session("held", 1, stance="hold")
    for number in range(quiet):
        tables.session(f"c{number:03}", 1)
    caseload = read_page(html.render(*tables.tables())).by_id("caseload")
    folds = caseload.with_class("folded")
    assert bool(folds) == folded
    assert sum(len(row.all("td")) == 3 for row in caseload.all("tr")) == 1 + quiet  # everyone is there all the same
    if folded:
        assert folds[0].all("summary")[0].text == "Nothing raised: 31"
        assert [row.children[0].text for row in caseload.all("table")[0].all("tr")][1:] == ["Hold 1", "held"]


def test_an_empty_table_is_a_page_that_says_what_to_do(tables, read_page):
    page = read_page(html.render(*tables.tables()))
    assert "Add rows for at least one client" in page.by_id("caseload").text
    assert not page.all("article")
