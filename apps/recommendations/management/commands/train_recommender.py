"""`manage.py train_recommender`: a new model from the tables or from files."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.recommendations.services import FromFiles, in_words, read_files, train_from_files, train_from_tables
from apps.recommendations.training.settings import DEFAULTS, SettingsError, read_settings
from movierec.progress import Steps
from movierec.telemetry.jobs import Report, reported

if TYPE_CHECKING:
    from apps.recommendations.training.train import TrainingReport
    from movierec.jobs import Recorder

JOB: Final = "train_recommender"
# "Try again later", as sysexits.h has it.
BUSY: Final = 75
Show = Callable[[str, float], None]
# Makes of what shows steps on a terminal what else is to be told of them.
Follow = Callable[[Show], Show]
_READING = 0.1  # of the time of a training from files


class Command(BaseCommand):
    help = (
        "Trains the recommender on the lists, ratings and feedback in the tables, or on CSV files, and publishes the "
        "model: running servers take it up within a minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interactions",
            type=Path,
            metavar="FILE.csv",
            help="userId,movieId[,rating][,timestamp] instead of the tables; series are tv#<number>, .gz is unpacked",
        )
        parser.add_argument(
            "--titles", type=Path, metavar="FILE.csv", help="movieId,title,genres of the titles of --interactions"
        )
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help="write the model to this folder, new, empty or of another model, and publish nothing",
        )
        parser.add_argument(
            "--tuned",
            type=Path,
            metavar="FILE.json",
            help="settings that tune_recommender wrote, instead of the usual ones",
        )
        parser.add_argument(
            "--no-evaluation", action="store_true", help="skip the figures on held-out people in the report"
        )

    def handle(
        self,
        *args: Any,
        interactions: Path | None,
        titles: Path | None,
        output: Path | None,
        tuned: Path | None,
        no_evaluation: bool,
        **options: Any,
    ) -> None:
        if titles and not interactions:
            raise CommandError("--titles describes the titles of --interactions; name that file as well.")
        try:
            chosen = read_settings(tuned) if tuned else DEFAULTS
        except SettingsError as error:
            raise CommandError(str(error)) from error

        def train(folder: Path, parts_folder: Path | None = None, follow: Follow = _alone) -> TrainingReport:
            how = {"evaluated": not no_evaluation, "settings": chosen, "parts_folder": parts_folder}
            with Steps(self.stdout) as steps:
                show = follow(steps.show)
                if not interactions:
                    return train_from_tables(folder, show, **how)
                read = self._read(interactions, titles, show)
                return train_from_files(read, folder, _later(show), **how)

        with reported(JOB) as report:
            if output:
                self._write(train, output)
            else:
                self._recorded(train, "files" if interactions else "tables", report)

    def _read(self, interactions: Path, titles: Path | None, show: Show) -> FromFiles:
        from apps.recommendations.training.csv_files import CsvError  # noqa: PLC0415 - not where nothing is trained

        try:
            read = read_files(interactions, titles, lambda sentence, part: show(sentence, _READING * part))
        except CsvError as error:
            raise CommandError(str(error)) from error
        for row in read.rejected:
            self.stderr.write(f"{row}.")
        return read

    def _write(self, train: Callable[[Path], TrainingReport], output: Path) -> None:
        from apps.recommendations.training.writing import DestinationError, check_destination  # noqa: PLC0415

        folder = output.resolve()
        try:
            # Nobody should wait for a training that cannot be written.
            check_destination(folder)
            report = train(folder)
        except DestinationError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The model cannot be written to {folder} ({error.strerror}).") from error
        self.stdout.write(in_words(report))
        self.stdout.write(f"The model is in {folder}.")

    def _recorded(self, train: Callable[[Path, Path, Follow], TrainingReport], source: str, report: Report) -> None:
        """Trains and publishes as a run that the admin shows."""
        # A training that publishes nothing asks no table.
        from movierec import jobs  # noqa: PLC0415
        from movierec.dynamo.turns import TurnTaken  # noqa: PLC0415
        from movierec.localaws import LocalAwsError  # noqa: PLC0415

        try:
            with jobs.recorded_alone(JOB, source) as record:
                record.message = self._publish(train, record)
        except jobs.StopAsked as asked:
            report.state = "paused"
            self.stdout.write(f"Stopped by {asked}; the same command goes on with what is done.")
        except TurnTaken as error:
            report.state = "busy"
            raise CommandError("A training is running already; look at it at /ops/jobs.", returncode=BUSY) from error
        except LocalAwsError as error:
            raise CommandError(str(error)) from error

    def _publish(self, train: Callable[[Path, Path, Follow], TrainingReport], record: Recorder) -> str:
        """Answers what was done in a sentence."""
        # Publishing brings the libraries of AWS, which nothing else here needs.
        from apps.recommendations.engine.artifact import ArtifactError  # noqa: PLC0415
        from apps.recommendations.publishing import publish  # noqa: PLC0415
        from movierec.objects import StoreError  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="movierec-training-") as scratch:
            folder = Path(scratch) / "model"
            # What is done of a training that is killed must outlive this folder.
            report = train(folder, settings.STATE_DIR / "training", record.following)
            told = in_words(report)
            for name, number in (("likes", report.likes), ("people", report.users), ("titles", report.titles)):
                record.run.add(name, number)
            self.stdout.write(told)
            if not report.titles:
                raise CommandError(
                    "There is no title to recommend, so nothing is published and the model that serves stays. Look "
                    "at AWS_REGION and MOVIEREC_ENV, or fill the catalogue first (manage.py sync_media)."
                )
            try:
                publish(folder)
            except (ArtifactError, StoreError) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(
            f"It is published in {settings.MODEL_STORE}. Running servers take it up within a minute; "
            "manage.py recommender_model rollback goes back."
        )
        return told


def _alone(show: Show) -> Show:
    return show


def _later(show: Show) -> Show:
    """Progress of the training behind that of the reading."""
    return lambda sentence, part: show(sentence, _READING + (1 - _READING) * part)
