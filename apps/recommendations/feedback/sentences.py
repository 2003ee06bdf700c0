"""What a statement will do, in a sentence for the person who made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apps.recommendations.engine.vocabulary import GENRE_NAMES
from apps.recommendations.feedback.statements import Kind, Scope, Statement

_SENTENCES: Final[Mapping[tuple[Kind, Scope], str]] = {
    ("not_interested", "title"): "{title} will not be recommended again, and titles like it come less often.",
    ("not_interested", "genre"): "No titles of the genre {genre} will be recommended.",
    ("not_interested", "person"): "No titles with {person} will be recommended.",
    ("not_interested", "for_now"): "{title} will not be recommended before {day}.",
    ("already_seen", "title"): "{title} counts as watched and will not be recommended again.",
    ("more_like_this", "title"): "More titles like {title} will be recommended.",
    ("more_like_this", "genre"): "More titles of the genre {genre} will be recommended.",
    ("more_like_this", "person"): "More titles with {person} will be recommended.",
    ("do_not_use", "title"): "{title} no longer counts for your recommendations; on your lists it stays.",
}


def sentence(statement: Statement, title: str | None, expires_at: str | None) -> str:
    """What the statement does; `title` is None for a name nobody knows, `expires_at` a timestamp in UTC or None."""
    words = _SENTENCES[statement.kind, statement.scope].format(
        title=title or "this title",
        genre=GENRE_NAMES.get(statement.genre or 0, ""),
        person=statement.person,
        day=(expires_at or "")[:10],
    )
    return words[0].upper() + words[1:]
