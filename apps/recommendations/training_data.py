"""What the tables hold, as the input of training. Reads whole tables: for jobs, never for a request."""

from __future__ import annotations

from collections.abc import Iterator

from apps.lists.selectors import all_interactions
from apps.media.selectors import all_titles
from apps.recommendations.catalogue import engine_titles
from apps.recommendations.engine.titles import Title, TitleKey
from apps.recommendations.evidence import weight_of


def weighted_interactions() -> Iterator[tuple[str, TitleKey, float, float]]:
    """(user id, title, weight, seconds since 1970) of every row that says something about taste."""
    for user_id, key, kind, stars, moment in all_interactions():
        weight = weight_of(kind, stars)
        if weight:
            yield user_id, key, weight, moment


def titles() -> list[Title]:
    """The whole catalogue."""
    return list(engine_titles(all_titles()))
