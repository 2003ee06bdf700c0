"""Titles, people and finds that are there are answered as the OpenAPI document describes them."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from schemathesis.specs.openapi.checks import response_headers_conformance, response_schema_conformance

from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.wsgi import application
from tests.stand_ins.tmdb_bodies import list_body, movie_body, movie_entry, person_body, person_entry, tv_body
from tests.stand_ins.tmdb_server import TmdbServer

OPERATIONS = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_wsgi("/schema", application).get_all_operations()
}


@pytest.mark.parametrize(
    ("label", "path", "query"),
    [
        ("GET /media/{media_type}/{media_id}", {"media_type": "movie", "media_id": 603}, {}),
        ("GET /media/{media_type}/{media_id}", {"media_type": "tv", "media_id": 1396}, {"language": "fr"}),
        ("GET /media/person/{person_id}", {"person_id": 500}, {}),
        ("GET /search", {}, {"q": "A Film"}),
        ("GET /search", {}, {"q": "A Player"}),
        ("GET /search", {}, {"q": "xylophone"}),
    ],
)
def test_what_is_there_is_as_described(
    tables: None, tmdb: TmdbServer, label: str, path: dict[str, Any], query: dict[str, str]
) -> None:
    film = CatalogueTitle("movie", 11, "A Film", "demo", cast=("A Player",))
    publish_index(build_index([FullTitle(film)], built_at="2026-05-01T12:00:00.000Z"))
    tmdb.answers("movie/603", movie_body(603))
    tmdb.answers("tv/1396", tv_body(1396))
    tmdb.answers("person/500", person_body(500))
    tmdb.answers("search/multi", list_body([movie_entry(603, media_type="movie"), person_entry(500)]))
    case = OPERATIONS[label].Case(path_parameters=path, query=query)
    response = case.call(headers={"Accept": "application/json"})
    assert response.status_code == 200
    case.validate_response(response, checks=[response_headers_conformance, response_schema_conformance])
    assert "results" not in response.json() or response.json()["results"]
