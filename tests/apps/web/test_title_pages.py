"""The pages of a title and of a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.apps.web import bodies

PageOf = Callable[..., str]


@pytest.fixture
def film(page_of: PageOf) -> Callable[..., str]:
    """The page of a film some of whose facts are given."""
    return lambda **changes: page_of("/media/movie/603", bodies.title(**changes))


@pytest.fixture
def actor(page_of: PageOf) -> Callable[..., str]:
    """The page of a person some of whose facts are given."""
    return lambda **changes: page_of("/media/person/6384", bodies.person(**changes))


def section(page: str, name: str) -> str:
    """What stands under the heading with this id."""
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return found[1] if found else ""


def links(fragment: str) -> list[tuple[str, ...]]:
    return re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)', fragment)


def test_a_title_is_named_with_its_year_and_main_facts(film: PageOf) -> None:
    page = film()
    assert "<title>The Matrix (1999) \N{EN DASH} MovieRec</title>" in page
    assert '<h1 id="title">The Matrix <span class="year">(1999)</span></h1>' in page
    assert '<p class="tagline">Free your mind</p>' in page
    assert "<li>2 h 16 min</li>" in page
    assert '<span class="unseen">Certification: </span>R' in page
    assert "<strong>8.2 of 10, from 26,123 votes</strong>" in page
    assert '<p class="overview">A programmer learns what his world &lt;is&gt;.</p>' in page
    assert '<a href="/discover?type=movie&amp;genres=878">Science Fiction</a>' in page
    assert "None" not in page[: page.index('id="answer"')]


def test_each_text_names_its_language_where_it_is_not_the_pages(film: PageOf) -> None:
    languages = {"title": "fr", "overview": "en", "tagline": None}
    page = film(language="fr", languages=languages)
    assert '<h1 id="title" lang="fr">The Matrix' in page
    assert '<p class="overview">' in page
    assert '<p class="tagline">' in page
    page = film(language="fr", languages={"title": "en-GB", "overview": "pt-BR", "tagline": "sv"})
    assert '<h1 id="title">The Matrix' in page
    assert '<p class="overview" lang="pt-BR">' in page
    assert '<p class="tagline" lang="sv">' in page
    unknown = film(language="fr")
    assert re.findall(r' lang="\w+"', unknown) == [' lang="en"']


def test_offers_of_which_none_is_shown_are_credited_below(film: PageOf) -> None:
    nowhere = {**bodies.title()["providers"], "stream": [], "rent": []}
    page = film(providers=nowhere)
    assert re.findall(r'<a href="https://www.justwatch.com"[^>]*>([^<]+)', page) == ["Where titles can be watched."]


def test_pictures_say_their_sizes_before_they_are_there(film: PageOf) -> None:
    page = film()
    poster, backdrop = (re.findall(rf'<img class="{name}"[^>]+>', page)[0] for name in ("poster", "backdrop"))
    assert 'width="500" height="750"' in poster
    assert f'srcset="{bodies.IMAGES}/w92/603.jpg 92w, {bodies.IMAGES}/w500/603.jpg 500w"' in poster
    assert 'alt="Poster of The Matrix"' in poster
    assert f'src="{bodies.IMAGES}/w1280/back.jpg"' in backdrop
    assert 'width="1280" height="720"' in backdrop
    assert 'alt=""' in backdrop
    assert re.findall(r"<img(?![^>]* width=\"\d+\" height=\"\d+\")[^>]*>", page) == []


def test_a_drawn_poster_needs_no_other_sizes(film: PageOf) -> None:
    page = film(images={"poster": [], "backdrop": []}, posterUrl="/media/movie/603/poster.svg")
    assert '<img class="poster" src="/media/movie/603/poster.svg" alt=' in page
    assert 'class="backdrop"' not in page


def test_a_series_tells_its_seasons(film: PageOf) -> None:
    page = film(mediaType="tv", number_of_seasons=5, number_of_episodes=1, runtime=47)
    assert "<li>47 min an episode</li>" in page
    assert "<li>5 seasons, 1 episode</li>" in page


def test_offers_are_told_by_kind_with_credit_to_their_source(film: PageOf) -> None:
    watch = section(film(), "watch")
    assert re.findall("<h3>([^<]+)", watch) == ["With a subscription", "To rent"]
    assert f'<img src="{bodies.IMAGES}/w92/n.jpg" alt="" width="92" height="92" loading="lazy">Netflix' in watch
    assert "<li>Apple TV</li>" in watch
    assert links(watch) == [
        ("https://www.themoviedb.org/movie/603/watch?locale=SE", "All offers and prices"),
        ("https://www.justwatch.com", "JustWatch"),
    ]


def test_services_that_the_catalogue_names_itself_are_credited_to_nobody(film: PageOf) -> None:
    page = film(attribution=[])
    assert "With a subscription" in page
    assert "justwatch" not in page


def test_another_country_is_chosen_by_a_plain_form(page_of: PageOf) -> None:
    watch = section(page_of("/media/movie/603?language=fr", bodies.title()), "watch")
    assert '<form class="chooser" method="get" action="/media/movie/603#watch">' in watch
    assert '<input type="hidden" name="language" value="fr">' in watch
    assert re.findall(r'<option value="(\w+)" data-region( selected)?>', watch) == [("SE", " selected"), ("US", "")]


def test_without_offers_a_sentence_says_so(film: PageOf) -> None:
    nowhere = {**bodies.title()["providers"], "region": "FJ", "stream": [], "rent": []}
    watch = section(film(providers=nowhere), "watch")
    assert 'No services are known for <span data-region="FJ">FJ</span>.' in watch
    assert re.findall(r'<option value="(\w+)" data-region( selected)?>', watch)[0] == ("FJ", " selected")
    assert "justwatch" not in watch


def test_trailers_open_elsewhere_and_nothing_is_framed(film: PageOf) -> None:
    page = film()
    link = '<a href="https://www.youtube.com/watch?v=m8e-FF8MsqU" target="_blank" rel="noopener">Official Trailer'
    assert link in section(page, "trailers")
    assert "<iframe" not in page
    assert re.findall(r'<a (?=[^>]*target="_blank")(?![^>]*rel="noopener")[^>]*>', page) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "http://", "http://[", None])
def test_what_is_no_web_address_is_no_link(film: PageOf, address: str | None) -> None:
    trailer = {**bodies.title()["trailers"][0], "url": address}
    providers = {**bodies.title()["providers"], "link": address}
    page = film(homepage=address, trailers=[trailer], providers=providers)
    shown = page[: page.index('id="answer"')]
    assert "Its own website" not in shown
    assert "Official Trailer" not in shown
    assert "All offers" not in shown
    assert "javascript" not in shown


def test_the_cast_has_faces_or_initials_and_leads_to_pages(film: PageOf) -> None:
    page = section(film(), "cast")
    assert f'<img class="face" src="{bodies.IMAGES}/w185/neo.jpg" alt="" width="185" height="278"' in page
    assert '<span class="face" aria-hidden="true">CM</span>' in page
    assert '<strong>Carrie-Anne Moss</strong></a><span class="soft">Trinity</span>' in page
    people, rest = page.split("<details>")
    assert re.findall(r'<a href="/media/person/(\d+)">', people) == [
        "6384", "530", *(str(1000 + number) for number in range(10)),
    ]  # fmt: skip
    assert re.findall(r'<a href="/media/person/(\d+)">', rest) == ["1010", "1011"]


def test_the_crew_stands_by_job(film: PageOf) -> None:
    crew = section(film(), "crew")
    assert re.findall("<dt>([^<]+)", crew) == ["Director", "Writer"]
    assert links(crew) == [
        ("/media/person/9340", "Lana Wachowski"),
        ("/media/person/9339", "Lilly Wachowski"),
        ("/media/person/9340", "Lana Wachowski"),
    ]


def test_a_keyword_leads_to_titles_with_it_by_number_or_name(film: PageOf) -> None:
    assert links(section(film(), "keywords")) == [
        ("/discover?type=movie&amp;keywords=4565", "dystopia"),
        ("/discover?type=movie&amp;keywords=man%20%26%20machine", "man &amp; machine"),
    ]


def test_a_stale_answer_says_its_age(film: PageOf) -> None:
    sentence = "Facts of 3 weeks ago; TMDB cannot be reached at the moment."
    assert sentence in film(stale=True, ageSeconds=1_900_000)
    assert sentence not in film(stale=False, ageSeconds=1_900_000)


def test_strangers_are_asked_to_sign_in_and_others_can_keep_the_title(
    film: PageOf, request: pytest.FixtureRequest
) -> None:
    page = film()
    assert 'action="/user/favourites"' not in page
    assert (
        '<a class="button quiet" href="/auth/signin?next=%2Fmedia%2Fmovie%2F603">Sign in to keep it on a list</a>'
        in page
    )
    request.getfixturevalue("signed_in")
    page = film()
    forms = re.findall(r'<form method="post" action="(/user/\w+)" data-method="POST".*?</form>', page, re.DOTALL)
    assert forms == ["/user/favourites", "/user/watchlist"]
    assert page.count('<input type="hidden" name="mediaId" value="603" data-sent>') == 2
    assert page.count('<input type="hidden" name="mediaType" value="movie" data-sent>') == 2
    assert page.count('name="csrfmiddlewaretoken"') == 3
    assert "Sign in to keep" not in page


def test_it_leads_to_titles_like_it(film: PageOf) -> None:
    assert '<a class="button quiet" href="/media/movie/603/similar">Titles like this</a>' in film()


def test_the_sources_are_named_and_tmdb_has_its_logo(film: PageOf) -> None:
    page = film()
    sources = page[page.index('<section class="sources"') : page.index('id="answer"')]
    assert 'src="https://www.themoviedb.org/assets/2/v4/logos/v2/blue_short-' in sources
    assert 'alt="The Movie Database (TMDB)" width="154" height="20"' in sources
    assert "This product uses the TMDB API but is not endorsed or certified by TMDB." in sources
    assert "JustWatch" not in sources
    assert page.count('href="https://www.justwatch.com"') == 1
    assert 'class="sources"' not in film(attribution=[])


def test_the_answer_itself_is_folded_away_below(film: PageOf) -> None:
    page = film()
    assert "<summary>The same as JSON, for programs</summary>" in page
    assert "&quot;imdb_id&quot;: &quot;tt0133093&quot;" in page


def test_nothing_of_it_is_inline(film: PageOf, actor: PageOf) -> None:
    for page in (film(), actor()):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)", page)
        assert [page.count(f"<{name}") for name in ("main", "h1", "header", "footer")] == [1, 1, 1, 1]


def test_a_title_of_which_little_is_known_is_a_page_too(film: PageOf) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("tagline", "runtime", "homepage", "imdb_id", "certification", "release_date", "refreshedAt", "ageSeconds")
    )
    lists = ("cast", "crew", "keywords", "trailers", "genres", "providerRegions", "alternative_titles")
    empty: dict[str, Any] = {name: [] for name in lists}
    offers: dict[str, Any] = {"region": "US", "link": None, "stream": [], "free": [], "ads": [], "rent": [], "buy": []}
    page = film(**nothing, **empty, providers=offers, vote_count=0, overview="")
    shown = page[: page.index('id="answer"')]
    assert '<h1 id="title">The Matrix</h1>' in shown
    assert re.findall("<h2[^>]*>([^<]+)", shown) == ["Where to watch"]
    assert "None" not in shown
    assert "of 10" not in shown


def test_an_error_at_a_titles_address_is_the_usual_page(page_of: PageOf) -> None:
    refusal = {"error": "There is no such title.", "code": "NotFound"}
    page = page_of("/media/movie/603", refusal, status=404)
    assert "<title>There is no such title \N{EN DASH} MovieRec</title>" in page
    assert '<h1 id="outcome" tabindex="-1">There is no such title</h1>' in page
    assert page.count('id="outcome"') == 1
    assert 'class="title"' not in page


def test_a_person_is_told_of(actor: PageOf) -> None:
    page = actor()
    assert '<h1 id="person">Keanu Reeves</h1>' in page
    assert "<dd>2 September 1964, Beirut, Lebanon</dd>" in page
    assert "Died" not in page
    assert "<p>An actor.</p>\n\n<p>With &lt;two&gt; paragraphs.</p>" in page
    assert f'<img class="poster" src="{bodies.IMAGES}/w185/neo.jpg" srcset="{bodies.IMAGES}/w45/neo.jpg 45w, ' in page
    assert 'width="185" height="278"' in page


def test_a_persons_titles_are_cards_with_the_part(actor: PageOf) -> None:
    page = actor()
    assert re.findall(r'<a class="card" href="([^"]+)">', page) == ["/media/movie/603", "/media/movie/245891"]
    assert "<strong>The Matrix (1999)</strong>\n      </a>\n      <p>Neo</p>" in page


def test_a_person_of_whom_the_name_is_known_has_initials(actor: PageOf) -> None:
    page = actor(
        images={"profile": []},
        biography="",
        birthday=None,
        birthplace="",
        department=None,
        also_known_as=[],
        results=[],
    )
    assert '<span class="poster face" aria-hidden="true">KR</span>' in page
    assert "<dt>" not in page[: page.index('id="answer"')]
    assert 'id="titles"' not in page
