"""Weights of cohorts that others made: where they come from, and what is kept of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from andante.lab import outside
from andante.lab.calibration import between
from andante.lab.fitting import MOST, fit_risk
from andante.lab.gates import WEIGHTS
from andante.lab.simulator import simulate
from andante.risks import NAMES, RISKS
from andante.weighing import layout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cohort as others hand it over: no harm is an empty cell."""
    cohort = simulate(80, family="traits", seed=3)
    harms = [harm or None for harm in cohort.truth["harm"].to_pylist()]
    place = cohort.truth.schema.get_field_index("harm")
    pq.write_table(cohort.sessions, tmp_path / "sessions.parquet")
    pq.write_table(cohort.truth.set_column(place, "harm", pa.array(harms, pa.string())), tmp_path / "truth.parquet")
    return tmp_path


def test_of_a_cohort_only_weights_are_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, before = tmp_path / "outside.json", outside.cohorts()
    monkeypatch.setattr(outside, "FILE", file)
    outside.main([str(folder), str(folder)])
    found = json.loads(file.read_text("utf-8"))
    assert found["cohorts"] == before + 2
    assert list(found["risks"]) == list(NAMES)
    assert set(found) == {"origin", "cohorts", "levels", "risks"}
    assert list(found["levels"]) == list(NAMES)
    weights = [weight for features in found["risks"].values() for pair in features.values() for weight in pair]
    assert min(weights) >= 0  # nothing that goes wrong makes a risk look smaller
    assert max(weights) > 0.1
    assert max(found["risks"]["unfinished"]["stream:before_open"]) > 0.05  # and its own question weighs something


def test_dates_may_be_text(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, written = tmp_path / "outside.json", []
    monkeypatch.setattr(outside, "FILE", file)
    monkeypatch.setattr(outside, "weights", lambda: {name: {} for name in NAMES})
    monkeypatch.setattr(outside, "cohorts", lambda: 0)
    sessions = pq.read_table(folder / "sessions.parquet")
    place = sessions.schema.get_field_index("date")
    for dates in (sessions["date"], sessions["date"].cast(pa.string())):
        pq.write_table(sessions.set_column(place, "date", dates), folder / "sessions.parquet")
        outside.main([str(folder)])
        written.append(json.loads(file.read_text("utf-8")))
    assert written[0] == written[1]


def test_the_shipped_weights_say_how_many_cohorts_they_were_drawn_towards() -> None:
    assert f"fitted on {outside.cohorts()} cohorts" in json.loads(WEIGHTS.read_text("utf-8"))["origin"]


def test_levels_are_as_far_apart_as_half_way_between_theirs_and_ours_and_as_high_as_ours_on_the_whole() -> None:
    """Theirs lie 4 and 2 higher, 3 on the whole: half of the rest, 0.5 up and 0.5 down."""
    assert between({"trust": -1.0, "ethics": -3.0}, {"trust": -5.0, "ethics": -5.0}) == {"trust": -4.5, "ethics": -5.5}


def test_what_is_not_there_is_named_and_nothing_is_written(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "outside.json"
    monkeypatch.setattr(outside, "FILE", file)
    (folder / "truth.parquet").unlink()
    with pytest.raises(SystemExit, match=r"truth\.parquet\. Give folders that hold"):
        outside.main([str(folder)])
    with pytest.raises(SystemExit, match=r"Not there: any folder\. Give folders"):
        outside.main([])
    assert not file.exists()


def test_weights_are_drawn_towards_those_given() -> None:
    """A feature that never leans keeps the weight it is drawn towards, exactly; towards nothing it keeps the least there is."""
    features = [name for name, _ in layout(RISKS).features[0]]
    rows = 40
    still = np.zeros((len(layout(RISKS).facts) + len(layout(RISKS).streams), rows), np.float32)
    harm, since = np.repeat([0, -1], rows // 2), np.repeat([0, -99], rows // 2)
    given = {name: (0.7, 0.3, 0.5) for name in features}
    drawn = fit_risk(0, [(still, still, harm, since)], given)["features"]
    assert list(drawn) == features
    assert np.array(list(drawn.values())) == pytest.approx(np.array([[0.7, 0.3, 0.5]] * len(features)), abs=0.02)
    assert set(map(tuple, fit_risk(0, [(still, still, harm, since)])["features"].values())) == {(0.05, 0.0, 0.05)}


def test_a_feature_that_the_given_weights_do_not_know_is_free_and_no_weight_says_more_than_the_most() -> None:
    """One feature that tells harm perfectly: drawn towards a little it stays near it, not known to them it goes as far as it may."""
    features = [name for name, _ in layout(RISKS).features[0]]
    place = dict(layout(RISKS).features[0])[features[0]]
    rows = 400
    harm, since = np.repeat([0, -1], rows // 2), np.repeat([0, -99], rows // 2)
    now = np.zeros((len(layout(RISKS).facts) + len(layout(RISKS).streams), rows), np.float32)
    now[place, : rows // 2] = 2.0
    given = {name: (0.1, 0.1, 0.1) for name in features}
    cases = [(now, np.zeros_like(now), harm, since)]
    unknown = {name: weights for name, weights in given.items() if name != features[0]}
    held, free = (fit_risk(0, cases, towards, ridge=50.0)["features"][features[0]][0] for towards in (given, unknown))
    assert held < 0.2
    assert free == pytest.approx(MOST[0])


def test_no_shipped_weight_says_more_than_the_most() -> None:
    for features in (*outside.weights().values(), *(risk["features"] for risk in json.loads(WEIGHTS.read_text("utf-8"))["risks"].values())):
        assert np.max(list(features.values())) <= max(MOST)
