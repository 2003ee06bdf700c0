"""One line for each run of a job: how it ended, how long it took and what it needed for that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from movierec.telemetry.figures import JOB
from movierec.telemetry.lines import tell
from movierec.telemetry.series.counters import add_figure
from movierec.telemetry.series.sending import sent_beside
from movierec.telemetry.tally import Tally, milliseconds_since, tallied

State = Literal["done", "failed", "paused", "busy"]

logger = logging.getLogger(__name__)


@dataclass
class Report:
    """How a run ended, where its end alone does not tell that, and other members for its line."""

    state: State | None = None
    members: dict[str, Any] = field(default_factory=dict)


@contextmanager
def reported(job: str) -> Iterator[Report]:
    """Tells of the block as a run of `job`, the command of manage.py that it is.

    It is done where the block ends and failed where it raises, unless the report says something else. Neither counts
    as success or failure: being paused, which is what Ctrl-C does, and leaving the work to another process.
    """
    started = perf_counter()
    report = Report()
    end: State = "failed"
    with sent_beside(), tallied() as tally:
        try:
            yield report
            end = "done"
        except KeyboardInterrupt:
            end = "paused"
            raise
        finally:
            _log(job, report.state or end, report, tally, round(milliseconds_since(started), 2))


def _log(job: str, state: State, report: Report, tally: Tally, milliseconds: float) -> None:
    members = {JOB: job, "state": state, "milliseconds": milliseconds, **report.members}
    ends = {"JobSucceeded": int(state == "done"), "JobFailed": int(state == "failed")}
    for name, number in ends.items():
        add_figure(name, number)
    figures = {**ends, **tally.figures()}
    level = logging.ERROR if state == "failed" else logging.INFO
    tell(logger, level, f"{job} {state}", members, figures)
