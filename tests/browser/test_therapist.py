"""The therapist in a real browser: the day, one client, a session recorded in six taps, a passkey."""

import re
import time

from tests.browser.cast import PEOPLE, PHONE, code_of, follow, sign_in


def test_the_demo_prints_where_it_is_who_can_sign_in_and_a_clients_link(demo):
    assert re.search(r"open at http://localhost:\d+", demo.printed)
    for person in ("thea@demo.example", "omar@demo.example", "sam@demo.example", "max@demo.example", "slow and steady"):
        assert person in demo.printed
    assert demo.link.startswith(demo.at + "/c/")


def test_the_demo_listens_on_this_machine_only(demo):
    import socket

    port = int(demo.at.rsplit(":", 1)[1])
    others = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), port) if not address[4][0].startswith("127.")}
    for address in others:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.settimeout(2)
            assert probe.connect_ex((address, port)) != 0
    assert (demo.folder / "keys" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_session_is_recorded_in_six_taps_and_thirty_seconds(window, hand):
    page = window("thea", PHONE)
    code = code_of(page, "BC")
    page.goto(f"/clients/{code}/")
    follow(page.locator("section", has_text="Appointments").get_by_role("link", name="Record", exact=True).last)
    counted, began = hand(page), time.monotonic()
    for group, answer in (
        ("Came?", "Yes"),
        ("How demanding was it?", "6"),
        ("Who led to the demanding part?", "Both"),
        ("Trauma work or exposure?", "No"),
        ("Anything not as agreed?", "No, all as agreed"),
    ):
        counted.tap(page.get_by_role("group", name=group).get_by_text(answer, exact=True))
    counted.tap(page.get_by_role("button", name="Done"), follow)
    assert (counted.taps, counted.keys) == (6, 0)
    assert time.monotonic() - began < 30
    assert page.url.endswith(f"/clients/{code}/")
    assert "did not meet" not in page.locator("h1").inner_text()


def test_it_is_saved_as_it_is_typed_without_a_press_of_done(window):
    page = window("thea")
    code = code_of(page, "KM")
    page.goto(f"/clients/{code}/")
    follow(page.locator("section", has_text="Appointments").get_by_role("link", name="Record", exact=True).last)
    address = page.url
    page.get_by_role("group", name="Came?").get_by_text("Yes", exact=True).click()
    page.locator("#opened").fill("the summer house")
    page.locator("#opened").blur()
    with page.expect_response(lambda reply: "went slowly" in (reply.request.post_data or "")) as saved:
        page.get_by_role("textbox", name="Anything to note?").fill("went slowly")  # typing is saved when it rests
    assert saved.value.ok
    page.goto("/today/")
    page.goto(address)
    assert page.locator("#id_attendance_0").is_checked()
    assert page.get_by_role("textbox", name="Anything to note?").input_value() == "went slowly"
    assert page.locator("input[value='the summer house']").count() == 1
    with page.expect_response(lambda reply: reply.request.method == "POST") as saved:
        page.get_by_role("group", name="Came?").get_by_text("Yes", exact=True).click()  # a slip: one more tap takes it back
    assert saved.value.ok
    page.reload()
    assert not page.locator("#id_attendance_0").is_checked()
    assert page.errors == []


def test_without_script_the_record_is_saved_by_its_button(window):
    page = window("thea", java_script_enabled=False)
    code = code_of(page, "EY")
    page.goto(f"/clients/{code}/")
    follow(page.locator("section", has_text="Appointments").get_by_role("link", name="Record", exact=True).last)
    address = page.url
    page.get_by_role("group", name="Came?").get_by_text("Did not come").click()
    page.get_by_role("group", name="Why not?").get_by_text("Not known").click()
    follow(page.get_by_role("button", name="Done"))
    page.goto(address)
    assert page.locator("#id_attendance_4").is_checked()


def test_an_answer_changes_what_the_therapist_sees_on_the_next_click(window, checkin):
    code, _, link = checkin("KM")  # no other test presses the brake for KM
    therapist, phone = window("thea"), window(None, PHONE)
    therapist.goto(f"/clients/{code}/")
    assert "I need to slow down" not in therapist.locator("main").inner_text()
    phone.goto(link)
    phone.get_by_role("button", name="I need to slow down").click()
    phone.wait_for_selector("text=It is noted: slower.")
    therapist.goto(f"/clients/{code}/")
    assert "I need to slow down" in therapist.locator("main").inner_text()
    assert therapist.locator(".stance").inner_text() in ("Hold", "Ease", "Stop and talk")


def test_the_evidence_of_a_cell_is_reached_by_keyboard(window):
    page = window("thea")
    code = code_of(page, "FR")
    page.goto(f"/clients/{code}/")
    mark = page.locator(".strip .mark").last
    mark.focus()
    tip = mark.locator(".tip")
    assert tip.is_visible()
    assert len(tip.inner_text()) > 20


def test_a_day_by_keyboard_alone(window):
    page = window("thea")
    page.goto("/today/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "/clients/" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clients/*/")


def test_responses_are_chosen_and_a_disagreement_is_written(window):
    page = window("thea")
    code = code_of(page, "FR")
    page.goto(f"/clients/{code}/")
    card = page.locator(".card").first
    card.get_by_role("radio").first.check()
    follow(card.get_by_role("button", name="We choose this"))
    assert "Whether it helped is said after" in page.locator(".card").first.inner_text()
    card = page.locator(".card").nth(1)
    card.get_by_label("I disagree, because").fill("we had agreed on it")
    follow(card.get_by_role("button", name="Write it down"))
    assert "I disagree, because we had agreed on it" in page.locator("main").inner_text()


def test_a_client_under_age_is_refused_with_a_reason(window):
    page = window("thea")
    page.goto("/clients/new/")
    page.get_by_label("Name").fill("Nora New")
    page.get_by_role("group", name="Is exposure or trauma work").get_by_text("No", exact=True).click()
    page.get_by_role("group", name="Is the client 18 or older?").get_by_text("No", exact=True).click()
    for question in ("psychosis", "couple", "court", "crisis"):
        page.get_by_role("group", name=re.compile(question)).get_by_text("No", exact=True).click()
    follow(page.get_by_role("button", name="Take in"))
    assert "Andante is for adults in this version" in page.get_by_role("alert").inner_text()


def test_an_appointment_is_made_moved_planned_and_cancelled(window):
    page = window("thea")
    code = code_of(page, "CM")
    page.goto(f"/clients/{code}/book/")
    page.get_by_label("When").fill("2031-05-05T10:00")
    follow(page.get_by_role("button", name="Make it"))
    assert "5 May, 10:00" in page.locator("main").inner_text()
    follow(page.locator("li", has_text="5 May, 10:00").get_by_role("link", name="Move or cancel"))
    page.get_by_label("When").fill("2031-05-06T11:00")
    follow(page.get_by_role("button", name="Move it"))
    assert "6 May, 11:00" in page.locator("main").inner_text()
    follow(page.get_by_role("link", name="Plan together"))
    page.get_by_label("The step, in the client's words").fill("walk past the house")
    page.get_by_role("group", name="How demanding?").get_by_text("4", exact=True).click()
    follow(page.get_by_role("button", name="Save, and show it to the client"))
    follow(page.get_by_role("button", name="Ask on the client's page"))
    follow(page.get_by_role("form", name="A way to stop is agreed").get_by_role("button", name="Yes"))
    assert "Asked on the client's page, not answered yet." in page.locator("main").inner_text()
    page.goto(f"/clients/{code}/")
    follow(page.locator("li", has_text="6 May, 11:00").get_by_role("link", name="Move or cancel"))
    page.get_by_role("group", name="Who cancels?").get_by_text("We do").click()
    follow(page.get_by_role("button", name="Cancel it"))
    assert "6 May" not in page.locator("section", has_text="Appointments").first.inner_text()


def test_the_shared_screen_has_no_scores_and_no_names_of_harms(window):
    page = window("thea")
    code = code_of(page, "FR")
    page.goto(f"/clients/{code}/")
    follow(page.get_by_role("link", name="Look at this together"))
    words = page.locator("main").inner_text()
    assert "Where we are" in words
    for never in ("Room next time", "Is a no heard?", "Beyond readiness?", "trauma work"):
        assert never not in words


def test_a_passkey_lets_in(window):
    page = window(None)  # signs in by itself: it signs out as well
    sign_in(page, PEOPLE["sam"])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    able = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    options = {"protocol": "ctap2", "transport": "internal", **dict.fromkeys(able, True)}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("input[type=password]").fill("slow and steady")
        follow(page.locator("main form button").first)
        page.goto("/accounts/2fa/webauthn/add/")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert "Sam Okafor" in page.locator("nav").inner_text()
    page.goto("/accounts/2fa/webauthn/")
    assert page.errors == []
