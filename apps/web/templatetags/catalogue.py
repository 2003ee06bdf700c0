"""Ways through the catalogue: its lists, genres, filters and pages, and what is owed to its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template.context import Context

from apps.media.attribution import JUSTWATCH, attribution
from apps.media.genres import GENRES
from apps.media.images import IMAGES
from apps.media.text import clean
from apps.media.titles import MediaType
from apps.web.templatetags.titles import offers, poster
from movierec.api.cards import Shelf

register = template.Library()
# What was written, without what would turn the text around it or is no character at all.
register.filter("clean", clean)

# The logo as TMDB's page about attribution offers it, linked as it stands there.
TMDB_LOGO: Final = (
    "https://www.themoviedb.org/assets/2/v4/logos/v2/"
    "blue_short-8e7b30f73a4020692ccca9c88bafe5dcb6f8a62a4c6bc55cd9ba82bb2cd95f6c.svg"
)

_LISTS: Final = {
    "trending": "Trending",
    "popular": "Popular",
    "top_rated": "Top rated",
    "now_playing": "Now playing",
    "upcoming": "Upcoming",
    "hidden_gems": "Hidden gems",
}
_KINDS: Final = {"movie": "Films", "tv": "Series"}
_SEARCHED: Final = {"multi": "All", **_KINDS, "person": "People"}


@dataclass(frozen=True, slots=True)
class Way:
    """A link to a part of the catalogue, and whether it is the part that is shown."""

    address: str
    words: str
    current: bool


@register.simple_tag(takes_context=True)
def page_address(context: Context, page: int) -> str:
    """The address of another page of what this page shows."""
    query = _query(context).copy()
    query["page"] = str(page)
    return f"{context['request'].path}?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def ready_made_lists(context: Context) -> list[Way]:
    """The lists of the type that is shown."""
    shown, media_type = shown_list(_query(context))
    return [_list(code, media_type, words, current=code == shown) for code, words in _LISTS.items()]


@register.simple_tag(takes_context=True)
def list_kinds(context: Context) -> list[Way]:
    """The list that is shown, of films and of series."""
    shown, media_type = shown_list(_query(context))
    return [_list(shown, kind, words, current=kind == media_type) for kind, words in _KINDS.items()]


@register.simple_tag(takes_context=True)
def list_genres(context: Context) -> list[Way]:
    """The list that is shown, of each genre."""
    shown, media_type = shown_list(_query(context))
    asked = _query(context).get("genre")
    return [
        _list(shown, media_type, name, current=str(genre) == asked, genre=genre)
        for genre, name in GENRES[media_type].items()
    ]


@register.simple_tag(takes_context=True)
def search_kinds(context: Context) -> list[Way]:
    """The kinds of what can be searched for, with what was written."""
    query = _query(context)
    shown = query.get("type") or "multi"
    return [
        Way(f"/search?{urlencode({'q': query.get('q', ''), 'type': code})}", words, code == shown)
        for code, words in _SEARCHED.items()
    ]


@register.inclusion_tag("web/attribution.html")
def attribution_of(
    answer: Mapping[str, Any], shelves: Iterable[Shelf], kept: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the sources of an answer want to be said: as the answer says, else TMDB's notice where a picture is TMDB's.

    `kept` are the titles of somebody's list. Where a title can be watched, JustWatch is named beside the offers.
    """
    said = answer.get("attribution")
    if isinstance(said, list):
        named = offers(answer.get("providers") or {})
        return _notices([notice for notice in said if not named or notice["source"] != JUSTWATCH["source"]])
    pictures = [card.address for shelf in shelves for card in shelf.cards] + [poster(entry) for entry in kept]
    return _notices(attribution(tmdb=_are_of_tmdb(pictures)))


@register.inclusion_tag("web/attribution.html")
def attribution_of_titles(tmdb: bool) -> dict[str, Any]:
    """TMDB's notice where one of the titles is TMDB's."""
    return _notices(attribution(tmdb=tmdb))


def _notices(notices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"notices": notices, "tmdb_logo": TMDB_LOGO}


def _are_of_tmdb(addresses: Sequence[str]) -> bool:
    """Whether cards with these pictures show TMDB's titles; where it is the source, some have posters drawn here."""
    return bool(addresses) and (settings.TMDB_CONFIGURED or any(address.startswith(IMAGES) for address in addresses))


def _query(context: Context) -> QueryDict:
    request: HttpRequest = context["request"]
    return request.GET


def first_of(query: QueryDict, *names: str) -> str:
    """The first of the parameters that is not empty, empty if all are."""
    return next((str(query[name]) for name in names if query.get(name)), "")


def shown_list(query: QueryDict) -> tuple[str, MediaType]:
    """The list and the type that the page was asked for; films of the popular ones if it was not, or wrongly."""
    listed = first_of(query, "listType", "list_type")
    media_type = first_of(query, "mediaType", "media_type")
    return listed if listed in _LISTS else "popular", "tv" if media_type == "tv" else "movie"


def _list(listed: str, media_type: str, words: str, *, current: bool, **more: int) -> Way:
    return Way(f"/media?{urlencode({'listType': listed, 'mediaType': media_type, **more})}", words, current)


def chosen(query: QueryDict, name: str) -> set[str]:
    """The values of a parameter that may be repeated, or hold several with commas or bars."""
    return {part.strip() for text in query.getlist(name) for part in text.replace("|", ",").split(",")}
