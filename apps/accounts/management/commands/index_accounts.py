"""`manage.py index_accounts`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.directory import indexing
from movierec.api.errors import ApiError
from movierec.localaws import LocalAwsError
from movierec.telemetry.jobs import reported


class Command(BaseCommand):
    help = (
        "Lists the local provider's accounts for staff, where they were made before there was such a list. It reads "
        "the whole table and is to be run once; one that was stopped can be run again."
    )

    def handle(self, **_: Any) -> None:
        with reported("index_accounts"):
            self._index()

    def _index(self) -> None:
        if settings.IDENTITY_PROVIDER != "local":
            raise CommandError("IDENTITY_PROVIDER is not local; the user pool lists its users itself.")
        listed = 0
        try:
            for number in indexing.index():
                listed += number
        except (ApiError, LocalAwsError) as error:
            raise CommandError(f"Stopped after {listed} accounts: {error}") from error
        self.stdout.write(f"Accounts listed that were not: {listed}.")
