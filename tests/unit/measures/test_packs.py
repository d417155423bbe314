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


BDI2 = catalogue()["bdi2"]


def two_lists(first: list[dict[str, Any]], other: list[dict[str, Any]]) -> str:
    items = [question(item.id, answerOption=first if item.id == "16" else other) for item in BDI2.items]
    return questionnaire(*items, title="BDI-II")


def test_seven_answers_marked_1a_1b_have_the_points_of_their_number() -> None:
    marks = ("0", "1a", "1b", "2a", "2b", "3a", "3b")
    pack = read(two_lists([{"valueCoding": {"code": m, "display": f"w{m}"}} for m in marks], [{"valueInteger": v} for v in range(4)]))
    assert [(p, text) for p, text, _ in pack.answers["16"]] == list(zip((0, 1, 1, 2, 2, 3, 3), [f"w{m}" for m in marks], strict=True))


def test_more_answers_than_points_are_not_placed_by_order() -> None:
    """The fourth of seven answers is not the one with three points."""
    pack = read(two_lists([{"valueString": f"w{place}"} for place in range(7)], [{"valueInteger": v} for v in range(4)]))
    assert pack.answers["16"] == []
    assert any("item 16: 7 answers instead of 4" in warning for warning in pack.warnings)


def test_points_that_start_at_one_are_shifted_and_told() -> None:
    """Answers 1 to 5 of an instrument that counts from 0: a client who chose the first has no points, not one."""
    options = [{"valueCoding": {"code": str(v), "display": f"w{v}"}} for v in (5, 4, 3, 2, 1)]
    pack = read(questionnaire(*[question(link, answerOption=options) for link in "abc"]))
    assert pack.answers["1"] == [(float(v - 1), f"w{v}", str(v)) for v in (5, 4, 3, 2, 1)]
    assert any("say 5, 4, 3, 2, 1 points" in warning for warning in pack.warnings)


def test_codes_that_count_nothing_are_no_points() -> None:
    """SNOMED codes are numbers, and none of them is a number of points."""
    options = [{"valueCoding": {"code": code, "display": code}} for code in ("900001", "100002", "500003", "300004", "200005")]
    pack = read(questionnaire(*[question(link, answerOption=options) for link in "abc"]))
    assert [p for p, _, _ in pack.answers["1"]] == [0, 1, 2, 3, 4]
    assert any("matched by order, the first has 0" in warning for warning in pack.warnings)


def test_points_that_the_instrument_does_not_have_are_left_out() -> None:
    options = [*[option(v, text=f"w{v}") for v in range(5)], option(9, text="declined")]
    pack = read(questionnaire(*[question(link, answerOption=options) for link in "abc"]))
    assert [p for p, _, _ in pack.answers["1"]] == [0, 1, 2, 3, 4]
    assert any("answers with 9 points are left out" in warning for warning in pack.warnings)


def test_well_being_without_points_is_read_as_it_is_printed() -> None:
    """The WHO-5 is printed with its best answer, five points, first."""
    items = [question(str(n), answerOption=[{"valueString": t} for t in "abcdef"]) for n in range(1, 6)]
    pack = read(questionnaire(*items, title="WHO-5"))
    assert pack.answers["1"][0] == (5, "a", "")
    assert pack.answers["1"][-1] == (0, "f", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://hl7.org/fhir/StructureDefinition/itemWeight",
        "http://hl7.org/fhir/StructureDefinition/iso21090-CO-value",
        "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    ],
)
def test_points_by_every_name_they_have_had(url: str) -> None:
    options = [{"valueCoding": {"display": f"w{v}", "extension": [{"url": url, "valueDecimal": v}]}} for v in (4, 3, 2, 1, 0)]
    pack = read(questionnaire(*[question(link, answerOption=options) for link in "abc"]))
    assert [p for p, _, _ in pack.answers["1"]] == [4, 3, 2, 1, 0]


