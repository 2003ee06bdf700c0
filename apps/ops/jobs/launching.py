"""How a command is started: by the function of the jobs on AWS, as a child process elsewhere."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from apps.media.providers.tmdb.configured import configured_source, key_remedy
from apps.ops.jobs.commands import SYNC, Command
from movierec import env
from movierec.api.errors import Unavailable
from movierec.aws import client
from movierec.telemetry.redaction import redacted

MAX_SENTENCE_LENGTH: Final = 300
# The last of a process's output is in so many bytes.
_TAIL_BYTES: Final = 4_096

logger = logging.getLogger(__name__)
# Is told in a sentence how a child process ended.
Ended = Callable[[str], None]


def why_not_here(command: Command) -> str:
    """Why a command cannot be started from this process; empty where it can."""
    if not settings.JOBS_FUNCTION and env.on_lambda():
        return "JOBS_FUNCTION does not name the function that runs jobs; deploy with it."
    if command.job == SYNC and configured_source() is None:
        return f"There is no key of TMDB yet. {key_remedy() or 'Set TMDB_API_KEY or TMDB_API_KEY_SECRET.'}"
    return command.needs if settings.JOBS_FUNCTION else ""


def launch(command: Command, ended: Ended) -> str:
    """Starts a command and answers where to look; `ended` is told how a child process ended, from another thread.

    Raises Unavailable where it could not be started.
    """
    if settings.JOBS_FUNCTION:
        return _invoke(command)
    return _spawn(command, ended)


def _invoke(command: Command) -> str:
    """Sends the event that its schedule sends. Lambda takes it and runs it by itself, again where it fails."""
    payload = json.dumps({"manage": command.line})
    try:
        client("lambda").invoke(FunctionName=settings.JOBS_FUNCTION, InvocationType="Event", Payload=payload)
    except (ClientError, BotoCoreError) as error:
        raise Unavailable(
            f"The function {settings.JOBS_FUNCTION} did not take the start ({_code(error)}). Look at JOBS_FUNCTION and "
            "at the rights of the role, and try again."
        ) from error
    return "Its lines are in the log of the function that runs jobs."


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


def _spawn(command: Command, ended: Ended) -> str:
    """Runs the command beside the server. It is of the server's group, so that Ctrl-C pauses it as well."""
    output = settings.STATE_DIR / "jobs" / f"{command.job}-{command.schedule}.log"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 -- a line of the declared ones, and no shell
                [sys.executable, str(env.BASE_DIR / "manage.py"), *command.line.split()],
                cwd=env.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
    except OSError as error:
        raise Unavailable(f"The process cannot be started ({error.strerror}); look at {output.parent}.") from error
    Thread(target=_watch, args=(process, output, ended), name=f"{command.id}-watch", daemon=True).start()
    return f"What it says is in {output}."


def _watch(process: subprocess.Popen[bytes], output: Path, ended: Ended) -> None:
    """Waits for the end, which leaves no zombie, and tells of it."""
    code = process.wait()
    ended(f"Its process ended with {code}: {_last_line(output)}"[:MAX_SENTENCE_LENGTH])


def _last_line(output: Path) -> str:
    try:
        lines = output.read_bytes()[-_TAIL_BYTES:].decode(errors="replace").split("\n")
    except OSError:
        return f"its output in {output} cannot be read."
    return redacted(next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing."))
