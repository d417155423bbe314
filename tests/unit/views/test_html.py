"""The report: complete in itself, sound as HTML, readable without eyes, safe whatever the table holds."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andante import reading
from andante.batch import local
from andante.intake.files import check_table
from andante.risks import RISKS
from andante.sentences import REASONS
from andante.views import html
from andante.views.caseload import gather

HOSTILE = """<script>alert("1")</script>' onmouseover='alert(2)" & {{ 7*7 }} </title></style>"""
BRAKE = REASONS[reading.BRAKE][0] + "."


@pytest.fixture
def report(caseload) -> str:
    return html.render(*caseload.tables())


@pytest.fixture
def page(report, read_page):
    return read_page(report)


# Complete in itself


def test_nothing_outside_is_fetched_and_nothing_runs(report, page):
    assert "http" not in report.casefold()
    assert not page.all("script", "link", "img", "iframe", "object", "base", "form")
    assert "@import" not in report
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", report)
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on") or name in ("src", "srcset", "action")]


def test_every_link_leads_somewhere_on_the_page(page):
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    wanted = [a.attributes["href"] for a in page.all("a", "use")]
    wanted += [match for element in page.all() for match in re.findall(r"#[\w-]+(?=\))", element.attributes.get("fill", ""))]
    assert wanted
    assert {href.removeprefix("#") for href in wanted} <= set(ids)


# Readable without eyes


def test_language_landmarks_and_skip_link(page):
    (document,) = page.all("html")
    assert document.attributes["lang"] == "en"
    assert [len(page.all(tag)) for tag in ("main", "footer", "h1")] == [1, 1, 1]
    assert [element.text for element in page.all("head")[0].all("title")] == ["Who needs attention, and why"]
    first = next(element for element in page.all("a"))
    assert first.attributes == {"class": "skip", "href": "#content"}
    assert page.by_id("content").tag == "main"


def test_headings_never_skip_a_level(page):
    levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_says_what_it_is(page):
    drawings = page.all("svg")
    assert drawings
    for drawing in drawings:
        if drawing.attributes.get("aria-hidden") == "true":
            continue
        assert drawing.attributes["role"] == "img"
        named = [page.by_id(name) for name in drawing.attributes["aria-labelledby"].split()]
        assert [element.tag for element in named] == ["title", "desc"]
        assert all(element.text for element in named)


def test_every_sign_of_the_sprite_has_a_title_and_a_description(page):
    symbols = page.all("symbol")
    assert [symbol.attributes["id"] for symbol in symbols] == ["level-unknown", "level-quiet", "level-watch", "level-act"]
    assert all(child.own_text for symbol in symbols for child in symbol.all("title", "desc"))


def test_every_name_that_is_referred_to_exists(page):
    for element in page.all():
        for name in element.attributes.get("aria-labelledby", "").split():
            assert page.by_id(name).text


def test_every_cell_of_the_strip_has_words(page):
    for strip in page.with_class("strip"):
        cells = strip.all("td")
        assert cells
        assert all(re.search(r"\b(unknown|quiet|watch|act)\b", cell.text.casefold()) for cell in cells)
        assert all(row.children[0].attributes["scope"] == "row" for row in strip.all("tbody")[0].all("tr"))


def test_cells_with_evidence_and_only_those_can_be_reached_by_keyboard(page):
    client = page.by_id("client-1")
    reached = [element for element in client.with_class("strip")[0].all() if element.attributes.get("tabindex") == "0"]
    assert [element.text for element in reached] == [
        "Session 4 · More than can be used? Watch: it was too much: 8 of 10.",
        "Session 5 · More than can be used? Act: it was too much: 9 of 10.",
    ]


def test_wide_things_can_be_scrolled_by_keyboard(page):
    for element in page.with_class("scroll"):
        assert element.attributes["tabindex"] == "0"
        assert element.attributes["role"] == "region"
        assert element.attributes["aria-label"]


# What it says


