"""Finds the embedded AWS of a state directory, or starts it, and keeps it up while this process lives."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from movierec.localaws import locks, record
from movierec.localaws.layout import HOST, PROJECT, Layout, LocalAwsError, prepare

_WAIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.05

# Descriptors of the shared locks that tell the guards of this process's emulators that it still lives.
_used: dict[Path, int] = {}


@dataclass(frozen=True)
class Endpoint:
    """Where the embedded AWS answers, such as `http://127.0.0.1:49321`."""

    url: str


def ensure_running(state_dir: Path, aws_python: Path) -> Endpoint:
    """The embedded AWS that keeps its state in `state_dir`, started if it does not run yet.

    All processes that name the same directory share one emulator. It stops, saving what it holds, when the
    last of them has ended. `aws_python` is the interpreter of the virtual environment that has the emulator.
    Raises LocalAwsError when it cannot run.
    """
    layout = prepare(state_dir)
    with locks.alone(layout.start_lock):
        _use(layout)
        try:
            return Endpoint(f"http://{HOST}:{_port(layout, aws_python)}")
        except LocalAwsError:
            os.close(_used.pop(layout.root))
            raise


def _use(layout: Layout) -> None:
    """Count this process among the users; waits while a guard is stopping the emulator."""
    if layout.root not in _used:
        _used[layout.root] = locks.wait_shared(layout.users_lock)


def _port(layout: Layout, aws_python: Path) -> int:
    """The port of the running emulator, or of a new one when none runs."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while (remaining := deadline - time.monotonic()) > 0:
        claim = locks.try_alone(layout.running_lock)
        if claim is not None:
            return _start(layout, aws_python, claim)
        found = record.read(layout.record)
        if found is not None and record.answers(found.port, remaining):
            return found.port
        # Rare: an emulator whose guard was killed is saving its state, or one is about to answer.
        time.sleep(_PAUSE_SECONDS)
    raise LocalAwsError(_stuck(layout))


def _stuck(layout: Layout) -> str:
    found = record.read(layout.record)
    remedy = f"end it with `kill {found.emulator}`" if found else f"end the processes that use {layout.root}"
    return f"The embedded AWS of {layout.root} runs but does not answer: {remedy} and start again."


def _start(layout: Layout, aws_python: Path, claim: int) -> int:
    """Start a guard, hand it the lock `claim`, and wait for its word. Returns the emulator's port."""
    try:
        if not aws_python.exists():
            raise LocalAwsError(f"The embedded AWS is not installed at {aws_python}: run `make setup` first.")
        said = _start_guard(layout, aws_python, claim)
    finally:
        os.close(claim)
    if not said:
        raise LocalAwsError(f"The embedded AWS did not start; see {layout.log}.")
    word = json.loads(said)
    if "error" in word:
        raise LocalAwsError(word["error"])
    return int(word["port"])


def _start_guard(layout: Layout, aws_python: Path, claim: int) -> bytes:
    """Run the guard until it has gone to the background. Returns what it said."""
    command = [sys.executable, "-m", "movierec.localaws.guard", str(layout.root), str(aws_python), str(claim)]
    try:
        with layout.log.open("wb") as log:
            return subprocess.run(  # noqa: S603 -- our own module and paths
                command,
                cwd=PROJECT,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=(claim,),
                start_new_session=True,  # Ctrl-C is for the server, whose end the guard will notice
                check=False,
            ).stdout
    except OSError as error:
        raise LocalAwsError(f"The embedded AWS cannot start ({error.strerror}); see {layout.log}.") from error
