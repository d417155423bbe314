"""# The column map

Nobody's export has our names. A map (TOML, `--map`) says what their columns are called and how their values are written.
It is checked as strictly as a table: a key that is silently ignored could leave a scale the wrong way round.
"""

from __future__ import annotations

from datetime import date

import pytest

from andante.errors import InputError, UsageError
from andante.intake.column_map import read_map
from andante.intake.files import read_sessions


@pytest.fixture
def mapped(sessions_from, tmp_path):
    """Read a table through a map written as TOML."""

    def mapped(table: str, toml: str, **options: str):
        place = tmp_path / "map.toml"
        place.write_text(toml, encoding="utf-8")
        return sessions_from(table, column_map=place, **options)

    return mapped


def faults(toml: str, tmp_path) -> list[str]:
    """The problems of a map, without its name and the remedies."""
    place = tmp_path / "map.toml"
    place.write_text(toml, encoding="utf-8")
    with pytest.raises(InputError, match=r"map\.toml") as caught:
        read_map(place)
    return [str(problem).partition(". To mend it: ")[0].removeprefix(f"{place}, column ") for problem in caught.value.problems]


def test_their_names_for_our_columns(mapped):
    found = mapped(
        """
        Patient | Visit | PHQ   | Felt understood
        A       | 1     | 12    | 9
    """,
        """
        [columns]
        client_id = "Patient"
        session = "Visit"
        phq9 = "PHQ"
        after_heard = "Felt understood"
    """,
    )
    assert found.table.to_pylist() == [{"client_id": "A", "session": 1, "after_heard": 9, "phq9": 12}]
    assert found.aside == []


def test_columns_with_our_names_are_read_beside_the_mapped_ones(mapped):
    found = mapped("client_id | Visit | after_heard\nA | 1 | 9", '[columns]\nsession = "Visit"')
    assert found.table.to_pylist() == [{"client_id": "A", "session": 1, "after_heard": 9}]


def test_a_mapped_column_comes_before_one_that_has_our_name(mapped):
    found = mapped("client_id | session | heard | after_heard\nA | 1 | 9 | 2", '[columns]\nafter_heard = "heard"')
    assert found.table["after_heard"].to_pylist() == [9]
    assert found.aside == ["after_heard"]


def test_a_column_taken_for_another_is_not_read_twice(mapped):
    found = mapped("client_id | session | intensity\nA | 1 | 4", '[columns]\nplanned_intensity = "intensity"')
    assert found.table.schema.names == ["client_id", "session", "planned_intensity"]


def test_problems_name_their_column_and_ours(problems_in, tmp_path):
    found = problems_in("ID | session | heard\nA | 1 | 11", column_map={"columns": {"client_id": "ID", "after_heard": "heard"}})
    assert found == ["row 2, column heard (our after_heard): outside its range, 0 to 10 (value: 11)"]


def test_what_stands_for_an_empty_cell(mapped):
    found = mapped(
        """
        client_id | session | after_heard | attendance | therapist_id | consent | date
        A         | 1       | -9          | NA         | NA           | -9      | NA
        A         | 2       | -9.0        | missed     | T            | yes     | 2024-01-08
        A         | 3       | 7           | NA         | T            | no      | 2024-01-15
    """,
        'missing = ["NA", -9]',
    )
    assert found.table["after_heard"].to_pylist() == [None, None, 7]
    assert found.table["attendance"].to_pylist() == [None, "missed", None]
    assert found.table["therapist_id"].to_pylist() == [None, "T", "T"]
    assert found.table["consent"].to_pylist() == [None, True, False]
    assert found.table["date"].to_pylist() == [None, date(2024, 1, 8), date(2024, 1, 15)]
    assert found.notes == []


