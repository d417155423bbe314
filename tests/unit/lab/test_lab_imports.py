"""What makes and judges clients knows the session table and nothing of how readings are made: else it would judge its own reflection."""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from andante.lab.scenarios import JUDGING, TUNING

MAY = {"andante.records", "andante.words", "andante.errors", "numpy", "pyarrow", "rich"}
DOORS = ("andante.lab.simulator", "andante.lab.figures", "andante.lab.cutoffs", "andante.lab.sketch", "andante.lab.pacing")


def imports(module):
    """The modules that a module's source imports, standard library aside."""
    found = set()
    for node in ast.walk(ast.parse(Path(find_spec(module).origin).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if is_module(node.module, alias.name)}
    return {name for name in found if name.split(".")[0] not in sys.stdlib_module_names}


def is_module(package, name):
    inside = find_spec(package).submodule_search_locations if package.startswith("andante.lab") else None
    return bool(inside) and find_spec(f"{package}.{name}") is not None


def reached(doors):
    """Every module of the laboratory that these doors lead to."""
    seen, ahead = set(), list(doors)
    while ahead:
        module = ahead.pop()
        if module not in seen:
            seen.add(module)
            ahead += [name for name in imports(module) if name.startswith("andante.lab")]
    return sorted(seen)


@pytest.mark.parametrize("module", reached(DOORS))
def test_what_a_module_of_the_laboratory_imports(module):
    foreign = {name for name in imports(module) if not name.startswith("andante.lab")}
    assert {name for name in foreign if name not in MAY and name.split(".")[0] not in MAY} == set()


def test_the_doors_lead_to_every_family():
    assert {f"andante.lab.scenarios.{name}" for name in (*TUNING, JUDGING)} <= set(reached(DOORS))
