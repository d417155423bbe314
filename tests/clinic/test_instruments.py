"""Instruments whose wording the service has added: asked every few sessions, scored, and looked at for safety.

The wording here is made up for the test; no published wording is in the project.
"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from andante_clinic.journal import checkins, instruments, questions
from andante_clinic.journal.models import SafetyItem
from andante_clinic.people.models import Service


def questionnaire(**more):
    """A Questionnaire with nine made-up questions, coded as the nine items of the PHQ-9 are (LOINC), one of them out of order."""
    codes = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"]
    texts = {"LA6568-5": "never", "LA6569-3": "some days", "LA6570-1": "many days", "LA6571-9": "every day"}
    answers = [{"valueCoding": {"code": code, "display": text}} for code, text in texts.items()]
    items = [
        {
            "linkId": str(n),
            "text": f"Made-up question {n}",
            "type": "choice",
            "code": [{"system": "http://loinc.org", "code": code}],
            "answerOption": answers,
        }
        for n, code in enumerate(codes, start=1)
    ]
    return {"resourceType": "Questionnaire", "language": "en", "title": "PHQ-9", "copyright": "Made up, 2026", "item": items, **more}


@pytest.fixture(autouse=True)
def packs(settings, tmp_path):
    settings.PACKS = tmp_path / "packs"


@pytest.fixture
def asked(upcoming):
    """The client is asked the PHQ-9 at the next session; somebody reads safety items."""
    instruments.add(json.dumps(questionnaire()), "q.json")
    service = Service.here()
    service.reader = "Sam"
    service.save()
    upcoming.client.instruments, upcoming.client.instruments_every = ["phq9"], 3
    upcoming.client.save()
    return checkins.offer(upcoming, "before")


def address(checkin):
    return reverse("checkin", args=[checkins.token(checkin)])


def test_a_manager_adds_a_wording(as_person, manager):
    file = SimpleUploadedFile("q.json", json.dumps(questionnaire()).encode())
    page = as_person(manager).post(reverse("add_wording"), {"questionnaire": file}, follow=True)
    assert b"PHQ-9 is added." in page.content
    assert b"Made up, 2026" in page.content


def test_what_is_no_questionnaire_is_refused_with_a_remedy(as_person, manager):
    file = SimpleUploadedFile("q.json", b'{"resourceType": "Patient"}')
    page = as_person(manager).post(reverse("add_wording"), {"questionnaire": file}, follow=True)
    assert b"q.json: is no Questionnaire but Patient. To mend it: give a FHIR R4 Questionnaire as JSON" in page.content
    assert instruments.kept() == {}


def test_it_is_asked_every_few_sessions(asked, upcoming):
    assert [name for name in asked.questions if name.startswith("phq9:")] == [f"phq9:{n}" for n in range(1, 10)]
    upcoming.number = 5
    assert not any(name.startswith("phq9:") for name in questions.choose(upcoming, "before"))


def test_the_page_shows_the_services_wording_and_its_copyright(client, asked):
    page = client.get(address(asked)).content.decode()
    assert "Made-up question 9" in page
    assert "every day" in page
    assert "Made up, 2026" in page


def test_answers_become_a_score_in_the_reading(client, asked):
    client.post(address(asked), {"before_distress": "5", **{f"phq9:{n}": "1" for n in range(1, 9)}, "phq9:9": "0"})
    assert asked.session.scores.get(measure="phq9").total == 8
    assert asked.session.client.readings.get(session=4, audience="therapist", current=True).row["phq9"] == 8
    assert SafetyItem.objects.count() == 0


def test_too_few_answers_are_no_score(client, asked):
    client.post(address(asked), {"before_distress": "5", "phq9:1": "3"})
    assert asked.session.scores.count() == 0


def test_a_positive_safety_item_opens_the_safety_path(client, asked):
    client.post(address(asked), {f"phq9:{n}": "0" for n in range(1, 9)} | {"phq9:9": "1"})
    assert SafetyItem.objects.get().source == "measure"


def test_an_answer_the_instrument_does_not_allow_is_refused(client, asked):
    assert client.post(address(asked), {"phq9:1": "4"}).status_code == 422
    assert client.post(address(asked), {"phq9:1": "0.5"}).status_code == 422


def test_where_nobody_reads_safety_items_they_are_not_asked(upcoming):
    instruments.add(json.dumps(questionnaire()), "q.json")
    upcoming.client.instruments, upcoming.client.instruments_every = ["phq9"], 1
    assert "phq9:9" not in questions.choose(upcoming, "before")
    assert "phq9:8" in questions.choose(upcoming, "before")


def test_a_therapist_chooses_what_is_asked(as_person, therapist, client_record):
    browser, address = as_person(therapist), reverse("agreed", args=[client_record.code])
    assert b"Instruments that are asked" not in browser.get(address).content
    instruments.add(json.dumps(questionnaire()), "q.json")
    browser.post(address, {"language": "en", "instruments": ["phq9"], "instruments_every": "2"})
    client_record.refresh_from_db()
    assert (client_record.instruments, client_record.instruments_every) == (["phq9"], 2)
