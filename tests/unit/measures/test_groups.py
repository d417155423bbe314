"""Whole groups: comparisons that cannot be made, with their whole message."""

from __future__ import annotations

import re

import pytest

from andante.errors import UsageError
from andante.measures.groups import change_between


@pytest.mark.parametrize(
    ("groups", "reference", "message"),
    [
        (["x", "x", "y", "y"], "z", "The reference group 'z' is not among the groups: x, y."),
        (["x", "x", "x", "x"], None, "A comparison between groups needs at least two groups."),
    ],
)
def test_groups_that_cannot_be_compared(groups: list[str], reference: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        change_between([1, 2, 3, 4], groups, threshold=1, reference=reference)
