"""The stance: how many facts speak for what is raised."""

from __future__ import annotations

import numpy as np
import pytest

from andante import reading
from andante.words import WATCH

# Indicators of two risks: the first risk has the first two facts (answers 0 and 1), the second one the next two (answers 1 and 2).
ANSWER_OF, RISK_ENDS = np.array([0, 1, 1, 2]), np.array([2, 4])
VOTES = np.array([True, True, True, True])
RAISED = np.full((2, 1, 1), WATCH, np.int8)

CASES = {
    "nothing is raised": ([], [0.5, 0.5, 0.5, 0.5], 0),
    "two facts of one risk speak": ([0, 1], [0.5, 0.1, 0.0, 0.0], 2),
    "one speaks and one only crosses": ([0, 1], [0.5, -0.1, 0.0, 0.0], 1),
    "facts of one risk only cross: they are one": ([0, 1], [-0.05, -0.1, 0.0, 0.0], 1),
    "in two risks they are two": ([0, 3], [-0.05, -0.5, -0.5, -0.1], 2),
    "unless they rest on one answer": ([1, 2], [-0.5, -0.05, -0.1, -0.5], 1),
    "what speaks in one risk and crosses in another is one answer": ([1, 2], [-0.5, 0.4, -0.1, -0.5], 1),
}


@pytest.mark.parametrize(("shown", "strengths", "facts"), CASES.values(), ids=CASES)
def test_facts_that_speak(shown: list[int], strengths: list[float], facts: int) -> None:
    stands = np.zeros((4, 1, 1), np.bool_)
    stands[shown] = True
    excess = np.array(strengths)[:, None, None]
    assert reading._facts_that_speak(RAISED, stands, excess, VOTES, ANSWER_OF, RISK_ENDS)[0, 0] == facts


def test_what_does_not_vote_is_no_fact() -> None:
    stands, excess = np.ones((4, 1, 1), np.bool_), np.full((4, 1, 1), 0.5)
    assert reading._facts_that_speak(RAISED, stands, excess, ~VOTES, ANSWER_OF, RISK_ENDS)[0, 0] == 0
