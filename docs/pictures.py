"""Photographs the report of the example caseload in Chromium, for the README: `python docs/pictures.py`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
CLIENT = "C07"
WIDTH, MARGIN = 900, 12


def main() -> None:
    """One client's page: stance, pace chart and strip, down to what is raised."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = Path(folder) / "report.html"
        command = [sys.executable, "-m", "andante", "read", ROOT / "examples" / "caseload.csv", "--client", CLIENT, "--html", report]
        subprocess.run(command, check=True, capture_output=True)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(report.as_uri())
        client = page.locator("article.client")
        box, until = client.bounding_box(), client.locator(".card").first.bounding_box()
        assert box is not None
        assert until is not None
        height = until["y"] - box["y"] + 150
        clip = {"x": box["x"] - MARGIN, "y": box["y"] - MARGIN, "width": box["width"] + 2 * MARGIN, "height": height}
        page.screenshot(path=PICTURES / "client.png", clip=clip, full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
