"""The front page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from pynamodb.exceptions import PynamoDBException

from apps.media import selectors
from apps.media.images import POSTER_HEIGHT, POSTER_WIDTH, poster_url
from apps.media.titles import MediaType
from movierec.api.errors import MethodNotAllowed, is_outside_fault

logger = logging.getLogger(__name__)

POSTERS_A_SHELF: Final = 12
_SHELVES: Final[tuple[tuple[str, MediaType], ...]] = (("Trending films", "movie"), ("Trending series", "tv"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A poster, the words that stand for it, and the page about the title."""

    address: str
    words: str
    page: str
    width: int = POSTER_WIDTH
    height: int = POSTER_HEIGHT


@dataclass(frozen=True, slots=True)
class Shelf:
    """A row of posters under a heading, and whether one of the titles is TMDB's."""

    heading: str
    pictures: list[Picture]
    tmdb: bool


def reading_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Other methods get the API's 405, and not the page that Django's check of forms would answer with."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed("Method not allowed", headers={"Allow": "GET, HEAD"})
        return view(request)

    return csrf_exempt(guarded)


@reading_only
def front_page(request: HttpRequest) -> HttpResponse:
    """What MovieRec is, what is trending, and the ways on."""
    shelves = _shelves(request)
    response = render(request, "web/front.html", {"shelves": shelves, "tmdb": any(shelf.tmdb for shelf in shelves)})
    # The page differs for people who are signed in.
    patch_vary_headers(response, ["Cookie"])
    patch_cache_control(response, private=True, no_cache=True)
    return response


@reading_only
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon when an answer that is no page of ours is opened."""
    return redirect(static("web/icon.svg"))


def _shelves(request: HttpRequest) -> list[Shelf]:
    """The shelves that have titles; none while the data cannot be reached: the ways on are still worth showing."""
    try:
        shelves = [_shelf(request, heading, media_type) for heading, media_type in _SHELVES]
    except (PynamoDBException, BotoCoreError, ClientError, TimeoutError) as error:
        if not is_outside_fault(error):
            raise
        logger.warning("The front page has no posters: %s", error)
        return []
    return [shelf for shelf in shelves if shelf.pictures]


def _shelf(request: HttpRequest, heading: str, media_type: MediaType) -> Shelf:
    listing = selectors.listing("trending", media_type, page=1, limit=POSTERS_A_SHELF)
    if listing is None:
        return Shelf(heading, [], tmdb=False)
    tmdb = listing.outside or any(item["poster_path"] for item in listing.items)
    return Shelf(heading, [_picture(request, item) for item in listing.items], tmdb)


def _picture(request: HttpRequest, item: dict[str, Any]) -> Picture:
    year = (item["release_date"] or "")[:4]
    return Picture(
        address=poster_url(request, item["media_type"], item["id"], item["poster_path"]),
        words=f"{item['title']} ({year})" if year else item["title"],
        page=f"/media/{item['media_type']}/{item['id']}",
    )
