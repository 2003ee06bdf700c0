"""A person's recommendations: one parallel read of taste and lists, then the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from apps.lists import selectors as lists
from apps.lists.selectors import History
from apps.preferences import selectors as preferences
from apps.recommendations.artifacts import serving
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import Answer, Liked, Request, recommend
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.evidence import FAVOURITE_WEIGHT, WATCHLIST_WEIGHT, weight_of_rating
from apps.recommendations.keys import Named

_reader = ThreadPoolExecutor(max_workers=8, thread_name_prefix="taste")


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request asks for beyond what is stored."""

    media_type: Literal["movie", "tv", "both"] = "both"
    limit: int = 9
    exclude: Sequence[Named] = ()
    preferences: dict[str, Any] | None = None
    favourites: Sequence[Named] = ()
    watchlist: Sequence[Named] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """The engine's answer and the model it came from."""

    answer: Answer
    model_version: str
    fallback_used: bool


def recommendations(user_id: str, wish: Wish) -> Served:
    """What the person should watch next; four DynamoDB reads at once, no other call."""
    stored = _reader.submit(preferences.stored, user_id) if wish.preferences is None else None
    history = lists.history(user_id)
    taste = stored.result() if stored else wish.preferences
    current = serving()
    answer = recommend(current.model, _request(current.model, history, taste or {}, wish))
    return Served(answer, current.model.version, current.fallback or answer.fallback_used)


def _request(model: Model, history: History, taste: dict[str, Any], wish: Wish) -> Request:
    liked = [
        *(Liked(key, FAVOURITE_WEIGHT, "liked") for key, _ in history.favourites),
        *(Liked(key, FAVOURITE_WEIGHT, "liked") for key in _meant(model, wish.favourites)),
        *(Liked(key, weight_of_rating(stars), "rated") for key, stars, _ in history.ratings),
        *(Liked(key, WATCHLIST_WEIGHT, "saved") for key, _ in history.watchlist),
        *(Liked(key, WATCHLIST_WEIGHT, "saved") for key in _meant(model, wish.watchlist)),
    ]
    return Request(
        taste=Taste.from_preferences(taste),
        history=_strongest(liked),
        excluded=frozenset(key for named in wish.exclude for key in named),
        media_type=wish.media_type,
        limit=wish.limit,
    )


def _meant(model: Model, names: Iterable[Named]) -> list[TitleKey]:
    """The title each name means: the first the model knows, a film where it knows none."""
    return [next((key for key in named if key in model.index), named[0]) for named in names]


def _strongest(liked: Iterable[Liked]) -> list[Liked]:
    """One entry a title: the one that says most about it."""
    best: dict[TitleKey, Liked] = {}
    for entry in liked:
        if entry.key not in best or abs(entry.weight) > abs(best[entry.key].weight):
            best[entry.key] = entry
    return list(best.values())
