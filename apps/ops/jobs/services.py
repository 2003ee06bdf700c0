"""Starting, stopping and giving up runs, each with its place in the audit."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pynamodb.expressions.operand import Path

from apps.ops.console.audited import Refused, audited
from apps.ops.console.staff import Staff
from apps.ops.jobs.commands import BY_ID, Command
from apps.ops.jobs.launching import launch, why_not_here
from apps.ops.jobs.selectors import START_SECONDS, Details, RunView, as_model, details, standing
from movierec import jobs
from movierec.api.errors import NotFound, Unavailable
from movierec.audit import Tag, Thing
from movierec.jobs import CommandRow, command_key
from movierec.jobs.recorder import FAULTS
from movierec.jobs.rows import JOBS_PK
from movierec.timestamps import timestamp

logger = logging.getLogger(__name__)


def start(staff: Staff, command_id: str, reason: str) -> str:
    """Starts a command. Raises Refused where it runs already or cannot run here, Unavailable where it did not start."""
    command = BY_ID.get(command_id)
    if command is None:
        raise Refused("There is no such job to start.")
    _check_startable(command)
    with audited(staff, Tag.JOB_STARTED, Thing("job", command.id), after={"command": command.line}, reason=reason):
        return _start(staff, command)


def retry(staff: Staff, run_name: str, reason: str) -> str:
    """Starts the command of a run again that did not come to its end. Raises as `start`."""
    found = _found(run_name)
    if found.command is None:
        raise Refused("It is made where it is asked for; ask for it again there.")
    if found.run.state not in ("failed", "paused", "stuck"):
        raise Refused(f"It is {found.run.state}; what failed, was paused or is stuck can be tried again.")
    _check_startable(found.command)
    before, after = _seen(found.run), {"command": found.command.line}
    with audited(staff, Tag.JOB_RETRIED, Thing("job", found.run.id), before=before, after=after, reason=reason):
        return _start(staff, found.command)


def stop(staff: Staff, run_name: str, reason: str) -> str:
    """Asks a run to pause where that loses nothing. Raises Refused where nobody would hear it."""
    run = _found(run_name).run
    if run.stuck:
        raise Refused("No process would hear it, because its own is gone; give the run up, or try it again.")
    if not run.runs:
        raise Refused(f"It is {run.state}, and does not run.")
    model = as_model(run)
    after = {"stopAskedBy": staff.email}
    with audited(staff, Tag.JOB_STOPPED, Thing("job", run.id), before=_seen(run), after=after, reason=reason):
        if not jobs.ask_to_stop(model, datetime.now(UTC), staff.email):
            raise Refused("It has ended meanwhile, or was asked to stop before.")
    return "It was asked to stop, and pauses as soon as it saves how far it is."


def give_up(staff: Staff, run_name: str, reason: str) -> str:
    """Records a stuck run as failed. Raises Refused for one whose process lives."""
    run = _found(run_name).run
    if not run.stuck:
        raise Refused(f"It is {run.state}; only what is stuck can be given up.")
    model = as_model(run)
    message = f"Given up by {staff.email}; nothing was heard of it since {run.heard}."
    after = {"state": "failed", "message": message}
    with audited(staff, Tag.JOB_STOPPED, Thing("job", run.id), before=_seen(run), after=after, reason=reason):
        if model.updated_at != run.row["updatedAt"] or not jobs.give_up(model, datetime.now(UTC), message, staff.email):
            raise Refused("It was heard of meanwhile; look at it again.")
    return "It counts as failed now."


def _found(run_name: str) -> Details:
    try:
        return details(run_name)
    except NotFound as error:
        raise Refused(error.sentence) from error


def _seen(run: RunView) -> dict[str, Any]:
    return {"state": run.state, "updatedAt": run.row["updatedAt"]}


def _check_startable(command: Command) -> None:
    why_not = why_not_here(command)
    if why_not:
        raise Refused(why_not)
    now = standing(command)
    if now.running:
        raise Refused(f"It runs since {now.last_at}." if now.last_at else "It runs already.")


def _start(staff: Staff, command: Command) -> str:
    asked_at = _ask(staff, command)
    try:
        where = launch(command, partial(_ended, command, asked_at))
    except Unavailable as error:
        _ended(command, asked_at, error.sentence)
        raise
    return f"Its run is among the others as soon as it begins. {where}"


def _ask(staff: Staff, command: Command) -> str:
    """Notes beside the command that it was asked for, and answers when; no run is said to be there before it is."""
    now = datetime.now(UTC)
    asked_at = timestamp(now)
    free = (
        CommandRow.asked_at.does_not_exist()
        | CommandRow.asked_end.exists()
        | (CommandRow.asked_at <= Path("begunAt"))
        | (CommandRow.asked_at <= timestamp(now - timedelta(seconds=START_SECONDS)))
    )
    actions = [
        CommandRow.asked_at.set(asked_at),
        CommandRow.asked_by.set(staff.email),
        CommandRow.asked_end.remove(),
    ]
    if CommandRow.update_row_if(JOBS_PK, command_key(command.job, command.schedule), actions, free) is None:
        raise Refused("Somebody asked for it a moment ago, and it is about to begin.")
    return asked_at


def _ended(command: Command, asked_at: str, sentence: str) -> None:
    """Keeps how the process of a start ended, for a page that shows what did not begin."""
    try:
        CommandRow.update_row_if(
            JOBS_PK,
            command_key(command.job, command.schedule),
            [CommandRow.asked_end.set(sentence)],
            CommandRow.asked_at == asked_at,
        )
    except FAULTS as error:
        logger.warning("How a start of %s ended was not recorded: %s", command.id, error)
