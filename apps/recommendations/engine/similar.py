"""Titles like one title: what the same people like, and what is about the same things.

The trained weight of the pair is divided by the square root of the other title's likes, which turns the regression's
weight into a partial correlation: what everybody likes anyway is no answer to what goes with this one title. How far
the whole is trusted beside content depends on how many like the one title.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from typing import Final, Literal

from .answers import Reason, Recommendation
from .artifact import Model
from .facts import CONTENT_SHRINKAGE, content_facts
from .titles import Title
from .words import listed, shared_names

RequestedType = Literal["movie", "tv", "both"]

_CONTENT: Final = 2.0  # titles that share much have a likeness of .5, while the nearest by trained weight has 1
_PRIOR_LIKES: Final = 10.0
_HALF_TRUSTED_LIKES: Final = 50.0
_BEST_KNOWN_OF_A_FACT: Final = 2_000
_MOST_COMPARED: Final = 300


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like another title is: by who likes it (at most 1), and by what it is about (at most 1)."""

    trained: float
    content: float

    @property
    def total(self) -> float:
        return self.trained + _CONTENT * self.content


def similar(model: Model, title: Title, media_type: RequestedType, limit: int) -> list[Recommendation]:
    """At most `limit` titles of `model` like `title`, the most similar first, each with its reasons.

    `title` need not be in the model: then content alone decides. `media_type` names the kind wanted, or both.
    """
    place = model.place(title.key)
    found = likeness(model, place) if place is not None else _of_outsider(model, title)
    wanted = [i for i in found if media_type in ("both", model.key(i)[0])]
    wanted.sort(key=lambda i: (-found[i].total, i))
    return [_recommended(model, title, i, found[i]) for i in wanted[:limit]]


def likeness(model: Model, place: int) -> dict[int, Likeness]:
    """Every title with something in common with the one at `place`, by its place."""
    trained = _trained(model, place)
    content = {i: min(1.0, value) for i, value in model.content_neighbours(place) if value > 0}
    places = sorted({*trained, *content} - {place})
    return {i: Likeness(trained.get(i, 0.0), content.get(i, 0.0)) for i in places}


def _trained(model: Model, place: int) -> dict[int, float]:
    """The positive trained weights of one like, held down by fame; the largest is how far they are trusted, 0 to 1."""
    operator = model.operator(1)
    if operator is None:
        return {}
    likes = model.likes
    weights = {i: weight / math.sqrt(likes[i] + _PRIOR_LIKES) for i, weight in operator.rows.row(place) if weight > 0}
    trust = likes[place] / (likes[place] + _HALF_TRUSTED_LIKES)
    scale = trust / max(weights.values(), default=1.0)
    return {i: weight * scale for i, weight in weights.items()}


def _of_outsider(model: Model, title: Title) -> dict[int, Likeness]:
    """The titles that share most with one that the model does not have: cosine, as for content neighbours.

    Of each fact only the best known titles are looked at, so that a common genre costs little.
    """
    squares = _squares(model, title)
    dots: dict[int, float] = {}
    for fact, square in squares.items():
        for i in islice(model.facts.titles_with(fact), _BEST_KNOWN_OF_A_FACT):
            dots[i] = dots.get(i, 0.0) + square
    norm = math.sqrt(math.fsum(squares.values()))
    ids = {model.facts.id(fact) for fact in squares}
    found = {}
    for i in nsmallest(_MOST_COMPARED, dots, key=lambda i: (-dots[i], i)):
        content = model.facts.content(i)
        dot = math.fsum(square for fact, square in content.squares if fact in ids)
        found[i] = Likeness(0.0, min(1.0, dot / (norm * content.norm + CONTENT_SHRINKAGE)))
    return found


def _squares(model: Model, title: Title) -> dict[str, float]:
    """The weights, squared, of those content facts of `title` that the model knows."""
    known = ((fact, model.facts.id(fact)) for fact in content_facts(title))
    return {
        fact: dict(model.facts.content(model.facts.titles_with(fact)[0]).squares)[number]
        for fact, number in known
        if number is not None
    }


def _recommended(model: Model, title: Title, i: int, found: Likeness) -> Recommendation:
    other = model.titles[i]
    parts = {"personal": found.trained, "content": _CONTENT * found.content}
    reasons = sorted(_reasons(model, title, other, parts), key=lambda reason: -reason.weight)
    return Recommendation(other, found.total / (1 + _CONTENT), tuple(reasons), parts)


def _reasons(model: Model, title: Title, other: Title, parts: Mapping[str, float]) -> Iterable[Reason]:
    """Both kinds of likeness in words, where there is something of them."""
    if parts["personal"] > 0:
        yield Reason("liked_together", f"Liked by people who liked {title.title}", parts["personal"], (title.key,))
    if parts["content"] > 0:
        shared = shared_names(model, title, other)
        text = f"Shares {listed(shared)} with {title.title}" if shared else f"About the same things as {title.title}"
        yield Reason("similar", text, parts["content"], (title.key,))
