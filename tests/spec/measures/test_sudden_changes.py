"""# Sudden gains and losses

A large step between two sessions that lasts: three criteria, over up to three sessions on each side.
"""

from __future__ import annotations

import pytest

from andante.errors import UsageError
from andante.measures.episodes import check_interval, list_episodes, tabulate_persons
from andante.measures.reliability import reliable_change
from andante.measures.spikes import STATES, find_spikes
from andante.measures.sudden import Rules, critical_values, find_live, find_sudden

NONE = float("nan")
#                                                          step that counts
GAIN = [32, 31, 33, 5, 6, 7]  #                            3 to 4: falls by 28
LOSS = [10, 10, 10, 20, 21, 20]  #                         3 to 4: rises by 10
SMALL_RISE = [10, 10, 10, 11, 11, 11]  #                   criterion 2 must be false (a tenth is no quarter)


def test_all_three_criteria_are_met() -> None:
    assert check_interval(GAIN[:3], GAIN[3:], Rules()) == {"criterion_1": True, "criterion_2": True, "criterion_3": True, "met": True}
    assert check_interval(LOSS[:3], LOSS[3:], Rules(), "loss")["met"] is True


def test_a_small_rise_is_no_loss_by_criterion_2() -> None:
    """suddengains compares a rise with +25 %, which any rise meets; on request that is kept."""
    assert check_interval(SMALL_RISE[:3], SMALL_RISE[3:], Rules(), "loss")["criterion_2"] is False
    assert check_interval(SMALL_RISE[:3], SMALL_RISE[3:], Rules(replicate="suddengains"), "loss")["criterion_2"] is True


@pytest.mark.parametrize(("values", "critical"), [(6, 2.776), (5, 3.182), (4, 4.303)])
def test_fewer_values_ask_for_a_clearer_step(values: int, critical: float) -> None:
    """Student's t with 4, 3 and 2 degrees of freedom."""
    assert critical_values(Rules())[values] == pytest.approx(critical, abs=5e-4)


@pytest.mark.parametrize(
    ("scores", "criterion_1", "criterion_2", "criterion_3"),
    [
        ([20, 20, 20, 13, 13, 13], True, True, True),  # a step of exactly the cut-off counts; no spread: any fall passes
        ([28, 28, 28, 21, 21, 21], True, True, True),  # exactly a quarter counts
        ([40, 40, 40, 33, 33, 33], True, False, True),  # 7 of 40 is less than a quarter
        ([10, 10, 10, 10, 10, 10], False, False, False),  # no change
        ([0, 0, 0, 0, 0, 0], False, True, False),  # a quarter of nothing is nothing: criterion 1 is the floor
        ([30, 31, NONE, 10, 11, 12], None, None, True),  # the score before the step is missing
        ([NONE, NONE, 30, 10, 11, 12], True, True, None),  # one value before: no spread to judge by
        ([0.7, 0.7, 0.7, 0.7, 0.7, 0.7], False, False, False),  # rounding makes no change of none
    ],
)
def test_edges(scores: list[float], criterion_1: bool | None, criterion_2: bool | None, criterion_3: bool | None) -> None:
    found = check_interval(scores[:3], scores[3:], Rules())
    assert [found[f"criterion_{k}"] for k in (1, 2, 3)] == [criterion_1, criterion_2, criterion_3]


def test_unknown_is_not_no() -> None:
    """Where one criterion cannot be judged the step cannot, even if another fails."""
    assert check_interval([40, NONE, NONE], [39, 38, 37], Rules())["met"] is None


def test_the_first_and_the_last_step_are_never_judged() -> None:
    found = find_sudden([[40, 10, 10, 10, 10, 1]], labels=["a", "b", "c", "d", "e", "f"]).table().to_pylist()
    assert [(row["from"], row["to"]) for row in found] == [("b", "c"), ("c", "d"), ("d", "e")]


