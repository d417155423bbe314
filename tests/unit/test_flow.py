"""Into which parts the clients of a table are laid, by how many there are and how many cores."""

from __future__ import annotations

import pytest

from andante.flow import PART, _edges
from andante.history import BLOCK

SPLITS = [
    # clients, cores, where the parts end
    (0, 2, [0, 0]),
    (1, 2, [0, 1]),
    (BLOCK, 2, [0, BLOCK]),
    (BLOCK + 1, 2, [0, BLOCK, BLOCK + 1]),
    (4 * BLOCK, 1, [0, 4 * BLOCK]),
    (4 * BLOCK, 2, [0, 2 * BLOCK, 4 * BLOCK]),
    (2 * PART, 2, [0, PART, 2 * PART]),  # whole parts for every core, and nothing left
    (2 * PART + 3 * BLOCK, 2, [0, PART, 2 * PART, 2 * PART + 2 * BLOCK, 2 * PART + 3 * BLOCK]),  # and what is left in equal shares
    (PART + BLOCK, 1, [0, PART, PART + BLOCK]),
]


@pytest.mark.parametrize(("clients", "cores", "edges"), SPLITS)
def test_whole_parts_for_each_core_then_equal_shares(clients: int, cores: int, edges: list[int]) -> None:
    assert _edges(clients, cores) == edges
