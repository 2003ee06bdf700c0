"""A person's lists, answers and feedback, put as the engine's request."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from apps.lists.selectors import History
from apps.recommendations.engine.answers import DEFAULT_DIVERSITY, DEFAULT_REGION, Avoided, Liked, Request
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.similar import RequestedType
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import TitleKey, normalise
from apps.recommendations.evidence import (
    FAVOURITE_WEIGHT,
    NOT_INTERESTED_WEIGHT,
    WANTED_WEIGHT,
    WATCHED_WEIGHT,
    WATCHLIST_WEIGHT,
    weight_of_rating,
)
from apps.recommendations.feedback import NOTHING_SAID, Feedback
from apps.recommendations.keys import Named
from movierec.timestamps import epoch_seconds

_HALF_LIFE: Final = 2 * 365.25 * 24 * 3600
_LEAST_RECENCY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request asks for beyond what is stored; the limits are those of the engine's `Request`."""

    media_type: RequestedType = "both"
    limit: int = 9
    exclude: Sequence[Named] = ()
    preferences: dict[str, Any] | None = None
    favourites: Sequence[Named] = ()
    watchlist: Sequence[Named] = ()
    novelty: float = 0.0
    diversity: float = DEFAULT_DIVERSITY
    max_runtime: int | None = None
    providers: frozenset[str] = frozenset()
    region: str = DEFAULT_REGION


@dataclass(frozen=True, slots=True)
class Person:
    """What is stored of a person's taste."""

    preferences: dict[str, Any]
    history: History
    feedback: Feedback = NOTHING_SAID


def request_of(model: Model, person: Person, wish: Wish) -> Request:
    """The question to the engine: all evidence, and everything that must not be shown."""
    said = person.feedback
    evidence = [*_stored(person.history), *_told(said), *_sent(model, wish)]
    # A weight of 0 would silence a title that the questionnaire names; a rating in the middle only says it was watched.
    neutral = {one.key for one in evidence if not one.weight}
    return Request(
        taste=_drawn_to(model, Taste.from_preferences(person.preferences), said),
        history=[
            *_strongest(one for one in evidence if one.weight and one.key not in said.unused),
            *(Liked(key, 0.0, "liked") for key in sorted(said.unused)),
        ],
        excluded=said.hidden | said.seen | said.unused | neutral | {key for named in wish.exclude for key in named},
        media_type=wish.media_type,
        limit=wish.limit,
        novelty=wish.novelty,
        diversity=wish.diversity,
        max_runtime=wish.max_runtime,
        providers=wish.providers,
        region=wish.region,
        avoided=Avoided(genres=said.avoided_genres, people=said.avoided_people),
    )


def _stored(history: History) -> Iterator[Liked]:
    """What is on the lists and what was rated; the longer before the newest of it, the less it weighs."""
    times = [*history.favourites, *history.watchlist, *((key, at) for key, _, at in history.ratings)]
    newest = max((epoch_seconds(at) for _, at in times), default=0.0)
    for key, at in history.favourites:
        yield Liked(key, FAVOURITE_WEIGHT * recency(at, newest), "liked")
    for key, stars, at in history.ratings:
        yield Liked(key, weight_of_rating(stars) * recency(at, newest), "rated")
    for key, at in history.watchlist:
        yield Liked(key, WATCHLIST_WEIGHT * recency(at, newest), "saved")


def recency(at: str, newest: float) -> float:
    """What evidence from the time `at` counts for, 1 to 0.5: half after two years, and no less later.

    The years are counted back from `newest` (seconds since 1970), the person's latest deed, and not from today: so the
    same lists have the same answer on every day, and nobody's taste fades while they are away. Evidence without a time
    counts in full.
    """
    moment = epoch_seconds(at)
    if moment <= 0:
        return 1.0
    return max(_LEAST_RECENCY, math.exp2((moment - newest) / _HALF_LIFE))


def _told(said: Feedback) -> Iterator[Liked]:
    """What single titles of the feedback say about taste, in the titles' order."""
    yield from (Liked(key, WANTED_WEIGHT, "wanted") for key in sorted(said.wanted))
    yield from (Liked(key, NOT_INTERESTED_WEIGHT, "rated") for key in sorted(said.disliked))
    yield from (Liked(key, WATCHED_WEIGHT, "watched") for key in sorted(said.seen))


def _sent(model: Model, wish: Wish) -> Iterator[Liked]:
    yield from (Liked(key, FAVOURITE_WEIGHT, "liked") for key in _meant(model, wish.favourites))
    yield from (Liked(key, WATCHLIST_WEIGHT, "saved") for key in _meant(model, wish.watchlist))


def _meant(model: Model, names: Iterable[Named]) -> list[TitleKey]:
    """The title each name means: the first the model knows, a film where it knows none."""
    return [next((key for key in named if model.place(key) is not None), named[0]) for named in names]


def _strongest(liked: Iterable[Liked]) -> list[Liked]:
    """One entry a title: the one that says most about it."""
    best: dict[TitleKey, Liked] = {}
    for entry in liked:
        if entry.key not in best or abs(entry.weight) > abs(best[entry.key].weight):
            best[entry.key] = entry
    return list(best.values())


def _drawn_to(model: Model, taste: Taste, said: Feedback) -> Taste:
    """The questionnaire with the genres and people that the feedback asks for more of."""
    makers = _spelled(model, "maker", said.wanted_people)
    actors = _spelled(model, "cast", said.wanted_people)
    return replace(
        taste,
        favorite_genres=tuple(dict.fromkeys([*taste.favorite_genres, *sorted(said.wanted_genres)])),
        favorite_directors=tuple(dict.fromkeys([*taste.favorite_directors, *makers])),
        favorite_actors=tuple(dict.fromkeys([*taste.favorite_actors, *actors])),
    )


def _spelled(model: Model, craft: Literal["maker", "cast"], names: Iterable[str]) -> Iterator[str]:
    """The names, given normalised, as the titles spell them; those of no title in this craft are left out."""
    for name in sorted(names):
        for i in model.facts.titles_with(f"{craft}:{name}")[:1]:
            title = model.titles[i]
            people = title.makers if craft == "maker" else title.cast
            yield from (person for person in people if normalise(person) == name)
