"""The pages of lists, of a search and of /discover: ways, filters, paging and notices."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.media.serializers.discover import DiscoverQuerySerializer
from tests.apps.web import bodies

PageOf = Callable[..., str]
ONE = {"results": [bodies.listed(603, "The Matrix")], "message": "1 title."}


def chips(page: str, name: str) -> list[tuple[str, ...]]:
    """Address and words of each link of a navigation, those of what is shown marked."""
    found = re.search(rf'<nav class="chips-nav" aria-label="{name}">(.*?)</nav>', page, re.DOTALL)
    assert found
    return re.findall(r'<a href="([^"]+)"(?: aria-current="(page)")?>([^<]+)', found[1])


def test_every_page_has_a_search_form_that_works_without_a_script(client: Client) -> None:
    for path in ("/", "/media", "/docs"):
        page = client.get(path, headers={"accept": "text/html"}).content.decode()
        start = '<form class="search" role="search" method="get" action="/search">'
        form = re.findall(f"{start}(.*?)</form>", page, re.DOTALL)
        assert len(form) == 1
        assert '<label class="unseen" for="search">Search films, series and people</label>' in form[0]
        assert '<input type="search" id="search" name="q" value=""' in form[0]
        assert '<script src="/static/web/search.js" defer></script>' in page


def test_the_search_box_keeps_what_was_searched_for(page_of: PageOf) -> None:
    page = page_of("/search?q=%22ali%3Cen", {"query": '"ali<en', **ONE})
    assert 'name="q" value="&quot;ali&lt;en"' in page
    assert 'name="q" value=""' in page_of("/media?q=alien", ONE)


def test_what_would_turn_the_text_around_is_not_shown(page_of: PageOf) -> None:
    page = page_of("/search?q=ali%E2%80%AEen%00", {"query": "alien", **ONE})
    assert 'name="q" value="alien"' in page
    page += page_of("/discover?yearFrom=%E2%80%AE19&region=%00S&keywords=%E2%80%AEspace&limit=%002", ONE)
    assert not {"\u202e", "\0"} & set(page)


def test_results_are_cards_and_can_be_narrowed_to_a_kind(page_of: PageOf) -> None:
    actor = {"id": 1, "media_type": "person", "name": "Matt Damon", "profile": None, "known_for": []}
    results = [bodies.listed(603, "The Matrix"), actor]
    page = page_of("/search?q=mat+d&type=person", {"query": "mat d", "results": results, "message": "2 results."})
    assert chips(page, "Kinds") == [
        ("/search?q=mat+d&amp;type=multi", "", "All"),
        ("/search?q=mat+d&amp;type=movie", "", "Films"),
        ("/search?q=mat+d&amp;type=tv", "", "Series"),
        ("/search?q=mat+d&amp;type=person", "page", "People"),
    ]
    assert re.findall(r'<a class="card" href="([^"]+)">', page) == ["/media/movie/603", "/media/person/1"]
    assert '<span class="face" aria-hidden="true">MD</span>' in page
    assert "<p>Person</p>" in page


def test_a_search_that_finds_nothing_says_so(page_of: PageOf) -> None:
    page = page_of("/search?q=xq", {"query": "xq", "results": [], "message": "Nothing was found for xq."})
    assert '<p class="notice">Nothing was found for xq.</p>' in page


def test_a_search_for_nothing_is_asked_for_a_name(client: Client) -> None:
    for address in ("/search", "/search?q=", "/search?q=+"):
        page = client.get(address, headers={"accept": "text/html"}).content.decode()
        assert "Write the name of a film, a series or a person in the search box above" in page
        assert 'class="notice bad"' not in page
        assert 'id="answer"' not in page


def test_the_lists_and_genres_are_a_link_away(page_of: PageOf) -> None:
    page = page_of("/media?listType=top_rated&mediaType=tv&genre=18", ONE)
    assert chips(page, "Kinds") == [
        ("/media?listType=top_rated&amp;mediaType=movie", "", "Films"),
        ("/media?listType=top_rated&amp;mediaType=tv", "page", "Series"),
    ]
    assert [(current, words) for _, current, words in chips(page, "Lists")] == [
        ("", "Trending"),
        ("", "Popular"),
        ("page", "Top rated"),
        ("", "Now playing"),
        ("", "Upcoming"),
        ("", "Hidden gems"),
    ]
    assert ("/media?listType=top_rated&amp;mediaType=tv&amp;genre=18", "page", "Drama") in chips(page, "Genres")
    assert len(chips(page, "Genres")) == 16


def test_a_wrong_list_leaves_the_ways_to_the_right_ones(client: Client) -> None:
    page = client.get("/media?listType=worst", headers={"accept": "text/html"}).content.decode()
    assert 'class="notice bad"' in page
    assert chips(page, "Kinds")[0] == ("/media?listType=popular&amp;mediaType=movie", "page", "Films")


def carried(page: str) -> list[tuple[str, ...]]:
    """Name and value of what the form of filters sends unseen."""
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page[_filters(page)])


def removals(page: str) -> list[tuple[str, ...]]:
    """Words and address of each filter that can be removed."""
    found = re.search('<div class="filtered">(.*?)</div>', page, re.DOTALL)
    return [(words, address) for address, words in re.findall('<a href="([^"]+)">([^<]+)', found[1])] if found else []


def test_filters_without_a_field_are_sent_on_and_can_be_removed(page_of: PageOf) -> None:
    question = "keywords=dystopia|war&certification=PG,R&country=SE&people=6384&withoutGenres=27&page=3&limit=5"
    page = page_of(f"/discover?{question}", ONE)
    assert carried(page) == [
        ("keywords", "dystopia|war"), ("withoutGenres", "27"), ("people", "6384"), ("certification", "PG,R"),
        ("country", "SE"), ("limit", "5"),
    ]  # fmt: skip
    assert [words for words, _ in removals(page)] == [
        "keyword dystopia or war (remove)", "without the genre Horror (remove)", "person number 6384 (remove)",
        "certification PG and R (remove)", "country SE (remove)",
    ]  # fmt: skip
    address = "/discover?certification=PG%2CR&amp;country=SE&amp;people=6384&amp;withoutGenres=27&amp;limit=5"
    assert removals(page)[0][1] == address
    assert removals(page_of("/discover?keywords=a&keywords=b", ONE)) == [("keyword a and b (remove)", "/discover")]
    assert removals(page_of("/discover?genres=28", ONE)) == []


def test_a_filter_that_is_long_is_named_in_short(page_of: PageOf) -> None:
    page = page_of(f"/discover?excludeIds={'1,' * 500}", ONE)
    assert len(removals(page)[0][0]) < 130
    assert len(carried(page)[0][1]) == 1000


def test_one_of_several_genres_stays_one_of_them(page_of: PageOf) -> None:
    page = page_of("/discover?genres=28|12", ONE)
    assert carried(page) == [("genres", "28|12")]
    assert removals(page) == [("genre Action or Adventure (remove)", "/discover")]
    assert 'type="checkbox" name="genres"' not in page


def test_values_that_the_form_does_not_offer_are_kept(page_of: PageOf) -> None:
    page = page_of("/discover?providers=8,netflix&originalLanguage=en,fr&sort=vote_average.desc", ONE)
    assert carried(page) == [("providers", "8")]
    assert removals(page) == [
        (
            "service number 8 (remove)",
            "/discover?providers=netflix&amp;originalLanguage=en%2Cfr&amp;sort=vote_average.desc",
        )
    ]
    assert '<option value="en,fr" selected>English and French</option>' in page
    assert ticked(page) == [("providers", "netflix"), ("region", "US"), ("sort", "rating"), ("type", "both")]


def test_a_wrong_filter_is_marked_with_what_is_wrong(client: Client) -> None:
    page = client.get("/discover?yearFrom=x&yearTo=1999", headers={"accept": "text/html"}).content.decode()
    (wrong,) = re.findall(r'<input id="([\w-]+)"[^>]* aria-invalid="true" aria-describedby="([\w-]+)">', page)
    assert wrong == ("year-from", "year-from-problem")
    assert re.search(r'<p class="problem" id="year-from-problem">[^<]+</p>', page)
    page = client.get("/discover?region=Sweden", headers={"accept": "text/html"}).content.decode()
    assert 'aria-invalid="true" aria-describedby="region-problem region-help">' in page


@pytest.mark.parametrize(
    ("address", "more", "words"),
    [
        ("/media", {}, "Popular films"),
        ("/media?listType=top_rated", {"page": 2}, "Top rated films, page 2"),
        ("/media?listType=now_playing&mediaType=tv&genre=18", {}, "Now playing series, Drama"),
        ("/media?listType=hidden_gems&genre=x", {"page": 1}, "Hidden gems among films"),
        ("/search?q=ali%E2%80%AEen", {}, "Search: alien"),
        ("/search?q=%3Ckeanu%3E&type=person", {}, "Search: &lt;keanu&gt;, people"),
        ("/discover", {}, "Discover"),
        ("/discover?type=tv&genres=18&page=3", {"page": 3}, "Discover series, Drama, page 3"),
        ("/other", {"page": "x"}, "Answer"),
    ],
)
def test_each_page_has_a_heading_and_a_title_of_its_own(
    page_of: PageOf, address: str, more: dict[str, Any], words: str
) -> None:
    page = page_of(address, {**ONE, **more})
    assert f"<h1>{words}</h1>" in page
    assert f"<title>{words} \N{EN DASH} MovieRec</title>" in page


def test_the_title_of_an_error_says_so(client: Client) -> None:
    titles = [
        re.findall("<title>(.*?)</title>", client.get(address, headers={"accept": "text/html"}).content.decode())
        for address in ("/discover?yearFrom=x", "/user/favourites", "/media/movie/5", "/search")
    ]
    assert titles == [
        [f"{words} \N{EN DASH} MovieRec"]
        for words in ("Error: Discover", "Please sign in: Favourites", "There is no such title", "Search")
    ]


def test_what_is_not_found_is_said_with_the_remedy(client: Client) -> None:
    page = client.get("/media/movie/5", headers={"accept": "text/html"}).content.decode()
    assert '<h1 id="outcome" tabindex="-1">There is no such title</h1>' in page
    assert "<p>There is no such title; search for it," in page


def ticked(page: str) -> list[tuple[str, ...]]:
    """Name and value of what is chosen in the filters."""
    boxes = re.findall(r'<input type="checkbox" name="(\w+)" value="(\w+)" checked>', page)
    selects = re.findall(
        r'<select id="[\w-]+" name="(\w+)">(?:(?!</select>).)*?value="(\w+)" selected>', page, re.DOTALL
    )
    typed = re.findall(r'<input id="[\w-]+" name="(\w+)" [^>]*?value="([^"]+)"', page)
    return sorted([*boxes, *selects, *typed])


def test_the_filters_show_what_was_asked_for(page_of: PageOf) -> None:
    question = "type=tv&genres=18,80&genres=37&providers=netflix|hulu&region=SE&yearFrom=1990&sort=newest"
    assert ticked(page_of(f"/discover?{question}", ONE)) == [
        ("genres", "18"),
        ("genres", "37"),
        ("genres", "80"),
        ("providers", "hulu"),
        ("providers", "netflix"),
        ("region", "SE"),
        ("sort", "newest"),
        ("type", "tv"),
        ("yearFrom", "1990"),
    ]
    assert ticked(page_of("/discover", ONE)) == [("region", "US"), ("sort", "popularity"), ("type", "both")]


def test_each_kind_has_its_own_genres(page_of: PageOf) -> None:
    films, series, both = (
        set(re.findall(r'name="genres" value="(\d+)"', page_of(f"/discover?type={kind}", ONE)))
        for kind in ("movie", "tv", "both")
    )
    assert ("878" in films, "878" in series, "10765" in series) == (True, False, True)
    assert both == films | series


def test_the_filters_are_open_until_there_is_an_answer_to_them(page_of: PageOf) -> None:
    wrong = {"error": "yearTo: It is less than yearFrom.", "code": "InvalidParameterException"}
    assert '<details class="panel filters" open>' in page_of("/discover", ONE)
    assert '<details class="panel filters">' in page_of("/discover?type=tv", ONE)
    assert '<details class="panel filters" open>' in page_of("/discover?yearTo=1", wrong, status=400)


def test_every_filter_is_one_the_endpoint_takes(page_of: PageOf) -> None:
    names = set(re.findall(r' name="(\w+)"', page_of("/discover", ONE)[_filters(page_of("/discover", ONE))]))
    assert names == {
        "genres", "originalLanguage", "providers", "ratingMin", "region", "runtimeMax", "sort", "type", "yearFrom",
        "yearTo",
    }  # fmt: skip
    assert names <= DiscoverQuerySerializer().fields.keys()


def _filters(page: str) -> slice:
    return slice(page.index('class="panel filters"'), page.index("</details>"))


@pytest.mark.parametrize(
    ("page_number", "expected"),
    [
        (1, [("next", "/discover?genres=18&amp;genres=35&amp;page=2")]),
        (
            2,
            [
                ("prev", "/discover?genres=18&amp;genres=35&amp;page=1"),
                ("next", "/discover?genres=18&amp;genres=35&amp;page=3"),
            ],
        ),
        (3, [("prev", "/discover?genres=18&amp;genres=35&amp;page=2")]),
    ],
)
def test_pages_lead_to_one_another_and_keep_the_question(
    page_of: PageOf, page_number: int, expected: list[tuple[str, str]]
) -> None:
    body = {**ONE, "page": page_number, "total_pages": 3}
    page = page_of(f"/discover?genres=18&genres=35&page={page_number}", body)
    assert re.findall(r'rel="(\w+)" href="([^"]+)"', page[page.index('class="paging"') :])[: len(expected)] == expected
    assert f"Page {page_number} of 3" in page


def test_one_page_needs_no_others(page_of: PageOf) -> None:
    assert 'class="paging"' not in page_of("/discover", {**ONE, "page": 1, "total_pages": 1})


def test_tmdbs_notice_stands_where_its_pictures_do_though_the_answer_does_not_say_so(page_of: PageOf) -> None:
    ours = bodies.listed(1, "Ours", posterUrl="/media/movie/1/poster.svg")
    assert bodies.TMDB["text"] in page_of("/recommendations", ONE)
    assert bodies.TMDB["text"] not in page_of("/recommendations", {"results": [ours]})


def test_where_tmdb_is_the_source_its_titles_with_drawn_posters_have_the_notice(page_of: PageOf, settings: Any) -> None:
    settings.TMDB_CONFIGURED = True
    ours = bodies.listed(1, "Ours", posterUrl="/media/movie/1/poster.svg")
    assert bodies.TMDB["text"] in page_of("/recommendations", {"results": [ours]})
    assert bodies.TMDB["text"] not in page_of("/recommendations", {"results": []})


def test_browsers_may_load_tmdbs_pictures_and_logo_and_nothing_else_from_elsewhere(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    (images,) = [part for part in policy.split("; ") if part.startswith("img-src")]
    assert images == "img-src 'self' data: https://image.tmdb.org https://www.themoviedb.org/assets/2/v4/logos/"
    assert "script-src" not in policy
    assert "default-src 'self'" in policy


def kept(**changes: Any) -> dict[str, Any]:
    """An item of a person's list."""
    item = {"mediaId": "603", "movieId": "603", "mediaType": "movie", "title": "The <Matrix>", "posterPath": None}
    return {**item, "releaseDate": "1999-03-31", "addedAt": "2026-01-02T00:00:00.000Z", **changes}


