"""The record of the running emulator: how a second process finds the one that is there."""

import json
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from movierec.localaws.layout import HOST

_HEALTH_PATH = "/_ministack/health"


@dataclass(frozen=True)
class Record:
    """Where a running emulator listens, and the numbers of its two processes."""

    port: int
    guard: int
    emulator: int


def write(path: Path, record: Record) -> None:
    """Replace the record at `path`, so that a reader finds the old one or the new one whole."""
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(asdict(record)), encoding="utf-8")
    unfinished.replace(path)


def read(path: Path) -> Record | None:
    """The record at `path`; None when there is none that can be understood."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Record(port=int(found["port"]), guard=int(found["guard"]), emulator=int(found["emulator"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def answers(port: int, seconds: float) -> bool:
    """Whether an emulator on `port` says within `seconds` that it is well."""
    connection = HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", _HEALTH_PATH)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
