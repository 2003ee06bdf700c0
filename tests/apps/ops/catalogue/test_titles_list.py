from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.media import marking
from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.models import CachedMedia
from apps.media.selectors import title_row
from apps.media.titles import FullTitle
from tests.apps.ops.catalogue.conftest import film
from tests.stand_ins.titles import keep_titles


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return re.findall(r'href="/ops/catalogue/((?:movie|tv)/\d+)"', response.content.decode())


@pytest.fixture(autouse=True)
def _november() -> Any:
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        yield


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"movie/603", "movie/2", "movie/3", "tv/1396"}),
        ("type=tv", {"tv/1396"}),
        ("genre=18", {"movie/2", "tv/1396"}),
        ("source=tmdb", {"movie/603"}),
        ("language=sv", {"movie/2"}),
        ("genre=18&type=movie", {"movie/2"}),
        ("q=matrix", {"movie/603"}),
        ("q=matrix&type=tv", set()),
        ("q=603", {"movie/603"}),
        ("q=tv/1396", {"tv/1396"}),
        ("q=movie/1396", set()),
        ("state=hidden", set()),
        ("age=30", set()),
    ],
)
def test_what_narrows_the_list(support: Client, query: str, expected: set[str]) -> None:
    assert set(ids(support.get(f"/ops/catalogue?{query}"))) == expected


def test_the_age_of_facts_is_known_to_the_index(support: Client, stored: Callable[..., None]) -> None:
    told = {"source": "tmdb", "refreshed_at": "2026-08-23T12:00:01.000Z"}
    stored(film(1), film(2, **told), film(3, source="tmdb", refreshed_at="2026-11-01T00:00:00.000Z"))
    assert ids(support.get("/ops/catalogue?age=30")) == ["movie/2"]
    assert ids(support.get("/ops/catalogue?age=90")) == []
    with time_machine.travel("2026-11-21T12:00:02Z", tick=False):
        assert ids(support.get("/ops/catalogue?age=90")) == ["movie/2"]
        assert "90 days" in support.get("/ops/catalogue?age=90").content.decode()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    "query", ["type=film", "state=hidden&genre=18", "cursor=x", "cursor=WyItMSJd", "cursor=WyIxMDAwMDAwMDAwIl0"]
)
def test_what_is_not_offered_is_refused(support: Client, query: str) -> None:
    assert support.get(f"/ops/catalogue?{query}").status_code == 400


@pytest.mark.parametrize(("at", "words"), [("2026-11-21", "stored today"), ("2026-11-18", "stored 3 days ago")])
def test_where_no_source_outside_told_the_age_is_that_of_the_row(
    support: Client, stored: Callable[..., None], at: str, words: str
) -> None:
    stored(film(1))
    CachedMedia.put_row({**(title_row("movie", 1) or {}), "updatedAt": f"{at}T11:00:00.000Z"})
    assert f"<td>{words}</td>" in support.get("/ops/catalogue").content.decode()


@pytest.mark.usefixtures("few")
def test_names_and_searches_are_inert(support: Client) -> None:
    page = support.get("/ops/catalogue?q=%3Cscript%3Ealert(1)%3C/script%3E second").content.decode()
    assert "<script>alert" not in page
    page = support.get("/ops/catalogue?q=second").content.decode()
    assert "<b>film" not in page
    assert "Second &lt;b&gt;film&lt;/b&gt;" in page


@pytest.mark.usefixtures("few")
def test_hidden_and_corrected_titles_are_found_without_the_index(ops: Client, operations: list[str]) -> None:
    marking.hide(("movie", 2), title="Second", by="staff@example.com")
    marking.correct(("movie", 3), "runtime", 90, title="Third", by="staff@example.com", version="")
    publish_index(build_index([], built_at="2026-05-02T12:00:00Z"))
    operations.clear()
    page = ops.get("/ops/catalogue?state=hidden")
    assert operations == ["UpdateItem", "Query", "BatchGetItem"]
    assert ids(page) == ["movie/2"]
    assert "1 title." in page.content.decode()
    assert '<th scope="col">Hidden or corrected</th>' in page.content.decode()
    assert ids(ops.get("/ops/catalogue?state=corrected")) == ["movie/3"]
    assert ids(ops.get("/ops/catalogue?state=corrected&q=thi")) == ["movie/3"]
    assert ids(ops.get("/ops/catalogue?state=corrected&q=other")) == []
    assert ids(ops.get("/ops/catalogue?state=hidden&type=tv")) == []


def test_without_an_index_numbers_are_found(ops: Client) -> None:
    keep_titles([FullTitle(film(2))])
    page = ops.get("/ops/catalogue?q=2")
    assert ids(page) == ["movie/2"]
    assert "index is not built yet" in page.content.decode()
    assert ids(ops.get("/ops/catalogue")) == []


def test_60_000_titles_take_two_requests_a_page_and_filters_survive(
    ops: Client, stored: Callable[..., None], operations: list[str]
) -> None:
    stored(*(film(number, genres=(18,), popularity=float(1000 - number)) for number in range(1, 121)))
    publish_index(
        build_index(
            (FullTitle(film(number, genres=(18,), popularity=float(100_000 - number))) for number in range(1, 60_001)),
            built_at="2026-05-02T12:00:00Z",
        )
    )
    operations.clear()
    first = ops.get("/ops/catalogue?type=movie&genre=18")
    assert operations == ["UpdateItem", "BatchGetItem"]
    assert ids(first) == [f"movie/{number}" for number in range(1, 51)]
    page = first.content.decode()
    assert "60,000 titles." in page
    following = re.search(r'href="(\?[^"]*cursor[^"]*)"', page)
    assert following
    address = following.group(1).replace("&amp;", "&")
    assert address.startswith("?type=movie&genre=18&cursor=")
    operations.clear()
    assert ids(ops.get(f"/ops/catalogue{address}")) == [f"movie/{number}" for number in range(51, 101)]
    assert operations == ["UpdateItem", "BatchGetItem"]


def test_support_sees_no_deeds(support: Client, few: None) -> None:
    page = support.get("/ops/catalogue").content.decode()
    assert "ticked" not in page
    assert "Go on" not in page
