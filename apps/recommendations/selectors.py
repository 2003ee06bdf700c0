"""What a person should watch next, and what goes with a title: the reads, then the engine."""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import Generic, TypeVar

from apps.lists import selectors as lists
from apps.media.errors import UnknownTitle
from apps.media.selectors import title_row
from apps.media.titles import LARGEST_ID, MEDIA_TYPES, from_row, is_title
from apps.preferences import selectors as preferences
from apps.recommendations.artifacts import Serving, serving
from apps.recommendations.catalogue import engine_title
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import Answer, Recommendation, recommend
from apps.recommendations.engine.shelves import Shelves, shelves
from apps.recommendations.engine.similar import RequestedType, similar
from apps.recommendations.engine.titles import Title
from apps.recommendations.feedback.selectors import feedback_of
from apps.recommendations.profile import Person, Wish, request_of
from movierec.telemetry.tally import count, gauge, timed
from movierec.telemetry.threads import ContextExecutor

__all__ = ["Alike", "Served", "Wish", "recommendations", "rows", "similar_to"]

A = TypeVar("A", Answer, Shelves)

_reader = ContextExecutor(max_workers=8, thread_name_prefix="taste")


@dataclass(frozen=True, slots=True)
class Served(Generic[A]):
    """The engine's answer and the model it came from."""

    answer: A
    model_version: str
    fallback_used: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Titles like `title`, and the model they came from."""

    title: Title
    items: list[Recommendation]
    model_version: str
    fallback_used: bool


@timed("RecommendationMilliseconds")
def recommendations(user_id: str, wish: Wish) -> Served[Answer]:
    """What the person should watch next; five DynamoDB reads at once, no other call."""
    person = _person(user_id, wish)
    current = _serving()
    answer = recommend(current.model, request_of(current.model, person, wish))
    return Served(answer, current.model.version, current.fallback or answer.fallback_used)


@timed("RecommendationMilliseconds")
def rows(user_id: str, wish: Wish) -> Served[Shelves]:
    """Rows for the person's home page, each of at most the wish's limit; the reads of `recommendations`."""
    person = _person(user_id, wish)
    current = _serving()
    answer = shelves(current.model, request_of(current.model, person, wish))
    return Served(answer, current.model.version, current.fallback or answer.fallback_used)


def _person(user_id: str, wish: Wish) -> Person:
    """Everything stored of the person's taste, read at once; not the preferences where the wish brings its own."""
    stored = _reader.submit(preferences.stored, user_id) if wish.preferences is None else None
    feedback = _reader.submit(feedback_of, user_id)
    history = lists.history(user_id)
    answers = stored.result() if stored else wish.preferences
    return Person(answers or {}, history, feedback.result())


def similar_to(media_type: str, media_id: int, *, wanted: RequestedType, limit: int) -> Alike:
    """At most `limit` titles of the kind `wanted` like one title; one GetItem where the model does not have it.

    Raises UnknownTitle when the catalogue does not have it either.
    """
    current = _serving()
    title = _title(current.model, media_type, media_id)
    items = similar(current.model, title, wanted, limit)
    return Alike(title, items, current.model.version, current.fallback or not current.model.trained)


def _serving() -> Serving:
    """What serves, counted: whether it is what should, and how old it is."""
    current = serving()
    count("RecommendationFallbacks", int(current.fallback))
    if current.model.trained_at is not None:
        gauge("ModelAgeHours", (time() - current.model.trained_at.timestamp()) / 3600)
    return current


def _title(model: Model, media_type: str, media_id: int) -> Title:
    if media_type in MEDIA_TYPES and media_id <= LARGEST_ID:
        place = model.place((media_type, media_id))
        if place is not None:
            return model.titles[place]
        row = title_row(media_type, media_id)
        if row is not None and is_title(row):
            return engine_title(from_row(row))
    raise UnknownTitle("The catalogue has no such title, so there is nothing to compare.")
