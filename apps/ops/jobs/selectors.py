"""Runs and commands as pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from apps.ops.jobs.commands import BY_ID, COMMANDS, Command, label_of
from apps.ops.jobs.launching import why_not_here
from apps.ops.jobs.names import key_of, run_id
from movierec import jobs
from movierec.api.errors import BadRequest, NotFound
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.leases import is_live, lease_key
from movierec.dynamo.table import Row
from movierec.jobs import JobRun, command_key
from movierec.jobs.exports import EXPORT
from movierec.jobs.rows import JOBS_PK, RUN_PREFIX, job_pk, log_key
from movierec.timestamps import epoch_seconds

# A run without a lease, such as an export, was killed when it was silent for so long.
SILENT_SECONDS: Final = 15 * 60
# A run whose process lives and that says nothing new for so long may hang.
QUIET_SECONDS: Final = 10 * 60
# A start that was asked for is waited for so long before another one may be.
START_SECONDS: Final = 60
_PERSON: Final = re.compile(r"(\bperson/[^\s,]+)")
Key = tuple[str, str]
Rows = Mapping[Key, Row]


@dataclass(frozen=True, slots=True)
class RunView:
    """A run. `stuck` says that it is recorded as running and its process is gone; that is looked at, never stored."""

    row: Row
    stuck: bool

    @property
    def id(self) -> str:
        """How addresses and forms name it."""
        return run_id(self.row["job"], self.row["sk"])

    @property
    def label(self) -> str:
        """What it is called."""
        return label_of(self.row["job"], self.row["schedule"])

    @property
    def name(self) -> str:
        """What tells it from others for people."""
        return f"{self.label}, started {self.started}"

    @property
    def started(self) -> str:
        """When it started, to the second."""
        return _second(self.row["startedAt"])

    @property
    def heard(self) -> str:
        """When it was last heard of, to the second."""
        return _second(self.row["updatedAt"])

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        return "stuck" if self.stuck else str(self.row["state"])

    @property
    def mark(self) -> str:
        """The class of that word."""
        return {"done": "done", "failed": "failed", "stuck": "bad", "running": "good"}.get(self.state, "soft")

    @property
    def runs(self) -> bool:
        """Whether a process works at it."""
        return self.state == "running"

    @property
    def quiet(self) -> bool:
        """Whether its process lives and has said nothing for long."""
        return self.runs and _age(self.row["updatedAt"]) > QUIET_SECONDS

    @property
    def took(self) -> str:
        """How long it took, or takes so far, pauses included."""
        if self.runs:
            end = datetime.now(UTC).timestamp()
        else:
            end = epoch_seconds(self.row.get("endedAt") or self.row["updatedAt"])
        return _duration(max(0, round(end - epoch_seconds(self.row["startedAt"]))))

    @property
    def percent(self) -> int | None:
        """How much of it is behind; None where nobody can know."""
        if "percent" in self.row:
            return int(self.row["percent"])
        total = self.row.get("total", 0)
        return round(100 * self.row.get("done", 0) / total) if total else None

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        total = self.row.get("total", 0)
        parts = [
            str(self.row.get("step", "")) if self.row["state"] != "done" else "",
            f"{self.row['done']:,} of {total:,}" if total else "",
            f"{self.percent} %" if self.percent is not None else "",
        ]
        return ", ".join(filter(None, parts)) or ("done" if self.row["state"] == "done" else "not known")

    @property
    def counts(self) -> list[tuple[str, str]]:
        """Its figures."""
        return [(name, f"{value:,}") for name, value in sorted(self.row.get("counts", {}).items())]


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command with its latest run: `why_not` says why it cannot be started here, `asked` what came of a start."""

    command: Command
    running: bool
    last_id: str
    last_at: str
    asked: str
    why_not: str
    schedule: str
    comes: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Commands, some runs, and the key and number of rows for the list's next page."""

    commands: list[CommandView]
    runs: list[RunView]
    after: tuple[str] | None
    looked: int


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a line; `person` is the id of whom it names, if anybody."""

    text: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """A run with the lines that it said, the last one first, in parts."""

    run: RunView
    log: list[list[Said]]
    command: Command | None


def overview(*, job: str, state: str, after: Sequence[str] | None) -> Overview:
    """All commands, and a page of the runs. Two requests. Raises BadRequest for a cursor of another list."""
    if after and not after[0].startswith(RUN_PREFIX):
        raise BadRequest("cursor: this is no page of the runs; begin at the first page.")
    found = jobs.listed(job=job, state=state, after=after[0] if after else None)
    rows = _read([*found.keys, *_beside(COMMANDS)])
    runs = [rows[key["pk"], key["sk"]] for key in found.keys if (key["pk"], key["sk"]) in rows]
    return Overview(
        commands=[_command(command, rows) for command in COMMANDS],
        runs=[_run(row, rows) for row in runs],
        after=(found.after,) if found.after else None,
        looked=found.looked,
    )


def details(name: str) -> Details:
    """A run by its name, with its log. One request. Raises NotFound."""
    key = key_of(name)
    if key is None:
        raise NotFound("There is no such run.")
    pk, sk = job_pk(key[0]), key[1]
    command = BY_ID.get(f"{key[0]}/{sk.rpartition('#')[2]}")
    beside = _beside([command]) if command else []
    rows = _read([{"pk": pk, "sk": sk}, {"pk": pk, "sk": log_key(sk)}, *beside])
    row = rows.get((pk, sk))
    if row is None:
        raise NotFound("There is no such run; records are kept for 90 days.")
    log = rows.get((pk, log_key(sk)), {}).get("lines", [])
    parts = _naming_people if key[0] == EXPORT else _as_it_is
    return Details(_run(row, rows), [parts(str(line)) for line in reversed(log)], command)


def standing(command: Command) -> CommandView:
    """A command as it stands. One request."""
    return _command(command, _read(_beside([command])))


def as_model(run: RunView) -> JobRun:
    """The run as its row's model, for who writes it."""
    model = jobs.found(run.row["job"], run.row["sk"])
    if model is None:
        raise NotFound("There is no such run any more.")
    return model


