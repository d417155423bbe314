"""The client on a phone: a check-in under a minute, a network that drops in the middle, nothing left behind."""

import re
import sqlite3

import pytest
from tests.browser.cast import PHONE, follow


def stored(demo, address):
    """What the service holds of a check-in: how many answers, and the value of each."""
    with sqlite3.connect(demo.folder / "clinic.sqlite3") as database:
        return dict(
            database.execute(
                "SELECT a.item, a.value FROM journal_answer a JOIN journal_checkin c ON c.id = a.checkin_id WHERE c.address = ?",
                [address.rstrip("/").rsplit("/", 1)[1].split(".")[0]],
            ).fetchall()
        )


def answer(page, counted=None):
    """Answer every question of the page with its second step."""
    for question in page.locator("form[data-checkin] fieldset[id]").all():
        step = question.locator(".steps").first.locator("label").nth(1)
        counted.tap(step) if counted else step.click()


LEFT = """(() => new Promise(done => { const o = indexedDB.open("queue", 1);
  o.onsuccess = () => { const names = [...o.result.objectStoreNames]; if (!names.length) return done(0);
    const g = o.result.transaction("waiting").objectStore("waiting").count();
    g.onsuccess = () => { o.result.close(); done(g.result); }; } }))"""
READING, TAP = 238, 1.5  # words a minute (Brysbaert 2019, silent reading of English); seconds a tap (ours: an estimate)


@pytest.mark.parametrize("kind", ["before", "after"])
def test_a_short_checkin_takes_under_a_minute(window, demo, checkin, hand, kind):
    """Counted, not measured on people: every word of every question is read (the numbers of a scale are seen, not read),
    one tap a question and one to send."""
    _, _, link = checkin("BC", kind)
    page = window(None, PHONE, has_touch=True)
    page.goto(link)
    words = sum(not word.isdigit() for word in " ".join(page.locator("form[data-checkin] fieldset[id]").all_inner_texts()).split())
    counted = hand(page)
    answer(page, counted)
    counted.tap(page.get_by_role("button", name="Send"))
    page.wait_for_selector("h1:text('Thank you.')")
    assert counted.keys == 0
    assert counted.taps <= 9
    assert words * 60 / READING + counted.taps * TAP < 60


