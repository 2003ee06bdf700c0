"""`manage.py train_recommender`: a new model from the tables."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.recommendations.services import in_words, train_from_tables
from movierec.progress import Steps


class Command(BaseCommand):
    help = (
        "Trains the recommender on the favourites, watchlists and ratings in the tables and writes the model. "
        "A running server takes it up at its next start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output",
            type=Path,
            default=settings.MODEL_DIR,
            help="Folder of the model; an older model there is replaced when the new one is complete. "
            "Default: %(default)s",
        )

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        with Steps(self.stdout) as steps:
            report = train_from_tables(output, steps.show)
        self.stdout.write(in_words(report))
        self.stdout.write(f"The model is in {output}. Restart the server to use it.")
