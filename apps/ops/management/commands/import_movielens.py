"""`manage.py import_movielens DIR`."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.ops.imports.movielens import VIEWER_PREFIX, import_folder
from apps.ops.imports.movielens_files import Folder, FolderError, Rejected
from movierec.dynamo.registry import create_missing_tables
from movierec.dynamo.turns import TurnTaken
from movierec.progress import Steps

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Imports a MovieLens folder (movies.csv, links.csv, ratings.csv): films into the catalogue, ratings of each "
        "viewer under the user id movielens-<userId>. Can be stopped at any time; the same command goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the unpacked folder, such as ml-latest-small")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        source = Folder(folder)
        list(create_missing_tables())
        try:
            with Steps(self.stdout) as steps:
                outcome = import_folder(source, steps, now=datetime.now(UTC))
        except (FolderError, TurnTaken) as error:
            raise CommandError(str(error)) from error
        if outcome.already_done:
            self.stdout.write(f"These {outcome.films} films and their ratings are imported already.")
            return
        if outcome.resumed_at_line:
            self.stdout.write(f"Went on behind line {outcome.resumed_at_line} of ratings.csv.")
        self.stdout.write(self._sentence(outcome.films, outcome.merged_films, outcome.ratings))
        self._report(source.rejected)
        self.stdout.write(
            f"Next: manage.py train_recommender. To look at one viewer after that: manage.py recommend {VIEWER_PREFIX}1"
        )

    @staticmethod
    def _sentence(films: int, merged: int, ratings: int) -> str:
        same = f" ({merged} listed twice under one TMDB number)" if merged else ""
        return f"Imported {films:,} films{same} and {ratings:,} ratings."

    def _report(self, rejected: list[Rejected]) -> None:
        """Lists the rows that were not used: the first here, all in a file."""
        if not rejected:
            return
        counts = Counter(row.file for row in rejected)
        self.stdout.write(
            f"{len(rejected):,} rows could not be used: "
            + ", ".join(f"{count:,} of {file}" for file, count in sorted(counts.items()))
        )
        for row in rejected[:SHOWN]:
            self.stdout.write(f"  {row.file} line {row.line}: {row.reason}")
        if len(rejected) > SHOWN:
            path = settings.STATE_DIR / "import_movielens_rejected.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows((row.file, row.line, row.reason) for row in rejected)
            self.stdout.write(f"  … and {len(rejected) - SHOWN:,} more: all are listed in {path}.")
