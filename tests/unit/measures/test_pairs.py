"""Pairs of scores: every request that no pair can be made of, with its whole message."""

from __future__ import annotations

import re

import numpy as np
import pytest

from andante.errors import UsageError
from andante.measures.pairs import Pairs, factorize, line_up_rows, pair_first_last, pair_rows, spread_rows

NONE = float("nan")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pair_rows(["a", "a", "a"], [0, 1, 2], [1, 2, 3]), "There are 3 times: say which is before and which after."),
        (lambda: pair_rows(["a"], [0], [1]), "There are 1 times: say which is before and which after."),
        (
            lambda: pair_rows(["a", "a"], ["pre", "post"], [2, 1]),
            "The times are words (post, pre): say which is before and which after.",
        ),
        (
            lambda: pair_first_last(["a", "a", "b", "b"], [1, 1, 1, 2], [5, 6, 7, 8]),
            "1 ids are repeated (a): a client may have one score at a time.",
        ),
        (
            lambda: spread_rows(["a", "b"], [1.0, NONE], [5, 6]),
            "1 rows have no time. To mend it: give each its time, or leave them out.",
        ),
        (
            lambda: line_up_rows(["a", "b"], [NONE, NONE], [5, 6]),
            "2 rows have no time. To mend it: give each its time, or leave them out.",
        ),
        (
            lambda: factorize(["a", None, "b", None]),
            "2 rows have no id. To mend it: give each the id of its client, or leave them out.",
        ),
        (lambda: factorize([1.0, NONE]), "1 rows have no id or no time. To mend it: leave them out."),
    ],
)
def test_what_is_no_pair(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        call()


def test_complete_are_those_with_both_scores() -> None:
    pairs = Pairs(np.array(["a", "b", "c"]), np.array([1.0, NONE, 3.0]), np.array([4.0, 5.0, NONE]))
    assert pairs.complete.tolist() == [True, False, False]
    assert pairs.take(np.array([2, 0])).ids.tolist() == ["c", "a"]
