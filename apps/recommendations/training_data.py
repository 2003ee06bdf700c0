"""What the tables hold, as the input of training. Reads whole tables: for jobs, never for a request."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from apps.lists.selectors import all_interactions
from apps.media.selectors import all_titles
from apps.recommendations.catalogue import engine_titles
from apps.recommendations.engine.titles import Title, TitleKey
from apps.recommendations.evidence import WATCHED_WEIGHT, weight_of, weight_of_feedback
from apps.recommendations.feedback.selectors import all_feedback


def weighted_interactions() -> Iterator[tuple[str, TitleKey, float, float]]:
    """(user id, title, weight, seconds since 1970) of every row of a list, every rating and all feedback on a title.

    Ratings that are neither like nor dislike have weight 0: they say that the title was watched. Titles that a person
    does not want used are left out, and having seen a title says nothing beside anything else a person did with it.
    """
    said = [(user_id, key, weight_of_feedback(kind), moment) for user_id, key, kind, moment in all_feedback()]
    unused = {(user_id, key) for user_id, key, weight, _ in said if not weight}
    opinions = [event for event in said if event[2] != WATCHED_WEIGHT]
    seen = {(user_id, key): moment for user_id, key, weight, moment in said if weight == WATCHED_WEIGHT}
    for user_id, key, weight, moment in chain(_listed(), opinions):
        if (user_id, key) not in unused:
            seen.pop((user_id, key), None)
            yield user_id, key, weight, moment
    for (user_id, key), moment in seen.items():
        if (user_id, key) not in unused:
            yield user_id, key, WATCHED_WEIGHT, moment


def _listed() -> Iterator[tuple[str, TitleKey, float, float]]:
    for user_id, key, kind, stars, moment in all_interactions():
        yield user_id, key, weight_of(kind, stars), moment


def titles() -> list[Title]:
    """The whole catalogue."""
    return list(engine_titles(all_titles()))
