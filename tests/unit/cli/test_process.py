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


def ended(script: str, *arguments: str) -> tuple[int, str, str]:
    """The exit code of a claimed process that runs this, and what it said."""
    begin = "import os, signal, sys\nfrom pathlib import Path\nfrom andante.cli import process\n"
    begin += "for one in process.ENDS: signal.signal(one, signal.SIG_DFL if one != signal.SIGINT else signal.default_int_handler)\n"
    begin += "process.claim()\nask = lambda how: os.kill(os.getpid(), getattr(signal, how))\n"
    done = subprocess.run([sys.executable, "-c", begin + script, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


ENDS = [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)]
DESTROYED = "class One:\n    def __del__(self): ask(sys.argv[1])\nOne()\n"
CALLED = "import ctypes\nctypes.CFUNCTYPE(None)(lambda: ask(sys.argv[1]))()\n"
LOADED = (
    "from importlib.machinery import ModuleSpec\n"
    "class Loader:\n"
    "    def find_spec(self, name, path, target=None): return ModuleSpec(name, self) if name == 'slow' else None\n"
    "    def create_module(self, spec): return None\n"
    "    def exec_module(self, module):\n"
    "        try: ask(sys.argv[1])\n"
    "        except BaseException: pass\n"
    "sys.meta_path.insert(0, Loader())\nimport slow\n"
)


@pytest.mark.parametrize(("how", "code"), ENDS)
@pytest.mark.parametrize("script", [DESTROYED, CALLED, LOADED], ids=["in a destructor", "in a call from C", "while a module is loaded"])
def test_who_is_asked_to_end_ends_wherever_that_is(script: str, how: str, code: int):
    assert ended(script + "print('went on')", how) == (code, "", "")


def test_what_was_written_aside_is_gone_and_the_rest_is_as_it_was(tmp_path: Path):
    (tmp_path / "old.csv").write_text("old", encoding="utf-8")
    script = "place = Path(sys.argv[1]) / '.old.csv.part'\nprocess.write_aside(place)\nplace.touch()\nask('SIGTERM')"
    assert ended(script, str(tmp_path)) == (143, "", "")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("old.csv", "old")]


@pytest.mark.parametrize(("times", "said"), [(1, "done\n"), (2, "")], ids=["once", "twice"])
def test_a_step_in_one_piece_is_finished_first_unless_it_is_asked_twice(times: int, said: str):
    script = f"with process.in_one_piece():\n    for _ in range({times}): ask('SIGTERM')\n    print('done', flush=True)\nprint('went on')"
    assert ended(script) == (143, said, "")


def test_a_verb_that_asks_something_has_ctrl_c_as_python_has_it():
    script = "from andante.cli.main import load\nload('manage')\ntry: ask('SIGINT')\nexcept KeyboardInterrupt: print('asked')"
    assert ended(script) == (0, "asked\n", "")


def test_the_signals_of_a_process_that_was_not_claimed_stay_as_they_are(tmp_path: Path):
    (tmp_path / "sessions.csv").write_text(TABLE, encoding="utf-8")
    script = "import signal, sys; from andante.cli import process; from andante.cli.main import main; "
    script += "before = [signal.getsignal(one) for one in process.ENDS]; main(['check', sys.argv[1]]); "
    script += "sys.exit(before != [signal.getsignal(one) for one in process.ENDS])"
    assert subprocess.run([sys.executable, "-c", script, tmp_path / "sessions.csv"], capture_output=True, check=False).returncode == 0
