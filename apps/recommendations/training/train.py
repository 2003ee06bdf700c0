"""Trains the model folder: likes and titles in, files and a report out."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from apps.recommendations.engine.titles import Title

from .building import METHOD, Likes, Progress, build, likes_of
from .checkpoints import Checkpoints, digest_of
from .evaluation import evaluate
from .interactions import Interactions
from .settings import DEFAULTS, Settings
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


def train(  # noqa: PLR0913  (all but the data and the place by name)
    interactions: Interactions,
    titles: Sequence[Title],
    destination: Path,
    *,
    progress: Callable[[str, float], None],
    now: datetime,
    evaluated: bool = True,
    settings: Settings = DEFAULTS,
    parts_folder: Path | None = None,
) -> TrainingReport:
    """Train on all of `interactions` and put the model folder at `destination`, in place of the one there.

    `progress` is called with a sentence and the fraction done (0..1). Likes of items that are not among `titles` are
    left out. Without likes the model rests on popularity and content alone. Unless `evaluated`, the report has no
    figures on held-out people, and training takes less time.

    Parts that are done are kept in `parts_folder` (beside `destination` where none is given) until the model is
    written: a training that was killed goes on from there when it is started again with the same data, settings and
    release.
    """
    started = time.monotonic()
    destination = Path(destination)
    unique = {title.key: title for title in titles}
    ordered = [unique[key] for key in sorted(unique)]
    figures: dict[str, Any] = {"note": "Not evaluated: it was not asked for."}
    if evaluated:
        progress("Evaluating on people set aside", 0.0)
        figures = evaluate(interactions, ordered, _between(progress, 0.0, 0.25), settings)
    likes = likes_of(interactions, ordered, settings)
    folder = parts_folder or destination.with_name(f".{destination.name}.parts")
    kept = Checkpoints(folder, _digest(likes, ordered, settings))
    parts = build(likes, ordered, _between(progress, 0.25, 0.95), kept=kept, settings=settings)
    progress("Writing the model", 0.95)
    summary: dict[str, Any] = {
        "users": int((likes.matrix.getnnz(axis=1) > 0).sum()),
        "likes": int(likes.matrix.nnz),
        "unknown_items": sum(key not in unique for key in interactions.items),
        "exact_titles": parts.exact_titles,
        "evaluation": figures,
    }
    files, facts = parts.to_files()
    report = {**summary, "settings": settings.to_json()}
    version = write_model(destination, files, {**facts, "report": report}, now)
    kept.clear()
    progress("The model is ready", 1.0)
    return TrainingReport(version=version, titles=len(ordered), seconds=round(time.monotonic() - started, 2), **summary)


def _digest(likes: Likes, titles: Sequence[Title], settings: Settings) -> str:
    """What the parts of a model follow from: the data, the settings, and the method by its release."""
    matrices = (likes.matrix, likes.values, likes.sessions.values)
    arrays = [array for matrix in matrices for array in (matrix.indptr, matrix.indices, matrix.data)]
    described = json.dumps([title.to_json() for title in titles], sort_keys=True)
    chosen = json.dumps(settings.to_json())
    return digest_of([str(METHOD).encode(), chosen.encode(), described.encode(), *arrays])


def _between(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
