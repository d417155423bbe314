"""Who may open what: every route by every person, from a table written by hand. A route that is not in the table fails.

The answer to each person: `ok` (the page, or on to the next one), `404` (no such page: an outsider does not learn that
the client exists), `login` (nobody is signed in), `405` (a step that is no page), `open` (no account needed).
"""

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from andante_clinic.journal import agreements, checkins, responses, safety
from andante_clinic.journal.models import Reading, ServiceItem
from andante_clinic.people.audit_model import AuditEntry
from andante_clinic.people.models import BreakGlass, Client, Service, Supervision

PERSONS = ("therapist", "supervisor", "manager", "outsider", "visitor")
GET, POST = "get", "post"


def those(**says):
    """What each person gets; a visitor is asked to sign in unless it says otherwise."""
    return {person: says.get(person, says.get("others", "404")) for person in PERSONS} | {"visitor": says.get("visitor", "login")}


ANY_THERAPIST = those(therapist="ok", supervisor="ok", outsider="ok")
READERS = those(therapist="ok", supervisor="ok")
WRITERS = those(therapist="ok")
SUPERVISORS = those(supervisor="ok")
MANAGERS = those(manager="ok")
EVERYBODY = those(others="ok")
LINK = those(others="ok", visitor="ok")

# route: (method, what is sent, what each person gets)
ROUTES = {
    "home": (GET, {}, EVERYBODY),
    "today": (GET, {}, ANY_THERAPIST),
    "ended": (GET, {}, ANY_THERAPIST),
    "take_in": (GET, {}, ANY_THERAPIST),
    "client": (GET, {}, READERS),
    "together": (GET, {}, READERS),
    "book": (GET, {}, WRITERS),
    "move": (GET, {}, WRITERS),
    "record": (GET, {}, WRITERS),
    "plan": (GET, {}, WRITERS),
    "look_at": (POST, {"met": "yes"}, WRITERS),
    "consent": (POST, {"said": "yes"}, WRITERS),
    "checkins": (GET, {}, WRITERS),
    "offer": (POST, {"way": "link"}, WRITERS),
    "revoke": (POST, {}, WRITERS),
    "enter_answers": (GET, {}, WRITERS),
    "agreed": (GET, {}, WRITERS),
    "agree": (POST, {"kind": "limit", "words": "not today"}, WRITERS),
    "withdraw": (POST, {}, WRITERS),
    "room_code": (POST, {}, WRITERS),
    "respond": (POST, {"disagreement": "it was a good session"}, WRITERS),
    "response": (POST, {"tried": "yes"}, WRITERS),
    "brake": (POST, {"step": "talked"}, WRITERS),
    "raise_safety": (POST, {"note": "said something in passing"}, WRITERS),
    "safety": (POST, {"step": "acknowledge"}, READERS),
    "score": (POST, {"measure": "phq9", "total": "9"}, WRITERS),
    "end": (POST, {"ending": "completed"}, WRITERS),
    "supervision": (GET, {}, SUPERVISORS),
    "supervision_note": (POST, {"words": "talked over"}, SUPERVISORS),
    "confided": (GET, {}, those(outsider="ok")),  # the outsider is the named person of this service
    "office": (GET, {}, MANAGERS),
    "person": (GET, {}, MANAGERS),
    "reset_factor": (POST, {}, MANAGERS),
    "leave": (POST, {}, MANAGERS),
    "untie": (POST, {}, MANAGERS),
    "service": (GET, {}, MANAGERS),
    "retire": (POST, {}, MANAGERS),
    "add_wording": (POST, {}, MANAGERS),
    "glass": (GET, {}, MANAGERS),
    "trail": (GET, {}, MANAGERS),
    "checkin": (GET, {}, LINK),
    "slow_down": (POST, {}, LINK),
    "mine": (GET, {}, LINK),  # shows the door: the PIN is asked
    **{f"mine_{step}": (POST, {}, LINK) for step in ("say", "withdraw", "stop_word", "wish", "settled", "consent", "contact", "lock")},
}
CHANGES_NOTHING_WITHOUT_PIN = {"mine_say", "mine_withdraw", "mine_stop_word", "mine_wish", "mine_settled", "mine_consent", "mine_contact"}


