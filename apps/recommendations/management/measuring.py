"""What the commands share that read CSV files and measure on people held out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError

from apps.recommendations.services import FromFiles, Progress, read_files
from movierec.progress import Steps

MOST_SEEDS = 100

Found = TypeVar("Found")


class MeasuringCommand(BaseCommand):
    """A command over interactions from a file, and over several random splits of them."""

    requires_system_checks = ()
    # Of the time of the whole command.
    reading = 0.05

    def add_data_arguments(self, parser: ArgumentParser, *, seeds: int) -> None:
        """The options for the files and the splits, `seeds` of them by default."""
        parser.add_argument(
            "--interactions",
            type=Path,
            required=True,
            metavar="FILE.csv",
            help="userId,movieId[,rating][,timestamp]; series are tv#<number>, .gz is unpacked",
        )
        parser.add_argument("--titles", type=Path, metavar="FILE.csv", help="movieId,title,genres of the titles")
        parser.add_argument(
            "--seeds", type=int, default=seeds, metavar="N", help="how many splits (default: %(default)s)"
        )

    def measured(
        self,
        interactions: Path,
        titles: Path | None,
        seeds: int,
        measure: Callable[[FromFiles, Progress], Found],
        *,
        written: str,
    ) -> Found:
        """What `measure` finds in the files, with progress; lines that cannot be used are named afterwards.

        Raises CommandError for what is wrong with the files, the number of seeds or the people, and, with `written` as
        its subject, where the result cannot be written.
        """
        # NumPy and SciPy are not installed where the service only serves.
        from apps.recommendations.training.csv_files import CsvError  # noqa: PLC0415
        from apps.recommendations.training.evaluation_runs import NobodyToAsk  # noqa: PLC0415

        if not 1 <= seeds <= MOST_SEEDS:
            raise CommandError(f"--seeds must be from 1 to {MOST_SEEDS}.")
        part = self.reading
        try:
            with Steps(self.stdout) as steps:
                read = read_files(interactions, titles, lambda step, done: steps.show(step, part * done))
                found = measure(read, lambda step, done: steps.show(step, part + (1 - part) * done))
        except (CsvError, NobodyToAsk) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{written} ({error.strerror}).") from error
        for row in read.rejected:
            self.stderr.write(f"{row}.")
        return found
