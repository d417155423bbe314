"""What a harm looks like in the table: nothing before its first session, and from then on the columns it belongs to.

Each row: the harm, a column, which way it moves, and by how much at least (mean of a client's sessions from the third
after onset on, less the mean before; in the column's own units; over and above what happens to clients whose harm does not touch it).
"""

from __future__ import annotations

import polars as pl
import pytest

from andante.lab.harms import HARMS, OWN, SPILL

SHOWS = [
    ("distress", "after_overwhelm", +1, 1.0),
    ("distress", "before_distress", +1, 0.8),
    ("distress", "between_peak", +1, 0.8),
    ("distress", "between_settle", +1, 0.4),
    ("distress", "before_coping", -1, 0.5),
    ("retraumatization", "pcl5", +1, 6.0),
    ("retraumatization", "between_intrusions", +1, 1.0),
    ("disengagement", "before_ready", -1, 0.8),
    ("disengagement", "after_return", -1, 0.8),
    ("disengagement", "between_used", -1, 0.5),
    ("trust", "after_heard", -1, 0.9),
    ("integration", "after_sense", -1, 0.8),
    ("integration", "between_used", -1, 0.5),
    ("integration", "topics_open", +1, 0.5),
    ("boundaries", "after_choice", -1, 0.25),
    ("boundaries", "limits_touched", +1, 0.025),
    ("experience", "after_helpful", -1, 0.9),
    ("experience", "after_return", -1, 0.7),
    ("regression", "between_old_coping", +1, 0.9),
    ("regression", "before_coping", -1, 0.6),
    ("unfinished", "before_open", +1, 0.3),
    ("unfinished", "topics_open", +1, 0.5),
    ("unfinished", "topics_resurfaced", +1, 0.05),
    ("ethics", "before_ready", -1, 0.6),
    ("ethics", "gap", +1, 0.5),
    ("ethics", "planned_intensity", +1, 0.3),
]


def with_gap(sessions):
    return sessions.with_columns((pl.col("intensity") - pl.col("planned_intensity")).alias("gap"))


def moved(sessions, column):
    """Mean of each client's sessions from the third after onset on, less the mean before onset."""
    later, earlier = pl.col(column).filter(pl.col("since") >= 2).mean(), pl.col(column).filter(pl.col("since") < 0).mean()
    return sessions.group_by("client_id", "harm").agg((later - earlier).alias("moved")).drop_nulls()


@pytest.mark.parametrize(("harm", "column", "way", "least"), SHOWS)
def test_a_harm_moves_the_columns_it_belongs_to(harmed, harm, column, way, least):
    change = moved(with_gap(harmed), column)
    own = change.filter(pl.col("harm") == harm)["moved"].mean()
    elsewhere = [name for name in HARMS if column not in OWN[name] and column not in SPILL[name]]
    others = change.filter(pl.col("harm").is_in(elsewhere))["moved"].mean()
    if others is None:
        others = 0.0  # the column is only asked of clients with this harm
    assert way * (own - others) >= least


QUIET_BEFORE = [
    ("distress", "after_overwhelm", 0.45),
    ("trust", "after_heard", 0.35),
    ("integration", "after_sense", 0.45),
    ("experience", "after_helpful", 0.45),
    ("regression", "between_old_coping", 0.5),
    ("disengagement", "before_ready", 0.5),
    ("boundaries", "limits_touched", 0.02),
    ("unfinished", "topics_resurfaced", 0.02),
]


@pytest.mark.parametrize(("harm", "column", "at_most"), QUIET_BEFORE)
def test_before_its_first_session_a_harm_shows_nothing(harmed, harm, column, at_most):
    earlier = harmed.filter(pl.col("since") < 0)
    own = earlier.filter(pl.col("harm") == harm)[column].mean()
    others = earlier.filter(pl.col("harm") != harm)[column].mean()
    assert abs(own - others) <= at_most


def test_slipping_away_shows_in_attendance(harmed):
    away = pl.col("attendance").is_in(["missed", "cancelled_by_client"]) & pl.col("absence_reason").is_in(["about_therapy", "unknown"])
    share = harmed.filter(pl.col("since") >= 1).group_by("harm").agg(away.mean().alias("share"))
    shares = dict(share.iter_rows())
    assert shares["disengagement"] > 0.08
    assert shares["disengagement"] > 3 * shares["regression"]


def test_clients_with_a_harm_to_their_trust_are_not_all_alike(harmed):
    """Each client shows a harm on columns of their own: some say it of choice, some of wanting to return, few of all."""
    change = {
        column: moved(harmed.filter(pl.col("harm") == "trust"), column).rename({"moved": column}).drop("harm")
        for column in ("after_choice", "after_return", "after_heard")
    }
    both = change["after_heard"].join(change["after_return"], on="client_id")
    fell = both.filter(pl.col("after_heard") < -1)
    assert len(fell) > 15
    assert 0.15 < (fell["after_return"] > -0.5).mean() < 0.85


def test_what_clients_put_down_to_sessions_is_commoner_in_harm(harmed, harmless):
    said = harmed.filter(pl.col("since") >= 1)["between_from"].drop_nulls()
    usual = harmless["between_from"].drop_nulls()
    assert (said == 2).mean() > 1.5 * (usual == 2).mean()
