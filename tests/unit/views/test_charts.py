"""The drawings: what is in them, where it stands, and what is said to those who cannot see them."""

from __future__ import annotations

import re

import pytest

from andante import reading
from andante.records import MeasureColumn
from andante.sentences import REASONS
from andante.views import charts
from andante.views.caseload import gather

BRAKE = REASONS[reading.BRAKE][0] + "."
SCALE = MeasureColumn("bdi", 0, 63, "lower", 9.0, label="BDI")


def _case(made, client_id):
    caseload = gather(*made.tables())
    (case,) = caseload.cases([caseload.find(client_id)])
    return case


def _places(svg: str, color: str) -> list[tuple[float, float]]:
    """Where the marks of one color stand, in pixels from the top left of the plot."""
    marks = re.findall(r'<path transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*(?:fill|stroke)="var\(--' + color + r'\)"', svg)
    return [(float(x), float(y)) for x, y in marks]


def _scale(value: float) -> float:
    """Pixels from the top of the plot, where only the numbers stand under it: the height is shared by -1.45 to 10.4."""
    return (charts.HEIGHT + charts.LANE) * (10.4 - value) / 11.85


def test_each_answer_stands_at_its_session_and_its_value(tables):
    for session, distress in enumerate((0.0, 5.0, 10.0), 1):
        tables.session("a", session, before_distress=distress)
    chart = charts.pace(_case(tables, "a"))
    step = charts.step(4)  # three sessions and the next
    expected = [(step * 0.5, _scale(0)), (step * 1.5, _scale(5)), (step * 2.5, _scale(10))]
    assert _places(chart.svg, "distress") == [pytest.approx(place, abs=0.02) for place in expected]


def test_a_session_takes_exactly_the_width_of_a_column_of_the_strip(tables):
    for session in range(1, 11):
        tables.session("a", session, before_distress=5.0)
    chart = charts.pace(_case(tables, "a"))
    assert float(re.search(r' width="([\d.]+)"', chart.svg)[1]) == charts.LEFT + 11 * charts.step(11) + charts.RIGHT


def test_what_is_not_known_is_not_drawn(tables):
    for session in range(1, 6):
        tables.session("a", session, before_distress=None if session == 3 else 5.0, attendance="missed" if session == 3 else "attended")
    chart = charts.pace(_case(tables, "a"))
    assert len(_places(chart.svg, "distress")) == 4
    (line,) = re.findall(r'd="([^"]*)" stroke="var\(--distress\)"', chart.svg)
    assert line.count("M") == 2, "the line breaks at the session that was missed"
    assert chart.svg.count(">×<") == 1
    assert "Not held: session 3." in chart.description


def test_overwhelm_above_the_clients_own_line_is_marked(tables):
    tables.session("a", 1, after_overwhelm=7.0).session("a", 2, after_overwhelm=8.0).session(
        "a", 3, after_overwhelm=8.0, overwhelm_line=8.0
    )
    figures = charts.pace_figures(_case(tables, "a"))
    assert [figure["too_much"] for figure in figures] == [False, True, False]  # above 7; above 8 is needed where 8 was agreed


def test_the_ceiling_of_a_session_was_said_after_the_session_before(tables):
    tables.session("a", 1, ceiling=4.0, intensity=3).session("a", 2, ceiling=5.0, intensity=3)
    case = _case(tables, "a")
    assert [figure["ceiling"] for figure in charts.pace_figures(case)] == [None, 4.0]
    assert charts.pace(case).svg.count("next") == 1  # 5.0 is for the session ahead


def test_the_ceiling_of_a_session_ahead_stands_at_that_session_and_not_at_the_next(waiting):
    case = _case(waiting, "a")
    figures = charts.pace_figures(case)
    assert [figure["ceiling"] for figure in figures] == [None, *[5.2] * 6, 3.6]
    assert [figure["ahead"] for figure in figures] == [False] * 7 + [True]
    assert (figures[-1]["from"], figures[-1]["to"]) == pytest.approx((2.1, 5.1))  # 3.6 -+ half of 10 x (1 - 0.7)
    chart = charts.pace(case)
    assert re.findall(r"<text[^>]*>(next|ahead|×)</text>", chart.svg) == ["ahead"]
    assert chart.description.endswith("Still ahead: session 8. Pace ceiling of the session ahead: 3.6.")


