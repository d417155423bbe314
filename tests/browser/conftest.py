"""A real browser before the real service: `andante demo`, started as a person would, and Chromium driven by Playwright.

The cast: Thea (therapist), Sam (supervisor), Max (manager), Omar (a therapist without a tie to Thea's clients), and
Amal on her phone. The browser is that of `tests/conftest.py`.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.browser.cast import DESKTOP, PEOPLE, Hand, code_of, follow, sign_in


def pytest_collection_modifyitems(items):
    """These tests share one service: on several workers they stay together on one."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass(frozen=True)
class Demo:
    """The running demo: where it is, a client's link, and everything it printed."""

    at: str
    link: str
    printed: str
    folder: Path


@contextmanager
def running(log, *verb, **settings):
    """A service as a person starts it: `running(log, "serve", ANDANTE_HOME=...)` gives its port and what it printed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "andante", *verb, "--port", str(port)]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment(**settings)) as server:
        try:
            for _ in range(3000):  # ten minutes: on a new and busy machine the instrument is compiled first
                if "Stop it with" in log.read_text() or server.poll() is not None:
                    break
                time.sleep(0.2)
            printed = log.read_text()
            assert server.poll() is None, printed
            assert "Stop it with" in printed, printed
            at = re.search(r"open at (http://localhost:\d+)", printed)[1]  # another port than asked for where that was taken meanwhile
            _wait_for(int(at.rsplit(":", 1)[1]))
            yield at, printed
        finally:
            server.terminate()


def environment(**settings):
    """This machine's environment without any setting of the clinic but these."""
    ours = ("ANDANTE_", "DATABASE_URL", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    folder, log = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("log") / "demo.log"
    with running(log, "demo", "--folder", str(folder)) as (at, printed):
        yield Demo(at, re.search(r"on their phone: (\S+)", printed)[1], printed, folder)


def _wait_for(port):
    """The service prints where it is a moment before it listens."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {port}")


@pytest.fixture(scope="session")
def signed_in(chromium, demo):
    """The cookies of each person, all signed in before the first page is opened: what one test does to how a person signs in
    (a passkey) is nothing to the others, whatever their order."""
    kept = {}
    for who, address in PEOPLE.items():
        context = chromium.new_context(base_url=demo.at)
        context.set_default_timeout(45_000)
        sign_in(context.new_page(), address)
        kept[who] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def window(chromium, demo, signed_in):
    """Open a window: `window("thea")` signed in, `window(None)` as a visitor; on a phone or a desktop, light or dark."""
    opened = []

    def open_window(who=None, size=DESKTOP, **more):
        more |= {"storage_state": signed_in[who]} if who else {}
        context = chromium.new_context(viewport=size, base_url=demo.at, **more)
        context.set_default_timeout(45_000)  # patience costs nothing where all is well, and a slow machine is no fault
        opened.append(context)
        page = context.new_page()
        page.errors = []
        page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def checkin(window):
    """A fresh check-in's link for a client of Thea's, by initials: `checkin("BC")`."""

    def offer(initials, kind="before"):
        page = window("thea")
        code = code_of(page, initials)
        page.goto(f"/clients/{code}/book/")
        page.get_by_label("When").fill("2032-03-01T10:00")
        follow(page.get_by_role("button", name="Make it"))
        number = max(int(n) for n in re.findall(rf"/clients/{code}/sessions/(\d+)/check-ins/", page.content()))
        page.goto(f"/clients/{code}/sessions/{number}/check-ins/")
        follow(page.locator(f"form[action$='/{kind}/offer/']").get_by_role("button", name="Make a link"))
        return code, number, page.locator(f"section[aria-labelledby=kind-{kind}] .link-text a").get_attribute("href")

    return offer


@pytest.fixture
def hand():
    return Hand
