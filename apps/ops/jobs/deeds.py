"""What staff can do to jobs and their runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from apps.ops.console.deeds import Deed, Kind
from apps.ops.console.permissions import Permission
from apps.ops.jobs import services
from apps.ops.jobs.commands import BY_ID, label_of
from apps.ops.jobs.names import key_of


def _named_runs(ids: Sequence[str]) -> dict[str, str]:
    return {each: _run_name(each) for each in ids}


def _run_name(each: str) -> str:
    key = key_of(each)
    if key is None:
        return each
    _, started_at, schedule = key[1].split("#", 2)
    return f"{label_of(key[0], schedule)}, started {started_at[:19].replace('T', ' ')}"


def _named_commands(ids: Sequence[str]) -> dict[str, str]:
    return {each: BY_ID[each].label if each in BY_ID else each for each in ids}


@dataclass(frozen=True, slots=True)
class Asking(Deed):
    """A deed that is only asked for as it ends, which its lines say in place of "done"."""

    done: str = "asked for"


RUNS: Final = Kind("run", "runs", "/ops/jobs", _named_runs)
COMMANDS: Final = Kind("job", "jobs", "/ops/jobs", _named_commands)
STOP: Final = Deed(
    "stop",
    "Stop",
    Permission.RUN_JOBS,
    "The run pauses as soon as that loses nothing. The same job goes on from there.",
    services.stop,
)
RETRY: Final = Asking(
    "retry",
    "Try again",
    Permission.RUN_JOBS,
    "The same job is started again. A sync goes on where it was, a training with the parts that are done.",
    services.retry,
)
GIVE_UP: Final = Deed(
    "give-up",
    "Give up",
    Permission.RUN_JOBS,
    "The run counts as failed from now on.",
    services.give_up,
    danger=True,
)
RUN_DEEDS: Final = (STOP, RETRY, GIVE_UP)
START_DEEDS: Final = (
    Asking("start", "Start", Permission.RUN_JOBS, "The job is started now, beside its schedule.", services.start),
)
