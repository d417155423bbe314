"""Supervision and the office: what a supervisor sees, what a manager runs, and what neither may see."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse
from tests.clinic.pages import text

from andante_clinic.bridge import readings
from andante_clinic.journal import checkins, responses, safety
from andante_clinic.people import audit
from andante_clinic.people.audit_model import AuditEntry
from andante_clinic.people.models import Client, Service, Supervision, User


def test_raised_and_unanswered_until_it_is_answered(as_person, supervisor, therapist, hurt):
    browser = as_person(supervisor)
    page = text(browser.get(reverse("supervision")))
    assert re.search(rf"{hurt.code}\s+Trust hurt and not mended\? act, for \d session", page.split("longest first")[1])
    responses.disagree(hurt, 5, "trust", "we laughed", therapist)
    page = text(browser.get(reverse("supervision")))
    assert "Trust hurt and not mended?" not in page.split("longest first")[1].split("Trust hurt and not mended ")[0]
    assert hurt.code in page.split("Trust hurt and not mended ")[1]  # still a rupture that is not repaired


def test_an_answer_of_an_earlier_time_does_not_answer_what_is_raised_again(as_person, supervisor, therapist, hurt):
    responses.disagree(hurt, 2, "trust", "that was another time", therapist)
    page = text(as_person(supervisor).get(reverse("supervision")))
    assert "Trust hurt and not mended?" in page.split("longest first")[1].split("Trust hurt and not mended ")[0]


def test_nothing_is_grouped_by_therapist(as_person, supervisor, hurt):
    assert "Thea" not in text(as_person(supervisor).get(reverse("supervision")))


def test_safety_items_stand_on_top(as_person, supervisor, hurt):
    safety.raise_item(hurt, "checkin")
    page = text(as_person(supervisor).get(reverse("supervision")))
    assert page.index("Safety items") < page.index("longest first")


def test_what_was_talked_over_reaches_the_therapist(as_person, supervisor, therapist, hurt):
    as_person(supervisor).post(reverse("supervision_note", args=[hurt.code]), {"words": "name it first"})
    assert "name it first" in text(as_person(therapist).get(reverse("client", args=[hurt.code])))


def test_every_client_whose_therapy_is_supervised_can_be_looked_up(as_person, supervisor, three_sessions, therapist, outsider):
    other = Client.objects.create(name="Otto Other", therapist=outsider)
    page = as_person(supervisor).get(reverse("supervision")).content.decode()
    assert f'href="{reverse("client", args=[three_sessions.code])}"' in page
    assert other.code not in page


def test_supervision_takes_as_many_queries_for_ten_clients_as_for_two(as_person, supervisor, therapist, hold):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def clients(many):
        for n in range(many):
            client = Client.objects.create(name=f"Client {n}", therapist=therapist)
            hold(client, 3, after={"after_overwhelm": 9, "after_heard": 2})
            responses.choose(client, 1, "distress", "x", therapist)
            readings.recompute(client)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            browser.get(reverse("supervision"))
        return len(caught)

    browser = as_person(supervisor)
    clients(2)
    queries()
    few = queries()
    clients(8)
    assert queries() == few


def test_a_person_is_added_by_letter(as_person, manager, client):
    as_person(manager).post(reverse("office"), {"form": "person", "name": "Nia New", "email": "Nia@Example.org", "role": "therapist"})
    user = User.objects.get(email="nia@example.org")
    assert not user.has_usable_password()
    assert mail.outbox[-1].to == ["nia@example.org"]
    assert "/accounts/password/reset/key/" in mail.outbox[-1].body


def change(browser, user, **said):
    return browser.post(reverse("person", args=[user.pk]), {"name": user.name, "email": user.email, "role": user.role, **said})


def test_a_persons_name_address_and_role_are_changed(as_person, manager, supervisor, client):
    browser = as_person(manager)
    client.post(reverse("account_login"), {"login": supervisor.email, "password": "correct horse"})  # the address is known to the library
    client.post(reverse("account_logout"))
    change(browser, supervisor, name="Samira Supervisor", email="Samira@Example.org", role="therapist")
    supervisor.refresh_from_db()
    assert (supervisor.name, supervisor.email, supervisor.role) == ("Samira Supervisor", "samira@example.org", "therapist")
    assert not Supervision.objects.filter(until=None).exists()
    client.post(reverse("account_login"), {"login": "sam@example.org", "password": "correct horse"})
    assert client.get(reverse("today")).status_code == 302
    client.post(reverse("account_login"), {"login": "samira@example.org", "password": "correct horse"})
    assert client.get(reverse("today")).status_code == 200
    entry = AuditEntry.objects.filter(verb="changed a person").get()
    assert (entry.what, sorted(entry.detail["changed"])) == (f"user:{supervisor.pk}", ["email", "name", "role"])


def test_who_has_clients_does_not_become_a_manager(as_person, manager, therapist, three_sessions):
    assert "hand them over first" in text(change(as_person(manager), therapist, role="manager"))
    therapist.refresh_from_db()
    assert therapist.role == "therapist"


def test_an_address_belongs_to_one_person(as_person, manager, therapist, outsider):
    assert "already exists" in text(change(as_person(manager), outsider, email=therapist.email.upper()))


def test_nobody_changes_their_own_role(as_person, manager):
    change(as_person(manager), manager, name="Maxi Manager", role="therapist")
    manager.refresh_from_db()
    assert (manager.name, manager.role) == ("Maxi Manager", "manager")


def test_a_lost_second_factor_is_taken_away_and_asked_for_anew(as_person, manager, therapist, outsider, settings):
    settings.SECOND_FACTOR = True
    for person in (therapist, manager, outsider):
        Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    browser = as_person(manager)
    assert "Take the lost one away" in text(browser.get(reverse("person", args=[therapist.pk])))
    browser.post(reverse("reset_factor", args=[therapist.pk]))
    browser.post(reverse("reset_factor", args=[manager.pk]))  # nobody their own
    assert set(Authenticator.objects.values_list("user", flat=True)) == {manager.pk, outsider.pk}
    assert as_person(therapist).get(reverse("today"))["Location"] == reverse("mfa_index")
    assert AuditEntry.objects.filter(verb="reset a second factor", what=f"user:{therapist.pk}").count() == 1


def test_a_tie_is_made_and_ended(as_person, manager, supervisor, outsider):
    browser = as_person(manager)
    browser.post(reverse("office"), {"form": "tie", "supervisor": supervisor.pk, "therapist": outsider.pk})
    tie = Supervision.objects.get(therapist=outsider)
    browser.post(reverse("untie", args=[tie.pk]))
    tie.refresh_from_db()
    assert tie.until is not None


def test_nobody_supervises_themselves(as_person, manager, supervisor):
    page = as_person(manager).post(reverse("office"), {"form": "tie", "supervisor": supervisor.pk, "therapist": supervisor.pk})
    assert "Nobody supervises themselves." in text(page)


def test_a_client_is_handed_over_with_their_appointments(as_person, manager, therapist, outsider, upcoming):
    client = upcoming.client
    as_person(manager).post(reverse("office"), {"form": "handover", "client": client.code, "therapist": outsider.pk})
    assert as_person(therapist).get(reverse("client", args=[client.code])).status_code == 404
    assert as_person(outsider).get(reverse("client", args=[client.code])).status_code == 200
    upcoming.refresh_from_db()
    assert upcoming.therapist_id == outsider.pk
    assert client.sessions.get(number=3).therapist_id == therapist.pk


def test_who_leaves_hands_over_first(as_person, manager, therapist, outsider, three_sessions):
    browser = as_person(manager)
    page = browser.post(reverse("leave", args=[therapist.pk]), follow=True)
    assert "hand them over first" in text(page)
    browser.post(reverse("leave", args=[outsider.pk]))
    outsider.refresh_from_db()
    assert not outsider.is_active


def test_the_service_turns_things_on(as_person, manager):
    browser = as_person(manager)
    said = {
        "form": "service",
        "name": "Riverside",
        "ceiling_on": "on",
        "reader": "Sam",
        "crisis_numbers": "Emergency: 112",
        "leave_to": "https://example.org/",
    }
    said |= {"session_minutes": "50", "link_days": "7", "acknowledge_hours": "24"}
    browser.post(reverse("service"), said)
    assert (Service.here().ceiling_on, Service.here().outlook_on) == (True, False)
    entry = AuditEntry.objects.filter(chain="service", verb="changed the service").last()
    assert "ceiling_on" in entry.detail["changed"]


def test_a_broken_trail_is_said_to_the_manager(as_person, manager, three_sessions):
    from andante_clinic.people import audit
    from andante_clinic.people.audit_model import AuditChain

    audit.record(three_sessions.code, "client", "answered")
    AuditChain.objects.filter(name=three_sessions.code).update(number=7)
    page = text(as_person(manager).get(reverse("trail", args=[three_sessions.code])))
    assert "This trail does not fit." in page


def name_third(person):
    service = Service.here()
    service.third_person = person
    service.save()


def tell_third(upcoming):
    session = upcoming.client.sessions.get(number=3)
    session.checkins.all().delete()
    checkin = checkins.offer(session, "after")
    checkin.questions = ["after_heard", "after_choice"]
    checkin.save()
    checkins.receive(checkin, {"after_heard": checkins.Said(1, "third"), "after_choice": checkins.Said(0, "me")})


def test_the_named_person_sees_only_what_was_told_to_them(as_person, outsider, upcoming):
    name_third(outsider)
    tell_third(upcoming)
    page = text(as_person(outsider).get(reverse("confided")))
    assert "Did you feel heard and respected? 1 of 10" in page
    assert "could you have said no" not in page.lower()


def test_whoever_is_named_later_does_not_see_what_was_told_to_the_one_before(as_person, outsider, manager, upcoming):
    name_third(outsider)
    tell_third(upcoming)
    name_third(manager)
    assert "Nobody has told you anything yet." in text(as_person(manager).get(reverse("confided")))
    assert as_person(outsider).get(reverse("confided")).status_code == 404
    name_third(outsider)
    assert "1 of 10" in text(as_person(outsider).get(reverse("confided")))


PERSONS = ("therapist", "supervisor", "manager", "outsider")


@pytest.mark.parametrize("named", PERSONS)
@pytest.mark.parametrize("who", PERSONS)
def test_the_matrix_of_who_is_named_and_who_looks(request, as_person, upcoming, named, who):
    """The page is the named person's alone; the client's own therapist and that therapist's supervisor are told nothing, even if named."""
    people = {person: request.getfixturevalue(person) for person in PERSONS}
    name_third(people[named])
    tell_third(upcoming)
    page = as_person(people[who]).get(reverse("confided"))
    assert page.status_code == (200 if who == named else 404)
    assert ("1 of 10" in text(page)) == (who == named and named in ("manager", "outsider"))


