"""Which columns look reversed, on tables whose correlations can be seen by eye."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from andante.intake.direction import find_doubts
from andante.intake.files import check_table

CLIENTS, SESSIONS = 20, 10


def doubts(columns: dict[str, np.ndarray], **options: object) -> dict[str, tuple[str, ...]]:
    """The doubted columns and those that contradict them; columns are `[clients, sessions]`."""
    clients, sessions = next(iter(columns.values())).shape
    table = pa.table(
        {
            "client_id": np.repeat(np.arange(clients), sessions),
            "session": np.tile(np.arange(sessions), clients),
            **{name: pa.array(values.ravel(), from_pandas=True) for name, values in columns.items()},
        }
    )
    return {doubt.column: doubt.against for doubt in find_doubts(check_table(table, **options))}


@pytest.fixture
def bad() -> np.ndarray:
    """How bad each session was, 0 to 10: within a client the same rise and fall, at a level of the client's own."""
    week = np.array([0, 3, 1, 4, 2, 5, 0, 4, 1, 5])
    return (np.arange(CLIENTS) % 6)[:, None] + week[None, :]


def test_columns_that_agree_raise_no_doubt(bad):
    assert doubts({"before_distress": bad, "before_coping": 10 - bad, "before_wellbeing": 10 - bad, "phq9": bad * 2}) == {}


def test_one_that_runs_the_other_way_is_doubted_and_the_others_are_not(bad):
    found = doubts({"before_distress": bad, "before_coping": bad, "before_wellbeing": 10 - bad})
    assert found == {"before_coping": ("before_distress", "before_wellbeing")}


def test_a_measure_is_a_neighbor_of_what_is_asked_before_the_session(bad):
    found = doubts({"before_distress": bad, "before_coping": 10 - bad, "phq9": 20 - bad * 2})
    assert found == {"phq9": ("before_distress", "before_coping")}


def test_of_two_that_contradict_each_other_either_may_be_the_one(bad):
    assert doubts({"after_heard": bad, "after_overwhelm": bad}) == {
        "after_overwhelm": ("after_heard",),
        "after_heard": ("after_overwhelm",),
    }


def test_columns_of_other_stages_are_no_neighbors(bad):
    assert doubts({"before_distress": bad, "after_heard": bad}) == {}


def test_differences_between_clients_do_not_count(bad):
    """Clients with more distress have more coping here, but within each of them nothing goes together."""
    level = np.tile((np.arange(CLIENTS) % 6)[:, None], SESSIONS)
    first = np.array([0, 1] * 5)
    second = np.array([0, 0, 1, 1, 0, 0, 1, 1, 0, 0])
    assert doubts({"before_distress": level + first, "before_coping": level + second}) == {}


@pytest.mark.parametrize(("clients", "sessions"), [(9, 20), (12, 8)], ids=["few clients", "few rows"])
def test_little_data_raises_no_doubt(clients, sessions):
    """Fewer than 10 clients, or fewer than 100 rows: a perfect correlation is not believed."""
    values = np.tile(np.arange(sessions) % 8, (clients, 1))
    assert doubts({"before_distress": values, "before_coping": values}) == {}


def test_empty_cells_are_left_out(bad):
    coping = np.where(np.arange(SESSIONS) < 5, bad, np.nan)
    assert set(doubts({"before_distress": bad, "before_coping": coping})) == {"before_distress", "before_coping"}
    assert doubts({"before_distress": bad, "before_coping": np.where(np.arange(SESSIONS) < 4, bad, np.nan)}) == {}  # 80 rows


def test_a_column_that_never_changes_tells_nothing(bad):
    assert doubts({"before_distress": bad, "before_coping": np.full_like(bad, 7)}) == {}


def test_pace_and_use_between_sessions_have_no_expected_sign(bad):
    """Skills may well be used more in bad weeks."""
    assert doubts({"between_peak": bad, "between_used": bad % 7, "between_from": bad % 3}) == {}


def test_a_mended_scale_is_no_longer_doubted(bad):
    found = doubts(
        {"before_distress": bad, "before_coping": bad, "before_wellbeing": 10 - bad},
        column_map={"scales": {"before_coping": {"from": [10, 0]}}},
    )
    assert found == {}


def test_an_empty_table_raises_no_doubt():
    assert doubts({"before_distress": np.zeros((0, 3)), "before_coping": np.zeros((0, 3))}) == {}
