"""What a person should watch next, and what goes with a title: the reads, then the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import time
from typing import Generic, TypeVar

from apps.lists import selectors as lists
from apps.media.errors import UnknownTitle
from apps.media.marks import curation
from apps.media.selectors import title_row
from apps.media.titles import LARGEST_ID, MEDIA_TYPES, from_row, is_title
from apps.preferences import selectors as preferences
from apps.recommendations.artifacts import Serving, held, serving
from apps.recommendations.catalogue import engine_title
from apps.recommendations.engine.answers import Request
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.recommend import Answer, Recommendation, recommend
from apps.recommendations.engine.shelves import Shelves, shelves
from apps.recommendations.engine.similar import RequestedType, similar
from apps.recommendations.engine.titles import Title
from apps.recommendations.feedback.selectors import feedback_of
from apps.recommendations.profile import Person, Wish, request_of
from apps.recommendations.stores.configured import configured_store
from movierec.objects import StoreError
from movierec.telemetry.tally import count, gauge, timed
from movierec.telemetry.threads import ContextExecutor
from movierec.timestamps import epoch_seconds

__all__ = [
    "Alike",
    "ModelFacts",
    "Person",
    "Served",
    "Wish",
    "model_facts",
    "recommendations",
    "recommendations_for",
    "rows",
    "similar_to",
]

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
    return recommendations_for(user_id, _person(user_id, wish), wish)


def recommendations_for(user_id: str, person: Person, wish: Wish) -> Served[Answer]:
    """As `recommendations`, for whom everything was read before; no call for that."""
    current = _serving().for_person(user_id)
    answer = recommend(current.model, shown_only(request_of(current.model, person, wish)))
    return Served(answer, current.model.version, current.fallback or answer.fallback_used)


@timed("RecommendationMilliseconds")
def rows(user_id: str, wish: Wish) -> Served[Shelves]:
    """Rows for the person's home page, each of at most the wish's limit; the reads of `recommendations`."""
    person = _person(user_id, wish)
    current = _serving().for_person(user_id)
    answer = shelves(current.model, shown_only(request_of(current.model, person, wish)))
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
    hidden = curation().hidden
    found = similar(current.model, title, wanted, limit + len(hidden))
    items = [item for item in found if item.title.key not in hidden][:limit]
    return Alike(title, items, current.model.version, current.fallback or not current.model.trained)


def _serving() -> Serving:
    """What serves, counted: whether it is what should, and how old it is."""
    current = serving()
    count("RecommendationFallbacks", int(current.fallback))
    if current.model.trained_at is not None:
        gauge("ModelAgeHours", (time() - current.model.trained_at.timestamp()) / 3600)
    return current


def shown_only(request: Request) -> Request:
    """The question without the titles that staff hid from everybody."""
    return replace(request, excluded=request.excluded | curation().hidden)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which model serves, for those who look after the service; what is not known is None.

    `serves` is the version that this process serves from, None where it has not been asked for one yet. `problem` says
    why another version serves than should, or why that cannot be told.
    """

    version: str | None
    trained_at: datetime | None
    activated_at: datetime | None
    candidate: str | None
    share: int
    serves: str | None
    problem: str | None


def model_facts() -> ModelFacts:
    """The active model by the store's pointer; two reads of the store at most, and none of DynamoDB."""
    current = held()
    serves, problem = (current.model.version, current.problem) if current else (None, None)
    try:
        pointer = configured_store().pointer()
        trained_at = _trained_at(pointer.version, current) if pointer else None
    except StoreError as error:
        return ModelFacts(None, None, None, None, 0, serves, str(error))
    if pointer is None:
        return ModelFacts(None, None, None, None, 0, serves, problem or "No model is active.")
    candidate, share = pointer.candidate, pointer.share
    return ModelFacts(pointer.version, trained_at, pointer.activated_at, candidate, share, serves, problem)


def _trained_at(version: str, current: Serving | None) -> datetime | None:
    if current and current.model.version == version:
        return current.model.trained_at
    told = configured_store().manifest(version).get("trained_at")
    return datetime.fromtimestamp(epoch_seconds(told), UTC) if told else None


def _title(model: Model, media_type: str, media_id: int) -> Title:
    if media_type in MEDIA_TYPES and media_id <= LARGEST_ID and (media_type, media_id) not in curation().hidden:
        place = model.place((media_type, media_id))
        if place is not None:
            return model.titles[place]
        row = title_row(media_type, media_id)
        if row is not None and is_title(row):
            return engine_title(from_row(row))
    raise UnknownTitle("The catalogue has no such title, so there is nothing to compare.")
