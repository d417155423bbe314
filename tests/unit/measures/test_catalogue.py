"""Every instrument meets every check: what a figure must say of itself, and what may not be shipped."""

from __future__ import annotations

import json
import time

import pytest

from andante.errors import DefinitionError
from andante.measures import CATALOGUE, IDS, catalogue, columns
from andante.measures.instrument import CONFIDENCES, Figure, Instrument, parse_instrument
from andante.measures.reliability import reliable_change

INSTRUMENTS = list(catalogue().values())
by_id = pytest.mark.parametrize("one", INSTRUMENTS, ids=[i.id for i in INSTRUMENTS])


def figures(one: Instrument) -> list[Figure]:
    found = []
    for score in one.scores:
        found += [score.reliable_change, *score.cutoffs, *score.reliability]
        found += [f for f in (score.spread, score.functional) if f is not None]
    return found


def test_the_list_is_the_folder() -> None:
    assert sorted(IDS) == sorted(path.stem for path in CATALOGUE.glob("*.json"))
    wanted = "phq9 gad7 pcl5 pc_ptsd5 phq15 audit_c k10 core10 core_om bdi bdi2 wsas who5 dass21 wai_sr srs ors oq45 itq oasis odsis"
    assert set(wanted.split()) == set(IDS)
    assert [one.id for one in INSTRUMENTS] == list(IDS)


def test_it_loads_in_a_moment() -> None:
    """Every reading needs it: 0.1 s is twenty times what it takes here."""
    catalogue.cache_clear()
    columns.cache_clear()
    start = time.process_time()
    columns()
    assert time.process_time() - start < 0.1


def test_columns_have_their_own_names() -> None:
    names = [column.name for column in columns()]
    assert len(set(names)) == len(names)
    assert names[0] == "phq9"
    assert {c.name: c.reliable_change for c in columns() if c.name in ("phq9", "gad7", "pcl5", "core10", "bdi", "bdi2")} == {
        "phq9": 6, "gad7": 4, "pcl5": 10, "core10": 6, "bdi": 9, "bdi2": 9,
    }  # fmt: skip


@by_id
def test_every_figure_has_a_source_and_says_how_sure_it_is(one: Instrument) -> None:
    for figure in figures(one):
        assert figure.confidence in CONFIDENCES
        assert len(figure.source) > 8
        assert (figure.value is None) == (figure.confidence == "none")
    assert one.missing["confidence"] in CONFIDENCES
    assert one.missing["source"]
    assert one.wording["held_by"]
    assert one.wording["terms"]


@by_id
def test_ranges_are_those_of_the_items(one: Instrument) -> None:
    low, high = one.span
    for score in one.scores:
        count = len(score.items) if score.how == "sum" else 1
        assert (score.low, score.high) == (pytest.approx(low * count * score.times), pytest.approx(high * count * score.times))
        assert score.most_missing < len(score.items)
        starts = [start for start, _ in score.bands]
        assert starts == sorted(starts)
        assert all(score.low <= start <= score.high for start in starts)
        assert not starts or starts[0] == score.low
        assert all(score.low <= cut.value <= score.high for cut in score.cutoffs if cut.value is not None)
        assert score.reliable_change.value is None or 0 < score.reliable_change.value < score.high - score.low


@by_id
def test_items_are_labelled_in_few_words_of_our_own(one: Instrument) -> None:
    """A label is for a chart: no question, no sentence of a questionnaire."""
    assert len({item.id for item in one.items}) == len(one.items)
    for item in one.items:
        assert 1 <= len(item.label.split()) <= 7
        assert "?" not in item.label
        assert not item.label.lower().startswith(("i ", "i've", "have you", "how often have", "feeling "))
    codes = [item.loinc for item in one.items if item.loinc]
    assert len(set(codes)) == len(codes)


@by_id
def test_files_hold_no_text_of_answers_and_no_questions(one: Instrument) -> None:
    entry = json.loads((CATALOGUE / f"{one.id}.json").read_text(encoding="utf-8"))
    assert {key for item in entry["items"] for key in item} <= {"id", "label", "loinc", "reverse", "answers"}
    if isinstance(entry["answers"], list):
        assert {key for answer in entry["answers"] for key in answer} <= {"value", "loinc"}


@by_id
def test_computed_reliable_changes_are_what_they_say(one: Instrument) -> None:
    """A derived figure is 1.96 sqrt(2) s sqrt(1 - r) of the SD and the reliability beside it, rounded to one digit."""
    for score in one.scores:
        change = score.reliable_change
        if change.confidence == "derived":
            assert score.spread is not None
            assert score.spread.value is not None
            assert score.reliability[0].value is not None
            assert change.value == round(reliable_change(score.spread.value, score.reliability[0].value).points, 1)


@by_id
def test_safety_items_exist(one: Instrument) -> None:
    ids = {item.id for item in one.items}
    assert all(rule["item"] in ids and rule["at_least"] > 0 and rule["about"] for rule in one.safety)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("{", "JSONDecodeError"),
        ("{}", "KeyError: 'items'"),
        (lambda e: {**e, "better": "up"}, "KeyError: 'up'"),
        (lambda e: {**e, "scores": [{**e["scores"][0], "items": ["99"]}]}, "unknown items"),
    ],
)
def test_a_broken_file_names_itself(broken, message: str) -> None:  # type: ignore[no-untyped-def]
    entry = json.loads((CATALOGUE / "phq9.json").read_text(encoding="utf-8"))
    text = broken if isinstance(broken, str) else json.dumps(broken(entry))
    with pytest.raises(DefinitionError, match=f"mine.json: not a valid instrument file: .*{message}"):
        parse_instrument(text, "mine.json")
