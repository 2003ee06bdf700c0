"""Answers of the catalogue as its endpoints give them, for the tests of the pages that show them."""

from __future__ import annotations

from typing import Any

IMAGES = "https://image.tmdb.org/t/p"
TMDB = {
    "source": "TMDB",
    "text": "This product uses the TMDB API but is not endorsed or certified by TMDB.",
    "url": "https://www.themoviedb.org",
}
JUSTWATCH = {"source": "JustWatch", "text": "Where titles can be watched.", "url": "https://www.justwatch.com"}


def picture(path: str, name: str, width: int, height: int) -> dict[str, Any]:
    return {"url": f"{IMAGES}/{name}/{path}", "width": width, "height": height}


def listed(media_id: int, title: str, *, media_type: str = "movie", **changes: Any) -> dict[str, Any]:
    """A title of a list."""
    item = {
        "id": media_id,
        "media_type": media_type,
        "title": title,
        "release_date": "1999-03-31",
        "posterUrl": f"{IMAGES}/w500/{media_id}.jpg",
        "posterWidth": 500,
        "posterHeight": 750,
    }
    return {**item, **changes}


def somebody(person_id: int, name: str, **more: Any) -> dict[str, Any]:
    """A person of a title's cast or crew, without a photograph."""
    return {"id": person_id, "name": name, "profile_path": None, "profile": None, **more}


def title(**changes: Any) -> dict[str, Any]:
    """A film with all that can be known of one."""
    body = {
        **listed(603, "The Matrix"),
        "original_title": "The Matrix",
        "original_language": "en",
        "overview": "A programmer learns what his world <is>.",
        "vote_average": 8.22,
        "vote_count": 26_123,
        "mediaId": "603",
        "mediaType": "movie",
        "tagline": "Free your mind",
        "runtime": 136,
        "status": "Released",
        "homepage": "http://www.example.com/matrix",
        "imdb_id": "tt0133093",
        "number_of_seasons": None,
        "number_of_episodes": None,
        "genres": [{"id": 28, "name": "Action"}, {"id": 878, "name": "Science Fiction"}, {"id": 1, "name": None}],
        "origin_country": ["US"],
        "cast": [
            somebody(6384, "Keanu Reeves", character="Neo") | {"profile": picture("neo.jpg", "w185", 185, 278)},
            somebody(530, "Carrie-Anne Moss", character="Trinity"),
            *(somebody(1000 + number, f"Player {number}", character="") for number in range(12)),
        ],
        "crew": [
            somebody(9340, "Lana Wachowski", job="Director"),
            somebody(9339, "Lilly Wachowski", job="Director"),
            somebody(9340, "Lana Wachowski", job="Writer"),
        ],
        "keywords": [{"id": 4565, "name": "dystopia"}, {"id": None, "name": "man & machine"}],
        "certification": "R",
        "certifications": {"US": "R"},
        "trailers": [
            {
                "site": "YouTube", "key": "m8e-FF8MsqU", "name": "Official Trailer", "kind": "Trailer",
                "language": "en", "official": True, "published_at": None,
                "url": "https://www.youtube.com/watch?v=m8e-FF8MsqU",
            }
        ],
        "providers": {
            "region": "SE",
            "link": "https://www.themoviedb.org/movie/603/watch?locale=SE",
            "stream": [{"id": 8, "name": "Netflix", "logo": picture("n.jpg", "w92", 92, 92)}],
            "free": [],
            "ads": [],
            "rent": [{"id": 2, "name": "Apple TV", "logo": None}],
            "buy": [],
        },
        "providerRegions": ["SE", "US"],
        "images": {
            "poster": [picture("603.jpg", "w92", 92, 138), picture("603.jpg", "w500", 500, 750)],
            "backdrop": [picture("back.jpg", "w300", 300, 169), picture("back.jpg", "w1280", 1280, 720)],
        },
        "alternative_titles": ["Matrix 1"],
        "language": "en",
        "source": "tmdb",
        "refreshedAt": "2026-01-02T00:00:00.000Z",
        "ageSeconds": 60,
        "stale": False,
        "attribution": [TMDB, JUSTWATCH],
    }  # fmt: skip
    return {**body, **changes}


def person(**changes: Any) -> dict[str, Any]:
    """A person with all that can be known of one."""
    body = {
        "id": 6384,
        "media_type": "person",
        "name": "Keanu Reeves",
        "biography": "An actor.\n\nWith <two> paragraphs.",
        "birthday": "1964-09-02",
        "deathday": None,
        "birthplace": "Beirut, Lebanon",
        "department": "Acting",
        "profile_path": "/neo.jpg",
        "images": {"profile": [picture("neo.jpg", "w45", 45, 68), picture("neo.jpg", "w185", 185, 278)]},
        "also_known_as": ["Keanu Charles Reeves"],
        "results": [listed(603, "The Matrix", role="Neo"), listed(245891, "John Wick", role="John Wick")],
        "source": "tmdb",
        "refreshedAt": "2026-01-02T00:00:00.000Z",
        "ageSeconds": 60,
        "stale": False,
        "attribution": [TMDB],
    }
    return {**body, **changes}