def test_their_codes_for_our_values(mapped):
    found = mapped(
        """
        client_id | session | attendance | after_heard | consent | therapist_id
        A         | 1       | 1          | much        | ja      | 12
        A         | 2       | DNA        | 4           | nein    | T
        A         | 3       | late       | none        | ?       | T
    """,
        """
        [codes.attendance]
        "1" = "attended"
        DNA = "missed"
        [codes.after_heard]
        much = 9
        none = ""
        [codes.consent]
        ja = true
        nein = false
        "?" = ""
        [codes.therapist_id]
        "12" = "T12"
    """,
    )
    assert found.table["attendance"].to_pylist() == ["attended", "missed", "late"]
    assert found.table["after_heard"].to_pylist() == [9, 4, None]
    assert found.table["consent"].to_pylist() == [True, False, None]
    assert found.table["therapist_id"].to_pylist() == ["T12", "T", "T"]


def test_one_status_column_may_hold_attendance_and_the_reason_of_absence(mapped):
    found = mapped(
        """
        client_id | session | status
        A         | 1       | came
        A         | 2       | ill
    """,
        """
        [columns]
        attendance = "status"
        absence_reason = "status"
        [codes.attendance]
        came = "attended"
        ill = "cancelled_by_client"
        [codes.absence_reason]
        came = ""
    """,
    )
    assert found.table["attendance"].to_pylist() == ["attended", "cancelled_by_client"]
    assert found.table["absence_reason"].to_pylist() == [None, "ill"]


@pytest.mark.parametrize(
    ("ends", "theirs", "ours"),
    [
        ([5, 1], [5, 4, 3, 2, 1], [0, 2.5, 5, 7.5, 10]),  # five is their worst, our 0
        ([1, 5], [1, 2, 5], [0, 2.5, 10]),
        ([0, 100], [0, 50, 100, 7], [0, 5, 10, 0.7]),
    ],
)
def test_their_scale_for_ours(mapped, ends, theirs, ours):
    rows = "\n".join(f"A | {place} | {value}" for place, value in enumerate(theirs))
    found = mapped(f"client_id | session | after_heard\n{rows}", f"[scales.after_heard]\nfrom = {ends}")
    assert found.table["after_heard"].to_pylist() == pytest.approx(ours)


def test_their_steps_for_ours(mapped):
    """-2 to 2 asked on 1 to 5 and the other way round: each of theirs is one of ours."""
    found = mapped("client_id | session | after_pace\nA | 1 | 5\nA | 2 | 4\nA | 3 | 3\nA | 4 | 1", "[scales.after_pace]\nfrom = [5, 1]")
    assert found.table["after_pace"].to_pylist() == [-2, -1, 0, 2]


def test_an_answer_between_two_of_our_steps(problems_in, remedies_in):
    """The wish of 2 on 1 to 5 would be half a "slower", which no rule reads: what is meant has to be said."""
    table, given = "client_id | session | client_wish\nA | 1 | 1\nA | 2 | 2\nA | 3 | 3", {"scales": {"client_wish": {"from": [1, 5]}}}
    assert problems_in(table, column_map=given) == [
        "row 3, column client_wish: would come between two answers: client_wish has the whole numbers -1 to 1 (value: 2)"
    ]
    assert remedies_in(table, column_map=given) == [
        "say answer by answer what is meant, under [codes.client_wish] of the map, in place of [scales.client_wish]"
    ]


def test_the_same_said_answer_by_answer(mapped):
    found = mapped("client_id | session | client_wish\nA | 1 | 1\nA | 2 | 2\nA | 3 | 3", "[codes.client_wish]\n1 = -1\n2 = -1\n3 = 0")
    assert found.table["client_wish"].to_pylist() == [-1, -1, 0]


def test_a_value_outside_their_scale(problems_in):
    found = problems_in("client_id | session | after_heard\nA | 1 | 6", column_map={"scales": {"after_heard": {"from": [5, 1]}}})
    assert found == ["row 2, column after_heard: outside 1 to 5, its scale in the map (value: 6)"]


