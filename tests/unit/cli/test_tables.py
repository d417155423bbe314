"""What verbs that take any table share: a time named on the command line, an instrument named by its id."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from andante.cli.main import main
from andante.cli.tables import find_instrument, read_moment
from andante.errors import UsageError

NUMBERS = np.array([0.0, 8.0])


@pytest.mark.parametrize(
    ("text", "moment"),
    [("8", 8.0), ("0,5", 0.5), ("1970-01-02", 1.0)],  # days count from 1970
)
def test_a_time_is_read_as_the_column_has_it(text: str, moment: float) -> None:
    assert read_moment(text, NUMBERS) == moment
    assert read_moment(text, np.array(["pre", "post"], dtype=object)) == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: read_moment("post", NUMBERS),
            "The time 'post' is neither a number nor a date, and the column's times are. To mend it: write it as they are.",
        ),
        (lambda: find_instrument("phq_9"), "There is no instrument 'phq_9' in the catalogue; did you mean phq9?"),
    ],
)
def test_what_is_not_there(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        call()


def test_an_instrument_unlike_any_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError, match=r"^There is no instrument 'xyzzy' in the catalogue; there are phq9, gad7, .*, audit_c$"):
        find_instrument("xyzzy")


@pytest.mark.parametrize(
    "verb",
    [
        ("score", "TABLE", "--instrument", "phq_9"),
        ("change", "TABLE", "--id", "id", "--pre", "a", "--post", "b", "--instrument", "phq_9"),
        ("measures", "show", "phq_9"),
    ],
)
def test_every_verb_finds_instruments_alike(verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "table.csv"
    place.write_text("id,a,b\n1,20,10\n", encoding="utf-8")
    assert main([str(place) if word == "TABLE" else word for word in verb]) == 2
    assert capsys.readouterr().err == "andante: There is no instrument 'phq_9' in the catalogue; did you mean phq9?\n"