@pytest.mark.parametrize("named", PERSONS)
def test_whoever_is_named_finds_their_page_from_where_they_begin(request, as_person, therapist, supervisor, manager, outsider, named):
    person = request.getfixturevalue(named)
    begin = as_person(person).get(reverse("home"))["Location"]
    assert "Told to you" not in text(as_person(person).get(begin))
    name_third(person)
    assert f'href="{reverse("confided")}"' in as_person(person).get(begin).content.decode()


def test_no_client_is_told_that_they_may_tell_someone_who_has_left(as_person, manager, outsider, upcoming):
    name_third(outsider)
    assert Service.here().third_person_for(upcoming.client) == outsider
    as_person(manager).post(reverse("leave", args=[outsider.pk]))
    assert Service.here().third_person is None


def test_a_person_who_was_switched_off_is_not_named_either(outsider, upcoming):
    name_third(outsider)
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    assert Service.here().third_person_for(upcoming.client) is None


def test_a_long_trail_is_read_to_its_beginning(as_person, manager, client_record):
    audit.enter([audit.Act(client_record.code, "program", "saw", f"entry {n}") for n in range(450)])
    browser, address, seen, pages = as_person(manager), reverse("trail", args=[client_record.code]), [], 0
    more = ""
    while more is not None:
        page = browser.get(address + more).content.decode()
        seen += re.findall(r"<td>entry (\d+)</td>", page)
        found = re.search(r'href="(\?before=\d+)">Earlier', page)
        more, pages = found[1] if found else None, pages + 1
    assert pages == 3
    assert [int(n) for n in seen] == list(range(449, -1, -1))


def test_a_visitor_is_asked_to_sign_in_before_what_was_told(client, outsider):
    name_third(outsider)
    assert client.get(reverse("confided"))["Location"].startswith(reverse("account_login"))
