"""The report in a real browser: no accessibility fault, nothing wider than a phone, evidence by keyboard, nothing fetched."""

from __future__ import annotations

import pytest

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


def test_it_prints_every_client_on_a_page_of_their_own(chromium, report):
    page = chromium.new_page()
    page.goto(report)
    page.emulate_media(media="print")
    assert page.locator("article").first.evaluate("element => getComputedStyle(element).breakBefore") == "page"
    assert page.locator(".disagree").first.is_visible()
    assert not page.locator(".skip").is_visible()
    page.close()
