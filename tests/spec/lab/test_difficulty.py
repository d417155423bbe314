"""How hard the laboratory is: plain fixed cut-offs catch a part, and a careful step rule overwhelms now and then.

Were it easier, anything would do well in it; were it harder, nothing could be learned from it.
"""

from __future__ import annotations

import polars as pl
import pytest

from andante.lab.cutoffs import fixed_cutoffs
from andante.lab.figures import judge
from andante.lab.pacing import careful_step_rule, try_paces
from andante.lab.scenarios import FAMILIES, JUDGING, TUNING
from andante.lab.simulator import simulate
from andante.lab.sketch import personal_sketch


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_fixed_cutoffs_catch_about_half_at_watch_and_a_quarter_at_act(family):
    cohort = simulate(1500, family=family, seed=31)
    found = judge(fixed_cutoffs(cohort.sessions, cohort.truth), cohort.truth)
    assert 0.35 < found.watch < 0.60
    assert 0.15 < found.act < 0.32
    assert 0.65 < found.auc < 0.85


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_a_sketch_of_personal_baselines_catches_about_four_fifths_at_watch_and_three_fifths_at_act(family):
    """What gives harm away is a client's change from what is usual for them, in several answers at once, hardly a level."""
    cohort = simulate(1500, family=family, seed=31)
    found = judge(personal_sketch(cohort.sessions, cohort.truth), cohort.truth)
    assert 0.75 < found.watch < 0.90
    assert 0.55 < found.act < 0.75
    assert 0.84 < found.auc < 0.95


def test_the_judging_family_is_none_of_those_that_are_tuned_on():
    assert JUDGING == "episodes"
    assert set(TUNING) == {"traits", "thresholds", "regimes", "loads", "habits", "apart"}


def test_a_careful_step_rule_overwhelms_in_13_to_18_percent_of_sessions_in_every_world():
    for figures in try_paces({"step rule": careful_step_rule}, clients=2000, seed=1):
        assert 0.13 <= figures.overwhelmed.value <= 0.18, figures.world
        assert 0.2 < figures.left.value < 0.45, figures.world
        assert figures.work.value > 60, figures.world


def test_those_who_answer_by_habit_say_little_sense_oftener_and_come_to_no_harm():
    """Half as often again as people of the four kinds that they are of."""
    kinds = [little_sense(family) for family in TUNING if family not in ("habits", "apart")]
    assert little_sense("habits") > 1.5 * sum(kinds) / len(kinds)


def little_sense(family: str) -> float:
    """The share of harmless clients' answers on sense of 3 or less."""
    sessions = pl.from_arrow(simulate(1000, family=family, seed=5, harmless=1.0).sessions)
    return sessions.drop_nulls("after_sense").select((pl.col("after_sense") <= 3).mean()).item()


def test_people_who_are_apart_differ_more_from_each_other_than_within_themselves():
    """In feeling heard, beside the four kinds that they are of: by a fifth and more."""
    kinds = [apart(family) for family in TUNING if family not in ("habits", "apart")]
    assert apart("apart") > 1.2 * sum(kinds) / len(kinds)


def apart(family: str) -> float:
    """The spread of harmless clients' own means of feeling heard, in SDs within clients; those who always say the same left out."""
    sessions = pl.from_arrow(simulate(1000, family=family, seed=5, harmless=1.0).sessions)
    heard = pl.col("after_heard")
    own = sessions.drop_nulls("after_heard").group_by("client_id").agg(heard.mean().alias("level"), heard.std().alias("spread"))
    own = own.filter(pl.col("spread") > 0.2)
    return own["level"].std() / own["spread"].mean()
