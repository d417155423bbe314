"""The report in a real browser: no accessibility fault, nothing wider than a phone, evidence by keyboard, nothing fetched."""

from __future__ import annotations

import os
import shutil

import pytest

from andante.views import html

BROWSER = os.environ.get("ANDANTE_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: install it, or name it in ANDANTE_BROWSER")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield opened
        opened.close()


@pytest.fixture
def report(tmp_path, caseload):
    path = tmp_path / "report.html"
    for session in range(1, 31):  # a long course, wider than a phone
        caseload.session("long", session, before_distress=5.0, intensity=4.0, bdi=20.0, levels={"trust": ("watch", 1, None, 0.4)})
    path.write_text(html.render(*caseload.tables()), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_accessibility_fault_and_nothing_sticks_out(browser, report, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert asked == [report]
    page.close()


def test_the_newest_session_is_seen_first_on_a_phone(browser, report):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(report)
    last = page.locator("article", has=page.get_by_role("heading", name="Client long", exact=True)).locator(".strip thead th").last
    box = last.bounding_box()
    assert 0 < box["x"] < 390
    page.close()


def test_a_cell_shows_its_evidence_when_it_is_reached_by_keyboard(browser, report):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report)
    mark = page.locator("#client-1 .mark").last
    tip = mark.locator(".tip")
    assert tip.bounding_box()["width"] <= 1
    mark.focus()
    assert tip.bounding_box()["width"] > 300
    assert "it was too much: 9 of 10" in tip.inner_text()
    page.close()


def test_it_prints_every_client_on_a_page_of_their_own(browser, report):
    page = browser.new_page()
    page.goto(report)
    page.emulate_media(media="print")
    assert page.locator("article").first.evaluate("element => getComputedStyle(element).breakBefore") == "page"
    assert page.locator(".disagree").first.is_visible()
    assert not page.locator(".skip").is_visible()
    page.close()
