"""The pages of jobs: what they show, and what they cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from movierec import jobs
from movierec.dynamo.data_table import DataRow
from movierec.jobs import JobRun, Recorder
from movierec.jobs.rows import JOBS_PK, head_key
from movierec.timestamps import timestamp
from tests.apps.ops.jobs.conftest import MINUTE, Begin, name_of

HOSTILE = '<script>alert("x")</script>'


def text(page: Any) -> str:
    """What a page says, without tags and spread white space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page.content.decode())))


def ticked(page: Any) -> list[str]:
    """The names of the runs that a page lists, in order."""
    return re.findall(r'type="checkbox" name="ticked" value="([^"]+)"', page.content.decode())


class TestOverview:
    def test_each_state_is_told_in_a_word(self, ops: Client, begin: Begin) -> None:
        running = begin(minutes=1)
        running.step, running.percent, running.done, running.total = "Fetching details", 42, 340, 500
        jobs.save(running, datetime.now(UTC))
        stuck = begin("sync_media", "weekly", minutes=5, alive=False)
        paused = begin("erase_accounts", "due", minutes=6, alive=False)
        jobs.finish(paused, "paused", datetime.now(UTC), "Stopped by bob@example.com.")
        done = begin("train_recommender", "tables", minutes=7, alive=False)
        jobs.finish(done, "done", datetime.now(UTC), "Trained.")
        page = ops.get("/ops/jobs")
        assert page.status_code == 200
        assert ticked(page) == [name_of(run) for run in (running, stuck, paused, done)]
        body = page.content.decode()
        assert re.findall(r'class="mark (\w+)">(\w+)<', body) == [
            ("good", "running"), ("good", "running"), ("bad", "stuck"), ("soft", "paused"), ("done", "done"),
        ]  # fmt: skip
        said = text(page)
        assert "Fetching details, 340 of 500, 42 %" in said
        assert f"stuck since {stuck.started_at[:19].replace('T', ' ')}" in said
        assert '<progress max="100" value="42"' in body

    def test_who_reads_only_gets_no_buttons(self, support: Client, begin: Begin) -> None:
        begin()
        page = support.get("/ops/jobs")
        assert page.status_code == 200
        assert "/ops/jobs/starts" not in page.content.decode()
        assert ticked(page) == []

    def test_a_run_whose_process_lives_and_says_nothing_is_no_stuck_one(self, ops: Client, begin: Begin) -> None:
        run = begin(minutes=30)
        said = text(ops.get("/ops/jobs"))
        assert f"running no news since {run.started_at[:19].replace('T', ' ')}" in said
        assert "stuck since" not in said

    def test_a_run_that_a_newer_one_followed_is_stuck_though_the_lease_is_held(self, ops: Client, begin: Begin) -> None:
        begin(minutes=5, alive=False)
        begin(minutes=1)
        assert text(ops.get("/ops/jobs?state=running")).count("stuck since") == 1

    def test_an_export_has_no_lease_and_is_stuck_when_it_was_silent(self, ops: Client, begin: Begin) -> None:
        begin("export", "audit", minutes=14, alive=False)
        begin("export", "person", minutes=16, alive=False)
        said = text(ops.get("/ops/jobs?job=export"))
        assert "Exports, audit" in said
        assert said.count("stuck since") == 1

    @pytest.mark.parametrize("local", [True, False])
    def test_the_schedules_are_told_and_next_times_where_something_starts_them(
        self, ops: Client, settings: Any, local: bool
    ) -> None:
        settings.LOCAL = local
        with time_machine.travel(datetime(2027, 1, 15, 8, 30, tzinfo=UTC), tick=False):
            # A Friday.
            browser = fresh()
            said = text(browser.get("/ops/jobs"))
        assert ("every day at 08:00 on AWS \N{EN DASH}" in said) is local
        assert ("every day at 08:00 2027-01-16 08:00 never" in said) is not local
        assert ("every Sunday at 09:00 2027-01-17 09:00" in said) is not local
        assert ("every day at 03:30 2027-01-16 03:30" in said) is not local
        assert "by hand \N{EN DASH} never" in said

    def test_a_start_that_never_began_is_told(self, ops: Client, begin: Begin) -> None:
        asked_at = datetime.now(UTC) - 2 * MINUTE
        row = {
            "pk": JOBS_PK,
            "sk": "COMMAND#sync_media#full",
            "askedAt": timestamp(asked_at),
            "askedBy": "a@example.com",
        }
        DataRow.put_row(row)
        assert "It has not begun, and nothing was heard of it." in text(ops.get("/ops/jobs"))
        DataRow.put_row({**row, "askedEnd": "Its process ended with 1: no."})
        assert "It did not begin. Its process ended with 1: no." in text(ops.get("/ops/jobs"))
        DataRow.put_row({**row, "askedAt": timestamp(datetime.now(UTC))})
        assert "It is about to begin." in text(ops.get("/ops/jobs"))
        DataRow.put_row({**row, "begunAt": timestamp(datetime.now(UTC))})
        assert "asked for a start" not in text(ops.get("/ops/jobs"))

    @pytest.mark.parametrize("query", ["", "?state=failed", "?job=sync_media&state=failed"])
    def test_with_thousands_of_runs_a_page_is_three_requests(
        self, ops: Client, operations: list[str], query: str
    ) -> None:
        fill(2_500)
        operations.clear()
        page = ops.get(f"/ops/jobs{query}")
        assert page.status_code == 200
        assert operations == ["UpdateItem", "Query", "BatchGetItem"]
        if not query:
            assert len(ticked(page)) == 50

    def test_filters_survive_paging_and_every_run_is_listed_once(self, ops: Client) -> None:
        fill(130)
        address, found, pages = "/ops/jobs?job=sync_media", [], 0
        while address:
            page = ops.get(address)
            assert "job=sync_media" in address
            found += ticked(page)
            pages += 1
            more = re.search(r'href="(\?[^"]+)" rel="next"', page.content.decode())
            address = f"/ops/jobs{unescape(more[1])}" if more else ""
        assert (len(found), len(set(found)), pages) == (65, 65, 2)

    @pytest.mark.parametrize("query", ["state=stuck", "job=other", "cursor=WyJDT01NQU5EIl0", "cursor=x"])
    def test_what_the_page_does_not_offer_is_refused(self, ops: Client, query: str) -> None:
        assert ops.get(f"/ops/jobs?{query}").status_code == 400

    def test_nobody_else_sees_it(self, client: Client) -> None:
        assert client.get("/ops/jobs").status_code == 302
        assert client.post("/ops/jobs/deeds", {"deed": "stop"}).status_code == 401
        assert client.post("/ops/jobs/starts", {"deed": "start"}).status_code == 401


