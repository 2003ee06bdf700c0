"""Through the catalogue: from a few letters to a title, its people, others of its genre, and a list of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from movierec.serverless.requests import call_of
from movierec.serverless.responses import response_of
from movierec.serverless.wsgi_call import Answer
from tests.browser.test_feedback_walk import enter
from tests.browser.test_second_factor_walk import PASSWORD, press, sign_up, write
from tests.e2e.conftest import Server
from tests.movierec.serverless.events import Sent, rest_api

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

    page.get_by_role("button", name="Keep in favourites").click()
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


def test_what_was_chosen_for_another_text_is_forgotten(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/")
    box = page.get_by_role("combobox", name=BOX)
    box.press_sequentially("alien")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    box.press("s")
    assert box.get_attribute("aria-activedescendant") is None
    assert page.get_by_role("option", selected=True).count() == 0
    box.press("Enter")
    is_open(page, "Search: aliens")


def test_a_filter_without_a_field_outlives_the_form(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/discover?keywords=dystopia&genres=28|878")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Order").select_option("newest")
    page.get_by_role("button", name="Show titles").click()
    page.wait_for_url(re.compile("sort=newest"))
    query = parse_qs(urlsplit(page.url).query)
    assert (query["keywords"], query["genres"]) == (["dystopia"], ["28|878"])
    page.get_by_role("link", name="keyword dystopia (remove)").click()
    expect(page.get_by_role("link", name="genre Action or Science Fiction (remove)")).to_be_visible()
    expect(page.get_by_text("keyword dystopia")).to_have_count(0)


def test_signing_in_to_keep_a_title_leads_back_to_it(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    email = "returner@example.com"
    sign_up(server, page, email)
    page.goto("/media/movie/603")
    page.get_by_role("link", name="Sign in to keep it on a list").click()
    write(page, "Email or username", email)
    write(page, "Password", PASSWORD)
    press(page, "Sign in")
    page.get_by_role("link", name="Back to where you were").click()
    is_open(page, "The Matrix (1999)")

    page.context.clear_cookies(name="movierec_access")
    page.get_by_role("button", name="Keep in favourites").click()
    expect(page.get_by_role("alert")).to_have_text("Please sign in first. Sign in")
    is_open(page, "The Matrix (1999)")
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/auth/signin\?next=%2Fmedia%2Fmovie%2F603$"))


def under_its_stage(page: Page, server: Server) -> None:
    """Has the server below /prod alone, with its pages as the door of Lambda hands them on for an API's own host."""
    call = call_of(rest_api(Sent()))

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(server.address)
        if not path.startswith("/prod/"):
            route.fulfill(status=403, json={"message": "Forbidden"})
            return
        given = route.fetch(url=server.address + path.removeprefix("/prod"), max_redirects=0)
        if given.headers.get("content-type", "").startswith("text/html"):
            kind = [("Content-Type", "text/html")]
            response = response_of(call, Answer(f"{given.status} {given.status_text}", kind, given.body()))
            route.fulfill(response=given, body=response["body"])
        else:
            route.fulfill(response=given)

    page.route(f"{server.address}/**", serve)


def test_below_an_apis_stage_all_leads_to_the_same_places(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "stagehand@example.com")
    under_its_stage(page, server)
    page.goto("/prod/")
    box = page.get_by_role("combobox", name=BOX)
    box.press_sequentially("matr")
    page.get_by_role("option", name="The Matrix (1999)").click()
    is_open(page, "The Matrix (1999)")
    expect(page).to_have_url(f"{server.address}/prod/media/movie/603")

    page.context.clear_cookies(name="movierec_access")
    page.get_by_role("button", name="Keep in favourites").click()
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/prod/auth/signin\?next=%2Fmedia%2Fmovie%2F603$"))
    write(page, "Email or username", "stagehand@example.com")
    write(page, "Password", PASSWORD)
    press(page, "Sign in")
    page.get_by_role("link", name="Back to where you were").click()
    expect(page).to_have_url(f"{server.address}/prod/media/movie/603")


def test_a_sentence_below_one_button_stretches_no_other(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    enter(page, server, "stretcher@example.com")
    page.goto("/media/movie/603")
    page.get_by_role("button", name="Keep in favourites").click()
    expect(page.get_by_text("It is in your favourites now.")).to_be_visible()
    box = page.get_by_role("link", name="Titles like this").bounding_box()
    assert box
    assert 44 <= box["height"] < 50


def test_letters_stand_in_the_middle_of_a_face(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/media/movie/603")
    page.get_by_role("region", name="Cast").get_by_role("link").first.click()
    face = page.locator(".about .face")
    expect(face).to_have_css("display", "grid")
    expect(face).to_have_css("place-items", "center")


def test_the_links_of_a_credit_are_high_enough(server: Server, new_page: Callable[[], Page]) -> None:
    page = new_page()
    page.goto("/media/movie/603")
    credit = '<p class="credit">Offers by <a href="/">JustWatch</a>.</p>'  # the demo has no offers
    page.evaluate("html => document.querySelector('#main').insertAdjacentHTML('beforeend', html)", credit)
    box = page.locator(".credit a").bounding_box()
    assert box
    assert box["height"] >= 24


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
        page.get_by_role("button", name="Keep on watchlist").click()
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
