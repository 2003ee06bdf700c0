"""Addresses and sizes of pictures: TMDB's where one is known there, our drawn poster elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

Kind = Literal["poster", "backdrop", "profile", "logo"]

IMAGES: Final = "https://image.tmdb.org/t/p"
# TMDB's sizes of each kind: its name there, width and height in pixels. The first is not the smallest but the usual.
SIZES: Final[Mapping[Kind, tuple[tuple[str, int, int], ...]]] = {
    "poster": (
        ("w500", 500, 750), ("w92", 92, 138), ("w154", 154, 231), ("w185", 185, 278), ("w342", 342, 513),
        ("w780", 780, 1170),
    ),
    "backdrop": (("w780", 780, 439), ("w300", 300, 169), ("w1280", 1280, 720)),
    "profile": (("w185", 185, 278), ("w45", 45, 68), ("h632", 421, 632)),
    "logo": (("w92", 92, 92), ("w45", 45, 45), ("w154", 154, 154)),
}  # fmt: skip
# Both kinds of poster have this size, in pixels.
_, POSTER_WIDTH, POSTER_HEIGHT = SIZES["poster"][0]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in one size, in pixels."""

    url: str
    width: int
    height: int

    def as_json(self) -> dict[str, Any]:
        """The picture as answers show it."""
        return {"url": self.url, "width": self.width, "height": self.height}


def picture(kind: Kind, path: str) -> Picture:
    """TMDB's picture at `path` in the usual size of its kind."""
    return _sized(path, SIZES[kind][0])


def pictures(kind: Kind, path: str) -> list[Picture]:
    """TMDB's picture at `path` in every size it has, from narrow to wide."""
    return [_sized(path, size) for size in sorted(SIZES[kind], key=lambda size: size[1])]


def _sized(path: str, size: tuple[str, int, int]) -> Picture:
    name, width, height = size
    return Picture(f"{IMAGES}/{name}/{path.lstrip('/')}", width, height)


def poster_url(request: Request | HttpRequest, media_type: str, media_id: int, poster_path: str | None) -> str:
    """The absolute address of a title's poster, 500 by 750 pixels."""
    if poster_path:
        return picture("poster", poster_path).url
    return request.build_absolute_uri(reverse("media-poster", args=[media_type, media_id]))
