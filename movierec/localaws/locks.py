"""Advisory file locks, which the kernel frees when their last holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from movierec.localaws.layout import LocalAwsError

_OWNER_READS_AND_WRITES = 0o600


def wait_shared(path: Path) -> int:
    """Hold `path` together with other sharers; waits for a lone holder. Returns the open descriptor."""
    return _locked(path, fcntl.LOCK_SH)


def wait_alone(path: Path) -> int:
    """Hold `path` alone; waits for every other holder. Returns the open descriptor."""
    return _locked(path, fcntl.LOCK_EX)


def try_alone(path: Path) -> int | None:
    """Hold `path` alone if nobody holds it. Returns the open descriptor, or None when somebody does."""
    try:
        return _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold `path` alone for the length of a block."""
    descriptor = wait_alone(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(path: Path, operation: int) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_READS_AND_WRITES)
    except OSError as error:
        raise LocalAwsError(
            f"{path} cannot be opened ({error.strerror}): change its permissions, "
            "or choose another folder with STATE_DIR."
        ) from error
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
