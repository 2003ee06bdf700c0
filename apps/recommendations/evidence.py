"""What a person's lists, ratings and feedback say about taste, as weights for training and serving alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from apps.recommendations.feedback.statements import Kind as FeedbackKind

Kind = Literal["favourite", "watchlist", "rating"]

FAVOURITE_WEIGHT = 1.0
# Wanting to see a title says less than having liked it.
WATCHLIST_WEIGHT = 0.4
# Not wanting to see a title says less than having hated it, and having seen it less than having liked it.
NOT_INTERESTED_WEIGHT = -0.4
WATCHED_WEIGHT = 0.3
WANTED_WEIGHT = 1.0
LIKED_FROM_STARS = 4.0
DISLIKED_TO_STARS = 2.0


def weight_of_rating(stars: float) -> float:
    """The weight of a rating of 0.5 to 5 stars: 0.8 to 1 from four stars, -0.5 to -1 up to two, 0 between."""
    if stars >= LIKED_FROM_STARS:
        return 0.8 + 0.2 * (stars - LIKED_FROM_STARS)
    if stars <= DISLIKED_TO_STARS:
        return -0.5 - (DISLIKED_TO_STARS - stars) / 3
    return 0.0


def weight_of(kind: Kind, stars: float | None) -> float:
    """The weight of one row of a person's lists; `stars` only for ratings."""
    if kind == "rating":
        return weight_of_rating(stars) if stars else 0.0
    return FAVOURITE_WEIGHT if kind == "favourite" else WATCHLIST_WEIGHT


def weight_of_feedback(kind: FeedbackKind) -> float:
    """The weight of what a person says of a title for good; 0 for a title that must not count."""
    return _FEEDBACK_WEIGHTS[kind]


_FEEDBACK_WEIGHTS: Final[Mapping[FeedbackKind, float]] = {
    "not_interested": NOT_INTERESTED_WEIGHT,
    "already_seen": WATCHED_WEIGHT,
    "more_like_this": WANTED_WEIGHT,
    "do_not_use": 0.0,
}
