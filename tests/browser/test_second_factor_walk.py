"""From sign-up to sign-out with a second factor, by what a person sees and can press."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from time import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

pytestmark = pytest.mark.embedded

PASSWORD = "correct horse battery staple"
STEP_SECONDS = 30


@dataclass
class Authenticator:
    """An authenticator app: each code is of a later step than the one before, as each is taken once."""

    secret: str
    step: int = field(default_factory=lambda: int(time()) // STEP_SECONDS)

    def code(self) -> str:
        code = pyotp.TOTP(self.secret).at(self.step * STEP_SECONDS)
        self.step += 1
        return code


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Waits for the heading of an answer, which has the focus so that screen readers read it out."""
    shown = page.get_by_role("heading", level=2, name=text)
    expect(shown).to_be_visible()
    expect(shown).to_be_focused()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def write(page: Page, label: str, text: str) -> None:
    page.get_by_role("main").get_by_role("textbox", name=label, exact=True).fill(text)


def sign_up(server: Server, page: Page, email: str) -> None:
    """An account, confirmed by the code of the mail on the terminal."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Create an account").first.click()
    page.locator("#post-1-email").fill(email)
    page.locator("#post-1-password").fill(PASSWORD)
    press(page, "Sign up")
    heading(page, re.compile("We sent a mail to this address"))
    code = server.wait_for(r"confirmation code is (\d{6})").group(1)
    page.locator("#post-2-email").fill(email)
    page.locator("#post-2-code").fill(code)
    press(page, "Confirmation")
    heading(page, "The account is confirmed; you can sign in now.")


def give_password(page: Page, email: str) -> None:
    page.goto("/auth/signin")
    write(page, "Email or username", email)
    write(page, "Password", PASSWORD)
    press(page, "Sign in")


def switch_second_factor_on(page: Page) -> tuple[Authenticator, list[str]]:
    """The app that holds the secret of the page, and the recovery codes."""
    page.goto("/")
    page.get_by_role("link", name="Second factor").click()
    expect(page.get_by_role("heading", name="The second factor is off")).to_be_visible()
    press(page, "Set up a second factor")
    heading(page, "Add MovieRec to your authenticator app")
    picture = page.get_by_role("img", name="QR code with the secret of your authenticator app")
    assert picture.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    secret = page.locator(".secret").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{4} )*[A-Z2-7]{1,4}", secret)
    app = Authenticator(secret.replace(" ", ""))
    write(page, "Code", app.code())
    press(page, "Switch it on")
    heading(page, "The second factor is on: keep your recovery codes")
    return app, page.locator(".codes li").all_inner_texts()


def sign_in_by_keyboard(page: Page, email: str, app: Authenticator) -> None:
    """Password and code with the keyboard alone, from the top of the page."""
    page.goto("/auth/signin")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Your second factor")
    page.keyboard.press("Tab")
    page.keyboard.type(app.code())
    page.keyboard.press("Enter")
    heading(page, f"You are signed in as {email}")


def test_a_person_signs_up_and_guards_the_account(
    server: Server, new_page: Callable[[], Page], complaints: list[str]
) -> None:
    email = "walker@example.com"
    page = new_page()
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")
    app, recovery_codes = switch_second_factor_on(page)
    assert len(set(recovery_codes)) == 10
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    sign_in_by_keyboard(page, email, app)
    page.goto("/auth/sessions")
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    expect(rows).to_have_count(1)
    expect(rows.get_by_text("this one")).to_be_visible()

    elsewhere = new_page()
    give_password(elsewhere, email)
    elsewhere.get_by_text("I do not have my authenticator app").click()
    write(elsewhere, "Recovery code", recovery_codes[0])
    press(elsewhere, "Sign in with a recovery code")
    heading(elsewhere, f"You are signed in as {email}")

    page.reload()
    expect(rows).to_have_count(2)
    rows.filter(has_not_text="this one").get_by_role("button", name="End").click()
    expect(rows).to_have_count(1)
    page.goto("/auth/mfa/totp")
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    assert complaints == []


def test_a_session_that_was_ended_is_signed_out(server: Server, new_page: Callable[[], Page]) -> None:
    email = "ended@example.com"
    here, elsewhere = new_page(), new_page()
    sign_up(server, here, email)
    for page in (here, elsewhere):
        give_password(page, email)
        heading(page, f"You are signed in as {email}")
    here.goto("/auth/sessions")
    here.get_by_role("button", name="End all others").click()
    expect(here.get_by_role("button", name="End all others")).to_have_count(0)
    expect(here.get_by_text("this one")).to_be_visible()
    elsewhere.goto("/auth/sessions")
    expect(elsewhere.get_by_role("heading", name="Please sign in first")).to_be_visible()


def test_a_wrong_code_leaves_the_page_as_it_is(server: Server, new_page: Callable[[], Page]) -> None:
    email = "typo@example.com"
    page = new_page()
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")
    page.goto("/auth/mfa/totp")
    press(page, "Set up a second factor")
    heading(page, "Add MovieRec to your authenticator app")
    secret = page.locator(".secret").inner_text()
    write(page, "Code", "nonsense")
    press(page, "Switch it on")
    expect(page.get_by_role("alert")).to_have_text(re.compile("The code does not match"))
    assert page.locator(".secret").inner_text() == secret
    write(page, "Code", Authenticator(secret.replace(" ", "")).code())
    press(page, "Switch it on")
    heading(page, "The second factor is on: keep your recovery codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    saved = download.value.path().read_text().splitlines()
    assert saved == page.locator(".codes li").all_inner_texts()


def test_a_deletion_is_taken_back_on_the_page(server: Server, new_page: Callable[[], Page]) -> None:
    email = "leaver@example.com"
    page = new_page()
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")
    page.goto("/")
    page.get_by_role("link", name="Delete your account").click()
    write(page, "Password", PASSWORD)
    press(page, "Delete account")
    heading(page, re.compile("The account will be deleted on"))
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    give_password(page, email)
    heading(page, re.compile("This account is to be deleted on"))
    write(page, "Password", PASSWORD)
    page.get_by_role("checkbox", name="Keep my account").check()
    press(page, "Sign in")
    heading(page, f"You are signed in as {email}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    give_password(page, email)
    heading(page, f"You are signed in as {email}")


PAGES = (
    "/",
    "/auth/sessions",
    "/auth/mfa/totp",
    "/auth/password",
    "/user/profile",
    "/user",
    "/auth/signin",
    "/auth/signup",
)


def test_no_page_is_wider_than_a_narrow_window(server: Server, new_page: Callable[[], Page]) -> None:
    email = "a-person-with-a-long-address-of-fifty-characters@example.com"
    page = new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")
    wide = []
    for path in ("", *PAGES):
        if path:
            page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []


def test_a_profile_is_filled_in_and_emptied(server: Server, new_page: Callable[[], Page]) -> None:
    email = "named@example.com"
    page = new_page()
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")
    page.goto("/user/profile")
    name = page.get_by_role("textbox", name="Display name")
    name.fill("Walker")
    press(page, "Change profile")
    heading(page, "Profile saved")
    page.goto("/user/profile")
    expect(name).to_have_value("Walker")
    name.fill("")
    press(page, "Change profile")
    heading(page, "Profile saved")
    page.goto("/user/profile")
    expect(name).to_have_value("")
