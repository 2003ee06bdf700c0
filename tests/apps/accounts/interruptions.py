"""A request that is killed at one of its calls to DynamoDB, or that something else comes between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from movierec.dynamo.connection import shared_connection


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_after(calls: int) -> Iterator[list[str]]:
    """Lets so many calls to DynamoDB through and no more; gives their names."""
    done: list[str] = []

    def count(model: Any, **_: Any) -> None:
        if len(done) == calls:
            raise Killed
        done.append(model.name)

    events = shared_connection().client.meta.events
    events.register("before-call.dynamodb", count)
    try:
        yield done
    finally:
        events.unregister("before-call.dynamodb", count)


@contextmanager
def meanwhile(calls: int, act: Callable[[], object], operation: str = "") -> Iterator[list[str]]:
    """Has something happen after so many calls to DynamoDB, or those of one operation, just before the next.

    Gives the names of the calls; the list stays as long as `calls` where nothing happened, since none came after.
    """
    seen: list[str] = []

    def count(model: Any, **_: Any) -> None:
        if len(seen) > calls:
            return
        seen.append(model.name)
        if len(seen) > calls:
            act()

    event = f"before-call.dynamodb.{operation}" if operation else "before-call.dynamodb"
    events = shared_connection().client.meta.events
    events.register(event, count)
    try:
        yield seen
    finally:
        events.unregister(event, count)
