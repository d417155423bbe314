"""Sorting by whole numbers gives the order that sorting by several keys gives, for many rows as for few."""

from __future__ import annotations

import numpy as np
import pytest

from andante.order import FEW, _sorted, places_in_order

WHOLE = [-3.0, 0.0, 1.0, 7.0, np.nan, -np.inf]
BROKEN = [-3.0, 0.5, 1.0, 1.25, np.nan, -np.inf]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("values", [WHOLE, BROKEN], ids=["whole", "with fractions"])
def test_many_rows_are_sorted_as_lexsort_sorts_them(values: list[float], seed: int) -> None:
    rng, rows = np.random.default_rng(seed), 5 * FEW
    client, (time, session) = rng.integers(0, 6, rows), rng.choice(values, (2, rows))
    assert _sorted(client, time, session).tolist() == np.lexsort((session, time, client)).tolist()


@pytest.mark.parametrize("top", [10, 2**61])
def test_equal_keys_stay_as_they_came(top: int) -> None:
    """With the second the keys leave no room for their places, and are sorted as they are."""
    assert places_in_order(np.array([3, 1, 3, 0, 1]), top).tolist() == [3, 1, 4, 0, 2]
    assert places_in_order(np.empty(0, np.int64), top).tolist() == []
