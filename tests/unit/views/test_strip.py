"""The strip: ten rows, one column a session."""

from __future__ import annotations

from andante.risks import RISKS
from andante.views.caseload import gather
from andante.views.strip import SIGNS, strip
from andante.words import LEVELS


def _case(made, client_id):
    caseload = gather(*made.tables())
    (case,) = caseload.cases([caseload.find(client_id)])
    return case


def test_ten_rows_in_the_order_of_the_ten(caseload):
    drawn = strip(_case(caseload, "ease-1"), shown=40)
    assert [risk for risk, _ in drawn.rows] == list(RISKS)
    assert drawn.labels == ("1", "2", "3", "4", "5")
    assert all(len(cells) == 5 for _, cells in drawn.rows)


def test_a_cell_says_its_level_and_its_evidence(caseload):
    drawn = strip(_case(caseload, "ease-1"), shown=40)
    cells = dict((risk.name, cells) for risk, cells in drawn.rows)["distress"]
    assert [cell.words for cell in cells] == [
        "quiet",
        "quiet",
        "quiet",
        "Watch: it was too much: 8 of 10.",
        "Act: it was too much: 9 of 10.",
    ]
    assert [cell.raised for cell in cells] == [False, False, False, True, True]


def test_a_tip_says_one_answer_once(tables):
    tables.session("a", 1, levels={"trust": ("act", 1, "heard_fell;heard_below_usual", 0.8)})
    for name, says in (("heard_fell", "felt heard 3, usually 8"), ("heard_below_usual", "felt heard 3, usually 9")):
        tables.detail("a", 1, "trust", name, says, fact="heard", observed=3.0, strength=0.9 if name == "heard_fell" else 0.4)
    cells = dict((risk.name, cells) for risk, cells in strip(_case(tables, "a"), shown=40).rows)["trust"]
    assert cells[0].words == "Act: felt heard 3, usually 8."


def test_only_the_last_sessions_are_drawn_and_the_others_counted(caseload):
    drawn = strip(_case(caseload, "ease-1"), shown=2)
    assert (drawn.labels, drawn.left_out) == (("4", "5"), 3)


def test_it_knows_whether_the_last_session_is_ahead(waiting, caseload):
    assert strip(_case(waiting, "a"), shown=3).ahead
    assert not strip(_case(caseload, "ease-1"), shown=3).ahead


def test_a_level_that_is_not_there_is_unknown(caseload):
    case = _case(caseload, "quiet-1")
    case.readings[0]["trust_level"] = None
    cells = dict((risk.name, cells) for risk, cells in strip(case, shown=40).rows)["trust"]
    assert [cell.words for cell in cells] == ["unknown", "quiet"]


def test_every_level_has_a_sign_of_its_own_with_and_without_utf8():
    assert set(SIGNS) == set(LEVELS)
    assert len({sign for sign, _ in SIGNS.values()}) == len(LEVELS) == len({plain for _, plain in SIGNS.values()})
    assert all(plain.isascii() for _, plain in SIGNS.values())