def test_titles_on_a_list_are_cards_that_can_be_taken_off(page_of: PageOf) -> None:
    items = [kept(), kept(mediaId="1396", mediaType="tv", title=None, releaseDate=None, posterPath="/bb.jpg")]
    page = page_of("/user/favourites?limit=2", {"items": items, "nextCursor": None})
    assert re.findall(r'<a class="card" href="([^"]+)"><img src="([^"]+)" alt=""[^>]*><strong>([^<]+)', page) == [
        ("/media/movie/603", "/media/movie/603/poster.svg", "The &lt;Matrix&gt; (1999)"),
        ("/media/tv/1396", f"{bodies.IMAGES}/w500/bb.jpg", "A title without a name"),
    ]
    assert (
        'action="/user/favourites?mediaId=1396&amp;mediaType=tv" data-method="DELETE" '
        'data-next="/user/favourites?limit=2"'
    ) in page
    assert '<button aria-label="Remove: The &lt;Matrix&gt;">Remove</button>' in page
    assert bodies.TMDB["text"] in page
    assert bodies.TMDB["text"] not in page_of("/user/favourites", {"items": [kept()]})


def test_titles_like_one_lead_back_to_it(page_of: PageOf) -> None:
    body = {**ONE, "mediaId": "348", "mediaType": "movie", "title": "Alien <1>"}
    page = page_of("/media/movie/348/similar", body)
    assert "<title>Answer: Alien &lt;1&gt; \N{EN DASH} MovieRec</title>" in page
    assert '<p class="ways-on"><a href="/media/movie/348">Alien &lt;1&gt;</a></p>' in page


def test_the_documentation_names_the_sources(client: Client) -> None:
    description = client.get("/schema").json()["info"]["description"]
    assert "This product uses the TMDB API but is not endorsed or certified by TMDB." in description
    assert "[JustWatch](https://www.justwatch.com)" in description
