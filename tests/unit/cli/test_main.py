"""The verbs are listed without being imported, and whatever goes wrong ends in one clear line."""

from __future__ import annotations

import io
import resource
import signal
import subprocess
import sys
from importlib import metadata

import pytest

from andante import __version__
from andante.cli import main as cli
from andante.errors import InputError, Problem, UsageError


@pytest.fixture
def verb(monkeypatch):
    """Make `andante check` do this instead."""

    def replace(action):
        def check() -> None:
            action()

        monkeypatch.setattr(cli, "load", lambda name: check)

    return replace


def fails_with(error: BaseException):
    def action() -> None:
        raise error

    return action


def test_help_names_every_verb(capsys):
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    for name, text in cli.VERBS.items():
        assert f"  {name} " in told
        assert text.split()[0] in told


def test_without_a_verb_it_helps(capsys):
    assert cli.main([]) == 0
    assert "VERB [ARGS]..." in capsys.readouterr().out


def test_the_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"andante {__version__}\n"


def test_help_imports_nothing_heavy():
    script = "import sys; from andante.cli.main import main; main(['--help']); print('loaded', *sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded = told.partition("loaded ")[2].split()
    assert "typer" in loaded
    for heavy in ("numpy", "pyarrow", "polars", "pandas", "rich", "scipy", "django", "andante.cli.check", "andante.records"):
        assert heavy not in loaded


def test_help_takes_less_than_three_tenths_of_a_second():
    """Of processor time, so that a busy machine does not matter; the fastest of five."""

    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "andante", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(5)) < 0.3


def test_an_unknown_verb_gets_the_nearest(capsys):
    assert cli.main(["chek"]) == 2
    assert "there is no verb 'chek'; did you mean check?" in capsys.readouterr().err


def test_an_unknown_verb_that_is_like_none(capsys):
    assert cli.main(["zzz"]) == 2
    assert "there is no verb 'zzz'; there are read, check, columns" in capsys.readouterr().err


