"""GET /media/{type}/{id}/similar, which is open to all and the same for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.media.details import Translation
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle, FullTitle
from apps.recommendations.artifacts import serving
from tests.stand_ins.titles import keep_titles

ITEM = {
    "mediaId", "id", "title", "overview", "posterPath", "backdropPath", "posterUrl", "voteAverage", "releaseDate",
    "popularity", "mediaType", "genres", "genreIds", "score", "scoreReasons", "recommendationReason", "reasons",
    "scoreParts",
}  # fmt: skip
WESTERNS = set(range(1, 16))


def keys(response: Any) -> list[tuple[str, int]]:
    assert response.status_code == 200, response.content
    return [(item["mediaType"], item["id"]) for item in response.json()["results"]]


@pytest.mark.usefixtures("trained")
class TestAnswer:
    def test_it_has_exactly_these_members(self, client: Client) -> None:
        body = client.get("/media/movie/3/similar").json()
        assert body.keys() == {"results", "mediaId", "mediaType", "title", "message", "metadata", "attribution"}
        assert (body["mediaId"], body["mediaType"], body["title"]) == ("3", "movie", "Western 3")
        assert body["metadata"] == {"modelVersion": serving().model.version, "fallbackUsed": False}
        assert all(item.keys() == ITEM for item in body["results"])
        assert body["message"] == f"{len(body['results'])} films and series like Western 3."

    def test_it_is_about_the_title(self, client: Client) -> None:
        found = keys(client.get("/media/movie/3/similar?limit=5&mediaType=movie"))
        assert len(found) == 5
        assert {number for _, number in found} <= WESTERNS - {3}

    def test_each_has_a_true_reason(self, client: Client) -> None:
        for item in client.get("/media/movie/3/similar").json()["results"]:
            assert item["recommendationReason"] == item["reasons"][0]["text"]
            assert item["recommendationReason"] in (
                "Liked by people who liked Western 3",
                "Shares Western and Drama with Western 3",
                "Shares Drama with Western 3",
                "About the same things as Western 3",
            )
            assert item["reasons"][0]["titles"] == [{"mediaId": "3", "mediaType": "movie"}]
            assert sum(item["scoreParts"].values()) == pytest.approx(3 * item["score"], abs=0.001)

    def test_one_title_is_spoken_of_as_one(self, client: Client) -> None:
        assert client.get("/media/movie/3/similar?limit=1").json()["message"] == "1 title is like Western 3."

    def test_a_film_and_a_series_of_one_number_are_two(self, client: Client) -> None:
        assert client.get("/media/tv/3/similar").json()["title"] == "Series 3"

    @pytest.mark.parametrize("kind", ["movie", "tv"])
    def test_of_the_kind_wanted(self, client: Client, kind: str) -> None:
        found = keys(client.get(f"/media/movie/3/similar?mediaType={kind}"))
        assert {one for one, _ in found} == {kind}

    def test_a_slash_at_the_end_changes_nothing(self, client: Client) -> None:
        assert keys(client.get("/media/movie/3/similar/")) == keys(client.get("/media/movie/3/similar"))

    @pytest.mark.parametrize(
        ("query", "path", "message"),
        [
            ("limit=0", "limit", "Send at least 1."),
            ("limit=101", "limit", "Send at most 100."),
            ("mediaType=film", "mediaType", "Send movie, tv or both."),
        ],
    )
    def test_wrong_values_are_named(self, client: Client, query: str, path: str, message: str) -> None:
        response = client.get(f"/media/movie/3/similar?{query}")
        assert response.status_code == 400
        assert response.json()["details"] == [{"path": path, "message": message}]


@pytest.mark.usefixtures("trained")
class TestTexts:
    def test_they_are_in_the_language_by_one_read(self, client: Client, operations: list[str]) -> None:
        found = keys(client.get("/media/movie/3/similar?limit=2&mediaType=movie"))
        own = CatalogueTitle("movie", 3, "Western 3", "demo")
        other = CatalogueTitle("movie", found[1][1], "Western", "demo")
        keep_titles(
            [
                FullTitle(own, translations={"fr": Translation("Ouest 3")}),
                FullTitle(other, translations={"fr": Translation("Ouest", "Un cheval.")}),
            ]
        )
        operations.clear()
        response = client.get("/media/movie/3/similar?limit=2&mediaType=movie&language=fr")
        body = response.json()
        assert (response["Content-Language"], body["title"], keys(response)) == ("fr", "Ouest 3", found)
        assert (body["results"][1]["title"], body["results"][1]["overview"]) == ("Ouest", "Un cheval.")
        assert body["message"] == "2 films like Ouest 3."
        assert operations == ["UpdateItem", "BatchGetItem"]

    @pytest.mark.parametrize("query", ["", "?language=fr", "?language=en"])
    def test_what_was_not_translated_is_in_the_fall_back(self, client: Client, query: str) -> None:
        assert client.get(f"/media/movie/3/similar{query}")["Content-Language"] == "en"

    def test_a_text_that_names_no_language_is_refused(self, client: Client) -> None:
        response = client.get("/media/movie/3/similar?language=%7B")
        assert (response.status_code, response.json()["details"][0]["path"]) == (400, "language")

    @pytest.mark.parametrize(("kind", "credited"), [("movie", ["TMDB"]), ("tv", [])])
    def test_pictures_of_tmdb_are_credited(self, client: Client, kind: str, credited: list[str]) -> None:
        body = client.get(f"/media/movie/3/similar?mediaType={kind}").json()
        assert any(item["posterPath"] for item in body["results"]) == bool(credited)
        assert [notice["source"] for notice in body["attribution"]] == credited


@pytest.mark.usefixtures("trained")
class TestUnknownTitles:
    @pytest.mark.parametrize("path", ["movie/999", "tv/30", "film/3", f"movie/{2**53}", f"movie/{10**30}"])
    def test_404(self, client: Client, path: str) -> None:
        response = client.get(f"/media/{path}/similar")
        assert (response.status_code, response.json()["code"]) == (404, "UnknownTitle")

    def test_what_only_the_catalogue_knows_is_compared_by_content(self, client: Client) -> None:
        assert sum(store_titles([CatalogueTitle("movie", 777, "Late Western", "demo", genres=(37, 18))])) == 1
        body = client.get("/media/movie/777/similar?limit=3").json()
        assert body["title"] == "Late Western"
        assert {item["id"] for item in body["results"]} <= WESTERNS
        assert body["results"][0]["recommendationReason"] == "Shares Western and Drama with Late Western"

    def test_one_that_shares_nothing_has_none(self, client: Client) -> None:
        assert sum(store_titles([CatalogueTitle("movie", 777, "Untold", "demo")])) == 1
        body = client.get("/media/movie/777/similar?mediaType=tv").json()
        assert (body["results"], body["message"]) == ([], "No series are known to be like Untold.")


@pytest.mark.usefixtures("trained")
class TestCaching:
    def test_a_repeat_with_the_tag_is_304(self, client: Client) -> None:
        first = client.get("/media/movie/3/similar")
        assert first["Cache-Control"] == "public, max-age=300"
        again = client.get("/media/movie/3/similar", headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Cache-Control"] == first["Cache-Control"]

    def test_another_answer_has_another_tag(self, client: Client) -> None:
        tags = {client.get(f"/media/{path}")["ETag"] for path in ("movie/3/similar", "movie/3/similar?limit=1")}
        assert len(tags) == 2
        stale = client.get("/media/movie/3/similar?limit=2", headers={"if-none-match": next(iter(tags))})
        assert stale.status_code == 200


@pytest.mark.usefixtures("trained")
class TestCalls:
    def test_none_but_the_counter(self, client: Client, operations: list[str]) -> None:
        client.get("/media/movie/3/similar")
        operations.clear()
        client.get("/media/movie/3/similar")
        assert operations == ["UpdateItem"]

    def test_one_read_for_a_title_that_the_model_does_not_have(self, client: Client, operations: list[str]) -> None:
        operations.clear()
        client.get("/media/movie/999/similar")
        assert operations == ["UpdateItem", "GetItem"]

    def test_a_stale_token_bars_nobody_and_is_not_looked_at(self, client: Client, operations: list[str]) -> None:
        operations.clear()
        response = client.get("/media/movie/3/similar", headers={"authorization": "Bearer a.b.c"})
        assert (response.status_code, operations) == (200, ["UpdateItem"])

    def test_it_counts_with_media(self, client: Client, settings: Any) -> None:
        settings.RATE_LIMITS = {"media": 1}
        assert [client.get("/media/movie/3/similar").status_code for _ in range(2)] == [200, 429]


def test_without_a_model_content_stands_in_and_the_answer_says_so(untrained: Path, client: Client) -> None:
    body = client.get("/media/movie/3/similar?limit=5&mediaType=movie").json()
    assert body["metadata"]["fallbackUsed"] is True
    assert {item["id"] for item in body["results"]} <= WESTERNS
    assert len(body["results"]) == 5
