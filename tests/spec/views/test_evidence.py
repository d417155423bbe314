"""What a raised risk rests on, in words: each row of a table is evidence and the sentence a person meets."""

from __future__ import annotations

import pytest

from andante.risks import RISKS
from andante.views import evidence as rests
from andante.views.caseload import Evidence, Finding

TRUST = next(risk for risk in RISKS if risk.name == "trust")
HEARD = Evidence(
    "trust",
    "heard_below_usual",
    "felt heard 6, usually 9",
    "clears when two sessions are back within what is usual",
    fact="heard",
    source="session",
    strength=0.5,
    observed=6,
    usual=9,
    low=8,
    high=10,
    since=7,
)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (HEARD, "Felt heard 6, usually 9 (mostly 8 to 10)"),
        (Evidence("trust", "heard_low", "felt heard 3 of 10", low=8, high=10, usual=9), "Felt heard 3 of 10"),  # nothing usual is spoken of
        (Evidence("trust", "heard_low", "felt heard 6, usually 9"), "Felt heard 6, usually 9"),
    ],
)
def test_evidence_with_what_it_is_compared_with(evidence, sentence):
    assert rests.said(evidence) == sentence


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (["two sessions are back within what is usual"], "Clears when two sessions are back within what is usual."),
        (["clears when it is settled.", "it is settled"], "Clears when it is settled."),
        (["it is settled", "when the next session takes place"], "Clears when it is settled; and when the next session takes place."),
        (["a", "b", "c", "d"], "Clears when a; and when b; and when c; and when what else is named above has cleared too."),
        (["a", "b", "c", "d", "e"], "Clears when a; and when b; and when c; and when what else is named above has cleared too."),
        ([""], ""),
    ],
)
def test_what_would_clear_it(conditions, sentence):
    evidence = tuple(Evidence("trust", f"i{n}", "", condition) for n, condition in enumerate(conditions))
    assert rests.clears(Finding(TRUST, "watch", 7, evidence)) == sentence


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ([("heard", 0.1)], "One fact, just past its threshold."),
        ([("heard", 0.0)], "One fact, not past its threshold: all that was answered, taken together, raises it."),
        (
            [("heard", 0.0), ("choice", 0.0)],
            "2 independent facts, not past their thresholds: all that was answered, taken together, raises it.",
        ),
        ([("heard", 0.2), ("heard", 0.5)], "One fact, clearly past its threshold."),  # two indicators of one fact are one fact
        ([("heard", 0.2), ("choice", 0.9)], "2 independent facts, the strongest far past its threshold."),
        ([], ""),
    ],
)
def test_how_sure(facts, sentence):
    evidence = tuple(Evidence("trust", f"i{n}", "", fact=fact, strength=strength) for n, (fact, strength) in enumerate(facts))
    assert rests.sureness(Finding(TRUST, "watch", 1, evidence)) == sentence


@pytest.mark.parametrize(
    ("risk", "indicator", "source", "origin"),
    [
        (
            "ethics",
            "hard_with_low_coping",
            "record",
            "From the therapist's record, and the client about themselves, before or between sessions.",
        ),
        ("ethics", "essentials_missing", "record", "From the therapist's record."),
        ("unfinished", "left_bothering", "session", "From the client about themselves, before or between sessions."),
        ("distress", "left_hot", "session", "From the client about the session."),
        ("distress", "reliably_worse", "measure", "From a measure."),
    ],
)
def test_it_is_said_whose_word_the_evidence_is(risk, indicator, source, origin):
    """Willingness and coping are the client's own answers, whatever the record puts beside them."""
    found = next(one for one in RISKS if one.name == risk)
    evidence = Evidence(risk, indicator, "", source=source, since=7)
    assert rests.origin(evidence, Finding(found, "act", 7, (evidence,))) == origin


def test_since_is_said_of_the_evidence_only_where_it_differs():
    assert rests.origin(HEARD, Finding(TRUST, "act", 7, (HEARD,))) == "From the client about the session."
    assert rests.origin(HEARD, Finding(TRUST, "act", 9, (HEARD,))) == "From the client about the session, since session 7."
    assert (rests.since(9), rests.since(None)) == ("Since session 9", "")


def test_a_cell_of_the_strip_in_words():
    """One answer compared in two ways is said once, as in a card; that the session was cancelled is another thing."""
    again = Evidence("trust", "heard_low", "felt heard 6 of 10", fact="heard", observed=6)
    other = Evidence("trust", "service_cancelled", "we cancelled straight after a hard session")
    finding = Finding(TRUST, "act", 7, (HEARD, again, other))
    assert rests.cell("act", finding) == "Act: felt heard 6, usually 9 (mostly 8 to 10); we cancelled straight after a hard session."
    assert rests.cell("watch", Finding(TRUST, "watch", 7, ())) == "watch"
    assert (rests.cell("quiet"), rests.cell(None)) == ("quiet", "unknown")


def test_the_same_sentence_is_not_said_twice():
    again = Evidence("trust", "heard_fell", HEARD.says, fact="heard", source="session", usual=9, low=8, high=10, since=7)
    assert len(rests.told(Finding(TRUST, "act", 7, (HEARD, again)))) == 1


def test_where_one_answer_is_compared_in_several_ways_the_strongest_is_told() -> None:
    """Nine where four is usual: once, not as more overwhelming than usual and of late as well. That it was too much is another thing."""
    told = [
        Evidence("distress", "overwhelm_rising", "more overwhelming of late: 9, usually 4", fact="heat", strength=0.9, observed=9),
        Evidence("distress", "overwhelm_above_usual", "more overwhelming: 9, usually 4", fact="heat", strength=0.8, observed=9),
        Evidence("distress", "overwhelm_high", "it was too much: 9 of 10", fact="heat", strength=0.7, observed=9),
    ]
    distress = next(risk for risk in RISKS if risk.name == "distress")
    lines = [line for line, _ in rests.told(Finding(distress, "act", 5, tuple(told)))]
    assert lines == ["More overwhelming of late: 9, usually 4", "It was too much: 9 of 10"]


def test_it_is_said_from_when_it_has_been_raised_at_all() -> None:
    assert rests.heading_since(Finding(TRUST, "act", 10, (), raised=5)) == "since session 10 (raised since session 5)"
    assert rests.heading_since(Finding(TRUST, "act", 10, (), raised=10)) == "since session 10"
    assert rests.heading_since(Finding(TRUST, "act", None, ())) == ""


def test_what_they_could_do_answers_what_raised_it() -> None:
    """Who did not stay away is not told of an absence."""
    leaving = next(risk for risk in RISKS if risk.name == "disengagement")
    away, stays = (Finding(leaving, "watch", 5, (Evidence("disengagement", name, ""),)) for name in ("missed_often", "readiness_falling"))
    assert away.responses[0].name == "reach_out"
    assert "reach_out" not in [response.name for response in stays.responses]
    assert len(stays.responses) >= 3
