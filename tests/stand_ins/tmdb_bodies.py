"""Answers in TMDB's shapes with content of our own, for tests of whatever asks TMDB.

Every builder makes a new body each time. A keyword argument replaces the field of that name, and `ABSENT` takes it
out: `movie_body(603, title="Other", runtime=ABSENT)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

Body = dict[str, Any]

ABSENT: Final = object()
_OVERVIEW = "Two keepers of a lighthouse find a map that nobody drew."
_NAMES_OF_ERRORS = {
    6: "Invalid id: the given number is not known.",
    7: "Invalid API key: a key must be granted.",
    9: "Service offline: try again later.",
    22: "Invalid page: pages start at 1 and end at 500.",
    25: "Too many requests: over the limit of requests.",
    34: "The resource cannot be found.",
    43: "The backend server did not answer.",
    46: "The API is undergoing maintenance.",
}


def movie_body(media_id: int = 603, **changes: Any) -> Body:
    """What `movie/{id}` answers with everything appended."""
    body = {
        "adult": False,
        "backdrop_path": f"/backdrop{media_id}.jpg",
        "belongs_to_collection": None,
        "budget": 63_000_000,
        "genres": [{"id": 28, "name": "Action"}, {"id": 878, "name": "Science Fiction"}],
        "homepage": f"https://example.org/film/{media_id}",
        "id": media_id,
        "imdb_id": f"tt{media_id:07d}",
        "origin_country": ["US"],
        "original_language": "en",
        "original_title": f"Film {media_id}",
        "overview": _OVERVIEW,
        "popularity": 81.5,
        "poster_path": f"/poster{media_id}.jpg",
        "production_companies": [{"id": 79, "logo_path": None, "name": "Lantern Works", "origin_country": "US"}],
        "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "release_date": "1999-03-31",
        "revenue": 463_000_000,
        "runtime": 136,
        "softcore": False,
        "spoken_languages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "status": "Released",
        "tagline": "Follow the light.",
        "title": f"Film {media_id}",
        "video": False,
        "vote_average": 8.2,
        "vote_count": 26_000,
        "credits": credits_body(),
        "keywords": {"keywords": [{"id": 310, "name": "artificial intelligence"}, {"id": 4565, "name": "dystopia"}]},
        "videos": videos_body(),
        "release_dates": {
            "results": [
                {
                    "iso_3166_1": "US",
                    "release_dates": [
                        _release("", 1, "1999-03-24T00:00:00.000Z"),
                        _release("R", 3, "1999-03-31T00:00:00.000Z"),
                        _release("NR", 5, "1999-09-21T00:00:00.000Z"),
                    ],
                },
                {"iso_3166_1": "DE", "release_dates": [_release("16", 3, "1999-06-17T00:00:00.000Z")]},
                {"iso_3166_1": "AR", "release_dates": [_release("", 3, "1999-06-10T00:00:00.000Z")]},
            ]
        },
        "watch/providers": {"results": offers_body(f"movie/{media_id}")},
        "alternative_titles": {
            "titles": [
                {"iso_3166_1": "DE", "title": f"Lichtfilm {media_id}", "type": ""},
                {"iso_3166_1": "US", "title": f"Motion Picture {media_id}", "type": "working title"},
            ]
        },
        "translations": translations_body(media_id, "title"),
        "external_ids": {"imdb_id": f"tt{media_id:07d}", "wikidata_id": f"Q{media_id}", "facebook_id": None},
    }
    return _changed(body, changes)


def tv_body(media_id: int = 1396, **changes: Any) -> Body:
    """What `tv/{id}` answers with everything appended."""
    body = {
        "adult": False,
        "backdrop_path": f"/backdrop{media_id}.jpg",
        "created_by": [{"id": 66633, "credit_id": "c1", "name": "Maker One", "gender": 0, "profile_path": None}],
        "episode_run_time": [],
        "first_air_date": "2008-01-20",
        "genres": [{"id": 18, "name": "Drama"}, {"id": 10765, "name": "Sci-Fi & Fantasy"}],
        "homepage": f"https://example.org/series/{media_id}",
        "id": media_id,
        "in_production": False,
        "languages": ["en"],
        "last_air_date": "2013-09-29",
        "last_episode_to_air": {"id": 62161, "name": "The Last Lamp", "runtime": 56, "season_number": 5},
        "name": f"Series {media_id}",
        "networks": [{"id": 174, "logo_path": None, "name": "Harbour TV", "origin_country": "US"}],
        "next_episode_to_air": None,
        "number_of_episodes": 62,
        "number_of_seasons": 5,
        "origin_country": ["US"],
        "original_language": "en",
        "original_name": f"Series {media_id}",
        "overview": _OVERVIEW,
        "popularity": 250.25,
        "poster_path": f"/poster{media_id}.jpg",
        "production_companies": [],
        "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
        "seasons": [{"id": 3572, "name": "Season 1", "episode_count": 7, "season_number": 1, "air_date": "2008-01-20"}],
        "softcore": False,
        "spoken_languages": [{"english_name": "English", "iso_639_1": "en", "name": "English"}],
        "status": "Ended",
        "tagline": "Keep watch.",
        "type": "Scripted",
        "vote_average": 8.9,
        "vote_count": 14_000,
        "aggregate_credits": aggregate_credits_body(),
        "keywords": {"results": [{"id": 2231, "name": "Lighthouse"}, {"id": 310, "name": "artificial intelligence"}]},
        "videos": videos_body(),
        "content_ratings": {
            "results": [
                {"descriptors": [], "iso_3166_1": "DE", "rating": "16"},
                {"descriptors": [], "iso_3166_1": "US", "rating": "TV-MA"},
            ]
        },
        "watch/providers": {"results": offers_body(f"tv/{media_id}")},
        "alternative_titles": {"results": [{"iso_3166_1": "DE", "title": f"Lichtserie {media_id}", "type": ""}]},
        "translations": translations_body(media_id, "name"),
        "external_ids": {"imdb_id": f"tt{media_id:07d}", "tvdb_id": 81189, "wikidata_id": f"Q{media_id}"},
    }
    return _changed(body, changes)


def person_body(person_id: int = 500, **changes: Any) -> Body:
    """What `person/{id}` answers with `combined_credits` and `external_ids` appended."""
    body = {
        "adult": False,
        "also_known_as": [f"P. {person_id}"],
        "biography": "Began on the stage of a harbour town.\n\nMoved to films later.",
        "birthday": "1962-07-03",
        "deathday": None,
        "gender": 2,
        "homepage": None,
        "id": person_id,
        "imdb_id": f"nm{person_id:07d}",
        "known_for_department": "Acting",
        "name": f"Person {person_id}",
        "place_of_birth": "Harbour, New York, USA",
        "popularity": 24.5,
        "profile_path": f"/profile{person_id}.jpg",
        "combined_credits": {
            "cast": [
                movie_entry(603, media_type="movie", character="Keeper", credit_id="k1", order=0),
                tv_entry(1396, media_type="tv", character="Guest", credit_id="k2", episode_count=3),
            ],
            "crew": [movie_entry(604, media_type="movie", job="Producer", department="Production", credit_id="k3")],
        },
        "external_ids": {"id": person_id, "imdb_id": f"nm{person_id:07d}"},
    }
    return _changed(body, changes)


def movie_entry(media_id: int = 603, **changes: Any) -> Body:
    """A film as lists have it; `media_type` stands only in mixed lists, so give it where it should."""
    body = {
        "adult": False,
        "backdrop_path": f"/backdrop{media_id}.jpg",
        "genre_ids": [28, 878],
        "id": media_id,
        "original_language": "en",
        "original_title": f"Film {media_id}",
        "overview": _OVERVIEW,
        "popularity": 81.5,
        "poster_path": f"/poster{media_id}.jpg",
        "release_date": "1999-03-31",
        "softcore": False,
        "title": f"Film {media_id}",
        "video": False,
        "vote_average": 8.2,
        "vote_count": 26_000,
    }
    return _changed(body, changes)


def tv_entry(media_id: int = 1396, **changes: Any) -> Body:
    """A series as lists have it; `media_type` stands only in mixed lists, so give it where it should."""
    body = {
        "adult": False,
        "backdrop_path": f"/backdrop{media_id}.jpg",
        "first_air_date": "2008-01-20",
        "genre_ids": [18, 10765],
        "id": media_id,
        "name": f"Series {media_id}",
        "origin_country": ["US"],
        "original_language": "en",
        "original_name": f"Series {media_id}",
        "overview": _OVERVIEW,
        "popularity": 250.25,
        "poster_path": f"/poster{media_id}.jpg",
        "softcore": False,
        "vote_average": 8.9,
        "vote_count": 14_000,
    }
    return _changed(body, changes)


def person_entry(person_id: int = 500, **changes: Any) -> Body:
    """A person as lists have them, known for a film and a series."""
    body = {
        "adult": False,
        "gender": 2,
        "id": person_id,
        "known_for": [movie_entry(603, media_type="movie"), tv_entry(1396, media_type="tv")],
        "known_for_department": "Acting",
        "name": f"Person {person_id}",
        "original_name": f"Person {person_id}",
        "popularity": 24.5,
        "profile_path": f"/profile{person_id}.jpg",
    }
    return _changed(body, changes)


def list_body(entries: Iterable[Any] = (), *, page: int = 1, total_pages: int = 1, **changes: Any) -> Body:
    """A page of a list, such as `movie/popular`; `total_results` is the number of entries unless it is given."""
    results = list(entries)
    body = {"page": page, "results": results, "total_pages": total_pages, "total_results": len(results)}
    return _changed(body, changes)


def search_body(entries: Iterable[Body] = (), **changes: Any) -> Body:
    """What `search/multi` answers: each entry says whether it is a film, a series or a person."""
    return list_body([{"media_type": _media_type(entry), **entry} for entry in entries], **changes)


def error_body(code: int = 34, message: str | None = None) -> Body:
    """TMDB's body of an error: 34 with 404, 7 with 401, 22 with 400, 25 with 429, 9 and 46 with 503."""
    return {"success": False, "status_code": code, "status_message": message or _NAMES_OF_ERRORS.get(code, "Failed.")}


