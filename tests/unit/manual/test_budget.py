"""The budget page's verdict: what is within, at and above the budget."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from andante.lab.figures import Share

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "budget.py"


@pytest.fixture(scope="module")
def budget():
    spec = importlib.util.spec_from_file_location("manual_budget_verdict", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def figures(watch, act):
    return SimpleNamespace(harmless_watch=Share(*watch), harmless_act=Share(*act))


WITHIN = figures((0.12, 0.11, 0.13), (0.03, 0.02, 0.035))
AT = figures((0.149, 0.143, 0.156), (0.041, 0.037, 0.045))
ABOVE = figures((0.16, 0.151, 0.17), (0.05, 0.045, 0.055))
MIXED = figures((0.149, 0.143, 0.156), (0.048, 0.043, 0.053))


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (WITHIN, "both shares are within the budget"),
        (AT, "both shares are at the budget"),
        (ABOVE, "both shares are above the budget"),
        (MIXED, "the share with any *watch* is at the budget, the share with any *act* above it"),
    ],
)
def test_the_interval_decides(budget, found, kept):
    said = budget.verdict({"episodes": found, "traits": WITHIN}, "episodes")
    assert said.startswith(f"On clients nothing was fitted on, {kept}. Of the families that were fitted on, none is above it.")


def test_families_above_it_are_named(budget):
    said = budget.verdict({"episodes": AT, "traits": WITHIN, "habits": MIXED, "loads": ABOVE}, "episodes")
    assert "`habits` (any *act*), `loads` (any *watch* and any *act*) are above it." in said