def test_codes_are_on_our_scale_already(mapped):
    found = mapped(
        "client_id | session | after_heard\nA | 1 | 1\nA | 2 | full", "[scales.after_heard]\nfrom = [5, 1]\n[codes.after_heard]\nfull = 10"
    )
    assert found.table["after_heard"].to_pylist() == [10, 10]


def test_how_they_write_dates(mapped):
    found = mapped("client_id | date\nA | 05.03.2024\nA | 04.03.2024", '[dates]\nformat = "%d.%m.%Y"')
    assert found.table["date"].to_pylist() == [date(2024, 3, 4), date(2024, 3, 5)]


def test_moments_with_a_zone_in_a_form_of_their_own(mapped):
    found = mapped("client_id | date\nA | 05.03.2024 23:30 +0000", '[dates]\nformat = "%d.%m.%Y %H:%M %z"', tz="Europe/Berlin")
    assert found.table["date"].to_pylist() == [date(2024, 3, 6)]


def test_a_date_in_another_form_than_the_map_says(problems_in):
    found = problems_in("client_id | date\nA | 2024-03-05", column_map={"dates": {"format": "%d.%m.%Y"}})
    assert found == ["row 2, column date: not a date written as %d.%m.%Y (value: 2024-03-05)"]


def test_months_become_days(mapped):
    """A month is 365.25 / 12 days."""
    found = mapped("client_id | day\nA | 0\nA | 2\nA | -1", '[dates]\nunit = "months"')
    assert found.table["day"].to_pylist() == pytest.approx([-30.4375, 0, 60.875])


def test_a_measure_of_their_own(mapped):
    found = mapped(
        "client_id | session | mood\nA | 1 | 3",
        '[measures.mood]\nrange = [1, 7]\nbetter = "higher"\nreliable_change = 1.5',
    )
    (measure,) = found.measures
    assert (measure.name, measure.low, measure.high, measure.better, measure.reliable_change) == ("mood", 1, 7, "higher", 1.5)
    assert measure.source.endswith("map.toml")
    assert found.table["mood"].to_pylist() == [3]


def test_a_measure_of_theirs_has_a_range_too(problems_in):
    found = problems_in("client_id | session | mood\nA | 1 | 8", column_map={"measures": {"mood": {"range": [1, 7], "better": "higher"}}})
    assert found == ["row 2, column mood: outside its range, 1 to 7 (value: 8)"]


def test_a_measure_of_the_catalogue_with_their_figures(mapped):
    found = mapped("client_id | session | phq9\nA | 1 | 12", "[measures.phq9]\nreliable_change = 5")
    (measure,) = found.measures
    assert (measure.name, measure.low, measure.high, measure.better, measure.reliable_change) == ("phq9", 0, 27, "lower", 5)


def test_a_map_may_be_given_as_a_dictionary(sessions_from):
    found = sessions_from("ID | session\nA | 1", column_map={"columns": {"client_id": "ID"}})
    assert found.table["client_id"].to_pylist() == ["A"]


def test_a_column_that_the_table_does_not_have(problems_in):
    found = problems_in("client_id | session | PHQ9 sum\nA | 1 | 3", column_map={"columns": {"phq9": "PHQ-9 sum"}})
    assert found == ["column PHQ-9 sum: the map takes phq9 from it, but there is no such column (did you mean PHQ9 sum?)"]


