"""Recorded answers of TMDB, none of which is part of the project."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from apps.media.details import Offers
from apps.media.errors import SourceError
from apps.media.genres import GENRES
from apps.media.providers.demo.fields import CERTIFICATIONS
from apps.media.providers.interface import Listed
from apps.media.providers.tmdb.parsing import full_title, listed, person
from apps.media.titles import FullTitle, full_from_row, full_to_row
from movierec.dynamo.plain import to_plain, to_wire

RECORDINGS = settings.BASE_DIR.parent / "shared/data/tmdb/recordings.jsonl"
NOW = "2026-08-30T12:00:00.000Z"

pytestmark = pytest.mark.skipif(not RECORDINGS.is_file(), reason=f"{RECORDINGS} is not here")

Recorded = Callable[..., Any]
PARSERS: tuple[Callable[[Any], object], ...] = (
    lambda body: full_title("movie", body, refreshed_at=NOW, languages=("en", "es", "fr")),
    lambda body: full_title("tv", body, refreshed_at=NOW, languages=("en", "es", "fr")),
    listed,
    lambda body: listed(body, media_type="movie"),
    lambda body: listed(body, media_type="tv"),
    lambda body: listed(body, media_type="person"),
    lambda body: person(body, refreshed_at=NOW),
)


@pytest.fixture(scope="module")
def recordings() -> list[dict[str, Any]]:
    return [json.loads(line) for line in RECORDINGS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def recorded(recordings: list[dict[str, Any]]) -> Recorded:
    """The body that a path, without /3/, was answered with for a query."""

    def body(path: str, **query: str) -> Any:
        return next(each["body"] for each in recordings if each["path"] == f"/3/{path}" and each["query"] == query)

    return body


@pytest.fixture(scope="module")
def film(recorded: Recorded) -> FullTitle:
    """A film as one call answers it, put together from a recording of each part."""
    parts = ("credits", "keywords", "videos", "release_dates", "translations", "watch/providers")
    appended = {part: recorded(f"movie/47964/{part}") for part in parts}
    alternative = {"alternative_titles": recorded("movie/47964/alternative_titles", country="US")}
    body = {**recorded("movie/47964"), **appended, **alternative}
    return full_title("movie", body, refreshed_at=NOW, languages=("es", "fr", "xh"))


@pytest.fixture(scope="module")
def series(recorded: Recorded) -> FullTitle:
    parts = (
        "credits", "keywords", "videos", "content_ratings", "translations", "alternative_titles", "watch/providers",
    )  # fmt: skip
    appended = {part: recorded(f"tv/1396/{part}") for part in parts}
    return full_title("tv", {**recorded("tv/1396"), **appended}, refreshed_at=NOW, languages=("es", "fr"))


def parsed_paths(recordings: list[dict[str, Any]], parser: Callable[[Any], object]) -> set[str]:
    """The paths of the bodies that a parser takes; any error but a source's fails the test."""
    found = set()
    for each in recordings:
        try:
            parser(each["body"])
        except SourceError:
            continue
        found.add(each["path"])
    return found


def matching(recordings: list[dict[str, Any]], pattern: str) -> set[str]:
    return {each["path"] for each in recordings if each["status"] == 200 and re.fullmatch(pattern, each["path"])}


def test_every_recording_is_parsed_or_refused(recordings: list[dict[str, Any]]) -> None:
    assert len(recordings) == 353
    as_film, as_series, as_list, *as_others, as_person = (parsed_paths(recordings, parser) for parser in PARSERS)
    assert as_film == matching(recordings, r"/3/movie/(\d+|tt\d+|latest)")
    assert as_series >= matching(recordings, r"/3/tv/(\d+|latest)")
    assert as_person >= matching(recordings, r"/3/person/(\d+|latest)")
    pages = {each["path"] for each in recordings if isinstance(each["body"], dict)
             and isinstance(each["body"].get("results"), list)}  # fmt: skip
    assert as_list == pages
    assert as_others == [pages, pages, pages]
    refused = {each["path"] for each in recordings if each["status"] != 200}
    assert len(refused) == 11
    assert refused.isdisjoint(as_film | as_series | as_list | as_person)


def test_lists_of_titles_lose_nothing(recordings: list[dict[str, Any]]) -> None:
    paths = ("discover/", "popular", "top_rated", "upcoming", "now_playing", "airing_today", "on_the_air",
             "recommendations", "similar", "trending/", "search/movie", "search/tv", "search/person", "search/multi",
             "keyword/33705/movies", "company/25/movies", "person/popular")  # fmt: skip
    pages = [each["body"] for each in recordings if any(path in each["path"] for path in paths)]
    pages = [body for body in pages if "results" in body]
    assert len(pages) == 78
    for body in pages:
        found = listed(body)
        assert found.skipped == 0
        assert len(found.titles) + len(found.people) == len(body["results"])
        assert (found.page, found.total_results) == (body["page"], body["total_results"])
        expected = [entry["id"] for entry in body["results"] if "known_for" not in entry]
        assert [title.media_id for title in found.titles] == expected or found.people