def test_a_value_set_beside_it_in_a_bundle() -> None:
    codes = [{"code": str(v), "display": f"w{v}"} for v in range(5)]
    value_set = {"resourceType": "ValueSet", "url": "http://x.org/often", "expansion": {"contains": codes}}
    whole = questionnaire(*[question(link, answerOption=None, answerValueSet="http://x.org/often|1.0") for link in "abc"])
    bundle = {"resourceType": "Bundle", "entry": [{"resource": value_set}, None, {"resource": json.loads(whole)}]}
    assert read(json.dumps(bundle)).answers["3"][4] == (4, "w4", "4")


def test_a_byte_order_mark_and_another_encoding() -> None:
    text = questionnaire(*[question(link) for link in "abc"])
    for content in (text.encode("utf-8-sig"), text.encode("utf-16")):
        assert read(content).questions["1"] == "text of a"


def test_one_link_at_two_items_matches_neither() -> None:
    pack = read(questionnaire(question("a"), question("a"), question("c")))
    assert pack.links == {"c": "3"}
    assert any("linkId a stands at several items" in warning for warning in pack.warnings)


def test_a_question_without_a_type_or_a_link_is_not_lost() -> None:
    bare = {key: value for key, value in question("b").items() if key not in ("type", "linkId")}
    pack = read(questionnaire(question("a"), bare, question("c")))
    assert pack.questions["2"] == "text of b"
    assert {"question ? does not say its type: read as a choice", "items 2 have no linkId: responses are expected to number them"} <= set(
        pack.warnings
    )


def test_texts_that_ask_nothing_are_kept_before_the_items_and_told_after_them() -> None:
    tell = [{"linkId": f"d{n}", "type": "display", "text": f"part {n}"} for n in (1, 2, 3)]
    pack = read(questionnaire(tell[0], tell[1], question("a"), tell[2], question("b"), question("c")))
    assert pack.introduction == "part 1 part 2"
    assert any("left out: d3" in warning for warning in pack.warnings)


def test_a_question_before_the_items_does_not_shift_them() -> None:
    """Twenty numbered items after one about the event: taken by their order alone, every item would have its neighbor's text."""
    fives = [question(str(n)) for n in range(1, 21)]
    pack = read(questionnaire(question("how", answerOption=[option(0), option(1)]), *fives, title="PCL-5"))
    assert pack.questions["1"] == "text of 1"
    assert pack.questions["20"] == "text of 20"
    lettered = [question(f"q{chr(97 + n)}") for n in range(20)]
    pack = read(questionnaire(question("how", answerOption=[option(0), option(1)]), *lettered, title="PCL-5"))
    assert pack.questions["1"] == "text of qa"
    assert any("more questions than PCL-5" in warning for warning in pack.warnings)


def in_german(text: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": text}]
    return {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts}]}


def test_translations_beside_the_texts_are_told_and_taken_on_request() -> None:
    options = [{"valueCoding": {"code": str(v), "display": f"w{v}", "_display": in_german(f"W{v}")}} for v in range(5)]
    items = [question(link, answerOption=options, _text=in_german(f"Text {link}")) for link in "abc"]
    text = questionnaire(*items, _title=in_german("AUDIT-C auf Deutsch"))
    plain = read(text)
    assert (plain.language, plain.questions["1"]) == ("en", "text of a")
    assert "it also holds wording in de: --language takes it" in plain.warnings
    german = read(text, language="de")
    assert (german.language, german.title, german.questions["1"], german.answers["1"][2]) == (
        "de",
        "AUDIT-C auf Deutsch",
        "Text a",
        (2, "W2", "2"),
    )
    with pytest.raises(InputError, match="holds no wording in 'fr'; it holds de, en"):
        read(text, language="fr")


def test_endless_nesting_is_refused() -> None:
    inner: dict[str, Any] = question("a")
    for level in range(150):
        inner = {"linkId": f"g{level}", "type": "group", "item": [inner]}
    with pytest.raises(InputError, match="nested more than 200 levels deep"):
        read(questionnaire(inner))