@pytest.mark.parametrize(
    ("later", "is_reversed", "theirs"),
    [
        ([21, 10, 10, 10], True, False),  # straight after: suddengains does not look there
        ([10, 21, 10, 10], True, True),
        ([10, 20, 10, 10], False, False),  # exactly half given back is not beyond the line
        ([10, 10, 10, 10], False, False),
    ],
)
def test_reversal(later: list[float], is_reversed: bool, theirs: bool) -> None:
    """Half of the step given back (line 20) at any later session."""
    scores = [[30, 30, 30, 10, *later, 10, 10, 10]]
    for rules, wanted in ((Rules(), is_reversed), (Rules(replicate="suddengains"), theirs)):
        assert list_episodes(find_sudden(scores, rules=rules)).reversed.tolist() == [wanted]


def test_the_smallest_loss_is_the_smallest() -> None:
    """suddengains compares signed magnitudes, so that its smallest loss is the largest."""
    scores = [[5, 5, 5, 15, 15, 15, 15, 15, 15, 40, 40, 40]]
    for rules, size in ((Rules(), -10.0), (Rules(replicate="suddengains"), -25.0)):
        table = tabulate_persons(list_episodes(find_sudden(scores, rules=rules), "loss"), "smallest")
        assert table["magnitude"].to_pylist() == [size]


def test_live_says_possible_until_three_sessions_have_come() -> None:
    scores = [30, 31, 30, 10, 11, 10]
    states = []
    for known in range(4, 7):
        row = scores[:known] + [NONE] * (6 - known)
        states.append([r["state"] for r in find_live(find_sudden([row])).to_pylist()])
    assert states == [["possible"], ["possible"], ["confirmed"]]


def test_live_never_confirms_the_first_step() -> None:
    assert [r["state"] for r in find_live(find_sudden([[30, 10, 10, 10, 10]])).to_pylist()] == ["cannot be confirmed"]


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        ([10, 22, 16, 16, 16], "returned"),  # 6 below the peak, one session later
        ([10, 22, 25, 24, 24, 24], "not returned"),  # never 6 below its peak of 25, and three sessions have passed
        ([10, 22, 25, 19, 19], "returned"),  # from the peak, not from the first high score
        ([10, 22, 21], "open"),  # two sessions to go
        ([10, 22, NONE, NONE, NONE, 10], "not returned"),  # nothing was seen in time
    ],
)
def test_spikes_return_or_not(scores: list[float], state: str) -> None:
    """A rise of 12 or more, that comes back by half within three sessions."""
    found = find_spikes([scores], rise=12)
    assert [STATES[s] for s in found.state] == [state]


def test_the_cut_off_from_a_reliability() -> None:
    """GAD-7: s 4.5, alpha .92 gives 3.53; PHQ-9: s 5.5, alpha .89 gives 5.06; CORE-10: s 7.7, r .90 gives 6.75, at 90 % 5.66."""
    assert reliable_change(4.5, 0.92).points == pytest.approx(3.53, abs=0.005)
    assert reliable_change(5.5, 0.89).points == pytest.approx(5.06, abs=0.005)
    assert reliable_change(7.7, 0.90).points == pytest.approx(6.75, abs=0.005)
    assert reliable_change(7.7, 0.90, confidence=0.90).points == pytest.approx(5.66, abs=0.005)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (Rules(cutoff=-7), "positive number"),
        (Rules(cutoff=None, share=None, third=False), "No criterion is left"),
        (Rules(share=25), "between 0 and 1"),
        (Rules(alpha=5), "between 0 and 1"),
        (Rules(replicate="SPSS"), "can be 'suddengains'"),
    ],
)
def test_requests_that_make_no_sense(rules: Rules, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_sudden([[1, 2, 3, 4]], rules=rules)


def test_a_repeated_id_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1 ids are repeated \(a\)"):
        find_sudden([[1, 2, 3, 4], [1, 2, 3, 4]], ids=["a", "a"])


def test_three_sessions_are_too_few() -> None:
    with pytest.raises(UsageError, match="at least 4 sessions, and 3 were given"):
        find_sudden([[1, 2, 3]])
