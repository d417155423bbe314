"""The manual: pages that come from the code are current, examples run, links lead somewhere, the budget is of this engine."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def script(name: str) -> ModuleType:
    """A script of the manual as a module."""
    spec = importlib.util.spec_from_file_location(f"manual_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_pages_from_the_code_are_current():
    stale = [str(path.relative_to(ROOT)) for path, text in script("pages").pages().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "To mend it: make docs"


def test_every_risk_has_its_page_and_no_other_has():
    from andante.risks import NAMES

    assert {path.stem for path in (DOCS / "risks").glob("*.md")} == {*NAMES, "README"}


@pytest.mark.parametrize("risk", sorted((ROOT / "src/andante/risks").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_risk_file_has_its_five_headings_in_order(risk):
    docstring = risk.read_text(encoding="utf-8").split('"""')[1]
    found = re.findall(r"^(Asks|Needs|How|Says nothing when|Sources): \S", docstring, re.MULTILINE)
    assert found == ["Asks", "Needs", "How", "Says nothing when", "Sources"]


def test_a_stale_page_is_named(tmp_path, monkeypatch, capsys):
    pages = script("pages")
    monkeypatch.setattr(pages, "pages", lambda: {DOCS / "README.md": "another text"})
    assert pages.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/README.md is not what the code says. To mend it: make docs\n"


def test_the_budget_page_is_of_this_engine():
    page = (DOCS / "the-budget.md").read_text(encoding="utf-8")
    made_by = re.search(r"weights, priors and gates: `(\w+)`", page)
    assert made_by is not None
    assert made_by[1] == script("budget").fingerprint(), "weights, priors or gates have changed since. To mend it: make figures"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_manual_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(#[^)\s]*)?\)", text)
    missing = [target for target, _ in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []
    for target, anchor in targets:
        if anchor and target.endswith(".md"):
            assert anchor[1:] in anchors(page.parent / target), f"{target}{anchor}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_block_of_the_python_page_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 5
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    printed = capsys.readouterr().out
    rows = len((ROOT / "examples/caseload.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"{rows} problems, the first: table, row 1, column after_heard" in printed
    assert "| distress | 10 |" in printed


def test_the_python_example_runs():
    ran = subprocess.run([sys.executable, ROOT / "examples" / "python_api.py"], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^\d+ of 24 clients need attention:$", ran.stdout, re.MULTILINE)
    assert "C12  hold  Safety first" in ran.stdout


def test_the_example_caseload_is_what_its_script_makes():
    import polars as pl

    sys.path.insert(0, str(ROOT / "examples"))
    try:
        import caseload
    finally:
        sys.path.remove(str(ROOT / "examples"))
    assert caseload.caseload().write_csv() == pl.read_csv(ROOT / "examples" / "caseload.csv", infer_schema=False).write_csv()
