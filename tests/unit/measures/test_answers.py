"""Answers as people have them: headings recognized, long tables gathered, responses read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from andante.errors import InputError
from andante.measures import catalogue
from andante.measures.answers import check_answers, match_columns, read_long, read_responses, read_wide
from andante.measures.packs import read_questionnaire
from andante.measures.scoring import score_answers

PHQ9, AUDIT, ITQ = (catalogue()[name] for name in ("phq9", "audit_c", "itq"))
FHIR = Path(os.environ.get("ANDANTE_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "fhir"
needs_fhir = pytest.mark.skipif(not FHIR.is_dir(), reason=f"the published FHIR resources are not at {FHIR}")


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["id", "phq9_1", "phq9_2"], {"1": "phq9_1", "2": "phq9_2"}),
        (["PHQ-9.1", "PHQ9 item 02"], {"1": "PHQ-9.1", "2": "PHQ9 item 02"}),
        (["q1", "Item_2", "3"], {"1": "q1", "2": "Item_2", "3": "3"}),
        (["44250-9", "/44260-8"], {"1": "44250-9", "9": "/44260-8"}),
        (["phq9", "total", "gad7_1", "12", "phq9_10"], {}),
    ],
)
def test_headings(headings: list[str], found: dict[str, str]) -> None:
    assert match_columns(PHQ9, headings) == found


def test_items_with_letters() -> None:
    assert match_columns(ITQ, ["itq_p1", "itq_c9", "itq1"]) == {"p1": "itq_p1", "c9": "itq_c9"}


def test_columns_that_are_not_there_were_not_answered() -> None:
    grid = read_wide(AUDIT, {"1": np.array([1.0, 2.0]), "3": np.array([0.0, np.nan])})
    np.testing.assert_array_equal(grid, [[1, np.nan, 0], [2, np.nan, np.nan]])


def test_a_long_table_keeps_the_order_of_people() -> None:
    keys = [("b", 1), ("a", 1), ("b", 1), ("b", 2)]
    found = read_long(AUDIT, keys, ["audit_c_1", "1", "2", "3"], np.array([4.0, 3.0, 2.0, 1.0]), file="t.csv", lines=[2, 3, 5, 6])
    assert found.keys == [("b", 1), ("a", 1), ("b", 2)]
    assert found.problems == []
    np.testing.assert_array_equal(found.grid, [[4, 2, np.nan], [3, np.nan, np.nan], [np.nan, np.nan, 1]])
    np.testing.assert_array_equal(found.places, [[2, 5, 0], [3, 0, 0], [0, 0, 6]])


def test_a_long_table_names_every_row_it_cannot_use() -> None:
    found = read_long(AUDIT, [("a",)] * 4, ["1", "1", "7", None], np.array([9.0, 1, 1, 1]), file="t.csv", lines=[2, 3, 5, 6])
    problems = [*found.problems, *check_answers(AUDIT, found.grid, file="t.csv", rows=found.places)]
    assert [str(p) for p in problems] == [
        "t.csv, row 3: item 1 is answered twice. To mend it: it is also in row 2: keep one, "
        "or name what tells them apart (date, session) with --keep",
        "t.csv, row 5: an item that AUDIT-C does not have (value: 7). To mend it: its items are 1 to 3",
        "t.csv, row 6: an item that AUDIT-C does not have (value: nothing). To mend it: its items are 1 to 3",
        "t.csv, row 2, column item 1: is no answer of this item (value: 9). To mend it: answers are 0, 1, 2, 3, 4",
    ]


def test_bad_answers_are_named_by_row_and_item() -> None:
    found = check_answers(AUDIT, np.array([[0, 5, 2.5]]), file="t.csv", rows=[7], columns={"2": "drinks"})
    assert [str(p) for p in found] == [
        "t.csv, row 7, column drinks (item 2): is no answer of this item (value: 5). To mend it: answers are 0, 1, 2, 3, 4",
        "t.csv, row 7, column item 3: is no answer of this item (value: 2.5). To mend it: answers are 0, 1, 2, 3, 4",
    ]


def response(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "subject": {"reference": "Patient/c7"},
        "authored": "2024-03-01",
        "item": list(items),
        **more,
    }


def entry(link: str, **answer: Any) -> dict[str, Any]:
    return {"linkId": link, "answer": [answer]}


@pytest.mark.parametrize(
    "items",
    [
        [
            entry("/68518-0", valueCoding={"code": "LA18927-6"}),
            entry("/68519-8", valueCoding={"code": "LA15694-5"}),
            entry("/68520-6", valueInteger=1),
        ],
        [entry("AUDIT.1", valueInteger=2), entry("AUDIT.2", valueInteger=0), entry("AUDIT.3", valueDecimal=1.0)],
        [entry("a", valueCoding={"code": "2"}), entry("b", valueString="0"), entry("c", valueQuantity={"value": 1})],  # by order
        [{"linkId": "g", "item": [entry("x1", valueInteger=2), entry("x2", valueInteger=0), entry("x3", valueInteger=1)]}],  # in a group
    ],
)
def test_responses_by_code_number_or_order(items: list[dict[str, Any]]) -> None:
    found = read_responses(AUDIT, [response(*items)], None, file="r.json")
    np.testing.assert_array_equal(found.grid, [[2, 0, 1]])
    assert found.keys == {"id": ["c7"], "date": ["2024-03-01"]}
    assert bool(found.notes) == (items[0]["linkId"] == "a")


def test_another_questions_code_is_not_taken_for_a_number() -> None:
    """LOINC 69722-7 (difficulty) ends in 7 and is not item 7."""
    found = read_responses(PHQ9, [response(entry("/44250-9", valueInteger=1), entry("/69722-7", valueInteger=3))], None, file="r.json")
    assert np.isnan(found.grid[0, 6])
    assert found.grid[0, 0] == 1


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (response(entry("1", valueInteger=7)), r"r.json, row 1, column item 1: is no answer of this item \(value: 7\)"),
        (response({"linkId": "1", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}), "has 2 answers"),
        (response(entry("1", valueInteger=1), subject={}), "whose answers these are"),
        (response(entry("x", valueInteger=1)), "could not be matched to those of AUDIT-C"),
        (response(entry("1", valueString="a lot of words that are private")), "text of 31 characters"),
    ],
)
def test_responses_that_cannot_be_used(resource: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_responses(AUDIT, [resource], None, file="r.json")


PHQ = [entry(f"PHQ.{number}", valueInteger=3) for number in range(1, 11)]
LOINC = [entry(f"/{item.loinc}", valueInteger=3) for item in PHQ9.items]
FORM = [entry(f"phq9-{number}", valueInteger=3) for number in range(1, 10)] + [entry(f"gad7-{n}", valueInteger=1) for n in range(1, 8)]


@pytest.mark.parametrize(
    ("items", "more"),
    [
        (PHQ, {}),  # letters of the linkIds
        ([entry(f"PHQ-9.{number}", valueInteger=3) for number in range(1, 10)], {}),  # a name in the linkIds
        (LOINC, {}),  # codes
        ([entry(f"{n}", valueInteger=3) for n in range(1, 10)], {"questionnaire": "http://x.org/Questionnaire/phq-9|1.0"}),
    ],
)
def test_answers_to_another_instrument_are_not_scored(items: list[dict[str, Any]], more: dict[str, str]) -> None:
    """Nine answers to the PHQ-9 are no seven answers to the GAD-7, though all of them would be allowed there."""
    with pytest.raises(InputError, match="looks like PHQ-9, not GAD-7"):
        read_responses(catalogue()["gad7"], [response(*items, **more)], None, file="r.json")
    assert score_answers(PHQ9, read_responses(PHQ9, [response(*items, **more)], None, file="r.json").grid).scores["phq9"][0] == 27


def test_one_form_with_two_instruments() -> None:
    for one, total in ((PHQ9, 27), (catalogue()["gad7"], 7)):
        found = read_responses(one, [response(*FORM)], None, file="r.json")
        assert score_answers(one, found.grid).scores[one.id][0] == total
        assert len(found.notes) == 1
        assert "left out" in found.notes[0]


def test_order_alone_is_not_trusted_where_there_are_many_more_answers() -> None:
    many = [entry(sign, valueInteger=1) for sign in "abcdefg"]
    with pytest.raises(InputError, match="could not be matched to those of AUDIT-C"):
        read_responses(AUDIT, [response(*many)], None, file="r.json")


def test_what_belongs_to_no_item_is_told() -> None:
    found = read_responses(PHQ9, [response(*PHQ), response(*PHQ)], None, file="r.json")
    assert found.notes == ["not part of PHQ-9, left out: PHQ.10 (2)"]


def test_two_answers_under_one_link_are_an_error() -> None:
    with pytest.raises(InputError, match="item 1: has 2 answers"):
        read_responses(PHQ9, [response(entry("/44250-9", valueInteger=1), entry("/44250-9", valueInteger=2))], None, file="r.json")


@pytest.mark.parametrize("answer", [None, [], {}, [{}], [None], "x", 3, [{"extension": [{"url": "data-absent-reason"}]}]])
def test_an_answer_without_a_value_is_none(answer: Any) -> None:
    found = read_responses(AUDIT, [response({"linkId": "1", "answer": answer}, entry("2", valueInteger=1))], None, file="r.json")
    np.testing.assert_array_equal(found.grid, [[np.nan, 1, np.nan]])


def test_an_instrument_whose_name_begins_with_anothers() -> None:
    """`bdi-bdi2-q01` names the BDI-II, though the BDI too; an answer that says its points needs no pack."""
    codes = ["1", "0", "2a"] * 7
    items = [
        entry(
            f"bdi-bdi2-q{k:02d}",
            valueCoding={"code": f"bdi-bdi2-answer-{c}", "display": f"{c[0]} points (variant)" if c != "1" else "1 point"},
        )
        for k, c in enumerate(codes, 1)
    ]
    whole = response(
        *items, entry("bdi-bdi2-score-total", valueDecimal=21), questionnaire="http://x.org/Questionnaire/mii-qst-pro-bdi-bdi2|1"
    )
    found = read_responses(catalogue()["bdi2"], [whole], None, file="r.json")
    assert score_answers(catalogue()["bdi2"], found.grid).scores["bdi2"][0] == 21
    assert found.notes == ["not part of BDI-II, left out: bdi-bdi2-score-total (1)"]
    with pytest.raises(InputError, match="looks like BDI-II, not BDI"):
        read_responses(catalogue()["bdi"], [whole], None, file="r.json")


def test_responses_entered_in_error_are_left_out_and_told() -> None:
    """The row of a problem is still that of the file."""
    wrong = response(entry("1", valueInteger=9), status="entered-in-error")
    found = read_responses(AUDIT, [wrong, response(entry("1", valueInteger=3), status="completed")], None, file="r.json")
    np.testing.assert_array_equal(found.grid, [[3, np.nan, np.nan]])
    assert found.keys["id"] == ["c7"]
    assert found.notes == ["1 responses were entered in error, as they say themselves: left out"]
    with pytest.raises(InputError, match="row 2, column item 1: is no answer"):
        read_responses(AUDIT, [wrong, response(entry("1", valueInteger=9))], None, file="r.json")


def test_items_inside_an_answer_are_found() -> None:
    inner = {"linkId": "1", "answer": [{"valueInteger": 4, "item": [entry("2", valueInteger=1), entry("3", valueString="2")]}]}
    np.testing.assert_array_equal(read_responses(AUDIT, [response(inner)], None, file="r.json").grid, [[4, 1, 2]])


@pytest.mark.parametrize("subject", [None, "Patient/1", 3, [], {"reference": {}}, {"identifier": "x"}])
def test_a_subject_that_names_nobody(subject: Any) -> None:
    with pytest.raises(InputError, match="whose answers these are"):
        read_responses(AUDIT, [response(entry("1", valueInteger=1), subject=subject)], None, file="r.json")


@needs_fhir
def test_the_published_response_scores_what_its_observation_says() -> None:
    """Its linkIds (PHQ.1) are not those of its Questionnaire (PHQ-9.1): matched by number."""
    resource = json.loads((FHIR / "QuestionnaireResponse-mii-exa-pro-phq-9-response.json").read_text())
    observation = json.loads((FHIR / "Observation-mii-exa-pro-phq-9-observation.json").read_text())
    text = (FHIR / "Questionnaire-mii-qst-pro-phq-9.json").read_text()
    pack = read_questionnaire(text, catalogue(), file="q")
    for known in (None, pack):
        found = read_responses(PHQ9, [resource], known, file="r.json")
        total = score_answers(PHQ9, found.grid).scores["phq9"][0]
        assert total == observation["valueQuantity"]["value"] == 27


def answered(links: list[str], values: list[int], subject: str = "Patient/anna") -> dict[str, Any]:
    items = [{"linkId": link, "answer": [{"valueInteger": value}]} for link, value in zip(links, values, strict=True)]
    return {"subject": {"reference": subject}, "item": items}


def test_items_counted_from_zero_are_not_shifted_by_one() -> None:
    """Of nine answers q0 to q8 the last is item 9, the safety item: by their order, which is said."""
    found = read_responses(PHQ9, [answered([f"q{k}" for k in range(9)], [2] * 8 + [3])], None, file="f")
    assert found.grid[0].tolist() == [2] * 8 + [3]
    assert "matched by their order" in found.notes[0]
    with pytest.raises(InputError, match="could not be matched to those of PHQ-9"):
        read_responses(PHQ9, [answered([f"q{k}" for k in range(10)], [0] * 10)], None, file="f")


def test_an_item_answered_twice_is_no_reason_to_count_by_order() -> None:
    twice = answered(["q1", *(f"q{k}" for k in range(1, 10))], [0] * 9 + [3])
    with pytest.raises(InputError, match="item 1: has 2 answers"):
        read_responses(PHQ9, [twice], None, file="f")


def test_a_version_of_a_resource_is_not_its_patient() -> None:
    links = [f"q{k}" for k in range(1, 10)]
    people = [answered(links, [0] * 9, f"Patient/{name}/_history/1") for name in ("anna", "ben")]
    assert read_responses(PHQ9, people, None, file="f").keys["id"] == ["anna", "ben"]


def test_questions_counted_from_zero_give_the_first_nine() -> None:
    """Nine items and a question about the whole, q0 to q9: item 9 is q8."""
    options = [{"valueCoding": {"code": str(k), "display": f"w{k}"}} for k in range(4)]
    questions = [{"linkId": f"q{k}", "text": f"t{k}", "type": "choice", "answerOption": options} for k in range(10)]
    document = {"resourceType": "Questionnaire", "title": "PHQ-9", "language": "en", "item": questions}
    pack = read_questionnaire(json.dumps(document), catalogue(), file="f", instrument="phq9")
    assert pack.links["q8"] == "9"
    assert "q9" not in pack.links
