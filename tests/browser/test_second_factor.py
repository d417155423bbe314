"""A service of one's own, where nobody sees a client without a second factor: enrolled, refused, used, in a real browser."""

import base64
import hmac
import re
import subprocess
import sys
import time

import pytest
from tests.browser.cast import DESKTOP, PHONE, follow
from tests.browser.conftest import environment, running
from tests.browser.test_pages import faults_of

ADDRESS = "thea@clinic.example"
STEP = 30  # seconds that a code holds (RFC 6238, section 4.1)


def code_at(secret, moment):
    """The six digits of this moment (RFC 6238 over RFC 4226, section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), int(moment // STEP).to_bytes(8, "big"), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def fresh_code(secret):
    """A code that holds for half its time more: typed towards the end of it, on a slow machine, it would be refused."""
    time.sleep(max(0, 15 - (STEP - time.time() % STEP)))
    return code_at(secret, time.time())


def wrong_code(secret):
    """Six digits that are no code of this minute."""
    right = {code_at(secret, time.time() + more) for more in (-STEP, 0, STEP)}
    return next(f"{n:06d}" for n in range(9) if f"{n:06d}" not in right)


def test_the_codes_of_this_file_are_those_of_the_standard():
    """RFC 6238, appendix B: the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890")
    known = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    assert {moment: code_at(secret, moment) for moment in known} == known


@pytest.fixture
def service(tmp_path):
    """A fresh service, begun as its page says: add a person, then `andante serve`. Where it is, and the first password."""
    home = {"ANDANTE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "andante", "manage", "add_person", "--role", "therapist", "--name", "Thea Brandt", ADDRESS]
    said = subprocess.run(command, env=environment(**home), capture_output=True, text=True, check=True).stdout
    with running(tmp_path / "serve.log", "serve", **home) as (at, _):
        yield at, re.search(r"with the password (\S+)", said)[1]


@pytest.fixture
def page(chromium, service):
    context = chromium.new_context(viewport=PHONE, base_url=service[0])
    context.set_default_timeout(45_000)
    page = context.new_page()
    page.errors = []
    page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: dialog.accept())
    yield page
    context.close()


def sign_in(page, password):
    page.goto("/accounts/login/")
    page.fill("#id_login", ADDRESS)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def enter(page, code, button):
    page.locator("#id_code").fill(code)
    follow(page.get_by_role("button", name=button))


def look(page, name, faults):
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        faults += faults_of(page, name, size)


def test_a_one_time_code_from_first_sign_in_to_the_next(page, service):
    _, password = service
    faults = []
    sign_in(page, password)
    assert page.url.endswith("/accounts/2fa/")  # no client before a second factor
    assert "Before you see clients: add a passkey, or a one-time code app." in page.locator("main").inner_text()
    page.goto("/today/")
    assert page.url.endswith("/accounts/2fa/")

    follow(page.locator("section", has_text="Authenticator App").get_by_role("link", name="Activate"))
    look(page, "password once more", faults)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Confirm"))
    secret = page.locator("#authenticator_secret").input_value()
    assert page.locator("img").bounding_box()["width"] > 150  # the same secret, for a camera
    look(page, "enroll", faults)
    enter(page, wrong_code(secret), "Activate")
    assert "Incorrect code" in page.locator("main").inner_text()
    assert page.context.request.get("/today/").url.endswith("/accounts/2fa/")
    assert page.locator("#authenticator_secret").input_value() == secret
    enter(page, fresh_code(secret), "Activate")

    recovery = page.locator("#recovery_codes").input_value().split()
    assert len(set(recovery)) == 10
    look(page, "recovery codes", faults)
    page.get_by_label("I have saved my recovery codes").check()
    page.goto("/accounts/2fa/recovery-codes/")
    assert page.locator("#recovery_codes").count() == 0
    assert not any(code in page.content() for code in recovery)  # shown once
    look(page, "recovery codes again", faults)
    page.goto("/today/")
    assert "You have no clients here yet." in page.locator("main").inner_text()

    sign_out(page)
    sign_in(page, password)
    look(page, "code asked", faults)
    page.goto("/today/")
    assert page.url.endswith("/accounts/2fa/authenticate/")  # the password alone lets nobody in
    enter(page, wrong_code(secret), "Sign In")
    assert "Incorrect code" in page.locator("main").inner_text()
    enter(page, code := fresh_code(secret), "Sign In")
    page.wait_for_url("**/today/")

    sign_out(page)
    sign_in(page, password)
    enter(page, code, "Sign In")
    assert "Incorrect code" in page.locator("main").inner_text()  # a code that was seen over a shoulder opens nothing
    enter(page, recovery[0], "Sign In")
    page.wait_for_url("**/today/")
    sign_out(page)
    sign_in(page, password)
    enter(page, recovery[0], "Sign In")
    assert "Incorrect code" in page.locator("main").inner_text()
    assert faults == []


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
