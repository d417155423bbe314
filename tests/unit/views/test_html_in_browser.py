"""The report in a real browser: no accessibility fault, nothing wider than a phone, evidence by keyboard, nothing fetched."""

from __future__ import annotations

import re

import pytest

from andante.reading import BRAKE
from andante.sentences import REASONS
from andante.views import html


@pytest.fixture
def report(tmp_path, caseload):
    path = tmp_path / "report.html"
    for session in range(1, 31):  # a long course, wider than a phone
        caseload.session("long", session, before_distress=5.0, intensity=4.0, bdi=20.0, levels={"trust": ("watch", 1, None, 0.4)})
    path.write_text(html.render(*caseload.tables()), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_accessibility_fault_and_nothing_sticks_out(chromium, report, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert asked == [report]
    page.close()


@pytest.mark.parametrize("width", [390, 320])
def test_the_caseload_keeps_its_margins_on_a_phone(chromium, tmp_path, tables, width):
    tables.session("client-7", 1, stance="hold", why=REASONS[BRAKE][0])
    (path := tmp_path / "report.html").write_text(html.render(*tables.tables()), encoding="utf-8")
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    assert page.get_by_text("asked to slow down", exact=True).is_visible()
    right, margin = page.evaluate("""() => {
        const ends = [...document.querySelectorAll("#caseload, #caseload *")].map(one => one.getBoundingClientRect().right);
        return [Math.max(...ends), document.querySelector("#caseload").getBoundingClientRect().right];
    }""")
    assert right <= margin < width
    page.close()


def test_the_newest_session_is_seen_first_on_a_phone(chromium, report):
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.goto(report)
    last = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True)).locator(".strip thead th").last
    box = last.bounding_box()
    assert 0 < box["x"] < 390
    page.close()


def test_a_cell_shows_its_evidence_when_it_is_reached_by_keyboard(chromium, report):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report)
    mark = page.locator("#client-1 .mark").last
    tip = mark.locator(".tip")
    assert tip.bounding_box()["width"] <= 1
    mark.focus()
    assert tip.bounding_box()["width"] > 300
    assert "it was too much: 9 of 10" in tip.inner_text()
    page.close()


@pytest.mark.parametrize("width", [390, 360, 320])
def test_no_question_is_cut_on_a_phone(chromium, report, width):
    page = chromium.new_page(viewport={"width": width, "height": 700})
    page.goto(report)
    article = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True))
    right = article.evaluate("element => element.getBoundingClientRect().right")
    for row in article.locator(".strip tbody tr").all():
        words = row.locator("th > span")
        sides = words.evaluate("""element => {
            const range = document.createRange();
            range.selectNodeContents(element);
            const seen = range.getBoundingClientRect(), sign = element.closest("tr").lastElementChild.querySelector("svg");
            return [seen.left, seen.right, seen.bottom, sign.getBoundingClientRect().top];
        }""")
        assert 0 < sides[0] < sides[1] <= right
        assert sides[2] <= sides[3] + 1, "the question stands over the signs of its row, not on them"
    page.close()


def test_the_figures_begin_at_the_left_and_numbers_stand_under_each_other(chromium, report):
    page = chromium.new_page(viewport={"width": 390, "height": 700})
    page.goto(report)
    figures = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True)).locator("details.figures")
    figures.locator("summary").click()
    name, box = figures.locator("thead th").nth(1).bounding_box(), figures.locator(".scroll").bounding_box()
    assert box["x"] <= name["x"] < name["x"] + name["width"] <= box["x"] + box["width"]
    assert figures.locator("tbody td.figure").first.evaluate("element => getComputedStyle(element).textAlign") == "right"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_colors_are_forced_no_ground_of_ours_is_left_and_the_key_is_seen(chromium, report, scheme):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    page.goto(report)
    ground = "element => getComputedStyle(element).backgroundColor"
    assert page.locator(".axis").first.evaluate(ground) == page.locator("body").evaluate(ground)
    dot = page.locator("#client-1 .k-dot")
    assert dot.evaluate(ground) not in ("rgba(0, 0, 0, 0)", page.locator("body").evaluate(ground))
    page.close()


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_nothing_lies_over_the_chart_and_its_figures_stay_in_view(chromium, report, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(report)
    article = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True))
    scroller = article.locator(".sessions > .scroll")
    key, box = article.locator(".key.over").bounding_box(), scroller.bounding_box()
    assert key["y"] + key["height"] <= box["y"] + 1
    assert scroller.evaluate("element => element.scrollWidth > element.clientWidth")
    name = article.locator(".drawn-name").bounding_box()
    for place in (0, -10_000):  # its newest end, and its oldest
        scroller.evaluate("(element, place) => { element.scrollLeft = place }", place)
        ten = article.locator(".axis").first.get_by_text("10", exact=True).bounding_box()
        assert box["x"] <= ten["x"] <= ten["x"] + ten["width"] <= box["x"] + box["width"]
        assert box["x"] - 1 <= name["x"] <= name["x"] + name["width"] <= box["x"] + box["width"] + 1
    page.close()


def test_the_strip_in_print_has_its_numbers_under_those_of_the_chart_and_is_large_enough(chromium, report):
    page = chromium.new_page(viewport={"width": 688, "height": 900})
    page.goto(report)
    page.emulate_media(media="print")
    article = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True))
    assert article.locator(".strip thead th").first.evaluate("element => getComputedStyle(element).position") == "static"
    size = (
        article.locator(".strip th").nth(5).evaluate("element => parseFloat(getComputedStyle(element).fontSize) * element.currentCSSZoom")
    )
    assert size * 0.75 >= 8.5  # points
    heads = article.locator(".strip thead th:visible").filter(has_text=re.compile(r"^\d+$"))
    numbers = article.locator(".chart").first.locator(".numbers_marks text:visible")
    assert heads.all_inner_texts() == numbers.all_text_contents()
    for at in (0, -1):
        one, other = heads.nth(at).bounding_box(), numbers.nth(at).bounding_box()
        assert abs(one["x"] + one["width"] / 2 - other["x"] - other["width"] / 2) < 4
    assert not article.locator("details.figures").is_visible()
    assert page.locator(".caseload .group").first.evaluate("element => getComputedStyle(element).breakAfter") == "avoid"
    page.close()


def test_it_prints_every_client_on_a_page_of_their_own(chromium, report):
    page = chromium.new_page()
    page.goto(report)
    page.emulate_media(media="print")
    assert page.locator("article").first.evaluate("element => getComputedStyle(element).breakBefore") == "page"
    assert page.locator(".disagree").first.is_visible()
    assert not page.locator(".skip").is_visible()
    whose = page.locator("#client-1 .on-paper")
    assert whose.is_visible()
    page.emulate_media(media="screen")
    assert not whose.is_visible()
    page.close()
