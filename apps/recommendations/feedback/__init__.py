"""What a person's feedback says, in the terms a request for recommendations needs."""

from __future__ import annotations

from dataclasses import dataclass

from apps.recommendations.engine.titles import TitleKey


@dataclass(frozen=True, slots=True)
class Feedback:
    """Everything in force at the moment of reading.

    `hidden` must not be shown: turned down, put off for now, or already seen. `disliked` are those of them that speak
    against their like, `seen` those already watched, whatever else is said of them; `wanted` are titles to show more
    of. `unused` are titles on the person's lists that must not count as evidence. Genres are in the terms of films,
    people by normalised names.
    """

    hidden: frozenset[TitleKey] = frozenset()
    disliked: frozenset[TitleKey] = frozenset()
    seen: frozenset[TitleKey] = frozenset()
    wanted: frozenset[TitleKey] = frozenset()
    unused: frozenset[TitleKey] = frozenset()
    avoided_genres: frozenset[int] = frozenset()
    avoided_people: frozenset[str] = frozenset()
    wanted_genres: frozenset[int] = frozenset()
    wanted_people: frozenset[str] = frozenset()


NOTHING_SAID = Feedback()