def test_a_pending_row_speaks_of_itself_alone(tables):
    """Session 2 was never recorded: what it says is for it, and of session 3 nothing was said."""
    held = {"after_overwhelm": 3, "intensity": 4}
    tables.session("a", 1, ceiling=4.0, **held).session("a", 2, ceiling=6.0, before_distress=4).session("a", 3, ceiling=5.0, **held)
    tables.mark("a", 2, "pending")
    figures = charts.pace_figures(_case(tables, "a"))
    assert [(figure["ceiling"], figure["ahead"]) for figure in figures] == [(None, False), (6.0, False), (None, False)]


def test_trust_hurt_is_a_solid_mark_and_mended_a_hollow_one(tables):
    for session in range(1, 9):
        tables.session("a", session, after_overwhelm=3)
    tables.mark("a", 5, "hurt").mark("a", 7, "mended")
    svg = charts.pace(_case(tables, "a")).svg
    marks = {path: ink for path, ink in re.findall(r'd="([^"]*)" (fill|stroke)="var\(--ink\)"', svg)}
    assert sorted(marks.values()) == ["fill", "stroke"]
    (solid,) = [path for path, ink in marks.items() if ink == "fill"]
    assert "A" not in solid, "straight edges: it is not taken for the round one"


def test_bars_are_outlined(caseload):
    """On a gray printer they are as gray as the usual band."""
    svg = charts.pace(_case(caseload, "ease-1")).svg
    bars = re.findall(r'<path[^>]*fill="var\(--bar\)"[^>]*>', svg)
    assert len(bars) == 5
    assert all('stroke="var(--soft)"' in bar for bar in bars)


def test_the_band_is_the_clients_own(caseload):
    figures = charts.pace_figures(_case(caseload, "ease-1"))
    assert {(figure["low"], figure["high"]) for figure in figures} == {(3.0, 6.0)}
    assert charts.pace_figures(_case(caseload, "hold-1"))[0]["low"] is None


def test_nothing_to_draw_is_no_chart(caseload):
    assert charts.pace(_case(caseload, "unknown-1")) is None
    assert charts.measure(_case(caseload, "unknown-1"), SCALE) is None


def test_a_chart_is_one_picture_with_a_title_and_a_description(caseload):
    chart = charts.pace(_case(caseload, "ease-1"), "one")
    assert chart.svg.startswith('<svg class="chart" role="img" aria-labelledby="one-title one-description"')
    assert '<title id="one-title">Pace of ease-1</title>' in chart.svg
    # By hand: distress 4 4 4 7 7, overwhelm 3 3 3 8 9, intensity 5 throughout.
    assert chart.description == (
        "5 sessions, 1 to 5. Distress before: 4 to 7, last 7, usually 3 to 6. Too much, said after: 3 to 9, last 9. "
        "Intensity of the work: 5 to 5, last 5. Above the line for too much in sessions 4 and 5. Trauma work: session 4. "
        "Pace ceiling of the session to come: 4.2."
    )
    assert chart.svg.count("role=") == 1
    assert "http" not in chart.svg


@pytest.mark.parametrize(
    ("happened", "lanes"),
    [
        ({}, ["session"]),
        ({"attendance": "missed"}, ["session", "did not meet"]),
        ({"trauma_work": True}, ["session", "trauma work"]),
        ({"client_slow": 1}, ["session", "asked to slow"]),
        ({"trauma_work": True, "client_slow": 1}, ["session", "trauma work", "asked to slow"]),
    ],
)
def test_only_lanes_with_a_mark_are_drawn(tables, happened, lanes):
    tables.session("a", 1, before_distress=5.0, attendance="attended").session("a", 2, **{"attendance": "attended", **happened})
    svg = charts.pace(_case(tables, "a")).svg
    named = re.findall(r"<text[^>]*>([a-z /]+)</text>", svg)  # from the lowest to the highest
    assert [name for name in reversed(named) if name != "next"] == lanes
    height = charts.TOP + charts.HEIGHT + charts.LANE * len(lanes) + charts.BOTTOM
    assert float(re.search(r' height="([\d.]+)"', svg)[1]) == height