def routes(resolver=None):
    """The names of every route of the clinic's own; those of the login library are tested there."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if "allauth" not in str(entry.urlconf_name):
                yield from routes(entry)
        elif isinstance(entry, URLPattern):
            yield entry.name


@pytest.fixture
def world(upcoming, therapist, supervisor, manager, outsider):
    """One client of the therapist with something of everything, and the address of every route about them."""
    client = upcoming.client
    checkin = checkins.offer(upcoming, "before")
    limit = agreements.agree(client, "limit", "not my sister", "client")
    item = safety.raise_item(client, "therapist", upcoming)
    response = responses.choose(client, 3, "trust", "own_part", therapist)
    agreements.plan(upcoming, intensity=5, trauma_work=None, step="a step")
    third = Supervision.objects.create(supervisor=supervisor, therapist=outsider)
    question = ServiceItem.objects.create(kind="before", question="How did you sleep?")
    service = Service.here()
    service.third_person = outsider
    service.save()
    link = {"link": checkins.token(checkin)}
    one, session = {"code": client.code}, {"code": client.code, "number": upcoming.number}
    addresses = {
        **{name: {"pk": outsider.pk} for name in ("person", "reset_factor", "leave")},
        "untie": {"pk": third.pk},
        "retire": {"pk": question.pk},
        "trail": {"chain": client.code},
        "look_at": session | {"item": "safety"},
        **dict.fromkeys(("move", "record", "plan", "consent", "checkins"), session),
        **dict.fromkeys(("offer", "revoke", "enter_answers"), session | {"kind": "before"}),
        "withdraw": one | {"pk": limit.pk},
        "response": one | {"pk": response.pk},
        "safety": one | {"pk": item.pk},
        "respond": one | {"risk": "trust"},
        **{name: link for name in ROUTES if name in ("checkin", "slow_down") or name.startswith("mine")},
        **{
            name: {}
            for name in ("home", "today", "ended", "take_in", "supervision", "confided", "office", "service", "glass", "add_wording")
        },
    }
    return {name: reverse(name, kwargs=addresses.get(name, one)) for name in ROUTES}


def test_every_route_is_in_the_table():
    assert sorted(routes()) == sorted(ROUTES)


def test_every_page_carries_a_rule():
    def views(resolver):
        for entry in resolver.url_patterns:
            yield from views(entry) if isinstance(entry, URLResolver) else [entry.callback]

    bare = [v.__qualname__ for v in views(get_resolver()) if not v.__module__.startswith("allauth.") and not hasattr(v, "rule")]
    assert bare == []


@pytest.mark.parametrize("who", PERSONS)
def test_the_matrix_of_routes_and_persons(world, request, as_person, who):
    browser = as_person(None if who == "visitor" else request.getfixturevalue(who))
    wrong = []
    for name, address in world.items():
        method, sent, expected = ROUTES[name]
        with transaction.atomic():
            got = _answer(getattr(browser, method)(address, sent))
            transaction.set_rollback(True)
        if got != expected[who]:
            wrong.append(f"{name}: {who} gets {got}, should get {expected[who]}")
    assert wrong == []


def _answer(response):
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "login"
    return "ok" if response.status_code in (200, 302) else str(response.status_code)


@pytest.mark.parametrize("who", ["outsider", "manager", "visitor"])
def test_nobody_without_a_right_changes_or_reads_anything_of_the_client(world, request, as_person, who):
    client = Client.objects.get(code=world["client"].split("/")[2])
    browser = as_person(None if who == "visitor" else request.getfixturevalue(who))
    before = _traces(client)
    for name, address in world.items():
        if "/clients/" in address and ROUTES[name][2]["therapist"] == "ok":
            response = getattr(browser, ROUTES[name][0])(address, ROUTES[name][1])
            assert b"Clara" not in response.content
    assert _traces(client) == before


def _traces(client):
    """Everything that a change, or a look, would leave."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Client, Reading)]
    related = [rel.related_model for rel in Client._meta.related_objects]
    return rows, [model.objects.count() for model in related], AuditEntry.objects.filter(chain=client.code).count()


