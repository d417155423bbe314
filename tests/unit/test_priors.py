"""The norms file, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from andante.cli.main import main
from andante.errors import InputError
from andante.priors import FORMAT, read_norms, shipped

FIGURES = {"mean": 5, "within": 1, "between": 1}


def written(place: Path, document: object) -> Path:
    file = place / "norms.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return file


def test_what_is_shipped_says_where_it_comes_from() -> None:
    assert all(p.origin and ("NHS" in p.origin or "ours, uncalibrated" in p.origin) for p in shipped().priors.values())
    assert shipped().clients == 0


def test_a_service_replaces_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    own = {"format": FORMAT, "clients": 120, "priors": {"after_heard": {"mean": 7.5, "within": 1.0, "between": 1.5}}}
    norms = read_norms(written(tmp_path, own))
    assert norms.priors["after_heard"].mean == 7.5
    assert norms.priors["after_sense"] == shipped().priors["after_sense"]
    assert norms.clients == 120


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "is not JSON"),
        ('{"a":' * 100_000, "is not JSON"),
        ({"format": "other"}, "is not a norms file"),
        ([1, 2], "is not a norms file"),
        ({"format": FORMAT, "priors": {"after_heard": {"mean": 7}}}, "after_heard"),
        ({"format": FORMAT, "priors": {"after_heard": {"mean": 7, "within": 0, "between": 1}}}, "after_heard"),
        ({"format": FORMAT, "priors": {"after_heard": {"mean": "high", "within": 1, "between": 1}}}, "after_heard"),
        ({"format": FORMAT, "priors": {"after_heard": {"mean": 7, "within": 1, "between": 1e300}}}, "after_heard"),
        ({"format": FORMAT, "priors": [1]}, "priors: is no table of figures"),
        ({"format": FORMAT, "course": "x", "hazard": 3}, "(?s)course: is no table of figures.*hazard"),
        ({"format": FORMAT, "priors": {"befor_distress": FIGURES}}, "befor_distress: is no column of"),
        ({"format": FORMAT, "priors": {"attendance": FIGURES}}, "attendance: is no column of"),
        ({"format": FORMAT, "priors": {"after_heard": {**FIGURES, "mean": 80}}}, r"a mean of 80, outside its scale \(0 to 10\)"),
        (
            {"format": FORMAT, "course": {"phq9": {}, "gad7": [3]}, "hazard": {"coefficients": 3}},
            "(?s)course of phq9: .*'limits'.*gad7: .*hazard: is not valid",
        ),
    ],
    ids=[
        "broken",
        "without end",
        "another file",
        "a list",
        "figures missing",
        "no spread",
        "a word",
        "endless",
        "no table",
        "no tables",
        "misspelt",
        "not figures",
        "off the scale",
        "broken parts",
    ],
)
def test_what_cannot_be_norms_is_refused_with_its_reason(tmp_path: Path, document: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_norms(written(tmp_path, document))


def test_every_impossible_column_is_named_at_once(tmp_path: Path) -> None:
    bad = {"mean": 7, "within": -1, "between": 1}
    with pytest.raises(InputError, match=r"(?s)after_heard.*after_sense"):
        read_norms(written(tmp_path, {"format": FORMAT, "priors": {"after_heard": bad, "after_sense": bad}}))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_norms(tmp_path / "nowhere.json")


LEAVING = {"coefficients": {"constant": -4.0}, "clients": 100, "rows": 900, "left": 30}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"priors": {"Jane Miller was upset": FIGURES}}, r"column text of 21 characters: is no column"),
        ({"priors": {"x" * 5000: FIGURES}}, r"column text of 5000 characters: is no column"),
        ({"priors": {"\x1b[2Jgone": FIGURES}}, r"column \\u001B\[2Jgone: is no column"),
        ({"priors": {"speech_reflections_high": {}}}, r"column speech_reflections_high: needs numbers"),
        ({"course": {"Jane Miller": {}}}, r"column course of text of 11 characters: is not valid: it lacks 'limits'"),
        ({"hazard": {**LEAVING, "coefficients": {"constant": "Jane Miller"}}}, r"is not valid: a figure is impossible, or no number\."),
        ({"hazard": {**LEAVING, "coefficients": {"constant": 0, "Jane Miller": 1}}}, r"it knows no coefficient text of 11 characters\."),
        (
            {"hazard": {**LEAVING, "coefficients": {"constant": 0, **dict.fromkeys("abcdefgh", 1)}}},
            r"no coefficient a, b, c, d, e \.\.\.\.",
        ),
        ({"hazard": {**LEAVING, "clients": "Jane Miller"}}, r"is not valid: a figure is impossible, or no number\."),
        ({"hazard": {**LEAVING, "calibration": "Jane"}}, r"is not valid: a figure is impossible, or no number\."),
        ({"hazard": {"coefficients": {"constant": 0}}}, r"is not valid: it lacks 'clients'"),
    ],
)
def test_no_word_of_a_broken_file_is_repeated(tmp_path: Path, document: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_norms(written(tmp_path, {"format": FORMAT, **document}))
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize("slope", ["1.0", None, True, float("nan"), 10**400])
def test_a_slope_that_is_no_number_is_refused_in_the_same_words_wherever_norms_are_read(tmp_path: Path, capsys, slope: object) -> None:
    place = written(tmp_path, {"format": FORMAT, "hazard": {**LEAVING, "calibration": {"slope": slope}}})
    (tmp_path / "sessions.csv").write_text("client_id,session\nA,1\n")
    told = []
    for arguments in (["norms", "show", str(place)], ["read", str(tmp_path / "sessions.csv"), "--norms", str(place)]):
        assert main(arguments) == 2
        told.append(capsys.readouterr().err)
    assert told[0] == told[1]
    assert "column hazard: is not valid: a figure is impossible, or no number. To mend it: make it anew" in told[0]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    place = tmp_path / "norms.json"
    place.write_text(json.dumps({"format": FORMAT, "clients": 7, "hazard": {**LEAVING, "calibration": {"slope": 1}}}), "utf-8-sig")
    assert read_norms(place).clients == 7
    assert main(["norms", "show", str(place)]) == 0


def test_what_a_file_says_of_itself_is_shown_in_one_line(tmp_path: Path, capsys) -> None:
    assert main(["norms", "show", str(written(tmp_path, {"format": FORMAT, "origin": "a\x1b[2Jb\nc"}))]) == 0
    assert "  origin: a\\u001B[2Jb\\nc\n" in capsys.readouterr().out
