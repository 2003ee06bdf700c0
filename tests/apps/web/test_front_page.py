"""The front page: what is trending, who is signed in, and the ways on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from apps.accounts.providers.local.tokens import issue_access_token
from apps.media import services
from apps.media.titles import CatalogueTitle

HTML = {"accept": "text/html"}
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def shelves(tables: None) -> None:
    """Fourteen films and one series in the ready-made lists."""
    films = [
        CatalogueTitle("movie", number, f"Film <{number}>", "demo", release_date="1999-03-31")
        for number in range(1, 15)
    ]
    series = [CatalogueTitle("tv", 1, "Series", "demo", poster_path="/series.jpg")]
    list(services.store_titles([*films, *series]))
    services.rebuild_catalogue(now=NOW)


def pictures(page: str) -> list[tuple[str, ...]]:
    """Page, address and alternative text of every poster."""
    return re.findall(r'<li><a href="([^"]+)"><img src="([^"]+)" alt="([^"]+)" width="500" height="750"', page)


def test_twelve_films_and_the_series_are_shown_with_title_and_year(client: Client, shelves: None) -> None:
    response = client.get("/", headers=HTML)
    shown = pictures(response.content.decode())
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert len(shown) == 13
    assert shown[0] == ("/media/movie/1", "http://testserver/media/movie/1/poster.svg", "Film &lt;1&gt; (1999)")
    assert shown[12] == ("/media/tv/1", "https://image.tmdb.org/t/p/w500/series.jpg", "Series")


def test_the_notice_of_tmdb_stands_below_its_titles_and_no_others(client: Client, shelves: None) -> None:
    notice = "This product uses the TMDB API but is not endorsed or certified by TMDB."
    assert notice in client.get("/").content.decode()
    list(services.store_titles([CatalogueTitle("tv", 1, "Series", "demo")]))
    services.rebuild_catalogue(now=NOW)
    assert notice not in client.get("/").content.decode()


def test_two_reads_make_the_page(client: Client, shelves: None, operations: list[str]) -> None:
    operations.clear()
    client.get("/", headers=HTML)
    assert operations == ["BatchGetItem", "BatchGetItem"]


def test_without_titles_the_ways_on_are_still_there(client: Client) -> None:
    page = client.get("/", headers=HTML).content.decode()
    assert pictures(page) == []
    assert "There are no titles to show at the moment." in page
    for address in (
        "/auth/signup",
        "/auth/signin",
        "/recommendations",
        "/user/preferences",
        "/user/favourites",
        "/docs",
    ):
        assert f'href="{address}"' in page


def test_without_dynamodb_the_page_is_the_same(client: Client, no_tables: None) -> None:
    response = client.get("/", headers=HTML)
    assert response.status_code == 200
    assert "There are no titles to show at the moment." in response.content.decode()


def test_a_person_signed_in_sees_their_address_and_a_way_out(client: Client) -> None:
    client.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
    response = client.get("/", headers=HTML)
    page = response.content.decode()
    assert '<span class="who">ann@example.com</span>' in page
    assert 'action="/auth/signout"' in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert response.cookies["csrftoken"]["samesite"] == "Strict"
    assert 'href="/auth/signin"' not in page
    account = page[page.index('id="way-account"') : page.index('id="way-api"')]
    assert re.findall(r'href="([^"]+)"', account) == [
        "/recommendations",
        "/recommendations/rows",
        "/user/preferences",
        "/user/favourites",
        "/user/watchlist",
        "/recommendations/feedback",
        "/user/profile",
        "/auth/sessions",
        "/auth/mfa/totp",
        "/auth/password",
        "/user/export",
        "/user",
    ]


def test_others_see_neither_and_get_no_cookie(client: Client) -> None:
    response = client.get("/", headers=HTML)
    page = response.content.decode()
    assert "who" not in re.findall(r'class="(\w+)"', page)
    assert "/auth/signout" not in page
    assert not response.cookies


def test_a_cookie_that_is_no_longer_good_is_nobody(client: Client) -> None:
    client.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")[:-4]
    response = client.get("/", headers=HTML)
    assert response.status_code == 200
    assert 'href="/auth/signin"' in response.content.decode()


def test_no_shared_cache_keeps_the_page(client: Client) -> None:
    response = client.get("/", headers=HTML)
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]


def test_nothing_of_it_is_inline_or_from_elsewhere(client: Client, shelves: None) -> None:
    page = client.get("/", headers=HTML).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)", page)
    assert re.findall(r'<(?:link|script)[^>]+(?:href|src)="(?!/static/)', page) == []
    assert '<html lang="en">' in page
    assert [page.count(f"<{name}") for name in ("main", "nav", "footer", "h1")] == [1, 1, 1, 1]


def test_the_script_is_there_before_any_form_can_be_sent(client: Client) -> None:
    page = client.get("/", headers=HTML).content.decode()
    assert '<script src="/static/web/movierec.js"></script>' in page[: page.index("<body>")]


@pytest.mark.parametrize("send", [Client.post, Client.put, Client.delete])
def test_it_is_only_read(client: Client, send: Callable[..., object]) -> None:
    assert send(client, "/").status_code == 405  # type: ignore[attr-defined]  # the client's methods answer responses


def test_the_icon_is_where_browsers_look(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/web/icon.svg")


@pytest.mark.parametrize("name", ["icon.svg", "movierec.css", "movierec.js", "search.js", "docs.js"])
def test_the_static_files_are_served(client: Client, name: str) -> None:
    response = client.get(f"/static/web/{name}")
    response.close()
    assert response.status_code == 200
