"""What the schedules start is what the application has."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.management import CommandError, get_commands, load_command_class

from apps.media.sync.schedules import SCHEDULES
from apps.ops.jobs.commands import COMMANDS
from infra.declared.jobs import JOBS, Job

# EventBridge's fields: minute, hour, day of the month, month, day of the week, year.
CRON = re.compile(r"cron\(\d{1,2} \d{1,2} (\* \* \?|\? \* (MON|TUE|WED|THU|FRI|SAT|SUN)) \*\)")


def parsed(job: Job) -> dict[str, Any]:
    """What the command makes of a job's line, split at spaces as Zappa splits it."""
    name, *arguments = job.command.split(" ")
    command = load_command_class(get_commands()[name], name)
    return vars(command.create_parser("manage.py", name).parse_args(arguments))


def test_the_syncs_run_when_the_application_says_that_they_do() -> None:
    syncs = {job.command: job.cron for job in JOBS if job.command.startswith("sync_media")}
    scheduled = [schedule for schedule in SCHEDULES.values() if schedule.cron is not None]
    assert syncs == {f"sync_media --schedule {schedule.name}": schedule.cron for schedule in scheduled}


def test_the_jobs() -> None:
    assert [(job.name, job.cron, job.command) for job in JOBS] == [
        ("daily-sync", "cron(0 8 * * ? *)", "sync_media --schedule daily"),
        ("weekly-sync", "cron(0 9 ? * SUN *)", "sync_media --schedule weekly"),
        ("erase-accounts", "cron(30 3 * * ? *)", "erase_accounts"),
        ("refresh-figures", "cron(15 6 * * ? *)", "refresh_figures"),
    ]


def test_the_admin_starts_what_schedules_start_and_says_when_they_do() -> None:
    shown = {command.line: command.cron for command in COMMANDS if command.cron is not None}
    assert shown == {job.command: job.cron for job in JOBS}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_each_line_is_a_command_that_parses(job: Job) -> None:
    parsed(job)
    assert job.purpose
    assert CRON.fullmatch(job.cron)


def test_a_line_that_does_not_parse_would_be_seen() -> None:
    with pytest.raises(KeyError):
        parsed(Job("n", "cron(0 8 * * ? *)", "no_such_command", "p"))
    with pytest.raises(CommandError, match="hourly"):
        parsed(Job("n", "cron(0 8 * * ? *)", "sync_media --schedule hourly", "p"))


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_the_event_is_what_zappa_runs_as_a_command(job: Job) -> None:
    assert json.loads(job.payload) == {"manage": job.command}
    # Zappa splits at single spaces and knows no quotes.
    assert re.fullmatch(r"[\w-]+( [\w-]+)*", job.command)
    # EventBridge names schedules so.
    assert re.fullmatch(r"[a-z-]{1,64}", job.name)


def test_names_are_told_apart() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
