"""The guard: a small process that owns one emulator and stops it when the last of its users has ended.

It learns of that end from the kernel: each user, a process, holds a shared lock, and the guard waits to hold it
alone. It keeps it until the emulator has saved and gone, so that nobody starts another on the same state before.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from movierec.localaws import locks, record
from movierec.localaws.layout import HOST, PROJECT, STATE_REFUSED, Layout, LocalAwsError

_START_SECONDS = 20.0
_STOP_SECONDS = 60.0
_LOG_LINES_QUOTED = 5
_KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")


def main(arguments: list[str]) -> None:
    """Go to the background and run one emulator from start to end.

    Says on standard output, in one line of JSON, its port or why it did not start. `arguments` are the
    emulator's folder, the interpreter for it, and the descriptor of the lock that says that it runs.
    """
    if os.fork() > 0:
        return  # whoever started the guard has no child to wait for
    root, aws_python, claim = arguments
    layout = Layout(Path(root))
    try:
        port, process = _start(layout, Path(aws_python), int(claim))
    except LocalAwsError as error:
        _say({"error": str(error)})
        return
    running = record.Record(port=port, guard=os.getpid(), emulator=process.pid)
    record.write(layout.record, running)
    _say({"port": port})
    _stay(layout, process)
    if record.read(layout.record) == running:  # not another's, after the folder was removed and made anew
        layout.record.unlink()


def _say(word: dict[str, object]) -> None:
    """Write the one line and close the output, which ends the wait of whoever started the guard."""
    with contextlib.suppress(BrokenPipeError):  # they may be gone, and their lock with them
        os.write(sys.stdout.fileno(), json.dumps(word).encode())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _start(layout: Layout, aws_python: Path, claim: int) -> tuple[int, subprocess.Popen[bytes]]:
    """Start the emulator on a free port and wait for its answer. Raises LocalAwsError when there is none."""
    layout.record.unlink(missing_ok=True)
    with socket.create_server((HOST, 0)) as listener:
        port = int(listener.getsockname()[1])
        process = _spawn(layout, aws_python, port, listener.fileno(), claim)
    # From here on the emulator alone holds the listener: should it die, the question fails at once.
    if record.answers(port, _START_SECONDS):
        return port, process
    raise LocalAwsError(_failure(layout, process))


def _spawn(layout: Layout, aws_python: Path, port: int, listener: int, claim: int) -> subprocess.Popen[bytes]:
    command = [str(aws_python), "-P", "-s", "-m", "movierec.localaws.emulator"]
    try:
        return subprocess.Popen(  # noqa: S603 -- our own module and paths
            [*command, str(listener), str(layout.state)],
            cwd=layout.root,
            env=_environment(layout, port),
            stdin=subprocess.PIPE,  # the emulator stops when this closes, so it never outlives its guard
            stdout=sys.stderr,
            stderr=sys.stderr,
            pass_fds=(listener, claim),
        )
    except OSError as error:
        raise LocalAwsError(
            f"{aws_python} cannot be run ({error.strerror}): "
            f"remove the folder {aws_python.parents[1]} and run `make setup`."
        ) from error


def _environment(layout: Layout, port: int) -> dict[str, str]:
    """The emulator's whole environment: nothing of a real AWS account or of Docker reaches it."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    ours = {
        "PYTHONPATH": str(PROJECT),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "0",  # the module `store` does it instead
        "STATE_DIR": str(layout.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.objects),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///nowhere",  # it would remove containers that it takes for its own
    }
    return kept | ours


def _failure(layout: Layout, process: subprocess.Popen[bytes]) -> str:
    """Why the emulator does not answer, as a sentence; the process has ended when this returns."""
    try:
        code = process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return f"The embedded AWS did not answer within {_START_SECONDS:.0f} seconds; see {layout.log}."
    lines = layout.log.read_text(encoding="utf-8", errors="replace").splitlines()
    if code == STATE_REFUSED and lines:
        return lines[-1]
    quoted = " | ".join(lines[-_LOG_LINES_QUOTED:]) or "nothing"
    return f"The embedded AWS stopped while starting (code {code}); {layout.log} ends with: {quoted}"


def _stay(layout: Layout, process: subprocess.Popen[bytes]) -> None:
    """Wait for the emulator's end, which comes when nobody uses it or when this guard is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    threading.Thread(target=_stop_when_unused, args=(layout, process), daemon=True).start()
    process.wait()


def _stop_when_unused(layout: Layout, process: subprocess.Popen[bytes]) -> None:
    locks.wait_alone(layout.users_lock)  # never let go: whoever comes now waits until this guard is gone
    process.terminate()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    main(sys.argv[1:])
