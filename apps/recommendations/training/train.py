"""Trains the model folder: likes and titles in, files and a report out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.recommendations.engine.titles import Title

from .building import Progress, build, likes_of
from .evaluation import evaluate
from .interactions import Interactions
from .writing import write_model


@dataclass(frozen=True)
class TrainingReport:
    """What a training did. `evaluation` has the figures on held-out people, or a note why there are none."""

    version: str
    titles: int
    users: int
    likes: int
    unknown_items: int
    exact_titles: int
    seconds: float
    evaluation: dict[str, Any]


def train(
    interactions: Interactions,
    titles: Sequence[Title],
    destination: Path,
    *,
    progress: Callable[[str, float], None],
    now: datetime,
) -> TrainingReport:
    """Train on all of `interactions` and put the model folder at `destination`, in place of the one there.

    `progress` is called with a sentence and the fraction done (0..1). Likes of items that are not among `titles` are
    left out. Without likes the model rests on popularity and content alone.
    """
    started = time.monotonic()
    unique = {title.key: title for title in titles}
    ordered = [unique[key] for key in sorted(unique)]
    progress("Evaluating on people set aside", 0.0)
    figures = evaluate(interactions, ordered, _between(progress, 0.0, 0.25))
    likes = likes_of(interactions, ordered)
    parts = build(likes, ordered, _between(progress, 0.25, 0.95))
    progress("Writing the model", 0.95)
    summary: dict[str, Any] = {
        "users": int((likes.matrix.getnnz(axis=1) > 0).sum()),
        "likes": int(likes.matrix.nnz),
        "unknown_items": sum(key not in unique for key in interactions.items),
        "exact_titles": parts.exact_titles,
        "evaluation": figures,
    }
    files, facts = parts.to_files()
    version = write_model(destination, files, {**facts, "report": summary}, now)
    progress("The model is ready", 1.0)
    return TrainingReport(version=version, titles=len(ordered), seconds=round(time.monotonic() - started, 2), **summary)


def _between(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
