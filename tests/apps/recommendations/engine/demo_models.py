"""Models of the demo catalogue, one trained on its invented viewers and one untrained, and histories of viewers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from apps.media.providers.demo import DemoCatalogue
from apps.ops.demo_viewers import demo_viewers, interactions
from apps.ops.statistics import tally
from apps.recommendations.catalogue import engine_titles
from apps.recommendations.engine.answers import Liked
from apps.recommendations.engine.artifact import Model, content_only, load
from apps.recommendations.engine.titles import Title, TitleKey
from apps.recommendations.training.interactions import Interactions
from apps.recommendations.training.train import train

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG = 30
VIEWERS = 60


@dataclass(frozen=True)
class Demo:
    """Both models, and what each of some viewers liked: at least 30 titles, in the order of seeing them."""

    trained: Model
    untrained: Model
    histories: Sequence[Sequence[TitleKey]]


@cache
def demo() -> Demo:
    """The models; made once a process."""
    catalogue = list(DemoCatalogue().titles())
    viewers = list(demo_viewers(catalogue, now=NOW, count=VIEWERS))
    figures = tally(interactions(viewers), NOW)
    titles = [_with_figures(title, figures.get(title.key)) for title in engine_titles(catalogue)]
    likes = [[(key, moment) for key, stars, moment in viewer.ratings if stars >= 3.5] for viewer in viewers]
    events = [(str(n), key, 1.0, moment.timestamp()) for n, liked in enumerate(likes) for key, moment in liked]
    with tempfile.TemporaryDirectory() as folder:
        train(Interactions.from_events(events), titles, Path(folder) / "m", progress=lambda *_: None, now=NOW)
        trained = load(Path(folder) / "m")
    histories = [[key for key, _ in liked][:LONG] for liked in likes if len(liked) >= LONG]
    return Demo(trained, content_only(titles), histories)


def liked(keys: Sequence[TitleKey]) -> list[Liked]:
    """A history of titles all liked alike."""
    return [Liked(key, 1.0, "liked") for key in keys]


def _with_figures(title: Title, figures) -> Title:
    if figures is None:
        return title
    popularity = float(figures.likes + figures.recent_likes)
    return replace(title, vote_average=figures.vote_average, vote_count=figures.vote_count, popularity=popularity)
