"""`manage.py recommend USER`: a person's recommendations on the terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.lists.selectors import History, history
from apps.recommendations.artifacts import serving
from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.titles import TitleKey
from apps.recommendations.evidence import weight_of_rating
from apps.recommendations.selectors import Wish, recommendations

SHOWN_HISTORY = 10


class Command(BaseCommand):
    help = "Shows what a user id likes and what is recommended to it, with the reasons, as the API would serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user_id", help="such as movielens-1 or the userSub that sign-up answered")
        parser.add_argument("--limit", type=int, default=10, help="how many titles, 1 to 100 (default: 10)")
        parser.add_argument("--media-type", choices=("movie", "tv", "both"), default="both")

    def handle(self, *args: Any, user_id: str, limit: int, media_type: Any, **options: Any) -> None:
        if not 1 <= limit <= 100:
            raise CommandError("--limit must be from 1 to 100.")
        model = serving().for_person(user_id).model
        liked = _liked(history(user_id))
        self.stdout.write(f"{user_id} likes {len(liked)} titles, such as:")
        for key in liked[:SHOWN_HISTORY]:
            self.stdout.write(f"  {_name(model, key)}")
        served = recommendations(user_id, Wish(media_type=media_type, limit=limit))
        self.stdout.write(f"Recommended ({served.answer.source}, model {served.model_version}):")
        for place, item in enumerate(served.answer.items, 1):
            self.stdout.write(f"{place:3}. {_name(model, item.title.key)}  {item.score:.2f}")
            self.stdout.write(f"     {item.reasons[0].text}")


def _liked(known: History) -> list[TitleKey]:
    """Favourites, then the best ratings, newest first."""
    rated = sorted(known.ratings, key=lambda rating: (rating[1], rating[2]), reverse=True)
    favourites = (key for key, _ in known.favourites)
    return list(dict.fromkeys([*favourites, *(key for key, stars, _ in rated if weight_of_rating(stars) > 0)]))


def _name(model: Model, key: TitleKey) -> str:
    place = model.place(key)
    if place is None:
        return f"{key[0]} {key[1]}"
    title = model.titles[place]
    return f"{title.title} ({title.year})" if title.year else title.title
