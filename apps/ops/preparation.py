"""What must be done before a local server answers: the embedded AWS, tables, due deletions, catalogue, index, model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.conf import settings
from django.core.management import CommandError, call_command

from apps.accounts.deletions import any_due
from apps.accounts.directory.indexing import ensure_indexed
from apps.media import index_keeper
from apps.media.providers.tmdb.configured import configured_source
from apps.media.services import rebuild_catalogue
from apps.media.sync.errors import AlreadyRunning
from apps.media.sync.run import sync
from apps.media.sync.schedules import SCHEDULES
from apps.media.sync.status import ever_finished
from apps.ops.demo import ensure_demo_loaded
from apps.ops.jobs.commands import JOBS
from apps.recommendations.artifacts import is_published
from apps.recommendations.publishing import publish
from apps.recommendations.services import in_words, train_from_tables
from movierec import env
from movierec.dynamo.connection import endpoint_url
from movierec.dynamo.registry import create_missing_tables
from movierec.dynamo.turns import TurnTaken
from movierec.jobs import Recorder, ensure_listed, recorded_alone
from movierec.progress import Steps

# A start that is held up for longer is one that people give up.
FIRST_SYNC_SECONDS: Final = 60
# The job and the schedule that a training's runs are recorded as.
TRAINING: Final = ("train_recommender", "tables")
# What a command ends with while another process does its work.
BUSY: Final = 75


def prepare(output: Any) -> None:
    """Does what is missing and says what it does; what is there already costs a few reads.

    Outside local only the endpoint is looked at: tables are made by the templates and models by a job.
    Raises LocalAwsError when the embedded AWS cannot start, and StoreError when the model cannot be published.
    """
    if not settings.LOCAL:
        return
    _start_aws(output)
    made = [name for name, new in create_missing_tables() if new]
    if made:
        output.write(f"Created the tables {', '.join(made)}.")
    _erase_due_accounts(output)
    ensure_indexed()
    ensure_listed(JOBS)
    ensure_demo_loaded(output)
    _ensure_index(output, anew=_sync_first(output))
    _ensure_model(output)


def _start_aws(output: Any) -> None:
    if not settings.EMBEDDED_AWS:
        return
    address = endpoint_url()
    assert address
    # Children, such as the autoreloader's, use this one instead of asking again.
    env.hand_down("AWS_ENDPOINT_URL", address)
    output.write(f"The embedded AWS answers at {address}; its state is in {settings.STATE_DIR}.")


def _erase_due_accounts(output: Any) -> None:
    """Does what a schedule does elsewhere, as a run of that job where there is something to do."""
    if not any_due(datetime.now(UTC)):
        return
    try:
        call_command("erase_accounts", stdout=output)
    except CommandError as error:
        if error.returncode != BUSY:
            raise
        output.write(str(error))


def _sync_first(output: Any) -> bool:
    """Brings titles of TMDB into a catalogue that never had any; what goes wrong is a sentence, and no more.

    Answers whether titles were stored which lists and index do not show yet.
    """
    source = configured_source()
    if source is None or ever_finished():
        return False
    output.write(f"Asking TMDB for films and series, for at most {FIRST_SYNC_SECONDS} seconds:")
    try:
        with Steps(output) as steps:
            run = sync(SCHEDULES["daily"], source, steps, seconds=FIRST_SYNC_SECONDS, patience=0.0)
    except AlreadyRunning as error:
        output.write(str(error))
        return False
    output.write(str(run.message).replace("The same command", "manage.py sync_media --schedule daily"))
    return run.state != "done" and (run.figure("lists") > 0 or run.figure("fetched") > 0)


def _ensure_index(output: Any, *, anew: bool) -> None:
    """Makes the lists and the index of a catalogue that has none yet, or `anew`."""
    if not anew and index_keeper.is_published():
        return
    output.write("Building the catalogue's lists and its index:")
    with Steps(output) as steps:
        rebuild_catalogue(now=datetime.now(UTC), progress=steps.show)


def _ensure_model(output: Any) -> None:
    if is_published():
        return
    output.write("Training the recommender on the demo viewers:")
    try:
        with recorded_alone(*TRAINING) as record:
            version = _trained(record, output)
    except TurnTaken:
        output.write("Another process trains it already; the server takes its model up as soon as that is published.")
        return
    output.write(f"Published {version} in {settings.MODEL_STORE}.")


def _trained(record: Recorder, output: Any) -> str:
    """Trains and publishes as that run; answers the version."""
    with TemporaryDirectory(prefix="movierec-") as folder:
        trained = Path(folder) / "model"
        with Steps(output) as steps:
            report = train_from_tables(trained, record.beside(steps.show))
        record.message = in_words(report)
        for name, number in (("likes", report.likes), ("people", report.users), ("titles", report.titles)):
            record.run.add(name, number)
        output.write(record.message)
        return publish(trained)
