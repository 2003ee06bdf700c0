"""Runs in every state, and all rows at a glance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.ops.jobs.names import run_id
from movierec import jobs
from movierec.dynamo import registry
from movierec.dynamo.leases import Lease, take
from movierec.jobs import JobRun

MINUTE = timedelta(minutes=1)


def name_of(run: JobRun) -> str:
    """How pages name a run."""
    return run_id(run.job, run.sk)


def stored(run: JobRun) -> JobRun:
    """The run as it is stored."""
    found = jobs.found(run.job, run.sk)
    assert found is not None
    return found


def everything(*, but: str = "AUDIT#") -> list[Any]:
    """Every row of every table, but those of the audit and what a session notes of its use."""
    rows = [row for table in registry.tables() for row in table.scan_rows()]
    kept = [row for row in rows if not str(row.get("pk", "")).startswith(but) and row.get("pk") != "STAFF"]
    return sorted(kept, key=str)


@pytest.fixture(autouse=True)
def key(settings: Any) -> None:
    """There is a key of TMDB, so that syncs can be started."""
    settings.TMDB_API_KEY, settings.TMDB_API_KEY_SECRET = "0123456789abcdef" * 2, ""


Begin = Callable[..., JobRun]


@pytest.fixture
def begin(tables: None) -> Begin:
    """Begins a run some minutes ago; `alive` holds the lease of its command."""

    def run(job: str = "sync_media", schedule: str = "daily", *, minutes: float = 3, alive: bool = True) -> JobRun:
        started = datetime.now(UTC) - minutes * MINUTE
        if alive:
            assert isinstance(take(jobs.lease_name(job, schedule), 600), Lease)
        return jobs.start(job, schedule, started)

    return run
