"""# Near misses

A name that is nearly right gets a hint. The hint is never acted on: a guess could turn one scale into another.
"""

from __future__ import annotations

import tomllib

import pytest

from andante.errors import InputError
from andante.intake.column_map import read_map


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("phq_9", "phq9"),
        ("PHQ-9", "phq9"),
        ("before_distres", "before_distress"),
        ("After Heard", "after_heard"),
        ("afterheard", "after_heard"),
        ("therapist", "therapist_id"),
        ("suds peak", "suds_peak"),
        ("PHQ-9 sum", "phq9"),
        ("phq9 total", "phq9"),
        ("Total score GAD-7", "gad7"),
        ("bdi-ii", "bdi2"),
        ("BDI-II total", "bdi2"),
    ],
)
def test_a_heading_that_is_nearly_ours(sessions_from, heading, meant):
    found = sessions_from(f"client_id | session | {heading}\nA | 1 | 3")
    assert found.aside == [heading]
    assert found.notes[1:] == [
        f'column {heading} is not read; did you mean {meant}? (rename it, or write {meant} = "{heading}" under [columns])'
    ]


def test_a_heading_is_not_offered_for_a_column_that_is_there(sessions_from):
    assert sessions_from("client_id | session | phq9 | phq_9\nA | 1 | 3 | 4").notes == ["kept aside, not read: phq_9"]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("Client ID | session", "there is no column client_id (did you mean Client ID?)"),
        ("patient | session", "there is no column client_id (did you mean patient?)"),
        ("client_id | Visit", "there is no column session, date or day (did you mean Visit?)"),
        ("client_id | session_date", "there is no column session, date or day (did you mean session_date?)"),
    ],
)
def test_a_required_column_under_another_name(problems_in, headings, said):
    assert problems_in(f"{headings}\nA | 1") == [said]


def test_no_heading_of_ours_and_two_near_ones(problems_in):
    said = "none of its headings is a column of the session table (did you write clientid for client_id, sesion for session?)"
    assert problems_in("clientid | sesion\nA | 1") == [said]


def test_no_heading_of_ours_at_all(problems_in):
    """Perhaps the first line holds no headings: then its cells may be anything, and are not repeated."""
    assert problems_in("Jane Miller | 12 | seven\nJohn Smith | 13 | eight") == ["none of its headings is a column of the session table"]


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("attendance", "Attended", "attended"),
        ("attendance", "no show", "missed"),
        ("attendance", "DNA", "missed"),
        ("attendance", "canceled by client", "cancelled_by_client"),
        ("attendance", "cancelled", "cancelled_by_client or cancelled_by_service"),
        ("absence_reason", "sick", "ill"),
        ("led_by", "Therapist", "therapist"),
        ("ending", "drop-out", "dropped_out"),
        ("checkin_after", "not offered", "not_offered"),
    ],
)
def test_a_code_that_is_nearly_ours(remedies_in, column, written, meant):
    remedy = f"did you mean {meant}? write one of them, or map it under [codes.{column}] or missing in a map file"
    assert remedies_in(f"client_id | session | {column}\nA | 1 | {written}") == [remedy]


def test_a_code_that_is_like_none_of_ours(remedies_in):
    remedy = "write one of them, or map it under [codes.attendance] or missing in a map file"
    assert remedies_in("client_id | session | attendance\nA | 1 | xyzzy") == [remedy]


def test_a_sign_that_cannot_be_seen_is_shown(sessions_from):
    found = sessions_from("client_id | session | ph\u200bq9\nA | 1 | 3")
    assert found.notes == [
        "kept aside, not read: ph\\u200Bq9",
        'column ph\\u200Bq9 is not read; did you mean phq9? (rename it, or write phq9 = "ph\\u200Bq9" under [columns])',
    ]


@pytest.mark.parametrize(("signs", "said"), [(60, "x" * 60), (61, "text of 61 characters")])
def test_a_heading_that_is_too_long_for_a_name_is_not_repeated(sessions_from, signs, said):
    assert sessions_from(f"client_id | session | {'x' * signs}\nA | 1 | 3").notes == [f"kept aside, not read: {said}"]


LONG = "phq9" + "_" * 100  # squeezed, it is ours


def test_a_long_heading_is_nowhere_repeated(sessions_from, problems_in, tmp_path):
    assert sessions_from(f"client_id | session | {LONG}\nA | 1 | 3").notes == [
        "kept aside, not read: text of 104 characters",
        "column text of 104 characters is not read; did you mean phq9? (rename it)",
    ]
    assert problems_in(f"client_id | session | {LONG}\nA | 1 | x", column_map={"columns": {"phq9": LONG}}) == [
        "row 2, column text of 104 characters (our phq9): not a number (value: x)"
    ]
    assert problems_in(f"client_id | session | {LONG}\nA | 1 | 3", column_map={"columns": {"phq9": "PHQ9"}}) == [
        "column PHQ9: the map takes phq9 from it, but there is no such column (did you mean text of 104 characters?)"
    ]
    with pytest.raises(InputError, match=r"column columns\.text of 104 characters: there is no column text of 104 characters \(did you"):
        read_map({"columns": {LONG: "x"}})


def test_a_stage_that_was_left_out_of_a_name(sessions_from):
    notes = sessions_from("client_id | session | distress | heard | oq45\nA | 1 | 3 | 4 | 60").notes
    for heading, meant in (("distress", "before_distress"), ("heard", "after_heard")):
        line = f'rename it, or write {meant} = "{heading}" under [columns]'
        assert f"column {heading} is not read; did you mean {meant}? ({line})" in notes


@pytest.mark.parametrize("heading", ['phq "9"', "phq\\9", "phq 9"])
def test_the_line_for_a_map_is_one_that_a_map_takes(sessions_from, heading):
    """Quotes and backslashes in a heading are written as TOML has them."""
    table = f"client_id | session | {heading}\nA | 1 | 12"
    (hint,) = [note for note in sessions_from(table).notes if "did you mean phq9?" in note]
    line = hint.partition("or write ")[2].removesuffix(" under [columns])")
    assert sessions_from(table, column_map=tomllib.loads(f"[columns]\n{line}")).table["phq9"].to_pylist() == [12]


def test_a_letter_of_two_signs_is_the_same_letter(sessions_from):
    """A Mac may write the heading so, and whoever writes the map another way."""
    found = sessions_from("client_id | session | Gehört\nA | 1 | 7", column_map={"columns": {"after_heard": "Geho\u0308rt"}})
    again = sessions_from("client_id | session | Geho\u0308rt\nA | 1 | 7", column_map={"columns": {"after_heard": "Geh\u00f6rt"}})
    assert found.table["after_heard"].to_pylist() == again.table["after_heard"].to_pylist() == [7]
