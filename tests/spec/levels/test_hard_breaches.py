"""Hard breaches of process are an act at once; the exceptions to work without consent."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.spec.story import after_calm

import andante

# trauma work, consent, who led, intensity, planned: the level of ethics, and the evidence
CONSENT = [
    ("yes", "no", "therapist", 5, 4, "act", "without_consent", "trauma work that the therapist led to"),
    ("yes", "no", "therapist", 8, 3, "act", "without_consent", "unplanned, but the therapist led"),
    ("yes", "no", "client", 8, 8, "act", "without_consent", "planned, whoever led"),
    ("yes", "no", ".", 8, 8, "act", "without_consent", "planned; who led is not known"),
    ("no", "no", "therapist", 7, 7, "act", "without_consent", "intensity of 7"),
    ("no", "no", "both", 8, 8, "act", "without_consent", "planned by the two, consent refused"),
    ("yes", "no", ".", 8, ".", "watch", "consent_unclear", "who led is not known, nor what was planned"),
    ("no", "no", ".", 7, ".", "watch", "consent_unclear", "who led to demanding work is not known"),
    ("yes", "no", "client", 8, 3, "quiet", "", "the client's own disclosure"),
    ("yes", "no", "client", 9, ".", "quiet", "", "the client's own disclosure, no plan recorded"),
    ("no", "no", "client", 7, 6, "act", "without_consent", "hardly more than was planned"),
    ("yes", "no", "client", 5, 4, "quiet", "", "the client's own disclosure, a little beyond an easy plan"),
    ("yes", "no", "client", 5, 5, "act", "without_consent", "the client led to what was planned"),
    ("no", "no", "client", 10, 8, "act", "without_consent", "a challenging plan, and beyond it"),
    ("yes", "no", "both", 9, 7, "act", "without_consent", "a challenging plan, whoever went beyond it"),
    ("no", "no", "client", 7, 5, "quiet", "", "the client went well beyond the plan"),
    ("no", "no", ".", 7, 5, "watch", "consent_unclear", "well beyond the plan, and who led is not known"),
    ("no", "no", "therapist", 6, 6, "quiet", "", "intensity of 6 is not challenging"),
    ("yes", ".", "therapist", 8, 8, "quiet", "", "consent not recorded is not known"),
    ("yes", "yes", "therapist", 8, 8, "quiet", "", "consent given"),
]


@pytest.mark.parametrize(
    ("trauma", "consent", "led", "intensity", "planned", "level", "evidence", "what"), CONSENT, ids=[c[-1] for c in CONSENT]
)
def test_challenging_work_without_consent(
    trauma: str, consent: str, led: str, intensity: int, planned: int | str, level: str, evidence: str, what: str
) -> None:
    s = after_calm(f"""
        session            7
        trauma_work        {trauma}
        consent            {consent}
        led_by             {led}
        intensity          {intensity}
        planned_intensity  {planned}
    """)
    assert s.level("ethics", 7) == level
    assert (evidence in s.evidence("ethics", 7)) if evidence else s.evidence("ethics", 7) == []
    assert (s.stance(7) == "ease") == (level == "act")


@pytest.mark.parametrize("agreed", [".", "yes"], ids=["", "in prepared, agreed work"])
def test_a_stop_that_was_overridden(agreed: str) -> None:
    s = after_calm(f"""
        session           7
        stops_overridden  1
        essentials        {agreed}
    """)
    assert s.level("boundaries", 7) == "act"
    assert s.evidence("boundaries", 7)[0] == "stop_overridden"
    assert s.stance(7) == "ease"
    assert s.why(7).startswith("Stop and talk: the client's stop was not honored")


def test_a_breach_stands_until_something_answers_it() -> None:
    s = after_calm("""
        session           7  8  9  10
        stops_overridden  1  .  .  0
    """)
    assert s.from_session("boundaries", 7)[:3] == ["act", "act", "act"]
    assert s.level("boundaries", 10) != "act"
    assert s.since("boundaries", 9) == 7


@pytest.mark.parametrize(
    ("cells", "risk", "what"),
    [
        ("stops_overridden  1  0  0  0", "boundaries", "a stop overridden"),
        (
            "trauma_work  yes  .  .  no\nconsent  no  .  .  .\nled_by  therapist  .  .  .\nintensity  5  .  .  4",
            "ethics",
            "work without consent",
        ),
    ],
    ids=["a stop overridden", "work without consent"],
)
def test_a_talk_that_is_noted_clears_no_breach_before_the_client_has_answered(cells: str, risk: str, what: str) -> None:
    """The one who overrode a no would otherwise be the one who closes the matter."""
    answers = ("after_heard", "after_choice", "after_helpful", "after_overwhelm", "after_sense", "after_return")
    silent = "\n".join(f"{name}  .  .  .  {2 if name == 'after_choice' else 3 if name == 'after_overwhelm' else 9}" for name in answers)
    s = after_calm(
        f"session  7  8  9  10\nresponded  .  yes  .  .\ncheckin_after  unanswered  unanswered  unanswered  answered\n{cells}\n{silent}"
    )
    assert s.from_session(risk, 7)[:3] == ["act", "act", "act"], what
    assert s.level(risk, 10) == "quiet"


def test_again_and_again_without_consent_it_is_an_act_though_who_led_is_not_known() -> None:
    s = after_calm("session  7  8  9\ntrauma_work  yes  yes  no\nconsent  no  no  yes\nled_by  .  both  .\nplanned_intensity  .  .  .")
    assert s.from_session("ethics", 7) == ["watch", "act", "quiet"]


def test_a_stop_that_was_honored_is_none() -> None:
    s = after_calm("""
        session           7
        stops_overridden  0
        client_slow       1
    """)
    assert s.level("boundaries", 7) == "quiet"


def test_a_session_of_which_no_work_is_known_clears_no_breach() -> None:
    """Who led it says nothing of whether it was challenging."""
    s = after_calm(
        "session  7 8 9\nconsent  no . .\nintensity  8 . 4\nplanned_intensity  8 . 4\nled_by  therapist both both\ntrauma_work  . . no"
    )
    assert s.from_session("ethics", 7) == ["act", "act", "quiet"]


def test_whether_a_client_is_asked_about_choice_is_not_for_others_to_say() -> None:
    """Anna is never asked whether she could say no; that Ben is changes nothing of her reading."""
    anna = [{"client_id": "anna", "session": s, "stops_overridden": float(s == 2), "after_heard": 9.0} for s in range(1, 5)]
    alone = andante.read(pa.Table.from_pylist(anna))
    both = [{**row, "after_choice": None} for row in anna] + [{"client_id": "ben", "session": 1, "after_choice": 2.0}]
    beside = andante.read(pa.Table.from_pylist(both))
    assert beside.slice(0, 4).equals(alone)