def test_a_session_ahead_shares_the_lane_of_those_that_were_not_held(waiting):
    waiting.sessions[3] |= {"attendance": "missed", "after_overwhelm": None, "intensity": None}
    svg = charts.pace(_case(waiting, "a")).svg
    (missed,), (ahead,) = (re.findall(r"translate\([-\d.]+,([-\d.]+)\)[^>]*>" + sign + "</text>", svg) for sign in ("×", "ahead"))
    assert float(missed) == pytest.approx(float(ahead), abs=2)  # the sign is larger than the word


def test_the_key_holds_the_signs_that_are_drawn_and_no_other(tables, caseload):
    tables.session("a", 1, before_distress=5.0)
    assert [sign.words for sign in charts.pace(_case(tables, "a")).key] == ["distress before"]
    tables.session("b", 1, after_overwhelm=9, trauma_work=True, client_slow=1).session("b", 2, attendance="missed", ceiling=4.0)
    assert [sign.words for sign in charts.pace(_case(tables, "b")).key] == [
        "“too much” after", "above their line", "pace ceiling", "did not meet", "trauma work", "asked to slow down",
    ]  # fmt: skip
    drawn = [sign.words for sign in charts.pace(_case(caseload, "ease-1")).key]
    assert drawn == [
        "distress before", "usual distress", "“too much” after", "above their line", "how demanding", "pace ceiling", "trauma work",
    ]  # fmt: skip


def test_the_edges_of_the_usual_band_are_drawn_over_the_bars(caseload):
    svg = charts.pace(_case(caseload, "ease-1")).svg
    assert svg.count('stroke="var(--edge)"') == 2
    assert svg.rindex('fill="var(--bar)"') < svg.index('stroke="var(--edge)"')


def test_while_the_clients_own_brake_stands_the_session_to_come_has_no_ceiling(tables, waiting):
    tables.session("a", 1, ceiling=4.0, intensity=3, stance="hold", why=BRAKE)
    chart = charts.pace(_case(tables, "a"))
    assert "Pace ceiling" not in chart.description
    assert "pace ceiling" not in [sign.words for sign in chart.key]
    waiting.readings[-1]["stance_why"] = BRAKE
    assert charts.pace_figures(_case(waiting, "a"))[-1]["ceiling"] is None


def test_ids_of_clients_are_escaped(tables):
    tables.session("<script>alert(1)</script>&", 1, before_distress=5.0)
    svg = charts.pace(_case(tables, "<script>alert(1)</script>&")).svg
    assert "<script" not in svg
    assert "Pace of &lt;script&gt;alert(1)&lt;/script&gt;&amp;" in svg


def test_equal_figures_are_drawn_once(caseload):
    case = _case(caseload, "ease-1")
    charts.pace(case, "again")
    before = charts._drawn.cache_info().hits
    charts.pace(case, "again")
    assert charts._drawn.cache_info().hits == before + 1


def test_only_the_last_sessions_are_drawn(tables):
    for session in range(1, charts.SHOWN + 4):
        tables.session("a", session, before_distress=5.0)
    figures = charts.pace_figures(_case(tables, "a"))
    assert (len(figures), figures[0]["label"], figures[0]["slot"]) == (charts.SHOWN, "4", 0)


@pytest.mark.parametrize(
    ("first", "low", "high"),
    [
        (20.0, 11.5, 28.5),  # plus and minus the reliable change of 9, which itself lies outside
        (4.0, 0.0, 12.5),  # never below the scale
        (60.0, 51.5, 63.0),  # nor above it
    ],
)
def test_the_band_of_a_measure_is_its_reliable_change_around_the_first_score(tables, first, low, high):
    tables.session("a", 1).session("a", 2, bdi=first).session("a", 3, bdi=15.0)
    chart = charts.measure(_case(tables, "a"), SCALE)
    assert {(figure["low"], figure["high"]) for figure in chart.figures} == {(low, high)}
    assert chart.title == "BDI of a"
    assert f"First {first:.0f}, last 15, of 63; lower is better." in chart.description


