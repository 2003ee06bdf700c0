"""Commands of manage.py by event, as `zappa manage` and the schedules send them."""

from __future__ import annotations

import logging

from django.core.management import call_command
from django.core.management.base import CommandError

from movierec.api.request_id import known_as

# "Try again later", as sysexits.h has it: another process does the work already, and answers for it.
BUSY = 75

logger = logging.getLogger(__name__)


class CommandFailed(RuntimeError):
    """A command did not do its work. Lambda tells whoever called, tries again, and keeps what fails in a queue."""


def run(line: str, context: object) -> dict[str, int]:
    """Runs a command line, split at spaces; answers its exit code, which is 0 or 75.

    `context` is Lambda's, whose request id the lines of the log have.
    Raises CommandFailed when the command ends with another code, and what the command raises when nobody foresaw it.
    """
    with known_as(getattr(context, "aws_request_id", "")):
        return _run(line)


def _run(line: str) -> dict[str, int]:
    try:
        call_command(*line.split())
    except CommandError as error:
        return _ended(line, error.returncode, str(error))
    except SystemExit as ended:
        # Let through, it would end the process, which Lambda takes for a fault even with code 0.
        told = ended.code if isinstance(ended.code, str) else ""
        return _ended(line, ended.code if isinstance(ended.code, int) else int(ended.code is not None), told)
    return {"exitCode": 0}


def _ended(line: str, code: int, sentence: str) -> dict[str, int]:
    if code not in (0, BUSY):
        raise CommandFailed(f"manage.py {line} ended with {code}: {sentence or 'see the log'}")
    if code == BUSY:
        logger.warning("manage.py %s left the work to another process: %s", line, sentence)
    return {"exitCode": code}
