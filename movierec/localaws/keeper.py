"""Sees which requests change the emulator's state, and saves it at once and then every few seconds.

A child process, forked from the idle event loop, writes the snapshot (as Redis does): it is consistent, no
request waits for it, and a kill or a power cut costs the last seconds only.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

_PAUSE_SECONDS = 5.0
_PAUSE_PER_SECOND_OF_SAVING = 4  # saving a large state takes a fifth of one core at most
_LONGEST_SAVE_SECONDS = 120
_LESS_URGENT = 10
_READING_ACTIONS = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")

_logger = logging.getLogger(__name__)

# ASGI's shapes.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Keeper:
    """An ASGI application around the emulator's; `save` writes the state and says whether it could."""

    def __init__(self, application: Application, save: Callable[[], bool]) -> None:
        self._application = application
        self._save = save
        self._changed = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._application(scope, receive, send)
        finally:
            if changes_state(scope):
                self._changed.set()

    async def save_until(self, stop: asyncio.Event) -> None:
        """Save each change, with a pause after each saving, until `stop` is set."""
        stopping = asyncio.create_task(stop.wait())
        while not stopping.done():
            changing = asyncio.create_task(self._changed.wait())
            await asyncio.wait((changing, stopping), return_when=asyncio.FIRST_COMPLETED)
            if changing.done():
                took = await self._save_in_child()
                await asyncio.wait((stopping,), timeout=max(_PAUSE_SECONDS, _PAUSE_PER_SECOND_OF_SAVING * took))
            changing.cancel()

    def save_last(self) -> None:
        """Save what has changed, in this process."""
        if self._changed.is_set():
            self._save()

    async def _save_in_child(self) -> float:
        """Save a snapshot of this moment. Returns how many seconds that took."""
        started = time.monotonic()
        self._changed.clear()
        if not await self._child_saves():
            self._changed.set()
            _logger.error("Not all state could be saved; it will be tried again.")
        return time.monotonic() - started

    async def _child_saves(self) -> bool:
        try:
            child = os.fork()
        except OSError:
            _logger.exception("There is no room for a process that saves.")
            return False
        if child == 0:
            self._save_and_end()
        _, status = await asyncio.to_thread(os.waitpid, child, 0)
        return status == 0

    def _save_and_end(self) -> NoReturn:
        code = 1
        try:
            signal.set_wakeup_fd(-1)  # the event loop's signals are its parent's
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.alarm(_LONGEST_SAVE_SECONDS)  # should a lock have been copied while a thread held it
            os.nice(_LESS_URGENT)
            code = 0 if self._save() else 1
        finally:
            os._exit(code)


def changes_state(scope: Scope) -> bool:
    """Whether a request may change what is stored: all but GET, HEAD and the JSON protocols' reads."""
    if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
        return False
    target = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-target"), b"")
    return not target.decode("latin-1").rpartition(".")[2].startswith(_READING_ACTIONS)
