"""Exports as runs: each is recorded from its first part to its last, whoever asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, Literal

from movierec.jobs import runs
from movierec.jobs.recorder import FAULTS, MAX_LINE_LENGTH
from movierec.jobs.rows import JobRun, RunLog, State, log_key

EXPORT: Final = "export"
# What is exported: a person's data by staff, by that person, or the audit.
Of = Literal["person", "own", "audit"]

logger = logging.getLogger(__name__)


def exported(of: Of, told: str, opened: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """The parts that `opened` answers, as a run of the job `export`; an empty one may be among them.

    `opened` is called before this answers, so that what it raises is heard of while there is no part yet. `told` is the
    line of the run's log: what is exported and who asked, where a person is `person/<id>`. A run is three writes.
    """
    parts = _recorded(runs.start_beside(EXPORT, of, _now()), told, opened)
    next(parts)
    return parts


def _recorded(run: JobRun, told: str, opened: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """An empty part once `opened` has answered, then the parts; ends the run however that ends."""
    state: State = "failed"
    message = "It broke off before its end."
    try:
        lines = [f"{run.started_at} {told[:MAX_LINE_LENGTH]}"]
        RunLog.put_row({"pk": run.pk, "sk": log_key(run.sk), "lines": lines, "expiresAt": int(run.expires_at)})
        parts = opened()
        yield b""
        for part in parts:
            run.add("bytes", len(part))
            yield part
        state, message = "done", "Sent whole."
    finally:
        _finish_if_possible(run, state, message)


def _finish_if_possible(run: JobRun, state: State, message: str) -> None:
    """Tells how an export ended; one that was sent does not break for that."""
    try:
        runs.finish(run, state, _now(), message)
    except FAULTS as error:
        logger.warning("The end of the export %s was not recorded: %s", run.sk, error)


def _now() -> datetime:
    return datetime.now(UTC)
