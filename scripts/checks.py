"""What can be wrong with this machine or with what the user chose, each told in one sentence."""

import errno
import importlib.util
import socket
import sys

HOST = "127.0.0.1"
_LAST_PORT = 65535


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def free_port(text: str) -> int:
    """The port that `text` names. Raises SetupError when it is no port or cannot be listened on."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(_LAST_PORT)) else 0
    if not 1 <= number <= _LAST_PORT:
        raise SetupError(f"PORT is {text!r}: give a number from 1 to {_LAST_PORT}, such as PORT=8001 make run.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
            probe.listen()
        except OSError as error:
            raise SetupError(_unusable(number, error)) from error
    return number


def _unusable(port: int, error: OSError) -> str:
    other = 8001 if port != 8001 else 8002
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: choose another one, such as PORT={other} make run."
    return f"Port {port} cannot be used ({error.strerror}): choose another one, such as PORT={other} make run."


def virtual_environments() -> None:
    """Raises SetupError when this Python cannot make virtual environments, as Debian's cannot at first."""
    if all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise SetupError(
        f"{sys.executable} lacks the module venv or ensurepip: install it (Debian and Ubuntu: "
        f"apt install python{version}-venv), or name another Python: make run PYTHON=/path/to/python3"
    )
