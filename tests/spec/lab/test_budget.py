"""The budget and the pace ceiling at the size of the manual's page. Takes minutes: `make test-long`.

What the page promises, with a little room for luck: these clients are others than those of the page.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

import andante
from andante.lab.cutoffs import fixed_cutoffs
from andante.lab.figures import judge
from andante.lab.pacing import careful_step_rule, follow_ceiling, try_paces
from andante.lab.scenarios import JUDGING, TUNING
from andante.lab.simulator import simulate

SERVICES = range(301, 311)
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def judged():
    return {family: over_services(family, lambda cohort: andante.read(cohort.sessions)) for family in (JUDGING, *TUNING)}


def over_services(family, read):
    """Figures over services that differ in length, gaps and rhythm (a seed is a service)."""
    cohorts = [simulate(400, family=family, seed=seed) for seed in SERVICES]
    return judge(pa.concat_tables(map(read, cohorts)), pa.concat_tables(cohort.truth for cohort in cohorts))


def test_the_budget_holds_over_the_families_that_the_gates_were_set_on(judged):
    assert np.mean([judged[family].harmless_watch.value for family in TUNING]) <= 0.16
    assert np.mean([judged[family].harmless_act.value for family in TUNING]) <= 0.05


def test_clients_nothing_was_fitted_on_stay_near_the_budget(judged):
    assert judged[JUDGING].harmless_watch.value <= 0.165
    assert judged[JUDGING].harmless_act.value <= 0.045


def test_it_catches_far_more_than_fixed_cut_offs_at_the_same_budget(judged):
    plain = over_services(JUDGING, lambda cohort: fixed_cutoffs(cohort.sessions, cohort.truth))
    assert judged[JUDGING].act >= 1.5 * plain.act
    assert judged[JUDGING].watch >= plain.watch + 0.1
    assert judged[JUDGING].auc >= plain.auc + 0.1


@pytest.mark.parametrize("family", [JUDGING, *TUNING])
def test_scores_rank_every_harm_above_harmless_sessions(judged, family):
    assert min(harm.auc for harm in judged[family].harms) >= 0.75
    assert judged[family].auc >= 0.85


POLICIES = {"ceiling": follow_ceiling(andante.read), "ahead": follow_ceiling(andante.read, ahead=True), "step rule": careful_step_rule}


@pytest.fixture(scope="module")
def paced():
    found = try_paces(POLICIES, clients=1200, seed=31)  # of fewer, chance alone moves the share who leave by a sixth
    return {(figures.world, figures.policy): figures for figures in found}


@pytest.mark.parametrize("world", ["linear", "growing", "bad weeks", "drifting", "understating"])
def test_the_ceiling_overwhelms_in_a_tenth_of_sessions_at_most_and_fewer_leave(paced, world):
    """Asked before the session; said after the one before it, about as often, give or take the chance of one cohort."""
    ceiling, ahead, steps = (paced[world, policy] for policy in POLICIES)
    assert ceiling.overwhelmed.value <= 0.10
    assert ahead.overwhelmed.value <= 0.11
    assert steps.overwhelmed.value >= 0.13
    assert max(ceiling.left.value, ahead.left.value) <= 0.85 * steps.left.value


def test_more_is_worked_under_the_ceiling_over_the_worlds_together(paced):
    ceiling, ahead, steps = (np.mean([f.work.value for (_, policy), f in paced.items() if policy == name]) for name in POLICIES)
    assert min(ceiling, ahead) >= 1.03 * steps
