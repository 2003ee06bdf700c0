"""A title's identity, and the key that stands for it in the list tables.

A film and a series can share a number, so an identity is (media type, number). The tables' sort key is the plain
number for films ("603") and "tv#" with the number for series ("tv#1396").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.media.titles import MediaType, TitleKey
from movierec.dynamo.plain import Plain

# The largest whole number that JavaScript clients hold exactly.
MAX_ID = 2**53 - 1

_KEY = re.compile(r"(tv#)?([1-9][0-9]{0,15})")


def stored_key(media_type: MediaType, media_id: int) -> str:
    """The sort key of a title: "603" or "tv#1396"."""
    return f"tv#{media_id}" if media_type == "tv" else str(media_id)


def parse_id(text: str) -> tuple[MediaType | None, int] | None:
    """The number of "603" without a media type, that of "tv#1396" with it; None for any other text."""
    found = _KEY.fullmatch(text)
    if found is None or int(found[2]) > MAX_ID:
        return None
    return ("tv" if found[1] else None), int(found[2])


def row_media_type(row: Mapping[str, Plain], key: str) -> MediaType:
    """What a stored row is: by its key, else by its `mediaType`, for series that were stored under a plain number."""
    return "tv" if key.startswith("tv#") or row.get("mediaType") == "tv" else "movie"


def row_title(row: Mapping[str, Plain], key: str) -> TitleKey | None:
    """The identity of a stored row's title, None when its key is not one of ours."""
    parsed = parse_id(key)
    return None if parsed is None else (row_media_type(row, key), parsed[1])
