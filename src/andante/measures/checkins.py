"""Andante's own check-ins as a FHIR R4 Questionnaire, so that any record system can ask them.

Stands in `measures/` beside packs. The questions and their ends come from the contract (`records`), which is the one
place that knows them; linkIds are the names of the columns. Our own wording: CC0.
"""

from __future__ import annotations

from typing import Any

from andante.records import COLUMNS, Column

URL = "urn:andante:questionnaire:check-in"
STAGES = {
    "before": "Before the session",
    "between": "Since last time",
    "after": "After the session",
    "wheel": "Your own pace",
    "ending": "Looking back",
}
_HL7 = "http://hl7.org/fhir/StructureDefinition"
FEW = 7  # steps up to which answers are offered one by one; longer scales are a number


def build_questionnaire() -> dict[str, Any]:
    """The whole Questionnaire: one group a stage, one item a question, none of them required."""
    groups = []
    for stage, title in STAGES.items():
        items = [build_item(column) for column in COLUMNS if column.stage == stage and column.question]
        if items:
            groups.append({"linkId": f"group_{stage}", "type": "group", "text": title, "item": items})
    return {
        "resourceType": "Questionnaire",
        "url": URL,
        "name": "AndanteCheckIn",
        "title": "Andante check-in",
        "status": "active",
        "subjectType": ["Patient"],
        "language": "en",
        "copyright": "CC0 1.0: the Andante contributors. May be used, changed and translated freely.",
        "description": "Short check-ins before, between and after sessions. Every question may be skipped.",
        "item": groups,
    }


def build_item(column: Column) -> dict[str, Any]:
    """One question: a choice where there are few steps, else a number with its bounds and the words at both ends."""
    item: dict[str, Any] = {"linkId": column.name, "text": column.question, "required": False}
    low, high = column.low, column.high
    if column.kind == "flag" or low is None or high is None:
        return item | {"type": "boolean" if column.kind == "flag" else "integer"}
    if column.steps <= FEW:
        return item | {"type": "choice", "answerOption": [_option(column, value) for value in range(int(low), int(high) + 1)]}
    whole = column.kind == "whole" or column.high == 10 or column.unit in ("days", "points")
    key = "valueInteger" if whole else "valueDecimal"
    bounds = [{"url": f"{_HL7}/{name}", key: int(value) if whole else value} for name, value in (("minValue", low), ("maxValue", high))]
    words = {"linkId": f"{column.name}_ends", "type": "display", "text": f"{low:g} {column.ends[0]} ... {high:g} {column.ends[1]}"}
    return item | {"type": "integer" if whole else "decimal", "extension": bounds, "item": [words]}


def _option(column: Column, value: int) -> dict[str, Any]:
    ends = {column.low: column.ends[0], column.high: column.ends[1]}
    coding = {"code": str(value), "display": ends.get(value) or str(value)}
    return {"extension": [{"url": f"{_HL7}/ordinalValue", "valueDecimal": value}], "valueCoding": coding}
