"""The norms file, read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
