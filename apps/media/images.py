"""Addresses of pictures: TMDB's where a poster is known there, our drawn one elsewhere."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

TMDB_POSTERS: Final = "https://image.tmdb.org/t/p/w500"
# Both kinds of poster have this size, in pixels.
POSTER_WIDTH: Final = 500
POSTER_HEIGHT: Final = 750


def poster_url(request: Request | HttpRequest, media_type: str, media_id: int, poster_path: str | None) -> str:
    """The absolute address of a title's poster, 500 by 750 pixels."""
    if poster_path:
        return f"{TMDB_POSTERS}/{poster_path.lstrip('/')}"
    return request.build_absolute_uri(reverse("media-poster", args=[media_type, media_id]))
