"""Norms from a cohort: figures that were put in come out, what is missing is said, the file is taken back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from andante import leaving
from andante.clients import Clients, gather
from andante.errors import UsageError
from andante.events import Events
from andante.history import blocks
from andante.intake.files import check_table
from andante.measures import columns
from andante.norms import describe, fit_norms
from andante.priors import read_hazard, read_norms, shipped, shipped_hazard
from andante.usual import Usual

SESSIONS = 12
PHQ9 = tuple(m for m in columns() if m.name == "phq9")


def cohort(clients: int = 300, seed: int = 1, *, leave: bool = True) -> pa.Table:
    """Feeling heard around 8 (SD between .9, within .6), PHQ-9 falling; absence makes leaving more likely."""
    rng = np.random.default_rng(seed)
    rows: dict[str, list[object]] = {name: [] for name in ("client_id", "session", "attendance", "after_heard", "phq9", "ending")}
    for client in range(clients):
        level, start = rng.normal(8, 0.9), rng.normal(15, 4)
        for session in range(1, SESSIONS + 1):
            away = rng.random() < 0.12
            gone = leave and session < SESSIONS and rng.random() < (0.35 if away else 0.01)
            last = gone or session == SESSIONS
            rows["client_id"].append(f"c{client:04d}")
            rows["session"].append(session)
            rows["attendance"].append("missed" if away else "attended")
            rows["after_heard"].append(None if away else float(np.clip(level + rng.normal(0, 0.6), 0, 10)))
            rows["phq9"].append(float(np.clip(np.rint(start - 2.5 * np.log(session) + rng.normal(0, 2)), 0, 27)))
            rows["ending"].append(("dropped_out" if gone else "completed") if last else None)
            if last:
                break
    return pa.table(
        rows,
        schema=pa.schema(
            [
                ("client_id", pa.string()),
                ("session", pa.int64()),
                ("attendance", pa.string()),
                ("after_heard", pa.float64()),
                ("phq9", pa.float64()),
                ("ending", pa.string()),
            ]
        ),
    )


@pytest.fixture(scope="module")
def fitted():  # type: ignore[no-untyped-def]
    return fit_norms(cohort(), PHQ9)


def test_what_was_put_in_comes_out(fitted) -> None:  # type: ignore[no-untyped-def]
    prior = fitted.priors["after_heard"]
    assert prior.mean == pytest.approx(8.0, abs=0.15)
    assert prior.within == pytest.approx(0.6, abs=0.05)
    assert prior.between == pytest.approx(0.85, abs=0.12)  # cut off at 10
    assert prior.course == pytest.approx(0.0, abs=0.05)
    assert prior.origin == "fitted on 269 clients, 2373 answers"  # the others answered once
    assert set(fitted.priors) == {"after_heard"}


def test_the_course_falls_as_it_did(fitted) -> None:  # type: ignore[no-untyped-def]
    course = fitted.courses["phq9"]
    bands = course.bands(15, 7)
    assert bands.expected == pytest.approx(15 - 2.5 * np.log(8), abs=1.0)
    assert course.clients > 250


def test_absence_is_found_to_matter_and_the_hazard_is_calibrated(fitted) -> None:  # type: ignore[no-untyped-def]
    hazard = fitted.hazard
    assert hazard.coefficients["absent"] > 1.5
    assert hazard.coefficients["return_falling"] == 0.0  # never asked here
    assert hazard.left > 20
    assert 0.7 < hazard.calibration["slope"] < 1.3
    expected = sum(t["expected"] * t["rows"] for t in hazard.calibration["tenths"])
    seen = sum(t["seen"] * t["rows"] for t in hazard.calibration["tenths"])
    assert expected == pytest.approx(seen, rel=0.15)


def test_as_many_leave_as_are_expected_to_in_another_cohort(fitted) -> None:  # type: ignore[no-untyped-def]
    table = cohort(600, seed=2)
    chances, left = [], []
    for history in blocks(Clients(gather(table), PHQ9)):
        usual = Usual(history, fitted.norms())
        chance = leaving.chance(history, usual, Events(history, usual))
        from andante.norms import _labels

        label = _labels(history)
        known = ~np.isnan(label)
        chances.append(chance[known])
        left.append(label[known])
    assert np.concatenate(chances).mean() == pytest.approx(np.concatenate(left).mean(), rel=0.25)


def test_the_file_is_taken_back(fitted, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "norms.json"
    place.write_text(fitted.as_text("our service, 2024"))
    norms = read_norms(place)
    assert norms.clients == 300
    assert norms.origin == "our service, 2024"
    assert norms.priors["after_heard"] == fitted.priors["after_heard"]
    assert norms.priors["before_distress"] == shipped().priors["before_distress"]
    assert norms.hazard.coefficients == fitted.hazard.coefficients
    assert "c0001" not in place.read_text()


def test_the_order_of_rows_changes_nothing() -> None:
    table = cohort(60)
    shuffled = table.take(pa.array(np.random.default_rng(0).permutation(table.num_rows)))
    assert json.loads(fit_norms(table, PHQ9).as_text())["priors"] == json.loads(fit_norms(shuffled, PHQ9).as_text())["priors"]


def test_what_cannot_be_fitted_is_said() -> None:
    found = fit_norms(cohort(60, leave=False).drop_columns(["ending"]), PHQ9)
    assert found.hazard is None
    assert any("needs the column `ending`" in note for note in found.notes)
    few = fit_norms(cohort(60, leave=False), PHQ9)
    assert any("0 of 60 clients dropped out" in note for note in few.notes)
    with pytest.raises(UsageError, match=r"This cohort gives no norms: .*at least 20 are needed"):
        fit_norms(cohort(5), PHQ9)
    assert any("Leaving:" in line for line in describe(fit_norms(cohort(), PHQ9)))


def test_the_shipped_hazard_goes_the_way_it_says() -> None:
    """About one in five leaves over ten quiet sessions at most; an absence raises the chance."""
    quiet = pa.table({"client_id": ["a"] * 10, "session": list(range(1, 11)), "attendance": ["attended"] * 10})
    away = quiet.set_column(2, "attendance", pa.array(["attended"] * 8 + ["missed"] * 2))
    chance = [leaving.chance(h, u, Events(h, u)) for h, u in (_opened(quiet), _opened(away))]
    assert 0.02 < 1 - np.prod(1 - chance[0]) < 0.25
    assert chance[1][8, 0] > 2 * chance[0][8, 0]
    assert chance[1][9, 0] > chance[1][8, 0]
    np.testing.assert_array_equal(chance[0][:8], chance[1][:8])  # nothing looks ahead


def _opened(table: pa.Table):  # type: ignore[no-untyped-def]
    history = next(iter(blocks(Clients(gather(table)))))
    return history, Usual(history, shipped())


@pytest.mark.parametrize(
    "entry",
    [
        {"coefficients": {"shoe_size": 1, "constant": 0}, "clients": 1, "rows": 1, "left": 1},
        {"coefficients": {"absent": 1}, "clients": 1, "rows": 1, "left": 1},
        {"coefficients": {"constant": float("nan")}, "clients": 1, "rows": 1, "left": 1},
        {"coefficients": 3},
        {"coefficients": {"constant": 0}, "clients": -5, "rows": 1, "left": 1},
        {"coefficients": {"constant": 0}, "clients": 1, "rows": 1, "left": 1, "calibration": {"slope": "steep"}},
    ],
)
def test_a_broken_hazard_is_refused(entry) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=r"^is not valid"):
        read_hazard(entry)
    assert read_hazard({}) == shipped_hazard()


def test_the_hazard_is_fitted_on_what_its_norms_find_usual() -> None:
    """A cohort whose usual ratings are far from the shipped ones: as many are expected to leave as did, as the file is read."""
    random, rows = np.random.default_rng(3), []
    for client in range(400):
        last, base, leaves = int(random.integers(3, 13)), random.normal(0, 0.7), random.random() < 0.35
        for session in range(1, last + 1):
            ending = ("dropped_out" if leaves else "completed") if session == last else None
            level = 5.5 + base - 2.5 * (leaves and session >= last - 1)
            ratings = {n: float(np.clip(np.rint(level + random.normal()), 0, 10)) for n in ("after_heard", "after_return", "before_ready")}
            rows.append({"client_id": f"{client:03}", "session": session, "ending": ending, **ratings})
    sessions = check_table(pa.Table.from_pylist(rows))
    own = fit_norms(sessions.table, sessions.measures, ordered=True).norms()
    from andante.norms import _labels

    expected = left = 0.0
    for history in blocks(Clients.of(sessions.table)):
        usual, label = Usual(history, own), _labels(history)
        known = ~np.isnan(label)
        expected += float(leaving.chance(history, usual, Events(history, usual))[known].sum())
        left += float(label[known].sum())
    assert expected == pytest.approx(left, rel=0.02)


def test_a_question_asked_only_later_on_gives_norms_that_are_read(tmp_path: Path) -> None:
    """From session 6 on, and rising: carried back to the first session the mean would lie far off the scale."""
    rows = [
        {"client_id": f"c{c}", "session": s, "after_present": float(min(10, max(0, s - 2 + (c * 7 + s * 5) % 3 - 1))) if s > 5 else None}
        for c in range(40)
        for s in range(1, 13)
    ]
    place = tmp_path / "norms.json"
    place.write_text(fit_norms(check_table(pa.Table.from_pylist(rows)).table).as_text())
    assert read_norms(place).priors["after_present"].mean == 0


@pytest.mark.parametrize("column", ["phq9", "after_heard"])
def test_scores_that_follow_the_model_exactly_are_left_out_with_a_note(column: str) -> None:
    rows = [
        {"client_id": f"c{c}", "session": s, column: 5.0 + c % 5, "after_sense": float(4 + (c + s) % 3)}
        for c in range(40)
        for s in range(1, 7)
    ]
    found = fit_norms(check_table(pa.Table.from_pylist(rows)).table, PHQ9)
    assert "after_sense" in found.priors
    assert any(note.startswith(column) or "exactly" in note for note in found.notes)
