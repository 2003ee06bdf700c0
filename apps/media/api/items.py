"""Titles as every endpoint of the catalogue answers them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.media.images import POSTER_HEIGHT, POSTER_WIDTH, picture, poster_url
from movierec.dynamo.table import Row


def listed_title(request: Request, item: Row) -> dict[str, Any]:
    """An item of a list as TMDB would show it, and the addresses and sizes of its pictures."""
    series = {
        "name": item["title"],
        "original_name": item["original_title"],
        "first_air_date": item["release_date"],
    }
    backdrop = picture("backdrop", item["backdrop_path"]) if item["backdrop_path"] else None
    return {
        **item,
        **(series if item["media_type"] == "tv" else {}),
        "posterUrl": poster_url(request, item["media_type"], item["id"], item["poster_path"]),
        "posterWidth": POSTER_WIDTH,
        "posterHeight": POSTER_HEIGHT,
        "backdropUrl": backdrop and backdrop.url,
        "backdropWidth": backdrop and backdrop.width,
        "backdropHeight": backdrop and backdrop.height,
    }