def test_genres_are_those_of_the_catalogue(recorded: Recorded) -> None:
    for media_type, known in GENRES.items():
        assert {genre["id"]: genre["name"] for genre in recorded(f"genre/{media_type}/list")["genres"]} == known


def test_mixed_results_of_a_search(recorded: Recorded) -> None:
    found = listed(recorded("search/multi", query="Arrow", page="1", include_adult="false"))
    assert (len(found.titles), len(found.people), found.skipped) == (18, 2, 0)
    assert (found.page, found.total_pages, found.total_results) == (1, 17, 330)
    arrow = found.titles[0]
    assert (arrow.key, arrow.title, arrow.release_date) == (("tv", 1412), "Arrow", "2012-10-10")
    assert (arrow.genres, arrow.countries, arrow.language) == ((80, 18, 10759), ("US",), "en")
    assert {title.media_type for title in found.titles} == {"movie", "tv"}


def test_people_of_a_list_are_known_for_titles(recorded: Recorded) -> None:
    (found,) = listed(recorded("search/person", query="Bryan Cranston", include_adult="false")).people
    assert (found.person_id, found.name, found.department) == (17419, "Bryan Cranston", "Acting")
    known_for = [credit.title.key for credit in found.cast]
    assert known_for == [("tv", 1396), ("movie", 399174), ("movie", 64690)]


def test_titles_marked_as_soft_pornography_are_no_reason_to_know_a_person(recorded: Recorded) -> None:
    body = recorded("person/popular")
    marked = {entry["id"] for each in body["results"] for entry in each["known_for"] if entry["softcore"]}
    shown = {credit.title.media_id for each in listed(body).people for credit in each.cast}
    assert marked == {865463}
    assert not marked & shown


def test_pages_that_hold_no_titles_are_skipped_whole(recorded: Recorded) -> None:
    found = listed(recorded("search/collection", query="007", page="1"))
    assert found == Listed(page=1, total_pages=1, total_results=2, skipped=2)


def test_facts_of_a_film(film: FullTitle) -> None:
    facts = film.facts
    assert (facts.key, facts.title, facts.source) == (("movie", 47964), "A Good Day to Die Hard", "tmdb")
    assert (facts.release_date, facts.runtime, facts.language) == ("2013-02-06", 98, "en")
    assert (facts.genres, facts.countries, facts.certification) == ((28, 53), ("US",), "R")
    assert facts.makers == ("John Moore",)
    assert facts.cast[:2] == ("Bruce Willis", "Jai Courtney")
    assert len(facts.cast) == 10
    assert (facts.renown, facts.vote_average, facts.vote_count) == (None, 0.0, 0)
    assert facts.acclaim == ("blockbuster",)
    assert facts.refreshed_at == NOW
    assert facts.poster_path
    assert facts.poster_path.endswith(".jpg")


def test_details_of_a_film(film: FullTitle) -> None:
    details = film.details
    assert details is not None
    assert (details.imdb_id, details.status, details.seasons) == ("tt1606378", "Released", None)
    assert (details.cast[0].person_id, details.cast[0].role) == (62, "John McClane")
    assert (len(details.cast), len(details.keywords), len(details.videos)) == (40, 20, 13)
    assert details.crew[0].role == "Director"
    assert "Stunts" not in {credit.role for credit in details.crew}
    assert [video.kind for video in details.videos[:5]] == ["Trailer", "Trailer", "Trailer", "Teaser", "Featurette"]
    assert details.videos[0].published_at == "2013-02-05T10:08:38.000Z"
    assert len(details.certifications) == 27
    assert (details.certifications["DE"], details.certifications["CZ"], details.certifications["US"]) == (
        "16", "15+", "R",
    )  # fmt: skip
    assert "AR" not in details.certifications
    assert details.alternative_titles == ("Die Hard 5", "Die Hard 5: A Good Day to Die Hard")


def test_offers_of_a_film(film: FullTitle, recorded: Recorded) -> None:
    told = recorded("movie/47964/watch/providers")["results"]
    details = film.details
    assert details is not None
    assert list(details.offers) == sorted(told)
    american = details.offers["US"]
    assert [len(kind) for kind in (american.stream, american.free, american.ads, american.rent, american.buy)] == [
        3, 0, 0, 5, 5,
    ]  # fmt: skip
    assert american.buy == (10, 2, 3, 192, 7)
    assert american.link
    assert american.link.startswith("https://www.themoviedb.org/movie/47964")
    every = {
        entry["provider_id"]
        for offers in told.values()
        for kind, entries in offers.items()
        if kind != "link"
        for entry in entries
    }
    assert [provider.provider_id for provider in details.providers] == sorted(every)
    assert "SE/disney" in film.facts.services


