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
        write(page, "E-mail or username", email)
        write(page, "Password", (state / "keys" / "demo_password").read_text(encoding="utf-8").strip())
        press(page, "Sign in")
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
        return page

    return entered


def check(page: Page) -> None:
    """The page keeps every rule of axe, and needs no scrolling sideways on a phone."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": NARROW, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, page.url
    page.set_viewport_size(size)


def addresses(page: Page) -> list[str]:
    """The addresses of the admin's parts."""
    links = page.get_by_role("navigation", name="Admin").get_by_role("link")
    return [str(link.get_attribute("href")) for link in links.all()]


def first_in_table(page: Page, path: str) -> str:
    """The address that the first row of a list leads to."""
    page.goto(path)
    return str(page.locator("tbody th a").first.get_attribute("href"))
