"""The cast of the browser's tests, the screens they use, and a hand that counts."""

import re

from playwright.sync_api import Locator

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PASSWORD = "slow and steady"
PEOPLE = {
    "thea": "thea@demo.example",
    "omar": "omar@demo.example",
    "sam": "sam@demo.example",
    "max": "max@demo.example",
    "ada": "ada@demo.example",
}


def sign_in(page, address):
    page.goto("/accounts/login/")
    page.fill("#id_login", address)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def code_of(page, initials):
    """The code of one of the therapist's clients, from *Today*."""
    page.goto("/today/")
    for fold in page.locator("details:not([open]) > summary").all():
        fold.click()
    row = page.locator("a.row", has=page.locator(".who", has_text=re.compile(rf"^{initials}"))).first
    return row.get_attribute("href").split("/")[2]


def follow(locator):
    """Click what leads to another page and wait until that page is there: a click alone may return before it."""
    with locator.page.expect_navigation():
        locator.click()


class Hand:
    """A hand that counts: taps, and keystrokes."""

    def __init__(self, page):
        self.page, self.taps, self.keys = page, 0, 0

    def tap(self, locator, through=Locator.click):
        through(locator)
        self.taps += 1

    def type(self, locator, words):
        self.tap(locator)
        locator.press_sequentially(words)
        self.keys += len(words)