@pytest.mark.parametrize(
    ("first", "last", "better", "said"),
    [
        (20.0, 11.0, "lower", "A clear change for the better since the first score."),  # by 9, which is reliable
        (20.0, 12.0, "lower", "No clear change from the first score."),
        (20.0, 29.0, "lower", "A clear change for the worse since the first score."),
        (20.0, 29.0, "higher", "A clear change for the better since the first score."),
    ],
)
def test_whether_a_measure_has_clearly_changed_is_told_to_those_who_hear_it(tables, first, last, better, said):
    tables.session("a", 1, bdi=first).session("a", 2, bdi=last)
    column = MeasureColumn("bdi", 0, 63, better, 9.0, label="BDI")
    assert charts.measure(_case(tables, "a"), column).description.endswith(f"{better} is better. {said}")


def test_of_one_score_or_without_a_reliable_change_nothing_is_said_of_a_change(tables):
    tables.session("a", 1, bdi=20.0)
    assert charts.measure(_case(tables, "a"), SCALE).description == "First 20, of 63; lower is better."
    tables.session("a", 2, bdi=5.0)
    plain = MeasureColumn("bdi", 0, 63, "lower", None, label="BDI")
    assert charts.measure(_case(tables, "a"), plain).description == "First 20, last 5, of 63; lower is better."


def test_the_line_of_a_measure_goes_on_across_sessions_that_were_not_asked(tables):
    tables.session("a", 1, bdi=20.0).session("a", 2).session("a", 3, bdi=10.0)
    (line,) = re.findall(r'd="([^"]*)" stroke="var\(--distress\)"', charts.measure(_case(tables, "a"), SCALE).svg)
    assert line.count("M") == 1


# What a client sees


def test_the_clients_own_chart_holds_what_they_said_and_no_word(caseload):
    """The same answers as above, by hand; the trauma work of session 4 and the ceiling are not in it."""
    chart = charts.own(_case(caseload, "ease-1"), "Meine Antworten", "Als Tabelle <darunter>.")
    assert [(f["distress"], f["overwhelm"]) for f in chart.figures] == [(4, 3), (4, 3), (4, 3), (7, 8), (7, 9)]
    shown = {"slot", "label", "when", "held", "attendance", "distress", "low", "high", "overwhelm", "too_much"}
    assert {key for figure in chart.figures for key in figure} == shown
    assert re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg) == ["0", "5", "10", "1", "2", "3", "4", "5"]
    assert "var(--ceiling)" not in chart.svg
    assert "var(--bar)" not in chart.svg
    assert '<title id="own-title">Meine Antworten</title>' in chart.svg
    assert '<desc id="own-description">Als Tabelle &lt;darunter&gt;.</desc>' in chart.svg


def test_the_clients_own_chart_begins_where_it_is_told(tables):
    for session, distress in enumerate((1.0, 9.0, 0.0, 10.0), 1):
        tables.session("a", session, before_distress=distress, attendance="missed" if session == 3 else "attended")
    chart = charts.own(_case(tables, "a"), "", "", last=3)
    assert [(f["slot"], f["label"], f["held"]) for f in chart.figures] == [(0, "2", True), (1, "3", False), (2, "4", True)]
    assert float(re.search(r' width="([\d.]+)"', chart.svg)[1]) == 40 + 3 * charts.step(3) + charts.RIGHT
    height = charts.HEIGHT + 2 * charts.LANE  # shared by -2.5 (the lower lane) to 10.4
    ((_, first), *_, (_, last)) = _places(chart.svg, "distress")
    assert (first, last) == pytest.approx((height * (10.4 - 9) / 12.9, height * 0.4 / 12.9), abs=0.01)
    assert chart.svg.count("×") == 1


def test_the_chart_for_the_shared_screen_names_its_lanes_and_shows_how_demanding_it_was(caseload):
    chart = charts.own(_case(caseload, "ease-1"), "Ours", "", intensity=True)
    words = re.findall(r"<text[^>]*>([^<0-9]+)</text>", chart.svg)
    assert words == ["session"]  # they met each time
    assert [figure["intensity"] for figure in chart.figures] == [5, 5, 5, 5, 5]
    assert "var(--bar)" in chart.svg
    assert "var(--ceiling)" not in chart.svg


def test_where_the_client_said_nothing_there_is_no_chart(caseload, tables):
    assert charts.own(_case(caseload, "unknown-1"), "", "") is None
    tables.session("a", 1, intensity=5)
    assert charts.own(_case(tables, "a"), "", "") is None
    assert charts.own(_case(tables, "a"), "", "", intensity=True) is not None
