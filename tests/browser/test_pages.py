"""Every page as each of the cast: no serious accessibility fault, nothing wider than the screen, no error in the console."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.cast import DESKTOP, PHONE, code_of, follow

SERIOUS = {"serious", "critical"}
THERAPIST = (
    "/today/", "/clients/new/", "/clients/ended/", "/clients/CODE/", "/clients/CODE/together/", "/clients/CODE/book/",
    "/clients/CODE/agreed/", "/clients/CODE/sessions/NEXT/record/", "/clients/CODE/sessions/LAST/record/",
    "/clients/CODE/sessions/NEXT/plan/",
    "/clients/CODE/sessions/NEXT/check-ins/", "/clients/CODE/sessions/NEXT/check-ins/before/enter/", "/clients/CODE/sessions/NEXT/move/",
    "/accounts/2fa/", "/accounts/password/change/",
)  # fmt: skip
PAGES = {
    "thea": THERAPIST,
    "sam": ("/supervision/",),
    "max": ("/office/", "/office/people/1/", "/office/service/", "/office/glass/", "/office/trail/service/"),
    None: ("/accounts/login/", "/accounts/password/reset/", "/c/none/"),
}


def addresses(page, who):
    if who != "thea":
        return PAGES[who]
    code = code_of(page, "FR")
    page.goto(f"/clients/{code}/")
    numbers = sorted({int(n) for n in re.findall(r"/sessions/(\d+)/", page.content())})
    ahead = int(re.search(r"/sessions/(\d+)/move/", page.content())[1])
    last = max(n for n in numbers if n < ahead)
    return [path.replace("CODE", code).replace("NEXT", str(ahead)).replace("LAST", str(last)) for path in THERAPIST]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", list(PAGES), ids=["therapist", "supervisor", "manager", "visitor"])
def test_no_serious_fault_nothing_too_wide_no_error(window, who, size, scheme):
    page = window(who, size, color_scheme=scheme)
    faults = []
    for address in addresses(page, who):
        response = page.goto(address)
        assert response.status == (404 if address == "/c/none/" else 200), address
        faults += faults_of(page, address, size)
    assert faults == []


def faults_of(page, name, size):
    """Serious faults that axe finds, anything wider than the screen, errors in the console."""
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in SERIOUS]
    faults = [f"{name}: {v['id']} ({v['impact']}): {v['nodes'][0]['html'][:160]}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        faults.append(f"{name}: wider than the screen")
    faults += [f"{name}: {error}" for error in page.errors if "404" not in error and "ERR_INTERNET_DISCONNECTED" not in error]
    page.errors.clear()
    return faults


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_clients_pages_have_no_serious_fault(window, checkin, size, scheme):
    """Each state of the phone: questions, privacy unfolded, waiting, thanks, slowed down, the door, the own page."""
    code, _number, link = checkin("HL", "after")
    therapist, page = window("thea"), window(None, size, color_scheme=scheme)
    faults = []

    def look(state):
        faults.extend(faults_of(page, state, size))

    page.goto(link)
    look("questions")
    page.get_by_text("I want to choose who sees some answers").click()
    look("privacy unfolded")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your answers are kept on this phone, locked")
    look("waiting")
    page.context.set_offline(False)
    page.wait_for_selector("h1:text('Thank you.')")
    look("thanks")
    page.get_by_role("button", name="I need to slow down").click()
    page.wait_for_selector("text=It is noted: slower.")
    look("slowed down")
    follow(page.get_by_role("link", name="My page"))
    look("door")
    therapist.goto(f"/clients/{code}/agreed/")
    follow(therapist.get_by_role("button", name="Let the client choose"))
    room = re.search(r"Code for the room: (\d{6})", therapist.locator("main").inner_text())[1]
    if page.locator("details:not([open]) summary").count():
        page.locator("summary").click()
    page.get_by_label("Code of the room").fill(room)
    page.get_by_label("Your new PIN").fill("4711")
    follow(page.get_by_role("button", name="Choose it"))
    page.wait_for_selector("text=How it has been")
    look("own page")
    assert faults == []


def tell_ada(window, checkin, initials):
    """A client tells the named third person, on their phone, that they did not feel heard."""
    _, _, link = checkin(initials, "after")
    phone = window(None, PHONE)
    phone.goto(link)
    phone.get_by_text("I want to choose who sees some answers").click()
    heard = phone.locator("#q-after_heard")
    heard.locator(".steps").first.locator("label").nth(1).click()
    heard.locator(".who label", has_text="Ada Lind").click()
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_selector("h1:text('Thank you.')")


def test_what_was_told_to_the_named_third_person_is_read_by_them_alone(window, checkin):
    tell_ada(window, checkin, "GP")
    faults = []
    for size in (PHONE, DESKTOP):
        for scheme in ("light", "dark"):
            page = window("ada", size, color_scheme=scheme)
            page.goto("/")
            follow(page.get_by_role("link", name="Told to you"))
            assert re.search(r"GP \w{6} Did you feel heard and respected\?\s+1 of 10", page.locator("main").inner_text())
            faults += faults_of(page, f"told, {size['width']}, {scheme}", size)
    assert faults == []
    for who in ("thea", "sam", "max", "omar"):
        page = window(who)
        assert page.goto("/supervision/confided/").status == 404, who
        assert "feel heard" not in page.content()
    page = window(None)
    page.goto("/supervision/confided/")
    assert "/accounts/login/" in page.url


def test_the_list_of_ended_therapies(window):
    """With someone on it: an ended client, and the messages of the page that refuses to end with appointments ahead."""
    page = window("thea")
    code = code_of(page, "LF")
    page.goto(f"/clients/{code}/")
    ending = page.locator("form[action$='/end/']")
    faults = []
    for name in ("refused", "ended"):
        ending.locator("select").select_option("completed")
        follow(ending.get_by_role("button"))
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            faults += faults_of(page, name, size)
        for _ in range(page.get_by_role("link", name="Move or cancel").count()):
            follow(page.get_by_role("link", name="Move or cancel").first)
            page.get_by_role("group", name="Who cancels?").get_by_text("We do").click()
            follow(page.get_by_role("button", name="Cancel it"))
    page.goto("/clients/ended/")
    assert re.search(rf"LF {code}\s+completed", page.locator("main").inner_text())
    faults += faults_of(page, "ended", DESKTOP)
    page.goto(f"/clients/{code}/")
    follow(page.locator("form[action$='/end/']").get_by_role("button"))  # goes on after all: other tests meet this client
    assert faults == []


def test_the_outsider_finds_no_such_client(window):
    therapist, outsider = window("thea"), window("omar")
    code = code_of(therapist, "AH")
    for path in ("", "together/", "agreed/", "book/", "sessions/1/record/", "sessions/1/plan/", "sessions/1/check-ins/"):
        assert outsider.goto(f"/clients/{code}/{path}").status == 404
        assert not re.search(r"\bAmal\b", outsider.content())  # a word: a form's token may hold any four letters


def test_the_supervisor_reads_and_writes_a_note(window):
    therapist, page = window("thea"), window("sam")
    code = code_of(therapist, "AH")
    page.goto("/supervision/")
    assert "Thea" not in page.locator("main").inner_text()
    page.goto(f"/clients/{code}/")
    assert page.get_by_role("button", name="We choose this").count() == 0
    page.get_by_label("What was talked over").fill("name it first, then wait")
    follow(page.get_by_role("button", name="Write it down"))
    therapist.goto(f"/clients/{code}/")
    assert "name it first, then wait" in therapist.locator("main").inner_text()


def test_the_manager_sees_codes_and_breaks_the_glass_once(window):
    therapist, page = window("thea"), window("max")
    code = code_of(therapist, "HL")
    page.goto("/office/")
    assert code in page.locator("main").inner_text()
    assert not re.search(r"\bHugo\b", page.content())
    assert page.goto(f"/clients/{code}/").status == 404
    page.goto("/office/glass/")
    page.get_by_label("Client").select_option(code)
    page.get_by_label("Reason").fill("collapsed at the station, nobody else can be reached")
    follow(page.get_by_role("button", name="Break the glass"))
    assert "Hugo Lindqvist" in page.locator("h1").inner_text()
    page.goto(f"/office/trail/{code}/")
    assert "broke the glass" in page.locator("main").inner_text()
    assert "Every entry fits the one before it." in page.locator("main").inner_text()
