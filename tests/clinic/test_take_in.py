"""Taking in a client, and the honest refusals."""

import re

import pytest
from django.urls import reverse
from tests.clinic.pages import go, text

from andante_clinic.dashboard.take_in import REFUSALS
from andante_clinic.people.models import Client

FITS = {
    "name": "Nora New",
    "demanding_work": "yes",
    "language": "en",
    "adult": "yes",
    "psychosis": "no",
    "joint": "no",
    "ordered": "no",
    "crisis": "no",
}


def test_a_client_is_taken_in(browser):
    response = browser.post(reverse("take_in"), FITS)
    client = Client.objects.get()
    assert response["Location"] == go("client", client)
    assert client.initials == "NN"


@pytest.mark.parametrize(
    ("key", "answer", "reason"),
    [
        ("adult", "no", "for adults in this version"),
        ("psychosis", "yes", "Medical care comes first"),
        ("joint", "yes", "One record belongs to one person"),
        ("ordered", "yes", "a client cannot answer freely"),
        ("crisis", "yes", "no crisis service"),
    ],
)
def test_whom_it_is_not_for_is_refused_with_a_reason(browser, key, answer, reason):
    page = browser.post(reverse("take_in"), FITS | {key: answer})
    assert "does not take them in" in text(page)
    assert reason in text(page)
    assert Client.objects.count() == 0


def test_what_it_does_not_detect_is_said(browser):
    assert "does not detect sexual, financial or dual-relationship violations" in text(browser.get(reverse("take_in")))


def test_no_refusal_is_chosen_beforehand(browser):
    page = browser.get(reverse("take_in")).content.decode()
    for key in REFUSALS:
        assert not re.search(rf'name="{key}"[^>]*checked', page)