def test_the_link_alone_changes_nothing_on_the_clients_own_page(world, client):
    owner = Client.objects.get(code=world["client"].split("/")[2])
    before = _traces(owner)
    for name in CHANGES_NOTHING_WITHOUT_PIN:
        client.post(world[name], {"words": "x", "kind": "limit", "wish": "1", "pk": "1", "contact": "link", "consent": "yes"})
    assert _traces(owner) == before


def test_a_step_is_never_taken_by_following_a_link(world, as_person, therapist):
    browser = as_person(therapist)
    steps = [name for name, (method, _, _) in ROUTES.items() if method == POST]
    assert {name: browser.get(world[name]).status_code for name in steps} == dict.fromkeys(steps, 405)


def test_a_supervisors_tie_ends(world, as_person, supervisor):
    assert as_person(supervisor).get(world["client"]).status_code == 200
    Supervision.objects.filter(supervisor=supervisor).update(until=timezone.now())
    assert as_person(supervisor).get(world["client"]).status_code == 404


def test_broken_glass_opens_one_record_for_an_hour_and_stays_in_the_trail(world, as_person, manager, therapist):
    browser, client = as_person(manager), Client.objects.get(code=world["client"].split("/")[2])
    other = Client.objects.create(name="Otto Other", therapist=therapist)
    browser.post(world["glass"], {"client": client.code, "reason": "collapsed at the station, nobody else to reach"})
    assert b"Clara Client" in browser.get(world["client"]).content
    assert browser.get(world["record"]).status_code == 404
    assert browser.get(reverse("client", args=[other.code])).status_code == 404
    verbs = list(AuditEntry.objects.filter(chain=client.code, actor=f"user:{manager.pk}").values_list("verb", "detail"))
    assert verbs == [("broke the glass", {}), ("saw", {"by": "broken glass"})]
    BreakGlass.objects.update(until=timezone.now())
    assert browser.get(world["client"]).status_code == 404


def test_a_reason_is_needed_to_break_the_glass(world, as_person, manager):
    response = as_person(manager).post(world["glass"], {"client": world["client"].split("/")[2], "reason": "curious"})
    assert response.status_code == 200
    assert BreakGlass.objects.count() == 0


def test_a_page_without_a_rule_is_refused(rf, therapist):
    from django.core.exceptions import ImproperlyConfigured

    from andante_clinic.people.middleware import refuse_pages_without_a_rule

    def page(request):
        raise AssertionError("never called")

    gate = refuse_pages_without_a_rule(lambda request: None)
    with pytest.raises(ImproperlyConfigured, match=r"page has no rule from people\.access"):
        gate.process_view(rf.get("/"), page, (), {})


def test_who_saw_and_changed_what_is_in_the_clients_trail(world, as_person, therapist, supervisor):
    code = world["client"].split("/")[2]
    as_person(therapist).get(world["client"])
    as_person(supervisor).get(world["client"])
    as_person(therapist).post(world["agree"], {"kind": "limit", "words": "no touch"})
    as_person(therapist).get(world["today"])
    last = AuditEntry.objects.filter(chain=code).order_by("-number")[:4]
    assert [(e.actor, e.verb, e.what) for e in reversed(last)] == [
        (f"user:{therapist.pk}", "saw", "page:client"),
        (f"user:{supervisor.pk}", "saw", "page:client"),
        (f"user:{therapist.pk}", "changed", "page:agree"),
        (f"user:{therapist.pk}", "saw", "page:today"),
    ]


def test_the_manager_reads_the_trail_but_no_name_and_no_words(world, as_person, therapist, manager):
    as_person(therapist).post(world["agree"], {"kind": "limit", "words": "no touch"})
    for name in ("trail", "office"):
        page = as_person(manager).get(world[name]).content.decode()
        assert "Clara" not in page
        assert "no touch" not in page
    assert "Thea Therapist, therapist" in as_person(manager).get(world["trail"]).content.decode()
