"""Every risk meets every check: a newcomer's risk is tested before its author writes a test.

A check is a function of one risk; its name says what must hold.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.checks.histories import all_missing, busiest, first_rows, only, readings, sample, signals, with_gaps, with_values

from andante.clients import Clients, gather
from andante.events import Events
from andante.history import blocks
from andante.measures import columns
from andante.priors import shipped
from andante.records import COLUMN, reading_schema
from andante.risk import Risk
from andante.risks import NAMES, RISKS
from andante.sentences import sentence
from andante.usual import Usual
from andante.weighing import layout
from andante.words import LEVELS

PLAN = layout(RISKS)

HEADINGS = ("Asks:", "Needs:", "How:", "Says nothing when:", "Sources:")
DOCS = Path(__file__).parents[2] / "docs" / "risks"
UNKNOWN_ROW = ("unknown", None, None)  # level, score, evidence


def _plain(table: pa.Table, risk: Risk) -> list[tuple[object, ...]]:
    rows = readings(table, risk.name).to_pylist()
    return [tuple(row[f"{risk.name}_{part}"] for part in ("level", "score", "evidence")) for row in rows]


def _ratings_with_ends(risk: Risk) -> list[str]:
    return [q for q in risk.questions if q in COLUMN and COLUMN[q].numeric and 3 < COLUMN[q].steps < float("inf")]


# on odd histories
def check_an_empty_history_gives_an_empty_reading(risk: Risk) -> None:
    found = readings(sample().slice(0, 0), risk.name)
    assert found.num_rows == 0
    assert f"{risk.name}_level" in found.column_names


def check_one_session_is_read(risk: Risk) -> None:
    (row,) = _plain(sample().slice(0, 1), risk)
    assert row[0] in LEVELS
    assert (row[1] is None) == (row[0] == "unknown")


def check_all_missing_is_unknown(risk: Risk) -> None:
    assert set(_plain(all_missing(sample()), risk)) == {UNKNOWN_ROW}


@pytest.mark.parametrize("keep", [2, 5])
def check_gaps_are_no_answers(risk: Risk, keep: int) -> None:
    """Rows without a value judge nothing."""
    whole, gaps = signals(sample(), risk), signals(with_gaps(sample(), keep), risk)
    answered = np.arange(sample().num_rows) % keep == 0
    behavior = {i.name for i in risk.indicators if i.source == "behavior" or "attendance" in i.columns or i.name in LOOK_BACK}
    for name in set(whole) - behavior:
        assert np.isnan(gaps[name][~answered]).all(), name


LOOK_BACK = ("safety_not_reviewed",)  # judged in every attended session once a safety item was asked


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def check_constant_ratings_are_read(risk: Risk, place: float) -> None:
    for level, score, evidence in _plain(with_values(sample(), place), risk):
        assert level in LEVELS
        assert score is None or 0 <= score <= 1
        assert evidence is None or level in ("watch", "act")


@pytest.mark.parametrize("place", [0.0, 1.0])
def check_ratings_at_one_end_cannot_be_quiet(risk: Risk, place: float) -> None:
    names = [n for n in _ratings_with_ends(risk) if n in sample().column_names]
    table = with_values(busiest().select(["client_id", "session", *names]), place)
    if names:
        assert "quiet" not in [level for level, _, _ in _plain(table, risk)[5:]]


def check_nothing_known_in_a_row_judges_nothing(risk: Risk) -> None:
    """Null is never turned to zero: a row that knows only who and when answers no question."""
    last = busiest().to_pylist()[-1]
    names = [n for n in ("client_id", "session", "date", "day") if n in last]
    more = {n: last[n] for n in names} | {"session": last["session"] + 1}
    table = pa.concat_tables([busiest(), pa.Table.from_pylist([more], schema=busiest().schema)])
    judged = {name: values[-1] for name, values in signals(table, risk).items() if not np.isnan(values[-1])}
    assert judged == {}


def check_a_null_is_not_a_zero(risk: Risk) -> None:
    """An empty answer and the answer 0 are not the same to the risk."""
    for name in _ratings_with_ends(risk):
        if name in busiest().column_names:
            table = busiest().select(["client_id", "session", name])
            zero = with_values(table, 0.0)
            assert _plain(all_missing(table), risk) != _plain(zero, risk), name


# on what must change nothing
def check_the_order_of_rows_changes_nothing(risk: Risk) -> None:
    shuffled = sample().take(np.random.default_rng(3).permutation(sample().num_rows))
    assert readings(shuffled, risk.name).equals(readings(sample(), risk.name))


def check_the_input_is_not_changed(risk: Risk) -> None:
    clients = gather(busiest(), ordered=True)
    block = next(iter(blocks(Clients(clients, columns()))))
    before = {name: block[name].copy() for name in busiest().column_names}
    usual = Usual(block, shipped())
    risk.assess(block, usual, Events(block, usual))
    assert not any(block[name].flags.writeable for name in before)
    assert all(np.array_equal(before[name], block[name], equal_nan=True) for name in before)
    assert clients.equals(gather(busiest(), ordered=True))


def check_a_batch_of_one_equals_a_batch_of_many(risk: Risk) -> None:
    together = readings(sample(), risk.name)
    for client in dict.fromkeys(sample()["client_id"].to_pylist()):
        assert readings(only(sample(), client), risk.name).equals(only(together, client)), client


def check_other_clients_do_not_matter(risk: Risk) -> None:
    """Not even one with ten thousand times as many sessions, or the worst of lives."""
    own = busiest()
    long = with_values(pa.concat_tables([own] * 4), 1.0)
    ids, numbers = pa.array(["another"] * long.num_rows), pa.array(range(long.num_rows), pa.int64())
    long = long.set_column(0, "client_id", ids).set_column(long.column_names.index("session"), "session", numbers)
    both = readings(pa.concat_tables([own, long]), risk.name)
    assert only(both, own["client_id"][0].as_py()).equals(readings(own, risk.name))


def check_sessions_that_follow_change_no_earlier_reading(risk: Risk) -> None:
    whole = readings(busiest(), risk.name)
    for rows in range(1, busiest().num_rows):
        assert readings(first_rows(busiest(), rows), risk.name).equals(whole.slice(0, rows)), rows


def check_a_row_left_incomplete_is_read_the_same_when_later_rows_come(risk: Risk) -> None:
    """The before-answers of a session are there, the session is never recorded, and therapy goes on."""
    held = [n for n in busiest().column_names if n in COLUMN and COLUMN[n].stage in ("after", "therapist", "attendance")]
    place = busiest().num_rows // 2
    rows = busiest().to_pylist()
    rows[place] |= dict.fromkeys(held)
    table = pa.Table.from_pylist(rows, schema=busiest().schema)
    whole = readings(table, risk.name)
    assert readings(table.slice(0, place + 1), risk.name).equals(whole.slice(0, place + 1))


# on what a risk says of itself
def check_the_docstring_has_its_headings(risk: Risk) -> None:
    text = inspect.getdoc(sys.modules[risk.module]) or ""
    places = [text.find(f"\n{heading}") for heading in HEADINGS]
    assert all(text.count(f"\n{heading}") == 1 for heading in HEADINGS)
    assert places == sorted(places)
    assert text.startswith(risk.name.capitalize())


def check_one_name_everywhere(risk: Risk) -> None:
    module = sys.modules[risk.module]
    assert Path(str(module.__file__)).stem == risk.name
    assert module.RISK is risk
    assert f"{risk.name}_level" in reading_schema(NAMES, "date").names
    assert (DOCS / f"{risk.name}.md").is_file()


def check_it_has_three_to_five_responses_of_different_kinds(risk: Risk) -> None:
    assert 3 <= len(risk.responses) <= 5
    assert len({r.name for r in risk.responses}) == len(risk.responses)
    assert {r.kind for r in risk.responses} == {"say", "change", "supervise"}
    assert all(r.text.endswith((".", "?")) and len(r.text) < 160 for r in risk.responses)


def check_its_two_wordings_are_questions_and_differ(risk: Risk) -> None:
    assert risk.asks.endswith("?")
    assert risk.client_title.endswith("?")
    assert risk.client_title not in (risk.title, risk.asks)
    assert risk.name not in risk.client_title.lower()


def check_every_column_it_names_exists(risk: Risk) -> None:
    domains = {m.domain for m in columns()}
    named = [c for i in risk.indicators for c in i.columns] + list(risk.questions)
    unknown = [c for c in named if c not in COLUMN and c.removeprefix("measure:") not in domains]
    assert unknown == []
    assert set(risk.streams) <= set(COLUMN)


def check_every_indicator_is_returned_and_no_other(risk: Risk) -> None:
    block = next(iter(blocks(Clients(gather(busiest(), ordered=True), columns()))))
    usual = Usual(block, shipped())
    found = risk.assess(block, usual, Events(block, usual))
    assert set(found) == {i.name for i in risk.indicators}
    assert all(signal.excess.shape == block.shape for signal in found.values())


def check_every_indicator_says_what_it_rests_on(risk: Risk) -> None:
    for i in risk.indicators:
        assert i.says, i.name
        assert i.clears.startswith("clears when"), i.name
        assert i.threshold, i.name
        assert i.basis, i.name
        assert sentence(PLAN, PLAN.place[risk.name, i.name], 6.0, 9.0, "PHQ-9"), i.name


CHECKS: list[Callable[..., None]] = [value for name, value in list(globals().items()) if name.startswith("check_")]


def _cases() -> list[object]:
    cases = []
    for risk in RISKS:
        for check in CHECKS:
            marks = getattr(check, "pytestmark", [])
            more = [(m.args[0], value) for m in marks for value in m.args[1]] or [None]
            for extra in more:
                told = f"-{extra[0]}={extra[1]}" if extra else ""
                name = check.__name__.removeprefix("check_")
                cases.append(pytest.param(risk, check, dict([extra]) if extra else {}, id=f"{risk.name}-{name}{told}"))
    return cases


@pytest.mark.parametrize(("risk", "check", "more"), _cases())
def test_check(risk: Risk, check: Callable[..., None], more: dict[str, object]) -> None:
    check(risk, **more)


def test_every_measure_in_which_a_change_counts_is_asked_about_by_some_risk() -> None:
    """Else a service's outcome measure would be read in silence, however much worse it becomes."""
    named = {c for risk in RISKS for c in (*risk.questions, *(column for i in risk.indicators for column in i.columns))}
    assert [m.name for m in columns() if m.change and f"measure:{m.domain}" not in named] == []