def test_a_clients_page_says_stance_reason_change_and_room(page):
    client = page.by_id("client-1")
    assert client.with_class("stance")[0].text == "Ease"
    assert client.with_class("reason")[0].text == "It was too much twice: 8 and 9 of 10."
    assert [item.text for item in client.with_class("changes")[0].all("li")] == [
        "From Go on to Ease.",
        "More than can be used? Up from watch to act.",
    ]
    assert client.with_class("lead")[0].text == "Lighter than last time, until the two of you have talked"
    assert "Once the stance lifts: up to about 4 of 10." in client.with_class("room")[0].text
    assert "It could be anything from 2 to 6." in client.with_class("room")[0].text  # 4.2 -+ 2


def test_a_raised_risk_is_a_card_with_its_next_steps(page):
    (card,) = page.by_id("client-1").with_class("card")
    distress = RISKS[0]
    assert card.all("h4")[0].text == distress.title
    assert "Act: talk about it now" in card.text
    assert "since session 5" in card.text
    assert "It was too much: 9 of 10." in card.text
    assert "Clears when the next session is below 8." in card.text
    shown = [item.own_text for item in card.with_class("responses")[0].all("li")]
    assert shown == [distress.responses[place].text for place in (1, 0, 2, 3, 4)]  # what answers the heat comes first


def test_the_figures_of_the_chart_are_there_as_a_table(page):
    table = page.by_id("client-1").with_class("figures")[0].all("table")[0]
    rows = [[cell.text for cell in row.children] for row in table.all("tr")]
    assert rows[0] == [
        "session",
        "when",
        "came?",
        "distress before",
        "usually",
        "“too much” after",
        "how demanding",
        "pace ceiling",
        "trauma work",
        "stance",
    ]
    assert rows[4] == ["4", "30 Mar 2026", "came", "7", "3 to 6", "8", "5", "4.2", "yes", "Go on"]


def test_not_enough_is_said_openly(page):
    client = page.by_id("client-4")
    assert client.with_class("stance")[0].text == "Not enough to say yet"
    assert client.with_class("lead")[0].text == "Not enough to say yet"
    assert "none of the ten questions could be judged" in client.text
    assert not client.with_class("chart")


def test_no_advice_on_pace_while_a_safety_item_is_open(tables, read_page):
    page = read_page(html.render(*tables.session("a", 1, stance="hold", safety="open", ceiling=5.0, confidence=0.5).tables()))
    assert page.with_class("stance")[0].text == "Safety first"
    assert page.with_class("lead")[0].text == "No advice on pace while a safety item is open"
    assert not page.with_class("bar")


def test_a_session_ahead_has_its_own_room_its_plan_and_its_ceiling(waiting, read_page):
    page = read_page(html.render(*waiting.tables()))
    client = page.by_id("client-1")
    room = client.with_class("room")[0]
    assert room.all("h3")[0].text == "Room today, session 8"
    assert client.with_class("lead")[0].text == "Up to about 4 of 10"
    assert "Planned: 5. That is more than the room there is: the two of you could take a smaller step today" in room.text
    assert "session 8, ahead" in client.all("header")[0].text
    figures = client.with_class("figures")[0]
    at = [name.text for name in figures.all("thead")[0].all("th")].index("pace ceiling")
    rows = [[cell.text for cell in row.children] for row in figures.all("tbody")[0].all("tr")]
    assert [(row[0], row[at]) for row in rows[-2:]] == [("7", "5.2"), ("8, ahead", "3.6")]
    assert [name.text for name in client.with_class("strip")[0].all("thead")[0].all("th")][-2:] == ["7", "8, ahead"]


def test_a_standing_wish_for_slower_is_told_with_the_room(tables, read_page):
    for session, wish in ((1, None), (2, -1), (3, None)):
        tables.session("a", session, client_wish=wish, ceiling=6.0)
    room = read_page(html.render(*tables.tables())).by_id("client-1").with_class("room")[0]
    assert "The client wishes it slower: that comes first, so no more than last time until the two of you have talked." in room.text


def test_without_a_session_ahead_the_room_is_for_next_time(page):
    assert page.by_id("client-1").with_class("room")[0].all("h3")[0].text == "Room next time"


def test_the_key_names_what_is_drawn_and_nothing_else(page):
    key = page.by_id("client-1").with_class("over")[0]
    assert [item.text for item in key.all("li")] == [
        "distress before", "usual distress", "“too much” after", "above their line", "how demanding", "pace ceiling", "■trauma work",
    ]  # fmt: skip
    assert [item.attributes.get("class", "") for item in key.all("li")][-2:] == ["", "narrow"]  # its name stands beside its lane too


