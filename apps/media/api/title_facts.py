"""A title with everything that is kept of it, as its page answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from rest_framework.request import Request

from apps.media.api.facts import age_of, shown, sizes
from apps.media.api.items import listed_title
from apps.media.attribution import attribution
from apps.media.details import Credit, Details, Offers, Provider, Video
from apps.media.genres import GENRES
from apps.media.languages import spoken, texts_in
from apps.media.lookups.questions import Known
from apps.media.people import local_person_id
from apps.media.streaming import HOME_REGION, SERVICE_NAMES, regions_of
from apps.media.titles import CatalogueTitle, FullTitle, MediaType, item_of

_TEXTS: Final = ("title", "overview", "tagline")
_OFFERS: Final = ("stream", "free", "ads", "rent", "buy")
# What those are called whom a catalogue that knows names alone has as a title's makers.
_MAKERS: Final[Mapping[MediaType, str]] = {"movie": "Director", "tv": "Creator"}
_VIDEOS: Final = {"YouTube": "https://www.youtube.com/watch?v=", "Vimeo": "https://vimeo.com/"}
_NOTHING: Final = Details()


def title_facts(request: Request, known: Known[FullTitle], *, region: str, language: str) -> dict[str, Any]:
    """The answer about a title, with its texts in `language` where they were translated."""
    full = known.value
    texts = texts_in(language, full.translations)
    title, details = _translated(full.facts, texts), full.details or _NOTHING
    return {
        **listed_title(request, item_of(title)),
        "mediaId": str(title.media_id),
        "mediaType": title.media_type,
        "tagline": texts.get("tagline", details.tagline),
        "runtime": title.runtime,
        "status": details.status,
        "homepage": details.homepage,
        "imdb_id": details.imdb_id,
        "number_of_seasons": details.seasons,
        "number_of_episodes": details.episodes,
        "genres": [{"id": genre, "name": _genre(title.media_type, genre)} for genre in title.genres],
        "origin_country": list(title.countries),
        "cast": [_person(each, "character") for each in _cast(full)],
        "crew": [_person(each, "job") for each in _crew(full)],
        "keywords": _keywords(full),
        **_certifications(full, region),
        "trailers": [_trailer(video) for video in _in_language_first(details.videos, language)],
        "providers": _providers(title, details, region),
        "providerRegions": sorted({*details.offers, *(each for each, _ in regions_of(title.services))}),
        "images": _images(title),
        "alternative_titles": list(details.alternative_titles),
        "language": spoken(language, translated=bool(texts)),
        "languages": {name: spoken(language, translated=name in texts) for name in _TEXTS},
        "source": title.source,
        **age_of(title.refreshed_at),
        "stale": known.stale,
        "attribution": _attribution(title, details, region),
    }


def _translated(title: CatalogueTitle, texts: Mapping[str, str]) -> CatalogueTitle:
    return replace(title, title=texts.get("title", title.title), overview=texts.get("overview", title.overview))


def _genre(media_type: MediaType, genre: int) -> str | None:
    return GENRES[media_type].get(genre)


def _cast(full: FullTitle) -> Iterable[Credit]:
    return full.details.cast if full.details else _named(full.facts.cast, "")


def _crew(full: FullTitle) -> Iterable[Credit]:
    return full.details.crew if full.details else _named(full.facts.makers, _MAKERS[full.facts.media_type])


def _named(names: Iterable[str], role: str) -> Iterable[Credit]:
    """People of whom a catalogue tells the name alone."""
    return (Credit(local_person_id(name), name, role) for name in names)


def _person(credit: Credit, role_name: str) -> dict[str, Any]:
    return {
        "id": credit.person_id,
        "name": credit.name,
        role_name: credit.role,
        "profile_path": credit.profile_path,
        "profile": shown(credit.profile_path, "profile"),
    }


def _keywords(full: FullTitle) -> list[dict[str, Any]]:
    if full.details is None:
        return [{"id": None, "name": name} for name in full.facts.keywords]
    return [{"id": keyword.keyword_id, "name": keyword.name} for keyword in full.details.keywords]


def _certifications(full: FullTitle, region: str) -> dict[str, Any]:
    """The certification in `region`, and those of all countries."""
    stated = full.facts.certification
    home = {HOME_REGION: stated} if stated else {}
    every = {**home, **(full.details.certifications if full.details else {})}
    return {"certification": every.get(region), "certifications": dict(sorted(every.items()))}


def _in_language_first(videos: Iterable[Video], language: str) -> list[Video]:
    """The videos in their order, those in `language` before the others."""
    return sorted((video for video in videos if video.site in _VIDEOS), key=lambda video: video.language != language)


def _trailer(video: Video) -> dict[str, Any]:
    return {
        "site": video.site,
        "key": video.key,
        "name": video.name,
        "kind": video.kind,
        "language": video.language,
        "official": video.official,
        "published_at": video.published_at,
        "url": _VIDEOS[video.site] + video.key,
    }


def _providers(title: CatalogueTitle, details: Details, region: str) -> dict[str, Any]:
    """Where a title can be seen in `region`, by kind of offer; of a catalogue's services the names alone are known."""
    offers = details.offers.get(region, Offers())
    known = {provider.provider_id: provider for provider in details.providers}
    kinds = {kind: [_provider(known[each]) for each in getattr(offers, kind) if each in known] for kind in _OFFERS}
    if region not in details.offers:
        kinds["stream"] = [_service(code) for each, code in regions_of(title.services) if each == region]
    return {"region": region, "link": offers.link, **kinds}


def _service(code: str) -> dict[str, Any]:
    return {"id": None, "name": SERVICE_NAMES.get(code, code), "logo": None}


def _provider(provider: Provider) -> dict[str, Any]:
    return {"id": provider.provider_id, "name": provider.name, "logo": shown(provider.logo_path, "logo")}


def _images(title: CatalogueTitle) -> dict[str, Any]:
    return {"poster": sizes(title.poster_path, "poster"), "backdrop": sizes(title.backdrop_path, "backdrop")}


def _attribution(title: CatalogueTitle, details: Details, region: str) -> list[dict[str, Any]]:
    tmdb = title.source == "tmdb" or any((title.poster_path, title.backdrop_path))
    return attribution(tmdb=tmdb, offers=region in details.offers)
