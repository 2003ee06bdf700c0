"""Starting, stopping, trying again and giving up: what is done, what is refused, and what the audit has of it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import enumerate as threads
from typing import Any

import pytest
from botocore.stub import Stubber
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts import deletions
from apps.accounts.services import create_confirmed_account
from apps.ops.jobs import launching
from apps.ops.jobs.commands import BY_ID, COMMANDS
from apps.ops.jobs.launching import launch
from movierec import jobs
from movierec.audit import Recorded, Thing, of_actor, of_thing
from movierec.aws import client as aws_client
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.leases import take
from movierec.jobs import CommandRow, JobRun, command_key
from movierec.jobs.recorder import log_of
from movierec.jobs.rows import JOBS_PK
from movierec.telemetry.access import mark_of
from tests.apps.ops.jobs.conftest import Begin, everything, name_of, stored
from tests.apps.ops.jobs.test_jobs_pages import text

FUNCTION = "movierec-dev-jobs:live"


def post(browser: Client, deed: str, *ticked: str, reason: str = "to see") -> str:
    """Does a deed, sure of it; what the page says."""
    address = "/ops/jobs/starts" if deed == "start" else "/ops/jobs/deeds"
    page = browser.post(address, {"deed": deed, "ticked": ticked, "sure": "yes", "reason": reason})
    assert page.status_code == 200
    return text(page)


def events(kind_id: str) -> list[Recorded]:
    """What the audit has of a job, the first event first."""
    return list(reversed(of_thing(Thing("job", kind_id)).events))


def command_row(job: str, schedule: str) -> dict[str, Any]:
    """What is stored beside a command."""
    return DataRow.get_row(JOBS_PK, command_key(job, schedule)) or {}


@pytest.fixture
def on_aws(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """The function of the jobs is named, and Lambda answers as each test says."""
    settings.JOBS_FUNCTION = FUNCTION
    settings.AWS_ENDPOINT_URL = "https://lambda.eu-north-1.amazonaws.com"
    with Stubber(aws_client("lambda")) as stub:
        yield stub


def takes(stub: Stubber, line: str) -> None:
    """Lambda takes the event of a command, which is the one that its schedule sends."""
    event = {"FunctionName": FUNCTION, "InvocationType": "Event", "Payload": json.dumps({"manage": line})}
    stub.add_response("invoke", {"StatusCode": 202}, event)


class TestStartOnAws:
    @pytest.mark.parametrize("command", [each for each in COMMANDS if not each.needs], ids=lambda each: each.id)
    def test_the_function_gets_the_event_of_the_schedule(self, ops: Client, on_aws: Stubber, command: Any) -> None:
        takes(on_aws, command.line)
        said = post(ops, "start", command.id)
        assert "asked for Its run is among the others as soon as it begins." in said
        on_aws.assert_no_pending_responses()
        row = command_row(command.job, command.schedule)
        assert (row["askedBy"], "run" in row, "askedEnd" in row) == ("staff@example.com", False, False)
        (event,) = events(command.id)
        assert (event.tag, event.actor, event.outcome, event.reason) == ("ops:job:start", "staff-1", "begun", "to see")
        assert json.loads(event.after) == {"command": command.line}
        assert [each.thing for each in of_actor("staff-1").events] == [command.id]

    def test_a_training_is_refused_with_what_it_needs(self, ops: Client, on_aws: Stubber) -> None:
        before = everything(but="")
        assert "refused It needs NumPy and more memory" in post(ops, "start", "train_recommender/tables")
        assert everything(but="") == before
        page = text(ops.get("/ops/jobs"))
        assert "It needs NumPy and more memory than a function has: run manage.py train_recommender" in page

    def test_a_function_that_does_not_take_it_is_a_failure_that_the_page_shows(
        self, ops: Client, on_aws: Stubber
    ) -> None:
        on_aws.add_client_error("invoke", "AccessDeniedException")
        said = post(ops, "start", "sync_media/full")
        assert f"failed The function {FUNCTION} did not take the start (AccessDeniedException)." in said
        assert [event.outcome for event in events("sync_media/full")] == ["begun", "failed"]
        assert "It did not begin. The function" in text(ops.get("/ops/jobs"))
        # It can be tried again at once.
        takes(on_aws, "sync_media --schedule full")
        assert "asked for Its run is" in post(ops, "start", "sync_media/full")

    def test_without_the_functions_name_nothing_is_started_on_lambda(
        self, ops: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "movierec-dev")
        assert "refused JOBS_FUNCTION does not name" in post(ops, "start", "sync_media/daily")

    def test_without_a_key_of_tmdb_a_sync_is_refused_and_offers_no_start(
        self, ops: Client, on_aws: Stubber, settings: Any
    ) -> None:
        settings.TMDB_API_KEY = ""
        before = everything(but="")
        told = "There is no key of TMDB yet. Set TMDB_API_KEY or TMDB_API_KEY_SECRET."
        assert f"refused {told}" in post(ops, "start", "sync_media/daily")
        assert everything(but="") == before
        page = ops.get("/ops/jobs")
        assert text(page).count(told) == 3
        assert 'aria-label="Start Sync, daily"' not in page.content.decode()
        assert 'aria-label="Start Deletions"' in page.content.decode()

    def test_what_runs_is_not_started_again(self, ops: Client, on_aws: Stubber, begin: Begin) -> None:
        run = begin()
        before = everything(but="")
        said = post(ops, "start", "sync_media/daily")
        assert f"refused It runs since {run.updated_at[:19].replace('T', ' ')}." in said
        assert everything(but="") == before

    def test_two_staff_at_once_start_it_once(self, ops: Client, on_aws: Stubber) -> None:
        takes(on_aws, "erase_accounts")
        assert "asked for Its run is" in post(ops, "start", "erase_accounts/due")
        assert "refused Somebody asked for it a moment ago" in post(ops, "start", "erase_accounts/due")
        on_aws.assert_no_pending_responses()

    def test_after_its_run_has_begun_and_ended_it_can_be_started_again(self, ops: Client, on_aws: Stubber) -> None:
        for _ in range(2):
            takes(on_aws, "erase_accounts")
            assert "asked for Its run is" in post(ops, "start", "erase_accounts/due")
            call_command("erase_accounts", stdout=io.StringIO())
        assert "asked for a start" not in text(ops.get("/ops/jobs"))

    @pytest.mark.parametrize("name", ["sync_media/hourly", "runserver", "rotate_token_key", "../x"])
    def test_nothing_else_can_be_started(self, ops: Client, on_aws: Stubber, name: str) -> None:
        before = everything(but="")
        assert "refused There is no such job to start." in post(ops, "start", name)
        assert everything(but="") == before

    def test_it_is_asked_back_first(self, ops: Client, on_aws: Stubber) -> None:
        before = everything(but="")
        page = ops.post("/ops/jobs/starts", {"deed": "start", "ticked": "sync_media/daily"})
        assert "Sync, daily" in text(page)
        assert everything(but="") == before


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the output of children goes."""
    settings.STATE_DIR = tmp_path
    return tmp_path / "jobs"


