"""Spikes: requests that make none, with their whole message."""

from __future__ import annotations

import re
from typing import Any

import pytest

from andante.errors import UsageError
from andante.measures.spikes import find_spikes

MESSAGE = "Spikes need a grid of scores, a rise above 0, and whole numbers of sessions from 1 on."


@pytest.mark.parametrize(
    ("scores", "options"),
    [
        ([1, 2, 3], {"rise": 5}),
        ([[1, 2, 3]], {"rise": 0}),
        ([[1, 2, 3]], {"rise": float("nan")}),
        ([[1, 2, 3]], {"rise": 5, "within": 0}),
        ([[1, 2, 3]], {"rise": 5, "apart": 0}),
    ],
)
def test_no_spikes_of_this(scores: Any, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(MESSAGE)}$"):
        find_spikes(scores, **options)