def credits_body() -> Body:
    """A cast of three, not in its order, and a crew of four."""
    return {
        "cast": [
            _player(6385, "Second Player", "Watcher", 1),
            _player(6384, "First Player", "Keeper", 0),
            _player(2975, "Third Player", "Captain", 2),
        ],
        "crew": [
            _worker(9340, "Only Director", "Directing", "Director"),
            _worker(9341, "Only Writer", "Writing", "Screenplay"),
            _worker(9342, "Only Composer", "Sound", "Original Music Composer"),
            _worker(9343, "Some Driver", "Crew", "Driver"),
        ],
    }


def aggregate_credits_body() -> Body:
    """The same people over all seasons of a series: parts and jobs are lists, with the episodes of each."""
    people = credits_body()
    return {
        "cast": [
            _of_series(entry, "roles", "character") for entry in sorted(people["cast"], key=lambda one: one["order"])
        ],
        "crew": [_of_series(entry, "jobs", "job") for entry in people["crew"]],
    }


def videos_body() -> Body:
    """A clip, a trailer of fans and an official trailer, in TMDB's order, which is not the best one."""
    return {
        "results": [
            _video("clipclip001", "A Clip", "Clip", official=True),
            _video("fantrailer1", "A Trailer by Fans", "Trailer", official=False),
            _video("m8e-FF8MsqU", "Official Trailer", "Trailer", official=True),
        ]
    }