def test_a_section_for_a_column_that_is_not_there_is_said(mapped):
    found = mapped("client_id | session\nA | 1", '[codes.attendance]\n"1" = "attended"')
    assert len(found.notes) == 1
    assert found.notes[0].startswith("[codes.attendance] of ")
    assert found.notes[0].endswith("map.toml is not used: there is no such column")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[colums]\nphq9 = "x"', "colums: the map knows no such section (did you mean columns?)"),
        ('[columns]\nphq_9 = "x"', "columns.phq_9: there is no column phq_9 (did you mean phq9?)"),
        ("[columns]\nphq9 = 3", "columns.phq9: has to name one of their columns"),
        (
            '[columns]\nafter_heard = "x"\nafter_sense = "x"',
            "columns: after_heard and after_sense are both taken from x: one answer would count as two facts",
        ),
        ('columns = "phq9"', "columns: has to be a section"),
        ('missing = "NA"', "missing: has to be a list of what stands for an empty cell"),
        ('[codes.attendence]\n"1" = "attended"', "codes.attendence: there is no column attendence (did you mean attendance?)"),
        (
            '[codes.attendance]\n"1" = "Attended"',
            "codes.attendance.1: maps to a value that attendance does not take: "
            "not one of attended, late, cancelled_by_client, cancelled_by_service, missed",
        ),
        (
            "[codes.after_heard]\nmuch = 12",
            "codes.after_heard.much: maps to a value that after_heard does not take: outside its range, 0 to 10",
        ),
        ("[codes.consent]\nja = [1]", "codes.consent.ja: has to be one value"),
        ('[codes.after_choice]\n"1" = 0\n"1.0" = 1', "codes.after_choice.1.0: is the same code as 1, with another value"),
        (
            '[codes.date]\n"1900-01-01" = ""\n"19000101" = "2024-01-01"',
            "codes.date.19000101: is the same code as 1900-01-01, with another value",
        ),
        ("[scales.after_heard]\nform = [5, 1]", "scales.after_heard.form: no such key (did you mean from?)"),
        (
            "[scales.after_heard]\nfrom = [5, 5]",
            "scales.after_heard.from: has to be two different numbers: their ends for our low and high",
        ),
        (
            '[scales.after_heard]\nfrom = ["a", 5]',
            "scales.after_heard.from: has to be two different numbers: their ends for our low and high",
        ),
        ("[scales.overrun_min]\nfrom = [1, 5]", "scales.overrun_min: this column has no two ends to scale between"),
        ('[dates]\nformat = "%H"', "dates.format: is no form of a date"),
        ("[dates]\nformat = 3", "dates.format: is no form of a date"),
        ('[dates]\nformat = "%d %d %m %Y"', "dates.format: is no form of a date"),
        ('[dates]\nunit = "weeks"', "dates.unit: is no unit of time"),
        ('[dates]\nunits = "days"', "dates.units: no such key (did you mean unit?)"),
        ('[measures.mood]\nbetter = "higher"', "measures.mood.range: has to be two different numbers: its lowest and highest score"),
        ("[measures.mood]\nrange = [1, 7]", "measures.mood.better: has to say which end is the good one"),
        ('[measures.mood]\nrange = [1, 7]\nbetter = "up"', "measures.mood.better: has to say which end is the good one"),
        ("[measures.phq9]\nreliable_change = -1", "measures.phq9.reliable_change: has to be a number above 0"),
        ("[measures.phq9]\nrci = 6", "measures.phq9.rci: no such key"),
        ('[measures.after_heard]\nrange = [0, 5]\nbetter = "higher"', "measures.after_heard: is already a column of the session table"),
    ],
)
def test_what_can_be_wrong_with_a_map(toml, said, tmp_path):
    assert said in faults(toml, tmp_path)


def test_all_problems_of_a_map_come_at_once(tmp_path):
    assert len(faults('[colums]\nx = "y"\n[scales.after_hear]\nfrom = [1, 5]\n[dates]\nunit = "weeks"', tmp_path)) == 3


def test_a_map_that_is_not_toml(tmp_path):
    assert faults("[columns\nphq9 = x", tmp_path)[0].endswith("(at line 1, column 9)")