def test_an_answer_that_says_its_points_in_words() -> None:
    options = [{"valueCoding": {"code": f"x-{v}", "display": f"{v} points" if v != 1 else "1 point"}} for v in (4, 3, 2, 1, 0)]
    assert [p for p, _, _ in read(questionnaire(*[question(link, answerOption=options) for link in "abc"])).answers["1"]] == [4, 3, 2, 1, 0]


def test_codes_in_the_links_say_which_instrument_it_is() -> None:
    items = [question(f"/{item.loinc}") for item in catalogue()["gad7"].items]
    assert read(questionnaire(*items, title="Fragebogen")).instrument == "gad7"
    assert read(questionnaire(*items, title="CORE-OM and GAD-7")).instrument == "gad7"


def test_the_codes_of_another_instrument_are_refused() -> None:
    items = [question(item.id, item.loinc) for item in catalogue()["phq9"].items]
    with pytest.raises(InputError, match="has the LOINC codes of PHQ-9, not of GAD-7"):
        read(questionnaire(*items, title="x"), instrument="gad7")


@pytest.mark.parametrize(
    ("title", "found"),
    [("ORSForm", "ors"), ("ors form", "ors"), ("mii_qst_pro_ORS", "ors"), ("Doctors", None), ("notebook10", None), ("errors in 5", None)],
)
def test_a_name_is_a_word_and_not_a_part_of_one(title: str, found: str | None) -> None:
    text = questionnaire(*[{"linkId": sign, "type": "decimal", "text": sign} for sign in "abcd"], title=title)
    if found is None:
        with pytest.raises(InputError, match="does not say which instrument it is"):
            read(text)
    else:
        assert read(text).instrument == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Generalized Anxiety Disorder - 7", "gad7"),
        ("Beck Depression Inventory II (BDI-II) Questionnaire", "bdi2"),
        ("Beck Depression Inventory", "bdi"),
        ("Patient Health Questionnaire 15 item (PHQ-15) [Reported]", "phq15"),
        ("WHO (Five) Well-Being Index", "who5"),
        ("PTSD Checklist for DSM-5 with Criterion A", "pcl5"),
        ("MII QST PRO DASS-21", "dass21"),
    ],
)
def test_an_instrument_by_its_full_name(title: str, found: str) -> None:
    items = [question(item.id) for item in catalogue()[found].items]
    assert read(questionnaire(*items, title=title)).instrument == found


JUNK: list[Any] = [None, 0, True, "", "x", [], {}, [1], [None], {"a": 1}, float("nan"), 1e999, [[]], {"reference": 3}]


@pytest.mark.parametrize("key", ["code", "contained", "copyright", "language", "title", "name", "url", "identifier"])
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_in_a_questionnaire_is_passed_over(key: str, junk: Any) -> None:
    whole = json.loads(questionnaire(*[question(link) for link in "abc"])) | {key: junk}
    pack = read(json.dumps(whole), instrument="audit_c")
    assert pack.questions == {"1": "text of a", "2": "text of b", "3": "text of c"}
    assert isinstance(pack.copyright + pack.language + pack.title + pack.url, str)


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_for_items_is_refused(junk: Any) -> None:
    with pytest.raises(InputError, match="too few questions"):
        read(questionnaire(item=junk))


@pytest.mark.parametrize("key", ["code", "extension", "answerOption", "answerValueSet", "text", "linkId", "identifier", "readOnly"])
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_junk_in_a_question_is_passed_over(key: str, junk: Any) -> None:
    pack = read(
        questionnaire(question("a"), question("b", **{key: junk}), question("c"))
        if junk is not True
        else questionnaire(*map(question, "abc"))
    )
    assert list(pack.questions) == ["1", "2", "3"]
    assert all(isinstance(text, str) for text in pack.questions.values())


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