class TestRun:
    def test_everything_about_it_with_its_errors_and_its_log(
        self, ops: Client, begin: Begin, operations: list[str]
    ) -> None:
        run = begin()
        record = Recorder(run, log=[])
        run.add("fetched", 1_200)
        record.note(f"movie 603: {HOSTILE}")
        record.say("Another line.")
        record.save()
        operations.clear()
        page = ops.get(f"/ops/jobs/{name_of(run)}")
        assert operations == ["UpdateItem", "BatchGetItem"]
        said = text(page)
        assert page.status_code == 200
        assert HOSTILE in said
        assert HOSTILE not in page.content.decode()
        assert "fetched 1,200" in said
        assert said.index("Another line.") < said.rindex("movie 603")
        assert f'href="/ops/jobs/{name_of(run)}">Look again</a>' in page.content.decode()
        assert 'http-equiv="refresh"' not in page.content.decode()

    def test_an_export_that_is_done_says_so_and_leads_to_the_people_it_names(self, ops: Client) -> None:
        told = f"Everything about person/{HOSTILE[:8]}/x, asked for by person/staff-1"
        b"".join(jobs.exported("person", told, lambda: iter([b"12"])))
        (run,) = jobs.newest("export")
        page = ops.get(f"/ops/jobs/{name_of(run)}")
        body = page.content.decode()
        assert '<a href="/ops/people/staff-1">person/staff-1</a>' in body
        assert '<a href="/ops/people/%3Cscript%3E%2Fx">person/&lt;script&gt;/x</a>, asked' in body
        assert "How far done Started" in text(page)
        assert "not known" not in text(page)
        assert "not known" not in text(ops.get("/ops/jobs"))

    def test_lines_of_other_jobs_lead_nowhere(self, ops: Client, begin: Begin) -> None:
        record = Recorder(begin(), log=[])
        record.note("Asked for by person/x")
        record.save()
        assert "/ops/people/x" not in ops.get(f"/ops/jobs/{name_of(record.run)}").content.decode()

    @pytest.mark.parametrize(("state", "said"), [("running", "It has said nothing yet."), ("done", "It left no log.")])
    def test_no_log_is_told_as_it_is(self, ops: Client, begin: Begin, state: Any, said: str) -> None:
        run = begin()
        if state != "running":
            jobs.finish(run, state, datetime.now(UTC), "Ended.")
        assert said in text(ops.get(f"/ops/jobs/{name_of(run)}"))

    @pytest.mark.parametrize(
        ("state", "offered"),
        [
            ("running", ["stop"]),
            ("stuck", ["give-up", "retry"]),
            ("failed", ["retry"]),
            ("paused", ["retry"]),
            ("done", []),
        ],
    )
    def test_the_deeds_that_its_state_allows(self, ops: Client, begin: Begin, state: Any, offered: list[str]) -> None:
        run = begin(alive=state == "running")
        if state not in ("running", "stuck"):
            jobs.finish(run, state, datetime.now(UTC), "Ended.")
        page = ops.get(f"/ops/jobs/{name_of(run)}").content.decode()
        assert re.findall(r'name="deed" value="([\w-]+)"', page) == offered

    def test_support_reads_it_and_gets_no_buttons(self, support: Client, begin: Begin) -> None:
        page = support.get(f"/ops/jobs/{name_of(begin())}")
        assert page.status_code == 200
        assert 'name="deed"' not in page.content.decode()

    @pytest.mark.parametrize(
        "name",
        ["sync_media/x", "sync_media/2027-01-15T12:00:00.000Z~daily", "SYNC/1~2", f"sync_media/{'9' * 100}~daily"],
    )
    def test_there_is_no_such_run(self, ops: Client, name: str) -> None:
        page = ops.get(f"/ops/jobs/{name}")
        assert page.status_code == 404
        assert "There is no such run" in text(page)