def test_an_unusable_input_is_code_2_without_a_trace(capsys, verb):
    verb(fails_with(InputError([Problem("x.csv", 3, "phq9", "not a number"), Problem("x.csv", None, None, "is odd", remedy="mend it")])))
    assert cli.main(["check"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert (
        told.err
        == "andante: 2 problems, nothing was written.\nx.csv, row 3, column phq9: not a number\nx.csv: is odd. To mend it: mend it\n"
    )


def test_a_request_that_makes_no_sense_is_code_2(capsys, verb):
    verb(fails_with(UsageError("--out x.doc ends in .doc")))
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err == "andante: --out x.doc ends in .doc\n"


def test_a_fault_of_ours_is_code_1_and_tells_no_client_data(capsys, verb):
    verb(fails_with(KeyError("Jane Miller")))
    assert cli.main(["check"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("andante: something went wrong that is a fault of Andante, not yours (KeyError in andante/cli/main.py, line ")
    assert f"version {__version__}" in told
    assert "Jane" not in told
    assert "Traceback" not in told


def test_debug_shows_the_trace(capsys, verb):
    verb(fails_with(KeyError("Jane Miller")))
    assert cli.main(["--debug", "check"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_ctrl_c_is_code_130_and_quiet(capsys, verb):
    verb(fails_with(KeyboardInterrupt()))
    assert cli.main(["check"]) == 130
    told = capsys.readouterr()
    assert (told.out, told.err.strip()) == ("", "")


@pytest.mark.parametrize(
    ("stop", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143), (SystemExit(129), 129)], ids=["ctrl-c", "sigterm", "sighup"]
)
@pytest.mark.parametrize("made", [SystemError("returned a result with an exception set"), UsageError("odd")], ids=["numba", "ours"])
@pytest.mark.parametrize("chained", [True, False], ids=["from", "while"])
def test_an_interruption_stays_one_whatever_is_made_of_it(capsys, verb, stop, code, made, chained):
    """A compiled loop that is interrupted raises SystemError from it; a library may raise its own while it tidies up."""

    def action() -> None:
        try:
            raise stop
        except BaseException as error:
            between = ValueError("on the way")
            between.__context__ = error
            if chained:
                raise made from between
            made.__cause__ = None
            raise made  # noqa: B904

    verb(action)
    assert cli.main(["check"]) == code
    told = capsys.readouterr()
    assert (told.out, told.err.strip()) == ("", "")


def test_an_exit_of_another_code_behind_an_error_is_no_interruption(capsys, verb):
    def action() -> None:
        try:
            raise SystemExit(3)
        except SystemExit as error:
            raise UsageError("odd") from error

    verb(action)
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err == "andante: odd\n"


def test_ctrl_c_in_the_middle_of_the_work():
    script = (
        "import sys, time; from andante.cli import main as cli\n"
        "def check(): print('working', flush=True); time.sleep(60)\n"
        "cli.load = lambda name: check\n"
        "sys.exit(cli.main(['check']))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as working:
        assert working.stdout is not None
        assert working.stdout.readline() == "working\n"
        working.send_signal(signal.SIGINT)
        _, told = working.communicate(timeout=30)
    assert working.returncode == 130
    assert told.strip() == ""


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run this in bash, where `andante` is ours."""
    andante = f'set -o pipefail; andante() {{ "{sys.executable}" -m andante "$@"; }}; '
    return subprocess.run(["bash", "-c", andante + script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("columns", "Who and when"),
        ("check FILE", "sessions.csv can be read: 2 rows, 1 client."),
        ("read FILE", "1 client, 2 sessions. Nobody needs attention."),
        ("measures show phq9", "PHQ-9 (phq9): "),
    ],
)
def test_a_listener_that_leaves_early_is_no_fault(tmp_path, arguments, said):
    (tmp_path / "sessions.csv").write_text("client_id,session,after_heard\nA,1,9\nA,2,9\n")
    whole = arguments.replace("FILE", str(tmp_path / "sessions.csv"))
    heard = shell(f"andante {whole} | head -1")
    assert (heard.returncode, heard.stdout.startswith(said), heard.stderr) == (0, True, "")
    assert shell(f"andante {whole} | true").returncode == 0


TABLE = "client_id,session,Größe ≥ 3,after_heard\nÖzgür,1,9,9\nŁukasz,2,9,9\n"
SCORES = "Kunde ≥,vor,zwei,drei,nach\na,20,19,7,5\nb,21,20,21,20\nc,19,18,8,6\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("check TABLE", b"Risks that can be judged from these columns"),
        ("read TABLE", b"2 clients, 2 sessions"),
        ("columns", b"The reading table that comes out"),
        ("columns --format markdown", b"# The session table"),
        ("measures list", b"phq9"),
        ("measures show pcl5", b"Items (our own labels)"),
        ("measures export", b"Questionnaire"),
        ("norms show", b"Expected course"),
        ("change SCORES --id ID --pre vor --post nach --reliability .8", b"3 clients with both scores"),
        ("sudden SCORES --id ID --scores vor,zwei,drei,nach --no-cutoff", b"3 clients, 3 intervals"),
        ("--help", b"Read a session table"),
    ],
)
def test_a_terminal_that_cannot_show_every_sign_gets_all_the_rest(tmp_path, monkeypatch, encoding, arguments, said):
    (tmp_path / "größe ≥.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "scores.csv").write_text(SCORES, encoding="utf-8")
    named = {"TABLE": str(tmp_path / "größe ≥.csv"), "SCORES": str(tmp_path / "scores.csv"), "ID": "Kunde ≥"}
    plain = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", plain)
    assert cli.main([named.get(word, word) for word in arguments.split()]) == 0
    plain.flush()
    assert said in plain.buffer.getvalue()


def test_nothing_is_printed_where_there_is_no_output():
    told = shell("andante columns >&-")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.parametrize("arguments", ["columns", "measures show phq9", "--help"])
def test_a_full_disk_behind_the_output_is_said(arguments):
    told = shell(f"andante {arguments} > /dev/full")
    assert told.returncode == 2
    assert told.stderr == (
        "andante: what was to be printed could not be written (No space left on device). To mend it: look at the disk that it goes to.\n"
    )


def test_a_full_disk_behind_the_errors_is_no_trace():
    assert shell("andante check absent.csv 2> /dev/full").returncode == 2


def test_what_became_of_an_error_is_said_after_it(capsys, verb):
    error = UsageError("this is odd")
    error.add_note("and that was done")
    verb(fails_with(error))
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err == "andante: this is odd\nand that was done\n"


def guest(name: str, value: str) -> metadata.EntryPoint:
    return metadata.EntryPoint(name=name, value=value, group="andante.verbs")


@pytest.fixture
def guests(monkeypatch):
    """Let other packages bring these verbs."""

    def bring(*entries: metadata.EntryPoint) -> None:
        cli.guests.cache_clear()
        monkeypatch.setattr(metadata, "entry_points", lambda group: list(entries))

    yield bring
    cli.guests.cache_clear()


def test_verbs_of_other_packages_are_listed_without_importing_them(capsys, guests):
    guests(guest("serve", "nowhere_at_all.verbs:serve"))
    assert cli.main(["--help"]) == 0
    assert "  serve " in capsys.readouterr().out


def test_where_the_clinic_is_not_installed_help_says_how(capsys, guests, monkeypatch):
    guests(guest("serve", "andante_clinic.verbs:serve"))
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    assert cli.main(["--help"]) == 0
    assert "(install andante[clinic])" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["serve"]) == 2
    assert capsys.readouterr().err == "andante: andante serve needs more than is installed. To mend it: pip install 'andante[clinic]'\n"


def test_a_guest_verb_runs(capsys, guests):
    guests(guest("version", "platform:python_version"))
    assert cli.main(["version"]) == 0


def test_a_guest_cannot_take_the_place_of_a_verb_of_ours(guests):
    guests(guest("check", "nowhere_at_all.verbs:check"))
    assert cli.guests() == {}


@pytest.mark.parametrize("name", cli.VERBS)
def test_every_verb_has_its_file_and_its_help(name, capsys):
    assert cli.main([name, "--help"]) == 0
    assert f"Usage: andante {name}" in capsys.readouterr().out


def test_who_closes_the_errors_still_gets_the_readings(tmp_path):
    (tmp_path / "sessions.csv").write_text("client_id,session,after_heard\nA,1,9\nA,2,9\n")
    done = shell(f"andante read {tmp_path}/sessions.csv --out {tmp_path}/readings.csv 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "readings.csv").read_text().startswith("client_id,")
