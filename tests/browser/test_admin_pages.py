"""The admin as its staff have it: every page by the rules of axe, on a phone too, and what each group may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import RATE_LIMITS
from tests.browser.test_second_factor_walk import press, write
from tests.e2e.conftest import EMULATOR, Server, running

pytestmark = pytest.mark.embedded

OPS, SUPPORT = "ops@example.com", "support@example.com"
PERSON = "demo@example.com"
NARROW = 320
# What WCAG 2.2 asks for up to level AA, and what axe's makers hold to be good practice.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def server(executable: str, state: Path) -> Iterator[Server]:
    """A copy of the service of these tests' own, whose password for the demo they can read."""
    if not EMULATOR.exists():
        pytest.skip("the embedded AWS is not installed; `make test` installs it")
    with running(state, RATE_LIMITS=RATE_LIMITS) as started:
        yield started


@pytest.fixture
def enter(state: Path, new_page: Callable[[], Page]) -> Callable[[str], Page]:
    """Opens the admin as a member of the staff."""

    def entered(email: str) -> Page:
        page = new_page()
        page.goto("/ops")
        write(page, "E-mail address", email)
        page.get_by_label("Password").fill((state / "keys" / "demo_password").read_text(encoding="utf-8").strip())
        press(page, "Sign in")
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
        return page

    return entered


def problems(page: Page) -> list[str]:
    """The rules of axe that the page breaks, and whether it needs scrolling sideways on a phone."""
    found = Axe().run(page, options=RULES)
    told = [f"{page.url}\n{found.generate_report()}"] if found.violations_count else []
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": NARROW, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(size)
    return [*told, f"{page.url} is {width} pixels wide on a phone"] if width > NARROW else told


def check(page: Page) -> None:
    assert problems(page) == []


def addresses(page: Page) -> list[str]:
    """The addresses of the admin's parts."""
    links = page.get_by_role("navigation", name="Admin").get_by_role("link")
    return [str(link.get_attribute("href")) for link in links.all()]


def first_in_table(page: Page, path: str) -> str:
    """The address that the first row of a list leads to."""
    page.goto(path)
    return str(page.locator("tbody th a").first.get_attribute("href"))


def paths_to_look_at(page: Page) -> list[str]:
    """Every kind of page that opens by its address."""
    person = first_in_table(page, "/ops/people?q=demo%40")
    title = first_in_table(page, "/ops/catalogue")
    return [
        *addresses(page),
        "/ops?range=month",
        "/ops/people?status=confirmed",
        person,
        f"{person}/as-person",
        f"{person}/export",
        title,
        f"{title}/correct",
        "/ops/catalogue?q=nothing-is-called-so",
        "/ops/catalogue/lists",
        "/ops/recommender/try",
        f"/ops/audit?thing=person/{person.rpartition('/')[2]}",
        "/ops/nowhere",
        "/ops/people/nobody",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_keeps_the_rules_and_fits_a_phone(enter: Callable[[str], Page], scheme: str) -> None:
    page = enter(OPS)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = []
    for path in paths_to_look_at(page):
        page.goto(path)
        found += problems(page)
    assert found == []


def test_support_looks_at_everything_and_changes_nothing(enter: Callable[[str], Page]) -> None:
    page = enter(SUPPORT)
    for path in [*addresses(page), first_in_table(page, "/ops/people"), first_in_table(page, "/ops/catalogue")]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        # Every form with a POST but the one that signs out is gone.
        assert page.locator('form[method="post"]').count() == 1, path


def test_a_person_is_disabled_and_enabled_with_a_line_for_each(enter: Callable[[str], Page]) -> None:
    page = enter(OPS)
    for deed in ("Disable", "Enable"):
        page.goto("/ops/people?q=demo%40")
        page.get_by_role("checkbox", name=PERSON).check()
        page.get_by_label("With what is ticked").select_option(label=deed)
        press(page, "Go on")
        expect(page.get_by_role("heading", level=1, name=f"{deed}?")).to_be_visible()
        check(page)
        page.get_by_label("Why").fill("They asked for it by mail.")
        page.get_by_role("main").get_by_role("button", name=deed, exact=True).click()
        expect(page.get_by_role("row", name=PERSON).get_by_text("done", exact=True)).to_be_visible()
        check(page)
        person = first_in_table(page, "/ops/people?q=demo%40").rpartition("/")[2]
        page.goto(f"/ops/audit?thing=person/{person}")
        expect(page.get_by_role("row").filter(has_text=f"{deed}d an account").first).to_be_visible()


def test_what_a_person_sees_is_shown_once_it_is_said_why(enter: Callable[[str], Page]) -> None:
    page = enter(SUPPORT)
    page.goto(f"{first_in_table(page, '/ops/people?q=demo%40')}/as-person")
    page.get_by_role("textbox").fill("They cannot find a film on their list.")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Recommendations")).to_be_visible()
    check(page)


def test_a_copied_cookie_is_dead_once_its_owner_signs_out(
    enter: Callable[[str], Page], new_page: Callable[[], Page]
) -> None:
    page, thief = enter(OPS), new_page()
    thief.context.add_cookies(page.context.cookies())
    thief.goto("/ops/people")
    expect(thief.get_by_role("heading", level=1, name="People")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    thief.goto("/ops/people")
    expect(thief.get_by_role("heading", level=1, name="Sign in to the admin")).to_be_visible()