def test_the_printed_link_can_be_answered(window, demo):
    page = window(None, PHONE)
    page.goto(demo.link)
    answer(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("h1:text('Thank you.')")
    page.goto(demo.link)
    assert page.locator("fieldset").count() == 0


def test_no_script_and_it_still_works(window, demo, checkin):
    _, _, link = checkin("CM")
    page = window(None, PHONE, java_script_enabled=False)
    page.goto(link)
    answer(page)
    follow(page.get_by_role("button", name="Send"))
    assert page.locator("h1").inner_text() == "Thank you."
    assert stored(demo, link)["before_distress"] == 1


def test_it_can_be_answered_by_keyboard(window, demo, checkin):
    _, _, link = checkin("CM")
    page = window(None)
    page.goto(link)
    page.locator("input[name=before_distress]").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Send").press("Enter")
    page.wait_for_selector("h1:text('Thank you.')")
    assert stored(demo, link)["before_distress"] == 4


def test_the_page_is_light_on_the_wire(window, checkin):
    _, _, link = checkin("DN")
    page = window(None, PHONE)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(link)
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 60_000


def test_help_and_the_reader_are_seen_first(window, checkin):
    _, _, link = checkin("DN")
    page = window(None, PHONE)
    page.goto(link)
    first = page.locator("main").inner_text().strip().splitlines()
    assert first[0] == "A few questions" or first[0].startswith("Nobody reads this at night.")
    assert page.get_by_role("link", name="112").get_attribute("href") == "tel:112"
    assert page.get_by_role("link", name="112").bounding_box()["y"] < 400
    assert page.title() == "A few questions"


def test_a_network_that_drops_before_sending_loses_nothing(window, demo, checkin):
    _, _, link = checkin("EY")
    page = window(None, PHONE)
    page.goto(link)
    answer(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your answers are kept on this phone, locked")
    assert stored(demo, link) == {}
    assert page.locator("fieldset:visible").count() == 0
    kept = page.evaluate(
        """() => new Promise(done => { const o = indexedDB.open("queue", 1); o.onsuccess = () => {
        const g = o.result.transaction("waiting").objectStore("waiting").getAll();
        g.onsuccess = () => done({rows: g.result.length, extractable: g.result[0].key.extractable,
          text: new TextDecoder().decode(g.result[0].sealed)}); } })"""
    )
    assert (kept["rows"], kept["extractable"]) == (1, False)
    assert "before_distress" not in kept["text"]
    page.context.set_offline(False)
    page.wait_for_selector("h1:text('Thank you.')")
    assert stored(demo, link)["before_distress"] == 1
    assert _left(page) == 0


def test_the_brake_keeps_what_was_answered_so_far(window, demo, checkin):
    code, _, link = checkin("DN")
    page = window(None, PHONE)
    page.goto(link)
    answer(page)
    page.get_by_role("button", name="I need to slow down").click()
    page.wait_for_selector("text=It is noted: slower.")
    assert page.locator("#q-before_distress input").nth(1).is_checked()
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("h1:text('Thank you.')")
    assert stored(demo, link)["before_distress"] == 1
    assert presses(demo, code) >= 1


def presses(demo, code):
    """How many presses of the brake the service holds of a client."""
    with sqlite3.connect(demo.folder / "clinic.sqlite3") as database:
        return database.execute(
            "SELECT COUNT(*) FROM journal_slowdown s JOIN people_client c ON c.id = s.client_id WHERE c.code = ?", [code]
        ).fetchone()[0]


def test_the_brake_without_a_connection_is_kept_and_sent(window, demo, checkin):
    code, _, link = checkin("CM")
    page = window(None, PHONE)
    page.goto(link)
    before = presses(demo, code)
    page.context.set_offline(True)
    page.get_by_role("button", name="I need to slow down").click()
    page.wait_for_selector("text=No connection yet.")
    assert (presses(demo, code), _left(page)) == (before, 1)
    page.context.set_offline(False)
    page.wait_for_selector("text=It is noted: slower.")
    assert (presses(demo, code), _left(page)) == (before + 1, 0)


def test_answers_of_an_earlier_link_are_sent_from_a_later_one(window, demo, checkin):
    _, _, earlier = checkin("GP")
    _, _, later = checkin("GP", "after")
    page = window(None, PHONE)
    page.goto(earlier)
    answer(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your answers are kept on this phone, locked")
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    with again.expect_response(lambda reply: reply.request.method == "POST" and reply.url == earlier) as sent:
        again.goto(later)
    assert sent.value.ok
    again.wait_for_function(LEFT + "().then(left => left === 0)")
    assert stored(demo, earlier)["before_distress"] == 1
    assert again.locator("form[data-checkin] fieldset:visible").count() > 3  # the later questions are still there to answer


def _left(page):
    """How many rows the phone still keeps."""
    return page.evaluate(LEFT)


def test_a_page_that_was_closed_while_waiting_sends_when_it_is_opened_again(window, demo, checkin):
    _, _, link = checkin("EY")
    page = window(None, PHONE)
    page.goto(link)
    answer(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your answers are kept on this phone, locked")
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(link)
    again.wait_for_selector("h1:text('Thank you.')")
    assert stored(demo, link)["before_distress"] == 1
    assert _left(again) == 0


def test_an_answer_lost_on_the_way_back_arrives_once(window, demo, checkin):
    """The service stores the answers, but the phone never hears of it: it sends them again, and they are there once."""
    _, _, link = checkin("FR")
    page, deliveries = window(None, PHONE), []

    def drop_the_first_reply(route):
        if route.request.method != "POST":
            return route.continue_()
        deliveries.append(route.request.post_data)
        if len(deliveries) > 1:
            return route.continue_()
        route.fetch()
        return route.abort("connectionreset")

    page.route("**/c/**", drop_the_first_reply)
    page.goto(link)
    answer(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("h1:text('Thank you.')", timeout=30_000)
    assert len(deliveries) == 2
    assert deliveries[0] == deliveries[1]
    assert stored(demo, link)["before_distress"] == 1
    with sqlite3.connect(demo.folder / "clinic.sqlite3") as database:
        address = link.rstrip("/").rsplit("/", 1)[1].split(".")[0]
        counts = database.execute(
            "SELECT COUNT(*), COUNT(DISTINCT item) FROM journal_answer a JOIN journal_checkin c ON c.id = a.checkin_id WHERE c.address = ?",
            [address],
        ).fetchone()
    assert counts[0] == counts[1] > 4
    assert _left(page) == 0


def test_a_link_taken_back_while_answers_wait_leaves_nothing_on_the_phone(window, demo, checkin):
    code, number, link = checkin("GP")
    page, therapist = window(None, PHONE), window("thea")
    page.goto(link)
    answer(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("text=Your answers are kept on this phone, locked")
    therapist.goto(f"/clients/{code}/sessions/{number}/check-ins/")
    follow(therapist.get_by_role("button", name="Take the link back").first)
    page.context.set_offline(False)
    page.wait_for_selector("text=Nothing is kept on this phone")
    assert _left(page) == 0
    assert stored(demo, link) == {}


def test_private_answers_unfold_and_the_therapist_sees_no_gap(window, demo, checkin):
    code, number, link = checkin("HL", "after")
    page = window(None, PHONE)
    page.goto(link)
    assert page.locator(".who:visible").count() == 0
    page.get_by_text("I want to choose who sees some answers").click()
    assert page.locator(".who:visible").count() >= 2
    heard = page.locator("#q-after_heard")
    heard.locator(".steps").first.locator("label").nth(0).click()
    heard.locator(".who label", has_text="only me").click()
    page.locator("#q-after_overwhelm .steps label").nth(3).click()
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("h1:text('Thank you.')")
    therapist = window("thea")
    therapist.goto(f"/clients/{code}/sessions/{number}/check-ins/")
    shown = therapist.locator("main").inner_text()
    assert "Was it too much today?" in shown
    assert "heard" not in shown
    assert stored(demo, link)["after_heard"] == 0


def test_the_clients_own_page_opens_with_a_code_from_the_room_and_a_pin(window, checkin):
    code, _, link = checkin("KM")
    therapist, page = window("thea"), window(None, PHONE)
    therapist.goto(f"/clients/{code}/agreed/")
    follow(therapist.get_by_role("button", name="Let the client choose a PIN"))
    room = re.search(r"Code for the room: (\d{6})", therapist.locator("main").inner_text())[1]
    page.goto(link)
    follow(page.get_by_role("link", name="My page"))
    page.get_by_label("Code of the room").fill(room)
    page.get_by_label("Your new PIN").fill("4711")
    follow(page.get_by_role("button", name="Choose it"))
    assert "How it has been" in page.locator("main").inner_text()
    follow(page.get_by_role("button", name="slower"))
    page.get_by_label("In your words").fill("not before breakfast")
    follow(page.get_by_role("button", name="This is a limit"))
    page.get_by_label("It stops at once").fill("red")
    follow(page.get_by_role("button", name="Keep it"))
    therapist.goto(f"/clients/{code}/")
    for words in ("not before breakfast", "red", "slower"):
        assert words in therapist.locator("section[aria-labelledby=agreed-heading]").inner_text()
    follow(page.get_by_role("button", name="Close and lock"))
    follow(page.get_by_role("link", name="My page"))
    assert page.get_by_label("Your PIN", exact=True).is_visible()
    assert "not before breakfast" not in page.content()


def test_leave_now_leaves_no_way_back(window, checkin):
    _, _, link = checkin("KM")
    page = window(None, PHONE)
    page.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="<title>Elsewhere</title>", content_type="text/html"))
    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("link", name="Leave now").click()
    page.wait_for_url("https://www.wikipedia.org/")
    page.go_back()
    assert "/c/" not in page.url


def test_consent_is_four_equal_choices_without_a_default(window, checkin):
    code, number, link = checkin("LF")
    therapist, page = window("thea"), window(None, PHONE)
    therapist.goto(f"/clients/{code}/sessions/{number}/plan/")
    therapist.get_by_label("The step, in the client's words").fill("den Brief lesen")
    follow(therapist.get_by_role("button", name="Save the plan"))
    follow(therapist.get_by_role("button", name="Ask on the client's page"))
    page.goto(link)
    choices = page.locator(".consent label")
    boxes = [choice.bounding_box() for choice in choices.all()]
    assert len(boxes) == 4
    assert len({(round(box["width"]), round(box["height"])) for box in boxes}) == 1
    assert page.locator(".consent input:checked").count() == 0
    assert "Ein Schritt wurde vorgeschlagen" in page.locator(".consent").inner_text()
    choices.nth(0).click()
    page.get_by_role("button", name="Senden").click()
    page.wait_for_selector("h1:text('Danke.')")
    therapist.reload()
    assert "Yes, said by the client" in therapist.locator("main").inner_text()