def offers_body(path: str) -> Body:
    """Offers of two countries, as `watch/providers` has them under `results`."""
    return {
        "US": {
            "link": f"https://www.themoviedb.org/{path}/watch?locale=US",
            "flatrate": [_provider(8, "Netflix", 4), _provider(1899, "HBO Max", 1)],
            "rent": [_provider(2, "Apple TV Store", 2), _provider(10, "Amazon Video", 3)],
            "buy": [_provider(2, "Apple TV Store", 2)],
        },
        "SE": {
            "link": f"https://www.themoviedb.org/{path}/watch?locale=SE",
            "flatrate": [_provider(119, "Amazon Prime Video", 2)],
            "ads": [_provider(300, "Harbour Free", 9)],
        },
    }


def translations_body(media_id: int, name: str) -> Body:
    """English without a title of its own, Spanish of two countries, French; `name` is the key of the title."""
    return {
        "translations": [
            _translation("en", "US", {name: "", "overview": _OVERVIEW, "tagline": "Follow the light."}),
            _translation("es", "MX", {name: f"Obra mexicana {media_id}", "overview": "Dos guardas.", "tagline": ""}),
            _translation("es", "ES", {name: f"Obra {media_id}", "overview": "", "tagline": "Sigue la luz."}),
            _translation("fr", "FR", {name: f"Œuvre {media_id}", "overview": "Deux gardiens.", "tagline": ""}),
            _translation("ja", "JP", {name: f"灯台 {media_id}", "overview": "", "tagline": ""}),
        ]
    }