def test_the_figures_of_the_axis_are_drawn_again_to_stay_in_view(page):
    axis = page.by_id("client-1").with_class("axis")[0]
    assert sorted(label.own_text for label in axis.all("text")) == [
        "0", "10", "5", "session", "trauma work",
    ]  # fmt: skip
    assert axis.with_class("names")[0].all("text")[0].own_text == "trauma work"
    assert axis.attributes["aria-hidden"] == "true"


def test_how_many_could_be_judged_is_said_once_in_the_head(tables, read_page):
    tables.session("a", 1, why="Go on: nothing stands out; 9 of 10 could be judged.", judged=9, levels={"trust": ("watch", 1, None, 0.4)})
    tables.session("b", 1, stance="hold", why="Hold: felt heard 6.", judged=9, levels={"trust": ("watch", 1, None, 0.4)})
    tables.session("c", 1, why="Go on: nothing stands out; 9 of 10 could be judged.", judged=9)
    page = read_page(html.render(*tables.tables()))
    for client in page.all("article"):
        assert client.all("header")[0].text.count("9 of 10 could be judged") == 1


def test_the_last_agreed_session_is_told_beside_its_day(tables, read_page):
    tables.session("a", 1, sessions_left=0, stance="hold", why="Hold: felt heard 6.")
    head = read_page(html.render(*tables.tables())).by_id("client-1").all("header")[0]
    assert "session 1 · 9 Mar 2026 · The last agreed session. 10 of 10 could be judged" in head.text


def test_a_last_session_harder_than_the_room_is_named_right_there(tables, read_page):
    tables.session("a", 1, intensity=8, ceiling=5.0, confidence=0.6)
    tables.session("b", 1, intensity=8, ceiling=5.0, confidence=0.6, stance="hold", why="Hold: felt heard 6.")
    hold, free = (client.with_class("room")[0].text for client in read_page(html.render(*tables.tables())).all("article"))
    assert "10 as hard as it gets The last session was rated 8: harder than that." not in free  # what is only for the eye is not read
    assert "Up to about 5 of 10" in free
    assert "The last session was rated 8: harder than that." in free
    assert "Once the stance lifts: up to about 5 of 10. The last session was rated 8: harder than that." in hold


def test_beside_the_clients_own_brake_no_figure_is_held_out(tables, read_page):
    tables.session("a", 1, intensity=8, ceiling=5.0, confidence=0.6, stance="hold", why=BRAKE)
    room = read_page(html.render(*tables.tables())).by_id("client-1").with_class("room")[0]
    assert room.text == "Room next time No more than last time, until the two of you have talked"


def test_a_card_shows_the_answers_that_it_rests_on(page):
    (card,) = page.by_id("client-2").with_class("card")
    assert [line.text for line in card.with_class("series")[0].all("li")] == ["Felt heard and respected, sessions 1 to 4: 6, 6, –, 6"]


def test_the_second_sheet_says_whose_it_is(page):
    raised = page.by_id("client-1").with_class("raised")[0]
    assert raised.all("h3")[0].with_class("on-paper")[0].text == "Client ease-1 · session 5 · 6 Apr 2026"
    assert not page.by_id("client-3").with_class("raised")  # nothing is raised: said in the head, no sheet of its own
    assert "Nothing is raised." in page.by_id("client-3").all("header")[0].text


def test_figures_stand_under_each_other_and_words_do_not(page):
    figures = page.by_id("client-1").with_class("figures")[0]
    right = [name.text for name in figures.all("thead")[0].all("th") if name.attributes.get("class") == "figure"]
    assert right == ["distress before", "usually", "“too much” after", "how demanding", "pace ceiling"]
    (first, *_) = figures.all("tbody")[0].all("tr")
    assert [cell.attributes.get("class", "") for cell in first.children] == ["", "", "", *["figure"] * 5, "", ""]


def test_no_response_says_twice_to_take_it_along(page):
    assert "Take along" not in page.text
    assert "With others Take it to supervision if" in page.text


# Whatever the table holds


