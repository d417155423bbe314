"""Only a process of Andante's own is set up for long work; whoever calls the verbs from theirs keeps it as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from andante.cli import process
from andante.cli.main import main

TABLE = "client_id,session,after_heard\nA,1,7\nA,2,6\n"
ASK = """
import sys
from andante.cli import process
from andante.cli.main import main
process.claim()
print(main(), sys.getswitchinterval(), "pandas" in sys.modules)
"""


def test_the_command_takes_short_turns_and_loads_no_pandas(tmp_path: Path) -> None:
    table = tmp_path / "sessions.csv"
    table.write_text(TABLE, encoding="utf-8")
    arguments = [sys.executable, "-c", ASK, "read", str(table), "--out", str(tmp_path / "readings.csv")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    code, interval, pandas = done.stdout.split()
    assert (code, float(interval), pandas) == ("0", pytest.approx(process.TURN), "False")


def test_a_process_of_somebody_else_stays_as_it_is(tmp_path: Path) -> None:
    table, before = tmp_path / "sessions.csv", (sys.getswitchinterval(), list(sys.meta_path))
    table.write_text(TABLE, encoding="utf-8")
    assert main(["read", str(table), "--out", str(tmp_path / "readings.csv")]) == 0
    assert (sys.getswitchinterval(), sys.meta_path) == before


@pytest.mark.parametrize(("settled", "told"), [(True, "said\n"), (False, "said\ntidied\n")])
def test_a_settled_process_says_what_it_has_to_and_is_gone(settled, told):
    script = "import atexit, sys; from andante.cli import process; process.claim(); atexit.register(print, 'tidied'); "
    script += "process.settle(); " if settled else ""
    script += "print('said'); sys.exit(process.leave(3))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, told)


@pytest.mark.parametrize(("rule", "code"), [("DFL", 129), ("IGN", 0)], ids=["closed", "nohup"])
def test_a_terminal_that_is_closed_ends_the_process_unless_that_was_ruled_out(rule, code):
    script = f"import os, signal; from andante.cli import process; signal.signal(signal.SIGHUP, signal.SIG_{rule}); process.claim()"
    script += "; os.kill(os.getpid(), signal.SIGHUP)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "")
