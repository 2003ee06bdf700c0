"""Through the catalogue: from a few letters to a title, its people, others of its genre, and a list of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_feedback_walk import enter
from tests.e2e.conftest import Server

pytestmark = pytest.mark.embedded

NARROW = 320
BOX = "Search films, series and people"


def is_open(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_from_a_few_letters_to_a_favourite(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "walker@example.com")
    page.goto("/")
    box = page.get_by_role("combobox", name=BOX)
    box.press_sequentially("matr")
    option = page.get_by_role("option", name="The Matrix (1999)")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    expect(chosen).to_have_text("The Matrix (1999) Film")
    box.press("Enter")
    is_open(page, "The Matrix (1999)")

    page.get_by_role("region", name="Cast").get_by_role("link", name="Keanu Reeves").click()
    is_open(page, "Keanu Reeves")
    page.get_by_role("main").get_by_role("link", name="The Matrix (1999)", exact=True).click()
    is_open(page, "The Matrix (1999)")

    page.get_by_role("link", name="Science Fiction").click()
    is_open(page, "Discover")
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_role("checkbox", name="Science Fiction")).to_be_checked()
    page.get_by_label("From year").fill("1979")
    page.get_by_label("To year").fill("1979")
    page.get_by_role("button", name="Show titles").click()
    expect(page.get_by_role("link", name="Alien (1979)")).to_be_visible()
    assert re.search(r"\?type=movie&sort=popularity&yearFrom=1979&yearTo=1979&genres=878&region=US$", page.url)
    page.get_by_role("link", name="Alien (1979)").click()
    is_open(page, "Alien (1979)")

    page.get_by_role("button", name="Add to favourites").click()
    expect(page.get_by_text("It is in your favourites now.")).to_be_visible()
    is_open(page, "Alien (1979)")
    page.goto("/user/favourites")
    expect(page.get_by_role("link", name="Alien (1979)")).to_be_visible()
    page.get_by_role("button", name="Remove: Alien").click()
    expect(page.get_by_text("There is nothing here yet.")).to_be_visible()


def test_escape_closes_the_suggestions_and_a_newer_text_has_its_own(
    server: Server, new_page: Callable[[], Page]
) -> None:
    page = new_page()
    page.goto("/")
    box = page.get_by_role("combobox", name=BOX)
    box.press_sequentially("alien")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("alien")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("keanu")
    expect(page.get_by_role("option", name="Keanu Reeves")).to_be_visible()
    box.press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name="Keanu Reeves")).to_be_visible()
    expect(page.get_by_role("searchbox").or_(page.get_by_role("combobox", name=BOX))).to_have_value("keanu")


def test_it_works_without_javascript(server: Server, browser: Browser, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "scriptless@example.com")
    context = browser.new_context(
        base_url=server.address, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    try:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("searchbox", name=BOX).fill("matrix")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="The Matrix (1999)", exact=True).click()
        is_open(page, "The Matrix (1999)")
        page.get_by_role("button", name="Add to watchlist").click()
        expect(page.get_by_role("heading", level=2, name="Added to watchlist")).to_be_visible()
        page.goto("/discover")
        page.get_by_role("checkbox", name="Western").check()
        page.get_by_role("button", name="Show titles").click()
        expect(page.locator(".card").first).to_be_visible()
    finally:
        context.close()


def test_no_page_is_wider_than_a_narrow_window(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.set_viewport_size({"width": NARROW, "height": 640})
    wide = []
    for path in ("/media/movie/603", "/search?q=matrix", "/discover", "/media", "/media?listType=hidden_gems"):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > NARROW:
            wide.append(path)
    assert wide == []