HUGE = "1" + "0" * 400  # more than any program of tables could hold


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (f"[scales.after_heard]\nfrom = [{HUGE}, 0]", "scales.after_heard.from: has to be two different numbers"),
        ("[scales.after_heard]\nfrom = [100000000000000000000, 100000000000000000001]", "scales.after_heard.from: has to be two different"),
        (f'[measures.mood]\nrange = [0, {HUGE}]\nbetter = "lower"', "measures.mood.range: has to be two different numbers"),
        (f"[measures.phq9]\nreliable_change = {HUGE}", "measures.phq9.reliable_change: has to be a number above 0"),
        (f"missing = [0x{'f' * 5000}]", "missing: has to be a list of what stands for an empty cell"),
        (f"[codes.session]\nx = 0x{'f' * 5000}", "codes.session.x: has to be one value"),
        (f"missing = [{HUGE * 20}]", "the map holds a number of thousands of digits"),
    ],
    ids=["a scale", "two that are one", "a range", "a change", "missing", "a code", "thousands of digits"],
)
def test_numbers_without_end_are_refused(toml, said, tmp_path):
    assert said in faults(toml, tmp_path)[0]


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml: the map cannot be read: No such file or directory"):
        read_map(tmp_path / "none.toml")


def test_a_map_in_another_encoding(tmp_path):
    (tmp_path / "map.toml").write_bytes('[columns]\nphq9 = "Größe"'.encode("latin-1"))
    with pytest.raises(InputError, match=r"map\.toml: the map is not UTF-8 text. To mend it: save it as UTF-8"):
        read_map(tmp_path / "map.toml")


def test_a_hint_is_followed_by_its_remedy(tmp_path):
    (tmp_path / "map.toml").write_text('[colums]\nphq9 = "x"')
    with pytest.raises(InputError, match=r"no such section \(did you mean columns\?\)\. To mend it: use columns, missing"):
        read_map(tmp_path / "map.toml")


def test_a_heading_with_a_line_end_stays_in_its_line(tmp_path):
    (tmp_path / "x.csv").write_bytes(b'"Pat\r\nID",session\r\n1,1\r\n')
    said = r"column Pat\\nID: the map takes client_id from it, but there is no such column \(did you mean Pat\\r\\nID\?\)\. To mend it"
    with pytest.raises(InputError, match=said):
        read_sessions(tmp_path / "x.csv", column_map={"columns": {"client_id": "Pat\nID"}})


@pytest.mark.parametrize("column_map", [3, ["x"]])
def test_what_is_no_map(column_map):
    said = rf"^column_map is an? {type(column_map).__name__}, not a map: give a TOML file, or the same as a dictionary$"
    with pytest.raises(UsageError, match=said):
        read_map(column_map)


def test_a_map_nested_without_end_is_refused(tmp_path):
    (tmp_path / "deep.toml").write_text("a=" + "[" * 5000 + "]" * 5000)
    with pytest.raises(InputError, match=r"the map is nested too deeply. To mend it: a map has sections"):
        read_map(tmp_path / "deep.toml")
    with pytest.raises(InputError, match=r"the map cannot be read: No such file or directory. To mend it: check its name"):
        read_map(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(("code", "column"), [("", "attendance"), (" ", "phq9"), ("NaN", "phq9")])
def test_what_is_not_there_is_no_code(tmp_path, code, column):
    """An empty cell of a CSV is nothing at all in a Parquet file, and so is NaN: neither can mean an answer in the one alone."""
    value = '"missed"' if column == "attendance" else "3"
    (tmp_path / "map.toml").write_text(f'[codes.{column}]\n"{code}" = {value}')
    with pytest.raises(InputError, match=r"stands for an empty cell, which is not known\. To mend it: leave this line out") as caught:
        read_map(tmp_path / "map.toml")
    assert len(caught.value.problems) == 1


def test_nan_as_not_known_is_no_code_but_right(mapped):
    assert mapped("client_id | session | phq9\nA | 1 | NaN\nA | 2 | 3", '[codes.phq9]\nNaN = ""').table["phq9"].to_pylist() == [None, 3]


def test_a_section_that_stands_twice(tmp_path):
    (tmp_path / "map.toml").write_text("[codes.phq9]\n1 = 2\n[codes.phq9]\n2 = 3\n")
    with pytest.raises(InputError, match=r"To mend it: write each section once, with all its lines below it, and each line once$"):
        read_map(tmp_path / "map.toml")
