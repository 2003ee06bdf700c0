"""What a person's lists and ratings say about taste, as weights for training and serving alike."""

from __future__ import annotations

from typing import Literal

Kind = Literal["favourite", "watchlist", "rating"]

FAVOURITE_WEIGHT = 1.0
# Wanting to see a title says less than having liked it.
WATCHLIST_WEIGHT = 0.4
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
