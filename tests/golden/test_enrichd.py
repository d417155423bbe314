"""Real patients (ENRICHD, 557 people, 7,117 BDI scores): sudden changes counted, and the course judged on patients it has not seen."""

from __future__ import annotations

import csv
import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.reference.plain_measures import count_sudden

from andante import priors
from andante.measures.course import Course, cover, fit_course
from andante.measures.episodes import KINDS, describe_episodes, list_episodes
from andante.measures.pairs import spread_rows
from andante.measures.sudden import Rules, find_sudden

DATA = Path(os.environ.get("ANDANTE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "enrichd_cbt_bdi" / "BDIdata.csv"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"ENRICHD is not at {DATA}")


@cache
def visits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patient (0 ..), visit (0 is the first), BDI; in time order."""
    with DATA.open(newline="") as file:
        table = [(int(r["ID"]), float(r["time"]), float(r["BDI"])) for r in csv.DictReader(file)]
    ids, day, score = (np.array(column) for column in zip(*table, strict=True))
    order = np.lexsort((day, ids))
    who = np.unique(ids[order], return_inverse=True)[1]
    count = np.bincount(who)
    return who, np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count), score[order]


def test_large_steps_are_those_that_the_data_has() -> None:
    """588 falls and 279 rises of 7 points or more from visit to visit (counted independently, in the data's own page)."""
    who, visit, score = visits()
    _, _, grid = spread_rows(who, visit, score)
    step = grid[:, :-1] - grid[:, 1:]
    assert (grid.shape[0], int(np.sum(~np.isnan(grid)))) == (557, 7117)
    assert (int(np.sum(step >= 7)), int(np.sum(step <= -7))) == (588, 279)


def test_people_are_steadier_than_they_are_unlike_each_other() -> None:
    """What the shipped priors say of this trial: six visits and more; within from successive visits, so that no course is in it."""
    who, _, score = visits()
    persons = [own for own in (score[who == person] for person in np.unique(who)) if len(own) >= 6]
    within = np.sqrt(np.concatenate([np.diff(own) for own in persons]).var() / 2)
    between = np.std([own.mean() for own in persons])
    origin = json.loads((Path(priors.__file__).parent / "priors.json").read_text("utf-8"))["origin"]
    assert f"SD {within:.1f} within a person, {between:.1f} between persons" in origin


def test_sudden_gains_and_losses() -> None:
    """181 gains in 171 of 557 patients, 24 losses in 24: as counted one patient at a time by the plain loop."""
    who, visit, score = visits()
    ids, labels, grid = spread_rows(who, visit, score)
    found = find_sudden(grid, ids=ids, labels=labels, rules=Rules(cutoff=7))
    gains, losses = (describe_episodes(list_episodes(found, kind), "first") for kind in KINDS)
    assert (gains["episodes"], gains["with_any"]) == (181, 171)
    assert (losses["episodes"], losses["with_any"]) == (24, 24)
    plain = [[None if np.isnan(v) else float(v) for v in row] for row in grid]
    assert count_sudden(plain, 7, "fall") == (181, 171)
    assert count_sudden(plain, 7, "rise") == (24, 24)


def _halves(seed: int) -> tuple[Course, dict[str, float]]:
    who, visit, score = visits()
    patients = int(who.max()) + 1
    chosen = np.zeros(patients, bool)
    chosen[np.random.default_rng(seed).permutation(patients)[: patients // 2]] = True
    fitted = fit_course(who[chosen[who]], visit[chosen[who]], score[chosen[who]], measure="bdi", low=0, high=63)
    other = ~chosen[who] & (visit >= 1)
    first = score[visit == 0]
    return fitted, cover(fitted, first[who][other], visit[other], score[other])


def test_bands_hold_on_patients_not_seen() -> None:
    """Fitted on one half of patients, judged on the other, twenty times: on average within 3 points of nominal."""
    shares = np.array([[s["inside_68"], s["inside_80"], s["above_68"], s["above_80"]] for s in (_halves(seed)[1] for seed in range(20))])
    mean = shares.mean(axis=0)
    assert mean[0] == pytest.approx(0.68, abs=0.03)
    assert mean[1] == pytest.approx(0.80, abs=0.03)
    assert mean[2] == pytest.approx(0.16, abs=0.03)
    assert mean[3] == pytest.approx(0.10, abs=0.03)


def test_odd_and_even_patients() -> None:
    """One split that nobody chose by its result: patients in turn, each half judged by the other's course."""
    who, visit, score = visits()
    first = score[visit == 0]
    for part in (0, 1):
        mine = who % 2 == part
        fitted = fit_course(who[mine], visit[mine], score[mine], measure="bdi", low=0, high=63)
        other = ~mine & (visit >= 1)
        shares = cover(fitted, first[who][other], visit[other], score[other])
        assert shares["inside_68"] == pytest.approx(0.68, abs=0.03)
        assert shares["inside_80"] == pytest.approx(0.80, abs=0.03)
