"""Commands of manage.py by event, as `zappa manage` and the schedules send them."""

from __future__ import annotations

import logging
from types import TracebackType

from django.core.management import call_command
from django.core.management.base import CommandError

from movierec.api.request_id import known_as
from movierec.telemetry.redaction import redacted

# "Try again later", as sysexits.h has it: another process does the work already, and answers for it.
BUSY = 75

logger = logging.getLogger(__name__)


class CommandFailed(RuntimeError):
    """A command did not do its work. Lambda tells whoever called, tries again, and keeps what fails in a queue.

    Lambda also prints it, past the log and its net: so it has the command's name without its options, which may hold
    an address, and nothing that looks like a secret.
    """


def run(line: str, context: object) -> dict[str, int]:
    """Runs a command line, split at white space; answers its exit code, which is 0 or 75.

    `context` is Lambda's, whose request id the lines of the log have.
    Raises CommandFailed when the command ends with another code or in another way; the log has what made it.
    """
    name, *rest = line.split()
    with known_as(getattr(context, "aws_request_id", "")), _Told(name):
        return _run(name, rest)


def _run(name: str, rest: list[str]) -> dict[str, int]:
    try:
        call_command(name, *rest)
    except CommandError as error:
        if error.returncode != BUSY:
            raise
        logger.warning("manage.py %s left the work to another process: %s", name, error)
        return {"exitCode": BUSY}
    except SystemExit as ended:
        # Let through, it would end the process, which Lambda takes for a fault even with code 0.
        if ended.code in (None, 0, BUSY):
            return {"exitCode": ended.code or 0}
        raise
    return {"exitCode": 0}


class _Told:
    """Logs what ends the block, whatever it is, and raises CommandFailed in its place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            return
        logger.error("manage.py %s failed.", self._name, exc_info=error)
        raise CommandFailed(redacted(f"manage.py {self._name} ended with {_how(error)}")) from None


def _how(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"1: {error.code}" if isinstance(error.code, str) else f"{error.code}: see the log"
    how = error.returncode if isinstance(error, CommandError) else type(error).__name__
    return f"{how}: {str(error) or 'see the log'}"
