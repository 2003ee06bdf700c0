"""Training from what the tables hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apps.recommendations.training_data import titles, weighted_interactions

if TYPE_CHECKING:
    from apps.recommendations.training.train import TrainingReport


def train_from_tables(destination: Path, progress: Callable[[str, float], None]) -> TrainingReport:
    """Trains on every list and rating in the tables and writes the model to `destination`.

    `progress` is told what is being done and how far the whole is, from 0 to 1.
    """
    # NumPy and SciPy are not installed where the service only serves.
    from apps.recommendations.training.interactions import Interactions  # noqa: PLC0415
    from apps.recommendations.training.train import train  # noqa: PLC0415

    progress("Reading the catalogue", 0.0)
    catalogue = titles()
    progress("Reading lists and ratings", 0.02)
    interactions = Interactions.from_events(weighted_interactions())
    return train(interactions, catalogue, destination, progress=progress, now=datetime.now(UTC))


def in_words(report: TrainingReport) -> str:
    """What a training did, in a sentence for the terminal."""
    return (
        f"Trained on {report.likes:,} likes of {report.users:,} people over {report.titles:,} titles "
        f"in {report.seconds:.1f} s; the model's version is {report.version}."
    )
