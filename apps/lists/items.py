"""A stored list entry as clients see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.lists.keys import row_media_type
from movierec.dynamo.plain import Plain

Item = dict[str, Any]


def as_item(row: Mapping[str, Plain]) -> Item:
    """The row in the contract's names; what is absent or of another type than ours is None.

    Clients read either `mediaId` or `movieId` and take both for TMDB's number, so both are that number as text, also
    for series, whose stored key has a prefix.
    """
    key = row["movieId"]
    number = key.removeprefix("tv#")
    return {
        "userId": row["userId"],
        "mediaId": number,
        "movieId": number,
        "mediaType": row_media_type(row, key),
        "title": text_or_none(row.get("title")),
        "posterPath": text_or_none(row.get("posterPath")),
        "releaseDate": text_or_none(row.get("releaseDate")),
        "voteAverage": vote_or_none(row.get("voteAverage")),
        "addedAt": text_or_none(row.get("addedAt")),
    }


def text_or_none(value: Plain) -> str | None:
    """A text as it is; None for anything else."""
    return value if isinstance(value, str) else None


def vote_or_none(value: Plain) -> float | int | None:
    """A mean rating from 0 to 10, also from its text; None for anything else."""
    try:
        vote = float(value) if isinstance(value, str) else value
    except ValueError:
        return None
    number = isinstance(vote, int | float) and not isinstance(vote, bool)
    return vote if number and 0 <= vote <= 10 else None
