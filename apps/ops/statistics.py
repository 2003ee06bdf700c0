"""Counts what viewers made of each title. Reads whole tables: a job, never behind a request."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from apps.lists.selectors import Interaction, all_interactions
from apps.media.services import rebuild_catalogue
from apps.media.titles import Figures, TitleKey
from apps.recommendations.evidence import LIKED_FROM_STARS

RECENT: Final = timedelta(days=30)
# A job that nobody ends after some minutes can wait for another one's rebuild.
REBUILD_SECONDS: Final = 600


def refresh_statistics(now: datetime) -> None:
    """Gives every title its figures of all lists and ratings, and builds the ready-made lists and the index anew.

    Raises TurnTaken where another process rebuilds them for longer than ten minutes.
    """
    rebuild_catalogue(now=now, statistics=tally(all_interactions(), now), wait=REBUILD_SECONDS)


def tally(interactions: Iterable[Interaction], now: datetime) -> dict[TitleKey, Figures]:
    """The figures of every title that somebody rated or liked.

    A viewer likes a title by making it a favourite or by a rating of four stars or more, and counts once for it; the
    like is recent when the later of both is at most 30 days old.
    """
    stars: dict[TitleKey, tuple[float, int]] = {}
    likes: defaultdict[TitleKey, dict[str, float]] = defaultdict(dict)
    for user_id, key, kind, rating, moment in interactions:
        if rating is not None:
            total, count = stars.get(key, (0.0, 0))
            stars[key] = total + rating, count + 1
        if kind == "favourite" or (rating is not None and rating >= LIKED_FROM_STARS):
            # One text for each viewer instead of one a row saves most of the memory.
            viewer = sys.intern(user_id)
            likes[key][viewer] = max(moment, likes[key].get(viewer, 0.0))
    since = (now - RECENT).timestamp()
    return {key: _figures(*stars.get(key, (0.0, 0)), likes.get(key, {}), since) for key in stars.keys() | likes.keys()}


def _figures(total: float, count: int, likes: dict[str, float], since: float) -> Figures:
    return Figures(
        # Stars go to 5, averages to 10.
        vote_average=round(2 * total / count, 3) if count else 0.0,
        vote_count=count,
        likes=len(likes),
        recent_likes=sum(moment >= since for moment in likes.values()),
    )
