"""What a request or a job does, counted where it is done: for the line at its end, and for the series in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import perf_counter

from movierec.telemetry.figures import Name
from movierec.telemetry.series.counters import add_figure


class Tally:
    """The figures of one request or job; its threads may count at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._figures: dict[str, float] = {}
        # The code of the error that is the answer, if it is one.
        self.error_code: str | None = None

    def add(self, name: Name, by: float) -> None:
        """Adds to a figure."""
        with self._lock:
            self._figures[name] = self._figures.get(name, 0) + by

    def put(self, name: Name, value: float) -> None:
        """Sets a figure, whatever it was."""
        with self._lock:
            self._figures[name] = value

    def figures(self) -> dict[str, float]:
        """What was counted so far, by name; whole numbers and thousandths."""
        with self._lock:
            return {name: round(value, 3) for name, value in self._figures.items()}


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


def current() -> Tally | None:
    """The tally of the request or job that this thread works for; None where nobody counts."""
    return _current.get()


@contextmanager
def tallied() -> Iterator[Tally]:
    """Counts what the block does, in this thread and in those of a `ContextExecutor` that work for it."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)


def count(name: Name, by: float = 1) -> None:
    """Adds to a figure of the request or job under way; without one, nothing."""
    tally = _current.get()
    if tally is not None:
        tally.add(name, by)
        add_figure(name, by)


def gauge(name: Name, value: float) -> None:
    """Sets a figure of the request or job under way; without one, nothing."""
    tally = _current.get()
    if tally is not None:
        tally.put(name, value)


@contextmanager
def timed(name: Name) -> Iterator[None]:
    """Adds the milliseconds that the block takes, however it ends."""
    started = perf_counter()
    try:
        yield
    finally:
        count(name, milliseconds_since(started))


def note_error(code: str) -> None:
    """Remembers the code of the error that the request is answered with."""
    tally = _current.get()
    if tally is not None:
        tally.error_code = code


def milliseconds_since(started: float) -> float:
    """The time since a moment of `perf_counter`."""
    return (perf_counter() - started) * 1000
