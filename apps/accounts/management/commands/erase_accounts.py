"""`manage.py erase_accounts`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.deletions import erase_due
from movierec import jobs
from movierec.api.errors import ApiError
from movierec.dynamo.turns import TurnTaken
from movierec.localaws import LocalAwsError
from movierec.telemetry.access import mark_of
from movierec.telemetry.jobs import reported

JOB: Final = "erase_accounts"
SCHEDULE: Final = "due"
# "Try again later", as sysexits.h has it.
BUSY: Final = 75


class Command(BaseCommand):
    help = (
        "Erases the accounts whose deletion was asked for 7 days ago, with everything stored about them. To be run "
        "every day; one that was stopped goes on where it was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with reported(JOB) as report:
            try:
                with jobs.recorded_alone(JOB, SCHEDULE) as record:
                    self._erase(record)
            except jobs.StopAsked as asked:
                report.state = "paused"
                self.stdout.write(f"Stopped by {asked}; the same command goes on.")
            except TurnTaken as error:
                report.state = "busy"
                sentence = "Another process erases accounts already; look at it at /ops/jobs."
                raise CommandError(sentence, returncode=BUSY) from error
            except LocalAwsError as error:
                raise CommandError(str(error)) from error

    def _erase(self, record: jobs.Recorder) -> None:
        try:
            for user_id in erase_due(datetime.now(UTC)):
                # The log outlives the account: it gets the mark that its lines have as `user`.
                told = f"Erased the account of the user {mark_of(user_id)}."
                record.run.add("erased")
                record.say(told)
                self.stdout.write(told)
                record.save_at_times()
                record.check()
        except (ApiError, LocalAwsError) as error:
            raise CommandError(f"Stopped after {record.run.figure('erased')} accounts: {error}") from error
        record.message = f"Accounts erased: {record.run.figure('erased')}."
        self.stdout.write(record.message)
