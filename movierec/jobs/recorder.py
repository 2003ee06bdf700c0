"""A run that tells how far it is while it works: its steps, its log, and whether it is to stop."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from movierec.api.errors import ApiError
from movierec.clock import Clock
from movierec.dynamo.turns import LEASE_SECONDS, Turn, turn
from movierec.jobs import runs
from movierec.jobs.rows import JOBS_PK, CommandRow, JobRun, RunLog, State, command_key, lease_name, log_key
from movierec.localaws import LocalAwsError
from movierec.telemetry.redaction import redacted
from movierec.timestamps import timestamp

SAVE_SECONDS: Final = 2.0
# Some 65 KB of the 400 KB that a row may have; four times that at most, for letters of four bytes.
MAX_LINES: Final = 200
MAX_LINE_LENGTH: Final = 300
# Long enough to see whether the process that holds a command lives.
WAIT_SECONDS: Final = LEASE_SECONDS + 1.0
FAULTS: Final = (PynamoDBException, BotoCoreError, ClientError, TimeoutError, ApiError, LocalAwsError)
_GOES_ON: Final = "The same command goes on."
_real: Final = Clock()

logger = logging.getLogger(__name__)
Show = Callable[[str, float], None]


class StopAsked(Exception):
    """Staff asked the run to stop; the message is who did."""


class Recorder:
    """The record of a run, kept up while the run works.

    `show` is told each step and how far the whole is, such as that of Steps. `log` are the lines of an earlier process
    of the same run.
    """

    def __init__(
        self, run: JobRun, *, show: Show | None = None, held: Turn | None = None, clock: Clock = _real, log: list[str]
    ) -> None:
        self.run = run
        self.message = ""
        self._show = show
        self._held = held
        self._clock = clock
        self._lines: deque[str] = deque(log, maxlen=MAX_LINES)
        self._unsaved = False
        self._saved_at = clock.now()

    def say(self, sentence: str) -> None:
        """Adds a line to the log, which the next save stores."""
        self._lines.append(f"{timestamp(_now())} {sentence[:MAX_LINE_LENGTH]}")
        self._unsaved = True

    def note(self, error: str) -> None:
        """Keeps what went wrong and did not stop the run."""
        self.run.note(error)
        self.say(error)

    def show(self, step: str, fraction: float) -> None:
        """Takes note of what is being done and how much of the whole, from 0 to 1, is behind.

        Stores it when two seconds have gone since the last save.
        """
        if self._show is not None:
            self._show(step, fraction)
        if step != self.run.step:
            self.say(f"{step}.")
        self.run.step, self.run.percent = step, round(100 * fraction)
        self.save_at_times()

    def following(self, show: Show) -> Show:
        """A `show` that tells the run as well, and raises StopAsked as soon as staff want it to stop."""
        told = self.beside(show)

        def shown(step: str, fraction: float) -> None:
            told(step, fraction)
            self.check()

        return shown

    def beside(self, show: Show) -> Show:
        """A `show` that tells the run as well; nobody stops what uses it."""
        self._show = show
        return self.show

    def save_at_times(self) -> None:
        """Saves when two seconds have gone since that was done last."""
        if self._clock.now() - self._saved_at >= SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Stores how far the run has come, and its log where that has grown."""
        self._save_log()
        runs.save(self.run, _now())
        self._saved_at = self._clock.now()

    def check(self) -> None:
        """Raises StopAsked when staff want the run to stop, as the last save found; TurnLost when another took over."""
        if self._held is not None:
            self._held.check()
        if self.run.stop_asked_by:
            raise StopAsked(self.run.stop_asked_by)

    def finish(self, state: State, message: str) -> None:
        """Stores how the run ended."""
        self.say(message)
        self._save_log()
        if state == "done":
            self.run.percent = 100
        runs.finish(self.run, state, _now(), message)

    def _save_log(self) -> None:
        if self._unsaved:
            row = {"pk": self.run.pk, "sk": log_key(self.run.sk), "lines": list(self._lines)}
            RunLog.put_row({**row, "expiresAt": int(self.run.expires_at)})
            self._unsaved = False


def log_of(run: JobRun) -> list[str]:
    """The lines that a run has said so far."""
    row = RunLog.get_row(run.pk, log_key(run.sk), consistent=True)
    return list(row["lines"]) if row else []


@contextmanager
def recorded(job: str, schedule: str, *, show: Show | None = None, held: Turn | None = None) -> Iterator[Recorder]:
    """Records the block as a run: done where it ends, with the recorder's `message`; else paused or failed.

    What ends the block is passed on, StopAsked and KeyboardInterrupt too, which leave a paused run.
    """
    record = Recorder(runs.start(job, schedule, _now()), show=show, held=held, log=[])
    try:
        yield record
    except StopAsked as asked:
        _finish_if_possible(record, "paused", f"Stopped by {asked}. {_GOES_ON}")
        raise
    except KeyboardInterrupt:
        _finish_if_possible(record, "paused", f"Stopped where it ran. {_GOES_ON}")
        raise
    except GeneratorExit:
        _finish_if_possible(record, "failed", "Whoever asked for it left before its end.")
        raise
    except Exception as error:
        sentence = str(error) or type(error).__name__
        _finish_if_possible(record, "failed", redacted(sentence)[:MAX_LINE_LENGTH])
        raise
    record.finish("done", record.message or "Done.")


@contextmanager
def recorded_alone(job: str, schedule: str, *, show: Show | None = None) -> Iterator[Recorder]:
    """As `recorded`, as the only process that runs the command. Raises TurnTaken where another one goes on with it."""
    with turn(lease_name(job, schedule), wait=WAIT_SECONDS) as held:
        _give_up_killed(job, schedule)
        with recorded(job, schedule, show=show, held=held) as record:
            yield record


def _give_up_killed(job: str, schedule: str) -> None:
    """Ends the record of the run before, whose process cannot be there any more if it says that it runs."""
    row = CommandRow.get_row(JOBS_PK, command_key(job, schedule), consistent=True)
    earlier = runs.found(job, row["run"]) if row and "run" in row else None
    if earlier is not None and earlier.state == "running":
        runs.give_up(earlier, _now(), "It was killed, and a newer run took its place.", "a newer run")


def _finish_if_possible(record: Recorder, state: State, message: str) -> None:
    """Tells how a run ended that something else ended, which is to be heard of in any case."""
    try:
        record.finish(state, message)
    except FAULTS as error:
        logger.warning("The end of the run %s of %s was not recorded: %s", record.run.sk, record.run.job, error)


def _now() -> datetime:
    return datetime.now(UTC)
