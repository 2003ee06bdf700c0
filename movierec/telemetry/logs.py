"""Lines of the log for machines: JSON by the standard library's logging."""

from __future__ import annotations

import json
import logging
import logging.config
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from movierec import env
from movierec.api.request_id import request_id
from movierec.telemetry.redaction import redacted
from movierec.timestamps import timestamp

MOST_FRAMES: Final = 30
MOST_CAUSES: Final = 5

_encoder: Final = json.JSONEncoder(default=str, separators=(",", ":"))
_logger = logging.getLogger(__name__)


def configure(config: dict[str, Any]) -> None:
    """Django's hook: sets logging up, and has warnings and what ends threads logged as well.

    What wrote before, as AWS Lambda's runtime and Zappa have it, writes no more: each line comes once. A line that
    cannot be made is left out: logging would print it as it was given, past the net of `redacted`.
    """
    logging.raiseExceptions = False
    logging.config.dictConfig(config)
    logging.captureWarnings(True)
    threading.excepthook = _log_end_of_thread


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else "?"
        _logger.critical("The thread %s ended.", name, exc_info=ended.exc_value)


class JsonFormatter(logging.Formatter):
    """One JSON object in ASCII a line, whatever a message holds; exceptions without the values of their variables."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record. Its `told` are further members; then its message has our words alone."""
        told = getattr(record, "told", None)
        message = record.getMessage()
        line = {
            "time": timestamp(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(message) if told is None else message,
            **_whose(),
            **(told or {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = [_described(error) for error in _chain(record.exc_info[1])]
        return _encoder.encode(line)


def _whose() -> dict[str, str]:
    """Which request it is, by our id and by X-Ray's, as far as there are any."""
    ids = {"requestId": request_id(), "traceId": env.trace_id()}
    return {name: value for name, value in ids.items() if value}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from, the last one first."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen and len(seen) < MOST_CAUSES:
        seen.append(found)
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _described(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    return {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "message": redacted(str(error)),
        "frames": _frames(error.__traceback__),
    }


def _frames(trace: TracebackType | None) -> list[str]:
    """Where an error came from, the innermost last: file, line and function of each."""
    frames = [
        f"{_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in traceback.walk_tb(trace)
    ]
    return frames[-MOST_FRAMES:]


def _short(path: str) -> str:
    """The path of a file as seen from the project or from the folder of the libraries."""
    return path.rpartition("site-packages/")[2].removeprefix(f"{env.BASE_DIR}/")
