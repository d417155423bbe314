"""What holds for every test: one browser for all that look at pages, and no test skips quietly where CI is set.

On a person's machine a test without its browser or its data skips by name. Where CI is set the run fails if any test
was skipped, except for want of the shared data (`ANDANTE_DATA`, else `../shared/data`), which no project may carry along.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# The same invented histories in every run, so that a failure belongs to what was changed; ANDANTE_FUZZ=1 tries new ones.
settings.register_profile("repeatable", derandomize=True, database=None)
if not os.environ.get("ANDANTE_FUZZ"):
    settings.load_profile("repeatable")

DATA = Path(os.environ.get("ANDANTE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
BROWSERS = (os.environ.get("ANDANTE_BROWSER", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if name and (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium():
    """The machine's own Chromium, driven by Playwright; one for all tests of a worker."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium, or name it in ANDANTE_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _skipped(config: pytest.Config) -> dict[str, int]:
    """How many tests were skipped for each reason."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    counts: dict[str, int] = {}
    for report in terminal.stats.get("skipped", []) if terminal else []:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _allowed(reason: str) -> bool:
    return str(DATA) in reason and not DATA.is_dir()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("CI") and not all(_allowed(reason) for reason in _skipped(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The count of tests, and of those that did not run, with the reason."""
    ran = sum(len(terminalreporter.stats.get(outcome, [])) for outcome in ("passed", "failed"))
    terminalreporter.write_line(f"{ran} tests were run.")
    for reason, count in sorted(_skipped(config).items()):
        verdict = "" if not os.environ.get("CI") or _allowed(reason) else " NOT ALLOWED WHERE CI IS SET"
        terminalreporter.write_line(f"{count} not run: {reason.removeprefix('Skipped: ')}{verdict}")