def _beside(commands: Iterable[Command]) -> list[Row]:
    """The keys of what tells whether commands run: their rows and leases."""
    return [
        key
        for command in commands
        for key in (
            {"pk": JOBS_PK, "sk": command_key(command.job, command.schedule)},
            lease_key(command.lease),
        )
    ]


def _read(keys: Sequence[Row]) -> Rows:
    return {(row["pk"], row["sk"]): row for row in DataRow.get_rows(keys, consistent=True)}


def _run(row: Row, rows: Rows) -> RunView:
    return RunView(row, row["state"] == "running" and not _lives(row, rows))


def _lives(row: Row, rows: Rows) -> bool:
    """Whether the process of a run is there: it holds its command's lease, and no other run began after it."""
    command = BY_ID.get(f"{row['job']}/{row['schedule']}")
    if command is None:
        return _age(row["updatedAt"]) <= SILENT_SECONDS
    latest = rows.get((JOBS_PK, command_key(command.job, command.schedule)), {})
    return _is_held(command, rows) and latest.get("run") == row["sk"]


def _is_held(command: Command, rows: Rows) -> bool:
    key = lease_key(command.lease)
    lease = rows.get((key["pk"], key["sk"]))
    return lease is not None and is_live(lease)


def _command(command: Command, rows: Rows) -> CommandView:
    row = rows.get((JOBS_PK, command_key(command.job, command.schedule)), {})
    now = datetime.now(UTC)
    comes = None if settings.LOCAL else command.next_time(now)
    running = _is_held(command, rows)
    return CommandView(
        command=command,
        running=running,
        last_id=run_id(command.job, row["run"]) if "run" in row else "",
        last_at=_second(row["begunAt"]) if "begunAt" in row else "",
        asked="" if running else _asked(row),
        why_not=why_not_here(command),
        schedule=command.schedule_in_words(now) + (" on AWS" if settings.LOCAL and command.cron else ""),
        comes=f"{comes:%Y-%m-%d %H:%M}" if comes else "",
    )


def _asked(row: Mapping[str, Any]) -> str:
    """What came of a start that staff asked for and that no run has begun since; empty where there is none."""
    asked_at = row.get("askedAt", "")
    if not asked_at or row.get("begunAt", "") >= asked_at:
        return ""
    told = f"{row['askedBy']} asked for a start at {_second(asked_at)}."
    if row.get("askedEnd"):
        return f"{told} It did not begin. {row['askedEnd']}"
    if _age(asked_at) > START_SECONDS:
        return f"{told} It has not begun, and nothing was heard of it."
    return f"{told} It is about to begin."


def _as_it_is(line: str) -> list[Said]:
    return [Said(line)]


def _naming_people(line: str) -> list[Said]:
    """The parts of an export's line, which names people as `person/<id>`."""
    parts = _PERSON.split(line)
    return [Said(part, part.removeprefix("person/") if place % 2 else "") for place, part in enumerate(parts)]


def _age(moment: str) -> float:
    return datetime.now(UTC).timestamp() - epoch_seconds(moment)


def _second(moment: str) -> str:
    return moment[:19].replace("T", " ")


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
