"""Packs: wording read from Questionnaires as they are, matched, kept, and never lost without a word."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from andante.errors import InputError, UsageError
from andante.measures import catalogue
from andante.measures.checkins import build_questionnaire
from andante.measures.packs import keep_pack, load_packs, packs_folder, pick_pack, read_questionnaire
from andante.records import COLUMN, COLUMNS

FHIR = Path(os.environ.get("ANDANTE_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "fhir"
needs_fhir = pytest.mark.skipif(not FHIR.is_dir(), reason=f"the published FHIR resources are not at {FHIR}")
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def option(points: float | None = None, code: str = "", text: str = "") -> dict[str, Any]:
    coding = {"code": code, "display": text}
    return {"valueCoding": coding} | ({"extension": [{"url": ORDINAL, "valueDecimal": points}]} if points is not None else {})


def question(link: str, code: str | None = None, **more: Any) -> dict[str, Any]:
    coded = {"code": [{"system": "http://loinc.org", "code": code}]} if code else {}
    options = [option(points, text=f"answer {points}") for points in range(5)]
    return {"linkId": link, "type": "choice", "text": f"text of {link}", "answerOption": options, **coded, **more}


def questionnaire(*items: dict[str, Any], **more: Any) -> str:
    whole = {"resourceType": "Questionnaire", "title": "AUDIT-C", "language": "en", "copyright": "(c) somebody", "item": list(items)}
    return json.dumps({key: value for key, value in (whole | more).items() if value is not None})


def read(text: str, **more: Any):  # type: ignore[no-untyped-def]
    return read_questionnaire(text, catalogue(), file="q.json", **more)


def test_by_code_whatever_the_order() -> None:
    pack = read(questionnaire(question("c", "68520-6"), question("a", "68518-0"), question("b", "68519-8")))
    assert pack.questions == {"1": "text of a", "2": "text of b", "3": "text of c"}
    assert pack.links == {"a": "1", "b": "2", "c": "3"}
    assert pack.copyright == "(c) somebody"
    assert pack.warnings == []


def test_by_order_with_a_warning() -> None:
    pack = read(questionnaire(question("x"), {"linkId": "d", "type": "display", "text": "Please answer"}, question("y"), question("z")))
    assert pack.questions == {"1": "text of x", "2": "text of y", "3": "text of z"}
    assert pack.introduction == "Please answer"
    assert any("matched by order" in warning for warning in pack.warnings)


def test_some_by_code_the_rest_by_order() -> None:
    pack = read(questionnaire(question("x"), question("b", "68519-8"), question("z")))
    assert pack.links == {"x": "1", "b": "2", "z": "3"}
    assert any("items 1, 3 were matched by order" in warning for warning in pack.warnings)


def test_totals_and_groups_are_no_items() -> None:
    total = {"linkId": "t", "type": "decimal", "text": "Total", "code": [{"system": "http://loinc.org", "code": "75626-2"}]}
    group = {"linkId": "g", "type": "group", "text": "Drinking", "item": [question("x"), question("y"), question("z")]}
    pack = read(questionnaire(total, group))
    assert list(pack.links) == ["x", "y", "z"]
    assert any("left out: t" in warning for warning in pack.warnings)


def test_points_by_code_win_over_stated_ones() -> None:
    """An answer that says other points than its code has is read by the code, and told."""
    wrong = [option(points, code) for points, code in zip((4, 3, 2, 1, 0), catalogue()["audit_c"].items[0].answers, strict=True)]
    pack = read(questionnaire(question("a", "68518-0", answerOption=wrong), question("b", "68519-8"), question("c", "68520-6")))
    assert [points for points, _, _ in pack.answers["1"]] == [0, 1, 2, 3, 4]
    assert any("says 4 points, and has 0" in warning for warning in pack.warnings)


@pytest.mark.parametrize(
    ("options", "points"),
    [
        ([{"valueCoding": {"display": t}} for t in "abcde"], [0, 1, 2, 3, 4]),  # nothing but their order
        ([{"valueInteger": v} for v in range(5)], [0, 1, 2, 3, 4]),
        ([{"valueString": t} for t in "abcde"], [0, 1, 2, 3, 4]),
        ([{"valueCoding": {"display": t}} for t in "abc"], [0, 1, 2]),  # too few: as far as they go
    ],
)
def test_answers_without_codes(options: list[dict[str, Any]], points: list[float]) -> None:
    pack = read(questionnaire(question("a", answerOption=options), question("b"), question("c")))
    assert [p for p, _, _ in pack.answers["1"]] == points
    assert any("instead of 5" in w or "its answers have the points" in w for w in pack.warnings) == (len(points) < 5)


def test_answers_of_a_value_set_inside_the_file() -> None:
    inside = {
        "resourceType": "ValueSet",
        "id": "often",
        "compose": {"include": [{"concept": [{"code": str(v), "display": f"w{v}"} for v in range(5)]}]},
    }
    items = [question(link, answerOption=None, answerValueSet="#often") for link in "abc"]
    pack = read(questionnaire(*items, contained=[inside]))
    assert pack.answers["2"] == [(float(v), f"w{v}", str(v)) for v in range(5)]


def test_what_is_missing_is_told() -> None:
    pack = read(questionnaire(question("a"), question("b", text=""), question("c"), language=None, copyright=None))
    assert {"item 2 has no text", "it does not say its language"} <= set(pack.warnings)
    assert any("no copyright line" in warning for warning in pack.warnings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "is not JSON"),
        ('{"resourceType": "Patient"}', "is no Questionnaire but Patient"),
        ("[]", "is no Questionnaire but list"),
        (questionnaire(question("a"), question("b")), r"too few questions for AUDIT-C: items 3 were not found"),
        (questionnaire(question("a"), title="My own form"), "does not say which instrument it is"),
    ],
)
def test_files_that_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(text)


def test_the_person_may_say_which_it_is() -> None:
    pack = read(questionnaire(question("a"), question("b"), question("c"), title="My own form"), instrument="audit_c")
    assert pack.instrument == "audit_c"
    with pytest.raises(UsageError, match="no instrument 'audit'"):
        read(questionnaire(question("a")), instrument="audit")


def test_kept_and_loaded_again(tmp_path: Path) -> None:
    pack = read(questionnaire(question("a"), question("b"), question("c")))
    other = read(questionnaire(question("a"), question("b"), question("c"), language="de-AT"))
    keep_pack(pack, tmp_path / "packs")
    keep_pack(other, tmp_path / "packs")
    keep_pack(pack, tmp_path / "packs")  # again: in place of the first
    found = load_packs(tmp_path / "packs")
    assert {p.language for p in found["audit_c"]} == {"en", "de-AT"}
    assert pick_pack(found["audit_c"], "en") == pack
    assert pick_pack(found["audit_c"], "de") == other
    assert pick_pack(found["audit_c"], "fr") is None
    assert load_packs(tmp_path / "nowhere") == {}
    (tmp_path / "packs" / "bad.json").write_text("{}")
    with pytest.raises(InputError, match="is no pack"):
        load_packs(tmp_path / "packs")


def test_where_packs_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ANDANTE_PACKS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert packs_folder() == tmp_path / "andante" / "packs"
    monkeypatch.setenv("ANDANTE_PACKS", str(tmp_path / "ours"))
    assert packs_folder() == tmp_path / "ours"
    assert packs_folder(tmp_path / "given") == tmp_path / "given"


@needs_fhir
@pytest.mark.parametrize(
    ("file", "language", "answers", "warned"),
    [
        ("Questionnaire-mii-qst-pro-phq-9.json", "de", 0, "they are in the value set"),
        ("Questionnaire-mii-qst-pro-phq-9-extractable-observation.json", "de", 0, "left out: PHQ-9.Score, PHQ-9.10"),
        ("lforms-phq9-R4.json", "", 4, "does not say its language"),
    ],
)
def test_published_questionnaires(file: str, language: str, answers: int, warned: str) -> None:
    pack = read((FHIR / file).read_text())
    assert (pack.instrument, pack.language, len(pack.questions)) == ("phq9", language, 9)
    assert all(pack.questions.values())
    assert {len(options) for options in pack.answers.values()} == {answers}
    assert any(warned in warning for warning in pack.warnings)
    if answers:
        assert [points for points, _, _ in pack.answers["9"]] == [0, 1, 2, 3]


def test_our_own_check_ins_ask_every_question_of_the_contract() -> None:
    whole = build_questionnaire()
    items = {item["linkId"]: item for group in whole["item"] for item in group["item"]}
    assert set(items) == {column.name for column in COLUMNS if column.question}
    for name, item in items.items():
        assert item["text"] == COLUMN[name].question
        assert item["required"] is False
    assert [o["valueCoding"]["code"] for o in items["after_pace"]["answerOption"]] == ["-2", "-1", "0", "1", "2"]
    assert {e["url"].rpartition("/")[2]: e["valueInteger"] for e in items["after_helpful"]["extension"]} == {"minValue": 1, "maxValue": 9}
    assert "CC0" in whole["copyright"]
