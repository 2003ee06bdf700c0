"""The declared jobs are commands that parse, and start when the schedules do."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.core.management import call_command, get_commands, load_command_class
from hypothesis import given
from hypothesis import strategies as st

from apps.media.sync.schedules import SCHEDULES
from apps.ops.jobs.commands import COMMANDS, JOBS, Command, label_of
from apps.ops.jobs.names import key_of, run_id
from movierec import jobs
from movierec.dynamo.data_table import DataRow
from movierec.jobs import run_key
from movierec.jobs.rows import JOBS_PK, head_key
from movierec.timestamps import timestamp


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_each_line_is_a_command_that_parses(command: Command) -> None:
    name, *arguments = command.line.split()
    assert name == command.job
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(arguments)
    assert command.job in JOBS
    assert label_of(command.job, command.schedule) == command.label


def test_every_schedule_of_the_sync_is_there() -> None:
    syncs = {each.schedule: each.cron for each in COMMANDS if each.job == "sync_media"}
    assert syncs == {schedule.name: schedule.cron for schedule in SCHEDULES.values()}


def test_what_is_no_command_has_a_name_as_well() -> None:
    assert label_of("export", "audit") == "Exports, audit"
    assert label_of("tidy", "daily") == "tidy, daily"


@pytest.mark.usefixtures("tables")
def test_runs_of_before_are_listed_by_a_command() -> None:
    run = jobs.start("erase_accounts", "due", datetime(2027, 1, 15, tzinfo=UTC))
    DataRow.delete_rows([{"pk": JOBS_PK, "sk": head_key("erase_accounts", "due", run.started_at)}])
    for number in (1, 0):
        output = io.StringIO()
        call_command("index_runs", stdout=output)
        assert output.getvalue() == f"Runs listed that were not: {number}.\n"
        assert jobs.listed().keys == [{"pk": run.pk, "sk": run.sk}]


@given(
    job=st.sampled_from(sorted(JOBS)),
    schedule=st.from_regex(r"[a-zA-Z0-9_.-]{1,60}", fullmatch=True),
    moment=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1970),
)
def test_a_run_is_found_by_its_name(job: str, schedule: str, moment: datetime) -> None:
    sk = run_key(schedule, timestamp(moment))
    assert key_of(run_id(job, sk)) == (job, sk)


@given(st.text())
def test_other_texts_name_no_run_or_one_that_is_safe_to_ask_for(text: str) -> None:
    key = key_of(text)
    assert key is None or (run_id(*key) == text and len(key[1]) < 120)