def _changed(body: Body, changes: Body) -> Body:
    return {name: value for name, value in {**body, **changes}.items() if value is not ABSENT}


def _media_type(entry: Body) -> str:
    if "known_for" in entry:
        return "person"
    return "movie" if "title" in entry else "tv"


def _player(person_id: int, name: str, character: str, order: int) -> Body:
    return {
        "adult": False, "character": character, "credit_id": f"c{person_id}", "gender": 0, "id": person_id,
        "known_for_department": "Acting", "name": name, "order": order, "original_name": name, "popularity": 9.5,
        "profile_path": f"/profile{person_id}.jpg",
    }  # fmt: skip


def _worker(person_id: int, name: str, department: str, job: str) -> Body:
    return {
        "adult": False, "credit_id": f"c{person_id}", "department": department, "gender": 0, "id": person_id,
        "job": job, "known_for_department": department, "name": name, "original_name": name, "popularity": 1.5,
        "profile_path": None,
    }  # fmt: skip


def _of_series(entry: Body, parts: str, part: str) -> Body:
    told = {"credit_id": entry["credit_id"], "episode_count": 7, part: entry[part]}
    kept = {name: value for name, value in entry.items() if name not in ("credit_id", part)}
    return {**kept, parts: [told], "total_episode_count": 7}


def _video(key: str, name: str, kind: str, *, official: bool) -> Body:
    return {
        "id": f"v{key}", "iso_3166_1": "US", "iso_639_1": "en", "key": key, "name": name, "official": official,
        "published_at": "2014-10-02T19:20:22.000Z", "site": "YouTube", "size": 1080, "type": kind,
    }  # fmt: skip


def _provider(provider_id: int, name: str, priority: int) -> Body:
    return {
        "display_priority": priority, "logo_path": f"/logo{provider_id}.jpg", "provider_id": provider_id,
        "provider_name": name,
    }  # fmt: skip


def _release(certification: str, kind: int, moment: str) -> Body:
    return {
        "certification": certification, "descriptors": [], "iso_639_1": "", "note": "", "release_date": moment,
        "type": kind,
    }  # fmt: skip


def _translation(language: str, country: str, data: Body) -> Body:
    return {
        "data": {"homepage": "", **data}, "english_name": language, "iso_3166_1": country, "iso_639_1": language,
        "name": language,
    }  # fmt: skip
