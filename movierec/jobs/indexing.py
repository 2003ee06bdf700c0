"""Listing the runs that were recorded before all were listed together; it can be stopped and run again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from movierec.dynamo.data_table import DataRow
from movierec.jobs.rows import JOBS_PK, RUN_PREFIX, CommandRow, JobRun, RunHead, command_key, head_key, job_pk
from movierec.timestamps import now_text

_DONE: Final = ("JOB#index_runs", "DONE")


def ensure_listed(jobs: Iterable[str]) -> int:
    """Lists all runs of the jobs, once in the life of a table; answers how many were not. One read where it was done.

    A local server does it as it starts. On AWS `manage.py index_runs` does it, once after the release that lists runs.
    """
    return 0 if DataRow.get_row(*_DONE, consistent=True) else index(jobs)


def index(jobs: Iterable[str]) -> int:
    """Lists the runs of the jobs that are not listed, and answers how many those were. Reads all runs of the jobs."""
    number = sum(_index(job) for job in jobs)
    DataRow.put_row({"pk": _DONE[0], "sk": _DONE[1], "at": now_text()})
    return number


def _index(job: str) -> int:
    number, known = 0, set[str]()
    mine = JobRun.sk.startswith(RUN_PREFIX)
    for run in JobRun.query(job_pk(job), mine, scan_index_forward=False, consistent_read=True):
        if _list(run):
            number += 1
            if run.schedule not in known:
                known.add(run.schedule)
                _note_latest(run)
    return number


def _list(run: JobRun) -> bool:
    """Lists a run, unless it is listed, with a state that may be newer."""
    head = {"pk": JOBS_PK, "sk": head_key(run.job, run.schedule, run.started_at), "job": run.job, "run": run.sk}
    expires = {"expiresAt": int(run.expires_at)} if run.expires_at else {}
    missing = RunHead.pk.does_not_exist()
    return RunHead.put_row_if({**head, "state": run.state, **expires}, missing, patient=True)


def _note_latest(run: JobRun) -> None:
    """Has its command know its latest run, unless it knows a newer one."""
    latest = [CommandRow.run.set(run.sk), CommandRow.begun_at.set(run.started_at)]
    CommandRow.update_row_if(JOBS_PK, command_key(run.job, run.schedule), latest, CommandRow.run.does_not_exist())
