"""Runs the emulator: the guard starts this with the interpreter of the emulator's own environment."""

import asyncio
import os
import signal
import sys
from pathlib import Path

# The emulator lives in an environment of its own, so type checks do not see it.
from hypercorn.asyncio import serve  # type: ignore[import-not-found]
from hypercorn.config import Config  # type: ignore[import-not-found]
from ministack.app import app  # type: ignore[import-not-found]

from movierec.localaws import store
from movierec.localaws.keeper import Keeper
from movierec.localaws.layout import STATE_REFUSED

_LAST_REQUESTS_SECONDS = 1
_KEEP_ALIVE_SECONDS = 75


def main(arguments: list[str]) -> int:
    """Load the state and serve until told to stop.

    `arguments` are the descriptor of a listening socket and the folder of the state. Returns the exit code: 0, or
    STATE_REFUSED with the reason as the last line on standard error.
    """
    listener, folder = int(arguments[0]), Path(arguments[1])
    try:
        store.load(folder)
    except store.StateRefusedError as error:
        sys.stderr.write(f"{error}\n")
        return STATE_REFUSED
    asyncio.run(_serve(listener, folder))
    return 0


async def _serve(listener: int, folder: Path) -> None:
    # A descriptor, not a path: if the folder is removed and made anew, nothing old goes into the new one.
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    stop = _stop_request()
    keeper = Keeper(app, lambda: store.save(held))
    saving = asyncio.create_task(keeper.save_until(stop))
    await serve(keeper, _config(listener), mode="asgi", shutdown_trigger=stop.wait)
    await saving
    keeper.save_last()


def _stop_request() -> asyncio.Event:
    """An event that SIGTERM sets, or the end of standard input, which comes when the guard has died."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def end_of_input() -> None:
        loop.remove_reader(sys.stdin)
        stop.set()

    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_reader(sys.stdin, end_of_input)
    return stop


def _config(listener: int) -> Config:
    config = Config()
    config.bind = [f"fd://{listener}"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _LAST_REQUESTS_SECONDS
    config.loglevel = "WARNING"
    return config


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
