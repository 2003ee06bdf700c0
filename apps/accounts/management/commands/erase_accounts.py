"""`manage.py erase_accounts`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.deletions import erase_due
from movierec.api.errors import ApiError
from movierec.localaws import LocalAwsError
from movierec.telemetry.access import mark_of
from movierec.telemetry.jobs import reported


class Command(BaseCommand):
    help = (
        "Erases the accounts whose deletion was asked for 7 days ago, with everything stored about them. To be run "
        "every day; one that was stopped goes on where it was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with reported("erase_accounts"):
            self._erase()

    def _erase(self) -> None:
        erased = 0
        try:
            for user_id in erase_due(datetime.now(UTC)):
                erased += 1
                # The log outlives the account: it gets the mark that its lines have as `user`.
                self.stdout.write(f"Erased the account of the user {mark_of(user_id)}.")
        except (ApiError, LocalAwsError) as error:
            raise CommandError(f"Stopped after {erased} accounts: {error}") from error
        self.stdout.write(f"Accounts erased: {erased}.")
