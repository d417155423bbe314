"""The river as contracts: they hold, and a module without a place fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from andante.risks import NAMES, RISKS
from andante.weighing import weights

ROOT = Path(__file__).resolve().parents[2]
LINT = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Every contract, on the packages of this folder."""
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def copy(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "*.json", "static", "locale")
    )
    return tmp_path


def test_every_contract_holds():
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout
    assert " 0 broken." in found.stdout


@pytest.mark.parametrize(
    ("path", "code", "says"),
    [
        ("andante/utils.py", "", "andante.utils"),
        ("andante_clinic/helpers.py", "", "andante_clinic.helpers"),
        ("andante/words.py", "import andante.records", "andante.words -> andante.records"),
        ("andante/risks/trust.py", "import andante.risks.distress", "andante.risks.trust -> andante.risks.distress"),
        ("andante/lab/people.py", "import andante.usual", "andante.lab.people -> andante.usual"),
        ("andante/views/strip.py", "import socket", "andante.views.strip -> socket"),
        ("andante/kernels/steps.py", "import pyarrow", "andante.kernels.steps -> pyarrow"),
        ("andante/views/strip.py", "import polars", "andante.views.strip -> polars"),
        ("andante/flow.py", "import andante_clinic", "andante.flow -> andante_clinic"),
        ("andante_clinic/people/pins.py", "import andante.flow", "andante_clinic.people.pins -> andante.flow"),
        ("andante_clinic/people/pins.py", "import andante.deepening", "andante_clinic.people.pins -> andante.deepening"),
        ("andante/views/strip.py", "import requests", "andante.views.strip -> requests"),
        ("andante_clinic/journal/topics.py", "import andante_clinic.bridge", "andante_clinic.journal.topics -> andante_clinic.bridge"),
    ],
)
def test_what_breaks_a_contract(copy, path, code, says):
    place = copy / "src" / path
    text = place.read_text(encoding="utf-8") if place.exists() else ""
    place.write_text(f"{text}\n{code}\n", encoding="utf-8")
    found = lint(copy)
    assert found.returncode == 1
    assert says in " ".join(found.stdout.split())


def test_the_clinic_may_use_six_modules_of_the_instrument_and_each_other_one_is_named():
    """A module added later is either allowed here or forbidden there."""
    named = {c["name"]: c for c in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]}
    contract = next(contract for name, contract in named.items() if name.startswith("Outside its bridge the clinic uses only"))
    modules = {path.name.removesuffix(".py") for path in (ROOT / "src/andante").glob("[a-z]*") if path.suffix in ("", ".py")}
    assert modules - {name.removeprefix("andante.") for name in contract["forbidden_modules"]} == {
        "words", "errors", "records", "measures", "safety", "views",
    }  # fmt: skip


def test_the_ten_agree():
    """The list by hand, the files, the weights: the same ten, in the same order."""
    in_order = (
        "distress", "retraumatization", "disengagement", "trust", "integration",
        "boundaries", "experience", "regression", "unfinished", "ethics",
    )  # fmt: skip
    assert in_order == NAMES == tuple(weights())
    assert {path.stem for path in (ROOT / "src/andante/risks").glob("[a-z]*.py")} == set(in_order)
    assert all(risk.assess.__module__ == risk.module for risk in RISKS)
