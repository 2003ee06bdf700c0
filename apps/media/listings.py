"""The ready-made lists, and the rows they are cut into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from apps.media.models import LIST_MEDIA_TYPE
from apps.media.titles import CatalogueTitle, MediaType

ListType = Literal["trending", "popular", "top_rated"]

LIST_TYPES: Final[tuple[ListType, ...]] = ("trending", "popular", "top_rated")
# A hundred items with their overviews take about 80 KB of the 400 KB that a row may have.
CHUNK_ITEMS: Final = 100
MAX_CHUNKS: Final = 5
MAX_ITEMS: Final = CHUNK_ITEMS * MAX_CHUNKS


def chunk_key(list_type: ListType, media_type: MediaType, number: int) -> dict[str, str]:
    """The key of a list's chunk; the first is number 1."""
    return {"mediaId": f"list:{list_type}:{media_type}:{number}", "mediaType": LIST_MEDIA_TYPE}


def chunks(
    list_type: ListType, media_type: MediaType, titles: Sequence[CatalogueTitle], refreshed_at: str
) -> list[dict[str, Any]]:
    """The rows of a list of at most 500 titles in their order; an empty list has one row, too."""
    return [
        {
            **chunk_key(list_type, media_type, number),
            "items": [_item(title) for title in titles[start : start + CHUNK_ITEMS]],
            "total": len(titles),
            "refreshedAt": refreshed_at,
        }
        for number, start in enumerate(range(0, max(1, len(titles)), CHUNK_ITEMS), start=1)
    ]


def _item(title: CatalogueTitle) -> dict[str, Any]:
    """What a list shows of a title, called as TMDB calls it."""
    return {
        "id": title.media_id,
        "media_type": title.media_type,
        "title": title.title,
        "original_title": title.original_title or title.title,
        "original_language": title.language,
        "overview": title.overview,
        "poster_path": title.poster_path,
        "backdrop_path": title.backdrop_path,
        "release_date": title.release_date,
        "genre_ids": list(title.genres),
        "vote_average": title.vote_average,
        "vote_count": title.vote_count,
        "popularity": title.popularity,
    }