def fresh() -> Client:
    """A browser that signs in now."""
    from tests.apps.ops.conftest import staff_client  # noqa: PLC0415

    return staff_client("ops", user_id="staff-9")


def fill(number: int) -> None:
    """So many runs of two jobs, all done but one."""
    now = datetime(2027, 1, 15, tzinfo=UTC)
    rows = []
    for minute in range(number):
        moment, job = timestamp(now - timedelta(minutes=minute)), ("sync_media", "erase_accounts")[minute % 2]
        schedule = ("daily", "due")[minute % 2]
        state = "failed" if minute == 900 else "done"
        sk = jobs.run_key(schedule, moment)
        run = JobRun(
            f"JOB#{job}",
            sk,
            job=job,
            schedule=schedule,
            state=state,
            started_at=moment,
            updated_at=moment,
            message="Done.",
        )
        rows.append({"pk": JOBS_PK, "sk": head_key(job, schedule, moment), "job": job, "run": sk, "state": state})
        rows.append(plain(run))
    for _ in DataRow.put_rows(rows):
        pass


def plain(run: JobRun) -> dict[str, Any]:
    """The run as a plain row."""
    return {
        "pk": run.pk, "sk": run.sk, "job": run.job, "schedule": run.schedule, "state": run.state, "done": 0, "total": 0,
        "startedAt": run.started_at, "updatedAt": run.updated_at, "message": run.message,
    }  # fmt: skip
