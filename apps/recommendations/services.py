"""Training and evaluation, from what the tables hold or from files. NumPy and SciPy are imported when they are needed:
they are not installed where the service only serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.recommendations.engine.titles import Title
    from apps.recommendations.training.csv_files import Rejected
    from apps.recommendations.training.interactions import Interactions
    from apps.recommendations.training.train import TrainingReport

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class FromFiles:
    """Interactions and their titles from CSV files, and the lines that could not be used."""

    interactions: Interactions
    titles: list[Title]
    rejected: list[Rejected]


def train_from_tables(destination: Path, progress: Progress, **options: Any) -> TrainingReport:
    """Trains on every list and rating in the tables and writes the model to `destination`.

    `progress` is told what is being done and how far the whole is, from 0 to 1; `options` are those of
    `training.train.train`.
    """
    # Files alone are trained on without the tables' libraries.
    from apps.recommendations.training.interactions import Interactions  # noqa: PLC0415
    from apps.recommendations.training.train import train  # noqa: PLC0415
    from apps.recommendations.training_data import titles, weighted_interactions  # noqa: PLC0415

    progress("Reading the catalogue", 0.0)
    catalogue = titles()
    progress("Reading lists and ratings", 0.02)
    interactions = Interactions.from_events(weighted_interactions())
    return train(interactions, catalogue, destination, progress=progress, now=datetime.now(UTC), **options)


def train_from_files(read: FromFiles, destination: Path, progress: Progress, **options: Any) -> TrainingReport:
    """Trains on files that were read and writes the model to `destination`, as `train_from_tables`; asks no table."""
    from apps.recommendations.training.train import train  # noqa: PLC0415

    return train(read.interactions, read.titles, destination, progress=progress, now=datetime.now(UTC), **options)


def read_files(interactions: Path, titles: Path | None, progress: Progress) -> FromFiles:
    """The interactions and the titles of CSV files; titles that no file describes have only their id.

    Raises CsvError when one of the files cannot be used.
    """
    from apps.recommendations.training.csv_interactions import read_interactions  # noqa: PLC0415
    from apps.recommendations.training.csv_titles import read_titles, titles_for  # noqa: PLC0415

    rows = read_interactions(interactions, progress)
    described = read_titles(titles) if titles else None
    return FromFiles(
        rows.content,
        titles_for(rows.content, described.content if described else ()),
        [*rows.rejected, *(described.rejected if described else ())],
    )


def in_words(report: TrainingReport) -> str:
    """What a training did, in a sentence for the terminal."""
    return (
        f"Trained on {report.likes:,} likes of {report.users:,} people over {report.titles:,} titles "
        f"in {report.seconds:.1f} s; the model's version is {report.version}."
    )
