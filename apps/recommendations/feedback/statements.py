"""What a person can say about recommendations: of which title, what, and how far it reaches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from apps.recommendations.engine.titles import TitleKey, normalise

Kind = Literal["not_interested", "already_seen", "more_like_this", "do_not_use"]
Scope = Literal["title", "genre", "person", "for_now"]

# How far each kind can reach.
SCOPES: Final[Mapping[Kind, tuple[Scope, ...]]] = {
    "not_interested": ("title", "genre", "person", "for_now"),
    "already_seen": ("title",),
    "more_like_this": ("title", "genre", "person"),
    "do_not_use": ("title",),
}
FOR_NOW_DAYS: Final = 30

_PERSON_DIGITS: Final = 24
ID_PATTERN: Final = f"((seen-)?(movie|tv)|genre)-[1-9][0-9]{{0,15}}|person-[0-9a-f]{{{_PERSON_DIGITS}}}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said of the title `key`.

    With the scope genre it is about `genre`, one of TMDB's, and with the scope person about `person`; either is None
    while the title is to tell it.
    """

    key: TitleKey
    kind: Kind
    scope: Scope
    genre: int | None = None
    person: str | None = None

    @property
    def id(self) -> str:
        """What it is about, such as movie-603, genre-27 or person-…: of each there is one statement at a time.

        An opinion of a title has the same for good and for now. That a title was seen is no opinion but a fact, which
        no opinion may end, so it has an id of its own: seen-movie-603.
        """
        if self.scope == "genre":
            return f"genre-{self.genre}"
        if self.scope == "person":
            # Names have characters that addresses and keys have not, and more of them.
            digest = hashlib.sha256(normalise(self.person or "").encode()).hexdigest()
            return f"person-{digest[:_PERSON_DIGITS]}"
        title = f"{self.key[0]}-{self.key[1]}"
        return f"seen-{title}" if self.kind == "already_seen" else title


def is_id(text: str) -> bool:
    """Whether a statement can have this id."""
    return re.fullmatch(ID_PATTERN, text) is not None