def ended() -> None:
    """Waits until no child is watched any more."""
    for thread in threads():
        if thread.name.endswith("-watch"):
            thread.join(30)


class TestChildren:
    def test_a_child_says_its_last_line_and_leaves_no_zombie(self, folder: Path) -> None:
        told: list[str] = []
        where = launch(replace(BY_ID["erase_accounts/due"], line="version --no-color"), told.append)
        assert where == f"What it says is in {folder / 'erase_accounts-due.log'}."
        ended()
        assert told == [f"Its process ended with 0: {(folder / 'erase_accounts-due.log').read_text().strip()}"]
        assert told[0].startswith("Its process ended with 0: 5.2")

    def test_how_one_ended_that_never_began_is_shown(
        self, ops: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = folder.parent / "manage.py"
        script.write_text("import sys; print('no use'); print('token=abc is wrong'); sys.exit(3)")
        monkeypatch.setattr("movierec.env.BASE_DIR", folder.parent)
        assert "asked for Its run is" in post(ops, "start", "sync_media/daily")
        ended()
        assert command_row("sync_media", "daily")["askedEnd"] == "Its process ended with 3: token=[redacted] is wrong"
        page = text(ops.get("/ops/jobs"))
        assert "staff@example.com asked for a start at" in page
        assert "It did not begin. Its process ended with 3: token=[redacted] is wrong" in page

    def test_its_arguments_are_those_of_the_declared_line(
        self, ops: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = folder.parent / "manage.py"
        script.write_text("import sys; print(sys.argv[1:], sys.stdin.read() == '')")
        monkeypatch.setattr("movierec.env.BASE_DIR", folder.parent)
        post(ops, "start", "sync_media/weekly")
        ended()
        assert (folder / "sync_media-weekly.log").read_text() == "['sync_media', '--schedule', 'weekly'] True\n"

    def test_a_process_that_cannot_be_started_is_told(
        self, ops: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "executable", str(folder / "none"))
        said = post(ops, "start", "sync_media/daily")
        assert "failed The process cannot be started (No such file or directory)" in said
        assert [event.outcome for event in events("sync_media/daily")] == ["begun", "failed"]

    def test_a_child_that_says_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "output").write_bytes(b"\n \n")
        assert launching._last_line(tmp_path / "output") == "it said nothing."
        assert "cannot be read" in launching._last_line(tmp_path / "none")


class TestStop:
    def test_a_run_is_asked_and_the_audit_has_before_and_after(self, ops: Client, begin: Begin) -> None:
        run = begin()
        assert "done It was asked to stop" in post(ops, "stop", name_of(run))
        assert (stored(run).state, stored(run).stop_asked_by) == ("running", "staff@example.com")
        (event,) = events(name_of(run))
        assert (event.tag, event.outcome) == ("ops:job:stop", "begun")
        assert json.loads(event.before) == {"state": "running", "updatedAt": run.updated_at}
        assert json.loads(event.after) == {"stopAskedBy": "staff@example.com"}
        assert "staff@example.com asked it to stop" in text(ops.get("/ops/jobs"))

    def test_a_second_time_is_refused_and_recorded_so(self, ops: Client, begin: Begin) -> None:
        run = begin()
        post(ops, "stop", name_of(run))
        assert "refused It has ended meanwhile, or was asked" in post(ops, "stop", name_of(run))
        assert [event.outcome for event in events(name_of(run))] == ["begun", "begun", "refused"]

    def test_what_cannot_hear_it_is_refused(self, ops: Client, begin: Begin) -> None:
        stuck, done = begin(alive=False), begin("erase_accounts", "due", alive=False)
        jobs.finish(done, "done", datetime.now(UTC), "Done.")
        before = everything(but="")
        said = post(ops, "stop", name_of(stuck), name_of(done), "nothing", "sync_media/2027-01-15T12:00:00.000Z~x")
        assert "refused No process would hear it" in said
        assert "refused It is done, and does not run." in said
        assert said.count("refused There is no such run") == 2
        assert everything(but="") == before

    def test_a_deletion_stops_between_people_and_the_next_run_goes_on(
        self, ops: Client, cheap_scrypt: None, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.DELETION_SECONDS = 0
        for name in ("ann", "bob", "cara"):
            create_confirmed_account(f"{name}@example.com", "correct horse battery", f"{name}-id")
            deletions.request(f"{name}-id")
        # Each save is due at once, and somebody asks the run to stop while its first person is erased.
        monkeypatch.setattr("movierec.jobs.recorder.SAVE_SECONDS", 0.0)
        output = Asking(lambda: post(ops, "stop", name_of(jobs.newest("erase_accounts")[0])))
        call_command("erase_accounts", stdout=output)
        assert output.getvalue().endswith("Stopped by staff@example.com; the same command goes on.\n")
        (run,) = jobs.newest("erase_accounts")
        assert (run.state, run.message) == ("paused", "Stopped by staff@example.com. The same command goes on.")
        assert run.figure("erased") == 1
        assert "Accounts erased: 2." in said_by("erase_accounts")


class TestDeletions:
    def test_beside_another_process_nobody_is_erased(
        self, tables: None, cheap_scrypt: None, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("movierec.jobs.recorder.WAIT_SECONDS", 0.0)
        settings.DELETION_SECONDS = 0
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        take("erase_accounts#due", 60)
        before = everything(but="")
        with pytest.raises(CommandError, match="Another process erases accounts already") as caught:
            call_command("erase_accounts", stdout=io.StringIO())
        assert caught.value.returncode == 75
        assert everything(but="") == before

    def test_a_run_is_recorded_with_a_log_that_names_nobody(
        self, tables: None, cheap_scrypt: None, settings: Any
    ) -> None:
        settings.DELETION_SECONDS = 0
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        call_command("erase_accounts", stdout=io.StringIO())
        (run,) = jobs.newest("erase_accounts")
        assert (run.state, run.message, dict(run.figures())) == ("done", "Accounts erased: 1.", {"erased": 1})
        assert [line.partition(" ")[2] for line in log_of(run)] == [
            f"Erased the account of the user {mark_of('ann-id')}.", "Accounts erased: 1.",
        ]  # fmt: skip
        assert "ann-id" not in str(everything(but=""))


class Asking(io.StringIO):
    """An output at whose first line something happens."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act

    def write(self, line: str) -> int:
        if not self.getvalue():
            super().write(" ")
            self._act()
        return super().write(line)


def said_by(command: str) -> str:
    """What a command says."""
    output = io.StringIO()
    call_command(command, stdout=output)
    return output.getvalue()


class TestRetry:
    @pytest.mark.parametrize("state", ["failed", "paused", "stuck"])
    def test_the_same_command_is_started(self, ops: Client, on_aws: Stubber, begin: Begin, state: Any) -> None:
        run = begin(alive=False)
        if state != "stuck":
            jobs.finish(run, state, datetime.now(UTC), "Ended.")
        takes(on_aws, "sync_media --schedule daily")
        assert "asked for Its run is" in post(ops, "retry", name_of(run))
        (event,) = events(name_of(run))
        assert (event.tag, event.outcome) == ("ops:job:retry", "begun")
        assert json.loads(event.before)["state"] == state
        assert json.loads(event.after) == {"command": "sync_media --schedule daily"}

    def test_what_is_done_runs_or_is_no_command_is_refused(self, ops: Client, on_aws: Stubber, begin: Begin) -> None:
        running, done, export = begin(), begin("erase_accounts", "due", alive=False), begin("export", "audit")
        jobs.finish(done, "done", datetime.now(UTC), "Done.")
        jobs.finish(export, "failed", datetime.now(UTC), "No.")
        before = everything(but="")
        said = post(ops, "retry", *map(name_of, (running, done, export)))
        assert "refused It is running; what failed, was paused or is stuck can be tried again." in said
        assert "refused It is done; what failed" in said
        assert "refused It is made where it is asked for" in said
        assert everything(but="") == before

    def test_a_run_whose_command_runs_again_already_is_refused(
        self, ops: Client, on_aws: Stubber, begin: Begin
    ) -> None:
        failed = begin(minutes=9, alive=False)
        jobs.finish(failed, "failed", datetime.now(UTC), "No.")
        begin(minutes=1)
        assert "refused It runs since" in post(ops, "retry", name_of(failed))


class TestGiveUp:
    def test_a_stuck_run_counts_as_failed(self, ops: Client, begin: Begin) -> None:
        run = begin(alive=False)
        assert "done It counts as failed now." in post(ops, "give-up", name_of(run))
        heard = run.updated_at[:19].replace("T", " ")
        assert (stored(run).state, stored(run).message) == (
            "failed", f"Given up by staff@example.com; nothing was heard of it since {heard}.",
        )  # fmt: skip
        assert jobs.listed(state="failed").keys == [{"pk": run.pk, "sk": run.sk}]
        (event,) = events(name_of(run))
        assert json.loads(event.before) == {"state": "stuck", "updatedAt": run.updated_at}
        assert json.loads(event.after)["state"] == "failed"

    def test_one_whose_process_lives_is_not(self, ops: Client, begin: Begin) -> None:
        run = begin(minutes=90)
        before = everything(but="")
        assert "refused It is running; only what is stuck can be given up." in post(ops, "give-up", name_of(run))
        assert everything(but="") == before

    def test_one_that_says_something_meanwhile_is_not(
        self, ops: Client, begin: Begin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = begin(alive=False)
        jobs_found = jobs.found

        def heard_meanwhile(job: str, key: str) -> JobRun | None:
            found = jobs_found(job, key)
            jobs.save(run, datetime.now(UTC))
            return found

        monkeypatch.setattr(jobs, "found", heard_meanwhile)
        assert "refused It was heard of meanwhile" in post(ops, "give-up", name_of(run))
        assert stored(run).state == "running"


class TestSupport:
    @pytest.mark.parametrize("deed", ["stop", "retry", "give-up", "start"])
    @pytest.mark.parametrize("address", ["/ops/jobs/deeds", "/ops/jobs/starts"])
    def test_crafted_posts_change_nothing(
        self, support: Client, begin: Begin, on_aws: Stubber, deed: str, address: str
    ) -> None:
        running, stuck = begin(), begin("erase_accounts", "due", alive=False)
        before = everything()
        ticked = [name_of(running), name_of(stuck), "sync_media/full"]
        page = support.post(address, {"deed": deed, "ticked": ticked, "sure": "yes", "reason": "please"})
        assert page.status_code == 403
        assert "Your groups do not let you start and stop jobs. Nothing was done." in text(page)
        assert everything() == before

    def test_pages_take_no_posts(self, support: Client, begin: Begin) -> None:
        assert support.post("/ops/jobs").status_code == 405
        assert support.post(f"/ops/jobs/{name_of(begin())}").status_code == 405


def test_a_run_takes_the_lease_that_its_command_is_looked_for_by(tables: None) -> None:
    take("erase_accounts#due", 600)
    assert BY_ID["erase_accounts/due"].lease == "erase_accounts#due"
    assert CommandRow.get_row(JOBS_PK, "COMMAND#erase_accounts#due") is None
