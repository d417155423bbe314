"""# Bad input

Every problem of a table is named at once, with its row as a spreadsheet shows it (the headings are row 1), its column and its
value, and how to mend it. Nothing is guessed and nothing is written.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from andante.errors import InputError
from andante.intake.files import check_table, read_sessions
from andante.records import COLUMNS


def test_a_value_outside_its_range(problems_in):
    assert problems_in("""
        client_id | session | after_heard | phq9 | between_settle
        A         | 1       | 10          | 27   | 0
        A         | 2       | 11          | 28   | 8
        A         | 3       | -0.5        | -1   | 7
    """) == [
        "row 3, column between_settle: outside its range, 0 to 7 (value: 8)",
        "row 3, column after_heard: outside its range, 0 to 10 (value: 11)",
        "row 3, column phq9: outside its range, 0 to 27 (value: 28)",
        "row 4, column after_heard: outside its range, 0 to 10 (value: -0.5)",
        "row 4, column phq9: outside its range, 0 to 27 (value: -1)",
    ]


def test_a_count_below_zero_or_between_two_numbers(problems_in):
    assert problems_in("""
        client_id | session | client_slow | after_pace
        A         | 1       | -1          | 0
        A         | 2       | 1.5         | 0.5
    """) == [
        "row 2, column client_slow: outside its range, >= 0 (value: -1)",
        "row 3, column after_pace: not a whole number (value: 0.5)",
        "row 3, column client_slow: not a whole number (value: 1.5)",
    ]


def test_a_session_number_is_a_whole_number_from_zero(problems_in):
    assert problems_in("""
        client_id | session
        A         | 0
        A         | 1.5
        A         | -1
        A         | third
        A         | 1e300
    """) == [
        "row 3, column session: not a whole number (value: 1.5)",
        "row 4, column session: outside its range, >= 0 (value: -1)",
        "row 5, column session: not a number (value: third)",
        "row 6, column session: too large (value: 1e300)",
    ]


def test_an_infinite_value_is_a_problem(problems_in):
    assert problems_in("""
        client_id | session | overrun_min | before_distress
        A         | 1       | inf         | -Infinity
        A         | 2       | 1e999       | 3
    """) == [
        "row 2, column before_distress: infinite (value: -Infinity)",
        "row 2, column overrun_min: infinite (value: inf)",
        "row 3, column overrun_min: infinite (value: 1e999)",
    ]


def test_a_date_that_cannot_be_read(problems_in):
    assert problems_in("""
        client_id | date
        A         | 2024-02-29
        A         | 2023-02-29
        A         | 05.03.2024
        A         | 45296
        A         | soon
        A         | 2024-05-06T25:00
    """) == [
        "row 3, column date: not a date (value: 2023-02-29)",
        "row 4, column date: not an ISO 8601 date (value: 05.03.2024)",
        "row 5, column date: a spreadsheet's day number, not a date (value: 45296)",
        "row 6, column date: not a date (value: soon)",
        "row 7, column date: not a date (value: 2024-05-06T25:00)",
    ]


def test_words_among_numbers(problems_in):
    assert problems_in("""
        client_id | session | before_distress
        A         | 1       | 3
        A         | 2       | high
        A         | 3       | true
        A         | 4       | 7/10
    """) == [
        "row 3, column before_distress: not a number (value: high)",
        "row 4, column before_distress: true or false where a number belongs (value: true)",
        "row 5, column before_distress: not a number (value: 7/10)",
    ]


def test_a_code_or_flag_that_is_not_known(problems_in):
    assert problems_in("""
        client_id | session | attendance | consent
        A         | 1       | attended   | maybe
        A         | 2       | Attended   | 2
    """) == [
        "row 2, column consent: not true or false (value: maybe)",
        "row 3, column attendance: not one of attended, late, cancelled_by_client, cancelled_by_service, missed (value: Attended)",
        "row 3, column consent: not true or false (value: 2)",
    ]


def test_a_row_without_a_client(problems_in):
    assert problems_in("""
        client_id | session
        A         | 1
                  | 2
    """) == ["row 3, column client_id: no client_id"]


def test_a_row_that_nothing_places_in_time(problems_in):
    assert problems_in("""
        client_id | session | date       | after_heard
        A         | 1       |            | 7
        A         |         | 2024-01-08 | 7
        A         |         |            | 7
    """) == ["row 4: no session or date"]


def test_a_row_that_has_only_the_day_where_dates_order(write):
    place = write("client_id | Seen | day\nA | 2024-01-01 | 0\nA | | 7\nA | |")
    with pytest.raises(InputError, match=r".") as caught:
        read_sessions(place, column_map={"columns": {"date": "Seen"}})
    ordered = "no Seen (our date); it has only day, and the sessions are ordered by Seen (our date)"
    remedy = "give its date, or leave the column Seen (our date) out: then day orders the sessions"
    assert str(caught.value).splitlines() == [
        f"{place}, row 3: {ordered}. To mend it: {remedy}",
        f"{place}, row 4: no date. To mend it: every row needs its date, to say in which order the sessions were",
    ]


def test_a_session_number_places_a_row_that_has_only_the_day(problems_in):
    assert problems_in("""
        client_id | session | date       | day
        A         | 1       | 2024-01-01 | 0
        A         | 2       |            | 7
        A         |         |            | 14
    """) == ["row 4: no session or date; it has only day, and the sessions are ordered by date"]


def test_what_could_not_be_read_is_not_called_missing_as_well(problems_in):
    assert problems_in("""
        client_id | date  | session
        A         | never | x
    """) == ["row 2, column session: not a number (value: x)", "row 2, column date: not a date (value: never)"]


def test_the_same_session_of_a_client_twice(problems_in):
    assert problems_in("""
        client_id | session | date
        A         | 1       | 2024-01-01
        B         | 1       | 2024-01-01
        A         | 2       | 2024-01-08
        A         | 1       | 2024-01-15
    """) == ["row 5, column session: the same client and session number as in row 2 (value: 1)"]


def test_all_problems_come_at_once(problems_in):
    assert problems_in("""
        client_id | session | date       | after_heard | attendance
        A         | 1       | 2024-01-01 | 12          | attended
        A         | 1       | 08/01/2024 | seven       | gone
                  | 3       | 2024-01-15 | 7           | attended
    """) == [
        "row 2, column after_heard: outside its range, 0 to 10 (value: 12)",
        "row 3, column date: not an ISO 8601 date (value: 08/01/2024)",
        "row 3, column attendance: not one of attended, late, cancelled_by_client, cancelled_by_service, missed (value: gone)",
        "row 3, column after_heard: not a number (value: seven)",
        "row 3, column session: the same client and session number as in row 2 (value: 1)",
        "row 4, column client_id: no client_id",
    ]


@pytest.mark.parametrize("written", ["80%", "80 %", "1.200,5", "1'200", "1 200"])
def test_a_number_with_signs_of_its_own_is_told_as_that(remedies_in, written):
    """No map file knows of such signs, so none is named."""
    assert remedies_in(f"client_id | session | overrun_min\nA | 1 | {written}") == [
        "write it without %, spaces or thousands separators, as 80 or 1200.5"
    ]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("5.3.24", '"%d.%m.%y" where the day'),
        ("05-03-2024", '"%d-%m-%Y" where the day'),
        ("05/03/2024 10:30", '"%d/%m/%Y %H:%M" where the day'),
    ],
)
def test_the_form_of_a_date_that_is_offered_fits_it(remedies_in, written, form):
    assert form in remedies_in(f"client_id | date\nA | {written}")[0]


def test_each_problem_says_how_to_mend_it(remedies_in):
    assert remedies_in("""
        client_id | session | date       | after_heard | consent
        A         | 1       | 2024-01-01 | 12          | maybe
        A         | 2       | 08/01/2024 | seven       | NA
    """) == [
        "correct the value, or give the scale it was asked on under [scales.after_heard] of a map file",
        "write true or false, leave the cell empty if it is not known, or map it under [codes.consent] or missing in a map file",
        'write YYYY-MM-DD, or say under [dates] of a map file how it is written: format = "%d/%m/%Y" where the day comes first, '
        '"%m/%d/%Y" where the month does',
        "write a number, leave the cell empty if it is not known, or map the word under [codes.after_heard] or missing in a map file",
        "write true or false, leave the cell empty if it is not known, or map it under [codes.consent] or missing in a map file",
    ]


def test_a_value_is_shown_only_if_it_is_a_number_a_date_or_one_short_word(problems_in):
    assert problems_in("""
        client_id | session | after_heard
        A         | 1       | 11
        A         | 2       | nine
        A         | 3       | Mr Miller was upset
        A         | 4       | abcdefghijklmnopqrstu
    """) == [
        "row 2, column after_heard: outside its range, 0 to 10 (value: 11)",
        "row 3, column after_heard: not a number (value: nine)",
        "row 4, column after_heard: not a number (value: text of 19 characters)",
        "row 5, column after_heard: not a number (value: text of 21 characters)",
    ]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[2Jgone", "\\u001B[2Jgone"),
        ("a\x07b", "a\\u0007b"),
        ("\u202egnorw", "\\u202Egnorw"),
        ("o\x00dd", "o\\u0000dd"),
        ("\U000e0041x", "\\U000E0041x"),
        ("größe", "größe"),
    ],
)
def test_a_sign_that_cannot_be_seen_never_reaches_a_terminal_as_it_is(written, shown):
    with pytest.raises(InputError, match="not a number") as caught:
        check_table(pa.table({"client_id": ["A"], "session": [1], "after_heard": [written]}))
    assert [problem.value for problem in caught.value.problems] == [shown]


def test_of_more_than_a_hundred_the_rest_is_counted(write):
    rows = "\n".join(f"A | {n} | 11 | maybe" for n in range(1, 81))
    with pytest.raises(InputError, match=r"\.\.\. and 60 more:") as caught:
        read_sessions(write(f"client_id | session | after_heard | consent\n{rows}"))
    assert len(caught.value.problems) == 160
    lines = str(caught.value).splitlines()
    assert len(lines) == 100 + 1 + 2
    assert "row 51, column consent" in lines[99]
    assert lines[101:] == [
        "  30 x after_heard: outside its range, 0 to 10",
        "  30 x consent: not true or false",
    ]


def test_no_kind_of_the_rest_is_passed_over():
    ratings = [column.name for column in COLUMNS if column.kind == "number" and (column.high or 11) < 11][:23]
    with pytest.raises(InputError, match=r"\.\.\. and 130 more:") as caught:
        check_table(pa.table({"client_id": ["A"] * 10, "session": list(range(10)), **{name: [11.0] * 10 for name in ratings}}))
    lines = str(caught.value).splitlines()[101:]
    assert len(ratings) == 23
    assert len(lines) == 21
    counted = [int(line.split()[0]) for line in lines]
    assert sum(counted) == 130
    assert lines[-1] == f"  {counted[-1]} of 3 further kinds"
