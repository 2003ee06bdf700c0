"""`manage.py index_runs`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.ops.jobs.commands import JOBS
from movierec.api.errors import ApiError
from movierec.jobs.indexing import index
from movierec.localaws import LocalAwsError
from movierec.telemetry.jobs import reported


class Command(BaseCommand):
    help = (
        "Lists the runs of jobs for staff that were recorded before there was such a list. To be run once; one that "
        "was stopped can be run again."
    )

    def handle(self, **_: Any) -> None:
        with reported("index_runs"):
            try:
                listed = index(JOBS)
            except (ApiError, LocalAwsError, TimeoutError) as error:
                raise CommandError(f"Not all runs are listed: {error} Run it again.") from error
        self.stdout.write(f"Runs listed that were not: {listed}.")
