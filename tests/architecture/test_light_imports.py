"""What is imported when: nothing heavy by `import andante` or `andante --help`, and no risk by the simulator."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pyarrow", "polars", "pandas", "duckdb", "altair", "jinja2", "statsmodels", "sklearn", "django", "matplotlib")
PRINT_MODULES = "; import sys, json; print('\\n' + json.dumps(sorted(sys.modules)))"


def modules_after(code: str) -> list[str]:
    """Everything that is imported in a new process once this code has run."""
    ran = subprocess.run([sys.executable, "-c", code + PRINT_MODULES], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def heavy(modules: list[str]) -> list[str]:
    return [name for name in modules if name.split(".")[0] in HEAVY]


HELP = """
import sys
sys.argv = ["andante", {arguments}]
try:
    from andante.__main__ import main
    main()
except SystemExit as done:
    assert not done.code, done.code
pass"""


def test_importing_andante_imports_nothing_heavy() -> None:
    assert heavy(modules_after("import andante")) == []


@pytest.mark.parametrize("arguments", ['"--help"', '"read", "--help"', '"--version"'])
def test_help_imports_nothing_heavy(arguments: str) -> None:
    found = heavy(modules_after(HELP.format(arguments=arguments)))
    assert [name for name in found if name.split(".")[0] != "rich"] == []


def test_the_heavy_list_would_catch_something() -> None:
    """A test of the test: reading a table does import NumPy and Arrow."""
    assert {"numpy", "pyarrow"} <= set(heavy(modules_after("import andante.flow")))


@pytest.mark.parametrize("module", ["andante.lab.simulator", "andante.lab.scenarios", "andante.lab.worlds"])
def test_who_makes_clients_knows_nothing_of_how_they_are_read(module: str) -> None:
    found = modules_after(f"import {module}")
    readers = (
        "andante.risks",
        "andante.risk",
        "andante.usual",
        "andante.events",
        "andante.alerts",
        "andante.reading",
        "andante.ceiling",
        "andante.flow",
    )
    assert [name for name in found if name in readers or name.startswith("andante.risks.")] == []


def test_the_instrument_never_imports_the_clinic() -> None:
    found = modules_after("import andante.flow, andante.cli.main, andante.lab.simulator, andante.views.html")
    assert [name for name in found if name.startswith(("andante_clinic", "django"))] == []


@pytest.mark.parametrize("module", ["andante.kernels.steps", "andante.kernels.student", "andante.kernels.regression"])
def test_kernels_know_numpy_and_scipy_alone(module: str) -> None:
    found = {name.split(".")[0] for name in heavy(modules_after(f"import {module}"))}
    assert found <= {"numpy", "scipy"}
