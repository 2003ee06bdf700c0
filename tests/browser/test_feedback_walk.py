"""What people say of recommendations, by the buttons they see, with JavaScript and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_second_factor_walk import give_password, heading, sign_up
from tests.e2e.conftest import Server

pytestmark = pytest.mark.embedded

NARROW = 320


def enter(page: Page, server: Server, email: str) -> None:
    """A new account, signed in; that needs JavaScript."""
    sign_up(server, page, email)
    give_password(page, email)
    heading(page, f"You are signed in as {email}")


def turn_first_down(page: Page) -> str:
    """Presses the first card's first button; answers the words of the card."""
    page.goto("/recommendations")
    words = page.locator(".posters strong").first.inner_text()
    page.get_by_role("button", name=f"Not interested: {words}").click()
    title = re.sub(r" \(\d{4}\)$", "", words)
    expect(page.get_by_role("heading", level=2, name=f"{title} will not be recommended again")).to_be_visible()
    return words


def test_a_card_is_turned_down_and_taken_back(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "judge@example.com")
    words = turn_first_down(page)
    page.get_by_role("link", name="Your recommendations").click()
    expect(page.get_by_role("heading", level=1, name="Recommendations")).to_be_visible()
    expect(page.get_by_role("button", name=f"Not interested: {words}")).to_have_count(0)

    page.goto("/recommendations/feedback")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=2, name="Undone: it no longer counts.")).to_be_visible()
    page.get_by_role("link", name="Your recommendations").click()
    expect(page.get_by_role("button", name=f"Not interested: {words}")).to_have_count(1)


def test_it_works_without_javascript(server: Server, browser: Browser, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "plain@example.com")
    plain = browser.new_context(
        base_url=server.address, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    try:
        page = plain.new_page()
        turn_first_down(page)
        page.get_by_role("main").get_by_role("button", name="Undo", exact=True).click()
        expect(page.get_by_role("heading", level=2, name="Undone: it no longer counts.")).to_be_visible()
    finally:
        plain.close()


def test_the_buttons_fit_a_narrow_window_and_a_thumb(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.set_viewport_size({"width": NARROW, "height": 640})
    enter(page, server, "narrow@example.com")
    for path in ("/recommendations", "/recommendations/feedback"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.goto("/recommendations")
    heights = [button.bounding_box() for button in page.locator(".opinions button").all()]
    assert len(heights) == 27
    assert all(box and box["height"] >= 24 and box["width"] >= 24 for box in heights)


def test_rows_scroll_sideways_and_the_focus_is_never_out_of_sight(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.set_viewport_size({"width": NARROW, "height": 640})
    enter(page, server, "rows@example.com")
    page.goto("/recommendations/rows")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    row = page.get_by_role("region", name="Picked for you")
    assert row.get_by_role("listitem").count() == 15
    for place in (row.get_by_role("link").last, row.get_by_role("button").last):
        place.focus()
        box = place.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= NARROW


def test_a_title_leads_to_titles_like_it_and_strangers_can_follow(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "curious@example.com")
    page.goto("/recommendations")
    first = page.locator(".posters a").first
    title = re.sub(r" \(\d{4}\)$", "", first.inner_text())
    first.click()
    page.get_by_role("link", name="Titles like this").click()
    expect(page.get_by_text(f"20 films and series like {title}.", exact=True)).to_be_visible()
    expect(page.locator(".opinions")).to_have_count(20)
    stranger = new_page()
    stranger.goto(page.url)
    expect(stranger.get_by_text(f"20 films and series like {title}.", exact=True)).to_be_visible()
    expect(stranger.locator(".opinions")).to_have_count(0)