def test_translations_of_a_film(film: FullTitle, recorded: Recorded) -> None:
    told = recorded("movie/47964/translations")["translations"]
    spanish = next(entry["data"] for entry in told if (entry["iso_639_1"], entry["iso_3166_1"]) == ("es", "ES"))
    assert set(film.translations) == {"es", "fr"}
    assert film.translations["es"].title == spanish["title"]


def test_facts_of_a_series(series: FullTitle) -> None:
    facts = series.facts
    assert (facts.key, facts.title, facts.release_date) == (("tv", 1396), "Breaking Bad", "2008-01-20")
    assert (facts.runtime, facts.genres, facts.countries) == (56, (18, 80), ("US",))
    assert (facts.makers, facts.cast[0], facts.certification) == (("Vince Gilligan",), "Bryan Cranston", "TV-MA")
    assert facts.certification in CERTIFICATIONS
    assert {"drug dealer", "violent", "violence", "dark and moody"} <= set(facts.keywords)
    assert facts.services[0] == "netflix"


def test_details_of_a_series(series: FullTitle, recorded: Recorded) -> None:
    details = series.details
    assert details is not None
    assert (details.seasons, details.episodes, details.status) == (5, 62, "Ended")
    assert (len(details.cast), len(details.keywords), len(details.videos)) == (8, 28, 1)
    assert (details.crew[0].name, details.crew[0].role) == ("Vince Gilligan", "Creator")
    assert (details.certifications["ES"], details.certifications["MX"]) == ("16", "C")
    assert len(details.alternative_titles) == 30
    assert set(series.translations) == {"es", "fr"}
    assert (series.translations["es"].title, bool(series.translations["es"].overview)) == ("", True)


def test_the_cast_of_a_whole_series(recorded: Recorded) -> None:
    body = {"id": 96677, "name": "Lupin", "aggregate_credits": recorded("tv/96677/aggregate_credits")}
    details = full_title("tv", body, refreshed_at=NOW, languages=()).details
    assert details is not None
    assert (details.cast[0].person_id, details.cast[0].role) == (78423, "Assane Diop")
    assert len(details.cast) == 40
    assert "Director of Photography" in {credit.role for credit in details.crew}


def test_every_recorded_offer_is_kept(recordings: list[dict[str, Any]]) -> None:
    titles = [each for each in recordings if re.fullmatch(r"/3/(movie|tv)/\d+/watch/providers", each["path"])]
    assert len(titles) == 114
    for each in titles:
        body = {"id": 1, "title": "x", "watch/providers": each["body"]}
        details = full_title("movie", body, refreshed_at=NOW, languages=()).details
        assert details is not None
        known = {provider.provider_id for provider in details.providers}
        assert set(details.offers) == {code for code, told in each["body"]["results"].items() if set(told) - {"link"}}
        for code, told in each["body"]["results"].items():
            offers = details.offers.get(code, Offers())
            counts = [len(numbers) for numbers in (offers.stream, offers.free, offers.ads, offers.rent, offers.buy)]
            expected = [len(told.get(kind, ())) for kind in ("flatrate", "free", "ads", "rent", "buy")]
            assert counts == [min(20, count) for count in expected]
            assert known.issuperset((*offers.stream, *offers.rent))


def test_a_person_with_every_credit(recorded: Recorded) -> None:
    body = recorded("person/62", append_to_response="combined_credits")
    found = person(body, refreshed_at=NOW)
    assert (found.person_id, found.name, found.birthday, found.deathday) == (62, "Bruce Willis", "1955-03-19", None)
    assert (found.department, found.refreshed_at) == ("Acting", NOW)
    assert len(found.cast) == 200
    assert len(found.crew) == len({(each["id"], each["job"]) for each in body["combined_credits"]["crew"]})
    assert ("movie", 5) in {credit.title.key for credit in found.cast}
    assert {credit.title.media_type for credit in found.cast} == {"movie", "tv"}
    assert not any(credit.title.overview for credit in found.cast)
    assert "\n\n" in found.biography


def test_credits_that_were_asked_for_apart(recorded: Recorded) -> None:
    films = person(recorded("person/62", append_to_response="movie_credits"), refreshed_at=NOW)
    series = person(recorded("person/62", append_to_response="tv_credits"), refreshed_at=NOW)
    assert {credit.title.media_type for credit in films.cast} == {"movie"}
    assert {credit.title.media_type for credit in series.cast} == {"tv"}
    assert "Leo (uncredited)" in {credit.role for credit in films.cast}


def test_what_is_recorded_survives_its_row(film: FullTitle, series: FullTitle) -> None:
    for full in (film, series):
        row = to_wire(full_to_row(full, NOW))
        assert full_from_row(to_plain(row)) == full
