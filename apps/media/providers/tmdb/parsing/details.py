"""What TMDB's details of a title hold beyond the facts of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from apps.media.details import Details, Keyword, Video
from apps.media.providers.tmdb.parsing.credits import cast_of, crew_of
from apps.media.providers.tmdb.parsing.offers import offers_of
from apps.media.providers.tmdb.parsing.readers import (
    LONGEST_TITLE,
    Body,
    country,
    flag,
    identifier,
    language,
    mapping,
    mappings,
    moment,
    text,
    url,
    whole,
)
from apps.media.titles import CatalogueTitle

_LONGEST_WORD: Final = 40
_LONGEST_KEYWORD: Final = 60
_LONGEST_CERTIFICATION: Final = 24
_MOST_KEYWORDS: Final = 60
_MOST_VIDEOS: Final = 20
_MOST_ALTERNATIVE_TITLES: Final = 30
_MOST_COUNTRIES: Final = 250
_MOST_SEASONS: Final = 1_000
_MOST_EPISODES: Final = 100_000

_IMDB_ID: Final = re.compile(r"tt[0-9]{7,10}")
_VIDEO_KEY: Final = re.compile(r"[A-Za-z0-9_-]{5,20}")
_SITES: Final = frozenset({"YouTube", "Vimeo"})
_KINDS_OF_VIDEOS: Final = ("Trailer", "Teaser")
_UNRATED: Final = frozenset({"NR", "NOT RATED", "UNRATED", "UR"})
# TMDB's kinds of releases by how much their certification is the title's own: theatrical, limited, digital, physical,
# television, premiere.
_RELEASES: Final = {kind: place for place, kind in enumerate((3, 2, 4, 5, 6, 1))}
# The countries whose alternative titles are most often searched for come first; TMDB has them by code.
_TITLES_FIRST: Final = frozenset({"US", "GB"})


def details_of(body: Body, facts: CatalogueTitle) -> Details:
    """The details in a body that has them appended; what was not appended counts as not known."""
    offers, providers = offers_of(body)
    return Details(
        tagline=text(body.get("tagline"), LONGEST_TITLE),
        status=text(body.get("status"), _LONGEST_WORD) or None,
        homepage=url(body.get("homepage")),
        imdb_id=_imdb_id(body),
        seasons=whole(body.get("number_of_seasons"), most=_MOST_SEASONS),
        episodes=whole(body.get("number_of_episodes"), most=_MOST_EPISODES),
        cast=cast_of(body),
        crew=crew_of(body),
        keywords=_keywords(body),
        videos=_videos(body),
        certifications=_certifications(body),
        offers=offers,
        providers=providers,
        alternative_titles=_alternative_titles(body, facts),
    )


def _imdb_id(body: Body) -> str | None:
    told = (body.get("imdb_id"), mapping(body.get("external_ids")).get("imdb_id"))
    return next((value for value in told if isinstance(value, str) and _IMDB_ID.fullmatch(value)), None)


def _entries(body: Body, appended: str, *names: str) -> Iterator[Body]:
    """The entries of an appended list, which films and series keep under different names."""
    stored = mapping(body.get(appended))
    for name in names:
        yield from mappings(stored.get(name))


def _keywords(body: Body) -> tuple[Keyword, ...]:
    found: dict[int, Keyword] = {}
    for entry in _entries(body, "keywords", "keywords", "results"):
        keyword_id, name = identifier(entry.get("id")), text(entry.get("name"), _LONGEST_KEYWORD)
        if keyword_id is not None and name:
            found.setdefault(keyword_id, Keyword(keyword_id, name))
    return tuple(found.values())[:_MOST_KEYWORDS]


def _videos(body: Body) -> tuple[Video, ...]:
    """Trailers first, official ones before others, then teasers, then the rest in TMDB's order."""
    found = filter(None, map(_video, _entries(body, "videos", "results")))
    each = {(video.site, video.key): video for video in found}
    return tuple(sorted(each.values(), key=_rank))[:_MOST_VIDEOS]


def _rank(video: Video) -> tuple[int, bool]:
    known = video.kind in _KINDS_OF_VIDEOS
    return _KINDS_OF_VIDEOS.index(video.kind) if known else len(_KINDS_OF_VIDEOS), not video.official


def _video(entry: Body) -> Video | None:
    site, key = entry.get("site"), entry.get("key")
    if not (isinstance(key, str) and _VIDEO_KEY.fullmatch(key)) or not isinstance(site, str) or site not in _SITES:
        return None
    return Video(
        site=site,
        key=key,
        name=text(entry.get("name")),
        kind=text(entry.get("type"), _LONGEST_WORD),
        language=language(entry.get("iso_639_1")),
        official=flag(entry.get("official")),
        published_at=moment(entry.get("published_at")),
    )


def _certifications(body: Body) -> dict[str, str]:
    """The certification of each country, in the order of the codes."""
    told = {**_of_ratings(body), **_of_releases(body)}
    return {code: told[code] for code in sorted(told)[:_MOST_COUNTRIES]}


def _of_ratings(body: Body) -> dict[str, str]:
    """A series's: TMDB's first of each country, which is the usual one."""
    told: dict[str, list[str]] = {}
    for entry in _entries(body, "content_ratings", "results"):
        code = country(entry.get("iso_3166_1"))
        if code is not None:
            told.setdefault(code, []).append(text(entry.get("rating"), _LONGEST_CERTIFICATION))
    return _chosen(told)


def _of_releases(body: Body) -> dict[str, str]:
    """A film's: that of its release in cinemas, or else of the next kind of release that has one."""
    told: dict[str, list[str]] = {}
    for entry in _entries(body, "release_dates", "results"):
        code = country(entry.get("iso_3166_1"))
        if code is not None:
            releases = sorted(mappings(entry.get("release_dates")), key=_place)
            names = (text(release.get("certification"), _LONGEST_CERTIFICATION) for release in releases)
            told.setdefault(code, []).extend(names)
    return _chosen(told)


def _place(release: Body) -> int:
    return _RELEASES.get(whole(release.get("type")) or 0, len(_RELEASES))


def _chosen(told: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The first certification of each country; "not rated" only where nothing else is known."""
    named = {code: [name for name in names if name] for code, names in told.items()}
    return {
        code: next((name for name in names if name.upper() not in _UNRATED), names[0])
        for code, names in named.items()
        if names
    }


def _alternative_titles(body: Body, facts: CatalogueTitle) -> tuple[str, ...]:
    entries = sorted(_entries(body, "alternative_titles", "titles", "results"), key=_is_elsewhere)
    names = (text(entry.get("title"), LONGEST_TITLE) for entry in entries)
    others = dict.fromkeys(name for name in names if name and name not in (facts.title, facts.original_title))
    return tuple(others)[:_MOST_ALTERNATIVE_TITLES]


def _is_elsewhere(entry: Mapping[str, Any]) -> bool:
    return country(entry.get("iso_3166_1")) not in _TITLES_FIRST