def test_ids_are_only_ever_text(tables, read_page):
    tables.session(HOSTILE, 1, levels={"trust": ("watch", 1, "heard_low", 0.4)}, before_distress=5.0, why=f"felt heard 3 {HOSTILE}")
    tables.detail(HOSTILE, 1, "trust", "heard_low", f"felt heard {HOSTILE}", clears=HOSTILE)
    report = html.render(*tables.tables())
    page = read_page(report)
    assert not page.all("script")
    assert not [name for element in page.all() for name in element.attributes if name.startswith("on")]
    assert page.by_id("client-1").all("h2")[0].own_text == f"Client {HOSTILE}"  # not 49 for {{ 7*7 }} either


@given(client=st.text(min_size=1, max_size=30), said=st.text(max_size=40), level=st.sampled_from(["unknown", "quiet", "watch", "act"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_page(read_page, new_tables, client, said, level):
    made = new_tables().session(client, 1, why=said, levels={"trust": (level, 1, "heard_low", 0.4)})
    made.detail(client, 1, "trust", "heard_low", said, clears=said)
    page = read_page(html.render(*made.tables()))
    assert len(page.all("article")) == 1
    assert len(page.with_class("strip")[0].all("td")) == 10
    assert not page.all("script")


def test_one_client_with_one_session(tables, read_page):
    page = read_page(html.render(*tables.session("a", 1, before_distress=3.0).tables()))
    assert "The first session: there is nothing to compare it with yet." in page.by_id("client-1").text
    assert len(page.with_class("chart")) == 1


def test_readings_alone_are_enough(caseload, read_page):
    sessions, readings, *_ = caseload.tables()
    page = read_page(html.render(sessions.select(["client_id"]), readings))
    assert len(page.all("article")) == 4
    assert "It stands from an earlier session; no answer has cleared it yet." in page.by_id("client-1").with_class("card")[0].text
    assert not page.with_class("chart")


def test_a_table_that_knows_only_days(caseload, read_page):
    sessions, readings, *_ = caseload.tables()
    days = pa.array([float(7 * n) for n in range(readings.num_rows)])
    readings = readings.set_column(2, "day", days)
    page = read_page(html.render(sessions.select(["client_id"]).append_column("day", days), readings))
    assert "session 5 day 28" in page.by_id("caseload").text


def test_a_measure_without_any_check_in_is_drawn_too(tables, read_page):
    for session, score in enumerate((20, 18, 30), 1):
        tables.session("a", session, bdi=score)
    page = read_page(html.render(*tables.tables()))
    assert len(page.with_class("chart")) == 1
    assert page.with_class("drawn-name")[0].own_text == "Depression (BDI)"


def test_the_same_tables_make_the_same_page(caseload):
    assert html.render(*caseload.tables()) == html.render(*caseload.tables())


def test_a_client_of_twenty_sessions_stays_small(tables):
    for session in range(1, 21):
        tables.session("a", session, before_distress=5.0, after_overwhelm=3.0, intensity=4.0, levels={"trust": ("watch", 1, None, 0.4)})
    report = html.render(*tables.tables())
    strip = report[report.index('<table class="strip') : report.index("</table>", report.index('<table class="strip'))]
    assert len(strip.encode()) < 25_000
    assert len(report.encode()) < 90_000


def test_the_measure_that_is_drawn_is_the_one_that_is_raised():
    """PHQ-9 is asked more often and stays where it is; trauma symptoms are 25 points worse."""
    rows = {
        "client_id": ["c"] * 8,
        "session": list(range(1, 9)),
        "phq9": [12.0, 11.0, 12.0, 11.0, 12.0, 11.0, 12.0, 11.0],
        "pcl5": [30.0, None, None, 30.0, None, None, 50.0, 55.0],
    }
    sessions = check_table(pa.table(rows))
    read = local.read(sessions, details=True)
    caseload = gather(sessions.table, read.readings, read.details, read.bands, read.marks)
    (case,) = caseload.cases(caseload.lines)
    assert case.findings()
    assert html.main_measure(case).name == "pcl5"
    calm = replace(case, readings=case.readings[:3], sessions=case.sessions[:3])
    assert html.main_measure(calm).name == "phq9"
