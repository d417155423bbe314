"""Which columns look reversed, on tables whose correlations can be seen by eye."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from andante.intake.direction import Directions, judge_directions
from andante.intake.files import check_table

CLIENTS, SESSIONS = 20, 10


def judged(columns: dict[str, np.ndarray], **options: object) -> Directions:
    """What is told of the directions of these columns, each `[clients, sessions]`."""
    clients, sessions = next(iter(columns.values())).shape
    table = pa.table(
        {
            "client_id": np.repeat(np.arange(clients), sessions),
            "session": np.tile(np.arange(sessions), clients),
            **{name: pa.array(values.ravel(), from_pandas=True) for name, values in columns.items()},
        }
    )
    return judge_directions(check_table(table, **options))


def doubts(columns: dict[str, np.ndarray], **options: object) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The two sides of each doubt."""
    return [(doubt.side, doubt.other) for doubt in judged(columns, **options).doubts]


def slow(rng: np.random.Generator, clients: int, sessions: int, stays: float = 0.95) -> np.ndarray:
    """A stream that goes its own way slowly: each value is mostly the last one."""
    values = rng.normal(size=(clients, sessions))
    for step in range(1, sessions):
        values[:, step] = stays * values[:, step - 1] + np.sqrt(1 - stays**2) * values[:, step]
    return np.clip(np.round(5 + 2 * values), 0, 10)


@pytest.fixture
def bad() -> np.ndarray:
    """How bad each session was, 0 to 10: within a client the same rise and fall, at a level of the client's own."""
    week = np.array([0, 3, 1, 4, 2, 5, 0, 4, 1, 5])
    return (np.arange(CLIENTS) % 6)[:, None] + week[None, :]


def test_columns_that_agree_raise_no_doubt(bad):
    assert doubts({"before_distress": bad, "before_coping": 10 - bad, "before_wellbeing": 10 - bad, "phq9": bad * 2}) == []


def test_one_that_runs_the_other_way_is_doubted_and_the_others_are_not(bad):
    found = doubts({"before_distress": bad, "before_coping": bad, "before_wellbeing": 10 - bad})
    assert found == [(("before_coping",), ("before_distress", "before_wellbeing"))]


def test_a_measure_is_a_neighbor_of_what_is_asked_before_the_session(bad):
    found = doubts({"before_distress": bad, "before_coping": 10 - bad, "phq9": 20 - bad * 2})
    assert found == [(("phq9",), ("before_distress", "before_coping"))]


def test_of_two_that_contradict_each_other_either_may_be_the_one(bad):
    assert doubts({"after_heard": bad, "after_overwhelm": bad}) == [(("after_overwhelm",), ("after_heard",))]


def test_where_all_but_one_are_reversed_both_sides_are_named(bad):
    """The one that is right stands alone against the others: which side is wrong the figures cannot say."""
    turned = {name: bad for name in ("after_heard", "after_sense", "after_return")}
    assert doubts({"after_overwhelm": bad, **turned}) == [(("after_overwhelm",), ("after_heard", "after_sense", "after_return"))]


def test_two_stages_are_two_doubts(bad):
    found = doubts({"before_distress": bad, "before_coping": bad, "after_overwhelm": bad, "after_heard": bad})
    assert found == [(("before_distress",), ("before_coping",)), (("after_overwhelm",), ("after_heard",))]


def test_slow_streams_that_have_nothing_to_do_with_each_other_raise_no_doubt():
    """Values in a row are alike here (0.95), so that 1,200 rows tell as much as some hundred. Of 25 such tables one may err."""
    rng, names = np.random.default_rng(5), ("before_distress", "before_wellbeing", "before_coping", "before_ready")
    raised = [bool(doubts({name: slow(rng, 20, 60) for name in names})) for _ in range(25)]
    assert sum(raised) <= 1


def test_a_course_that_all_share_is_no_doubt():
    """Overwhelm rises and trust grows as the work goes deeper, and within that nothing goes together."""
    rng, course = np.random.default_rng(6), np.linspace(0, 5, 12)
    assert doubts({name: np.round(course + 5 * rng.random((30, 12))) for name in ("after_overwhelm", "after_heard")}) == []


@pytest.mark.parametrize("clients", [12, 50, 200])
def test_a_reversed_column_is_found_where_it_shares_half_of_what_moves(clients):
    rng, sessions = np.random.default_rng(7), 14
    week = slow(rng, clients, sessions, stays=0.5)
    own = {name: 0.7 * week + 0.7 * slow(rng, clients, sessions, stays=0.5) - 2 for name in ("before_distress", "before_coping", "phq9")}
    own["before_coping"] = 10 - own["before_coping"]
    (found,) = doubts({name: np.clip(np.round(values if name != "phq9" else 10 - values), 0, 10) for name, values in own.items()})
    assert found == (("phq9",), ("before_distress", "before_coping"))


def test_columns_of_other_stages_are_no_neighbors(bad):
    assert doubts({"before_distress": bad, "after_heard": bad}) == []


def test_differences_between_clients_do_not_count(bad):
    """Clients with more distress have more coping here, but within each of them nothing goes together."""
    level = np.tile((np.arange(CLIENTS) % 6)[:, None], SESSIONS)
    first = np.array([0, 1] * 5)
    second = np.array([0, 0, 1, 1, 0, 0, 1, 1, 0, 0])
    assert doubts({"before_distress": level + first, "before_coping": level + second}) == []


@pytest.mark.parametrize(("clients", "sessions"), [(9, 20), (12, 8)], ids=["few clients", "few rows"])
def test_little_data_raises_no_doubt(clients, sessions):
    """Fewer than 10 clients, or fewer than 100 rows: a perfect correlation is not believed."""
    values = np.tile(np.arange(sessions) % 8, (clients, 1))
    assert doubts({"before_distress": values, "before_coping": values}) == []


def test_empty_cells_are_left_out(bad):
    coping = np.where(np.arange(SESSIONS) < 5, bad, np.nan)
    assert doubts({"before_distress": bad, "before_coping": coping}) == [(("before_distress",), ("before_coping",))]
    assert doubts({"before_distress": bad, "before_coping": np.where(np.arange(SESSIONS) < 4, bad, np.nan)}) == []  # 80 rows


def test_a_column_that_never_changes_tells_nothing(bad):
    assert doubts({"before_distress": bad, "before_coping": np.full_like(bad, 7)}) == []


def test_pace_and_use_between_sessions_have_no_expected_sign(bad):
    """Skills may well be used more in bad weeks."""
    assert doubts({"between_peak": bad, "between_used": bad % 7, "between_from": bad % 3}) == []


def test_a_mended_scale_is_no_longer_doubted(bad):
    found = doubts(
        {"before_distress": bad, "before_coping": bad, "before_wellbeing": 10 - bad},
        column_map={"scales": {"before_coping": {"from": [10, 0]}}},
    )
    assert found == []


def test_an_empty_table_raises_no_doubt():
    assert doubts({"before_distress": np.zeros((0, 3)), "before_coping": np.zeros((0, 3))}) == []


def test_columns_with_too_little_beside_them_are_said(bad):
    """`phq9` is known in 80 rows, `after_heard` has no neighbor; `between_used` has no expected sign, and is not one of them."""
    rare = np.where(np.arange(SESSIONS) < 4, bad, np.nan)
    found = judged({"before_distress": bad, "before_coping": 10 - bad, "phq9": rare, "after_heard": bad, "between_used": bad % 7})
    assert found == Directions((), ("after_heard", "phq9"))
