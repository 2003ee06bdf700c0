"""`manage.py refresh_figures`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.ops.dashboard.costs import BudgetUnreadable, refresh
from movierec.dynamo.turns import TurnTaken
from movierec.jobs import recorded_alone
from movierec.localaws import LocalAwsError
from movierec.telemetry.jobs import reported

JOB: Final = "refresh_figures"
SCHEDULE: Final = "daily"
# "Try again later", as sysexits.h has it.
BUSY: Final = 75


class Command(BaseCommand):
    help = "Reads from AWS what the service has cost this month, for the admin's dashboard. To be run every day."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BUDGET_NAME:
            self.stdout.write("Nothing is paid for here: BUDGET_NAME names no budget.")
            return
        with reported(JOB) as report:
            try:
                with recorded_alone(JOB, SCHEDULE) as record:
                    cost = refresh(datetime.now(UTC))
                    record.message = f"{cost.actual:.2f} {cost.unit} so far of {cost.limit:.2f}."
            except TurnTaken as error:
                report.state = "busy"
                raise CommandError("Another process reads the figures already.", returncode=BUSY) from error
            except (BudgetUnreadable, LocalAwsError) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(record.message)
